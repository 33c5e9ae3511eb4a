//! Portfolio health against the three models.

use arbitrary::{Result, Unstructured};
use num_traits::ToPrimitive;
use trestle_reference::bits;
use trestle_reference::exact::slack::Slack;
use trestle_reference::exact::{self, Rational, whole};
use trestle_reference::world::{Portfolio, World};
use trestle_reference::{float, generate};
use trestle_risk_math::portfolio::{Book, Breakdown, Health, Term, assess};

/// Health of an account:
///
/// - equals the bit-exact model in every output, on terms within the
///   constraints and on terms that break them; one refuses where the other does;
/// - within the constraints, is bounded by the exact model from one side and
///   lies close to the float model.
pub fn health_diff(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let wild = u.ratio(1, 8)?;
    let world = if wild { generate::wild_world(u)? } else { generate::world(u)? };
    let legs = generate::portfolio(u, &world)?;
    let health = equals_bits(&world, &legs, wild);
    if let (Some(health), false) = (health, wild) {
        let slack = exact::slack::slack(&world, &legs);
        within_exact(&world, &legs, &health, &slack);
        near_float(&world, &legs, &health, &slack);
    }
    Ok(())
}

/// Every output of the engine, or its refusal, is the model's.
fn equals_bits(world: &World, legs: &Portfolio, wild: bool) -> Option<Health> {
    let (mut book, mut meter) = (Book::new(), Breakdown::default());
    let code = assess(world, legs, &mut book, &mut meter);
    let model = bits::health::assess(world, legs);
    let (health, model) = match (code, model) {
        (Ok(health), Ok(model)) => (health, model),
        (Err(code), Err(model)) => {
            // on terms out of bounds several errors may apply; which is met first is free
            assert!(wild || code == model, "{code} is not {model}");
            return None;
        }
        (code, model) => panic!("the engine says {code:?}, the model {model:?}"),
    };
    assert_eq!(health, model.health);
    assert_eq!(book.claims, model.claims);
    assert_eq!(book.native_claim, model.native_claim);
    assert_eq!(book.accounts, model.accounts);
    assert_eq!(book.scenario, model.scenario);
    for (term, charge) in Term::ALL.iter().zip(&model.charges.0) {
        let shown = meter.charge(*term);
        assert_eq!(shown.maint, bits::health::shown_q17(&charge.rows[0]), "{term:?}");
        let init = &charge.rows[1] + &charge.init_only;
        assert_eq!(shown.init, bits::health::shown_q17(&init), "{term:?}");
    }
    Some(health)
}

/// `-above <= H_exact - H <= below`, and the same of equity and debts.
fn within_exact(world: &World, legs: &Portfolio, health: &Health, slack: &Slack) {
    let exact = exact::health::health(world, legs);
    let bounded = |name: &str, exact: &Rational, code: i64| {
        let apart = exact - whole(code);
        assert!(apart >= -&slack.above, "{name} {code} is over-counted: exactly {exact}");
        assert!(
            apart <= slack.below,
            "{name} {code} is further than {} below {exact}",
            slack.below
        );
    };
    bounded("maintenance health", &exact.maint, health.maint);
    bounded("liquidation-end health", &exact.liqend, health.liqend);
    assert_eq!(exact.init.is_some(), health.init.is_some());
    if let (Some(exact), Some(code)) = (&exact.init, health.init) {
        bounded("initial health", exact, code);
    }
    bounded("equity", &exact.equity, health.equity);
    // debts are over-counted, if anything
    bounded("debts", &-exact.debts, -health.debts);
}

/// `|F - H| <= 2^-40 gross + slack`.
fn near_float(world: &World, legs: &Portfolio, health: &Health, slack: &Slack) {
    let model = float::health(world, legs);
    let usd = |x: &Rational| x.to_f64().expect("a rational is near some float") / 1e6;
    let allowed = usd(&slack.below) * 1.001
        + usd(&slack.above)
        + usd(&exact::slack::gross(world, legs)) * (-40_f64).exp2();
    let near = |name: &str, model: f64, code: i64| {
        let code = code as f64 / 1e6;
        assert!((model - code).abs() <= allowed, "{name}: {model} USD is not {code}, +- {allowed}");
    };
    near("maintenance health", model.maint, health.maint);
    near("liquidation-end health", model.liqend, health.liqend);
    if let Some(init) = health.init {
        near("initial health", model.init, init);
    }
}
