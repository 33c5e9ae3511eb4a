//! The slab: positions of one margin account, kept sorted and whole.
//!
//! Only the functions here write positions. A position exists exactly while
//! its units are not zero.

use crate::Result;
use crate::accounts::split_margin;
use crate::event;
use bytemuck::Zeroable;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::event::Leg;
use trestle_interface::state::{
    MarginAccount, Position, PositionKey, PositionKind, VenueAccount, Wide,
};
use trestle_risk_math::num::{high64, low64};
use trestle_risk_math::portfolio::NO_ACCOUNT;

/// A margin account with its slab.
pub(crate) struct Margin<'a> {
    pub(crate) fixed: &'a mut MarginAccount,
    slab: &'a mut [Position],
    /// Places whose units were written, each once.
    touched: Vec<PositionKey>,
}

/// When and for how much a pool debt was marked as unsettled.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    /// Native units.
    pub(crate) owed: u64,
    /// Slot, 0 for never.
    pub(crate) slot: u64,
}

/// The identity of a position: what it sorts by.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) asset: u8,
    pub(crate) class: u8,
    pub(crate) market: u16,
    pub(crate) kind: PositionKind,
    /// Bump of the custody account, 0 for other kinds.
    pub(crate) bump: u8,
}

impl Place {
    /// Custody of an asset.
    pub(crate) const fn custody(asset: u8, bump: u8) -> Self {
        Self {
            asset,
            class: trestle_risk_math::portfolio::NATIVE_CLASS,
            market: widen(asset),
            kind: PositionKind::Custody,
            bump,
        }
    }

    /// A position here, at no venue account.
    fn position(self, units: u64) -> Position {
        Position {
            market: self.market,
            kind: self.kind.byte(),
            venue_account: NO_ACCOUNT,
            bump: self.bump,
            asset: self.asset,
            class: self.class,
            units: Wide::new(u128::from(units)),
            ..Position::zeroed()
        }
    }

    /// The sort key.
    pub(crate) const fn key(self) -> PositionKey {
        (self.asset, self.class, self.market, self.kind.byte())
    }
}

#[allow(clippy::as_conversions, clippy::cast_lossless)] // widening in a const fn
const fn widen(byte: u8) -> u16 {
    byte as u16
}

impl<'a> Margin<'a> {
    /// The account behind `bytes`, which are the data of `info`.
    #[inline(always)]
    pub(crate) fn load(
        bytes: &'a mut [u8],
        info: &AccountInfo,
        program_id: &Pubkey,
    ) -> Result<Self> {
        let (fixed, slab) = split_margin(bytes, info, program_id)?;
        let slab = bytemuck::try_cast_slice_mut(slab).map_err(|_| TrestleError::Corrupt)?;
        if usize::from(fixed.count) > slab.len() {
            return Err(TrestleError::Corrupt);
        }
        Ok(Self { fixed, slab, touched: Vec::new() })
    }

    /// Positions in use.
    #[inline(always)]
    pub(crate) fn positions(&self) -> &[Position] {
        self.slab.get(..usize::from(self.fixed.count)).unwrap_or(&[])
    }

    /// The position at a place.
    pub(crate) fn find(&self, key: PositionKey) -> Option<&Position> {
        let at = self.positions().binary_search_by_key(&key, Position::key).ok()?;
        self.slab.get(at)
    }

    /// Whole units at a place, zero for no position.
    pub(crate) fn units(&self, key: PositionKey) -> Result<u64> {
        self.find(key).map_or(Ok(0), whole)
    }

    /// Adds units, making the position if it is new.
    pub(crate) fn credit(&mut self, place: Place, units: u64) -> Result<()> {
        if units == 0 {
            return Ok(());
        }
        self.touch(place.key());
        match self.positions().binary_search_by_key(&place.key(), Position::key) {
            Ok(at) => {
                let position = self.slab.get_mut(at).ok_or(TrestleError::Corrupt)?;
                let sum = whole(position)?.checked_add(units).ok_or(TrestleError::Overflow)?;
                position.units = Wide::new(u128::from(sum));
                Ok(())
            }
            Err(at) => self.insert(at, place, units),
        }
    }

    /// Takes units away; a position without units goes.
    pub(crate) fn debit(&mut self, key: PositionKey, units: u64) -> Result<()> {
        if units == 0 {
            return Ok(());
        }
        let at = self
            .positions()
            .binary_search_by_key(&key, Position::key)
            .map_err(|_| TrestleError::NoPosition)?;
        let position = self.slab.get_mut(at).ok_or(TrestleError::Corrupt)?;
        let left = whole(position)?.checked_sub(units).ok_or(TrestleError::ExceedsPosition)?;
        position.units = Wide::new(u128::from(left));
        self.touch(key);
        if left == 0 {
            self.remove(at)?;
        }
        Ok(())
    }

    /// Sets the units of a position at a venue account, making it if it is new.
    pub(crate) fn set(
        &mut self,
        place: Place,
        venue_account: u8,
        units: u128,
        slot: u64,
    ) -> Result<()> {
        let at = match self.positions().binary_search_by_key(&place.key(), Position::key) {
            Ok(at) => at,
            Err(at) => {
                self.insert(at, place, 0)?;
                at
            }
        };
        let position = self.slab.get_mut(at).ok_or(TrestleError::Corrupt)?;
        let changed = position.units.get() != units;
        position.units = Wide::new(units);
        position.venue_account = venue_account;
        position.slot = slot;
        if changed {
            self.touch(place.key());
        }
        Ok(())
    }

    /// When and for how much a pool debt was last marked as unsettled.
    pub(crate) fn mark_of(&self, key: PositionKey) -> Mark {
        let none = Mark { owed: 0, slot: 0 };
        self.find(key).map_or(none, |debt| Mark { owed: debt.word.unsigned_abs(), slot: debt.slot })
    }

    /// Remembers that a pool debt was marked.
    pub(crate) fn mark(&mut self, key: PositionKey, mark: Mark) -> Result<()> {
        let at = self.positions().binary_search_by_key(&key, Position::key);
        let at = at.map_err(|_| TrestleError::NoPosition)?;
        let position = self.slab.get_mut(at).ok_or(TrestleError::Corrupt)?;
        position.word = i64::try_from(mark.owed).unwrap_or(i64::MAX);
        position.slot = mark.slot;
        Ok(())
    }

    /// Remembers what each position holds, for the end of a receivership.
    pub(crate) fn remember(&mut self) {
        self.in_use().for_each(|position| position.before = extent(position));
    }

    /// Forgets what [`Margin::remember`] noted.
    pub(crate) fn forget(&mut self) {
        self.in_use().for_each(|position| position.before = 0);
    }

    fn in_use(&mut self) -> impl Iterator<Item = &mut Position> {
        self.slab.iter_mut().take(usize::from(self.fixed.count))
    }

    /// Removes the position at an index.
    pub(crate) fn clear(&mut self, at: usize) -> Result<()> {
        let key = self.slab.get(at).ok_or(TrestleError::Corrupt)?.key();
        self.touch(key);
        self.remove(at)
    }

    /// Ends an instruction of `steps` operations: moves the sequence on and
    /// logs what the touched positions hold now. Reading a venue is no
    /// operation and counts as one where it found other units; nothing is told
    /// where neither is the case.
    pub(crate) fn publish(&mut self, address: &Pubkey, steps: u64) {
        let steps = steps.max(u64::from(!self.touched.is_empty()));
        if steps == 0 {
            return;
        }
        let previous = self.fixed.sequence;
        self.fixed.sequence = previous.wrapping_add(steps);
        let legs = self.touched.iter().map(|key| self.leg(*key));
        event::log_legs(address, [previous, self.fixed.sequence], legs);
    }

    fn leg(&self, key: PositionKey) -> Leg {
        let (asset, class, market, kind) = key;
        let position = self.find(key);
        Leg {
            market,
            kind,
            class,
            asset,
            venue_account: position.map_or(NO_ACCOUNT, |position| position.venue_account),
            units: position.map_or(0, |position| position.units.get()),
        }
    }

    fn touch(&mut self, key: PositionKey) {
        if !self.touched.contains(&key) {
            self.touched.push(key);
        }
    }

    fn insert(&mut self, at: usize, place: Place, units: u64) -> Result<()> {
        let count = usize::from(self.fixed.count);
        if count >= self.slab.len() {
            return Err(TrestleError::SlabFull);
        }
        let tail = self.slab.get_mut(at..=count).ok_or(TrestleError::Corrupt)?;
        // one memory move: the last place is free
        tail.copy_within(..count.saturating_sub(at), 1);
        let slot = tail.first_mut().ok_or(TrestleError::Corrupt)?;
        *slot = Position { incarnation: self.fixed.next_incarnation, ..place.position(units) };
        self.fixed.next_incarnation = self.fixed.next_incarnation.wrapping_add(1);
        self.fixed.count = self.fixed.count.checked_add(1).ok_or(TrestleError::SlabFull)?;
        self.note_debts();
        Ok(())
    }

    fn remove(&mut self, at: usize) -> Result<()> {
        let count = usize::from(self.fixed.count);
        let tail = self.slab.get_mut(at..count).ok_or(TrestleError::Corrupt)?;
        tail.copy_within(1.., 0);
        *tail.last_mut().ok_or(TrestleError::Corrupt)? = Position::zeroed();
        self.fixed.count = self.fixed.count.checked_sub(1).ok_or(TrestleError::Corrupt)?;
        self.note_debts();
        Ok(())
    }

    /// Recomputes the debt flag.
    fn note_debts(&mut self) {
        let is_asset =
            |p: &Position| PositionKind::from_byte(p.kind).is_some_and(PositionKind::is_asset);
        let owes = !self.positions().iter().all(is_asset);
        self.fixed.has_debt = u8::from(owes);
    }

    /// Whether the account uses any venue.
    pub(crate) fn uses_venues(&self) -> bool {
        self.fixed.venue_bitmap != 0
    }

    /// No venue account holds or owes what the slab does not have: health
    /// would leave it out.
    pub(crate) fn expect_known(&self) -> Result<()> {
        let unknown = |account: &VenueAccount| account.has(VenueAccount::UNKNOWN);
        if self.fixed.venue_accounts.iter().any(unknown) {
            return Err(TrestleError::VenueUnknown);
        }
        Ok(())
    }

    /// Whether anything is owed. While nothing is, health cannot be negative.
    pub(crate) fn has_debt(&self) -> bool {
        self.fixed.has_debt != 0
    }
}

/// Adds units to a copy of an account's positions, which stays sorted.
pub(crate) fn credit_copy(positions: &mut Vec<Position>, place: Place, units: u64) -> Result<()> {
    match positions.binary_search_by_key(&place.key(), Position::key) {
        Ok(at) => {
            let position = positions.get_mut(at).ok_or(TrestleError::Corrupt)?;
            let sum = whole(position)?.checked_add(units).ok_or(TrestleError::Overflow)?;
            position.units = Wide::new(u128::from(sum));
        }
        Err(at) => positions.insert(at, place.position(units)),
    }
    Ok(())
}

/// Takes units away in a copy of an account's positions.
pub(crate) fn debit_copy(
    positions: &mut Vec<Position>,
    key: PositionKey,
    units: u128,
) -> Result<()> {
    let at = positions.binary_search_by_key(&key, Position::key);
    let at = at.map_err(|_| TrestleError::NoPosition)?;
    let position = positions.get_mut(at).ok_or(TrestleError::Corrupt)?;
    let left = position.units.get().checked_sub(units).ok_or(TrestleError::ExceedsPosition)?;
    position.units = Wide::new(left);
    if left == 0 {
        positions.remove(at);
    }
    Ok(())
}

/// How much a position holds, for comparison with the same position: whole
/// units. Those of a debt to a venue are Q64.
pub(crate) fn extent(position: &Position) -> u64 {
    let fraction = if position.kind == PositionKind::VenueDebt.byte() { 64 } else { 0 };
    u64::try_from(position.units.get() >> fraction).unwrap_or(u64::MAX)
}

/// Units of pools and custody, which fill the low word only.
pub(crate) fn whole(position: &Position) -> Result<u64> {
    let units = position.units.get();
    if high64(units) != 0 {
        return Err(TrestleError::Corrupt);
    }
    Ok(low64(units))
}
