"""Splitting an operation into two never pays."""

from kernel import Q64, obligation


def _split(p, multiplier, divisor, up, flipped):
    a, b = p.nat("first"), p.nat("second")
    first = p.divide(a * multiplier, divisor, up=up, flipped=flipped)
    second = p.divide(b * multiplier, divisor, up=up, flipped=flipped)
    whole = p.divide((a + b) * multiplier, divisor, up=up, flipped=flipped)
    return first + second, whole


@obligation(
    "split.supply", "two supplies credit no more units than one", "units rounded up")
def supply(p):
    parts, whole = _split(p, Q64, p.nat("deposit_index", 1), False, "units rounded up")
    p.show("no gain", parts <= whole)


@obligation("split.redeem", "two redemptions pay no more than one", "tokens rounded up")
def redeem(p):
    parts, whole = _split(p, p.nat("deposit_index", 1), Q64, False, "tokens rounded up")
    p.show("no gain", parts <= whole)


@obligation("split.borrow", "two borrows owe no fewer units than one", "units rounded down")
def borrow(p):
    parts, whole = _split(p, Q64, p.nat("debt_index", 1), True, "units rounded down")
    p.show("no gain", parts >= whole)


@obligation("split.repay", "two repayments clear no more units than one", "units rounded up")
def repay(p):
    parts, whole = _split(p, Q64, p.nat("debt_index", 1), False, "units rounded up")
    p.show("no gain", parts <= whole)
