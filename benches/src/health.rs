//! `get_health` by number of positions, over up to 24 assets and 12 factors.
//!
//! Every pool is funded, every price has a confidence, and rows are a few
//! slots old, so no charge is skipped for being zero. The slab is written
//! directly: what is measured is the pass, not how the positions came about.

use crate::table::Row;
use trestle_interface::state::{Position, PositionKind, Wide, offsets};
use trestle_sandbox::board::AssetTerms;
use trestle_sandbox::tokens::LEGACY;
use trestle_sandbox::world::Listing;
use trestle_sandbox::{User, World, artifact};

/// Assets of the world.
pub const ASSETS: u8 = 24;
/// Columns of the default factor table; a group may list one twice.
const FACTORS: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4];

/// Rows of the table.
pub fn rows() -> Vec<Row> {
    let mut world = world();
    let user = User::new(&mut world, 11, 64);
    [1, 8, 16, 32, 64]
        .into_iter()
        .map(|count| {
            write_slab(&mut world, &user, positions(count));
            let ix = world.trestle.get_health(user.account);
            let sent = world.send(&[ix], &[]).expect("health is computed");
            let assets = count.min(usize::from(ASSETS));
            let case = format!(
                "{count} positions, {assets} assets, {} factors",
                assets.min(FACTORS.len())
            );
            Row::new("get_health", &case, &sent)
        })
        .collect()
}

/// A world of [`ASSETS`] assets with funded pools.
pub fn world() -> World {
    let listings: Vec<Listing> = (0..ASSETS)
        .map(|i| Listing {
            name: "X",
            decimals: 6,
            token_program: LEGACY,
            mint: None,
            cents: 1_000 + i64::from(i),
            terms: AssetTerms {
                factor: i % 12,
                basis: trestle_risk_math::defaults::BASIS_PLAIN,
                depth_usd: 1_000_000_000,
                incentive_bps: 30,
                isolated: false,
            },
        })
        .collect();
    let mut world = World::build(&artifact().elf, &FACTORS, &listings);
    let lender = User::new(&mut world, 12, 64);
    for asset in 0..usize::from(ASSETS) {
        lender.fund_and_deposit(&mut world, asset, 10_000_000_000);
        lender.supply(&mut world, asset, 10_000_000_000).expect("the pool is funded");
        let quote = &mut world.assets[asset].quote;
        quote.confidence = quote.price.unsigned_abs() / 2_000;
        quote.ema += quote.price / 1_000;
    }
    world.advance(2);
    world.svm.advance_seconds(2);
    world
}

/// Custody in every asset first, then deposits, then debts.
fn positions(count: usize) -> Vec<Position> {
    let kinds = [PositionKind::Custody, PositionKind::PoolDeposit, PositionKind::PoolDebt];
    kinds
        .into_iter()
        .flat_map(|kind| (0..ASSETS).map(move |asset| (asset, kind)))
        .take(count)
        .map(|(asset, kind)| Position {
            market: u16::from(asset),
            kind: kind.byte(),
            venue_account: u8::MAX,
            asset,
            units: Wide::new(if kind == PositionKind::PoolDebt {
                333_333_333
            } else {
                1_000_000_007
            }),
            ..Position::default()
        })
        .collect()
}

/// Writes positions into an account behind the program's back.
pub fn write_slab(world: &mut World, user: &User, mut positions: Vec<Position>) {
    positions.sort_unstable_by_key(Position::key);
    let mut account = world.svm.account(&user.account).expect("the account is open");
    let slab: &[u8] = bytemuck::cast_slice(&positions);
    account.data[offsets::POSITIONS..offsets::POSITIONS + slab.len()].copy_from_slice(slab);
    account.data[115] = u8::try_from(positions.len()).expect("at most 64");
    account.data[offsets::HAS_DEBT] = 1;
    world.svm.set_account(user.account, account);
}
