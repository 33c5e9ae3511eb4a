//! The table: as JSON for the gate, as Markdown for readers.

use serde_json::{Value, json};
use std::path::PathBuf;
use trestle_interface::TABLE;
use trestle_sandbox::Sent;
use trestle_sandbox::program::workspace_root;

/// One measured transaction that carries one instruction of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Instruction.
    pub name: String,
    /// What distinguishes it.
    pub case: String,
    /// Compute units, those of inner calls included.
    pub units: u64,
    /// Of them, units of inner calls.
    pub inner: u64,
    /// Accounts that the transaction locks, the fee payer and the program included.
    pub locks: usize,
    /// Bytes of the transaction, without an address lookup table.
    pub bytes: usize,
}

impl Row {
    /// A row of what was sent.
    #[must_use]
    pub fn new(name: &str, case: &str, sent: &Sent) -> Self {
        Self {
            name: name.into(),
            case: case.into(),
            units: sent.units,
            inner: inner_units(&sent.logs),
            locks: sent.locks,
            bytes: sent.bytes,
        }
    }

    fn key(&self) -> String {
        format!("{} | {}", self.name, self.case)
    }
}

/// Units that programs called by ours consumed, from the log.
fn inner_units(logs: &[String]) -> u64 {
    let ours = trestle_interface::PROGRAM_ID.to_string();
    logs.iter()
        .filter(|line| !line.contains(&ours))
        .filter_map(|line| line.split(" consumed ").nth(1)?.split(' ').next()?.parse::<u64>().ok())
        .sum()
}

/// All rows, and which compiler made the binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Compiler of the binary.
    pub compiler: String,
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
                    "locks": r.locks, "bytes": r.bytes,
                })
            })
            .collect();
        format!("{:#}\n", json!({ "compiler": self.compiler, "rows": rows }))
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
            rows: rows
                .iter()
                .map(|r| Row {
                    name: word(r, "instruction"),
                    case: word(r, "case"),
                    units: number(r, "units"),
                    inner: number(r, "inner"),
                    locks: usize::try_from(number(r, "locks")).expect("few"),
                    bytes: usize::try_from(number(r, "bytes")).expect("few"),
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
                ("locks", row.locks as u64, old.locks as u64),
                ("bytes", row.bytes as u64, old.bytes as u64),
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
    text.push_str(&format!("Compiler: **{}**.\n\n", table.compiler));
    text.push_str("| instruction | case | CU | of it inner calls | locks | bytes |\n");
    text.push_str("|---|---|---:|---:|---:|---:|\n");
    for r in &table.rows {
        text.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {} |\n",
            r.name, r.case, r.units, r.inner, r.locks, r.bytes
        ));
    }
    text.push_str(&per_position(table));
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
    let mut rows = String::from("| tag | instruction | what it does | CU |\n|---:|---|---|---:|\n");
    for info in TABLE {
        let units = table.rows.iter().filter(|r| r.name == info.name).map(|r| r.units);
        let (least, most) = (units.clone().min(), units.max());
        let range = match (least, most) {
            (Some(least), Some(most)) if least < most => format!("{least} to {most}"),
            (_, Some(most)) => most.to_string(),
            _ => "not measured".into(),
        };
        let what = info.doc.trim();
        rows.push_str(&format!("| {} | `{}` | {what} | {range} |\n", info.tag.byte(), info.name));
    }
    format!("{before}{open}\n{rows}\nCompiler: {}.\n{close}{after}", table.compiler)
}

const HEAD: &str = "# Compute units\n\n\
Measured by `make bench` on LiteSVM with the mainnet feature set; one instruction a transaction. \
CU are exact and repeatable for one binary, so `make test` fails on any rise. Locks count every \
account of the transaction, the fee payer and the program included; bytes are those of a legacy \
transaction without a lookup table. Tables of different compilers do not compare: a stock rustc \
and Agave's toolchain generate different code.\n\n";

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
