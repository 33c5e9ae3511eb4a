//! Portfolio health against the three models.

use arbitrary::{Result, Unstructured};
use trestle_reference::bits;
use trestle_reference::generate;
use trestle_reference::world::{Portfolio, World};
use trestle_risk_math::portfolio::{Book, Breakdown, Term, assess};

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
    check(&world, &legs, wild);
    Ok(())
}

fn check(world: &World, legs: &Portfolio, wild: bool) {
    let (mut book, mut meter) = (Book::new(), Breakdown::default());
    let code = assess(world, legs, &mut book, &mut meter);
    let model = bits::health::assess(world, legs);
    let (health, model) = match (code, model) {
        (Ok(health), Ok(model)) => (health, model),
        (Err(code), Err(model)) => {
            // on terms out of bounds several errors may apply; which is met first is free
            assert!(wild || code == model, "{code} is not {model}");
            return;
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
}
