//! Liquidation in several instructions, with somebody else's capital.

mod bounds;
mod isolated;
mod legs;
mod opening;
mod venues;

use crate::liquidate::indebted;
use crate::region::{OTHER, market_maker, pay};
use solana_instruction::Instruction;
use trestle_client::events::of_logs;
use trestle_interface::event::{Body, Event};
use trestle_interface::state::{PositionKind, Receivership, Session};
use trestle_interface::{PROGRAM_ID, TrestleError};
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{Failure, Sent, User, World};

/// 1 USDC, native units.
const DOLLAR: u64 = 1_000_000;
/// Price of SOL below, USD.
const PRICE: u64 = 130;

/// What one receivership does: SOL out, sold, USDC in, the pool repaid.
#[derive(Clone, Copy)]
struct Plan {
    /// Native units of SOL withdrawn.
    take: u64,
    /// Native units of USDC deposited.
    bring: u64,
    /// Native units of USDC repaid.
    repay: u64,
}

impl Plan {
    /// Repays so many USD and takes SOL worth that and `bonus` basis points more.
    const fn of(usd: u64, bonus: u64) -> Self {
        let take = usd * (10_000 + bonus) * 100_000 / PRICE;
        Self { take, bring: usd * DOLLAR, repay: usd * DOLLAR }
    }
}

/// 20,000 USD repaid, 0.15 % paid for it.
const USUAL: Plan = Plan::of(20_000, 15);

/// A victim below maintenance with 1,000 SOL at 130 USD and 110,000 USDC owed,
/// a bot that has nothing, and somebody who swaps.
#[derive(Clone)]
struct Hunt {
    world: World,
    victim: User,
    bot: User,
}

impl Hunt {
    fn new() -> Self {
        let (mut world, victim, _) = indebted();
        market_maker(&mut world);
        let bot = User::new(&mut world, 13, 8);
        for asset in [SOL, USDC] {
            bot.fund(&mut world, asset, 0);
        }
        world.set_price(SOL, i64::try_from(PRICE).unwrap() * 100);
        world.advance(1);
        Self { world, victim, bot }
    }

    fn withdraw(&self, asset: usize, amount: u64) -> Instruction {
        let (t, keys) = (self.world.trestle, self.world.assets[asset].keys);
        let wallet = self.bot.wallet(&self.world, asset);
        t.withdraw(self.bot.address(), self.victim.account, &keys, wallet, amount)
    }

    fn deposit(&self, asset: usize, amount: u64) -> Instruction {
        let (t, keys) = (self.world.trestle, self.world.assets[asset].keys);
        let wallet = self.bot.wallet(&self.world, asset);
        t.deposit(self.bot.address(), self.victim.account, &keys, wallet, amount)
    }

    fn repay(&self, amount: Option<u64>) -> Instruction {
        let pool = self.world.assets[USDC].pool;
        self.world.trestle.pool_repay(self.bot.address(), self.victim.account, &pool, amount)
    }

    /// SOL of the bot for USDC, at the oracle's price.
    fn sell(&self, coins: u64) -> Instruction {
        let dollars = coins / 1_000 * PRICE;
        let calls = [
            pay(&self.world, &self.bot, SOL, coins, true),
            pay(&self.world, &self.bot, USDC, dollars, false),
        ];
        mock_proxy::wrap(&OTHER, &calls)
    }

    fn between(&self, plan: Plan) -> Vec<Instruction> {
        vec![
            self.withdraw(SOL, plan.take),
            self.sell(plan.take),
            self.deposit(USDC, plan.bring),
            self.repay(Some(plan.repay)),
        ]
    }

    /// All of it, around instructions of any kind.
    fn around(&self, between: &[Instruction]) -> Vec<Instruction> {
        let (bot, account) = (self.bot.address(), self.victim.account);
        self.world.trestle.receivership(bot, account, 0, between, &[]).expect("it is short")
    }

    fn send(&mut self, plan: Plan) -> Result<Sent, Failure> {
        let list = self.around(&self.between(plan));
        self.world.send(&list, &[&self.bot.key])
    }

    /// The end refuses, and nothing changes.
    #[track_caller]
    fn end_refuses(&mut self, between: &[Instruction], error: TrestleError) {
        let list = self.around(between);
        let at = u8::try_from(list.len() - 1).unwrap();
        self.refuses(&list, at, error);
    }

    #[track_caller]
    fn refuses(&mut self, list: &[Instruction], at: u8, error: TrestleError) {
        crate::region::refused_at(&mut self.world, list, &[&self.bot.key], at, error);
    }

    fn purse(&self, asset: usize) -> u64 {
        balance_of(&self.world.svm, &self.bot.wallet(&self.world, asset))
    }
}

#[test]
fn a_liquidator_without_capital_repays_out_of_what_it_takes() {
    let mut hunt = Hunt::new();
    let before = hunt.victim.health(&mut hunt.world).unwrap();
    assert!(before.maint < 0 && before.equity > 0, "{before:?}");
    assert_eq!((hunt.purse(SOL), hunt.purse(USDC)), (0, 0), "the bot has nothing");
    let sent = hunt.send(USUAL).unwrap_or_else(|e| panic!("{e:?}"));
    println!("a receivership: {} CU, {} bytes", sent.units, sent.bytes);
    let after = hunt.victim.health(&mut hunt.world).unwrap();
    assert!(after.maint > before.maint && after.debts < before.debts, "{after:?}");
    let (lost, repaid) = (before.equity - after.equity, before.debts - after.debts);
    assert!(lost > 0 && lost * 1_000 <= repaid * 3 + 1_000, "lost {lost} of {repaid}");
    let profit = hunt.purse(USDC);
    assert!(profit.abs_diff(30 * DOLLAR) < 1_000, "{profit}");
    // nothing is left of it
    let (fixed, positions) = hunt.victim.margin(&hunt.world);
    assert_eq!(Session::from_byte(fixed.session), Some(Session::Idle));
    let zero = [0_u8; size_of::<Receivership>()];
    assert_eq!(bytemuck::bytes_of(&fixed.receivership), zero);
    assert!(positions.iter().all(|p| p.before == 0));
    assert!(positions.iter().all(|p| {
        [PositionKind::Custody.byte(), PositionKind::PoolDebt.byte()].contains(&p.kind)
    }));
    assert!(hunt.world.pool(USDC).books().unwrap().is_balanced().unwrap());
    // the flag stays until liquidation-end health is back
    assert_eq!(fixed.flagged_slot != 0, after.liqend < 0);
}

#[test]
fn it_tells_what_it_did() {
    let mut hunt = Hunt::new();
    let before = hunt.victim.health(&mut hunt.world).unwrap();
    let sent = hunt.send(USUAL).unwrap();
    let after = hunt.victim.health(&mut hunt.world).unwrap();
    let events = of_logs(&sent.logs, &PROGRAM_ID);
    let facts = events.iter().filter_map(|bytes| match Event::decode(bytes)?.body {
        Body::Receivership(fact) => Some(fact),
        _ => None,
    });
    let [fact] = facts.collect::<Vec<_>>()[..] else { panic!("one event") };
    assert_eq!(fact.liquidator, hunt.bot.address());
    assert_eq!((fact.debts_before, fact.debts_after), (before.debts, after.debts));
    assert_eq!((fact.equity_before, fact.equity_after), (before.equity, after.equity));
    assert_eq!((fact.maint_before, fact.maint_after), (before.maint, after.maint));
}
