//! Three books through a falling market.
//!
//! Runs the SBF binary on an embedded SVM with the real token programs. A
//! *directional* account is long SOL on borrowed USDC, a *netted* one holds
//! JitoSOL against borrowed SOL, an *unlevered* one holds SOL. SOL falls step
//! by step; the directional book is liquidated by a bot, the netted one
//! stands; at the end everyone leaves and the books are counted to the unit.
//!
//! `trestle-demo [--json]`. Exits with 1 if any expectation fails.

mod books;
mod market;
mod output;
mod solvency;
mod stage;

use output::Output;
use stage::Stage;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--json"] => true,
        _ => {
            eprintln!("usage: trestle-demo [--json]");
            return ExitCode::from(2);
        }
    };
    let mut out = Output::new(json);
    match run(&mut out) {
        Ok(()) => {
            out.finish();
            ExitCode::SUCCESS
        }
        Err(expectation) => {
            out.finish();
            eprintln!("expectation failed: {expectation}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut Output) -> Result<(), String> {
    let mut stage = Stage::build(out)?;
    books::show(out, &mut stage)?;
    market::fall(out, &mut stage)?;
    solvency::leave(out, &mut stage)?;
    output::costs(out, &stage.world);
    Ok(())
}

/// An expectation of the story.
fn expect(holds: bool, what: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.into()) }
}
