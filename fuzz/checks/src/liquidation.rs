//! Liquidation: slope, step, and what a step leaves behind.

use arbitrary::{Result, Unstructured};
use num_traits::Zero;
use trestle_reference::bits::liquidation as model;
use trestle_reference::exact::liquidation::{liqend, moved, must_rise, rounded, slopes};
use trestle_reference::exact::{self, Rational, dyadic, fraction, whole};
use trestle_reference::generate::{self, leg_amount, number, sized, weight};
use trestle_reference::world::{Portfolio, World, plain};
use trestle_risk_math::MathError;
use trestle_risk_math::liquidation::{
    Bounds, DUST_VALUE, IncentiveTerms, close_cap, deficit_incentive, equity_cap, incentive,
    is_bankrupt, step_value, subsidy, target,
};
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::{
    AccountSum, Book, Health, Leg, MAX_PULLS, Pull, Side, UNIT_RATE, assess, relief, slope,
};
use trestle_risk_math::price::{MAX_LEG_VALUE, Price};

/// Largest slope of a step, and one for the requirement's own rounding, micro-USD.
const LAST_UNIT: u32 = 8 + 1;

/// The slope of liquidation-end health along one to eight pulls: never below
/// the exact one-sided derivative (a smaller slope would overshoot), never
/// above the other side's by more than its own rounding. More pulls than
/// [`MAX_PULLS`], or one of more than 2.0, are refused.
pub fn slope_diff(bytes: &[u8]) {
    let _ = run_slope(&mut Unstructured::new(bytes));
}

/// A liquidation step:
///
/// - incentive, subsidy, caps, target and step equal the bit-exact model;
/// - no repayment takes more off the charge for stress than its bound says;
/// - along the step, exact liquidation-end health stays at or below the target;
/// - so does exact health of the amounts after the step, but for two native
///   units of each side and twice the width of a price, 2^-31 of the step,
///   unless the collateral exceeds what a leg counts; and equity falls by no
///   more than the incentive, within the same tolerance;
/// - under C7, without netting, maintenance health rises.
pub fn liq_plan_diff(bytes: &[u8]) {
    let _ = run_plan(&mut Unstructured::new(bytes));
}

/// An account without decay: a slope is of value, and what fades has two.
fn account(u: &mut Unstructured<'_>) -> Result<(World, Portfolio)> {
    let mut world = generate::world(u)?;
    for class in &mut world.classes {
        (class.keep, class.frozen) = (Weight::ONE, false);
    }
    for asset in &mut world.assets {
        asset.keep = Weight::ONE;
    }
    let mut legs = generate::portfolio(u, &world)?;
    for (leg, details) in &mut legs.0 {
        details.keep = Weight::ONE;
        // legs without orders and maturities; plain ones most of the time
        leg.special &= details.maturity_days == 0 && details.bids | details.asks == 0;
    }
    Ok((world, legs))
}

/// A leg of a side that can be pulled at, its holding's illiquid part aside.
fn pick(u: &mut Unstructured<'_>, world: &World, legs: &Portfolio, side: Side) -> Result<usize> {
    let fits = |(_, (leg, _)): &(usize, &(Leg, _))| {
        leg.side == side && leg.amount > 0 && !world.assets[usize::from(leg.asset)].isolated
    };
    let all: Vec<usize> = legs.0.iter().enumerate().filter(fits).map(|(i, _)| i).collect();
    Ok(all[u.choose_index(all.len())?])
}

fn pull(legs: &Portfolio, index: usize, rate: i32) -> Pull {
    let (leg, _) = legs.0[index];
    let stuck = |(other, _): &(Leg, _)| {
        let same = other.asset == leg.asset && other.class == leg.class;
        same && other.side == Side::Asset && other.liquid < other.amount
    };
    let illiquid = rate < 0 && legs.0.iter().any(stuck);
    Pull { asset: leg.asset, class: leg.class, rate, illiquid }
}

fn run_slope(u: &mut Unstructured<'_>) -> Result<()> {
    let (world, legs) = account(u)?;
    let mut pulls = Vec::new();
    let most = if u.ratio(1, 4)? { MAX_PULLS + 1 } else { 4 };
    for _ in 0..u.int_in_range(1..=most)? {
        let size = number(u, u64::from(2 * ONE + 1))? as i32;
        let (side, rate) = if u.arbitrary()? { (Side::Debt, size) } else { (Side::Asset, -size) };
        pulls.push(pull(&legs, pick(u, &world, &legs, side)?, rate));
    }
    let mut book = Book::new();
    if assess(&world, &legs, &mut book, &mut ()).is_err() {
        return Ok(());
    }
    let too_steep = pulls.iter().any(|p| p.rate.unsigned_abs() > 2 * ONE);
    if pulls.len() > MAX_PULLS || too_steep {
        assert_eq!(slope(&world, &legs, &book, &pulls), Err(MathError::Range));
    } else {
        bounded_slope(&world, &legs, &book, &pulls);
    }
    Ok(())
}

/// The engine's slope, checked against both exact ones.
fn bounded_slope(world: &World, legs: &Portfolio, book: &Book, pulls: &[Pull]) -> i64 {
    let code = slope(world, legs, book, pulls).expect("the account was assessed");
    let account = rounded(world, legs).expect("the account was assessed");
    // a side worth nothing has no value to pull at
    let pulled = |p: &Pull| {
        let mut holdings = account.holdings.iter();
        let holding = holdings.find(|h| h.asset == p.asset && h.class == p.class);
        holding.is_some_and(|h| {
            let side = if p.rate < 0 { &h.owned } else { &h.owed };
            let stuck = if p.illiquid { !h.illiquid.is_zero() } else { true };
            !side.is_zero() && stuck
        })
    };
    if !pulls.iter().all(pulled) {
        return code;
    }
    let (right, left) = slopes(world, &account, pulls);
    let code_is = dyadic(code, 16);
    assert!(code_is >= right, "slope {code_is} is below the exact {right}");
    // one for the ceiling, and the halves that are dropped in Q32
    let allowed = dyadic(1, 16) + dyadic(8, 32);
    assert!(code_is <= &left + allowed, "slope {code_is} is above the exact {left}");
    code
}

fn run_plan(u: &mut Unstructured<'_>) -> Result<()> {
    figures(u)?;
    let (mut world, mut legs) = account(u)?;
    relieved(u, &world)?;
    let simple = u.ratio(1, 3)?;
    if simple {
        // C7 speaks of additive charges on two assets that net with nothing
        world.group.lambda = Pair::both(Weight::ONE);
        let (debt, collateral) =
            (u.choose_index(world.assets.len())?, u.choose_index(world.assets.len())?);
        let (a, b) = (world.assets[collateral], world.assets[debt]);
        if a.factor == b.factor || a.source == b.source || a.isolated || b.isolated {
            return Ok(());
        }
        let worth = (leg_amount(u, &a)?, leg_amount(u, &b)?);
        legs = Portfolio::sorted(vec![
            plain(collateral as u8, 0, Side::Asset, worth.0),
            plain(debt as u8, 0, Side::Debt, worth.1),
        ]);
    }
    for (_, details) in &mut legs.0 {
        details.account = trestle_risk_math::portfolio::NO_ACCOUNT; // its charge has no closed form
    }
    let debt = pick(u, &world, &legs, Side::Debt)?;
    let collateral = pick(u, &world, &legs, Side::Asset)?;
    let mut book = Book::new();
    let Ok(health) = assess(&world, &legs, &mut book, &mut ()) else { return Ok(()) };
    let case = Case { world, legs, health, book, debt, collateral, simple };
    case.check(u)
}

/// Figures that depend on sums alone, at any sums.
fn figures(u: &mut Unstructured<'_>) -> Result<()> {
    let signed = |u: &mut Unstructured<'_>| -> Result<i64> {
        let size = sized(u, 1 << 59)? as i64;
        Ok(if u.arbitrary()? { size } else { -size })
    };
    let health = Health {
        equity: signed(u)?,
        uncredited: sized(u, 1 << 59)? as i64,
        debts: sized(u, 1 << 59)? as i64,
        maint: signed(u)?,
        ..Health::default()
    };
    let max = weight(u, 2 * ONE)?;
    let terms = incentive_terms(u, max)?;
    let slots = sized(u, u64::MAX)?;
    let code = incentive(&health, slots, &terms);
    assert_eq!(code, model::incentive(&health, slots, &terms));
    assert_eq!(equity_cap(&health), model::equity_cap(&health));
    assert_eq!(close_cap(&health, terms.max), model::close_cap(&health, terms.max));
    assert_eq!(is_bankrupt(&health, DUST_VALUE), model::is_bankrupt(&health));
    let paid = subsidy(&health, code, &terms);
    assert_eq!(paid, model::subsidy(&health, code, &terms));
    let other = weight(u, 2 * ONE)?;
    assert_eq!(subsidy(&health, other, &terms), model::subsidy(&health, other, &terms));
    let deficit = deficit_incentive(&health, &terms);
    // with what the account bears, no more than the liquidator is owed
    assert!(paid == Weight::ZERO || paid.q16() + deficit.from_account.q16() <= deficit.rate.q16());
    assert!(deficit.from_account <= deficit.rate && deficit.rate <= terms.max);
    if health.debts > 0 && health.equity > 0 {
        // never more than equity: no step makes an insolvent account of a solvent one
        for rate in [code, deficit.from_account] {
            assert!(fraction(rate) * whole(health.debts) <= whole(health.equity));
        }
    } else {
        assert_eq!(code, Weight::ZERO);
    }
    Ok(())
}

/// No repayment takes more off the charge for a venue's stress than relief
/// says, in exact numbers, if all that is adjusted were of the debt repaid.
fn relieved(u: &mut Unstructured<'_>, world: &World) -> Result<()> {
    let class = world.classes[u.choose_index(world.classes.len())?];
    let floor = world.group.stress_floor.init;
    let debt = sized(u, 1 << 53)?.max(1);
    let (owed, adjusted) = (number(u, debt)?.max(1), sized(u, 1 << 55)?);
    let limit = if u.arbitrary()? { adjusted } else { sized(u, 1 << 55)? }.max(1);
    let repaid = number(u, owed)?;
    let account = AccountSum { debt, adjusted, limit, ..AccountSum::EMPTY };
    let most = relief(&account, &class, &world.group, owed);
    let charge = |debt: Rational, adjusted: Rational| {
        let above = adjusted / whole(limit) - fraction(floor);
        let width = fraction(Weight::ONE) - fraction(floor);
        let ramp = if above <= whole(0) {
            whole(0)
        } else if above >= width {
            whole(1)
        } else {
            above / width
        };
        fraction(class.penalty) * debt * ramp
    };
    let left = whole(owed - repaid) / whole(owed);
    let fallen =
        charge(whole(debt), whole(adjusted)) - charge(whole(debt - repaid), whole(adjusted) * left);
    // beyond 64 bits there is no larger bound to say
    let said = most == i64::MAX || fallen <= dyadic(most, 16) * whole(repaid);
    assert!(said, "{fallen} falls, {most} a unit is said");
    Ok(())
}

fn incentive_terms(u: &mut Unstructured<'_>, max: Weight) -> Result<IncentiveTerms> {
    Ok(IncentiveTerms {
        start: weight(u, 2 * ONE)?,
        max,
        per_shortfall: weight(u, 2 * ONE)?,
        ramp_slots: sized(u, u64::from(u32::MAX))? as u32,
        insurance_share: weight(u, ONE)?,
    })
}

struct Case {
    world: World,
    legs: Portfolio,
    health: Health,
    book: Book,
    debt: usize,
    collateral: usize,
    /// Two legs that net with nothing.
    simple: bool,
}

impl Case {
    fn price(&self, leg: usize) -> Price {
        self.world.assets[usize::from(self.legs.0[leg].0.asset)].price
    }

    fn check(&self, u: &mut Unstructured<'_>) -> Result<()> {
        let collateral = &self.world.assets[usize::from(self.legs.0[self.collateral].0.asset)];
        // C7: at most half the shock
        let down = self.world.factors[usize::from(collateral.factor)].down.maint;
        let max = weight(u, down.q16() / 2)?;
        let terms = incentive_terms(u, max)?;
        let rate = incentive(&self.health, sized(u, 1 << 32)?, &terms);
        let goal = target(&self.health, &self.world.group);
        assert_eq!(goal, model::target(&self.health, &self.world.group));
        let seized = -(UNIT_RATE + rate.q16() as i32);
        let pulls =
            [pull(&self.legs, self.debt, UNIT_RATE), pull(&self.legs, self.collateral, seized)];
        let slope = bounded_slope(&self.world, &self.legs, &self.book, &pulls);
        let (owed, held) = (self.legs.0[self.debt].0.amount, self.legs.0[self.collateral].0.amount);
        let offered = if u.arbitrary()? { owed } else { number(u, owed)? };
        let value = |leg: usize, amount: u64| self.price(leg).debt_value(amount);
        let bounds = Bounds {
            debt: value(self.debt, owed).expect("the account was assessed"),
            collateral: self.price(self.collateral).asset_value(held).unwrap_or(MAX_LEG_VALUE),
            offered: value(self.debt, offered).expect("less than is owed"),
            call_cap: sized(u, 1 << 53)?,
            close_cap: close_cap(&self.health, terms.max),
        };
        let code = step_value(self.health.liqend, goal, slope, rate, &bounds);
        let wanted = model::wanted(self.health.liqend, goal, slope);
        assert_eq!(code, wanted.as_ref().map(|w| model::step(w, rate, &bounds)));
        let (Some(step), Some(wanted)) = (code, wanted) else { return Ok(()) };
        assert!(step <= bounds.debt && step <= bounds.offered && step <= bounds.call_cap);
        assert!((whole(step) * (whole(1) + fraction(rate))) <= whole(bounds.collateral));
        if num_bigint::BigInt::from(step) <= wanted {
            self.stays_below(&pulls, step, goal);
        }
        self.after(step, rate, goal, offered, &bounds);
        Ok(())
    }

    /// The collateral is worth more than a leg counts: taking of it costs
    /// nothing until it counts in full, so health may rise beyond the target.
    fn is_beyond_the_bound(&self) -> bool {
        let (seized, _) = self.legs.0[self.collateral];
        let same = |(leg, _): &&(Leg, _)| {
            (leg.asset, leg.class, leg.side) == (seized.asset, seized.class, Side::Asset)
        };
        let held: u128 =
            self.legs.0.iter().filter(same).map(|(leg, _)| u128::from(leg.amount)).sum();
        u64::try_from(held)
            .map_or(true, |held| self.price(self.collateral).asset_value(held).is_err())
    }

    /// Health along the straight step, at its end and on the way.
    fn stays_below(&self, pulls: &[Pull], step: u64, goal: i64) {
        let account = rounded(&self.world, &self.legs).expect("the account was assessed");
        for part in [4_u8, 2, 1] {
            let x = whole(step) / whole(part);
            let health = liqend(&self.world, &moved(&account, pulls, &x));
            assert!(health <= whole(goal) + whole(LAST_UNIT), "{x} overshoots {goal}: {health}");
        }
    }

    /// The same in native units, as the program takes them.
    fn after(&self, step: u64, rate: Weight, goal: i64, offered: u64, bounds: &Bounds) {
        let (owed, held) = (self.legs.0[self.debt].0.amount, self.legs.0[self.collateral].0.amount);
        let (debt_price, price) = (self.price(self.debt), self.price(self.collateral));
        let closes = step >= bounds.debt && offered >= owed;
        let bought = debt_price.amount_floor(step).unwrap_or(u64::MAX);
        let repay = if closes { owed } else { bought.min(offered) };
        let repaid = debt_price.asset_value(repay).expect("less than is owed");
        let bonus = rate.of_floor(repaid);
        let seize = price.amount_floor(repaid + bonus).unwrap_or(u64::MAX).min(held);
        if repay == 0 || seize == 0 {
            return;
        }
        let mut legs = self.legs.clone();
        legs.0[self.debt].0.amount -= repay;
        let taken = &mut legs.0[self.collateral].0;
        taken.amount -= seize;
        let after =
            assess(&self.world, &legs, &mut Book::new(), &mut ()).expect("it was, with more");
        let units = |p: Price| p.debt_value(2).map_or(u64::MAX >> 2, |v| v + 2);
        // native units of both sides, and repaid and seized are each valued at one end
        // of a price and bought at the other
        let widths = ((repaid + bonus) >> 30) + u64::from(LAST_UNIT);
        let rounding = units(debt_price).saturating_add(units(price)).saturating_add(widths);
        let exact = exact::health::health(&self.world, &legs);
        let fell = i128::from(self.health.equity) - i128::from(after.equity);
        assert!(fell <= i128::from(bonus) + i128::from(rounding), "equity fell by {fell}");
        if !closes && !self.is_beyond_the_bound() {
            let ceiling = i128::from(goal) + i128::from(rounding);
            assert!(i128::from(after.liqend) <= ceiling, "{} is beyond {ceiling}", after.liqend);
            let slack = exact::slack::slack(&self.world, &legs);
            assert!(exact.liqend <= whole(ceiling) + slack.below, "exactly beyond {ceiling}");
        }
        if self.simple {
            let terms = &self.world.assets[usize::from(self.legs.0[self.collateral].0.asset)];
            let down = fraction(self.world.factors[usize::from(terms.factor)].down.maint);
            let charged = down + fraction(terms.basis.maint);
            let noise: Rational = whole(rounding) * whole(LAST_UNIT);
            if must_rise(&whole(repaid), &fraction(rate), &charged, &noise) {
                assert!(after.maint > self.health.maint, "maintenance health fell under C7");
            }
        }
    }
}
