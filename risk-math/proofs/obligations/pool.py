"""The pool's operations (`src/pool/operate.rs`), books in 2^-64 tokens."""

from kernel import Q64, obligation


class Books:
    """A pool: `cash 2^64 + debt_units debt_index = deposit_units deposit_index + fees + insurance`."""

    def __init__(self, cash, deposits, debts, supply, borrow, fees, insurance):
        self.cash, self.deposits, self.debts = cash, deposits, debts
        self.supply, self.borrow = supply, borrow
        self.fees, self.insurance = fees, insurance

    @classmethod
    def any(cls, p):
        """Any pool whose books balance."""
        books = cls(
            p.nat("cash"), p.nat("deposit_units"), p.nat("debt_units"),
            p.nat("deposit_index", 1), p.nat("debt_index", 1), p.nat("fees"), p.nat("insurance"),
        )
        p.given(books.balanced())
        return books

    def after(self, **changes):
        """The same books but for what is named."""
        names = {
            "cash": self.cash, "deposits": self.deposits, "debts": self.debts,
            "supply": self.supply, "borrow": self.borrow,
            "fees": self.fees, "insurance": self.insurance,
        }
        return Books(**{**names, **changes})

    def claims(self):
        """What depositors are owed."""
        return self.deposits * self.supply

    def assets(self):
        """What the pool has and is owed."""
        return self.cash * Q64 + self.debts * self.borrow

    def balanced(self):
        """The equation."""
        return self.assets() == self.claims() + self.fees + self.insurance


def sound(p, before, after):
    """Books balance, nothing is taken from fees or insurance, so claims stay covered."""
    p.show("the books balance", after.balanced())
    p.show("insurance does not fall", after.insurance >= before.insurance)
    p.show("claims are covered", after.assets() >= after.claims())


@obligation(
    "pool.supply", "units down, residue to insurance: books balance, claims stay covered",
    "units rounded up", "residue dropped",
)
def supply(p):
    b, tokens = Books.any(p), p.nat("tokens", 1)
    units = p.divide(tokens * Q64, b.supply, up=False, flipped="units rounded up")
    residue = 0 if p.broken("residue dropped") else tokens * Q64 - units * b.supply
    sound(p, b, b.after(
        cash=b.cash + tokens, deposits=b.deposits + units, insurance=b.insurance + residue))


@obligation(
    "pool.redeem", "tokens down, residue to insurance: books balance, claims stay covered",
    "tokens rounded up", "residue dropped",
)
def redeem(p):
    b, units = Books.any(p), p.nat("units", 1)
    tokens = p.divide(units * b.supply, Q64, up=False, flipped="tokens rounded up")
    p.given(units <= b.deposits, tokens <= b.cash)
    residue = 0 if p.broken("residue dropped") else units * b.supply - tokens * Q64
    sound(p, b, b.after(
        cash=b.cash - tokens, deposits=b.deposits - units, insurance=b.insurance + residue))


@obligation(
    "pool.borrow", "debt units up, residue to insurance: books balance, claims stay covered",
    "units rounded down", "residue dropped",
)
def borrow(p):
    b, tokens = Books.any(p), p.nat("tokens", 1)
    p.given(tokens <= b.cash)
    units = p.divide(tokens * Q64, b.borrow, up=True, flipped="units rounded down")
    residue = 0 if p.broken("residue dropped") else units * b.borrow - tokens * Q64
    sound(p, b, b.after(
        cash=b.cash - tokens, debts=b.debts + units, insurance=b.insurance + residue))


@obligation(
    "pool.repay_part", "units cleared rounded down: books balance, claims stay covered",
    "units rounded up", "residue dropped",
)
def repay_part(p):
    b, tokens = Books.any(p), p.nat("tokens", 1)
    units = p.divide(tokens * Q64, b.borrow, up=False, flipped="units rounded up")
    p.given(units <= b.debts)
    residue = 0 if p.broken("residue dropped") else tokens * Q64 - units * b.borrow
    sound(p, b, b.after(
        cash=b.cash + tokens, debts=b.debts - units, insurance=b.insurance + residue))


@obligation(
    "pool.repay_all", "the whole debt costs its worth rounded up: books balance",
    "tokens rounded down",
)
def repay_all(p):
    b, owed = Books.any(p), p.nat("owed", 1)
    p.given(owed <= b.debts)
    tokens = p.divide(owed * b.borrow, Q64, up=True, flipped="tokens rounded down")
    residue = tokens * Q64 - owed * b.borrow
    sound(p, b, b.after(
        cash=b.cash + tokens, debts=b.debts - owed, insurance=b.insurance + residue))


@obligation(
    "pool.repay_below_all", "a payment below the debt clears fewer units than are owed",
    "the bound is not strict",
)
def repay_below_all(p):
    index, owed, tokens = p.nat("debt_index", 1), p.nat("owed", 1), p.nat("tokens")
    all_of_it = p.ceil(owed * index, Q64)
    strict = not p.broken("the bound is not strict")
    p.given(tokens < all_of_it if strict else tokens <= all_of_it)
    units = p.floor(tokens * Q64, index)
    p.show("some debt is left", units < owed)


@obligation(
    "pool.insure", "tokens given to insurance leave the books balanced",
    "cash is not counted",
)
def insure(p):
    b, tokens = Books.any(p), p.nat("tokens", 1)
    cash = b.cash if p.broken("cash is not counted") else b.cash + tokens
    sound(p, b, b.after(cash=cash, insurance=b.insurance + tokens * Q64))


@obligation(
    "pool.collect_fees", "whole tokens of fees leave: books balance, fees stay non-negative",
    "tokens rounded up",
)
def collect_fees(p):
    b = Books.any(p)
    whole = p.divide(b.fees, Q64, up=False, flipped="tokens rounded up")
    tokens = p.nat("tokens")
    p.given(tokens <= whole, tokens <= b.cash)
    after = b.after(cash=b.cash - tokens, fees=b.fees - tokens * Q64)
    sound(p, b, after)
    p.show("fees are not overdrawn", after.fees >= 0)


@obligation(
    "pool.supply_then_redeem", "supply, then redeem all of it: never more than was supplied",
    "units rounded up",
)
def supply_then_redeem(p):
    index, tokens = p.nat("deposit_index", 1), p.nat("tokens", 1)
    units = p.divide(tokens * Q64, index, up=False, flipped="units rounded up")
    back = p.floor(units * index, Q64)
    p.show("no profit", back <= tokens)
    p.show("no loss beyond one unit and one token", (tokens - back) * Q64 < index + Q64)


@obligation(
    "pool.borrow_then_repay", "borrow, then repay all of it: never less than was borrowed",
    "units rounded down",
)
def borrow_then_repay(p):
    index, tokens = p.nat("debt_index", 1), p.nat("tokens", 1)
    units = p.divide(tokens * Q64, index, up=True, flipped="units rounded down")
    cost = p.ceil(units * index, Q64)
    p.show("no profit", cost >= tokens)
    cleared = p.floor(tokens * Q64, index)
    p.show("the borrowed tokens never clear more than the debt", cleared <= units)


@obligation(
    "pool.units_for", "a withdrawal's units pay at least the tokens asked for, and less than one unit more",
    "units rounded down",
)
def units_for(p):
    index, tokens = p.nat("deposit_index", 1), p.nat("tokens", 1)
    units = p.divide(tokens * Q64, index, up=True, flipped="units rounded down")
    paid = p.floor(units * index, Q64)
    p.show("enough", paid >= tokens)
    p.show("less than a unit more", (paid - tokens) * Q64 < index)
