//! The cohort: a Merkle tree over the invited owners, and the proof that an
//! owner is one of them.
//!
//! ```text
//! leaf  = H(0 | program | group | owner)      97 bytes
//! node  = H(1 | left | right)                 65 bytes
//! proof = place (u32, little-endian) | sibling of the leaf | ... | sibling below the root
//! ```
//!
//! H is SHA-256. A tree has 2^depth places; those behind the last owner hold
//! [`EMPTY`], which is no owner's leaf. Bit `n` of the place says on which side
//! of its sibling the way stands `n` levels above the leaf, so nothing is
//! sorted and nothing doubled. The first byte keeps leaves and nodes apart: no
//! inner node passes for an owner, whatever length a proof pretends. Program
//! and group in the leaf keep a proof from serving anywhere else.
//!
//! The caller brings SHA-256: the program calls the runtime's, a client its
//! library's.

use solana_address::Address;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What stands where no owner stands. Nobody knows bytes with this hash.
pub const EMPTY: Hash = [0; 32];

/// Most levels of a tree: 2^20 owners. A proof of so many still fits into one
/// legacy transaction.
pub const MAX_DEPTH: usize = 20;

const LEAF: &[u8] = &[0];
const NODE: &[u8] = &[1];

/// Leaf of an owner.
#[inline(always)]
pub fn leaf(
    sha256: impl Fn(&[&[u8]]) -> Hash,
    program: &Address,
    group: &Address,
    owner: &Address,
) -> Hash {
    sha256(&[LEAF, program.as_ref(), group.as_ref(), owner.as_ref()])
}

/// Node above two others.
#[inline(always)]
pub fn node(sha256: impl Fn(&[&[u8]]) -> Hash, left: &Hash, right: &Hash) -> Hash {
    sha256(&[NODE, left, right])
}

/// The way from a leaf to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof<'a> {
    /// Number of the leaf, from the left.
    pub place: u32,
    /// Siblings, that of the leaf first.
    pub path: &'a [Hash],
}

impl<'a> Proof<'a> {
    /// Reads a proof that fills `bytes`. `None` when it does not, or when it
    /// has more than [`MAX_DEPTH`] siblings.
    #[must_use]
    #[inline(always)]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (place, path) = bytes.split_first_chunk()?;
        let (path, rest) = path.as_chunks();
        if !rest.is_empty() || path.len() > MAX_DEPTH {
            return None;
        }
        Some(Self { place: u32::from_le_bytes(*place), path })
    }

    /// The root that the way leads to. `None` when the place lies outside a
    /// tree of this depth.
    #[must_use]
    #[inline(always)]
    pub fn root(&self, sha256: impl Fn(&[&[u8]]) -> Hash, leaf: Hash) -> Option<Hash> {
        let (mut place, mut hash) = (self.place, leaf);
        for sibling in self.path {
            hash = if place & 1 == 0 {
                node(&sha256, &hash, sibling)
            } else {
                node(&sha256, sibling, &hash)
            };
            place >>= 1;
        }
        (place == 0).then_some(hash)
    }
}
