//! Projection: klend's own figures, both releases' arithmetic, exact numbers.

use crate::support::{self, ONE, put};
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::KaminoError;
use trestle_venue_adapters::kamino::interest::{
    Bracket, SECONDS_PER_YEAR, SLOTS_PER_YEAR, compound, curve_rate, project,
};
use trestle_venue_adapters::kamino::layout::reserve as r;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::report;
use trestle_venue_adapters::kamino::reserve::{CurvePoint, Reserve};

/// Main-market USDC of November 2025: utilisation 78 %, curve to 4.75 % at 95 %.
fn usdc() -> Vec<u8> {
    let debts = 528_226_314_842_391_338_395_768_829_705_943_u128;
    let fees = 336_456_479_477_979_253_467_185_780_074_u128;
    let supply = 677_353_704_390_578_751_081_547_123_747_181_u128;
    let available = (supply + fees - debts) >> 60;
    assert_eq!((available << 60) + debts - fees, supply, "whole tokens are available");
    let mut data = support::reserve();
    put(&mut data, r::AVAILABLE, u64::try_from(available).unwrap().to_le_bytes());
    put(&mut data, r::BORROWED, debts.to_le_bytes());
    put(&mut data, r::PROTOCOL_FEES, fees.to_le_bytes());
    put(&mut data, r::CUMULATIVE, 1_426_681_065_177_903_776_u128.to_le_bytes());
    data[r::TAKE_PCT] = 10;
    support::set_curve(&mut data, &[(0, 0), (9_500, 475), (10_000, 3_000)]);
    data
}

/// Growth, cumulative rate, debts, supply after a number of slots: a model of 1.16.
const VECTORS: [(u64, [u128; 4]); 4] = [
    (
        0,
        [
            1_152_921_504_606_846_976,
            1_426_681_065_177_903_776,
            528_226_314_842_391_338_395_768_829_705_943,
            677_353_704_390_578_751_081_547_123_747_181,
        ],
    ),
    (
        4,
        [
            1_152_921_507_457_849_853,
            1_426_681_068_705_873_204,
            528_226_316_148_616_209_130_842_650_086_907,
            677_353_705_566_181_134_743_113_562_769_831,
        ],
    ),
    (
        5,
        [
            1_152_921_508_170_600_571,
            1_426_681_069_587_865_559,
            528_226_316_475_172_426_241_906_987_066_015,
            677_353_705_860_081_730_143_071_466_220_973,
        ],
    ),
    (
        1_000,
        [
            1_152_922_217_357_565_976,
            1_426_681_947_170_260_520,
            528_226_641_398_608_907_623_400_301_720_434,
            677_353_998_291_174_563_386_415_618_505_644,
        ],
    ),
];

#[test]
fn reference_vectors_are_the_low_end() {
    let data = usdc();
    let reserve = Reserve::new(&data).unwrap();
    for (slots, [growth, cumulative, debts, supply]) in VECTORS {
        let found = project(&reserve, Now { slot: 1_000 + slots, unix: 0 }).unwrap();
        assert_eq!(found.utilisation_sf, 899_092_267_058_531_581);
        assert_eq!(found.borrow_rate_sf, 44_954_613_352_926_579);
        assert_eq!(found.growth.low, growth, "{slots} slots");
        assert_eq!(found.cumulative.low, cumulative, "{slots} slots");
        assert_eq!(found.borrowed.low, debts, "{slots} slots");
        // 1.16 scales the take to 2^-60, we do not: below by that much of the interest
        let below = supply.checked_sub(found.supply.low).expect("not above klend's");
        let interest = debts - VECTORS[0].1[2];
        assert!(below <= (interest >> 59) + 2, "{slots} slots: {below}");
        // ours is not below the low end, and close to it
        let wide = |b: Bracket| (b.high - b.low) as f64 / b.low as f64;
        assert!(wide(found.growth) < 1e-12 && wide(found.cumulative) < 1e-12);
    }
}

fn exact(sf: u128) -> BigRational {
    BigRational::new(sf.into(), BigInt::from(ONE))
}

/// Three terms of the binomial series, or the power up to four, in exact numbers.
fn exact_growth(b: u128, n: u64) -> BigRational {
    let b = exact(b);
    let one = BigRational::from_integer(1.into());
    if n <= 4 {
        return (0..n).fold(one.clone(), |power, _| power * (&one + &b));
    }
    let whole = |x: u64| BigRational::from_integer(x.into());
    let n_big = whole(n);
    let pairs = &n_big * whole(n - 1) / whole(2);
    let triples = &pairs * whole(n - 2) / whole(3);
    one + &n_big * &b + pairs * &b * &b + triples * &b * &b * &b
}

/// The formula of 1.25: products nested, each step rounded down.
fn nested(b: u128, n: u64) -> u128 {
    let times = |x: u128, y: u128| u128::try_from((BigInt::from(x) * y) >> 60).unwrap();
    let n = u128::from(n);
    let first = n * b;
    let second = times(first, b) * (n - 1) / 2;
    let third = times(second, b) * (n - 2) / 3;
    ONE + first + second + third
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// Both releases lie within the bracket, and so does the exact series.
    #[test]
    fn the_bracket_holds_every_release(
        rate_bps in 0_u128..100_000, n in 0_u64..5_000_000, basis in any::<bool>(),
    ) {
        let per_year = if basis { SLOTS_PER_YEAR } else { SECONDS_PER_YEAR };
        let rate = rate_bps * ONE / 10_000;
        let b = rate / u128::from(per_year);
        let found = compound(rate, n, per_year).unwrap();
        let series = exact_growth(b, n);
        prop_assert!(exact(found.low) <= series && series <= exact(found.high));
        if n >= 5 {
            let newer = nested(b, n);
            prop_assert!(found.low <= newer && newer <= found.high);
        }
        // apart by less than (n b)^2 and a few units of the scale
        let width = exact(found.high) - exact(found.low);
        let nb = exact(b) * BigRational::from_integer(n.into());
        prop_assert!(width <= &nb * &nb + exact(8));
    }

    /// Against the account: a cToken is worth no more, and a debt no less,
    /// than in exact numbers, and both are close.
    #[test]
    fn indices_round_to_one_side(
        rate in 0_u32..20_000, slots in 0_u64..500_000, available in 1_u64..1 << 50,
        lent in 0_u128..1 << 108, ctokens in 1_u64..1 << 50, take in 0_u8..=100,
        host in 0_u16..500, cumulative in ONE..ONE << 4,
    ) {
        let mut data = support::reserve();
        put(&mut data, r::AVAILABLE, available.to_le_bytes());
        put(&mut data, r::BORROWED, lent.to_le_bytes());
        put(&mut data, r::CTOKEN_SUPPLY, ctokens.to_le_bytes());
        put(&mut data, r::CUMULATIVE, cumulative.to_le_bytes());
        put(&mut data, r::HOST_RATE_BPS, host.to_le_bytes());
        data[r::TAKE_PCT] = take;
        support::set_curve(&mut data, &[(0, 0), (8_000, rate), (10_000, rate * 3)]);
        let reserve = Reserve::new(&data).unwrap();
        let market = support::market();
        let now = Now { slot: 1_000 + slots, unix: 0 };
        let nominal = project(&reserve, now).unwrap().borrow_rate_sf;
        let found = report::reserve(&reserve, &Market::new(&market).unwrap(), now);
        prop_assume!(found.is_ok()); // an index of 2^32 and more is refused
        let found = found.unwrap();

        let whole = |x: u64| BigRational::from_integer(x.into());
        let slots_a_year = u128::from(SLOTS_PER_YEAR);
        let b = nominal / slots_a_year;
        let grown = exact_growth(b, slots) - whole(1);
        let host_rate = u128::from(host) * ONE / 10_000 / slots_a_year;
        let fixed = exact(lent) * (exact_growth(host_rate, slots) - whole(1));
        let variable = exact(lent) * &grown - fixed;
        let kept = variable * whole(u64::from(100 - take)) / whole(100);
        let supply = whole(available) + exact(lent) + kept;
        let q64 = |x: u128| BigRational::new(x.into(), BigInt::from(1_u128 << 64));

        let (worth, ours) = (supply / whole(ctokens), q64(found.deposit_index.q64()));
        let nb = exact(b) * whole(slots);
        let bracket = &nb * &nb + exact(1 << 10);
        prop_assert!(ours <= worth);
        prop_assert!(&worth - &ours <= &worth * &bracket + q64(1));
        let (owed, ours) = (exact(cumulative) * (grown + whole(1)), q64(found.debt_index.q64()));
        prop_assert!(owed <= ours && &ours - &owed <= &owed * &bracket + exact(1));
    }

    /// More time, more of everything.
    #[test]
    fn projection_is_monotone(
        rate in 0_u32..20_000, slots in 0_u64..3_000_000, more in 0_u64..3_000_000,
        lent in 0_u64..400_000_000_000, take in 0_u8..=100, host in 0_u16..500,
    ) {
        let mut data = support::reserve();
        put(&mut data, r::BORROWED, (u128::from(lent) * ONE).to_le_bytes());
        put(&mut data, r::HOST_RATE_BPS, host.to_le_bytes());
        data[r::TAKE_PCT] = take;
        support::set_curve(&mut data, &[(0, 0), (8_000, rate), (10_000, rate * 3)]);
        let reserve = Reserve::new(&data).unwrap();
        let at = |slots: u64| project(&reserve, Now { slot: 1_000 + slots, unix: 0 }).unwrap();
        let (early, late) = (at(slots), at(slots + more));
        prop_assert!(early.cumulative.low <= late.cumulative.low);
        prop_assert!(early.cumulative.high <= late.cumulative.high);
        prop_assert!(early.borrowed.high <= late.borrowed.high);
        prop_assert!(early.cumulative.low <= early.cumulative.high);
        // supply takes the least interest and the most fees; those two ends may cross by their width
        prop_assert!(early.supply.low <= late.supply.low + (late.borrowed.high - late.borrowed.low));
    }
}

/// The first periods one by one, at a rate where every period shows: powers
/// up to four, the series from five.
#[test]
fn the_first_periods_are_powers() {
    let rate = 500 * ONE; // 50,000 % a year
    let b = rate / u128::from(SLOTS_PER_YEAR);
    for n in 0..=12 {
        let found = compound(rate, n, SLOTS_PER_YEAR).unwrap();
        let exact_value = exact_growth(b, n);
        assert!(exact(found.low) <= exact_value && exact_value <= exact(found.high), "{n}");
        let width = if n <= 4 { 4 } else { u128::from(n * n * n) };
        assert!(found.high - found.low <= width, "{n}: {}", found.high - found.low);
    }
    assert_eq!(compound(rate, 1, SLOTS_PER_YEAR), Ok(Bracket { low: ONE + b, high: ONE + b }));
    assert_eq!(compound(rate, 1, 0), Err(KaminoError::Numbers));
    assert_eq!(compound(u128::MAX, u64::MAX, 1), Err(KaminoError::Numbers));
}

/// A TrueApr reserve counts seconds, whatever the slots.
#[test]
fn seconds_are_counted_where_the_reserve_says_so() {
    let mut data = support::reserve();
    put(&mut data, r::TIMESTAMP, 5_000_u32.to_le_bytes());
    let by_slots =
        project(&Reserve::new(&data).unwrap(), Now { slot: 1_010, unix: 9_000 }).unwrap();
    data[r::RATE_BASIS] = 1;
    let reserve = Reserve::new(&data).unwrap();
    let by_seconds = project(&reserve, Now { slot: 1_000_000, unix: 5_010 }).unwrap();
    // ten periods of half as many a year: twice the growth
    let growth = |x: u128| x - ONE;
    let (slow, fast) = (growth(by_slots.growth.low), growth(by_seconds.growth.low));
    assert!(slow > 0 && fast.abs_diff(2 * slow) <= 100, "{slow} {fast}");
    assert_eq!(project(&reserve, Now { slot: 2_000_000, unix: 5_010 }), Ok(by_seconds));
    // a clock behind the stamp accrues nothing
    let early = project(&reserve, Now { slot: 0, unix: 4_000 }).unwrap();
    assert_eq!(early.growth, Bracket { low: ONE, high: ONE });
    put(&mut data, r::TIMESTAMP, 0_u32.to_le_bytes());
    let unstamped = project(&Reserve::new(&data).unwrap(), Now { slot: 1_000, unix: 9_000 });
    assert_eq!(unstamped, Err(KaminoError::RateBasis));
    data[r::RATE_BASIS] = 2;
    let unknown = project(&Reserve::new(&data).unwrap(), Now::default());
    assert_eq!(unknown, Err(KaminoError::RateBasis));
}

#[test]
fn the_curve_rounds_to_find_its_segment() {
    let points = [(0_u32, 1_u32), (8_000, 300), (10_000, 7_500)]
        .map(|(utilisation, rate)| CurvePoint { utilisation, rate });
    let rate = |sf: u128| curve_rate(points.into_iter(), sf);
    let bps = |x: u128| x * ONE / 10_000;
    assert_eq!(rate(0), Ok(bps(1)));
    assert_eq!(rate(ONE), Ok(bps(7_500)));
    // 80 % less a hair rounds to the corner, and takes the corner's rate
    assert_eq!(rate(bps(8_000) - 1_000), Ok(bps(300)));
    assert_eq!(rate(bps(4_000)), Ok(bps(1) + bps(4_000) * 299 / 8_000));
    assert_eq!(curve_rate(core::iter::empty(), 0), Err(KaminoError::Numbers));
    // a curve that does not reach the utilisation, and one that falls
    assert_eq!(curve_rate(points[..2].iter().copied(), ONE), Err(KaminoError::Numbers));
    let falling =
        [CurvePoint { utilisation: 0, rate: 5 }, CurvePoint { utilisation: 100, rate: 1 }];
    assert_eq!(curve_rate(falling.into_iter(), bps(50)), Err(KaminoError::Numbers));
}
