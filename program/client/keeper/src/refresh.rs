//! Rows of the board that are old, and the instructions that renew them.

use crate::snapshot::Reserves;
use solana_address::Address;
use solana_instruction::Instruction;
use std::collections::BTreeMap;
use trestle_client::kamino::KaminoReserve;
use trestle_client::{PoolKeys, Trestle};
use trestle_interface::state::MarketKind;
use trestle_interface::view::Board;

/// Rows in one instruction: what fits a transaction without a lookup table.
const ROWS_AT_ONCE: usize = 12;
/// Reserves in one instruction: each names its market as well.
const RESERVES_AT_ONCE: usize = 8;

/// Program that owns Pyth's sponsored feeds.
const PYTH_PUSH: Address = Address::from_str_const("pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT");

/// Accounts from which the rows of assets are refreshed.
#[derive(Clone, Debug, Default)]
pub struct Oracles(pub BTreeMap<u8, Address>);

impl Oracles {
    /// The account of an asset: as configured, as the board pins it, or Pyth's
    /// sponsored feed.
    fn of(&self, board: &Board<'_>, asset: u8) -> Option<Address> {
        if let Some(key) = self.0.get(&asset) {
            return Some(*key);
        }
        let source = &board.prices.asset(asset)?.primary;
        if source.account != Address::default() {
            return Some(source.account);
        }
        let shard = 0_u16.to_le_bytes();
        Some(Address::find_program_address(&[&shard, &source.feed], &PYTH_PUSH).0)
    }
}

/// From which age rows are refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Seconds since a price was published.
    pub price: i64,
    /// Slots since a market row was refreshed.
    pub market: u64,
}

/// Instructions that refresh what is older than `ages`, in the order in which
/// they are to be sent.
#[must_use]
pub fn due(
    trestle: &Trestle,
    board: &Board<'_>,
    oracles: &Oracles,
    reserves: &Reserves,
    ages: &Ages,
) -> Vec<Instruction> {
    let old = |published: i64| board.now.unix.saturating_sub(published) >= ages.price;
    let prices: Vec<(u8, Address)> = (0..board.prices.count)
        .filter(|id| board.prices.asset(*id).is_some_and(|row| old(row.published)))
        .filter_map(|id| Some((id, oracles.of(board, id)?)))
        .collect();
    let (mut pools, mut there): (Vec<PoolKeys>, Vec<KaminoReserve>) = (vec![], vec![]);
    for id in 0..board.markets.market_count {
        let Some(row) = board.markets.market(id) else { continue };
        if board.now.slot.saturating_sub(row.slot) < ages.market {
            continue;
        }
        match MarketKind::from_byte(row.kind) {
            Some(MarketKind::Pool) => {
                pools.extend(PoolKeys::of(board.prices, board.markets, id));
            }
            Some(MarketKind::Lending) => there.extend(reserves.get(id)),
            Some(MarketKind::Perp) | None => {}
        }
    }
    let prices = prices.chunks(ROWS_AT_ONCE).map(|rows| trestle.refresh_prices(rows));
    let pools = pools.chunks(ROWS_AT_ONCE).map(|rows| trestle.refresh_markets(rows));
    let there = there.chunks(RESERVES_AT_ONCE).map(|rows| trestle.refresh_reserves(rows));
    prices.chain(pools).chain(there).collect()
}
