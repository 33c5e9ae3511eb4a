//! Farms: a reserve's collateral or debt may earn rewards, so each act tells the
//! farm the obligation's new stake.

use super::take;
use crate::accounts::{
    is_authority, is_current, market_runs, obligation_in, obligation_of, open, reserve_in, signed,
    takes_business,
};
use crate::error::*;
use crate::ids;
use crate::roles;
use crate::state::{Field, OBSOLETE, Obligation, Reserve};
use solana_program::account_info::AccountInfo;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::program::invoke_signed;
use solana_program::pubkey::Pubkey;

/// `sha256("global:initialize_user")[..8]`.
const INITIALIZE_USER: [u8; 8] = [0x6f, 0x11, 0xb9, 0xfa, 0x3c, 0x7a, 0x26, 0xfe];
/// `sha256("global:set_stake_delegated")[..8]`.
const SET_STAKE: [u8; 8] = [0x49, 0xab, 0xb8, 0x4b, 0x1e, 0x38, 0xc6, 0xdf];
/// The farm's view of a user: stake, and for whom it is.
const STAKE: usize = 408;
const DELEGATEE: usize = 480;

/// Which farm of a reserve.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Of its collateral.
    Collateral,
    /// Of its debt.
    Debt,
}

impl Kind {
    fn parse(mode: u8) -> Result<Self> {
        match mode {
            0 => Ok(Self::Collateral),
            1 => Ok(Self::Debt),
            _ => Err(INVALID_ACCOUNT_INPUT),
        }
    }

    fn farm(self, reserve: &Reserve<'_>) -> Pubkey {
        match self {
            Self::Collateral => reserve.farm_collateral(),
            Self::Debt => reserve.farm_debt(),
        }
    }
}

/// A farm's accounts, where they are given.
pub(super) struct Farm<'a, 'i> {
    user: Option<&'a AccountInfo<'i>>,
    state: Option<&'a AccountInfo<'i>>,
}

impl<'a, 'i> Farm<'a, 'i> {
    /// Of the two optional places.
    pub(super) fn of(user: &'a AccountInfo<'i>, state: &'a AccountInfo<'i>) -> Self {
        Self { user: super::given(user), state: super::given(state) }
    }
}

/// `init_obligation_farms_for_reserve`: the obligation becomes a user of the farm.
pub(super) fn init<'a>(accounts: &'a [AccountInfo<'a>], mode: u8) -> Result<()> {
    let (named, _) = take(accounts, "SW. --. -Wo --. -Wr -W. -W. --m --f --R --y")?;
    let [payer, owner, obligation, authority, reserve, state, user, market, _, rent, system] =
        named;
    obligation_in(obligation, market)?;
    obligation_of(obligation, owner)?;
    is_authority(market, authority)?;
    reserve_in(reserve, market)?;
    {
        let mut bytes = open(reserve)?;
        let reserve = Reserve(&mut bytes);
        ensure(reserve.status() != OBSOLETE, RESERVE_OBSOLETE)?;
        is_current(&reserve)?;
        ensure(Kind::parse(mode)?.farm(&reserve) == *state.key, INVALID_ACCOUNT_INPUT)?;
    }
    let instruction = Instruction {
        program_id: ids::FARMS,
        accounts: vec![
            AccountMeta::new_readonly(*authority.key, true),
            AccountMeta::new(*payer.key, true),
            AccountMeta::new_readonly(*owner.key, false),
            AccountMeta::new_readonly(*obligation.key, false),
            AccountMeta::new(*user.key, false),
            AccountMeta::new(*state.key, false),
            AccountMeta::new_readonly(*system.key, false),
            AccountMeta::new_readonly(*rent.key, false),
        ],
        data: INITIALIZE_USER.to_vec(),
    };
    let infos = [authority, payer, owner, obligation, user, state, system, rent].map(Clone::clone);
    signed(market, |seeds| invoke_signed(&instruction, &infos, &[seeds]))
}

/// `refresh_obligation_farms_for_reserve`: tells the farm the stake again.
pub(super) fn refresh<'a>(accounts: &'a [AccountInfo<'a>], mode: u8) -> Result<()> {
    let (named, rest) = take(accounts, "S-. --. --. --r -W. -Wu --m --f --R --y")?;
    let [_, obligation, authority, reserve, state, user, market, _, _, _] = named;
    is_authority(market, authority)?;
    reserve_in(reserve, market)?;
    market_runs(market)?;
    ensure(rest.is_empty(), INVALID_ACCOUNT_INPUT)?;
    let kind = Kind::parse(mode)?;
    let farm = kind.farm(&Reserve(&mut open(reserve)?));
    if !obligation.data_is_empty() {
        roles::ours(obligation, &Obligation::DISCRIMINATOR)?;
        let named = Obligation(&mut open(obligation)?).market();
        ensure(named == *market.key, INVALID_ACCOUNT_INPUT)?;
    }
    ensure(farm != Pubkey::default(), NO_FARM_FOR_RESERVE)?;
    settle(kind, &Farm::of(user, state), reserve, obligation, (market, authority))
}

/// After an act: tells the farm of that kind, if the reserve has one.
pub(super) fn settle<'i>(
    kind: Kind,
    farm: &Farm<'_, 'i>,
    reserve: &AccountInfo<'i>,
    obligation: &AccountInfo<'i>,
    (market, authority): (&AccountInfo<'i>, &AccountInfo<'i>),
) -> Result<()> {
    let named = {
        let mut bytes = open(reserve)?;
        let reserve = Reserve(&mut bytes);
        let named = kind.farm(&reserve);
        if named == Pubkey::default() {
            return Ok(());
        }
        takes_business(&reserve)?;
        named
    };
    let (Some(user), Some(state)) = (farm.user, farm.state) else {
        return Err(FARM_ACCOUNTS_MISSING);
    };
    let (delegatee, staked) = {
        let data = user.try_borrow_data()?;
        ensure(data.len() >= DELEGATEE + 32, WRONG_DISCRIMINATOR)?;
        (Pubkey::read(&data[DELEGATEE..]), u128::read(&data[STAKE..]))
    };
    ensure(delegatee == *obligation.key, INVALID_ACCOUNT_INPUT)?;
    ensure(named == *state.key, INVALID_ACCOUNT_INPUT)?;
    let stake = stake(kind, obligation, reserve.key)?;
    if staked == u128::from(stake) {
        return Ok(());
    }
    let mut data = SET_STAKE.to_vec();
    data.extend_from_slice(&stake.to_le_bytes());
    let instruction = Instruction {
        program_id: ids::FARMS,
        accounts: vec![
            AccountMeta::new_readonly(*authority.key, true),
            AccountMeta::new(*user.key, false),
            AccountMeta::new(*state.key, false),
        ],
        data,
    };
    let infos = [authority, user, state].map(Clone::clone);
    signed(market, |seeds| invoke_signed(&instruction, &infos, &[seeds]))
}

/// Receipts or whole native units of debt; nothing of a closed obligation.
fn stake(kind: Kind, obligation: &AccountInfo<'_>, reserve: &Pubkey) -> Result<u64> {
    if obligation.data_is_empty() {
        return Ok(0);
    }
    let mut bytes = open(obligation)?;
    let mut obligation = Obligation(&mut bytes);
    Ok(match kind {
        Kind::Collateral => {
            obligation.deposit_of(reserve).map_or(0, |i| obligation.deposit(i).amount())
        }
        Kind::Debt => {
            obligation.borrow_of(reserve).map_or(0, |i| obligation.borrow(i).amount().floor())
        }
    })
}
