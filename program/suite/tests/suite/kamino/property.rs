//! What holds after any sequence of acts of two accounts at Kamino and in the
//! pool, with time, prices and a stranger's liquidations between them.

use super::{Act, Stage};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use std::cell::RefCell;
use std::collections::BTreeMap;
use trestle_client::health::Aligned;
use trestle_client::ix::{At, LiquidateKeys, Seized};
use trestle_interface::state::{Exposure, MarginAccount, PositionKind};
use trestle_packs::kamino::{ReserveKeys, associated, token_account};
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::tokens::{LEGACY, balance_of};
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, Sent, User};

const ASSETS: [usize; 3] = [SOL, JITOSOL, USDC];
const NAMES: [&str; 4] = ["", "SOL", "JitoSOL", "USDC"];

/// Kinds of [`Step`].
const KINDS: usize = 14;

#[derive(Clone, Copy, Debug)]
enum Step {
    Supply,
    Redeem,
    RedeemAll,
    Borrow,
    Repay,
    RepayAll,
    PoolBorrow,
    PoolRepay,
    Withdraw,
    Refresh,
    Wait,
    Price,
    Liquidate,
    LiquidateHere,
}

fn step() -> impl Strategy<Value = (Step, usize, usize, u64)> {
    let kind = prop_oneof![
        3 => Just(Step::Supply),
        2 => Just(Step::Redeem),
        1 => Just(Step::RedeemAll),
        3 => Just(Step::Borrow),
        2 => Just(Step::Repay),
        1 => Just(Step::RepayAll),
        2 => Just(Step::PoolBorrow),
        1 => Just(Step::PoolRepay),
        2 => Just(Step::Withdraw),
        1 => Just(Step::Refresh),
        1 => Just(Step::Wait),
        3 => Just(Step::Price),
        3 => Just(Step::Liquidate),
        3 => Just(Step::LiquidateHere),
    ];
    // shares of what there is, and single units
    let amount = prop_oneof![1_u64..5, 1_000..1_000_000_u64, Just(1_000_000)];
    (kind, 0_usize..2, 0_usize..3, amount)
}

/// Two users, a stranger who liquidates, and Kamino's reserves.
struct Play {
    stages: [Stage; 2],
    stranger: Keypair,
}

impl Play {
    fn new() -> Self {
        let mut first = Stage::indebted();
        first.ok(Act::Borrow(first.tokens(USDC, 25_000)), USDC, &[SOL, JITOSOL]);
        let user = User::new(&mut first.k.world, 22, 16);
        for (asset, whole) in [(SOL, 500), (JITOSOL, 300), (USDC, 50_000)] {
            let amount = first.tokens(asset, whole);
            user.fund_and_deposit(&mut first.k.world, asset, amount);
            first.k.open(&user, asset);
        }
        let stranger = Keypair::new_from_array([91; 32]);
        let svm = &mut first.k.world.svm;
        svm.airdrop(&stranger.pubkey(), 10_000_000_000);
        for asset in ASSETS {
            let keys = first.k.venue.reserve(NAMES[asset]).clone();
            let vm = first.k.world.svm.vm();
            first.k.venue.fund(vm, NAMES[asset], &stranger.pubkey(), keys.tokens(1_000_000));
            let own = associated(&stranger.pubkey(), &LEGACY, &keys.ctoken_mint);
            let empty = token_account(&keys.ctoken_mint, &stranger.pubkey(), &LEGACY, 0);
            vm.set_account(own, empty).expect("account is set");
        }
        first.k.advance(1);
        let second = Stage { k: first.k.clone(), user };
        Self { stages: [first, second], stranger }
    }

    /// Runs `f` as one of the users; both see the world that it leaves.
    fn as_user<T>(&mut self, who: usize, f: impl FnOnce(&mut Stage) -> T) -> T {
        let out = f(&mut self.stages[who]);
        self.stages[1 - who].k = self.stages[who].k.clone();
        out
    }

    fn tokens_in_all(&self, asset: usize) -> u64 {
        let world = &self.stages[0].k.world;
        let keys = &world.assets[asset].keys;
        let reserve = self.stages[0].k.venue.reserve(NAMES[asset]);
        let stranger = associated(&self.stranger.pubkey(), &LEGACY, &keys.mint);
        let mut at: Vec<Pubkey> =
            vec![stranger, reserve.vault, reserve.fee_vault, world.assets[asset].pool.vault];
        for stage in &self.stages {
            at.push(stage.user.wallet(world, asset));
            at.push(world.trestle.custody(&stage.user.account, keys));
        }
        at.iter().map(|key| balance_of(&world.svm, key)).sum()
    }
}

/// What an obligation uses, deposits first, as Kamino wants its accounts.
fn used(stage: &mut Stage) -> Vec<(bool, usize)> {
    if stage.k.world.svm.account(&stage.obligation()).is_none_or(|a| a.data.is_empty()) {
        return vec![];
    }
    let reserves = ASSETS.map(|asset| (asset, stage.k.reserve(asset).reserve));
    let asset = |key: Pubkey| reserves.iter().find(|(_, r)| *r == key).unwrap().0;
    stage.books(|o| {
        let deposits: Vec<_> =
            o.deposits().into_iter().map(|i| (true, asset(o.deposit(i).reserve()))).collect();
        let debts = o.borrows().into_iter().map(|i| (false, asset(o.borrow(i).reserve())));
        deposits.into_iter().chain(debts.collect::<Vec<_>>()).collect()
    })
}

/// The asset of a step: one that is there where it takes something back.
fn pick(stage: &mut Stage, kind: Step, what: usize) -> usize {
    let deposits = match kind {
        Step::Redeem | Step::RedeemAll => true,
        Step::Repay | Step::RepayAll => false,
        _ => return ASSETS[what],
    };
    let mut there = used(stage);
    there.retain(|(deposit, _)| *deposit == deposits);
    there.get(what % there.len().max(1)).map_or(ASSETS[what], |(_, asset)| *asset)
}

/// Runs a step and says whether it did something; a refusal is fine, what must
/// hold holds after it too.
fn run(play: &mut Play, (kind, who, what, amount): (Step, usize, usize, u64)) -> bool {
    let stranger = play.stranger.insecure_clone();
    play.as_user(who, |stage| {
        let asset = pick(stage, kind, what);
        let mut others: Vec<usize> = used(stage).into_iter().map(|(_, asset)| asset).collect();
        others.sort_unstable();
        others.dedup();
        let everything = others.clone();
        others.retain(|other| *other != asset);
        let custody = u64::try_from(stage.units(asset, PositionKind::Custody)).unwrap();
        // small numbers are native units, the rest are millionths of what there is
        let of = |whole: u64| {
            if amount < 5 {
                amount
            } else {
                u64::try_from(u128::from(whole) * u128::from(amount) / 1_000_000).unwrap()
            }
        };
        let room = stage.tokens(asset, [0, 200, 160, 30_000][asset]);
        let act = |stage: &mut Stage, act: Act| {
            let steps = stage.steps(act, asset, &others);
            stage.send(&steps)
        };
        let outcome = match kind {
            Step::Supply => {
                stage.k.open(&stage.user.clone(), asset);
                act(stage, Act::Supply(of(custody)))
            }
            Step::Redeem => act(stage, Act::Redeem(Some(of(room)))),
            Step::RedeemAll => act(stage, Act::Redeem(None)),
            Step::Borrow => act(stage, Act::Borrow(of(room))),
            Step::Repay => act(stage, Act::Repay(Some(of(custody)))),
            Step::RepayAll => act(stage, Act::Repay(None)),
            Step::PoolBorrow => pool_borrow(stage, &everything, of(stage.tokens(USDC, 30_000))),
            Step::PoolRepay => stage.user.repay(&mut stage.k.world, USDC, None),
            Step::Withdraw => withdraw(stage, asset, &everything, of(custody)),
            Step::Refresh => stage.k.refresh(&stage.user.clone(), &everything),
            Step::Wait => {
                stage.k.advance(u32::try_from(amount).unwrap());
                return true;
            }
            Step::Price => {
                // up to a fifth down or two fifths up, but for the dollar
                let percent = 80 + i64::try_from(amount % 61).unwrap();
                move_price(stage, asset, percent);
                return true;
            }
            Step::Liquidate => {
                for fallen in [SOL, JITOSOL] {
                    move_price(stage, fallen, 70);
                }
                return liquidate(stage, &stranger);
            }
            Step::LiquidateHere => {
                for fallen in [SOL, JITOSOL] {
                    move_price(stage, fallen, 75);
                }
                return liquidate_here(stage, &stranger, &everything);
            }
        };
        outcome.is_ok()
    })
}

fn pool_borrow(stage: &mut Stage, used: &[usize], amount: u64) -> Result<Sent, Failure> {
    let (t, pool) = (stage.k.world.trestle, stage.k.world.assets[USDC].pool);
    let mut ix = t.pool_borrow(stage.user.address(), stage.user.account, &pool, amount);
    ix.accounts.extend(t.reads(&stage.user.account, &[stage.k.market], &stage.k.of(used)));
    stage.send(&[ix])
}

/// Takes out; health does not rise by it, and what is owed stays covered.
fn withdraw(stage: &mut Stage, asset: usize, used: &[usize], amount: u64) -> Result<Sent, Failure> {
    let (t, me, account) = (stage.k.world.trestle, stage.user.address(), stage.user.account);
    let keys = stage.k.world.assets[asset].keys;
    let wallet = stage.user.wallet(&stage.k.world, asset);
    let mut ix = t.withdraw(me, account, &keys, wallet, amount);
    ix.accounts.extend(t.reads(&account, &[stage.k.market], &stage.k.of(used)));
    stage.k.refresh(&stage.user.clone(), used)?;
    let before = stage.user.health(&mut stage.k.world)?;
    let sent = stage.send(&[ix])?;
    let after = stage.user.health(&mut stage.k.world)?;
    // a micro-dollar of rounding for each position
    let most = |x: i64| x + 16;
    assert!(after.maint <= most(before.maint), "{before:?} {after:?}");
    assert!(after.liqend <= most(before.liqend), "{before:?} {after:?}");
    assert!(after.equity <= most(before.equity), "{before:?} {after:?}");
    // nothing is left with a debt that it would not have been lent
    let (account, _) = stage.user.margin(&stage.k.world);
    assert!(account.has_debt == 0 || account.health_bucket > 1, "{after:?}");
    Ok(sent)
}

/// A price becomes so many per cent of what it was; the dollar stays one.
fn move_price(stage: &mut Stage, asset: usize, percent: i64) {
    stage.k.world.svm.advance_seconds(1);
    let cents = stage.k.world.assets[asset].quote.price / 1_000_000 * percent / 100;
    stage.k.set_price(asset, if asset == USDC { 100 } else { cents.clamp(4_000, 40_000) });
}

/// A stranger liquidates at Kamino what can be; Trestle has no say in it.
fn liquidate(stage: &mut Stage, stranger: &Keypair) -> bool {
    let positions = used(stage);
    // Kamino wants the weakest collateral and the heaviest debt first
    let of = |wanted: bool, order: [usize; 3]| {
        order.into_iter().find(|asset| positions.contains(&(wanted, *asset)))
    };
    let collateral = of(true, [JITOSOL, SOL, USDC]);
    let debt = of(false, [JITOSOL, SOL, USDC]);
    let (Some(collateral), Some(debt)) = (collateral, debt) else { return false };
    let authority = stage.k.world.trestle.addresses().authority(&stage.user.account);
    let party = stage.k.venue.party(authority);
    let venue = stage.k.venue.clone();
    let keys: Vec<&ReserveKeys> =
        positions.iter().map(|(_, asset)| venue.reserve(NAMES[*asset])).collect();
    let mut front = positions.iter().map(|(_, asset)| *asset).collect::<Vec<_>>();
    front.sort_unstable();
    front.dedup();
    let sides = (venue.reserve(NAMES[debt]), venue.reserve(NAMES[collateral]));
    let steps = [
        stage.k.price_refresh(&front),
        venue.refresh_obligation(&party, &keys),
        venue.liquidate(stranger.pubkey(), &party, sides, (u64::MAX / 2, 0), &[]),
    ];
    stage.k.world.send(&steps, &[stranger]).is_ok()
}

/// The stranger liquidates at Trestle what can be: a pool's debt or Kamino's,
/// for what lies at Kamino or idle.
fn liquidate_here(stage: &mut Stage, stranger: &Keypair, used: &[usize]) -> bool {
    let (t, me) = (stage.k.world.trestle, stranger.pubkey());
    let front = stage.k.price_refresh(used);
    let mut done = false;
    for seized in [SOL, JITOSOL] {
        let wallet = |asset: usize| {
            let keys = stage.k.world.assets[asset].keys;
            associated(&me, &keys.token_program, &keys.mint)
        };
        let keys = LiquidateKeys {
            liquidator: me,
            account: stage.user.account,
            debt: stage.k.world.assets[USDC].pool,
            debt_source: wallet(USDC),
            collateral_destination: wallet(seized),
        };
        let others = |own: usize| {
            let rest: Vec<usize> = used.iter().copied().filter(|asset| *asset != own).collect();
            stage.k.of(&rest)
        };
        let (reserve, rest) = (stage.k.reserve(seized), others(seized));
        let at = At { reserve: &reserve, others: &rest };
        let deposit = t.liquidate_venue(&keys, at, u64::MAX, 1);
        let (reserve, rest) = (stage.k.reserve(USDC), others(USDC));
        let at = At { reserve: &reserve, others: &rest };
        let idle = Seized::Custody(stage.k.world.assets[seized].keys);
        let debt = t.liquidate_venue_debt(&keys, at, idle, u64::MAX, 1);
        for ix in [deposit, debt] {
            done |= stage.k.world.send(&[front.clone(), ix], &[stranger]).is_ok();
        }
    }
    done
}

/// Recognised units are Kamino's, custody is what the token program says, and
/// totals are the sum of what accounts remember.
fn check(play: &mut Play) {
    let mut sum = [0_u64; 2];
    for who in 0..2 {
        play.as_user(who, |stage| {
            let mut all: Vec<usize> = used(stage).into_iter().map(|(_, asset)| asset).collect();
            all.sort_unstable();
            all.dedup();
            stage.k.refresh(&stage.user.clone(), &all).expect("refresh takes everything");
            let held = used(stage);
            for asset in ASSETS {
                stage.custody_is_recognised(asset);
                let deposit = stage.units(asset, PositionKind::VenueDeposit);
                let there = if held.contains(&(true, asset)) { stage.ctokens(asset) } else { 0 };
                assert_eq!(deposit, u128::from(there), "deposit of {}", NAMES[asset]);
                let debt = stage.units(asset, PositionKind::VenueDebt);
                assert_eq!(debt != 0, held.contains(&(false, asset)), "debt of {}", NAMES[asset]);
                if debt != 0 {
                    owes_what_kamino_says(stage, asset, debt);
                }
            }
            let bytes = Aligned::new(&stage.k.world.svm.data(&stage.user.account));
            let (account, _): (&MarginAccount, _) = bytes.margin().unwrap();
            let own = account.contributions[usize::from(KAMINO)];
            sum[0] += own.claim;
            sum[1] += own.financing;
        });
    }
    let world = &play.stages[0].k.world;
    let t = world.trestle;
    let bytes = Aligned::new(&world.svm.data(&t.addresses().exposure(&t.group, KAMINO)));
    let totals: &Exposure = bytes.account().unwrap();
    assert_eq!([totals.claims, totals.financing], sum, "totals of the class");
}

/// Units of debt, Q64, times Kamino's own index at the obligation's last
/// refresh, is what the obligation says it owes.
fn owes_what_kamino_says(stage: &mut Stage, asset: usize, units: u128) {
    let key = stage.k.reserve(asset).reserve;
    let (owed, rate) = stage.books(|o| {
        let i = o.borrow_of(&key).unwrap();
        let borrow = o.borrow(i);
        (borrow.amount().0 as f64 / 2_f64.powi(60), borrow.rate()[0] as f64 / 2_f64.powi(60))
    });
    let found = units as f64 / 2_f64.powi(64) * rate;
    assert!((found - owed).abs() <= 1.0 + owed * 1e-9, "owed {owed}, recognised {found}");
}

#[test]
fn any_sequence_keeps_the_books() {
    let config = ProptestConfig {
        cases: 12,
        max_shrink_iters: 60,
        rng_seed: RngSeed::Fixed(0x0007_2e57_1e00),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let done = RefCell::new(BTreeMap::<String, u32>::new());
    let steps = prop::collection::vec(step(), 30..60);
    let outcome = TestRunner::new(config).run(&steps, |steps| {
        let mut play = Play::new();
        if !play.stages[0].is_mock() {
            return Ok(()); // a stranger's liquidation is sent as the mock wants it
        }
        let before = ASSETS.map(|asset| play.tokens_in_all(asset));
        for step in steps {
            if run(&mut play, step) {
                *done.borrow_mut().entry(format!("{:?}", step.0)).or_default() += 1;
            }
            check(&mut play);
            let after = ASSETS.map(|asset| play.tokens_in_all(asset));
            prop_assert_eq!(before, after, "{:?} made or lost tokens", step);
        }
        Ok(())
    });
    let done = done.into_inner();
    println!("{done:?}");
    outcome.unwrap_or_else(|e| panic!("{e}"));
    // a property of refusals alone would say nothing
    assert!(done.is_empty() || done.len() == KINDS, "{done:?}");
}
