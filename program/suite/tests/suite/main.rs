//! The SBF binary, instruction by instruction.
//!
//! Every refusal asserts its exact error and that no byte changed.

mod access;
mod account;
mod admin;
mod adversary;
mod bad_input;
mod batch;
mod budgets;
mod composer;
mod custody;
mod delegates;
mod events;
mod guards;
mod health;
mod idl;
mod invariants;
mod kamino;
mod lender;
mod liquid;
mod liquidate;
mod loss;
mod ownership;
mod pool;
mod rates;
mod raw;
mod receivership;
mod refresh;
mod region;
mod rulings;
mod takeover;
mod tokens;
mod worst_case;
