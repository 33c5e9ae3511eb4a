//! One tick: read, refresh, judge, act.

use crate::chain::{Chain, ChainError, Outcome};
use crate::judge::{Costs, Due, Pair, Verdict, judge};
use crate::plan::Target;
use crate::queue::{BackOff, best};
use crate::refresh::{Ages, Oracles, due};
use crate::snapshot::{Reserves, Snapshot, SnapshotError, listed};
use solana_address::Address;
use solana_instruction::Instruction;
use std::collections::BTreeMap;
use trestle_client::address::associated_token;
use trestle_client::events::of_logs;
use trestle_client::health::Aligned;
use trestle_client::{AssetKeys, Trestle};
use trestle_interface::event::{Body, Event};
use trestle_interface::view::Board;
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::token;

/// How a keeper behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Simulate only.
    pub dry_run: bool,
    /// From which age rows are refreshed.
    pub ages: Ages,
    /// What acting costs.
    pub costs: Costs,
    /// Accounts acted on in one tick at most.
    pub accounts_per_tick: usize,
    /// Pairs tried for one account in one tick at most.
    pub tries: usize,
    /// Accounts whose failures are remembered at most.
    pub remembered: usize,
    /// Where prices come from.
    pub oracles: Oracles,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dry_run: false,
            ages: Ages { price: 10, market: 25 },
            costs: Costs {
                transaction: 20_000,
                route: Weight::clamped(66),      // 10 bps
                stress: Weight::clamped(60_293), // 0.92
                loss: 0,
            },
            accounts_per_tick: 16,
            tries: 4,
            remembered: 4_096,
            oracles: Oracles::default(),
        }
    }
}

/// What was done to an account, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Margin account.
    pub account: Address,
    /// What was due.
    pub due: Due,
    /// Estimate of the gain after costs, micro-USD.
    pub profit: i64,
    /// Estimate of what is repaid, micro-USD.
    pub repaid: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a tick did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Slot that it judged.
    pub slot: u64,
    /// Margin accounts read.
    pub read: usize,
    /// Of them, with something due.
    pub due: usize,
    /// Accounts that wait after failures.
    pub waiting: usize,
    /// Accounts that could not be judged.
    pub unjudged: usize,
    /// Refreshes that landed, or would.
    pub refreshed: usize,
    /// Refreshes that were refused.
    pub unrefreshed: usize,
    /// What was done.
    pub acts: Vec<Act>,
}

/// A keeper of one group.
#[derive(Debug)]
pub struct Keeper {
    trestle: Trestle,
    settings: Settings,
    reserves: Reserves,
    back_off: BackOff,
}

struct Candidate {
    account: Address,
    bytes: Aligned,
    verdict: Verdict,
}

impl Candidate {
    /// By gain; a rescue comes first, since the venue does not wait.
    fn rank(&self) -> i64 {
        match self.verdict.due {
            Due::Rescue => i64::MAX,
            _ => self.verdict.pairs.first().map_or(0, |pair| pair.profit),
        }
    }
}

impl Keeper {
    /// A keeper that knows nothing yet.
    #[must_use]
    pub fn new(trestle: Trestle, settings: Settings) -> Self {
        let back_off = BackOff::new(settings.remembered);
        Self { trestle, settings, reserves: Reserves::default(), back_off }
    }

    /// One round.
    ///
    /// # Errors
    /// [`SnapshotError`] when the board or the accounts cannot be read. What a
    /// single account runs into is part of the report.
    pub fn tick(&mut self, chain: &mut impl Chain) -> Result<Report, SnapshotError> {
        let mut snapshot = Snapshot::take(chain, &self.trestle)?;
        let mut report = Report { read: snapshot.read, ..Report::default() };
        let listed = snapshot.board(listed).unwrap_or_default();
        self.reserves.learn(chain, &listed)?;
        if self.refresh(chain, &snapshot, &mut report)? {
            snapshot.renew(chain, &self.trestle)?;
        }
        report.slot = snapshot.now.slot;
        let purse = snapshot.board(|board| Purse::read(chain, board));
        let Some(purse) = purse else { return Ok(report) };
        let purse = purse?;
        let candidates = self.judge(&snapshot, &purse, &mut report);
        for candidate in candidates {
            let act = self.act(chain, &snapshot, &purse, &candidate)?;
            match &act.outcome {
                Outcome::Landed { .. } => self.back_off.succeeded(&candidate.account),
                Outcome::Refused { .. } => self.back_off.failed(candidate.account, report.slot),
            }
            report.acts.push(act);
        }
        report.waiting = self.back_off.len();
        Ok(report)
    }

    /// Sends what is due of refreshes. Whether one landed.
    fn refresh(
        &self,
        chain: &mut impl Chain,
        snapshot: &Snapshot,
        report: &mut Report,
    ) -> Result<bool, ChainError> {
        let (oracles, ages) = (&self.settings.oracles, &self.settings.ages);
        let all = snapshot.board(|board| due(&self.trestle, board, oracles, &self.reserves, ages));
        let before = report.refreshed;
        for instruction in all.unwrap_or_default() {
            if self.run(chain, &[instruction])?.landed() {
                report.refreshed = report.refreshed.saturating_add(1);
            } else {
                report.unrefreshed = report.unrefreshed.saturating_add(1);
            }
        }
        Ok(report.refreshed > before && !self.settings.dry_run)
    }

    /// Accounts with something due, the best first.
    fn judge(&self, snapshot: &Snapshot, purse: &Purse, report: &mut Report) -> Vec<Candidate> {
        let mut found = vec![];
        for (account, bytes) in &snapshot.indebted {
            let verdict = snapshot.board(|board| {
                let (margin, positions) = bytes.margin().ok()?;
                let worth = |asset| purse.worth(board, asset);
                judge(margin, positions, board, &self.settings.costs, worth).ok()
            });
            let Some(verdict) = verdict.flatten() else {
                report.unjudged = report.unjudged.saturating_add(1);
                continue;
            };
            if verdict.due == Due::Nothing {
                continue;
            }
            report.due = report.due.saturating_add(1);
            if self.back_off.is_due(account, snapshot.now.slot) {
                found.push(Candidate { account: *account, bytes: bytes.clone(), verdict });
            }
        }
        best(found, self.settings.accounts_per_tick, Candidate::rank)
    }

    fn act(
        &self,
        chain: &mut impl Chain,
        snapshot: &Snapshot,
        purse: &Purse,
        candidate: &Candidate,
    ) -> Result<Act, ChainError> {
        let refused = |reason: &str| Outcome::Refused { reason: reason.to_owned() };
        let mut act = Act {
            account: candidate.account,
            due: candidate.verdict.due,
            profit: 0,
            repaid: 0,
            outcome: refused("no plan"),
        };
        let Ok((_, positions)) = candidate.bytes.margin() else { return Ok(act) };
        let target = Target {
            trestle: &self.trestle,
            account: candidate.account,
            positions,
            reserves: &self.reserves,
            wallet: chain.wallet(),
        };
        match candidate.verdict.due {
            Due::Nothing => {}
            Due::Flag => act.outcome = self.run(chain, &[target.flag()])?,
            Due::Settle => {
                let all = snapshot.board(|board| target.settle(board)).unwrap_or_default();
                for instruction in all {
                    act.outcome = self.run(chain, &[instruction])?;
                }
            }
            Due::Rescue => {
                for rescue in candidate.verdict.rescues.iter().take(self.settings.tries) {
                    let built = snapshot.board(|board| target.rescue(board, rescue));
                    let Some(all) = built.flatten() else { continue };
                    act.outcome = self.run(chain, &all)?;
                    if act.outcome.landed() {
                        break;
                    }
                }
            }
            Due::Liquidate => {
                self.liquidate(chain, snapshot, purse, &target, candidate, &mut act)?
            }
        }
        Ok(act)
    }

    /// Tries pairs until one brings enough.
    fn liquidate(
        &self,
        chain: &mut impl Chain,
        snapshot: &Snapshot,
        purse: &Purse,
        target: &Target<'_>,
        candidate: &Candidate,
        act: &mut Act,
    ) -> Result<(), ChainError> {
        for pair in candidate.verdict.pairs.iter().take(self.settings.tries) {
            let most = purse.units(pair.debt.asset);
            let built = snapshot.board(|board| target.liquidate(board, pair, most));
            let Some(liquidation) = built.flatten() else { continue };
            let mut all = target.front(chain, pair)?;
            all.push(liquidation);
            act.outcome = chain.simulate(&all)?;
            let Outcome::Landed { units, logs } = &act.outcome else { continue };
            let units = *units;
            let told = snapshot.board(|board| {
                gain(board, pair, &self.trestle.program_id, logs, &self.settings.costs)
            });
            let Some((profit, repaid)) = told.flatten() else { continue };
            (act.profit, act.repaid) = (profit, repaid);
            if profit < self.settings.costs.least_gain(&candidate.verdict.health) {
                // a venue may let out less than was repaid for
                act.outcome = Outcome::Refused { reason: "no gain".to_owned() };
                continue;
            }
            if !self.settings.dry_run {
                act.outcome = chain.send(&all, with_reserve(units))?;
            }
            break;
        }
        Ok(())
    }

    /// Simulates, and sends what would land.
    fn run(&self, chain: &mut impl Chain, all: &[Instruction]) -> Result<Outcome, ChainError> {
        let simulated = chain.simulate(all)?;
        match simulated {
            Outcome::Landed { units, .. } if !self.settings.dry_run => {
                chain.send(all, with_reserve(units))
            }
            other => Ok(other),
        }
    }
}

/// A fifth more units than the simulation took: the clock moves on in between.
const fn with_reserve(units: u64) -> u64 {
    units.saturating_add(units / 5)
}

/// Gain after costs and debt repaid, micro-USD, as a liquidation's event tells
/// them: what was seized at the board's price, less what was paid.
fn gain(
    board: &Board<'_>,
    pair: &Pair,
    program: &Address,
    logs: &[String],
    costs: &Costs,
) -> Option<(i64, u64)> {
    let events = of_logs(logs, program);
    let done = events.iter().find_map(|bytes| match Event::decode(bytes)?.body {
        Body::Liquidation(done) => Some(done),
        _ => None,
    })?;
    let price = |asset: u8| board.prices.asset(asset)?.price().ok();
    let (debt, collateral) = (price(pair.debt.asset)?, price(pair.collateral.asset)?);
    let paid = done.repaid.saturating_add(done.insured).saturating_sub(done.subsidy);
    let paid = debt.debt_value(paid).ok()?.cast_signed();
    let seized = collateral.asset_value(done.seized).ok()?;
    let costs = costs.of(pair.debt.asset, pair.collateral.asset, seized).cast_signed();
    let gain = seized.cast_signed().saturating_sub(paid).saturating_sub(costs);
    Some((gain, debt.asset_value(done.repaid).ok()?))
}

/// What the keeper's wallet holds, native units by asset.
struct Purse(BTreeMap<u8, u64>);

impl Purse {
    fn read(chain: &mut impl Chain, board: &Board<'_>) -> Result<Self, ChainError> {
        let wallet = chain.wallet();
        let assets: Vec<AssetKeys> =
            (0..board.prices.count).filter_map(|id| AssetKeys::of(board.prices, id)).collect();
        let keys: Vec<Address> = assets
            .iter()
            .map(|asset| associated_token(&wallet, &asset.token_program, &asset.mint))
            .collect();
        let data = chain.accounts(&keys)?;
        let held = assets
            .iter()
            .zip(&data)
            .filter_map(|(asset, data)| Some((asset.id, token::balance(data.as_deref()?)?)));
        Ok(Self(held.collect()))
    }

    fn units(&self, asset: u8) -> u64 {
        self.0.get(&asset).copied().unwrap_or(0)
    }

    fn worth(&self, board: &Board<'_>, asset: u8) -> u64 {
        let price = board.prices.asset(asset).and_then(|row| row.price().ok());
        // more than a leg can be worth covers any step
        price.map_or(0, |price| price.asset_value(self.units(asset)).unwrap_or(u64::MAX))
    }
}
