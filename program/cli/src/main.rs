//! `trestle`: the command line.
//!
//! Reads and writes files only: it holds no key and sends no transaction.
//! The same input gives the same output, byte for byte. Exits with 1 when a
//! command fails, with 2 when it is not understood.

mod build;
mod error;
mod file;
mod list;
mod verify;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Tools of Trestle, a cross-margin program.
#[derive(Parser)]
#[command(name = "trestle", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Who may open margin accounts while a group's cohort is open.
    #[command(subcommand)]
    Cohort(CohortCommand),
}

#[derive(Subcommand)]
enum CohortCommand {
    /// Ranks a list of users and writes root and proofs of the best.
    Build(build::Build),
    /// Checks the proofs of a file that `build` wrote.
    Verify(verify::Verify),
}

fn main() -> ExitCode {
    let Command::Cohort(command) = Arguments::parse().command;
    let report = match command {
        CohortCommand::Build(build) => build.run(),
        CohortCommand::Verify(verify) => verify.run(),
    };
    match report {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}\n       {}", error.remedy());
            ExitCode::FAILURE
        }
    }
}
