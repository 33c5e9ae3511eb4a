//! The table of cells: what an account holds and owes of each asset at each class.

use crate::bits::price::{charged_value, counted_value, debt_value};
use crate::bits::{Int, floor_div, int, q16, rest, share_down, two_to, weight_product_up};
use crate::world::{Portfolio, World};
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{
    AssetTerms, Details, Freshness, Leg, NATIVE_CLASS, Side, Tables,
};
use trestle_risk_math::{MathError, Result};

/// How an account is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything at its decayed value.
    Full,
    /// The same values; exposures of decaying classes fade with them (ruling 7).
    FullUnhedged,
    /// Live assets of classes that are not frozen.
    Initial,
    /// The same; no exposure in frozen classes and unread accounts (rulings 3 and 7).
    InitialUnhedged,
}

/// One asset at one class. Values are micro-USD.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Asset.
    pub asset_id: u8,
    /// Class.
    pub class_id: u8,
    /// Worth of what is owned, with exposure.
    pub asset: Int,
    /// Worth of what is owed, grown if its price is dead.
    pub debt: Int,
    /// Worth of an isolated asset.
    pub uncredited: Int,
    /// Worth of what is owned without exposure.
    pub hidden_asset: Int,
    /// What is owed without exposure.
    pub hidden_debt: Int,
    /// What the class adds to the asset's net.
    pub exposure: Int,
    /// Worth of what cannot leave now, rounded up.
    pub illiquid: Int,
}

impl Cell {
    /// Custody and native pools.
    #[must_use]
    pub fn is_native(&self) -> bool {
        self.class_id == NATIVE_CLASS
    }

    /// What the cell adds to the class's claim.
    #[must_use]
    pub fn claim(&self) -> Int {
        &self.asset - &self.debt + &self.hidden_asset - &self.hidden_debt
    }

    /// What the cell adds to the asset's gross: both sides at the native class, the net elsewhere.
    #[must_use]
    pub fn gross(&self) -> Int {
        if self.is_native() { &self.asset + &self.debt } else { self.exposure.abs() }
    }
}

/// An account through one view.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Cells by (asset, class).
    pub cells: Vec<Cell>,
    /// Legs with their amounts as the view has them, and their details.
    pub legs: Vec<(Leg, Details)>,
}

impl Layout {
    /// `E`.
    #[must_use]
    pub fn equity(&self) -> Int {
        self.cells.iter().map(Cell::claim).sum()
    }

    /// Net exposure per asset that has cells.
    #[must_use]
    pub fn nets(&self) -> Vec<(u8, Int)> {
        let mut nets = BTreeMap::<u8, Int>::new();
        for cell in &self.cells {
            *nets.entry(cell.asset_id).or_default() += &cell.exposure;
        }
        nets.into_iter().collect()
    }

    /// Net claim on a class.
    #[must_use]
    pub fn claim(&self, class: u8) -> Int {
        self.cells.iter().filter(|c| c.class_id == class).map(Cell::claim).sum()
    }
}

/// Lays an account out. What a cell owns counts up to 64 bits of units and up
/// to the bound of a leg.
///
/// # Errors
/// [`MathError::Overflow`] when what a cell owes exceeds either.
pub fn lay_out(world: &World, legs: &Portfolio, view: View) -> Result<Layout> {
    #[derive(Default)]
    struct Amounts {
        shown: [Int; 2],
        hidden: [Int; 2],
        illiquid: Int,
    }
    let mut amounts = BTreeMap::<(u8, u8), Amounts>::new();
    let mut seen = Vec::new();
    for (index, (leg, _)) in legs.0.iter().enumerate() {
        let details = legs.details_of(index);
        let amount = amount_in_view(world, leg, &details, view);
        let (_, frozen) = class_state(world, leg.class);
        let hides = view == View::InitialUnhedged && (details.unread || frozen);
        let slot = amounts.entry((leg.asset, leg.class)).or_default();
        let side = usize::from(leg.side == Side::Debt);
        if hides {
            slot.hidden[side] += amount;
        } else {
            slot.shown[side] += amount;
            if leg.side == Side::Asset && leg.liquid < amount {
                slot.illiquid += amount - leg.liquid;
            }
        }
        seen.push((Leg { amount, ..*leg }, details));
    }
    let mut cells = Vec::new();
    for ((asset_id, class_id), amounts) in amounts {
        let [[asset, debt], [hidden_asset, hidden_debt]] = &[amounts.shown, amounts.hidden];
        if debt.bits() > 64 || hidden_debt.bits() > 64 {
            return Err(MathError::Overflow);
        }
        let terms = &world.assets[usize::from(asset_id)];
        let most_units = int(u64::MAX);
        let owned = |units: &Int| counted_value(terms.price, units.min(&most_units));
        let (worth, hidden_worth) = (owned(asset), owned(hidden_asset));
        let owed = grown(world, terms, debt_value(terms.price, debt)?)?;
        let hidden_debt = debt_value(terms.price, hidden_debt)?;
        let credited = |worth: Int| if terms.isolated { Int::zero() } else { worth };
        let uncredited = if terms.isolated { &worth + &hidden_worth } else { Int::zero() };
        let mut cell = Cell {
            asset_id,
            class_id,
            asset: credited(worth),
            debt: owed,
            uncredited,
            hidden_asset: credited(hidden_worth),
            hidden_debt,
            exposure: Int::zero(),
            illiquid: Int::zero(),
        };
        if !terms.isolated {
            cell.illiquid = charged_value(terms.price, (&amounts.illiquid).min(&most_units));
        }
        cell.exposure = exposure(world, &cell, view);
        cells.push(cell);
    }
    Ok(Layout { cells, legs: seen })
}

/// A class's decay and state. The native class has neither.
fn class_state(world: &World, id: u8) -> (Weight, bool) {
    if id == NATIVE_CLASS {
        return (Weight::ONE, false);
    }
    let class = &world.classes[usize::from(id)];
    (class.keep, class.frozen)
}

/// An asset fades with its class, its price and its market row, rounded down
/// each time; at the initial level it must be live and not frozen at all.
fn amount_in_view(world: &World, leg: &Leg, details: &Details, view: View) -> u64 {
    if leg.side == Side::Debt {
        return leg.amount;
    }
    let terms = &world.assets[usize::from(leg.asset)];
    let (keep, frozen) = class_state(world, leg.class);
    let live = details.freshness == Freshness::Live && terms.freshness == Freshness::Live;
    let initial = matches!(view, View::Initial | View::InitialUnhedged);
    if initial && (!live || frozen) {
        return 0;
    }
    let mut left = int(leg.amount);
    for share in [keep, terms.keep, details.keep] {
        left = share_down(&q16(share), &left);
    }
    u64::try_from(left).expect("a share of 64 bits")
}

/// A debt whose price is dead grows by the factor's upward shock as the price
/// fades: rounded down, plus one (ruling 2).
fn grown(world: &World, terms: &AssetTerms, debt: Int) -> Result<Int> {
    if terms.keep == Weight::ONE {
        return Ok(debt);
    }
    let up = world.factor(terms.factor)?.up.maint;
    if debt.is_zero() {
        return Ok(debt);
    }
    let share = weight_product_up(&q16(up), &rest(&q16(terms.keep)));
    let growth = floor_div(&(&debt * share), &two_to(16)) + 1;
    Ok(debt + growth)
}

fn exposure(world: &World, cell: &Cell, view: View) -> Int {
    let net = &cell.asset - &cell.debt;
    let (keep, _) = class_state(world, cell.class_id);
    if view != View::FullUnhedged || keep == Weight::ONE {
        return net;
    }
    // toward zero for a long, at most one away from it for a short
    let part = share_down(&q16(keep), &net.abs());
    if net.is_negative() { (-part - 1_i32).max(net) } else { part }
}
