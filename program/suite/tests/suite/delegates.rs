//! Delegates (ruling 6): every bit against every operation, what only the owner
//! may, and the end of their time.

use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::address::associated_token;
use trestle_client::ix::{At, RewardKeys};
use trestle_interface::TrestleError;
use trestle_interface::args::{
    AssertDeadlineArgs, AssertHealthArgs, AssertRateArgs, SetDelegateArgs,
};
use trestle_interface::permission::{ALL, MOVE, PROTECT, TRADE, WITHDRAW};
use trestle_interface::state::{Delegate, MAX_DELEGATES};
use trestle_interface::tag::{TABLE, Tag};
use trestle_sandbox::tokens::{balance_of, fund};
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, KaminoWorld, User, World, refused};

/// Bits of a delegate, one by one.
const BITS: [u32; 4] = [TRADE, MOVE, WITHDRAW, PROTECT];

/// A delegate's terms with a budget that no honest act exceeds.
pub fn terms(delegate: &Keypair, permissions: u32) -> SetDelegateArgs {
    SetDelegateArgs {
        delegate: delegate.pubkey(),
        permissions,
        expires: i64::MAX,
        loss_per_act: 1_000_000,
        loss_per_day: 10_000_000,
    }
}

/// Names a delegate.
pub fn name(world: &mut World, user: &User, args: &SetDelegateArgs) {
    let ix = world.trestle.set_delegate(user.address(), user.account, args);
    world.send(&[ix], &[&user.key]).expect("the delegate is set");
}

/// A key with lamports.
pub fn key(world: &mut World, seed: u8) -> Keypair {
    let key = Keypair::new_from_array([seed; 32]);
    world.svm.airdrop(&key.pubkey(), 10_000_000_000);
    key
}

/// The row of a delegate.
pub fn row(world: &World, user: &User, delegate: &Keypair) -> Delegate {
    let (account, _) = user.margin(world);
    let mut rows = account.delegates.into_iter();
    rows.find(|row| row.key == delegate.pubkey()).expect("the delegate has a row")
}

/// Writes a delegate's row behind the program's back.
pub fn rewrite(world: &mut World, user: &User, delegate: &Keypair, f: impl FnOnce(&mut Delegate)) {
    let mut account = world.svm.account(&user.account).unwrap();
    let at = account.data.windows(32).skip(232).position(|w| w == delegate.pubkey().as_ref());
    let at = 232 + at.unwrap();
    let bytes = &mut account.data[at..at + core::mem::size_of::<Delegate>()];
    let mut row: Delegate = bytemuck::pod_read_unaligned(bytes);
    f(&mut row);
    bytes.copy_from_slice(bytemuck::bytes_of(&row));
    world.svm.set_account(user.account, account);
}

/// Accounts on which each operation would go through, all with one delegate.
struct Stage {
    k: KaminoWorld,
    /// Custody, pool deposit and debt, an obligation with deposit and debt,
    /// tokens that were not deposited.
    user: User,
    /// No obligation yet.
    fresh: User,
    /// An obligation without a stake.
    unstaked: User,
    /// A stake that earns.
    farmer: User,
    /// JitoSOL outside its elevation group.
    grouped: User,
    /// What the stake earns.
    reward: RewardKeys,
    delegate: Keypair,
}

fn stage() -> Stage {
    let mut k = KaminoWorld::new();
    let lender = User::new(&mut k.world, 30, 8);
    lender.fund_and_deposit(&mut k.world, USDC, 1_000_000_000_000);
    lender.supply(&mut k.world, USDC, 1_000_000_000_000).unwrap();
    k.publish();
    let delegate = key(&mut k.world, 40);
    let usdc = k.world.assets[USDC].keys;
    fund(&mut k.world.svm, delegate.pubkey(), &usdc, 1_000_000_000);
    let user = User::new(&mut k.world, 31, 16);
    let amount = k.world.assets[SOL].tokens(200);
    user.fund_and_deposit(&mut k.world, SOL, amount);
    user.fund_and_deposit(&mut k.world, USDC, 500_000_000);
    user.fund(&mut k.world, USDC, 1_000_000);
    let authority = k.world.trestle.addresses().authority(&user.account);
    let jito = k.world.assets[JITOSOL].keys;
    fund(&mut k.world.svm, authority, &jito, 1_000);
    user.supply(&mut k.world, SOL, amount / 4).unwrap();
    user.borrow(&mut k.world, USDC, 100_000_000).unwrap();
    k.open(&user, SOL);
    k.supply(&user, SOL, &[], amount / 4).unwrap();
    k.borrow(&user, USDC, &[SOL], 1_000_000_000).unwrap();
    let fresh = User::new(&mut k.world, 32, 8);
    let unstaked = User::new(&mut k.world, 33, 8);
    let (t, me, at) = (k.world.trestle, unstaked.address(), k.reserve(USDC));
    let open = t.open_venue(me, me, unstaked.account, &at);
    k.world.send(&[open], &[&unstaked.key]).unwrap();
    let farmer = User::new(&mut k.world, 35, 8);
    farmer.fund_and_deposit(&mut k.world, USDC, 5_000_000_000);
    farmer.fund_and_deposit(&mut k.world, SOL, 1_000_000_000);
    k.open(&farmer, USDC);
    k.supply(&farmer, USDC, &[], 5_000_000_000).unwrap();
    let grouped = User::new(&mut k.world, 36, 8);
    grouped.fund_and_deposit(&mut k.world, JITOSOL, 100_000_000_000);
    k.open(&grouped, JITOSOL);
    k.supply(&grouped, JITOSOL, &[], 50_000_000_000).unwrap();
    let reward = k.reward(USDC, SOL).expect("the pack's farm pays");
    k.advance(60);
    Stage { k, user, fresh, unstaked, farmer, grouped, reward, delegate }
}

impl Stage {
    /// The account that an operation is tried on.
    fn account_of(&self, tag: Tag) -> &User {
        match tag {
            Tag::OpenVenue => &self.fresh,
            Tag::OpenFarm | Tag::CloseVenue => &self.unstaked,
            Tag::ClaimVenue => &self.farmer,
            Tag::VenueGroup => &self.grouped,
            _ => &self.user,
        }
    }

    /// An operation signed by `signer`, on an account where the owner's goes
    /// through, behind what must stand in front of it.
    fn operation(&self, tag: Tag, signer: Pubkey) -> Vec<Instruction> {
        let (k, world, t) = (&self.k, &self.k.world, self.k.world.trestle);
        let account = self.account_of(tag).account;
        let (sol, usdc) = (&world.assets[SOL], &world.assets[USDC]);
        let (at_sol, at_usdc, at_jito) = (k.reserve(SOL), k.reserve(USDC), k.reserve(JITOSOL));
        let (beside_sol, beside_usdc) = ([at_usdc], [at_sol]);
        let on_sol = At { reserve: &at_sol, others: &beside_sol };
        let on_usdc = At { reserve: &at_usdc, others: &beside_usdc };
        let reads = t.reads(&account, &[k.market], &[at_sol, at_usdc]);
        let read = |mut ix: Instruction| {
            ix.accounts.extend_from_slice(&reads);
            vec![ix]
        };
        let to = self.user.wallet(world, USDC);
        let from = associated_token(&signer, &usdc.keys.token_program, &usdc.keys.mint);
        let behind = |assets: &[usize], ix| vec![k.price_refresh(assets), ix];
        let venue = |ix| behind(&[SOL, USDC], ix);
        let health = AssertHealthArgs { level: 0, min: 0 };
        let rate = AssertRateArgs { market: 0, debt: true, bound: u32::MAX, max_age: u32::MAX };
        let deadline = AssertDeadlineArgs { unix: i64::MAX, slot: u64::MAX };
        match tag {
            Tag::Deposit => vec![t.deposit(signer, account, &usdc.keys, from, 1_000)],
            Tag::Withdraw => read(t.withdraw(signer, account, &usdc.keys, to, 1_000)),
            Tag::SyncCustody => {
                vec![t.sync_custody(signer, account, &world.assets[JITOSOL].keys)]
            }
            Tag::PoolSupply => read(t.pool_supply(signer, account, &sol.pool, 1_000)),
            Tag::PoolRedeem => vec![t.pool_redeem(signer, account, &sol.pool, Some(1_000))],
            Tag::PoolBorrow => read(t.pool_borrow(signer, account, &usdc.pool, 1_000)),
            Tag::PoolRepay => vec![t.pool_repay(signer, account, &usdc.pool, Some(1_000))],
            Tag::VenueSupply => venue(t.venue_supply(signer, account, on_sol, 1_000_000)),
            Tag::VenueRedeem => venue(t.venue_redeem(signer, account, on_sol, Some(1_000_000))),
            Tag::VenueBorrow => venue(t.venue_borrow(signer, account, on_usdc, 1_000_000)),
            Tag::VenueRepay => venue(t.venue_repay(signer, account, on_usdc, Some(1_000_000))),
            Tag::OpenVenue => vec![t.open_venue(signer, signer, account, &at_sol)],
            Tag::OpenFarm => vec![t.open_farm(signer, signer, account, &at_usdc, false)],
            Tag::CloseVenue => vec![t.close_venue(signer, account, &k.market)],
            Tag::ClaimVenue => {
                vec![t.claim_venue(signer, account, &at_usdc, false, &self.reward)]
            }
            Tag::VenueGroup => {
                let enter = t.venue_group(signer, account, &at_jito, &[at_jito], 1);
                behind(&[JITOSOL], enter)
            }
            Tag::AssertSequence => {
                let sequence = self.user.margin(world).0.sequence;
                vec![t.assert_sequence(signer, account, sequence)]
            }
            Tag::AssertHealth => vec![t.assert_health(signer, account, &health, &reads)],
            Tag::AssertRate => vec![t.assert_rate(signer, account, &rate)],
            Tag::AssertDeadline => vec![t.assert_deadline(signer, account, &deadline)],
            other => panic!("{other:?} is no operation of this table"),
        }
    }

    /// Outcome of the operation by the delegate with `bits`.
    fn by_delegate(&self, tag: Tag, bits: u32) -> Result<(), Failure> {
        let user = self.account_of(tag);
        let mut world = self.k.world.clone();
        name(&mut world, user, &terms(&self.delegate, bits));
        let list = match tag {
            // the number that the naming has changed
            Tag::AssertSequence => {
                let sequence = user.margin(&world).0.sequence;
                let t = world.trestle;
                vec![t.assert_sequence(self.delegate.pubkey(), user.account, sequence)]
            }
            _ => self.operation(tag, self.delegate.pubkey()),
        };
        world.send(&list, &[&self.delegate]).map(drop)
    }
}

#[test]
fn r06_every_bit_against_every_operation() {
    let stage = stage();
    let (mut allowed, mut denied) = (0, 0);
    for info in TABLE {
        let Some(permission) = info.permission else { continue };
        let owner = stage.account_of(info.tag);
        let mut world = stage.k.world.clone();
        let list = stage.operation(info.tag, owner.address());
        world.send(&list, &[&owner.key]).unwrap_or_else(|e| panic!("{}: {e:?}", info.name));
        for bits in BITS.into_iter().chain([ALL, ALL & !permission.bits]) {
            if bits == 0 {
                continue;
            }
            match (permission.covers(bits), stage.by_delegate(info.tag, bits)) {
                (true, Ok(())) => allowed += 1,
                (false, Err(failure)) if failure.trestle() == Some(TrestleError::NotPermitted) => {
                    denied += 1;
                }
                (_, outcome) => panic!("{} with bits {bits}: {outcome:?}", info.name),
            }
        }
    }
    assert_eq!((allowed, denied), (54, 62), "20 operations, each bit, all, all others");
}

#[test]
fn r06_what_only_the_owner_may() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    let delegate = key(&mut world, 40);
    name(&mut world, &user, &terms(&delegate, ALL));
    let (t, me, account) = (world.trestle, delegate.pubkey(), user.account);
    let attempts = [
        t.set_delegate(me, account, &terms(&delegate, ALL)),
        t.remove_delegate(me, account, me),
        t.propose_owner(me, account, Some(me)),
        t.lift_lock_down(me, account),
        t.resize_account(me, me, account, 64),
        t.close_account(me, account, &[]),
    ];
    for ix in attempts {
        refused(&mut world.svm, &[ix], &[&delegate], TrestleError::NotOwner);
    }
    // nor does a delegate's name open another account
    let other = trader(&mut world, 12, 10);
    let to = other.wallet(&world, SOL);
    let out = t.withdraw(me, other.account, &world.assets[SOL].keys, to, 1);
    refused(&mut world.svm, &[out], &[&delegate], TrestleError::NotOwner);
}

#[test]
fn r06_a_delegate_sends_tokens_to_nobody_but_the_owner() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    let delegate = key(&mut world, 40);
    // withdrawing to the owner is no loss: a budget of nothing allows it
    let args = SetDelegateArgs { loss_per_act: 0, loss_per_day: 0, ..terms(&delegate, ALL) };
    name(&mut world, &user, &args);
    let (t, me, account, sol) =
        (world.trestle, delegate.pubkey(), user.account, world.assets[SOL].keys);
    let own = fund(&mut world.svm, me, &sol, 0);
    let stranger = fund(&mut world.svm, Pubkey::new_from_array([77; 32]), &sol, 0);
    for to in [own, stranger] {
        let out = t.withdraw(me, account, &sol, to, 1_000);
        refused(&mut world.svm, &[out], &[&delegate], TrestleError::WrongTokenOwner);
    }
    let to = user.wallet(&world, SOL);
    let out = t.withdraw(me, account, &sol, to, 500_000_000_000);
    world.send(&[out], &[&delegate]).expect("to the owner");
    assert_eq!(balance_of(&world.svm, &to), 500_000_000_000);
    assert_eq!(row(&world, &user, &delegate).spent, 0);
    // in a batch as well
    let batch = t.batch(&[t.withdraw(me, account, &sol, own, 1_000)], &[]).unwrap();
    match world.send(&[batch], &[&delegate]) {
        Err(Failure::Step(0, TrestleError::WrongTokenOwner)) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn r06_a_delegate_ends_with_its_second() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    let delegate = key(&mut world, 40);
    let clock = world.svm.clock();
    let expires = clock.unix_timestamp + 100;
    name(&mut world, &user, &SetDelegateArgs { expires, ..terms(&delegate, ALL) });
    let pool = world.assets[SOL].pool;
    let supply = world.trestle.pool_supply(delegate.pubkey(), user.account, &pool, 1_000);
    let lock = world.trestle.lock_down(delegate.pubkey(), user.account);
    world.svm.set_clock(clock.slot + 1, expires - 1);
    world.send(std::slice::from_ref(&supply), &[&delegate]).expect("the last second");
    world.svm.set_clock(clock.slot + 2, expires);
    refused(&mut world.svm, &[supply], &[&delegate], TrestleError::DelegateExpired);
    refused(&mut world.svm, &[lock], &[&delegate], TrestleError::DelegateExpired);
}

#[test]
fn delegates_are_added_replaced_and_removed() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 10);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let keys: Vec<Keypair> = (0..5_u8).map(|i| Keypair::new_from_array([90 + i; 32])).collect();
    for key in &keys[..MAX_DELEGATES] {
        name(&mut world, &user, &terms(key, MOVE));
    }
    let fifth = t.set_delegate(me, account, &terms(&keys[4], MOVE));
    refused(
        &mut world.svm,
        std::slice::from_ref(&fifth),
        &[&user.key],
        TrestleError::DelegateTableFull,
    );
    // a known key is replaced where it stands, with its budget anew
    rewrite(&mut world, &user, &keys[1], |row| row.spent = 7);
    name(&mut world, &user, &terms(&keys[1], PROTECT));
    let replaced = row(&world, &user, &keys[1]);
    assert_eq!((replaced.permissions, replaced.spent), (PROTECT, 0));
    assert_eq!(user.margin(&world).0.delegates[1].key, keys[1].pubkey());
    let remove = |key: &Keypair| t.remove_delegate(me, account, key.pubkey());
    refused(&mut world.svm, &[remove(&keys[4])], &[&user.key], TrestleError::NoDelegate);
    world.send(&[remove(&keys[2])], &[&user.key]).unwrap();
    let gone = user.margin(&world).0.delegates[2];
    assert!(bytemuck::bytes_of(&gone).iter().all(|byte| *byte == 0), "the row is free");
    world.send(&[fifth], &[&user.key]).expect("the free place is used");
    let now = world.svm.clock().unix_timestamp;
    let wrong = [
        SetDelegateArgs { permissions: ALL + 1, ..terms(&keys[0], MOVE) },
        SetDelegateArgs { permissions: 1 << 31, ..terms(&keys[0], MOVE) },
        SetDelegateArgs { expires: now, ..terms(&keys[0], MOVE) },
        SetDelegateArgs { delegate: Pubkey::default(), ..terms(&keys[0], MOVE) },
        SetDelegateArgs { delegate: me, ..terms(&keys[0], MOVE) },
    ];
    for args in wrong {
        let ix = t.set_delegate(me, account, &args);
        refused(&mut world.svm, &[ix], &[&user.key], TrestleError::OutOfRange);
    }
}

#[test]
fn r06_a_batch_asks_each_operation_of_its_delegate() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    let delegate = key(&mut world, 40);
    let (t, me, account) = (world.trestle, delegate.pubkey(), user.account);
    let (sol, usdc) = (world.assets[SOL].pool, world.assets[USDC].pool);
    let operations =
        [t.pool_supply(me, account, &sol, 1_000_000), t.pool_borrow(me, account, &usdc, 1_000)];
    let batch = [t.batch(&operations, &[]).unwrap()];
    for (bits, step) in [(MOVE, 1), (TRADE, 0), (WITHDRAW, 0)] {
        name(&mut world, &user, &terms(&delegate, bits));
        match world.send(&batch, &[&delegate]) {
            Err(Failure::Step(at, TrestleError::NotPermitted)) if at == step => {}
            other => panic!("bits {bits}: {other:?}"),
        }
    }
    name(&mut world, &user, &terms(&delegate, MOVE | TRADE));
    world.send(&batch, &[&delegate]).expect("both bits");
    // a delegate's act meets the same gate as the owner's
    name(&mut world, &user, &terms(&delegate, ALL));
    let (keys, to) = (world.assets[USDC].keys, user.wallet(&world, USDC));
    let over = [
        t.pool_borrow(me, account, &usdc, 130_000_000_000),
        t.withdraw(me, account, &keys, to, 130_000_000_000),
    ];
    let over = t.batch(&over, &[]).unwrap();
    refused(&mut world.svm, &[over], &[&delegate], TrestleError::InitialHealth);
}

#[test]
fn a_lock_down_judges_every_operation_by_its_permission() {
    let stage = stage();
    let (mut left, mut shut) = (0, 0);
    for info in TABLE {
        let Some(permission) = info.permission else { continue };
        let user = stage.account_of(info.tag);
        let mut world = stage.k.world.clone();
        let lock = world.trestle.lock_down(user.address(), user.account);
        world.send(&[lock], &[&user.key]).unwrap();
        let list = match info.tag {
            // the number that the lock-down has changed
            Tag::AssertSequence => {
                let sequence = user.margin(&world).0.sequence;
                vec![world.trestle.assert_sequence(user.address(), user.account, sequence)]
            }
            tag => stage.operation(tag, user.address()),
        };
        match (permission.when_locked, world.send(&list, &[&user.key])) {
            (true, Ok(_)) => left += 1,
            (false, Err(failure)) if failure.trestle() == Some(TrestleError::LockedDown) => {
                shut += 1;
            }
            (_, outcome) => panic!("{}: {outcome:?}", info.name),
        }
    }
    assert_eq!((left, shut), (11, 9), "20 operations");
}
