//! Operations at Kamino, on the pack that is given: our mock where none is.
//!
//! Each is sent as a user would: version 0, with a lookup table, and with
//! klend's own price refresh in front where klend asks for one.

use crate::table::Row;
use solana_instruction::Instruction;
use trestle_client::ix::{At, RescueFrom, RescueTo, Seized, info};
use trestle_interface::tag::Tag;
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{KaminoWorld, User};

/// Collects rows.
struct Bench {
    kamino: KaminoWorld,
    rows: Vec<Row>,
}

impl Bench {
    /// Sends `ix` behind what klend asks for; the row is of `ix`.
    fn send(&mut self, case: &str, front: Option<Instruction>, ix: Instruction, user: &User) {
        let name = info(Tag::from_byte(ix.data[0]).expect("a tag")).name;
        let all: Vec<Instruction> = front.into_iter().chain([ix]).collect();
        let sent = self
            .kamino
            .world
            .svm
            .send_with_table(&all, &[&user.key])
            .unwrap_or_else(|e| panic!("{name} ({case}): {e:?}"));
        self.rows.push(Row::new(name, case, &sent));
    }
}

/// Rows of the table, and the world in which they were measured.
pub fn rows() -> (Vec<Row>, KaminoWorld) {
    let mut bench = Bench { kamino: KaminoWorld::new(), rows: vec![] };
    let lender = User::new(&mut bench.kamino.world, 20, 8);
    lender.fund_and_deposit(&mut bench.kamino.world, USDC, 1_000_000_000_000);
    lender.supply(&mut bench.kamino.world, USDC, 1_000_000_000_000).expect("supply");
    bench.kamino.advance(1);
    borrower(&mut bench);
    farmer(&mut bench);
    grouped(&mut bench);
    mixed(&mut bench);
    liquidations(&mut bench);
    rescues(&mut bench);
    refreshes(&mut bench);
    (bench.rows, bench.kamino)
}

/// Two reserves, a debt, and idle tokens beside them: four positions and more.
fn borrower(bench: &mut Bench) {
    let world = &mut bench.kamino.world;
    let user = User::new(world, 21, 16);
    user.fund_and_deposit(world, SOL, 1_000_000_000_000);
    user.fund_and_deposit(world, JITOSOL, 100_000_000_000);
    user.fund_and_deposit(world, USDC, 20_000_000_000);
    bench.kamino.advance(1);
    let (t, me, account) = (bench.kamino.world.trestle, user.address(), user.account);
    let (sol, usdc) = (bench.kamino.reserve(SOL), bench.kamino.reserve(USDC));
    let (on_sol, on_usdc) = ([sol], [usdc]);
    let alone = At { reserve: &sol, others: &[] };
    let at_sol = At { reserve: &sol, others: &on_usdc };
    let at_usdc = At { reserve: &usdc, others: &on_sol };
    const BOOK: &str = "5 positions, 2 reserves, debt";

    bench.send("first of an owner", None, t.open_venue(me, me, account, &sol), &user);
    let supply = |at, amount| t.venue_supply(me, account, at, amount);
    bench.send("first of an obligation", None, supply(alone, 500_000_000_000), &user);
    bench.send("no debt", None, supply(alone, 1_000_000_000), &user);
    let redeem = |at, amount| t.venue_redeem(me, account, at, amount);
    bench.send("no debt", None, redeem(alone, Some(1_000_000_000)), &user);
    bench.kamino.advance(1);
    let front = |bench: &Bench| Some(bench.kamino.price_refresh(&[SOL, USDC]));
    let borrow = |amount| t.venue_borrow(me, account, at_usdc, amount);
    let prices = front(bench);
    bench.send("first of an obligation", prices, borrow(10_000_000_000), &user);
    bench.kamino.advance(1);
    let prices = front(bench);
    bench.send(BOOK, prices, borrow(1_000_000_000), &user);
    bench.kamino.advance(1);
    bench.send(BOOK, None, supply(at_sol, 1_000_000_000), &user);
    bench.kamino.advance(1);
    let prices = front(bench);
    bench.send(BOOK, prices, redeem(at_sol, Some(1_000_000_000)), &user);
    bench.kamino.advance(1);
    let refresh = t.refresh_account(account, &[bench.kamino.market], &[sol, usdc]);
    bench.send(BOOK, None, refresh, &user);
    let repay = |amount| t.venue_repay(me, account, at_usdc, amount);
    bench.send(BOOK, None, repay(Some(1_000_000_000)), &user);
    bench.kamino.advance(1);
    bench.send("all", None, repay(None), &user);
    bench.kamino.advance(1);
    bench.send("all: the obligation closes", None, redeem(alone, None), &user);
    let close = t.close_venue(me, account, &bench.kamino.market);
    bench.send("closed by klend before", None, close, &user);
}

/// A supplier of a reserve with a farm.
fn farmer(bench: &mut Bench) {
    let user = User::new(&mut bench.kamino.world, 22, 8);
    user.fund_and_deposit(&mut bench.kamino.world, USDC, 10_000_000_000);
    user.fund_and_deposit(&mut bench.kamino.world, SOL, 1_000_000_000);
    bench.kamino.advance(1);
    let (t, me, account) = (bench.kamino.world.trestle, user.address(), user.account);
    let usdc = bench.kamino.reserve(USDC);
    let at = At { reserve: &usdc, others: &[] };
    let open = t.open_venue(me, me, account, &usdc);
    bench.kamino.world.send(&[open], &[&user.key]).expect("open");
    bench.send("of depositors", None, t.open_farm(me, me, account, &usdc, false), &user);
    let supply = t.venue_supply(me, account, at, 5_000_000_000);
    bench.send("first of an obligation, with a farm", None, supply, &user);
    if let Some(reward) = bench.kamino.reward(USDC, SOL) {
        let claim = t.claim_venue(me, account, &usdc, false, &reward);
        bench.send("a reward in another asset", None, claim, &user);
    }
}

/// JitoSOL in the group that lends SOL against it.
fn grouped(bench: &mut Bench) {
    let user = User::new(&mut bench.kamino.world, 23, 8);
    user.fund_and_deposit(&mut bench.kamino.world, JITOSOL, 100_000_000_000);
    bench.kamino.advance(1);
    bench.kamino.open(&user, JITOSOL);
    bench.kamino.supply(&user, JITOSOL, &[], 50_000_000_000).expect("supply");
    let (t, me, account) = (bench.kamino.world.trestle, user.address(), user.account);
    let reserve = bench.kamino.reserve(JITOSOL);
    let prices = bench.kamino.price_refresh(&[JITOSOL]);
    let enter = t.venue_group(me, account, &reserve, &[reserve], 1);
    bench.send("enters, 1 reserve", Some(prices), enter, &user);
}

/// Five operations of one account, checked once.
fn mixed(bench: &mut Bench) {
    let user = User::new(&mut bench.kamino.world, 24, 16);
    user.fund_and_deposit(&mut bench.kamino.world, SOL, 1_000_000_000_000);
    user.fund(&mut bench.kamino.world, SOL, 10_000_000_000);
    user.fund(&mut bench.kamino.world, USDC, 0);
    bench.kamino.open(&user, SOL);
    bench.kamino.advance(1);
    let (t, me, account) = (bench.kamino.world.trestle, user.address(), user.account);
    let (sol, usdc) = (bench.kamino.reserve(SOL), bench.kamino.reserve(USDC));
    let (on_sol, on_usdc) = ([sol], [usdc]);
    let pool = bench.kamino.world.assets[USDC].pool;
    let wallet = |asset| user.wallet(&bench.kamino.world, asset);
    let operations = [
        t.deposit(me, account, &sol.asset, wallet(SOL), 10_000_000_000),
        t.venue_supply(me, account, At { reserve: &sol, others: &on_usdc }, 500_000_000_000),
        t.venue_borrow(me, account, At { reserve: &usdc, others: &on_sol }, 10_000_000_000),
        t.pool_borrow(me, account, &pool, 1_000_000_000),
        t.withdraw(me, account, &usdc.asset, wallet(USDC), 11_000_000_000),
    ];
    let reads = t.reads(&account, &[bench.kamino.market], &[sol, usdc]);
    let batch = t.batch(&operations, &reads).expect("a batch");
    let prices = bench.kamino.price_refresh(&[SOL, USDC]);
    let case = "deposit, supply and borrow at Kamino, borrow from a pool, withdraw";
    bench.send(case, Some(prices), batch, &user);
}

/// An account that owes to klend and to a pool, with SOL there and idle.
fn liquidations(bench: &mut Bench) {
    let mut kamino = bench.kamino.clone();
    let victim = User::new(&mut kamino.world, 26, 16);
    victim.fund_and_deposit(&mut kamino.world, SOL, 1_000_000_000_000);
    victim.fund(&mut kamino.world, USDC, 0);
    kamino.open(&victim, SOL);
    kamino.advance(1);
    let (t, me, account) = (kamino.world.trestle, victim.address(), victim.account);
    kamino.supply(&victim, SOL, &[], 600_000_000_000).expect("supply");
    kamino.advance(1);
    kamino.borrow(&victim, USDC, &[SOL], 45_000_000_000).expect("borrow");
    let (sol, usdc) = (kamino.reserve(SOL), kamino.reserve(USDC));
    let reads = t.reads(&account, &[kamino.market], &[sol, usdc]);
    let wallet = victim.wallet(&kamino.world, USDC);
    for mut ix in [
        t.pool_borrow(me, account, &kamino.world.assets[USDC].pool, 50_000_000_000),
        t.withdraw(me, account, &usdc.asset, wallet, 95_000_000_000),
    ] {
        ix.accounts.extend(reads.clone());
        kamino.world.send(&[ix], &[&victim.key]).expect("it is lent, and leaves");
    }
    let bot = User::new(&mut kamino.world, 27, 8);
    bot.fund(&mut kamino.world, USDC, 100_000_000_000);
    bot.fund(&mut kamino.world, SOL, 0);
    kamino.advance(1);
    kamino.set_price(SOL, 11_300);
    kamino.advance(1);
    let keys = bot.against(&kamino.world, &victim, USDC, SOL);
    let prices = kamino.price_refresh(&[SOL, USDC]);
    let kept = core::mem::replace(&mut bench.kamino, kamino);
    let at = At { reserve: &usdc, others: &[sol] };
    let debt = t.liquidate_venue_debt(&keys, at, Seized::Custody(sol.asset), 1_000_000_000, 1);
    bench.send("debt at Kamino, custody", None, debt, &bot);
    let at = At { reserve: &sol, others: &[usdc] };
    let deposit = t.liquidate_venue(&keys, at, 1_000_000_000, 1);
    bench.send("deposit at Kamino, pool debt", Some(prices), deposit, &bot);
    bench.kamino = kept;
}

/// An account whose debt at klend is near its end there, with assets elsewhere.
fn rescues(bench: &mut Bench) {
    let mut kamino = bench.kamino.clone();
    let owner = User::new(&mut kamino.world, 28, 16);
    owner.fund_and_deposit(&mut kamino.world, SOL, 1_000_000_000_000);
    owner.fund_and_deposit(&mut kamino.world, USDC, 20_000_000_000);
    owner.supply(&mut kamino.world, USDC, 10_000_000_000).expect("supply");
    kamino.open(&owner, SOL);
    kamino.advance(1);
    kamino.supply(&owner, SOL, &[], 100_000_000_000).expect("supply");
    kamino.advance(1);
    kamino.borrow(&owner, USDC, &[SOL], 8_000_000_000).expect("borrow");
    let bot = User::new(&mut kamino.world, 29, 8);
    bot.fund(&mut kamino.world, USDC, 0);
    bot.fund(&mut kamino.world, SOL, 0);
    let mut cents = 15_000;
    while owner.health(&mut kamino.world).expect("health").stress < 64_000 {
        cents -= 100;
        kamino.world.assets[SOL].quote = Quote::cents(cents);
        kamino.advance(1);
    }
    let (t, account) = (kamino.world.trestle, owner.account);
    let (sol, usdc) = (kamino.reserve(SOL), kamino.reserve(USDC));
    let wallet = |asset| (bot.address(), bot.wallet(&kamino.world, asset));
    let pool = RescueFrom::Deposit(kamino.world.assets[USDC].pool);
    let (on_sol, on_usdc) = ([sol], [usdc]);
    let at_usdc = At { reserve: &usdc, others: &on_sol };
    let at_sol = At { reserve: &sol, others: &on_usdc };
    let cases = [
        ("repays from custody", wallet(USDC), at_usdc, RescueFrom::Custody, RescueTo::Debt),
        ("repays from a pool deposit", wallet(USDC), at_usdc, pool, RescueTo::Debt),
        ("supplies from custody", wallet(SOL), at_sol, RescueFrom::Custody, RescueTo::Collateral),
    ];
    let rows = t.refresh_reserves(&[sol, usdc]);
    let kept = core::mem::replace(&mut bench.kamino, kamino);
    for (case, who, at, from, to) in cases {
        let near = bench.kamino.clone();
        let ix = t.rescue_venue(who, account, at, (from, to), u64::MAX);
        bench.send(case, Some(rows.clone()), ix, &bot);
        bench.kamino = near;
    }
    bench.kamino = kept;
}

/// Rows of the board.
fn refreshes(bench: &mut Bench) {
    let user = User::new(&mut bench.kamino.world, 25, 8);
    bench.kamino.world.svm.advance_seconds(2);
    let t = bench.kamino.world.trestle;
    let all = bench.kamino.of(&[USDC, SOL, JITOSOL]);
    bench.send("1 reserve at Kamino", None, t.refresh_reserves(&all[..1]), &user);
    bench.send("3 reserves at Kamino", None, t.refresh_reserves(&all), &user);
}
