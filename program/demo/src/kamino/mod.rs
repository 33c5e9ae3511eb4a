//! Second act: one account at Kamino and in the pools, judged as one portfolio.

mod fall;
mod loan;

use crate::output::{Output, percent, tokens};
use crate::{books, expect};
use serde_json::json;
use trestle_client::rates::Offer;
use trestle_interface::state::PositionKind;
use trestle_risk_math::pool::Apr;
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, KaminoWorld, User, World};

/// Who is on stage.
struct Act {
    kamino: KaminoWorld,
    /// Holds SOL and JitoSOL, and borrows USDC.
    trader: User,
    /// Watches Kamino, and knows nothing of Trestle.
    stranger: User,
}

/// Plays the act and hands back its world.
pub fn play(out: &mut Output) -> Result<World, String> {
    let mut act = Act::build(out)?;
    // by the board the pool is cheaper; the loan itself makes it dearer
    let first = loan::take(out, &mut act, 55_000, Some(600))?;
    expect(first.class == KAMINO, "the large loan is cheaper at Kamino")?;
    let second = loan::take(out, &mut act, 2_000, None)?;
    expect(second.class == 0, "the small loan is cheaper in the pool")?;
    books::book(out, &mut act.kamino.world, "trader's", &act.trader)?;
    fall::watch(out, &mut act)?;
    act.leave(out)?;
    Ok(act.kamino.world)
}

impl Act {
    fn build(out: &mut Output) -> Result<Self, String> {
        let mut kamino = KaminoWorld::new();
        out.heading("Second act: Kamino beside the pools");
        out.line(&kamino.summary);
        out.record("venue_is_mock", json!(kamino.venue.is_mock()));
        let world = &mut kamino.world;
        let lender = User::new(world, 30, 8);
        let supplied = world.assets[USDC].tokens(20_000_000);
        lender.fund_and_deposit(world, USDC, supplied);
        lender.supply(world, USDC, supplied).map_err(text)?;
        out.line("lender    supplies 20,000,000 USDC to the pool");
        let other = User::new(world, 31, 8);
        let collateral = world.assets[SOL].tokens(50_000);
        other.fund_and_deposit(world, SOL, collateral);
        other.fund(world, USDC, 0);
        kamino.advance(1);
        // a little less, so that the pool is the cheaper one by the board
        let draw = level(&kamino)? / 1_000 * 999;
        other.borrow(&mut kamino.world, USDC, draw).map_err(text)?;
        out.line(&format!(
            "other     borrows {} USDC from it: nearly as dear as Kamino, {} % a year",
            tokens(draw, 6),
            rate(asked_at_kamino(&kamino)?)
        ));
        let world = &mut kamino.world;
        let trader = User::new(world, 32, 16);
        for (asset, whole) in [(SOL, 1_000), (JITOSOL, 300)] {
            let amount = world.assets[asset].tokens(whole);
            trader.fund_and_deposit(world, asset, amount);
        }
        trader.fund(world, USDC, 0);
        out.line("trader    deposits 1,000 SOL and 300 JitoSOL");
        let stranger = User::new(world, 33, 8);
        let money = world.assets[USDC].tokens(200_000);
        stranger.fund(world, USDC, money);
        stranger.fund(world, SOL, 0);
        kamino.advance(1);
        kamino.open(&trader, SOL);
        Ok(Self { kamino, trader, stranger })
    }

    /// Pays everything back, takes everything out of Kamino and closes there.
    fn leave(&mut self, out: &mut Output) -> Result<(), String> {
        out.heading("The trader leaves Kamino");
        let (k, user) = (&mut self.kamino, &self.trader);
        let enough = k.world.assets[USDC].tokens(60_000);
        user.fund_and_deposit(&mut k.world, USDC, enough);
        user.repay(&mut k.world, USDC, None).map_err(text)?;
        k.repay(user, USDC, &[SOL], None).map_err(text)?;
        k.redeem(user, SOL, &[], None).map_err(text)?;
        let close = k.world.trestle.close_venue(user.address(), user.account, &k.market);
        k.world.send(&[close], &[&user.key]).map_err(text)?;
        for (kind, asset, amount) in books::legs(&k.world, user)? {
            expect(kind == PositionKind::Custody, "only tokens are left")?;
            let asset = &k.world.assets[asset];
            out.line(&format!("  custody {:>18} {}", tokens(amount, asset.decimals), asset.name));
            out.append("left", json!({ "asset": asset.name, "amount": amount }));
        }
        let obligation = k.world.trestle.obligation(&user.account, &k.market);
        let open = k.world.svm.account(&obligation).is_some_and(|a| !a.data.is_empty());
        expect(!open, "the obligation is closed")
    }
}

/// The largest loan after which the pool asks no more than Kamino does now.
fn level(kamino: &KaminoWorld) -> Result<u64, String> {
    let asked = asked_at_kamino(kamino)?;
    let (pool, now) = (kamino.world.pool(USDC), kamino.world.now());
    let offer = |amount| Offer { market: 0, class: 0, amount, apr: Apr::ZERO, fee: 0 };
    let fits = |amount: u64| offer(amount).in_pool(&pool, now).is_ok_and(|o| o.apr <= asked);
    let (mut low, mut high) = (0, pool.cash);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        (low, high) = if fits(middle) { (middle, high) } else { (low, middle - 1) };
    }
    Ok(low)
}

/// What Kamino's row asks for USDC.
fn asked_at_kamino(kamino: &KaminoWorld) -> Result<Apr, String> {
    let row = kamino.reserve(USDC).row;
    let found = kamino.world.with_pages(|board| board.markets.market(row).map(|r| r.borrow_apr));
    Apr::new(found.ok_or("the row is listed")?).map_err(|e| e.to_string())
}

/// A rate as per cent a year.
fn rate(apr: Apr) -> String {
    percent(apr.q24(), 24, 4)
}

fn text(failure: Failure) -> String {
    format!("{failure:?}")
}
