//! Who owns an account, and who may act on it.

use super::{SYSTEM_PROGRAM, Trestle};
use crate::cohort::Invitation;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::{AcceptOwnerAccounts, LockDownAccounts, OwnerOnlyAccounts};
use trestle_interface::args::{ProposeOwnerArgs, SetDelegateArgs};
use trestle_interface::tag::Tag;

impl Trestle {
    /// Adds a delegate, or replaces it with its budget anew.
    #[must_use]
    pub fn set_delegate(
        &self,
        owner: Address,
        account: Address,
        args: &SetDelegateArgs,
    ) -> Instruction {
        self.owner_only(Tag::SetDelegate, owner, account, &args.to_bytes())
    }

    /// Removes a delegate.
    #[must_use]
    pub fn remove_delegate(
        &self,
        owner: Address,
        account: Address,
        delegate: Address,
    ) -> Instruction {
        let args = SetDelegateArgs {
            delegate,
            permissions: 0,
            expires: 0,
            loss_per_act: 0,
            loss_per_day: 0,
        };
        self.set_delegate(owner, account, &args)
    }

    /// Locks an account down, as its owner or as a delegate that may protect.
    #[must_use]
    pub fn lock_down(&self, authority: Address, account: Address) -> Instruction {
        let list = LockDownAccounts { authority, account };
        self.instruction(Tag::LockDown, &list.into_array(), &[], &[])
    }

    /// Asks for the end of a lock-down; a day later, ends it.
    #[must_use]
    pub fn lift_lock_down(&self, owner: Address, account: Address) -> Instruction {
        self.owner_only(Tag::LiftLockDown, owner, account, &[])
    }

    /// Names the next owner; `None` takes an open proposal back.
    #[must_use]
    pub fn propose_owner(
        &self,
        owner: Address,
        account: Address,
        new_owner: Option<Address>,
    ) -> Instruction {
        let args = ProposeOwnerArgs { new_owner: new_owner.unwrap_or_default() };
        self.owner_only(Tag::ProposeOwner, owner, account, &args.to_bytes())
    }

    /// Takes an account over in the public phase.
    #[must_use]
    pub fn accept_owner(
        &self,
        payer: Address,
        new_owner: Address,
        account: Address,
    ) -> Instruction {
        self.accept_owner_with(payer, new_owner, account, &[], &[])
    }

    /// Takes an account over in the cohort phase: with the new owner's
    /// invitation where its seat is not taken yet.
    #[must_use]
    pub fn accept_owner_by_seat(
        &self,
        payer: Address,
        new_owner: Address,
        account: Address,
        invitation: Option<&Invitation>,
    ) -> Instruction {
        let (seat, proof) = self.seat_of(&new_owner, invitation);
        self.accept_owner_with(payer, new_owner, account, &[seat], &proof)
    }

    fn accept_owner_with(
        &self,
        payer: Address,
        new_owner: Address,
        account: Address,
        seat: &[AccountMeta],
        proof: &[u8],
    ) -> Instruction {
        let list = AcceptOwnerAccounts {
            payer,
            new_owner,
            group: self.group,
            account,
            system_program: SYSTEM_PROGRAM,
        };
        self.instruction(Tag::AcceptOwner, &list.into_array(), proof, seat)
    }

    /// An owner's seat and proof, as they follow an instruction's own.
    pub(super) fn seat_of(
        &self,
        owner: &Address,
        invitation: Option<&Invitation>,
    ) -> (AccountMeta, Vec<u8>) {
        let seat = self.addresses().seat(&self.group, owner);
        match invitation {
            Some(invitation) => (AccountMeta::new(seat, false), invitation.to_bytes()),
            None => (AccountMeta::new_readonly(seat, false), vec![]),
        }
    }

    fn owner_only(&self, tag: Tag, owner: Address, account: Address, args: &[u8]) -> Instruction {
        let list = OwnerOnlyAccounts { owner, account };
        self.instruction(tag, &list.into_array(), args, &[])
    }
}
