//! The run as a page of tables.

use crate::Outcome;
use std::fmt::Write;

/// USD of micro-USD, whole, with commas.
fn usd(micro: i64) -> String {
    let sign = if micro < 0 { "-" } else { "" };
    format!("{sign}{}", commas(micro.unsigned_abs() / 1_000_000))
}

/// A number with commas.
fn commas(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The value at a share of a sorted list, in percent; 0 of an empty one.
#[must_use]
pub fn percentile(sorted: &[u64], percent: usize) -> u64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last * percent).div_ceil(100)).copied().unwrap_or(0)
}

/// Slots with their seconds.
fn time(slots: u64) -> String {
    format!("{} slots ({}.{} s)", commas(slots), slots * 2 / 5, slots * 4 % 10)
}

/// The page.
#[must_use]
pub fn markdown(outcome: &Outcome, slower: &[Outcome]) -> String {
    let (t, v, c) = (&outcome.totals, &outcome.verdict, &outcome.config);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# A crash, slot by slot\n\n\
         `make simulation` writes this page and the plot. {} accounts opened by their owners' own\n\
         instructions, {} slots of 400 ms, seed {}: SOL and BTC fall 14.5 %, an alt 70 %, most of\n\
         it in twelve minutes of the hour, as on 2025-10-10. Three feeds fall silent on the way\n\
         (BTC, JitoSOL, ALT: two to three minutes each) and the SOL pool has no cash for 22\n\
         minutes. A liquidator in the same process acts {} slots after it first sees an account\n\
         below maintenance, flags it, then liquidates once a slot until it is back. It runs on\n\
         the SBF binary.\n\n\
         Left out: Kamino, limits of the liquidator's capital, competition, a network that drops\n\
         transactions, owners who act.\n\n\
         ![SOL price, accounts below maintenance, debt repaid and bad debt over time](simulation.svg)\n",
        commas(c.accounts.into()),
        commas(c.slots),
        c.seed,
        c.latency,
    );
    out.push_str("| | |\n|---|--:|\n");
    let mut row = |name: &str, value: String| {
        let _ = writeln!(out, "| {name} | {value} |");
    };
    row("Accounts liquidated", commas(t.liquidated));
    row("Liquidations", commas(t.calls));
    row("Of them, seized in a pool's units: no cash", commas(t.in_units));
    row("Debt repaid, USD", usd(t.repaid));
    row("Incentive paid, insurance's share included, USD", usd(t.incentive));
    row("Bad debt settled, USD", usd(t.bad));
    row("Owed beyond assets at the end, not settled, USD", usd(t.under));
    row("Stretches below maintenance", commas(t.stretches.len() as u64));
    row("Length, median", time(percentile(&t.stretches, 50)));
    row("Length, 99th percentile", time(percentile(&t.stretches, 99)));
    row("Length, longest", time(percentile(&t.stretches, 100)));
    row("Transactions of the liquidator", commas(t.transactions));
    row("Compute units of them", commas(t.units));
    row("Compute units each, mean", commas(t.units / t.transactions.max(1)));
    row("Compute units each, most", commas(t.most_units));
    row("Transactions of the crank", commas(outcome.crank.0));
    row("Compute units of them", commas(outcome.crank.1));
    row("Health evaluations off chain", commas(t.looks));
    let _ = writeln!(
        out,
        "\nThe median is the liquidator's own latency: flag, wait, liquidate.\n\n\
         Solvency at the end, to the unit: units over all slabs equal each pool's totals, vaults\n\
         equal cash, books balance, custody holds what is recognised ({}).\n\n\
         Refused transactions of the liquidator, by error:\n\n| | |\n|---|--:|",
        outcome.solvency
    );
    for (error, count) in &t.refused {
        let _ = writeln!(out, "| {error} | {} |", commas(*count));
    }
    let _ = writeln!(
        out,
        "\n## Slower liquidators\n\n\
         The same run with a liquidator that flags at once but waits before its first call.\n\
         Bad debt is what settlement wrote off or insurance paid. After ten minutes part of the\n\
         fall has come back, so that less is lost than after five.\n\n\
         | waits | accounts | repaid, USD | incentive, USD | bad debt settled, USD | owed beyond assets, USD | bad debt by weights, USD |\n\
         |---|--:|--:|--:|--:|--:|--:|"
    );
    for run in [outcome].into_iter().chain(slower) {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            time(run.config.latency),
            commas(run.totals.liquidated),
            usd(run.totals.repaid),
            usd(run.totals.incentive),
            usd(run.totals.bad),
            usd(run.totals.under),
            usd(run.verdict.bad)
        );
    }
    let _ = writeln!(out, "\n## Books\n\n| | accounts |\n|---|--:|");
    for (name, count) in &outcome.shapes {
        let _ = writeln!(out, "| {name} | {} |", commas(*count));
    }
    let _ = writeln!(
        out,
        "\n## The same books under a plain weight model\n\n\
         Every leg at its own shock and basis of the default table, nothing netted, no scenarios,\n\
         the numeraire free. Off chain, on the books as opened; it acts on an account as many\n\
         slots after it crosses and is taken to close all of it then, at that slot's prices.\n\n\
         | | |\n|---|--:|"
    );
    let mut row = |name: &str, value: String| {
        let _ = writeln!(out, "| {name} | {value} |");
    };
    row("Accounts it refuses to open", commas(v.refused));
    row("Of them, below its maintenance from the start", commas(v.below));
    row("Liquidated, among those it opens", commas(v.liquidated));
    row("Of them, never below maintenance here: needless", commas(v.needless));
    row("Needless among all accounts", commas(v.needless_all));
    row("Bad debt, among those it opens, USD", usd(v.bad));
    row("Initial requirement of all accounts here, USD", usd(v.capital_here));
    row("The same by weights, USD", usd(v.capital));
    row("Initial requirement of JitoSOL less SOL here, USD", usd(v.hedged[0]));
    row("The same by weights, USD", usd(v.hedged[1]));
    out
}
