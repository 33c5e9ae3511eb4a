//! Nothing panics, whatever the bytes; and a deposit is never valued above
//! what Save then pays out.

use crate::support::{self, put};
use num_bigint::BigUint;
use proptest::prelude::*;
use trestle_risk_math::index::Index;
use trestle_risk_math::price::Price;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::plan::Call;
use trestle_venue_adapters::save::interest::project;
use trestle_venue_adapters::save::layout::{market as m, obligation as o, reserve as r};
use trestle_venue_adapters::save::market::Market;
use trestle_venue_adapters::save::obligation::Obligation;
use trestle_venue_adapters::save::plan::{self, Leg, Parties};
use trestle_venue_adapters::save::reserve::Reserve;
use trestle_venue_adapters::save::stress::{self, Row};
use trestle_venue_adapters::save::verify::{self, Snapshot, Tokens};
use trestle_venue_adapters::save::{Action, WAD, admit, freshness, report, room};

/// An account whose version is right and whose fields are anything: long runs
/// of noise, and lone extreme words.
fn noisy(base: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let len = base.len();
    let words = prop::collection::vec((1..len - 8, word()), 0..40);
    let noise = prop::option::weighted(0.3, prop::collection::vec(any::<u8>(), len - 1));
    (words, noise).prop_map(move |(words, noise)| {
        let mut data = base.clone();
        if let Some(noise) = noise {
            data[1..].copy_from_slice(&noise);
        }
        for (at, word) in words {
            put(&mut data, at, u64::to_le_bytes(word));
        }
        data
    })
}

/// A noisy obligation, at times with counts that fit.
fn noisy_obligation() -> impl Strategy<Value = Vec<u8>> {
    (noisy(support::obligation(&[], &[])), 0..=10_u8, 0..=10_u8, any::<bool>()).prop_map(
        |(mut data, deposits, borrows, fits)| {
            if fits {
                data[o::DEPOSIT_COUNT] = deposits;
                data[o::BORROW_COUNT] = borrows.min(10 - deposits);
            }
            data
        },
    )
}

fn word() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1), Just(u64::MAX), Just(1 << 63), any::<u64>()]
}

const ACTIONS: [Action; 4] = [Action::Supply, Action::Redeem, Action::Borrow, Action::Repay];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_are_an_error_or_a_view(
        data in prop::collection::vec(any::<u8>(), 0..2_000), len in 0..4_usize,
    ) {
        let len = [m::LEN, r::LEN, o::LEN, data.len()][len];
        let mut data = data;
        data.resize(len, 0xa5);
        let version = data.first().is_some_and(|v| *v == 1);
        prop_assert_eq!(Market::new(&data).is_ok(), len == m::LEN && version);
        prop_assert_eq!(Reserve::new(&data).is_ok(), len == r::LEN && version);
        prop_assert!(Obligation::new(&data).is_err() || (len == o::LEN && version));
    }

    #[test]
    fn whatever_the_fields_nothing_panics(
        reserve in noisy(support::reserve()), market in noisy(support::market()),
        before in noisy_obligation(), after in noisy_obligation(),
        slot in word(), amount in word(),
    ) {
        let (reserve, market) = (Reserve::new(&reserve).unwrap(), Market::new(&market).unwrap());
        let now = Now { slot, unix: 0 };
        let key = &[3; 32];
        let read = report::reserve(&reserve, &market, now);
        if let Ok(found) = read {
            prop_assert!(found.free_liquidity <= reserve.available());
            prop_assert!(found.redeem_room <= found.free_liquidity);
            prop_assert!(found.borrow_room <= found.redeem_room);
            let indices = report::indices(&reserve, now).unwrap();
            prop_assert_eq!((indices.deposit, indices.debt), (found.deposit_index, found.debt_index));
        }
        let _ = report::borrow_apr_after(&reserve, now, amount);
        let listing = admit::Listing {
            market: key, mint: key, token_program: key, decimals: 6, borrowable: true,
        };
        let _ = admit::listing(&reserve, &market, &listing);
        let row = read.ok().map(|found| Row {
            terms: stress::terms(&reserve),
            deposit_index: found.deposit_index,
            debt_index: found.debt_index,
            board_price: Price::new(1 << 31, 20).unwrap(),
            venue_prices: stress::stored_prices(&reserve),
        });
        let parties = Parties { owner: key, obligation: key, market: key, market_authority: key };
        let leg = Leg { key, reserve: &reserve, custody: key, ctokens: key };
        let mut call = Call::EMPTY;
        let _ = plan::refresh_reserve(&mut call, key, &reserve);
        prop_assert_eq!(plan::supply(&mut call, &parties, &leg, amount).is_ok(), amount != 0);
        prop_assert_eq!(plan::repay(&mut call, &parties, &leg, amount).is_ok(), amount != 0);
        let Ok(before) = Obligation::new(&before) else { return Ok(()) };
        // every list fits a call
        prop_assert!(plan::refresh_obligation(&mut call, &parties, &before).is_ok());
        prop_assert_eq!(plan::redeem(&mut call, &parties, &leg, &before, amount).is_ok(), amount != 0);
        prop_assert_eq!(plan::borrow(&mut call, &parties, &leg, &before, amount).is_ok(), amount != 0);
        if let Ok(found) = stress::obligation(&before, |_| row) {
            prop_assert!(found.allowed <= found.collateral && found.limit <= found.collateral);
            prop_assert!(found.debt <= found.adjusted);
        }
        if let Ok(found) = room::redemption(&before, &reserve, &market, now, |_| row) {
            prop_assert!(found.free <= reserve.available());
        }
        let _ = admit::obligation(&before, key, key);
        let _ = admit::obligation_risk(&before);
        let mut snapshot = Snapshot::EMPTY;
        let taken = snapshot.take(&before);
        let Ok(after) = Obligation::new(&after) else { return Ok(()) };
        for action in ACTIONS {
            let _ = admit::new_risk(action, &reserve);
            let _ = admit::slot(action, &before, key);
            let _ = freshness::check(action, &before, &reserve, slot);
            let tokens = Tokens { before: amount, after: slot };
            let done = verify::action(action, &snapshot, &after, key, tokens, amount);
            if let (Ok(()), Ok(delta)) = (taken, done) {
                let _ = verify::expect_rate(&delta, action, Index::ONE, slot);
                prop_assert!(delta.tokens > 0 && delta.units > 0);
            }
        }
    }

    /// What Save pays for cTokens in this slot, cut as it cuts, is at least
    /// our value, and above it by what its cut of the rate is worth and a unit.
    #[test]
    fn values_are_at_most_what_save_pays(
        available in 1..1_u64 << 50, lent in 0..1_u64 << 50, ctokens in 1..1_u64 << 50,
        part in 0.0..=1.0_f64, slots in 0_u64..500_000,
    ) {
        let mut data = support::reserve();
        put(&mut data, r::AVAILABLE, available.to_le_bytes());
        put(&mut data, r::BORROWED, (u128::from(lent) * WAD).to_le_bytes());
        put(&mut data, r::CTOKEN_SUPPLY, ctokens.to_le_bytes());
        let reserve = Reserve::new(&data).unwrap();
        let now = Now { slot: 1_000 + slots, unix: 0 };
        let Ok(indices) = report::indices(&reserve, now) else { return Ok(()) };
        let held = ((ctokens as f64 * part) as u64).min(ctokens);
        let ours = indices.deposit.tokens_floor(held).unwrap();
        // the least and the most that Save may have written as suppliers' total
        let supply = project(&reserve, now).unwrap().supply;
        let pays = |total: u128| {
            let (wad, ctokens) = (BigUint::from(WAD), BigUint::from(ctokens));
            let rate = &ctokens * &wad * &wad / total;
            if rate == BigUint::ZERO { return None }
            Some(u64::try_from(BigUint::from(held) * &wad / rate).unwrap_or(u64::MAX))
        };
        let Some((least, most)) = pays(supply.low).zip(pays(supply.high)) else { return Ok(()) };
        prop_assert!(ours <= least, "{ours} {least}");
        let bound = 2 + (u128::from(most) >> 40);
        prop_assert!(u128::from(most - ours) <= bound + u128::from(most) * u128::from(most) / u128::from(held.max(1)) / WAD * 2, "{ours} {most}");
    }
}
