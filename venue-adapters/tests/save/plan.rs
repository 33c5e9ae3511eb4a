//! Plans that no recording shows: several reserves, a third oracle, no amount.

use crate::support::{self, OTHER, RESERVE, put};
use trestle_venue_adapters::plan::Call;
use trestle_venue_adapters::save::layout::reserve as r;
use trestle_venue_adapters::save::obligation::Obligation;
use trestle_venue_adapters::save::plan::{self, Leg, Parties};
use trestle_venue_adapters::save::reserve::Reserve;
use trestle_venue_adapters::save::{SaveError, WAD};

const PARTIES: Parties = Parties {
    owner: &[11; 32],
    obligation: &[12; 32],
    market: &[13; 32],
    market_authority: &[14; 32],
};

/// Keys by their first byte, and flags.
fn listed(call: &Call) -> Vec<(u8, bool, bool)> {
    call.metas().iter().map(|m| (m.key[0], m.signer, m.writable)).collect()
}

/// Refreshes list deposits and then debts in the order of their bytes, which
/// a refresh may change; actions list the deposits alone.
#[test]
fn lists_follow_the_order_of_the_bytes() {
    let deposits = [(OTHER, 1), (RESERVE, 2)];
    let first = support::obligation(&deposits, &[(RESERVE, WAD, WAD), ([9; 32], WAD, WAD)]);
    let then = support::obligation(&deposits, &[([9; 32], WAD, WAD), (RESERVE, WAD, WAD)]);
    let mut call = Call::EMPTY;
    let mut refreshed = |data: &[u8]| {
        plan::refresh_obligation(&mut call, &PARTIES, &Obligation::new(data).unwrap()).unwrap();
        assert_eq!(call.data(), [7]);
        assert!(call.metas().iter().all(|m| m.writable && !m.signer));
        call.metas().iter().map(|m| m.key[0]).collect::<Vec<_>>()
    };
    assert_eq!(refreshed(&first), [12, 4, 3, 3, 9]);
    assert_eq!(refreshed(&then), [12, 4, 3, 9, 3]);

    let data = support::reserve();
    let reserve = Reserve::new(&data).unwrap();
    let leg = Leg { key: &RESERVE, reserve: &reserve, custody: &[15; 32], ctokens: &[16; 32] };
    let obligation = Obligation::new(&first).unwrap();
    plan::redeem(&mut call, &PARTIES, &leg, &obligation, 5).unwrap();
    assert_eq!(listed(&call)[12..], [(4, false, true), (3, false, true)]);
    plan::borrow(&mut call, &PARTIES, &leg, &obligation, 5).unwrap();
    assert_eq!(listed(&call)[9..], [(4, false, true), (3, false, true)]);
    assert_eq!(call.data(), [10, 5, 0, 0, 0, 0, 0, 0, 0]);
    // the owner signs, once for the obligation and once for the tokens
    plan::supply(&mut call, &PARTIES, &leg, 5).unwrap();
    let signers: Vec<_> = call.metas().iter().filter(|m| m.signer).map(|m| m.key[0]).collect();
    assert_eq!(signers, [11, 11]);
}

#[test]
fn a_third_oracle_comes_last() {
    let mut data = support::reserve();
    put(&mut data, r::EXTRA_ORACLE, [8; 32]);
    let mut call = Call::EMPTY;
    plan::refresh_reserve(&mut call, &RESERVE, &Reserve::new(&data).unwrap()).unwrap();
    assert_eq!(
        listed(&call),
        [(3, false, true), (6, false, false), (11, false, false), (8, false, false)]
    );
}

#[test]
fn no_amount_is_no_plan() {
    let data = support::reserve();
    let reserve = Reserve::new(&data).unwrap();
    let leg = Leg { key: &RESERVE, reserve: &reserve, custody: &[15; 32], ctokens: &[16; 32] };
    let obligation = support::obligation(&[], &[]);
    let obligation = Obligation::new(&obligation).unwrap();
    let mut empty = Call::EMPTY;
    let call = &mut empty;
    let amount = Err(SaveError::Amount);
    assert_eq!(plan::supply(call, &PARTIES, &leg, 0), amount);
    assert_eq!(plan::redeem(call, &PARTIES, &leg, &obligation, 0), amount);
    assert_eq!(plan::borrow(call, &PARTIES, &leg, &obligation, 0), amount);
    assert_eq!(plan::repay(call, &PARTIES, &leg, 0), amount);
}
