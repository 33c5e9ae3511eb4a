//! Calls: program, data, every account with its flags.

use crate::support::{
    AUTHORITY, CUSTODY, FARM_USER, MARKET, METADATA, OBLIGATION, OWNER, PARTIES, PAYER, RESERVE,
    assert_same, hash, obligation, pubkey, reserves,
};
use klend_interface::state::{self, from_account_data};
use klend_interface::{instructions as ix, types};
use solana_instruction::AccountMeta;
use solana_pubkey::Pubkey;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::plan::{self, Leg, Reward};
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::plan::{Call, Key};

fn listed(fill: &[u8]) -> Vec<AccountMeta> {
    fill.iter().map(|b| AccountMeta::new(pubkey(&[*b; 32]), false)).collect()
}

#[test]
fn openings_agree() {
    let mut call = Call::EMPTY;
    plan::init_user_metadata(&mut call, &OWNER, &PAYER, &METADATA).unwrap();
    let accounts = ix::InitUserMetadataAccounts {
        owner: pubkey(&OWNER),
        fee_payer: pubkey(&PAYER),
        user_metadata: pubkey(&METADATA),
        referrer_user_metadata: None,
    };
    assert_same(&call, &ix::init_user_metadata(accounts, Pubkey::default()));

    plan::init_obligation(&mut call, &PARTIES, &PAYER, &METADATA, 3).unwrap();
    let accounts = ix::InitObligationAccounts {
        obligation_owner: pubkey(&OWNER),
        fee_payer: pubkey(&PAYER),
        obligation: pubkey(&OBLIGATION),
        lending_market: pubkey(&MARKET),
        seed1_account: Pubkey::default(),
        seed2_account: Pubkey::default(),
        owner_user_metadata: pubkey(&METADATA),
    };
    assert_same(&call, &ix::init_obligation(accounts, types::InitObligationArgs { tag: 0, id: 3 }));

    let [data, _] = reserves();
    let reserve = Reserve::new(&data).unwrap();
    for (debt, farm) in [(false, reserve.collateral_farm()), (true, reserve.debt_farm())] {
        plan::init_farm(&mut call, &PARTIES, &PAYER, &RESERVE, &reserve, &FARM_USER, debt).unwrap();
        let accounts = ix::InitObligationFarmsForReserveAccounts {
            payer: pubkey(&PAYER),
            owner: pubkey(&OWNER),
            obligation: pubkey(&OBLIGATION),
            lending_market_authority: pubkey(&AUTHORITY),
            reserve: pubkey(&RESERVE),
            reserve_farm_state: pubkey(farm.unwrap()),
            obligation_farm: pubkey(&FARM_USER),
            lending_market: pubkey(&MARKET),
        };
        assert_same(&call, &ix::init_obligation_farms_for_reserve(accounts, u8::from(debt)));
        plan::refresh_farm(&mut call, &PARTIES, &PAYER, &RESERVE, &reserve, &FARM_USER, debt)
            .unwrap();
        let accounts = ix::RefreshObligationFarmsForReserveAccounts {
            crank: pubkey(&PAYER),
            obligation: pubkey(&OBLIGATION),
            lending_market_authority: pubkey(&AUTHORITY),
            reserve: pubkey(&RESERVE),
            reserve_farm_state: pubkey(farm.unwrap()),
            obligation_farm_user_state: pubkey(&FARM_USER),
            lending_market: pubkey(&MARKET),
        };
        assert_same(&call, &ix::refresh_obligation_farms_for_reserve(accounts, u8::from(debt)));
    }
}

#[test]
fn refreshes_and_groups_agree() {
    let mut call = Call::EMPTY;
    let data = obligation(0);
    let view = Obligation::new(&data).unwrap();
    let all = listed(&[31, 32, 36, 40, 44]);
    plan::refresh_obligation(&mut call, &PARTIES, &view).unwrap();
    let accounts = ix::RefreshObligationAccounts {
        lending_market: pubkey(&MARKET),
        obligation: pubkey(&OBLIGATION),
    };
    assert_same(&call, &ix::refresh_obligation(accounts, all.clone()));

    plan::request_group(&mut call, &PARTIES, &view, 9).unwrap();
    let accounts = ix::RequestElevationGroupAccounts {
        owner: pubkey(&OWNER),
        obligation: pubkey(&OBLIGATION),
        lending_market: pubkey(&MARKET),
    };
    assert_same(&call, &ix::request_elevation_group(accounts, 9, all));

    let [with, _] = reserves();
    let reserve = Reserve::new(&with).unwrap();
    plan::refresh_reserves(&mut call, &MARKET, [&RESERVE, &OWNER]).unwrap();
    let market = AccountMeta::new_readonly(pubkey(&MARKET), false);
    let written = |key: &Key| AccountMeta::new(pubkey(key), false);
    let list = vec![written(&RESERVE), market.clone(), written(&OWNER), market.clone()];
    assert_same(&call, &ix::refresh_reserves_batch(true, list));

    plan::refresh_reserves_with_prices(&mut call, &MARKET, [(&RESERVE, &reserve)]).unwrap();
    let own: &state::Reserve = from_account_data(&with).unwrap();
    let info = own.config.token_info;
    let mut list = vec![written(&RESERVE), market];
    list.extend(
        [
            info.pyth_configuration.price,
            info.switchboard_configuration.price_aggregator,
            info.switchboard_configuration.twap_aggregator,
            info.scope_configuration.price_feed,
        ]
        .map(|key| AccountMeta::new_readonly(key, false)),
    );
    assert_same(&call, &ix::refresh_reserves_batch(false, list));
}

#[test]
fn the_four_actions_agree() {
    let mut call = Call::EMPTY;
    for data in reserves() {
        let reserve = Reserve::new(&data).unwrap();
        let leg =
            Leg { key: &RESERVE, reserve: &reserve, custody: &CUSTODY, farm_user: &FARM_USER };
        let user = |farm: Option<&Key>| farm.map(|_| pubkey(&FARM_USER));
        let collateral = reserve.collateral_farm();
        let debt = reserve.debt_farm();

        plan::supply(&mut call, &PARTIES, &leg, 77).unwrap();
        let accounts = ix::DepositReserveLiquidityAndObligationCollateralV2Accounts {
            owner: pubkey(&OWNER),
            obligation: pubkey(&OBLIGATION),
            lending_market: pubkey(&MARKET),
            lending_market_authority: pubkey(&AUTHORITY),
            reserve: pubkey(&RESERVE),
            reserve_liquidity_mint: pubkey(reserve.mint()),
            reserve_liquidity_supply: pubkey(reserve.vault()),
            reserve_collateral_mint: pubkey(reserve.ctoken_mint()),
            reserve_destination_deposit_collateral: pubkey(reserve.ctoken_vault()),
            user_source_liquidity: pubkey(&CUSTODY),
            placeholder_user_destination_collateral: None,
            liquidity_token_program: pubkey(reserve.token_program()),
            obligation_farm_user_state: user(collateral),
            reserve_farm_state: collateral.map(pubkey),
        };
        assert_same(
            &call,
            &ix::deposit_reserve_liquidity_and_obligation_collateral_v2(accounts, 77),
        );

        plan::redeem(&mut call, &PARTIES, &leg, u64::MAX).unwrap();
        let accounts = ix::WithdrawObligationCollateralAndRedeemReserveCollateralV2Accounts {
            owner: pubkey(&OWNER),
            obligation: pubkey(&OBLIGATION),
            lending_market: pubkey(&MARKET),
            lending_market_authority: pubkey(&AUTHORITY),
            withdraw_reserve: pubkey(&RESERVE),
            reserve_liquidity_mint: pubkey(reserve.mint()),
            reserve_source_collateral: pubkey(reserve.ctoken_vault()),
            reserve_collateral_mint: pubkey(reserve.ctoken_mint()),
            reserve_liquidity_supply: pubkey(reserve.vault()),
            user_destination_liquidity: pubkey(&CUSTODY),
            placeholder_user_destination_collateral: None,
            liquidity_token_program: pubkey(reserve.token_program()),
            obligation_farm_user_state: user(collateral),
            reserve_farm_state: collateral.map(pubkey),
        };
        assert_same(
            &call,
            &ix::withdraw_obligation_collateral_and_redeem_reserve_collateral_v2(
                accounts,
                u64::MAX,
            ),
        );

        for group in [0, 5] {
            let data = obligation(group);
            let view = Obligation::new(&data).unwrap();
            let rest = if group == 0 { Vec::new() } else { listed(&[31, 32, 36]) };
            plan::borrow(&mut call, &PARTIES, &leg, &view, 88).unwrap();
            let accounts = ix::BorrowObligationLiquidityV2Accounts {
                owner: pubkey(&OWNER),
                obligation: pubkey(&OBLIGATION),
                lending_market: pubkey(&MARKET),
                lending_market_authority: pubkey(&AUTHORITY),
                borrow_reserve: pubkey(&RESERVE),
                borrow_reserve_liquidity_mint: pubkey(reserve.mint()),
                reserve_source_liquidity: pubkey(reserve.vault()),
                borrow_reserve_liquidity_fee_receiver: pubkey(reserve.fee_vault()),
                user_destination_liquidity: pubkey(&CUSTODY),
                referrer_token_state: None,
                token_program: pubkey(reserve.token_program()),
                obligation_farm_user_state: user(debt),
                reserve_farm_state: debt.map(pubkey),
            };
            assert_same(&call, &ix::borrow_obligation_liquidity_v2(accounts, 88, rest.clone()));

            plan::repay(&mut call, &PARTIES, &leg, &view, 99).unwrap();
            let accounts = ix::RepayObligationLiquidityV2Accounts {
                owner: pubkey(&OWNER),
                obligation: pubkey(&OBLIGATION),
                lending_market: pubkey(&MARKET),
                repay_reserve: pubkey(&RESERVE),
                reserve_liquidity_mint: pubkey(reserve.mint()),
                reserve_destination_liquidity: pubkey(reserve.vault()),
                user_source_liquidity: pubkey(&CUSTODY),
                token_program: pubkey(reserve.token_program()),
                obligation_farm_user_state: user(debt),
                reserve_farm_state: debt.map(pubkey),
                lending_market_authority: pubkey(&AUTHORITY),
            };
            assert_same(&call, &ix::repay_obligation_liquidity_v2(accounts, 99, rest));
        }
    }
}

/// The farms program has no published crate; its list is the IDL's.
#[test]
fn a_harvest_has_eleven_accounts() {
    let zero = &[0; 32];
    let reward = Reward {
        index: 1,
        farm: zero,
        farm_user: zero,
        config: zero,
        mint: zero,
        custody: zero,
        vault: zero,
        treasury: zero,
        vaults_authority: zero,
        scope: None,
        token_program: zero,
    };
    let mut call = Call::EMPTY;
    plan::harvest(&mut call, &OWNER, &reward).unwrap();
    assert_eq!(call.metas().len(), 11);
    assert_eq!(call.data()[..8], hash("global:harvest_reward"));
}
