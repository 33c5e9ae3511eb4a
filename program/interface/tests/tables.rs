//! The published tables: a number is never moved, reused or renamed.
//!
//! `golden/*.txt` are the published lists. A new row is added there by hand
//! (or by `TRESTLE_BLESS=1`, which appends nothing else than what changed and
//! shows in the diff); an old row never changes.

use std::collections::HashSet;
use std::fmt::Write as _;
use trestle_interface::accounts::Role;
use trestle_interface::tag::Tail;
use trestle_interface::{TABLE, Tag, TrestleError};

fn golden(name: &str, now: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("TRESTLE_BLESS").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap();
    for (line, (old, new)) in published.lines().zip(now.lines()).enumerate() {
        assert_eq!(old, new, "{name} line {} differs from what was published", line + 1);
    }
    assert_eq!(published.lines().count(), now.lines().count(), "{name} has another length");
}

#[test]
fn errors_are_the_published_list() {
    let mut list = String::new();
    for error in TrestleError::ALL {
        writeln!(list, "{} {} {error}", error.code(), error.name()).unwrap();
    }
    golden("errors.txt", &list);
}

#[test]
fn errors_are_distinct_and_say_what_to_do() {
    let mut codes = HashSet::new();
    let mut texts = HashSet::new();
    for error in TrestleError::ALL {
        assert!(codes.insert(error.code()), "{error:?} shares its code");
        assert!(texts.insert(error.to_string()), "{error:?} shares its text");
        assert_eq!(TrestleError::from_code(error.code()), Some(*error));
        assert!(error.remedy().ends_with('.'), "{error:?} has no remedy");
    }
    assert_eq!(TrestleError::from_code(u32::MAX), None);
}

#[test]
fn instructions_are_the_published_list() {
    let mut list = String::new();
    let roles = |list: &mut String, roles: &[Role]| {
        for role in roles {
            let signer = if role.signer { "s" } else { "-" };
            let writable = if role.writable { "w" } else { "-" };
            writeln!(list, "    {signer}{writable} {}", role.name).unwrap();
        }
    };
    for row in TABLE {
        writeln!(list, "{} {}", row.tag.byte(), row.name).unwrap();
        if let Some(permission) = row.permission {
            let (bits, locked) = (permission.bits, permission.when_locked);
            let locked = if locked { " when locked" } else { "" };
            writeln!(list, "    ! permission {bits}{locked}").unwrap();
            if permission.in_region {
                writeln!(list, "    ! in a region").unwrap();
            }
            if permission.in_receivership {
                writeln!(list, "    ! in a receivership").unwrap();
            }
        }
        roles(&mut list, row.prefix);
        roles(&mut list, row.accounts);
        if row.trailing {
            writeln!(list, "    .. more").unwrap();
        }
        for field in row.args {
            writeln!(list, "    : {} {}", field.name, field.type_name).unwrap();
        }
        if let Tail::Rows(bytes) = row.tail {
            writeln!(list, "    : rows {bytes} each").unwrap();
        }
    }
    golden("instructions.txt", &list);
}

#[test]
fn tags_are_distinct() {
    let mut tags = HashSet::new();
    for row in TABLE {
        assert!(tags.insert(row.tag.byte()), "{} shares its tag", row.name);
        assert_eq!(Tag::from_byte(row.tag.byte()), Some(row.tag));
        let fields: usize = row.args.iter().map(|f| f.len).sum();
        assert_eq!(fields, row.args_len, "{}: the length is the sum of its fields", row.name);
    }
    for byte in 0..=u8::MAX {
        assert_eq!(Tag::from_byte(byte).is_some(), tags.contains(&byte));
    }
}

/// One account signs, or nobody needs to: refreshes and views.
#[test]
fn writable_signers_are_declared() {
    for row in TABLE {
        let roles = || row.prefix.iter().chain(row.accounts);
        let mut names = HashSet::new();
        assert!(roles().all(|r| names.insert(r.name)), "{} names a role twice", row.name);
        assert!(roles().all(|r| !r.doc.trim().is_empty()), "{} has an unexplained role", row.name);
    }
}
