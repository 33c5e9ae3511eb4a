//! The mock against conversations with the real klend 1.16.
//!
//! Each recorded step starts from its own accounts: they are put into a fresh
//! machine with the mock at klend's address, the step's instructions are sent,
//! and what comes out must be what the real program made of them: the same
//! refusal, or the same accounts.
//!
//! Where the recording called klend from another program, a proxy stands at that
//! program's address. The recording's address that owns the obligation was signed
//! for by that program with seeds that are not known, so here it signs the
//! transaction (signatures are not verified) and the proxy passes that on: klend
//! sees the same accounts, flags and call depth.

mod compare;
mod trace;

use trace::{Step, run};

/// Instructions that the mock does not have: markets and reserves are written by
/// tests.
const SET_UP: [&str; 4] =
    ["8c88d630570078ff", "22a2740e65895eef", "8af547e19904032b", "3d9464468f6b110d"];

#[test]
fn every_step_ends_as_it_did_on_the_real_program() {
    let Some(steps) = trace::load("kamino.json") else { return };
    let (mut replayed, mut refused, mut wrong) = (0, 0, vec![]);
    for (index, step) in steps.iter().enumerate() {
        let set_up = |data: &String| SET_UP.iter().any(|tag| data.starts_with(tag));
        if step.calls.iter().map(|call| &call.hex).any(set_up) {
            eprintln!("{index:2} not of the mock: {}", step.label);
            continue;
        }
        replayed += 1;
        refused += usize::from(step.error.is_some());
        for fault in faults(step) {
            wrong.push(format!("{index:2} {}: {fault}", step.label));
        }
    }
    eprintln!("{replayed} steps replayed, {refused} of them refusals");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(replayed >= 40 && refused >= 10, "the recording has more");
}

/// Everything in which a step ends otherwise than recorded.
fn faults(step: &Step) -> Vec<String> {
    let (error, accounts) = run(step);
    if error != step.error {
        return vec![format!("expected {:?}, found {error:?}", step.error)];
    }
    let recorded = step.before.iter().map(|(key, before)| {
        let after = step.after.get(key).unwrap_or(before);
        (key, after)
    });
    recorded
        .filter(|(key, _)| **key != step.fee_payer)
        .flat_map(|(key, after)| {
            let name = step.names.get(key).cloned().unwrap_or_else(|| key.to_string());
            let found = accounts.get(key).cloned().flatten();
            compare::differences(after.as_ref(), found.as_ref())
                .into_iter()
                .map(move |difference| format!("{name} {difference}"))
        })
        .collect()
}
