//! Mints and token accounts of both token programs.

use crate::svm::Svm;
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;
use spl_token_2022_interface::instruction as token;
use trestle_client::AssetKeys;
use trestle_client::address::associated_token;
use trestle_venue_adapters::token::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM, balance};

/// SPL Token.
pub const LEGACY: Pubkey = Pubkey::new_from_array(TOKEN_PROGRAM);
/// Token-2022.
pub const TOKEN_2022: Pubkey = Pubkey::new_from_array(TOKEN_2022_PROGRAM);
/// Mint of wrapped SOL.
pub const WRAPPED_SOL: Pubkey =
    Pubkey::from_str_const("So11111111111111111111111111111111111111112");

/// Creates a mint whose authority is the payer.
///
/// # Panics
/// When the machine refuses.
pub fn create_mint(svm: &mut Svm, program: Pubkey, decimals: u8, seed: u8) -> Pubkey {
    let key = Keypair::new_from_array([seed; 32]);
    if svm.account(&key.pubkey()).is_some() {
        return key.pubkey(); // another group listed it before
    }
    let payer = svm.payer.pubkey();
    let create = solana_system_interface::instruction::create_account(
        &payer,
        &key.pubkey(),
        10_000_000,
        82,
        &program,
    );
    let init = token::initialize_mint2(&program, &key.pubkey(), &payer, None, decimals)
        .expect("mint instruction");
    svm.send(&[create, init], &[&key]).expect("mint is created");
    key.pubkey()
}

/// Makes wrapped SOL's mint exist.
pub fn ensure_wrapped_sol(svm: &mut Svm) {
    if svm.account(&WRAPPED_SOL).is_some() {
        return;
    }
    let mut data = vec![0; 82];
    data[44] = 9; // decimals
    data[45] = 1; // initialised
    let mint =
        Account { lamports: 10_000_000, data, owner: LEGACY, executable: false, rent_epoch: 0 };
    svm.set_account(WRAPPED_SOL, mint);
}

/// Creates the associated token account of an owner, on or off curve.
#[must_use]
pub fn create_associated(payer: Pubkey, owner: Pubkey, asset: &AssetKeys) -> Instruction {
    create_associated_token_account_idempotent(&payer, &owner, &asset.mint, &asset.token_program)
}

/// Gives an owner tokens in its associated account. Wrapped SOL is wrapped for real.
///
/// # Panics
/// When the machine refuses.
pub fn fund(svm: &mut Svm, owner: Pubkey, asset: &AssetKeys, amount: u64) -> Pubkey {
    let payer = svm.payer.pubkey();
    let account = associated_token(&owner, &asset.token_program, &asset.mint);
    let mut instructions = vec![create_associated(payer, owner, asset)];
    if asset.mint == WRAPPED_SOL {
        instructions.push(solana_system_interface::instruction::transfer(&payer, &account, amount));
        instructions
            .push(token::sync_native(&asset.token_program, &account).expect("sync instruction"));
    } else if amount > 0 {
        instructions.push(
            token::mint_to(&asset.token_program, &asset.mint, &account, &payer, &[], amount)
                .expect("mint instruction"),
        );
    }
    svm.send(&instructions, &[]).expect("tokens are given");
    account
}

/// Balance of a token account, zero when it does not exist.
#[must_use]
pub fn balance_of(svm: &Svm, account: &Pubkey) -> u64 {
    svm.account(account).and_then(|a| balance(&a.data)).unwrap_or(0)
}
