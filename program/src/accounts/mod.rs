//! From account infos to checked handles. After a handle exists, nobody
//! tests the account's identity again.

mod context;
mod custody;
mod load;
mod pool;

pub(crate) use context::{Context, Who, asset_bit, authority_address};
pub(crate) use custody::{
    Custody, TokenRefs, associated_address, balance, check_custody, find_associated, tokens_of,
};
pub(crate) use load::{
    check_all, check_roles, create, expect_address, expect_program, now, read, read_in, read_mut,
    split_margin, split_slab, unused_mut, write_in,
};
pub(crate) use pool::PoolHandle;
