//! Plain text for a terminal, or the same as data.

use serde_json::{Map, Value, json};
use std::io::Write;
use trestle_client::ix::info;
use trestle_interface::tag::Tag;
use trestle_sandbox::World;

/// Where the story goes.
pub struct Output {
    json: bool,
    data: Map<String, Value>,
}

impl Output {
    /// Text, or one JSON document at the end.
    pub fn new(json: bool) -> Self {
        Self { json, data: Map::new() }
    }

    /// A heading.
    pub fn heading(&self, text: &str) {
        self.line(&format!("\n{text}\n{}", "-".repeat(text.len())));
    }

    /// A line of text.
    pub fn line(&self, text: &str) {
        if !self.json {
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
        if self.json {
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

/// Compute units of every instruction that was sent alone.
pub fn costs(out: &mut Output, world: &World) {
    out.heading("Compute units of every instruction sent");
    out.line(&format!(
        "{:<18}{:>6}{:>10}{:>10}{:>7}{:>7}",
        "instruction", "sent", "least", "most", "locks", "bytes"
    ));
    for (tag, cost) in &world.svm.costs {
        let Some(tag) = Tag::from_byte(*tag) else { continue };
        let name = info(tag).name;
        out.line(&format!(
            "{name:<18}{:>6}{:>10}{:>10}{:>7}{:>7}",
            cost.count, cost.least, cost.most, cost.locks, cost.bytes
        ));
        out.append(
            "compute_units",
            json!({
                "instruction": name, "sent": cost.count, "least": cost.least, "most": cost.most,
                "locks": cost.locks, "bytes": cost.bytes,
            }),
        );
    }
}
