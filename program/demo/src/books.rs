//! Each account's legs, charges by name, and three healths.

use crate::expect;
use crate::output::{Output, tokens, usd};
use crate::stage::Stage;
use serde_json::json;
use trestle_interface::health::HealthReport;
use trestle_interface::state::PositionKind;
use trestle_risk_math::portfolio::Term;
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

fn book(out: &mut Output, world: &mut World, name: &str, user: &User) -> Result<(), String> {
    out.heading(&format!("The {name} book"));
    let (_, positions) = user.margin(world);
    let mut legs = vec![];
    for position in &positions {
        let asset = &world.assets[usize::from(position.asset)];
        let units = u64::try_from(position.units.get()).unwrap_or(u64::MAX);
        let kind = match PositionKind::from_byte(position.kind) {
            Some(PositionKind::Custody) => "custody",
            Some(PositionKind::PoolDeposit) => "pool deposit",
            Some(PositionKind::PoolDebt) => "pool debt",
            _ => "other",
        };
        let amount = tokens(units, asset.decimals);
        out.line(&format!("  {kind:<14}{amount:>18} {}", asset.name));
        legs.push(json!({ "kind": kind, "asset": asset.name, "units": units }));
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
            "name": name, "legs": legs, "charges": named, "equity": report.equity,
            "debts": report.debts, "init": report.init, "liqend": report.liqend,
            "maint": report.maint,
        }),
    );
    Ok(())
}
