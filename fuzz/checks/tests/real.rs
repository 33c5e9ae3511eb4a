//! The readers of klend's accounts on real ones, where they are at hand.

use trestle_fixtures::load;
use trestle_fuzz_checks::kamino_accounts;
use trestle_venue_adapters::clock::Now;

const MARKETS: [&str; 2] = [
    "7u3HeHxYDLhnCoErrtycNokbQYbWGzLs6JSDqGAv5PfF",
    "ByYiZxp8QrdN9qbdtaAiePN8AAr3qvTPppNJDpf5DVJ5",
];
const RESERVES: [&str; 3] = [
    "D6q6wuQSrifJKZYpR1M8R4YawnLDtDsMmWM1NbBmgJ59",
    "d4A2prbA2whesmvHaL88BH6Ewn5N4bTSU2Ze8P6Bc4Q",
    "EVbyPKrHG6WBfm4dLxLMJpUDY43cCAcHSpV3KYjKsktW",
];
const OBLIGATIONS: [&str; 2] =
    ["4w1qUuYbXpwYkqWzuovJFvP3TRt9EgEzYQv7kYY1nM3J.bin", "usdc_obligation_pda_owned.json"];

#[test]
fn real_accounts_read_the_same_twice() {
    let all = |names: &[&str], ext: &str| -> Vec<Vec<u8>> {
        names.iter().filter_map(|name| load(&format!("kamino/{name}{ext}"))).collect()
    };
    let now = Now { slot: 400_000_000, unix: 1_790_000_000 };
    for market in &all(&MARKETS, ".bin") {
        for reserve in &all(&RESERVES, ".bin") {
            for obligation in &all(&OBLIGATIONS, "") {
                kamino_accounts(market, reserve, obligation, now);
            }
        }
    }
}
