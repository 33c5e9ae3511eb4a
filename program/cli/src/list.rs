//! The list of users: a CSV with a column `owner` and a column `score`.
//! Others are not looked at.

use crate::error::Error;
use csv::{ByteRecord, ReaderBuilder, Trim};
use solana_address::Address;
use std::fs::File;
use std::path::Path;
use trestle_client::cohort::Candidate;

/// Decimals of a score that count.
const DECIMALS: usize = 9;

/// A list as read.
pub struct List {
    /// Rows that count.
    pub candidates: Vec<Candidate>,
    /// Lines that do not, and why.
    pub bad: Vec<(u64, String)>,
}

/// Reads a list.
pub fn read(path: &Path) -> Result<List, Error> {
    let unreadable = |error| Error::Read(path.into(), error);
    let file = File::open(path).map_err(unreadable)?;
    let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(file);
    let head = reader.byte_headers().map_err(|e| unreadable(e.into()))?;
    let column = |name: &'static str| {
        let mut found = (0_usize..).zip(head).filter(|(_, field)| *field == name.as_bytes());
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Ok(at),
            (None, _) => Err(Error::Column(path.into(), name)),
            (Some(_), Some(_)) => Err(Error::Columns(path.into(), name)),
        }
    };
    let (owner, score, columns) = (column("owner")?, column("score")?, head.len());
    let mut list = List { candidates: vec![], bad: vec![] };
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|e| unreadable(e.into()))? {
        let line = record.position().map_or(0, csv::Position::line);
        let read = whole(&record, columns).and_then(|()| row(record.get(owner), record.get(score)));
        match read {
            Ok((owner, score)) => list.candidates.push(Candidate { owner, score, line }),
            Err(reason) => list.bad.push((line, reason)),
        }
    }
    Ok(list)
}

/// A row is one line, and has no more fields than there are columns: a quote
/// that nothing closes would swallow other rows, a comma inside a number would
/// cut it short.
fn whole(record: &ByteRecord, columns: usize) -> Result<(), String> {
    if record.as_slice().contains(&b'\n') {
        return Err("runs over several lines: is a quote not closed?".into());
    }
    if record.len() > columns {
        return Err(format!("{} fields under {columns} columns", record.len()));
    }
    Ok(())
}

fn row(owner: Option<&[u8]>, score: Option<&[u8]>) -> Result<(Address, u128), String> {
    let owner = String::from_utf8_lossy(owner.ok_or("no owner")?);
    let score = String::from_utf8_lossy(score.ok_or("no score")?);
    let address: Address = owner.parse().map_err(|_| format!("owner {owner:?} is no address"))?;
    if address == Address::default() {
        return Err(format!("owner {owner:?} can sign nothing"));
    }
    let score = parse_score(&score).ok_or_else(|| {
        format!("score {score:?} is no number from 0 with at most {DECIMALS} decimals")
    })?;
    Ok((address, score))
}

/// A decimal number, exactly, in units of its last decimal that counts.
fn parse_score(text: &str) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > DECIMALS {
        return None;
    }
    format!("{whole}{fraction:0<DECIMALS$}").parse().ok()
}
