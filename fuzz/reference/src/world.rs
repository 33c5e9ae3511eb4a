//! Tables and legs in plain memory: what the models and the engine both read.

use trestle_risk_math::portfolio::{
    AssetTerms, ClassTerms, Details, FactorTerms, GroupTerms, Leg, Legs, MAX_FACTORS, Shock, Side,
    Tables,
};
use trestle_risk_math::{MathError, Result};

/// Every table of a group, by row number.
#[derive(Clone, Debug)]
pub struct World {
    /// The group's own terms.
    pub group: GroupTerms,
    /// Assets.
    pub assets: Vec<AssetTerms>,
    /// Factors.
    pub factors: Vec<FactorTerms>,
    /// Venue classes; 0 is native.
    pub classes: Vec<ClassTerms>,
    /// Scenarios: a row each, a column per factor.
    pub scenarios: Vec<[Shock; MAX_FACTORS]>,
}

impl Tables for World {
    type Asset<'a> = AssetTerms;

    fn group(&self) -> GroupTerms {
        self.group
    }
    fn asset(&self, id: u8) -> Result<AssetTerms> {
        self.assets.get(usize::from(id)).copied().ok_or(MathError::UnknownAsset)
    }
    fn factor(&self, id: u8) -> Result<FactorTerms> {
        self.factors.get(usize::from(id)).copied().ok_or(MathError::UnknownFactor)
    }
    fn scenarios(&self) -> &[[Shock; MAX_FACTORS]] {
        &self.scenarios
    }
    fn class(&self, id: u8) -> Result<ClassTerms> {
        self.classes.get(usize::from(id)).copied().ok_or(MathError::UnknownClass)
    }
}

/// The legs of one account, with details where they are special.
#[derive(Clone, Debug, Default)]
pub struct Portfolio(pub Vec<(Leg, Details)>);

impl Portfolio {
    /// Legs in the order that a pass wants: by asset, then class.
    #[must_use]
    pub fn sorted(mut legs: Vec<(Leg, Details)>) -> Self {
        legs.sort_by_key(|(leg, _)| (leg.asset, leg.class));
        Self(legs)
    }

    /// A leg's details: nothing unusual unless it is special.
    #[must_use]
    pub fn details_of(&self, index: usize) -> Details {
        let (leg, details) = &self.0[index];
        if leg.special { *details } else { Details::NONE }
    }
}

impl Legs for Portfolio {
    fn count(&self) -> usize {
        self.0.len()
    }
    fn leg(&self, index: usize) -> Result<Leg> {
        self.0.get(index).map(|(leg, _)| *leg).ok_or(MathError::Range)
    }
    fn details(&self, index: usize) -> Result<Details> {
        self.0.get(index).map(|(_, details)| *details).ok_or(MathError::Range)
    }
}

/// A plain leg, all of it liquid.
#[must_use]
pub fn plain(asset: u8, class: u8, side: Side, amount: u64) -> (Leg, Details) {
    let leg = Leg { asset, class, side, special: false, amount, liquid: u64::MAX };
    (leg, Details::NONE)
}
