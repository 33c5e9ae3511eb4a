//! Every `wrapping_*` is in the crate page's overflow table, file by file.
#![allow(clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;

fn count(folder: &Path, root: &Path, found: &mut BTreeMap<String, usize>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            count(&path, root, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        let number = text.matches(".wrapping_").count();
        if number > 0 {
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
            found.insert(name, number);
        }
    }
}

#[test]
fn the_page_counts_every_wrapping_operation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    count(&root.join("src"), root, &mut found);
    let listed: BTreeMap<String, usize> = include_str!("../README.md")
        .lines()
        .filter_map(|line| {
            let (name, number) = line.strip_prefix("| `src/")?.split_once("` | ")?;
            Some((format!("src/{name}"), number.trim_end_matches(" |").parse().ok()?))
        })
        .collect();
    assert_eq!(found, listed, "a wrapping operation without a look at the overflow table");
}
