//! Accounts that owe Trestle's own pools.

use trestle_interface::health::HealthReport;
use trestle_keeper::embedded::Embedded;
use trestle_keeper::judge::Due;
use trestle_keeper::keeper::Act;
use trestle_keeper::refresh::Oracles;
use trestle_keeper::{Keeper, Outcome, Report, Settings};
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{User, World};

/// A pool with USDC, a trader who owes `debt` whole dollars of it against
/// 1,000 SOL in custody, and a keeper with 500,000 USDC.
pub struct Stage {
    pub world: World,
    pub victim: User,
    pub bot: User,
    pub keeper: Keeper,
}

pub fn settings(world: &World) -> Settings {
    let oracles = world.assets.iter().map(|asset| (asset.keys.id, asset.oracle)).collect();
    Settings { oracles: Oracles(oracles), ..Settings::default() }
}

impl Stage {
    pub fn new(debt: u64) -> Self {
        let mut world = World::new();
        let lender = User::new(&mut world, 10, 8);
        lender.fund_and_deposit(&mut world, USDC, 1_000_000_000_000);
        lender.supply(&mut world, USDC, 1_000_000_000_000).unwrap();
        let victim = User::new(&mut world, 11, 8);
        victim.fund_and_deposit(&mut world, SOL, 1_000_000_000_000);
        victim.fund(&mut world, USDC, 0);
        world.advance(1);
        victim.borrow(&mut world, USDC, debt * 1_000_000).unwrap();
        victim.withdraw(&mut world, USDC, debt * 1_000_000).unwrap();
        let bot = User::new(&mut world, 12, 8);
        bot.fund(&mut world, USDC, 500_000_000_000);
        bot.fund(&mut world, SOL, 0);
        bot.fund(&mut world, JITOSOL, 0);
        world.advance(1);
        let keeper = Keeper::new(world.trestle, settings(&world));
        Self { world, victim, bot, keeper }
    }

    pub fn tick(&mut self) -> Report {
        let mut chain = Embedded::new(&mut self.world.svm, &self.bot.key);
        self.keeper.tick(&mut chain).expect("the machine answers")
    }

    pub fn health(&mut self) -> HealthReport {
        self.victim.health(&mut self.world).unwrap()
    }
}

#[test]
fn a_healthy_account_is_left_alone() {
    let mut stage = Stage::new(100_000);
    let before = stage.victim.margin(&stage.world);
    let report = stage.tick();
    assert_eq!((report.read, report.due), (3, 0));
    assert!(report.acts.is_empty());
    assert_eq!(stage.victim.margin(&stage.world).0.sequence, before.0.sequence);
}

#[test]
fn a_fall_is_found_flagged_and_brought_back_to_the_target() {
    let mut stage = Stage::new(110_000);
    stage.world.set_price(SOL, 13_000);
    stage.world.advance(1);
    let before = stage.health();
    assert!(before.maint < 0, "{before:?}");
    let wallet = stage.bot.wallet(&stage.world, SOL);
    let mut dues = vec![];
    for _ in 0..100 {
        stage.world.advance(4);
        dues.extend(stage.tick().acts.iter().map(|act| (act.due, act.outcome.landed())));
        if stage.health().liqend >= 0 {
            break;
        }
    }
    assert!(dues.iter().all(|(_, landed)| *landed), "{dues:?}");
    assert!(dues.iter().any(|(due, _)| *due == Due::Liquidate), "{dues:?}");
    let after = stage.health();
    assert!(after.maint > 0 && after.liqend >= 0, "{after:?}");
    assert!(balance_of(&stage.world.svm, &wallet) > 0, "the keeper was paid");
    assert_eq!(stage.victim.margin(&stage.world).0.flagged_slot, 0);
    // the next ticks find nothing
    stage.world.advance(1);
    assert!(stage.tick().acts.is_empty());
}

#[test]
fn only_what_is_old_is_refreshed() {
    let mut stage = Stage::new(50_000);
    assert_eq!(stage.tick().refreshed, 0, "all rows are of this moment");
    stage.world.svm.advance_seconds(5);
    assert_eq!(stage.tick().refreshed, 0, "young enough");
    stage.world.svm.advance_seconds(10);
    for asset in 0..stage.world.assets.len() {
        stage.world.publish(asset);
    }
    let now = stage.world.now();
    let report = stage.tick();
    assert!(report.refreshed > 0 && report.unrefreshed == 0, "{report:?}");
    let renewed = stage.world.with_pages(|board| {
        let prices = (0..board.prices.count)
            .all(|id| board.prices.asset(id).is_some_and(|row| row.published == now.unix));
        let markets = (0..board.markets.market_count)
            .all(|id| board.markets.market(id).is_some_and(|row| row.slot == now.slot));
        (prices, markets)
    });
    assert_eq!(renewed, (true, true));
    assert_eq!(stage.tick().refreshed, 0, "once is enough");
}

#[test]
fn a_dry_run_changes_nothing() {
    let mut stage = Stage::new(110_000);
    stage.world.set_price(SOL, 12_500);
    stage.world.advance(1);
    let settings = Settings { dry_run: true, ..settings(&stage.world) };
    stage.keeper = Keeper::new(stage.world.trestle, settings);
    let before = stage.world.svm.data(&stage.victim.account);
    let report = stage.tick();
    assert_eq!(report.acts.len(), 1);
    assert!(report.acts[0].outcome.landed(), "it would land: {report:?}");
    assert_eq!(stage.world.svm.data(&stage.victim.account), before);
}

#[test]
fn bad_debt_is_settled_and_the_pool_bears_it() {
    let mut stage = Stage::new(110_000);
    // below the debt: all is seized, and something stays owed
    stage.world.set_price(SOL, 9_000);
    stage.world.advance(1);
    let report = stage.tick();
    let repaid = |act: &Act| act.due == Due::Liquidate && act.outcome.landed();
    assert!(!report.acts.iter().any(repaid), "nobody gains by it: {report:?}");
    let mut settings = settings(&stage.world);
    settings.costs.loss = 1_000_000_000;
    stage.keeper = Keeper::new(stage.world.trestle, settings);
    let mut settled = false;
    for _ in 0..200 {
        stage.world.advance(4);
        let report = stage.tick();
        settled |= report.acts.iter().any(|act| act.due == Due::Settle && act.outcome.landed());
        if settled {
            break;
        }
    }
    assert!(settled);
    let health = stage.health();
    assert_eq!((health.debts, health.native_debts), (0, 0), "{health:?}");
    assert!(stage.world.pool(USDC).books().unwrap().is_balanced().unwrap());
}

#[test]
fn a_poor_keeper_repays_what_it_has_and_then_waits() {
    let mut stage = Stage::new(110_000);
    let poor = User::new(&mut stage.world, 13, 8);
    poor.fund(&mut stage.world, USDC, 0);
    poor.fund(&mut stage.world, SOL, 0);
    stage.bot = poor;
    stage.world.set_price(SOL, 12_500);
    stage.world.advance(1);
    let report = stage.tick();
    // without tokens there is no gain: it flags, so that others' gain grows
    assert_eq!(report.acts.len(), 1, "{report:?}");
    assert_eq!(report.acts[0].due, Due::Flag);
    assert!(matches!(report.acts[0].outcome, Outcome::Landed { .. }));
    assert_ne!(stage.victim.margin(&stage.world).0.flagged_slot, 0);
    stage.world.advance(1);
    assert!(stage.tick().acts.is_empty(), "a flag is set once");
}
