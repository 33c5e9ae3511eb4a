//! SOL falls until a stranger may liquidate part of the obligation at Kamino.

use super::{Act, text};
use crate::books::legs;
use crate::expect;
use crate::output::{Output, percent, tokens, usd};
use serde_json::json;
use trestle_interface::state::PositionKind;
use trestle_sandbox::Failure;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};

/// SOL's price along the way, percent of the first.
const PATH: [i64; 9] = [100, 95, 90, 86, 82, 80, 78, 76, 74];

/// What is known of the account at a moment.
#[derive(Clone, Copy, Debug)]
struct View {
    deposit: u64,
    debt: u64,
    /// Share of Kamino's own limit in use, Q16.
    stress: u32,
    maint: i64,
    equity: i64,
}

/// Walks SOL down; the stranger tries at every step.
pub fn watch(out: &mut Output, act: &mut Act) -> Result<(), String> {
    out.heading("SOL falls, a stranger watches Kamino");
    out.line(&format!(
        "{:>10}{:>25}{:>20}{:>18}  {}",
        "SOL, USD", "Kamino's limit, % used", "maintenance, USD", "equity, USD", "the stranger"
    ));
    let quotes = [SOL, JITOSOL].map(|asset| act.kamino.world.assets[asset].quote.price);
    for step in PATH {
        for (asset, first) in [SOL, JITOSOL].into_iter().zip(quotes) {
            act.kamino.set_price(asset, first / 1_000_000 * step / 100);
        }
        act.kamino.advance(5);
        let before = act.refreshed()?;
        let outcome = act.liquidate();
        let over = before.stress >= 1 << 16;
        let cents = act.kamino.world.assets[SOL].quote.price / 1_000_000;
        out.line(&format!(
            "{:>10}{:>25}{:>20}{:>18}  {}",
            format!("{}.{:02}", cents / 100, cents % 100),
            percent(before.stress, 16, 2),
            usd(before.maint),
            usd(before.equity),
            if outcome.is_ok() { "liquidates" } else { "is refused" }
        ));
        out.append(
            "watched",
            json!({
                "sol_cents": cents, "stress_q16": before.stress, "maint": before.maint,
                "equity": before.equity, "liquidated": outcome.is_ok(),
            }),
        );
        expect(before.maint > 0, "the account is healthy at Trestle all the way")?;
        expect(outcome.is_ok() == over, "Kamino liquidates where our own figure says so")?;
        if let Ok(moved) = outcome {
            return notice(out, act, before, moved);
        }
    }
    Err("the obligation reaches Kamino's threshold".into())
}

/// Shows the account before, with stale units, and refreshed.
fn notice(
    out: &mut Output,
    act: &mut Act,
    before: View,
    (paid, received): (u64, u64),
) -> Result<(), String> {
    let stale = act.view()?;
    let after = act.refreshed()?;
    let decimals = [SOL, USDC].map(|asset| act.kamino.world.assets[asset].decimals);
    out.line(&format!(
        "\n  the stranger pays {} USDC of the debt and takes {} SOL",
        tokens(paid, decimals[1]),
        tokens(received, decimals[0])
    ));
    out.line(&format!("  {:<24}{:>18}{:>18}{:>18}", "", "before", "not yet noticed", "refreshed"));
    let views = [before, stale, after];
    let row = |label: &str, cell: &dyn Fn(&View) -> String| {
        let [a, b, c] = views.each_ref().map(cell);
        out.line(&format!("  {label:<24}{a:>18}{b:>18}{c:>18}"));
    };
    row("at Kamino, SOL", &|v| tokens(v.deposit, decimals[0]));
    row("owed there, USDC", &|v| tokens(v.debt, decimals[1]));
    row("Kamino's limit, % used", &|v| percent(v.stress, 16, 2));
    row("maintenance, USD", &|v| usd(v.maint));
    row("equity, USD", &|v| usd(v.equity));
    let data = |v: &View| {
        json!({
            "deposit": v.deposit, "debt": v.debt, "stress_q16": v.stress, "maint": v.maint,
            "equity": v.equity,
        })
    };
    let [first, second, third] = views.each_ref().map(data);
    out.record(
        "kamino_liquidation",
        json!({
            "paid_usdc": paid, "received_sol": received, "before": first, "unnoticed": second,
            "refreshed": third,
        }),
    );
    expect((stale.deposit, stale.debt) == (before.deposit, before.debt), "the slab is a copy")?;
    let repaid = before.debt - after.debt;
    expect(repaid.abs_diff(paid) <= 2, format!("the debt falls by what was paid: {repaid}"))?;
    let seized = before.deposit - after.deposit;
    expect(seized >= received, "the deposit falls by what was taken, and Kamino's own share")?;
    expect(after.stress < before.stress, "the obligation is safer")?;
    // micro-USD; Kamino's bonus is at most a tenth of what is repaid
    let lost = before.equity - after.equity;
    let paid = i64::try_from(paid).map_err(|e| e.to_string())?;
    expect(lost > 0 && lost <= paid / 10 + 1_000_000, "equity falls by Kamino's bonus")?;
    expect(after.maint > 0, "the account stays healthy")
}

impl Act {
    /// Reads the obligation anew, which anyone may.
    fn refreshed(&mut self) -> Result<View, String> {
        self.kamino.refresh(&self.trader, &[SOL, USDC]).map_err(text)?;
        self.view()
    }

    /// The account as it stands.
    fn view(&mut self) -> Result<View, String> {
        let health = self.trader.health(&mut self.kamino.world).map_err(text)?;
        let world = &self.kamino.world;
        let (account, _) = self.trader.margin(world);
        let [first, ..] = account.venue_accounts;
        let legs = legs(world, &self.trader)?;
        let amount = |kind, asset| {
            let found = legs.iter().find(|(k, a, _)| (*k, *a) == (kind, asset));
            found.map_or(0, |(_, _, amount)| *amount)
        };
        Ok(View {
            deposit: amount(PositionKind::VenueDeposit, SOL),
            debt: amount(PositionKind::VenueDebt, USDC),
            stress: first.stress,
            maint: health.maint,
            equity: health.equity,
        })
    }

    /// The stranger offers all it has; Kamino takes what its rules allow.
    /// Returns what it paid and what it received.
    fn liquidate(&mut self) -> Result<(u64, u64), Failure> {
        let stranger = self.stranger.clone();
        let wallets = [USDC, SOL].map(|asset| stranger.wallet(&self.kamino.world, asset));
        let balances =
            |act: &Self| wallets.map(|wallet| balance_of(&act.kamino.world.svm, &wallet));
        let before = balances(self);
        self.kamino.liquidate_there(&stranger, &self.trader, (USDC, SOL), before[0])?;
        let after = balances(self);
        Ok((before[0] - after[0], after[1] - before[1]))
    }
}
