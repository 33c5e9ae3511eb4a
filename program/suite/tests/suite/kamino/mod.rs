//! Kamino, as an adversary would try it, against the pack: our mock, or a real
//! program from `VENUE_PROGRAMS_DIR`.

mod both_sides;
pub(crate) mod budgets;
mod closed;
mod debt_liquidation;
pub(crate) use debt_liquidation::Hunt;
mod flags;
mod front;
mod hostile;
mod inputs;
mod liquidation;
mod outside;
mod position;
mod property;
mod rescue;
mod round_trip;
mod rulings;
mod takeover;

use mock_klend::hostile::Hostile;
use mock_klend::state::{Market, Obligation, Reserve};
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use trestle_client::ix::At;
use trestle_interface::TrestleError;
use trestle_interface::state::{ClassRow, MarketRow, MarketsPage, PositionKind};
use trestle_packs::kamino::with;
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::refuse::snapshot;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, KaminoWorld, Sent, User, refused};

/// An act at Kamino.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Tokens of custody to a deposit.
    Supply(u64),
    /// Tokens of a deposit, or all, to custody.
    Redeem(Option<u64>),
    /// Tokens of a new debt to custody.
    Borrow(u64),
    /// Tokens of custody, or what it takes, to a debt.
    Repay(Option<u64>),
}

/// A Kamino world and one user in it.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) k: KaminoWorld,
    pub(crate) user: User,
}

impl Stage {
    /// An obligation without positions, and in custody 1,000 SOL, 100 JitoSOL
    /// and 10,000 USDC; others lend 1,000,000 USDC to Trestle's pool.
    pub(crate) fn open() -> Self {
        let mut k = KaminoWorld::new();
        let lender = User::new(&mut k.world, 20, 8);
        let cash = k.world.assets[USDC].tokens(1_000_000);
        lender.fund_and_deposit(&mut k.world, USDC, cash);
        lender.supply(&mut k.world, USDC, cash).expect("the pool takes it");
        let user = User::new(&mut k.world, 21, 16);
        for (asset, whole) in [(SOL, 1_000), (JITOSOL, 100), (USDC, 10_000)] {
            let amount = k.world.assets[asset].tokens(whole);
            user.fund_and_deposit(&mut k.world, asset, amount);
            k.open(&user, asset);
        }
        k.advance(1);
        Self { k, user }
    }

    /// And 500 SOL and 50 JitoSOL supplied.
    pub(crate) fn supplied() -> Self {
        let mut stage = Self::open();
        stage.ok(Act::Supply(stage.tokens(SOL, 500)), SOL, &[]);
        stage.ok(Act::Supply(stage.tokens(JITOSOL, 50)), JITOSOL, &[SOL]);
        stage
    }

    /// And 20,000 USDC borrowed against them.
    pub(crate) fn indebted() -> Self {
        let mut stage = Self::supplied();
        stage.ok(Act::Borrow(stage.tokens(USDC, 20_000)), USDC, &[SOL, JITOSOL]);
        stage
    }

    /// Native units of whole tokens.
    pub(crate) fn tokens(&self, asset: usize, whole: u64) -> u64 {
        self.k.world.assets[asset].tokens(whole)
    }

    /// The obligation's address.
    pub(crate) fn obligation(&self) -> Pubkey {
        self.k.world.trestle.obligation(&self.user.account, &self.k.market)
    }

    /// An act's instruction alone.
    pub(crate) fn act(&self, act: Act, asset: usize, others: &[usize]) -> Instruction {
        let (reserve, others) = (self.k.reserve(asset), self.k.of(others));
        let at = At { reserve: &reserve, others: &others };
        let (t, me, account) = (self.k.world.trestle, self.user.address(), self.user.account);
        match act {
            Act::Supply(amount) => t.venue_supply(me, account, at, amount),
            Act::Redeem(amount) => t.venue_redeem(me, account, at, amount),
            Act::Borrow(amount) => t.venue_borrow(me, account, at, amount),
            Act::Repay(amount) => t.venue_repay(me, account, at, amount),
        }
    }

    /// An act as a client sends it: with Kamino's prices in front where it asks for them.
    pub(crate) fn steps(&self, act: Act, asset: usize, others: &[usize]) -> Vec<Instruction> {
        let ix = self.act(act, asset, others);
        if matches!(act, Act::Redeem(_) | Act::Borrow(_)) {
            vec![self.k.price_refresh(&[&[asset], others].concat()), ix]
        } else {
            vec![ix]
        }
    }

    /// An act that must succeed.
    #[track_caller]
    pub(crate) fn ok(&mut self, act: Act, asset: usize, others: &[usize]) -> Sent {
        let steps = self.steps(act, asset, others);
        self.send(&steps).unwrap_or_else(|e| panic!("{act:?}: {e:?}"))
    }

    /// Instructions of the user.
    pub(crate) fn send(&mut self, steps: &[Instruction]) -> Result<Sent, Failure> {
        self.k.world.send(steps, &[&self.user.key])
    }

    /// An act that must be refused by us, with everything as it was.
    #[track_caller]
    pub(crate) fn refuses(
        &mut self,
        act: Act,
        asset: usize,
        others: &[usize],
        error: TrestleError,
    ) {
        let steps = self.steps(act, asset, others);
        self.refuses_steps(&steps, error);
    }

    /// Instructions of the user that must be refused by us.
    #[track_caller]
    pub(crate) fn refuses_steps(&mut self, steps: &[Instruction], error: TrestleError) {
        refused(&mut self.k.world.svm, steps, &[&self.user.key], error);
    }

    /// An act that Kamino itself must refuse with its own code.
    #[track_caller]
    pub(crate) fn kamino_refuses(&mut self, act: Act, asset: usize, others: &[usize], code: u32) {
        let steps = self.steps(act, asset, others);
        let before = snapshot(&self.k.world.svm, &steps);
        let failure = self.send(&steps).expect_err("Kamino refuses");
        let Failure::Other(text) = &failure else { panic!("{failure:?}") };
        let named = format!("custom program error: {code:#x}");
        assert!(text.contains(&named), "expected {code}: {text}");
        assert_eq!(before, snapshot(&self.k.world.svm, &steps), "a refusal changed an account");
    }

    /// Makes the mock misbehave.
    pub(crate) fn misbehave(&mut self, how: Hostile) {
        self.k.venue.misbehave(self.k.world.svm.vm(), how);
    }

    /// Whether it can be made to.
    pub(crate) fn is_mock(&self) -> bool {
        self.k.venue.is_mock()
    }

    /// Reads or writes a reserve's bytes behind Kamino's back.
    pub(crate) fn reserve<T>(&mut self, asset: usize, f: impl FnOnce(&mut Reserve<'_>) -> T) -> T {
        let key = self.k.reserve(asset).reserve;
        with(self.k.world.svm.vm(), &key, |data| f(&mut Reserve(data)))
    }

    /// Reads or writes the market's bytes.
    pub(crate) fn market<T>(&mut self, f: impl FnOnce(&mut Market<'_>) -> T) -> T {
        let key = self.k.market.market;
        with(self.k.world.svm.vm(), &key, |data| f(&mut Market(data)))
    }

    /// Reads or writes the obligation's bytes.
    pub(crate) fn books<T>(&mut self, f: impl FnOnce(&mut Obligation<'_>) -> T) -> T {
        let key = self.obligation();
        with(self.k.world.svm.vm(), &key, |data| f(&mut Obligation(data)))
    }

    /// cTokens that the obligation holds of an asset's reserve.
    pub(crate) fn ctokens(&mut self, asset: usize) -> u64 {
        let key = self.k.reserve(asset).reserve;
        self.books(|o| o.deposit_of(&key).map_or(0, |i| o.deposit(i).amount()))
    }

    /// Units of a position in the slab.
    pub(crate) fn units(&self, asset: usize, kind: PositionKind) -> u128 {
        let (_, positions) = self.user.margin(&self.k.world);
        let found =
            positions.iter().find(|p| usize::from(p.asset) == asset && p.kind == kind.byte());
        found.map_or(0, |p| p.units.get())
    }

    /// Tokens in custody.
    pub(crate) fn custody(&self, asset: usize) -> u64 {
        let keys = self.k.world.assets[asset].keys;
        balance_of(&self.k.world.svm, &self.k.world.trestle.custody(&self.user.account, &keys))
    }

    /// Custody as the slab has it is custody as the token program has it.
    pub(crate) fn custody_is_recognised(&self, asset: usize) {
        let held = self.units(asset, PositionKind::Custody);
        assert_eq!(held, u128::from(self.custody(asset)), "custody of {asset}");
    }

    /// Changes the markets page behind the program's back.
    pub(crate) fn page(&mut self, f: impl FnOnce(&mut MarketsPage)) {
        let key = self.k.world.trestle.markets;
        let mut account = self.k.world.svm.account(&key).expect("the page is there");
        f(bytemuck::from_bytes_mut(&mut account.data));
        self.k.world.svm.set_account(key, account);
    }

    /// Changes Kamino's class.
    pub(crate) fn class(&mut self, f: impl FnOnce(&mut ClassRow)) {
        self.page(|page| f(&mut page.classes[usize::from(KAMINO)]));
    }

    /// Changes the row of an asset's reserve.
    pub(crate) fn row(&mut self, asset: usize, f: impl FnOnce(&mut MarketRow)) {
        let row = usize::from(self.k.reserve(asset).row);
        self.page(|page| f(&mut page.markets[row]));
    }
}

/// A second user of a stage's world, with an obligation of its own.
pub(crate) fn another(stage: &mut Stage, seed: u8) -> User {
    let user = User::new(&mut stage.k.world, seed, 16);
    let amount = stage.tokens(SOL, 100);
    user.fund_and_deposit(&mut stage.k.world, SOL, amount);
    stage.k.open(&user, SOL);
    user
}
