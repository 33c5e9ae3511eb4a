//! The keeper against the SBF binary on an embedded SVM, and its own parts.

mod native;
mod node;
mod parts;
mod venue;
