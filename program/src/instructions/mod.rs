//! One file per instruction: check accounts, plan, call, measure, write.

pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod bounds;
pub(crate) mod custody;
pub(crate) mod guard;
pub(crate) mod lender;
pub(crate) mod liquidate;
pub(crate) mod loss;
pub(crate) mod pool;
pub(crate) mod refresh;
pub(crate) mod region;
pub(crate) mod rescue;
mod session;
pub(crate) mod upgrade;
pub(crate) mod venue;
pub(crate) mod view;
