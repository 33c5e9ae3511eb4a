//! A pack in memory.

use crate::{folder, kamino};
use litesvm::LiteSVM;
use solana_account::Account;
use solana_program::pubkey::Pubkey;
use std::path::PathBuf;
use std::sync::Once;

/// Where a pack comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Made around our mock.
    Mock,
    /// A folder under `VENUE_PROGRAMS_DIR`.
    Folder(PathBuf),
}

/// How a reserve's price is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceInput {
    /// A Pyth `PriceUpdateV2` account.
    Pyth(Pubkey),
    /// Entries of a Scope `OraclePrices` account: the first carries the price,
    /// the others of the chain are one.
    Scope {
        /// The account.
        account: Pubkey,
        /// Entries of the price.
        price: Vec<u16>,
        /// Entries of its average.
        twap: Vec<u16>,
    },
    /// The price that the reserve has saved. It serves as long as it is young and
    /// nobody refreshes it from an oracle.
    Saved,
}

/// A reserve of the pack's market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// Ticker.
    pub name: String,
    /// Account.
    pub key: Pubkey,
    /// How its price is put in.
    pub price: PriceInput,
}

/// A venue's program with the accounts around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Where it comes from.
    pub origin: Origin,
    /// The venue's program.
    pub program: Pubkey,
    /// Binaries, the venue's first.
    pub programs: Vec<(Pubkey, Vec<u8>)>,
    /// Accounts.
    pub accounts: Vec<(Pubkey, Account)>,
    /// Market.
    pub market: Pubkey,
    /// Its reserves.
    pub reserves: Vec<Reserve>,
    /// Slot and Unix time at which the accounts were taken.
    pub taken: (u64, i64),
}

impl Pack {
    /// Kamino's pack: the folder `VENUE_PROGRAMS_DIR/kamino`, or the mock's.
    ///
    /// # Panics
    /// When the folder is not a pack, or the mocks are not built.
    #[must_use]
    pub fn kamino() -> Self {
        static SAID: Once = Once::new();
        let given = std::env::var_os("VENUE_PROGRAMS_DIR").map(PathBuf::from);
        let pack = match given.map(|dir| dir.join("kamino")).filter(|dir| dir.is_dir()) {
            Some(dir) => {
                let pack = folder::read(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
                Self { origin: Origin::Folder(dir), ..pack }
            }
            None => folder::round_trip(&kamino::mock::pack()),
        };
        SAID.call_once(|| eprintln!("{}", pack.summary()));
        pack
    }

    /// One line: which program stands in for the venue.
    #[must_use]
    pub fn summary(&self) -> String {
        let names: Vec<&str> = self.reserves.iter().map(|r| r.name.as_str()).collect();
        let of = match &self.origin {
            Origin::Mock => "our mock (no VENUE_PROGRAMS_DIR/kamino)".to_owned(),
            Origin::Folder(dir) => format!("the program in {}", dir.display()),
        };
        format!("venue pack kamino: {of}, reserves {}", names.join(", "))
    }

    /// Sets a fresh machine's clock to where the accounts were taken, whatever it
    /// was; else years of interest might lie between.
    pub fn start(&self, vm: &mut LiteSVM) {
        crate::time::set(vm, self.taken.0, self.taken.1);
    }

    /// Puts programs and accounts into a machine. An account that is there already
    /// stays as it is when it is a mint: other tokens may be of it. The clock moves
    /// on to where the accounts were taken, never back.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn install(&self, vm: &mut LiteSVM) {
        for (id, elf) in &self.programs {
            vm.add_program(*id, elf).expect("the pack's program loads");
        }
        for (key, account) in &self.accounts {
            let shared = account.data.len() == 82 && vm.get_account(key).is_some();
            if !shared {
                vm.set_account(*key, account.clone()).expect("the pack's account is set");
            }
        }
        let clock = vm.get_sysvar::<solana_clock::Clock>();
        let (slot, unix) = self.taken;
        crate::time::set(vm, clock.slot.max(slot), clock.unix_timestamp.max(unix));
    }
}
