//! Packs and what tests do with them behind the program's back.

use crate::bench::{Bench, JITOSOL, SOL, USDC};
use mock_klend::rules::exchange;
use trestle_packs::kamino::{balance, mock};
use trestle_packs::{Origin, PriceInput, decode_account, encode_account, folder, time};

#[test]
fn a_written_pack_reads_back_the_same() {
    let pack = mock::pack();
    assert_eq!(folder::round_trip(&pack), pack);
    for (key, account) in &pack.accounts {
        assert_eq!(decode_account(&encode_account(key, account)), Some((*key, account.clone())));
    }
}

#[test]
fn other_price_inputs_survive_the_folder() {
    let mut pack = mock::pack();
    pack.reserves[0].price = PriceInput::Saved;
    let account = pack.market;
    pack.reserves[1].price = PriceInput::Scope { account, price: vec![3, 9], twap: vec![52] };
    assert_eq!(folder::round_trip(&pack), pack);
}

#[test]
fn the_summary_says_what_stands_in() {
    let mut pack = mock::pack();
    assert!(pack.summary().contains("our mock"), "{}", pack.summary());
    pack.origin = Origin::Folder("somewhere/kamino".into());
    assert!(pack.summary().contains("somewhere/kamino"), "{}", pack.summary());
    assert!(pack.summary().contains("USDC, SOL, JitoSOL"), "{}", pack.summary());
}

#[test]
fn a_folder_without_a_reserve_s_account_is_refused() {
    let mut pack = mock::pack();
    let missing = pack.reserves[0].key;
    pack.accounts.retain(|(key, _)| *key != missing);
    let dir = std::env::temp_dir().join(format!("trestle-pack-{}", std::process::id()));
    folder::write(&pack, &dir).expect("written");
    let read = folder::read(&dir);
    std::fs::remove_dir_all(&dir).expect("ours");
    assert_eq!(read.expect_err("refused"), "no account of reserve USDC");
}

#[test]
fn prices_arrive_through_the_oracle_or_the_reserve() {
    let mut bench = Bench::supplied();
    bench.kamino.set_price(&mut bench.vm, SOL, 14_237_000_000);
    let refresh = bench.kamino.refresh_reserve(&bench.reserve(SOL));
    bench.ok(&[refresh]);
    let usd = bench.edit(SOL, |reserve| reserve.price());
    assert_eq!(usd.times(100).round(), 14_237);

    // the saved price serves without an oracle
    for reserve in &mut bench.kamino.reserves {
        reserve.price = PriceInput::Saved;
    }
    time::advance(&mut bench.vm, 1_000);
    bench.kamino.set_price(&mut bench.vm, SOL, 10_000_000_000);
    bench.kamino.publish(&mut bench.vm);
    let (usdc, sol) = (bench.reserve(USDC), bench.reserve(SOL));
    let all = [
        bench.kamino.refresh_batch(&[&usdc, &sol], false),
        bench.kamino.refresh_obligation(&bench.party, &[&usdc]),
        bench.kamino.borrow(&bench.party, &sol, 60_000_000_000, &[]),
    ];
    assert_eq!(bench.send(&all), Ok(()), "60 SOL of 100 USD, weighed 7,500");
}

#[test]
fn other_people_move_the_books_and_not_the_rate() {
    let mut bench = Bench::supplied();
    for name in [USDC, SOL, JITOSOL] {
        let state = |bench: &mut Bench| {
            let vault = balance(&bench.vm, &bench.kamino.reserve(name).vault);
            bench.edit(name, |reserve| {
                let supply = exchange::total_supply(reserve);
                (supply, reserve.supply(), vault - reserve.available())
            })
        };
        let before = state(&mut bench);
        bench.kamino.supply_elsewhere(&mut bench.vm, name, 123_456_789);
        let after = state(&mut bench);
        assert_eq!((after.0 - before.0).floor(), 123_456_789, "{name}");
        let rate = |s: &(mock_klend::fraction::Fraction, u64, u64)| s.0.0 as f64 / s.1 as f64;
        assert!((rate(&after) / rate(&before) - 1.0).abs() < 1e-12, "{name}");
        bench.kamino.borrow_elsewhere(&mut bench.vm, name, 100_000_000);
        let lent = state(&mut bench);
        assert_eq!((lent.0, lent.1, lent.2), (after.0, after.1, before.2), "{name}");
        let mint = bench.vm.get_account(&bench.reserve(name).ctoken_mint).expect("mint").data;
        let minted = u64::from_le_bytes(mint[36..44].try_into().expect("8"));
        assert_eq!(minted, lent.1, "{name}: books and mint");
    }
    // the program agrees that vault and books fit
    bench.deposit(SOL, 1).expect("supply");
    bench.borrow(JITOSOL, 1).expect("borrow");
}
