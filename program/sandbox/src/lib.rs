//! Trestle on an embedded SVM.
//!
//! Loads the SBF binary into LiteSVM beside the real token programs and builds
//! a world around it: mints, oracle accounts, a group with its board, pools,
//! users. Tests, benches and the demo share it, so they all run the same
//! binary the same way.

pub mod board;
pub mod kamino;
pub mod program;
pub mod pyth;
pub mod refuse;
pub mod svm;
pub mod table;
pub mod tape;
pub mod tokens;
pub mod user;
pub mod world;

pub use kamino::KaminoWorld;
pub use program::{Artifact, artifact};
pub use refuse::refused;
pub use svm::{Failure, Sent, Svm};
pub use user::User;
pub use world::{Asset, World};
