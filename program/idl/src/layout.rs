//! Account layouts, read from the source of the interface's structs: their
//! fields, types and words are already there.

use crate::node::{self, Node};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use syn::{Attribute, Expr, Fields, Item, Lit, Meta};
use trestle_interface::args::SourceArgs;
use trestle_interface::state::{
    Account, Exposure, Group, Lender, MarginAccount, MarketsPage, Pool, PricesPage, Seat,
};

/// Sources that define layouts.
const SOURCES: [&str; 8] = [
    include_str!("../../interface/src/state/header.rs"),
    include_str!("../../interface/src/state/pod.rs"),
    include_str!("../../interface/src/state/group.rs"),
    include_str!("../../interface/src/state/prices.rs"),
    include_str!("../../interface/src/state/markets.rs"),
    include_str!("../../interface/src/state/margin.rs"),
    include_str!("../../interface/src/state/losses.rs"),
    include_str!("../../interface/src/state/pool.rs"),
];

/// A struct of a layout.
pub struct Layout {
    /// Name.
    pub name: String,
    /// What it is.
    pub docs: Vec<String>,
    /// Fields in order.
    pub fields: Vec<(String, Vec<String>, Node)>,
    /// Bytes.
    pub size: usize,
}

/// Every account type: name, discriminator, and the struct that repeats behind
/// the fixed part.
#[must_use]
pub fn accounts() -> [(&'static str, [u8; 8], Option<&'static str>); 8] {
    [
        ("Group", Group::DISCRIMINATOR, None),
        ("PricesPage", PricesPage::DISCRIMINATOR, None),
        ("MarketsPage", MarketsPage::DISCRIMINATOR, None),
        ("Pool", Pool::DISCRIMINATOR, None),
        ("Lender", Lender::DISCRIMINATOR, None),
        ("Exposure", Exposure::DISCRIMINATOR, None),
        ("Seat", Seat::DISCRIMINATOR, None),
        ("MarginAccount", MarginAccount::DISCRIMINATOR, Some("Position")),
    ]
}

/// All layouts, in the order in which they are defined.
///
/// # Panics
/// When a source does not parse, or a field has a type that no layout may have.
#[must_use]
pub fn layouts() -> Vec<Layout> {
    let mut all: Vec<Layout> = Vec::new();
    for source in SOURCES {
        let file = syn::parse_file(source).expect("the interface parses");
        for item in file.items {
            let Item::Struct(item) = item else { continue };
            let Fields::Named(named) = &item.fields else { continue };
            let sizes = sizes(&all);
            let fields: Vec<_> = named
                .named
                .iter()
                .map(|field| {
                    let name = field.ident.as_ref().expect("a name").to_string();
                    (name, words(&field.attrs), node::of(&field.ty, &|n| sizes.get(n).copied()))
                })
                .collect();
            let size = fields.iter().map(|(_, _, node)| node.size).sum();
            all.push(Layout {
                name: item.ident.to_string(),
                docs: words(&item.attrs),
                fields,
                size,
            });
        }
    }
    all
}

/// Sizes of the structs that types may name.
#[must_use]
pub fn sizes(layouts: &[Layout]) -> BTreeMap<String, usize> {
    let own = layouts.iter().map(|layout| (layout.name.clone(), layout.size));
    own.chain([("SourceArgs".to_owned(), SourceArgs::LEN)]).collect()
}

/// The struct as a Codama type.
#[must_use]
pub fn struct_node(layout: &Layout) -> Value {
    let fields: Vec<Value> = layout
        .fields
        .iter()
        .map(|(name, docs, node)| {
            json!({
                "kind": "structFieldTypeNode",
                "name": node::camel(name),
                "docs": docs,
                "type": node.value,
            })
        })
        .collect();
    json!({ "kind": "structTypeNode", "fields": fields })
}

fn words(attributes: &[Attribute]) -> Vec<String> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value().trim().to_owned()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
        .collect()
}
