//! Who may open a margin account: phases, seats, and what is never gated.

use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::cohort::{Candidate, Cohort, Invitation, rank};
use trestle_client::health::Aligned;
use trestle_interface::args::SetAccessArgs;
use trestle_interface::cohort::MAX_DEPTH;
use trestle_interface::state::{Account, Group, Phase, Seat};
use trestle_interface::{PROGRAM_ID, TrestleError};
use trestle_sandbox::world::USDC;
use trestle_sandbox::{User, World, refused, tokens};

const SEATS: u32 = 5_000;

fn key(number: u32) -> Keypair {
    let mut seed = [77; 32];
    seed[..4].copy_from_slice(&number.to_le_bytes());
    Keypair::new_from_array(seed)
}

fn cohort(world: &World, keys: &[Keypair]) -> Cohort {
    let owners = keys.iter().map(Signer::pubkey).collect();
    Cohort::new(PROGRAM_ID, world.trestle.group, owners).expect("a cohort")
}

/// A closed world opened to a cohort of some keys, with a seat for each.
fn open_to(count: u32) -> (World, Vec<Keypair>, Cohort) {
    let mut world = World::closed();
    let keys: Vec<Keypair> = (0..count).map(key).collect();
    let cohort = cohort(&world, &keys);
    world.set_access(Phase::Cohort, cohort.root(), count);
    (world, keys, cohort)
}

fn group(world: &World) -> Group {
    *Aligned::new(&world.svm.data(&world.trestle.group)).account().expect("group")
}

fn seat(world: &World, owner: &Keypair) -> Option<Seat> {
    let address = world.trestle.addresses().seat(&world.trestle.group, &owner.pubkey());
    let account = world.svm.account(&address)?;
    Some(*Aligned::new(&account.data).account().expect("seat"))
}

/// Opens account `index` of `owner`, paid by the world's payer.
fn opening(
    world: &World,
    owner: &Keypair,
    index: u16,
    invitation: Option<&Invitation>,
) -> Instruction {
    let payer = world.svm.payer.pubkey();
    world.trestle.create_account_by_seat(payer, owner.pubkey(), index, 8, invitation)
}

fn invitation(cohort: &Cohort, owner: &Keypair) -> Invitation {
    cohort.proof(&owner.pubkey()).expect("invited")
}

#[test]
fn r19_the_cohort_takes_five_thousand_by_proof_and_not_one_more() {
    let mut world = World::closed();
    let keys: Vec<Keypair> = (0..SEATS + 50).map(key).collect();
    let score = |number: u32| u128::from(number.wrapping_mul(2_654_435_761) >> 8);
    let candidates = (0..SEATS + 50)
        .map(|number| Candidate {
            owner: keys[number as usize].pubkey(),
            score: score(number),
            line: u64::from(number),
        })
        .collect();
    let ranked = rank(candidates).ranked;
    let by_rank: Vec<Keypair> =
        ranked.iter().map(|c| keys[c.line as usize].insecure_clone()).collect();
    let (invited, others) = by_rank.split_at(SEATS as usize);
    let tree = cohort(&world, invited);
    assert_eq!(tree.depth(), 13);
    world.set_access(Phase::Cohort, tree.root(), SEATS);
    for (taken, owner) in (0_u32..).zip(invited) {
        assert_eq!(group(&world).seat_count, taken);
        let ix = opening(&world, owner, 0, Some(&invitation(&tree, owner)));
        world.send(&[ix], &[owner]).unwrap_or_else(|e| panic!("seat {taken}: {e:?}"));
        let seat = seat(&world, owner).expect("taken");
        assert_eq!((seat.owner, seat.number), (owner.pubkey(), taken + 1));
    }
    let seats = |world: &World| {
        let all = world.svm.program_accounts();
        all.iter().filter(|(_, a)| a.data.starts_with(&Seat::DISCRIMINATOR)).count()
    };
    assert_eq!(seats(&world), SEATS as usize);
    // number 5,001 has no proof of its own and tries those of its neighbours
    let next = &others[0];
    for neighbour in [&invited[0], &invited[SEATS as usize - 1]] {
        let ix = opening(&world, next, 0, Some(&invitation(&tree, neighbour)));
        refused(&mut world.svm, &[ix], &[next], TrestleError::NotInvited);
    }
    refused(
        &mut world.svm.clone(),
        &[opening(&world, next, 0, None)],
        &[next],
        TrestleError::ProofMissing,
    );
    // invited by a new root, it still finds no seat
    let wider = cohort(&world, &by_rank[..=SEATS as usize]);
    world.set_access(Phase::Cohort, wider.root(), SEATS);
    let ix = opening(&world, next, 0, Some(&invitation(&wider, next)));
    refused(&mut world.svm, std::slice::from_ref(&ix), &[next], TrestleError::SeatsTaken);
    assert_eq!(seats(&world), SEATS as usize);
    // until there is one more
    world.set_access(Phase::Cohort, wider.root(), SEATS + 1);
    world.send(&[ix], &[next]).expect("seat 5,001");
    assert_eq!(group(&world).seat_count, SEATS + 1);
}

#[test]
fn r19_no_other_proof_leads_to_the_root() {
    let (mut world, keys, tree) = open_to(11);
    let good = invitation(&tree, &keys[5]);
    assert_eq!(good.path.len(), 4);
    let mut bad: Vec<Invitation> = vec![];
    for level in 0..good.path.len() {
        // one bit of a sibling, one bit of the place, a sibling missing, one doubled
        let mut forged = good.clone();
        forged.path[level][level] ^= 1;
        bad.push(forged);
        bad.push(Invitation { place: good.place ^ (1 << level), ..good.clone() });
        let mut short = good.clone();
        short.path.remove(level);
        bad.push(short.clone());
        bad.push(Invitation { place: short.place >> 1, ..short });
        let mut long = good.clone();
        long.path.insert(level, good.path[level]);
        bad.push(long);
    }
    // a place beyond the tree that has the same low bits
    bad.push(Invitation { place: good.place + 16, ..good.clone() });
    bad.push(Invitation { place: good.place | 1 << 31, ..good.clone() });
    // no way at all, the root itself as a sibling, the deepest way allowed
    bad.push(Invitation { place: 0, path: vec![] });
    bad.push(Invitation { place: 0, path: vec![tree.root()] });
    bad.push(Invitation { place: good.place, path: vec![tree.root(); MAX_DEPTH] });
    // everyone else's
    bad.extend(keys.iter().filter(|k| *k != &keys[5]).map(|k| invitation(&tree, k)));
    // that of the same owner in another group
    let rival = Pubkey::new_from_array([8; 32]);
    let owners: Vec<Pubkey> = keys.iter().map(Signer::pubkey).collect();
    let elsewhere = Cohort::new(PROGRAM_ID, rival, owners.clone()).unwrap();
    bad.push(invitation(&elsewhere, &keys[5]));
    let elsewhere = Cohort::new(rival, world.trestle.group, owners).unwrap();
    bad.push(invitation(&elsewhere, &keys[5]));
    assert_eq!(bad.len(), 37);
    for invitation in bad {
        let ix = opening(&world, &keys[5], 0, Some(&invitation));
        refused(&mut world.svm, &[ix], &[&keys[5]], TrestleError::NotInvited);
    }
    assert_eq!(group(&world).seat_count, 0);
    let ix = opening(&world, &keys[5], 0, Some(&good));
    world.send(&[ix], &[&keys[5]]).expect("the proof itself");
}

/// The last owner of an odd level stands alone: where a tree doubles it, its
/// proof would serve at two places.
#[test]
fn r19_an_odd_leaf_has_one_place() {
    for count in [1, 2, 3, 5, 7] {
        let (mut world, keys, tree) = open_to(count);
        let last = tree.owners().last().copied().unwrap();
        let last = keys.iter().find(|k| k.pubkey() == last).unwrap();
        let good = invitation(&tree, last);
        for level in 0..good.path.len() {
            let doubled = Invitation { place: good.place ^ (1 << level), ..good.clone() };
            let ix = opening(&world, last, 0, Some(&doubled));
            refused(&mut world.svm, &[ix], &[last], TrestleError::NotInvited);
        }
        for owner in &keys {
            let ix = opening(&world, owner, 0, Some(&invitation(&tree, owner)));
            world.send(&[ix], &[owner]).unwrap_or_else(|e| panic!("{count} owners: {e:?}"));
        }
    }
}

#[test]
fn r19_one_seat_an_owner_whatever_is_sent_again() {
    let (mut world, keys, tree) = open_to(3);
    let owner = &keys[0];
    let proof = invitation(&tree, owner);
    let first = opening(&world, owner, 0, Some(&proof));
    world.send(std::slice::from_ref(&first), &[owner]).unwrap();
    refused(&mut world.svm, &[first], &[owner], TrestleError::AlreadyInitialised);
    // the same proof for more accounts, or none: the seat is there, and stays one
    let before = seat(&world, owner).unwrap();
    for (index, again) in [(1, Some(&proof)), (2, None)] {
        let ix = opening(&world, owner, index, again);
        world.send(&[ix], &[owner]).expect("a seat opens any number of accounts");
    }
    assert_eq!(group(&world).seat_count, 1);
    assert_eq!(
        bytemuck::bytes_of(&before),
        bytemuck::bytes_of(&seat(&world, owner).expect("still there"))
    );
    // nobody sits on another's seat
    let theirs = world.trestle.addresses().seat(&world.trestle.group, &owner.pubkey());
    for invited in [None, Some(invitation(&tree, &keys[1]))] {
        let mut ix = opening(&world, &keys[1], 0, invited.as_ref());
        ix.accounts[5].pubkey = theirs;
        refused(&mut world.svm, &[ix], &[&keys[1]], TrestleError::WrongAddress);
    }
}

#[test]
fn r19_seats_outlive_roots_and_accounts() {
    let (mut world, keys, tree) = open_to(2);
    let owner = &keys[0];
    world.svm.airdrop(&owner.pubkey(), 1_000_000_000);
    let ix = opening(&world, owner, 0, Some(&invitation(&tree, owner)));
    world.send(&[ix], &[owner]).unwrap();
    // uninvited by the next root, with no seat left for anyone
    let next = cohort(&world, &[key(90)]);
    world.set_access(Phase::Cohort, next.root(), 1);
    let account = world.trestle.margin(&owner.pubkey(), 0);
    let close = world.trestle.close_account(owner.pubkey(), account, &[]);
    world.send(&[close], &[owner]).unwrap();
    assert_eq!(seat(&world, owner).expect("kept").number, 1);
    assert_eq!(group(&world).seat_count, 1, "a closed account frees no seat");
    let ix = opening(&world, &key(90), 0, Some(&invitation(&next, &key(90))));
    refused(&mut world.svm, &[ix], &[&key(90)], TrestleError::SeatsTaken);
    // an invitation that was not used in time is gone with its root
    world.set_access(Phase::Cohort, next.root(), 2);
    let ix = opening(&world, &keys[1], 0, Some(&invitation(&tree, &keys[1])));
    refused(&mut world.svm, &[ix], &[&keys[1]], TrestleError::NotInvited);
    let again = opening(&world, owner, 0, None);
    world.send(&[again], &[owner]).expect("the seat still counts");
}

#[test]
fn r19_phases_only_move_on_and_the_cap_holds_what_is_taken() {
    let (mut world, keys, tree) = open_to(3);
    for owner in &keys[..2] {
        let ix = opening(&world, owner, 0, Some(&invitation(&tree, owner)));
        world.send(&[ix], &[owner]).unwrap();
    }
    let admin = world.admin.clone();
    let t = world.trestle;
    let set = |phase: u8, root: [u8; 32], seat_cap: u32| {
        t.set_access(admin.pubkey(), &SetAccessArgs { phase, root, seat_cap })
    };
    let root = tree.root();
    let refusals = [
        (set(0, root, 3), TrestleError::PhaseBack),
        (set(3, root, 3), TrestleError::OutOfRange),
        (set(255, root, 3), TrestleError::OutOfRange),
        (set(1, [0; 32], 3), TrestleError::OutOfRange),
        (set(1, root, 1), TrestleError::SeatCapTooLow),
        (set(2, root, 1), TrestleError::SeatCapTooLow),
    ];
    for (ix, error) in refusals {
        refused(&mut world.svm, &[ix], &[&admin], error);
    }
    // a stranger, and the admin of nothing
    let rogue = t.set_access(keys[0].pubkey(), &SetAccessArgs { phase: 2, root, seat_cap: 3 });
    refused(&mut world.svm, &[rogue], &[&keys[0]], TrestleError::NotAuthority);
    // no seats left: the cap may equal what is taken
    world.set_access(Phase::Cohort, root, 2);
    let ix = opening(&world, &keys[2], 0, Some(&invitation(&tree, &keys[2])));
    refused(&mut world.svm, std::slice::from_ref(&ix), &[&keys[2]], TrestleError::SeatsTaken);
    // public: for good, for everyone, and what was built before still lands
    world.set_access(Phase::Public, root, 2);
    world.send(&[ix], &[&keys[2]]).expect("proof and seat do no harm");
    assert!(seat(&world, &keys[2]).is_none(), "nobody needs a seat any more");
    assert_eq!(group(&world).seat_count, 2);
    User::new(&mut world, 10, 8);
    for phase in [0, 1] {
        refused(&mut world.svm, &[set(phase, root, 2)], &[&admin], TrestleError::PhaseBack);
    }
    world.set_access(Phase::Public, [0; 32], 2);
}

#[test]
fn a_new_group_is_closed_and_opens_to_all_at_once_if_it_likes() {
    let mut world = World::closed();
    let owner = key(0);
    let tree = cohort(&world, &[key(0)]);
    let invited = invitation(&tree, &owner);
    let payer = world.svm.payer.pubkey();
    let bare = world.trestle.create_account(payer, owner.pubkey(), 0, 8);
    let all = [bare.clone(), opening(&world, &owner, 0, None), {
        opening(&world, &owner, 0, Some(&invited))
    }];
    for ix in all {
        refused(&mut world.svm, &[ix], &[&owner], TrestleError::AccessClosed);
    }
    world.set_access(Phase::Public, [0; 32], 0);
    world.send(&[bare], &[&owner]).unwrap();
    assert_eq!(group(&world).accounts_opened, 1);
}

/// Whatever the phase: lending needs no seat, and who holds an account uses
/// and leaves it.
#[test]
fn r19_exits_and_lenders_are_never_gated() {
    let mut world = World::closed();
    let solo = key(1);
    world.svm.airdrop(&solo.pubkey(), 10_000_000_000);
    let (keys, pool, t) = (world.assets[USDC].keys, world.assets[USDC].pool, world.trestle);
    let wallet = tokens::fund(&mut world.svm, solo.pubkey(), &keys, 1_000_000);
    let me = solo.pubkey();
    let life = [
        t.open_lender(me, me, &pool),
        t.lender_supply(me, &pool, wallet, 1_000_000),
        t.lender_redeem(me, &pool, wallet, None),
        t.close_lender(me, &pool),
    ];
    for ix in life {
        world.send(&[ix], &[&solo]).expect("lent before anyone was let in");
    }
    let invited = Keypair::new_from_array([10; 32]);
    world.svm.airdrop(&invited.pubkey(), 10_000_000_000);
    let tree = cohort(&world, &[invited.insecure_clone()]);
    world.set_access(Phase::Cohort, tree.root(), 1);
    let ix = opening(&world, &invited, 0, Some(&invitation(&tree, &invited)));
    world.send(&[ix], &[&invited]).unwrap();
    let user = User { account: t.margin(&invited.pubkey(), 0), key: invited.into() };
    user.fund_and_deposit(&mut world, USDC, 5_000_000);
    user.supply(&mut world, USDC, 4_000_000).unwrap();
    // no longer invited, no seat free
    world.set_access(Phase::Cohort, cohort(&world, &[key(2)]).root(), 1);
    user.redeem(&mut world, USDC, None).unwrap();
    user.withdraw(&mut world, USDC, 5_000_000).unwrap();
    let close = t.close_account(user.address(), user.account, &[keys]);
    world.send(&[close], &[&user.key]).unwrap();
}

#[test]
fn a_program_takes_a_seat_for_an_address_without_a_key() {
    let mut world = World::closed();
    let proxy = Pubkey::new_from_array([42; 32]);
    world.svm.vm().add_program(proxy, &trestle_packs::deployed("proxy")).expect("loads");
    let owner = Pubkey::find_program_address(&[mock_proxy::OWNER], &proxy).0;
    let owners = vec![owner, key(0).pubkey()];
    let tree = Cohort::new(PROGRAM_ID, world.trestle.group, owners).unwrap();
    world.set_access(Phase::Cohort, tree.root(), 2);
    let payer = world.svm.payer.pubkey();
    let t = world.trestle;
    let invitation = tree.proof(&owner).unwrap();
    let open = |index, invitation| t.create_account_by_seat(payer, owner, index, 8, invitation);
    // nobody takes it for the program: only the program signs as its address
    let mut unsigned = open(0, Some(&invitation));
    unsigned.accounts[1].is_signer = false;
    refused(&mut world.svm, &[unsigned], &[], TrestleError::MissingSigner);
    let calls = [open(0, Some(&invitation)), open(1, None)];
    world.send(&[mock_proxy::wrap(&proxy, &calls)], &[]).expect("two accounts in one call");
    assert_eq!(group(&world).seat_count, 1);
    assert_eq!(group(&world).accounts_opened, 2);
}

#[test]
fn wrong_seats_and_malformed_proofs_are_refused() {
    let (mut world, keys, tree) = open_to(2);
    let owner = &keys[0];
    let good = opening(&world, owner, 0, Some(&invitation(&tree, owner)));
    let with_seat = |key: Pubkey| {
        let mut ix = good.clone();
        ix.accounts[5].pubkey = key;
        ix
    };
    let t = world.trestle;
    let other = t.addresses().seat(&t.group, &keys[1].pubkey());
    let elsewhere = t.addresses().seat(&t.prices, &owner.pubkey());
    for address in [other, elsewhere, Pubkey::new_from_array([3; 32])] {
        refused(&mut world.svm, &[with_seat(address)], &[owner], TrestleError::WrongAddress);
    }
    let new = good.accounts[3].pubkey;
    for (address, error) in [
        (t.markets, TrestleError::WrongSize),
        (t.group, TrestleError::DuplicateAccount),
        (new, TrestleError::WrongAddress),
    ] {
        refused(&mut world.svm, &[with_seat(address)], &[owner], error);
    }
    let lender = t.open_lender(world.svm.payer.pubkey(), owner.pubkey(), &world.assets[USDC].pool);
    let position = lender.accounts[3].pubkey;
    world.send(&[lender], &[owner]).unwrap();
    let mut lender = world.svm.account(&position).unwrap();
    lender.data.truncate(128);
    let fake = Pubkey::new_from_array([4; 32]);
    world.svm.set_account(fake, lender.clone());
    refused(&mut world.svm, &[with_seat(fake)], &[owner], TrestleError::WrongType);
    // a seat of another group, were it at this address
    lender.data[..8].copy_from_slice(&Seat::DISCRIMINATOR);
    lender.data[16] ^= 1;
    world.svm.set_account(fake, lender);
    refused(&mut world.svm, &[with_seat(fake)], &[owner], TrestleError::WrongGroup);

    let mut readonly = good.clone();
    readonly.accounts[5].is_writable = false;
    refused(&mut world.svm, &[readonly], &[owner], TrestleError::NotWritable);
    let mut absent = good.clone();
    absent.accounts.pop();
    refused(&mut world.svm, &[absent], &[owner], TrestleError::SeatMissing);
    let mut two = good.clone();
    two.accounts.push(AccountMeta::new_readonly(other, false));
    refused(&mut world.svm, &[two], &[owner], TrestleError::AccountCount);
    let without = opening(&world, owner, 0, None);
    refused(&mut world.svm, &[without], &[owner], TrestleError::ProofMissing);
    let path = good.data.len() - 4 - 4;
    for cut in [1, 3, 4, 31, 33, path + 1, path + 3] {
        let mut short = good.clone();
        short.data.truncate(good.data.len() - cut);
        let error = TrestleError::ArgumentLength;
        refused(&mut world.svm, &[short], &[owner], error);
    }
    let mut deep = opening(
        &world,
        owner,
        0,
        Some(&Invitation { place: 0, path: vec![[1; 32]; MAX_DEPTH + 1] }),
    );
    refused(&mut world.svm, std::slice::from_ref(&deep), &[owner], TrestleError::ArgumentLength);
    deep.data.truncate(deep.data.len() - 32);
    refused(&mut world.svm, &[deep], &[owner], TrestleError::NotInvited);
    world.send(&[good], &[owner]).expect("and the good one is accepted");
}

#[test]
fn r19_a_new_owner_holds_a_seat_or_takes_one() {
    let (mut world, keys, cohort) = open_to(3);
    let outsider = key(99);
    let payer = world.svm.payer.pubkey();
    let t = world.trestle;
    let [old, guest, seated] = &keys[..] else { panic!("three keys") };
    for (owner, index) in [(old, 0), (seated, 0)] {
        let ix = opening(&world, owner, index, Some(&invitation(&cohort, owner)));
        world.send(&[ix], &[owner]).unwrap();
    }
    let account = t.margin(&old.pubkey(), 0);
    let propose = |world: &mut World, from: &Keypair, to: &Keypair| {
        let ix = t.propose_owner(from.pubkey(), account, Some(to.pubkey()));
        world.send(&[ix], &[from]).unwrap();
    };
    let accept = |to: &Keypair, invitation: Option<&Invitation>| {
        [t.accept_owner_by_seat(payer, to.pubkey(), account, invitation)]
    };
    // not invited: no seat, no proof, nobody else's proof or seat
    propose(&mut world, old, &outsider);
    let bare = [t.accept_owner(payer, outsider.pubkey(), account)];
    refused(&mut world.svm, &bare, &[&outsider], TrestleError::SeatMissing);
    let none = accept(&outsider, None);
    refused(&mut world.svm, &none, &[&outsider], TrestleError::ProofMissing);
    let theirs = accept(&outsider, Some(&invitation(&cohort, guest)));
    refused(&mut world.svm, &theirs, &[&outsider], TrestleError::NotInvited);
    let mut borrowed = accept(&outsider, None);
    borrowed[0].accounts[5].pubkey = t.addresses().seat(&t.group, &seated.pubkey());
    refused(&mut world.svm, &borrowed, &[&outsider], TrestleError::WrongAddress);
    // invited: the transfer takes the seat
    propose(&mut world, old, guest);
    let by_proof = accept(guest, Some(&invitation(&cohort, guest)));
    world.send(&by_proof, &[guest]).expect("the seat is taken");
    assert_eq!((group(&world).seat_count, seat(&world, guest).unwrap().number), (3, 3));
    // seated: no proof needed, and the count stays
    propose(&mut world, guest, seated);
    world.send(&accept(seated, None), &[seated]).expect("the seat is held");
    assert_eq!(group(&world).seat_count, 3);
    // a group of its own does not let anyone in
    propose(&mut world, seated, &outsider);
    let mut foreign = bare;
    foreign[0].accounts[2].pubkey = account;
    refused(&mut world.svm, &foreign, &[&outsider], TrestleError::DuplicateAccount);
    foreign[0].accounts[2].pubkey = t.margin(&seated.pubkey(), 0);
    refused(&mut world.svm, &foreign, &[&outsider], TrestleError::WrongAddress);
    // in public everyone may
    world.set_access(Phase::Public, cohort.root(), 3);
    let public = [t.accept_owner(payer, outsider.pubkey(), account)];
    world.send(&public, &[&outsider]).expect("public");
}
