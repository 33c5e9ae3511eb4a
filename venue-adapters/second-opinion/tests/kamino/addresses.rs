//! Discriminators and derived addresses.

use crate::support::{MARKET, OBLIGATION, OWNER, hash, pubkey};
use klend_interface::{discriminators as theirs, pda};
use solana_pubkey::Pubkey;
use trestle_fixtures::key;
use trestle_venue_adapters::kamino::{ids, seeds};

#[test]
fn discriminators_are_hashes_of_names() {
    use ids::{account, instruction};
    assert_eq!(account::MARKET, hash("account:LendingMarket"));
    assert_eq!(account::RESERVE, hash("account:Reserve"));
    assert_eq!(account::OBLIGATION, hash("account:Obligation"));
    assert_eq!(account::USER_METADATA, hash("account:UserMetadata"));
    let supply = "global:deposit_reserve_liquidity_and_obligation_collateral_v2";
    let redeem = "global:withdraw_obligation_collateral_and_redeem_reserve_collateral_v2";
    let cases = [
        (instruction::INIT_USER_METADATA, "global:init_user_metadata"),
        (instruction::INIT_OBLIGATION, "global:init_obligation"),
        (instruction::INIT_FARM, "global:init_obligation_farms_for_reserve"),
        (instruction::REFRESH_RESERVES_BATCH, "global:refresh_reserves_batch"),
        (instruction::REFRESH_OBLIGATION, "global:refresh_obligation"),
        (instruction::REFRESH_FARM, "global:refresh_obligation_farms_for_reserve"),
        (instruction::SUPPLY, supply),
        (instruction::REDEEM, redeem),
        (instruction::BORROW, "global:borrow_obligation_liquidity_v2"),
        (instruction::REPAY, "global:repay_obligation_liquidity_v2"),
        (instruction::REQUEST_ELEVATION_GROUP, "global:request_elevation_group"),
        (instruction::HARVEST, "global:harvest_reward"),
    ];
    for (ours, name) in cases {
        assert_eq!(ours, hash(name), "{name}");
    }
    assert_eq!(ids::PROGRAM, klend_interface::KLEND_PROGRAM_ID.to_bytes());
    assert_eq!(ids::FARMS_PROGRAM, klend_interface::FARMS_PROGRAM_ID.to_bytes());
    assert_eq!(instruction::SUPPLY, theirs::DEPOSIT_RESERVE_LIQUIDITY_AND_OBLIGATION_COLLATERAL_V2);
}

#[test]
fn addresses_agree() {
    let klend = pubkey(&ids::PROGRAM);
    let (owner, market, farm) = (pubkey(&OWNER), pubkey(&MARKET), pubkey(&[1; 32]));
    let derive = |seeds: &[&[u8]], program| Pubkey::find_program_address(seeds, &program);
    assert_eq!(
        derive(&seeds::market_authority(&MARKET), klend),
        pda::lending_market_authority(&klend, &market)
    );
    assert_eq!(derive(&seeds::user_metadata(&OWNER), klend), pda::user_metadata(&klend, &owner));
    let none = Pubkey::default();
    assert_eq!(
        derive(&seeds::obligation(&[7], &OWNER, &MARKET), klend),
        pda::obligation(&klend, seeds::TAG, 7, &owner, &market, &none, &none)
    );
    assert_eq!(
        derive(&seeds::farm_user(&[1; 32], &OBLIGATION), pubkey(&ids::FARMS_PROGRAM)),
        pda::farms_user_state(&farm, &pubkey(&OBLIGATION))
    );
    // the main market's real authority, and its bump
    let main = key("7u3HeHxYDLhnCoErrtycNokbQYbWGzLs6JSDqGAv5PfF");
    let real = pubkey(&key("9DrvZvyWh1HuAoZxvYWMvkf2XCzryCpGgHqrMjyDWpmo"));
    assert_eq!(derive(&seeds::market_authority(&main), klend), (real, 248));
}
