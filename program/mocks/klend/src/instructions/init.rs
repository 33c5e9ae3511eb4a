//! User metadata and obligations come into being at derived addresses.

use super::{Now, take};
use crate::accounts::open;
use crate::error::*;
use crate::hostile::Hostile;
use crate::ids;
use crate::state::{Field, Metadata, Obligation};
use solana_program::account_info::AccountInfo;
use solana_program::program::invoke_signed;
use solana_program::pubkey::Pubkey;
use solana_program::rent::Rent;
use solana_program::sysvar::Sysvar;
use solana_system_interface::instruction as system;

/// Seed of user metadata.
const METADATA: &[u8] = b"user_meta";

/// Metadata of an owner. Referrers are not modelled: none may be given.
pub(super) fn user_metadata<'a>(accounts: &'a [AccountInfo<'a>], table: &[u8]) -> Result<()> {
    let roles = "S-. SW. -W. ?-d --R --y";
    let ([owner, payer, metadata, referrer, _, _], _) = take(accounts, roles)?;
    ensure(super::given(referrer).is_none(), INVALID_ACCOUNT_INPUT)?;
    let seeds = [METADATA, owner.key.as_ref()];
    let bump = create(payer, metadata, Metadata::LEN, &seeds)?;
    let mut bytes = open(metadata)?;
    bytes[..8].copy_from_slice(&Metadata::DISCRIMINATOR);
    let mut new = Metadata(&mut bytes);
    new.set_bump(bump.into());
    new.set_lookup_table(Pubkey::read(table));
    new.set_owner(*owner.key);
    Ok(())
}

/// An empty obligation.
pub(super) fn obligation<'a>(accounts: &'a [AccountInfo<'a>], args: &[u8]) -> Result<()> {
    let roles = "S-. SW. -W. --m --. --. --d --R --y";
    let (named, _) = take(accounts, roles)?;
    let [owner, payer, obligation, market, seed1, seed2, metadata, _, _] = named;
    let hostile = Hostile::of(market)?;
    if hostile == Hostile::Idle {
        return Ok(());
    }
    let (tag, id) = (&args[..1], &args[1..2]);
    let seeds =
        [tag, id, owner.key.as_ref(), market.key.as_ref(), seed1.key.as_ref(), seed2.key.as_ref()];
    create(payer, obligation, Obligation::LEN, &seeds)?;
    let referrer = {
        let mut bytes = open(metadata)?;
        let known = Metadata(&mut bytes);
        let bump = [known.bump() as u8];
        let seeds = [METADATA, owner.key.as_ref(), &bump];
        let expected = Pubkey::create_program_address(&seeds, &ids::KLEND);
        ensure(expected == Ok(*metadata.key), CONSTRAINT_SEEDS)?;
        known.referrer()
    };
    tag_allows(args[0], seed1, seed2)?;
    let mut bytes = open(obligation)?;
    bytes[..8].copy_from_slice(&Obligation::DISCRIMINATOR);
    let mut new = Obligation(&mut bytes);
    new.set_tag(args[0].into());
    new.set_slot(Now::get()?.slot);
    new.set_stale(1);
    new.set_market(*market.key);
    new.set_owner(*owner.key);
    new.set_referrer(referrer);
    drop(bytes);
    hostile.welcome(payer, obligation)
}

/// The seeds that go with a tag. klend panics where they do not.
fn tag_allows(tag: u8, seed1: &AccountInfo<'_>, seed2: &AccountInfo<'_>) -> Result<()> {
    let is_mint = |info: &AccountInfo<'_>| {
        [ids::TOKEN, ids::TOKEN_2022].contains(info.owner) && info.data_len() >= 82
    };
    let allowed = match tag {
        0 => *seed1.key == ids::SYSTEM && *seed2.key == ids::SYSTEM,
        1 | 3 => is_mint(seed1) && is_mint(seed2),
        2 => is_mint(seed1) && seed1.key == seed2.key,
        _ => true,
    };
    ensure(allowed, INVALID_OBLIGATION_SEEDS)
}

/// Creates an account of klend at a derived address, rent paid by `payer`.
fn create<'i>(
    payer: &AccountInfo<'i>,
    info: &AccountInfo<'i>,
    len: usize,
    seeds: &[&[u8]],
) -> Result<u8> {
    let (address, bump) = Pubkey::find_program_address(seeds, &ids::KLEND);
    ensure(address == *info.key, CONSTRAINT_SEEDS)?;
    let bump_seed = [bump];
    let signer: Vec<&[u8]> = seeds.iter().copied().chain([&bump_seed[..]]).collect();
    let rent = Rent::get()?.minimum_balance(len);
    let infos = [payer.clone(), info.clone()];
    let missing = rent.saturating_sub(info.lamports());
    if info.lamports() == 0 {
        let create = system::create_account(payer.key, info.key, rent, len as u64, &ids::KLEND);
        invoke_signed(&create, &infos, &[&signer])?;
        return Ok(bump);
    }
    // someone sent lamports there before
    if missing > 0 {
        invoke_signed(&system::transfer(payer.key, info.key, missing), &infos, &[])?;
    }
    invoke_signed(&system::allocate(info.key, len as u64), &infos, &[&signer])?;
    invoke_signed(&system::assign(info.key, &ids::KLEND), &infos, &[&signer])?;
    Ok(bump)
}
