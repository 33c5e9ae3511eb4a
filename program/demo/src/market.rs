//! SOL falls; the directional book is liquidated, the netted one stands.

use crate::expect;
use crate::output::{Output, tokens, usd};
use crate::stage::Stage;
use serde_json::json;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{SOL, USDC};

/// SOL's price along the way, percent of the first.
const PATH: [i64; 9] = [100, 96, 92, 88, 84, 80, 76, 72, 68];

/// Walks SOL down.
pub fn fall(out: &mut Output, stage: &mut Stage) -> Result<(), String> {
    out.heading("SOL falls");
    out.line(&format!(
        "{:>10}{:>22}{:>18}{:>18}",
        "SOL, USD", "directional maint", "netted maint", "unlevered equity"
    ));
    let mut liquidated_at = None;
    for percent in PATH {
        let cents = stage.first_cents * percent / 100;
        stage.set_sol(cents);
        let health = |stage: &mut Stage, who: usize| {
            let user = [&stage.directional, &stage.netted, &stage.unlevered][who].clone();
            user.health(&mut stage.world).map_err(|e| format!("{e:?}"))
        };
        let directional = health(stage, 0)?;
        let netted = health(stage, 1)?;
        let unlevered = health(stage, 2)?;
        let mark = if directional.maint < 0 { " below" } else { "" };
        out.line(&format!(
            "{:>10}{:>16}{mark:<6}{:>18}{:>18}",
            format!("{}.{:02}", cents / 100, cents % 100),
            usd(directional.maint),
            usd(netted.maint),
            usd(unlevered.equity)
        ));
        out.append(
            "path",
            json!({
                "sol_cents": cents, "directional_maint": directional.maint,
                "netted_maint": netted.maint, "unlevered_equity": unlevered.equity,
            }),
        );
        expect(netted.maint > 0, "the netted book stands")?;
        if directional.maint < 0 {
            liquidated_at = Some(cents);
            liquidate(out, stage)?;
        }
    }
    expect(liquidated_at.is_some(), "the directional book falls below maintenance")?;
    Ok(())
}

/// The bot repays as much as the program lets it, until the account is back.
fn liquidate(out: &mut Output, stage: &mut Stage) -> Result<(), String> {
    let world = &mut stage.world;
    let keys = stage.bot.against(world, &stage.directional, USDC, SOL);
    let collateral = world.assets[SOL].keys;
    let (decimals_usdc, decimals_sol) = (world.assets[USDC].decimals, world.assets[SOL].decimals);
    for call in 1..=30 {
        let before = stage.directional.health(world).map_err(|e| format!("{e:?}"))?;
        if before.liqend >= 0 {
            expect(call > 1, "a liquidation was needed")?;
            return Ok(());
        }
        let paid = balance_of(&world.svm, &keys.debt_source);
        let got = balance_of(&world.svm, &keys.collateral_destination);
        // the bot offers everything it has: the program clamps the amount
        let ix = world.trestle.liquidate_custody(&keys, &collateral, u64::MAX, 1);
        let sent = world.send(&[ix], &[&stage.bot.key]).map_err(|e| format!("{e:?}"))?;
        let after = stage.directional.health(world).map_err(|e| format!("{e:?}"))?;
        let paid = paid - balance_of(&world.svm, &keys.debt_source);
        let got = balance_of(&world.svm, &keys.collateral_destination) - got;
        out.line(&format!(
            "           liquidated: {} USDC for {} SOL, maintenance {} -> {}, equity {} -> {} ({} CU)",
            tokens(paid, decimals_usdc),
            tokens(got, decimals_sol),
            usd(before.maint),
            usd(after.maint),
            usd(before.equity),
            usd(after.equity),
            sent.units
        ));
        out.append(
            "liquidations",
            json!({
                "paid_usdc": paid, "seized_sol": got, "maint_before": before.maint,
                "maint_after": after.maint, "units": sent.units,
            }),
        );
        expect(after.maint > before.maint, "a liquidation makes the account healthier")?;
        let repaid = before.debts - after.debts;
        expect(
            (before.equity - after.equity) * 100 <= repaid * 3 + 1_000,
            "the account loses at most the incentive of 3 %",
        )?;
        world.advance(2);
    }
    Err("the directional book is back above liquidation-end health".into())
}
