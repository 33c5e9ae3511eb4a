"""What an obligation is, and how one is discharged.

Variables are unbounded integers. A quotient is a witness: `floor(n, d)` is a
fresh `q` with `q d <= n < q d + d`, `ceil(n, d)` one with `q d - d < n <= q d`.
Such a `q` exists for every `n` and every positive `d`, so a witness never
narrows what is claimed.

An obligation is a function of a `Claim`. Run plainly it states hypotheses and
goals. Run under the name of one of its mutants it states what a wrong program
would do; then some goal must fail.
"""

from dataclasses import dataclass, field
from time import monotonic

import z3

LIMIT_MS = 60_000

Q16 = 1 << 16
Q64 = 1 << 64


@dataclass(frozen=True)
class Obligation:
    """A statement, how it is written down, and the mistakes that must break it."""

    name: str
    statement: str
    build: callable
    mutants: tuple


REGISTRY: list[Obligation] = []


def obligation(name, statement, *mutants):
    """Registers a function of a `Claim`."""
    if not mutants:
        raise ValueError(f"{name}: an obligation without a mutant may be vacuous")

    def register(build):
        REGISTRY.append(Obligation(name, statement, build, mutants))
        return build

    return register


class Claim:
    """Hypotheses and goals of one obligation, plain or under one mutant."""

    def __init__(self, mutant=None):
        self.mutant = mutant
        self.hypotheses = []
        self.goals = []
        self.variables = []
        self._asked = set()
        self._count = 0

    def nat(self, name, low=0, high=None):
        """An integer of at least `low`."""
        x = z3.Int(name)
        self.variables.append(x)
        self.given(x >= low)
        if high is not None:
            self.given(x <= high)
        return x

    def integer(self, name):
        """Any integer."""
        x = z3.Int(name)
        self.variables.append(x)
        return x

    def given(self, *facts):
        """Adds hypotheses."""
        self.hypotheses.extend(facts)

    def show(self, label, *goals):
        """Adds goals, each proved from the hypotheses and steps before it."""
        self.goals.extend((label, goal, len(self.hypotheses)) for goal in goals)

    def step(self, *facts):
        """Proves facts like goals, then lets what follows build on them. A
        mutant gets no such help: it must break a goal from hypotheses alone."""
        if self.mutant is None:
            for number, fact in enumerate(facts, 1):
                self.show(f"step {number}", fact)
                self.given(fact)

    def broken(self, mutant):
        """Whether this run is the named mutant."""
        self._asked.add(mutant)
        return self.mutant == mutant

    def _witness(self, n, d):
        self._count += 1
        q = z3.Int(f"q{self._count}")
        if not isinstance(d, int):
            self.given(d > 0)
        return q, q * d

    def floor(self, n, d):
        """`n / d` rounded down."""
        q, product = self._witness(n, d)
        self.given(product <= n, n < product + d)
        return q

    def ceil(self, n, d):
        """`n / d` rounded up."""
        q, product = self._witness(n, d)
        self.given(n <= product, product < n + d)
        return q

    def divide(self, n, d, up, flipped=None):
        """Rounded as told, the other way round under the mutant."""
        other = flipped is not None and self.broken(flipped)
        return self.ceil(n, d) if up != other else self.floor(n, d)


@dataclass
class Outcome:
    """What the solver said of one obligation."""

    name: str
    goals: int
    seconds: float
    slowest: float = 0.0
    failures: list = field(default_factory=list)
    counterexamples: list = field(default_factory=list)


def _solve(facts):
    solver = z3.Solver()
    solver.set("timeout", LIMIT_MS)
    solver.add(facts)
    return solver.check(), solver


def _find(claim, facts):
    """A model of facts that should have one. Small numbers are tried first:
    a further bound can hide a model, never invent one."""
    for bits in (4, 17, 34, 70, None):
        solver = z3.Solver()
        solver.set("timeout", LIMIT_MS if bits is None else 3_000)
        solver.add(facts)
        if bits is not None:
            solver.add([x <= 1 << bits for x in claim.variables])
        if solver.check() == z3.sat:
            return solver.model()
    return None


def _describe(claim, model):
    values = [f"{x}={model.eval(x, model_completion=True)}" for x in claim.variables]
    return " ".join(values)


def discharge(item):
    """Proves every goal, satisfies the hypotheses, and refutes every mutant."""
    start = monotonic()
    plain = Claim()
    item.build(plain)
    outcome = Outcome(item.name, len(plain.goals), 0.0)
    undeclared = plain._asked.symmetric_difference(item.mutants)
    if undeclared:
        outcome.failures.append(f"mutants not of one mind: {sorted(undeclared)}")
    if _find(plain, plain.hypotheses) is None:
        outcome.failures.append("the hypotheses have no model")
    for label, goal, known in plain.goals:
        asked = monotonic()
        verdict, solver = _solve([*plain.hypotheses[:known], z3.Not(goal)])
        outcome.slowest = max(outcome.slowest, monotonic() - asked)
        if verdict == z3.sat:
            outcome.failures.append(f"{label}: false at {_describe(plain, solver.model())}")
        elif verdict != z3.unsat:
            outcome.failures.append(f"{label}: {verdict}")
    for mutant in item.mutants:
        claim = Claim(mutant)
        item.build(claim)
        found = None
        for label, goal, _ in claim.goals:
            model = _find(claim, [*claim.hypotheses, z3.Not(goal)])
            if model is not None:
                found = f"{label}: {_describe(claim, model)}"
                break
        if found is None:
            outcome.failures.append(f"mutant '{mutant}' is not refuted")
        else:
            outcome.counterexamples.append((mutant, found))
    outcome.seconds = monotonic() - start
    return outcome
