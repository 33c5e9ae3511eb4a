//! Instructions, with the accounts in the order of the instruction table.

mod admin;
mod batch;
mod control;
mod guard;
mod lender;
mod owner;
mod public;
mod receivership;
mod region;
mod rescue;
mod seize;
mod venue;

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::tag::{InstructionInfo, TABLE, Tag};

pub use admin::{AssetListing, ClassListing, PoolListing};
pub use batch::BatchError;
pub use public::LiquidateKeys;
pub use region::RegionError;
pub use rescue::{RescueFrom, RescueTo};
pub use seize::Seized;
pub use venue::{At, RewardKeys};

/// System program.
pub const SYSTEM_PROGRAM: Address = Address::new_from_array([0; 32]);

/// A group, for building instructions.
#[derive(Clone, Copy, Debug)]
pub struct Trestle {
    /// Program id.
    pub program_id: Address,
    /// Group.
    pub group: Address,
    /// Prices page.
    pub prices: Address,
    /// Markets page.
    pub markets: Address,
}

impl Trestle {
    /// An instruction from its keys, flags taken from the table. Keys beyond
    /// the table's list must be given as metas in `trailing`.
    ///
    /// # Panics
    /// When the number of keys is not the table's: a mistake of this crate.
    #[must_use]
    pub fn instruction(
        &self,
        tag: Tag,
        keys: &[Address],
        args: &[u8],
        trailing: &[AccountMeta],
    ) -> Instruction {
        let info = info(tag);
        let roles = info.prefix.iter().chain(info.accounts);
        assert_eq!(
            keys.len(),
            info.prefix.len().saturating_add(info.accounts.len()),
            "{}",
            info.name
        );
        let mut accounts: Vec<AccountMeta> = keys
            .iter()
            .zip(roles)
            .map(|(key, role)| AccountMeta {
                pubkey: *key,
                is_signer: role.signer,
                is_writable: role.writable,
            })
            .collect();
        accounts.extend_from_slice(trailing);
        let mut data = vec![tag.byte()];
        data.extend_from_slice(args);
        Instruction { program_id: self.program_id, accounts, data }
    }

    /// Derived addresses of the program.
    #[must_use]
    pub const fn addresses(&self) -> crate::Addresses {
        crate::Addresses { program_id: self.program_id }
    }
}

/// The row of a tag.
///
/// # Panics
/// Never: the table holds every tag.
#[must_use]
pub fn info(tag: Tag) -> &'static InstructionInfo {
    TABLE.iter().find(|info| info.tag == tag).unwrap_or_else(|| missing(tag))
}

#[allow(clippy::panic)] // a test walks the table
fn missing(tag: Tag) -> ! {
    panic!("{tag:?} is not in the table")
}
