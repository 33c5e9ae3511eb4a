//! Venue packs.
