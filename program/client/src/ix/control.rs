//! Who owns an account, and who may act on it.

use super::Trestle;
use solana_address::Address;
use solana_instruction::Instruction;
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

    /// Takes an account over.
    #[must_use]
    pub fn accept_owner(&self, new_owner: Address, account: Address) -> Instruction {
        let list = AcceptOwnerAccounts { new_owner, account };
        self.instruction(Tag::AcceptOwner, &list.into_array(), &[], &[])
    }

    fn owner_only(&self, tag: Tag, owner: Address, account: Address, args: &[u8]) -> Instruction {
        let list = OwnerOnlyAccounts { owner, account };
        self.instruction(tag, &list.into_array(), args, &[])
    }
}
