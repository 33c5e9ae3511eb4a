//! The table: as JSON for the gate, as Markdown for readers.

use serde_json::{Value, json};
use std::path::PathBuf;
use trestle_interface::TABLE;
use trestle_interface::tag::Tag;
use trestle_sandbox::Sent;
use trestle_sandbox::program::workspace_root;

/// One measured transaction that carries one instruction of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Instruction.
    pub name: String,
    /// What distinguishes it.
    pub case: String,
    /// Compute units of our instruction, those of inner calls included.
    pub units: u64,
    /// Of them, units of inner calls.
    pub inner: u64,
    /// Accounts that the transaction locks, the fee payer and the program included.
    pub locks: usize,
    /// Bytes of the transaction, without an address lookup table.
    pub bytes: usize,
    /// The same with all accounts but signers and programs from a table.
    pub table_bytes: usize,
}

impl Row {
    /// A row of what was sent.
    #[must_use]
    pub fn new(name: &str, case: &str, sent: &Sent) -> Self {
        let (units, inner) = our_units(&sent.logs);
        Self {
            name: name.into(),
            case: case.into(),
            units,
            inner,
            locks: sent.locks,
            bytes: sent.bytes,
            table_bytes: sent.table_bytes,
        }
    }

    /// Units that our own code took.
    #[must_use]
    pub const fn own(&self) -> u64 {
        self.units - self.inner
    }

    fn key(&self) -> String {
        format!("{} | {}", self.name, self.case)
    }
}

/// Units that our instructions consumed and, of them, what the programs called
/// by them did, from the log. What those programs call in turn is theirs.
fn our_units(logs: &[String]) -> (u64, u64) {
    let ours = trestle_interface::PROGRAM_ID.to_string();
    let mut running: Vec<&str> = vec![];
    let (mut units, mut inner) = (0, 0);
    for line in logs {
        let mut words = line.split(' ');
        let (Some("Program"), Some(program), Some(verb)) =
            (words.next(), words.next(), words.next())
        else {
            continue;
        };
        match verb {
            "invoke" => running.push(program),
            "consumed" if running.first() == Some(&ours.as_str()) => {
                let count = words.next().and_then(|count| count.parse::<u64>().ok());
                let count = count.expect("the log counts units");
                match running.len() {
                    1 => units += count,
                    2 => inner += count,
                    _ => {}
                }
            }
            "success" | "failed:" => {
                running.pop();
            }
            _ => {}
        }
    }
    assert!(running.is_empty(), "the log is complete");
    (units, inner)
}

/// All rows, and which compiler made the binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Compiler of the binary.
    pub compiler: String,
    /// Which program stood in for the venue.
    pub venue: String,
    /// Rows in the order of measurement.
    pub rows: Vec<Row>,
}

impl Table {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|r| {
                json!({
                    "instruction": r.name, "case": r.case, "units": r.units, "inner": r.inner,
                    "locks": r.locks, "bytes": r.bytes, "table_bytes": r.table_bytes,
                })
            })
            .collect();
        format!("{:#}\n", json!({ "compiler": self.compiler, "venue": self.venue, "rows": rows }))
    }

    /// From JSON.
    ///
    /// # Panics
    /// When the text is not a table.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).expect("a JSON table");
        let word = |v: &Value, name: &str| v[name].as_str().unwrap_or_default().to_owned();
        let number = |v: &Value, name: &str| v[name].as_u64().expect("a number");
        let rows = value["rows"].as_array().expect("rows");
        Self {
            compiler: word(&value, "compiler"),
            venue: word(&value, "venue"),
            rows: rows
                .iter()
                .map(|r| Row {
                    name: word(r, "instruction"),
                    case: word(r, "case"),
                    units: number(r, "units"),
                    inner: number(r, "inner"),
                    locks: usize::try_from(number(r, "locks")).expect("few"),
                    bytes: usize::try_from(number(r, "bytes")).expect("few"),
                    table_bytes: usize::try_from(number(r, "table_bytes")).expect("few"),
                })
                .collect(),
        }
    }

    /// What got worse against a committed table, a line each; rows that are
    /// missing on either side count.
    #[must_use]
    pub fn regressions(&self, committed: &Self) -> Vec<String> {
        let mut found = vec![];
        for row in &self.rows {
            let Some(old) = committed.rows.iter().find(|r| r.key() == row.key()) else {
                found.push(format!("{}: not in the committed table", row.key()));
                continue;
            };
            for (what, now, was) in [
                ("units", row.units, old.units),
                ("own units", row.own(), old.own()),
                ("locks", row.locks as u64, old.locks as u64),
                ("bytes", row.bytes as u64, old.bytes as u64),
                ("bytes with a table", row.table_bytes as u64, old.table_bytes as u64),
            ] {
                if now > was {
                    found.push(format!("{}: {what} {was} -> {now}", row.key()));
                }
            }
        }
        for old in &committed.rows {
            if self.rows.iter().all(|r| r.key() != old.key()) {
                found.push(format!("{}: no longer measured", old.key()));
            }
        }
        found
    }
}

/// The committed JSON and Markdown.
#[must_use]
pub fn paths() -> (PathBuf, PathBuf) {
    let folder = workspace_root().join("benches");
    (folder.join("compute_units.json"), folder.join("compute_units.md"))
}

/// The committed table.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn committed() -> Table {
    Table::from_json(&std::fs::read_to_string(paths().0).expect("benches/compute_units.json"))
}

/// As Markdown.
#[must_use]
pub fn markdown(table: &Table) -> String {
    let mut text = String::from(HEAD);
    text.push_str(&format!("Compiler: **{}**. Venue: **{}**.\n\n", table.compiler, table.venue));
    text.push_str(
        "| instruction | case | CU | own | inner calls | locks | bytes | with a table |\n\
         |---|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for r in &table.rows {
        text.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {} | {} | {} |\n",
            r.name,
            r.case,
            r.units,
            r.own(),
            r.inner,
            r.locks,
            r.bytes,
            r.table_bytes
        ));
    }
    text.push_str(&per_position(table));
    text.push_str(&venues(table));
    text
}

/// Most of our own units that an operation at a venue is meant to take.
pub const VENUE_OWN_UNITS: u64 = 25_000;

/// Whether a row is of an operation at a venue.
fn is_venue(row: &Row) -> bool {
    TABLE.iter().any(|info| info.name == row.name && VENUE_TAGS.contains(&info.tag))
}

/// Which operations of ours at venues take more than they should, and why.
fn venues(table: &Table) -> String {
    let mut text = format!(
        "\n## At Kamino\n\n{VENUES} An operation is meant to take at most {VENUE_OWN_UNITS} CU of \
         our own. "
    );
    let above: Vec<String> = table
        .rows
        .iter()
        .filter(|row| is_venue(row) && row.own() > VENUE_OWN_UNITS)
        .map(|row| format!("- `{}`, {}: {}\n", row.name, row.case, row.own()))
        .collect();
    if above.is_empty() {
        text.push_str("None takes more.\n");
    } else {
        text.push_str(&format!("These take more:\n\n{}\n{}\n", above.concat(), why_more(table)));
    }
    text
}

/// Where the README holds the instruction table.
const README_MARKS: [&str; 2] = ["<!-- instructions -->\n", "<!-- /instructions -->"];

/// The README's path.
#[must_use]
pub fn readme_path() -> PathBuf {
    workspace_root().join("README.md")
}

/// The README's text with its instruction table as it must be.
///
/// # Panics
/// When the README lacks the marks between which the table stands.
#[must_use]
pub fn readme(text: &str, table: &Table) -> String {
    let [open, close] = README_MARKS;
    let (before, rest) = text.split_once(open).expect("the README marks where the table begins");
    let (_, after) = rest.split_once(close).expect("the README marks where the table ends");
    let mut rows = String::from(
        "| tag | instruction | what it does | CU | of it our own |\n|---:|---|---|---:|---:|\n",
    );
    for info in TABLE {
        let measured = || table.rows.iter().filter(|row| row.name == info.name);
        let (all, own) = (range(measured().map(|r| r.units)), range(measured().map(Row::own)));
        let what = info.doc.trim().replace("[`crate::", "`trestle_interface::").replace("`]", "`");
        rows.push_str(&format!(
            "| {} | `{}` | {what} | {all} | {own} |\n",
            info.tag.byte(),
            info.name
        ));
    }
    format!(
        "{before}{open}\n{rows}\nCompiler: {}. Venue: {}.\n{close}{after}",
        table.compiler, table.venue
    )
}

fn range(units: impl Iterator<Item = u64> + Clone) -> String {
    match (units.clone().min(), units.max()) {
        (Some(least), Some(most)) if least < most => format!("{least} to {most}"),
        (_, Some(most)) => most.to_string(),
        _ => "not measured".into(),
    }
}

const HEAD: &str = "# Compute units\n\n\
Measured by `make bench` on LiteSVM with the mainnet feature set; one instruction of ours a \
transaction. CU are exact and repeatable for one binary, so `make test` fails on any rise. They \
are those of our instruction: *inner calls* are what programs that it calls consumed, by the log, \
with all that those call in turn; *own* is the rest. Locks count every account of the transaction, \
the fee payer and the program included; bytes are those of a legacy transaction, and of a version 0 \
transaction that takes all accounts but signers and programs from an address lookup table; the \
network takes 1,232. Tables of different compilers do not compare: a stock rustc and Agave's \
toolchain generate different code.\n\n";

/// Operations at venues.
const VENUE_TAGS: [Tag; 11] = [
    Tag::OpenVenue,
    Tag::VenueSupply,
    Tag::VenueRedeem,
    Tag::VenueBorrow,
    Tag::VenueRepay,
    Tag::OpenFarm,
    Tag::ClaimVenue,
    Tag::VenueGroup,
    Tag::CloseVenue,
    Tag::RefreshAccount,
    Tag::RefreshMarkets,
];

const VENUES: &str = "Inner calls of these rows are calls of the program that the table names as \
venue; the mock's code is ours, so its share says nothing about klend's. Borrowing, and redeeming \
with a debt, need klend's own refresh with prices in the same slot: it stands in front in the same \
transaction, is in locks and bytes, and not in CU.";

/// What an operation's own units are spent on, as far as the rows tell.
fn why_more(table: &Table) -> String {
    let own = |name: &str, case: &str| {
        let row = table.rows.iter().find(|r| r.name == name && r.case == case);
        row.map_or(0, Row::own)
    };
    let [one, three] =
        ["1 reserve at Kamino", "3 reserves at Kamino"].map(|case| own("refresh_markets", case));
    let [repay, refresh] =
        ["venue_repay", "refresh_account"].map(|name| own(name, "5 positions, 2 reserves, debt"));
    format!(
        "What is left, by the rows: a repayment, which is not checked, takes {repay}. That is to \
         match up to 24 accounts by role, build klend's call and match it once more before the \
         authority signs, compare custody and the authority before and after, and the obligation \
         entry by entry with what it was. What is checked also reads every reserve in use and \
         values the portfolio: {refresh} where that is all there is (`refresh_account`, 2 \
         reserves), less where klend has refreshed a reserve in the same slot, since then no \
         interest is projected. A reserve's row takes {} in full: its interest is 128-bit \
         arithmetic in klend's own scale.",
        three.saturating_sub(one) / 2
    )
}

/// Cost of one more position, from the health rows.
fn per_position(table: &Table) -> String {
    let units = |case: &str| {
        table.rows.iter().find(|r| r.name == "get_health" && r.case == case).map(|r| r.units)
    };
    let (Some(few), Some(many)) = (
        units("32 positions, 24 assets, 12 factors"),
        units("64 positions, 24 assets, 12 factors"),
    ) else {
        return String::new();
    };
    format!(
        "\nOne more position in an asset that the account already holds costs {} CU \
         (from 32 to 64 positions over 24 assets and 12 factors).\n",
        (many - few).div_ceil(32)
    )
}
