//! The only place that signs for a venue.
//!
//! A plan is compared with what may be signed: the program that the board
//! pins, a discriminator of the adapter's list, accounts of the instruction,
//! the authority as the one signer, and none of our own accounts. Before and
//! after, the authority must be what it was: no data, the System program's,
//! its lamports gone by no more than the rent that the call may take; and the
//! custody in the call must still be the authority's, without delegate or
//! close authority. What moved is measured by the caller.

use crate::Result;
use crate::accounts::{Context, Custody, check_custody, tokens_of};
use crate::venues::{find, is_key};
use solana_program::account_info::AccountInfo;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::pubkey::Pubkey;
use trestle_interface::{TrestleError, pda};
use trestle_venue_adapters::kamino;
use trestle_venue_adapters::plan::{Call, Key};

/// Every call that may be signed: program, first bytes of the data.
const SIGNED: &[(Key, &[u8])] = &[
    (kamino::ids::PROGRAM, &kamino::ids::instruction::INIT_USER_METADATA),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::INIT_OBLIGATION),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::INIT_FARM),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::REFRESH_RESERVES_BATCH),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::REFRESH_OBLIGATION),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::SUPPLY),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::REDEEM),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::BORROW),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::REPAY),
    (kamino::ids::PROGRAM, &kamino::ids::instruction::REQUEST_ELEVATION_GROUP),
    (kamino::ids::FARMS_PROGRAM, &kamino::ids::instruction::HARVEST),
];

/// Runs a planned call of `program`, which may take up to `rent` lamports of
/// the authority's. What was read of venue accounts before may be stale after it.
pub(crate) fn call<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    call: &Call,
    program: &Pubkey,
    rent: u64,
) -> Result<()> {
    expect_listed(call, program)?;
    context.reads.forget();
    let owner = context.authority_address();
    let mut metas = Vec::with_capacity(call.metas().len());
    let mut authority = None;
    for meta in call.metas() {
        let info = find(accounts, &meta.key)?;
        if is_key(info.owner.as_array(), context.program_id.as_array()) {
            return Err(TrestleError::VenueTouchedAuthority);
        }
        if meta.signer {
            if *info.key != owner {
                return Err(TrestleError::VenueTouchedAuthority);
            }
            authority = Some(info);
        }
        if meta.writable && !info.is_writable {
            return Err(TrestleError::NotWritable);
        }
        super::expect_free(info, meta.writable)?;
        metas.push(AccountMeta {
            pubkey: *info.key,
            is_signer: meta.signer,
            is_writable: meta.writable,
        });
    }
    let instruction =
        Instruction { program_id: *program, accounts: metas, data: call.data().to_vec() };
    // the instruction's accounts as they are: only those that the call names reach the callee
    let Some(authority) = authority else {
        return super::invoke_free(&instruction, accounts, &[]);
    };
    let lamports = authority.lamports();
    let bump = [context.margin.fixed.authority_bump];
    let seeds: [&[u8]; 3] = [pda::AUTHORITY, context.account.as_ref(), &bump];
    super::invoke_free(&instruction, accounts, &[&seeds])?;
    let whole = authority.lamports() >= lamports.saturating_sub(rent)
        && authority.data_is_empty()
        && *authority.owner == solana_system_interface::program::ID;
    if whole { Ok(()) } else { Err(TrestleError::VenueTouchedAuthority) }
}

/// [`call`], with a custody that the venue may pay from or into.
pub(crate) fn call_with_custody<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    planned: &Call,
    program: &Pubkey,
    custody: &Custody<'_, 'i>,
) -> Result<()> {
    call(context, accounts, planned, program, 0)?;
    let refs = &custody.refs;
    let tokens = tokens_of(refs.custody, refs.token_program.key, refs.mint.key)?;
    check_custody(&tokens, refs.custody_owner.key).map_err(|_| TrestleError::VenueTouchedAuthority)
}

/// The plan's program is the pinned one, and its instruction is listed.
fn expect_listed(call: &Call, program: &Pubkey) -> Result<()> {
    if call.program() != program.as_array() {
        return Err(TrestleError::WrongProgram);
    }
    let data = call.data();
    // the first byte tells most instructions apart
    let listed = |(venue, head): &(Key, &[u8])| {
        data.first() == head.first() && data.starts_with(head) && venue == call.program()
    };
    if SIGNED.iter().any(listed) { Ok(()) } else { Err(TrestleError::WrongProgram) }
}
