//! Rulings of the architecture, each under its number.

use crate::liquidate::{against_custody, indebted};
use crate::loss::{mark, sunk};
use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use trestle_client::ix::info;
use trestle_interface::exits::{EXITS, Exit, State};
use trestle_interface::state::{
    MarginAccount, MarketRow, Pool, Position, PositionKind, PricesPage, account_size,
};
use trestle_interface::tag::{TABLE, Tag};
use trestle_interface::{TrestleError, pda};
use trestle_sandbox::pyth::{self, Quote};
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{BTC, SOL, USDC};
use trestle_sandbox::{User, World, refused, tokens};

/// Writes an oracle account and asks for a refresh of its row alone.
fn sample(world: &mut World, asset: usize, quote: Quote, age: i64) -> Instruction {
    let clock = world.svm.clock();
    let a = &world.assets[asset];
    let data = pyth::encode(&a.feed, &quote, clock.unix_timestamp - age, clock.slot);
    let (oracle, id) = (a.oracle, a.keys.id);
    world.svm.set_account(oracle, pyth::account(data));
    world.trestle.refresh_prices(&[(id, oracle)])
}

#[test]
fn r01_a_bad_sample_never_touches_a_row() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    // an attacker who would rather not see the victim liquidated posts what they can
    world.svm.advance_seconds(3);
    let before = world.with_pages(|b| *b.prices.asset(1).unwrap());
    let bad = [
        (Quote { confidence: 1_000_000_000, ..Quote::cents(13_000) }, 0, TrestleError::OracleWide),
        (Quote::exact(-5), 0, TrestleError::OracleNotPositive),
        (Quote::cents(20_000), 1_000, TrestleError::OracleStale),
        (Quote::cents(20_000), -20, TrestleError::OracleFuture),
    ];
    for (quote, age, error) in bad {
        let ix = sample(&mut world, SOL, quote, age);
        refused(&mut world.svm, &[ix], &[], error);
    }
    // an older but still acceptable sample is no news either
    let ix = sample(&mut world, SOL, Quote::cents(20_000), 10);
    world.send(&[ix], &[]).expect("a row that is newer stays, and that is no failure");
    let after = world.with_pages(|b| *b.prices.asset(1).unwrap());
    assert_eq!(bytemuck::bytes_of(&before), bytemuck::bytes_of(&after));
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    world.send(&[ix], &[&bot.key]).expect("liquidation was never switched off");
}

#[test]
fn r04_prices_of_one_check_lie_close_together() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 10_000_000_000).unwrap();
    // SOL now, USDC 61 s ago: within both ages of 120 s, beyond the skew of 60 s
    world.svm.advance_seconds(61);
    let ix = sample(&mut world, SOL, Quote::cents(15_000), 0);
    let markets = world.trestle.refresh_markets(&[world.assets[USDC].pool]);
    world.send(&[ix, markets], &[]).unwrap();
    let pool = world.assets[USDC].pool;
    let more = world.trestle.pool_borrow(user.address(), user.account, &pool, 1_000_000);
    refused(&mut world.svm, &[more], &[&user.key], TrestleError::PriceSkew);
    world.publish_all();
    user.borrow(&mut world, USDC, 1_000_000).unwrap();
}

#[test]
fn r04_confidence_grows_with_age() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 10_000_000_000).unwrap();
    world.publish_all();
    let fresh = user.health(&mut world).unwrap();
    world.svm.advance_seconds(50);
    let old = user.health(&mut world).unwrap();
    // one Q16 unit a second on 150,000 USD of SOL: 50 / 65,536 of it at least
    assert!(fresh.maint - old.maint >= 150_000_000_000 / 65_536 * 50, "{fresh:?} {old:?}");
    let equity_moved = (fresh.equity - old.equity).abs();
    assert!(equity_moved < 2_000_000, "prices did not move: {equity_moved}");
}

#[test]
fn r04_liquidation_needs_prices_of_thirty_seconds_published_together() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    let mut late = world.clone();
    late.svm.advance_seconds(31);
    refused(&mut late.svm, std::slice::from_ref(&ix), &[&bot.key], TrestleError::LiquidationStale);
    // 16 s apart: beyond the liquidation's own skew of 15 s
    let mut skewed = world.clone();
    skewed.svm.advance_seconds(16);
    let refresh = sample(&mut skewed, SOL, Quote::cents(13_000), 0);
    skewed.send(&[refresh], &[]).unwrap();
    refused(
        &mut skewed.svm,
        std::slice::from_ref(&ix),
        &[&bot.key],
        TrestleError::LiquidationStale,
    );
    world.send(&[ix], &[&bot.key]).unwrap();
}

#[test]
fn r04_the_cool_off_ends_with_the_first_price_published_after_the_act() {
    let (mut world, _) = funded();
    let victim = trader(&mut world, 11, 1_000);
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(10);
    victim.borrow(&mut world, USDC, 110_000_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 110_000_000_000).unwrap();
    // a sample that was published before the act, but had not been posted yet
    world.assets[SOL].quote = Quote::cents(13_000);
    world.svm.advance_seconds(2);
    for asset in [SOL, USDC] {
        let quote = world.assets[asset].quote;
        let ix = sample(&mut world, asset, quote, 2);
        world.send(&[ix], &[]).unwrap();
    }
    let markets = world.trestle.refresh_markets(&[world.assets[USDC].pool]);
    world.send(&[markets], &[]).unwrap();
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    // rows of the same second as the act do not count as published after it
    let failure = world.send(std::slice::from_ref(&ix), &[&bot.key]).unwrap_err();
    assert!(
        matches!(failure.trestle(), Some(TrestleError::CoolOff | TrestleError::Healthy)),
        "{failure:?}"
    );
    world.advance(1);
    world.send(&[ix], &[&bot.key]).expect("prices published after the act");
}

#[test]
fn r05_two_pages_and_no_act_of_a_user_writes_them() {
    let (mut world, _) = funded();
    let pages = |world: &World| {
        (world.svm.data(&world.trestle.prices), world.svm.data(&world.trestle.markets))
    };
    let user = trader(&mut world, 11, 1_000);
    let before = pages(&world);
    user.borrow(&mut world, USDC, 10_000_000_000).unwrap();
    user.supply(&mut world, SOL, 1_000_000_000).unwrap();
    user.redeem(&mut world, SOL, None).unwrap();
    user.repay(&mut world, USDC, Some(1_000_000)).unwrap();
    user.withdraw(&mut world, USDC, 1_000_000).unwrap();
    assert!(before == pages(&world), "only refreshes and listings write the board");
    // and none of them even locks a page for writing
    for row in TABLE {
        let writes = row
            .prefix
            .iter()
            .chain(row.accounts)
            .any(|role| matches!(role.name, "prices" | "markets") && role.writable);
        let may = matches!(
            row.tag,
            Tag::RefreshPrices
                | Tag::RefreshMarkets
                | Tag::SettleBadDebt
                | Tag::InitBoard
                | Tag::ListFactor
                | Tag::ListIssuer
                | Tag::ListAsset
                | Tag::ListClass
                | Tag::ListMarket
                | Tag::ListReserve
                | Tag::SetScenarios
        );
        assert!(may || !writes, "{} writes a page", row.name);
    }
    // a check reads three accounts
    assert_eq!(info(Tag::GetHealth).accounts.len(), 3);
    // running totals of a class have an account of their own
    let exposure = world.trestle.addresses().exposure(&world.trestle.group, 0);
    assert_eq!(world.with_pages(|b| b.markets.classes[0].exposure), exposure);
    assert!(world.svm.account(&exposure).is_some());
    let _ = pda::EXPOSURE;
}

#[test]
fn r11_the_exit_table_holds_cell_by_cell() {
    let mut cells = 0;
    for exit in EXITS {
        for state in State::ALL {
            let (mut world, ix, keys) = in_state(exit.tag, *state);
            let outcome = world.send(&[ix], &keys.iter().collect::<Vec<_>>());
            match exit.rule(*state) {
                Exit::Allowed => {
                    outcome.unwrap_or_else(|e| panic!("{:?} in {state:?}: {e:?}", exit.tag));
                }
                Exit::Refused(error) => {
                    let found = outcome.err().and_then(|f| f.trestle());
                    assert_eq!(found, Some(error), "{:?} in {state:?}", exit.tag);
                }
            }
            cells += 1;
        }
    }
    assert_eq!(cells, EXITS.len() * State::ALL.len());
}

/// A debtor's exit in a world in that state.
fn in_state(tag: Tag, state: State) -> (World, Instruction, Vec<Keypair>) {
    let (mut world, lender) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.fund_and_deposit(&mut world, USDC, 5_000_000_000);
    user.supply(&mut world, USDC, 2_000_000_000).unwrap();
    let solo = crate::lender::lender(&mut world, 15, USDC, 5_000_000);
    let saved = crate::lender::wallet(&world, &solo, USDC);
    let save =
        world.trestle.lender_supply(solo.pubkey(), &world.assets[USDC].pool, saved, 5_000_000);
    world.send(&[save], &[&solo]).unwrap();
    if state != State::NothingOwed {
        user.borrow(&mut world, USDC, 80_000_000_000).unwrap();
    }
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 100_000_000_000);
    bot.fund(&mut world, SOL, 0);
    user.fund(&mut world, USDC, 1_000_000);
    if state == State::NoLiquidity {
        let whale = trader(&mut world, 13, 100_000);
        let cash = world.pool(USDC).cash;
        whale.borrow(&mut world, USDC, cash).unwrap();
    }
    match state {
        State::Stale => world.svm.advance_seconds(300),
        State::Unhealthy => {
            let out = world.pool(USDC).cash.min(82_000_000_000);
            user.withdraw(&mut world, USDC, out).unwrap();
            world.advance(1);
            world.set_price(SOL, 9_000);
            world.advance(1);
        }
        State::Unsettled => {
            let broke = sunk(&mut world, 16, 17);
            mark(&mut world, &broke, USDC).unwrap();
            world.advance(1);
        }
        _ => world.advance(1),
    }
    let _ = lender;
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let (usdc, pool) = (world.assets[USDC].keys, world.assets[USDC].pool);
    let wallet = user.wallet(&world, USDC);
    let key = user.key.insecure_clone();
    let ix = match tag {
        Tag::Deposit => t.deposit(me, account, &usdc, wallet, 1_000_000),
        Tag::PoolRepay => t.pool_repay(me, account, &pool, Some(1_000_000)),
        Tag::PoolRedeem => t.pool_redeem(me, account, &pool, Some(1_000_000)),
        Tag::Withdraw => t.withdraw(me, account, &usdc, wallet, 1_000_000),
        Tag::LenderRedeem => {
            let redeem = t.lender_redeem(solo.pubkey(), &pool, saved, Some(1_000_000));
            return (world, redeem, vec![solo]);
        }
        Tag::Liquidate => {
            let ix = against_custody(&world, &user, &bot, 1_000_000_000);
            return (world, ix, vec![bot.key.insecure_clone()]);
        }
        other => panic!("{other:?} is no exit"),
    };
    (world, ix, vec![key])
}

#[test]
fn r14_slabs_and_lend_only_positions_add_up_to_the_pool() {
    let (mut world, lender) = funded();
    let solo = Keypair::new_from_array([33; 32]);
    world.svm.airdrop(&solo.pubkey(), 10_000_000_000);
    let (keys, pool) = (world.assets[USDC].keys, world.assets[USDC].pool);
    let from = tokens::fund(&mut world.svm, solo.pubkey(), &keys, 77_000_000);
    let t = world.trestle;
    let open = t.open_lender(solo.pubkey(), solo.pubkey(), &pool);
    let supply = t.lender_supply(solo.pubkey(), &pool, from, 77_000_000);
    world.send(&[open, supply], &[&solo]).unwrap();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 50_000_000_000).unwrap();
    world.advance(1_000_000);
    user.repay(&mut world, USDC, Some(7_000_000)).unwrap();
    lender.redeem(&mut world, USDC, Some(3_333_333)).unwrap();
    let units = |user: &User, kind: PositionKind| {
        let (_, positions) = user.margin(&world);
        let found =
            positions.iter().find(|p| p.kind == kind.byte() && usize::from(p.asset) == USDC);
        found.map_or(0, |p| p.units.get())
    };
    let bytes = trestle_client::health::Aligned::new(
        &world.svm.data(&t.addresses().lender(&pool.pool, &solo.pubkey())),
    );
    let alone: &trestle_interface::state::Lender = bytes.account().unwrap();
    let books = world.pool(USDC);
    let deposits = units(&lender, PositionKind::PoolDeposit) + u128::from(alone.units);
    assert_eq!(deposits, u128::from(books.deposit_units));
    assert_eq!(units(&user, PositionKind::PoolDebt), u128::from(books.debt_units));
}

#[test]
fn r16_custody_is_the_one_canonical_account_unencumbered() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 10);
    let (t, keys) = (world.trestle, world.assets[SOL].keys);
    let custody = t.custody(&user.account, &keys);
    // wrapped SOL in custody is a true native account
    assert_eq!(world.svm.data(&custody)[109], 1, "is_native is set");
    let withdraw = t.withdraw(user.address(), user.account, &keys, user.wallet(&world, SOL), 1);
    // a second token account of the authority is not custody
    let authority = t.addresses().authority(&user.account);
    let other = solana_program::pubkey::Pubkey::new_from_array([91; 32]);
    let copy = world.svm.account(&custody).unwrap();
    world.svm.set_account(other, copy.clone());
    let mut second = withdraw.clone();
    second.accounts[5].pubkey = other;
    refused(&mut world.svm, &[second], &[&user.key], TrestleError::NotCanonicalCustody);
    // a delegate or a close authority on it stops its use
    for (offset, name) in [(72, "delegate"), (129, "close authority")] {
        let mut bad = copy.clone();
        bad.data[offset] = 1;
        world.svm.set_account(custody, bad);
        let mut probe = world.clone();
        refused(
            &mut probe.svm,
            std::slice::from_ref(&withdraw),
            &[&user.key],
            TrestleError::CustodyEncumbered,
        );
        assert!(!name.is_empty());
        world.svm.set_account(custody, copy.clone());
    }
    let mut owner = copy.clone();
    owner.data[32] ^= 1;
    world.svm.set_account(custody, owner);
    refused(
        &mut world.svm,
        std::slice::from_ref(&withdraw),
        &[&user.key],
        TrestleError::WrongTokenOwner,
    );
    // recognised units never exceed the balance: a custody that lost tokens stops
    let mut poor = copy.clone();
    poor.data[64..72].copy_from_slice(&5_u64.to_le_bytes());
    world.svm.set_account(custody, poor);
    refused(&mut world.svm, &[withdraw], &[&user.key], TrestleError::Corrupt);
    world.svm.set_account(custody, copy);
    // closing sweeps dust, rent and lamports to the owner
    let amount = t_amount(&user, &world, SOL);
    user.withdraw(&mut world, SOL, amount).unwrap();
    tokens::fund(&mut world.svm, authority, &keys, 123);
    world.svm.airdrop(&authority, 5_000_000);
    let lamports = world.svm.account(&user.address()).unwrap().lamports;
    let close = t.close_account(user.address(), user.account, &[keys]);
    world.send(&[close], &[&user.key]).unwrap();
    assert!(world.svm.account(&custody).is_none_or(|a| a.lamports == 0));
    assert!(world.svm.account(&authority).is_none_or(|a| a.lamports == 0));
    assert_eq!(balance_of(&world.svm, &user.wallet(&world, SOL)), amount + 123);
    let gained = world.svm.account(&user.address()).unwrap().lamports - lamports;
    assert!(gained > 5_000_000 + 2_000_000, "rent of two accounts and the gift: {gained}");
}

fn t_amount(user: &User, world: &World, asset: usize) -> u64 {
    let (_, positions) = user.margin(world);
    let found = positions.iter().find(|p| usize::from(p.asset) == asset).unwrap();
    u64::try_from(found.units.get()).unwrap()
}

#[test]
fn r18_isolated_assets_have_no_credit_and_the_default_table_validates() {
    // the sandbox lists the default table of the model: every listing went through C1 to C8
    let world = World::new();
    world.with_pages(|board| {
        let meme = board.prices.asset(4).unwrap();
        assert!(meme.is_isolated());
        assert_eq!(meme.slope, 0, "no concentration credit");
        let sol = board.prices.asset(1).unwrap();
        assert!(sol.slope > 0);
    });
}

#[test]
fn r20_perp_fields_lend_only_positions_and_the_layout_upgrade_are_there() {
    // perp fields of a market row
    let row: MarketRow = bytemuck::Zeroable::zeroed();
    let perp = (
        row.funding_rate,
        row.cumulative_funding.get(),
        row.mark_mantissa,
        row.open_interest_long,
        row.open_interest_short,
    );
    assert_eq!(perp, (0, 0, 0, 0, 0));
    assert_eq!(info(Tag::LenderSupply).name, "lender_supply");

    // an account of the preview's layout: positions unsorted, without their copies
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.fund_and_deposit(&mut world, BTC, 1_000_000);
    user.borrow(&mut world, USDC, 1_000_000).unwrap();
    let present = world.svm.account(&user.account).unwrap();
    let mut old = present.clone();
    old.data[8] = 0; // version
    old.data[118] = 0; // debt flag
    let count = usize::from(old.data[115]);
    let slab = &mut old.data[account_size(0)..account_size(count)];
    let positions: &mut [Position] = bytemuck::cast_slice_mut(slab);
    positions.reverse();
    for position in positions.iter_mut() {
        position.asset = 0;
        position.class = 0;
    }
    world.svm.set_account(user.account, old);
    let withdraw = world.trestle.withdraw(
        user.address(),
        user.account,
        &world.assets[BTC].keys,
        user.wallet(&world, BTC),
        1,
    );
    refused(&mut world.svm, &[withdraw], &[&user.key], TrestleError::WrongVersion);
    let upgrade = world.trestle.upgrade_layout(user.account);
    world.send(std::slice::from_ref(&upgrade), &[]).unwrap();
    assert_eq!(world.svm.account(&user.account).unwrap().data, present.data, "migrated");
    world.send(&[upgrade], &[]).expect("and again, without effect");
    assert_eq!(world.svm.account(&user.account).unwrap().data, present.data);
    // it touches nothing else
    let mut other = world.trestle.upgrade_layout(world.assets[USDC].pool.pool);
    refused(&mut world.svm, std::slice::from_ref(&other), &[], TrestleError::WrongType);
    other.accounts[0].pubkey = user.address();
    refused(&mut world.svm, &[other], &[], TrestleError::WrongOwner);
    assert_eq!(core::mem::size_of::<MarginAccount>(), 2_048);
    assert!(core::mem::size_of::<Pool>() < core::mem::size_of::<PricesPage>());
}
