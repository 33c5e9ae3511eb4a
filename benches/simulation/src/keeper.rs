//! A thin liquidator: looks at every account off chain, touches on chain only
//! those that are below maintenance.
//!
//! It has capital without end, one simple choice of pair (the largest debt, the
//! largest collateral of another mint) and acts a set number of slots after it
//! first saw an account below maintenance.

use crate::books::Scene;
use crate::path::ASSETS;
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use std::collections::BTreeMap;
use trestle_client::health::{Aligned, health};
use trestle_client::ix::LiquidateKeys;
use trestle_interface::TrestleError;
use trestle_interface::state::{MarginAccount, Position, PositionKind};
use trestle_interface::view::{Board, Slab, Venues, is_insolvent, seizable};
use trestle_risk_math::portfolio::{Health, Legs, Side};
use trestle_sandbox::Failure;

/// Slots after which an account is looked at again in any case.
const LOOK_AGAIN: u64 = 25;
/// Slots that a refused account waits.
const BACK_OFF: u64 = 10;
/// Oldest price a liquidation may rest on, seconds: the group's own limit.
const MAX_AGE: i64 = 30;

/// What the liquidator did, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Accounts liquidated at least once.
    pub liquidated: u64,
    /// Liquidations that landed.
    pub calls: u64,
    /// Debt repaid, micro-USD.
    pub repaid: i64,
    /// Equity that liquidated accounts lost, micro-USD: what liquidators and insurance got.
    pub incentive: i64,
    /// Debt settled as bad, micro-USD.
    pub bad: i64,
    /// What accounts owe beyond their assets at the end, not settled, micro-USD.
    pub under: i64,
    /// Transactions that landed.
    pub transactions: u64,
    /// Compute units of them.
    pub units: u64,
    /// The most that one took.
    pub most_units: u64,
    /// Of them, seizures paid in a pool's units since the pool had no cash.
    pub in_units: u64,
    /// Refusals by error.
    pub refused: BTreeMap<String, u64>,
    /// Slots that accounts were below maintenance, one entry per stretch.
    pub stretches: Vec<u64>,
    /// Health evaluations off chain.
    pub looks: u64,
}

/// What is known of one account.
struct Known {
    bytes: Aligned,
    margin: i64,
    gross: i64,
    looked: u64,
    moved: u64,
    since: Option<u64>,
    wait: u64,
    flagged: bool,
    touched: bool,
    liquidated: bool,
}

/// The liquidator.
pub struct Keeper {
    accounts: Vec<Known>,
    latency: u64,
    /// Numbers so far.
    pub totals: Totals,
    /// Sum of the largest relative price moves so far, parts per million.
    moved: u64,
}

/// Two legs, and the account's equity and debts.
struct Plan {
    debt: usize,
    collateral: usize,
    pooled: bool,
    before: Health,
    insolvent: bool,
    debts: Vec<usize>,
}

impl Keeper {
    /// Reads every account; `latency` in slots.
    #[must_use]
    pub fn new(scene: &Scene, latency: u64) -> Self {
        let read = |account: &Pubkey| Known {
            bytes: Aligned::new(&scene.world.svm.data(account)),
            margin: 0,
            gross: 0,
            looked: 0,
            moved: 0,
            since: None,
            wait: 0,
            flagged: false,
            touched: false,
            liquidated: false,
        };
        let accounts = scene.members.iter().map(|m| read(&m.account)).collect();
        Self { accounts, latency, totals: Totals::default(), moved: 0 }
    }

    /// Accounts below maintenance.
    #[must_use]
    pub fn unhealthy(&self) -> usize {
        self.accounts.iter().filter(|a| a.since.is_some()).count()
    }

    /// Accounts liquidated at least once.
    #[must_use]
    pub fn liquidated(&self) -> u64 {
        self.accounts.iter().map(|a| u64::from(a.liquidated)).sum()
    }

    /// What accounts owe beyond their assets, isolated ones counted, micro-USD.
    #[must_use]
    pub fn under(&self, scene: &Scene) -> i64 {
        scene.world.with_pages(|board| {
            let short = |known: &Known| {
                let (account, positions) = known.bytes.margin().expect("a margin account");
                let health = health(account, positions, board).expect("health").0;
                (-health.equity - health.uncredited).max(0)
            };
            self.accounts.iter().map(short).sum()
        })
    }

    /// Which accounts were ever below maintenance.
    #[must_use]
    pub fn touched(&self) -> Vec<bool> {
        self.accounts.iter().map(|a| a.touched).collect()
    }

    /// One slot: `moved` is the largest relative price move since the last, parts per million.
    pub fn tick(&mut self, scene: &mut Scene, slot: u64, moved: u64) {
        self.moved += moved;
        let total = self.moved;
        let latency = self.latency;
        let accounts = &mut self.accounts;
        let mut due = vec![];
        let mut looks = 0;
        let mut ended = vec![];
        scene.world.with_pages(|board| {
            for (number, known) in accounts.iter_mut().enumerate() {
                // health moves by at most twice the gross value times the largest move
                let reach = i128::from(known.gross) * i128::from(total - known.moved) * 2;
                let safe = i128::from(known.margin) * 1_000_000 > reach;
                if known.looked > 0 && safe && slot < known.looked + LOOK_AGAIN {
                    continue;
                }
                looks += 1;
                let (account, positions) = known.bytes.margin().expect("a margin account");
                let (seen, _) = health(account, positions, board).expect("health");
                known.margin = seen.maint;
                known.gross = seen.equity + 2 * seen.debts;
                known.looked = slot;
                known.moved = total;
                if seen.maint >= 0 || seen.debts == 0 {
                    ended.extend(known.since.take().map(|since| slot - since));
                    known.flagged = false;
                    continue;
                }
                known.touched = true;
                let since = *known.since.get_or_insert(slot);
                let old = board.now.unix - seen.oldest > MAX_AGE || seen.stale;
                if old || slot < known.wait || slot < since + latency && known.flagged {
                    continue;
                }
                if let Some(plan) = plan(account, positions, board, seen) {
                    due.push((number, plan));
                }
            }
        });
        self.totals.looks += looks;
        self.totals.stretches.extend(ended);
        for (number, plan) in due {
            self.act(scene, number, slot, &plan);
        }
    }

    /// The stretches that have not ended, at the end.
    pub fn finish(&mut self, slot: u64) {
        let open = self.accounts.iter_mut().filter_map(|a| a.since.take());
        self.totals.stretches.extend(open.map(|since| slot - since));
        self.totals.stretches.sort_unstable();
    }

    fn act(&mut self, scene: &mut Scene, number: usize, slot: u64, plan: &Plan) {
        let account = scene.members[number].account;
        let trestle = scene.world.trestle;
        if !self.accounts[number].flagged {
            self.accounts[number].flagged = true;
            let _ = self.send(scene, &[trestle.flag_unhealthy(account, &[])]);
        } else if plan.insolvent {
            let pools: Vec<_> = plan.debts.iter().map(|a| scene.world.assets[*a].pool).collect();
            let mut steps = vec![trestle.flag_unhealthy(account, &pools)];
            steps.extend(pools.iter().map(|pool| trestle.settle_bad_debt(account, pool)));
            if self.send(scene, &steps) {
                let after = self.read(scene, number);
                self.totals.bad += plan.before.debts - after.debts;
            } else {
                self.accounts[number].wait = slot + BACK_OFF;
            }
        } else {
            self.liquidate(scene, number, slot, plan);
        }
        self.read(scene, number);
    }

    fn liquidate(&mut self, scene: &mut Scene, number: usize, slot: u64, plan: &Plan) {
        let world = &scene.world;
        let account = scene.members[number].account;
        let keys = LiquidateKeys {
            liquidator: scene.bot.address(),
            account,
            debt: world.assets[plan.debt].pool,
            debt_source: scene.bot.wallet(world, plan.debt),
            collateral_destination: scene.bot.wallet(world, plan.collateral),
        };
        let collateral = &world.assets[plan.collateral];
        let trestle = world.trestle;
        let done = if plan.pooled {
            let pool = collateral.pool;
            let tokens = trestle.liquidate_deposit(&keys, &pool, u64::MAX, 1);
            let units = LiquidateKeys { collateral_destination: scene.bot.account, ..keys };
            let units = trestle.liquidate_deposit(&units, &pool, u64::MAX, 1);
            self.send(scene, &[tokens]) || {
                let done = self.send(scene, &[units]);
                self.totals.in_units += u64::from(done);
                done
            }
        } else {
            let keys_of = collateral.keys;
            self.send(scene, &[trestle.liquidate_custody(&keys, &keys_of, u64::MAX, 1)])
        };
        if !done {
            self.accounts[number].wait = slot + BACK_OFF;
            return;
        }
        let after = self.read(scene, number);
        self.totals.calls += 1;
        self.accounts[number].liquidated = true;
        self.totals.repaid += plan.before.debts - after.debts;
        let (then, now) = (&plan.before, &after);
        self.totals.incentive +=
            then.equity + then.uncredited.max(0) - now.equity - now.uncredited.max(0);
    }

    /// Reads an account anew; it is looked at in the next slot.
    fn read(&mut self, scene: &Scene, number: usize) -> Health {
        let known = &mut self.accounts[number];
        known.bytes = Aligned::new(&scene.world.svm.data(&scene.members[number].account));
        known.looked = 0;
        let (account, positions) = known.bytes.margin().expect("a margin account");
        scene.world.with_pages(|board| health(account, positions, board).expect("health").0)
    }

    fn send(&mut self, scene: &mut Scene, steps: &[Instruction]) -> bool {
        let bot = scene.bot.key.clone();
        match scene.world.send(steps, &[&bot]) {
            Ok(sent) => {
                self.totals.transactions += 1;
                self.totals.units += sent.units;
                self.totals.most_units = self.totals.most_units.max(sent.units);
                true
            }
            Err(failure) => {
                *self.totals.refused.entry(label(&failure)).or_insert(0) += 1;
                false
            }
        }
    }
}

fn label(failure: &Failure) -> String {
    failure.trestle().map_or_else(|| "other".into(), |e: TrestleError| format!("{e:?}"))
}

/// Picks a pair.
fn plan(
    account: &MarginAccount,
    positions: &[Position],
    board: &Board<'_>,
    before: Health,
) -> Option<Plan> {
    let venues = Venues::of(account);
    let slab = Slab::new(positions, venues, board.markets, board.now);
    let mut debts = [0_u64; ASSETS];
    let mut assets = [[0_u64; ASSETS]; 2];
    for (at, position) in positions.iter().enumerate() {
        let leg = slab.leg(at).ok()?;
        let row = board.prices.asset(leg.asset)?;
        let price = row.price().ok()?;
        let asset = usize::from(leg.asset);
        match leg.side {
            Side::Debt => debts[asset] += price.debt_value(leg.amount).ok()?,
            Side::Asset => {
                let pooled = usize::from(position.kind == PositionKind::PoolDeposit.byte());
                assets[pooled][asset] += price.asset_value(leg.amount).ok()?;
            }
        }
    }
    let debt = (0..ASSETS).max_by_key(|a| debts[*a])?;
    let others = (0..2).flat_map(|pooled| (0..ASSETS).map(move |a| (pooled, a)));
    let (pooled, collateral) =
        others.filter(|(_, a)| *a != debt).max_by_key(|(p, a)| assets[*p][*a])?;
    let left = seizable(positions, venues, board).ok()?;
    Some(Plan {
        debt,
        collateral,
        pooled: pooled == 1,
        insolvent: is_insolvent(&before, left),
        debts: (0..ASSETS).filter(|a| debts[*a] > 0).collect(),
        before,
    })
}
