//! Listings, and the constraints that every write is held to.

use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_interface::args::{InitGroupArgs, ListIssuerArgs};
use trestle_sandbox::board::{self, bps};
use trestle_sandbox::world::{MEME, SOL, USDC, standard_listings};
use trestle_sandbox::{Svm, User, World, artifact, refused, tokens};

#[test]
fn only_the_admin_lists() {
    let mut world = World::new();
    let rogue = User::new(&mut world, 40, 8);
    let (t, me) = (world.trestle, rogue.address());
    let mint = tokens::create_mint(&mut world.svm, tokens::LEGACY, 6, 64);
    let asset = board::asset(5, 6, [9; 32], &standard_listings()[USDC].terms);
    let pool = (mint, tokens::LEGACY, &board::pool(0));
    let attempts = [
        t.list_factor(me, &board::factor(0)),
        t.set_scenarios(me, &board::scenarios(&[0, 2, 4, 7])),
        t.list_asset(me, (mint, &asset)),
        t.list_class(me, (1, &board::native_class())),
        t.list_market(me, world.assets[SOL].pool.pool, &board::market(1)),
        t.list_issuer(me, &ListIssuerArgs { issuer: 1, jump: [0, 0], cap: 0 }),
        t.init_pool(me, pool),
        t.init_board(me, &board::group_terms()),
    ];
    for ix in attempts {
        refused(&mut world.svm, &[ix], &[&rogue.key], TrestleError::NotAuthority);
    }
}

#[test]
fn a_group_and_a_board_are_made_once() {
    let mut world = World::new();
    let admin = world.admin.clone();
    let again = world.trestle.init_board(admin.pubkey(), &board::group_terms());
    refused(&mut world.svm, &[again], &[&admin], TrestleError::AlreadyInitialised);
    let group = solana_keypair::Keypair::new_from_array([3; 32]);
    let roles =
        InitGroupArgs { risk: admin.pubkey(), guardian: admin.pubkey(), fee: admin.pubkey() };
    let again = world.trestle.init_group(admin.pubkey(), &roles);
    refused(&mut world.svm, &[again], &[&group, &admin], TrestleError::AlreadyInitialised);
}

#[test]
fn a_rivals_admin_has_no_say_here() {
    let world = World::new();
    let mut rival = world.rival();
    let theirs = rival.admin.clone();
    let mut ix = world.trestle.list_factor(theirs.pubkey(), &board::factor(0));
    refused(&mut rival.svm, std::slice::from_ref(&ix), &[&theirs], TrestleError::NotAuthority);
    // their own group, our pages
    ix.accounts[1].pubkey = rival.trestle.group;
    refused(&mut rival.svm, &[ix], &[&theirs], TrestleError::WrongGroup);
}

#[test]
fn constraints_hold_on_every_listing() {
    let mut world = World::new();
    let admin = world.admin.clone();
    let (t, me) = (world.trestle, admin.pubkey());
    let factor = board::factor(0);
    let factors = [
        // C1: maintenance above initial
        (
            trestle_interface::args::ListFactorArgs {
                down: [factor.down[1], factor.down[0]],
                ..factor
            },
            TrestleError::ConstraintLevelOrder,
        ),
        // C4: an offset dearer than both shocks
        (
            trestle_interface::args::ListFactorArgs { offset: [bps(5_000); 2], ..factor },
            TrestleError::ConstraintConvexity,
        ),
        (
            trestle_interface::args::ListFactorArgs { up: [u32::MAX; 2], ..factor },
            TrestleError::ConstraintRange,
        ),
    ];
    for (args, error) in factors {
        refused(&mut world.svm, &[t.list_factor(me, &args)], &[&admin], error);
    }
    // C2: a scenario beyond the shocks, and one that leaves a factor without its full move
    let mut scenarios = board::scenarios(&[0, 2, 4, 7]);
    scenarios.fractions[0][1] = 10_001;
    let ix = t.set_scenarios(me, &scenarios);
    refused(&mut world.svm, &[ix], &[&admin], TrestleError::ConstraintScenario);
    let mut scenarios = board::scenarios(&[0, 2, 4, 7]);
    scenarios.fractions[1] = [0; 12];
    let ix = t.set_scenarios(me, &scenarios);
    refused(&mut world.svm, &[ix], &[&admin], TrestleError::ConstraintScenario);
    let mut scenarios = board::scenarios(&[0, 2, 4, 7]);
    scenarios.count = 13;
    let ix = t.set_scenarios(me, &scenarios);
    refused(&mut world.svm, &[ix], &[&admin], TrestleError::OutOfRange);

    let mint = tokens::create_mint(&mut world.svm, tokens::LEGACY, 6, 65);
    let good = board::asset(5, 6, [9; 32], &standard_listings()[SOL].terms);
    let assets = [
        (
            trestle_interface::args::ListAssetArgs { basis: [bps(9_000); 2], ..good },
            TrestleError::ConstraintWeights,
        ),
        (
            trestle_interface::args::ListAssetArgs { basis: [0, 0], ..good },
            TrestleError::ConstraintConvexity,
        ),
        (
            trestle_interface::args::ListAssetArgs { incentive_max: bps(900), ..good },
            TrestleError::ConstraintIncentive,
        ),
        (
            trestle_interface::args::ListAssetArgs { isolated: true, ..good },
            TrestleError::ConstraintIsolated,
        ),
        (trestle_interface::args::ListAssetArgs { factor: 4, ..good }, TrestleError::UnknownRow),
        (trestle_interface::args::ListAssetArgs { source: 63, ..good }, TrestleError::UnknownRow),
        (trestle_interface::args::ListAssetArgs { issuer: 16, ..good }, TrestleError::UnknownRow),
        (
            trestle_interface::args::ListAssetArgs { ages: [60, 30, 600, 1], ..good },
            TrestleError::OutOfRange,
        ),
        (
            trestle_interface::args::ListAssetArgs { ages: [60, 120, 600, 0], ..good },
            TrestleError::OutOfRange,
        ),
    ];
    for (args, error) in assets {
        refused(&mut world.svm, &[t.list_asset(me, (mint, &args))], &[&admin], error);
    }
    // and the good one is accepted
    world.admin_do(t.list_asset(me, (mint, &good)));
}

#[test]
fn a_standard_asset_may_not_share_an_isolated_ones_factor() {
    let mut world = World::new();
    let admin = world.admin.clone();
    let mint = tokens::create_mint(&mut world.svm, tokens::LEGACY, 6, 66);
    let mut terms = standard_listings()[MEME].terms;
    terms.isolated = false;
    terms.basis = trestle_risk_math::defaults::BASIS_PLAIN;
    let args = board::asset(5, 6, [9; 32], &terms);
    let ix = world.trestle.list_asset(admin.pubkey(), (mint, &args));
    // full shocks leave no credit to a standard asset anyway
    refused(&mut world.svm, &[ix], &[&admin], TrestleError::ConstraintWeights);
}

#[test]
fn without_scenarios_the_board_trusts_none() {
    let mut world = World::with_board(Svm::new(&artifact().elf));
    let (t, admin) = (world.trestle, world.admin.clone());
    world.admin_do(t.list_factor(admin.pubkey(), &board::factor(0)));
    let lambda = |world: &World| {
        world.with_pages(|board| {
            use trestle_risk_math::portfolio::Tables;
            board.group().lambda.init.q16()
        })
    };
    assert_eq!(lambda(&world), 65_536, "additive worst case alone");
    world.admin_do(t.set_scenarios(admin.pubkey(), &board::scenarios(&[0])));
    assert_eq!(lambda(&world), bps(6_000));
    world.admin_do(t.list_factor(admin.pubkey(), &board::factor(1)));
    assert_eq!(lambda(&world), 65_536, "a new factor has no scenarios yet");
}

#[test]
fn the_native_class_comes_first_and_only_once() {
    let mut world = World::new();
    let admin = world.admin.clone();
    let again = world.trestle.list_class(admin.pubkey(), (1, &board::native_class()));
    refused(&mut world.svm, &[again], &[&admin], TrestleError::OutOfRange);
}

#[test]
fn a_pool_and_a_market_are_listed_once() {
    let mut world = World::new();
    let admin = world.admin.clone();
    let (t, me) = (world.trestle, admin.pubkey());
    let usdc = world.assets[USDC].clone();
    let again = t.init_pool(me, (usdc.keys.mint, usdc.keys.token_program, &board::pool(3)));
    refused(&mut world.svm, &[again], &[&admin], TrestleError::AlreadyInitialised);
    let again = t.list_market(me, usdc.pool.pool, &board::market(3));
    refused(&mut world.svm, &[again], &[&admin], TrestleError::AlreadyInitialised);
    let other = t.list_market(me, usdc.pool.pool, &board::market(1));
    refused(&mut world.svm, &[other], &[&admin], TrestleError::UnknownRow);
}

#[test]
fn a_rate_curve_must_rise_from_zero_to_full_use() {
    let mut world = World::new();
    let admin = world.admin.clone();
    let mint = tokens::create_mint(&mut world.svm, tokens::LEGACY, 6, 67);
    let listing = board::asset(5, 6, [9; 32], &standard_listings()[SOL].terms);
    world.admin_do(world.trestle.list_asset(admin.pubkey(), (mint, &listing)));
    let good = board::pool(5);
    let mut falling = good;
    falling.curve_apr[2] = 0;
    let mut short = good;
    short.curve_utilisation[3] = bps(9_900);
    short.curve_utilisation[4] = bps(9_900);
    let mut greedy = good;
    greedy.fee_share = bps(6_000);
    greedy.insurance_share = bps(6_000);
    for args in [falling, short, greedy] {
        let ix = world.trestle.init_pool(admin.pubkey(), (mint, tokens::LEGACY, &args));
        refused(&mut world.svm, &[ix], &[&admin], TrestleError::OutOfRange);
    }
}
