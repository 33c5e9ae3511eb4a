//! The committed files are what the interface makes, and the layouts that are
//! read from its source are those of the compiled structs.

use std::path::Path;
use trestle_idl::document::{PDAS, document};
use trestle_idl::layout::{accounts, layouts};
use trestle_interface::state::{
    AssetRow, ClassRow, Contribution, CurvePoint, Delegate, Exposure, FactorRow, Group, GroupRow,
    Header, IssuerRow, Lender, Losses, MarginAccount, MarketRow, MarketsPage, Pool, Position,
    PricesPage, Receivership, Seat, Source, VenueAccount, Weights,
};
use trestle_interface::{TABLE, TrestleError};

#[test]
fn committed_files_are_those_of_today() {
    for (path, text) in trestle_idl::files() {
        let committed =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        assert!(committed == text, "{path} is stale: run cargo run -p trestle-idl");
    }
}

#[test]
fn layouts_have_the_size_of_the_structs() {
    let compiled = [
        ("Header", size_of::<Header>()),
        ("Weights", size_of::<Weights>()),
        ("Group", size_of::<Group>()),
        ("Seat", size_of::<Seat>()),
        ("Source", size_of::<Source>()),
        ("AssetRow", size_of::<AssetRow>()),
        ("PricesPage", size_of::<PricesPage>()),
        ("GroupRow", size_of::<GroupRow>()),
        ("FactorRow", size_of::<FactorRow>()),
        ("IssuerRow", size_of::<IssuerRow>()),
        ("ClassRow", size_of::<ClassRow>()),
        ("MarketRow", size_of::<MarketRow>()),
        ("MarketsPage", size_of::<MarketsPage>()),
        ("Position", size_of::<Position>()),
        ("Delegate", size_of::<Delegate>()),
        ("VenueAccount", size_of::<VenueAccount>()),
        ("Contribution", size_of::<Contribution>()),
        ("Receivership", size_of::<Receivership>()),
        ("MarginAccount", size_of::<MarginAccount>()),
        ("Losses", size_of::<Losses>()),
        ("CurvePoint", size_of::<CurvePoint>()),
        ("Pool", size_of::<Pool>()),
        ("Lender", size_of::<Lender>()),
        ("Exposure", size_of::<Exposure>()),
    ];
    let read: Vec<_> = layouts().iter().map(|l| (l.name.clone(), l.size)).collect();
    let expected: Vec<_> =
        compiled.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
    assert_eq!(read, expected);
}

#[test]
fn the_document_has_every_row() {
    let document = document();
    let program = &document["program"];
    let count = |list: &str| program[list].as_array().unwrap().len();
    assert_eq!(count("instructions"), TABLE.len());
    assert_eq!(count("errors"), TrestleError::ALL.len());
    assert_eq!(count("accounts"), accounts().len());
    assert_eq!(count("pdas"), PDAS.len());
}

#[test]
fn every_link_has_its_type() {
    let text = document().to_string();
    let document = document();
    let defined: Vec<&str> = document["program"]["definedTypes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["name"].as_str().unwrap())
        .collect();
    let mut links = 0;
    for part in text.split("\"definedTypeLinkNode\",\"name\":\"").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(defined.contains(&name), "{name} is linked and not defined");
        links += 1;
    }
    assert!(links > 10);
}
