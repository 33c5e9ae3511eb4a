//! Each account's legs, charges by name, and three healths.

use crate::expect;
use crate::output::{Output, tokens, usd};
use crate::stage::Stage;
use serde_json::json;
use trestle_interface::health::HealthReport;
use trestle_interface::state::{Position, PositionKind};
use trestle_interface::view::{Slab, Venues};
use trestle_risk_math::portfolio::{Legs, Term};
use trestle_sandbox::{User, World};

/// Shows the three books.
pub fn show(out: &mut Output, stage: &mut Stage) -> Result<(), String> {
    let users = [
        ("directional", stage.directional.clone()),
        ("netted", stage.netted.clone()),
        ("unlevered", stage.unlevered.clone()),
    ];
    for (name, user) in users {
        book(out, &mut stage.world, name, &user)?;
    }
    Ok(())
}

/// One position: what it is, its asset's row, and how many tokens it is worth or owes.
pub fn legs(world: &World, user: &User) -> Result<Vec<(PositionKind, usize, u64)>, String> {
    let (account, positions) = user.margin(world);
    world.with_pages(|board| {
        let slab = Slab::new(&positions, Venues::of(&account), board.markets, board.now);
        let leg = |(at, position): (usize, &Position)| {
            let kind = PositionKind::from_byte(position.kind).ok_or("an unknown position")?;
            let amount = slab.leg(at).map_err(|e| e.to_string())?.amount;
            Ok((kind, usize::from(position.asset), amount))
        };
        positions.iter().enumerate().map(leg).collect()
    })
}

/// Shows one book.
pub fn book(out: &mut Output, world: &mut World, name: &str, user: &User) -> Result<(), String> {
    out.heading(&format!("The {name} book"));
    let mut shown = vec![];
    for (kind, asset, amount) in legs(world, user)? {
        let asset = &world.assets[asset];
        let kind = match kind {
            PositionKind::Custody => "custody",
            PositionKind::PoolDeposit => "pool deposit",
            PositionKind::PoolDebt => "pool debt",
            PositionKind::VenueDeposit => "Kamino deposit",
            PositionKind::VenueDebt => "Kamino debt",
            PositionKind::PerpBase | PositionKind::PerpQuote => "perpetual",
        };
        let text = tokens(amount, asset.decimals);
        out.line(&format!("  {kind:<16}{text:>18} {}", asset.name));
        shown.push(json!({ "kind": kind, "asset": asset.name, "amount": amount }));
    }
    let (health, charges) = user.mirror(world);
    out.line(&format!("  {:<22}{:>16}{:>16}", "charges, USD", "maintenance", "initial"));
    let mut named = serde_json::Map::new();
    let mut line = |label: &str, maint: u64, init: u64| {
        if maint | init != 0 {
            let signed = |x: u64| usd(i64::try_from(x).unwrap_or(i64::MAX));
            out.line(&format!("  {label:<22}{:>16}{:>16}", signed(maint), signed(init)));
            named.insert(label.into(), json!({ "maint": maint, "init": init }));
        }
    };
    line("market, additive", charges.additive.maint, charges.additive.init);
    line("market, scenario", charges.systemic.maint, charges.systemic.init);
    for term in Term::ALL {
        let charge = charges.charge(term);
        line(term.name(), charge.maint, charge.init);
    }
    let report = user.health(world).map_err(|e| format!("{e:?}"))?;
    let mirror = HealthReport::new(&health, world.svm.clock().slot);
    expect(report == mirror, format!("{name}: health off chain equals get_health"))?;
    out.line(&format!("  equity {}, debts {}", usd(report.equity), usd(report.debts)));
    out.line(&format!(
        "  health: initial {}, liquidation end {}, maintenance {}",
        usd(report.init),
        usd(report.liqend),
        usd(report.maint)
    ));
    expect(report.init >= 0, format!("{name} starts at or above initial health"))?;
    out.append(
        "books",
        json!({
            "name": name, "legs": shown, "charges": named, "equity": report.equity,
            "debts": report.debts, "init": report.init, "liqend": report.liqend,
            "maint": report.maint,
        }),
    );
    Ok(())
}
