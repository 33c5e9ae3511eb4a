//! Every target's function over its seeds, its corpus, its regressions, and a
//! fixed stream of random bytes: what `cargo fuzz` finds, plain tests keep.

use std::path::Path;
use trestle_fuzz_checks as checks;

/// Files of a target in one of the committed folders, sorted.
fn files(folder: &str, target: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder).join(target);
    let Ok(entries) = std::fs::read_dir(path) else { return vec![] };
    let mut paths: Vec<_> = entries.map(|e| e.expect("the folder is readable").path()).collect();
    paths.sort();
    paths.iter().map(|p| std::fs::read(p).expect("the file is readable")).collect()
}

/// Xorshift: the same bytes on every machine.
struct Stream(u64);

impl Stream {
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len)
            .map(|_| {
                self.0 ^= self.0 << 13;
                self.0 ^= self.0 >> 7;
                self.0 ^= self.0 << 17;
                (self.0 >> 32) as u8
            })
            .collect()
    }
}

fn replay(target: &str, check: fn(&[u8]), random: usize, len: usize) {
    let (corpus, seeds) = (files("corpus", target), files("seeds", target));
    assert!(!corpus.is_empty() || !seeds.is_empty(), "{target} has neither seeds nor a corpus");
    for case in [corpus, seeds, files("regressions", target)].iter().flatten() {
        check(case);
    }
    let random =
        std::env::var("TRESTLE_RANDOM").ok().and_then(|n| n.parse().ok()).unwrap_or(random);
    let mut stream = Stream(0x2545_f491_4f6c_dd1d);
    for case in 0..random {
        // short inputs too: bytes may run out anywhere
        let bytes = stream.bytes(if case % 8 == 0 { case % len } else { len });
        check(&bytes);
    }
}

macro_rules! targets {
    ($($name:ident: $random:literal cases of $len:literal bytes,)+) => {$(
        #[test]
        fn $name() {
            replay(stringify!($name), checks::$name, $random, $len);
        }
    )+};
}

targets! {
    bytes_interface: 300 cases of 700 bytes,
    bytes_kamino: 3_000 cases of 500 bytes,
    bytes_pyth: 4_000 cases of 220 bytes,
    bytes_save: 4_000 cases of 500 bytes,
    bytes_token: 4_000 cases of 400 bytes,
    health_diff: 1_000 cases of 3_000 bytes,
    interest_diff: 4_000 cases of 400 bytes,
    kamino_interest: 4_000 cases of 300 bytes,
    liq_plan_diff: 1_000 cases of 3_000 bytes,
    price_decode: 4_000 cases of 300 bytes,
    share_seq: 2_000 cases of 800 bytes,
    slope_diff: 1_000 cases of 3_000 bytes,
}
