//! Rulings of the architecture where they are numbers: the engine and the
//! models on cases chosen for them. The tables are those of risk-math's tests.

#[path = "../../../risk-math/tests/support/mod.rs"]
mod support;

use num_traits::{Signed, ToPrimitive};
use support::{BTC, JITOSOL, KAMINO, MEME, NATIVE, PERPS, SOL, SOL_PERP, USDC, bps, usd};
use trestle_reference::exact::{self, Rational, whole};
use trestle_reference::world::{Portfolio, World, plain};
use trestle_reference::{bits, float};
use trestle_risk_math::liquidation::{Bounds, close_cap, step_value, target};
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::{
    Book, Details, Freshness, Health, Leg, Pull, Side, Term, UNIT_RATE, assess, slope,
};

/// The default tables as the models read them.
fn world() -> World {
    let plain = support::World::new();
    World {
        group: plain.group,
        assets: plain.assets.iter().map(|listed| listed.terms).collect(),
        factors: plain.factors.iter().map(support::Factor::terms).collect(),
        classes: plain.classes,
        scenarios: plain.scenarios,
    }
}

const MILLION: u64 = 1_000_000;

/// A leg worth so many USD.
fn held(asset: u8, class: u8, side: Side, dollars: u64) -> (Leg, Details) {
    let cents = [10_000_000, 15_000, 18_000, 100, 15_000, 10_000_000, 5][usize::from(asset)];
    plain(asset, class, side, support::worth(dollars, cents))
}

/// Health by the engine, after all three models have agreed with it.
fn agreed(world: &World, legs: &Portfolio) -> Health {
    let health = assess(world, legs, &mut Book::new(), &mut ()).expect("the case is valid");
    let model = bits::health::assess(world, legs).expect("the case is valid");
    assert_eq!(health, model.health);
    let exact = exact::health::health(world, legs);
    let slack = exact::slack::slack(world, legs);
    for (exact, code) in [(&exact.maint, health.maint), (&exact.liqend, health.liqend)] {
        let apart = exact - whole(code);
        assert!(apart >= -&slack.above && apart <= slack.below, "{code} is not {exact}");
    }
    let near = float::health(world, legs);
    let allowed = (slack.below + slack.above).to_f64().expect("near some float") + 1.0;
    assert!((near.maint * 1e6 - health.maint as f64).abs() < allowed, "the float model is far off");
    health
}

/// A charge of the bit-exact model by name, micro-USD, rounded down.
fn charged(world: &World, legs: &Portfolio, term: Term, row: usize) -> i64 {
    let model = bits::health::assess(world, legs).expect("the case is valid");
    let index = Term::ALL.iter().position(|t| *t == term).expect("all terms are listed");
    i64::try_from(&model.charges.0[index].rows[row] >> 17_u32).expect("a charge")
}

fn aged(leg: (Leg, Details), freshness: Freshness, keep: Weight) -> (Leg, Details) {
    let leg = (Leg { special: true, ..leg.0 }, leg.1);
    (leg.0, Details { freshness, keep, ..leg.1 })
}

#[test]
fn r02_a_dead_asset_decays_to_zero_and_its_debt_grows_at_its_bound() {
    let mut world = world();
    let assets = |world: &World| {
        let legs = vec![
            held(SOL, NATIVE, Side::Asset, MILLION),
            held(USDC, NATIVE, Side::Asset, MILLION),
            held(BTC, NATIVE, Side::Debt, 100_000),
        ];
        agreed(world, &Portfolio::sorted(legs))
    };
    let mut last = assets(&world);
    for percent in [75_u32, 50, 25, 0] {
        let sol = &mut world.assets[usize::from(SOL)];
        (sol.freshness, sol.keep) = (Freshness::Dead, Weight::new(ONE * percent / 100).unwrap());
        let now = assets(&world);
        assert!(now.equity < last.equity && now.maint < last.maint);
        let left = 900_000_000_000 + i64::from(percent) * 10_000_000_000;
        assert!((now.equity - left).abs() < 1_000_000, "{} is not {left}", now.equity);
        // a dead row does not shield the account: the other legs stay liquidatable
        assert!(!now.stale && now.freshness == Freshness::Dead);
        last = now;
    }
    // the dead asset is gone, and so are its charges
    let gone = assets(&world);
    let without =
        vec![held(USDC, NATIVE, Side::Asset, MILLION), held(BTC, NATIVE, Side::Debt, 100_000)];
    assert_eq!(gone.maint, agreed(&world, &Portfolio::sorted(without)).maint);

    // a debt with a dead price grows to (1 + u), u of the maintenance row
    let debts = |world: &World| {
        let legs = vec![
            held(USDC, NATIVE, Side::Asset, 10 * MILLION),
            held(SOL, NATIVE, Side::Debt, MILLION),
        ];
        agreed(world, &Portfolio::sorted(legs))
    };
    let up = exact::fraction(world.factors[2].up.maint);
    let face = debts(&World { assets: self::world().assets, ..world.clone() }).debts;
    for percent in [100_u32, 60, 0] {
        let keep = Weight::new(ONE * percent / 100).unwrap();
        world.assets[usize::from(SOL)].keep = keep;
        let now = debts(&world);
        let grown = whole(1) + &up * (whole(1) - exact::fraction(keep));
        let bound = whole(face) * grown;
        let over = whole(now.debts) - &bound;
        // high end of the price, a weight rounded up, a ceiling: never below
        assert!(!over.is_negative() && over < &bound / whole(10_000), "{} for {bound}", now.debts);
        assert!(now.init.is_none(), "no initial health on an aged debt");
    }
}

#[test]
fn r02_a_stale_market_row_counts_at_maintenance_but_not_at_the_initial_level() {
    let world = world();
    let case = |freshness: Freshness, keep: Weight| {
        let legs = vec![
            aged(held(SOL, KAMINO, Side::Asset, MILLION), freshness, keep),
            held(USDC, NATIVE, Side::Asset, MILLION),
            held(USDC, NATIVE, Side::Debt, 100_000),
        ];
        agreed(&world, &Portfolio::sorted(legs))
    };
    let live = case(Freshness::Live, Weight::ONE);
    let stale = case(Freshness::Stale, Weight::ONE);
    assert_eq!((live.maint, live.liqend), (stale.maint, stale.liqend));
    assert!(stale.stale && !live.stale);
    assert!(stale.init.unwrap() < live.init.unwrap() - 700_000_000_000);
    let half = case(Freshness::Dead, bps(5_000));
    let nothing = case(Freshness::Dead, Weight::ZERO);
    assert!(nothing.maint < half.maint && half.maint < live.maint);
    assert_eq!(half.init, nothing.init, "what does not count does not decay");
}

/// Loss-making accounts, each with what is repaid and what is seized.
fn unhealthy(sol: u64, usdc: u64) -> Portfolio {
    Portfolio::sorted(vec![
        held(SOL, NATIVE, Side::Asset, sol),
        held(USDC, NATIVE, Side::Debt, usdc),
    ])
}

fn pulls(rate: Weight) -> [Pull; 2] {
    let seized = -(UNIT_RATE + rate.q16() as i32);
    [
        Pull { asset: USDC, class: NATIVE, rate: UNIT_RATE, illiquid: false },
        Pull { asset: SOL, class: NATIVE, rate: seized, illiquid: false },
    ]
}

#[test]
fn r09_the_slope_is_the_exact_tangent_and_the_step_stops_at_the_one_target() {
    let world = world();
    for (sol, usdc) in
        [(MILLION, 860_000), (MILLION, 950_000), (5_000, 4_400), (80 * MILLION, 70 * MILLION)]
    {
        let legs = unhealthy(sol, usdc);
        let mut book = Book::new();
        let health = assess(&world, &legs, &mut book, &mut ()).unwrap();
        assert_eq!(agreed(&world, &legs), health);
        assert!(health.liqend < 0);
        let rate = bps(100);
        let code = slope(&world, &legs, &book, &pulls(rate)).unwrap();
        let account = exact::liquidation::rounded(&world, &legs).unwrap();
        let (right, left) = exact::liquidation::slopes(&world, &account, &pulls(rate));
        let code_is = exact::dyadic(code, 16);
        assert!(code_is >= right && code_is <= left + exact::dyadic(2, 16));
        // one target everywhere: 2 % of debts, at least 10 USD
        let goal = target(&health, &world.group);
        assert_eq!(goal, bits::liquidation::target(&health, &world.group));
        assert!(goal >= 10_000_000 && goal >= health.debts / 50);
        let all = Bounds {
            debt: health.debts.unsigned_abs(),
            collateral: (health.equity + health.debts).unsigned_abs(),
            offered: u64::MAX,
            call_cap: u64::MAX,
            close_cap: u64::MAX,
        };
        let step = step_value(health.liqend, goal, code, rate, &all).unwrap();
        let after = exact::liquidation::moved(&account, &pulls(rate), &whole(step));
        let reached = exact::liquidation::liqend(&world, &after);
        assert!(reached <= whole(goal + 9), "overshoots: {reached} for {goal}");
        // and along a straight tangent it gets there, less what concentration bends
        let bent = charged(&world, &legs, Term::Concentration, 1) + 9;
        let short = whole(goal) - &reached;
        assert!(short <= whole(bent.max(9)) || step == all.debt, "stops {short} short");
    }
}

#[test]
fn r09_where_a_hedge_is_seized_the_slope_says_so_and_there_is_no_closed_form() {
    // long SOL against a short perp: seizing the long alone opens the short
    let mut world = world();
    let legs = Portfolio::sorted(vec![
        held(SOL, NATIVE, Side::Asset, MILLION),
        held(SOL_PERP, PERPS, Side::Debt, MILLION),
        held(USDC, NATIVE, Side::Debt, 50_000),
        held(USDC, PERPS, Side::Asset, 60_000),
    ]);
    world.group.lambda = Pair::both(Weight::ONE);
    let mut book = Book::new();
    let health = assess(&world, &legs, &mut book, &mut ()).unwrap();
    let code = slope(&world, &legs, &book, &pulls(bps(100))).unwrap();
    let account = exact::liquidation::rounded(&world, &legs).unwrap();
    let (right, _) = exact::liquidation::slopes(&world, &account, &pulls(bps(100)));
    assert!(right.is_negative() && exact::dyadic(code, 16) >= right);
    assert!(code <= 0);
    let bounds = Bounds {
        debt: 50_000_000_000,
        collateral: MILLION * MILLION,
        offered: u64::MAX,
        call_cap: u64::MAX,
        close_cap: close_cap(&health, bps(300)),
    };
    assert_eq!(
        step_value(health.liqend, target(&health, &world.group), code, bps(100), &bounds),
        None
    );
}

#[test]
fn r12_confidence_nets_on_one_source_only() {
    let mut world = world();
    for id in [SOL, JITOSOL, SOL_PERP] {
        world.assets[usize::from(id)].confidence = bps(200);
        world.assets[usize::from(id)].gap = bps(100);
    }
    let on_both = |short: u8| {
        Portfolio::sorted(vec![
            held(SOL, KAMINO, Side::Asset, MILLION),
            held(short, PERPS, Side::Debt, MILLION),
            held(USDC, NATIVE, Side::Asset, MILLION),
        ])
    };
    // JitoSOL is priced by SOL's source: the two net. The perp has its own.
    let (one, two) = (on_both(JITOSOL), on_both(SOL_PERP));
    assert_eq!(world.assets[usize::from(JITOSOL)].source, world.assets[usize::from(SOL)].source);
    assert!(charged(&world, &one, Term::Confidence, 0) < 1_000_000);
    let both = charged(&world, &two, Term::Confidence, 0);
    assert!((both - 40_000_000_000).abs() < 20_000_000, "2 % on each side: {both}");
    for legs in [&one, &two] {
        agreed(&world, legs);
    }
    // the EMA guard is charged the same way, at the initial level only
    let before = agreed(&world, &two);
    world.assets[usize::from(SOL_PERP)].gap = Weight::ZERO;
    let after = agreed(&world, &two);
    assert_eq!((before.maint, before.liqend), (after.maint, after.liqend));
    let saved = after.init.unwrap() - before.init.unwrap();
    assert!((saved - 10_000_000_000).abs() < 20_000_000, "1 % of the perp: {saved}");
}

#[test]
fn r12_the_issuer_with_the_largest_charge_jumps_and_no_other() {
    let mut world = world();
    world.assets[usize::from(JITOSOL)].jump = Pair::new(bps(500), bps(1_000));
    (world.assets[usize::from(BTC)].issuer, world.assets[usize::from(BTC)].jump) =
        (2, Pair::new(bps(2_000), bps(2_000)));
    let case = |jito: u64, btc: u64| {
        let legs = Portfolio::sorted(vec![
            held(JITOSOL, NATIVE, Side::Asset, jito),
            held(BTC, NATIVE, Side::Asset, btc),
            held(USDC, NATIVE, Side::Debt, 100_000),
        ]);
        agreed(&world, &legs);
        [0, 1].map(|row| charged(&world, &legs, Term::Issuer, row))
    };
    let near = |x: i64, usd: i64| (x - usd * 1_000_000).abs() < 100_000_000;
    // 5 % and 10 % of 1 M; 20 % of 300 k: each row takes its own dearest
    let [maint, init] = case(MILLION, 300_000);
    assert!(near(maint, 60_000) && near(init, 100_000), "{maint} {init}");
    let [maint, init] = case(MILLION, 100_000);
    assert!(near(maint, 50_000) && near(init, 100_000), "{maint} {init}");
    // longs and shorts of one issuer net, at whatever class
    world.assets[usize::from(SOL_PERP)].issuer = 1;
    world.assets[usize::from(SOL_PERP)].jump = world.assets[usize::from(JITOSOL)].jump;
    let hedged = Portfolio::sorted(vec![
        held(JITOSOL, NATIVE, Side::Asset, MILLION),
        held(SOL_PERP, PERPS, Side::Debt, MILLION),
        held(USDC, PERPS, Side::Asset, MILLION),
    ]);
    agreed(&world, &hedged);
    assert!(charged(&world, &hedged, Term::Issuer, 1) < 1_000_000);
}

#[test]
fn r18_an_isolated_asset_has_no_credit_and_an_isolated_debt_no_offset() {
    let mut world = world();
    let with = |world: &World, extra: &[(Leg, Details)]| {
        let mut legs =
            vec![held(USDC, NATIVE, Side::Asset, MILLION), held(SOL, NATIVE, Side::Debt, 100_000)];
        legs.extend_from_slice(extra);
        agreed(world, &Portfolio::sorted(legs))
    };
    let none = with(&world, &[]);
    let some = with(&world, &[held(MEME, NATIVE, Side::Asset, MILLION)]);
    // nothing changes but what could be seized
    assert_eq!((some.equity, some.maint, some.init), (none.equity, none.maint, none.init));
    assert!((some.uncredited - 1_000_000_000_000).abs() < 1_000_000 && none.uncredited == 0);
    // a debt is charged in full, whatever is owned of the same asset
    let owing = with(&world, &[held(MEME, NATIVE, Side::Debt, 10_000)]);
    let both = with(
        &world,
        &[held(MEME, NATIVE, Side::Debt, 10_000), held(MEME, KAMINO, Side::Asset, MILLION)],
    );
    assert_eq!((owing.maint, owing.init, owing.isolated_debts), (both.maint, both.init, 1));
    assert!(none.init.unwrap() - owing.init.unwrap() > 2 * 10_000_000_000 * 9 / 10, "1 + u, u = 1");
    // no concentration credit or charge either: depth says nothing of it
    world.assets[usize::from(MEME)].depth.size_shr16 = 1;
    assert_eq!(with(&world, &[held(MEME, NATIVE, Side::Debt, 10_000)]), owing);
    // and no confidence or gap of its price on what is owned
    let meme = &mut world.assets[usize::from(MEME)];
    (meme.confidence, meme.gap, meme.price) = (bps(300), bps(500), usd(9));
    let dear = with(&world, &[held(MEME, NATIVE, Side::Asset, MILLION)]);
    assert_eq!((dear.equity, dear.maint, dear.init), (none.equity, none.maint, none.init));
}

#[test]
fn the_models_differ_from_each_other_only_as_they_should() {
    // 8 places: an error of 10^-6 in a unit would show
    let world = world();
    let legs = unhealthy(MILLION, 860_000);
    let exact = exact::health::health(&world, &legs);
    let usd = |x: &Rational| x.to_f64().unwrap() / 1e6;
    let float = float::health(&world, &legs);
    assert!((usd(&exact.maint) - float.maint).abs() < 1e-6);
    assert!((usd(exact.init.as_ref().unwrap()) - float.init).abs() < 1e-6);
}
