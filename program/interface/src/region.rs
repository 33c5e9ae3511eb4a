//! Regions: one check for several instructions of a transaction.
//!
//! A batch cannot hold a swap that another program insists on doing at the top
//! level. A region can: `begin_region` opens it, `end_region` closes it and
//! checks, and what lies between are instructions of the transaction. It is
//! the owner's alone (ruling 6), never begun or ended by a call, and never
//! left open: `begin_region` looks its end up among the transaction's
//! instructions, and a transaction without a successful end is undone whole.
//!
//! Between them
//! - the owner may run the operations with [`Permission::in_region`], alone or
//!   in a batch, by the transaction or by a call. Caps of pools and statuses of
//!   markets bind each; health and the caps of venue classes are put off;
//! - every other instruction on the account is refused: delegates' acts,
//!   liquidation, refreshes of its units, lock-down, resize, hand-over, closing.
//!   A refresh may stand in front; one in between would count a state that
//!   nobody has checked towards the classes' totals;
//! - `get_health` and the account's bytes show what is there in that moment,
//!   and say that a region is open. Whoever relies on either must look
//!   ([`crate::health::HealthReport::session`]).
//!
//! A receivership is the other bracket: a liquidator's, between
//! `begin_liquidation` and `end_liquidation`, found in the transaction in the
//! same way. It lets the liquidator run the operations with
//! [`Permission::in_receivership`]; its end asks for a healthier account, see
//! [`Tag::EndLiquidation`]. The two exclude each other on an account.
//!
//! The end of a region asks for more than an act outside: initial health of at least zero,
//! whatever it was before. An account that is below and means only to lower
//! its risk sends a batch.
//!
//! [`Permission::in_region`]: crate::permission::Permission::in_region
//! [`Permission::in_receivership`]: crate::permission::Permission::in_receivership

use crate::tag::Tag;

/// Whether the owner may run an instruction on an account whose region is open.
#[must_use]
pub const fn allows(tag: Tag) -> bool {
    match tag.permission() {
        Some(permission) => permission.in_region,
        None => matches!(tag, Tag::Batch),
    }
}
