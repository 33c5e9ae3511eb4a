//! A vault's whole life: everything is accounted for, and within the runtime's limits.

use super::{ALL, FLOOR, PROGRAM, Stage, binary, init, vault_of};
use crate::events::check;
use crate::kamino::budgets::{DEPTH_TODAY, stated, trace};
use sample_vault::shares::{ROUNDING, VIRTUAL};
use sample_vault::state::InitArgs;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::cohort::Cohort;
use trestle_interface::PROGRAM_ID;
use trestle_interface::args::CreateAccountArgs;
use trestle_interface::state::Phase;
use trestle_sandbox::tokens::fund;
use trestle_sandbox::world::USDC;
use trestle_sandbox::{Sent, World};

const USD: u64 = 1_000_000;

/// What budgets.md states of an act is what it takes at most.
fn keeps(name: &str, sent: &Sent) {
    let levels = trace(sent);
    let depth = *levels.iter().max().expect("something ran");
    // the compute budget's instruction stands in front
    let inner = levels.iter().filter(|level| **level > 1).count();
    println!("{name}: {inner} inner, depth {depth}, {} CU, {} locks", sent.units, sent.locks);
    assert!(depth <= DEPTH_TODAY);
    for (column, found) in
        [(1, inner as u64), (2, depth as u64), (3, sent.units), (4, sent.locks as u64)]
    {
        assert!(found <= stated(name, column), "{name}, column {column}: {found}");
    }
}

#[test]
fn two_users_come_loop_earn_and_leave() {
    let mut stage = Stage::open();
    let [first, second] = stage.users.clone();
    let (t0, t1) = (stage.tokens(&first), stage.tokens(&second));
    for (user, amount) in [(&first, 3_000 * USD), (&second, 1_000 * USD)] {
        let deposit = stage.deposit(user, amount, 0);
        let sent = stage.send(&deposit, user).expect("a deposit");
        keeps("vault: deposit", &sent);
    }
    assert_eq!((t0 - stage.tokens(&first), t1 - stage.tokens(&second)), (3_000 * USD, 1_000 * USD));
    assert_eq!(stage.idle(), 4_000 * USD);
    // three parts and one, but for what rounding takes
    let (a, b) = (stage.shares(&first), stage.shares(&second));
    assert_eq!(a + b, stage.state().shares);
    assert!(a.abs_diff(3 * b) <= 4 * VIRTUAL * ROUNDING, "{a} and {b}");

    let enter = stage.enter(&stage.manager, 4_000 * USD, 8_000 * USD);
    let sent = stage.manage(&enter).expect("three times the equity");
    keeps("vault: loop", &sent);
    assert_eq!(stage.idle(), 0);
    let looped = stage.health();
    assert!(
        looped.debts >= 8_000_000_000 && looped.init * 10_000 >= looped.debts * i64::from(FLOOR),
        "{looped:?}"
    );
    check(&stage.k.world.svm);

    stage.k.advance(30 * 86_400);
    let before = stage.health();
    assert!(before.debts > looped.debts, "the debt has grown");
    // what can be had back of Kamino, and what is owed, to the unit
    let unwind = stage.unwind(&stage.manager, ALL);
    let sent = stage.manage(&unwind).expect("out of the loop");
    keeps("vault: unwind", &sent);
    let left = stage.health();
    assert_eq!(left.debts, 0);
    // a unit is worth a micro-USD, less what the price on the board rounds
    let books = stage.books();
    assert!(stage.idle() - books.equity <= 1, "{books:?}");
    // deposit, debt and price round in a report, each against the account
    assert!((0..=3).contains(&(left.equity - before.equity)), "{before:?} {left:?}");

    // each gets its part of what there is, down to the last micro-USD of rounding
    let all = stage.idle();
    let mut paid = 0;
    for user in [&first, &second] {
        let (held, books) = (stage.shares(user), stage.books());
        let worth = books.worth(held);
        let over = stage.withdraw(user, worth + 1 + ROUNDING, u64::MAX);
        assert!(stage.clone().send(&over, user).is_err(), "no more than that");
        let out = stage.withdraw(user, worth, held);
        let sent = stage.send(&out, user).expect("its part");
        keeps("vault: withdraw", &sent);
        let exact = u128::from(held) * u128::from(books.equity) / u128::from(books.shares);
        let part = u64::try_from(exact).unwrap();
        assert!(part - worth <= 2 * (1 + ROUNDING), "{part} {worth}");
        paid += worth;
    }
    assert_eq!(stage.tokens(&first) + stage.tokens(&second) + 4_000 * USD, t0 + t1 + paid);
    assert_eq!(stage.idle(), all - paid, "no token is lost");
    assert!(stage.idle() <= 4 * (1 + ROUNDING), "{} left", stage.idle());
    println!(
        "earned {} on {}, {} left",
        paid as i64 - 4_000 * USD as i64,
        4_000 * USD,
        stage.idle()
    );
    check(&stage.k.world.svm);
}

#[test]
fn opening_takes_every_level_that_there_is() {
    let mut stage = Stage::made();
    let open = stage.open_venue();
    let sent = stage.manage(&open).expect("an obligation and its stake");
    keeps("vault: open", &sent);
    // vault, Trestle, Kamino, its farms, the system program
    assert_eq!(trace(&sent).iter().max(), Some(&DEPTH_TODAY));
    check(&stage.k.world.svm);
}

/// The first depositor's trick: a tiny deposit, a gift, and the next one's
/// deposit rounds away. Gifts to custody are not recognised, and the virtual
/// shares would take half of one that was.
#[test]
fn gifts_make_no_share_dear() {
    let mut stage = Stage::open();
    let [attacker, victim] = stage.users.clone();
    let tiny = stage.deposit(&attacker, 3, 0);
    stage.send(&tiny, &attacker).expect("a few units");
    let usdc = stage.k.world.assets[USDC].keys;
    let authority = stage.k.world.trestle.addresses().authority(&stage.margin);
    let before = stage.books();
    for owner in [authority, stage.vault] {
        fund(&mut stage.k.world.svm, owner, &usdc, 1_000 * USD);
    }
    assert_eq!(stage.books(), before, "a gift counts for nothing");
    let deposit = stage.deposit(&victim, 100 * USD, 0);
    stage.send(&deposit, &victim).unwrap();
    let worth = stage.worth(&victim);
    assert!(100 * USD - worth <= 2 * (1 + ROUNDING), "{worth}");
}

/// Lamports at an address before there is an account do not keep it from being made.
#[test]
fn a_gift_of_lamports_stops_nobody() {
    let mut stage = Stage::bare();
    let user = stage.users[0].clone();
    for key in [stage.vault, stage.margin, stage.place(&user)] {
        stage.k.world.svm.airdrop(&key, 1_000_000);
    }
    let init = stage.init();
    stage.manage(&init).expect("the vault is made");
    let join = stage.join(&user);
    stage.send(&join, &user).expect("a place");
    assert_eq!((stage.state().shares, stage.shares(&user)), (0, 0));
}

/// In the cohort phase the invited owner is the vault's address.
#[test]
fn a_vault_takes_its_seat_by_proof() {
    let mut world = World::closed();
    world.svm.vm().add_program(PROGRAM, &binary()).expect("the vault loads");
    let manager = Keypair::new_from_array([61; 32]);
    world.svm.airdrop(&manager.pubkey(), 10_000_000_000);
    let t = world.trestle;
    let vault = vault_of(&t, &manager.pubkey());
    let tree = Cohort::new(PROGRAM_ID, t.group, vec![vault, Pubkey::new_from_array([9; 32])]);
    let tree = tree.expect("a cohort");
    world.set_access(Phase::Cohort, tree.root(), 2);
    let invitation = tree.proof(&vault).expect("invited");
    let direct = t.create_account_by_seat(manager.pubkey(), vault, 0, 8, Some(&invitation));
    let (seat, proof) = (&direct.accounts[5..], &direct.data[1 + CreateAccountArgs::LEN..]);
    let args = InitArgs { asset: 3, pool: 3, reserve: 0, floor: FLOOR };
    let uninvited = init(&t, &manager, PROGRAM_ID, &args, seat, &[]);
    assert!(world.send(&[uninvited], &[&manager]).is_err());
    let ix = init(&t, &manager, PROGRAM_ID, &args, seat, proof);
    world.send(&[ix], &[&manager]).expect("the seat is taken");
    let account = world.svm.data(&t.addresses().seat(&t.group, &vault));
    assert_eq!(&account[48..80], vault.as_ref(), "the seat is the vault's");
    check(&world.svm);
}

#[test]
fn a_newcomer_takes_nothing_that_others_earned() {
    let mut stage = Stage::open();
    let [first, second] = stage.users.clone();
    let deposit = stage.deposit(&first, 1_000 * USD, 0);
    stage.send(&deposit, &first).unwrap();
    let enter = stage.enter(&stage.manager, 1_000 * USD, 1_000 * USD);
    stage.manage(&enter).unwrap();
    stage.k.advance(90 * 86_400);
    let worth = stage.worth(&first);
    let late = stage.deposit(&second, 5_000 * USD, 0);
    stage.send(&late, &second).unwrap();
    let (a, b) = (stage.shares(&first), stage.shares(&second));
    let books = stage.books();
    assert!(books.worth(a) >= worth, "{} of {worth}", books.worth(a));
    assert!(books.worth(b) <= 5_000 * USD);
    // leaving a looped vault: what came in later is idle, and its floor holds
    let out = stage.withdraw(&second, books.worth(b), b);
    stage.send(&out, &second).expect("idle tokens leave");
    let now = stage.worth(&first);
    assert!(now >= worth, "{now} of {worth}");
}
