"""A liquidation step (`src/liquidation`, `program`'s plan of a step)."""

import z3

from kernel import Q16, obligation
from .price import priced


@obligation(
    "step.raises_health", "C7: a step raises maintenance health, roundings included",
    "the incentive breaks C7", "a debt requires less than itself",
)
def raises_health(p):
    credit, grown, repaid = p.nat("credit", 0, Q16), p.nat("one_plus_beta", Q16, 2 * Q16), p.nat("x", 1)
    if not p.broken("the incentive breaks C7"):
        p.given(grown * credit < Q16 * Q16)
    requirement = p.nat("requirement", 0, 3 * Q16)
    if not p.broken("a debt requires less than itself"):
        p.given(requirement >= Q16)
    seized = p.floor(repaid * grown, Q16)
    p.step(seized * Q16 * credit <= repaid * grown * credit)
    p.step(repaid * grown * credit < repaid * Q16 * Q16)
    p.show("health rises", repaid * requirement > seized * credit)


@obligation(
    "step.c7", "beta <= d / 2 with d > 0 implies (1 + beta)(1 - d) < 1",
    "beta up to d",
)
def c7(p):
    down, beta = p.nat("down", 1, Q16), p.nat("beta")
    p.given(2 * beta <= down if not p.broken("beta up to d") else beta <= 2 * down)
    p.show("C7", (Q16 + beta) * (Q16 - down) < Q16 * Q16)


@obligation(
    "step.non_toxic", "debts over assets falls exactly when (1 + beta) D / C < 1",
    "beta above E / D is no exception",
)
def non_toxic(p):
    assets, debts, beta = p.nat("C", 1), p.nat("D", 1), p.nat("beta")
    repaid = p.nat("x", 1)
    p.given(repaid <= debts, assets * Q16 > repaid * (Q16 + beta))
    falls = (debts - repaid) * assets * Q16 < debts * (assets * Q16 - repaid * (Q16 + beta))
    below = (Q16 + beta) * debts < assets * Q16
    # the difference of the two sides is x ((1 + beta) D - C)
    p.step(falls == (repaid * ((Q16 + beta) * debts - assets * Q16) < 0))
    p.show("if", z3.Implies(below, falls))
    p.show("only if", z3.Implies(falls, below))
    if p.broken("beta above E / D is no exception"):
        p.show("always", falls)


@obligation(
    "step.equity_cap", "beta floored from E / D: a step leaves debts over assets no higher, equity not below zero",
    "beta rounded up", "seized rounded up",
)
def equity_cap(p):
    equity, debts = p.nat("E"), p.nat("D", 1)
    beta = p.divide(equity * Q16, debts, up=False, flipped="beta rounded up")
    repaid = p.nat("x", 1)
    p.given(repaid <= debts)
    bonus = p.divide(repaid * beta, Q16, up=False, flipped="seized rounded up")
    p.show("beta D <= E", beta * debts <= equity * Q16)
    # beta D <= E and x <= D
    p.step(repaid * beta <= debts * beta, bonus * Q16 <= equity * Q16)
    p.show("equity stays", bonus <= equity)
    assets = equity + debts
    seized = repaid + bonus
    p.step(bonus * Q16 * debts <= repaid * beta * debts, repaid * beta * debts <= repaid * equity * Q16)
    p.show("debts over assets", (debts - repaid) * assets <= debts * (assets - seized))


def _along(p, lowest):
    """Health along a step as three lines of whole slopes, Q16: the first is the
    tangent, the others start at or above it. Concave is the lowest of them."""
    start, x = p.integer("h0"), p.nat("x")
    slopes = [p.integer(f"k{i}") for i in range(3)]
    lines = [start + slopes[0] * x]
    lines += [start + p.nat(f"c{i}") + slopes[i] * x for i in (1, 2)]
    health = lines[0]
    for line in lines[1:]:
        health = z3.If(line < health if lowest else line > health, line, health)
    return start, slopes[0], x, health


@obligation(
    "step.no_overshoot", "concave health, tangent slope k, x = ceil((T - H) / k): H(x) < T + k",
    "health is convex", "a slope below the tangent's",
)
def no_overshoot(p):
    start, slope, x, health = _along(p, lowest=not p.broken("health is convex"))
    target, used = p.integer("T"), p.nat("used", 1)
    p.given(slope > 0, target >= start)
    p.given(2 * used <= slope if p.broken("a slope below the tangent's") else used == slope)
    p.given(x == p.ceil(target - start, used))
    p.show("lands below", health < target + slope)


@obligation(
    "step.clamped", "any smaller step lands at or below the target",
    "a larger step",
)
def clamped(p):
    start, slope, x, health = _along(p, lowest=True)
    target = p.integer("T")
    p.given(slope > 0, target >= start)
    wanted = p.ceil(target - start, slope)
    p.given(x > wanted if p.broken("a larger step") else x < wanted)
    p.show("at or below", health <= target)


@obligation(
    "step.split", "two steps seize no more on top than one of both",
    "seized rounded up",
)
def split(p):
    a, b, beta = p.nat("first"), p.nat("second"), p.nat("beta")
    parts = [p.divide(x * beta, Q16, up=False, flipped="seized rounded up") for x in (a, b)]
    whole = p.divide((a + b) * beta, Q16, up=False, flipped="seized rounded up")
    p.show("no more", sum(parts) <= whole)


@obligation(
    "step.rounding", "what is seized is truly worth at most (1 + beta) of what is repaid",
    "seized amount rounded up", "repaid at the high end", "bonus rounded up",
)
def rounding(p):
    mantissa, scale, top, bottom = priced(p, "debt_")
    seen, seen_scale, seized_top, seized_bottom = priced(p, "collateral_")
    repay, beta = p.nat("repay", 1), p.nat("beta", 0, Q16)
    if p.broken("repaid at the high end"):
        value = p.ceil(repay * (mantissa + 1), scale)
    else:
        value = p.floor(repay * mantissa, scale)
    bonus = p.divide(value * beta, Q16, up=False, flipped="bonus rounded up")
    worth = value + bonus
    seize = p.divide(worth * seen_scale, seen + 1, up=False, flipped="seized amount rounded up")
    # true worth of the repaid, then of the seized, each against its value
    p.step(value * scale * bottom <= repay * mantissa * bottom)
    p.step(repay * mantissa * bottom <= repay * top * scale)
    p.step(value * bottom <= repay * top)
    p.step(seize * (seen + 1) * seized_bottom <= worth * seen_scale * seized_bottom)
    p.step(seize * seized_top * seen_scale <= seize * (seen + 1) * seized_bottom)
    p.step(seize * seized_top <= worth * seized_bottom)
    p.show("seized at most its value", seize * seized_top <= worth * seized_bottom)
    p.show("repaid at least its value", value * bottom <= repay * top)
    p.show("value with incentive", worth * Q16 <= value * (Q16 + beta))


@obligation(
    "step.covered", "a repayment clamped to collateral / (1 + beta) never asks for more than there is",
    "rounded up",
)
def covered(p):
    collateral, beta = p.nat("collateral"), p.nat("beta", 0, 2 * Q16)
    x = p.divide(collateral * Q16, Q16 + beta, up=False, flipped="rounded up")
    p.show("enough", x + p.floor(x * beta, Q16) <= collateral)


@obligation(
    "step.close_cap", "the close cap lies between a quarter of debts and all of them, which it reaches at -10 %",
    "twice the ramp", "no case for the end of the ramp",
)
def close_cap(p):
    debts, shortfall = p.nat("debts", 1), p.nat("shortfall")
    twentieth = p.floor(debts, 20)
    over = z3.If(shortfall > twentieth, shortfall - twentieth, 0)
    above = z3.If(over < twentieth, over, twentieth)
    quarter = p.floor(debts, 4)
    cap = quarter + above * (30 if p.broken("twice the ramp") else 15)
    if not p.broken("no case for the end of the ramp"):
        cap = z3.If(above == twentieth, debts, cap)
    p.show("a quarter or more", 4 * cap >= debts - 3)
    p.show("at most all", cap <= debts)
    p.show("all from -10 %", z3.Implies(shortfall >= 2 * twentieth, cap == debts))
