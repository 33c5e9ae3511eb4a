//! Who may open a margin account: the phase, and in the cohort phase a seat.

use crate::Result;
use crate::accounts::{create, read_in, read_mut};
use solana_program::account_info::AccountInfo;
use solana_program::hash::hashv;
use solana_program::pubkey::Pubkey;
use trestle_interface::cohort::{self, Hash, Proof};
use trestle_interface::state::{Group, Phase, Seat};
use trestle_interface::{TrestleError, pda};

/// Who asks, and with what.
pub(crate) struct Applicant<'a, 'i> {
    /// Future owner of a margin account. Has signed.
    pub owner: &'a AccountInfo<'i>,
    /// Pays the seat's rent.
    pub payer: &'a AccountInfo<'i>,
    /// System program.
    pub system_program: &'a AccountInfo<'i>,
    /// The owner's seat, taken or not.
    pub seat: Option<&'a AccountInfo<'i>>,
    /// Proof that the owner is invited.
    pub proof: Option<Proof<'a>>,
}

impl<'i> Applicant<'_, 'i> {
    /// Whether the owner may have an account in the group. Takes the owner's
    /// seat if the cohort phase asks for one and it is not taken yet.
    ///
    /// In the public phase seat and proof are not looked at, so an opening
    /// breaks no transaction that was built before it.
    pub(crate) fn admit(
        &self,
        program_id: &Pubkey,
        address: &AccountInfo<'i>,
        group: &mut Group,
    ) -> Result<()> {
        match Phase::from_byte(group.phase).ok_or(TrestleError::Corrupt)? {
            Phase::Closed => Err(TrestleError::AccessClosed),
            Phase::Cohort => self.hold_seat(program_id, address.key, group),
            Phase::Public => Ok(()),
        }
    }

    fn hold_seat(&self, program_id: &Pubkey, address: &Pubkey, group: &mut Group) -> Result<()> {
        let seat = self.seat.ok_or(TrestleError::SeatMissing)?;
        if seat.key == address {
            return Err(TrestleError::DuplicateAccount);
        }
        if seat.owner != program_id {
            return self.take_seat(program_id, address, group, seat);
        }
        // only taking makes a seat, and at its owner's address alone
        if read_in::<Seat>(seat, program_id, address)?.owner != *self.owner.key {
            return Err(TrestleError::WrongAddress);
        }
        Ok(())
    }

    fn take_seat(
        &self,
        program_id: &Pubkey,
        address: &Pubkey,
        group: &mut Group,
        seat: &AccountInfo<'i>,
    ) -> Result<()> {
        let proof = self.proof.ok_or(TrestleError::ProofMissing)?;
        let leaf = cohort::leaf(sha256, program_id, address, self.owner.key);
        if proof.root(sha256, leaf) != Some(group.cohort_root) {
            return Err(TrestleError::NotInvited);
        }
        if group.seat_count >= group.seat_cap {
            return Err(TrestleError::SeatsTaken);
        }
        if !seat.is_writable {
            return Err(TrestleError::NotWritable);
        }
        create::<Seat>(
            program_id,
            self.payer,
            seat,
            self.system_program,
            &[pda::SEAT, address.as_ref(), self.owner.key.as_ref()],
            *address,
            0,
        )?;
        group.seat_count = group.seat_count.checked_add(1).ok_or(TrestleError::Overflow)?;
        let mut taken = read_mut::<Seat>(seat, program_id)?;
        taken.owner = *self.owner.key;
        taken.number = group.seat_count;
        Ok(())
    }
}

/// A proof that fills `bytes`, or none where there are no bytes.
pub(super) fn optional_proof(bytes: &[u8]) -> Result<Option<Proof<'_>>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    Proof::read(bytes).map(Some).ok_or(TrestleError::ArgumentLength)
}

/// The seat behind a list of fixed accounts, if it is there.
pub(super) fn optional_seat<'a, 'i>(
    rest: &'a [AccountInfo<'i>],
) -> Result<Option<&'a AccountInfo<'i>>> {
    if rest.len() > 1 { Err(TrestleError::AccountCount) } else { Ok(rest.first()) }
}

/// SHA-256 by the runtime.
fn sha256(parts: &[&[u8]]) -> Hash {
    hashv(parts).to_bytes()
}
