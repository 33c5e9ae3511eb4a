//! `klend-interface` agrees: discriminators, addresses, calls and layouts.

mod addresses;
mod calls;
mod layouts;
mod support;
