//! Counters and gauges in Prometheus' text format, served over HTTP.

use crate::judge::Due;
use crate::keeper::Report;
use prometheus::{Encoder as _, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

/// What a keeper counts.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    slot: IntGauge,
    accounts: IntGauge,
    due: IntGauge,
    waiting: IntGauge,
    unjudged: IntGauge,
    refreshes: IntCounterVec,
    acts: IntCounterVec,
    refusals: IntCounterVec,
    repaid: IntCounter,
    profit: IntGauge,
    failures: IntCounter,
}

impl Metrics {
    /// Everything at zero.
    ///
    /// # Errors
    /// [`prometheus::Error`] when two names are the same: a mistake of this file.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str| -> Result<IntGauge, prometheus::Error> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let counter = |name: &str, help: &str| -> Result<IntCounter, prometheus::Error> {
            let counter = IntCounter::new(name, help)?;
            registry.register(Box::new(counter.clone()))?;
            Ok(counter)
        };
        let family = |name: &str, help: &str, labels: &[&str]| {
            let family = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(family.clone()))?;
            Ok::<_, prometheus::Error>(family)
        };
        Ok(Self {
            slot: gauge("trestle_keeper_slot", "Slot that was judged last")?,
            accounts: gauge("trestle_keeper_accounts", "Margin accounts read")?,
            due: gauge("trestle_keeper_due", "Accounts with something due")?,
            waiting: gauge("trestle_keeper_waiting", "Accounts that wait after failures")?,
            unjudged: gauge("trestle_keeper_unjudged", "Accounts that could not be judged")?,
            refreshes: family("trestle_keeper_refreshes_total", "Refreshes of rows", &["outcome"])?,
            acts: family("trestle_keeper_acts_total", "Acts on accounts", &["due", "outcome"])?,
            refusals: family("trestle_keeper_refusals_total", "Refusals by reason", &["reason"])?,
            repaid: counter("trestle_keeper_repaid_micro_usd_total", "Debts repaid, estimate")?,
            profit: gauge("trestle_keeper_profit_micro_usd", "Gain after costs, estimate")?,
            failures: counter("trestle_keeper_failed_ticks_total", "Ticks without an answer")?,
            registry,
        })
    }

    /// Counts a tick.
    pub fn count(&self, report: &Report) {
        let size = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.slot.set(i64::try_from(report.slot).unwrap_or(i64::MAX));
        self.accounts.set(size(report.read));
        self.due.set(size(report.due));
        self.waiting.set(size(report.waiting));
        self.unjudged.set(size(report.unjudged));
        self.refreshes.with_label_values(&["landed"]).inc_by(number(report.refreshed));
        self.refreshes.with_label_values(&["refused"]).inc_by(number(report.unrefreshed));
        for act in &report.acts {
            let landed = act.outcome.landed();
            let outcome = if landed { "landed" } else { "refused" };
            self.acts.with_label_values(&[due_name(act.due), outcome]).inc();
            if let crate::Outcome::Refused { reason } = &act.outcome {
                self.refusals.with_label_values(&[label(reason)]).inc();
            }
            if landed {
                self.repaid.inc_by(act.repaid);
                self.profit.add(act.profit);
            }
        }
    }

    /// Counts a tick that failed.
    pub fn count_failure(&self) {
        self.failures.inc();
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut buffer = vec![];
        // writing to memory does not fail
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut buffer);
        String::from_utf8(buffer).unwrap_or_default()
    }

    /// Serves the text at an address until the process ends. Returns where.
    ///
    /// # Errors
    /// When the address cannot be listened at.
    pub fn serve(self: &Arc<Self>, address: impl ToSocketAddrs) -> Result<SocketAddr, String> {
        let server = tiny_http::Server::http(address).map_err(|e| e.to_string())?;
        let bound = server.server_addr().to_ip().ok_or("not an address of the internet")?;
        let metrics = Arc::clone(self);
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                let response = match request.url() {
                    "/metrics" => tiny_http::Response::from_string(metrics.text()),
                    _ => tiny_http::Response::from_string("see /metrics\n").with_status_code(404),
                };
                // a reader that went away is no trouble of ours
                let _ = request.respond(response);
            }
        });
        Ok(bound)
    }
}

/// Word for what was due, in labels and logs.
#[must_use]
pub const fn due_name(due: Due) -> &'static str {
    match due {
        Due::Nothing => "nothing",
        Due::Flag => "flag",
        Due::Liquidate => "liquidate",
        Due::Settle => "settle",
        Due::Rescue => "rescue",
    }
}

/// A reason as a label: the program's error, or one word for the rest, whose
/// number would know no bound.
fn label(reason: &str) -> &str {
    let word = !reason.is_empty() && reason.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if word { reason } else { "runtime" }
}
