//! What one primitive of `risk-math` costs: smallest and largest over varied inputs.
//!
//! The program `benches/primitives` logs the units left around each call. Its
//! results are compared with the host's, so what is measured is also right.

use serde_json::{Value, json};
use solana_instruction::Instruction;
use std::path::PathBuf;
use trestle_bench_primitives::{BATCH, CASES, NOTHING, PRIMITIVES, is_refused, run, run_one};
use trestle_interface::PROGRAM_ID;
use trestle_sandbox::Svm;
use trestle_sandbox::program::workspace_root;

/// Most bytes of an input: what fits a transaction beside the rest.
const MOST_BYTES: usize = 900;

/// One primitive, compute units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Name.
    pub name: String,
    /// The function of `risk-math`.
    pub of: String,
    /// Fewest units of a case that is not refused.
    pub least: u32,
    /// Most units of any case.
    pub most: u32,
}

/// All rows, and which compiler made the binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Compiler of the binary.
    pub compiler: String,
    /// Rows in the order of measurement.
    pub rows: Vec<Row>,
}

/// Units of every case of one primitive, and whether it was refused.
struct Measured(Vec<(u32, bool)>);

/// Measures everything.
///
/// # Panics
/// When the program is not built, or when a result differs from the host's.
#[must_use]
pub fn measure() -> Costs {
    let path = workspace_root().join("target/deploy/primitives.so");
    let elf = std::fs::read(&path).unwrap_or_else(|e| {
        panic!(
            "{}: {e}\nbuild it first: program/sbf-link/cargo-sbf --locked \
             --manifest-path benches/primitives/Cargo.toml --out target/deploy/primitives.so",
            path.display()
        )
    });
    let mut svm = Svm::new(&elf);
    let all: Vec<Measured> = (0_u8..)
        .zip(PRIMITIVES)
        .map(|(number, primitive)| {
            let seeded = (0..CASES).step_by(BATCH as usize);
            let mut cases: Vec<_> =
                seeded.flat_map(|f| batch(&mut svm, number, f, BATCH, &[])).collect();
            for (case, bytes) in (CASES..).zip(corpus(primitive.of)) {
                cases.extend(batch(&mut svm, number, case, 1, &bytes));
            }
            Measured(cases)
        })
        .collect();
    // a mark costs the same each time
    let overhead = all[NOTHING].0[0].0;
    assert!(all[NOTHING].0.iter().all(|(units, _)| *units == overhead));
    let mut rows: Vec<Row> = PRIMITIVES
        .iter()
        .zip(&all)
        .skip(NOTHING + 1)
        .map(|(primitive, measured)| row(primitive.name, primitive.of, measured, overhead))
        .collect();
    rows.push(difference(
        "one more asset, of a factor of its own",
        "pass: 1 asset, no scenario",
        "pass: 2 assets, no scenario",
        1,
        &all,
    ));
    rows.push(difference(
        "one scenario over 8 factors",
        "pass: 8 assets, no scenario",
        "pass: 8 assets, 12 scenarios",
        12,
        &all,
    ));
    Costs { compiler: compiler(&path), rows }
}

fn compiler(program: &std::path::Path) -> String {
    let text = std::fs::read_to_string(program.with_extension("so.json")).unwrap_or_default();
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    json["compiler"].as_str().unwrap_or("unknown compiler").to_owned()
}

/// The fuzz target whose corpus a primitive's inputs are drawn from.
fn target(of: &str) -> &'static str {
    match of {
        "Price::asset_value" | "Price::debt_value" | "PriceScale::price" | "guard::sample" => {
            "price_decode"
        }
        "Pool::accrued" => "share_seq",
        "slope" => "slope_diff",
        "incentive" | "close_cap" | "step_value" | "incentive, slope, step_value" => {
            "liq_plan_diff"
        }
        "assess" | "concentration_doubled" | "AccountSum::ratio" | "AccountSum::survives" => {
            "health_diff"
        }
        _ => "interest_diff",
    }
}

/// The head of every input of the target's committed corpus and seeds, as much
/// as a transaction carries.
fn corpus(of: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = ["corpus", "seeds", "regressions"]
        .iter()
        .filter_map(|f| {
            std::fs::read_dir(workspace_root().join("fuzz").join(f).join(target(of))).ok()
        })
        .flatten()
        .map(|entry| entry.expect("the folder is readable").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}: no corpus", target(of));
    let head = |path: &PathBuf| {
        let mut bytes = std::fs::read(path).expect("the input is readable");
        bytes.truncate(MOST_BYTES);
        bytes
    };
    files.iter().map(head).collect()
}

/// One instruction: units and refusals of a few cases.
fn batch(svm: &mut Svm, number: u8, first: u32, count: u32, bytes: &[u8]) -> Vec<(u32, bool)> {
    let mut data = vec![number];
    data.extend(first.to_le_bytes());
    data.extend(count.to_le_bytes());
    data.extend(bytes);
    let ix = Instruction { program_id: PROGRAM_ID, accounts: vec![], data };
    let sent = svm.send(&[ix], &[]).expect("the primitive runs");
    let expected = run(number, first, count, bytes).expect("a known primitive").to_le_bytes();
    let mut digest = sent.return_data;
    // trailing zeros of return data are not part of it
    digest.resize(expected.len(), 0);
    let name = PRIMITIVES[usize::from(number)].name;
    assert_eq!(digest, expected, "{name}: results from case {first} on");
    let marks: Vec<u32> = sent.logs.iter().filter_map(|line| units_left(line)).collect();
    assert_eq!(marks.len(), 2 * count as usize, "{name}: two marks a case");
    marks
        .chunks_exact(2)
        .zip(first..)
        .map(|(marks, case)| {
            let result = run_one(number, case, bytes).expect("a known primitive");
            (marks[0] - marks[1], is_refused(result))
        })
        .collect()
}

/// The number of a log line `Program consumption: 1234 units remaining`.
fn units_left(line: &str) -> Option<u32> {
    line.strip_prefix("Program consumption: ")?.split(' ').next()?.parse().ok()
}

fn row(name: &str, of: &str, measured: &Measured, overhead: u32) -> Row {
    let served = measured.0.iter().filter(|(_, refused)| !refused).map(|(units, _)| units);
    Row {
        name: name.into(),
        of: of.into(),
        least: served.min().expect("some case is served") - overhead,
        most: measured.0.iter().map(|(units, _)| units).max().expect("cases") - overhead,
    }
}

/// What a larger pass costs beyond a smaller one of the same case, over `parts`.
fn difference(name: &str, small: &str, large: &str, parts: u32, all: &[Measured]) -> Row {
    let find = |name: &str| {
        let number = PRIMITIVES.iter().position(|p| p.name == name).expect("a primitive");
        &all[number].0
    };
    let costs: Vec<u32> = find(small)
        .iter()
        .zip(find(large))
        .filter(|(_, large)| !large.1)
        .map(|(small, large)| (large.0 - small.0).div_ceil(parts))
        .collect();
    let (least, most) = (costs.iter().min(), costs.iter().max());
    Row {
        name: name.into(),
        of: "difference of two passes".into(),
        least: *least.expect("some case is served"),
        most: *most.expect("some case is served"),
    }
}

impl Costs {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|r| json!({ "primitive": r.name, "of": r.of, "least": r.least, "most": r.most }))
            .collect();
        format!("{:#}\n", json!({ "compiler": self.compiler, "cases": CASES, "rows": rows }))
    }

    /// From JSON.
    ///
    /// # Panics
    /// When the text is not a table.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).expect("a JSON table");
        let word = |v: &Value, name: &str| v[name].as_str().unwrap_or_default().to_owned();
        let number = |v: &Value, name: &str| {
            u32::try_from(v[name].as_u64().expect("a number")).expect("few units")
        };
        let row = |r: &Value| Row {
            name: word(r, "primitive"),
            of: word(r, "of"),
            least: number(r, "least"),
            most: number(r, "most"),
        };
        let rows = value["rows"].as_array().expect("rows").iter().map(row).collect();
        Self { compiler: word(&value, "compiler"), rows }
    }

    /// What got dearer against a committed table, a line each; rows that are
    /// missing on either side count.
    #[must_use]
    pub fn regressions(&self, committed: &Self) -> Vec<String> {
        let mut found = vec![];
        for row in &self.rows {
            match committed.rows.iter().find(|r| r.name == row.name) {
                None => found.push(format!("{}: not in the committed table", row.name)),
                Some(old) if row.least > old.least || row.most > old.most => found.push(format!(
                    "{}: {} to {} units, {} to {} committed",
                    row.name, row.least, row.most, old.least, old.most
                )),
                Some(_) => {}
            }
        }
        for old in &committed.rows {
            if self.rows.iter().all(|r| r.name != old.name) {
                found.push(format!("{}: no longer measured", old.name));
            }
        }
        found
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "{HEAD}Compiler: **{}**. {CASES} inputs each from a seed, and the fuzz corpus.\n\n",
            self.compiler
        );
        text.push_str("| primitive | function | least | most |\n|---|---|---:|---:|\n");
        for r in &self.rows {
            text.push_str(&format!("| {} | `{}` | {} | {} |\n", r.name, r.of, r.least, r.most));
        }
        text.push_str(BOUND);
        text
    }
}

const HEAD: &str = "# Compute units of one primitive\n\n\
Measured by the program in `primitives/`: it logs the units left right before and right after \
one call; what logging costs is subtracted. Inputs come from a seed, and from the bytes of the committed corpus of the fuzz target that \
covers the function (`fuzz/corpus`), edges of each operand's range about as often as anything else. Every result is compared with the host's. \
`least` is the cheapest call that gives a result, `most` the dearest of all, refusals included. \
Passes read tables of this bench, which copies an asset's terms; on chain they are read where they lie. Inlined into a larger function a primitive may cost less.\n\n";

const BOUND: &str = "\nWhere the two differ, the difference is one of three: a branch that is not taken \
(a zero charge, an amount that is exact, a refusal), the length of a table (legs, factors, scenarios, \
16 classes), or a 128-bit division or shift, whose cost depends on the width of its operands. \
Table lengths have fixed caps, and a 128-bit division costs at most 182 units \
(`program/sbf-link/README.md`). No primitive loops on the value of an operand, so nothing an \
account or an oracle can hold makes a call dearer than by these.\n";

/// The committed JSON and Markdown.
#[must_use]
pub fn paths() -> (PathBuf, PathBuf) {
    let folder = workspace_root().join("benches");
    (folder.join("primitives.json"), folder.join("primitives.md"))
}

/// The committed table.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn committed() -> Costs {
    Costs::from_json(&std::fs::read_to_string(paths().0).expect("benches/primitives.json"))
}
