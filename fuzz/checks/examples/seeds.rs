//! Writes the seeds: `cargo run -p trestle-fuzz-checks --example seeds`.
//!
//! Four simple inputs a target, long enough for a whole case: all zeros, all
//! ones, a ramp, and a fixed random stream. Coverage does the rest.

use std::path::Path;

/// Targets and the length of a whole case.
const TARGETS: [(&str, usize); 12] = [
    ("bytes_interface", 700),
    ("bytes_kamino", 500),
    ("bytes_pyth", 220),
    ("bytes_save", 500),
    ("bytes_token", 400),
    ("health_diff", 2_000),
    ("interest_diff", 400),
    ("kamino_interest", 300),
    ("liq_plan_diff", 2_000),
    ("price_decode", 300),
    ("share_seq", 800),
    ("slope_diff", 2_000),
];

fn main() -> std::io::Result<()> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds");
    for (target, len) in TARGETS {
        let folder = seeds.join(target);
        std::fs::create_dir_all(&folder)?;
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let stream = core::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        });
        std::fs::write(folder.join("zeros"), vec![0; len])?;
        std::fs::write(folder.join("ones"), vec![u8::MAX; len])?;
        std::fs::write(folder.join("ramp"), (0..len).map(|i| i as u8).collect::<Vec<_>>())?;
        std::fs::write(folder.join("stream"), stream.take(len).collect::<Vec<_>>())?;
    }
    Ok(())
}
