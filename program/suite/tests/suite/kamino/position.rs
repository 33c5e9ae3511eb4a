//! One portfolio over Kamino, custody and a native pool, judged as one.

use super::{Act, Stage};
use trestle_client::health::{Aligned, health};
use trestle_interface::state::{PositionKind, VenueAccount};
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};

/// SOL and JitoSOL at Kamino, 20,000 USDC owed there and 15,000 to the pool;
/// all USDC has left, half of the SOL and of the JitoSOL is idle.
pub(crate) fn full() -> Stage {
    let mut stage = Stage::indebted();
    let (t, me, account) = (stage.k.world.trestle, stage.user.address(), stage.user.account);
    let pool = stage.k.world.assets[USDC].pool;
    let mut borrow = t.pool_borrow(me, account, &pool, stage.tokens(USDC, 15_000));
    let used = stage.k.of(&[SOL, JITOSOL, USDC]);
    let reads = t.reads(&account, &[stage.k.market], &used);
    borrow.accounts.extend(reads.clone());
    stage.send(&[borrow]).expect("the pool lends");
    let (usdc, wallet) = (stage.k.world.assets[USDC].keys, stage.user.wallet(&stage.k.world, USDC));
    let mut withdraw = t.withdraw(me, account, &usdc, wallet, stage.tokens(USDC, 45_000));
    withdraw.accounts.extend(reads);
    stage.send(&[withdraw]).expect("it leaves");
    stage
}

/// What the position is worth and asks for, USD, by the formulas of the risk
/// model in floating point, from Kamino's bytes and the parameters alone.
struct Expected {
    equity: f64,
    maint: f64,
    liqend: f64,
    claim: f64,
    stress: f64,
}

/// Tokens of cTokens, and tokens owed, whole, by the published exchange rule.
fn at_kamino(stage: &mut Stage, asset: usize) -> (f64, f64) {
    let (ctokens, scale) = (stage.ctokens(asset), stage.tokens(asset, 1));
    let key = stage.k.reserve(asset).reserve;
    let sf = |x: mock_klend::fraction::Fraction| x.0 as f64 / (1_u64 << 60) as f64;
    let rate = stage.reserve(asset, |r| {
        let fees = sf(r.protocol_fees()) + sf(r.referrer_fees()) + sf(r.pending_referrer_fees());
        (r.available() as f64 + sf(r.borrowed()) - fees) / r.supply() as f64
    });
    let owed = stage.books(|o| o.borrow_of(&key).map_or(0.0, |i| sf(o.borrow(i).amount())));
    (ctokens as f64 * rate / scale as f64, owed / scale as f64)
}

fn expected(stage: &mut Stage) -> Expected {
    let price = |stage: &Stage, a: usize| stage.k.world.assets[a].quote.price as f64 / 1e8;
    let w = |q16: u32| f64::from(q16) / 65_536.0;
    let held = |stage: &Stage, a: usize| stage.custody(a) as f64 / stage.tokens(a, 1) as f64;
    let mut net = [0.0; 4];
    let (mut claim, mut debts, mut limit, mut adjusted) = (0.0, 0.0, 0.0, 0.0);
    let thresholds = [0.0, 0.75, 0.65, 0.90];
    for asset in [SOL, JITOSOL, USDC] {
        let (deposit, owed) = at_kamino(stage, asset);
        let price = price(stage, asset);
        net[asset] = (held(stage, asset) + deposit - owed) * price;
        claim += (deposit - owed) * price;
        limit += deposit * price * thresholds[asset];
        adjusted += owed * price;
        debts += owed * price;
    }
    let market = stage.k.world.assets[USDC].pool.market;
    let row = stage.k.world.with_pages(|b| b.markets.market(market).unwrap().debt_index);
    let units = u64::try_from(stage.units(USDC, PositionKind::PoolDebt)).unwrap();
    let native = units as f64 * (row.get() as f64 / 2_f64.powi(64)) / 1e6;
    net[USDC] -= native;
    debts += native;
    let equity: f64 = net.iter().sum();
    let (sol, usdc) = (net[SOL] + net[JITOSOL], net[USDC]);
    assert!(sol > 0.0 && usdc < 0.0 && debts > 34_999.0);
    // class by class nothing is long here and short there, factors are one-sided,
    // prices are certain and just published: what remains of the charges
    let level = |row: usize| {
        stage.k.world.with_pages(|board| {
            let m = board.markets;
            let (f, g) = (m.factors[1], m.factors[2]);
            let pair = |x: trestle_interface::state::Weights| {
                let p = x.pair();
                if row == 0 { w(p.maint.q16()) } else { w(p.init.q16()) }
            };
            let (down, up, lambda) = (pair(f.down), pair(g.up), pair(m.terms.lambda));
            let additive = down * sol + up * -usdc;
            let worst = down * sol; // the crash, in which USDC stands still
            let mut rest = pair(m.classes[usize::from(KAMINO)].haircut) * claim;
            for asset in [SOL, JITOSOL, USDC] {
                let a = board.prices.asset(u8::try_from(asset).unwrap()).unwrap();
                let size: f64 = net[asset].abs();
                let depth = (a.depth_shr16 << 16) as f64 / 1e6;
                rest += pair(a.basis) * size + size * size / (2.0 * depth);
            }
            equity - (lambda * additive + (1.0 - lambda) * worst + rest)
        })
    };
    Expected { equity, maint: level(0), liqend: level(1), claim, stress: adjusted / limit }
}

/// `found` micro-USD are `usd`, within a cent.
#[track_caller]
fn near(found: i64, usd: f64) {
    let found = found as f64 / 1e6;
    assert!((found - usd).abs() < 0.01, "found {found}, expected {usd}");
}

/// Health: the engine's chords of the square lie above it, by 2^-35 of each
/// depth at most: 0.19 USD for these three.
#[track_caller]
fn just_below(found: i64, usd: f64) {
    let found = found as f64 / 1e6;
    assert!((-0.22..0.01).contains(&(found - usd)), "found {found}, expected {usd}");
}

#[test]
fn a_position_over_two_lenders_is_one_portfolio() {
    let mut stage = full();
    stage.k.advance(86_400);
    let front = stage.k.price_refresh(&[SOL, JITOSOL, USDC]);
    let party =
        stage.k.venue.party(stage.k.world.trestle.addresses().authority(&stage.user.account));
    let keys = [SOL, JITOSOL, USDC].map(|a| {
        let name = ["", "SOL", "JitoSOL", "USDC"][a];
        stage.k.venue.reserve(name).clone()
    });
    let read = stage.k.venue.refresh_obligation(&party, &keys.each_ref());
    stage.k.world.send(&[front, read], &[]).expect("Kamino refreshes");
    let rows = stage.k.rows();
    stage.k.world.send(&[rows], &[]).unwrap();
    stage.k.refresh(&stage.user.clone(), &[SOL, JITOSOL, USDC]).unwrap();

    let expected = expected(&mut stage);
    let report = stage.user.health(&mut stage.k.world).unwrap();
    near(report.equity, expected.equity);
    just_below(report.maint, expected.maint);
    just_below(report.liqend, expected.liqend);
    assert!(report.maint > report.liqend && report.liqend > report.init);
    let stress = f64::from(report.stress) / 65_536.0;
    assert!((stress - expected.stress).abs() < 1e-4, "{stress} {}", expected.stress);
    // the class's total is this account's claim, and the pool's loan finances it
    let t = stage.k.world.trestle;
    let totals = stage.k.world.svm.data(&t.addresses().exposure(&t.group, KAMINO));
    let totals = Aligned::new(&totals);
    let totals: &trestle_interface::state::Exposure = totals.account().unwrap();
    near(i64::try_from(totals.claims).unwrap(), expected.claim);
    near(
        i64::try_from(totals.financing).unwrap(),
        expected.claim.min(report.native_debts as f64 / 1e6),
    );
    // off chain the same code says the same
    let (account, positions) = stage.user.margin(&stage.k.world);
    let (mirror, _) =
        stage.k.world.with_pages(|board| health(&account, &positions, board).unwrap());
    assert_eq!((mirror.maint, mirror.liqend), (report.maint, report.liqend));
    assert!(account.venue_accounts[0].has(VenueAccount::OWES));
}

#[test]
fn a_reserve_that_nobody_touched_for_weeks_is_not_suspect_once_somebody_does() {
    for drained in [false, true] {
        let mut stage = Stage::supplied();
        if drained {
            // at the top of its curve interest compounds fastest
            let free = stage.reserve(SOL, |r| r.available());
            stage.k.venue.borrow_elsewhere(stage.k.world.svm.vm(), "SOL", free);
        }
        let status = |stage: &Stage| {
            let row = stage.k.reserve(SOL).row;
            stage.k.world.with_pages(|b| b.markets.market(row).unwrap().status)
        };
        for seconds in [60, 1_000_000, 2_000_000] {
            stage.k.advance(seconds); // projected by us
            assert_eq!(status(&stage), 0, "drained {drained}, {seconds} s");
            stage.k.world.svm.advance_seconds(1);
            stage.k.publish();
            let front = stage.k.price_refresh(&[SOL, USDC]); // written by Kamino
            let rows = stage.k.rows();
            stage.k.world.send(&[front, rows], &[]).unwrap();
            assert_eq!(status(&stage), 0, "drained {drained}, {seconds} s, refreshed");
        }
        // what really falls is suspect still
        stage.reserve(SOL, |r| r.set_supply(r.supply() + r.supply() / 100));
        stage.k.advance(1);
        assert_eq!(status(&stage), 2, "drained {drained}");
    }
}

#[test]
fn what_refresh_values_is_what_the_token_accounts_move() {
    let mut stage = full();
    for seconds in [60, 86_400, 30 * 86_400] {
        let mut stage = stage.clone();
        stage.k.advance(seconds);
        stage.k.refresh(&stage.user.clone(), &[SOL, JITOSOL, USDC]).unwrap();
        let row = |stage: &Stage, asset: usize| {
            let row = stage.k.reserve(asset).row;
            stage.k.world.with_pages(|b| *b.markets.market(row).unwrap())
        };
        let index = |x: trestle_interface::state::Wide| {
            trestle_risk_math::index::Index::new(x.get()).unwrap()
        };
        let debt = stage.units(USDC, PositionKind::VenueDebt);
        let owed = index(row(&stage, USDC).debt_index).owed_ceil(debt).unwrap();
        let more = stage.tokens(USDC, 30_000);
        stage.user.fund_and_deposit(&mut stage.k.world, USDC, more);
        let before = stage.custody(USDC);
        stage.ok(Act::Repay(None), USDC, &[SOL, JITOSOL]);
        let paid = before - stage.custody(USDC);
        // interest is projected upward, by less than the square of its share
        let share = (owed - 20_000_000_000) as f64 / owed as f64;
        let slack = 2 + (owed as f64 * share * share) as u64;
        assert!(paid <= owed && owed - paid <= slack, "owed {owed}, paid {paid}");
        for (asset, others) in [(SOL, &[JITOSOL][..]), (JITOSOL, &[])] {
            let units = u64::try_from(stage.units(asset, PositionKind::VenueDeposit)).unwrap();
            let worth = index(row(&stage, asset).deposit_index).tokens_floor(units).unwrap();
            let before = stage.custody(asset);
            stage.ok(Act::Redeem(None), asset, others);
            let got = stage.custody(asset) - before;
            assert!(got >= worth && got - worth <= 2, "worth {worth}, got {got}");
            stage.custody_is_recognised(asset);
        }
    }
    // and nothing of it was made: the first minute earned less than it cost
    assert_eq!(stage.units(USDC, PositionKind::VenueDeposit), 0);
    stage.k.advance(1);
}
