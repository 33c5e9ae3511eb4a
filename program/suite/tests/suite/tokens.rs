//! Which mints are accepted, and custody that is not what it should be.

use solana_signer::Signer;
use spl_token_2022_interface::extension::ExtensionType;
use spl_token_2022_interface::instruction as token;
use trestle_interface::TrestleError;
use trestle_sandbox::board;
use trestle_sandbox::tokens::{LEGACY, TOKEN_2022};
use trestle_sandbox::world::{BTC, SOL, USDC, standard_listings};
use trestle_sandbox::{User, World, refused};

/// A Token-2022 mint with one extension initialised by `init`.
fn extended(
    world: &mut World,
    seed: u8,
    kind: ExtensionType,
    init: impl FnOnce(&solana_program::pubkey::Pubkey) -> solana_instruction::Instruction,
) -> solana_program::pubkey::Pubkey {
    let key = solana_keypair::Keypair::new_from_array([seed; 32]);
    let size =
        ExtensionType::try_calculate_account_len::<spl_token_2022_interface::state::Mint>(&[kind])
            .unwrap();
    let payer = world.svm.payer.pubkey();
    let create = solana_system_interface::instruction::create_account(
        &payer,
        &key.pubkey(),
        10_000_000,
        size as u64,
        &TOKEN_2022,
    );
    let mint = token::initialize_mint2(&TOKEN_2022, &key.pubkey(), &payer, None, 6).unwrap();
    world.send(&[create, init(&key.pubkey()), mint], &[&key]).unwrap();
    key.pubkey()
}

#[test]
fn mints_whose_balances_can_change_by_themselves_are_refused() {
    let mut world = World::new();
    let payer = world.svm.payer.pubkey();
    let delegate = extended(&mut world, 60, ExtensionType::PermanentDelegate, |mint| {
        token::initialize_permanent_delegate(&TOKEN_2022, mint, &payer).unwrap()
    });
    let close = extended(&mut world, 61, ExtensionType::MintCloseAuthority, |mint| {
        token::initialize_mint_close_authority(&TOKEN_2022, mint, Some(&payer)).unwrap()
    });
    let still = extended(&mut world, 62, ExtensionType::NonTransferable, |mint| {
        token::initialize_non_transferable_mint(&TOKEN_2022, mint).unwrap()
    });
    for mint in [delegate, close, still] {
        let id = u8::try_from(world.assets.len()).unwrap();
        let args = board::asset(id, 6, [77; 32], &standard_listings()[USDC].terms);
        let ix = world.trestle.list_asset(world.admin.pubkey(), (mint, &args));
        let admin = world.admin.clone();
        refused(&mut world.svm, &[ix], &[&admin], TrestleError::MintExtension);
    }
}

#[test]
fn a_listing_must_name_the_mint_as_it_is() {
    let mut world = World::new();
    let admin = world.admin.clone();
    let id = u8::try_from(world.assets.len()).unwrap();
    let terms = standard_listings()[USDC].terms;
    let mint = trestle_sandbox::tokens::create_mint(&mut world.svm, LEGACY, 6, 63);
    let wrong_decimals = board::asset(id, 9, [77; 32], &terms);
    let ix = world.trestle.list_asset(admin.pubkey(), (mint, &wrong_decimals));
    refused(&mut world.svm, &[ix], &[&admin], TrestleError::OutOfRange);
    let args = board::asset(id, 6, [77; 32], &terms);
    let twice = world.trestle.list_asset(admin.pubkey(), (world.assets[USDC].keys.mint, &args));
    refused(&mut world.svm, &[twice], &[&admin], TrestleError::AlreadyInitialised);
    let no_mint = world.trestle.list_asset(admin.pubkey(), (admin.pubkey(), &args));
    refused(&mut world.svm, &[no_mint], &[&admin], TrestleError::WrongOwner);
}

#[test]
fn another_mint_or_token_program_is_refused() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    for asset in [USDC, SOL, BTC] {
        user.fund(&mut world, asset, 1_000_000);
    }
    let keys = world.assets[USDC].keys;
    let (me, source) = (user.address(), user.wallet(&world, USDC));
    let good = world.trestle.deposit(me, user.account, &keys, source, 1_000);
    let mut mint = good.clone();
    mint.accounts[7].pubkey = world.assets[SOL].keys.mint;
    refused(&mut world.svm, &[mint], &[&user.key], TrestleError::WrongMint);
    let mut program = good.clone();
    program.accounts[8].pubkey = TOKEN_2022;
    refused(&mut world.svm, &[program], &[&user.key], TrestleError::WrongProgram);
    let mut source = good.clone();
    source.accounts[4].pubkey = user.wallet(&world, SOL);
    refused(&mut world.svm, &[source], &[&user.key], TrestleError::WrongMint);
    let mut other_asset = good;
    other_asset.data[1] = world.assets[SOL].keys.id;
    refused(&mut world.svm, &[other_asset], &[&user.key], TrestleError::WrongMint);
}
