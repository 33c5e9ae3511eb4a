//! Nothing panics, whatever the bytes.

use crate::support;
use proptest::prelude::*;
use trestle_risk_math::index::Index;
use trestle_risk_math::price::Price;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::plan::{self, Leg, Parties};
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::verify::{self, After, Snapshot, Tokens};
use trestle_venue_adapters::kamino::{Action, admit, freshness, report, stress};
use trestle_venue_adapters::plan::Call;

/// An account whose head is right and whose fields are anything: long runs of
/// noise, and lone extreme words.
fn noisy(base: Vec<u8>, keep: usize) -> impl Strategy<Value = Vec<u8>> {
    let len = base.len();
    let words = prop::collection::vec((keep / 8..len / 8, word()), 0..60);
    let noise = prop::option::weighted(0.3, prop::collection::vec(any::<u8>(), len - keep));
    (words, noise).prop_map(move |(words, noise)| {
        let mut data = base.clone();
        if let Some(noise) = noise {
            data[keep..].copy_from_slice(&noise);
        }
        for (at, word) in words {
            data[at * 8..at * 8 + 8].copy_from_slice(&u64::to_le_bytes(word));
        }
        data
    })
}

fn word() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1), Just(u64::MAX), Just(1 << 63), any::<u64>()]
}

const ACTIONS: [Action; 4] = [Action::Supply, Action::Redeem, Action::Borrow, Action::Repay];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes_are_an_error_or_a_view(data in prop::collection::vec(any::<u8>(), 0..10_000)) {
        prop_assert!(Market::new(&data).is_err());
        prop_assert!(Reserve::new(&data).is_err());
        prop_assert!(Obligation::new(&data).is_err());
    }

    #[test]
    fn whatever_the_fields_nothing_panics(
        reserve in noisy(support::reserve(), 16),
        market in noisy(support::market(), 16),
        before in noisy(support::obligation(), 8),
        after in noisy(support::obligation(), 8),
        slot in word(), unix in any::<i64>(), amount in word(), group in any::<u8>(),
    ) {
        let (reserve, market) = (Reserve::new(&reserve).unwrap(), Market::new(&market).unwrap());
        let (before, after) = (Obligation::new(&before).unwrap(), Obligation::new(&after).unwrap());
        let now = Now { slot, unix };
        let key = &[3; 32];
        let read = report::reserve(&reserve, &market, now);
        if let Ok(found) = read {
            prop_assert!(found.free_liquidity <= reserve.available());
            prop_assert!(found.redeem_room <= found.free_liquidity);
            prop_assert!(found.borrow_room <= found.free_liquidity);
            // the short way is the same way
            let indices = report::indices(&reserve, now).unwrap();
            prop_assert_eq!((indices.deposit, indices.debt), (found.deposit_index, found.debt_index));
        }
        let terms = stress::terms(&reserve, &market, group);
        let row = read.ok().zip(terms.ok()).map(|(found, terms)| stress::Row {
            terms,
            deposit_index: found.deposit_index,
            debt_index: found.debt_index,
            board_price: Price::new(1 << 31, 20).unwrap(),
            venue_price: found.price,
            maturity: reserve.maturity(),
            term: reserve.term(),
            deleveraging: group > 128,
        });
        if let Ok(found) = stress::obligation(&before, &market, now, |_| row) {
            prop_assert!(found.allowed <= found.collateral && found.limit <= found.collateral);
            prop_assert!(found.debt <= found.adjusted);
        }
        let parties = Parties { owner: key, obligation: key, market: key, market_authority: key };
        let leg = Leg { key, reserve: &reserve, custody: key, farm_user: key };
        let mut call = Call::EMPTY;
        let _ = plan::refresh_obligation(&mut call, &parties, &before);
        let _ = plan::request_group(&mut call, &parties, &before, group);
        let _ = plan::supply(&mut call, &parties, &leg, amount);
        let _ = plan::redeem(&mut call, &parties, &leg, amount);
        let _ = plan::borrow(&mut call, &parties, &leg, &before, amount);
        prop_assert_eq!(plan::repay(&mut call, &parties, &leg, &before, amount).is_ok(), amount != 0);
        let _ = admit::obligation(&before, key, key);
        let _ = admit::obligation_risk(&before);
        let mut snapshot = Snapshot::EMPTY;
        let taken = snapshot.take(&before);
        for action in ACTIONS {
            let _ = admit::new_risk(action, &reserve, key, &market, group);
            let _ = admit::slot(action, &before, key);
            let _ = freshness::check(action, &before, &reserve, slot);
            let tokens = Tokens { before: amount, after: slot };
            let done = verify::action(action, &snapshot, &After::Open(after), key, tokens, amount);
            if let (Ok(()), Ok(delta)) = (taken, done) {
                let _ = verify::expect_rate(&delta, action, Index::ONE, slot);
                prop_assert!(delta.tokens > 0 && delta.units > 0);
            }
        }
        let _ = freshness::may_skip_prices(&reserve, now, group);
    }
}
