"""Primitives (`src/num`, `src/liquidation/incentive.rs`)."""

from kernel import Q16, obligation

HALF = 1 << 32


@obligation(
    "num.high_product", "a product's high word by half words is its floor",
    "the low cross term is dropped",
)
def high_product(p):
    a1, a0 = p.nat("a_high", 0, HALF - 1), p.nat("a_low", 0, HALF - 1)
    b1, b0 = p.nat("b_high", 0, HALF - 1), p.nat("b_low", 0, HALF - 1)
    carry = p.floor(a0 * b0, HALF)
    mid = a1 * b0 + (0 if p.broken("the low cross term is dropped") else carry)
    mid_high = p.floor(mid, HALF)
    cross = a0 * b1 + (mid - mid_high * HALF)
    found = a1 * b1 + mid_high + p.floor(cross, HALF)
    exact = p.floor(a1 * b1 * HALF * HALF + (a1 * b0 + a0 * b1) * HALF + a0 * b0, HALF * HALF)
    p.show("the same", found == exact)
    p.show("no half sum exceeds 64 bits", mid < HALF * HALF, cross < HALF * HALF)


@obligation(
    "num.share", "a share of an amount by halves is its floor", "shift before the multiplication")
def share(p):
    high, low = p.nat("high", 0, HALF - 1), p.nat("low", 0, HALF - 1)
    weight = p.nat("weight", 0, Q16 - 1)
    if p.broken("shift before the multiplication"):
        part = p.floor(low, Q16) * weight
    else:
        part = p.floor(low * weight, Q16)
    exact = p.floor((high * HALF + low) * weight, Q16)
    p.show("the same", high * weight * Q16 + part == exact)
    p.show("no more than the amount", exact <= high * HALF + low)


@obligation(
    "num.ratio_up", "a ratio of shifted operands is never below the exact one",
    "the divisor is shifted up", "the quotient is rounded down",
)
def ratio_up(p):
    n, d, shift = p.nat("n", 1), p.nat("d", 1), p.nat("two_to_s", 1)
    n_up = p.ceil(n, shift)
    d_down = p.divide(d, shift, up=False, flipped="the divisor is shifted up")
    p.given(d_down >= 1)
    ratio = p.divide(n_up * Q16, d_down, up=True, flipped="the quotient is rounded down")
    p.step(ratio * d_down * shift >= n_up * Q16 * shift, ratio * d >= ratio * d_down * shift)
    p.show("not below", ratio * d >= n * Q16)


@obligation(
    "num.ratio_down", "equity over debts by shifted operands is never above the exact one",
    "the divisor is shifted down", "the quotient is rounded up",
)
def ratio_down(p):
    n, d, shift = p.nat("equity"), p.nat("debts", 1), p.nat("two_to_s", 1)
    n_down = p.floor(n, shift)
    d_up = p.divide(d, shift, up=True, flipped="the divisor is shifted down")
    p.given(d_up >= 1)
    ratio = p.divide(n_down * Q16, d_up, up=False, flipped="the quotient is rounded up")
    p.step(ratio * d_up * shift <= n_down * Q16 * shift, ratio * d <= ratio * d_up * shift)
    p.show("not above", ratio * d <= n * Q16)


@obligation(
    "num.ceil_shift", "the one rounding of a requirement is up and by less than one",
    "a shift rounds down",
)
def ceil_shift(p):
    x = p.integer("x")
    floor = p.floor(x, Q16 * Q16)
    p.given(x > -(1 << 126), x < 1 << 126)
    found = p.divide(x, Q16 * Q16, up=True, flipped="a shift rounds down")
    p.show("not below", found * Q16 * Q16 >= x)
    p.show("by less than one", found <= floor + 1)
