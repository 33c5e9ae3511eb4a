//! The mock on real accounts: the main market and three of its reserves as they
//! were on mainnet in October 2024, with vaults that fit their books. What it takes
//! from them (terms, curves, caps, interest) are bytes that klend wrote.

use crate::bench::{Bench, SOL, USDC};
use mock_klend::rules::exchange;
use mock_klend::state::Reserve;
use solana_account::Account;
use solana_program::pubkey::Pubkey;
use trestle_packs::kamino::{mock, token_account};
use trestle_packs::{Pack, PriceInput, folder};

/// The mock's pack with real market and reserves; `None` without the fixtures.
fn pack() -> Option<Pack> {
    let mut pack = mock::pack();
    let (authority, _) =
        Pubkey::find_program_address(&[b"lma", pack.market.as_ref()], &pack.program);
    let real = |key: &Pubkey| trestle_fixtures::load(&format!("kamino/{key}.bin"));
    let market = pack.market;
    put(&mut pack, market, real(&market)?);
    for i in 0..pack.reserves.len() {
        let key = pack.reserves[i].key;
        let mut data = real(&key)?;
        let reserve = Reserve(&mut data);
        let token = |mint: Pubkey, amount| token_account(&mint, &authority, &spl(), amount);
        let (mint, receipts) = (reserve.mint(), reserve.ctoken_mint());
        let around = [
            (reserve.vault(), token(mint, reserve.available())),
            (reserve.fee_vault(), token(mint, 0)),
            (reserve.ctoken_vault(), token(receipts, 0)),
            (receipts, receipt_mint(reserve.supply(), &authority)),
        ];
        for farm in [reserve.farm_collateral(), reserve.farm_debt()] {
            if farm != Pubkey::default() {
                put(&mut pack, farm, mock_farms::Farm { delegate: authority }.encode());
                pack.accounts.last_mut().expect("just put").1.owner = mock_farms::ID;
            }
        }
        pack.accounts.retain(|(key, _)| around.iter().all(|(other, _)| other != key));
        pack.accounts.extend(around);
        put(&mut pack, key, data);
        pack.reserves[i].price = PriceInput::Saved;
    }
    pack.taken = (0, 0); // the folder's reader finds the reserves' own
    Some(folder::round_trip(&pack))
}

fn spl() -> Pubkey {
    mock_klend::ids::TOKEN
}

fn put(pack: &mut Pack, key: Pubkey, data: Vec<u8>) {
    pack.accounts.retain(|(other, _)| *other != key);
    let lamports = 6_960 * (data.len() as u64 + 128);
    let owner = pack.program;
    let account = Account { lamports, data, owner, executable: false, rent_epoch: u64::MAX };
    pack.accounts.push((key, account));
}

/// A mint with so many receipts about, in the hands of an authority.
fn receipt_mint(supply: u64, authority: &Pubkey) -> Account {
    let mut data = vec![0; 82];
    data[0] = 1;
    data[4..36].copy_from_slice(authority.as_ref());
    data[36..44].copy_from_slice(&supply.to_le_bytes());
    data[44] = 6;
    data[45] = 1;
    Account { lamports: 2_000_000, data, owner: spl(), executable: false, rent_epoch: u64::MAX }
}

#[test]
fn a_position_lives_on_real_reserves() {
    let Some(pack) = pack() else { return };
    assert!((298_000_000..299_000_000).contains(&pack.taken.0), "slot {}", pack.taken.0);
    let mut bench = Bench::on(&pack);
    bench.kamino.publish(&mut bench.vm);
    let rate = bench.edit(USDC, |reserve| exchange::worth(reserve, 1_000_000).floor());
    assert!((1_000_000..1_500_000).contains(&rate), "{rate}");

    bench.deposit(USDC, 10_000).expect("supply");
    let receipts = bench.collateral(USDC);
    assert!(receipts < 10_000_000_000, "{receipts} receipts are above par");
    // SOL was worth 178.58 USD
    assert_eq!(bench.borrow(SOL, 45), Err(6013));
    assert_eq!(bench.borrow(SOL, 30), Err(6098), "the market lent SOL up to its limit");
    let more = bench.reserve(SOL).tokens(1_000_000);
    bench.kamino.supply_elsewhere(&mut bench.vm, SOL, more);
    bench.borrow(SOL, 30).expect("borrow");
    bench.advance(86_400);
    let before = bench.debt(SOL);
    bench.repay(SOL, 1_000_000_000).expect("repay");
    let interest = bench.debt(SOL) + 1_000_000_000 - before;
    // a day of 30 SOL at 1 to 20 % a year
    assert!((800_000..20_000_000).contains(&interest), "{interest}");
    bench.repay(SOL, u64::MAX).expect("repay");
    bench.withdraw(USDC, u64::MAX).expect("withdraw");
    let gone = bench.vm.get_account(&bench.party.obligation);
    assert!(gone.is_none_or(|account| account.lamports == 0));
}
