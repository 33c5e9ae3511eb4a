//! The table.

use crate::books::{Leverage, SHAPES, Shape, weight_model};
use crate::events::{EVENTS, Event};
use crate::market::{Course, Market, Outcome};
use crate::support::World;

/// One run.
pub struct Run {
    pub event: &'static Event,
    pub shape: Shape,
    pub leverage: Leverage,
    pub course: Course,
    pub outcome: Outcome,
    /// Initial requirement at the start.
    pub required: i64,
    /// What a plain weight model asks for at the start.
    pub weight_model: i64,
}

/// One book through some events, in every course.
pub fn runs_of(shape: Shape, leverage: Leverage, wanted: impl Fn(&Event) -> bool) -> Vec<Run> {
    let world = World::new();
    let legs = shape.at(&world, leverage);
    let weight_model = weight_model(&world, &legs, true);
    let health = world.health(&legs);
    let required = health.equity - health.init.unwrap();
    let mut runs = vec![];
    for event in EVENTS.iter().filter(|event| wanted(event)) {
        for course in [Course::Nobody, Course::Line, Course::Gap] {
            let outcome = Market::new(&world, shape, legs.clone()).run(event, course);
            runs.push(Run { event, shape, leverage, course, outcome, required, weight_model });
        }
    }
    runs
}

/// Every event, book, leverage and course.
pub fn runs() -> Vec<Run> {
    let books = SHAPES.iter().flat_map(|s| [Leverage::Half, Leverage::Full].map(|l| (*s, l)));
    books.flat_map(|(shape, leverage)| runs_of(shape, leverage, |_| true)).collect()
}

/// Thousand USD with one decimal.
fn usd(micro: i64) -> String {
    let tenths =
        (i128::from(micro) * 10 + 500_000_000 * i128::from(micro.signum())) / 1_000_000_000;
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}

/// Prints all runs: a table for each book, a line for each event.
pub fn print(runs: &[Run]) {
    println!("{HEAD}");
    let mut last = None;
    // the three courses of one event follow each other
    for event in runs.chunks(3) {
        let [nobody, line, gap] = event else { panic!("three courses") };
        if last != Some((nobody.shape, nobody.leverage)) {
            last = Some((nobody.shape, nobody.leverage));
            head(nobody);
        }
        row(nobody, line, gap);
    }
}

const HEAD: &str = "
Thousand USD. Nobody: equity at the end, lowest maintenance health and the minute of the first
trigger when nobody liquidates. Line: a liquidation a minute on the way. Gap: all of the move at
once, then a liquidation a minute. Taken is what liquidators and insurance got from the account,
paid what insurance paid them for it, short the debt that nothing covers.";

fn head(run: &Run) {
    let leverage = match run.leverage {
        Leverage::Half => "half of its equity required",
        Leverage::Full => "initial health 0",
    };
    println!(
        "\n{}, {leverage}: equity {}, of it required {}; a plain weight model asks for {}",
        run.shape.name(),
        usd(run.outcome.before),
        usd(run.required),
        usd(run.weight_model),
    );
    println!(
        "{:20}| {:>7} {:>7} {:>6} | {:>7} {:>5} {:>7} {:>5} {:>5} {:>7} | {:>7} {:>5} {:>7} {:>5} {:>5} {:>7}",
        "event",
        "nobody",
        "lowest",
        "minute",
        "line",
        "steps",
        "repaid",
        "taken",
        "paid",
        "short",
        "gap",
        "steps",
        "repaid",
        "taken",
        "paid",
        "short",
    );
}

fn row(nobody: &Run, line: &Run, gap: &Run) {
    let o = &nobody.outcome;
    let minute = o.liquidatable.map_or("-".into(), |m| m.to_string());
    print!("{:20}| {:>7} {:>7} {minute:>6}", nobody.event.name, usd(o.after), usd(o.lowest));
    for run in [line, gap] {
        let o = &run.outcome;
        print!(
            " | {:>7} {:>5} {:>7} {:>5} {:>5} {:>7}",
            usd(o.after),
            o.steps,
            usd(o.repaid),
            usd(o.taken),
            usd(o.subsidy),
            usd(o.bad_debt),
        );
    }
    let short = [nobody, line, gap].iter().any(|run| run.outcome.bad_debt > 0);
    println!("{}", if short { "  BAD DEBT" } else { "" });
}
