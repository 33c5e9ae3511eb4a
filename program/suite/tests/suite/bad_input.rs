//! Wrong accounts, wrong bytes, wrong signers: each its own error, nothing changed.

use crate::delegates::terms;
use crate::liquidate::{against_custody, indebted};
use crate::pool::{funded, trader};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::ix::info;
use trestle_interface::TrestleError;
use trestle_interface::args::{
    AssertDeadlineArgs, AssertHealthArgs, AssertRateArgs, SetAccessArgs,
};
use trestle_interface::permission::ALL;
use trestle_interface::tag::{TABLE, Tag, Tail};
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// One valid instruction of every operation that a user, a lender or a bot
/// sends, in a world where each would succeed.
fn valid() -> (World, Vec<(Instruction, Vec<Keypair>)>) {
    let (mut world, victim, bot) = indebted();
    let lender = User::new(&mut world, 20, 8);
    lender.fund_and_deposit(&mut world, USDC, 10_000_000);
    lender.supply(&mut world, USDC, 5_000_000).unwrap();
    let solo = Keypair::new_from_array([21; 32]);
    world.svm.airdrop(&solo.pubkey(), 10_000_000_000);
    let keys = world.assets[USDC].keys;
    let solo_tokens =
        trestle_sandbox::tokens::fund(&mut world.svm, solo.pubkey(), &keys, 10_000_000);
    let (t, pool) = (world.trestle, world.assets[USDC].pool);
    let open = t.open_lender(solo.pubkey(), solo.pubkey(), &pool);
    world.send(&[open], &[&solo]).unwrap();
    let supply = t.lender_supply(solo.pubkey(), &pool, solo_tokens, 1_000_000);
    world.send(&[supply], &[&solo]).unwrap();
    victim.fund(&mut world, USDC, 1_000_000);
    victim.fund_and_deposit(&mut world, USDC, 1_000_000);
    world.set_price(SOL, 13_000);
    world.advance(1);
    let (me, account) = (victim.address(), victim.account);
    let (them, theirs) = (lender.address(), lender.account);
    let usdc = world.assets[USDC].keys;
    lender.fund(&mut world, USDC, 1_000_000);
    let authority = t.addresses().authority(&theirs);
    trestle_sandbox::tokens::fund(&mut world.svm, authority, &usdc, 5);
    world.svm.advance_seconds(1);
    world.publish(SOL);
    let rows = [(world.assets[SOL].keys.id, world.assets[SOL].oracle)];
    let access = SetAccessArgs { phase: 2, root: [0; 32], seat_cap: 0 };
    let key = |user: &User| user.key.insecure_clone();
    let locked = User::new(&mut world, 22, 8);
    let lock = t.lock_down(locked.address(), locked.account);
    world.send(&[lock], &[&locked.key]).unwrap();
    let given = User::new(&mut world, 23, 8);
    let give = t.propose_owner(given.address(), given.account, Some(them));
    world.send(&[give], &[&given.key]).unwrap();
    let sequence = lender.margin(&world).0.sequence;
    let health = AssertHealthArgs { level: 2, min: 0 };
    let rate = AssertRateArgs { market: 0, debt: true, bound: u32::MAX, max_age: u32::MAX };
    let deadline = AssertDeadlineArgs { unix: i64::MAX, slot: u64::MAX };
    let list = vec![
        (t.deposit(them, theirs, &usdc, lender.wallet(&world, USDC), 1_000), vec![key(&lender)]),
        (t.withdraw(them, theirs, &usdc, lender.wallet(&world, USDC), 1_000), vec![key(&lender)]),
        (t.sync_custody(them, theirs, &usdc), vec![key(&lender)]),
        (t.pool_supply(them, theirs, &pool, 1_000), vec![key(&lender)]),
        (t.pool_redeem(them, theirs, &pool, Some(1_000)), vec![key(&lender)]),
        (t.pool_repay(me, account, &pool, Some(1_000)), vec![key(&victim)]),
        (t.get_health(account), vec![]),
        (t.refresh_prices(&rows), vec![]),
        (t.refresh_markets(&[pool]), vec![]),
        (against_custody(&world, &victim, &bot, 1_000_000_000), vec![key(&bot)]),
        (t.create_account(them, them, 5, 8), vec![key(&lender)]),
        (t.resize_account(them, them, theirs, 16), vec![key(&lender)]),
        (t.set_access(world.admin.pubkey(), &access), vec![world.admin.insecure_clone()]),
        (t.assert_sequence(them, theirs, sequence), vec![key(&lender)]),
        (t.assert_health(them, theirs, &health, &[]), vec![key(&lender)]),
        (t.assert_rate(them, theirs, &rate), vec![key(&lender)]),
        (t.assert_deadline(them, theirs, &deadline), vec![key(&lender)]),
        (t.set_delegate(them, theirs, &terms(&solo, ALL)), vec![key(&lender)]),
        (t.lock_down(them, theirs), vec![key(&lender)]),
        (t.lift_lock_down(locked.address(), locked.account), vec![key(&locked)]),
        (t.propose_owner(them, theirs, Some(me)), vec![key(&lender)]),
        (t.accept_owner(them, them, given.account), vec![key(&lender)]),
        (t.lender_supply(solo.pubkey(), &pool, solo_tokens, 1_000), vec![solo.insecure_clone()]),
        (t.lender_redeem(solo.pubkey(), &pool, solo_tokens, Some(10)), vec![solo.insecure_clone()]),
    ];
    (world, list)
}

fn refs(keys: &[Keypair]) -> Vec<&Keypair> {
    keys.iter().collect()
}

#[test]
fn every_valid_instruction_is_valid() {
    let (world, list) = valid();
    for (ix, keys) in list {
        let mut copy = world.clone();
        let sent = copy.send(std::slice::from_ref(&ix), &refs(&keys));
        sent.unwrap_or_else(|e| panic!("{:?}: {e:?}", Tag::from_byte(ix.data[0])));
    }
}

/// Drops every signature and every writability of valid instructions, and cuts
/// and extends their accounts and arguments. Returns how many cases that were.
pub fn matrix(world: &World, list: Vec<(Instruction, Vec<Keypair>)>) -> u32 {
    let mut cases = 0;
    for (ix, keys) in list {
        let tag = Tag::from_byte(ix.data[0]).unwrap();
        let info = info(tag);
        let fixed = info.prefix.len() + info.accounts.len();
        let mut try_it = |bad: Instruction, keys: &[Keypair], error: TrestleError| {
            let mut copy = world.clone();
            refused(&mut copy.svm, &[bad], &refs(keys), error);
            cases += 1;
        };
        for (position, role) in info.prefix.iter().chain(info.accounts).enumerate() {
            if role.signer {
                let mut bad = ix.clone();
                bad.accounts[position].is_signer = false;
                // the payer of rent signs twice under one key: drop both
                let signer = bad.accounts[position].pubkey;
                for meta in &mut bad.accounts {
                    meta.is_signer &= meta.pubkey != signer;
                }
                try_it(bad, &[], TrestleError::MissingSigner);
            }
            if role.writable && !role.signer {
                let mut bad = ix.clone();
                let key = bad.accounts[position].pubkey;
                for meta in &mut bad.accounts {
                    meta.is_writable &= meta.pubkey != key;
                }
                try_it(bad, &keys, TrestleError::NotWritable);
            }
        }
        let mut short = ix.clone();
        short.accounts.truncate(fixed - 1);
        let needed: Vec<Keypair> = keys
            .iter()
            .filter(|k| short.accounts.iter().any(|m| m.is_signer && m.pubkey == k.pubkey()))
            .map(Keypair::insecure_clone)
            .collect();
        try_it(short, &needed, TrestleError::AccountCount);
        if !info.trailing {
            let mut long = ix.clone();
            long.accounts.push(AccountMeta::new_readonly(Pubkey::new_from_array([99; 32]), false));
            try_it(long, &keys, TrestleError::AccountCount);
        }
        let mut trailing_byte = ix.clone();
        trailing_byte.data.push(0);
        try_it(trailing_byte, &keys, TrestleError::ArgumentLength);
        if info.args_len > 0 {
            let mut cut = ix.clone();
            cut.data.pop();
            try_it(cut, &keys, TrestleError::ArgumentLength);
        }
    }
    cases
}

#[test]
fn roles_counts_and_lengths_are_checked_for_every_instruction() {
    let (world, list) = valid();
    let cases = matrix(&world, list);
    println!("{cases} cases");
    assert!(cases >= 140, "{cases}");
}

/// Program and interface agree on every instruction, listings included: the
/// binary knows the tag, and wants exactly the accounts and the length that
/// the table has.
#[test]
fn the_binary_wants_what_the_table_says() {
    let (mut world, _) = funded();
    for row in TABLE {
        let keys: Vec<Keypair> = (0..32).map(|i| Keypair::new_from_array([100 + i; 32])).collect();
        let roles: Vec<_> = row.prefix.iter().chain(row.accounts).collect();
        let metas: Vec<AccountMeta> = roles
            .iter()
            .zip(&keys)
            .map(|(role, key)| AccountMeta {
                pubkey: key.pubkey(),
                is_signer: role.signer,
                is_writable: role.writable,
            })
            .collect();
        let mut ask = |accounts: &[AccountMeta], length: usize| {
            let mut data = vec![1; 1 + length]; // no amount is zero
            data[0] = row.tag.byte();
            let accounts = accounts.to_vec();
            let ix = Instruction { program_id: trestle_interface::PROGRAM_ID, accounts, data };
            world.svm.send(&[ix], &refs(&keys)).expect_err("nothing of this exists").trestle()
        };
        let name = row.name;
        let fewer = &metas[..metas.len() - 1];
        assert_eq!(ask(fewer, row.args_len), Some(TrestleError::AccountCount), "{name}");
        if row.args_len > 0 {
            let short = ask(&metas, row.args_len - 1);
            assert_eq!(short, Some(TrestleError::ArgumentLength), "{name}");
        }
        if row.tail == Tail::Nothing {
            let long = ask(&metas, row.args_len + 1);
            assert_eq!(long, Some(TrestleError::ArgumentLength), "{name}");
            let whole = ask(&metas, row.args_len);
            let of_form = [TrestleError::AccountCount, TrestleError::ArgumentLength];
            assert!(!of_form.map(Some).contains(&whole), "{name}: {whole:?}");
            assert_ne!(whole, Some(TrestleError::UnknownTag), "{name}");
        }
    }
}

#[test]
fn unknown_tags_and_empty_data_are_refused() {
    let (mut world, _) = funded();
    let ix = |data: Vec<u8>| Instruction {
        program_id: trestle_interface::PROGRAM_ID,
        accounts: vec![],
        data,
    };
    refused(&mut world.svm, &[ix(vec![])], &[], TrestleError::UnknownTag);
    for tag in 0..=255_u8 {
        if Tag::from_byte(tag).is_none() {
            refused(&mut world.svm, &[ix(vec![tag])], &[], TrestleError::UnknownTag);
        }
    }
}

#[test]
fn accounts_of_another_group_are_refused() {
    let world = World::new();
    let mut rival = world.rival();
    let (ours, theirs) = (world.trestle, rival.trestle);
    let user = User::new(&mut rival, 10, 8);
    user.fund_and_deposit(&mut rival, USDC, 10_000_000);
    let pool = rival.assets[USDC].pool;
    let good = theirs.pool_supply(user.address(), user.account, &pool, 1_000);
    let swap = |position: usize, key: Pubkey| {
        let mut bad = good.clone();
        bad.accounts[position].pubkey = key;
        bad
    };
    refused(&mut rival.svm, &[swap(2, ours.prices)], &[&user.key], TrestleError::WrongGroup);
    refused(&mut rival.svm, &[swap(3, ours.markets)], &[&user.key], TrestleError::WrongGroup);
    // a pool of the other group is not the one that the board pins
    let foreign = world.assets[USDC].pool;
    refused(&mut rival.svm, &[swap(4, foreign.pool)], &[&user.key], TrestleError::WrongAddress);
    refused(&mut rival.svm, &[swap(5, foreign.vault)], &[&user.key], TrestleError::WrongAddress);
    let mut health = theirs.get_health(user.account);
    health.accounts[1].pubkey = ours.prices;
    refused(&mut rival.svm, &[health], &[], TrestleError::WrongGroup);
}

#[test]
fn every_account_type_is_refused_where_another_is_expected() {
    let (mut world, lender) = funded();
    let t = world.trestle;
    let pool = world.assets[USDC].pool;
    let types = [t.group, t.prices, t.markets, pool.pool, lender.account];
    let wrong =
        |error: &TrestleError| matches!(error, TrestleError::WrongType | TrestleError::WrongSize);
    let good = t.get_health(lender.account);
    for (position, right) in [(0, 4), (1, 1), (2, 2)] {
        for (number, key) in types.iter().enumerate() {
            if number == right {
                continue;
            }
            let mut bad = good.clone();
            bad.accounts[position].pubkey = *key;
            let failure = world.send(&[bad], &[]).expect_err("another type");
            assert!(wrong(&failure.trestle().unwrap()), "{failure:?}");
        }
    }
}

#[test]
fn accounts_of_other_programs_are_refused() {
    let (mut world, lender) = funded();
    let t = world.trestle;
    for (position, key) in [(0, lender.account), (1, t.prices), (2, t.markets)] {
        // byte for byte the same account, under another owner
        let mut copy = world.svm.account(&key).unwrap();
        for owner in [[0; 32], [42; 32]] {
            copy.owner = Pubkey::new_from_array(owner);
            let fake = Pubkey::new_from_array([98; 32]);
            world.svm.set_account(fake, copy.clone());
            let mut bad = t.get_health(lender.account);
            bad.accounts[position].pubkey = fake;
            refused(&mut world.svm, &[bad], &[], TrestleError::WrongOwner);
        }
    }
}

#[test]
fn zeroed_truncated_and_overlong_accounts_are_refused() {
    let (world, lender) = funded();
    let t = world.trestle;
    for (position, key) in [(0, lender.account), (1, t.prices), (2, t.markets)] {
        let original = world.svm.account(&key).unwrap();
        let sizes = |data: Vec<u8>| {
            let mut copy = world.clone();
            copy.svm.set_account(key, solana_account::Account { data, ..original.clone() });
            (copy, t.get_health(lender.account))
        };
        let mut zero = original.data.clone();
        zero.fill(0);
        let (mut copy, ix) = sizes(zero);
        refused(&mut copy.svm, &[ix], &[], TrestleError::WrongType);
        let (mut copy, ix) = sizes(original.data[..original.data.len() - 8].to_vec());
        refused(&mut copy.svm, &[ix], &[], TrestleError::WrongSize);
        let (mut copy, ix) = sizes([original.data.clone(), vec![0; 8]].concat());
        refused(&mut copy.svm, &[ix], &[], TrestleError::WrongSize);
        let mut version = original.data.clone();
        version[8] = 2;
        let (mut copy, ix) = sizes(version);
        refused(&mut copy.svm, &[ix], &[], TrestleError::WrongVersion);
        let _ = position;
    }
}

#[test]
fn another_users_account_is_not_for_taking() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    let thief = trader(&mut world, 12, 1);
    let (t, keys, pool) = (world.trestle, world.assets[SOL].keys, world.assets[USDC].pool);
    let to = thief.wallet(&world, SOL);
    let attempts = [
        t.withdraw(thief.address(), user.account, &keys, to, 1),
        t.pool_borrow(thief.address(), user.account, &pool, 1_000_000),
        t.pool_supply(thief.address(), user.account, &world.assets[SOL].pool, 1_000_000),
        t.sync_custody(thief.address(), user.account, &keys),
        t.deposit(thief.address(), user.account, &keys, to, 1),
    ];
    for ix in attempts {
        refused(&mut world.svm, &[ix], &[&thief.key], TrestleError::NotOwner);
    }
    // the owner's account, another's custody
    let mut custody = t.withdraw(user.address(), user.account, &keys, user.wallet(&world, SOL), 1);
    custody.accounts[5].pubkey = t.custody(&thief.account, &keys);
    refused(&mut world.svm, &[custody], &[&user.key], TrestleError::NotCanonicalCustody);
    let mut authority =
        t.withdraw(user.address(), user.account, &keys, user.wallet(&world, SOL), 1);
    authority.accounts[6].pubkey = t.addresses().authority(&thief.account);
    refused(&mut world.svm, &[authority], &[&user.key], TrestleError::WrongAddress);
}

#[test]
fn one_account_in_two_roles_is_refused() {
    let (mut world, lender) = funded();
    lender.fund_and_deposit(&mut world, USDC, 1_000_000);
    let (t, keys) = (world.trestle, world.assets[USDC].keys);
    let custody = t.custody(&lender.account, &keys);
    let same = t.withdraw(lender.address(), lender.account, &keys, custody, 1);
    refused(&mut world.svm, &[same], &[&lender.key], TrestleError::DuplicateAccount);
    let pool = world.assets[USDC].pool;
    let mut vault = t.pool_supply(lender.address(), lender.account, &pool, 1);
    vault.accounts[5].pubkey = custody;
    refused(&mut world.svm, &[vault], &[&lender.key], TrestleError::DuplicateAccount);
    let mut account = t.pool_supply(lender.address(), lender.account, &pool, 1);
    account.accounts[4].pubkey = lender.account;
    refused(&mut world.svm, &[account], &[&lender.key], TrestleError::DuplicateAccount);
}

#[test]
fn a_swapped_vault_is_refused_even_if_it_is_a_fine_token_account() {
    let (mut world, lender) = funded();
    lender.fund_and_deposit(&mut world, USDC, 1_000_000);
    let pool = world.assets[USDC].pool;
    let mut bad = world.trestle.pool_supply(lender.address(), lender.account, &pool, 1_000);
    bad.accounts[5].pubkey = lender.wallet(&world, USDC);
    refused(&mut world.svm, &[bad], &[&lender.key], TrestleError::WrongAddress);
}

#[test]
fn a_liquidation_of_wrong_parts_is_refused() {
    let (mut world, victim, bot) = indebted();
    bot.fund(&mut world, JITOSOL, 0);
    world.set_price(SOL, 13_000);
    world.advance(1);
    let good = against_custody(&world, &victim, &bot, 1_000_000_000);
    let swap = |position: usize, key: Pubkey, error: TrestleError| {
        let mut bad = good.clone();
        bad.accounts[position].pubkey = key;
        refused(&mut world.clone().svm, &[bad], &[&bot.key], error);
    };
    let (sol, usdc) = (&world.assets[SOL], &world.assets[USDC]);
    swap(1, bot.account, TrestleError::SelfLiquidation);
    swap(4, bot.address(), TrestleError::WrongAddress);
    swap(5, sol.pool.pool, TrestleError::WrongAddress);
    swap(6, sol.pool.vault, TrestleError::WrongAddress);
    swap(7, bot.wallet(&world, SOL), TrestleError::DuplicateAccount);
    swap(8, sol.keys.mint, TrestleError::WrongMint);
    swap(9, Pubkey::new_from_array([1; 32]), TrestleError::WrongProgram);
    swap(10, usdc.pool.vault, TrestleError::DuplicateAccount);
    swap(11, bot.wallet(&world, JITOSOL), TrestleError::WrongMint);
    swap(12, usdc.keys.mint, TrestleError::WrongMint);
}
