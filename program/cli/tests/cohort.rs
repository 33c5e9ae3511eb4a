//! `trestle cohort`: what it says, what it writes, what it refuses.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use trestle_client::Invitation;
use trestle_interface::{Address, PROGRAM_ID};

const GROUP: Address = Address::new_from_array([9; 32]);

fn owner(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new(csv: &str) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("users.csv"), csv).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_trestle"))
            .current_dir(self.folder.path())
            .arg("cohort")
            .args(arguments)
            .output()
            .unwrap()
    }

    fn build(&self, more: &[&str]) -> Output {
        let group = GROUP.to_string();
        self.run(&[&["build", "--csv", "users.csv", "--group", &group], more].concat())
    }
}

/// What a command prints when it succeeds.
#[track_caller]
fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// What a command prints when it fails, and that it prints nothing else.
#[track_caller]
fn failed(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Every file of a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    all
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

#[test]
fn ranks_by_score_then_key_and_reports_every_row_that_does_not_count() {
    let (a, b, c, d, e) = (owner(1), owner(2), owner(3), owner(4), owner(5));
    let desk = Desk::new(&format!(
        "name,score,owner\n\
         ann,10,{a}\n\
         bob,10.5,{b}\n\
         cyd,10.500000000,{c}\n\
         \"dan, jr\",7,{d}\n\
         ann,99,{a}\n\
         bad,1,not-a-key\n\
         bad,-3,{e}\n\
         bad,1e3,{e}\n\
         bad,1.0000000001,{e}\n\
         bad,,{e}\n\
         bad\n\
         bad,5,11111111111111111111111111111111\n\
         bob,10.5,{b}\n\
         eve,0,{e}\n"
    ));
    let report = said(&desk.build(&["--top", "4", "--out", "out"]));
    let root = json(&desk.path("out/cohort.json"))["root"].as_str().unwrap().to_owned();
    let expected = format!(
        "line 2: owner {a} counts with line 6\n\
         line 7: owner \"not-a-key\" is no address\n\
         line 8: score \"-3\" is no number from 0 with at most 9 decimals\n\
         line 9: score \"1e3\" is no number from 0 with at most 9 decimals\n\
         line 10: score \"1.0000000001\" is no number from 0 with at most 9 decimals\n\
         line 11: score \"\" is no number from 0 with at most 9 decimals\n\
         line 12: no owner\n\
         line 13: owner \"11111111111111111111111111111111\" can sign nothing\n\
         line 14: owner {b} counts with line 3\n\
         list     14 rows, 7 bad, 2 repeated, 5 owners\n\
         rule     highest score first, ties by the owner's key bytes; an owner counts once, \
         with its highest score, of equal ones with the first line\n\
         cohort   4 of 4 places, proofs of 2 siblings\n\
         root     {root}\n\
         written  out/cohort.json\n"
    );
    assert_eq!(report, expected);
    // eve, last by score, is not in; at a cut inside a tie the smaller key wins
    let owners = |folder: &str| -> Vec<String> {
        let file = json(&desk.path(folder).join("cohort.json"));
        let proofs = file["proofs"].as_array().unwrap().iter();
        proofs.map(|proof| proof["owner"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(owners("out"), [a, b, c, d].map(|owner| owner.to_string()));
    said(&desk.build(&["--top", "2", "--out", "two"]));
    assert_eq!(owners("two"), [a, b].map(|owner| owner.to_string()));
}

#[test]
fn no_row_is_read_otherwise_than_it_was_meant() {
    let [a, b, c, d] = [1, 2, 3, 4].map(owner);
    // a thousands separator, and a note whose quote swallows the row behind it
    let list = format!("owner,score,note\n{a},1,500,big\n{b},20\n{c},3,\"ann\n{d},4,bob\n");
    let desk = Desk::new(&list);
    let report = said(&desk.build(&["--out", "out"]));
    let head = "line 2: 4 fields under 3 columns\n\
                line 4: runs over several lines: is a quote not closed?\n\
                list     3 rows, 2 bad, 0 repeated, 1 owners\n";
    assert!(report.starts_with(head), "{report}");
    // what a spreadsheet writes: a mark in front, other line ends, quotes
    let list = format!("\u{feff}\"owner\",\"score\"\r\n\"{a}\",\"1\"\r\n {b} , 2 \r\n");
    let report = said(&Desk::new(&list).build(&["--out", "out"]));
    assert!(report.starts_with("list     2 rows, 0 bad, 0 repeated, 2 owners\n"), "{report}");
}

#[test]
fn every_proof_leads_to_the_root_and_the_order_of_rows_changes_nothing() {
    let row = |i: u8| format!("{},{}\n", owner(i), u32::from(i) * 7 % 31);
    let rows = |numbers: &mut dyn Iterator<Item = u8>| {
        numbers.fold(String::from("owner,score\n"), |mut list, i| {
            let _ = write!(list, "{}", row(i));
            list
        })
    };
    let desk = Desk::new(&rows(&mut (1..=60)));
    let report = said(&desk.build(&["--top", "50", "--out", "out", "--per-owner"]));
    assert!(report.contains("cohort   50 of 50 places, proofs of 6 siblings\n"), "{report}");
    let file = json(&desk.path("out/cohort.json"));
    assert_eq!(file["program"], PROGRAM_ID.to_string());
    assert_eq!(file["group"], GROUP.to_string());
    assert_eq!(file["owners"], 50);
    let root = file["root"].as_str().unwrap();
    for proof in file["proofs"].as_array().unwrap() {
        let owner: Address = proof["owner"].as_str().unwrap().parse().unwrap();
        let bytes = unhex(proof["proof"].as_str().unwrap());
        let invitation = Invitation::from_bytes(&bytes).unwrap();
        let found = invitation.root(&PROGRAM_ID, &GROUP, &owner).unwrap();
        assert_eq!(found.to_vec(), unhex(root));
        // the owner's own file says the same, alone
        let own = json(&desk.path(&format!("out/proofs/{owner}.json")));
        assert_eq!(own["proofs"].as_array().unwrap().as_slice(), std::slice::from_ref(proof));
        assert_eq!((&own["root"], &own["owners"]), (&file["root"], &file["owners"]));
    }
    assert_eq!(files(&desk.path("out")).len(), 51);
    let backwards = Desk::new(&rows(&mut (1..=60).rev()));
    said(&backwards.build(&["--top", "50", "--out", "out", "--per-owner"]));
    let strip = |desk: &Desk| -> Vec<(PathBuf, Vec<u8>)> {
        let out = desk.path("out");
        let all = files(&out).into_iter();
        all.map(|(path, bytes)| (path.strip_prefix(&out).unwrap().into(), bytes)).collect()
    };
    assert!(strip(&desk) == strip(&backwards), "byte for byte the same files");
}

#[test]
fn verify_says_what_holds_and_finds_what_was_changed() {
    let csv = (1..=20_u8).fold(String::from("owner,score\n"), |mut list, i| {
        let _ = writeln!(list, "{},{i}", owner(i));
        list
    });
    let desk = Desk::new(&csv);
    said(&desk.build(&["--top", "10", "--out", "out", "--per-owner"]));
    let text = std::fs::read_to_string(desk.path("out/cohort.json")).unwrap();
    let file = json(&desk.path("out/cohort.json"));
    let root = file["root"].as_str().unwrap();
    let all = said(&desk.run(&["verify", "out/cohort.json"]));
    assert_eq!(
        all,
        format!(
            "verified 10 of the cohort's 10 proofs, and that they are all\n\
             root     {root} (of the file; compare it with the group's)\n"
        )
    );
    let one = format!("out/proofs/{}.json", owner(15));
    let own = said(&desk.run(&["verify", &one, "--root", root]));
    assert_eq!(own, format!("verified 1 of the cohort's 10 proofs\nroot     {root} (as given)\n"));
    let other = "ab".repeat(32);
    let error = failed(&desk.run(&["verify", &one, "--root", &other]), 1);
    assert!(error.contains(&format!("{} does not lead to root {other}", owner(15))), "{error}");
    assert!(error.contains("Fetch the file anew"), "{error}");
    let short = failed(&desk.run(&["verify", &one, "--root", "abcd"]), 2);
    assert!(short.contains("a root is 64 hex digits"), "{short}");

    let first = file["proofs"][0]["proof"].as_str().unwrap();
    let flipped =
        format!("{}{}", &first[..first.len() - 1], if first.ends_with('0') { 1 } else { 0 });
    let mut repeated = file.clone();
    repeated["proofs"][1] = file["proofs"][0].clone();
    let mut fewer = file.clone();
    fewer["proofs"].as_array_mut().unwrap().pop();
    fewer["owners"] = 9.into();
    let mut none = file.clone();
    none["proofs"] = serde_json::json!([]);
    let cases = [
        (text.replace(first, &flipped), "does not lead to root"),
        (text.replace(&owner(11).to_string(), &owner(12).to_string()), "does not lead to root"),
        (text.replace(&GROUP.to_string(), &PROGRAM_ID.to_string()), "does not lead to root"),
        (repeated.to_string(), "has two proofs"),
        (fewer.to_string(), "the owners' tree has root"),
        (none.to_string(), "no proof"),
        (text.replace(first, &first[2..]), "not a file of proofs"),
        (text.replace(first, "zz"), "not a file of proofs"),
        (text.replace("\"group\"", "\"groups\""), "not a file of proofs"),
        ("{}".into(), "not a file of proofs"),
    ];
    for (changed, reason) in cases {
        std::fs::write(desk.path("changed.json"), &changed).unwrap();
        let error = failed(&desk.run(&["verify", "changed.json"]), 1);
        assert!(error.contains(reason), "{reason}: {error}");
    }
}

#[test]
fn build_refuses_with_a_remedy_and_writes_nothing() {
    let good = format!("owner,score\n{},1\n", owner(1));
    let cases: [(&str, &[&str], &str, &str); 8] = [
        ("", &[], "names no column `owner`", "Begin the list"),
        ("owner,points\n", &[], "names no column `score`", "Begin the list"),
        ("owner,score\n", &[], "users.csv: no owner", "Give the list a row"),
        ("owner,score\nx,1\n", &[], "users.csv: no owner", "Give the list a row"),
        ("owner,score\nx,1\n", &[], "line 2: owner \"x\" is no address", "Give the list a row"),
        ("owner,score,score\n", &[], "names the column `score` twice", "Leave one of the two"),
        (&good, &["--csv", "nowhere.csv"], "nowhere.csv: ", "Name a file"),
        (
            &format!("{good}x,1\n"),
            &["--strict"],
            "line 3: owner \"x\" is no address\nerror: 1 rows of users.csv do not count",
            "Correct the rows above",
        ),
    ];
    let group = GROUP.to_string();
    for (csv, more, reason, remedy) in cases {
        let desk = Desk::new(csv);
        let list: &[&str] = if more.contains(&"--csv") { &[] } else { &["--csv", "users.csv"] };
        let arguments = [&["build", "--group", &group, "--out", "out"], list, more].concat();
        let error = failed(&desk.run(&arguments), 1);
        assert!(error.contains(reason) && error.contains(remedy), "{error}");
        assert!(!desk.path("out").exists());
    }
    let desk = Desk::new(&good);
    for bad in [&["--top", "0"], &["--program", "x"]] {
        failed(&desk.build(&[&["--out", "out"], &bad[..]].concat()), 2);
    }
    assert!(failed(&desk.run(&["build", "--csv", "users.csv"]), 2).contains("--group"));
    // an older cohort is not overwritten, and keeps every byte
    said(&desk.build(&["--out", "out", "--per-owner"]));
    let before = files(&desk.path("out"));
    let error = failed(&desk.build(&["--out", "out"]), 1);
    assert!(error.contains("cohort.json is there already"), "{error}");
    assert!(before == files(&desk.path("out")));
    std::fs::write(desk.path("file"), "").unwrap();
    let error = failed(&desk.build(&["--out", "file"]), 1);
    assert!(error.contains("Name a folder that you may write to"), "{error}");
}
