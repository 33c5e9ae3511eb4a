//! Pools: sequences of operations against the bit-exact books, and wealth.

use arbitrary::{Result, Unstructured};
use num_bigint::BigInt;
use num_traits::Zero;
use std::fmt::Debug;
use trestle_reference::bits::pool::Books;
use trestle_reference::generate::{self, number, sized};
use trestle_risk_math::MathError;
use trestle_risk_math::liquidation::{split_loss, split_loss_within};
use trestle_risk_math::pool::{Pool, PoolTerms, Repayment};

/// Someone with a wallet and a position in the pool.
#[derive(Clone, Default)]
struct User {
    wallet: BigInt,
    deposit: u64,
    debt: u64,
}

/// The pool, its users, and whoever was there before.
struct World {
    pool: Pool,
    terms: PoolTerms,
    users: [User; 3],
    /// Units that belong to no user of the sequence.
    others: (u64, u64),
}

/// A sequence of pool operations:
///
/// - after each step the pool equals the model's books in every line, and an
///   operation that one refuses the other refuses with the same error,
///   leaving the pool as it was;
/// - the books balance to the last of 2^-64 tokens;
/// - supply, redeem, borrow and repay never make the acting user richer, in
///   exact worth at the indices of the moment, and leave all others as they were;
/// - accrual takes from debtors what it gives to lenders, fees and insurance,
///   and lenders get no more than their share; a loss spares no lender.
pub fn share_seq(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let pool = generate::pool(u)?;
    let terms = generate::pool_terms(u)?;
    let others = (pool.deposit_units, pool.debt_units);
    let mut world = World { pool, terms, users: Default::default(), others };
    for _ in 0..u.int_in_range(1..=40_u8)? {
        if u.is_empty() {
            break;
        }
        world.step(u)?;
        world.holds_together();
    }
    Ok(())
}

/// The model's verdict on an operation is the pool's; the books after it too.
fn agree<T: Debug + PartialEq>(
    before: &Pool,
    after: &Pool,
    code: std::result::Result<T, MathError>,
    model: std::result::Result<(Books, T), MathError>,
) -> Option<T> {
    match (code, model) {
        (Ok(code), Ok((books, model))) => {
            assert_eq!(code, model);
            assert_eq!(Books::of(after), books);
            Some(code)
        }
        (Err(code), Err(model)) => {
            assert_eq!(code, model);
            assert_eq!(before, after, "a refusal changed the pool");
            None
        }
        (code, model) => panic!("the pool says {code:?}, the model {model:?}"),
    }
}

fn words(x: &BigInt) -> u64 {
    u64::try_from(x).expect("the model checked 64 bits")
}

impl World {
    fn wealth(&self, user: usize) -> BigInt {
        let User { wallet, deposit, debt } = &self.users[user];
        let claims = BigInt::from(*deposit) * self.pool.deposit_index.q64();
        let owed = BigInt::from(*debt) * self.pool.debt_index.q64();
        (wallet << 64_u32) + claims - owed
    }

    fn step(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let who = u.choose_index(3)?;
        let before: Vec<_> = (0..3).map(|user| self.wealth(user)).collect();
        let kind = u.int_in_range(0..=11_u8)?;
        match kind {
            0 | 1 => self.supply(who, self.amount(u)?),
            2 => self.redeem(who, number(u, self.users[who].deposit)?),
            3 | 4 => self.borrow(who, self.amount(u)?),
            5 => self.repay(who, self.amount(u)?),
            6 => return self.accrue(u),
            7 => self.insure(who, self.amount(u)?),
            8 => self.collect(),
            9 => {
                let units = number(u, self.users[who].debt)?;
                let most = if u.arbitrary()? {
                    u128::MAX
                } else {
                    u128::from(sized(u, u64::MAX)?) << u.int_in_range(0..=64_u32)?
                };
                self.lose(who, units, most);
                return Ok(());
            }
            10 => {
                let User { deposit, debt, .. } = self.users[who];
                self.offset(who, number(u, deposit)?, number(u, debt)?);
            }
            _ => {
                self.spend(who, self.amount(u)?);
                return Ok(());
            }
        }
        for (user, before) in before.iter().enumerate() {
            let after = self.wealth(user);
            if user == who {
                assert!(after <= *before, "step {kind} gained {}", after - before);
            } else {
                assert_eq!(after, *before, "step {kind} moved someone else's wealth");
            }
        }
        Ok(())
    }

    /// Tokens: any number, or about what the pool has.
    fn amount(&self, u: &mut Unstructured<'_>) -> Result<u64> {
        if u.arbitrary()? {
            number(u, self.pool.cash.saturating_add(1))
        } else {
            sized(u, u64::MAX)
        }
    }

    fn supply(&mut self, who: usize, tokens: u64) {
        let (before, model) = (self.pool, Books::of(&self.pool).supply(tokens));
        let code = self.pool.supply(tokens);
        let model = model.map(|(books, units)| (books, words(&units)));
        if let Some(units) = agree(&before, &self.pool, code, model) {
            self.users[who].wallet -= tokens;
            self.users[who].deposit += units;
        }
    }

    fn redeem(&mut self, who: usize, units: u64) {
        let (before, model) = (self.pool, Books::of(&self.pool).redeem(units));
        let code = self.pool.redeem(units);
        let model = model.map(|(books, tokens)| (books, words(&tokens)));
        if let Some(tokens) = agree(&before, &self.pool, code, model) {
            self.users[who].wallet += tokens;
            self.users[who].deposit -= units;
            if let Ok(needed) = before.units_for(tokens) {
                assert!(needed <= units, "fewer units paid out as much as {needed} would");
            }
        }
    }

    fn borrow(&mut self, who: usize, tokens: u64) {
        let (before, model) = (self.pool, Books::of(&self.pool).borrow(tokens));
        let code = self.pool.borrow(tokens);
        let model = model.map(|(books, units)| (books, words(&units)));
        if let Some(units) = agree(&before, &self.pool, code, model) {
            self.users[who].wallet += tokens;
            self.users[who].debt += units;
        }
    }

    fn repay(&mut self, who: usize, tokens: u64) {
        let before = self.pool;
        let owed = self.users[who].debt;
        let model = Books::of(&before).repayment(tokens, owed);
        let code = before.repayment(tokens, owed);
        let planned = code.map(|r| (r.tokens, r.units));
        assert_eq!(planned, model.map(|(tokens, units)| (words(&tokens), words(&units))));
        let Ok((tokens, units)) = planned else { return };
        let model = Books::of(&before).repay(&tokens.into(), &units.into());
        let code = self.pool.repay(Repayment { tokens, units });
        if agree(&before, &self.pool, code, model.map(|books| (books, ()))).is_some() {
            self.users[who].wallet -= tokens;
            self.users[who].debt -= units;
        }
    }

    fn insure(&mut self, who: usize, tokens: u64) {
        let before = self.pool;
        let model = Books::of(&before).insure(tokens).map(|books| (books, ()));
        let code = self.pool.insure(tokens);
        if agree(&before, &self.pool, code, model).is_some() {
            self.users[who].wallet -= tokens;
        }
    }

    fn collect(&mut self) {
        let before = self.pool;
        let model = Books::of(&before).collect_fees();
        let code = self.pool.collect_fees();
        let model = model.map(|(books, tokens)| (books, words(&tokens)));
        agree(&before, &self.pool, code, model);
    }

    fn accrue(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let step = sized(u, u64::MAX)?;
        let forward = i64::try_from(step).unwrap_or(i64::MAX);
        let now = self.pool.updated.saturating_add(if u.ratio(1, 8)? { -forward } else { forward });
        let before = self.pool;
        let model = Books::of(&before).accrue(&self.terms, now);
        let code = before.accrued(&self.terms, now);
        let (books, [total, fees, insurance]) = match (&code, model) {
            (Ok(_), Ok(model)) => model,
            (Err(code), Err(model)) => {
                assert_eq!(*code, model);
                return Ok(());
            }
            (code, model) => panic!("the pool says {code:?}, the model {model:?}"),
        };
        let Ok((pool, interest)) = code else { return Ok(()) };
        assert_eq!(Books::of(&pool), books);
        assert_eq!(BigInt::from(interest.total), total);
        assert_eq!(BigInt::from(interest.fees), fees);
        assert_eq!(BigInt::from(interest.insurance), insurance);
        let gain = BigInt::from(pool.deposit_index.q64()) - before.deposit_index.q64();
        let paid = BigInt::from(pool.debt_index.q64()) - before.debt_index.q64();
        assert!(gain >= BigInt::zero() && paid >= BigInt::zero(), "an index fell");
        // lenders: at most what is left of the interest after fees and insurance
        let shares =
            u64::from(self.terms.fee_share.q16()) + u64::from(self.terms.insurance_share.q16());
        let left = BigInt::from(65_536_u64.saturating_sub(shares));
        let lenders = gain * before.deposit_units;
        assert!((lenders << 16_u32) <= paid * before.debt_units * left);
        self.pool = pool;
        Ok(())
    }

    /// A deposit and a debt of one owner, against each other.
    fn offset(&mut self, who: usize, deposit: u64, debt: u64) {
        let before = self.pool;
        let model = Books::of(&before).offset(deposit, debt).map(|books| (books, ()));
        let code = self.pool.offset(deposit, debt);
        if agree(&before, &self.pool, code, model).is_some() {
            self.users[who].deposit -= deposit;
            self.users[who].debt -= debt;
        }
    }

    /// Insurance pays someone, to whom nothing is owed.
    fn spend(&mut self, who: usize, tokens: u64) {
        let before = self.pool;
        let model = Books::of(&before).spend_insurance(tokens).map(|books| (books, ()));
        let code = self.pool.spend_insurance(tokens);
        if agree(&before, &self.pool, code, model).is_some() {
            self.users[who].wallet += tokens;
            assert_eq!(before.deposit_index, self.pool.deposit_index, "lenders paid for it");
        }
    }

    /// A debt that will never be repaid, of which insurance bears so much at
    /// most, unless lenders and fees are not enough.
    fn lose(&mut self, who: usize, units: u64, most: u128) {
        let before = self.pool;
        let model = Books::of(&before).lose(units, most);
        let code = if most == u128::MAX {
            split_loss(&mut self.pool, units)
        } else {
            split_loss_within(&mut self.pool, units, most)
        };
        let code = code.map(|split| [split.loss, split.insurance, split.lenders].map(BigInt::from));
        let Some([loss, insurance, lenders]) = agree(&before, &self.pool, code, model) else {
            return;
        };
        self.users[who].debt -= units;
        assert!(self.pool.deposit_index <= before.deposit_index, "a loss raised the index");
        assert!(&insurance + &lenders <= loss);
        if insurance > BigInt::from(most) {
            assert_eq!(self.pool.fees, 0, "insurance before fees");
            let claims = BigInt::from(before.deposit_index.q64()) * before.deposit_units;
            assert_eq!(lenders, claims, "insurance before lenders");
        }
        let fall = BigInt::from(before.deposit_index.q64()) - self.pool.deposit_index.q64();
        assert!(fall * before.deposit_units >= lenders, "lenders bear less than their part");
    }

    fn holds_together(&self) {
        assert!(Books::of(&self.pool).imbalance().is_zero(), "the books do not balance");
        if let Ok(balanced) = self.pool.is_balanced() {
            assert!(balanced, "the pool does not know that its books balance");
        }
        let deposits: u64 = self.users.iter().map(|user| user.deposit).sum();
        let debts: u64 = self.users.iter().map(|user| user.debt).sum();
        assert_eq!(deposits + self.others.0, self.pool.deposit_units);
        assert_eq!(debts + self.others.1, self.pool.debt_units);
    }
}
