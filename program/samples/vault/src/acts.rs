//! What users and the manager do.

use crate::error::VaultError;
use crate::shares::Books;
use crate::state::{
    ActAccounts, DepositAccounts, DepositArgs, LoopArgs, UnwindArgs, Vault, WithdrawAccounts,
    WithdrawArgs, load, load_holder, store,
};
use crate::trestle::{FRAME, Margin, begin, equity_of, push, push_fresh};
use crate::{decoded, expect_manager, expect_roles};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::program::invoke;
use solana_program::pubkey::Pubkey;
use trestle_interface::Tag;
use trestle_interface::accounts as theirs;
use trestle_interface::args::{AssetAmountArgs, BorrowArgs, RedeemArgs, RepayArgs, SupplyArgs};
use trestle_interface::batch::FrameWriter;

/// Accounts of a pool's operation.
const POOL: usize = theirs::PoolAccounts::<()>::LEN;

/// Tokens of a user for shares. They pass through a token account of the
/// vault, since Trestle lets the owner of a margin account pay, and the owner
/// is the vault. What they are worth is what they add to equity.
///
/// Accounts behind [`ActAccounts`]: [`DepositAccounts`], then Trestle's list for
/// `deposit`, its source being the vault's token account.
///
/// # Errors
/// [`VaultError`]; Trestle's, with its code.
pub fn deposit(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (list, rest) = ActAccounts::split(accounts).ok_or(VaultError::AccountCount)?;
    let (own, rest) = DepositAccounts::split(rest).ok_or(VaultError::AccountCount)?;
    let (into, _) = theirs::DepositAccounts::split(rest).ok_or(VaultError::AccountCount)?;
    expect_roles(accounts, ActAccounts::<()>::ROLES)?;
    let args: DepositArgs = decoded(data)?;
    let mut vault: Vault = load(program_id, list.vault)?;
    let mut holder = load_holder(program_id, own.holder, list.vault.key, list.actor.key)?;
    let margin = Margin::new(&vault, &list, accounts)?;

    let books = Books { shares: vault.shares, equity: margin.equity()? };
    take(own.purse, &into, list.actor, args.amount)?;
    let mut buffer = [0; FRAME];
    let mut frame = begin(&mut buffer)?;
    push_fresh(&mut frame, &vault)?;
    let amount = AssetAmountArgs { asset: vault.asset, amount: args.amount };
    let len = theirs::DepositAccounts::<()>::LEN;
    push(&mut frame, Tag::Deposit, 0, len, &amount.to_bytes())?;
    margin.batch(frame, rest)?;
    let minted = books.minted(margin.equity()?)?;

    if minted < args.min_shares {
        return Err(VaultError::Bound.into());
    }
    vault.shares = vault.shares.checked_add(minted).ok_or(VaultError::Overflow)?;
    holder.shares = holder.shares.checked_add(minted).ok_or(VaultError::Overflow)?;
    store(list.vault, &vault)?;
    store(own.holder, &holder)?;
    Ok(())
}

/// Idle tokens of the vault for a user's shares: as many as what leaves takes
/// off equity.
///
/// Accounts behind [`ActAccounts`]: [`WithdrawAccounts`], then Trestle's list for
/// `withdraw`, then what its check reads at the venue.
///
/// # Errors
/// [`VaultError`]; Trestle's, with its code.
pub fn withdraw(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (list, rest) = ActAccounts::split(accounts).ok_or(VaultError::AccountCount)?;
    let (own, rest) = WithdrawAccounts::split(rest).ok_or(VaultError::AccountCount)?;
    expect_roles(accounts, ActAccounts::<()>::ROLES)?;
    let args: WithdrawArgs = decoded(data)?;
    let mut vault: Vault = load(program_id, list.vault)?;
    let mut holder = load_holder(program_id, own.holder, list.vault.key, list.actor.key)?;
    let margin = Margin::new(&vault, &list, accounts)?;

    let books = Books { shares: vault.shares, equity: margin.equity()? };
    let mut buffer = [0; FRAME];
    let mut frame = begin(&mut buffer)?;
    push_fresh(&mut frame, &vault)?;
    let amount = AssetAmountArgs { asset: vault.asset, amount: args.amount };
    let len = theirs::WithdrawAccounts::<()>::LEN;
    push(&mut frame, Tag::Withdraw, 0, len, &amount.to_bytes())?;
    margin.batch(frame, rest)?;
    let after = margin.health()?;
    margin.expect_floor(&after)?;
    let burnt = books.burnt(equity_of(&after)?)?;

    if burnt > args.max_shares {
        return Err(VaultError::Bound.into());
    }
    vault.shares = vault.shares.checked_sub(burnt).ok_or(VaultError::TooFewShares)?;
    holder.shares = holder.shares.checked_sub(burnt).ok_or(VaultError::TooFewShares)?;
    store(list.vault, &vault)?;
    store(own.holder, &holder)?;
    Ok(())
}

/// Into the loop: borrow at Trestle's pool, supply that and what is idle at
/// the venue. Rounds of supplying and borrowing, however many, end where one
/// borrow and one supply end; since a batch is checked at its end alone, the
/// vault takes this short way, and no step in between needs collateral.
///
/// Accounts behind [`ActAccounts`]: Trestle's list for `pool_borrow`, then all
/// that `venue_supply` names.
///
/// # Errors
/// [`VaultError`]; Trestle's, with its code and the number of the operation.
pub fn enter(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let args: LoopArgs = decoded(data)?;
    let amount = args.idle.checked_add(args.borrow).ok_or(VaultError::Overflow)?;
    manage(program_id, accounts, |vault, frame, count| {
        let debt = BorrowArgs { market: vault.pool, amount: args.borrow, max_units: u128::MAX };
        push(frame, Tag::PoolBorrow, 0, POOL, &debt.to_bytes())?;
        let supply = SupplyArgs { market: vault.reserve, amount, min_units: 0 };
        push(frame, Tag::VenueSupply, POOL, count, &supply.to_bytes())
    })
}

/// Out of the loop: redeem at the venue, repay the pool. What is left is idle.
///
/// Accounts behind [`ActAccounts`]: Trestle's list for `pool_repay`, then all
/// that `venue_redeem` names.
///
/// # Errors
/// [`VaultError`]; Trestle's, with its code and the number of the operation.
pub fn unwind(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let args: UnwindArgs = decoded(data)?;
    manage(program_id, accounts, |vault, frame, count| {
        let redeem = RedeemArgs {
            market: vault.reserve,
            amount: args.redeem,
            all: args.all,
            min_tokens: args.redeem,
        };
        push(frame, Tag::VenueRedeem, POOL, count, &redeem.to_bytes())?;
        let repay =
            RepayArgs { market: vault.pool, amount: args.repay, all: args.all, min_units: 0 };
        push(frame, Tag::PoolRepay, 0, POOL, &repay.to_bytes())
    })
}

/// A batch of the manager's, and the floor of health after it. `write` gets the
/// number of the accounts behind [`ActAccounts`].
fn manage(
    program_id: &Pubkey,
    accounts: &[AccountInfo<'_>],
    write: impl FnOnce(&Vault, &mut FrameWriter<'_>, usize) -> Result<(), VaultError>,
) -> ProgramResult {
    let (list, rest) = ActAccounts::split(accounts).ok_or(VaultError::AccountCount)?;
    expect_roles(accounts, ActAccounts::<()>::ROLES)?;
    let vault: Vault = load(program_id, list.vault)?;
    expect_manager(&vault, list.actor)?;
    let margin = Margin::new(&vault, &list, accounts)?;
    let mut buffer = [0; FRAME];
    let mut frame = begin(&mut buffer)?;
    write(&vault, &mut frame, rest.len())?;
    margin.batch(frame, rest)?;
    Ok(margin.expect_floor(&margin.health()?)?)
}

/// `TransferChecked` of a user's tokens to the vault's token account, which the
/// user has signed for. That the token program is the mint's Trestle sees to,
/// which takes the same tokens on from there.
fn take<'i>(
    purse: &AccountInfo<'i>,
    into: &theirs::DepositAccounts<&AccountInfo<'i>>,
    user: &AccountInfo<'i>,
    amount: u64,
) -> ProgramResult {
    const TRANSFER_CHECKED: u8 = 12;
    const DECIMALS_AT: usize = 44;
    let decimals = into.mint.try_borrow_data()?.get(DECIMALS_AT).copied();
    let decimals = decimals.ok_or(VaultError::WrongAccount)?;
    let [a, b, c, d, e, f, g, h] = amount.to_le_bytes();
    let transfer = Instruction {
        program_id: *into.token_program.key,
        accounts: vec![
            AccountMeta::new(*purse.key, false),
            AccountMeta::new_readonly(*into.mint.key, false),
            AccountMeta::new(*into.source.key, false),
            AccountMeta::new_readonly(*user.key, true),
        ],
        data: vec![TRANSFER_CHECKED, a, b, c, d, e, f, g, h, decimals],
    };
    let infos = [purse.clone(), into.mint.clone(), into.source.clone(), user.clone()];
    invoke(&transfer, &infos)
}
