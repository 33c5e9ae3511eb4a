//! Instructions for what is due.

use crate::chain::{Chain, ChainError};
use crate::judge::{Pair, Rescue, Side};
use crate::snapshot::Reserves;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_client::address::associated_token;
use trestle_client::ix::{At, LiquidateKeys, RescueFrom, RescueTo, Seized};
use trestle_client::kamino::{KaminoMarket, KaminoReserve, refresh_prices};
use trestle_client::{AssetKeys, PoolKeys, Trestle};
use trestle_interface::state::{Position, PositionKind};
use trestle_interface::view::Board;
use trestle_risk_math::portfolio::NO_ACCOUNT;

/// Most reserves in one of Kamino's refreshes with prices.
const RESERVES_AT_ONCE: usize = 5;

/// An account that is acted on, and what its venue accounts use.
pub struct Target<'a> {
    /// Group.
    pub trestle: &'a Trestle,
    /// Margin account.
    pub account: Address,
    /// Its positions.
    pub positions: &'a [Position],
    /// Known reserves.
    pub reserves: &'a Reserves,
    /// The keeper's wallet.
    pub wallet: Address,
}

impl Target<'_> {
    /// Reserves in use, of one venue account or of all.
    fn used(&self, place: Option<u8>) -> Vec<KaminoReserve> {
        let there = self.positions.iter().filter(|p| p.venue_account != NO_ACCOUNT);
        let there = there.filter(|p| place.is_none_or(|place| p.venue_account == place));
        let mut rows: Vec<u16> = there.map(|position| position.market).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.iter().filter_map(|row| self.reserves.get(*row)).copied().collect()
    }

    /// Venue accounts, running totals and reserves, for the health of it all.
    fn reads(&self) -> Vec<AccountMeta> {
        let used = self.used(None);
        let mut markets: Vec<KaminoMarket> = used.iter().map(|reserve| reserve.parent).collect();
        markets.dedup_by_key(|market| market.market);
        self.trestle.reads(&self.account, &markets, &used)
    }

    fn wallet_of(&self, asset: &AssetKeys) -> Address {
        associated_token(&self.wallet, &asset.token_program, &asset.mint)
    }

    fn pool(board: &Board<'_>, side: &Side) -> Option<PoolKeys> {
        PoolKeys::of(board.prices, board.markets, side.market)
    }

    /// A liquidation of a pair that repays at most `max_repay` native units.
    /// `None` where the board or the reserves do not tell the accounts.
    #[must_use]
    pub fn liquidate(&self, board: &Board<'_>, pair: &Pair, max_repay: u64) -> Option<Instruction> {
        let (debt, collateral) = (&pair.debt, &pair.collateral);
        let owed = AssetKeys::of(board.prices, debt.asset)?;
        let seized = AssetKeys::of(board.prices, collateral.asset)?;
        let pool = match debt.kind {
            PositionKind::PoolDebt => Self::pool(board, debt)?,
            // stands for nothing: the reserve is named instead
            _ => PoolKeys {
                market: debt.market,
                pool: Address::default(),
                vault: Address::default(),
                asset: owed,
            },
        };
        let keys = LiquidateKeys {
            liquidator: self.wallet,
            account: self.account,
            debt: pool,
            debt_source: self.wallet_of(&owed),
            collateral_destination: self.wallet_of(&seized),
        };
        let t = self.trestle;
        match (debt.kind, collateral.kind) {
            (PositionKind::PoolDebt, PositionKind::Custody) => {
                Some(self.with_reads(t.liquidate_custody(&keys, &seized, max_repay, 0)))
            }
            (PositionKind::PoolDebt, PositionKind::PoolDeposit) => {
                let deposit = Self::pool(board, collateral)?;
                Some(self.with_reads(t.liquidate_deposit(&keys, &deposit, max_repay, 0)))
            }
            (PositionKind::PoolDebt, PositionKind::VenueDeposit) => {
                let (reserve, others) = self.at(collateral)?;
                let at = At { reserve: &reserve, others: &others };
                Some(t.liquidate_venue(&keys, at, max_repay, 0))
            }
            (PositionKind::VenueDebt, PositionKind::VenueDeposit) => {
                if debt.venue_account != collateral.venue_account {
                    return None;
                }
                let owed = self.reserves.get(debt.market)?;
                let (reserve, others) = self.at(collateral)?;
                let at = At { reserve: &reserve, others: &others };
                Some(t.liquidate_at_venue(&keys, owed, at, max_repay, 0))
            }
            (PositionKind::VenueDebt, kind) => {
                let (reserve, others) = self.at(debt)?;
                let from = match kind {
                    PositionKind::Custody => Seized::Custody(seized),
                    PositionKind::PoolDeposit => Seized::Deposit(Self::pool(board, collateral)?),
                    _ => return None,
                };
                let at = At { reserve: &reserve, others: &others };
                Some(t.liquidate_venue_debt(&keys, at, from, max_repay, 0))
            }
            _ => None,
        }
    }

    fn at(&self, side: &Side) -> Option<(KaminoReserve, Vec<KaminoReserve>)> {
        let reserve = *self.reserves.get(side.market)?;
        let mut others = self.used(Some(side.venue_account));
        others.retain(|other| other.row != side.market);
        Some((reserve, others))
    }

    fn with_reads(&self, mut instruction: Instruction) -> Instruction {
        let named = |key: &Address, ix: &Instruction| ix.accounts.iter().any(|m| m.pubkey == *key);
        for meta in self.reads() {
            if !named(&meta.pubkey, &instruction) {
                instruction.accounts.push(meta);
            }
        }
        instruction
    }

    /// Kamino's own refreshes with prices, where a side of the pair is there.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn front(
        &self,
        chain: &mut impl Chain,
        pair: &Pair,
    ) -> Result<Vec<Instruction>, ChainError> {
        let sides = [&pair.debt, &pair.collateral];
        let there = |side: &&&Side| {
            matches!(side.kind, PositionKind::VenueDebt | PositionKind::VenueDeposit)
        };
        let Some(side) = sides.iter().find(there) else { return Ok(vec![]) };
        let used = self.used(Some(side.venue_account));
        let Some(market) = used.first().map(|reserve| reserve.parent.market) else {
            return Ok(vec![]);
        };
        let keys: Vec<Address> = used.iter().map(|reserve| reserve.reserve).collect();
        let data = chain.accounts(&keys)?;
        let found: Vec<(Address, &[u8])> = keys
            .iter()
            .zip(&data)
            .filter_map(|(key, data)| Some((*key, data.as_deref()?)))
            .collect();
        // a reserve that cannot be read has the program refuse, which says why
        let calls = found.chunks(RESERVES_AT_ONCE).filter_map(|c| refresh_prices(&market, c).ok());
        Ok(calls.collect())
    }

    /// Starts or stops the incentive clock.
    #[must_use]
    pub fn flag(&self) -> Instruction {
        self.with_reads(self.trestle.flag_unhealthy(self.account, &[]))
    }

    /// Moves idle assets to a venue: its rows, which must be of this slot, in
    /// front. `None` where the board or the reserves do not tell the accounts.
    #[must_use]
    pub fn rescue(&self, board: &Board<'_>, rescue: &Rescue) -> Option<Vec<Instruction>> {
        let (reserve, others) = self.at(&rescue.to)?;
        let at = At { reserve: &reserve, others: &others };
        let from = match rescue.from.kind {
            PositionKind::Custody => RescueFrom::Custody,
            _ => RescueFrom::Deposit(Self::pool(board, &rescue.from)?),
        };
        let to = match rescue.to.kind {
            PositionKind::VenueDebt => RescueTo::Debt,
            _ => RescueTo::Collateral,
        };
        let tip = self.wallet_of(&reserve.asset);
        let rows = self.used(Some(rescue.to.venue_account));
        let call =
            self.trestle.rescue_venue((self.wallet, tip), self.account, at, (from, to), u64::MAX);
        Some(vec![self.trestle.refresh_reserves(&rows), call])
    }

    /// Settles every debt to a pool, one instruction each.
    #[must_use]
    pub fn settle(&self, board: &Board<'_>) -> Vec<Instruction> {
        let kind = PositionKind::PoolDebt.byte();
        let debts = self.positions.iter().filter(|position| position.kind == kind);
        let pools = debts.filter_map(|p| PoolKeys::of(board.prices, board.markets, p.market));
        pools
            .map(|pool| self.with_reads(self.trestle.settle_bad_debt(self.account, &pool)))
            .collect()
    }
}
