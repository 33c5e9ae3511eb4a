//! Opening, growing and closing margin accounts.

mod close;
mod create;
mod resize;

pub(crate) use close::{close, erase};
pub(crate) use create::create;
pub(crate) use resize::resize;
