//! The whole Codama document.

use crate::instruction;
use crate::layout::{Layout, accounts, layouts, sizes, struct_node};
use crate::node::{bytes, camel, docs, fields, number};
use serde_json::{Value, json};
use trestle_interface::args::SourceArgs;
use trestle_interface::{PROGRAM_ID, TABLE, TrestleError, event, pda};

/// The document.
#[must_use]
pub fn document() -> Value {
    let layouts = layouts();
    let sizes = sizes(&layouts);
    let sizes = |name: &str| sizes.get(name).copied();
    let instructions: Vec<Value> = TABLE.iter().map(|row| instruction::node(row, &sizes)).collect();
    json!({
        "kind": "rootNode",
        "standard": "codama",
        "version": "1.0.0",
        "program": {
            "kind": "programNode",
            "name": "trestle",
            "publicKey": PROGRAM_ID.to_string(),
            "version": env!("CARGO_PKG_VERSION"),
            "docs": ["A generalized cross-margin program."],
            "accounts": account_nodes(&layouts),
            "instructions": instructions,
            "definedTypes": defined_types(&layouts, &sizes),
            "pdas": pda_nodes(),
            "errors": error_nodes(),
        },
        "additionalPrograms": [],
    })
}

fn account_nodes(layouts: &[Layout]) -> Vec<Value> {
    accounts()
        .iter()
        .filter_map(|(name, discriminator, element)| {
            let layout = layouts.iter().find(|layout| layout.name == *name)?;
            let mut data = struct_node(layout);
            if let (Some(element), Some(fields)) = (element, data["fields"].as_array_mut()) {
                fields.push(json!({
                    "kind": "structFieldTypeNode",
                    "name": "elements",
                    "docs": ["As many as the account has room for; those in use come first."],
                    "type": {
                        "kind": "arrayTypeNode",
                        "item": { "kind": "definedTypeLinkNode", "name": camel(element) },
                        "count": { "kind": "remainderCountNode" },
                    },
                }));
            }
            let mut node = json!({
                "kind": "accountNode",
                "name": camel(name),
                "docs": layout.docs,
                "data": data,
                "discriminators": [{
                    "kind": "constantDiscriminatorNode",
                    "offset": 0,
                    "constant": {
                        "kind": "constantValueNode",
                        "type": bytes(8),
                        "value": {
                            "kind": "bytesValueNode",
                            "encoding": "base16",
                            "data": hex(discriminator),
                        },
                    },
                }],
            });
            if element.is_none() {
                node["size"] = json!(layout.size);
            }
            Some(node)
        })
        .collect()
}

fn defined_types(layouts: &[Layout], sizes: &dyn Fn(&str) -> Option<usize>) -> Vec<Value> {
    let accounts = accounts();
    let is_account = |name: &str| accounts.iter().any(|(account, ..)| *account == name);
    let defined = |name: String, docs: &[String], value: Value| json!({ "kind": "definedTypeNode", "name": name, "docs": docs, "type": value });
    let mut all: Vec<Value> = layouts
        .iter()
        .filter(|layout| !is_account(&layout.name))
        .map(|layout| defined(camel(&layout.name), &layout.docs, struct_node(layout)))
        .collect();
    let source = fields(SourceArgs::FIELDS, sizes);
    all.push(defined("sourceArgs".into(), &["A price source.".into()], source));
    let head = fields(event::Head::FIELDS, sizes);
    all.push(defined("eventHead".into(), &["What every event begins with.".into()], head));
    all.extend(event::TABLE.iter().map(|row| {
        let repeats = if row.kind == event::EventKind::Legs { ", once per leg" } else { "" };
        let text = format!("Event of kind {}: follows the head{repeats}.", row.kind.byte());
        let name = camel(&format!("event_{}", row.name));
        defined(name, &[text], fields(row.fields, sizes))
    }));
    all
}

/// A derived address.
pub struct Derived {
    /// What lies there.
    pub name: &'static str,
    /// First seed.
    pub first: &'static [u8],
    /// Seeds behind it: name, and the integer's format or `address`.
    pub rest: &'static [(&'static str, &'static str)],
}

/// Every derived address.
pub const PDAS: [Derived; 6] = [
    Derived {
        name: "marginAccount",
        first: pda::MARGIN,
        rest: &[("group", "address"), ("creator", "address"), ("index", "u16")],
    },
    Derived { name: "authority", first: pda::AUTHORITY, rest: &[("account", "address")] },
    Derived { name: "pool", first: pda::POOL, rest: &[("group", "address"), ("mint", "address")] },
    Derived {
        name: "lender",
        first: pda::LENDER,
        rest: &[("pool", "address"), ("owner", "address")],
    },
    Derived { name: "seat", first: pda::SEAT, rest: &[("group", "address"), ("owner", "address")] },
    Derived {
        name: "exposure",
        first: pda::EXPOSURE,
        rest: &[("group", "address"), ("class", "u8")],
    },
];

fn pda_nodes() -> Vec<Value> {
    PDAS.iter()
        .map(|Derived { name, first, rest }| {
            let mut seeds = vec![json!({
                "kind": "constantPdaSeedNode",
                "type": { "kind": "stringTypeNode", "encoding": "utf8" },
                "value": { "kind": "stringValueNode", "string": String::from_utf8_lossy(first) },
            })];
            seeds.extend(rest.iter().map(|(name, format)| {
                let value = match *format {
                    "address" => json!({ "kind": "publicKeyTypeNode" }),
                    format => number(format),
                };
                json!({ "kind": "variablePdaSeedNode", "name": name, "docs": [], "type": value })
            }));
            json!({ "kind": "pdaNode", "name": name, "docs": [], "seeds": seeds })
        })
        .collect()
}

fn error_nodes() -> Vec<Value> {
    TrestleError::ALL
        .iter()
        .map(|error| {
            json!({
                "kind": "errorNode",
                "name": camel(error.name()),
                "code": error.code(),
                "message": error.to_string(),
                "docs": docs(error.remedy()),
            })
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
