//! Two acts on the SBF binary, on an embedded SVM with the real token programs.
//!
//! **Three books through a falling market.** A *directional* account is long SOL
//! on borrowed USDC, a *netted* one holds JitoSOL against borrowed SOL, an
//! *unlevered* one holds SOL. SOL falls step by step; the directional book is
//! liquidated by a bot, the netted one stands; at the end everyone leaves and
//! the books are counted to the unit.
//!
//! **Kamino beside the pools.** One account supplies at Kamino and borrows where
//! it is cheaper, judged once over all it holds. SOL falls; a stranger
//! liquidates part of the obligation at Kamino, a refresh notices, health follows.

mod books;
mod kamino;
mod market;
pub mod output;
mod solvency;
mod stage;

use output::Output;

/// Plays both acts.
///
/// # Errors
/// The expectation that does not hold.
pub fn run(out: &mut Output) -> Result<(), String> {
    let mut stage = stage::Stage::build(out)?;
    books::show(out, &mut stage)?;
    market::fall(out, &mut stage)?;
    solvency::leave(out, &mut stage)?;
    let kamino = kamino::play(out)?;
    output::costs(out, &[&stage.world, &kamino]);
    Ok(())
}

/// An expectation of the story.
fn expect(holds: bool, what: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.into()) }
}
