//! An hour of a crash on the SBF binary: accounts with random books, a
//! liquidator in the same process, oracle gaps, a pool without cash; and the
//! same books under a plain weight model.
//!
//! Everything follows from the seed. Accounts are opened, liquidated and
//! settled by instructions of the program alone; prices are oracle accounts
//! written as the oracle's program writes them.
//!
//! What it leaves out: Kamino, limits of the liquidator's capital, competition,
//! a network that drops transactions, and owners who act.

pub mod books;
pub mod keeper;
pub mod path;
pub mod plot;
pub mod report;
pub mod solvency;
pub mod weights;

use books::Scene;
use keeper::{Keeper, Totals};
use path::{ASSETS, Path};
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::world::SOL;
use weights::{Judge, Verdict};

/// Size of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Seed.
    pub seed: u64,
    /// Accounts.
    pub accounts: u32,
    /// Slots of 400 ms; the path is stretched over them.
    pub slots: u64,
    /// Slots between the first sight of an unhealthy account and the first liquidation.
    pub latency: u64,
}

/// Latencies of slower liquidators, slots: one minute, five and ten.
pub const SLOWER: [u64; 3] = [150, 750, 1_500];

/// The committed run.
pub const FULL: Config = Config { seed: 20_251_010, accounts: 2_000, slots: 9_000, latency: 2 };

/// One point of the plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Slot.
    pub slot: u64,
    /// SOL, 1e-8 USD.
    pub sol: i64,
    /// Accounts below maintenance.
    pub unhealthy: usize,
    /// Repaid so far, micro-USD.
    pub repaid: i64,
    /// Bad debt so far, micro-USD.
    pub bad: i64,
}

/// What a run found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its size.
    pub config: Config,
    /// The liquidator's numbers.
    pub totals: Totals,
    /// The weight model's.
    pub verdict: Verdict,
    /// Samples for the plot.
    pub samples: Vec<Sample>,
    /// Price rows refreshed: transactions and compute units of the crank.
    pub crank: (u64, u64),
    /// Accounts by shape.
    pub shapes: Vec<(&'static str, u64)>,
    /// What the solvency check counted.
    pub solvency: String,
}

/// Runs a simulation.
///
/// # Errors
/// What does not add up at the end.
///
/// # Panics
/// When a step that must succeed is refused.
pub fn run(config: Config) -> Result<Outcome, String> {
    let mut scene = books::build(config.seed, config.accounts);
    let mut keeper = Keeper::new(&scene, config.latency);
    let mut judge = Judge::new(&scene);
    let mut path = Path::new(config.seed, config.slots);
    let mut samples = vec![];
    let mut crank = (0, 0);
    let start = scene.world.svm.clock();
    let mut full_use = false;
    let mut quotes = scene.world.assets.iter().map(|a| a.quote).collect::<Vec<_>>();
    let every = (config.slots / 360).max(1);
    for slot in 1..=config.slots {
        let unix = start.unix_timestamp + (slot * 2 / 5).cast_signed();
        let second = unix > scene.world.svm.clock().unix_timestamp;
        scene.world.svm.set_clock(start.slot + slot, unix);
        let mut moved = 0;
        if second {
            let next = path.quotes(slot);
            moved = publish(&mut scene, &path, slot, &next, &mut quotes, &mut crank);
            judge.look(slot, &next, config.latency);
        }
        if slot % 25 == 0 {
            refresh_pools(&mut scene, &mut crank);
        }
        if full_use != path.is_full_use(slot) {
            full_use = !full_use;
            switch(&mut scene, full_use);
        }
        keeper.tick(&mut scene, start.slot + slot, moved);
        if slot % every == 0 || slot == config.slots {
            samples.push(Sample {
                slot,
                sol: quotes[SOL].price,
                unhealthy: keeper.unhealthy(),
                repaid: keeper.totals.repaid,
                bad: keeper.totals.bad,
            });
        }
    }
    keeper.finish(start.slot + config.slots);
    let touched = keeper.touched();
    keeper.totals.liquidated = keeper.liquidated();
    keeper.totals.under = keeper.under(&scene);
    let shapes = books::SHAPES.iter().enumerate().map(|(at, shape)| {
        (shape.name, scene.members.iter().filter(|m| m.shape == at).count() as u64)
    });
    Ok(Outcome {
        config,
        verdict: judge.finish(&touched),
        samples,
        crank,
        shapes: shapes.collect(),
        solvency: solvency::check(&scene)?,
        totals: keeper.totals,
    })
}

/// Writes the feeds that speak and refreshes their rows; tells the largest
/// relative move, parts per million.
fn publish(
    scene: &mut Scene,
    path: &Path,
    slot: u64,
    next: &[Quote; ASSETS],
    last: &mut [Quote],
    crank: &mut (u64, u64),
) -> u64 {
    let mut moved = 0;
    let mut rows = vec![];
    for asset in (0..ASSETS).filter(|asset| !path.is_silent(*asset, slot)) {
        let (then, now) = (last[asset], next[asset]);
        let ppm = |from: i64, to: i64| from.abs_diff(to) * 1_000_000 / then.price.unsigned_abs();
        let wider = now.confidence.abs_diff(then.confidence) * 1_000_000;
        let step = ppm(then.price, now.price) + wider / then.price.unsigned_abs() + 2;
        moved = moved.max(step);
        last[asset] = now;
        scene.world.assets[asset].quote = now;
        scene.world.publish(asset);
        let asset = &scene.world.assets[asset];
        rows.push((asset.keys.id, asset.oracle));
    }
    let sent = scene.world.send(&[scene.world.trestle.refresh_prices(&rows)], &[]);
    let sent = sent.expect("prices are refreshed");
    *crank = (crank.0 + 1, crank.1 + sent.units);
    moved
}

fn refresh_pools(scene: &mut Scene, crank: &mut (u64, u64)) {
    let pools: Vec<_> = scene.world.assets.iter().map(|a| a.pool).collect();
    let sent = scene.world.send(&[scene.world.trestle.refresh_markets(&pools)], &[]);
    let sent = sent.expect("markets are refreshed");
    *crank = (crank.0 + 1, crank.1 + sent.units);
}

/// The whale borrows all the SOL pool's cash, or repays everything.
fn switch(scene: &mut Scene, full_use: bool) {
    let whale = scene.whale.clone();
    if full_use {
        let cash = scene.world.pool(SOL).cash;
        whale.borrow(&mut scene.world, SOL, cash).expect("the whale borrows all cash");
        assert_eq!(scene.world.pool(SOL).cash, 0, "the pool has no cash");
    } else {
        let spare = scene.world.pool(SOL).cash;
        let interest = scene.world.assets[SOL].tokens(50_000);
        whale.fund_and_deposit(&mut scene.world, SOL, interest);
        whale.repay(&mut scene.world, SOL, None).expect("the whale repays");
        assert!(scene.world.pool(SOL).cash > spare, "the pool has cash again");
    }
}
