//! Every reader over any bytes, against a second read by offsets.

use super::accounts::{self, Kind, MARKET, OWNER, RESERVE, changed};
use super::{outcome, stress};
use arbitrary::{Result, Unstructured};
use trestle_reference::bits::{ceil_div, int, two_to};
use trestle_reference::generate::sized;
use trestle_reference::kamino as model;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::{RateBasis, Reserve};
use trestle_venue_adapters::kamino::{
    Action, KaminoError, admit, freshness, ids, plan, report, stress as terms,
};
use trestle_venue_adapters::plan::Call;

/// klend's accounts over any bytes:
///
/// - a market, a reserve, an obligation is read exactly when its length,
///   discriminator and version say so; then every field, slot, group, curve
///   point, limiter and oracle equals the second read by offsets;
/// - a report, the terms, the fee and the stress are a value or an error, and
///   the stress equals the bit-exact model;
/// - what is admitted meets each condition, what is fresh was refreshed now;
/// - what an action is said to have moved is what moved, and nothing else did.
pub fn bytes_kamino(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let now = Now {
        slot: accounts::REFRESHED.0.saturating_add(sized(u, u64::MAX)?),
        unix: if u.arbitrary()? {
            1_700_000_000 + i64::from(u.arbitrary::<u16>()?)
        } else {
            u.arbitrary()?
        },
    };
    let market = changed(u, accounts::market(), Kind::Market)?;
    let reserve = changed(u, accounts::reserve(), Kind::Reserve)?;
    let obligation = changed(u, accounts::obligation(), Kind::Obligation)?;
    kamino_accounts(&market, &reserve, &obligation, now);
    let after = changed(u, obligation.clone(), Kind::Obligation)?;
    outcome::check(u, &obligation, &after)?;
    if let (Ok(market), Ok(reserve), Ok(obligation)) =
        (Market::new(&market), Reserve::new(&reserve), Obligation::new(&obligation))
    {
        stress::check(u, &obligation, &market, &reserve, now)?;
    }
    Ok(())
}

/// Everything that is read of three accounts, whatever their bytes.
pub fn kamino_accounts(market: &[u8], reserve: &[u8], obligation: &[u8], now: Now) {
    let market_read = Market::new(market);
    verdict(&market_read, market, model::MARKET_LEN, ids::account::MARKET, true);
    let reserve_read = Reserve::new(reserve);
    verdict(&reserve_read, reserve, model::RESERVE_LEN, ids::account::RESERVE, true);
    let obligation_read = Obligation::new(obligation);
    verdict(&obligation_read, obligation, model::OBLIGATION_LEN, ids::account::OBLIGATION, false);
    if let Ok(read) = &market_read {
        of_market(read, &model::Market::read(market), market.len());
    }
    if let Ok(read) = &reserve_read {
        of_reserve(read, &model::Reserve::read(reserve), reserve.len(), now);
    }
    if let Ok(read) = &obligation_read {
        of_obligation(read, &model::Obligation::read(obligation), obligation.len());
    }
    let (Ok(market), Ok(reserve)) = (market_read, reserve_read) else { return };
    let report = report::reserve(&reserve, &market, now);
    if let Ok(report) = report {
        assert!(report.redeem_room <= report.free_liquidity);
        assert!(report.borrow_room <= report.free_liquidity);
        assert!(report.free_liquidity <= reserve.available());
    }
    admitted(&market, &reserve);
    if let Ok(obligation) = obligation_read {
        fresh(&obligation, &reserve, now);
    }
}

/// Read exactly when long enough and headed as it should be.
fn verdict<T>(
    read: &std::result::Result<T, KaminoError>,
    data: &[u8],
    len: usize,
    discriminator: [u8; 8],
    versioned: bool,
) {
    let expected = if data.len() < len {
        Some(KaminoError::Length)
    } else if data[..8] != discriminator {
        Some(KaminoError::Discriminator)
    } else if versioned && model::number(data, 8, 8) != 1 {
        Some(KaminoError::Version)
    } else {
        None
    };
    assert_eq!(read.as_ref().err(), expected.as_ref());
}

/// Getters against fields of the second read.
macro_rules! same {
    ($read:expr, $model:expr; numbers $($name:ident)+; flags $($flag:ident = $field:ident)*; keys $($key:ident)*) => {
        $(assert_eq!(u128::from($read.$name()), $model.$name, stringify!($name));)+
        $(assert_eq!($read.$flag(), $model.$field != 0, stringify!($flag));)*
        $(assert_eq!($read.$key(), &$model.$key, stringify!($key));)*
    };
}

fn of_market(read: &Market<'_>, model: &model::Market, len: usize) {
    assert_eq!(read.is_exact(), len == model::MARKET_LEN);
    same!(read, model;
        numbers referral_fee_bps close_factor_pct insolvency_ltv_pct full_liquidation_below
            max_liquidation permissioned;
        flags is_emergency = emergency deleverages = deleverages
            borrow_disabled = borrow_disabled executes_orders = executes_orders;
        keys);
    assert_eq!(read.bump().map(u128::from), Some(model.bump).filter(|bump| *bump < 256));
    assert_eq!(
        read.liquidates_due_debts(),
        model.liquidates_matured != 0 || model.liquidates_expired != 0
    );
    for id in [0, 1, 2, 31, 32, 33, 255_u8] {
        let at = (1..=32).contains(&id).then(|| 200 + 72 * (usize::from(id) - 1));
        let at = at.filter(|at| model.data[at + 2] == id);
        let group = read.group(id);
        assert_eq!(group.is_some(), at.is_some());
        let (Some(group), Some(at)) = (group, at) else { continue };
        let [ltv, threshold, new_loans, most] = [3, 4, 5, 6].map(|i| model.data[at + i]);
        assert_eq!((group.id, group.ltv_pct, group.threshold_pct), (id, ltv, threshold));
        assert_eq!((group.new_loans, group.max_collaterals), (new_loans != 0, most));
        assert_eq!(u128::from(group.max_bonus_bps), model::number(&model.data, at, 2));
        assert_eq!(*group.debt_reserve, model::key(&model.data, at + 8));
    }
}

fn of_reserve(read: &Reserve<'_>, model: &model::Reserve, len: usize, now: Now) {
    assert_eq!(read.is_exact(), len == model::RESERVE_LEN);
    same!(read, model;
        numbers slot price_status timestamp available price_time decimals deposit_limit_crossed
            borrow_limit_crossed status host_rate_bps early_repay_pct take_pct ltv_pct
            threshold_pct max_bonus_bps borrow_factor_pct deposit_limit borrow_limit
            max_price_age utilisation_limit_pct borrow_limit_outside maturity term permissioned
            borrowed_outside;
        flags is_stale = stale blocks_ctokens = blocks_ctokens is_emergency = emergency
            no_collateral_outside = no_collateral_outside deleverages = deleverages;
        keys market mint vault fee_vault token_program ctoken_mint ctoken_vault);
    assert_eq!((read.borrowed_sf(), read.price_sf()), (model.borrowed, model.price));
    assert_eq!(u128::from(read.ctoken_supply()), model.ctokens);
    assert_eq!(u128::from(read.queued_ctokens()), model.queued);
    assert_eq!(u128::from(read.origination_fee_sf()), model.origination_fee);
    let rate = Some(model.cumulative);
    let rate = rate.filter(|rate| *rate >= model::UNIT && model.cumulative_high == 0);
    assert_eq!(read.cumulative_sf().ok(), rate);
    assert_eq!(read.fees_sf().ok().map(int), Some(model.fees()).filter(|fees| fees.bits() <= 128));
    let basis = match model.rate_basis {
        0 => Ok(RateBasis::Slots),
        1 => Ok(RateBasis::Seconds),
        _ => Err(KaminoError::RateBasis),
    };
    assert_eq!(read.rate_basis(), basis);
    let points: Vec<_> = read.curve().map(|p| (p.utilisation, p.rate)).collect();
    assert_eq!(points, model.curve());
    let some = |key: &[u8; 32]| if *key == [0; 32] { None } else { Some(*key) };
    assert_eq!(read.collateral_farm().copied(), some(&model.farm_collateral));
    assert_eq!(read.debt_farm().copied(), some(&model.farm_debt));
    let oracles = read.oracles();
    assert_eq!(oracles.pyth.copied(), some(&model.pyth));
    assert_eq!(oracles.switchboard.copied(), some(&model.switchboard));
    assert_eq!(oracles.switchboard_twap.copied(), some(&model.switchboard_twap));
    assert_eq!(oracles.scope.copied(), some(&model.scope));
    for id in [0, 1, 2, 255_u8] {
        assert_eq!(read.is_in_group(id), id != 0 && model.data[5480..5500].contains(&id));
    }
    // the last second of each limiter's interval, and the one after
    let ends = [5416, 5448].map(|at| {
        let end = model::number(&model.data, at + 16, 8) + model::number(&model.data, at + 24, 8);
        i64::try_from(end).unwrap_or(i64::MAX)
    });
    let [first, second] = ends;
    let after = ends.map(|end| end.saturating_add(1));
    for unix in [now.unix, 0, i64::MAX, first, second, after[0], after[1]] {
        assert_eq!(read.redeem_cap_left(unix), model.cap_left(5416, unix));
        assert_eq!(read.borrow_cap_left(unix), model.cap_left(5448, unix));
    }
    for amount in [0, 1, now.slot, u64::MAX] {
        // nearest, at least one: what is charged is never less
        let product = int(amount) * model.origination_fee;
        let nearest = (&product + (two_to(60) >> 1_u32)) >> 60_u32;
        let least = if model.origination_fee == 0 { int(0) } else { nearest.max(int(1)) };
        if let Ok(fee) = report::origination_fee(read, amount) {
            assert!(int(fee) >= least && int(fee) <= least + 1);
        }
    }
}

fn of_obligation(read: &Obligation<'_>, model: &model::Obligation, len: usize) {
    assert_eq!(read.is_exact(), len == model::OBLIGATION_LEN);
    same!(read, model;
        numbers tag slot price_status group;
        flags is_stale = stale borrowing_disabled = borrowing_disabled
            is_changing_owner = ownership_transfer;
        keys market owner referrer);
    assert_eq!(read.is_marked(), model.deleverage_target_pct != 0 || model.margin_call != 0);
    assert_eq!(read.has_orders(), model.has_orders());
    let deposits: Vec<_> = read
        .deposit_slots()
        .map(|slot| slot.map(|d| model::Deposit { reserve: *d.reserve, ctokens: d.ctokens }))
        .collect();
    assert_eq!(deposits, model.deposits());
    let borrows = model.borrows();
    assert_eq!(read.borrow_slots().count(), borrows.len());
    for (slot, second) in read.borrow_slots().zip(&borrows) {
        assert_eq!(slot.is_some(), second.is_some());
        let (Some(slot), Some(second)) = (slot, second) else { continue };
        assert_eq!((slot.reserve, slot.borrowed_sf), (&second.reserve, second.borrowed));
        assert_eq!(slot.borrowed_at, second.borrowed_at);
        assert_eq!(slot.units().ok(), outcome::units(second));
    }
    let owes = borrows.iter().any(Option::is_some);
    assert_eq!(read.has_debt(), owes);
    assert_eq!(read.is_empty(), !owes && model.deposits().iter().all(Option::is_none));
    let first = model.deposits().into_iter().flatten().find(|d| d.reserve == RESERVE);
    assert_eq!(read.deposit_units(&RESERVE), first.map_or(0, |d| d.ctokens));
    let first = borrows.iter().flatten().find(|b| b.reserve == RESERVE);
    assert_eq!(read.debt_units(&RESERVE).ok(), first.map_or(Some(0), outcome::units));
    // a refresh names every reserve, in slot order
    let parties = plan::Parties {
        owner: &OWNER,
        obligation: &OWNER,
        market: &MARKET,
        market_authority: &MARKET,
    };
    let mut call = Call::default();
    plan::refresh_obligation(&mut call, &parties, read).expect("thirteen reserves fit");
    let named: Vec<_> = call.metas().iter().skip(2).map(|meta| meta.key).collect();
    let deposits = model.deposits().into_iter().flatten().map(|d| d.reserve);
    let debts = borrows.iter().flatten().map(|b| b.reserve);
    assert_eq!(named, deposits.chain(debts).collect::<Vec<_>>());
}

/// Admission against its conditions, each by its own field.
fn admitted(market: &Market<'_>, reserve: &Reserve<'_>) {
    let stopped = market.is_emergency() || reserve.is_emergency();
    let locked = |bit: u64| (reserve.permissioned() | market.permissioned()) & bit != 0;
    for group in [0, 1, 32, 255_u8] {
        let new_risk = |action| admit::new_risk(action, reserve, &RESERVE, market, group);
        for exit in [Action::Redeem, Action::Repay] {
            assert_eq!(new_risk(exit).is_ok(), !stopped, "nothing but a stop closes the exit");
        }
        let open = !stopped
            && reserve.status() == 0
            && !(market.deleverages() && reserve.deleverages())
            && (group == 0 || reserve.is_in_group(group) && market.group(group).is_some());
        if new_risk(Action::Supply).is_ok() {
            assert!(open && !locked(1) && !reserve.blocks_ctokens());
            assert!(group != 0 || !reserve.no_collateral_outside());
        }
        if new_risk(Action::Borrow).is_ok() {
            assert!(open && !locked(2) && !market.borrow_disabled());
            assert!(reserve.maturity() == 0 && reserve.term() == 0);
            assert!(reserve.borrow_factor_pct() <= 200);
        }
        if let Ok(terms) = terms::terms(reserve, market, group) {
            let (threshold, factor) = match market.group(group) {
                Some(terms) => (terms.threshold_pct, 100),
                None => (reserve.threshold_pct(), reserve.borrow_factor_pct().max(100)),
            };
            let exact = int(threshold.min(100)) << 16_u32;
            assert!(int(terms.threshold.q16()) * 100 <= exact);
            let exact = ceil_div(&(int(factor) << 16_u32), &int(100));
            assert_eq!(int(terms.borrow_factor), exact.min(int(u32::MAX)));
        }
    }
}

/// Fresh is what was refreshed in this slot and not touched since, its price checked.
fn fresh(obligation: &Obligation<'_>, reserve: &Reserve<'_>, now: Now) {
    for slot in [now.slot, reserve.slot(), obligation.slot()] {
        for action in [Action::Supply, Action::Redeem, Action::Borrow, Action::Repay] {
            let asks = match action {
                Action::Supply | Action::Repay => false,
                Action::Redeem => obligation.has_debt(),
                Action::Borrow => true,
            };
            let checked = |bits: u8| !asks || bits & 63 == 63;
            let reserve_is =
                !reserve.is_stale() && reserve.slot() == slot && checked(reserve.price_status());
            let obligation_is = !obligation.is_stale()
                && obligation.slot() == slot
                && checked(obligation.price_status());
            let expected = match (reserve_is, obligation_is) {
                (false, _) => Err(KaminoError::ReserveStale),
                (_, false) => Err(KaminoError::ObligationStale),
                _ => Ok(()),
            };
            assert_eq!(freshness::check(action, obligation, reserve, slot), expected);
        }
    }
}
