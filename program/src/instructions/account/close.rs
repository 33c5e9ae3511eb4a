//! `close_account`: an empty account goes, and what is left goes to its owner:
//! dust and rent of the token accounts that are passed, lamports of the
//! authority, rent of the account.

use super::expect_owner;
use crate::Result;
use crate::accounts::{
    TokenRefs, associated_address, authority_address, check_roles, expect_address, expect_program,
    find_associated, split_margin, tokens_of,
};
use crate::cpi::{self, Signer};
use crate::event;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::CloseAccountAccounts;
use trestle_interface::{TrestleError, pda};
use trestle_venue_adapters::token::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM, mint_decimals};

/// Runs it.
#[inline(never)]
pub(crate) fn close(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_roles(accounts, CloseAccountAccounts::<()>::ROLES, &[])?;
    let (list, sweeps) = CloseAccountAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    expect_program(list.system_program, &solana_system_interface::program::ID)?;
    let bump = {
        let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
        let (account, _) = split_margin(&mut bytes, list.account, program_id)?;
        expect_owner(account, list.owner.key)?;
        let contributes = account.contributions.iter().any(|c| c.claim | c.financing != 0);
        if account.count != 0 || account.venue_bitmap != 0 || contributes {
            return Err(TrestleError::NotEmpty);
        }
        event::log(list.account.key, [account.sequence; 2], &account.event(0, false));
        account.authority_bump
    };
    let authority = authority_address(program_id, list.account.key, bump);
    expect_address(list.custody_owner, &authority)?;
    let bump = [bump];
    let seeds: [&[u8]; 3] = [pda::AUTHORITY, list.account.key.as_ref(), &bump];
    let (quadruples, rest) = sweeps.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(TrestleError::AccountCount);
    }
    for [custody, mint, destination, token_program] in quadruples {
        let refs = TokenRefs { custody, custody_owner: list.custody_owner, mint, token_program };
        sweep(&refs, destination, list.owner, &seeds)?;
    }
    cpi::pay(list.custody_owner, list.owner, list.custody_owner.lamports(), &seeds)?;
    erase(list.account, list.owner)
}

/// Sends a custody's tokens to the owner's token account and closes it.
fn sweep<'i>(
    refs: &TokenRefs<'_, 'i>,
    destination: &AccountInfo<'i>,
    owner: &AccountInfo<'i>,
    seeds: &[&[u8]],
) -> Result<()> {
    let program = refs.token_program.key.to_bytes();
    if program != TOKEN_PROGRAM && program != TOKEN_2022_PROGRAM {
        return Err(TrestleError::WrongProgram);
    }
    if refs.custody.key != &associated_address(refs, find_associated(refs)?) {
        return Err(TrestleError::NotCanonicalCustody);
    }
    let tokens = tokens_of(refs.custody, refs.token_program.key, refs.mint.key)?;
    let to = tokens_of(destination, refs.token_program.key, refs.mint.key)?;
    if to.owner != owner.key.to_bytes() {
        return Err(TrestleError::WrongTokenOwner);
    }
    if tokens.amount != 0 {
        let decimals = {
            let mint = refs.mint.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
            mint_decimals(&mint)?
        };
        cpi::transfer(
            refs.token_program,
            refs.custody,
            refs.mint,
            destination,
            refs.custody_owner,
            tokens.amount,
            decimals,
            &Signer::Seeds(seeds),
        )?;
    }
    cpi::close_token_account(refs.token_program, refs.custody, owner, refs.custody_owner, seeds)
}

/// Wipes an account of the program and hands it back: discriminator, rent, owner.
pub(crate) fn erase(info: &AccountInfo, to: &AccountInfo) -> Result<()> {
    info.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?.fill(0);
    {
        let mut from = info.try_borrow_mut_lamports().map_err(|_| TrestleError::Borrowed)?;
        let mut to = to.try_borrow_mut_lamports().map_err(|_| TrestleError::Borrowed)?;
        **to = to.checked_add(**from).ok_or(TrestleError::Overflow)?;
        **from = 0;
    }
    info.resize(0).map_err(|_| TrestleError::Corrupt)?;
    info.assign(&solana_system_interface::program::ID);
    Ok(())
}
