//! P16: the sum over accounts is the pool's accounting, whatever happens.

use crate::cases;
use proptest::collection::vec;
use proptest::prelude::*;
use trestle_risk_math::index::Index;
use trestle_risk_math::liquidation::split_loss;
use trestle_risk_math::num::Weight;
use trestle_risk_math::pool::*;

const USERS: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Act {
    Supply(u64),
    /// A share of the position in 2^-16.
    Redeem(u32),
    Borrow(u64),
    Repay(u64),
    Wait(u32),
    Insure(u64),
    Collect,
    /// The user's debt will never be repaid.
    Lose(u32),
}

fn acts() -> impl Strategy<Value = Act> {
    let tokens = || prop_oneof![1_u64..1000, 1_u64..1 << 40];
    prop_oneof![
        4 => tokens().prop_map(Act::Supply),
        2 => (0_u32..=1 << 16).prop_map(Act::Redeem),
        4 => tokens().prop_map(Act::Borrow),
        2 => tokens().prop_map(Act::Repay),
        3 => (0_u32..40_000_000).prop_map(Act::Wait),
        1 => tokens().prop_map(Act::Insure),
        1 => Just(Act::Collect),
        1 => (0_u32..=1 << 16).prop_map(Act::Lose),
    ]
}

fn terms() -> impl Strategy<Value = PoolTerms> {
    let rates = vec(0_u32..=1 << 26, MAX_POINTS);
    (rates, 0_u32..=1 << 16, 0_u32..=1 << 16).prop_map(|(mut rates, fee, insurance)| {
        rates.sort_unstable();
        let point = |i: usize| RatePoint {
            utilisation: Weight::clamped(i as u32 * 16_384),
            apr: Apr::new(rates[i]).unwrap(),
        };
        PoolTerms {
            curve: RateCurve::new(core::array::from_fn(point)).unwrap(),
            fee_share: Weight::clamped(fee),
            insurance_share: Weight::clamped(insurance),
        }
    })
}

/// What each user holds, in units.
#[derive(Clone, Copy, Default)]
struct Account {
    deposit: u64,
    debt: u64,
}

struct Ledger {
    pool: Pool,
    users: [Account; USERS],
}

fn part(units: u64, share: u32) -> u64 {
    Weight::clamped(share).of_floor(units)
}

impl Ledger {
    /// The act, with what it moved checked against the exact worth of its units.
    fn act(&mut self, act: Act, user: usize, terms: &PoolTerms) -> Result<(), TestCaseError> {
        let pool = &mut self.pool;
        let user = &mut self.users[user];
        let q64 = |tokens: u64| u128::from(tokens) << 64;
        match act {
            Act::Supply(tokens) => {
                if let Ok(units) = pool.supply(tokens) {
                    user.deposit += units;
                    prop_assert!(pool.deposit_index.exact(units).unwrap() <= q64(tokens));
                }
            }
            Act::Redeem(share) => {
                let units = part(user.deposit, share);
                if let Ok(tokens) = pool.redeem(units) {
                    user.deposit -= units;
                    prop_assert!(q64(tokens) <= pool.deposit_index.exact(units).unwrap());
                }
            }
            Act::Borrow(tokens) => {
                if let Ok(units) = pool.borrow(tokens) {
                    user.debt += units;
                    prop_assert!(pool.debt_index.exact(units).unwrap() >= q64(tokens));
                }
            }
            Act::Repay(tokens) => {
                if let Ok(paid) = pool.repayment(tokens, user.debt) {
                    prop_assert!(paid.tokens <= tokens && paid.units <= user.debt);
                    prop_assert!(pool.debt_index.exact(paid.units).unwrap() <= q64(paid.tokens));
                    pool.repay(paid).unwrap();
                    user.debt -= paid.units;
                }
            }
            Act::Wait(seconds) => {
                if let Ok((next, interest)) = pool.accrued(terms, pool.updated + i64::from(seconds))
                {
                    prop_assert!(interest.fees + interest.insurance <= interest.total);
                    *pool = next;
                }
            }
            Act::Insure(tokens) => drop(pool.insure(tokens)),
            Act::Collect => drop(pool.collect_fees()),
            Act::Lose(share) => {
                let units = part(user.debt, share);
                let before = *pool;
                if let Ok(split) = split_loss(pool, units) {
                    user.debt -= units;
                    prop_assert_eq!(split.loss, before.debt_index.exact(units).unwrap());
                    prop_assert!(split.insurance <= before.insurance);
                    prop_assert!(split.lenders == 0 || split.insurance == before.insurance);
                } else {
                    prop_assert_eq!(*pool, before, "refused and changed");
                }
            }
        }
        Ok(())
    }

    /// What users own and owe adds up to the pool's books, exactly.
    fn expect_balanced(&self) -> Result<(), TestCaseError> {
        let sum = |of: fn(&Account) -> u64| self.users.iter().map(of).sum::<u64>();
        prop_assert_eq!(sum(|u| u.deposit), self.pool.deposit_units);
        prop_assert_eq!(sum(|u| u.debt), self.pool.debt_units);
        prop_assert_eq!(self.pool.is_balanced(), Ok(true));
        let worth = |index: Index, units: u64| index.exact(units).unwrap();
        let owned: u128 =
            self.users.iter().map(|u| worth(self.pool.deposit_index, u.deposit)).sum();
        let owed: u128 = self.users.iter().map(|u| worth(self.pool.debt_index, u.debt)).sum();
        let cash = u128::from(self.pool.cash) << 64;
        prop_assert_eq!(cash + owed, owned + self.pool.fees + self.pool.insurance);
        Ok(())
    }
}

proptest! {
    #![proptest_config(cases(8))]

    /// P16. Units, tokens and indices add up after every act, and only a
    /// recognised loss lowers what a deposit unit is worth.
    #[test]
    fn p16_the_books_balance(
        terms in terms(),
        acts in vec((acts(), 0..USERS), 1..60),
    ) {
        let mut ledger = Ledger { pool: Pool::new(0), users: [Account::default(); USERS] };
        for (act, user) in acts {
            let before = ledger.pool;
            ledger.act(act, user, &terms)?;
            ledger.expect_balanced()?;
            let after = ledger.pool;
            prop_assert!(after.debt_index >= before.debt_index);
            prop_assert!(matches!(act, Act::Lose(_)) || after.deposit_index >= before.deposit_index);
            prop_assert!(after.updated >= before.updated);
        }
    }

    /// P16. Nobody gains by going in and out at once.
    #[test]
    fn p16_a_round_trip_never_pays(
        terms in terms(),
        acts in vec((acts(), 0..USERS), 0..30),
        tokens in 1_u64..1 << 40,
    ) {
        let mut ledger = Ledger { pool: Pool::new(0), users: [Account::default(); USERS] };
        for (act, user) in acts {
            ledger.act(act, user, &terms)?;
        }
        let mut pool = ledger.pool;
        if let Ok(units) = pool.supply(tokens) {
            prop_assert!(pool.redeem(units).unwrap_or(0) <= tokens);
        }
        let mut pool = ledger.pool;
        if let Ok(units) = pool.borrow(tokens) {
            let paid = pool.repayment(u64::MAX, units).unwrap();
            prop_assert!(paid.tokens >= tokens && paid.units == units);
        }
    }
}
