//! `trestle-demo [--json]`. Exits with 1 if any expectation fails.

use std::process::ExitCode;
use trestle_demo::output::Output;

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
    let mut out = if json { Output::json() } else { Output::text() };
    match trestle_demo::run(&mut out) {
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
