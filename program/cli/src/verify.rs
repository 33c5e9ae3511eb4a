//! `trestle cohort verify`.

use crate::error::Error;
use crate::file::{ProofFile, hex, root};
use clap::Args;
use solana_address::Address;
use std::collections::HashSet;
use std::path::PathBuf;
use trestle_client::Cohort;
use trestle_interface::cohort::Hash;

/// Checks a file of proofs.
#[derive(Args)]
pub struct Verify {
    /// cohort.json, or one owner's file
    file: PathBuf,
    /// Root of the group, hex; without it the file's own is taken
    #[arg(long, value_parser = parse_root)]
    root: Option<Hash>,
}

fn parse_root(text: &str) -> Result<Hash, &'static str> {
    root(text).ok_or("a root is 64 hex digits")
}

impl Verify {
    /// Runs it and says what holds.
    pub fn run(&self) -> Result<String, Error> {
        let file = ProofFile::read(&self.file)?;
        let wrong = |what: &str| Error::Format(self.file.clone(), what.into());
        let program: Address = file.program.parse().map_err(|_| wrong("program"))?;
        let group: Address = file.group.parse().map_err(|_| wrong("group"))?;
        let stated = root(&file.root).ok_or_else(|| wrong("root"))?;
        if file.proofs.is_empty() {
            return Err(wrong("no proof"));
        }
        let wanted = self.root.unwrap_or(stated);
        let mut owners = HashSet::with_capacity(file.proofs.len());
        for proof in &file.proofs {
            let (owner, invitation) =
                proof.decode().ok_or_else(|| wrong(&format!("the proof of {}", proof.owner)))?;
            if invitation.root(&program, &group, &owner) != Some(wanted) {
                return Err(Error::Proof(proof.owner.clone(), hex(&wanted)));
            }
            if !owners.insert(owner) {
                return Err(Error::Repeated(proof.owner.clone()));
            }
        }
        let whole = owners.len() == file.owners;
        if whole {
            let tree = Cohort::new(program, group, owners.into_iter().collect());
            let found = tree.map_err(|e| wrong(&format!("{e:?}")))?.root();
            if found != wanted {
                return Err(Error::Tree { found: hex(&found), wanted: hex(&wanted) });
            }
        }
        Ok(format!(
            "verified {} of the cohort's {} proofs{}\nroot     {} ({})\n",
            file.proofs.len(),
            file.owners,
            if whole { ", and that they are all" } else { "" },
            hex(&wanted),
            if self.root.is_some() {
                "as given"
            } else {
                "of the file; compare it with the group's"
            },
        ))
    }
}
