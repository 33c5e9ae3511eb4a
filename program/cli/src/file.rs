//! The file of proofs, for a whole cohort or for one owner.

use crate::error::Error;
use serde::{Deserialize, Serialize};
use solana_address::Address;
use std::path::Path;
use trestle_client::{Cohort, Invitation};
use trestle_interface::cohort::Hash;

/// Proofs of a cohort.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProofFile {
    /// Program.
    pub program: String,
    /// Group.
    pub group: String,
    /// Root, hex.
    pub root: String,
    /// Owners of the whole cohort.
    pub owners: usize,
    /// Proofs, by the owners' key bytes.
    pub proofs: Vec<OwnerProof>,
}

/// Proof of one owner.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerProof {
    /// Owner.
    pub owner: String,
    /// Bytes that follow the arguments of `create_account`, hex: the place,
    /// then the siblings from the leaf up.
    pub proof: String,
}

impl ProofFile {
    /// All proofs of a cohort.
    pub fn of(cohort: &Cohort) -> Self {
        let proof = |owner: &Address| {
            let invitation = cohort.proof(owner)?;
            Some(OwnerProof { owner: owner.to_string(), proof: hex(&invitation.to_bytes()) })
        };
        Self {
            program: cohort.program().to_string(),
            group: cohort.group().to_string(),
            root: hex(&cohort.root()),
            owners: cohort.owners().len(),
            proofs: cohort.owners().iter().filter_map(proof).collect(),
        }
    }

    /// The same with one owner's proof alone.
    pub fn only(&self, proof: &OwnerProof) -> Self {
        Self {
            program: self.program.clone(),
            group: self.group.clone(),
            root: self.root.clone(),
            owners: self.owners,
            proofs: vec![proof.clone()],
        }
    }

    /// Reads one.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text =
            std::fs::read_to_string(path).map_err(|error| Error::Read(path.into(), error))?;
        serde_json::from_str(&text).map_err(|error| Error::Format(path.into(), error.to_string()))
    }

    /// Writes it.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let failed = |error| Error::Write(path.into(), error);
        let text = serde_json::to_string_pretty(self).map_err(|e| failed(e.into()))?;
        std::fs::write(path, text + "\n").map_err(failed)
    }
}

impl OwnerProof {
    /// Owner and proof; `None` when either is not what it should be.
    pub fn decode(&self) -> Option<(Address, Invitation)> {
        let invitation = Invitation::from_bytes(&unhex(&self.proof)?)?;
        Some((self.owner.parse().ok()?, invitation))
    }
}

/// A root from hex.
pub fn root(text: &str) -> Option<Hash> {
    unhex(text)?.try_into().ok()
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(high)? << 4 | digit(low)?).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
