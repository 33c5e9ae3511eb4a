//! What klend sees in an obligation, against sums of big integers.

use super::accounts::RESERVE;
use arbitrary::{Result, Unstructured};
use trestle_reference::bits::{
    Int, ceil_div, index as units, int, price as value, share_down, two_to,
};
use trestle_reference::generate;
use trestle_risk_math::num::ONE;
use trestle_risk_math::price::Price;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::stress::{Row, obligation as stress, terms};

/// Sums over an obligation whose one known reserve is [`RESERVE`].
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn check(
    u: &mut Unstructured<'_>,
    obligation: &Obligation<'_>,
    market: &Market<'_>,
    reserve: &Reserve<'_>,
    now: Now,
) -> Result<()> {
    let Ok(terms) = terms(reserve, market, obligation.group()) else { return Ok(()) };
    let row = Row {
        terms,
        deposit_index: generate::index(u)?,
        debt_index: generate::index(u)?,
        board_price: price(u)?,
        venue_price: if u.arbitrary()? { Some(price(u)?) } else { None },
        maturity: reserve.maturity(),
        term: reserve.term(),
        deleveraging: market.deleverages() && reserve.deleverages(),
    };
    let known = |key: &[u8; 32]| (*key == RESERVE).then_some(row);
    let Ok(code) = stress(obligation, market, now, known) else { return Ok(()) };
    let prices = || [Some(row.board_price), row.venue_price].into_iter().flatten();
    let (mut collateral, mut allowed, mut limit) = (int(0), int(0), int(0));
    for deposit in obligation.deposits().filter(|d| *d.reserve == RESERVE) {
        let tokens = units::tokens_floor(row.deposit_index, deposit.ctokens).expect("it was read");
        let worth = prices().map(|p| value::counted_value(p, &tokens.into())).min();
        let worth = worth.expect("the board has a price");
        allowed += share_down(&int(row.terms.ltv.q16()), &worth);
        limit += share_down(&int(row.terms.threshold.q16()), &worth);
        collateral += worth;
    }
    let (mut debt, mut adjusted, mut unknown) = (int(0), int(0), false);
    for borrow in obligation.borrows() {
        if *borrow.reserve != RESERVE {
            unknown = true;
            continue;
        }
        let owed = units::owed_ceil(row.debt_index, borrow.units().expect("it was read"));
        let owed: Int = owed.expect("it was read").into();
        let worth = prices().map(|p| value::debt_value(p, &owed).expect("it was read")).max();
        let worth = worth.expect("the board has a price");
        adjusted += ceil_div(&(&worth * row.terms.borrow_factor), &two_to(16));
        debt += worth;
    }
    let sums = [code.collateral, code.allowed, code.limit, code.debt, code.adjusted];
    assert_eq!(sums.map(int), [collateral, allowed, limit, debt, adjusted]);
    assert_eq!(code.unknown_debt, unknown);
    assert!(!obligation.is_marked() || code.forced);
    let (limit, adjusted) = (int(code.limit), int(code.adjusted));
    let ratio = int(code.ratio().q16());
    assert!(&ratio * limit >= adjusted << 16_u32 || ratio == int(2 * ONE));
    assert!(!(code.forced || unknown) || ratio >= int(ONE));
    Ok(())
}

fn price(u: &mut Unstructured<'_>) -> Result<Price> {
    let mantissa = u.int_in_range(1_u32 << 31..=u32::MAX)?;
    Ok(Price::new(mantissa, u.int_in_range(10..=60)?).expect("normalised, within the range"))
}
