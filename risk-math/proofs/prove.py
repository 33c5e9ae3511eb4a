"""Discharges every obligation and prints a table.

    prove.py [-v] [NAME ...]     all obligations, or those whose name contains NAME

Seconds are of all questions, slowest of the longest proof of one goal.

Fails when a goal is not proved, hypotheses have no model, a mutant survives, or
there are fewer obligations, goals or mutants than committed.
"""

import sys
from multiprocessing import Pool

import obligations  # noqa: F401  (fills the registry)
from kernel import REGISTRY, discharge

# Raised by hand with each new obligation; never lowered.
COMMITTED = {"obligations": 63, "goals": 187, "mutants": 82}

# Two processes: the machines this runs on have two cores.
WORKERS = 2


def run(number):
    """By number: obligations hold functions, which do not travel."""
    return discharge(REGISTRY[number])


def main(arguments):
    verbose = "-v" in arguments
    names = [a for a in arguments if a != "-v"]
    chosen = [
        i for i, item in enumerate(REGISTRY) if not names or any(n in item.name for n in names)
    ]
    failed = 0
    totals = {"obligations": 0, "goals": 0, "mutants": 0}
    print(f"{'obligation':34} {'goals':>5} {'mutants':>7} {'seconds':>7} {'slowest':>7}  statement")
    with Pool(WORKERS) as pool:
        for number, outcome in zip(chosen, pool.imap(run, chosen)):
            item = REGISTRY[number]
            refuted = len(outcome.counterexamples)
            totals["obligations"] += 1
            totals["goals"] += outcome.goals
            totals["mutants"] += refuted
            numbers = f"{outcome.goals:5} {refuted:7} {outcome.seconds:7.2f} {outcome.slowest:7.2f}"
            print(f"{item.name:34} {numbers}  {item.statement}", flush=True)
            for mutant, found in outcome.counterexamples:
                if verbose or names:
                    print(f"    mutant '{mutant}' refuted at {found}")
            for failure in outcome.failures:
                failed += 1
                print(f"    FAILED: {failure}")
    summary = ", ".join(f"{value} {name}" for name, value in totals.items())
    print(f"\n{summary}, {failed} failures")
    if not names:
        for name, least in COMMITTED.items():
            if totals[name] < least:
                failed += 1
                print(f"FAILED: {totals[name]} {name}, {least} committed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
