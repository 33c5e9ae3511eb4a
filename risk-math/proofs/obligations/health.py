"""Health (`src/portfolio`): computed on rounded values against exact values.

Weights are Q16 integers; exact values are rationals `numerator / unit` with one
common unit, so that everything stays in integers.
"""

import z3

from kernel import Q16, obligation


def one_sided(p, assets, debts, sound_assets=True, sound_debts=True):
    """A book of different factors: what is credited and what is required.

    Returns computed health and exact health times `unit * 2^16`.
    """
    unit = p.nat("unit", 1)
    computed_q16, exact = 0, 0
    for i in range(assets):
        worth = p.nat(f"asset{i}")
        weight = p.nat(f"down{i}", 0, Q16)
        value = p.floor(worth, unit) if sound_assets else p.ceil(worth, unit)
        p.step(value * unit * (Q16 - weight) <= worth * (Q16 - weight))
        p.step(worth * (Q16 - weight) <= (value + 1) * unit * (Q16 - weight))
        computed_q16 += value * (Q16 - weight)
        exact += worth * (Q16 - weight)
    for i in range(debts):
        owed = p.nat(f"debt{i}")
        weight = p.nat(f"up{i}", 0, 2 * Q16)
        value = p.ceil(owed, unit) if sound_debts else p.floor(owed, unit)
        p.step(value * unit * (Q16 + weight) >= owed * (Q16 + weight))
        p.step(owed * (Q16 + weight) >= (value - 1) * unit * (Q16 + weight))
        computed_q16 -= value * (Q16 + weight)
        exact -= owed * (Q16 + weight)
    # E - ceil(R) = floor(E - R), since E is whole
    return p.floor(computed_q16, Q16), exact, unit


def _healthy(assets, debts):
    def build(p):
        computed, exact, _ = one_sided(
            p, assets, debts,
            sound_assets=not p.broken("assets rounded up"),
            sound_debts=not p.broken("debts rounded down"))
        p.given(computed >= 0)
        p.show("exactly healthy", exact >= 0)
    return build


for _assets, _debts in ((2, 1), (3, 2)):
    obligation(
        f"health.sound_{_assets}_{_debts}",
        f"{_assets} assets, {_debts} debts: computed healthy implies exactly healthy",
        "assets rounded up", "debts rounded down",
    )(_healthy(_assets, _debts))


def _tight(assets, debts, bound):
    def build(p):
        computed, exact, unit = one_sided(p, assets, debts)
        short = 2 if p.broken("a margin two units smaller") else 0
        p.given(exact >= (bound - short) * unit * Q16)
        p.show("computed healthy", computed >= 0)
    return build


# an asset loses less than 1, a debt gains less than 1 + u <= 3
for _assets, _debts in ((2, 1), (3, 2)):
    _bound = _assets + 3 * _debts
    obligation(
        f"health.tight_{_assets}_{_debts}",
        f"exact margin of {_bound} micro-USD implies computed healthy",
        "a margin two units smaller",
    )(_tight(_assets, _debts, _bound))


def _positive(x):
    return z3.If(x > 0, x, 0)


def _least(a, b):
    return z3.If(a < b, a, b)


def factor_charge(long, short, down, up, offset, basis):
    """`lambda A`, `h M` and `b |N_a|` of a factor with one long and one short asset,
    Q16; `down` and `up` are lambda times the shocks."""
    net = long - short
    directional = down * _positive(net) + up * _positive(-net)
    return directional + offset * _least(long, short) + basis * (long + short)


def _factor(p):
    down, up = p.nat("down", 0, Q16), p.nat("up", 0, 2 * Q16)
    offset, basis = p.nat("offset", 0, Q16), p.nat("basis", 0, Q16)
    return down, up, offset, basis


@obligation(
    "health.hedged_monotone", "C3: a hedged book gains from more collateral and loses from more debt",
    "C3 is broken",
)
def hedged_monotone(p):
    down, up, offset, basis = _factor(p)
    if not p.broken("C3 is broken"):
        p.given(down + offset + basis <= Q16)
    long, short, more = p.nat("long"), p.nat("short"), p.nat("more", 1)

    def health(a, b):
        return (a - b) * Q16 - factor_charge(a, b, down, up, offset, basis)

    p.show("more collateral", health(long + more, short) >= health(long, short))
    p.show("less debt", health(long, short) >= health(long, short + more))


@obligation(
    "health.convex", "C4: the requirement of two books together is at most the sum of theirs",
    "C4 is broken",
)
def convex(p):
    down, up, offset, basis = _factor(p)
    if not p.broken("C4 is broken"):
        p.given(offset <= down + up)
    a, b = (p.nat("long_a"), p.nat("short_a")), (p.nat("long_b"), p.nat("short_b"))

    def charge(book):
        return factor_charge(*book, down, up, offset, basis)

    together = (a[0] + b[0], a[1] + b[1])
    p.show("no more", charge(together) <= charge(a) + charge(b))


@obligation(
    "health.split_convex", "C4: with b >= hs / 2 an asset's basis and split charge is convex",
    "C4 is broken",
)
def split_convex(p):
    basis, split = p.nat("basis", 0, Q16), p.nat("split", 0, Q16)
    if not p.broken("C4 is broken"):
        p.given(2 * basis >= split)

    def twice(long, short):
        net = z3.If(long >= short, long - short, short - long)
        return 2 * basis * net + split * (long + short - net)

    a, b = (p.nat("long_a"), p.nat("short_a")), (p.nat("long_b"), p.nat("short_b"))
    p.show("no more", twice(a[0] + b[0], a[1] + b[1]) <= twice(*a) + twice(*b))


@obligation(
    "health.levels", "C1: a book's initial requirement is at least its maintenance requirement",
    "one initial parameter is lower",
)
def levels(p):
    maint = _factor(p)
    init = [p.nat(f"init_{n}", 0, 2 * Q16) for n in ("down", "up", "offset", "basis")]
    skipped = 2 if p.broken("one initial parameter is lower") else None
    p.given(*(i >= m for n, (i, m) in enumerate(zip(init, maint)) if n != skipped))
    long, short = p.nat("long"), p.nat("short")
    p.show("ordered", factor_charge(long, short, *init) >= factor_charge(long, short, *maint))


@obligation(
    "health.blend", "C2: lambda A + (1 - lambda) W lies between lambda A and A",
    "a scenario exceeds a shock",
)
def blend(p):
    share = p.nat("lambda", 0, Q16)
    nets = [p.integer(f"net{i}") for i in range(2)]
    additive, loss = 0, 0
    for i, net in enumerate(nets):
        down, up, move = p.nat(f"down{i}", 0, Q16), p.nat(f"up{i}", 0, 2 * Q16), p.integer(f"x{i}")
        slack = Q16 if p.broken("a scenario exceeds a shock") else 0
        p.given(-down - slack <= move, move <= up + slack)
        own = z3.If(net >= 0, down * net, -up * net)
        p.step(-move * net <= own)
        additive += own
        loss -= move * net
    worst = z3.If(loss > 0, loss, 0)
    p.step(worst <= additive)
    market = share * additive + (Q16 - share) * worst
    p.show("not below", market >= share * additive)
    p.show("not above", market <= Q16 * additive)
