//! What callers by CPI build and read.

use trestle_interface::batch::{FrameWriter, Step, encoded_len, next};
use trestle_interface::health::HealthReport;
use trestle_interface::{Address, Tag};

#[test]
fn a_frame_reads_back_as_it_was_written() {
    let mut buffer = [7; 64];
    let mut frame = FrameWriter::new(&mut buffer).unwrap();
    frame.push(Tag::PoolBorrow, 0..6, &[1, 2, 3]).unwrap();
    frame.push(Tag::AssertDeadline, 0..0, &[]).unwrap();
    let data = frame.finish();
    assert_eq!(data.len(), 1 + encoded_len(6, 3) + encoded_len(0, 0));
    assert_eq!(data[0], Tag::Batch.byte());
    let (first, rest) = next(&data[1..]).unwrap();
    let accounts = &[0, 1, 2, 3, 4, 5];
    assert_eq!(first, Step { tag: Tag::PoolBorrow.byte(), accounts, args: &[1, 2, 3] });
    let (second, rest) = next(rest).unwrap();
    assert_eq!(second, Step { tag: Tag::AssertDeadline.byte(), accounts: &[], args: &[] });
    assert!(rest.is_empty());
}

#[test]
fn a_frame_takes_what_fits_and_stays_as_it_was_otherwise() {
    assert!(FrameWriter::new(&mut []).is_none());
    let room = 1 + encoded_len(1, 2);
    let mut buffer = vec![0; room];
    let mut frame = FrameWriter::new(&mut buffer).unwrap();
    assert!(frame.push(Tag::Deposit, 0..2, &[1, 2]).is_none(), "a byte too long");
    frame.push(Tag::Deposit, 0..1, &[1, 2]).expect("fits to the byte");
    assert!(frame.push(Tag::Deposit, 0..0, &[]).is_none(), "full");
    assert_eq!(frame.finish().len(), room);
    let mut buffer = vec![0; 1_000];
    let mut frame = FrameWriter::new(&mut buffer).unwrap();
    assert!(frame.push(Tag::Deposit, 0..0, &[0; 256]).is_none(), "a byte counts to 255");
    assert!(frame.push(Tag::Deposit, vec![0; 256].into_iter(), &[]).is_none());
    assert_eq!(frame.finish(), [Tag::Batch.byte()]);
}

#[test]
fn a_report_is_read_from_trestle_alone() {
    let (trestle, other) = (Address::new_from_array([1; 32]), Address::new_from_array([2; 32]));
    let mut data = [0; size_of::<HealthReport>()];
    data[0] = trestle_interface::health::HEALTH_REPORT_VERSION;
    data[8..16].copy_from_slice(&5_i64.to_le_bytes());
    let report = HealthReport::returned_by(&trestle, &trestle, &data).expect("a report");
    assert_eq!(report.equity, 5);
    assert!(HealthReport::returned_by(&trestle, &other, &data).is_none());
    assert!(HealthReport::returned_by(&trestle, &trestle, &data[1..]).is_none());
    data[0] += 1;
    assert!(HealthReport::returned_by(&trestle, &trestle, &data).is_none());
}

/// What a caller compiles in: the crates under ours, at run time and while
/// building, as the README counts them.
#[test]
fn the_dependency_tree_is_what_the_readme_counts() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let tree = std::process::Command::new(env!("CARGO"))
        .args(["tree", "-p", "trestle-interface", "-e", "normal", "--prefix", "none"])
        .args(["--no-dedupe", "--locked", "--offline"])
        .current_dir(root)
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(tree.stdout).expect("text");
    let mut names: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    names.sort_unstable();
    names.dedup();
    let (own, foreign): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|name| name.starts_with("trestle-"));
    assert_eq!(own.len(), 3, "{own:?}");
    let building = ["proc-macro2", "quote", "syn", "unicode-ident"];
    let macros = ["bytemuck_derive", "thiserror-impl"];
    let run_time = foreign.iter().filter(|n| !building.contains(n) && !macros.contains(n));
    let stated = format!(
        "{} crates besides our own three, {} of them in the program",
        foreign.len(),
        run_time.count()
    );
    let readme = std::fs::read_to_string(format!("{root}/README.md")).expect("the README");
    assert!(readme.contains(&stated), "the README does not say: {stated}\n{foreign:?}");
}
