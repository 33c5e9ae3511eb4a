//! Why a command failed, and what to do about it.

use std::path::PathBuf;

/// An error of a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("{path}: {reason}", path = .0.display(), reason = .1)]
    Read(PathBuf, std::io::Error),
    /// A file or folder could not be written.
    #[error("{path}: {reason}", path = .0.display(), reason = .1)]
    Write(PathBuf, std::io::Error),
    /// The list's first line lacks a column.
    #[error("{path}: the first line names no column `{column}`", path = .0.display(), column = .1)]
    Column(PathBuf, &'static str),
    /// The list's first line names a column twice.
    #[error("{path}: the first line names the column `{column}` twice", path = .0.display(), column = .1)]
    Columns(PathBuf, &'static str),
    /// The list holds rows that do not count, and all had to.
    #[error("{count} rows of {path} do not count", path = .0.display(), count = .1)]
    Strict(PathBuf, usize),
    /// No row of the list counts.
    #[error("{path}: no owner", path = .0.display())]
    NoOwner(PathBuf),
    /// The tree is full.
    #[error("{0} owners are more than a tree holds")]
    TooMany(usize),
    /// A file with proofs is there already.
    #[error("{path} is there already", path = .0.display())]
    Exists(PathBuf),
    /// Not a file that `build` wrote.
    #[error("{path}: not a file of proofs: {reason}", path = .0.display(), reason = .1)]
    Format(PathBuf, String),
    /// A proof leads elsewhere.
    #[error("the proof of {0} does not lead to root {1}")]
    Proof(String, String),
    /// An owner has two proofs.
    #[error("{0} has two proofs")]
    Repeated(String),
    /// The owners' own tree has another root.
    #[error("the owners' tree has root {found}, not {wanted}")]
    Tree {
        /// By the owners.
        found: String,
        /// By the file or the command.
        wanted: String,
    },
}

impl Error {
    /// What to do.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Read(..) => "Name a file that exists and that you may read.",
            Self::Write(..) => "Name a folder that you may write to.",
            Self::Column(..) => "Begin the list with a line such as `owner,score`.",
            Self::Columns(..) => "Leave one of the two, or rename it.",
            Self::Strict(..) => "Correct the rows above, or run without --strict.",
            Self::NoOwner(_) => "Give the list a row with an owner and a score.",
            Self::TooMany(_) => "Choose --top of at most 1048576.",
            Self::Exists(_) => "Choose another --out, or remove the old cohort first.",
            Self::Format(..) => "Pass cohort.json or a file of proofs/ as `build` wrote it.",
            Self::Proof(..) => {
                "Fetch the file anew, and the root from the group: one of them is of another cohort."
            }
            Self::Repeated(_) | Self::Tree { .. } => {
                "Do not use the file: it was changed after it was written. Build it anew."
            }
        }
    }
}
