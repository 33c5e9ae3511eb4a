//! Every native instruction once, in a usual case.

use crate::table::Row;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use trestle_client::Cohort;
use trestle_client::ix::info;
use trestle_interface::Address;
use trestle_interface::args::ListIssuerArgs;
use trestle_interface::state::Phase;
use trestle_interface::tag::Tag;
use trestle_sandbox::world::{BTC, JITOSOL, SOL, USDC};
use trestle_sandbox::{Sent, User, World, tokens};

/// Collects rows.
pub struct Bench {
    pub world: World,
    rows: Vec<Row>,
}

impl Bench {
    /// Sends on the world itself.
    pub fn send(&mut self, case: &str, ix: Instruction, keys: &[&Keypair]) {
        let tag = Tag::from_byte(ix.data[0]).expect("a tag");
        let sent = self
            .world
            .send(&[ix], keys)
            .unwrap_or_else(|e| panic!("{} ({case}): {e:?}", info(tag).name));
        self.rows.push(Row::new(info(tag).name, case, &sent));
    }

    /// Sends two of our instructions that only go together, a row for each:
    /// units of its own, locks and bytes of both.
    pub fn pair(&mut self, cases: [&str; 2], pair: [Instruction; 2], keys: &[&Keypair]) {
        let names =
            [0, 1].map(|at: usize| info(Tag::from_byte(pair[at].data[0]).expect("a tag")).name);
        let sent = self.world.send(&pair, keys).unwrap_or_else(|e| panic!("{names:?}: {e:?}"));
        let ends = sent.logs.iter().position(|line| line.ends_with(" success"));
        let (first, second) = sent.logs.split_at(ends.expect("the first ends") + 1);
        for (at, logs) in [first, second].into_iter().enumerate() {
            let part = Sent { logs: logs.to_vec(), ..sent.clone() };
            self.rows.push(Row::new(names[at], cases[at], &part));
        }
    }
}

/// Rows of a user's life.
pub fn rows() -> (Vec<Row>, World) {
    let mut bench = Bench { world: World::new(), rows: vec![] };
    access(&mut bench.rows);
    user(&mut bench);
    batches(&mut bench);
    liquidation(&mut bench);
    loss(&mut bench);
    lender(&mut bench);
    upkeep(&mut bench);
    crate::control::rows(&mut bench);
    (bench.rows, bench.world)
}

/// Rows of what only the set-up of a world has sent.
pub fn set_up(world: &World, rows: &mut Vec<Row>) {
    for (tag, cost) in &world.svm.costs {
        let name = Tag::from_byte(*tag).map(|tag| info(tag).name).unwrap_or_default();
        if rows.iter().all(|row| row.name != name) {
            rows.push(Row {
                name: name.into(),
                case: "set-up of the sandbox, most of all sent".into(),
                units: cost.most,
                inner: 0,
                locks: cost.locks,
                bytes: cost.bytes,
                table_bytes: cost.table_bytes,
            });
        }
    }
}

/// Accounts of a cohort of 5,000: proofs of 13 siblings.
fn access(rows: &mut Vec<Row>) {
    let mut world = World::closed();
    let key = Keypair::new_from_array([26; 32]);
    world.svm.airdrop(&key.pubkey(), 100_000_000_000);
    let (t, me) = (world.trestle, key.pubkey());
    let others = (1..5_000_u16).map(|i| {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&i.to_le_bytes());
        Address::new_from_array(bytes)
    });
    let owners = others.chain([me]).collect();
    let cohort = Cohort::new(t.program_id, t.group, owners).expect("a cohort");
    world.set_access(Phase::Cohort, cohort.root(), 5_000);
    let invitation = cohort.proof(&me);
    assert!(invitation.as_ref().is_some_and(|i| i.path.len() == 13));
    for (case, index, invitation) in [
        ("8 positions, seat taken by a proof of 13", 0, invitation.as_ref()),
        ("8 positions, seat held", 1, None),
    ] {
        let ix = t.create_account_by_seat(me, me, index, 8, invitation);
        let sent = world.send(&[ix], &[&key]).unwrap_or_else(|e| panic!("{case}: {e:?}"));
        rows.push(Row::new(info(Tag::CreateAccount).name, case, &sent));
    }
}

fn user(bench: &mut Bench) {
    let lender = User::new(&mut bench.world, 20, 8);
    lender.fund_and_deposit(&mut bench.world, USDC, 1_000_000_000_000);
    lender.supply(&mut bench.world, USDC, 1_000_000_000_000).expect("supply");
    bench.world.publish_all();
    let key = Keypair::new_from_array([21; 32]);
    bench.world.svm.airdrop(&key.pubkey(), 100_000_000_000);
    let (t, me) = (bench.world.trestle, key.pubkey());
    bench.send("8 positions", t.create_account(me, me, 0, 8), &[&key]);
    let user = User { key: std::sync::Arc::new(key), account: t.margin(&me, 0) };
    bench.send("8 to 64 positions", t.resize_account(me, me, user.account, 64), &[&user.key]);
    user.fund(&mut bench.world, SOL, 2_000_000_000_000);
    user.fund(&mut bench.world, USDC, 1_000_000_000);
    let (sol, usdc) = (bench.world.assets[SOL].clone(), bench.world.assets[USDC].clone());
    let wallet = user.wallet(&bench.world, SOL);
    let deposit = |amount| t.deposit(me, user.account, &sol.keys, wallet, amount);
    bench.send("first of an asset", deposit(1_000_000_000_000), &[&user.key]);
    bench.send("into an existing position", deposit(1_000_000_000), &[&user.key]);
    bench.send("no debt", t.withdraw(me, user.account, &sol.keys, wallet, 1_000), &[&user.key]);
    bench.send("no debt", t.pool_supply(me, user.account, &sol.pool, 5_000_000_000), &[&user.key]);
    bench.send("part", t.pool_redeem(me, user.account, &sol.pool, Some(1_000_000)), &[&user.key]);
    bench.send(
        "4 positions after",
        t.pool_borrow(me, user.account, &usdc.pool, 50_000_000_000),
        &[&user.key],
    );
    bench.send(
        "4 positions, with debt",
        t.withdraw(me, user.account, &sol.keys, wallet, 1_000),
        &[&user.key],
    );
    bench.send(
        "4 positions, with debt",
        t.pool_supply(me, user.account, &sol.pool, 1_000_000),
        &[&user.key],
    );
    bench.send("part", t.pool_repay(me, user.account, &usdc.pool, Some(1_000_000)), &[&user.key]);
    let authority = t.addresses().authority(&user.account);
    tokens::fund(&mut bench.world.svm, authority, &usdc.keys, 5);
    bench.send("5 units found", t.sync_custody(me, user.account, &usdc.keys), &[&user.key]);
}

/// Twelve native operations on four assets, checked once.
fn batches(bench: &mut Bench) {
    let user = User::new(&mut bench.world, 26, 32);
    for asset in [BTC, SOL, JITOSOL, USDC] {
        let amount = bench.world.assets[asset].tokens(100);
        user.fund_and_deposit(&mut bench.world, asset, amount);
    }
    let (t, me, account) = (bench.world.trestle, user.address(), user.account);
    let pools = [BTC, SOL, JITOSOL, USDC].map(|asset| bench.world.assets[asset].pool);
    let supplies = pools.iter().map(|pool| t.pool_supply(me, account, pool, 1_000_000));
    let redeems = pools.iter().map(|pool| t.pool_redeem(me, account, pool, Some(400_000)));
    let again = pools.iter().map(|pool| t.pool_supply(me, account, pool, 50_000));
    let operations: Vec<Instruction> = supplies.chain(redeems).chain(again).collect();
    let batch = t.batch(&operations, &[]).expect("a batch");
    bench.send("12 native operations, 4 assets, no debt", batch, &[&user.key]);
}

fn liquidation(bench: &mut Bench) {
    let victim = User::new(&mut bench.world, 22, 16);
    victim.fund_and_deposit(&mut bench.world, SOL, 1_000_000_000_000);
    victim.supply(&mut bench.world, SOL, 300_000_000_000).expect("supply");
    victim.fund(&mut bench.world, USDC, 0);
    bench.world.publish_all();
    victim.borrow(&mut bench.world, USDC, 100_000_000_000).expect("borrow");
    victim.withdraw(&mut bench.world, USDC, 100_000_000_000).expect("withdraw");
    let bot = User::new(&mut bench.world, 23, 8);
    bot.fund(&mut bench.world, USDC, 500_000_000_000);
    bot.fund(&mut bench.world, SOL, 0);
    bench.world.advance(2);
    bench.world.set_price(SOL, 11_500);
    bench.world.advance(2);
    let keys = bot.against(&bench.world, &victim, USDC, SOL);
    let (t, sol) = (bench.world.trestle, bench.world.assets[SOL].clone());
    let custody = t.liquidate_custody(&keys, &sol.keys, 1_000_000_000, 1);
    bench.send("3 positions, custody", custody, &[&bot.key]);
    let deposit = t.liquidate_deposit(&keys, &sol.pool, 1_000_000_000, 1);
    bench.send("3 positions, pool deposit", deposit, &[&bot.key]);
}

/// An account whose collateral was seized below water, and its debt.
fn loss(bench: &mut Bench) {
    let victim = User::new(&mut bench.world, 81, 16);
    victim.fund_and_deposit(&mut bench.world, SOL, 1_000_000_000_000);
    victim.fund(&mut bench.world, USDC, 0);
    victim.borrow(&mut bench.world, USDC, 70_000_000_000).expect("borrow");
    victim.withdraw(&mut bench.world, USDC, 70_000_000_000).expect("withdraw");
    let bot = User::new(&mut bench.world, 82, 8);
    bot.fund(&mut bench.world, USDC, 500_000_000_000);
    bot.fund(&mut bench.world, SOL, 0);
    bench.world.advance(2);
    bench.world.set_price(SOL, 4_000);
    bench.world.advance(2);
    let keys = bot.against(&bench.world, &victim, USDC, SOL);
    let (t, sol) = (bench.world.trestle, bench.world.assets[SOL].clone());
    let usdc = bench.world.assets[USDC].pool;
    let all = t.liquidate_custody(&keys, &sol.keys, u64::MAX, 1);
    bench.send("2 positions, below water, all of custody", all, &[&bot.key]);
    bench.world.set_price(SOL, 11_500);
    bench.world.advance(2);
    bench.send("1 position, bankrupt, 1 pool", t.flag_unhealthy(victim.account, &[usdc]), &[]);
    bench.send("1 position", t.settle_bad_debt(victim.account, &usdc), &[]);
}

fn lender(bench: &mut Bench) {
    let key = Keypair::new_from_array([24; 32]);
    bench.world.svm.airdrop(&key.pubkey(), 10_000_000_000);
    let (t, usdc, me) = (bench.world.trestle, bench.world.assets[USDC].clone(), key.pubkey());
    let wallet = tokens::fund(&mut bench.world.svm, me, &usdc.keys, 1_000_000_000);
    bench.send("", t.open_lender(me, me, &usdc.pool), &[&key]);
    bench.send("", t.lender_supply(me, &usdc.pool, wallet, 1_000_000_000), &[&key]);
    bench.send("all", t.lender_redeem(me, &usdc.pool, wallet, None), &[&key]);
    bench.send("", t.close_lender(me, &usdc.pool), &[&key]);
}

fn upkeep(bench: &mut Bench) {
    bench.world.svm.advance_seconds(2);
    for asset in 0..bench.world.assets.len() {
        bench.world.publish(asset);
    }
    let world = &bench.world;
    let row = |a: usize| (world.assets[a].keys.id, world.assets[a].oracle);
    let t = world.trestle;
    let one = t.refresh_prices(&[row(SOL)]);
    let three = t.refresh_prices(&[row(0), row(JITOSOL), row(USDC)]);
    let pools: Vec<_> = world.assets.iter().map(|a| a.pool).collect();
    let (idle, lent) = (t.refresh_markets(&pools[..1]), t.refresh_markets(&pools[USDC..=USDC]));
    let all = t.refresh_markets(&pools);
    bench.send("1 row", one, &[]);
    bench.send("3 rows", three, &[]);
    bench.send("1 pool without debts", idle, &[]);
    bench.send("1 pool with debts", lent, &[]);
    bench.send("5 pools", all, &[]);
    let admin = bench.world.admin.clone();
    let issuer = ListIssuerArgs { issuer: 1, jump: [655, 1_311], cap: 0 };
    bench.send("", t.list_issuer(admin.pubkey(), &issuer), &[&admin]);
    let user = User::new(&mut bench.world, 25, 8);
    user.fund_and_deposit(&mut bench.world, USDC, 5);
    user.withdraw(&mut bench.world, USDC, 5).expect("withdraw");
    let usdc = bench.world.assets[USDC].keys;
    let upgrade = t.upgrade_layout(user.account);
    bench.send("already there", upgrade, &[]);
    let close = t.close_account(user.address(), user.account, &[usdc]);
    bench.send("one custody swept", close, &[&user.key]);
}
