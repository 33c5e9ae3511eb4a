//! `switchboard-on-demand` agrees: addresses, discriminators, offsets, and
//! what the bytes of a feed and of a quote say.

mod feed;
mod quote;
