//! What is due for an account, by the program's own code.

use trestle_interface::TrestleError;
use trestle_interface::state::{MarginAccount, Position, PositionKind};
use trestle_interface::view::{Board, Slab, Venues, is_insolvent, seizable};
use trestle_risk_math::liquidation::{RESCUE_FROM, SMALLEST_LEFT, close_cap, incentive, subsidy};
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{Health, Legs as _, NO_ACCOUNT};

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// Its flag can go, or it has to be flagged first.
    Flag,
    /// Repay debts, take collateral.
    Liquidate,
    /// Nothing is left to take.
    Settle,
    /// Its own assets can keep it from a venue's liquidation.
    Rescue,
}

/// A side of a liquidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// Kind of the position.
    pub kind: PositionKind,
    /// Market row; the asset for custody.
    pub market: u16,
    /// Asset.
    pub asset: u8,
    /// Place of the venue account.
    pub venue_account: u8,
    /// Worth, micro-USD: a debt rounded up, an asset down.
    pub value: u64,
}

/// A debt and a collateral, with what a keeper may expect of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Debt that is repaid.
    pub debt: Side,
    /// Collateral that is seized.
    pub collateral: Side,
    /// Estimate of what is repaid, micro-USD; the program takes no more.
    pub repaid: u64,
    /// Estimate of the gain after costs, micro-USD.
    pub profit: i64,
    /// The debt is to a venue that may soon liquidate the account itself, at a
    /// higher price than ours (RULE L).
    pub urgent: bool,
}

/// Idle assets, and the debt or deposit at a venue that they can be moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rescue {
    /// Custody, or a pool deposit.
    pub from: Side,
    /// A debt or a deposit at the venue, of the same asset.
    pub to: Side,
}

/// An account, judged.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What is due.
    pub due: Due,
    /// Health.
    pub health: Health,
    /// Pairs by urgency and profit, best first. Empty unless liquidation is due.
    pub pairs: Vec<Pair>,
    /// What can be moved where, debts first. Empty unless a rescue is due.
    pub rescues: Vec<Rescue>,
}

/// What acting costs a keeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Fees of one transaction, micro-USD.
    pub transaction: u64,
    /// What selling the collateral costs, Q16 of its worth.
    pub route: Weight,
    /// Venue stress from which its debts come first.
    pub stress: Weight,
    /// What a keeper gives for a liquidation of an account without equity,
    /// micro-USD: nobody gains by one once insurance has nothing left to pay.
    pub loss: u64,
}

impl Costs {
    /// What it costs to repay one asset and sell another worth `seized`
    /// micro-USD; the same asset needs no route.
    pub(crate) fn of(&self, debt: u8, collateral: u8, seized: u64) -> u64 {
        let route = if debt == collateral { 0 } else { self.route.of_floor(seized) };
        route.saturating_add(self.transaction)
    }

    /// The least that a liquidation of an account must bring, micro-USD.
    #[must_use]
    pub fn least_gain(&self, health: &Health) -> i64 {
        if health.equity > 0 {
            return 1;
        }
        i64::try_from(self.loss).unwrap_or(i64::MAX).saturating_neg()
    }
}

/// Judges an account. `purse` is what the keeper could repay of an asset,
/// micro-USD.
///
/// # Errors
/// As the program's own check.
pub fn judge(
    account: &MarginAccount,
    positions: &[Position],
    board: &Board<'_>,
    costs: &Costs,
    purse: impl Fn(u8) -> u64,
) -> Result<Verdict, TrestleError> {
    let (health, _) = trestle_client::health::health(account, positions, board)?;
    let venues = Venues::of(account);
    let flagged = account.flagged_slot != 0;
    let nothing = Verdict { due: Due::Nothing, health, pairs: vec![], rescues: vec![] };
    if health.maint >= 0 && !(flagged && health.liqend < 0) {
        if health.stress >= RESCUE_FROM && health.equity > 0 {
            let rescues = rescues(account, positions, board)?;
            if !rescues.is_empty() {
                return Ok(Verdict { due: Due::Rescue, rescues, ..nothing });
            }
        }
        // a flag that outlived its cause would let the next fall begin at the top
        let due = if flagged { Due::Flag } else { Due::Nothing };
        return Ok(Verdict { due, ..nothing });
    }
    if health.native_debts > 0 && is_insolvent(&health, seizable(positions, venues, board)?) {
        return Ok(Verdict { due: Due::Settle, ..nothing });
    }
    let mut pairs = pairs(account, positions, board, &health, costs, purse)?;
    pairs.sort_by_key(|pair| core::cmp::Reverse((pair.urgent, pair.profit)));
    let least = costs.least_gain(&health);
    pairs.retain(|pair| pair.profit >= least && pair.repaid > 0);
    let due = match pairs.first() {
        Some(_) => Due::Liquidate,
        None if flagged => Due::Nothing,
        // the incentive grows from the flag on
        None => Due::Flag,
    };
    Ok(Verdict { due, health, pairs, rescues: vec![] })
}

/// Moves of idle assets to a venue that takes the same asset.
fn rescues(
    account: &MarginAccount,
    positions: &[Position],
    board: &Board<'_>,
) -> Result<Vec<Rescue>, TrestleError> {
    let (debts, assets) = sides(account, positions, board)?;
    let there = |side: &&Side| side.venue_account != NO_ACCOUNT;
    let owed = debts.iter().filter(there);
    let deposited = assets.iter().filter(there);
    let mut found = vec![];
    for to in owed.chain(deposited) {
        let fits = |from: &&Side| from.venue_account == NO_ACCOUNT && from.asset == to.asset;
        let from = assets.iter().filter(fits);
        found.extend(from.map(|from| Rescue { from: *from, to: *to }));
    }
    Ok(found)
}

/// The sides of an account: debts, then what can be seized.
fn sides(
    account: &MarginAccount,
    positions: &[Position],
    board: &Board<'_>,
) -> Result<(Vec<Side>, Vec<Side>), TrestleError> {
    let legs = Slab::new(positions, Venues::of(account), board.markets, board.now);
    let (mut debts, mut assets) = (vec![], vec![]);
    for (index, position) in positions.iter().enumerate() {
        let Some(kind) = PositionKind::from_byte(position.kind) else { continue };
        let leg = legs.leg(index)?;
        let price = board.prices.asset(leg.asset).and_then(|row| row.price().ok());
        let Some(price) = price else { continue };
        let value = match kind.is_asset() {
            true => price.asset_value(leg.amount)?,
            false => price.debt_value(leg.amount)?,
        };
        let (market, asset, venue_account) = (position.market, leg.asset, position.venue_account);
        let side = Side { kind, market, asset, venue_account, value };
        match kind {
            PositionKind::PoolDebt | PositionKind::VenueDebt => debts.push(side),
            PositionKind::Custody | PositionKind::PoolDeposit | PositionKind::VenueDeposit => {
                assets.push(side);
            }
            PositionKind::PerpBase | PositionKind::PerpQuote => {}
        }
    }
    Ok((debts, assets))
}

fn pairs(
    account: &MarginAccount,
    positions: &[Position],
    board: &Board<'_>,
    health: &Health,
    costs: &Costs,
    purse: impl Fn(u8) -> u64,
) -> Result<Vec<Pair>, TrestleError> {
    let (debts, assets) = sides(account, positions, board)?;
    let waited = account.flagged_for(board.now.slot);
    let mut pairs = vec![];
    for debt in &debts {
        let stressed = debt.kind == PositionKind::VenueDebt && health.stress >= costs.stress;
        for collateral in &assets {
            let Some(row) = board.prices.asset(collateral.asset) else { continue };
            let terms = board.markets.terms.incentives(Weight::clamped(row.incentive_max));
            let rate = incentive(health, waited, &terms);
            let most = close_cap(health, terms.max).max(SMALLEST_LEFT);
            let repaid = debt
                .value
                .min(collateral.value.saturating_sub(rate.of_floor(collateral.value)))
                .min(purse(debt.asset))
                .min(board.markets.terms.call_cap)
                .min(most);
            let kept = rate.of_floor(repaid);
            let kept = kept.saturating_sub(terms.insurance_share.of_floor(kept));
            let paid = subsidy(health, rate, &terms).of_floor(repaid);
            let seized = repaid.saturating_add(kept);
            let gain = kept.saturating_add(paid).cast_signed();
            let spent = costs.of(debt.asset, collateral.asset, seized).cast_signed();
            let profit = gain.saturating_sub(spent);
            let (debt, collateral) = (*debt, *collateral);
            pairs.push(Pair { debt, collateral, repaid, profit, urgent: stressed });
        }
    }
    Ok(pairs)
}
