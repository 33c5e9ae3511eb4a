//! What shares are worth. Integers; every rounding is against who acts.
//!
//! Values are micro-USD out of health reports. A report values a position to a
//! whole micro-USD, so the difference of two may be one too high or too low:
//! [`ROUNDING`] is taken off what a deposit adds, and put on what a withdrawal
//! takes.
//!
//! [`VIRTUAL`] shares belong to nobody. The first depositor can therefore not
//! make a share so dear that the next one's deposit rounds away: of whatever it
//! gives away to that end, nearly all goes to the virtual shares.

use crate::error::VaultError;

/// Shares of nobody. Also how many shares the first micro-USD buys.
pub const VIRTUAL: u64 = 1_000;
/// Most by which a difference of two reports may be off, micro-USD.
pub const ROUNDING: u64 = 1;

/// Shares in all, and what they are worth together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Books {
    /// Shares of all users.
    pub shares: u64,
    /// Equity of the margin account, micro-USD.
    pub equity: u64,
}

impl Books {
    fn supply(self) -> u128 {
        u128::from(self.shares).wrapping_add(u128::from(VIRTUAL))
    }

    fn value(self) -> u128 {
        u128::from(self.equity).wrapping_add(1)
    }

    /// Shares for a deposit that raised equity to `after`. Rounded down.
    ///
    /// # Errors
    /// [`VaultError::Bound`] for none, [`VaultError::Overflow`].
    pub fn minted(self, after: u64) -> Result<u64, VaultError> {
        let gain = after.saturating_sub(self.equity).saturating_sub(ROUNDING);
        let shares = share(u128::from(gain), self.supply(), self.value())?.0;
        if shares == 0 { Err(VaultError::Bound) } else { Ok(shares) }
    }

    /// Shares that go for a withdrawal that lowered equity to `after`. Rounded up.
    ///
    /// # Errors
    /// [`VaultError::Overflow`].
    pub fn burnt(self, after: u64) -> Result<u64, VaultError> {
        let loss = self.equity.saturating_sub(after).saturating_add(ROUNDING);
        let (shares, rest) = share(u128::from(loss), self.supply(), self.value())?;
        shares.checked_add(u64::from(rest)).ok_or(VaultError::Overflow)
    }

    /// Most that `held` shares can withdraw, micro-USD. Rounded down. For
    /// clients: the program measures.
    #[must_use]
    pub fn worth(self, held: u64) -> u64 {
        let whole = share(u128::from(held), self.value(), self.supply());
        whole.map_or(0, |(value, _)| value.saturating_sub(ROUNDING).min(self.equity))
    }
}

/// `x · of / per`, and whether something is left.
fn share(x: u128, of: u128, per: u128) -> Result<(u64, bool), VaultError> {
    let product = x.checked_mul(of).ok_or(VaultError::Overflow)?;
    let whole = product.checked_div(per).ok_or(VaultError::Overflow)?;
    let left = product.checked_rem(per) != Some(0);
    Ok((u64::try_from(whole).map_err(|_| VaultError::Overflow)?, left))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    /// `a` is worth at least as much a share as `b`.
    fn not_below(a: Books, b: Books) -> bool {
        a.value() * b.supply() >= b.value() * a.supply()
    }

    #[test]
    fn no_act_lowers_what_a_share_is_worth() {
        let mut seed = 1_u64;
        let mut below = |bound: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 20) % bound
        };
        let mut books = Books { shares: 0, equity: 0 };
        let mut held = vec![];
        for _ in 0..20_000 {
            let before = books;
            match below(3) {
                0 => {
                    let after = books.equity + 1 + below(1 << 30);
                    // the report may have been rounded the wrong way
                    let told = after + below(ROUNDING + 1);
                    let Ok(minted) = books.minted(told) else { continue };
                    held.push(minted);
                    books = Books { shares: books.shares + minted, equity: after };
                }
                1 if !held.is_empty() => {
                    let at = usize::try_from(below(held.len() as u64)).unwrap();
                    let worth = books.worth(held[at]);
                    if worth == 0 {
                        continue;
                    }
                    let after = books.equity - worth.min(1 + below(worth + 1));
                    let burnt =
                        books.burnt((after + below(ROUNDING + 1)).min(books.equity)).unwrap();
                    assert!(burnt <= held[at], "worth() is what may be withdrawn");
                    held[at] -= burnt;
                    books = Books { shares: books.shares - burnt, equity: after };
                }
                _ => books.equity += below(1 << 20), // interest
            }
            assert!(not_below(books, before), "{before:?} to {books:?}");
        }
        assert_eq!(held.iter().sum::<u64>(), books.shares);
    }

    #[test]
    fn inflating_the_first_share_robs_nobody() {
        // a micro-USD or two to begin with, then a gift of 1,000 USD
        let first = Books { shares: 0, equity: 0 };
        let mine = first.minted(2).unwrap();
        let gift = 1_000_000_000;
        let inflated = Books { shares: mine, equity: 2 + gift };
        let victim = 100_000_000;
        let theirs = inflated.minted(inflated.equity + victim).unwrap();
        let books = Books { shares: mine + theirs, equity: inflated.equity + victim };
        assert!(books.worth(theirs) > victim - victim / 100, "{}", books.worth(theirs));
        assert!(books.worth(mine) < gift / 2 + victim / 100, "half of the gift is gone");
        assert_eq!(first.minted(ROUNDING), Err(VaultError::Bound));
    }
}
