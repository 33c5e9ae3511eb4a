//! The cohort off chain: who is in it, its tree, a proof for each owner.
//!
//! The tree holds the owners in the order of their key bytes, so its root says
//! who is invited and nothing of ranks, and the same set has the same root.

use solana_address::Address;
use solana_sha256_hasher::hashv;
use std::collections::HashMap;
use trestle_interface::cohort::{EMPTY, Hash, MAX_DEPTH, Proof, leaf, node};

/// SHA-256.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    hashv(parts).to_bytes()
}

/// An owner who would like a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Owner.
    pub owner: Address,
    /// Score, in any unit; more is better.
    pub score: u128,
    /// Line of the list that it stands in.
    pub line: u64,
}

/// Candidates in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranking {
    /// Each owner once, best first.
    pub ranked: Vec<Candidate>,
    /// What was left out because its owner ranks higher already, and the line
    /// that counts instead; by line.
    pub repeated: Vec<(Candidate, u64)>,
}

/// Ranks candidates: higher scores first, ties by key bytes. An owner counts
/// once, with its highest score; of equal ones the first line counts.
#[must_use]
pub fn rank(mut candidates: Vec<Candidate>) -> Ranking {
    candidates.sort_unstable_by(|a, b| {
        let ties = || a.owner.to_bytes().cmp(&b.owner.to_bytes()).then(a.line.cmp(&b.line));
        b.score.cmp(&a.score).then_with(ties)
    });
    let mut lines = HashMap::with_capacity(candidates.len());
    let mut ranking = Ranking::default();
    for candidate in candidates {
        match lines.get(&candidate.owner) {
            Some(line) => ranking.repeated.push((candidate, *line)),
            None => {
                lines.insert(candidate.owner, candidate.line);
                ranking.ranked.push(candidate);
            }
        }
    }
    ranking.repeated.sort_unstable_by_key(|(candidate, _)| candidate.line);
    ranking
}

/// Why owners make no cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CohortError {
    /// No owner at all.
    Empty,
    /// More owners than the deepest tree has places.
    TooMany(usize),
    /// An owner stands in it twice.
    Repeated(Address),
}

/// The invited owners of a group and their tree.
#[derive(Clone, Debug)]
pub struct Cohort {
    program: Address,
    group: Address,
    owners: Vec<Address>,
    /// From the leaves to below the root.
    levels: Vec<Vec<Hash>>,
    root: Hash,
}

impl Cohort {
    /// The tree over `owners`, in any order.
    ///
    /// # Errors
    /// [`CohortError`].
    pub fn new(
        program: Address,
        group: Address,
        mut owners: Vec<Address>,
    ) -> Result<Self, CohortError> {
        if owners.is_empty() {
            return Err(CohortError::Empty);
        }
        if owners.len() > 1 << MAX_DEPTH {
            return Err(CohortError::TooMany(owners.len()));
        }
        owners.sort_unstable_by_key(Address::to_bytes);
        let repeated = owners.iter().zip(owners.iter().skip(1)).find(|(a, b)| a == b);
        if let Some((owner, _)) = repeated {
            return Err(CohortError::Repeated(*owner));
        }
        let mut level: Vec<Hash> =
            owners.iter().map(|owner| leaf(sha256, &program, &group, owner)).collect();
        level.resize(owners.len().next_power_of_two(), EMPTY);
        let mut levels = vec![];
        while level.len() > 1 {
            let (pairs, _) = level.as_chunks::<2>();
            let above = pairs.iter().map(|[left, right]| node(sha256, left, right)).collect();
            levels.push(core::mem::replace(&mut level, above));
        }
        let root = level.first().copied().unwrap_or(EMPTY);
        Ok(Self { program, group, owners, levels, root })
    }

    /// The root, for `set_access`.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// Program in whose groups the proofs serve.
    #[must_use]
    pub const fn program(&self) -> &Address {
        &self.program
    }

    /// Group in which the proofs serve.
    #[must_use]
    pub const fn group(&self) -> &Address {
        &self.group
    }

    /// The owners, by key bytes.
    #[must_use]
    pub fn owners(&self) -> &[Address] {
        &self.owners
    }

    /// Siblings in a proof.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The proof of an owner; `None` for who is not invited.
    #[must_use]
    pub fn proof(&self, owner: &Address) -> Option<Invitation> {
        let key = owner.to_bytes();
        let mut place = self.owners.binary_search_by_key(&key, Address::to_bytes).ok()?;
        let number = u32::try_from(place).ok()?;
        let mut path = Vec::with_capacity(self.depth());
        for level in &self.levels {
            path.push(*level.get(place ^ 1)?);
            place >>= 1;
        }
        Some(Invitation { place: number, path })
    }
}

/// A proof that holds its own bytes; see [`Proof`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Number of the leaf, from the left.
    pub place: u32,
    /// Siblings, that of the leaf first.
    pub path: Vec<Hash>,
}

impl Invitation {
    /// The bytes that follow the arguments of `create_account`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.place.to_le_bytes().to_vec();
        bytes.extend_from_slice(self.path.as_flattened());
        bytes
    }

    /// From those bytes; `None` when they are not a proof.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let Proof { place, path } = Proof::read(bytes)?;
        Some(Self { place, path: path.to_vec() })
    }

    /// The root that this proof leads an owner to, as the program computes it.
    #[must_use]
    pub fn root(&self, program: &Address, group: &Address, owner: &Address) -> Option<Hash> {
        Proof { place: self.place, path: &self.path }
            .root(sha256, leaf(sha256, program, group, owner))
    }
}
