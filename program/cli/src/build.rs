//! `trestle cohort build`.

use crate::error::Error;
use crate::file::ProofFile;
use crate::list;
use clap::Args;
use solana_address::Address;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use trestle_client::Cohort;
use trestle_client::cohort::{CohortError, rank};
use trestle_interface::PROGRAM_ID;

/// How candidates are chosen, for the report.
const RULE: &str = "highest score first, ties by the owner's key bytes; an owner counts once, \
with its highest score, of equal ones with the first line";

/// Ranks a list and writes root and proofs.
#[derive(Args)]
pub struct Build {
    /// List of users: a CSV whose first line names the columns `owner` and `score`
    #[arg(long)]
    csv: PathBuf,
    /// Owners to take, best first
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Folder for cohort.json; made if it is not there
    #[arg(long)]
    out: PathBuf,
    /// Group that the owners are invited to
    #[arg(long)]
    group: Address,
    /// Program of the group
    #[arg(long, default_value_t = PROGRAM_ID)]
    program: Address,
    /// Also writes proofs/<owner>.json for each owner
    #[arg(long)]
    per_owner: bool,
    /// Fails when any row does not count
    #[arg(long)]
    strict: bool,
}

impl Build {
    /// Runs it and says what was done.
    pub fn run(&self) -> Result<String, Error> {
        let list = list::read(&self.csv)?;
        let mut lines: Vec<(u64, String)> = list.bad;
        let bad = lines.len();
        let counted = list.candidates.len();
        let ranking = rank(list.candidates);
        lines.extend(
            ranking.repeated.iter().map(|(row, kept)| {
                (row.line, format!("owner {} counts with line {kept}", row.owner))
            }),
        );
        lines.sort_unstable();
        if self.strict && !lines.is_empty() {
            explain(&lines);
            return Err(Error::Strict(self.csv.clone(), lines.len()));
        }
        let top = usize::try_from(self.top).unwrap_or(usize::MAX);
        let owners: Vec<Address> = ranking.ranked.iter().take(top).map(|c| c.owner).collect();
        if owners.is_empty() {
            explain(&lines);
        }
        let cohort = Cohort::new(self.program, self.group, owners).map_err(|e| match e {
            CohortError::Empty => Error::NoOwner(self.csv.clone()),
            CohortError::TooMany(count) => Error::TooMany(count),
            CohortError::Repeated(owner) => Error::Repeated(owner.to_string()),
        })?;
        let file = ProofFile::of(&cohort);
        let path = self.write(&file)?;
        let mut report = String::new();
        for (line, reason) in &lines {
            let _ = writeln!(report, "line {line}: {reason}");
        }
        let _ = write!(
            report,
            "list     {} rows, {bad} bad, {} repeated, {} owners\n\
             rule     {RULE}\n\
             cohort   {} of {top} places, proofs of {} siblings\n\
             root     {}\n\
             written  {}\n",
            counted.saturating_add(bad),
            ranking.repeated.len(),
            ranking.ranked.len(),
            file.owners,
            cohort.depth(),
            file.root,
            path.display(),
        );
        Ok(report)
    }

    /// Writes the files and returns the path of the first.
    fn write(&self, file: &ProofFile) -> Result<PathBuf, Error> {
        let (path, folder) = (self.out.join("cohort.json"), self.out.join("proofs"));
        // what an older cohort left would pass for this one's
        for old in [&path, &folder] {
            if old.exists() {
                return Err(Error::Exists(old.clone()));
            }
        }
        make(&self.out)?;
        if self.per_owner {
            make(&folder)?;
            for proof in &file.proofs {
                file.only(proof).write(&folder.join(format!("{}.json", proof.owner)))?;
            }
        }
        file.write(&path)?;
        Ok(path)
    }
}

/// Says which rows do not count, before an error that follows from them.
fn explain(lines: &[(u64, String)]) {
    for (line, reason) in lines {
        eprintln!("line {line}: {reason}");
    }
}

fn make(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|error| Error::Write(folder.into(), error))
}
