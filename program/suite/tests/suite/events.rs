//! Events alone tell every balance: whatever ran, the ledger that they add up
//! to is what the program's accounts hold.

use crate::lender::lender;
use crate::liquidate::{against_custody, indebted};
use crate::pool::funded;
use bytemuck::pod_read_unaligned;
use trestle_client::events::of_logs;
use trestle_interface::PROGRAM_ID;
use trestle_interface::event::{Body, Event, Leg};
use trestle_interface::state::{
    Account, Lender, MarginAccount, Pool, Position, PositionKind, offsets,
};
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{BTC, JITOSOL, SOL, USDC};
use trestle_sandbox::{Svm, User};

/// Every margin account, pool and lend-only position of the chain against the
/// ledger, and no event missing.
pub fn check(svm: &Svm) {
    assert_eq!(svm.gaps, [], "events are missing");
    let ledger = &svm.ledger;
    let (mut accounts, mut lenders) = (0, 0);
    for (key, account) in svm.program_accounts() {
        let data = &account.data;
        let Some(discriminator) = data.first_chunk::<8>() else { continue };
        if *discriminator == MarginAccount::DISCRIMINATOR {
            let (fixed, slab) = data.split_at(offsets::POSITIONS);
            let fixed: MarginAccount = pod_read_unaligned(fixed);
            let told = &ledger.accounts[&key];
            assert_eq!(told.state, fixed.event(told.state.capacity, true));
            assert_eq!(slab.len(), usize::from(told.state.capacity) * size_of::<Position>());
            assert_eq!(ledger.sequences[&key], fixed.sequence);
            let held: Vec<Leg> = slab
                .chunks(size_of::<Position>())
                .take(usize::from(fixed.count))
                .map(|bytes| leg(&pod_read_unaligned(bytes)))
                .collect();
            assert_eq!(told.legs.values().copied().collect::<Vec<_>>(), held, "legs of {key}");
            accounts += 1;
        } else if *discriminator == Pool::DISCRIMINATOR {
            let pool: Pool = pod_read_unaligned(data);
            match ledger.pools.get(&key) {
                Some(told) => assert_eq!(*told, pool.event(), "pool {key}"),
                None => assert_eq!(pool.sequence, 0, "a pool that moved was not told of"),
            }
        } else if *discriminator == Lender::DISCRIMINATOR {
            let lender: Lender = pod_read_unaligned(data);
            assert_eq!(ledger.lenders[&key], lender.event(true));
            lenders += 1;
        }
    }
    assert_eq!((accounts, lenders), (ledger.accounts.len(), ledger.lenders.len()));
}

fn leg(position: &Position) -> Leg {
    Leg {
        market: position.market,
        kind: position.kind,
        class: position.class,
        asset: position.asset,
        venue_account: position.venue_account,
        units: position.units.get(),
    }
}

#[test]
fn a_long_run_is_rebuilt_from_events_alone() {
    let (mut world, victim, bot) = indebted();
    let mut random = Random(7);
    let users: Vec<User> = (0..4).map(|i| User::new(&mut world, 60 + i, 12)).collect();
    for user in &users {
        for asset in [BTC, SOL, JITOSOL, USDC] {
            user.fund(&mut world, asset, 1_000_000_000_000);
        }
    }
    let lends = lender(&mut world, 70, USDC, 1_000_000_000_000);
    let (usdc, wallet) = (world.assets[USDC].pool, crate::lender::wallet(&world, &lends, USDC));
    let (mut landed, mut liquidations) = (0_u32, 0_u32);
    for round in 0..400 {
        let user = &users[random.below(4)];
        let asset = [BTC, SOL, JITOSOL, USDC][random.below(4)];
        let amount = random.next() % 40_000_000_000;
        let outcome = match random.below(9) {
            0 => user.deposit(&mut world, asset, amount),
            1 => user.withdraw(&mut world, asset, amount / 8),
            2 => user.supply(&mut world, asset, amount / 2),
            3 => user.redeem(&mut world, asset, Some(amount / 4)),
            4 => user.redeem(&mut world, asset, None),
            5 => user.borrow(&mut world, asset, amount),
            6 => user.repay(&mut world, asset, Some(amount / 4)),
            7 => user.repay(&mut world, asset, None),
            _ => {
                let owner = solana_signer::Signer::pubkey(&lends);
                let supply = world.trestle.lender_supply(owner, &usdc, wallet, amount / 100 + 1);
                world.send(&[supply], &[&lends])
            }
        };
        landed += u32::from(outcome.is_ok());
        if round % 25 == 24 {
            let cents = 9_000 + i64::try_from(random.below(8_000)).unwrap();
            world.set_price(SOL, cents);
            world.set_price(JITOSOL, cents * 6 / 5);
            world.advance(3_600);
            let ix = against_custody(&world, &victim, &bot, 10_000_000_000);
            liquidations += u32::from(world.send(&[ix], &[&bot.key]).is_ok());
        }
    }
    assert!(landed > 150, "{landed} acts landed");
    assert!(liquidations > 0, "nobody was liquidated");
    check(&world.svm);
}

#[test]
fn opening_growing_and_closing_are_told() {
    let (mut world, _) = funded();
    let user = User::new(&mut world, 61, 8);
    check(&world.svm);
    let owner = user.address();
    let grow = world.trestle.resize_account(owner, owner, user.account, 20);
    world.send(&[grow], &[&user.key]).unwrap();
    assert_eq!(world.svm.ledger.accounts[&user.account].state.capacity, 20);
    check(&world.svm);
    let heir = User::new(&mut world, 62, 8);
    let name = world.trestle.propose_owner(owner, user.account, Some(heir.address()));
    world.send(&[name], &[&user.key]).unwrap();
    check(&world.svm);
    let back = world.trestle.propose_owner(owner, user.account, None);
    world.send(&[back], &[&user.key]).unwrap();
    let close = world.trestle.close_account(owner, user.account, &[]);
    world.send(&[close], &[&user.key]).unwrap();
    assert!(!world.svm.ledger.accounts.contains_key(&user.account));
    let again = world.trestle.create_account(owner, owner, 0, 8);
    world.send(&[again], &[&user.key]).unwrap();
    check(&world.svm);
}

#[test]
fn a_liquidation_tells_what_it_took() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let ix = against_custody(&world, &victim, &bot, u64::MAX);
    let purse = |world: &trestle_sandbox::World, asset: usize| {
        balance_of(&world.svm, &bot.wallet(world, asset))
    };
    let before = [purse(&world, USDC), purse(&world, SOL)];
    let sent = world.send(&[ix], &[&bot.key]).unwrap();
    let events = of_logs(&sent.logs, &PROGRAM_ID);
    let mut told = events.iter().filter_map(|bytes| match Event::decode(bytes)?.body {
        Body::Liquidation(told) => Some(told),
        _ => None,
    });
    let told = told.next().expect("the event of the liquidation");
    assert_eq!(told.liquidator, bot.address());
    assert_eq!(told.collateral_kind, PositionKind::Custody.byte());
    assert_eq!(before[0] - purse(&world, USDC), told.repaid + told.insured - told.subsidy);
    assert_eq!(purse(&world, SOL) - before[1], told.seized);
    assert!(told.maint_before < 0 && told.maint_after > told.maint_before);
    assert!(told.equity_after < told.equity_before);
    check(&world.svm);
}

/// A small generator: the run must be the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 20
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 8).unwrap() % bound
    }
}
