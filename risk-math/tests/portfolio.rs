//! `portfolio`: the pass and its views, by hand under the default tables.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::*;
use trestle_risk_math::num::{ONE, Pair, Sum, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::{MathError, Result};

const M: u64 = 1_000_000;

fn w(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

fn special(leg: Leg, details: Details) -> (Leg, Details) {
    (Leg { special: true, ..leg }, details)
}

fn plain(leg: Leg) -> (Leg, Details) {
    (leg, Details::NONE)
}

fn run(world: &World, legs: &[(Leg, Details)]) -> Result<(Health, Book, Breakdown)> {
    let (mut book, mut meter) = (Book::default(), Breakdown::default());
    let health = assess(world, &Plain(legs.to_vec()), &mut book, &mut meter)?;
    Ok((health, book, meter))
}

#[test]
fn an_empty_account_is_healthy() {
    let (health, _, _) = run(&World::new(), &[]).unwrap();
    let nothing = Health {
        init: Some(0),
        oldest: i64::MAX,
        newest: i64::MIN,
        venues_survive: true,
        ..Health::default()
    };
    assert_eq!(health, nothing);
    assert_eq!((health.skew(), health.equity_after_default()), (0, 0));
}

#[test]
fn unsorted_legs_and_unknown_ids_are_errors() {
    let world = World::new();
    let of = |legs: &[Leg]| {
        let legs: Vec<_> = legs.iter().copied().map(plain).collect();
        run(&world, &legs).map(|_| ()).unwrap_err()
    };
    assert_eq!(of(&[asset(SOL, 0, 1), asset(BTC, 0, 1)]), MathError::Unsorted);
    assert_eq!(of(&[asset(SOL, 1, 1), asset(SOL, 0, 1)]), MathError::Unsorted);
    assert_eq!(of(&[asset(9, 0, 1)]), MathError::UnknownAsset);
    assert_eq!(of(&[asset(BTC, 0, 1), asset(9, 0, 1)]), MathError::UnknownAsset);
    assert_eq!(of(&[asset(SOL, 3, 1)]), MathError::UnknownClass);
    assert_eq!(of(&[asset(SOL, 0, 1), asset(SOL, 3, 1)]), MathError::UnknownClass);
    assert_eq!(of(&[asset(SOL, 0, 1); 65]), MathError::TooManyLegs);
    assert!(run(&world, &[plain(asset(SOL, 0, 1)); 64]).is_ok());
    let details = Details { account: 16, ..Details::NONE };
    assert_eq!(
        run(&world, &[special(asset(SOL, 1, 1), details)]).map(|_| ()),
        Err(MathError::Range)
    );
    for (factor, source, issuer, error) in [
        (8, 0, 0, MathError::UnknownFactor),
        (16, 0, 0, MathError::UnknownFactor),
        (0, 64, 0, MathError::UnknownAsset),
        (0, 0, 16, MathError::UnknownAsset),
    ] {
        let mut world = World::new();
        let terms = &mut world.assets[0].terms;
        (terms.factor, terms.source, terms.issuer) = (factor, source, issuer);
        assert_eq!(run(&world, &[plain(asset(BTC, 0, 100))]).map(|_| ()), Err(error));
    }
}

#[test]
fn debts_beyond_the_bounds_are_errors() {
    let world = World::new();
    let overflow = |legs: &[(Leg, Details)]| {
        assert_eq!(run(&world, legs).map(|_| ()), Err(MathError::Overflow))
    };
    overflow(&[plain(debt(USDC, 0, u64::MAX)), plain(debt(USDC, 0, 1))]);
    overflow(&[plain(debt(BTC, 0, u64::MAX))]);
}

/// An asset must not make an account unjudgeable by its size.
#[test]
fn assets_beyond_the_bounds_count_up_to_them() {
    let world = World::new();
    let most = i64::try_from(trestle_risk_math::price::MAX_LEG_VALUE).unwrap();
    let equity = |legs: &[(Leg, Details)]| run(&world, legs).unwrap().0.equity;
    assert_eq!(equity(&[plain(asset(BTC, 0, u64::MAX))]), most);
    let two = [plain(asset(BTC, 0, u64::MAX)), plain(asset(BTC, 0, 1))];
    assert_eq!(equity(&two), most);
    let at_venue = Details { account: 0, ..Details::NONE };
    assert_eq!(equity(&[special(asset(BTC, 1, u64::MAX), at_venue)]), most);
    let illiquid = Leg { liquid: 0, ..asset(BTC, 0, u64::MAX) };
    assert_eq!(equity(&[plain(illiquid), plain(Leg { amount: 1, ..illiquid })]), most);
    let slow = Details { maturity_days: 3, ..Details::NONE };
    assert_eq!(equity(&[special(asset(BTC, 1, u64::MAX), slow)]), most);
    // profit beyond the bound is all of the asset, and counts nothing before it is settled
    let profit = Details { unsettled: u64::MAX, settleable: u64::MAX, ..Details::NONE };
    let (health, _, _) = run(&world, &[special(asset(BTC, 2, u64::MAX), profit)]).unwrap();
    assert_eq!(health.equity, most);
    assert!(health.init.unwrap() < 0);
}

#[test]
fn levels_have_names() {
    let (health, _, _) = run(&World::new(), &[plain(asset(SOL, 0, worth(M, 15_000)))]).unwrap();
    assert_eq!(health.at(Level::Init), health.init);
    assert_eq!(health.at(Level::LiqEnd), Some(health.liqend));
    assert_eq!(health.at(Level::Maint), Some(health.maint));
    assert!(Level::Init < Level::LiqEnd && Level::LiqEnd < Level::Maint);
    let mut names: Vec<_> = Term::ALL.iter().map(|t| t.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 14);
}

#[test]
fn publish_times_span_what_was_used() {
    let mut world = World::new();
    world.assets[usize::from(SOL)].terms.published = 900;
    world.assets[usize::from(USDC)].terms.published = 1_300;
    let legs = [plain(asset(BTC, 0, 1)), plain(asset(SOL, 0, 1)), plain(debt(USDC, 0, 1))];
    let health = run(&world, &legs).unwrap().0;
    assert_eq!((health.oldest, health.newest, health.skew()), (900, 1_300, 400));
    // a dead price has no say
    world.assets[usize::from(SOL)].terms.freshness = Freshness::Dead;
    let health = run(&world, &legs).unwrap().0;
    assert_eq!((health.oldest, health.skew(), health.freshness), (1_000, 300, Freshness::Dead));
    let opposite = Health { oldest: i64::MIN, newest: i64::MAX, ..health };
    assert_eq!(opposite.skew(), i64::MAX);
}

#[test]
fn debts_and_claims_are_told_apart() {
    let legs = [
        plain(asset(SOL, KAMINO, worth(M, 15_000))),
        plain(debt(USDC, NATIVE, worth(M / 4, 100))),
        plain(debt(USDC, KAMINO, worth(M / 8, 100))),
    ];
    let (health, book, _) = run(&World::new(), &legs).unwrap();
    assert_eq!(health.native_debts, book.native_debts);
    assert_eq!(-book.native_claim, book.native_debts);
    assert_eq!(health.largest_claim, book.claims[usize::from(KAMINO)]);
    assert_eq!(health.debts, book.debts);
    assert!(
        (health.debts - 3 * health.native_debts / 2).abs() <= 2,
        "half as much is owed at the venue"
    );
    assert_eq!(health.equity, book.claims[1] + book.native_claim);
    assert_eq!(health.equity_after_default(), book.native_claim);
}

/// Inside the native class both sides count, at a foreign one only the net.
#[test]
fn self_loops_pay_the_split_in_the_native_class() {
    let split = |class| {
        let legs =
            [plain(asset(USDC, class, worth(M, 100))), plain(debt(USDC, class, worth(M, 100)))];
        run(&World::new(), &legs).unwrap().2.charge(Term::Split)
    };
    // hs * M: 164 / 65,536 of a million, within the width of the interval
    let exact = M * 1_000_000 * 164 / 65_536;
    assert!(split(NATIVE).maint.abs_diff(exact) < 10 && split(NATIVE).init.abs_diff(exact) < 10);
    assert_eq!(split(KAMINO), Pair::both(0));
}

#[test]
fn claims_fade_with_their_class() {
    let mut world = World::new();
    let legs =
        [plain(asset(SOL, KAMINO, worth(M, 15_000))), plain(debt(USDC, NATIVE, worth(M / 4, 100)))];
    let active = run(&world, &legs).unwrap().0;
    world.classes[1].frozen = true;
    let frozen = run(&world, &legs).unwrap().0;
    assert_eq!((frozen.maint, frozen.liqend), (active.maint, active.liqend));
    // at the initial level the debt stands alone
    let alone = run(&world, &legs[1..]).unwrap().0;
    assert_eq!(frozen.init, alone.init);
    world.classes[1].keep = w(ONE / 2);
    let half = run(&world, &legs).unwrap().0;
    assert_eq!(half.equity + half.debts, (active.equity + active.debts) / 2);
    // not frozen but fading: the initial level is capped by liquidation end
    world.classes[1].frozen = false;
    let fading = run(&world, &legs).unwrap().0;
    assert!(fading.init.unwrap() <= fading.liqend && fading.maint == half.maint);
}

/// A hedge at a fading venue: health is the lower of "kept" and "gone" (ruling 7).
#[test]
fn a_fading_hedge_is_also_seen_as_gone() {
    let mut world = World::new();
    let legs = [
        plain(asset(SOL, NATIVE, worth(M, 15_000))),
        plain(asset(USDC, PERPS, worth(M / 4, 100))),
        plain(debt(SOL_PERP, PERPS, worth(M, 15_000))),
    ];
    let hedged = run(&world, &legs).unwrap().0;
    world.classes[2].keep = Weight::ZERO;
    let gone = run(&world, &legs).unwrap().0;
    // the short keeps its debt but hedges nothing: SOL is charged as if alone
    let naked = run(&world, &legs[..1]).unwrap().0;
    let required = naked.equity - naked.maint;
    assert_eq!(gone.maint, gone.equity - required);
    assert!(gone.maint < hedged.maint - 100_000 * 1_000_000);
}

/// Ruling 3: an unread venue account hedges nothing at the initial level and
/// is charged its whole penalty.
#[test]
fn unread_accounts_get_no_hedge_and_pay_the_penalty() {
    let mut world = World::new();
    world.classes[2].haircut = Pair::both(Weight::ZERO);
    let read = Details { account: 3, ..Details::NONE };
    let unread = Details { unread: true, ..read };
    let account = |details| {
        [
            plain(asset(SOL, NATIVE, worth(M, 15_000))),
            special(asset(USDC, PERPS, worth(M, 100)), details),
            special(debt(SOL_PERP, PERPS, worth(M / 2, 15_000)), details),
        ]
    };
    let (with, _, _) = run(&world, &account(read)).unwrap();
    let (without, book, meter) = run(&world, &account(unread)).unwrap();
    assert_eq!((with.maint, with.liqend), (without.maint, without.liqend));
    assert!(book.accounts[3].unread);
    // 5 % of 0.5 M
    assert_eq!(meter.charge(Term::Stress).init, (book.accounts[3].debt * 3_277).div_ceil(65_536));
    assert_eq!(meter.charge(Term::Stress).maint, 0);
    // SOL alone, all equity, the penalty
    let naked = run(&world, &[plain(asset(SOL, NATIVE, worth(M, 15_000)))]).unwrap().0;
    let required = naked.equity - naked.init.unwrap();
    let penalty = i64::try_from(meter.charge(Term::Stress).init).unwrap();
    assert!((without.init.unwrap() - (without.equity - required - penalty)).abs() <= 1);
}

/// One venue account: collateral at 80 %, debt with a borrow factor of 1.25.
fn venue(collateral: u64, owed: u64, details: Details) -> [(Leg, Details); 2] {
    let at = Details { account: 0, ..details };
    [
        special(
            asset(SOL, KAMINO, worth(collateral, 15_000)),
            Details { venue_weight: w(52_429), ..at },
        ),
        special(debt(USDC, KAMINO, worth(owed, 100)), Details { venue_weight: w(81_920), ..at }),
    ]
}

#[test]
fn stress_ramps_between_its_floor_and_one() {
    let world = World::new();
    let at = |collateral, owed| {
        let (health, book, meter) = run(&world, &venue(collateral, owed, Details::NONE)).unwrap();
        (health.stress.q16(), health.venues_survive, meter.charge(Term::Stress), book.accounts[0])
    };
    let near = |x: u64, dollars: u64| x.abs_diff(dollars * 1_000_000) < 200_000_000;
    // 0.8 * 1.25 M against 1.25 * 0.64 M: 0.8, below both floors
    let (ratio, survives, charge, account) = at(1_250_000, 640_000);
    assert!(ratio.abs_diff(52_429) <= 1 && survives && charge == Pair::both(0));
    assert!(
        near(account.limit, 1_000_000)
            && near(account.adjusted, 800_000)
            && near(account.debt, 640_000)
    );
    assert_eq!(
        (account.class, account.factors.count_ones(), account.is_loop()),
        (KAMINO, 2, false)
    );
    // 0.925: a third of the maintenance ramp is 0.0625, half of the initial one; 2 % of 0.74 M is 14,800
    let (ratio, survives, charge, _) = at(1_250_000, 740_000);
    assert!(ratio.abs_diff(60_621) <= 1 && !survives);
    assert!(near(charge.init, 7_400) && near(charge.maint, 925));
    // at and beyond 1: all of it
    let (ratio, _, charge, _) = at(1_250_000, 900_000);
    assert!(ratio.abs_diff(73_728) <= 1);
    assert!(near(charge.init, 18_000) && charge.init == charge.maint);
    // nothing behind the debt
    assert_eq!(at(0, 100).0, 2 * ONE);
}

#[test]
fn shocks_are_survived_or_not() {
    let account = AccountSum { limit: 5, adjusted: 3, debt: 1, ..AccountSum::EMPTY };
    // a quarter: 3/4 of 5 against 5/4 of 3
    let quarter = w(ONE / 4);
    assert!(account.survives(quarter));
    assert!(!account.survives(w(ONE / 4 + 1)));
    assert!(!AccountSum { limit: 4, ..account }.survives(quarter));
    assert!(
        account.survives(Weight::ZERO) && AccountSum { limit: 3, ..account }.survives(Weight::ZERO)
    );
    assert!(!AccountSum { limit: 2, ..account }.survives(Weight::ZERO));
    assert!(!account.survives(Weight::ONE) && AccountSum::EMPTY.survives(Weight::MAX));
    // a loop has the smaller shock: 2 % at one factor
    let loop_of = |owed| {
        let at = Details { account: 0, ..Details::NONE };
        let legs = [
            special(debt(SOL, KAMINO, worth(owed, 15_000)), at),
            special(asset(JITOSOL, KAMINO, worth(M, 18_000)), at),
        ];
        let (health, book, _) = run(&World::new(), &legs).unwrap();
        assert!(book.accounts[0].is_loop());
        health.venues_survive
    };
    assert!(loop_of(960_000) && !loop_of(961_000), "0.98 / 1.02 = 0.9608");
}

#[test]
fn stresses_of_several_venue_accounts_add_up() {
    let world = World::new();
    let mut legs = venue(1_250_000, 640_000, Details::NONE).to_vec();
    let one = run(&world, &legs).unwrap().0;
    assert_eq!(one.stresses, one.stress.q16());
    // a second account of the class, half as stressed
    let second = venue(1_250_000, 320_000, Details::NONE);
    legs.extend(second.map(|(leg, details)| (leg, Details { account: 1, ..details })));
    legs.sort_by_key(|(leg, _)| (leg.asset, leg.class));
    let two = run(&world, &legs).unwrap().0;
    assert_eq!(two.stress, one.stress);
    assert!(two.stresses.abs_diff(one.stresses * 3 / 2) <= 1, "{two:?} {one:?}");
}

#[test]
fn the_worse_price_sets_stress() {
    let world = World::new();
    let with = |cents: Option<u64>| {
        let details = Details { venue_price: cents.map(usd), ..Details::NONE };
        let mut legs = venue(1_250_000, 640_000, Details::NONE);
        legs[0].1.venue_price = details.venue_price;
        run(&world, &legs).unwrap().1.accounts[0]
    };
    assert_eq!(with(Some(20_000)), with(None), "a higher venue price adds nothing");
    assert!(with(Some(7_500)).limit.abs_diff(with(None).limit / 2) <= 1);
    let debt_at = |cents: u64| {
        let mut legs = venue(1_250_000, 640_000, Details::NONE);
        legs[1].1.venue_price = Some(usd(cents));
        run(&world, &legs).unwrap().1.accounts[0]
    };
    assert_eq!(debt_at(50), with(None));
    assert_eq!(
        (debt_at(200).debt, debt_at(200).adjusted.abs_diff(2 * with(None).adjusted) <= 2),
        (with(None).debt, true)
    );
}

#[test]
fn illiquid_claims_pay_tau() {
    let of = |liquid, side| {
        let leg = Leg { liquid, side, ..asset(SOL, KAMINO, worth(M, 15_000)) };
        run(&World::new(), &[plain(leg)]).unwrap().2.charge(Term::Liquidity)
    };
    let all = of(0, Side::Asset);
    // tau 25 % and 2 % of a million, both weights rounded up
    assert!(all.init.abs_diff(250_000_000_000) < 100 && all.maint.abs_diff(20_004_272_461) < 100);
    let half = of(worth(M / 2, 15_000), Side::Asset);
    assert!(half.init.abs_diff(125_000_000_000) < 1_000_000);
    assert_eq!(of(worth(M, 15_000), Side::Asset), Pair::both(0));
    assert_eq!(of(0, Side::Debt), Pair::both(0));
}

#[test]
fn maturity_widens_the_shock() {
    let of = |days| {
        let details = Details { maturity_days: days, ..Details::NONE };
        run(&World::new(), &[special(asset(SOL, KAMINO, worth(M, 15_000)), details)])
            .unwrap()
            .2
            .charge(Term::Maturity)
    };
    assert_eq!(of(0), Pair::both(0));
    // three days double the shock: sqrt(4) - 1 = 1
    assert!(of(3).init.abs_diff(250_000_000_000) < 100);
    assert!(of(3).maint.abs_diff(160_003_662_110) < 100);
    // 14 days: 2.873 * 25 %; beyond the table: all that is left
    assert!(of(14).init.abs_diff(718_246_000_000) < 20_000_000);
    assert!(of(15).init.abs_diff(750_000_000_000) < 100 && of(255) == of(15));
}

#[test]
fn orders_count_at_their_worst() {
    let world = World::new();
    let of = |held: Leg, bids, asks| {
        let details =
            Details { bids: worth(bids, 15_000), asks: worth(asks, 15_000), ..Details::NONE };
        let meter = run(&world, &[special(held, details)]).unwrap().2;
        (meter.charge(Term::Orders), meter.charge(Term::Basis))
    };
    let nothing = asset(SOL, NATIVE, 0);
    let near = |x: u64, dollars: u64| x.abs_diff(dollars * 1_000_000) < 20_000_000;
    // bids alone: d; asks alone: u; both: the dearer, basis on the larger
    assert!(near(of(nothing, M, 0).0.init, 250_000) && near(of(nothing, 0, M).0.init, 280_014));
    assert!(
        near(of(nothing, M, M / 2).0.maint, 160_004) && near(of(nothing, M, M / 2).1.maint, 2_502)
    );
    assert!(near(of(nothing, M, M).0.maint, 180_008));
    // asks that only close a long cost nothing
    let long = asset(SOL, NATIVE, worth(M, 15_000));
    assert_eq!(of(long, 0, M / 2).0, Pair::both(0));
    assert!(near(of(long, M / 2, 0).0.init, 125_000));
    // asks for three times the long: u * 2 M less d * 1 M
    assert!(near(of(long, 0, 3 * M).0.init, 560_028 - 250_000));
}

#[test]
fn unsettled_profit_counts_in_part() {
    let of = |settleable| {
        let details = Details {
            unsettled: worth(M, 100),
            settleable: worth(settleable, 100),
            ..Details::NONE
        };
        run(&World::new(), &[special(asset(USDC, PERPS, worth(2 * M, 100)), details)])
            .unwrap()
            .2
            .charge(Term::Unsettled)
    };
    let near = |x: u64, dollars: u64| x.abs_diff(dollars * 1_000_000) < 1_000;
    assert!(near(of(0).init, M) && near(of(0).maint, M));
    assert!(near(of(M / 2).init, M) && near(of(M / 2).maint, 750_000));
    assert!(near(of(3 * M).maint, 500_000), "no more than there is");
}

#[test]
fn group_totals_withhold_credit() {
    let mut world = World::new();
    let charge = |world: &World, leg| run(world, &[plain(leg)]).unwrap().2.charge(Term::Scale);
    let (long, short) = (asset(SOL, 0, worth(M, 15_000)), debt(SOL, 0, worth(M, 15_000)));
    assert_eq!((charge(&world, long), charge(&world, short)), (Pair::both(0), Pair::both(0)));
    let terms = &mut world.assets[usize::from(SOL)].terms;
    (terms.credit_scale, terms.debt_scale) = (w(32_768), w(6_554));
    let credit = {
        let mut sum = Sum::ZERO;
        concentration_doubled(&mut sum, 999_999_999_534, terms.depth);
        let full = 2 * i128::from(terms.depth.slope.q16()) * 999_999_999_534;
        u64::try_from((full - sum.total()) >> 18).unwrap()
    };
    let of = charge(&world, long);
    assert!(of.maint == 0 && of.init.abs_diff(credit) < 1_000, "{of:?} {credit}");
    assert!(charge(&world, short).init.abs_diff(100_006_103_515) < 10_000);
}

#[test]
fn the_gap_is_capped_and_initial_only() {
    let mut world = World::new();
    let gap = |world: &World| {
        run(world, &[plain(asset(SOL, 0, worth(M, 15_000)))]).unwrap().2.charge(Term::Gap)
    };
    world.assets[usize::from(SOL)].terms.gap = w(656);
    assert!(gap(&world).init.abs_diff(10_009_765_625) < 10_000 && gap(&world).maint == 0);
    world.assets[usize::from(SOL)].terms.gap = Weight::ONE;
    assert!(gap(&world).init.abs_diff(50_003_051_757) < 10_000, "5 % at most");
}

#[test]
fn slopes_refuse_what_they_do_not_know() {
    let world = World::new();
    let of = |pull: Pull| slope(&world, &Plain::default(), &Book::new(), &[pull]);
    let pull = Pull { asset: SOL, class: 0, rate: UNIT_RATE, illiquid: false };
    assert!(of(pull).is_ok());
    assert!(
        of(Pull { rate: 131_072, ..pull }).is_ok() && of(Pull { rate: -131_072, ..pull }).is_ok()
    );
    assert_eq!(of(Pull { rate: 131_073, ..pull }), Err(MathError::Range));
    assert_eq!(of(Pull { rate: i32::MIN, ..pull }), Err(MathError::Range));
    assert_eq!(of(Pull { asset: 9, ..pull }), Err(MathError::UnknownAsset));
    assert_eq!(of(Pull { class: 16, ..pull }), Err(MathError::UnknownClass));
    assert_eq!(of(Pull { class: 15, ..pull }), Err(MathError::UnknownClass));
}

/// The charges that a liquidation of plain SOL saves: `d + b`, the depth, and
/// tau where the claim is illiquid.
#[test]
fn slopes_add_up_by_hand() {
    let world = World::new();
    let legs = [asset(SOL, NATIVE, worth(M, 15_000)), debt(USDC, NATIVE, worth(M / 2, 100))];
    let mut book = Book::new();
    world.assess(&legs, &mut book).unwrap();
    let of = |pulls: &[Pull]| slope(&world, &sorted(&legs), &book, pulls).unwrap();
    let seize = Pull { asset: SOL, class: NATIVE, rate: -UNIT_RATE, illiquid: false };
    let repay = Pull { asset: USDC, class: NATIVE, rate: UNIT_RATE, illiquid: false };
    let terms = world.assets[usize::from(SOL)].terms;
    // equity -1; d 16,384 in full, b 164, concentration k + 1/2 at k = n / D = 65
    let k = 999_999_999_534 / terms.depth.size_shr16;
    assert_eq!(of(&[seize]), -65_536 + 16_384 + 164 + i64::try_from(k).unwrap() + 1);
    // and tau: 16,384
    assert_eq!(of(&[Pull { illiquid: true, ..seize }]) - of(&[seize]), 16_384);
    // equity +1; lambda 0.6 of u 984, b 86, the short's own concentration
    let usdc = world.assets[usize::from(USDC)].terms;
    let k = 500_000_000_117 / usdc.depth.size_shr16;
    let lambda_u = 984 * 39_322 / 65_536;
    assert_eq!(of(&[repay]), 65_536 + lambda_u + 1 + 86 + i64::try_from(k).unwrap());
}

/// Where concentration is used up the slope stands still, at the corner in one
/// direction and beyond it in both.
#[test]
fn slopes_at_the_end_of_concentration() {
    let mut world = World::new();
    world.assets[usize::from(SOL)].terms.depth = Depth { size_shr16: 1 << 24, slope: w(1 << 14) };
    // 2^38 at 2^31 / 2^31 micro-USD: exactly the corner
    world.assets[usize::from(SOL)].terms.price =
        trestle_risk_math::price::Price::new(1 << 31, 31).unwrap();
    let of = |amount: u64, rate: i32| {
        let legs = [asset(SOL, KAMINO, amount)];
        let mut book = Book::new();
        world.assess(&legs, &mut book).unwrap();
        let pull = Pull { asset: SOL, class: KAMINO, rate, illiquid: false };
        slope(&world, &sorted(&legs), &book, &[pull]).unwrap()
    };
    let corner = 1_u64 << 38;
    let (plain, deep) = (65_536 - 16_384 - 164 - 984, 1 << 14);
    assert_eq!((of(corner, UNIT_RATE), of(corner + 1, UNIT_RATE)), (plain - deep, plain - deep));
    assert_eq!(of(corner + 1, -UNIT_RATE), deep - plain);
    // inside, k + 1/2 of the last stretch: half a step less, rounded up
    assert_eq!(
        (of(corner, -UNIT_RATE), of(corner - 1, UNIT_RATE)),
        (deep - plain, plain - deep + 1)
    );
    // at twice the rate the half shows
    assert_eq!(of(corner, -2 * UNIT_RATE), 2 * (deep - plain) - 1);
    // at nothing no scenario is active: lambda of d alone
    assert_eq!(of(0, UNIT_RATE), plain + 16_384 - 9_831);
    // without depth the slope is charged from the first unit
    world.assets[usize::from(SOL)].terms.depth = Depth { size_shr16: 0, slope: w(1 << 14) };
    let legs = [asset(SOL, KAMINO, 5)];
    let mut book = Book::new();
    world.assess(&legs, &mut book).unwrap();
    let pull = Pull { asset: SOL, class: KAMINO, rate: UNIT_RATE, illiquid: false };
    assert_eq!(slope(&world, &sorted(&legs), &book, &[pull]), Ok(plain - deep));
}

/// Tables that no validator has seen: a maintenance floor below the initial one.
#[test]
fn stress_is_charged_by_each_row_alone() {
    let mut world = World::new();
    world.group.stress_floor = Pair::new(w(32_768), w(65_000));
    let (_, _, meter) = run(&world, &venue(1_250_000, 640_000, Details::NONE)).unwrap();
    assert!(meter.charge(Term::Stress).maint > 0 && meter.charge(Term::Stress).init == 0);
}
