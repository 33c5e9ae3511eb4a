//! The facts of the story, from its data.

use serde_json::Value;
use trestle_demo::output::Output;

fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or_else(|| panic!("{name} is no number in {value}"))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("{name} is no list"))
}

#[test]
fn both_acts_end_as_told() {
    let mut out = Output::silent();
    trestle_demo::run(&mut out).expect("every expectation of the story holds");
    let data = out.into_data();
    falling_market(&data);
    loans(&data);
    liquidation(&data);
}

/// Act one: SOL falls by 32 %, only the directional book is liquidated.
fn falling_market(data: &Value) {
    let path = list(data, "path");
    assert_eq!(path.len(), 9);
    let prices: Vec<i64> = path.iter().map(|step| number(step, "sol_cents")).collect();
    assert!(prices.is_sorted_by(|a, b| a > b), "{prices:?}");
    assert!(path.iter().all(|step| number(step, "netted_maint") > 0));
    assert!(path.iter().any(|step| number(step, "directional_maint") < 0));
    let calls = list(data, "liquidations");
    assert!(!calls.is_empty());
    for call in calls {
        assert!(number(call, "maint_after") > number(call, "maint_before"), "{call}");
        assert!(number(call, "seized_sol") > 0 && number(call, "paid_usdc") > 0, "{call}");
    }
    for pool in list(data, "solvency") {
        let sum = number(pool, "claims") + number(pool, "fees") + number(pool, "insurance");
        assert_eq!(number(pool, "vault") + number(pool, "debts"), sum, "{pool}");
    }
}

/// Act two: what looks cheaper need not be, once the loan itself counts.
fn loans(data: &Value) {
    let [large, small] = list(data, "loans") else { panic!("two loans") };
    for loan in [large, small] {
        let offers = list(loan, "offers");
        let cost = |offer: &&Value| number(offer, "cost_30_days");
        let least = offers.iter().min_by_key(cost).expect("an offer");
        assert_eq!(loan["chosen"], least["market"], "the cheapest is taken");
        for offer in offers {
            let (now, with) = (number(offer, "apr_q24_now"), number(offer, "apr_q24_with"));
            assert!(with + 1 >= now, "a loan lowers no rate: {offer}");
            // interest of 30 days at a rate below a tenth, to a per mille
            let simple = (number(loan, "amount") * with * 30 / 365) >> 24;
            assert!((number(offer, "cost_30_days") - simple).abs() * 100 <= simple, "{offer}");
        }
        assert!(number(loan, "init") >= 0);
        assert!(number(loan, "bytes") <= 1_232);
    }
    assert_eq!(large["chosen"], "Kamino");
    assert_eq!(small["chosen"], "native pool");
    let of = |name: &str| {
        let offers = list(large, "offers");
        offers.iter().find(|offer| offer["market"] == name).expect("both make an offer")
    };
    let (pool, kamino) = (of("native pool"), of("Kamino"));
    assert!(number(pool, "apr_q24_now") <= number(kamino, "apr_q24_now"), "by the rows");
    assert!(number(pool, "apr_q24_with") > number(kamino, "apr_q24_with"), "with the loan");
    assert_eq!(number(large, "operations"), 3);
}

/// Kamino's liquidation comes when our own figure says so, and is noticed.
fn liquidation(data: &Value) {
    let watched = list(data, "watched");
    let (last, before) = watched.split_last().expect("SOL falls");
    assert!(before.len() >= 3, "it takes a while");
    assert!(before.iter().all(|step| step["liquidated"] == false));
    assert!(before.iter().all(|step| number(step, "stress_q16") < 1 << 16));
    assert!(last["liquidated"] == true && number(last, "stress_q16") >= 1 << 16);
    let event = &data["kamino_liquidation"];
    let (first, unnoticed, refreshed) =
        (&event["before"], &event["unnoticed"], &event["refreshed"]);
    assert_eq!(first["deposit"], unnoticed["deposit"]);
    assert_eq!(first["debt"], unnoticed["debt"]);
    let fell = |name: &str| number(first, name) - number(refreshed, name);
    assert!((fell("debt") - number(event, "paid_usdc")).abs() <= 2);
    assert!(fell("deposit") >= number(event, "received_sol"));
    assert!(fell("stress_q16") > 0);
    assert!(fell("equity") > 0 && fell("equity") * 10 <= number(event, "paid_usdc") + 10_000_000);
    assert!(number(refreshed, "maint") > 0);
    if data["venue_is_mock"] == true {
        // a fifth of the debt, for its value, 2 % bonus or more
        let fifth = number(first, "debt") / 5;
        assert!((number(event, "paid_usdc") - fifth).abs() <= 2, "{event}");
    }
    // what is left is what was put in, less what the stranger got, and the loans' interest
    let left = |asset: &str| {
        let found = list(data, "left").iter().find(|row| row["asset"] == asset);
        number(found.expect("custody"), "amount")
    };
    let sol = 1_000_000_000_000 - fell("deposit");
    assert!((left("SOL") - sol).abs() <= sol / 1_000_000, "{} of {sol}", left("SOL"));
    assert_eq!(left("JitoSOL"), 300_000_000_000);
}
