//! The full run; with `--write` also rewrites the committed page and plot.

use trestle_sandbox::program::workspace_root;
use trestle_simulation::{Config, FULL, SLOWER, plot, report, run};

fn main() {
    let outcome = run(FULL).expect("the books add up");
    let slower = SLOWER
        .map(|latency| run(Config { latency, ..FULL }).expect("the books of a slower run add up"));
    let page = report::markdown(&outcome, &slower);
    print!("{page}");
    if std::env::args().any(|a| a == "--write") {
        let benches = workspace_root().join("benches");
        std::fs::write(benches.join("simulation.md"), page).expect("the page is written");
        std::fs::write(benches.join("simulation.svg"), plot::svg(&outcome))
            .expect("the plot is written");
    }
}
