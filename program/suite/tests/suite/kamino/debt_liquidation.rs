//! Liquidation of a debt at Kamino: the liquidator's tokens pass through
//! custody, and collateral that lies elsewhere is seized for them.

use super::{Act, Stage};
use crate::events;
use mock_klend::hostile::Hostile;
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use trestle_client::ix::{At, Seized};
use trestle_interface::TrestleError as E;
use trestle_interface::health::HealthReport;
use trestle_interface::state::PositionKind;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, Sent, User, refused};

const USED: [usize; 2] = [SOL, USDC];

/// A victim who owes to Kamino and holds SOL elsewhere as well, and a bot.
#[derive(Clone)]
pub(crate) struct Hunt {
    pub(crate) stage: Stage,
    pub(crate) bot: User,
}

impl Hunt {
    /// 600 SOL at Kamino, 380 idle and 20 in the pool; 45,000 USDC owed to
    /// Kamino and 50,000 to the pool, all withdrawn.
    pub(crate) fn new() -> Self {
        let mut stage = Stage::open();
        stage.ok(Act::Supply(stage.tokens(SOL, 600)), SOL, &[]);
        let pooled = stage.tokens(SOL, 20);
        stage.user.clone().supply(&mut stage.k.world, SOL, pooled).expect("supply");
        stage.ok(Act::Borrow(stage.tokens(USDC, 45_000)), USDC, &[SOL]);
        let (t, me, account) = (stage.k.world.trestle, stage.user.address(), stage.user.account);
        let reads = t.reads(&account, &[stage.k.market], &stage.k.of(&USED));
        let pool = stage.k.world.assets[USDC].pool;
        let mut borrow = t.pool_borrow(me, account, &pool, stage.tokens(USDC, 50_000));
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
        let mut hunt = Self { stage, bot };
        hunt.price(11_300);
        hunt
    }

    /// SOL at so many cents.
    pub(crate) fn price(&mut self, cents: i64) {
        self.stage.k.world.assets[SOL].quote = trestle_sandbox::pyth::Quote::cents(cents);
        self.stage.k.advance(1);
    }

    fn against(&self, collateral: Seized, max: u64, min: u64) -> Instruction {
        let world = &self.stage.k.world;
        let keys = self.bot.against(world, &self.stage.user, USDC, SOL);
        let (reserve, others) = (self.stage.k.reserve(USDC), self.stage.k.of(&[SOL]));
        let at = At { reserve: &reserve, others: &others };
        world.trestle.liquidate_venue_debt(&keys, at, collateral, max, min)
    }

    fn custody(&self, max: u64) -> Instruction {
        self.against(Seized::Custody(self.stage.k.world.assets[SOL].keys), max, 1)
    }

    fn send(&mut self, ix: Instruction) -> Result<Sent, Failure> {
        self.stage.k.world.svm.send_with_table(&[ix], &[&self.bot.key])
    }

    #[track_caller]
    fn refuses(&mut self, ix: Instruction, error: E) {
        refused(&mut self.stage.k.world.svm, &[ix], &[&self.bot.key], error);
    }

    pub(crate) fn health(&mut self) -> HealthReport {
        self.stage.k.refresh(&self.stage.user.clone(), &USED).expect("read");
        self.stage.user.health(&mut self.stage.k.world).expect("health")
    }

    fn purse(&self, asset: usize) -> u64 {
        balance_of(&self.stage.k.world.svm, &self.bot.wallet(&self.stage.k.world, asset))
    }

    /// One liquidation, and what must hold after it.
    fn step(&mut self, ix: Instruction) {
        let before = self.health();
        assert!(before.maint < 0 && before.equity > 0, "{before:?}");
        let (paid, got) = (self.purse(USDC), self.purse(SOL));
        let idle = self.stage.custody(USDC);
        let units = self.stage.units(USDC, PositionKind::VenueDebt);
        let sent = self.send(ix).unwrap_or_else(|e| panic!("{e:?}"));
        let after = self.health();
        let (paid, got) = (paid - self.purse(USDC), self.purse(SOL) - got);
        println!(
            "{paid} paid for {got}, {} CU, {} locks, {} bytes",
            sent.units, sent.locks, sent.table_bytes
        );
        assert!(paid > 0 && got > 0);
        // the debt at Kamino fell by what was paid, and custody is as it was
        let debts = before.debts - after.debts;
        assert!((i64::try_from(paid).unwrap() - debts).abs() <= 40, "{paid} for {debts}");
        assert!(self.stage.units(USDC, PositionKind::VenueDebt) < units);
        assert_eq!(after.native_debts, before.native_debts);
        assert_eq!(self.stage.custody(USDC), idle);
        for asset in [SOL, USDC] {
            self.stage.custody_is_recognised(asset);
        }
        assert!(after.maint > before.maint && after.liqend > before.liqend, "{after:?}");
        assert!(after.stress < before.stress, "Kamino's own limit is further away");
        let target = (before.debts / 50).max(10_000_000);
        assert!(after.liqend <= target + 100, "{after:?}");
        // at most 3 %, of which the insurance's fifth stays with the account
        let lost = before.equity - after.equity;
        let most = i64::try_from(paid).unwrap() * 24 / 1_000 + 40;
        assert!(lost >= 0 && lost <= most, "lost {lost} of {paid}");
        events::check(&self.stage.k.world.svm);
    }
}

/// A liquidation that Kamino refreshes nothing in front of.
pub(super) fn alone() -> Sent {
    let mut hunt = Hunt::new();
    let ix = hunt.custody(1_000_000_000);
    hunt.stage.k.world.send(&[ix], &[&hunt.bot.key]).expect("it is unhealthy")
}

#[test]
fn a_debt_at_kamino_is_repaid_for_idle_tokens() {
    let mut hunt = Hunt::new();
    let ix = hunt.custody(5_000_000_000);
    hunt.step(ix);
}

#[test]
fn a_debt_at_kamino_is_repaid_for_a_pool_deposit() {
    let mut hunt = Hunt::new();
    let pool = hunt.stage.k.world.assets[SOL].pool;
    let ix = hunt.against(Seized::Deposit(pool), 1_000_000_000, 1);
    hunt.step(ix);
    assert!(hunt.stage.k.world.pool(SOL).books().unwrap().is_balanced().unwrap());
}

#[test]
fn the_stress_that_goes_with_the_debt_is_no_reason_to_overshoot() {
    // near Kamino's own threshold the charge for it falls with every repayment
    for cents in [11_300, 11_000, 10_900] {
        let mut hunt = Hunt::new();
        hunt.price(cents);
        let first = hunt.health();
        let mut calls = 0;
        while hunt.health().maint < 0 {
            let was = hunt.health();
            let ix = hunt.custody(u64::MAX);
            hunt.send(ix).unwrap_or_else(|e| panic!("{cents}, call {calls}: {e:?}"));
            let now = hunt.health();
            assert!(now.maint > was.maint, "{was:?} {now:?}");
            assert!(now.liqend <= first.debts / 50 + 1_000_000, "{now:?}");
            calls += 1;
            assert!(calls < 20);
        }
        println!("{cents} cents: {calls} calls from stress {}", first.stress);
        assert!(calls > 0, "{first:?}");
    }
}

#[test]
fn a_debt_is_closed_whole_and_the_rest_comes_back() {
    let mut hunt = Hunt::new();
    // a debt below 50 dollars is not left: repay down to it as its owner
    let give = hunt.stage.tokens(USDC, 44_960);
    let owner = hunt.stage.user.clone();
    owner.fund_and_deposit(&mut hunt.stage.k.world, USDC, give);
    hunt.stage.ok(Act::Repay(Some(give)), USDC, &[SOL]);
    hunt.stage.k.advance(1);
    hunt.price(5_900);
    let before = hunt.health();
    assert!(before.maint < 0, "{before:?}");
    let paid = hunt.purse(USDC);
    let ix = hunt.custody(u64::MAX);
    hunt.send(ix).unwrap_or_else(|e| panic!("{e:?}"));
    let paid = paid - hunt.purse(USDC);
    assert!((40_000_000..40_010_000).contains(&paid), "{paid}");
    assert_eq!(hunt.stage.units(USDC, PositionKind::VenueDebt), 0);
    assert_eq!(hunt.stage.custody(USDC), 0, "nothing stays behind");
    events::check(&hunt.stage.k.world.svm);
}

#[test]
fn splitting_takes_no_more_than_one_whole() {
    let hunt = Hunt::new();
    let seized = |pieces: &[u64]| {
        let mut copy = hunt.clone();
        for max in pieces {
            let ix = copy.custody(*max);
            if copy.send(ix).is_err() {
                break;
            }
        }
        (copy.purse(SOL), copy.health().debts)
    };
    let (whole, debts_whole) = seized(&[4_000_000_000]);
    let (split, debts_split) = seized(&[400_000_000; 10]);
    assert!(debts_split >= debts_whole - 20, "{debts_split} {debts_whole}");
    assert!(split <= whole + 10, "{split} against {whole}");
}

#[test]
fn a_venue_that_misbehaves_is_refused_with_nothing_lost() {
    let whole = Hunt::new();
    if !whole.stage.is_mock() {
        return;
    }
    for (how, error) in [
        (Hostile::Idle, E::KaminoNoEffect),
        (Hostile::Less, E::LiquidationOutcome),
        (Hostile::More, E::KaminoExceeded),
        (Hostile::Skim, E::KaminoRate),
        (Hostile::Delegate, E::VenueTouchedAuthority),
        (Hostile::CloseAuthority, E::VenueTouchedAuthority),
        (Hostile::Shrink, E::KaminoLayout),
        (Hostile::Replay, E::KaminoNoEffect),
        (Hostile::Meddle, E::KaminoOtherPosition),
        (Hostile::Rename, E::KaminoIdentityChanged),
    ] {
        let mut hunt = whole.clone();
        // idle dollars of the victim, for a thief to find
        let idle = hunt.stage.tokens(USDC, 10);
        hunt.stage.user.clone().fund_and_deposit(&mut hunt.stage.k.world, USDC, idle);
        hunt.stage.misbehave(how);
        println!("{how:?}");
        let ix = hunt.custody(5_000_000);
        hunt.refuses(ix, error);
    }
    let mut hunt = whole;
    let idle = hunt.stage.tokens(USDC, 10);
    hunt.stage.user.clone().fund_and_deposit(&mut hunt.stage.k.world, USDC, idle);
    hunt.stage.misbehave(Hostile::Steal);
    let ix = hunt.custody(5_000_000);
    hunt.refuses(ix, E::KaminoExceeded);
}

#[test]
fn wrong_parts_are_refused() {
    let mut hunt = Hunt::new();
    let other = super::another(&mut hunt.stage, 41);
    let foreign = hunt.stage.k.world.trestle.obligation(&other.account, &hunt.stage.k.market);
    let good = hunt.custody(1_000_000_000);
    let sol = hunt.stage.k.reserve(SOL).reserve;
    let swap = |position: usize, key: Pubkey, error: E| {
        let mut bad = good.clone();
        bad.accounts[position].pubkey = key;
        hunt.clone().refuses(bad, error);
    };
    swap(5, sol, E::WrongAddress);
    swap(6, hunt.bot.wallet(&hunt.stage.k.world, JITOSOL), E::NotCanonicalCustody);
    swap(15, Pubkey::new_from_array([7; 32]), E::WrongProgram);
    swap(16, foreign, E::NoVenueAccount);
    swap(17, Pubkey::new_from_array([8; 32]), E::WrongAddress);
    let mut few = good.clone();
    few.accounts.truncate(17);
    hunt.refuses(few, E::AccountCount);
    // nobody pays their own
    let mut own = hunt.clone();
    own.bot = own.stage.user.clone();
    let ix = own.custody(1_000_000);
    own.refuses(ix, E::SelfLiquidation);
}

#[test]
fn r09_receivership_reads_every_venue_account_that_owes() {
    let mut hunt = Hunt::new();
    let (t, account) = (hunt.stage.k.world.trestle, hunt.stage.user.account);
    let list = t.receivership(hunt.bot.address(), account, 0, &[], &[]).expect("it is short");
    refused(&mut hunt.stage.k.world.svm, &list, &[&hunt.bot.key], E::ReceivershipUnread);
    // the obligation without its reserves is not read either
    let half = t.reads(&account, &[hunt.stage.k.market], &[]);
    let list = t.receivership(hunt.bot.address(), account, 0, &[], &half).expect("it is short");
    refused(&mut hunt.stage.k.world.svm, &list, &[&hunt.bot.key], E::ReceivershipUnread);
}
