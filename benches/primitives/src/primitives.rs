//! The primitives that take a few words.

use crate::portfolio;
use crate::source::Source;
use crate::timer::time;
use trestle_risk_math::Result;
use trestle_risk_math::guard::{RawSample, SampleTerms, sample};
use trestle_risk_math::index::grown_debt;
use trestle_risk_math::liquidation::{
    Bounds, IncentiveTerms, close_cap, incentive, step_value, target,
};
use trestle_risk_math::num::{Sum, Weight, ratio_q16_ceil};
use trestle_risk_math::pool::{Apr, Pool, PoolTerms, RateCurve, RatePoint};
use trestle_risk_math::portfolio::{AccountSum, Depth, Health, concentration_doubled};
use trestle_risk_math::price::PriceScale;

/// Makes inputs, times the primitive, returns its result folded to a word.
pub type Case = fn(&mut Source) -> u64;

/// One measured primitive.
pub struct Primitive {
    /// Name.
    pub name: &'static str,
    /// The function of `risk-math`.
    pub of: &'static str,
    /// Runs one case.
    pub case: Case,
}

const fn primitive(name: &'static str, of: &'static str, case: Case) -> Primitive {
    Primitive { name, of, case }
}

/// Number of the primitive that does nothing: what reading the meter costs.
pub const NOTHING: usize = 0;

/// All primitives.
pub static PRIMITIVES: &[Primitive] = &[
    primitive("nothing", "", nothing),
    primitive("value of an asset leg", "Price::asset_value", asset_value),
    primitive("value of a debt leg", "Price::debt_value", debt_value),
    primitive("units to tokens, down", "Index::tokens_floor", tokens_floor),
    primitive("units to tokens, up", "Index::tokens_ceil", tokens_ceil),
    primitive("tokens to units, down", "Index::units_floor", units_floor),
    primitive("tokens to units, up", "Index::units_ceil", units_ceil),
    primitive("debt grown at its bound", "grown_debt", debt_growth),
    primitive("ratio in Q16", "ratio_q16_ceil", ratio),
    primitive("concentration", "concentration_doubled", concentration),
    primitive("stress ratio", "AccountSum::ratio", stress_ratio),
    primitive("stress test", "AccountSum::survives", stress_survives),
    primitive("price decode", "PriceScale::price", price_decode),
    primitive("price sample with its guards", "guard::sample", price_sample),
    primitive("accrual", "Pool::accrued", accrual),
    primitive("incentive", "incentive", incentive_now),
    primitive("close cap", "close_cap", cap),
    primitive("step value", "step_value", step),
    primitive("slope of a step", "slope", portfolio::step_slope),
    primitive("liquidation amount", "incentive, slope, step_value", portfolio::amount),
    primitive("pass: 1 asset, no scenario", "assess", portfolio::pass_1),
    primitive("pass: 2 assets, no scenario", "assess", portfolio::pass_2),
    primitive("pass: 8 assets, no scenario", "assess", portfolio::pass_8),
    primitive("pass: 8 assets, 12 scenarios", "assess", portfolio::pass_8_12),
];

/// A result as one word.
pub(crate) fn word(result: Result<u64>) -> u64 {
    result.unwrap_or_else(|error| u64::MAX - error as u64)
}

pub(crate) fn fold(value: u128) -> u64 {
    let [low, high] = [value as u64, (value >> 64) as u64];
    low ^ high.rotate_left(32)
}

fn nothing(_: &mut Source) -> u64 {
    time(&0_u64, |x| *x)
}

fn asset_value(source: &mut Source) -> u64 {
    let input = (source.price(), source.word(64) >> source.below(40));
    word(time(&input, |(price, amount)| price.asset_value(*amount)))
}

fn debt_value(source: &mut Source) -> u64 {
    let input = (source.price(), source.word(64) >> source.below(40));
    word(time(&input, |(price, amount)| price.debt_value(*amount)))
}

fn tokens_floor(source: &mut Source) -> u64 {
    let input = (source.index(), source.word(64));
    word(time(&input, |(index, units)| index.tokens_floor(*units)))
}

fn tokens_ceil(source: &mut Source) -> u64 {
    let input = (source.index(), source.word(64));
    word(time(&input, |(index, units)| index.tokens_ceil(*units)))
}

fn units_floor(source: &mut Source) -> u64 {
    let input = (source.index(), source.word(64));
    word(time(&input, |(index, tokens)| index.units_floor(*tokens)))
}

fn units_ceil(source: &mut Source) -> u64 {
    let input = (source.index(), source.word(64));
    word(time(&input, |(index, tokens)| index.units_ceil(*tokens)))
}

fn debt_growth(source: &mut Source) -> u64 {
    let input = (source.word(64), source.word(64), source.word(40));
    word(time(&input, |(tokens, bound, slots)| grown_debt(*tokens, *bound, *slots)))
}

fn ratio(source: &mut Source) -> u64 {
    let input = (source.word(64), source.word(64), 1_u32 << 17);
    u64::from(time(&input, |(n, d, cap)| ratio_q16_ceil(*n, *d, *cap)))
}

fn concentration(source: &mut Source) -> u64 {
    let depth = Depth { size_shr16: source.word(43), slope: source.weight(1 << 16) };
    let input = (source.word(59), depth);
    let sum = time(&input, |(size, depth)| {
        let mut sum = Sum::ZERO;
        concentration_doubled(&mut sum, *size, *depth);
        sum
    });
    fold(sum.total() as u128)
}

fn account(source: &mut Source) -> AccountSum {
    AccountSum { limit: source.word(60), adjusted: source.word(60), ..AccountSum::EMPTY }
}

fn stress_ratio(source: &mut Source) -> u64 {
    let input = account(source);
    u64::from(time(&input, AccountSum::ratio).q16())
}

fn stress_survives(source: &mut Source) -> u64 {
    let input = (account(source), source.weight(1 << 16));
    u64::from(time(&input, |(account, shock)| account.survives(*shock)))
}

fn scale(source: &mut Source) -> PriceScale {
    let decimals = u8::try_from(source.below(13)).unwrap_or(6);
    let exponent = -i32::try_from(source.below(13)).unwrap_or(8);
    PriceScale::new(decimals, exponent).expect("powers of ten from -18 to 6")
}

fn price_decode(source: &mut Source) -> u64 {
    let input = (scale(source), source.word(64));
    let price = time(&input, |(scale, raw)| scale.price(*raw));
    word(price.map(|p| (u64::from(p.mantissa()) << 8) | u64::from(p.shift())))
}

fn price_sample(source: &mut Source) -> u64 {
    let price = source.word(63);
    // within the cap most of the time, so that the work is done to its end
    let confidence = if source.below(4) == 0 { source.word(64) } else { price >> 7 };
    let ema = price.saturating_add(price >> source.below(40)).min(u64::MAX >> 1);
    let raw = RawSample {
        price: price.cast_signed(),
        confidence,
        ema: ema.cast_signed(),
        published: 1_000,
    };
    let terms = SampleTerms {
        confidence_multiple: 1 << 17,
        confidence_cap: Weight::clamped(3_277),
        max_age: 60,
    };
    let input = (raw, scale(source), terms);
    let found = time(&input, |(raw, scale, terms)| sample(raw, *scale, terms, 1_010));
    found.map_or(u64::MAX, |s| {
        let weights = u64::from(s.confidence.q16()) ^ u64::from(s.gap.q16()).rotate_left(20);
        (u64::from(s.price.mantissa()) << 8) ^ u64::from(s.price.shift()) ^ weights
    })
}

fn curve() -> RateCurve {
    let point = |utilisation: u32, bps: u32| RatePoint {
        utilisation: Weight::clamped(utilisation),
        apr: Apr::from_bps(bps).unwrap_or(Apr::MAX),
    };
    let points = [
        point(0, 0),
        point(32_768, 300),
        point(52_428, 600),
        point(58_982, 2_000),
        point(65_536, 30_000),
    ];
    RateCurve::new(points).expect("a rising curve")
}

fn accrual(source: &mut Source) -> u64 {
    let pool = Pool {
        cash: source.word(60),
        deposit_units: source.word(60),
        debt_units: source.word(60),
        deposit_index: source.index(),
        debt_index: source.index(),
        fees: u128::from(source.word(64)),
        insurance: u128::from(source.word(64)) << source.below(32),
        updated: 0,
    };
    let terms = PoolTerms {
        curve: curve(),
        fee_share: source.weight(1 << 15),
        insurance_share: source.weight(1 << 15),
    };
    let input = (pool, terms, source.word(33).cast_signed());
    let found = time(&input, |(pool, terms, now)| pool.accrued(terms, *now));
    word(found.map(|(pool, interest)| {
        fold(pool.debt_index.q64())
            ^ fold(pool.deposit_index.q64()).rotate_left(7)
            ^ fold(interest.fees)
    }))
}

/// A health near liquidation.
fn health(source: &mut Source) -> Health {
    let debts = source.word(58).cast_signed();
    Health {
        debts,
        equity: source.word(58).cast_signed(),
        maint: source.word(57).cast_signed().wrapping_neg(),
        liqend: source.word(58).cast_signed().wrapping_neg(),
        ..Health::default()
    }
}

/// Terms of an incentive.
pub(crate) fn incentive_terms(source: &mut Source) -> IncentiveTerms {
    IncentiveTerms {
        start: source.weight(1 << 10),
        max: source.weight(1 << 13),
        per_shortfall: source.weight(1 << 16),
        ramp_slots: u32::try_from(source.word(32)).unwrap_or(150),
        insurance_share: source.weight(1 << 16),
    }
}

fn incentive_now(source: &mut Source) -> u64 {
    let input = (health(source), source.word(40), incentive_terms(source));
    u64::from(time(&input, |(health, slots, terms)| incentive(health, *slots, terms)).q16())
}

fn cap(source: &mut Source) -> u64 {
    let input = (health(source), source.weight(1 << 13));
    time(&input, |(health, max)| close_cap(health, *max))
}

/// Bounds of a step.
pub(crate) fn bounds(source: &mut Source) -> Bounds {
    Bounds {
        debt: source.word(53),
        collateral: source.word(53),
        offered: source.word(64),
        call_cap: source.word(50),
        close_cap: source.word(58),
    }
}

fn step(source: &mut Source) -> u64 {
    let health = health(source);
    let goal = target(&health, &trestle_risk_math::defaults::GROUP);
    let slope = source.word(18).cast_signed();
    let input = (health.liqend, goal, slope, source.weight(1 << 13), bounds(source));
    time(&input, |(liqend, goal, slope, rate, bounds)| {
        step_value(*liqend, *goal, *slope, *rate, bounds)
    })
    .unwrap_or(u64::MAX)
}
