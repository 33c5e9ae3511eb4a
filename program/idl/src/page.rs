//! The page of every instruction, for those who send raw transactions.

use crate::refusals;
use std::fmt::Write as _;
use trestle_interface::accounts::Role;
use trestle_interface::permission::{ALL, MOVE, PROTECT, TRADE, WITHDRAW};
use trestle_interface::state::{PositionKind, offsets};
use trestle_interface::tag::{InstructionInfo, Tail};
use trestle_interface::wire::Field;
use trestle_interface::{TABLE, TrestleError, event};

const HEAD: &str = "\
# Every instruction, byte by byte

Generated from `program/interface` by `cargo run -p trestle-idl`; a test fails when it is stale. \
The same as data: [`program/idl/trestle.json`](../idl/trestle.json), a Codama document.

- Data: the tag, then the arguments at the offsets below, little-endian. A wrong length is refused.
- Accounts in this order; **s** must sign, **w** must be writable. *Then any number* means that more \
may follow: what a venue's call names, venue accounts to be read, running totals. \
`trestle_client` works those out.
- An operation of an owner begins with the same four accounts and may stand in a `batch`. Its row of \
permissions says which delegates may run it.
- A refusal is `Custom(code)`, and nothing has changed. In a batch the number of the operation, \
from one, stands in the upper 16 bits: `code = custom & 0xffff`, `operation = custom >> 16`.
- Errors below are those that tests provoke, beyond what [any instruction](#any-instruction) may return.

";

/// The page.
#[must_use]
pub fn page() -> String {
    let mut out = HEAD.to_owned();
    for row in TABLE {
        instruction(&mut out, row);
    }
    batch(&mut out);
    events(&mut out);
    filters(&mut out);
    errors(&mut out);
    out
}

fn instruction(out: &mut String, row: &InstructionInfo) {
    let _ = writeln!(out, "## {} `{}`\n\n{}\n", row.tag.byte(), row.name, text(row.doc));
    if let Some(permission) = row.permission {
        let who = match permission.bits {
            0 => "the owner alone".to_owned(),
            ALL => "the owner, or any delegate".to_owned(),
            bits => format!("the owner, or a delegate with {}", bit_names(bits)),
        };
        let locked = if permission.when_locked {
            "A lock-down leaves it."
        } else {
            "Not while locked down."
        };
        let region = if permission.in_region { "" } else { " Not inside a region." };
        let receiver =
            if permission.in_receivership { " A liquidator in its receivership." } else { "" };
        let _ = writeln!(out, "Who: {who}. {locked}{region}{receiver}\n");
    }
    let mut at = 1;
    let _ = writeln!(out, "| byte | type | argument | |\n|---:|---|---|---|");
    let _ = writeln!(out, "| 0 | u8 | tag | {} |", row.tag.byte());
    for field in row.args {
        argument(out, at, field);
        at += field.len;
    }
    match row.tail {
        Tail::Nothing => {}
        Tail::Rows(bytes) => {
            let _ = writeln!(out, "| {at} | u{} each | rows | to the end |", 8 * bytes);
        }
        Tail::Frame => {
            let _ = writeln!(out, "| {at} | bytes | frame | [operations](#the-frame-of-a-batch) |");
        }
        Tail::Proof => {
            let _ = writeln!(
                out,
                "| {at} | bytes | proof | nothing; or place as u32, siblings of 32 bytes |"
            );
        }
    }
    let _ = writeln!(out, "\n| # | | account | |\n|---:|---|---|---|");
    for (number, role) in row.prefix.iter().chain(row.accounts).enumerate() {
        account(out, number, role);
    }
    if row.trailing {
        let _ = writeln!(out, "| | | *then any number* | |");
    }
    let errors = refusals::of(row.name);
    if !errors.is_empty() {
        let links: Vec<String> =
            errors.iter().map(|error| format!("{} `{}`", error.code(), error.name())).collect();
        let _ = writeln!(out, "\nErrors: {}.", links.join(", "));
    }
    out.push('\n');
}

fn argument(out: &mut String, at: usize, field: &Field) {
    let _ = writeln!(
        out,
        "| {at} | {} | {} | {} |",
        field.type_name.replace('[', "\\["),
        field.name,
        text(field.doc)
    );
}

fn account(out: &mut String, number: usize, role: &Role) {
    let signer = if role.signer { "s" } else { "" };
    let writable = if role.writable { "w" } else { "" };
    let _ = writeln!(out, "| {number} | {signer}{writable} | {} | {} |", role.name, text(role.doc));
}

fn batch(out: &mut String) {
    out.push_str(
        "## The frame of a batch\n\n\
         Operations one after another, all numbers bytes: tag, number of accounts, that many indices, \
         length of arguments, arguments. Indices count the batch's accounts behind its first four; an \
         account may serve many operations. Operations are what an owner may run: every tag with a \
         line *Who*. One check at the end answers for all; guards in between see what the operations \
         before them left.\n\n",
    );
}

fn events(out: &mut String) {
    out.push_str(
        "## Events\n\n\
         Logged as `Program data:`, base64, one event a field. Each begins with the head; positions \
         are told as they are after the instruction. `trestle_client::events` decodes them and \
         rebuilds every balance.\n\n",
    );
    event_table(out, "Head", event::Head::FIELDS);
    for row in event::TABLE {
        let repeats = if row.kind == event::EventKind::Legs { ", once per leg" } else { "" };
        event_table(out, &format!("Kind {}: {}{repeats}", row.kind.byte(), row.name), row.fields);
    }
}

fn event_table(out: &mut String, title: &str, fields: &[Field]) {
    let _ = writeln!(out, "**{title}**\n\n| byte | type | field | |\n|---:|---|---|---|");
    let mut at = 0;
    for field in fields {
        argument(out, at, field);
        at += field.len;
    }
    out.push('\n');
}

fn filters(out: &mut String) {
    out.push_str("## Filters for bots\n\nOffsets in a margin account for `memcmp`; frozen.\n\n| byte | field |\n|---:|---|\n");
    for (at, name) in [
        (offsets::GROUP, "group"),
        (offsets::OWNER, "owner"),
        (offsets::STATUS, "status: 0 active, 1 locked down"),
        (offsets::SESSION, "session: 0 idle"),
        (offsets::HAS_DEBT, "1 while anything is owed"),
        (
            offsets::HEALTH_BUCKET,
            "maintenance health at the last check: 0 no debt, 1 below zero, 2 to 9 higher",
        ),
        (offsets::VENUE_BITMAP, "venue classes in use, u16"),
        (offsets::LAST_CHECK_SLOT, "slot of the last check, u64"),
        (offsets::SEQUENCE, "sequence, u64"),
        (offsets::POSITIONS, "first position, 64 bytes each"),
    ] {
        let _ = writeln!(out, "| {at} | {name} |");
    }
    let kinds: Vec<String> = (1..=u8::MAX)
        .map_while(PositionKind::from_byte)
        .map(|kind| format!("{} {kind:?}", kind.byte()))
        .collect();
    let _ = writeln!(out, "\nKinds of positions: {}.\n", kinds.join(", "));
}

fn errors(out: &mut String) {
    out.push_str("## Errors and remedies\n\n### Any instruction\n\n");
    error_table(out, refusals::ANY.iter());
    out.push_str("### By code\n\n");
    error_table(out, TrestleError::ALL.iter().filter(|error| !refusals::ANY.contains(error)));
}

fn error_table<'a>(out: &mut String, errors: impl Iterator<Item = &'a TrestleError>) {
    out.push_str("| code | error | what happened | remedy |\n|---:|---|---|---|\n");
    for error in errors {
        let _ = writeln!(
            out,
            "| {} | `{}` | {error} | {} |",
            error.code(),
            error.name(),
            text(error.remedy())
        );
    }
    out.push('\n');
}

fn bit_names(bits: u32) -> String {
    let names = [(TRADE, "TRADE"), (MOVE, "MOVE"), (WITHDRAW, "WITHDRAW"), (PROTECT, "PROTECT")];
    let held: Vec<&str> =
        names.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, n)| *n).collect();
    held.join(" or ")
}

/// Documentation on one line: links to code become code, bars do not end a cell.
fn text(doc: &str) -> String {
    let line = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    let mut rest = line.as_str();
    while let Some((before, link)) = rest.split_once("[`") {
        let (path, after) = link.split_once("`]").unwrap_or((link, ""));
        let name = path.rsplit("::").next().unwrap_or(path);
        let _ = write!(out, "{before}`{name}`");
        rest = after;
    }
    out.push_str(rest);
    out.replace('|', "\\|")
}
