"""Accrual and growth (`src/pool/accrue.rs`, `grown_debt` in `src/index.rs`)."""

import z3

from kernel import Q16, Q64, obligation
from .pool import Books


@obligation(
    "interest.accrue", "accrual: books balance; deposit index, fees and insurance never fall",
    "lenders rounded up", "residue dropped", "fees above the interest",
)
def accrue(p):
    b = Books.any(p)
    growth = p.nat("growth")
    fee_share, insured_share = p.nat("fee_share", 0, Q16), p.nat("insurance_share", 0, Q16)
    p.given(b.debts >= 1)
    total = p.integer("interest")
    p.given(total == b.debts * growth, total >= 0)
    fees = p.ceil(total * fee_share, Q16)
    if p.broken("fees above the interest"):
        fees = fees + total
    after_fees = total - fees
    asked = p.ceil(total * insured_share, Q16)
    insured = z3.If(asked < after_fees, asked, after_fees)
    lenders = after_fees - insured
    p.given(b.deposits >= 1)
    per_unit = p.divide(lenders, b.deposits, up=False, flipped="lenders rounded up")
    paid = lenders if p.broken("residue dropped") else per_unit * b.deposits
    kept = after_fees - paid
    p.show("the deposit index does not fall", b.supply + per_unit >= b.supply)
    p.show("fees do not fall", fees >= 0)
    p.show("insurance does not fall", kept >= 0)
    # the equation, as the change of its two sides: products of the old state cancel
    p.show("the books balance", total == per_unit * b.deposits + fees + kept)


@obligation(
    "interest.no_lenders", "accrual of a pool without deposits: all but fees is insurance",
    "interest is lost",
)
def no_lenders(p):
    b = Books.any(p)
    growth, fee_share = p.nat("growth", 1), p.nat("fee_share", 0, Q16)
    p.given(b.deposits == 0)
    total = b.debts * growth
    fees = p.ceil(total * fee_share, Q16)
    kept = 0 if p.broken("interest is lost") else total - fees
    after = b.after(borrow=b.borrow + growth, fees=b.fees + fees, insurance=b.insurance + kept)
    p.show("the books balance", after.balanced())
    p.show("insurance does not fall", kept >= 0)


@obligation(
    "interest.share", "a share in two halves is the share rounded up, at most the whole",
    "the low half is rounded down",
)
def share(p):
    high, low = p.nat("high"), p.nat("low", 0, Q16 - 1)
    weight = p.nat("share", 0, Q16)
    total = high * Q16 + low
    part = p.divide(low * weight, Q16, up=True, flipped="the low half is rounded down")
    exact = p.ceil(total * weight, Q16)
    p.show("the same", high * weight + part == exact)
    p.show("at most the whole", high * weight + part <= total)


@obligation(
    "interest.growth", "growth by three terms: at least x, at most 2 x, so at most 2.0 at the cap",
    "no cap on x",
)
def growth(p):
    x = p.nat("x", 1)
    if not p.broken("no cap on x"):
        p.given(x <= Q64)
    square = p.ceil(x * x, Q64)
    cube = p.ceil(square * x, Q64)
    grown = x + p.ceil(square, 2) + p.ceil(cube, 6)
    p.show("never below linear", grown >= x)
    p.show("below 2^65 + 2, which keeps every product in 128 bits", grown <= 2 * Q64)


@obligation(
    "interest.index_product", "index growth in halves is index x growth / 2^64 rounded up",
    "the fraction is rounded down",
)
def index_product(p):
    high, low = p.nat("index_high"), p.nat("index_low", 0, Q64 - 1)
    whole, fraction = p.nat("growth_whole"), p.nat("growth_fraction", 0, Q64 - 1)
    index = high * Q64 + low
    part = p.divide(low * fraction, Q64, up=True, flipped="the fraction is rounded down")
    exact = p.ceil(index * (whole * Q64 + fraction), Q64)
    p.show("the same", index * whole + high * fraction + part == exact)


@obligation(
    "interest.grown_debt", "a debt grown at its bound is never below the debt at any index within the bound",
    "the last unit is dropped",
)
def grown_debt(p):
    units, index, later = p.nat("units", 1), p.nat("index", 1), p.nat("later", 1)
    bound = p.nat("growth")
    # the index has grown by at most the bound
    p.given(later * Q64 <= index * (Q64 + bound))
    tokens = p.ceil(units * index, Q64)
    extra = p.floor(tokens * bound, Q64)
    grown = tokens + extra + (0 if p.broken("the last unit is dropped") else 1)
    p.step(
        units * later * Q64 <= units * index * (Q64 + bound),
        units * index * (Q64 + bound) <= tokens * Q64 * (Q64 + bound))
    owed = p.ceil(units * later, Q64)
    p.show("covers the debt", grown >= owed)
    p.show("by at most one unit", (grown - 1) * Q64 <= tokens * (Q64 + bound))


@obligation(
    "interest.utilisation", "utilisation in halves is never below debts / (cash + debts)",
    "half the debts is rounded down",
)
def utilisation(p):
    cash, debts = p.nat("cash"), p.nat("debts", 1)
    half = p.divide(debts, 2, up=True, flipped="half the debts is rounded down")
    total = p.floor(cash, 2) + p.floor(debts, 2)
    p.given(total >= 1)
    ratio = p.ceil(half * Q16, total)
    p.show("not below", ratio * (cash + debts) >= debts * Q16)


@obligation(
    "interest.curve", "a rate between two points lies between their rates and never below the line",
    "rounded down",
)
def curve(p):
    width, along, rise = p.nat("width", 1), p.nat("along"), p.nat("rise")
    p.given(along <= width)
    step = p.divide(rise * along, width, up=True, flipped="rounded down")
    p.show("at most the higher rate", step <= rise)
    p.show("not below the line", step * width >= rise * along)
