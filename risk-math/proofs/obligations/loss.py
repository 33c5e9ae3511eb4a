"""Bad debt (`src/liquidation/loss.rs`)."""

import z3

from kernel import obligation
from .pool import Books


def _settle(p, b, loss):
    """The waterfall: insurance, then lenders, what they cannot bear from fees."""
    insurance = z3.If(loss < b.insurance, loss, b.insurance)
    rest = loss - insurance
    claims = b.claims()
    beyond = z3.If(rest > claims, rest - claims, 0)
    from_fees = z3.If(beyond < b.fees, beyond, b.fees)
    return insurance, rest - from_fees, from_fees, beyond


@obligation(
    "loss.split", "a loss: books balance, insurance first, lenders lose it and less than a unit of index",
    "index rounded up", "residue dropped",
)
def split(p):
    b, units = Books.any(p), p.nat("units", 1)
    p.given(units <= b.debts, b.deposits >= 1)
    loss = p.integer("loss")
    p.given(loss == units * b.borrow)
    insurance, lenders, from_fees, _ = _settle(p, b, loss)
    p.given(lenders >= 1)
    per_unit = p.divide(lenders, b.deposits, up=True, flipped="index rounded up")
    p.show("the index is not overdrawn", per_unit <= b.supply)
    taken = per_unit * b.deposits
    residue = 0 if p.broken("residue dropped") else taken - lenders
    p.show("lenders lose at least their part", taken >= lenders)
    p.show("and less than a unit of index more", taken - lenders < b.deposits)
    p.show("insurance is empty first", insurance == b.insurance)
    # the equation, as the change of its two sides
    p.show("the books balance", loss == taken + from_fees + insurance - residue)


@obligation(
    "loss.never_beyond", "where books balanced, no loss exceeds insurance, claims and fees",
    "books did not balance",
)
def never_beyond(p):
    if p.broken("books did not balance"):
        b = Books(
            p.nat("cash"), p.nat("deposit_units"), p.nat("debt_units"),
            p.nat("deposit_index", 1), p.nat("debt_index", 1), p.nat("fees"), p.nat("insurance"))
    else:
        b = Books.any(p)
    units = p.nat("units", 1)
    p.given(units <= b.debts)
    _, lenders, from_fees, beyond = _settle(p, b, units * b.borrow)
    p.show("fees cover what is beyond", beyond == from_fees)
    p.show("lenders bear at most their claims", lenders <= b.claims())


@obligation(
    "loss.insured", "a loss within insurance leaves the index alone and the books balanced",
    "insurance is not charged",
)
def insured(p):
    b, units = Books.any(p), p.nat("units", 1)
    loss = units * b.borrow
    p.given(units <= b.debts, loss <= b.insurance)
    left = b.insurance if p.broken("insurance is not charged") else b.insurance - loss
    after = b.after(debts=b.debts - units, insurance=left)
    p.show("the books balance", after.balanced())
    p.show("insurance is not overdrawn", left >= 0)
