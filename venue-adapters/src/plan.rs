//! Call plans: what a venue is to be sent, as plain bytes.
//!
//! A plan names the program, every account in order with its flags, and the
//! data. It holds no signature and calls nothing; the program compares it with
//! its own tables and signs. A signer in a [`Meta`] is the margin account's
//! authority, or the payer where a planner says so.
//!
//! A [`Call`] is 1.2 KB. Make one per instruction, hand it out by `&mut`, and
//! use it again for the next call: a stack frame on chain holds 4 KB.

/// Most accounts of one call: klend's 17 and the 13 reserves of a full obligation, and two more.
pub const MAX_METAS: usize = 32;
/// Most bytes of data of one call.
pub const MAX_DATA: usize = 96;

/// A public key.
pub type Key = [u8; 32];

/// What an account may be used for in a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// Its signature is required.
    pub signer: bool,
    /// It may be written.
    pub writable: bool,
}

/// Read only.
pub const READ: Role = Role { signer: false, writable: false };
/// Written.
pub const WRITE: Role = Role { signer: false, writable: true };
/// Signs, not written.
pub const SIGN: Role = Role { signer: true, writable: false };
/// Signs and is written.
pub const SIGN_WRITE: Role = Role { signer: true, writable: true };

/// One account of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Address.
    pub key: Key,
    /// Its signature is required.
    pub signer: bool,
    /// It may be written.
    pub writable: bool,
}

/// Why a plan cannot be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// More than [`MAX_METAS`] accounts.
    Accounts,
    /// More than [`MAX_DATA`] bytes.
    Data,
}

/// One call to a foreign program.
#[derive(Clone, Debug)]
pub struct Call {
    program: Key,
    metas: [Meta; MAX_METAS],
    data: [u8; MAX_DATA],
    meta_count: usize,
    data_len: usize,
}

impl Default for Call {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Call {
    /// No call yet.
    pub const EMPTY: Self = Self {
        program: [0; 32],
        metas: [Meta { key: [0; 32], signer: false, writable: false }; MAX_METAS],
        data: [0; MAX_DATA],
        meta_count: 0,
        data_len: 0,
    };

    /// Starts a call of `program`, whatever stood here before.
    pub fn start(&mut self, program: &Key) {
        self.program = *program;
        self.meta_count = 0;
        self.data_len = 0;
    }

    /// Appends an account.
    ///
    /// # Errors
    /// [`PlanError::Accounts`] when the list is full.
    pub fn account(&mut self, key: &Key, role: Role) -> Result<(), PlanError> {
        let place = self.metas.get_mut(self.meta_count).ok_or(PlanError::Accounts)?;
        place.key = *key;
        place.signer = role.signer;
        place.writable = role.writable;
        self.meta_count = self.meta_count.wrapping_add(1); // at most MAX_METAS
        Ok(())
    }

    /// Appends accounts in order.
    ///
    /// # Errors
    /// [`PlanError::Accounts`] when the list is full.
    pub fn accounts(&mut self, list: &[(&Key, Role)]) -> Result<(), PlanError> {
        list.iter().try_for_each(|(key, role)| self.account(key, *role))
    }

    /// Appends data.
    ///
    /// # Errors
    /// [`PlanError::Data`] when it does not fit.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), PlanError> {
        let free = self.data.get_mut(self.data_len..).ok_or(PlanError::Data)?;
        free.get_mut(..bytes.len()).ok_or(PlanError::Data)?.copy_from_slice(bytes);
        self.data_len = self.data_len.wrapping_add(bytes.len()); // at most MAX_DATA
        Ok(())
    }

    /// The program to call.
    #[must_use]
    pub const fn program(&self) -> &Key {
        &self.program
    }

    /// The accounts, in order.
    #[must_use]
    pub fn metas(&self) -> &[Meta] {
        self.metas.get(..self.meta_count).unwrap_or(&[])
    }

    /// The data.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        self.data.get(..self.data_len).unwrap_or(&[])
    }
}
