//! Liquidation that reaches into Kamino: the deposit there is redeemed to the
//! liquidator in the same instruction.

use super::{Act, Stage};
use crate::events;
use mock_klend::fraction::Fraction;
use mock_klend::hostile::Hostile;
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use trestle_client::events::of_logs;
use trestle_client::health::Aligned;
use trestle_client::ix::At;
use trestle_interface::PROGRAM_ID;
use trestle_interface::TrestleError as E;
use trestle_interface::event::{Body, Event, Liquidated};
use trestle_interface::health::HealthReport;
use trestle_interface::state::{Exposure, Position, PositionKind, offsets};
use trestle_packs::deployed;
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::refuse::snapshot;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, Sent, User, refused};

/// A victim whose SOL lies at Kamino, and a bot.
#[derive(Clone)]
pub(super) struct Hunt {
    pub(super) stage: Stage,
    pub(super) bot: User,
    /// Other reserves that the victim's obligation uses.
    pub(super) others: Vec<usize>,
}

impl Hunt {
    /// 1,000 SOL at Kamino and nothing idle; `there` USDC owed to Kamino and
    /// `here` to the pool, whole dollars, all of it withdrawn.
    pub(super) fn new(there: u64, here: u64) -> Self {
        let mut stage = Stage::open();
        stage.ok(Act::Supply(stage.tokens(SOL, 1_000)), SOL, &[]);
        let mut others = vec![];
        if there > 0 {
            stage.ok(Act::Borrow(stage.tokens(USDC, there)), USDC, &[SOL]);
            others.push(USDC);
        }
        let used = [&[SOL], others.as_slice()].concat();
        let (t, me, account) = (stage.k.world.trestle, stage.user.address(), stage.user.account);
        let reads = t.reads(&account, &[stage.k.market], &stage.k.of(&used));
        let pool = stage.k.world.assets[USDC].pool;
        let mut borrow = t.pool_borrow(me, account, &pool, stage.tokens(USDC, here));
        borrow.accounts.extend(reads.clone());
        stage.send(&[borrow]).expect("the pool lends");
        for asset in [JITOSOL, USDC] {
            let keys = stage.k.world.assets[asset].keys;
            let wallet = stage.user.wallet(&stage.k.world, asset);
            let mut take = t.withdraw(me, account, &keys, wallet, stage.custody(asset));
            take.accounts.extend(reads.clone());
            stage.send(&[take]).expect("it leaves");
        }
        let bot = User::new(&mut stage.k.world, 31, 8);
        let purse = stage.tokens(USDC, 500_000);
        bot.fund(&mut stage.k.world, USDC, purse);
        bot.fund(&mut stage.k.world, SOL, 0);
        stage.k.advance(1);
        Self { stage, bot, others }
    }

    /// [`Hunt::new`] after SOL fell until all of it is worth 117 % of the debts.
    pub(super) fn fallen(there: u64, here: u64) -> Self {
        Self::new(there, here).at(price(there + here))
    }

    /// SOL at so many cents.
    pub(super) fn at(mut self, cents: i64) -> Self {
        self.stage.k.world.assets[SOL].quote = trestle_sandbox::pyth::Quote::cents(cents);
        self.stage.k.advance(1);
        self
    }

    fn liquidation(&self, max: u64, min: u64) -> Instruction {
        let world = &self.stage.k.world;
        let keys = self.bot.against(world, &self.stage.user, USDC, SOL);
        let (reserve, others) = (self.stage.k.reserve(SOL), self.stage.k.of(&self.others));
        let at = At { reserve: &reserve, others: &others };
        world.trestle.liquidate_venue(&keys, at, max, min)
    }

    /// As a keeper sends it: with Kamino's prices in front where it owes there.
    fn steps(&self, max: u64, min: u64) -> Vec<Instruction> {
        let mut steps = vec![self.liquidation(max, min)];
        if !self.others.is_empty() {
            let used = [&[SOL], self.others.as_slice()].concat();
            steps.insert(0, self.stage.k.price_refresh(&used));
        }
        steps
    }

    fn liquidate(&mut self, max: u64) -> Result<Sent, Failure> {
        let steps = self.steps(max, 1);
        self.stage.k.world.send(&steps, &[&self.bot.key])
    }

    #[track_caller]
    pub(super) fn refuses(&mut self, steps: &[Instruction], error: E) {
        refused(&mut self.stage.k.world.svm, steps, &[&self.bot.key], error);
    }

    /// Health of the victim, its venue account read in this slot.
    pub(super) fn health(&mut self) -> HealthReport {
        let used = [&[SOL], self.others.as_slice()].concat();
        self.stage.k.refresh(&self.stage.user.clone(), &used).expect("read");
        self.stage.user.health(&mut self.stage.k.world).expect("health")
    }

    /// The running totals of Kamino's class: claims, financing.
    pub(super) fn totals(&self) -> (u64, u64) {
        let world = &self.stage.k.world;
        let key = world.trestle.addresses().exposure(&world.trestle.group, KAMINO);
        let bytes = Aligned::new(&world.svm.data(&key));
        let totals: &Exposure = bytes.account().unwrap();
        (totals.claims, totals.financing)
    }

    /// Cuts the victim's slab down to the positions that it has.
    fn fill_slab(&mut self) {
        let key = self.stage.user.account;
        let (fixed, _) = self.stage.user.margin(&self.stage.k.world);
        let mut account = self.stage.k.world.svm.account(&key).unwrap();
        account
            .data
            .truncate(offsets::POSITIONS + usize::from(fixed.count) * size_of::<Position>());
        self.stage.k.world.svm.set_account(key, account);
    }

    pub(super) fn purse(&self, asset: usize) -> u64 {
        balance_of(&self.stage.k.world.svm, &self.bot.wallet(&self.stage.k.world, asset))
    }
}

/// Cents at which 1,000 SOL are worth 117 % of so many dollars.
pub(super) fn price(debts: u64) -> i64 {
    i64::try_from(debts * 117 / 1_000).unwrap()
}

/// A liquidation that Kamino refreshes nothing in front of.
pub(super) fn alone() -> Sent {
    let mut hunt = Hunt::fallen(5_000, 80_000);
    let ix = hunt.liquidation(1_000_000_000, 1);
    hunt.stage.k.world.send(&[ix], &[&hunt.bot.key]).expect("it is unhealthy")
}

pub(super) fn told(sent: &Sent) -> Liquidated {
    let events = of_logs(&sent.logs, &PROGRAM_ID);
    let mut found = events.iter().filter_map(|bytes| match Event::decode(bytes)?.body {
        Body::Liquidation(told) => Some(told),
        _ => None,
    });
    found.next().expect("the event of the liquidation")
}

/// Dollars, micro-USD, of native units of SOL at a price in cents, rounded down.
pub(super) fn dollars(lamports: u64, cents: i64) -> i64 {
    i64::try_from(u128::from(lamports) * u128::from(cents.unsigned_abs()) / 100_000).unwrap()
}

#[test]
fn a_deposit_at_kamino_is_redeemed_to_the_liquidator() {
    for there in [0, 10_000] {
        let mut hunt = Hunt::fallen(there, 80_000);
        let before = hunt.health();
        assert!(before.maint < 0 && before.equity > 0, "{before:?}");
        let (paid, got) = (hunt.purse(USDC), hunt.purse(SOL));
        let ctokens = hunt.stage.ctokens(SOL);
        let custody = hunt.stage.custody(SOL);
        let sent = hunt.liquidate(u64::MAX).unwrap_or_else(|e| panic!("{there}: {e:?}"));
        let after = hunt.health();
        let told = told(&sent);
        let (paid, got) = (paid - hunt.purse(USDC), hunt.purse(SOL) - got);
        println!(
            "{there} USDC owed at Kamino: {paid} paid for {got}, {} CU, {} locks, {} bytes",
            sent.units, sent.locks, sent.table_bytes
        );
        assert_eq!((told.repaid + told.insured, told.seized), (paid, got));
        assert_eq!(told.collateral_kind, PositionKind::VenueDeposit.byte());
        // tokens passed through custody and left nothing behind
        assert_eq!(hunt.stage.custody(SOL), custody);
        hunt.stage.custody_is_recognised(SOL);
        let left = hunt.stage.ctokens(SOL);
        assert_eq!(hunt.stage.units(SOL, PositionKind::VenueDeposit), u128::from(left));
        assert!(left < ctokens && got > 0);
        // the account is better off, not beyond the target, and paid the incentive at most
        assert!(after.maint > before.maint && after.liqend > before.liqend, "{after:?}");
        let target = (before.debts / 50).max(10_000_000);
        assert!(after.liqend <= target + 100, "{after:?}");
        let repaid = i64::try_from(told.repaid).unwrap();
        let lost = before.equity - after.equity;
        assert!(lost >= 0 && lost <= repaid * 3 / 100 + 10, "lost {lost} of {repaid}");
        // what the liquidator got is what was repaid and the incentive, never more
        let worth = dollars(got, price(80_000 + there));
        assert!(worth <= repaid + lost + 10, "{worth} for {repaid}, {lost} lost");
        assert!(worth >= repaid, "{worth} for {repaid}");
        // the class's totals are what the account still claims
        let (account, _) = hunt.stage.user.margin(&hunt.stage.k.world);
        let own = account.contributions[usize::from(KAMINO)];
        assert_eq!(hunt.totals(), (own.claim, own.financing));
        let claim = dollars(hunt.stage.ctokens(SOL), price(80_000 + there));
        assert!(own.claim.abs_diff(claim.unsigned_abs()) < 11_000_000_000, "{own:?} {claim}");
        events::check(&hunt.stage.k.world.svm);
    }
}

#[test]
fn repeated_calls_reach_the_target_and_then_the_account_is_left_alone() {
    let mut hunt = Hunt::fallen(0, 80_000);
    let first = hunt.health();
    let mut calls = 0;
    while hunt.health().liqend < 0 {
        hunt.liquidate(u64::MAX).unwrap_or_else(|e| panic!("call {calls}: {e:?}"));
        calls += 1;
        assert!(calls < 20);
    }
    let after = hunt.health();
    assert!(after.maint > 0 && after.liqend <= first.debts / 50 + 1_000_000, "{after:?}");
    let steps = hunt.steps(u64::MAX, 1);
    hunt.refuses(&steps, E::Healthy);
}

#[test]
fn splitting_takes_no_more_than_one_whole() {
    let hunt = Hunt::fallen(5_000, 80_000);
    let seized = |pieces: &[u64]| {
        let mut copy = hunt.clone();
        for max in pieces {
            if copy.liquidate(*max).is_err() {
                break;
            }
        }
        (copy.purse(SOL), copy.health().debts)
    };
    let (whole, debts_whole) = seized(&[8_000_000_000]);
    let (split, debts_split) = seized(&[500_000_000; 16]);
    assert!(debts_split >= debts_whole - 20, "{debts_split} {debts_whole}");
    assert!(split <= whole + 16, "{split} against {whole}");
    assert!(split > whole * 9 / 10, "{split} against {whole}");
}

#[test]
fn a_reserve_without_free_liquidity_gives_nothing_and_shields_nothing_else() {
    let mut hunt = Hunt::new(0, 80_000);
    let idle = hunt.stage.tokens(SOL, 20);
    let owner = hunt.stage.user.clone();
    owner.fund_and_deposit(&mut hunt.stage.k.world, SOL, idle);
    let mut hunt = hunt.at(price(78_000));
    // all of it lent out, but for a little
    let lend = |hunt: &mut Hunt, left: u64| {
        hunt.stage.reserve(SOL, |r| {
            let out = r.available() - left;
            r.set_available(left);
            r.set_borrowed(r.borrowed() + Fraction::whole(out));
        });
        hunt.stage.k.publish();
    };
    lend(&mut hunt, 3_000_000_000);
    let mut most = hunt.clone();
    most.liquidate(u64::MAX).expect("what is free is taken");
    assert!((2_999_999_000..=3_000_000_000).contains(&most.purse(SOL)), "{}", most.purse(SOL));
    lend(&mut hunt, 0);
    let steps = hunt.steps(u64::MAX, 1);
    hunt.refuses(&steps, E::CollateralNotFree);
    // idle SOL can still be had, and the obligation is read for it
    let t = hunt.stage.k.world.trestle;
    let keys = hunt.bot.against(&hunt.stage.k.world, &hunt.stage.user, USDC, SOL);
    let sol = hunt.stage.k.world.assets[SOL].keys;
    let mut custody = t.liquidate_custody(&keys, &sol, 1_000_000_000, 1);
    let reads = t.reads(&hunt.stage.user.account, &[hunt.stage.k.market], &hunt.stage.k.of(&[SOL]));
    custody.accounts.extend(reads);
    hunt.stage.k.world.send(&[custody], &[&hunt.bot.key]).expect("other collateral is seized");
}

#[test]
fn what_the_debt_at_kamino_needs_stays_there() {
    // 1,000 SOL lend 60 %-75 % of their worth at Kamino; most of it is used there
    let mut hunt = Hunt::new(52_000, 20_000).at(8_400);
    let before = hunt.health();
    assert!(before.maint < 0, "{before:?}");
    let mut sum = 0;
    let error = loop {
        match hunt.liquidate(u64::MAX) {
            Ok(sent) => sum += told(&sent).seized,
            Err(error) => break error,
        }
    };
    // what is left to take does not help any more
    let ends = [E::CollateralTied, E::NothingToLiquidate, E::LiquidationOutcome];
    assert!(error.trestle().is_some_and(|error| ends.contains(&error)), "{error:?}");
    println!("{sum} lamports could leave");
    assert!(sum > 0);
    // Kamino itself finds the obligation sound, and would let out half a dollar more
    let (used, most) = hunt.stage.books(|o| (o.adjusted_debt(), o.allowed()));
    assert!(used <= most && most - used < Fraction::ONE, "{used:?} of {most:?}");
    // at a lower price nothing may leave
    let mut hunt = Hunt::new(52_000, 20_000).at(7_300);
    let steps = hunt.steps(u64::MAX, 1);
    hunt.refuses(&steps, E::CollateralTied);
}

#[test]
fn a_full_slab_shields_nothing() {
    let mut hunt = Hunt::fallen(0, 80_000);
    // custody of SOL has no position, and there is room for none
    hunt.fill_slab();
    hunt.liquidate(u64::MAX).expect("tokens only pass through custody");
    assert_eq!(hunt.stage.units(SOL, PositionKind::Custody), 0);
}

#[test]
fn kamino_may_refuse_and_then_nothing_happens() {
    let mut hunt = Hunt::fallen(5_000, 80_000);
    if !hunt.stage.is_mock() {
        return;
    }
    let steps = hunt.steps(u64::MAX, 1);
    hunt.stage.market(|m| m.set_emergency(1));
    let before = snapshot(&hunt.stage.k.world.svm, &steps);
    let failure = hunt.stage.k.world.send(&steps, &[&hunt.bot.key]).expect_err("it is stopped");
    assert!(matches!(failure, Failure::Other(_)), "{failure:?}");
    assert_eq!(before, snapshot(&hunt.stage.k.world.svm, &steps));
}

#[test]
fn a_venue_that_misbehaves_is_refused_with_nothing_lost() {
    let whole = Hunt::fallen(5_000, 80_000);
    if !whole.stage.is_mock() {
        return;
    }
    for (how, error) in [
        (Hostile::Idle, E::KaminoNoEffect),
        (Hostile::More, E::KaminoExceeded),
        (Hostile::Skim, E::KaminoRate),
        (Hostile::Close, E::KaminoClosed),
        (Hostile::Delegate, E::VenueTouchedAuthority),
        (Hostile::CloseAuthority, E::VenueTouchedAuthority),
        (Hostile::Steal, E::KaminoNoEffect),
        (Hostile::Shrink, E::KaminoLayout),
        (Hostile::Replay, E::KaminoNoEffect),
        (Hostile::Rename, E::KaminoIdentityChanged),
    ] {
        let mut hunt = whole.clone();
        hunt.stage.misbehave(how);
        println!("{how:?}");
        let steps = hunt.steps(1_000_000_000, 1);
        hunt.refuses(&steps, error);
    }
    // it may give less: the liquidator's own minimum stands against that
    let mut hunt = whole;
    hunt.stage.misbehave(Hostile::Less);
    let steps = hunt.steps(1_000_000_000, 9_000_000_000);
    hunt.refuses(&steps, E::SeizeBelowMinimum);
    let before = hunt.health();
    hunt.liquidate(1_000_000_000).expect("who asks for nothing gets less");
    assert!(hunt.health().equity > before.equity, "the account gained what Kamino kept back");
}

#[test]
fn old_prices_at_kamino_are_asked_for() {
    let mut hunt = Hunt::fallen(5_000, 80_000);
    // Trestle's own are new, Kamino's are not
    hunt.stage.k.world.svm.advance_seconds(400);
    hunt.stage.k.world.publish_all();
    let rows = hunt.stage.k.rows();
    hunt.stage.k.world.send(&[rows], &[]).unwrap();
    let alone = hunt.liquidation(u64::MAX, 1);
    hunt.refuses(&[alone], E::KaminoReserveStale);
    // Kamino's are new, Trestle's are not
    let mut hunt = Hunt::fallen(5_000, 80_000);
    hunt.stage.k.world.svm.advance_seconds(60);
    let steps = hunt.steps(u64::MAX, 1);
    hunt.refuses(&steps, E::LiquidationStale);
}

#[test]
fn units_are_read_before_they_are_planned_with() {
    // the slab says 1,000 SOL; a stranger has taken three eighths of them meanwhile
    let mut hunt = Hunt::new(0, 80_000).at(14_900);
    let before = hunt.stage.units(SOL, PositionKind::VenueDeposit);
    let key = hunt.stage.k.reserve(SOL).reserve;
    hunt.stage.books(|o| {
        let i = o.deposit_of(&key).unwrap();
        let mut deposit = o.deposit(i);
        deposit.set_amount(deposit.amount() * 5 / 8);
    });
    hunt.liquidate(1_000_000_000).expect("it is found unhealthy");
    assert!(hunt.stage.units(SOL, PositionKind::VenueDeposit) < before * 5 / 8);
}

#[test]
fn wrong_parts_are_refused() {
    let mut hunt = Hunt::fallen(0, 80_000);
    let other = super::another(&mut hunt.stage, 41);
    let foreign = hunt.stage.k.world.trestle.obligation(&other.account, &hunt.stage.k.market);
    let good = hunt.liquidation(1_000_000_000, 1);
    let jito = hunt.stage.k.reserve(JITOSOL);
    let swap = |position: usize, key: Pubkey, error: E| {
        let mut bad = good.clone();
        bad.accounts[position].pubkey = key;
        hunt.clone().refuses(&[bad], error);
    };
    swap(14, jito.reserve, E::WrongAddress);
    swap(15, hunt.bot.wallet(&hunt.stage.k.world, JITOSOL), E::WrongAddress);
    swap(16, Pubkey::new_from_array([7; 32]), E::WrongProgram);
    swap(17, foreign, E::NoVenueAccount);
    swap(18, Pubkey::new_from_array([8; 32]), E::WrongAddress);
    swap(17, hunt.stage.k.reserve(SOL).reserve, E::DuplicateAccount);
    let mut few = good.clone();
    few.accounts.truncate(18);
    hunt.refuses(&[few], E::AccountCount);
    let mut bare = good.clone();
    bare.accounts.truncate(19);
    hunt.refuses(&[bare], E::VenueAccountMissing);
    let mut readonly = good.clone();
    readonly.accounts[17].is_writable = false;
    hunt.refuses(&[readonly], E::NotWritable);
    // a deposit that is not there
    let keys = hunt.bot.against(&hunt.stage.k.world, &hunt.stage.user, USDC, JITOSOL);
    hunt.bot.fund(&mut hunt.stage.k.world, JITOSOL, 0);
    let others = hunt.stage.k.of(&[SOL]);
    let at = At { reserve: &jito, others: &others };
    let none = hunt.stage.k.world.trestle.liquidate_venue(&keys, at, 1_000_000, 1);
    hunt.refuses(&[none], E::KaminoSlot);
}

#[test]
fn nobody_liquidates_themselves() {
    let mut hunt = Hunt::fallen(0, 80_000);
    let mut own = hunt.clone();
    own.bot = own.stage.user.clone();
    let steps = own.steps(1_000_000, 1);
    hunt.bot = own.bot;
    hunt.refuses(&steps, E::SelfLiquidation);
}

#[test]
fn another_program_may_call_it() {
    let mut hunt = Hunt::fallen(5_000, 80_000);
    let mut steps = hunt.steps(1_000_000_000, 1);
    let proxy = Pubkey::new_from_array([43; 32]);
    hunt.stage.k.world.svm.vm().add_program(proxy, &deployed("proxy")).expect("it loads");
    let last = steps.pop().unwrap();
    steps.push(mock_proxy::wrap(&proxy, &[last]));
    let sent = hunt
        .stage
        .k
        .world
        .svm
        .send_with_table(&steps, &[&hunt.bot.key])
        .unwrap_or_else(|e| panic!("{e:?}"));
    println!("behind a proxy: {} CU, {} locks, {} bytes", sent.units, sent.locks, sent.table_bytes);
    assert!(sent.locks <= 64);
    assert!(hunt.purse(SOL) > 0);
}
