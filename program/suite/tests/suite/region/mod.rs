//! Regions: one check for several instructions of a transaction.

mod begin;
mod between;
mod end;

use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use spl_token_2022_interface::instruction::transfer_checked;
use trestle_client::address::associated_token;
use trestle_interface::state::Session;
use trestle_interface::{PROGRAM_ID, TrestleError};
use trestle_sandbox::refuse::{self, snapshot};
use trestle_sandbox::tokens::fund;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{Failure, User, World};

/// Another program, which swaps at the top level and calls what it is told to.
pub const OTHER: Pubkey = Pubkey::new_from_array([42; 32]);

/// What is borrowed and swapped: 3,000 USDC for 20 SOL.
const CASH: u64 = 3_000_000_000;
const COINS: u64 = 20_000_000_000;

/// A lender's pool, a trader with 10 SOL at 150 USD, and a program that swaps.
fn stage() -> (World, User) {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 10);
    market_maker(&mut world);
    (world, user)
}

/// The program that swaps, with tokens to give.
pub fn market_maker(world: &mut World) {
    world.svm.vm().add_program(OTHER, &trestle_packs::deployed("proxy")).expect("loads");
    let owner = Pubkey::find_program_address(&[mock_proxy::OWNER], &OTHER).0;
    for asset in [SOL, USDC] {
        let keys = world.assets[asset].keys;
        fund(&mut world.svm, owner, &keys, 1_000_000_000_000);
    }
}

/// Tokens between a wallet and the swapping program, one way.
pub fn pay(world: &World, user: &User, asset: usize, amount: u64, in_to: bool) -> Instruction {
    let (keys, decimals) = (world.assets[asset].keys, world.assets[asset].decimals);
    let pool = Pubkey::find_program_address(&[mock_proxy::OWNER], &OTHER).0;
    let theirs = associated_token(&pool, &keys.token_program, &keys.mint);
    let ours = user.wallet(world, asset);
    let (from, to, authority) =
        if in_to { (ours, theirs, user.address()) } else { (theirs, ours, pool) };
    let (program, mint) = (&keys.token_program, &keys.mint);
    transfer_checked(program, &from, mint, &to, &authority, &[], amount, decimals).unwrap()
}

/// A swap of the wallet's USDC for SOL.
fn swap(world: &World, user: &User) -> Instruction {
    let calls = [pay(world, user, USDC, CASH, true), pay(world, user, SOL, COINS, false)];
    mock_proxy::wrap(&OTHER, &calls)
}

/// A call of the program's instruction by another program.
pub fn by_call(ix: &Instruction) -> Instruction {
    mock_proxy::wrap(&OTHER, std::slice::from_ref(ix))
}

/// Borrow, withdraw, swap, deposit: each but the last two lowers health alone.
fn leverage(world: &World, user: &User) -> Vec<Instruction> {
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let (sol, usdc) = (&world.assets[SOL], &world.assets[USDC]);
    vec![
        t.pool_borrow(me, account, &usdc.pool, CASH),
        t.withdraw(me, account, &usdc.keys, user.wallet(world, USDC), CASH),
        swap(world, user),
        t.deposit(me, account, &sol.keys, user.wallet(world, SOL), COINS),
    ]
}

/// A region of the user's with nothing in front.
fn region(world: &World, user: &User, between: &[Instruction]) -> Vec<Instruction> {
    world.trestle.region(user.address(), user.account, 0, between, &[]).expect("a region")
}

/// The session byte of an account.
fn session(world: &World, user: &User) -> Option<Session> {
    Session::from_byte(user.margin(world).0.session)
}

/// [`refuse::refused_at`] in a world.
#[track_caller]
pub fn refused_at(
    world: &mut World,
    list: &[Instruction],
    keys: &[&Keypair],
    at: u8,
    error: TrestleError,
) {
    refuse::refused_at(&mut world.svm, list, keys, at, error);
}

/// [`refused_at`] where the program was called by another.
#[track_caller]
pub fn refused_inside(
    world: &mut World,
    list: &[Instruction],
    keys: &[&Keypair],
    at: u8,
    error: TrestleError,
) {
    let before = snapshot(&world.svm, list);
    let Err(Failure::Other(text)) = world.send(list, keys) else {
        panic!("expected {error:?} inside {at}");
    };
    let outer = format!("InstructionError({at}, Custom({}))", error.code());
    let inner = format!("Program {PROGRAM_ID} failed: custom program error: {:#x}", error.code());
    assert!(text.contains(&outer) && text.contains(&inner), "{text}");
    assert_eq!(before, snapshot(&world.svm, list), "a refusal changed an account");
}
