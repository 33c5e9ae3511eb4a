//! Everyone leaves; what the vaults hold is what the books say, to the unit.

use crate::expect;
use crate::output::Output;
use crate::stage::Stage;
use serde_json::json;
use trestle_interface::state::PositionKind;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{User, World};

/// Debtors repay and withdraw; the lender redeems half; the books are counted.
pub fn leave(out: &mut Output, stage: &mut Stage) -> Result<(), String> {
    out.heading("Everyone leaves");
    let world = &mut stage.world;
    for (name, user, debt) in
        [("directional", &stage.directional, USDC), ("netted", &stage.netted, SOL)]
    {
        let extra = world.assets[debt].tokens(2_000);
        let extra = if debt == USDC { extra * 50 } else { extra };
        user.fund(world, debt, extra);
        user.deposit(world, debt, extra).map_err(|e| format!("{e:?}"))?;
        user.repay(world, debt, None).map_err(|e| format!("{e:?}"))?;
        withdraw_all(world, user)?;
        out.line(&format!("{name} repays, withdraws everything and closes its account"));
        close(world, user)?;
    }
    withdraw_all(world, &stage.unlevered)?;
    close(world, &stage.unlevered)?;
    out.line("unlevered withdraws everything and closes its account");
    let held = stage.lender.margin(world).1;
    for position in held.iter().filter(|p| p.kind == PositionKind::PoolDeposit.byte()) {
        let half = u64::try_from(position.units.get()).unwrap_or(0) / 2;
        let asset = usize::from(position.asset);
        stage.lender.redeem(world, asset, Some(half)).map_err(|e| format!("{e:?}"))?;
    }
    out.line("the lender redeems half of its deposits");
    out.heading("Solvency: vault tokens + debts = claims + fees + insurance, to the unit");
    for asset in [USDC, SOL] {
        count(out, world, asset)?;
    }
    Ok(())
}

fn withdraw_all(world: &mut World, user: &User) -> Result<(), String> {
    for position in user.margin(world).1 {
        let asset = usize::from(position.asset);
        user.fund(world, asset, 0);
        let units = u64::try_from(position.units.get()).unwrap_or(0);
        user.withdraw(world, asset, units).map_err(|e| format!("{e:?}"))?;
    }
    Ok(())
}

fn close(world: &mut World, user: &User) -> Result<(), String> {
    let assets: Vec<_> = [USDC, SOL, JITOSOL]
        .into_iter()
        .map(|a| world.assets[a].keys)
        .filter(|keys| world.svm.account(&world.trestle.custody(&user.account, keys)).is_some())
        .collect();
    let ix = world.trestle.close_account(user.address(), user.account, &assets);
    world.send(&[ix], &[&user.key]).map_err(|e| format!("{e:?}"))?;
    Ok(())
}

/// One pool's line. Claims round down, so what is left of a unit is insurance's.
fn count(out: &mut Output, world: &World, asset: usize) -> Result<(), String> {
    let pool = world.pool(asset);
    let books = pool.books().map_err(|e| e.to_string())?;
    let a = &world.assets[asset];
    let vault = balance_of(&world.svm, &a.pool.vault);
    let debts = books.debts().map_err(|e| e.to_string())?;
    let claims = books.deposits().map_err(|e| e.to_string())?;
    let fees = u64::try_from(books.fees >> 64).map_err(|e| e.to_string())?;
    let rest = vault
        .checked_add(debts)
        .and_then(|x| x.checked_sub(claims))
        .and_then(|x| x.checked_sub(fees))
        .ok_or("the vault holds less than it owes")?;
    let insurance = u64::try_from(books.insurance >> 64).map_err(|e| e.to_string())?;
    out.line(&format!(
        "{:<5} vault {vault} + debts {debts} = claims {claims} + fees {fees} + insurance {rest}",
        a.name
    ));
    out.append(
        "solvency",
        json!({
            "asset": a.name, "vault": vault, "debts": debts, "claims": claims, "fees": fees,
            "insurance": rest,
        }),
    );
    expect(books.is_balanced().map_err(|e| e.to_string())?, "books balance to 2^-64 of a unit")?;
    expect(vault == pool.cash, "the vault holds the pool's cash, to the unit")?;
    expect(books.debt_units == 0 && debts == 0, "every debt is repaid")?;
    // claims and fees round down, so up to two parts of a unit add to insurance
    expect(rest >= insurance && rest <= insurance + 2, "what is left is insurance")?;
    Ok(())
}
