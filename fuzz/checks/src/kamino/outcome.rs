//! What an action did: a movement is accepted only when it is all that moved.

use super::accounts::RESERVE;
use arbitrary::{Result, Unstructured};
use trestle_reference::bits::{ceil_div, int};
use trestle_reference::generate::sized;
use trestle_reference::kamino as model;
use trestle_venue_adapters::kamino::obligation::{DRIFT, Obligation};
use trestle_venue_adapters::kamino::verify::{self, After, Snapshot, Tokens};
use trestle_venue_adapters::kamino::{Action, ids};

/// Units of a debt: `borrowed / rate` in Q64, rounded up; `None` for a rate
/// below 1.0 or beyond 128 bits.
pub fn units(borrow: &model::Borrow) -> Option<u128> {
    if borrow.cumulative < int(model::UNIT) || borrow.cumulative.bits() > 128 {
        return None;
    }
    u128::try_from(ceil_div(&(int(borrow.borrowed) << 64_u32), &borrow.cumulative)).ok()
}

/// An action between two states of an obligation.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn check(u: &mut Unstructured<'_>, before: &[u8], after: &[u8]) -> Result<()> {
    let action = *u.choose(&[Action::Supply, Action::Redeem, Action::Borrow, Action::Repay])?;
    let tokens = Tokens { before: sized(u, u64::MAX)?, after: sized(u, u64::MAX)? };
    let asked = if u.arbitrary()? { u64::MAX } else { sized(u, u64::MAX)? };
    let gone = u.ratio(1, 8)?;
    let Ok(first) = Obligation::new(before) else { return Ok(()) };
    let mut snapshot = Snapshot::EMPTY;
    let taken = snapshot.take(&first);
    let was = model::Obligation::read(before);
    let readable = was.borrows().iter().flatten().all(|borrow| units(borrow).is_some());
    assert_eq!(taken.is_ok(), readable);
    if !readable {
        return Ok(());
    }
    let read = if gone { After::read(&[0; 32], &[]) } else { After::read(&ids::PROGRAM, after) };
    let Ok(read) = read else { return Ok(()) };
    let Ok(delta) = verify::action(action, &snapshot, &read, &RESERVE, tokens, asked) else {
        return Ok(());
    };
    // accepted: then everything below holds
    let collateral = matches!(action, Action::Supply | Action::Redeem);
    let rises = matches!(action, Action::Supply | Action::Borrow);
    let in_or_out = matches!(action, Action::Redeem | Action::Borrow);
    let moved = i128::from(tokens.after) - i128::from(tokens.before);
    assert_eq!(i128::from(delta.tokens), if in_or_out { moved } else { -moved });
    assert!(delta.tokens > 0 && delta.units > 0);
    let bounded = if action == Action::Redeem { delta.units } else { delta.tokens.into() };
    assert!(bounded <= asked.into());
    let held = |account: &model::Obligation| {
        if collateral {
            let mut deposits = account.deposits().into_iter().flatten();
            deposits.find(|d| d.reserve == RESERVE).map_or(0, |d| u128::from(d.ctokens))
        } else {
            let debt = account.borrows().into_iter().flatten().find(|b| b.reserve == RESERVE);
            debt.map_or(0, |b| units(&b).expect("it was read"))
        }
    };
    let is = (!gone).then(|| model::Obligation::read(after));
    let (old, new) = (held(&was), is.as_ref().map_or(0, held));
    assert_eq!(delta.units_after, new);
    assert_eq!(
        if rises { old.checked_add(delta.units) } else { old.checked_sub(delta.units) },
        Some(new)
    );
    assert_eq!(delta.closed, gone);
    let Some(is) = is else {
        assert!(action == Action::Redeem && was.borrows().iter().all(Option::is_none));
        return Ok(());
    };
    let identity = |o: &model::Obligation| (o.tag, o.market, o.owner, o.group);
    assert_eq!(identity(&was), identity(&is));
    assert_eq!(is.referrer, [0; 32]);
    // every other position stands where it stood
    let other = |reserve: &[u8; 32]| *reserve != RESERVE;
    for (old, new) in was.deposits().into_iter().zip(is.deposits()) {
        let others =
            |slot: Option<model::Deposit>| slot.filter(|d| !collateral || other(&d.reserve));
        assert_eq!(others(old), others(new), "another deposit has changed");
    }
    for (old, new) in was.borrows().into_iter().zip(is.borrows()) {
        let others = |slot: Option<model::Borrow>| {
            let slot = slot.filter(|b| collateral || other(&b.reserve));
            slot.map(|b| (b.reserve, units(&b).expect("it was read")))
        };
        match (others(old), others(new)) {
            (Some((reserve, old)), Some((same, new))) => {
                assert_eq!(reserve, same);
                assert!(old >= new && old - new < DRIFT, "another debt has changed");
            }
            (old, new) => assert_eq!(old, new, "another debt has moved"),
        }
    }
    Ok(())
}
