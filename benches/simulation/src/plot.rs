//! The run as SVG: four panels over time, readable in light and dark.

use crate::Outcome;
use std::fmt::Write;

const WIDTH: f64 = 860.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 20.0;
const PANEL: f64 = 130.0;
const GAP: f64 = 46.0;
const TOP: f64 = 60.0;

const STYLE: &str = "\
svg{background:#ffffff;font:12px sans-serif}\
text{fill:#24292f}.small{fill:#57606a}.grid{stroke:#d0d7de;stroke-width:1}\
.a{stroke:#0969da}.b{stroke:#bc4c00}.c{stroke:#1a7f37}.d{stroke:#cf222e}\
.line{fill:none;stroke-width:1.6}.band{fill:#8250df;opacity:.12}\
@media(prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}.small{fill:#8b949e}\
.grid{stroke:#30363d}.a{stroke:#58a6ff}.b{stroke:#f0883e}.c{stroke:#3fb950}.d{stroke:#ff7b72}\
.band{fill:#bc8cff;opacity:.18}}";

/// The plot.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "points of a plot")]
pub fn svg(outcome: &Outcome) -> String {
    let points =
        |f: &dyn Fn(&crate::Sample) -> f64| -> Vec<f64> { outcome.samples.iter().map(f).collect() };
    let panels = [
        ("SOL price, USD", "a", points(&|s| s.sol as f64 / 1e8), false),
        ("accounts below maintenance", "b", points(&|s| s.unhealthy as f64), true),
        ("debt repaid by liquidations so far, USD", "c", points(&|s| s.repaid as f64 / 1e6), true),
        ("bad debt settled so far, USD", "d", points(&|s| s.bad as f64 / 1e6), true),
    ];
    let height = TOP + 4.0 * (PANEL + GAP);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\
         <title>A crash in {} slots, {} accounts</title><style>{STYLE}</style>",
        outcome.config.slots, outcome.config.accounts
    );
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{} accounts through a crash of {} slots</text>\
         <text x=\"{LEFT}\" y=\"40\" class=\"small\">shaded: the SOL pool has no cash. \
         Time in minutes, 150 slots each.</text>",
        outcome.config.accounts, outcome.config.slots
    );
    for (number, (title, class, values, from_zero)) in panels.iter().enumerate() {
        let top = TOP + number as f64 * (PANEL + GAP);
        panel(&mut out, outcome, (top, title, class, *from_zero), values);
    }
    out.push_str("</svg>\n");
    out
}

#[expect(clippy::cast_precision_loss, reason = "points of a plot")]
fn panel(
    out: &mut String,
    outcome: &Outcome,
    (top, title, class, from_zero): (f64, &str, &str, bool),
    values: &[f64],
) {
    let slots = outcome.config.slots as f64;
    let most = values.iter().copied().fold(0.0_f64, f64::max);
    let least = if from_zero { 0.0 } else { values.iter().copied().fold(most, f64::min) };
    let most = if most > least { most } else { least + 1.0 };
    let x = |slot: f64| LEFT + slot / slots * (WIDTH - LEFT - RIGHT);
    let y = |v: f64| top + 14.0 + (most - v) / (most - least) * (PANEL - 14.0);
    let bottom = top + PANEL;
    let (from, to) = crate::path::FULL_USE;
    let (from, to) = (x(slots * from as f64 / 1e3), x(slots * to as f64 / 1e3));
    let _ = writeln!(
        out,
        "<rect class=\"band\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\
         <text x=\"{LEFT}\" y=\"{:.1}\">{title}</text>",
        top + 14.0,
        to - from,
        PANEL - 14.0,
        top + 4.0,
    );
    for share in [0.0, 0.5, 1.0] {
        let value = least + (most - least) * share;
        let at = y(value);
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text class=\"small\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            figure(value)
        );
    }
    for tick in 0..=6 {
        let slot = slots * f64::from(tick) / 6.0;
        let _ = writeln!(
            out,
            "<text class=\"small\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.0} min</text>",
            x(slot),
            bottom + 16.0,
            slot / 150.0
        );
    }
    let line: Vec<String> = outcome
        .samples
        .iter()
        .zip(values)
        .map(|(s, v)| format!("{:.1},{:.1}", x(s.slot as f64), y(*v)))
        .collect();
    let _ = writeln!(out, "<polyline class=\"line {class}\" points=\"{}\"/>", line.join(" "));
}

fn figure(value: f64) -> String {
    if value >= 1e6 {
        format!("{:.1} M", value / 1e6)
    } else if value >= 1e4 {
        format!("{:.0} k", value / 1e3)
    } else if value >= 10.0 || value == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
