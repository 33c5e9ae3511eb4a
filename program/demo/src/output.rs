//! Plain text for a terminal, or the same as data.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use trestle_client::ix::info;
use trestle_interface::tag::Tag;
use trestle_sandbox::World;
use trestle_sandbox::svm::Cost;

/// How the story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    Silent,
}

/// Where the story goes.
#[derive(Debug)]
pub struct Output {
    form: Form,
    data: Map<String, Value>,
}

impl Output {
    /// Plain text, as it happens.
    #[must_use]
    pub fn text() -> Self {
        Self { form: Form::Text, data: Map::new() }
    }

    /// One JSON document at the end.
    #[must_use]
    pub fn json() -> Self {
        Self { form: Form::Json, data: Map::new() }
    }

    /// Nothing but the data.
    #[must_use]
    pub fn silent() -> Self {
        Self { form: Form::Silent, data: Map::new() }
    }

    /// What was recorded.
    #[must_use]
    pub fn into_data(self) -> Value {
        Value::Object(self.data)
    }

    /// A heading.
    pub fn heading(&self, text: &str) {
        self.line(&format!("\n{text}\n{}", "-".repeat(text.len())));
    }

    /// A line of text.
    pub fn line(&self, text: &str) {
        if self.form == Form::Text {
            println!("{text}");
            let _ = std::io::stdout().flush();
        }
    }

    /// A named piece of data.
    pub fn record(&mut self, name: &str, value: Value) {
        self.data.insert(name.into(), value);
    }

    /// An element of a named list.
    pub fn append(&mut self, name: &str, value: Value) {
        let list = self.data.entry(name).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(value);
        }
    }

    /// Prints the document.
    pub fn finish(&self) {
        if self.form == Form::Json {
            println!("{:#}", Value::Object(self.data.clone()));
        }
    }
}

/// Micro-USD as dollars with thousands separated.
pub fn usd(micro: i64) -> String {
    let cents = (i128::from(micro) + 5_000).div_euclid(10_000);
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", grouped(cents / 100), cents % 100)
}

/// Native units as tokens.
pub fn tokens(units: u64, decimals: u8) -> String {
    let one = 10_u128.pow(u32::from(decimals));
    let units = u128::from(units);
    let fraction = format!("{:0width$}", units % one, width = usize::from(decimals));
    format!("{}.{}", grouped(units / one), &fraction[..4.min(fraction.len())])
}

fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share of 2^`bits` as per cent, with decimals.
#[must_use]
pub fn percent(value: u32, bits: u32, decimals: usize) -> String {
    let one = 10_u64.pow(u32::try_from(decimals).unwrap_or(0));
    let scaled = (u64::from(value) * 100 * one + (1 << (bits - 1))) >> bits;
    format!("{}.{:0decimals$}", scaled / one, scaled % one)
}

/// Compute units of every instruction that was sent alone, over all worlds.
pub fn costs(out: &mut Output, worlds: &[&World]) {
    out.heading("Compute units of every instruction sent alone");
    out.line(&format!(
        "{:<18}{:>6}{:>10}{:>10}{:>7}{:>7}{:>14}",
        "instruction", "sent", "least", "most", "locks", "bytes", "with a table"
    ));
    let mut all: BTreeMap<u8, Cost> = BTreeMap::new();
    for (tag, cost) in worlds.iter().flat_map(|world| &world.svm.costs) {
        all.entry(*tag).and_modify(|sum| sum.add(cost)).or_insert(*cost);
    }
    for (tag, cost) in &all {
        let Some(tag) = Tag::from_byte(*tag) else { continue };
        let name = info(tag).name;
        out.line(&format!(
            "{name:<18}{:>6}{:>10}{:>10}{:>7}{:>7}{:>14}",
            cost.count, cost.least, cost.most, cost.locks, cost.bytes, cost.table_bytes
        ));
        out.append(
            "compute_units",
            json!({
                "instruction": name, "sent": cost.count, "least": cost.least, "most": cost.most,
                "locks": cost.locks, "bytes": cost.bytes, "table_bytes": cost.table_bytes,
            }),
        );
    }
}
