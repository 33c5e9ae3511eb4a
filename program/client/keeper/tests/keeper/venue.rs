//! Accounts with deposits and debts at Kamino.

use crate::native::settings;
use trestle_keeper::embedded::Embedded;
use trestle_keeper::judge::Due;
use trestle_keeper::{Keeper, Report};
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{KaminoWorld, User};

struct Stage {
    k: KaminoWorld,
    victim: User,
    bot: User,
    keeper: Keeper,
}

impl Stage {
    /// 1,000 SOL at Kamino; `there` dollars owed to Kamino, `here` to the pool.
    fn new(there: u64, here: u64) -> Self {
        let mut k = KaminoWorld::new();
        let lender = User::new(&mut k.world, 10, 8);
        lender.fund_and_deposit(&mut k.world, USDC, 1_000_000_000_000);
        lender.supply(&mut k.world, USDC, 1_000_000_000_000).unwrap();
        let victim = User::new(&mut k.world, 11, 16);
        victim.fund_and_deposit(&mut k.world, SOL, 1_000_000_000_000);
        victim.fund(&mut k.world, USDC, 0);
        k.advance(1);
        k.open(&victim, SOL);
        k.supply(&victim, SOL, &[], 1_000_000_000_000).unwrap();
        let mut used = vec![SOL];
        if there > 0 {
            k.borrow(&victim, USDC, &[SOL], there * 1_000_000).unwrap();
            used.push(USDC);
        }
        let (t, me, account) = (k.world.trestle, victim.address(), victim.account);
        let reads = t.reads(&account, &[k.market], &k.of(&used));
        let pool = k.world.assets[USDC].pool;
        let mut calls = vec![];
        if here > 0 {
            calls.push(t.pool_borrow(me, account, &pool, here * 1_000_000));
        }
        let keys = k.world.assets[USDC].keys;
        let wallet = victim.wallet(&k.world, USDC);
        calls.push(t.withdraw(me, account, &keys, wallet, (there + here) * 1_000_000));
        for mut call in calls {
            call.accounts.extend(reads.clone());
            k.world.svm.send_with_table(&[call], &[&victim.key]).unwrap();
        }
        let bot = User::new(&mut k.world, 12, 8);
        bot.fund(&mut k.world, USDC, 500_000_000_000);
        for asset in [SOL, JITOSOL] {
            bot.fund(&mut k.world, asset, 0);
        }
        k.advance(1);
        let keeper = Keeper::new(k.world.trestle, settings(&k.world));
        Self { k, victim, bot, keeper }
    }

    fn tick(&mut self) -> Report {
        let mut chain = Embedded::new(&mut self.k.world.svm, &self.bot.key);
        self.keeper.tick(&mut chain).expect("the machine answers")
    }

    /// Ticks until the account is back at its target. Returns what was done.
    fn mend(&mut self) -> Vec<(Due, String)> {
        let mut done = vec![];
        for _ in 0..120 {
            self.k.advance(4);
            let acts = self.tick().acts;
            done.extend(acts.iter().map(|act| (act.due, format!("{:?}", act.outcome))));
            if self.victim.health(&mut self.k.world).unwrap().liqend >= 0 {
                return done;
            }
        }
        panic!("never mended: {done:?}");
    }
}

#[test]
fn a_deposit_there_pays_a_debt_here() {
    let mut stage = Stage::new(0, 90_000);
    stage.k.set_price(SOL, 10_600);
    stage.k.advance(1);
    let before = stage.victim.health(&mut stage.k.world).unwrap();
    assert!(before.maint < 0, "{before:?}");
    let done = stage.mend();
    assert!(done.iter().any(|(due, _)| *due == Due::Liquidate), "{done:?}");
    assert!(balance_of(&stage.k.world.svm, &stage.bot.wallet(&stage.k.world, SOL)) > 0);
}

#[test]
fn a_deeply_indebted_obligation_is_not_repaid_at_a_loss() {
    // what Kamino lets out beside this debt is worth less than the repayment
    let mut stage = Stage::new(80_000, 0);
    stage.k.set_price(SOL, 9_600);
    stage.k.advance(1);
    assert!(stage.victim.health(&mut stage.k.world).unwrap().maint < 0);
    let purse = stage.bot.wallet(&stage.k.world, USDC);
    let before = balance_of(&stage.k.world.svm, &purse);
    for _ in 0..20 {
        stage.k.advance(4);
        let report = stage.tick();
        assert!(report.acts.iter().all(|act| !act.outcome.landed() || act.due == Due::Flag));
    }
    assert_eq!(balance_of(&stage.k.world.svm, &purse), before);
}

#[test]
fn debts_here_and_there_are_repaid_from_the_deposit_there() {
    let mut stage = Stage::new(30_000, 60_000);
    stage.k.set_price(SOL, 10_600);
    stage.k.advance(1);
    let before = stage.victim.health(&mut stage.k.world).unwrap();
    assert!(before.maint < 0, "{before:?}");
    let done = stage.mend();
    assert!(done.iter().any(|(due, _)| *due == Due::Liquidate), "{done:?}");
    let after = stage.victim.health(&mut stage.k.world).unwrap();
    assert!(after.debts < before.debts, "{before:?} {after:?}");
}

#[test]
fn an_obligation_near_its_end_is_rescued_with_what_lies_idle() {
    let mut k = KaminoWorld::new();
    let owner = User::new(&mut k.world, 11, 16);
    owner.fund_and_deposit(&mut k.world, SOL, 400_000_000_000);
    owner.fund_and_deposit(&mut k.world, USDC, 5_000_000_000);
    k.advance(1);
    k.open(&owner, SOL);
    k.supply(&owner, SOL, &[], 100_000_000_000).unwrap();
    k.borrow(&owner, USDC, &[SOL], 9_000_000_000).unwrap();
    let bot = User::new(&mut k.world, 12, 8);
    for asset in [USDC, SOL] {
        bot.fund(&mut k.world, asset, 0);
    }
    let keeper = Keeper::new(k.world.trestle, settings(&k.world));
    let mut stage = Stage { k, victim: owner, bot, keeper };
    let mut cents = 15_000;
    let stress = |stage: &mut Stage| {
        let owner = stage.victim.clone();
        stage.k.refresh(&owner, &[SOL, USDC]).unwrap();
        owner.health(&mut stage.k.world).unwrap().stress
    };
    while stress(&mut stage) < 63_570 {
        let acts = stage.tick().acts;
        assert!(acts.is_empty(), "nothing is due yet at {cents}: {acts:?}");
        cents -= 50;
        stage.k.set_price(SOL, cents);
        stage.k.advance(1);
    }
    assert!(stage.victim.health(&mut stage.k.world).unwrap().maint > 0);
    let report = stage.tick();
    assert_eq!(report.acts.len(), 1, "{report:?}");
    assert_eq!(report.acts[0].due, Due::Rescue);
    assert!(report.acts[0].outcome.landed(), "{report:?}");
    let left = stress(&mut stage);
    assert!((58_900..59_100).contains(&left), "0.90, not {left}");
    assert!(balance_of(&stage.k.world.svm, &stage.bot.wallet(&stage.k.world, USDC)) > 0, "a tip");
    assert!(stage.tick().acts.is_empty());
}
