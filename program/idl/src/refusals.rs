//! Which errors each instruction has been seen to return.
//!
//! `refusals.txt` has a line for each pair; tests that expect a refusal fail
//! when it is not there (`trestle_sandbox::refused`).

use trestle_interface::{TABLE, TrestleError};

/// The list.
pub const SEEN: &str = include_str!("../refusals.txt");

/// Errors that any instruction may return for how it is encoded or called.
pub const ANY: [TrestleError; 14] = [
    TrestleError::UnknownTag,
    TrestleError::ArgumentLength,
    TrestleError::AccountCount,
    TrestleError::MissingSigner,
    TrestleError::NotWritable,
    TrestleError::WrongOwner,
    TrestleError::WrongType,
    TrestleError::WrongVersion,
    TrestleError::WrongSize,
    TrestleError::WrongGroup,
    TrestleError::WrongAddress,
    TrestleError::DuplicateAccount,
    TrestleError::Corrupt,
    TrestleError::Borrowed,
];

/// Errors of an instruction beyond [`ANY`], by code.
///
/// # Panics
/// When the list names an error that does not exist.
#[must_use]
pub fn of(name: &str) -> Vec<TrestleError> {
    let known = |error: &str| TrestleError::ALL.iter().find(|known| known.name() == error).copied();
    let mut errors: Vec<TrestleError> = SEEN
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(instruction, _)| *instruction == name)
        .map(|(_, error)| known(error).unwrap_or_else(|| panic!("no error {error}")))
        .filter(|error| !ANY.contains(error))
        .collect();
    errors.sort_by_key(|error| error.code());
    errors
}

/// The list in order: by tag, then by code, each pair once.
///
/// # Panics
/// When a line names an instruction or an error that does not exist.
#[must_use]
pub fn sorted(lines: &[&str]) -> String {
    let mut keyed: Vec<(u8, u32, &str)> = lines
        .iter()
        .map(|line| {
            let (name, error) = line.split_once(' ').expect("instruction and error");
            let row = TABLE.iter().find(|row| row.name == name).expect("an instruction");
            let error = TrestleError::ALL.iter().find(|known| known.name() == error);
            (row.tag.byte(), error.expect("an error").code(), *line)
        })
        .collect();
    keyed.sort_unstable();
    keyed.dedup();
    keyed.iter().map(|(_, _, line)| format!("{line}\n")).collect()
}
