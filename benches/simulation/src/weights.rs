//! The same books judged by a plain weight model: every leg at its own shock
//! and basis, nothing netted, no scenarios, the numeraire free.

use crate::books::{FACTOR_OF, FACTORS, Scene};
use crate::path::ASSETS;
use trestle_client::health::{Aligned, health};
use trestle_interface::view::{Slab, Venues};
use trestle_risk_math::defaults;
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::{Legs, Side};
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::world::{JITOSOL, MEME, USDC};

/// A book as whole amounts in micro-USD at the first quotes: value of an asset
/// later is its share of the first.
struct Book {
    assets: [i128; ASSETS],
    debts: [i128; ASSETS],
    crossed: Option<u64>,
    owed_at: Option<i128>,
}

/// What the weight model says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Accounts that it refuses to open: below its initial requirement at the start.
    pub refused: u64,
    /// Of them, below its maintenance requirement at the start.
    pub below: u64,
    /// Accounts that it would liquidate during the run, among those it would open.
    pub liquidated: u64,
    /// Of them, never below maintenance here.
    pub needless: u64,
    /// Of all accounts, those it would liquidate and that were never below maintenance here.
    pub needless_all: u64,
    /// What books it would open owe beyond their assets once it could act, micro-USD.
    pub bad: i64,
    /// Initial requirement of all accounts here, micro-USD.
    pub capital_here: i64,
    /// The same by weights, micro-USD.
    pub capital: i64,
    /// The same two for hedged books alone: assets and debts in the same factor.
    pub hedged: [i64; 2],
}

/// The judge.
pub struct Judge {
    books: Vec<Book>,
    first: [i64; ASSETS],
    /// Numbers so far.
    pub verdict: Verdict,
    opened: Vec<bool>,
}

fn row(pair: Pair<Weight>, init: bool) -> i128 {
    i128::from(if init { pair.init } else { pair.maint }.q16())
}

impl Book {
    /// Equity and requirement, micro-USD, at prices in parts per million of the first.
    fn judge(&self, prices: &[i128; ASSETS], init: bool) -> (i128, i128) {
        let (mut equity, mut required) = (0, 0);
        for asset in 0..ASSETS {
            let factor = defaults::FACTORS[FACTORS[FACTOR_OF[asset]]];
            let basis = if asset == JITOSOL { defaults::BASIS_LST } else { defaults::BASIS_PLAIN };
            let value = self.assets[asset] * prices[asset] / 1_000_000;
            let owed = self.debts[asset] * prices[asset] / 1_000_000;
            if asset == MEME {
                continue; // isolated: no credit
            }
            equity += value - owed;
            if asset == USDC {
                continue;
            }
            let basis = row(basis, init);
            required += (value * (row(factor.down, init) + basis)
                + owed * (row(factor.up, init) + basis))
                >> 16;
        }
        (equity, required)
    }
}

impl Judge {
    /// Takes the books as they are at the start.
    #[must_use]
    pub fn new(scene: &Scene) -> Self {
        let mut verdict = Verdict::default();
        let first: [i64; ASSETS] = core::array::from_fn(|a| scene.world.assets[a].quote.price);
        let mut books = vec![];
        let mut opened = vec![];
        scene.world.with_pages(|board| {
            for member in &scene.members {
                let bytes = Aligned::new(&scene.world.svm.data(&member.account));
                let (account, positions) = bytes.margin().expect("a margin account");
                let slab = Slab::new(positions, Venues::of(account), board.markets, board.now);
                let mut book =
                    Book { assets: [0; ASSETS], debts: [0; ASSETS], crossed: None, owed_at: None };
                for at in 0..positions.len() {
                    let leg = slab.leg(at).expect("a leg");
                    let asset = usize::from(leg.asset);
                    let one = i128::from(scene.world.assets[asset].tokens(1));
                    let value = i128::from(leg.amount) * i128::from(first[asset]) / one / 100;
                    match leg.side {
                        Side::Asset => book.assets[asset] += value,
                        Side::Debt => book.debts[asset] += value,
                    }
                }
                let here = health(account, positions, board).expect("health").0;
                let needed = here.equity - here.init.expect("fresh prices");
                let start = [1_000_000; ASSETS];
                let (equity, by_weights) = book.judge(&start, true);
                let (_, maint) = book.judge(&start, false);
                let by_weights = i64::try_from(by_weights).expect("fits");
                verdict.capital_here += needed;
                verdict.capital += by_weights;
                if crate::books::SHAPES[member.shape].name == "JitoSOL less SOL" {
                    verdict.hedged[0] += needed;
                    verdict.hedged[1] += by_weights;
                }
                let opens = equity >= i128::from(by_weights);
                verdict.refused += u64::from(!opens);
                verdict.below += u64::from(equity < maint);
                opened.push(opens);
                books.push(book);
            }
        });
        Self { books, first, verdict, opened }
    }

    /// One look at a slot's quotes.
    pub fn look(&mut self, slot: u64, quotes: &[Quote; ASSETS], latency: u64) {
        let prices: [i128; ASSETS] = core::array::from_fn(|a| {
            i128::from(quotes[a].price) * 1_000_000 / i128::from(self.first[a])
        });
        for book in self.books.iter_mut().filter(|b| b.owed_at.is_none()) {
            let (equity, required) = book.judge(&prices, false);
            if equity < required {
                book.crossed.get_or_insert(slot);
            }
            if book.crossed.is_some_and(|at| slot >= at + latency) {
                book.owed_at = Some((-equity).max(0));
            }
        }
    }

    /// The verdict, told which accounts were ever below maintenance here.
    #[must_use]
    pub fn finish(mut self, touched: &[bool]) -> Verdict {
        for ((book, opened), touched) in self.books.iter().zip(&self.opened).zip(touched) {
            if book.crossed.is_none() {
                continue;
            }
            self.verdict.needless_all += u64::from(!touched);
            if *opened {
                self.verdict.liquidated += 1;
                self.verdict.needless += u64::from(!touched);
                let owed = book.owed_at.unwrap_or(0);
                self.verdict.bad += i64::try_from(owed).expect("fits");
            }
        }
        self.verdict
    }
}
