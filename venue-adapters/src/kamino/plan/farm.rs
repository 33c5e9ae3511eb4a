//! Farms: the stakes that klend requires where a reserve has one, and rewards.

use super::Parties;
use crate::kamino::ids::{FARMS_PROGRAM, PROGRAM, RENT_SYSVAR, SYSTEM_PROGRAM, instruction};
use crate::kamino::reserve::Reserve;
use crate::kamino::{KaminoError, Result};
use crate::plan::{Call, Key, READ, SIGN, SIGN_WRITE, WRITE};

/// Side byte of a farm: depositors.
const COLLATERAL: u8 = 0;
/// Side byte of a farm: borrowers.
const DEBT: u8 = 1;

/// Where a stake's account names its farm.
const STAKE_FARM: usize = 16;

/// Whether an account of the farms program is a stake in a farm.
#[must_use]
pub fn is_stake_in(data: &[u8], farm: &Key) -> bool {
    let named = data.get(STAKE_FARM..).and_then(|rest| rest.first_chunk::<32>());
    named == Some(farm)
}

/// Creates the obligation's stake in a reserve's farm of depositors, or of
/// borrowers with `debt`; once, before the first action on that side.
///
/// `payer` signs: System-owned, without data. It pays rent for 920 bytes.
///
/// # Errors
/// [`KaminoError::Slot`] when the reserve has no such farm.
pub fn init_farm(
    call: &mut Call,
    parties: &Parties,
    payer: &Key,
    reserve_key: &Key,
    reserve: &Reserve,
    farm_user: &Key,
    debt: bool,
) -> Result<()> {
    let (farm, side) = farm_of(reserve, debt)?;
    call.start(&PROGRAM);
    call.push(&instruction::INIT_FARM)?;
    call.push(&[side])?;
    call.accounts(&[
        (payer, SIGN_WRITE),
        (parties.owner, READ),
        (parties.obligation, WRITE),
        (parties.market_authority, READ),
        (reserve_key, WRITE),
        (farm, WRITE),
        (farm_user, WRITE),
        (parties.market, READ),
        (&FARMS_PROGRAM, READ),
        (&RENT_SYSVAR, READ),
        (&SYSTEM_PROGRAM, READ),
    ])?;
    Ok(())
}

/// Sets the obligation's stake right. Version 2 of the actions does so by
/// itself; this is for stakes that a liquidation or version 1 left behind.
///
/// `crank` signs: anyone.
///
/// # Errors
/// [`KaminoError::Slot`] when the reserve has no such farm.
pub fn refresh_farm(
    call: &mut Call,
    parties: &Parties,
    crank: &Key,
    reserve_key: &Key,
    reserve: &Reserve,
    farm_user: &Key,
    debt: bool,
) -> Result<()> {
    let (farm, side) = farm_of(reserve, debt)?;
    call.start(&PROGRAM);
    call.push(&instruction::REFRESH_FARM)?;
    call.push(&[side])?;
    call.accounts(&[
        (crank, SIGN),
        (parties.obligation, READ),
        (parties.market_authority, READ),
        (reserve_key, READ),
        (farm, WRITE),
        (farm_user, WRITE),
        (parties.market, READ),
        (&FARMS_PROGRAM, READ),
        (&RENT_SYSVAR, READ),
        (&SYSTEM_PROGRAM, READ),
    ])?;
    Ok(())
}

/// One reward of a farm, and where it comes from and goes to.
#[derive(Clone, Copy, Debug)]
pub struct Reward<'a> {
    /// Its number in the farm.
    pub index: u64,
    /// The farm.
    pub farm: &'a Key,
    /// The obligation's stake.
    pub farm_user: &'a Key,
    /// Farms' global configuration.
    pub config: &'a Key,
    /// Mint of the reward.
    pub mint: &'a Key,
    /// The owner's token account of that mint.
    pub custody: &'a Key,
    /// Vault that pays.
    pub vault: &'a Key,
    /// Vault that takes the treasury's share.
    pub treasury: &'a Key,
    /// Authority of the farm's vaults.
    pub vaults_authority: &'a Key,
    /// Scope prices, if the farm reads them.
    pub scope: Option<&'a Key>,
    /// Token program of the mint.
    pub token_program: &'a Key,
}

/// Claims a reward. The farm pays only to a token account of the stake's
/// owner, which is the margin account's authority.
///
/// # Errors
/// None for a list of this length; the type is that of every plan.
pub fn harvest(call: &mut Call, owner: &Key, reward: &Reward) -> Result<()> {
    call.start(&FARMS_PROGRAM);
    call.push(&instruction::HARVEST)?;
    call.push(&reward.index.to_le_bytes())?;
    call.accounts(&[
        (owner, SIGN_WRITE),
        (reward.farm_user, WRITE),
        (reward.farm, WRITE),
        (reward.config, READ),
        (reward.mint, READ),
        (reward.custody, WRITE),
        (reward.vault, WRITE),
        (reward.treasury, WRITE),
        (reward.vaults_authority, READ),
        (reward.scope.unwrap_or(&FARMS_PROGRAM), READ),
        (reward.token_program, READ),
    ])?;
    Ok(())
}

fn farm_of<'a>(reserve: &Reserve<'a>, debt: bool) -> Result<(&'a Key, u8)> {
    let farm = if debt { reserve.debt_farm() } else { reserve.collateral_farm() };
    Ok((farm.ok_or(KaminoError::Slot)?, if debt { DEBT } else { COLLATERAL }))
}
