//! What a keeper needs of a chain: accounts, the clock, transactions.
//!
//! Trusts nothing that it returns beyond its bytes: every account is decoded
//! with its checks before it is used. Two implementations: an RPC node, and the
//! embedded SVM.

use solana_address::Address;
use solana_instruction::Instruction;
use trestle_interface::view::Now;

/// Why a chain did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The node is unreachable, or answers nonsense. Worth another try.
    #[error("the node does not answer: {0}")]
    Unreachable(String),
    /// The transaction is larger than the network takes.
    #[error("a transaction of {0} bytes")]
    TooLarge(usize),
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It landed, or would.
    Landed {
        /// Compute units.
        units: u64,
        /// Logs of the programs.
        logs: Vec<String>,
    },
    /// It was refused; nothing but fees has changed.
    Refused {
        /// Name of Trestle's error, or the runtime's own words.
        reason: String,
    },
}

impl Outcome {
    /// Whether it landed.
    #[must_use]
    pub const fn landed(&self) -> bool {
        matches!(self, Self::Landed { .. })
    }
}

/// A chain.
pub trait Chain {
    /// The clock.
    ///
    /// # Errors
    /// [`ChainError`].
    fn now(&mut self) -> Result<Now, ChainError>;

    /// Data of accounts, in order; `None` for one that does not exist.
    ///
    /// # Errors
    /// [`ChainError`].
    fn accounts(&mut self, keys: &[Address]) -> Result<Vec<Option<Vec<u8>>>, ChainError>;

    /// Accounts of a program whose data begin with `kind` and carry `group` in
    /// the header.
    ///
    /// # Errors
    /// [`ChainError`].
    fn owned(
        &mut self,
        program: &Address,
        kind: [u8; 8],
        group: &Address,
    ) -> Result<Vec<(Address, Vec<u8>)>, ChainError>;

    /// The wallet that pays and signs.
    fn wallet(&self) -> Address;

    /// Runs a transaction without sending it.
    ///
    /// # Errors
    /// [`ChainError`].
    fn simulate(&mut self, instructions: &[Instruction]) -> Result<Outcome, ChainError>;

    /// Sends a transaction that may use `units` compute units, and waits for it.
    ///
    /// # Errors
    /// [`ChainError`]; then it may still land.
    fn send(&mut self, instructions: &[Instruction], units: u64) -> Result<Outcome, ChainError>;
}
