//! The world and its accounts, opened by their owners' own instructions.

use crate::path::{ALT, ASSETS, FIRST, Rng};
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use std::sync::Arc;
use trestle_risk_math::defaults;
use trestle_sandbox::board::AssetTerms;
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::tokens::{LEGACY, create_associated, fund};
use trestle_sandbox::world::{BTC, JITOSOL, Listing, MEME, SOL, USDC, standard_listings};
use trestle_sandbox::{User, World, artifact};

/// Columns of the default factor table: BTC, SOL, USDC, meme, SOL alts.
pub const FACTORS: [usize; 5] = [0, 2, 4, 7, 3];
/// Factor of each asset, counted in [`FACTORS`].
pub const FACTOR_OF: [usize; ASSETS] = [0, 1, 1, 2, 3, 4];

/// A kind of book: collateral with its share of the value in percent, whether
/// it lies in a pool, the debt, the debt that fits initially in thousandths of
/// the collateral, and how many of 100 accounts are of the kind.
pub struct Shape {
    /// What it is called.
    pub name: &'static str,
    /// Assets and shares.
    pub collateral: &'static [(usize, u64)],
    /// Supplied to pools.
    pub pooled: bool,
    /// Asset owed.
    pub debt: usize,
    most: u64,
    weight: u64,
}

/// All kinds.
pub const SHAPES: [Shape; 9] = [
    shape("long SOL", &[(SOL, 100)], false, USDC, 730, 25),
    shape("JitoSOL less SOL", &[(JITOSOL, 100)], false, SOL, 860, 15),
    shape("SOL lent, USDC owed", &[(SOL, 100)], true, USDC, 730, 15),
    shape("long BTC", &[(BTC, 100)], false, USDC, 810, 10),
    shape("long ALT", &[(ALT, 100)], false, USDC, 530, 10),
    shape("long SOL and BTC", &[(SOL, 50), (BTC, 50)], false, USDC, 770, 10),
    shape("short SOL", &[(USDC, 100)], true, SOL, 740, 7),
    shape("BTC less SOL", &[(BTC, 100)], false, SOL, 700, 5),
    shape("isolated beside SOL", &[(SOL, 80), (MEME, 20)], false, USDC, 580, 3),
];

const fn shape(
    name: &'static str,
    collateral: &'static [(usize, u64)],
    pooled: bool,
    debt: usize,
    most: u64,
    weight: u64,
) -> Shape {
    Shape { name, collateral, pooled, debt, most, weight }
}

/// An account of the simulation.
pub struct Member {
    /// Margin account.
    pub account: Pubkey,
    /// Index in [`SHAPES`].
    pub shape: usize,
}

/// The world with everyone in it.
pub struct Scene {
    /// World.
    pub world: World,
    /// Accounts.
    pub members: Vec<Member>,
    /// Lends out the SOL pool to itself for a stretch.
    pub whale: User,
    /// Liquidates.
    pub bot: User,
}

/// Native units of a value in USD at the first quotes.
fn units(world: &World, asset: usize, usd: u64) -> u64 {
    let one = u128::from(world.assets[asset].tokens(1));
    let price = u128::from(FIRST[asset].unsigned_abs());
    u64::try_from(u128::from(usd) * 100_000_000 * one / price).expect("fits 64 bits")
}

/// Builds the scene.
///
/// # Panics
/// When a step that must succeed is refused.
#[must_use]
pub fn build(seed: u64, count: u32) -> Scene {
    let mut listings = standard_listings();
    listings.push(Listing {
        name: "ALT",
        decimals: 6,
        token_program: LEGACY,
        mint: None,
        cents: 50,
        terms: AssetTerms {
            factor: 4,
            basis: defaults::BASIS_PLAIN,
            depth_usd: 100_000_000,
            incentive_bps: 600,
            isolated: false,
        },
    });
    let mut world = World::build(&artifact().elf, &FACTORS, &listings);
    for (asset, price) in world.assets.iter_mut().zip(FIRST) {
        asset.quote = Quote::exact(price);
    }
    world.advance(2);
    let lender = User::new(&mut world, 40, 8);
    let scale = u64::from(count);
    for (asset, usd) in [(USDC, 200_000), (SOL, 25_000)] {
        let amount = units(&world, asset, usd * scale);
        lender.fund_and_deposit(&mut world, asset, amount);
        lender.supply(&mut world, asset, amount).expect("the lender supplies");
    }
    let whale = User::new(&mut world, 41, 8);
    let amount = units(&world, BTC, 300_000 * scale);
    whale.fund_and_deposit(&mut world, BTC, amount);
    whale.fund(&mut world, SOL, 0);
    let bot = User::new(&mut world, 42, 32);
    for asset in 0..ASSETS {
        let usd = if asset == USDC || asset == SOL { 200_000 * scale } else { 0 };
        let amount = units(&world, asset, usd);
        bot.fund(&mut world, asset, amount);
    }
    world.publish_all();
    let mut rng = Rng::new(seed);
    let mut members = vec![];
    for number in 0..count {
        if number % 50 == 49 {
            world.advance(1);
        }
        members.push(open(&mut world, &mut rng, number));
    }
    world.advance(2);
    Scene { world, members, whale, bot }
}

/// Opens one account with a random book: 500 USD to 500,000 USD, evenly by
/// magnitude, owing 45 % to 99 % of what fits.
fn open(world: &mut World, rng: &mut Rng, number: u32) -> Member {
    let mut at = rng.below(100);
    let shape = SHAPES
        .iter()
        .position(|s| {
            let here = at < s.weight;
            at = at.saturating_sub(s.weight);
            here
        })
        .expect("weights add up to 100");
    let book = &SHAPES[shape];
    let magnitude = 10_u64.pow(u32::try_from(rng.below(3)).expect("small"));
    let usd = (500 + rng.below(4_500)) * magnitude;
    let mut share = 450 + rng.below(541);

    let mut seed = [77; 32];
    seed[..4].copy_from_slice(&number.to_le_bytes());
    let key = Keypair::new_from_array(seed);
    world.svm.airdrop(&key.pubkey(), 10_000_000_000);
    let account = world.trestle.margin(&key.pubkey(), 0);
    let user = User { key: Arc::new(key), account };
    let owner = user.address();
    let authority = world.trestle.addresses().authority(&account);
    let payer = world.svm.payer.pubkey();
    let mut setup = vec![world.trestle.create_account(owner, owner, 0, 8)];
    for asset in book.collateral.iter().map(|c| c.0).chain([book.debt]) {
        setup.push(create_associated(payer, authority, &world.assets[asset].keys));
    }
    world.send(&setup, &[&user.key]).expect("the account is opened");
    for (asset, percent) in book.collateral {
        let amount = units(world, *asset, usd * percent / 100);
        let keys = world.assets[*asset].keys;
        let source = fund(&mut world.svm, owner, &keys, amount);
        let mut steps = vec![world.trestle.deposit(owner, account, &keys, source, amount)];
        if book.pooled {
            let pool = world.assets[*asset].pool;
            steps.push(world.trestle.pool_supply(owner, account, &pool, amount));
        }
        world.send(&steps, &[&user.key]).expect("collateral is deposited");
    }
    let owed = world.assets[book.debt].clone();
    let to = fund(&mut world.svm, owner, &owed.keys, 0);
    for _ in 0..8 {
        let amount = units(world, book.debt, usd) / 1_000_000 * (book.most * share);
        let steps = [
            world.trestle.pool_borrow(owner, account, &owed.pool, amount),
            world.trestle.withdraw(owner, account, &owed.keys, to, amount),
        ];
        if world.send(&steps, &[&user.key]).is_ok() {
            return Member { account, shape };
        }
        share = share * 95 / 100;
    }
    panic!("account {number}, {}: no debt fits", book.name)
}
