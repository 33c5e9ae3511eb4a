//! Real mainnet accounts decode to their known figures; what is none is refused.

use crate::support;
use trestle_fixtures::{key, load};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::{CurvePoint, RateBasis, Reserve};
use trestle_venue_adapters::kamino::{KaminoError, ids, layout};
use trestle_venue_adapters::token::TOKEN_PROGRAM;

const MAIN: &str = "7u3HeHxYDLhnCoErrtycNokbQYbWGzLs6JSDqGAv5PfF";
const USDC: &str = "D6q6wuQSrifJKZYpR1M8R4YawnLDtDsMmWM1NbBmgJ59";
const SOL: &str = "d4A2prbA2whesmvHaL88BH6Ewn5N4bTSU2Ze8P6Bc4Q";
const JITOSOL: &str = "EVbyPKrHG6WBfm4dLxLMJpUDY43cCAcHSpV3KYjKsktW";

fn fixture(address: &str) -> Option<Vec<u8>> {
    load(&format!("kamino/{address}.bin"))
}

#[test]
fn ids_are_the_published_ones() {
    assert_eq!(ids::PROGRAM, key("KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD"));
    assert_eq!(ids::FARMS_PROGRAM, key("FarmsPZpWu9i7Kky8tPN37rs2TpmMrAZrC7S7vJa91Hr"));
    assert_eq!(ids::INSTRUCTIONS_SYSVAR, key("Sysvar1nstructions1111111111111111111111111"));
    assert_eq!(ids::RENT_SYSVAR, key("SysvarRent111111111111111111111111111111111"));
    assert_eq!(ids::JUPITER_VAULTS, key("jupr81YtYssSyPt8jbnGuiWon5f6x9TcDEFxYe3Bdzi"));
    assert_eq!(ids::SYSTEM_PROGRAM, key("11111111111111111111111111111111"));
}

#[test]
fn the_usdc_reserve_decodes() {
    let Some(data) = fixture(USDC) else { return };
    let reserve = Reserve::new(&data).unwrap();
    assert!(reserve.is_exact() && reserve.is_stale());
    assert_eq!((reserve.slot(), reserve.timestamp(), reserve.price_status()), (298_271_854, 0, 63));
    assert_eq!(*reserve.market(), key(MAIN));
    assert_eq!(
        reserve.collateral_farm(),
        Some(&key("JAvnB9AKtgPsTEoKmn24Bq64UMoYcrtWtq42HHBdsPkh"))
    );
    assert_eq!(reserve.debt_farm(), None);
    assert_eq!(*reserve.mint(), key("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"));
    assert_eq!(*reserve.vault(), key("Bgq7trRgVMeq33yt235zM2onQ4bRDBsY5EWiTetF4qw6"));
    assert_eq!(*reserve.fee_vault(), key("BbDUrk1bVtSixgQsPLBJFZEF7mwGstnD5joA1WzYvYFX"));
    assert_eq!(*reserve.ctoken_mint(), key("B8V6WVjPxW1UGwVDfxH2d2r8SyT4cqn7dQRK6XneVa7D"));
    assert_eq!(*reserve.ctoken_vault(), key("3DzjXRfxRm6iejfyyMynR4tScddaanrePJ1NJU2XnPPL"));
    assert_eq!(*reserve.token_program(), TOKEN_PROGRAM);
    assert_eq!(reserve.available(), 10_143_494_878_569);
    assert_eq!(reserve.borrowed_sf(), 71_491_856_483_366_424_216_645_774_182_572);
    assert_eq!(reserve.fees_sf(), Ok(213_770_210_025_679_240_680_128_822_432));
    assert_eq!(reserve.cumulative_sf(), Ok(1_299_531_861_766_879_653));
    assert_eq!(reserve.ctoken_supply(), 65_988_021_918_314);
    assert_eq!(
        (reserve.price_sf(), reserve.price_time()),
        (1_152_824_451_674_589_171, 1_730_163_557)
    );
    assert_eq!((reserve.decimals(), reserve.max_price_age()), (6, 180));
    assert_eq!((reserve.host_rate_bps(), reserve.take_pct()), (100, 20));
    assert_eq!((reserve.ltv_pct(), reserve.threshold_pct()), (80, 90));
    assert_eq!((reserve.max_bonus_bps(), reserve.borrow_factor_pct()), (1_000, 100));
    assert_eq!(reserve.deposit_limit(), 160_000_000_000_000);
    assert_eq!(reserve.borrow_limit(), 140_000_000_000_000);
    assert_eq!((reserve.borrow_limit_outside(), reserve.utilisation_limit_pct()), (u64::MAX, 95));
    assert_eq!((reserve.maturity(), reserve.term(), reserve.permissioned()), (0, 0, 0));
    assert_eq!((reserve.status(), reserve.queued_ctokens()), (0, 0));
    assert!(!reserve.is_emergency() && !reserve.blocks_ctokens() && !reserve.deleverages());
    assert_eq!(reserve.rate_basis(), Ok(RateBasis::Slots));
    assert!(reserve.is_in_group(1) && reserve.is_in_group(3));
    assert!(!reserve.is_in_group(2) && !reserve.is_in_group(0));
    let oracles = reserve.oracles();
    assert_eq!(oracles.scope, Some(&key("3NJYftD5sjVfxSnUdZ1wVML8f3aC6mp1CXCL6L7TnU8C")));
    assert_eq!((oracles.pyth, oracles.switchboard, oracles.switchboard_twap), (None, None, None));
    let curve: Vec<_> = reserve.curve().map(|p| (p.utilisation, p.rate)).collect();
    let head = [(0, 1), (8_000, 300), (8_500, 670), (9_000, 1_500), (9_500, 3_354)];
    assert_eq!((curve.len(), &curve[..5], curve[10]), (11, &head[..], (10_000, 7_500)));
    // capacity 20,000,000 USDC, total -885,935.535901, interval of a day from 1730077228
    assert_eq!(reserve.redeem_cap_left(1_730_077_228 + 86_400), 20_885_935_535_901);
    assert_eq!(reserve.redeem_cap_left(1_730_077_228 + 86_401), 20_000_000_000_000);
    assert_eq!(reserve.borrow_cap_left(1_730_085_331), 10_000_000_000_000 - 346_927_042_253);
}

#[test]
fn the_sol_and_jitosol_reserves_decode() {
    let (Some(sol), Some(jito)) = (fixture(SOL), fixture(JITOSOL)) else { return };
    let (sol, jito) = (Reserve::new(&sol).unwrap(), Reserve::new(&jito).unwrap());
    assert_eq!(*sol.mint(), key("So11111111111111111111111111111111111111112"));
    assert_eq!(*jito.mint(), key("J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn"));
    assert_eq!((sol.available(), jito.available()), (467_121_866_659_737, 1_253_743_118_013_314));
    assert_eq!((sol.ltv_pct(), sol.threshold_pct(), sol.borrow_factor_pct()), (65, 75, 125));
    assert_eq!((jito.ltv_pct(), jito.threshold_pct(), jito.max_bonus_bps()), (45, 55, 1_500));
    assert_eq!((jito.collateral_farm(), jito.utilisation_limit_pct()), (None, 0));
    assert!(sol.is_in_group(2) && sol.is_in_group(4) && jito.is_in_group(2));
    let last = CurvePoint { utilisation: 10_000, rate: 6_788 };
    assert_eq!(jito.curve().last(), Some(last));
}

#[test]
fn the_main_market_decodes() {
    let Some(data) = fixture(MAIN) else { return };
    let market = Market::new(&data).unwrap();
    assert!(market.is_exact() && !market.is_emergency() && !market.borrow_disabled());
    assert_eq!((market.bump(), market.referral_fee_bps()), (Some(248), 0));
    assert_eq!((market.close_factor_pct(), market.insolvency_ltv_pct()), (20, 95));
    assert_eq!((market.full_liquidation_below(), market.max_liquidation()), (2, 2_500_000));
    assert!(!market.deleverages() && !market.executes_orders() && !market.liquidates_due_debts());
    assert_eq!(market.permissioned(), 0);
    let group = market.group(2).unwrap();
    assert_eq!((group.ltv_pct, group.threshold_pct, group.max_bonus_bps), (80, 90, 500));
    assert_eq!((group.max_collaterals, group.new_loans, *group.debt_reserve), (1, true, key(SOL)));
    assert!(market.group(5).is_some() && market.group(6).is_none());
    assert!(market.group(0).is_none() && market.group(33).is_none());
}

#[test]
fn an_obligation_with_a_gap_decodes_in_slot_order() {
    let Some(data) = fixture("4w1qUuYbXpwYkqWzuovJFvP3TRt9EgEzYQv7kYY1nM3J") else { return };
    let obligation = Obligation::new(&data).unwrap();
    assert_eq!((obligation.tag(), obligation.slot(), obligation.group()), (0, 297_147_647, 0));
    assert_eq!(*obligation.market(), key(MAIN));
    assert_eq!(*obligation.owner(), key("Hs9ioQZ2pCUyvS18anwmBxjQJsZrMPShwTMLySD6Us3V"));
    assert!(!obligation.is_marked() && !obligation.has_orders() && obligation.has_debt());
    let deposits: Vec<_> = obligation.deposits().collect();
    assert_eq!((deposits.len(), deposits[0].ctokens), (1, 8_786_940_915_877));
    assert_eq!(*deposits[0].reserve, key(USDC));
    assert_eq!(obligation.deposit_slots().position(|s| s.is_some()), Some(1));
    let borrows: Vec<_> = obligation.borrows().collect();
    assert_eq!(borrows.len(), 2);
    assert_eq!(*borrows[1].reserve, key(SOL));
    assert_eq!(borrows[0].borrowed_sf, 12_117_689_495_252_097_450_772_987_284_567);
    assert_eq!(borrows[1].cumulative_sf, 1_226_508_506_137_075_441);
    assert_eq!(obligation.deposit_units(&key(USDC)), 8_786_940_915_877);
    assert_eq!(obligation.debt_units(&key(USDC)), Ok(0));
}

#[test]
fn an_obligation_of_a_derived_owner_decodes() {
    let Some(data) = load("kamino/usdc_obligation_pda_owned.json") else { return };
    let obligation = Obligation::new(&data).unwrap();
    assert_eq!(*obligation.owner(), key("HRpCJaTjXMgxsDAHSLHTQigUmezEitySEf6SWWmLsiNY"));
    assert_eq!(obligation.deposit_units(&key(USDC)), 163_105_714_338);
    assert!(obligation.is_stale() && !obligation.has_debt() && !obligation.is_empty());
}

/// Each reader takes its own kind at its length or above, and nothing else.
#[test]
fn readers_refuse_what_is_not_theirs() {
    let (market, reserve, obligation) =
        (support::market(), support::reserve(), support::obligation());
    let market_error = |data: &[u8]| Market::new(data).err();
    let reserve_error = |data: &[u8]| Reserve::new(data).err();
    let obligation_error = |data: &[u8]| Obligation::new(data).err();
    type Reader<'a> = &'a dyn Fn(&[u8]) -> Option<KaminoError>;
    let cases: [(&[u8], usize, Reader); 3] = [
        (&market, layout::market::LEN, &market_error),
        (&reserve, layout::reserve::LEN, &reserve_error),
        (&obligation, layout::obligation::LEN, &obligation_error),
    ];
    for (data, len, read) in cases {
        assert_eq!((data.len(), read(data)), (len, None));
        for cut in [0, 7, 8, len / 2, len - 1] {
            assert_eq!(read(&data[..cut]), Some(KaminoError::Length));
        }
        let longer: Vec<u8> = data.iter().copied().chain([9; 64]).collect();
        assert_eq!(read(&longer), None, "a longer account is readable");
        let mut other = data.to_vec();
        other[3] ^= 1;
        assert_eq!(read(&other), Some(KaminoError::Discriminator));
    }
    for version in [0, 2, u64::MAX] {
        let (mut market, mut reserve) = (market.clone(), reserve.clone());
        support::put(&mut market, layout::market::VERSION, version.to_le_bytes());
        support::put(&mut reserve, layout::reserve::VERSION, version.to_le_bytes());
        assert_eq!(market_error(&market), Some(KaminoError::Version));
        assert_eq!(reserve_error(&reserve), Some(KaminoError::Version));
    }
    let longer: Vec<u8> = reserve.iter().copied().chain([0; 8]).collect();
    assert!(!Reserve::new(&longer).unwrap().is_exact());
}
