#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

pub mod constraints;
pub mod defaults;
pub mod error;
pub mod gate;
pub mod guard;
pub mod index;
pub mod liquidation;
pub mod num;
pub mod pool;
pub mod portfolio;
pub mod price;

pub use error::{MathError, Result};
