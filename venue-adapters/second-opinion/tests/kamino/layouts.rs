//! Layouts: every field that we read lies where their structs have it.

use crate::support::{noise, obligation, reserves, versioned};
use klend_interface::state::{self, from_account_data};
use trestle_fixtures::load;
use trestle_venue_adapters::kamino::ids;
use trestle_venue_adapters::kamino::layout::{market as m, obligation as o, reserve as r};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::Reserve;

fn compare_reserve(data: &[u8]) {
    let own: &state::Reserve = from_account_data(data).unwrap();
    let ours = Reserve::new(data).unwrap();
    assert!(ours.is_exact());
    let (liquidity, config) = (&own.liquidity, &own.config);
    assert_eq!(ours.slot(), own.last_update.slot);
    assert_eq!(ours.is_stale(), own.last_update.stale != 0);
    assert_eq!(ours.price_status(), own.last_update.price_status);
    let stamp: [u8; 4] = own.last_update.placeholder[2..].try_into().unwrap();
    assert_eq!(ours.timestamp().to_le_bytes(), stamp);
    let key_pairs = [
        (ours.market(), own.lending_market),
        (ours.mint(), liquidity.mint_pubkey),
        (ours.vault(), liquidity.supply_vault),
        (ours.fee_vault(), liquidity.fee_vault),
        (ours.token_program(), liquidity.token_program),
        (ours.ctoken_mint(), own.collateral.mint_pubkey),
        (ours.ctoken_vault(), own.collateral.supply_vault),
        (ours.collateral_farm().unwrap_or(&[0; 32]), own.farm_collateral),
        (ours.debt_farm().unwrap_or(&[0; 32]), own.farm_debt),
    ];
    for (mine, their) in key_pairs {
        assert_eq!(*mine, their.to_bytes());
    }
    let word_pairs = [
        (ours.available(), liquidity.total_available_amount),
        (ours.price_time(), liquidity.market_price_last_updated_ts),
        (ours.decimals(), liquidity.mint_decimals),
        (ours.deposit_limit_crossed(), liquidity.deposit_limit_crossed_timestamp),
        (ours.borrow_limit_crossed(), liquidity.borrow_limit_crossed_timestamp),
        (ours.ctoken_supply(), own.collateral.mint_total_supply),
        (ours.borrow_factor_pct(), config.borrow_factor_pct),
        (ours.deposit_limit(), config.deposit_limit),
        (ours.borrow_limit(), config.borrow_limit),
        (ours.origination_fee_sf(), config.fees.origination_fee_sf),
        (ours.max_price_age(), config.token_info.max_age_price_seconds),
        (ours.borrow_limit_outside(), config.borrow_limit_outside_elevation_group),
        (ours.borrowed_outside(), own.borrowed_amount_outside_elevation_group),
        (ours.maturity(), config.debt_maturity_timestamp),
        (ours.term(), config.debt_term_seconds),
        (ours.permissioned(), config.permissioned_ops),
        (ours.queued_ctokens(), own.withdraw_queue.queued_collateral_amount),
    ];
    for (i, (mine, their)) in word_pairs.into_iter().enumerate() {
        assert_eq!(mine, their, "word {i}");
    }
    let byte_pairs = [
        (u64::from(ours.status()), u64::from(config.status)),
        (u64::from(ours.host_rate_bps()), u64::from(config.host_fixed_interest_rate_bps)),
        (u64::from(ours.early_repay_pct()), u64::from(config.early_repay_remaining_interest_pct)),
        (u64::from(ours.take_pct()), u64::from(config.protocol_take_rate_pct)),
        (u64::from(ours.ltv_pct()), u64::from(config.loan_to_value_pct)),
        (u64::from(ours.threshold_pct()), u64::from(config.liquidation_threshold_pct)),
        (u64::from(ours.max_bonus_bps()), u64::from(config.max_liquidation_bonus_bps)),
        (
            u64::from(ours.utilisation_limit_pct()),
            u64::from(config.utilization_limit_block_borrowing_above_pct),
        ),
    ];
    for (i, (mine, their)) in byte_pairs.into_iter().enumerate() {
        assert_eq!(mine, their, "byte {i}");
    }
    assert_eq!(ours.is_emergency(), config.emergency_mode != 0);
    assert_eq!(ours.blocks_ctokens(), config.block_ctoken_usage != 0);
    assert_eq!(ours.deleverages(), config.autodeleverage_enabled != 0);
    assert_eq!(ours.no_collateral_outside(), config.disable_usage_as_coll_outside_emode != 0);
    assert_eq!(ours.borrowed_sf(), u128::from(liquidity.borrowed_amount_sf));
    assert_eq!(ours.price_sf(), u128::from(liquidity.market_price_sf));
    let fees = [
        liquidity.accumulated_protocol_fees_sf,
        liquidity.accumulated_referrer_fees_sf,
        liquidity.pending_referrer_fees_sf,
    ];
    let sum = fees.iter().try_fold(0_u128, |sum, f| sum.checked_add(u128::from(*f)));
    assert_eq!(ours.fees_sf().ok(), sum);
    let limbs = liquidity.cumulative_borrow_rate_bsf.value;
    let rate = u128::from(limbs[1]) << 64 | u128::from(limbs[0]);
    let readable = limbs[2] == 0 && limbs[3] == 0 && rate >= 1 << 60;
    assert_eq!(ours.cumulative_sf().ok(), readable.then_some(rate));
    for id in 1..=32 {
        assert_eq!(ours.is_in_group(id), config.elevation_groups.contains(&id));
    }
    let curve: Vec<_> = ours.curve().map(|p| (p.utilisation, p.rate)).collect();
    let points = config.borrow_rate_curve.points;
    let their: Vec<_> =
        points.iter().map(|p| (p.utilization_rate_bps, p.borrow_rate_bps)).collect();
    assert_eq!(curve, their);
}

fn compare_market(data: &[u8]) {
    let own: &state::LendingMarket = from_account_data(data).unwrap();
    let ours = Market::new(data).unwrap();
    assert_eq!(ours.bump(), u8::try_from(own.bump_seed).ok());
    assert_eq!(ours.referral_fee_bps(), own.referral_fee_bps);
    assert_eq!(ours.is_emergency(), own.emergency_mode != 0);
    assert_eq!(ours.deleverages(), own.autodeleverage_enabled != 0);
    assert_eq!(ours.borrow_disabled(), own.borrow_disabled != 0);
    assert_eq!(ours.close_factor_pct(), own.liquidation_max_debt_close_factor_pct);
    assert_eq!(ours.insolvency_ltv_pct(), own.insolvency_risk_unhealthy_ltv_pct);
    assert_eq!(ours.full_liquidation_below(), own.min_full_liquidation_value_threshold);
    assert_eq!(ours.max_liquidation(), own.max_liquidatable_debt_market_value_at_once);
    assert_eq!(ours.executes_orders(), own.obligation_order_execution_enabled != 0);
    let due = own.mature_reserve_debt_liquidation_enabled != 0
        || own.obligation_borrow_debt_term_liquidation_enabled != 0;
    assert_eq!(ours.liquidates_due_debts(), due);
    assert_eq!(ours.permissioned(), own.permissioned_ops);
    for (index, theirs) in own.elevation_groups.iter().enumerate() {
        let id = u8::try_from(index + 1).unwrap();
        let found = ours.group(id);
        assert_eq!(found.is_some(), theirs.id == id);
        let Some(found) = found else { continue };
        assert_eq!(found.ltv_pct, theirs.ltv_pct);
        assert_eq!(found.threshold_pct, theirs.liquidation_threshold_pct);
        assert_eq!(found.max_bonus_bps, theirs.max_liquidation_bonus_bps);
        assert_eq!(found.new_loans, theirs.allow_new_loans != 0);
        assert_eq!(found.max_collaterals, theirs.max_reserves_as_collateral);
        assert_eq!(*found.debt_reserve, theirs.debt_reserve.to_bytes());
    }
}

fn compare_obligation(data: &[u8]) {
    let own: &state::Obligation = from_account_data(data).unwrap();
    let ours = Obligation::new(data).unwrap();
    assert_eq!((ours.tag(), ours.slot()), (own.tag, own.last_update.slot));
    assert_eq!(ours.is_stale(), own.last_update.stale != 0);
    assert_eq!(ours.price_status(), own.last_update.price_status);
    assert_eq!(*ours.market(), own.lending_market.to_bytes());
    assert_eq!(*ours.owner(), own.owner.to_bytes());
    assert_eq!(*ours.referrer(), own.referrer.to_bytes());
    assert_eq!(ours.group(), own.elevation_group);
    assert_eq!(ours.borrowing_disabled(), own.borrowing_disabled != 0);
    let marked = own.autodeleverage_target_ltv_pct != 0
        || own.autodeleverage_margin_call_started_timestamp != 0;
    assert_eq!(ours.is_marked(), marked);
    assert_eq!(ours.is_changing_owner(), own.ownership_transfer_state != 0);
    for (slot, theirs) in ours.deposit_slots().zip(own.deposits.iter()) {
        assert_eq!(slot.is_some(), theirs.is_active());
        let Some(slot) = slot else { continue };
        assert_eq!(*slot.reserve, theirs.deposit_reserve.to_bytes());
        assert_eq!(slot.ctokens, theirs.deposited_amount);
    }
    for (slot, theirs) in ours.borrow_slots().zip(own.borrows.iter()) {
        assert_eq!(slot.is_some(), theirs.is_active());
        let Some(slot) = slot else { continue };
        assert_eq!(*slot.reserve, theirs.borrow_reserve.to_bytes());
        assert_eq!(slot.borrowed_sf, theirs.borrowed_amount());
        assert_eq!(slot.borrowed_at, theirs.last_borrowed_at_timestamp);
        let limbs = theirs.cumulative_borrow_rate_bsf.value;
        let rate = u128::from(limbs[1]) << 64 | u128::from(limbs[0]);
        let readable = limbs[2] == 0 && limbs[3] == 0;
        assert_eq!(slot.cumulative_sf, if readable { rate } else { 0 });
    }
    assert_eq!(ours.deposits().count(), own.num_deposits());
    assert_eq!(ours.borrows().count(), own.num_borrows());
}

#[test]
fn layouts_agree_on_noise() {
    for reserve in reserves() {
        compare_reserve(&reserve);
        // small fees and a readable rate, so that sums and rates are compared too
        let mut tame = reserve;
        for at in [r::PROTOCOL_FEES, r::REFERRER_FEES, r::PENDING_FEES] {
            tame[at + 15] = 0;
        }
        tame[r::CUMULATIVE + 16..r::CUMULATIVE + 32].fill(0);
        compare_reserve(&tame);
    }
    let mut market = versioned(noise(m::LEN, ids::account::MARKET), m::VERSION);
    compare_market(&market);
    for id in 1..=32_u8 {
        market[m::GROUPS + m::GROUP_LEN * (usize::from(id) - 1) + m::group::ID] = id;
    }
    compare_market(&market);
    let mut data = noise(o::LEN, ids::account::OBLIGATION);
    compare_obligation(&data);
    for slot in 0..o::BORROW_COUNT {
        let at = o::BORROWS + o::BORROW_LEN * slot + o::borrow::CUMULATIVE;
        data[at + 16..at + 32].fill(0);
    }
    compare_obligation(&data);
    compare_obligation(&obligation(3));
}

#[test]
fn layouts_agree_on_real_accounts() {
    let reserves = [
        "D6q6wuQSrifJKZYpR1M8R4YawnLDtDsMmWM1NbBmgJ59",
        "d4A2prbA2whesmvHaL88BH6Ewn5N4bTSU2Ze8P6Bc4Q",
        "EVbyPKrHG6WBfm4dLxLMJpUDY43cCAcHSpV3KYjKsktW",
    ];
    for address in reserves {
        let Some(data) = load(&format!("kamino/{address}.bin")) else { continue };
        compare_reserve(&data);
    }
    let markets = [
        "7u3HeHxYDLhnCoErrtycNokbQYbWGzLs6JSDqGAv5PfF",
        "ByYiZxp8QrdN9qbdtaAiePN8AAr3qvTPppNJDpf5DVJ5",
    ];
    for address in markets {
        let Some(data) = load(&format!("kamino/{address}.bin")) else { continue };
        compare_market(&data);
    }
    for name in
        ["4w1qUuYbXpwYkqWzuovJFvP3TRt9EgEzYQv7kYY1nM3J.bin", "usdc_obligation_pda_owned.json"]
    {
        let Some(data) = load(&format!("kamino/{name}")) else { continue };
        compare_obligation(&data);
    }
}
