//! Books against vaults, to the unit.

use crate::books::Scene;
use trestle_client::health::Aligned;
use trestle_interface::state::PositionKind;
use trestle_sandbox::tokens::balance_of;

/// Checks every pool, every slab and every custody account.
///
/// # Errors
/// What does not hold, in words.
pub fn check(scene: &Scene) -> Result<String, String> {
    let world = &scene.world;
    let count = world.assets.len();
    let (mut deposits, mut debts) = (vec![0_u128; count], vec![0_u128; count]);
    let mut custodies = 0_u64;
    let mut slabs = 0_u64;
    for (address, account) in world.svm.program_accounts() {
        let bytes = Aligned::new(&account.data);
        let Ok((_, positions)) = bytes.margin() else { continue };
        slabs += 1;
        for position in positions {
            let asset = usize::from(position.asset);
            let units = position.units.get();
            match PositionKind::from_byte(position.kind) {
                Some(PositionKind::PoolDeposit) => deposits[asset] += units,
                Some(PositionKind::PoolDebt) => debts[asset] += units,
                Some(PositionKind::Custody) => {
                    custodies += 1;
                    let held = world.trestle.custody(&address, &world.assets[asset].keys);
                    let held = balance_of(&world.svm, &held);
                    if u128::from(held) < units {
                        return Err(format!("custody of {address} holds {held} of {units}"));
                    }
                }
                _ => return Err(format!("{address} has a position of another kind")),
            }
        }
    }
    for (asset, (deposits, debts)) in deposits.iter().zip(&debts).enumerate() {
        let name = world.assets[asset].name;
        let pool = world.pool(asset);
        let books = pool.books().map_err(|e| e.to_string())?;
        let vault = balance_of(&world.svm, &world.assets[asset].pool.vault);
        let equal = [
            ("deposit units", *deposits, u128::from(books.deposit_units)),
            ("debt units", *debts, u128::from(books.debt_units)),
            ("vault and cash", u128::from(vault), u128::from(pool.cash)),
        ];
        for (what, a, b) in equal {
            if a != b {
                return Err(format!("{name}: {what}: {a} and {b}"));
            }
        }
        if !books.is_balanced().map_err(|e| e.to_string())? {
            return Err(format!("{name}: the pool's books do not balance"));
        }
    }
    if !world.svm.gaps.is_empty() {
        return Err(format!("{} events are missing from the logs", world.svm.gaps.len()));
    }
    Ok(format!("{slabs} slabs, {count} pools, {custodies} custody accounts"))
}
