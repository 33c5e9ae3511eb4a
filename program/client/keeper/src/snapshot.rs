//! The board and every account that owes something, at one moment.

use crate::chain::{Chain, ChainError};
use solana_address::Address;
use std::collections::BTreeMap;
use trestle_client::health::Aligned;
use trestle_client::kamino::{KaminoMarket, KaminoReserve};
use trestle_client::{AssetKeys, Trestle};
use trestle_interface::state::{
    Account as _, MarginAccount, MarketKind, MarketsPage, PricesPage, VenueKind,
};
use trestle_interface::view::{Board, Now};

/// Why there is no snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The chain did not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// No board of this build's layout stands at the group's addresses.
    #[error("{0} is no page of a board")]
    Board(Address),
}

/// The board and the accounts.
#[derive(Debug)]
pub struct Snapshot {
    /// When it was taken.
    pub now: Now,
    prices: Aligned,
    markets: Aligned,
    /// Margin accounts that owe something.
    pub indebted: Vec<(Address, Aligned)>,
    /// Margin accounts read, those without debts included.
    pub read: usize,
}

impl Snapshot {
    /// Reads it.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn take(chain: &mut impl Chain, trestle: &Trestle) -> Result<Self, SnapshotError> {
        let now = chain.now()?;
        let (prices, markets) = pages(chain, trestle)?;
        let kind = MarginAccount::DISCRIMINATOR;
        let all = chain.owned(&trestle.program_id, kind, &trestle.group)?;
        let read = all.len();
        let aligned = all.into_iter().map(|(key, data)| (key, Aligned::new(&data)));
        // what cannot be read is another layout's: not ours to act on
        let indebted = aligned
            .filter(|(_, bytes)| bytes.margin().is_ok_and(|(account, _)| account.has_debt != 0))
            .collect();
        Ok(Self { now, prices, markets, indebted, read })
    }

    /// Reads clock and board anew, after refreshes.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn renew(
        &mut self,
        chain: &mut impl Chain,
        trestle: &Trestle,
    ) -> Result<(), SnapshotError> {
        self.now = chain.now()?;
        (self.prices, self.markets) = pages(chain, trestle)?;
        Ok(())
    }

    /// Runs `f` on the board. `None` never happens: the pages were checked.
    pub fn board<T>(&self, f: impl FnOnce(&Board<'_>) -> T) -> Option<T> {
        let prices = self.prices.account::<PricesPage>().ok()?;
        let markets = self.markets.account::<MarketsPage>().ok()?;
        Some(f(&Board { prices, markets, now: self.now }))
    }
}

fn pages(chain: &mut impl Chain, trestle: &Trestle) -> Result<(Aligned, Aligned), SnapshotError> {
    let keys = [trestle.prices, trestle.markets];
    let mut found = chain.accounts(&keys)?.into_iter().flatten();
    let [prices, markets] = keys
        .map(|key| found.next().map(|data| Aligned::new(&data)).ok_or(SnapshotError::Board(key)));
    let (prices, markets) = (prices?, markets?);
    if prices.account::<PricesPage>().is_err() {
        return Err(SnapshotError::Board(trestle.prices));
    }
    if markets.account::<MarketsPage>().is_err() {
        return Err(SnapshotError::Board(trestle.markets));
    }
    Ok((prices, markets))
}

/// Kamino's reserves by their rows: their keys never change once listed.
#[derive(Clone, Debug, Default)]
pub struct Reserves(BTreeMap<u16, KaminoReserve>);

impl Reserves {
    /// Learns the reserves that the board lists and that are not known yet.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn learn(&mut self, chain: &mut impl Chain, board: &[Listed]) -> Result<(), ChainError> {
        for listed in board {
            if self.0.contains_key(&listed.row) {
                continue;
            }
            let found = chain.accounts(&[listed.parent, listed.reserve])?;
            let [Some(parent), Some(reserve)] = found.as_slice() else { continue };
            let market = KaminoMarket::read(listed.class, listed.parent, parent);
            let read = market.and_then(|market| {
                KaminoReserve::read(market, listed.row, listed.reserve, listed.asset, reserve)
            });
            // a reserve that cannot be read has no plan built for it
            if let Ok(read) = read {
                self.0.insert(listed.row, read);
            }
        }
        Ok(())
    }

    /// The reserve of a row.
    #[must_use]
    pub fn get(&self, row: u16) -> Option<&KaminoReserve> {
        self.0.get(&row)
    }
}

/// A row of a reserve at Kamino.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Row.
    pub row: u16,
    /// Class.
    pub class: u8,
    /// Lending market.
    pub parent: Address,
    /// Reserve.
    pub reserve: Address,
    /// Asset.
    pub asset: AssetKeys,
}

/// The rows of reserves at Kamino.
#[must_use]
pub fn listed(board: &Board<'_>) -> Vec<Listed> {
    let rows = 0..board.markets.market_count;
    rows.filter_map(|id| {
        let row = board.markets.market(id)?;
        let class = board.markets.class(row.class)?;
        let there =
            row.kind == MarketKind::Lending.byte() && class.kind == VenueKind::Kamino.byte();
        there.then_some(())?;
        let asset = AssetKeys::of(board.prices, row.asset)?;
        let (parent, reserve) = (row.parent, row.address);
        Some(Listed { row: id, class: row.class, parent, reserve, asset })
    })
    .collect()
}
