//! Accounts of the mock against recorded ones: every byte must be the same. The
//! fields that Trestle reads are named, so that a difference says what it is.

use solana_account::Account;

/// A field: name, offset, length.
type Field = (&'static str, usize, usize);

/// `sha256("account:Reserve")[..8]` and so on.
const RESERVE: [u8; 8] = [0x2b, 0xf2, 0xcc, 0xca, 0x1a, 0xf7, 0x3b, 0x7f];
const OBLIGATION: [u8; 8] = [0xa8, 0xce, 0x8d, 0x6a, 0x58, 0x4c, 0xac, 0xa7];

const RESERVE_FIELDS: &[Field] = &[
    ("version", 8, 8),
    ("last_update.slot", 16, 8),
    ("last_update.stale", 24, 1),
    ("last_update.price_status", 25, 1),
    ("lending_market", 32, 32),
    ("available", 224, 8),
    ("borrowed_sf", 232, 16),
    ("market_price_sf", 248, 16),
    ("price_time", 264, 8),
    ("deposit_limit_crossed", 280, 8),
    ("borrow_limit_crossed", 288, 8),
    ("cumulative_rate_bsf", 296, 32),
    ("protocol_fees_sf", 344, 16),
    ("referrer_fees_sf", 360, 16),
    ("pending_referrer_fees_sf", 376, 16),
    ("ctoken_supply", 2592, 8),
    ("deposit_cap.total", 5424, 8),
    ("deposit_cap.start", 5432, 8),
    ("debt_cap.total", 5456, 8),
    ("debt_cap.start", 5464, 8),
    ("borrowed_outside_groups", 6704, 8),
    ("borrowed_in_groups", 6712, 256),
];

const OBLIGATION_FIELDS: &[Field] = &[
    ("tag", 8, 8),
    ("last_update.slot", 16, 8),
    ("last_update.stale", 24, 1),
    ("last_update.price_status", 25, 1),
    ("lending_market", 32, 32),
    ("owner", 64, 32),
    ("deposits", 96, 1088),
    ("lowest_threshold", 1184, 8),
    ("deposited_value_sf", 1192, 16),
    ("borrows", 1208, 1000),
    ("adjusted_debt_sf", 2208, 16),
    ("debt_value_sf", 2224, 16),
    ("allowed_sf", 2240, 16),
    ("unhealthy_sf", 2256, 16),
    ("elevation_group", 2285, 1),
    ("has_debt", 2287, 1),
    ("lowest_ltv", 2322, 1),
    ("highest_factor", 2328, 8),
];

const TOKEN_FIELDS: &[Field] = &[("mint", 0, 32), ("owner", 32, 32), ("amount", 64, 8)];

/// Everything in which the found account is not the recorded one.
pub fn differences(recorded: Option<&Account>, found: Option<&Account>) -> Vec<String> {
    // an account without lamports is none
    let found = found.filter(|account| account.lamports > 0);
    let (Some(recorded), Some(found)) = (recorded, found) else {
        let same = recorded.is_none() == found.is_none();
        return if same { vec![] } else { vec![format!("exists: {}", found.is_some())] };
    };
    let mut all = vec![];
    if recorded.owner != found.owner {
        all.push(format!("owner {}, found {}", recorded.owner, found.owner));
    }
    if recorded.lamports != found.lamports {
        all.push(format!("lamports {}, found {}", recorded.lamports, found.lamports));
    }
    if recorded.data.len() != found.data.len() {
        all.push(format!("length {}, found {}", recorded.data.len(), found.data.len()));
        return all;
    }
    let fields = fields(&recorded.data);
    let differs = |at: usize, len: usize| recorded.data[at..at + len] != found.data[at..at + len];
    for (name, at, len) in fields.iter().filter(|(_, at, len)| differs(*at, *len)) {
        let show = |data: &[u8]| number(&data[*at..at + len]);
        all.push(format!("{name} {}, found {}", show(&recorded.data), show(&found.data)));
    }
    let named = |at: usize| fields.iter().any(|(_, from, len)| (*from..from + len).contains(&at));
    let other = (0..recorded.data.len()).find(|at| differs(*at, 1) && !named(*at));
    all.extend(other.map(|at| format!("byte {at}")));
    all
}

fn fields(data: &[u8]) -> &'static [Field] {
    match data.first_chunk() {
        Some(&RESERVE) => RESERVE_FIELDS,
        Some(&OBLIGATION) => OBLIGATION_FIELDS,
        _ if data.len() == 165 => TOKEN_FIELDS,
        _ => &[],
    }
}

/// A number of up to 16 bytes, or where bytes of a longer field are not zero.
fn number(bytes: &[u8]) -> String {
    if bytes.len() <= 16 {
        let mut raw = [0; 16];
        raw[..bytes.len()].copy_from_slice(bytes);
        return u128::from_le_bytes(raw).to_string();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().trim_matches('0').to_owned()
}
