//! Codama's nodes out of Rust's types.

use serde_json::{Value, json};
use syn::{Expr, Lit, Type};
use trestle_interface::state::{
    MAX_ASSETS, MAX_CLASSES, MAX_DELEGATES, MAX_FACTORS, MAX_ISSUERS, MAX_MARKETS, MAX_SCENARIOS,
    MAX_VENUE_ACCOUNTS,
};
use trestle_interface::wire::Field;
use trestle_risk_math::pool::MAX_POINTS;

/// A type with its encoding and its size in bytes.
pub struct Node {
    /// Codama's type node.
    pub value: Value,
    /// Bytes.
    pub size: usize,
}

/// The node of a type as it is written in Rust; `sizes` knows the structs.
///
/// # Panics
/// On a type that no layout and no argument may have.
#[must_use]
pub fn of(ty: &Type, sizes: &dyn Fn(&str) -> Option<usize>) -> Node {
    match ty {
        Type::Path(path) => {
            let name = path.path.segments.last().expect("a name").ident.to_string();
            named(&name, sizes)
        }
        Type::Array(array) => {
            let count = length(&array.len);
            let item = of(&array.elem, sizes);
            let size = item.size * count;
            if item.value["format"] == "u8" {
                return Node { value: bytes(count), size };
            }
            let count = json!({ "kind": "fixedCountNode", "value": count });
            Node {
                value: json!({ "kind": "arrayTypeNode", "item": item.value, "count": count }),
                size,
            }
        }
        _ => panic!("a type that is neither named nor an array"),
    }
}

/// The node of a type that is given as text.
///
/// # Panics
/// As [`of`].
#[must_use]
pub fn parse(text: &str, sizes: &dyn Fn(&str) -> Option<usize>) -> Node {
    of(&syn::parse_str(text).expect("a type"), sizes)
}

fn named(name: &str, sizes: &dyn Fn(&str) -> Option<usize>) -> Node {
    let size = match name {
        "u8" | "i8" => 1,
        "u16" | "i16" => 2,
        "u32" | "i32" => 4,
        "u64" | "i64" => 8,
        "u128" => 16,
        "bool" => {
            let value = json!({ "kind": "booleanTypeNode", "size": number("u8") });
            return Node { value, size: 1 };
        }
        "Address" => return Node { value: json!({ "kind": "publicKeyTypeNode" }), size: 32 },
        // two words, low first: the encoding of a u128
        "Wide" => return Node { value: number("u128"), size: 16 },
        other => {
            let size = sizes(other).unwrap_or_else(|| panic!("unknown type {other}"));
            let value = json!({ "kind": "definedTypeLinkNode", "name": camel(other) });
            return Node { value, size };
        }
    };
    Node { value: number(name), size }
}

/// A little-endian integer.
#[must_use]
pub fn number(format: &str) -> Value {
    json!({ "kind": "numberTypeNode", "format": format, "endian": "le" })
}

/// Bytes of a fixed number.
#[must_use]
pub fn bytes(count: usize) -> Value {
    json!({ "kind": "fixedSizeTypeNode", "size": count, "type": { "kind": "bytesTypeNode" } })
}

/// A struct of the codec's fields.
#[must_use]
pub fn fields(fields: &[Field], sizes: &dyn Fn(&str) -> Option<usize>) -> Value {
    let all: Vec<Value> = fields.iter().map(|f| field(f, sizes)).collect();
    json!({ "kind": "structTypeNode", "fields": all })
}

fn field(field: &Field, sizes: &dyn Fn(&str) -> Option<usize>) -> Value {
    let node = parse(field.type_name, sizes);
    assert_eq!(node.size, field.len, "{}", field.name);
    json!({
        "kind": "structFieldTypeNode",
        "name": camel(field.name),
        "docs": docs(field.doc),
        "type": node.value,
    })
}

fn length(expr: &Expr) -> usize {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) => int.base10_parse().expect("a length"),
            _ => panic!("a length that is no integer"),
        },
        Expr::Path(path) => constant(&path.path.segments.last().expect("a name").ident.to_string()),
        _ => panic!("a length that is neither a number nor a constant"),
    }
}

fn constant(name: &str) -> usize {
    match name {
        "MAX_ASSETS" => MAX_ASSETS,
        "MAX_CLASSES" => MAX_CLASSES,
        "MAX_DELEGATES" => MAX_DELEGATES,
        "MAX_FACTORS" => MAX_FACTORS,
        "MAX_ISSUERS" => MAX_ISSUERS,
        "MAX_MARKETS" => MAX_MARKETS,
        "MAX_POINTS" => MAX_POINTS,
        "MAX_SCENARIOS" => MAX_SCENARIOS,
        "MAX_VENUE_ACCOUNTS" => MAX_VENUE_ACCOUNTS,
        other => panic!("unknown length {other}"),
    }
}

/// Documentation as Codama has it.
#[must_use]
pub fn docs(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// A name in camelCase, from snake_case or CamelCase.
#[must_use]
pub fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for (at, letter) in name.chars().enumerate() {
        match letter {
            '_' => upper = true,
            _ if at == 0 => out.extend(letter.to_lowercase()),
            _ if upper => {
                out.extend(letter.to_uppercase());
                upper = false;
            }
            _ => out.push(letter),
        }
    }
    out
}
