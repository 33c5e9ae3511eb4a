//! Receiverships of accounts that hold and owe at Kamino.

use crate::kamino::{Act, Hunt};
use crate::region::{OTHER, market_maker, pay};
use solana_instruction::{AccountMeta, Instruction};
use trestle_client::ix::At;
use trestle_interface::TrestleError as E;
use trestle_interface::state::PositionKind;
use trestle_sandbox::refused;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{Failure, Sent};

/// USD repaid to Kamino and to the pool, each.
const PART: u64 = 5_000;
/// SOL taken for both at 113 USD, and sold at that: 0.15 % more than repaid.
const TAKE: u64 = 88_628_318_000;

/// What a bot does at an account that owes to Kamino.
struct Case(Hunt);

impl Case {
    fn new() -> Self {
        let mut hunt = Hunt::new();
        market_maker(&mut hunt.stage.k.world);
        hunt.health();
        Self(hunt)
    }

    /// 16,000 of the 45,000 USD go back to Kamino, and SOL falls to 88 USD.
    fn lower(&mut self) {
        let stage = &mut self.0.stage;
        let cash = stage.tokens(USDC, 16_000);
        stage.user.clone().fund_and_deposit(&mut stage.k.world, USDC, cash);
        stage.ok(Act::Repay(Some(cash)), USDC, &[SOL]);
        self.0.price(8_800);
        self.0.health();
    }

    fn reads(&self) -> Vec<AccountMeta> {
        let (stage, account) = (&self.0.stage, self.0.stage.user.account);
        stage.k.world.trestle.reads(&account, &[stage.k.market], &stage.k.of(&[SOL, USDC]))
    }

    fn venue(
        &self,
        f: impl FnOnce(At<'_>) -> Instruction,
        asset: usize,
        other: usize,
    ) -> Instruction {
        let (reserve, others) = (self.0.stage.k.reserve(asset), self.0.stage.k.of(&[other]));
        f(At { reserve: &reserve, others: &others })
    }

    /// Custody's SOL sold for USDC, and half of it repaid to each lender.
    fn whole(&self) -> Vec<Instruction> {
        let (world, bot) = (&self.0.stage.k.world, &self.0.bot);
        let (t, me, account) = (world.trestle, bot.address(), self.0.stage.user.account);
        let dollars = 2 * PART * 1_000_000;
        let keys = |asset: usize| world.assets[asset].keys;
        let sale = [pay(world, bot, SOL, TAKE, true), pay(world, bot, USDC, dollars, false)];
        let half = dollars / 2;
        vec![
            t.withdraw(me, account, &keys(SOL), bot.wallet(world, SOL), TAKE),
            mock_proxy::wrap(&OTHER, &sale),
            t.deposit(me, account, &keys(USDC), bot.wallet(world, USDC), dollars),
            t.pool_repay(me, account, &world.assets[USDC].pool, Some(half)),
            self.venue(|at| t.venue_repay(me, account, at, Some(half)), USDC, SOL),
        ]
    }

    fn around(&self, between: &[Instruction]) -> Vec<Instruction> {
        let (bot, account) = (self.0.bot.address(), self.0.stage.user.account);
        let t = self.0.stage.k.world.trestle;
        t.receivership(bot, account, 0, between, &self.reads()).expect("it is short")
    }

    fn send(&mut self, list: &[Instruction]) -> Result<Sent, Failure> {
        self.0.stage.k.world.svm.send_with_table(list, &[&self.0.bot.key])
    }

    #[track_caller]
    fn refuses(&mut self, list: &[Instruction], error: E) {
        refused(&mut self.0.stage.k.world.svm, list, &[&self.0.bot.key], error);
    }
}

#[test]
fn over_custody_a_pool_and_kamino() {
    let mut case = Case::new();
    let before = case.0.health();
    assert!(before.maint < 0, "{before:?}");
    let owed = [PositionKind::VenueDebt, PositionKind::PoolDebt]
        .map(|kind| case.0.stage.units(USDC, kind));
    let list = case.around(&case.whole());
    let sent = case.send(&list).unwrap_or_else(|e| panic!("{e:?}"));
    println!("over a venue: {} CU, {} locks, {} bytes", sent.units, sent.locks, sent.table_bytes);
    let after = case.0.health();
    assert!(after.maint > before.maint && after.equity < before.equity, "{after:?}");
    let repaid = before.debts - after.debts;
    assert!(repaid.abs_diff(2 * i64::try_from(PART).unwrap() * 1_000_000) < 1_000_000, "{repaid}");
    let left = [PositionKind::VenueDebt, PositionKind::PoolDebt]
        .map(|kind| case.0.stage.units(USDC, kind));
    assert!(left[0] < owed[0] && left[1] < owed[1]);
}

#[test]
fn an_obligation_that_owes_is_read_at_both_ends() {
    let mut case = Case::new();
    let (bot, account) = (case.0.bot.address(), case.0.stage.user.account);
    let t = case.0.stage.k.world.trestle;
    let mut list = case.around(&case.whole());
    let end = list.len() - 1;
    list[end] = t.end_liquidation(bot, account, &[]);
    case.refuses(&list, E::ReceivershipUnread);
    let mut list = case.around(&case.whole());
    list[0] = t.begin_liquidation(bot, account, u16::try_from(end).unwrap(), &[]);
    case.refuses(&list, E::ReceivershipUnread);
}

#[test]
fn nothing_new_at_a_venue() {
    let mut case = Case::new();
    let (bot, account) = (case.0.bot.address(), case.0.stage.user.account);
    let t = case.0.stage.k.world.trestle;
    let borrow = case.venue(|at| t.venue_borrow(bot, account, at, 1_000_000), USDC, SOL);
    let supply = case.venue(|at| t.venue_supply(bot, account, at, 1_000_000), SOL, USDC);
    for act in [borrow, supply] {
        let list = case.around(&[act]);
        case.refuses(&list, E::InSession);
    }
}

#[test]
fn no_closer_to_the_venues_own_liquidation() {
    let mut case = Case::new();
    case.lower();
    // the pool alone is repaid, out of custody, and collateral comes from Kamino
    let sold = |case: &Case, redeemed: u64| {
        let (world, bot, account) = (&case.0.stage.k.world, &case.0.bot, case.0.stage.user.account);
        let (t, me, dollars) = (world.trestle, bot.address(), 2 * PART * 1_000_000);
        let take = 113_800_000_000;
        let sale = [pay(world, bot, SOL, take, true), pay(world, bot, USDC, dollars, false)];
        let mut between = case.whole();
        between.truncate(4);
        let keys = world.assets[SOL].keys;
        between[0] = t.withdraw(me, account, &keys, bot.wallet(world, SOL), take);
        between[1] = mock_proxy::wrap(&OTHER, &sale);
        between[3] = t.pool_repay(me, account, &world.assets[USDC].pool, Some(dollars));
        between.push(case.0.stage.k.price_refresh(&[SOL, USDC]));
        let out = case.0.stage.tokens(SOL, redeemed);
        between.push(case.venue(|at| t.venue_redeem(me, account, at, Some(out)), SOL, USDC));
        case.around(&between)
    };
    // what stays calm there may leave
    let mut calm = Case(case.0.clone());
    let list = sold(&calm, 60);
    calm.send(&list).unwrap_or_else(|e| panic!("{e:?}"));
    let list = sold(&case, 90);
    case.refuses(&list, E::ReceivershipStress);
}
