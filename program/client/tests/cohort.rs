//! The cohort's tree and its ranking.

use trestle_client::cohort::{Candidate, Cohort, CohortError, Invitation, rank, sha256};
use trestle_interface::Address;
use trestle_interface::cohort::{Hash, MAX_DEPTH, Proof, leaf, node};

const PROGRAM: Address = Address::new_from_array([1; 32]);
const GROUP: Address = Address::new_from_array([2; 32]);

fn owner(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

fn cohort(owners: impl IntoIterator<Item = u8>) -> Cohort {
    Cohort::new(PROGRAM, GROUP, owners.into_iter().map(owner).collect()).unwrap()
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Computed apart, with Python's hashlib, from the rules in the interface.
#[test]
fn hashes_are_the_published_ones() {
    assert_eq!(
        hex(&leaf(sha256, &PROGRAM, &GROUP, &owner(3))),
        "9e9a7ebac1de2369e6dc5a01f71162ad7c181536a7dd7d00a9bdacccdab028a3"
    );
    assert_eq!(
        hex(&cohort([5, 3, 4]).root()),
        "eff07e13e544483df4460c76c08ba99ac6cc48c20fe3b9ccf473bad9b78ab591"
    );
}

#[test]
fn every_owner_has_one_proof_and_it_serves_nobody_else() {
    for count in 1..=33_u8 {
        let tree = cohort(1..=count);
        assert_eq!(tree.depth(), usize::from(count).next_power_of_two().ilog2() as usize);
        for number in 1..=count {
            let proof = tree.proof(&owner(number)).unwrap();
            assert_eq!(Invitation::from_bytes(&proof.to_bytes()).as_ref(), Some(&proof));
            for other in 1..=count + 1 {
                let found = proof.root(&PROGRAM, &GROUP, &owner(other));
                assert_eq!(found == Some(tree.root()), other == number, "{number} of {count}");
            }
            // nor at any other place of a tree of its depth, nor beyond one
            for place in (0..64).chain([1 << 20, u32::MAX]).filter(|p| *p != proof.place) {
                let moved = Invitation { place, ..proof.clone() };
                assert_ne!(moved.root(&PROGRAM, &GROUP, &owner(number)), Some(tree.root()));
            }
        }
        assert_eq!(tree.proof(&owner(count + 1)), None);
    }
}

/// A node is no leaf: what stands inside the tree is no owner's hash, whatever
/// bytes are taken for an owner.
#[test]
fn leaves_and_nodes_are_hashed_apart() {
    let tree = cohort(1..=4);
    let path = tree.proof(&owner(1)).unwrap().path;
    let first = leaf(sha256, &PROGRAM, &GROUP, &owner(1));
    let inner = node(sha256, &first, &path[0]);
    assert_eq!(node(sha256, &inner, &path[1]), tree.root());
    // the bytes under the inner node, read as an owner's: another first byte, another hash
    let bare = sha256(&[&first, &path[0]]);
    assert_ne!(bare, inner);
    let as_owner =
        leaf(sha256, &Address::new_from_array(first), &Address::new_from_array(path[0]), &owner(0));
    assert_ne!(as_owner, inner);
}

#[test]
fn the_root_is_that_of_the_set_for_one_program_and_group() {
    let root = cohort(1..=9).root();
    assert_eq!(cohort((1..=9).rev()).root(), root);
    assert_ne!(cohort(1..=8).root(), root);
    let owners: Vec<Address> = (1..=9).map(owner).collect();
    assert_ne!(Cohort::new(GROUP, PROGRAM, owners.clone()).unwrap().root(), root);
    assert_ne!(Cohort::new(PROGRAM, PROGRAM, owners).unwrap().root(), root);
}

#[test]
fn refuses_what_is_no_cohort() {
    let new = |owners: Vec<Address>| Cohort::new(PROGRAM, GROUP, owners).map(|c| c.root());
    assert_eq!(new(vec![]), Err(CohortError::Empty));
    let twice = vec![owner(1), owner(2), owner(1)];
    assert_eq!(new(twice), Err(CohortError::Repeated(owner(1))));
    let many = vec![owner(1); (1 << MAX_DEPTH) + 1];
    assert_eq!(new(many), Err(CohortError::TooMany((1 << MAX_DEPTH) + 1)));
}

#[test]
fn a_proof_fills_its_bytes() {
    for siblings in 0..=MAX_DEPTH + 1 {
        let bytes = vec![7; 4 + 32 * siblings];
        let proof = Proof::read(&bytes);
        assert_eq!(proof.map(|p| p.path.len()), (siblings <= MAX_DEPTH).then_some(siblings));
        assert_eq!(Proof::read(&bytes[1..]), None);
        assert_eq!(Proof::read(&[&bytes[..], &[0]].concat()), None);
    }
    assert_eq!(Proof::read(&[]), None);
}

#[test]
fn ranks_higher_scores_first_and_each_owner_once() {
    let row = |line: u64, number: u8, score: u128| Candidate { owner: owner(number), score, line };
    let rows = vec![
        row(2, 9, 5),
        row(3, 1, 5),
        row(4, 2, u128::MAX),
        row(5, 9, 7),
        row(6, 1, 5),
        row(7, 3, 0),
        row(8, 9, 1),
    ];
    let mut backwards = rows.clone();
    backwards.reverse();
    let ranking = rank(rows);
    assert_eq!(ranking.ranked, [row(4, 2, u128::MAX), row(5, 9, 7), row(3, 1, 5), row(7, 3, 0)]);
    assert_eq!(ranking.repeated, [(row(2, 9, 5), 5), (row(6, 1, 5), 3), (row(8, 9, 1), 5)]);
    assert_eq!(rank(backwards), ranking);
    assert_eq!(rank(vec![]).ranked, []);
}
