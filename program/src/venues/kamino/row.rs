//! A reserve as a market row.

use super::with_reserve;
use crate::Result;
use crate::venues::rows::store_indices;
use solana_program::account_info::AccountInfo;
use trestle_interface::state::{AssetRow, MarketRow};
use trestle_interface::view::Now;
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::kamino::admit::{self, Listing};
use trestle_venue_adapters::kamino::report::{self, Flags};

/// Largest borrow factor that a row holds, 256.0: a value of 2^54 times it stays in 64 bits.
const MAX_BORROW_FACTOR: u32 = 1 << 24;

/// Whether a reserve may be listed for an asset, and its vault.
pub(crate) fn admit_listing(
    reserve: &AccountInfo,
    market: &AccountInfo,
    asset: &AssetRow,
    borrowable: bool,
) -> Result<[u8; 32]> {
    with_reserve(reserve, market, |view, parent| {
        let listing = Listing {
            reserve: reserve.key.as_array(),
            market: market.key.as_array(),
            mint: asset.mint.as_array(),
            token_program: asset.token_program.as_array(),
            decimals: asset.decimals,
            borrowable,
        };
        admit::listing(view, parent, &listing)?;
        Ok(*view.vault())
    })
}

/// Writes the row of a reserve, projected to now.
pub(crate) fn write_row(
    row: &mut MarketRow,
    reserve: &AccountInfo,
    market: &AccountInfo,
    liquid_share: Weight,
    now: Now,
) -> Result<()> {
    let report =
        with_reserve(reserve, market, |view, parent| Ok(report::reserve(view, parent, now)?))?;
    let reduce_only = takes_no_risk(&report.flags);
    let (deposit, debt) = (report.deposit_index, report.debt_index);
    let bounds = (report.growth_bound, report.projection_slack);
    store_indices(row, deposit, debt, bounds, reduce_only, now);
    row.free_liquidity = report.free_liquidity;
    row.liquid = liquid_share.of_floor(report.redeem_room);
    row.utilisation = report.utilisation.q16();
    row.supply_apr = report.supply_apr.q24();
    row.borrow_apr = report.borrow_apr.q24();
    row.venue_ltv = report.terms.ltv.q16();
    row.venue_threshold = report.terms.threshold.q16();
    row.venue_bonus = report.terms.bonus.q16();
    row.venue_borrow_factor = report.terms.borrow_factor.min(MAX_BORROW_FACTOR);
    row.venue_close_factor = report.close_factor.q16();
    (row.venue_price_mantissa, row.venue_price_shift) =
        report.price.map_or((0, 0), |price| (price.mantissa(), price.shift()));
    Ok(())
}

/// Switches with which klend's operators stop new positions, or let others
/// take them away.
const fn takes_no_risk(flags: &Flags) -> bool {
    flags.stopped
        || flags.inactive
        || flags.deposit_permissioned
        || flags.borrow_permissioned
        || flags.deleverages
        || flags.ctokens_blocked
}
