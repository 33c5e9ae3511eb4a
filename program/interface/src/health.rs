//! Return data of `get_health`.

use crate::state::Session;
use bytemuck::{Pod, Zeroable};
use solana_address::Address;
use trestle_risk_math::portfolio::{Freshness, Health};

/// Version of the layout.
pub const HEALTH_REPORT_VERSION: u8 = 2;

/// Health of one account, micro-USD. Version 2; new fields are only ever
/// appended under a new version.
///
/// Whatever a call runs may set return data: a caller by CPI reads it with
/// [`HealthReport::returned_by`], which asks who set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct HealthReport {
    /// [`HEALTH_REPORT_VERSION`].
    pub version: u8,
    /// 1 when `init` is known: no debt is older than the initial level accepts.
    pub init_known: u8,
    /// Worst age among the data: 0 live, 1 aged, 2 stale, 3 dead.
    pub freshness: u8,
    /// 1 when every venue account survives its class's shock.
    pub venues_survive: u8,
    /// Worst venue stress, Q16.
    pub stress: u32,
    /// Assets less debts.
    pub equity: i64,
    /// Worth of isolated assets: no credit.
    pub uncredited: i64,
    /// Sum of debts.
    pub debts: i64,
    /// Of it, owed to native pools.
    pub native_debts: i64,
    /// Initial health; zero when unknown.
    pub init: i64,
    /// Liquidation-end health.
    pub liqend: i64,
    /// Maintenance health.
    pub maint: i64,
    /// Equity after the worst venue class defaults.
    pub equity_after_default: i64,
    /// Oldest publish time among the prices, Unix seconds.
    pub oldest: i64,
    /// Newest publish time among the prices, Unix seconds.
    pub newest: i64,
    /// Slot of the reading.
    pub slot: u64,
    /// [`Session`]: while it is not idle nobody has checked what
    /// is told here, and it may change before the transaction ends.
    pub session: u8,
    /// Zero.
    pub padding: [u8; 7],
}
crate::assert_layout!(HealthReport, 4, 4, 11 * 8, 8);

impl HealthReport {
    /// The report of a health outside any session.
    #[must_use]
    pub fn new(health: &Health, slot: u64) -> Self {
        Self {
            version: HEALTH_REPORT_VERSION,
            init_known: u8::from(health.init.is_some()),
            freshness: match health.freshness {
                Freshness::Live => 0,
                Freshness::Aged => 1,
                Freshness::Stale => 2,
                Freshness::Dead => 3,
            },
            venues_survive: u8::from(health.venues_survive),
            stress: health.stress.q16(),
            equity: health.equity,
            uncredited: health.uncredited,
            debts: health.debts,
            native_debts: health.native_debts,
            init: health.init.unwrap_or(0),
            liqend: health.liqend,
            maint: health.maint,
            equity_after_default: health.equity_after_default(),
            oldest: health.oldest,
            newest: health.newest,
            slot,
            session: Session::Idle.byte(),
            padding: [0; 7],
        }
    }

    /// From return data that `returner` set, as the runtime says. `None` when
    /// that is not `trestle`, and for another length or version.
    #[must_use]
    pub fn returned_by(trestle: &Address, returner: &Address, data: &[u8]) -> Option<Self> {
        if returner == trestle { Self::read(data) } else { None }
    }

    /// The report of an account whose session byte is `session`.
    #[must_use]
    pub const fn in_session(self, session: u8) -> Self {
        Self { session, ..self }
    }

    /// From return data. `None` for another length or version.
    #[must_use]
    pub fn read(data: &[u8]) -> Option<Self> {
        let report: Self = bytemuck::try_pod_read_unaligned(data).ok()?;
        (report.version == HEALTH_REPORT_VERSION).then_some(report)
    }
}
