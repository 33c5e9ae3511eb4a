//! A venue that misbehaves, for tests of what its callers notice.
//!
//! One byte in the market's padding, which klend never reads, switches it: a
//! test writes it into the account, and no instruction can. 0 is klend.

use crate::accounts::open;
use crate::error::{NOT_ENOUGH_ACCOUNTS, Result};
use crate::ids;
use crate::state::{Market, Obligation};
use crate::token::{Authority, Token, balance};
use solana_program::account_info::AccountInfo;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::program::invoke;
use solana_program::pubkey::Pubkey;
use solana_system_interface::instruction as system;

/// Bytes by which an obligation grows or shrinks.
const STEP: usize = 8;

/// How an act (supply, withdraw, borrow, repay) goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Hostile {
    /// It does not.
    Honest = 0,
    /// It succeeds and does nothing.
    Idle = 1,
    /// It does half of what was asked; the books are right.
    Less = 2,
    /// It does twice what was asked; the books are right.
    More = 3,
    /// It keeps half: what comes in is credited by half, what goes out is
    /// charged in full and paid by half.
    Skim = 4,
    /// It does what was asked and closes the obligation, empty or not.
    Close = 5,
    /// Then it makes the vault a delegate of the user's tokens.
    Delegate = 6,
    /// Then it makes the vault the close authority of the user's tokens.
    CloseAuthority = 7,
    /// Then it takes all other tokens of the user's account.
    Steal = 8,
    /// Then it makes the obligation's account longer.
    Grow = 9,
    /// Then it makes the obligation's account shorter.
    Shrink = 10,
    /// Then it writes the obligation back as it was before: the tokens have
    /// moved, the books have not.
    Replay = 11,
    /// Then it halves the obligation's other positions.
    Meddle = 12,
    /// Then it gives the obligation to somebody else. So does opening one.
    Rename = 13,
    /// Refreshes succeed and do nothing.
    Asleep = 14,
    /// Opening an obligation takes all lamports of who pays.
    Drain = 15,
    /// Opening an obligation makes who pays an account of klend's.
    Assign = 16,
}

/// All of them, by their byte.
const ALL: [Hostile; 17] = [
    Hostile::Honest,
    Hostile::Idle,
    Hostile::Less,
    Hostile::More,
    Hostile::Skim,
    Hostile::Close,
    Hostile::Delegate,
    Hostile::CloseAuthority,
    Hostile::Steal,
    Hostile::Grow,
    Hostile::Shrink,
    Hostile::Replay,
    Hostile::Meddle,
    Hostile::Rename,
    Hostile::Asleep,
    Hostile::Drain,
    Hostile::Assign,
];

/// What an act gives into klend's hands.
pub struct Prey<'a, 'i> {
    /// Who signed.
    pub owner: &'a AccountInfo<'i>,
    /// The obligation.
    pub obligation: &'a AccountInfo<'i>,
    /// The user's tokens.
    pub tokens: &'a AccountInfo<'i>,
    /// The reserve's vault.
    pub vault: &'a AccountInfo<'i>,
    /// The reserve.
    pub reserve: &'a Pubkey,
    /// Token program and mint.
    pub token: Token<'a, 'i>,
}

impl Hostile {
    /// What the market's byte says; unknown values are honest.
    pub fn of(market: &AccountInfo<'_>) -> Result<Self> {
        let byte = Market(&mut open(market)?).hostile();
        Ok(ALL.get(usize::from(byte)).copied().unwrap_or(Self::Honest))
    }

    /// The amount that is acted on instead of the one that was asked for.
    #[must_use]
    pub const fn asked(self, amount: u64) -> u64 {
        match self {
            Self::Less => amount / 2,
            Self::More => amount.saturating_mul(2),
            _ => amount,
        }
    }

    /// What is credited or paid of an amount.
    #[must_use]
    pub const fn kept(self, amount: u64) -> u64 {
        match self {
            Self::Skim => amount / 2,
            _ => amount,
        }
    }

    /// The obligation before an act, for those who will want it back.
    pub fn remember(self, obligation: &AccountInfo<'_>) -> Result<Option<Vec<u8>>> {
        let wanted = self == Self::Replay;
        Ok(wanted.then_some(obligation.try_borrow_data()?.to_vec()))
    }

    /// What it does after an act that went as it should. `before` is what
    /// [`Self::remember`] gave.
    pub fn strike(self, prey: &Prey<'_, '_>, before: Option<Vec<u8>>) -> Result<()> {
        match self {
            Self::Delegate => prey.approve(),
            Self::CloseAuthority => prey.set_close_authority(),
            Self::Steal => {
                let all = balance(prey.tokens)?;
                let by = Authority::user(prey.owner);
                prey.token.transfer(prey.tokens, prey.vault, all, &by)
            }
            Self::Grow => prey.obligation.resize(Obligation::LEN + STEP),
            Self::Shrink => prey.obligation.resize(Obligation::LEN - STEP),
            Self::Replay => {
                let old = before.unwrap_or_default();
                open(prey.obligation)?.copy_from_slice(&old);
                Ok(())
            }
            Self::Meddle => prey.halve_others(),
            Self::Rename => {
                Obligation(&mut open(prey.obligation)?).set_owner(*prey.vault.key);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What it does once an obligation is open.
    pub fn welcome<'i>(self, payer: &AccountInfo<'i>, obligation: &AccountInfo<'i>) -> Result<()> {
        match self {
            Self::Drain => {
                let all = system::transfer(payer.key, obligation.key, payer.lamports());
                invoke(&all, &[payer.clone(), obligation.clone()])
            }
            Self::Assign => {
                invoke(&system::assign(payer.key, &ids::KLEND), std::slice::from_ref(payer))
            }
            Self::Rename => {
                Obligation(&mut open(obligation)?).set_owner(ids::KLEND);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Prey<'_, '_> {
    fn approve(&self) -> Result<()> {
        let data = [&[4_u8][..], &u64::MAX.to_le_bytes()].concat();
        let delegate = AccountMeta::new_readonly(*self.vault.key, false);
        self.sign(data, Some(delegate))
    }

    fn set_close_authority(&self) -> Result<()> {
        // kind 3 is the close authority, and one is given
        let data = [&[6_u8, 3, 1][..], self.vault.key.as_ref()].concat();
        self.sign(data, None)
    }

    /// An instruction of the token program on the user's tokens, signed by the user.
    fn sign(&self, data: Vec<u8>, second: Option<AccountMeta>) -> Result<()> {
        let mut accounts = vec![AccountMeta::new(*self.tokens.key, false)];
        accounts.extend(second);
        accounts.push(AccountMeta::new_readonly(*self.owner.key, true));
        let instruction = Instruction { program_id: *self.token.program.key, accounts, data };
        let infos = [self.tokens.clone(), self.vault.clone(), self.owner.clone()];
        invoke(&instruction, &infos)
    }

    fn halve_others(&self) -> Result<()> {
        let mut bytes = open(self.obligation)?;
        let mut obligation = Obligation(&mut bytes);
        let mut met = false;
        for i in obligation.deposits() {
            let mut deposit = obligation.deposit(i);
            if deposit.reserve() != *self.reserve {
                deposit.set_amount(deposit.amount() / 2);
                met = true;
            }
        }
        if met { Ok(()) } else { Err(NOT_ENOUGH_ACCOUNTS) }
    }
}
