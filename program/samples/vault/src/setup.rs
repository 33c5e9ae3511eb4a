//! What happens once: a vault with its margin account, its place at the venue,
//! a user's place for shares.

use crate::error::VaultError;
use crate::state::{
    ActAccounts, HOLDER, Holder, InitAccounts, InitArgs, JoinAccounts, State, VAULT, Vault, load,
    store,
};
use crate::trestle::{self, FRAME, Margin, begin, push};
use crate::{decoded, expect_manager, expect_roles};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program::{invoke, invoke_signed};
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;
use solana_program::rent::Rent;
use solana_program::sysvar::Sysvar;
use solana_system_interface::instruction as system;
use trestle_interface::Tag;
use trestle_interface::accounts::{OpenFarmAccounts, OpenVenueAccounts};
use trestle_interface::args::{FarmArgs, MarketArgs};
use trestle_interface::wire::Wire;

/// Accounts of the venue that follow [`OpenVenueAccounts`].
const OPEN_TRAILING: usize = 2;

/// Makes the vault, and through Trestle its margin account.
///
/// # Errors
/// [`VaultError`]; Trestle's, where its access does not let the vault in.
pub fn init(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (list, _) = InitAccounts::split(accounts).ok_or(VaultError::AccountCount)?;
    expect_roles(accounts, InitAccounts::<()>::ROLES)?;
    let (args, proof) = data.split_at_checked(InitArgs::LEN).ok_or(VaultError::BadData)?;
    let args: InitArgs = decoded(args)?;
    let (group, manager) = (*list.group.key, *list.manager.key);
    let seeds: [&[u8]; 3] = [VAULT, group.as_ref(), manager.as_ref()];
    let size = <Vault as Wire>::LEN;
    let bump = create(program_id, list.manager, list.vault, &seeds, size)?;
    let vault = Vault {
        kind: Vault::KIND,
        bump,
        manager,
        trestle: *list.trestle.key,
        group,
        margin: *list.margin.key,
        asset: args.asset,
        pool: args.pool,
        reserve: args.reserve,
        floor: args.floor,
        shares: 0,
    };
    store(list.vault, &vault)?;
    trestle::create_account(&vault, accounts, proof)
}

/// Opens the obligation at the venue, and its stake where the reserve has a
/// farm: two operations of one batch. The manager pays.
///
/// # Errors
/// [`VaultError`]; Trestle's.
pub fn open(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (list, rest) = ActAccounts::split(accounts).ok_or(VaultError::AccountCount)?;
    expect_roles(accounts, ActAccounts::<()>::ROLES)?;
    let vault: Vault = load(program_id, list.vault)?;
    expect_manager(&vault, list.actor)?;
    if !data.is_empty() {
        return Err(VaultError::BadData.into());
    }
    let obligation = OpenVenueAccounts::<()>::LEN.saturating_add(OPEN_TRAILING);
    let mut buffer = [0; FRAME];
    let mut frame = begin(&mut buffer)?;
    let args = MarketArgs { market: vault.reserve }.to_bytes();
    push(&mut frame, Tag::OpenVenue, 0, obligation, &args)?;
    if rest.len() >= obligation.saturating_add(OpenFarmAccounts::<()>::LEN) {
        let args = FarmArgs { market: vault.reserve, debt: false }.to_bytes();
        push(&mut frame, Tag::OpenFarm, obligation, rest.len(), &args)?;
    }
    Margin::new(&vault, &list, accounts)?.batch(frame, rest)
}

/// Makes a user's place for shares.
///
/// # Errors
/// [`VaultError`].
pub fn join(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (list, _) = JoinAccounts::split(accounts).ok_or(VaultError::AccountCount)?;
    expect_roles(accounts, JoinAccounts::<()>::ROLES)?;
    let _: Vault = load(program_id, list.vault)?;
    if !data.is_empty() {
        return Err(VaultError::BadData.into());
    }
    let (vault, owner) = (*list.vault.key, *list.user.key);
    let seeds: [&[u8]; 3] = [HOLDER, vault.as_ref(), owner.as_ref()];
    create(program_id, list.user, list.holder, &seeds, <Holder as Wire>::LEN)?;
    store(list.holder, &Holder { kind: Holder::KIND, vault, owner, shares: 0 })?;
    Ok(())
}

/// Creates an account of this program at a derived address, also where
/// someone has sent lamports there before. Returns the bump.
fn create<'i>(
    program_id: &Pubkey,
    payer: &AccountInfo<'i>,
    new: &AccountInfo<'i>,
    seeds: &[&[u8]; 3],
    size: usize,
) -> Result<u8, ProgramError> {
    let (address, bump) = Pubkey::find_program_address(seeds, program_id);
    if address != *new.key {
        return Err(VaultError::WrongAccount.into());
    }
    let missing = Rent::get()?.minimum_balance(size).saturating_sub(new.lamports());
    if missing > 0 {
        let pay = system::transfer(payer.key, new.key, missing);
        invoke(&pay, &[payer.clone(), new.clone()])?;
    }
    let bump_seed = [bump];
    let [a, b, c] = *seeds;
    let signer: [&[u8]; 4] = [a, b, c, &bump_seed];
    let space = u64::try_from(size).map_err(|_| VaultError::Overflow)?;
    let infos = [new.clone()];
    // fails where the account exists already: it is no longer the system's
    invoke_signed(&system::allocate(new.key, space), &infos, &[&signer])?;
    invoke_signed(&system::assign(new.key, program_id), &infos, &[&signer])?;
    Ok(bump)
}
