//! Wrong accounts, wrong bytes, wrong signers at every instruction that
//! concerns Kamino: each its own error, nothing changed.

use super::{Act, Stage, another};
use crate::bad_input::matrix;
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::ix::{At, RewardKeys};
use trestle_interface::TrestleError as E;
use trestle_sandbox::kamino::{KAMINO, class_args};
use trestle_sandbox::tokens::{LEGACY, TOKEN_2022, balance_of};
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{KaminoWorld, User, refused};

/// Accounts of an owner's operation in front of its own.
const OWN: usize = 4;
/// Accounts that an act names by their place.
const NAMED: usize = OWN + 9;
const SOME: u64 = 1_000_000;

type Valid = Vec<(Instruction, Vec<Keypair>)>;

fn key(user: &User) -> Keypair {
    user.key.insecure_clone()
}

/// Rewards of USDC's farm, paid in SOL.
fn reward(stage: &mut Stage) -> RewardKeys {
    let farm = stage.k.reserve(USDC).collateral_farm.expect("USDC has a farm");
    let seeds: [&[u8]; 2] = [b"authority", farm.as_ref()];
    let farms = trestle_client::kamino::FARMS_PROGRAM;
    let (authority, _) = Pubkey::find_program_address(&seeds, &farms);
    let asset = stage.k.world.assets[SOL].keys;
    let [vault, treasury] = [[71; 32], [72; 32]].map(Pubkey::new_from_array);
    for at in [vault, treasury] {
        let tokens =
            trestle_packs::kamino::token_account(&asset.mint, &authority, &LEGACY, 5_000_000);
        stage.k.world.svm.set_account(at, tokens);
    }
    RewardKeys { number: 0, asset, config: farms, vault, treasury, vaults_authority: authority }
}

/// A user with 100 USDC and 10 JitoSOL at Kamino and nothing owed.
fn saver(stage: &mut Stage, seed: u8) -> User {
    let user = another(stage, seed);
    for (asset, whole) in [(USDC, 100), (JITOSOL, 10)] {
        let amount = stage.tokens(asset, whole);
        user.fund_and_deposit(&mut stage.k.world, asset, amount);
        stage.k.open(&user, asset);
    }
    user
}

/// One valid instruction of every kind, in a world where each would succeed.
fn valid() -> (Stage, Valid) {
    let mut stage = Stage::indebted();
    let newcomer = User::new(&mut stage.k.world, 30, 8);
    let idle = another(&mut stage, 31);
    let [farmer, staker] = [32, 33].map(|seed| saver(&mut stage, seed));
    let amount = stage.tokens(USDC, 100);
    stage.k.supply(&farmer, USDC, &[], amount).unwrap();
    let amount = stage.tokens(JITOSOL, 10);
    stage.k.supply(&staker, JITOSOL, &[], amount).unwrap();
    let reward = reward(&mut stage);
    let t = stage.k.world.trestle;
    let [sol, jito, usdc] = [SOL, JITOSOL, USDC].map(|a| stage.k.reserve(a));
    let open = |user: &User| t.open_venue(user.address(), user.address(), user.account, &sol);
    let farm = t.open_farm(idle.address(), idle.address(), idle.account, &usdc, false);
    let claim = t.claim_venue(farmer.address(), farmer.account, &usdc, false, &reward);
    let group = t.venue_group(staker.address(), staker.account, &jito, &[jito], 1);
    let used = [sol, jito, usdc];
    let mut list = vec![
        (open(&newcomer), vec![key(&newcomer)]),
        (t.close_venue(idle.address(), idle.account, &stage.k.market), vec![key(&idle)]),
        (farm, vec![key(&idle)]),
        (claim, vec![key(&farmer)]),
        (group, vec![key(&staker)]),
        (t.refresh_account(stage.user.account, &[stage.k.market], &used), vec![]),
        (t.refresh_reserves(&used), vec![]),
    ];
    for (act, asset, others) in ACTS {
        list.push((stage.act(act, asset, others), vec![key(&stage.user)]));
    }
    (stage, list)
}

const ACTS: [(Act, usize, &[usize]); 4] = [
    (Act::Supply(SOME), SOL, &[JITOSOL, USDC]),
    (Act::Redeem(Some(SOME)), SOL, &[JITOSOL, USDC]),
    (Act::Borrow(SOME), USDC, &[SOL, JITOSOL]),
    (Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]),
];

#[test]
fn every_valid_instruction_is_valid() {
    let (stage, list) = valid();
    for (ix, keys) in list {
        let mut world = stage.k.world.clone();
        let sent = world.send(std::slice::from_ref(&ix), &keys.iter().collect::<Vec<_>>());
        sent.unwrap_or_else(|e| panic!("{}: {e:?}", ix.data[0]));
    }
}

#[test]
fn rewards_reach_custody() {
    let mut stage = Stage::open();
    let farmer = saver(&mut stage, 32);
    let amount = stage.tokens(USDC, 100);
    stage.k.supply(&farmer, USDC, &[], amount).unwrap();
    let reward = reward(&mut stage);
    let t = stage.k.world.trestle;
    let usdc = stage.k.reserve(USDC);
    let claim = t.claim_venue(farmer.address(), farmer.account, &usdc, false, &reward);
    let custody = t.custody(&farmer.account, &reward.asset);
    let before = balance_of(&stage.k.world.svm, &custody);
    stage.k.world.send(&[claim], &[&farmer.key]).unwrap();
    assert!(balance_of(&stage.k.world.svm, &custody) > before);
    let staged = Stage { k: stage.k, user: farmer };
    staged.custody_is_recognised(SOL);
}

#[test]
fn roles_counts_and_lengths() {
    let (stage, list) = valid();
    let mut cases = matrix(&stage.k.world, list);
    // a reserve that is not listed yet
    let mut k = KaminoWorld::unlisted();
    let admin = k.world.admin.insecure_clone();
    let class = k.world.trestle.list_class(admin.pubkey(), (KAMINO, &class_args()));
    k.world.admin_do(class);
    let listing = k.listing(SOL, "SOL");
    cases += matrix(&k.world, vec![(listing, vec![admin])]);
    println!("{cases} cases");
    assert!(cases >= 93, "{cases}");
}

/// Tries bad variants of the four acts and counts them.
struct Trial {
    stage: Stage,
    cases: u32,
}

impl Trial {
    /// An instruction that must be refused.
    #[track_caller]
    fn refuse(&mut self, ix: Instruction, error: E) {
        self.stage.refuses_steps(&[ix], error);
        self.cases += 1;
    }

    /// One account replaced by another.
    #[track_caller]
    fn swap(&mut self, ix: &Instruction, at: usize, key: Pubkey, error: E) {
        let mut bad = ix.clone();
        bad.accounts[at].pubkey = key;
        self.refuse(bad, error);
    }

    /// The same instruction after an account's bytes or owner have changed.
    #[track_caller]
    fn altered(&mut self, ix: &Instruction, at: usize, f: impl FnOnce(&mut Account), error: E) {
        let key = ix.accounts[at].pubkey;
        let kept = self.stage.k.world.svm.account(&key).unwrap();
        let mut changed = kept.clone();
        f(&mut changed);
        self.stage.k.world.svm.set_account(key, changed);
        self.refuse(ix.clone(), error);
        self.stage.k.world.svm.set_account(key, kept);
    }
}

#[test]
fn every_account_of_an_act_is_the_right_one() {
    let mut stage = Stage::indebted();
    let other = another(&mut stage, 22);
    let rival = stage.k.world.rival();
    stage.k.world.svm = rival.svm.clone();
    stage.k.advance(1);
    let t = stage.k.world.trestle;
    let authority = t.addresses().authority(&other.account);
    let theirs = t.obligation(&other.account, &stage.k.market);
    let mut trial = Trial { stage, cases: 0 };
    for (act, asset, others) in ACTS {
        let ix = trial.stage.act(act, asset, others);
        let keys = trial.stage.k.world.assets[asset].keys;
        let elsewhere = trial.stage.k.reserve(if asset == SOL { USDC } else { SOL });
        let foreign_custody = t.custody(&other.account, &trial.stage.k.world.assets[SOL].keys);
        let native_totals = t.addresses().exposure(&t.group, 0);
        let swaps = [
            (1, other.account, E::NotOwner),
            (2, rival.trestle.prices, E::WrongGroup),
            (3, rival.trestle.markets, E::WrongGroup),
            (2, t.markets, E::WrongSize),
            (OWN, foreign_custody, E::NotCanonicalCustody),
            (OWN + 1, authority, E::WrongAddress),
            (OWN + 2, elsewhere.asset.mint, E::WrongMint),
            (OWN + 3, TOKEN_2022, E::WrongProgram),
            (OWN + 4, native_totals, E::WrongAddress),
            (OWN + 5, trestle_client::kamino::FARMS_PROGRAM, E::WrongProgram),
            (OWN + 6, theirs, E::NoVenueAccount),
            (OWN + 7, Pubkey::new_from_array([81; 32]), E::WrongAddress),
            (OWN + 8, elsewhere.reserve, E::WrongAddress),
        ];
        assert_eq!(keys.token_program, LEGACY);
        for (at, key, error) in swaps {
            trial.swap(&ix, at, key, error);
        }
        // the other's signature does not help
        let mut signed = ix.clone();
        signed.accounts[0].pubkey = other.address();
        let svm = &mut trial.stage.k.world.svm;
        refused(svm, &[signed], &[&other.key], E::NotOwner);
        trial.cases += 1;
        // what Kamino's call names: all of it, writable where it says so
        for at in NAMED..ix.accounts.len() {
            let meta = ix.accounts[at].clone();
            let mut short = ix.clone();
            short.accounts.remove(at);
            if short.accounts.iter().all(|m| m.pubkey != meta.pubkey) {
                trial.refuse(short, E::VenueAccountMissing);
            }
            if meta.is_writable {
                let mut fixed = ix.clone();
                fixed.accounts[at].is_writable = false;
                trial.refuse(fixed, E::NotWritable);
            }
        }
        // accounts of other programs, other types, cut and empty ones
        let stranger = Pubkey::new_from_array([82; 32]);
        for (at, kind) in [(1, 0), (2, 0), (3, 0), (OWN + 6, 1), (OWN + 7, 1), (OWN + 8, 1)] {
            let errors = if kind == 0 {
                [E::WrongOwner, E::WrongType, E::WrongSize]
            } else {
                [E::WrongOwner, E::KaminoLayout, E::KaminoLayout]
            };
            trial.altered(&ix, at, |a| a.owner = stranger, errors[0]);
            trial.altered(&ix, at, |a| a.data.fill(0), errors[1]);
            trial.altered(&ix, at, |a| a.data.truncate(a.data.len() - 8), errors[2]);
        }
        trial.altered(&ix, OWN, |a| a.owner = stranger, E::WrongOwner);
        trial.altered(&ix, OWN, |a| a.data[72] = 1, E::CustodyEncumbered);
        trial.altered(&ix, OWN, |a| a.data[32] ^= 1, E::WrongTokenOwner);
    }
    println!("{} cases", trial.cases);
    assert!(trial.cases >= 150, "{}", trial.cases);
}

#[test]
fn amounts_that_mean_nothing_or_everything_are_refused() {
    let mut stage = Stage::indebted();
    let most = u64::MAX;
    for (act, asset, others, error) in [
        (Act::Supply(0), SOL, &[JITOSOL, USDC][..], E::ZeroAmount),
        (Act::Redeem(Some(0)), SOL, &[JITOSOL, USDC], E::ZeroAmount),
        (Act::Borrow(0), USDC, &[SOL, JITOSOL], E::ZeroAmount),
        (Act::Repay(Some(0)), USDC, &[SOL, JITOSOL], E::ZeroAmount),
        // Kamino reads the largest number as "all"
        (Act::Supply(most), SOL, &[JITOSOL, USDC], E::OutOfRange),
        (Act::Redeem(Some(most)), SOL, &[JITOSOL, USDC], E::OutOfRange),
        (Act::Borrow(most), USDC, &[SOL, JITOSOL], E::OutOfRange),
        (Act::Repay(Some(most)), USDC, &[SOL, JITOSOL], E::OutOfRange),
        // more than custody recognises
        (Act::Supply(most - 1), SOL, &[JITOSOL, USDC], E::ExceedsPosition),
        (Act::Repay(Some(most - 1)), USDC, &[SOL, JITOSOL], E::ExceedsPosition),
    ] {
        stage.refuses(act, asset, others, error);
    }
    // tokens that a stranger sent to custody are nobody's until they are taken in
    let keys = stage.k.world.assets[SOL].keys;
    let authority = stage.k.world.trestle.addresses().authority(&stage.user.account);
    trestle_sandbox::tokens::fund(&mut stage.k.world.svm, authority, &keys, 5_000);
    let recognised =
        u64::try_from(stage.units(SOL, trestle_interface::state::PositionKind::Custody));
    let more = recognised.unwrap() + 1;
    stage.refuses(Act::Supply(more), SOL, &[JITOSOL, USDC], E::ExceedsPosition);
    // a pool's market is none of Kamino's, and an unknown one nobody's
    let sol = stage.k.reserve(SOL);
    for (row, error) in [(0, E::WrongMarketKind), (127, E::UnknownRow)] {
        let wrong = trestle_client::kamino::KaminoReserve { row, ..sol };
        let at = At { reserve: &wrong, others: &[] };
        let t = stage.k.world.trestle;
        let ix = t.venue_supply(stage.user.address(), stage.user.account, at, SOME);
        stage.refuses_steps(&[ix], error);
    }
}
