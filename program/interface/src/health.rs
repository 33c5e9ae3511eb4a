//! Return data of `get_health`.

/// Length of [`HealthReport::to_bytes`].
pub const HEALTH_REPORT_LEN: usize = 96;
/// Version of the layout.
pub const HEALTH_REPORT_VERSION: u8 = 1;

crate::args! {
    /// Health of one account, micro-USD. Version 1; new fields are only ever
    /// appended under a new version.
    ///
    /// A caller by CPI must check that the return data was set by Trestle's
    /// program id.
    HealthReport {
        /// 1.
        version: u8,
        /// Whether `init` is known: no debt is older than the initial level accepts.
        init_known: bool,
        /// Worst age among the data: 0 live, 1 aged, 2 stale, 3 dead.
        freshness: u8,
        /// Every venue account survives its class's shock.
        venues_survive: bool,
        /// Worst venue stress, Q16.
        stress: u32,
        /// Assets less debts.
        equity: i64,
        /// Worth of isolated assets: no credit.
        uncredited: i64,
        /// Sum of debts.
        debts: i64,
        /// Of it, owed to native pools.
        native_debts: i64,
        /// Initial health; zero when unknown.
        init: i64,
        /// Liquidation-end health.
        liqend: i64,
        /// Maintenance health.
        maint: i64,
        /// Equity after the worst venue class defaults.
        equity_after_default: i64,
        /// Oldest publish time among the prices, Unix seconds.
        oldest: i64,
        /// Newest publish time among the prices, Unix seconds.
        newest: i64,
        /// Slot of the reading.
        slot: u64,
    }
}

const _: () = assert!(HealthReport::LEN == HEALTH_REPORT_LEN);

impl HealthReport {
    /// The report of a health.
    #[must_use]
    pub fn new(health: &trestle_risk_math::portfolio::Health, slot: u64) -> Self {
        use trestle_risk_math::portfolio::Freshness;
        Self {
            version: HEALTH_REPORT_VERSION,
            init_known: health.init.is_some(),
            freshness: match health.freshness {
                Freshness::Live => 0,
                Freshness::Aged => 1,
                Freshness::Stale => 2,
                Freshness::Dead => 3,
            },
            venues_survive: health.venues_survive,
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
        }
    }
}
