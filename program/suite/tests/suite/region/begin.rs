//! How a region may begin.

use super::{OTHER, by_call, leverage, refused_at, refused_inside, region, session, stage};
use crate::delegates::{key, name, terms};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::ix::RegionError;
use trestle_interface::TrestleError;
use trestle_interface::batch::MAX_TRACE;
use trestle_interface::permission::ALL;
use trestle_interface::state::Session;
use trestle_interface::tag::Tag;
use trestle_sandbox::world::SOL;
use trestle_sandbox::{User, refused};

#[test]
fn names_the_end_of_its_own_account_behind_it() {
    let (mut world, user) = stage();
    let other = User::new(&mut world, 12, 8);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let end = t.end_region(me, account, &[]);
    let deadline = trestle_interface::args::AssertDeadlineArgs { unix: i64::MAX, slot: u64::MAX };
    let guard = t.assert_deadline(me, account, &deadline);
    let begin = |end| t.begin_region(me, account, end);
    // no end there, before it, itself, another instruction, beyond the last
    for named in [0, 1, 3, 1_000, u16::MAX] {
        let list = [begin(named), guard.clone(), end.clone()];
        refused_at(&mut world, &list, &[&user.key], 0, TrestleError::RegionUnmatched);
    }
    let late = [guard.clone(), begin(0), end.clone()];
    refused_at(&mut world, &late, &[&user.key], 1, TrestleError::RegionUnmatched);
    // the last instruction of the transaction
    refused(&mut world.svm, &[begin(1)], &[&user.key], TrestleError::RegionUnmatched);
    // an end of another account of somebody else, or of one's own
    let theirs = t.end_region(other.address(), other.account, &[]);
    let both = [&*user.key, &*other.key];
    refused_at(&mut world, &[begin(1), theirs], &both, 0, TrestleError::RegionUnmatched);
    let second = t.create_account(me, me, 1, 8);
    world.send(&[second], &[&user.key]).unwrap();
    let mine = t.end_region(me, t.margin(&me, 1), &[]);
    refused_at(&mut world, &[begin(1), mine], &[&user.key], 0, TrestleError::RegionUnmatched);
}

#[test]
fn takes_no_look_alike_for_its_end() {
    let (mut world, user) = stage();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let (begin, end) = (t.begin_region(me, account, 1), t.end_region(me, account, &[]));
    let fakes = [
        // the same bytes and accounts for another program
        Instruction { program_id: OTHER, ..end.clone() },
        // the end inside a call, and nowhere else
        by_call(&end),
        // bytes behind the tag, which the end itself would refuse
        Instruction { data: vec![Tag::EndRegion.byte(), 0], ..end.clone() },
        Instruction { data: vec![], ..end.clone() },
        // the account in another place of the list
        Instruction { accounts: end.accounts.iter().rev().cloned().collect(), ..end.clone() },
        Instruction { accounts: end.accounts[..1].to_vec(), ..end },
        begin.clone(),
    ];
    for fake in fakes {
        let list = [begin.clone(), fake];
        refused_at(&mut world, &list, &[&user.key], 0, TrestleError::RegionUnmatched);
    }
}

#[test]
fn does_not_nest() {
    let (mut world, user) = stage();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let begin = |end| t.begin_region(me, account, end);
    let end = t.end_region(me, account, &[]);
    let lists = [
        // a second begin inside, with the same end or one of its own
        vec![begin(2), begin(2), end.clone()],
        vec![begin(3), begin(2), end.clone(), end.clone()],
        // an end before the named one
        vec![begin(2), end.clone(), end.clone()],
    ];
    for list in lists {
        refused_at(&mut world, &list, &[&user.key], 0, TrestleError::RegionNested);
    }
    // the first end closes the region: a second has nothing to close
    let list = [begin(1), end.clone(), end.clone()];
    refused_at(&mut world, &list, &[&user.key], 2, TrestleError::RegionNotOpen);
    // one after the other is two regions
    let list = [begin(1), end.clone(), begin(3), end];
    world.send(&list, &[&user.key]).expect("two regions in a row");
}

#[test]
fn is_never_begun_by_a_call() {
    let (mut world, user) = stage();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let end = t.end_region(me, account, &[]);
    let list = [by_call(&t.begin_region(me, account, 1)), end.clone()];
    refused_inside(&mut world, &list, &[&user.key], 0, TrestleError::RegionByCpi);
    // nor in a batch, alone or with its end
    let batch = |ix: &Instruction| {
        let data = [&[Tag::Batch.byte(), ix.data[0], 0, ix.data.len() as u8 - 1], &ix.data[1..]];
        Instruction { data: data.concat(), ..end.clone() }
    };
    for inner in [t.begin_region(me, account, 1), end.clone()] {
        let failure = world.send(&[batch(&inner), end.clone()], &[&user.key]).unwrap_err();
        assert_eq!(failure.trestle(), Some(TrestleError::NotBatchable), "{failure:?}");
    }
}

#[test]
fn r06_regions_are_for_owners_only() {
    let (mut world, user) = stage();
    let delegate = key(&mut world, 40);
    name(&mut world, &user, &terms(&delegate, ALL));
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let stranger = key(&mut world, 41);
    for signer in [&delegate, &stranger] {
        let own = t.region(signer.pubkey(), account, 0, &[], &[]).unwrap();
        refused_at(&mut world, &own, &[signer], 0, TrestleError::NotOwner);
        // nor do they end what the owner began
        let mixed = [t.begin_region(me, account, 1), t.end_region(signer.pubkey(), account, &[])];
        refused_at(&mut world, &mixed, &[&user.key, signer], 1, TrestleError::NotOwner);
        // nor act in it
        let sol = world.assets[SOL].pool;
        let supply = t.pool_supply(signer.pubkey(), account, &sol, 1_000);
        let list = region(&world, &user, &[supply]);
        refused_at(&mut world, &list, &[&user.key, signer], 1, TrestleError::InSession);
    }
    // outside the delegate's act is fine
    let supply = t.pool_supply(delegate.pubkey(), account, &world.assets[SOL].pool, 1_000);
    world.send(&[supply], &[&delegate]).expect("the delegate may supply");
}

#[test]
fn a_locked_account_begins_none() {
    let (mut world, user) = stage();
    let lock = world.trestle.lock_down(user.address(), user.account);
    world.send(&[lock], &[&user.key]).unwrap();
    let list = region(&world, &user, &[]);
    refused_at(&mut world, &list, &[&user.key], 0, TrestleError::LockedDown);
}

#[test]
fn only_the_runtime_tells_what_the_transaction_holds() {
    let (mut world, user) = stage();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let mut forged = t.begin_region(me, account, 1);
    let fake = Pubkey::new_from_array([77; 32]);
    let data = vec![0; 200];
    world.svm.set_account(fake, Account { lamports: 10_000_000, data, ..Account::default() });
    forged.accounts[2].pubkey = fake;
    let list = [forged, t.end_region(me, account, &[])];
    refused_at(&mut world, &list, &[&user.key], 0, TrestleError::WrongAddress);
}

#[test]
fn a_region_of_nothing_is_fine_and_long_ones_are_searched_to_their_end() {
    let (mut world, user) = stage();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let sent = world.send(&region(&world, &user, &[]), &[&user.key]).unwrap();
    println!("an empty region: {} CU, {} bytes", sent.units, sent.bytes);
    assert_eq!(session(&world, &user), Some(Session::Idle));
    assert_eq!(user.margin(&world).0.sequence, 2, "a deposit before, the end");
    // as many as a transaction holds: the runtime stops at 64
    let sequence = t.assert_sequence(me, account, 2);
    let many = vec![sequence.clone(); 40];
    let sent = world.send(&region(&world, &user, &many), &[&user.key]).unwrap();
    println!("with {} instructions between: {} CU", many.len(), sent.units);
    assert!(many.len() < usize::try_from(MAX_TRACE).unwrap());
    let too_many = vec![sequence; usize::from(u16::MAX)];
    assert_eq!(t.region(me, account, 0, &too_many, &[]), Err(RegionError::Long));
}

/// Makes an instruction a wrong one.
type Spoil = fn(&mut Instruction);

#[test]
fn wrong_bytes_and_accounts_are_refused() {
    let (mut world, user) = stage();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let (begin, end) = (t.begin_region(me, account, 1), t.end_region(me, account, &[]));
    let cases: [(Spoil, TrestleError); 6] = [
        (|ix| ix.data.push(0), TrestleError::ArgumentLength),
        (|ix| ix.data.truncate(2), TrestleError::ArgumentLength),
        (|ix| ix.accounts.truncate(2), TrestleError::AccountCount),
        (|ix| ix.accounts.push(ix.accounts[2].clone()), TrestleError::AccountCount),
        (|ix| ix.accounts[1].is_writable = false, TrestleError::NotWritable),
        (|ix| ix.accounts[0].is_signer = false, TrestleError::MissingSigner),
    ];
    for (spoil, error) in cases {
        let mut bad = begin.clone();
        spoil(&mut bad);
        // alone: behind it the end would make the account writable and the owner sign
        refused(&mut world.svm, &[bad], &[&user.key], error);
    }
    let rival = world.rival().trestle;
    let mut foreign = begin;
    foreign.accounts[1].pubkey = rival.group;
    refused(&mut world.svm, &[foreign], &[&user.key], TrestleError::WrongOwner);
    let mut open = leverage(&world, &user);
    let mut short = end;
    short.accounts.truncate(3);
    open.insert(0, t.begin_region(me, account, 5));
    open.push(short);
    refused_at(&mut world, &open, &[&user.key], 5, TrestleError::AccountCount);
}
