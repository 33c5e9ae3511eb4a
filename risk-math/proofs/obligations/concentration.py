"""Concentration by chords (`src/portfolio/depth.rs`): twice the charge, `D = L / 2^16`."""

import z3

from kernel import obligation

OLD = "the quotient is rounded once"


def doubled(p, n, depth):
    """`k^2 D + (2 k + 1) (n - k D)`; the mutant is what the code did before, `n (n / D + 1)`."""
    k = p.floor(n, depth)
    if p.broken(OLD):
        return k, n * (k + 1)
    return k, k * k * depth + (2 * k + 1) * (n - k * depth)


@obligation("concentration.square", "the charge is never below the square", "the chord is its left end")
def square(p):
    n, depth = p.nat("n"), p.nat("depth", 1)
    k = p.floor(n, depth)
    rest = n - k * depth
    rate = 2 * k if p.broken("the chord is its left end") else 2 * k + 1
    charge = k * k * depth + rate * rest
    p.show("not below", charge * depth >= n * n)


@obligation("concentration.above", "and above it by at most D / 4", OLD)
def above(p):
    n, depth = p.nat("n"), p.nat("depth", 1)
    _, charge = doubled(p, n, depth)
    p.show("at most", 4 * charge * depth <= 4 * n * n + depth * depth)


@obligation(
    "concentration.increment", "one unit more costs exactly 2 k + 1", OLD)
def increment(p):
    # n = k D + r, and n + 1 starts the next chord when r + 1 = D
    k, rest, depth = p.nat("k"), p.nat("r"), p.nat("depth", 1)
    p.given(rest < depth)
    n = k * depth + rest
    ends = rest + 1 == depth
    p.step(p.floor(n + 1, depth) == z3.If(ends, k + 1, k))
    next_k, next_rest = z3.If(ends, k + 1, k), z3.If(ends, 0, rest + 1)
    if p.broken(OLD):
        here, there = n * (k + 1), (n + 1) * (next_k + 1)
    else:
        here = k * k * depth + (2 * k + 1) * rest
        there = next_k * next_k * depth + (2 * next_k + 1) * next_rest
    p.show("inside a chord", z3.Implies(z3.Not(ends), there - here == 2 * k + 1))
    p.show("at its end", z3.Implies(ends, there - here == 2 * k + 1))


@obligation(
    "concentration.convex", "increments never fall, up to the knee and past it: monotone and convex",
    "the knee is not D x cm",
)
def convex(p):
    n, step, depth, slope = p.nat("n"), p.nat("step"), p.nat("depth", 1), p.nat("slope", 1)
    here, there = p.floor(n, depth), p.floor(n + step, depth)
    p.given(n + step < depth * (slope + (1 if p.broken("the knee is not D x cm") else 0)))
    p.show("not falling", 2 * here + 1 <= 2 * there + 1)
    p.show("positive", 2 * here + 1 >= 1)
    p.show("at most the slope past the knee", 2 * there + 1 <= 2 * slope)
