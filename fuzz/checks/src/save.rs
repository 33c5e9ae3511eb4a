//! Save's accounts: what is read from any bytes, against a second read by offsets.

use arbitrary::{Result, Unstructured};
use num_bigint::BigInt;
use trestle_reference::bits::{ceil_div, int};
use trestle_reference::generate::sized;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::plan::Call;
use trestle_venue_adapters::save::market::Market;
use trestle_venue_adapters::save::obligation::Obligation;
use trestle_venue_adapters::save::reserve::Reserve;
use trestle_venue_adapters::save::verify::{self, Snapshot, Tokens};
use trestle_venue_adapters::save::{Action, SaveError, admit, freshness, plan, report};

const MARKET: (usize, [u8; 32]) = (290, [8; 32]);
const RESERVE: (usize, [u8; 32]) = (619, [7; 32]);
const OBLIGATION: (usize, [u8; 32]) = (1300, [9; 32]);
const WAD: u128 = 1_000_000_000_000_000_000;
const ACTIONS: [Action; 4] = [Action::Supply, Action::Redeem, Action::Borrow, Action::Repay];

/// Save's accounts over any bytes:
///
/// - a market, a reserve, an obligation is read exactly when its length,
///   version and counts say so; then its fields and positions equal the second
///   read by offsets;
/// - a report is a value or an error, its rooms within what is free;
/// - what is fresh was refreshed now; what is admitted meets each condition;
/// - what an action is said to have moved is what moved, and nothing else did.
pub fn bytes_save(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let now = Now { slot: 1_000_u64.saturating_add(sized(u, u64::MAX)?), unix: 0 };
    let market = changed(u, plain(MARKET.0))?;
    let reserve = changed(u, reserve())?;
    let before = changed(u, obligation())?;
    let after = changed(u, before.clone())?;
    let market_read = Market::new(&market);
    assert_eq!(market_read.as_ref().err().copied(), refusal(&market, MARKET.0));
    let reserve_read = Reserve::new(&reserve);
    assert_eq!(reserve_read.as_ref().err().copied(), refusal(&reserve, RESERVE.0));
    let before_read = read_obligation(&before);
    if let (Ok(market), Ok(reserve_read)) = (&market_read, &reserve_read) {
        of_reserve(reserve_read, &reserve, market, now);
        if let Some(before) = &before_read {
            fresh(before, reserve_read, now);
        }
    }
    if let Some((before, after)) = before_read.zip(read_obligation(&after)) {
        outcome(u, &before, &after)?;
    }
    Ok(())
}

fn plain(len: usize) -> Vec<u8> {
    let mut data = vec![0; len];
    data[0] = 1;
    data
}

/// A reserve of six decimals, some of it lent, that takes ten per cent.
fn reserve() -> Vec<u8> {
    let mut data = plain(RESERVE.0);
    put(&mut data, 1, &1_000_u64.to_le_bytes());
    put(&mut data, 10, &MARKET.1);
    put(&mut data, 171, &3_000_000_u64.to_le_bytes());
    put(&mut data, 179, &(WAD * 5_000_000).to_le_bytes());
    put(&mut data, 195, &(WAD * 5 / 4).to_le_bytes());
    put(&mut data, 211, &(WAD * 3).to_le_bytes());
    put(&mut data, 259, &7_000_000_u64.to_le_bytes());
    (data[299], data[300], data[302], data[304], data[305]) = (80, 70, 75, 8, 100);
    put(&mut data, 323, &[u8::MAX; 16]);
    data[372] = 10;
    put(&mut data, 453, &(WAD * 3).to_le_bytes());
    data
}

/// Two deposits and two debts.
fn obligation() -> Vec<u8> {
    let mut data = plain(OBLIGATION.0);
    put(&mut data, 1, &1_000_u64.to_le_bytes());
    put(&mut data, 10, &MARKET.1);
    put(&mut data, 42, &OBLIGATION.1);
    (data[202], data[203]) = (2, 2);
    for (i, key) in [RESERVE.1, MARKET.1].iter().enumerate() {
        put(&mut data, 204 + 88 * i, key);
        put(&mut data, 236 + 88 * i, &400_000_u64.to_le_bytes());
        put(&mut data, 380 + 112 * i, key);
        put(&mut data, 412 + 112 * i, &WAD.to_le_bytes());
        put(&mut data, 428 + 112 * i, &(WAD * 90_000).to_le_bytes());
    }
    data
}

fn put(data: &mut [u8], at: usize, bytes: &[u8]) {
    for (place, byte) in data.iter_mut().skip(at).zip(bytes) {
        *place = *byte;
    }
}

/// The account with up to eight places written over; now and then cut or longer.
fn changed(u: &mut Unstructured<'_>, mut data: Vec<u8>) -> Result<Vec<u8>> {
    for _ in 0..u.int_in_range(0..=8_u8)? {
        // counts, positions and the fields before them more often than the rest
        let at = match u.int_in_range(0..=3_u8)? {
            0 => *u.choose(&[202, 203, 236, 428, 324, 540])?,
            1 => *u.choose(&[1, 9, 171, 179, 195, 259, 299, 372, 389, 397, 421, 445])?,
            _ => u.choose_index(data.len())?,
        };
        let bytes = match u.int_in_range(0..=3_u8)? {
            0 => vec![u.int_in_range(0..=5_u8)?],
            1 => sized(u, u64::MAX)?.to_le_bytes().to_vec(),
            2 => RESERVE.1.to_vec(),
            _ => u.bytes(u.len().min(16))?.to_vec(),
        };
        put(&mut data, at, &bytes);
    }
    match u.int_in_range(0..=23_u8)? {
        0 => data.truncate(u.choose_index(data.len())?),
        1 => data.push(0),
        _ => {}
    }
    Ok(data)
}

/// Why an account is not read, counts aside.
fn refusal(data: &[u8], len: usize) -> Option<SaveError> {
    if data.len() != len {
        Some(SaveError::Length)
    } else if data[0] != 1 {
        Some(SaveError::Version)
    } else {
        None
    }
}

/// A number of up to 16 bytes.
fn number(data: &[u8], at: usize, len: usize) -> u128 {
    data[at..at + len].iter().rev().fold(0, |value, byte| value << 8 | u128::from(*byte))
}

fn of_reserve(read: &Reserve<'_>, data: &[u8], market: &Market<'_>, now: Now) {
    let numbers = [
        (u128::from(read.slot()), 1, 8),
        (u128::from(read.decimals()), 74, 1),
        (u128::from(read.available()), 171, 8),
        (read.borrowed_wads(), 179, 16),
        (u128::from(read.ctoken_supply()), 259, 8),
        (u128::from(read.ltv_pct()), 300, 1),
        (u128::from(read.threshold_pct()), 302, 1),
        (u128::from(read.borrow_fee_wads()), 306, 8),
        (u128::from(read.deposit_limit()), 323, 8),
        (u128::from(read.borrow_limit()), 331, 8),
        (u128::from(read.take_pct()), 372, 1),
        (read.fees_wads(), 373, 16),
        (u128::from(read.added_weight_bps()), 445, 8),
        (read.attributed_wads(), 538, 16),
    ];
    for (found, at, len) in numbers {
        assert_eq!(found, number(data, at, len), "at {at}");
    }
    let keys = [
        (read.market(), 10),
        (read.mint(), 42),
        (read.vault(), 75),
        (read.oracles().pyth, 107),
        (read.oracles().switchboard, 139),
        (read.ctoken_mint(), 227),
        (read.ctoken_vault(), 267),
        (read.fee_vault(), 339),
    ];
    for (found, at) in keys {
        assert_eq!(found[..], data[at..at + 32], "at {at}");
    }
    let stored = number(data, 195, 16);
    assert_eq!(read.cumulative_wads().ok(), Some(stored).filter(|rate| *rate >= WAD));
    if let Ok(found) = report::reserve(read, market, now) {
        assert!(
            found.free_liquidity == read.available() && found.redeem_room <= found.free_liquidity
        );
        assert!(found.borrow_room <= found.redeem_room && found.borrow_room <= read.borrow_limit());
        assert!(found.debt_index.q64() >= stored.saturating_mul(18));
    }
    for exit in [Action::Redeem, Action::Repay] {
        assert_eq!(admit::new_risk(exit, read), Ok(()), "nothing closes the exit");
    }
    if admit::new_risk(Action::Borrow, read).is_ok() {
        assert!(read.borrow_limit() != 0 && data[469] == 0 && read.added_weight_bps() <= 10_000);
    }
}

/// Read exactly when length, version and counts say so; positions by offsets.
fn read_obligation(data: &[u8]) -> Option<Obligation<'_>> {
    let read = Obligation::new(data);
    let counts = |at: usize| data.get(at).copied().map_or(0, usize::from);
    let (deposits, borrows) = (counts(202), counts(203));
    // ten debts without a deposit are within the count, and beyond the account
    let over = deposits + borrows > 10 || 204 + 88 * deposits + 112 * borrows > OBLIGATION.0;
    let expected = refusal(data, OBLIGATION.0).or(over.then_some(SaveError::Numbers));
    assert_eq!(read.as_ref().err().copied(), expected);
    let read = read.ok()?;
    assert_eq!(
        (read.market()[..].as_ref(), read.owner()[..].as_ref()),
        (&data[10..42], &data[42..74])
    );
    assert_eq!((read.deposits().count(), read.borrows().count()), (deposits, borrows));
    for (i, found) in read.deposits().enumerate() {
        let at = 204 + 88 * i;
        assert_eq!(found.reserve[..], data[at..at + 32]);
        assert_eq!(u128::from(found.ctokens), number(data, at + 32, 8));
    }
    for (i, found) in read.borrows().enumerate() {
        let at = 204 + 88 * deposits + 112 * i;
        assert_eq!(found.reserve[..], data[at..at + 32]);
        let (rate, wads) = (number(data, at + 32, 16), number(data, at + 48, 16));
        assert_eq!(found.units().ok().map(int), units(wads, rate));
    }
    let parties = plan::Parties {
        owner: &OBLIGATION.1,
        obligation: &OBLIGATION.1,
        market: &MARKET.1,
        market_authority: &MARKET.1,
    };
    let mut call = Call::default();
    plan::refresh_obligation(&mut call, &parties, &read).expect("ten reserves fit");
    let named = call.metas().iter().skip(1).map(|meta| &meta.key);
    assert!(named.eq(read.reserves()));
    Some(read)
}

/// Units of a debt, rounded up; none for a rate below 1.0 or from 2^128.
fn units(wads: u128, rate: u128) -> Option<BigInt> {
    let units = (rate >= WAD).then(|| ceil_div(&(int(wads) << 64_u32), &int(rate)))?;
    Some(units).filter(|units| units.bits() <= 128)
}

/// Fresh is what was refreshed in this slot and not touched since.
fn fresh(obligation: &Obligation<'_>, reserve: &Reserve<'_>, now: Now) {
    for slot in [now.slot, reserve.slot(), obligation.slot()] {
        for action in ACTIONS {
            let asks = match action {
                Action::Supply | Action::Repay => false,
                Action::Redeem => obligation.borrows().count() != 0,
                Action::Borrow => true,
            };
            let reserve_is = !reserve.is_stale() && reserve.slot() == slot;
            let obligation_is = !obligation.is_stale() && obligation.slot() == slot;
            let expected = match (asks, reserve_is, obligation_is) {
                (true, false, _) => Err(SaveError::ReserveStale),
                (true, true, false) => Err(SaveError::ObligationStale),
                _ => Ok(()),
            };
            assert_eq!(freshness::check(action, obligation, reserve, slot), expected);
        }
    }
}

/// What is said to have moved has moved: by the first position of the reserve
/// on the action's side, and by the tokens.
fn outcome(
    u: &mut Unstructured<'_>,
    before: &Obligation<'_>,
    after: &Obligation<'_>,
) -> Result<()> {
    let tokens = Tokens { before: sized(u, u64::MAX)?, after: sized(u, u64::MAX)? };
    let asked = u.arbitrary()?;
    let mut snapshot = Snapshot::EMPTY;
    if snapshot.take(before).is_err() {
        return Ok(());
    }
    for action in ACTIONS {
        let Ok(delta) = verify::action(action, &snapshot, after, &RESERVE.1, tokens, asked) else {
            continue;
        };
        assert_eq!((before.owner(), before.market()), (after.owner(), after.market()));
        assert_eq!(delta.tokens, tokens.before.abs_diff(tokens.after));
        let deposits = |o: &Obligation<'_>| u128::from(o.deposit_units(&RESERVE.1));
        let debts = |o: &Obligation<'_>| o.debt_units(&RESERVE.1).expect("it was measured");
        let (was, is) = match action {
            Action::Supply | Action::Redeem => (deposits(before), deposits(after)),
            Action::Borrow | Action::Repay => (debts(before), debts(after)),
        };
        assert_eq!((delta.units, delta.units_after), (was.abs_diff(is), is));
        assert_eq!(is > was, matches!(action, Action::Supply | Action::Borrow));
        assert_eq!(tokens.after > tokens.before, matches!(action, Action::Redeem | Action::Borrow));
        for held in before.deposits().filter(|d| *d.reserve != RESERVE.1) {
            assert_eq!(after.deposit_units(held.reserve), before.deposit_units(held.reserve));
        }
    }
    Ok(())
}
