//! Derived addresses.

use solana_address::Address;
use trestle_interface::pda;

/// Program of associated token accounts.
pub const ASSOCIATED_TOKEN_PROGRAM: Address =
    Address::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// Derives the program's addresses.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// Program id.
    pub program_id: Address,
}

impl Addresses {
    /// A margin account.
    #[must_use]
    pub fn margin(&self, group: &Address, creator: &Address, index: u16) -> Address {
        self.find(&[pda::MARGIN, group.as_ref(), creator.as_ref(), &index.to_le_bytes()])
    }

    /// The authority of a margin account: owner of its tokens and venue accounts.
    #[must_use]
    pub fn authority(&self, margin: &Address) -> Address {
        self.find(&[pda::AUTHORITY, margin.as_ref()])
    }

    /// A pool.
    #[must_use]
    pub fn pool(&self, group: &Address, mint: &Address) -> Address {
        self.find(&[pda::POOL, group.as_ref(), mint.as_ref()])
    }

    /// A lend-only position.
    #[must_use]
    pub fn lender(&self, pool: &Address, owner: &Address) -> Address {
        self.find(&[pda::LENDER, pool.as_ref(), owner.as_ref()])
    }

    /// A seat of the cohort.
    #[must_use]
    pub fn seat(&self, group: &Address, owner: &Address) -> Address {
        self.find(&[pda::SEAT, group.as_ref(), owner.as_ref()])
    }

    /// Running totals of a venue class.
    #[must_use]
    pub fn exposure(&self, group: &Address, class: u8) -> Address {
        self.find(&[pda::EXPOSURE, group.as_ref(), &[class]])
    }

    fn find(&self, seeds: &[&[u8]]) -> Address {
        Address::find_program_address(seeds, &self.program_id).0
    }
}

/// The associated token account of an owner.
#[must_use]
pub fn associated_token(owner: &Address, token_program: &Address, mint: &Address) -> Address {
    Address::find_program_address(
        &[owner.as_ref(), token_program.as_ref(), mint.as_ref()],
        &ASSOCIATED_TOKEN_PROGRAM,
    )
    .0
}
