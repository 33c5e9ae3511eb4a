//! Farms: required where a reserve has one, and told every stake.

use crate::bench::{Bench, SOL, USDC};
use mock_farms::User;
use solana_instruction::{AccountMeta, Instruction};
use solana_program::pubkey::Pubkey;
use trestle_packs::kamino::token_account;

fn user(bench: &Bench) -> (Pubkey, Pubkey) {
    let farm = bench.kamino.reserve(USDC).farm_collateral.expect("USDC has a farm");
    (farm, bench.kamino.farm_user(&farm, &bench.party))
}

fn stake(bench: &Bench) -> User {
    let data = bench.vm.get_account(&user(bench).1).expect("the farm's user").data;
    User::decode(&data).expect("a user")
}

#[test]
fn the_stake_follows_the_collateral() {
    let mut bench = Bench::new();
    assert_eq!(stake(&bench).stake, 0);
    assert_eq!(stake(&bench).owner, bench.party.owner);
    bench.deposit(USDC, 10).expect("supply");
    assert_eq!(stake(&bench).stake, u128::from(bench.collateral(USDC)));
    bench.withdraw(USDC, 1_234_567).expect("withdraw");
    assert_eq!(stake(&bench).stake, u128::from(bench.collateral(USDC)));
    bench.withdraw(USDC, u64::MAX).expect("withdraw");
    assert_eq!(stake(&bench).stake, 0, "a closed obligation has none");
}

#[test]
fn its_accounts_are_required_and_must_be_the_right_ones() {
    let mut bench = Bench::new();
    let usdc = bench.reserve(USDC);
    let absent = bench.kamino.program;
    let deposit = bench.kamino.deposit(&bench.party, &usdc, 1_000_000);
    let with = |at: usize, key: Pubkey| {
        let mut changed = deposit.clone();
        changed.accounts[at].pubkey = key;
        changed.accounts[at].is_writable = key != absent;
        changed
    };
    assert_eq!(bench.act(&[USDC], with(14, absent)), Err(6120));
    assert_eq!(bench.act(&[USDC], with(15, absent)), Err(6120));
    let stranger = bench.kamino.party(Pubkey::new_from_array([5; 32]));
    let farm = usdc.farm_collateral.expect("a farm");
    let other = bench.kamino.farm_user(&farm, &stranger);
    assert_eq!(bench.act(&[USDC], with(14, other)), Err(3007), "not initialised");
    assert_eq!(bench.act(&[USDC], with(15, usdc.vault)), Err(6006), "another farm");
    assert_eq!(bench.act(&[USDC], with(16, absent)), Err(3008), "the program itself");
    assert_eq!(bench.act(&[USDC], deposit), Ok(()));
    // a reserve without farm takes none
    assert_eq!(bench.deposit(SOL, 1), Ok(()));
}

#[test]
fn the_owner_harvests_into_an_account_of_its_own() {
    let mut bench = Bench::supplied();
    let (farm, user) = user(&bench);
    let sol = bench.reserve(SOL);
    let (authority, _) =
        Pubkey::find_program_address(&[b"authority", farm.as_ref()], &mock_farms::ID);
    let vault = Pubkey::new_from_array([77; 32]);
    let reward = token_account(&sol.mint, &authority, &sol.token_program, 5_000_000);
    bench.vm.set_account(vault, reward).expect("account is set");
    let owner = bench.party.owner;
    let own = trestle_packs::kamino::associated(&owner, &sol.token_program, &sol.mint);
    let harvest = |destination: Pubkey| Instruction {
        program_id: mock_farms::ID,
        accounts: vec![
            AccountMeta::new(owner, true),
            AccountMeta::new(user, false),
            AccountMeta::new(farm, false),
            AccountMeta::new_readonly(mock_farms::ID, false),
            AccountMeta::new_readonly(sol.mint, false),
            AccountMeta::new(destination, false),
            AccountMeta::new(vault, false),
            AccountMeta::new(vault, false),
            AccountMeta::new_readonly(authority, false),
            AccountMeta::new_readonly(mock_farms::ID, false),
            AccountMeta::new_readonly(sol.token_program, false),
        ],
        data: [&[0x44, 0xc8, 0xe4, 0xe9, 0xb8, 0x20, 0xe2, 0xbc][..], &[0; 8]].concat(),
    };
    let before = bench.tokens(SOL);
    bench.ok(&[harvest(own)]);
    assert_eq!(bench.tokens(SOL) - before, mock_farms::REWARD);
}
