//! Rescues: an account's own assets keep its obligation from Kamino's own
//! liquidation, and nothing else happens to them (RULE M).

use super::{Act, Stage};
use crate::events;
use mock_klend::hostile::Hostile;
use proptest::prelude::*;
use solana_instruction::Instruction;
use trestle_client::events::of_logs;
use trestle_client::ix::{At, RescueFrom, RescueTo};
use trestle_interface::event::{Body, Event, Rescued};
use trestle_interface::health::HealthReport;
use trestle_interface::state::{MarginAccount, Pool, PositionKind, Session};
use trestle_interface::{PROGRAM_ID, TrestleError as E};
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{Failure, Sent, User, refused};

/// 1.0 in Q16.
const ONE: u64 = 1 << 16;

/// Somebody whose obligation is near its end there and who holds a lot
/// elsewhere, and a stranger with two empty wallets.
#[derive(Clone)]
struct Scene {
    stage: Stage,
    bot: User,
    cents: i64,
}

impl Scene {
    /// 100 SOL at Kamino, and USDC borrowed against them to four fifths of the
    /// limit. Idle: 700 SOL, and what was borrowed with 10,000 USDC more. In
    /// Trestle's pools: 200 SOL, and 3,000 USDC.
    fn new() -> Self {
        let mut stage = Stage::open();
        stage.ok(Act::Supply(stage.tokens(SOL, 100)), SOL, &[]);
        let row = usize::from(stage.k.reserve(SOL).row);
        let threshold = stage.k.world.with_pages(|b| b.markets.markets[row].venue_threshold);
        // 15,000 USD of collateral, in micro-USD
        let limit = 15_000_000_000_u64 * u64::from(threshold) / ONE;
        stage.ok(Act::Borrow(limit * 4 / 5), USDC, &[SOL]);
        for (asset, whole) in [(SOL, 200), (USDC, 3_000)] {
            let (t, me, account) =
                (stage.k.world.trestle, stage.user.address(), stage.user.account);
            let pool = stage.k.world.assets[asset].pool;
            let mut ix = t.pool_supply(me, account, &pool, stage.tokens(asset, whole));
            ix.accounts.extend(t.reads(&account, &[stage.k.market], &stage.k.of(&[SOL, USDC])));
            stage.send(&[ix]).expect("the pool takes it");
        }
        let bot = User::new(&mut stage.k.world, 31, 8);
        bot.fund(&mut stage.k.world, USDC, 0);
        bot.fund(&mut stage.k.world, SOL, 0);
        stage.k.advance(1);
        Self { stage, bot, cents: 15_000 }
    }

    /// And SOL fell until the ratio is 0.975 and a bit.
    fn near() -> Self {
        let mut scene = Self::new();
        scene.fall_to(975);
        scene
    }

    fn price(&mut self, cents: i64) {
        self.cents = cents;
        self.stage.k.world.assets[SOL].quote = Quote::cents(cents);
        self.stage.k.advance(1);
    }

    /// Lets SOL fall until the ratio is a given number of thousandths, and as
    /// little above it as a cent allows.
    fn fall_to(&mut self, thousandths: u64) {
        let target = ONE * thousandths / 1_000;
        for _ in 0..4 {
            let cents = self.cents.unsigned_abs() * u64::from(self.health().stress) / target;
            self.price(cents.cast_signed());
        }
        while u64::from(self.health().stress) < target {
            self.price(self.cents - 1);
        }
    }

    fn health(&mut self) -> HealthReport {
        self.stage.k.refresh(&self.stage.user.clone(), &[SOL, USDC]).expect("read");
        self.stage.user.health(&mut self.stage.k.world).expect("health")
    }

    /// A rescue's instruction alone.
    fn rescue(&self, from: RescueFrom, to: RescueTo, max: u64) -> Instruction {
        let (asset, other) = match to {
            RescueTo::Debt => (USDC, SOL),
            RescueTo::Collateral => (SOL, USDC),
        };
        let (reserve, others) = (self.stage.k.reserve(asset), self.stage.k.of(&[other]));
        let at = At { reserve: &reserve, others: &others };
        let tip = self.bot.wallet(&self.stage.k.world, asset);
        let t = self.stage.k.world.trestle;
        let who = (self.bot.address(), tip);
        t.rescue_venue(who, self.stage.user.account, at, (from, to), max)
    }

    fn repay(&self, max: u64) -> Instruction {
        self.rescue(RescueFrom::Custody, RescueTo::Debt, max)
    }

    fn supply(&self, max: u64) -> Instruction {
        self.rescue(RescueFrom::Custody, RescueTo::Collateral, max)
    }

    fn pooled(&self, asset: usize, to: RescueTo) -> Instruction {
        self.rescue(RescueFrom::Deposit(self.stage.k.world.assets[asset].pool), to, u64::MAX)
    }

    fn send(&mut self, ix: Instruction) -> Result<Sent, Failure> {
        self.stage.k.world.svm.vm().expire_blockhash();
        self.stage.k.world.svm.send_with_table(&[ix], &[&self.bot.key])
    }

    #[track_caller]
    fn refuses(&mut self, ix: Instruction, error: E) {
        refused(&mut self.stage.k.world.svm, &[ix], &[&self.bot.key], error);
    }

    fn purse(&self, asset: usize) -> u64 {
        balance_of(&self.stage.k.world.svm, &self.bot.wallet(&self.stage.k.world, asset))
    }

    /// A rescue that must succeed, and what must hold after any.
    #[track_caller]
    fn rescued(&mut self, ix: Instruction, asset: usize) -> Rescued {
        let before = self.health();
        let purse = self.purse(asset);
        let sent = self.send(ix).unwrap_or_else(|e| panic!("{e:?}"));
        let fact = told(&sent);
        let after = self.health();
        println!("{fact:?}, {} CU, {} locks, {} bytes", sent.units, sent.locks, sent.table_bytes);
        assert_eq!(fact.caller, self.bot.address());
        assert_eq!(self.purse(asset) - purse, fact.tip);
        assert!(fact.tip <= fact.moved / 1_000);
        assert!(fact.moved > 0 && fact.stress_after < fact.stress_before);
        assert!(after.maint >= before.maint, "{before:?} {after:?}");
        assert_eq!((fact.maint_before, fact.maint_after), (before.maint, after.maint));
        assert_eq!((fact.stress_before, fact.stress_after), (before.stress, after.stress));
        // what moved is the account's own still: only the tip is gone
        let lost = before.equity - after.equity;
        let units = if asset == SOL { fact.tip * 15_000 / 100_000 } else { fact.tip };
        assert!(lost <= units.cast_signed() + 10, "lost {lost} of a tip of {}", fact.tip);
        for asset in [SOL, USDC] {
            self.stage.custody_is_recognised(asset);
        }
        events::check(&self.stage.k.world.svm);
        fact
    }
}

/// Rescues that Kamino refreshes nothing in front of.
pub(super) fn alone() -> [(&'static str, Sent); 2] {
    let scene = Scene::near();
    let send = |ix| {
        let mut scene = scene.clone();
        scene.stage.k.world.send(&[ix], &[&scene.bot.key]).expect("it is near its end")
    };
    [
        ("rescue, repays", send(scene.repay(u64::MAX))),
        ("rescue, pool deposit supplied", send(scene.pooled(SOL, RescueTo::Collateral))),
    ]
}

fn told(sent: &Sent) -> Rescued {
    let events = of_logs(&sent.logs, &PROGRAM_ID);
    let mut facts = events.iter().filter_map(|bytes| match Event::decode(bytes)?.body {
        Body::Rescue(fact) => Some(fact),
        _ => None,
    });
    facts.next_back().expect("a rescue is told")
}

/// The ratio ends at 0.9, to one part in 2^16.
#[track_caller]
fn is_at_target(fact: &Rescued) {
    let target = 58_983; // 0.9, rounded up
    assert!((target - 1..=target + 1).contains(&fact.stress_after), "{fact:?}");
}

#[test]
fn idle_tokens_repay_the_debt_down_to_the_target() {
    let mut scene = Scene::near();
    let (idle, owed) =
        (scene.stage.custody(USDC), scene.stage.units(USDC, PositionKind::VenueDebt));
    let debts = scene.health().debts;
    let ix = scene.repay(u64::MAX);
    let fact = scene.rescued(ix.clone(), USDC);
    is_at_target(&fact);
    // 1 - 0.9 / 0.975 of the debt
    let expected = debts.unsigned_abs() * u64::from(fact.stress_before - 58_983)
        / u64::from(fact.stress_before);
    assert!(fact.moved.abs_diff(expected) * 5_000 < expected, "{} for {expected}", fact.moved);
    assert_eq!(fact.tip, fact.moved / 1_000);
    assert_eq!(scene.stage.custody(USDC), idle - fact.moved - fact.tip);
    assert!(scene.stage.units(USDC, PositionKind::VenueDebt) < owed);
    // done: whoever comes now finds nothing to do
    scene.refuses(ix, E::VenueSafe);
}

#[test]
fn idle_tokens_are_supplied_up_to_the_target() {
    let mut scene = Scene::near();
    let (idle, held) = (scene.stage.custody(SOL), scene.stage.ctokens(SOL));
    let ix = scene.supply(u64::MAX);
    let fact = scene.rescued(ix.clone(), SOL);
    is_at_target(&fact);
    // 0.975 / 0.9 - 1 of 100 SOL
    let expected = 100_000_000_000 * u64::from(fact.stress_before - 58_983) / 58_983;
    assert!(fact.moved.abs_diff(expected) * 5_000 < expected, "{} for {expected}", fact.moved);
    assert_eq!(fact.tip, fact.moved / 1_000);
    assert_eq!(scene.stage.custody(SOL), idle - fact.moved - fact.tip);
    assert!(scene.stage.ctokens(SOL) > held);
    scene.refuses(ix, E::VenueSafe);
}

#[test]
fn a_pool_deposit_is_redeemed_for_it() {
    for (asset, to) in [(USDC, RescueTo::Debt), (SOL, RescueTo::Collateral)] {
        let mut scene = Scene::near();
        let idle = scene.stage.custody(asset);
        let held = scene.stage.units(asset, PositionKind::PoolDeposit);
        let ix = scene.pooled(asset, to);
        let fact = scene.rescued(ix, asset);
        is_at_target(&fact);
        assert_eq!(fact.tip, fact.moved / 1_000);
        // not a token more than needed left the pool: idle tokens are as they were
        assert!(scene.stage.custody(asset) - idle <= 1, "{idle}");
        let taken = held - scene.stage.units(asset, PositionKind::PoolDeposit);
        assert!(taken.abs_diff(u128::from(fact.moved + fact.tip)) <= 2, "{taken}");
        assert!(scene.stage.k.world.pool(asset).books().unwrap().is_balanced().unwrap());
    }
}

#[test]
fn a_small_source_is_used_up_and_the_tip_is_still_there() {
    let mut scene = Scene::near();
    let keep = 20_000_000;
    let (t, me, account) =
        (scene.stage.k.world.trestle, scene.stage.user.address(), scene.stage.user.account);
    let keys = scene.stage.k.world.assets[USDC].keys;
    let idle = scene.stage.custody(USDC);
    let to = scene.stage.user.wallet(&scene.stage.k.world, USDC);
    let mut take = t.withdraw(me, account, &keys, to, idle - keep);
    take.accounts.extend(t.reads(
        &account,
        &[scene.stage.k.market],
        &scene.stage.k.of(&[SOL, USDC]),
    ));
    scene.stage.send(&[take]).expect("the account is sound");
    let ix = scene.repay(u64::MAX);
    let fact = scene.rescued(ix.clone(), USDC);
    assert_eq!(fact.moved, keep - keep.div_ceil(1_001));
    assert_eq!(scene.stage.custody(USDC), keep - fact.moved - fact.tip);
    assert!(scene.stage.custody(USDC) <= 1);
    scene.refuses(ix, E::NothingToRescue);
}

#[test]
fn the_threshold_is_an_edge() {
    let mut scene = Scene::new();
    scene.fall_to(970);
    // up again by one cent, to the last price below the threshold
    let mut below = scene.clone();
    while below.health().stress >= 63_570 {
        let cents = below.cents + 1;
        below.price(cents);
    }
    let ix = below.repay(u64::MAX);
    below.refuses(ix, E::VenueSafe);
    while scene.health().stress < 63_570 {
        let cents = scene.cents - 1;
        scene.price(cents);
    }
    assert!(below.cents - scene.cents <= 2);
    let ix = scene.repay(u64::MAX);
    scene.rescued(ix, USDC);
}

#[test]
fn a_healthy_account_is_left_alone() {
    let mut scene = Scene::new();
    for ix in [scene.repay(u64::MAX), scene.supply(1_000_000), scene.pooled(USDC, RescueTo::Debt)] {
        scene.refuses(ix, E::VenueSafe);
    }
}

#[test]
fn rescues_in_parts_take_no_more_tip_than_one() {
    let mut whole = Scene::near();
    let mut parts = whole.clone();
    let ix = whole.repay(u64::MAX);
    let whole = whole.rescued(ix, USDC);
    let (mut moved, mut tips, mut calls) = (0, 0, 0);
    loop {
        let ix = parts.repay(10_000_999);
        match parts.send(ix.clone()) {
            Ok(sent) => {
                let fact = told(&sent);
                assert_eq!(fact.tip, 10_000, "each rounds down");
                (moved, tips, calls) = (moved + fact.moved, tips + fact.tip, calls + 1);
            }
            Err(_) => {
                parts.refuses(ix, E::VenueSafe);
                break;
            }
        }
    }
    assert!(calls > 1 && moved < whole.moved, "parts end at the threshold, one goes to the target");
    assert!(tips <= moved / 1_000 && tips < whole.tip, "{tips} of {moved}");
    assert_eq!(parts.purse(USDC), tips);
}

#[test]
fn dust_is_not_worth_moving() {
    let mut scene = Scene::near();
    for (max, error) in
        [(0, E::NothingToRescue), (1, E::NothingToRescue), (999_000, E::NothingToRescue)]
    {
        let ix = scene.repay(max);
        scene.refuses(ix, error);
    }
    let ix = scene.supply(1_000_000);
    scene.refuses(ix, E::NothingToRescue);
}

#[test]
fn an_account_that_can_be_liquidated_can_still_be_rescued() {
    let mut scene = Scene::near();
    // 70,000 USDC borrowed of the pool and gone: unhealthy once SOL has fallen further
    let (t, me, account) =
        (scene.stage.k.world.trestle, scene.stage.user.address(), scene.stage.user.account);
    let ix = scene.repay(u64::MAX);
    scene.send(ix).expect("it must be safe before it may borrow");
    scene.price(15_000);
    let reads = t.reads(&account, &[scene.stage.k.market], &scene.stage.k.of(&[SOL, USDC]));
    let pool = scene.stage.k.world.assets[USDC].pool;
    let amount = scene.stage.tokens(USDC, 85_000);
    let mut borrow = t.pool_borrow(me, account, &pool, amount);
    borrow.accounts.extend(reads.clone());
    scene.stage.send(&[borrow]).expect("the pool lends");
    let keys = scene.stage.k.world.assets[USDC].keys;
    let to = scene.stage.user.wallet(&scene.stage.k.world, USDC);
    let mut take = t.withdraw(me, account, &keys, to, amount);
    take.accounts.extend(reads);
    scene.stage.send(&[take]).expect("it leaves");
    scene.stage.k.advance(1);
    scene.fall_to(975);
    let mut health = scene.health();
    while health.maint >= 0 {
        let cents = scene.cents - 100;
        scene.price(cents);
        health = scene.health();
    }
    assert!(health.equity > 0, "{health:?}");
    let ix = scene.repay(u64::MAX);
    let fact = scene.rescued(ix, USDC);
    assert!(fact.maint_before < 0 && fact.maint_after > fact.maint_before, "{fact:?}");
    // without equity what is there is its lenders'
    let mut sunk = scene;
    while sunk.health().equity > 0 {
        let cents = sunk.cents - 500;
        sunk.price(cents);
    }
    let ix = sunk.repay(u64::MAX);
    sunk.refuses(ix, E::RescueInsolvent);
}

#[test]
fn it_works_under_a_lock_down_and_not_on_old_data() {
    let mut scene = Scene::near();
    let (t, me, account) =
        (scene.stage.k.world.trestle, scene.stage.user.address(), scene.stage.user.account);
    scene.stage.send(&[t.lock_down(me, account)]).expect("locked");
    let ix = scene.repay(u64::MAX);
    // a row of another slot
    let mut old = scene.clone();
    old.stage.k.world.svm.next_slot();
    old.refuses(ix.clone(), E::LiquidationStale);
    let front = old.stage.k.rows();
    let steps = [front, ix.clone()];
    old.stage.k.world.svm.send_with_table(&steps, &[&old.bot.key]).expect("rows in front");
    // a price of another minute
    let mut old = scene.clone();
    old.stage.k.world.svm.advance_seconds(31);
    let front = old.stage.k.rows();
    old.stage.k.world.send(&[front], &[]).unwrap();
    old.refuses(ix.clone(), E::LiquidationStale);
    scene.rescued(ix, USDC);
}

#[test]
fn the_owner_cannot_bring_it_closer() {
    let mut scene = Scene::new();
    // Kamino, whose price has not moved, would allow it
    let stress = u64::from(scene.health().stress);
    let cents = 15_000 * stress / (ONE * 975 / 1_000);
    scene.stage.k.world.assets[SOL].quote = Quote::cents(cents.cast_signed());
    scene.stage.k.world.advance(1);
    let rows = scene.stage.k.rows();
    scene.stage.k.world.send(&[rows], &[]).expect("rows");
    let before = scene.health();
    assert!(before.stress >= 63_570, "{before:?}");
    assert!(before.init > 0 && before.venues_survive == 0, "sound but for Kamino: {before:?}");
    scene.stage.refuses(Act::Redeem(Some(10_000_000)), SOL, &[USDC], E::VenueShock);
    scene.stage.refuses(Act::Borrow(1_000_000), USDC, &[SOL], E::VenueShock);
    // closer to safety is the owner's right
    scene.stage.ok(Act::Repay(Some(1_000_000)), USDC, &[SOL]);
    scene.stage.ok(Act::Supply(1_000_000), SOL, &[USDC]);
}

#[test]
fn a_venue_that_misbehaves_is_refused() {
    let whole = Scene::near();
    if !whole.stage.is_mock() {
        return;
    }
    let ways = [
        (Hostile::Idle, E::KaminoNoEffect),
        (Hostile::More, E::KaminoExceeded),
        (Hostile::Skim, E::KaminoRate),
        (Hostile::Delegate, E::VenueTouchedAuthority),
        (Hostile::CloseAuthority, E::VenueTouchedAuthority),
        (Hostile::Steal, E::KaminoExceeded),
        (Hostile::Shrink, E::KaminoLayout),
        (Hostile::Replay, E::KaminoNoEffect),
        (Hostile::Meddle, E::KaminoOtherPosition),
        (Hostile::Rename, E::KaminoIdentityChanged),
    ];
    for (how, error) in ways {
        // of a supply there is no other deposit to meddle with
        let supply = (how != Hostile::Meddle).then(|| whole.supply(1_000_000_000));
        for ix in [Some(whole.repay(10_000_000)), supply].into_iter().flatten() {
            let mut scene = whole.clone();
            scene.stage.misbehave(how);
            println!("{how:?}");
            scene.refuses(ix, error);
        }
    }
}

#[test]
fn accounts_are_checked() {
    let mut scene = Scene::near();
    let ix = scene.repay(u64::MAX);
    let other = User::new(&mut scene.stage.k.world, 40, 8);
    let custody = scene
        .stage
        .k
        .world
        .trestle
        .custody(&scene.stage.user.account, &scene.stage.k.world.assets[USDC].keys);
    let sol = scene.bot.wallet(&scene.stage.k.world, SOL);
    let foreign = scene.bot.wallet(&scene.stage.k.world, USDC);
    let wrong = [
        (4, custody, E::DuplicateAccount),
        (4, sol, E::WrongMint),
        (4, other.account, E::WrongOwner),
        (5, foreign, E::DuplicateAccount),
        (5, sol, E::NotCanonicalCustody),
        (1, other.account, E::NoVenueAccount),
        (9, scene.stage.k.world.trestle.prices, E::WrongAddress),
        (10, PROGRAM_ID, E::WrongProgram),
        (12, scene.stage.k.reserve(SOL).reserve, E::WrongAddress),
        (13, scene.stage.k.reserve(SOL).vault, E::WrongAddress),
    ];
    for (at, key, error) in wrong {
        let mut bad = ix.clone();
        bad.accounts[at].pubkey = key;
        println!("{at} {key}");
        scene.refuses(bad, error);
    }
    let mut bad = ix.clone();
    bad.accounts[0].is_signer = false;
    let quiet = Instruction { accounts: bad.accounts, ..ix.clone() };
    refused(&mut scene.stage.k.world.svm, &[quiet], &[], E::MissingSigner);
    // kinds that cannot give or receive
    for (at, kind, error) in [
        (3, PositionKind::Custody, E::OutOfRange),
        (3, PositionKind::PoolDebt, E::OutOfRange),
        (4, PositionKind::VenueDeposit, E::OutOfRange),
    ] {
        let mut bad = ix.clone();
        bad.data[at] = kind.byte();
        scene.refuses(bad, error);
    }
    // another asset's pool
    let mut bad = scene.pooled(USDC, RescueTo::Debt);
    let sol = scene.stage.k.world.assets[SOL].pool;
    (bad.accounts[14].pubkey, bad.accounts[15].pubkey) = (sol.pool, sol.vault);
    scene.refuses(bad.clone(), E::WrongAddress);
    bad.data[5..7].copy_from_slice(&sol.market.to_le_bytes());
    scene.refuses(bad, E::WrongMint);
    scene.rescued(ix, USDC);
}

#[test]
fn no_tip_is_paid_where_health_would_be_lower_for_it() {
    let whole = Scene::near();
    let mut found = vec![];
    // the smaller Kamino's penalty, the less a rescue is worth at maintenance
    for penalty in 0..400 {
        let mut scene = whole.clone();
        scene.stage.class(|class| class.penalty = penalty);
        let ix = scene.repay(u64::MAX);
        match scene.send(ix.clone()) {
            Ok(_) => {
                let mut scene = whole.clone();
                scene.stage.class(|class| class.penalty = penalty);
                let fact = scene.rescued(ix, USDC);
                assert!(fact.tip == 0 || fact.tip == fact.moved / 1_000, "{fact:?}");
                found.push(if fact.tip == 0 { "free" } else { "paid" });
            }
            Err(_) => {
                scene.refuses(ix, E::RescueOutcome);
                found.push("refused");
            }
        }
        if found.last() == Some(&"paid") {
            break;
        }
    }
    // first it would only cost the haircut on what Kamino then holds more of
    found.dedup();
    assert_eq!(found, ["refused", "free", "paid"]);
}

#[test]
fn r10_nobody_leaves_a_pool_with_a_known_loss_by_a_rescue() {
    let mut scene = Scene::near();
    let pool = scene.stage.k.world.assets[USDC].pool.pool;
    let mut account = scene.stage.k.world.svm.account(&pool).expect("the pool");
    let slot = scene.stage.k.world.now().slot;
    let state: &mut Pool = bytemuck::from_bytes_mut(&mut account.data);
    state.losses.mark(900_000_000_000, slot);
    scene.stage.k.world.svm.set_account(pool, account);
    let ix = scene.pooled(USDC, RescueTo::Debt);
    scene.refuses(ix, E::PoolUnsettled);
    let ix = scene.repay(u64::MAX);
    scene.rescued(ix, USDC);
}

#[test]
fn an_obligation_that_is_not_known_whole_is_not_rescued() {
    let mut scene = Scene::near();
    // collateral in a reserve that is listed no more could make it sound
    let row = scene.stage.k.reserve(SOL).reserve;
    let ix = scene.repay(u64::MAX);
    let mut unlisted = scene.clone();
    unlisted.stage.row(SOL, |row| row.address = PROGRAM_ID);
    unlisted.refuses(ix.clone(), E::VenueUnknown);
    // nor without a reserve that it uses
    let mut bad = ix;
    bad.accounts.retain(|meta| meta.pubkey != row);
    scene.refuses(bad, E::VenueAccountMissing);
}

#[test]
fn nobody_is_rescued_in_the_midst_of_a_session() {
    let mut scene = Scene::near();
    let key = scene.stage.user.account;
    let mut account = scene.stage.k.world.svm.account(&key).expect("the account");
    let fixed = account.data.get_mut(..size_of::<MarginAccount>()).expect("a header");
    bytemuck::from_bytes_mut::<MarginAccount>(fixed).session = Session::Region.byte();
    scene.stage.k.world.svm.set_account(key, account);
    let ix = scene.repay(u64::MAX);
    scene.refuses(ix, E::InSession);
}

/// Beyond the venue's limit the charge for its stress is full and does not fall
/// with a little more collateral, which counts less there than idle.
#[test]
fn a_supply_that_leaves_the_account_beyond_the_limit_is_refused() {
    let mut scene = Scene::new();
    scene.fall_to(1_090);
    let max = scene.stage.tokens(SOL, 1);
    let little = scene.supply(max);
    scene.refuses(little, E::RescueOutcome);
    let enough = scene.supply(u64::MAX);
    let fact = scene.rescued(enough, SOL);
    assert!(fact.stress_after < 63_570, "{fact:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is near its end by how much, and whoever moves how much of
    /// what: all that [`Scene::rescued`] asks for, never beyond the target.
    #[test]
    fn any_rescue_leaves_the_account_better_and_not_beyond_the_target(
        thousandths in 972_u64..1_100,
        share in 1_u64..=1_000,
        pooled in any::<bool>(),
        supplied in any::<bool>(),
    ) {
        let mut scene = Scene::new();
        scene.fall_to(thousandths);
        let (asset, to) = if supplied { (SOL, RescueTo::Collateral) } else { (USDC, RescueTo::Debt) };
        // beyond the limit the charge for stress is full: collateral that leaves
        // the account there lowers health, and is refused
        let share = if supplied && thousandths >= 1_000 { 1_000 } else { share };
        let max = scene.stage.tokens(asset, if supplied { 25 } else { 2_500 }) * share / 1_000;
        let from = if pooled {
            RescueFrom::Deposit(scene.stage.k.world.assets[asset].pool)
        } else {
            RescueFrom::Custody
        };
        let ix = scene.rescue(from, to, max);
        let fact = scene.rescued(ix.clone(), asset);
        prop_assert!(fact.moved <= max);
        prop_assert!(fact.stress_after >= 58_982, "{:?}", fact);
        // it goes on while it is needed, and then no more
        if fact.stress_after < 63_570 {
            scene.refuses(ix, E::VenueSafe);
        } else {
            let next = scene.rescued(ix, asset);
            prop_assert!(next.stress_after >= 58_982 && next.stress_before == fact.stress_after);
        }
    }
}
