//! The largest account there is can still be liquidated, and a batch on it
//! still tells what it did.

use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use trestle_client::events::{is_cut, of_logs};
use trestle_interface::PROGRAM_ID;
use trestle_interface::event::{Event, EventKind};
use trestle_sandbox::board::AssetTerms;
use trestle_sandbox::tokens::LEGACY;
use trestle_sandbox::world::Listing;
use trestle_sandbox::{User, World, artifact};

const ASSETS: u8 = 24;
const OWED: usize = 16;
const FACTORS: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4];

/// Asks for the most compute that a transaction may have.
fn budget() -> Instruction {
    let mut data = vec![2];
    data.extend(1_400_000_u32.to_le_bytes());
    let program_id = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");
    Instruction { program_id, accounts: vec![], data }
}

fn world() -> World {
    let listings: Vec<Listing> = (0..ASSETS)
        .map(|i| Listing {
            name: "X",
            decimals: 6,
            mint: None,
            token_program: LEGACY,
            cents: 1_000,
            terms: AssetTerms {
                factor: i % 12,
                basis: trestle_risk_math::defaults::BASIS_PLAIN,
                depth_usd: 1_000_000_000,
                incentive_bps: 30,
                isolated: false,
            },
        })
        .collect();
    World::build(&artifact().elf, &FACTORS, &listings)
}

/// 64 positions by acts of the owner: 24 assets idle and in pools, 16 of them owed.
fn full_account(world: &mut World) -> User {
    let lender = User::new(world, 12, 64);
    for asset in 0..usize::from(ASSETS) {
        lender.fund_and_deposit(world, asset, 10_000_000_000);
        lender.supply(world, asset, 10_000_000_000).unwrap();
    }
    let user = User::new(world, 11, 64);
    for asset in 0..usize::from(ASSETS) {
        user.fund_and_deposit(world, asset, 1_000_000_000);
        user.supply(world, asset, 500_000_000).unwrap();
    }
    for asset in 0..OWED {
        world.advance(1);
        let pool = world.assets[asset].pool;
        let ix = world.trestle.pool_borrow(user.address(), user.account, &pool, 700_000_000);
        world.send(&[budget(), ix], &[&user.key]).unwrap();
        let keys = world.assets[asset].keys;
        let to = user.wallet(world, asset);
        let ix = world.trestle.withdraw(user.address(), user.account, &keys, to, 1_190_000_000);
        world.send(&[budget(), ix], &[&user.key]).unwrap();
    }
    assert_eq!(user.margin(world).1.len(), 64);
    user
}

#[test]
fn an_account_of_64_positions_is_liquidated_within_the_default_budget() {
    let mut world = world();
    let victim = full_account(&mut world);
    world.svm.advance_seconds(1);
    for asset in OWED..usize::from(ASSETS) {
        world.assets[asset].quote = trestle_sandbox::pyth::Quote::cents(405);
    }
    world.publish_all();
    let before = victim.health(&mut world).unwrap();
    assert!(before.maint < 0 && before.equity > 0, "{before:?}");
    let bot = User::new(&mut world, 13, 8);
    bot.fund(&mut world, 0, 1_000_000_000);
    bot.fund(&mut world, 23, 0);
    let keys = bot.against(&world, &victim, 0, 23);
    let collateral = world.assets[23].pool;
    let ix = world.trestle.liquidate_deposit(&keys, &collateral, u64::MAX, 1);
    let sent = world.send(&[budget(), ix], &[&bot.key]).unwrap();
    println!("{} CU", sent.units);
    assert!(sent.units < 200_000, "{} CU", sent.units);
    assert!(victim.health(&mut world).unwrap().maint > before.maint);
}

#[test]
fn the_log_holds_a_batch_of_twelve_on_64_positions_and_a_longer_one_is_cut() {
    let mut world = world();
    let user = full_account(&mut world);
    world.advance(1);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let redeem = |world: &mut World, pools: usize, count: usize| {
        let pools = world.assets[..pools].iter().map(|asset| &asset.pool).cycle().take(count);
        let acts: Vec<Instruction> =
            pools.map(|pool| t.pool_redeem(me, account, pool, Some(1_000))).collect();
        let batch = t.batch(&acts, &[]).unwrap();
        world.send(&[budget(), batch], &[&user.key]).unwrap().logs
    };
    let told = |logs: &[String]| {
        let events = of_logs(logs, &PROGRAM_ID);
        let kinds = events.iter().map(|bytes| Event::decode(bytes).unwrap().head.kind);
        let legs = EventKind::Legs.byte();
        kinds.fold(
            [0, 0],
            |[pools, own], kind| {
                if kind == legs { [pools, own + 1] } else { [pools + 1, own] }
            },
        )
    };
    let logs = redeem(&mut world, 12, 12);
    let bytes: usize = logs.iter().map(String::len).sum();
    println!("twelve operations: {bytes} bytes of log");
    assert!(!is_cut(&logs) && bytes < 6_700, "{bytes}");
    assert_eq!(told(&logs), [12, 1]);
    let logs = redeem(&mut world, 8, 24);
    assert!(is_cut(&logs));
    assert_eq!(told(&logs)[1], 0, "what the account holds now is not told");
}
