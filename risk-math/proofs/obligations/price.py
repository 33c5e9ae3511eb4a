"""Prices and values (`src/price.rs`): a true price is a rational `top / bottom`."""

from kernel import Q16, obligation

HALF = 1 << 32


def priced(p, prefix=""):
    """A price interval `mantissa / scale .. (mantissa + 1) / scale` around a true price."""
    mantissa = p.nat(prefix + "mantissa", 1 << 31, HALF - 1)
    scale = p.nat(prefix + "scale", 1)
    top, bottom = p.nat(prefix + "top", 1), p.nat(prefix + "bottom", 1)
    p.given(mantissa * bottom <= top * scale, top * scale <= (mantissa + 1) * bottom)
    return mantissa, scale, top, bottom


@obligation(
    "price.asset", "an asset's value is never above its true worth", "rounded up")
def asset(p):
    mantissa, scale, top, bottom = priced(p)
    amount = p.nat("amount", 1)
    value = p.divide(amount * mantissa, scale, up=False, flipped="rounded up")
    p.step(
        value * scale * bottom <= amount * mantissa * bottom,
        amount * mantissa * bottom <= amount * top * scale)
    p.show("not above", value * bottom * scale <= amount * top * scale)


@obligation(
    "price.debt", "a debt's value is never below its true worth",
    "rounded down", "at the low end",
)
def debt(p):
    mantissa, scale, top, bottom = priced(p)
    amount = p.nat("amount", 1)
    high = mantissa if p.broken("at the low end") else mantissa + 1
    value = p.divide(amount * high, scale, up=True, flipped="rounded down")
    p.step(
        value * scale * bottom >= amount * high * bottom,
        amount * high * bottom >= amount * top * scale)
    p.show("not below", value * bottom * scale >= amount * top * scale)


@obligation(
    "price.width", "the two values of an amount differ by amount / scale and less than two units",
    "the high end is two units up",
)
def width(p):
    mantissa, scale, amount = p.nat("mantissa", 1), p.nat("scale", 1), p.nat("amount")
    extra = amount * (2 if p.broken("the high end is two units up") else 1)
    low = p.floor(amount * mantissa, scale)
    high = p.ceil(amount * mantissa + extra, scale)
    p.show("not below", high >= low)
    p.show("width", (high - low - 2) * scale < amount)


@obligation(
    "price.halves_small", "value by halves for a shift of 32 or more is the floor of the product",
    "the low product is dropped",
)
def halves_small(p):
    high, low = p.nat("high", 0, HALF - 1), p.nat("low", 0, HALF - 1)
    mantissa, rest = p.nat("mantissa", 0, HALF), p.nat("two_to_shift_less_32", 1)
    carry = 0 if p.broken("the low product is dropped") else p.floor(low * mantissa, HALF)
    t = high * mantissa + carry
    value = p.floor(t, rest)
    product = (high * HALF + low) * mantissa
    p.show("not above", value * rest * HALF <= product)
    p.show("by less than one", product < (value + 1) * rest * HALF)
    p.show("t fits 64 bits", t < HALF * HALF)


@obligation(
    "price.halves_large", "value by halves for a shift below 32 is the floor of the product",
    "the high product is not scaled",
)
def halves_large(p):
    high, low = p.nat("high", 0, HALF - 1), p.nat("low", 0, HALF - 1)
    mantissa = p.nat("mantissa", 0, HALF)
    up, scale = p.nat("two_to_32_less_shift", 1), p.nat("two_to_shift", 1)
    p.given(up * scale == HALF)
    part = p.floor(low * mantissa, scale)
    value = high * mantissa * (1 if p.broken("the high product is not scaled") else up) + part
    product = high * mantissa * up * scale + low * mantissa
    p.show("not above", value * scale <= product)
    p.show("by less than one", product < (value + 1) * scale)


@obligation(
    "price.amounts", "an amount for a value: as a debt worth at most, as an asset worth at least",
    "the debt's amount is rounded up", "the asset's amount is rounded down",
)
def amounts(p):
    mantissa, scale, value = p.nat("mantissa", 1), p.nat("scale", 1), p.nat("value", 1)
    most = p.divide(value * scale, mantissa + 1, up=False, flipped="the debt's amount is rounded up")
    least = p.divide(value * scale, mantissa, up=True, flipped="the asset's amount is rounded down")
    p.show("at most", p.ceil(most * (mantissa + 1), scale) <= value)
    p.show("at least", p.floor(least * mantissa, scale) >= value)


@obligation(
    "price.listing_scale", "two roundings down of a raw price stay within a unit of mantissa and 2^-62",
    "the scale is low by 2^-30",
)
def listing_scale(p):
    # the true price is raw x exact; the scale is its floor, with its top bit set
    precision = 1 << (30 if p.broken("the scale is low by 2^-30") else 63)
    raw, scale, drop = p.nat("raw", 1), p.nat("scale", precision), p.nat("two_to_drop", 1)
    exact_top, exact_bottom = p.nat("top", 1), p.nat("bottom", 1)
    p.given(scale * exact_bottom <= exact_top, exact_top < (scale + 1) * exact_bottom)
    mantissa = p.floor(raw * scale, drop)
    p.step(
        raw * exact_top <= raw * (scale + 1) * exact_bottom,
        raw * scale * exact_bottom <= raw * exact_top,
        mantissa * drop * exact_bottom <= raw * scale * exact_bottom,
        raw * scale * exact_bottom < (mantissa + 1) * drop * exact_bottom,
        # scale >= 2^63, so its rounding is at most 2^-63 of it
        raw * precision <= raw * scale,
        raw * exact_bottom * precision <= raw * scale * exact_bottom)
    p.show("not above", mantissa * drop * exact_bottom <= raw * exact_top)
    p.show(
        "not below",
        raw * exact_top * (1 << 62) <= (mantissa + 1) * drop * exact_bottom * ((1 << 62) + 1))


@obligation(
    "price.times", "a derived price: its true price lies within three units of mantissa",
    "within two units",
)
def times(p):
    # a price interval mantissa .. mantissa + 1, times a rate, in units of `drop`
    mantissa, rate, drop = p.nat("mantissa", 1 << 31, HALF - 1), p.nat("rate", 1), p.nat("drop", 1)
    found = p.floor(mantissa * rate, drop)
    p.given(found <= HALF - 1)
    units = 2 if p.broken("within two units") else 3
    # rate <= 2 drop, since found + 1 <= 2^32 and mantissa >= 2^31
    p.step(mantissa * rate < HALF * drop, (1 << 31) * rate <= mantissa * rate, rate < 2 * drop)
    p.show("not above", found * drop <= mantissa * rate)
    p.show("not below", (mantissa + 1) * rate < (found + units) * drop)


@obligation(
    "price.gap", "the spread of two prices as a share, rounded up, covers the true spread",
    "rounded down",
)
def gap(p):
    own, other = p.nat("own", 1), p.nat("other")
    p.given(other <= own)
    share = p.divide((own - other) * Q16, own, up=True, flipped="rounded down")
    p.show("covers", share * own >= (own - other) * Q16)
    p.show("at most all of it", share <= Q16)
