"""Concentration by chords (`src/portfolio/depth.rs`): twice the charge, `D = L / 2^16`."""

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
    n, depth = p.nat("n"), p.nat("depth", 1)
    k, here = doubled(p, n, depth)
    next_k, there = doubled(p, n + 1, depth)
    p.step(next_k <= k + 1)
    p.show("exactly", there - here == 2 * k + 1)


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
