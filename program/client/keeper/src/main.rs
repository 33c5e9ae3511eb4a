//! `trestle-keeper`: watches a group and does what is due.

use clap::Parser;
use solana_address::Address;
use solana_keypair::{Keypair, read_keypair_file};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing::{error, info, warn};
use trestle_client::Trestle;
use trestle_interface::state::{Account as _, MarketsPage, PricesPage};
use trestle_keeper::metrics::{Metrics, due_name};
use trestle_keeper::refresh::{Ages, Oracles};
use trestle_keeper::rpc::Rpc;
use trestle_keeper::{Chain as _, Keeper, Outcome, Report, Settings};
use trestle_risk_math::num::Weight;

/// Keeps a Trestle group solvent: refreshes stale rows, flags and liquidates
/// unhealthy accounts, settles bad debt.
///
/// Logs are JSON, one object a line. Everything is simulated before it is sent.
#[derive(Parser, Debug)]
#[command(name = "trestle-keeper", version)]
struct Arguments {
    /// JSON-RPC endpoint.
    #[arg(long, env = "TRESTLE_URL", default_value = "https://api.mainnet-beta.solana.com")]
    url: String,
    /// Key that pays and liquidates, a file as `solana-keygen` writes it.
    #[arg(long, env = "TRESTLE_KEYPAIR")]
    keypair: PathBuf,
    /// Group to keep.
    #[arg(long, env = "TRESTLE_GROUP")]
    group: Address,
    /// Simulate and report; send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Stop after one tick.
    #[arg(long)]
    once: bool,
    /// Milliseconds from one tick to the next.
    #[arg(long, default_value_t = 400)]
    interval: u64,
    /// Where to serve metrics, such as 127.0.0.1:9464.
    #[arg(long, env = "TRESTLE_METRICS")]
    metrics: Option<String>,
    /// Priority fee, micro-lamports a compute unit.
    #[arg(long, default_value_t = 10_000)]
    priority: u64,
    /// Fees of one transaction in micro-USD, as they count against a gain.
    #[arg(long, default_value_t = 20_000)]
    fee: u64,
    /// Cost of selling collateral, basis points.
    #[arg(long, default_value_t = 10)]
    route: u32,
    /// What to give for one liquidation of an account without equity,
    /// micro-USD. Nobody gains by those once insurance is empty, and lenders
    /// wait for them.
    #[arg(long, default_value_t = 0)]
    loss: u64,
    /// Accounts acted on in one tick at most.
    #[arg(long, default_value_t = 16)]
    accounts: usize,
    /// Refresh prices from this age on, seconds.
    #[arg(long, default_value_t = 10)]
    price_age: i64,
    /// Refresh market rows from this age on, slots.
    #[arg(long, default_value_t = 25)]
    market_age: u64,
    /// Oracle account of an asset where it is not Pyth's sponsored feed: ROW=ADDRESS.
    #[arg(long = "oracle", value_parser = oracle)]
    oracles: Vec<(u8, Address)>,
    /// Lookup table; liquidations at venues need one.
    #[arg(long = "lookup-table")]
    tables: Vec<Address>,
}

fn oracle(text: &str) -> Result<(u8, Address), String> {
    let (row, key) = text.split_once('=').ok_or("write ROW=ADDRESS, such as 3=7UVi…")?;
    let row = row.parse().map_err(|_| format!("{row} is no number of a row"))?;
    let key = key.parse().map_err(|_| format!("{key} is no address"))?;
    Ok((row, key))
}

/// Why the keeper stopped, and what to do.
struct Stopped(String, &'static str);

fn main() -> ExitCode {
    tracing_subscriber::fmt().json().flatten_event(true).with_writer(std::io::stdout).init();
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stopped(reason, remedy)) => {
            error!(reason, remedy, "stopped");
            eprintln!("error: {reason}\n       {remedy}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Stopped> {
    let path = arguments.keypair.display();
    let key: Keypair = read_keypair_file(&arguments.keypair).map_err(|_| {
        // the reader's own words may quote the file
        Stopped(format!("{path} is no keypair"), "Write one with `solana-keygen new -o FILE`.")
    })?;
    let mut chain = Rpc::new(&arguments.url, Duration::from_secs(20), key, arguments.priority);
    let wallet = chain.wallet();
    chain
        .use_tables(&arguments.tables)
        .map_err(|e| Stopped(e.to_string(), "Check --url and --lookup-table."))?;
    let trestle = find_board(&mut chain, arguments.group)?;
    let metrics = Metrics::new()
        .map_err(|e| Stopped(e.to_string(), "This is a defect: report it."))
        .map(Arc::new)?;
    if let Some(address) = &arguments.metrics {
        let bound = metrics
            .serve(address.as_str())
            .map_err(|e| Stopped(format!("{address}: {e}"), "Choose a free port for --metrics."))?;
        info!(%bound, "metrics");
    }
    info!(%wallet, group = %arguments.group, dry_run = arguments.dry_run, "begins");
    let mut keeper = Keeper::new(trestle, settings(arguments));
    let interval = Duration::from_millis(arguments.interval);
    let mut failures: u32 = 0;
    loop {
        match keeper.tick(&mut chain) {
            Ok(report) => {
                failures = 0;
                metrics.count(&report);
                log(&report, arguments.dry_run);
            }
            Err(error) => {
                failures = failures.saturating_add(1);
                metrics.count_failure();
                warn!(%error, failures, "no answer");
                if arguments.once {
                    return Err(Stopped(error.to_string(), "Check --url and the node's health."));
                }
            }
        }
        if arguments.once {
            return Ok(());
        }
        // doubles with each failure, up to 64 intervals
        std::thread::sleep(interval.saturating_mul(1 << failures.min(6)));
    }
}

fn settings(arguments: &Arguments) -> Settings {
    let mut settings = Settings::default();
    let route = arguments.route.min(10_000).saturating_mul(65_536).div_ceil(10_000);
    settings.dry_run = arguments.dry_run;
    settings.ages = Ages { price: arguments.price_age, market: arguments.market_age };
    settings.costs.transaction = arguments.fee;
    settings.costs.loss = arguments.loss;
    settings.costs.route = Weight::clamped(route);
    settings.accounts_per_tick = arguments.accounts;
    settings.oracles = Oracles(arguments.oracles.iter().copied().collect::<BTreeMap<_, _>>());
    settings
}

/// The pages of a group's board, found by their headers.
fn find_board(chain: &mut Rpc, group: Address) -> Result<Trestle, Stopped> {
    let program_id = trestle_interface::PROGRAM_ID;
    let mut page = |kind, name: &str| {
        let found = chain.owned(&program_id, kind, &group).map_err(|e| {
            Stopped(e.to_string(), "Check --url: the node must serve getProgramAccounts.")
        })?;
        match found.as_slice() {
            [(key, _)] => Ok(*key),
            others => Err(Stopped(
                format!("the group has {} pages of {name}", others.len()),
                "Check --group: it names the group's account, and --url its cluster.",
            )),
        }
    };
    let prices = page(PricesPage::DISCRIMINATOR, "prices")?;
    let markets = page(MarketsPage::DISCRIMINATOR, "markets")?;
    Ok(Trestle { program_id, group, prices, markets })
}

fn log(report: &Report, dry_run: bool) {
    for act in &report.acts {
        let (account, due) = (act.account.to_string(), due_name(act.due));
        let (profit, repaid) = (act.profit, act.repaid);
        match &act.outcome {
            Outcome::Landed { units, .. } => {
                info!(account, due, profit, repaid, units, dry_run, "landed");
            }
            Outcome::Refused { reason } => {
                warn!(account, due, profit, repaid, reason, dry_run, "refused");
            }
        }
    }
    let busy = report.due > 0 || report.refreshed > 0 || report.unrefreshed > 0;
    if busy {
        info!(
            slot = report.slot,
            read = report.read,
            due = report.due,
            waiting = report.waiting,
            unjudged = report.unjudged,
            refreshed = report.refreshed,
            unrefreshed = report.unrefreshed,
            "tick"
        );
    }
}
