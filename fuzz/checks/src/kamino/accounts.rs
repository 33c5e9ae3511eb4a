//! Accounts out of bytes: a plain one, with fields written over.

use arbitrary::{Result, Unstructured};
use trestle_reference::generate::sized;
use trestle_reference::kamino::{
    MARKET_LEN, Market, OBLIGATION_LEN, Obligation, RESERVE_LEN, Reserve, UNIT,
};
use trestle_venue_adapters::kamino::ids;

/// Key of the reserve that the plain accounts are about.
pub const RESERVE: [u8; 32] = [7; 32];
/// Key of their market.
pub const MARKET: [u8; 32] = [8; 32];
/// Key of the obligation's owner.
pub const OWNER: [u8; 32] = [9; 32];
/// Slot and time of their last refresh.
pub const REFRESHED: (u64, u64) = (1_000, 1_700_000_000);

/// Writes bytes at an offset; what runs over the end is left out.
pub fn put(data: &mut [u8], at: usize, bytes: &[u8]) {
    for (place, byte) in data.iter_mut().skip(at).zip(bytes) {
        *place = *byte;
    }
}

/// An open market.
pub fn market() -> Vec<u8> {
    let mut data = vec![0; MARKET_LEN];
    put(&mut data, 0, &ids::account::MARKET);
    put(&mut data, 8, &1_u64.to_le_bytes());
    put(&mut data, 16, &254_u64.to_le_bytes());
    data[126] = 20;
    data
}

/// A reserve of six decimals, some of it lent, that takes ten per cent.
pub fn reserve() -> Vec<u8> {
    let mut data = vec![0; RESERVE_LEN];
    put(&mut data, 0, &ids::account::RESERVE);
    put(&mut data, 8, &1_u64.to_le_bytes());
    put(&mut data, 16, &REFRESHED.0.to_le_bytes());
    put(&mut data, 28, &1_700_000_000_u32.to_le_bytes());
    put(&mut data, 32, &MARKET);
    put(&mut data, 224, &3_000_000_u64.to_le_bytes());
    put(&mut data, 232, &(UNIT * 5_000_000).to_le_bytes());
    put(&mut data, 248, &(UNIT * 3).to_le_bytes());
    put(&mut data, 264, &REFRESHED.1.to_le_bytes());
    put(&mut data, 272, &6_u64.to_le_bytes());
    put(&mut data, 296, &(UNIT * 5 / 4).to_le_bytes());
    put(&mut data, 2592, &7_000_000_u64.to_le_bytes());
    (data[4870], data[4872], data[4873]) = (10, 70, 75);
    put(&mut data, 5008, &110_u64.to_le_bytes());
    for at in [5016, 5024, 5504] {
        put(&mut data, at, &u64::MAX.to_le_bytes());
    }
    put(&mut data, 5096, &180_u64.to_le_bytes());
    curve(&mut data, &[(0, 100), (7_000, 400), (10_000, 9_000)]);
    data
}

/// Writes a curve, its last point repeated.
pub fn curve(data: &mut [u8], points: &[(u32, u32)]) {
    for i in 0..11 {
        let (utilisation, rate) = points[i.min(points.len() - 1)];
        put(data, 4920 + 8 * i, &utilisation.to_le_bytes());
        put(data, 4924 + 8 * i, &rate.to_le_bytes());
    }
}

/// An obligation with a deposit and a debt in one reserve, each in its second slot.
pub fn obligation() -> Vec<u8> {
    let mut data = vec![0; OBLIGATION_LEN];
    put(&mut data, 0, &ids::account::OBLIGATION);
    put(&mut data, 16, &REFRESHED.0.to_le_bytes());
    put(&mut data, 32, &MARKET);
    put(&mut data, 64, &OWNER);
    put(&mut data, 96 + 136, &RESERVE);
    put(&mut data, 96 + 136 + 32, &400_000_u64.to_le_bytes());
    put(&mut data, 1208 + 200, &RESERVE);
    put(&mut data, 1208 + 200 + 32, &UNIT.to_le_bytes());
    put(&mut data, 1208 + 200 + 88, &(UNIT * 90_000).to_le_bytes());
    data
}

/// Which account is written over.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A market.
    Market,
    /// A reserve.
    Reserve,
    /// An obligation.
    Obligation,
}

impl Kind {
    fn fields(self) -> Vec<(usize, usize)> {
        match self {
            // numbers, keys and two groups
            Self::Market => {
                let groups = [0, 1].map(|i| 200 + 72 * i);
                let parts = [(0, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (8, 32)];
                let groups = groups.iter().flat_map(|g| parts.map(|(at, len)| (g + at, len)));
                Market::FIELDS.iter().copied().chain(groups).collect()
            }
            // numbers, keys, two points of the curve, limiters, groups
            Self::Reserve => {
                let more = [(4928, 4), (4932, 4), (4936, 4), (4940, 4), (5480, 20)];
                let limiters = (0..8).map(|i| (5416 + 8 * i, 8));
                Reserve::FIELDS.iter().copied().chain(more).chain(limiters).collect()
            }
            // numbers, keys, the first three deposits and debts, orders
            Self::Obligation => {
                let deposits = (0..3).flat_map(|i| [(96 + 136 * i, 32), (128 + 136 * i, 8)]);
                let parts = [(0, 32), (32, 16), (48, 16), (80, 8), (88, 16)];
                let debts = (0..3).flat_map(|i| parts.map(|(at, len)| (1208 + 200 * i + at, len)));
                let orders = [(2599, 1), (2600, 1), (2759, 1), (2792, 1), (3111, 1), (3112, 1)];
                Obligation::FIELDS
                    .iter()
                    .copied()
                    .chain(deposits)
                    .chain(debts)
                    .chain(orders)
                    .collect()
            }
        }
    }
}

/// The account with up to a dozen fields, or any places, written over; now and
/// then cut, longer, or of bytes as they come.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn changed(u: &mut Unstructured<'_>, mut data: Vec<u8>, kind: Kind) -> Result<Vec<u8>> {
    let fields = kind.fields();
    for _ in 0..u.int_in_range(0..=12_u8)? {
        let (at, len) = if u.ratio(1, 8)? {
            (u.choose_index(data.len())?, u.int_in_range(1..=32)?)
        } else {
            *u.choose(&fields)?
        };
        let bytes = value(u, len)?;
        put(&mut data, at, &bytes);
    }
    match u.int_in_range(0..=23_u8)? {
        0 => data.truncate(u.choose_index(data.len())?),
        1 => data.extend_from_slice(u.bytes(u.len().min(64))?),
        2 => {
            let raw = u.bytes(u.len().min(data.len()))?;
            put(&mut data, 0, raw);
        }
        _ => {}
    }
    Ok(data)
}

/// Bytes of a field: nothing, all ones, a known key, a small number, or any.
fn value(u: &mut Unstructured<'_>, len: usize) -> Result<Vec<u8>> {
    let mut bytes = match u.int_in_range(0..=5_u8)? {
        0 => vec![],
        1 => vec![u8::MAX; len],
        2 if len == 32 => u.choose(&[RESERVE, MARKET, OWNER, [0; 32]])?.to_vec(),
        2 => vec![u.int_in_range(0..=3_u8)?],
        3 => sized(u, u64::MAX)?.to_le_bytes().to_vec(),
        4 => (u128::from(sized(u, u64::MAX)?) << 60).to_le_bytes().to_vec(),
        _ => u.bytes(u.len().min(len))?.to_vec(),
    };
    bytes.resize(len, 0);
    Ok(bytes)
}
