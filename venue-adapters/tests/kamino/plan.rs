//! Plans that the recording does not show: groups, farms, full obligations, bounds.

use crate::support::{self, MARKET, MINT, ONE, OTHER, OWNER, RESERVE, put};
use trestle_venue_adapters::kamino::layout::{obligation as o, reserve as r};
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::plan::{self, Leg, Parties, Reward};
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::{ALL, KaminoError, ids, seeds};
use trestle_venue_adapters::plan::{Call, Key, MAX_DATA, MAX_METAS, PlanError, READ, WRITE};

const PARTIES: Parties =
    Parties { owner: &OWNER, obligation: &[6; 32], market: &MARKET, market_authority: &[7; 32] };
const FARM: Key = [40; 32];
const FARM_USER: Key = [41; 32];
const CUSTODY: Key = [42; 32];

fn keys(call: &Call) -> Vec<u8> {
    call.metas().iter().map(|m| m.key[0]).collect()
}

/// An obligation with every slot in use, in a group.
fn full(group: u8) -> Vec<u8> {
    let mut data = support::obligation();
    data[o::GROUP] = group;
    for i in 0..8 {
        support::set_deposit(&mut data, i, [50 + i as u8; 32], 1);
    }
    for i in 0..5 {
        support::set_borrow(&mut data, i, [60 + i as u8; 32], ONE, ONE);
    }
    data
}

#[test]
fn full_obligations_fit_a_call() {
    let data = full(3);
    let obligation = Obligation::new(&data).unwrap();
    let reserve = support::reserve();
    let reserve = Reserve::new(&reserve).unwrap();
    let leg = Leg { key: &RESERVE, reserve: &reserve, custody: &CUSTODY, farm_user: &FARM_USER };
    let deposits: Vec<u8> = (50..58).collect();
    let all: Vec<u8> = (50..58).chain(60..65).collect();
    let mut call = Call::EMPTY;

    plan::refresh_obligation(&mut call, &PARTIES, &obligation).unwrap();
    assert_eq!((call.metas().len(), &keys(&call)[2..]), (15, &all[..]));
    assert!(call.metas()[1..].iter().all(|m| m.writable && !m.signer));

    plan::request_group(&mut call, &PARTIES, &obligation, 3).unwrap();
    assert_eq!((call.metas().len(), &keys(&call)[3..]), (16, &all[..]));
    assert_eq!(
        (call.data()[..8].to_vec(), call.data()[8]),
        (ids::instruction::REQUEST_ELEVATION_GROUP.to_vec(), 3)
    );
    assert!(call.metas()[0].signer && !call.metas()[0].writable);

    plan::borrow(&mut call, &PARTIES, &leg, &obligation, 1).unwrap();
    assert_eq!((call.metas().len(), &keys(&call)[15..]), (23, &deposits[..]));
    plan::repay(&mut call, &PARTIES, &leg, &obligation, ALL).unwrap();
    assert_eq!((call.metas().len(), &keys(&call)[13..]), (21, &deposits[..]));
    assert_eq!(call.data()[8..], ALL.to_le_bytes());

    // outside groups the deposits stay out
    let data = full(0);
    let obligation = Obligation::new(&data).unwrap();
    plan::borrow(&mut call, &PARTIES, &leg, &obligation, 1).unwrap();
    assert_eq!(call.metas().len(), 15);
    plan::repay(&mut call, &PARTIES, &leg, &obligation, 1).unwrap();
    assert_eq!(call.metas().len(), 13);
}

#[test]
fn farms_come_with_their_stake_or_not_at_all() {
    let mut data = support::reserve();
    let obligation = support::obligation();
    let obligation = Obligation::new(&obligation).unwrap();
    let mut call = Call::EMPTY;
    let program = (ids::PROGRAM, false);
    type Plan<'a> = &'a dyn Fn(&mut Call, &Leg) -> Result<(), KaminoError>;
    let cases: [(usize, usize, Plan); 4] = [
        (r::FARM_COLLATERAL, 14, &|c, l| plan::supply(c, &PARTIES, l, 1)),
        (r::FARM_COLLATERAL, 14, &|c, l| plan::redeem(c, &PARTIES, l, 1)),
        (r::FARM_DEBT, 12, &|c, l| plan::borrow(c, &PARTIES, l, &obligation, 1)),
        (r::FARM_DEBT, 9, &|c, l| plan::repay(c, &PARTIES, l, &obligation, 1)),
    ];
    for (farm_at, place, plan) in cases {
        for with_farm in [false, true] {
            put(&mut data, farm_at, if with_farm { FARM } else { [0; 32] });
            let reserve = Reserve::new(&data).unwrap();
            let leg =
                Leg { key: &RESERVE, reserve: &reserve, custody: &CUSTODY, farm_user: &FARM_USER };
            plan(&mut call, &leg).unwrap();
            let found: Vec<_> =
                call.metas()[place..place + 2].iter().map(|m| (m.key, m.writable)).collect();
            let expected = if with_farm { [(FARM_USER, true), (FARM, true)] } else { [program; 2] };
            assert_eq!(found, expected);
        }
        put(&mut data, farm_at, [0; 32]);
    }
}

#[test]
fn stakes_are_opened_on_the_side_that_has_a_farm() {
    let mut data = support::reserve();
    put(&mut data, r::FARM_DEBT, FARM);
    let reserve = Reserve::new(&data).unwrap();
    let mut call = Call::EMPTY;
    let init = |call: &mut Call, debt| {
        plan::init_farm(call, &PARTIES, &OTHER, &RESERVE, &reserve, &FARM_USER, debt)
    };
    let refresh = |call: &mut Call, debt| {
        plan::refresh_farm(call, &PARTIES, &OTHER, &RESERVE, &reserve, &FARM_USER, debt)
    };
    assert_eq!(init(&mut call, false), Err(KaminoError::Slot));
    assert_eq!(refresh(&mut call, false), Err(KaminoError::Slot));
    init(&mut call, true).unwrap();
    assert_eq!(call.data(), [0x88, 0x3f, 0x0f, 0xba, 0xd3, 0x98, 0xa8, 0xa4, 1]);
    assert_eq!(call.metas().len(), 11);
    assert_eq!(keys(&call)[..8], [4, 2, 6, 7, 3, 40, 41, 1]);
    refresh(&mut call, true).unwrap();
    assert_eq!(call.data(), [0x8c, 0x90, 0xfd, 0x15, 0x0a, 0x4a, 0xf8, 0x03, 1]);
    assert_eq!(keys(&call)[..7], [4, 6, 7, 3, 40, 41, 1]);
    let signers: Vec<_> = call.metas().iter().map(|m| m.signer).collect();
    assert_eq!(signers.iter().filter(|s| **s).count(), 1);
}

#[test]
fn rewards_go_to_the_owner() {
    let reward = Reward {
        index: 5,
        farm: &FARM,
        farm_user: &FARM_USER,
        config: &[70; 32],
        mint: &MINT,
        custody: &CUSTODY,
        vault: &[71; 32],
        treasury: &[72; 32],
        vaults_authority: &[73; 32],
        scope: None,
        token_program: &[74; 32],
    };
    let mut call = Call::EMPTY;
    plan::harvest(&mut call, &OWNER, &reward).unwrap();
    assert_eq!(*call.program(), ids::FARMS_PROGRAM);
    assert_eq!(call.data()[8..], 5_u64.to_le_bytes());
    assert_eq!(keys(&call), [2, 41, 40, 70, 5, 42, 71, 72, 73, ids::FARMS_PROGRAM[0], 74]);
    let written: Vec<_> = call.metas().iter().map(|m| m.writable).collect();
    let expected = [true, true, true, false, false, true, true, true, false, false, false];
    assert_eq!(written, expected);
    plan::harvest(&mut call, &OWNER, &Reward { scope: Some(&OTHER), ..reward }).unwrap();
    assert_eq!(call.metas()[9].key, OTHER);
}

#[test]
fn batches_are_bounded() {
    let many: Vec<Key> = (0..20).map(|i| [i; 32]).collect();
    let data = support::reserve();
    let reserve = Reserve::new(&data).unwrap();
    let mut call = Call::EMPTY;
    let unpriced =
        |call: &mut Call, n: usize| plan::refresh_reserves(call, &MARKET, many[..n].iter());
    let priced = |call: &mut Call, n: usize| {
        let list = many[..n].iter().map(|key| (key, &reserve));
        plan::refresh_reserves_with_prices(call, &MARKET, list)
    };
    unpriced(&mut call, plan::MAX_UNPRICED).unwrap();
    assert_eq!((call.metas().len(), call.data()[8]), (32, 1));
    assert_eq!(unpriced(&mut call, plan::MAX_UNPRICED + 1), Err(KaminoError::Plan));
    priced(&mut call, plan::MAX_PRICED).unwrap();
    assert_eq!((call.metas().len(), call.data()[8]), (30, 0));
    assert_eq!(priced(&mut call, plan::MAX_PRICED + 1), Err(KaminoError::Plan));
    // thirteen reserves of a full obligation: one batch, or three with prices
    const { assert!(plan::MAX_UNPRICED >= 13 && 3 * plan::MAX_PRICED >= 13) }
}

#[test]
fn nothing_is_planned_for_zero() {
    let data = support::reserve();
    let reserve = Reserve::new(&data).unwrap();
    let obligation = support::obligation();
    let obligation = Obligation::new(&obligation).unwrap();
    let leg = Leg { key: &RESERVE, reserve: &reserve, custody: &CUSTODY, farm_user: &FARM_USER };
    let mut call = Call::EMPTY;
    assert_eq!(plan::supply(&mut call, &PARTIES, &leg, 0), Err(KaminoError::Amount));
    assert_eq!(plan::redeem(&mut call, &PARTIES, &leg, 0), Err(KaminoError::Amount));
    assert_eq!(plan::borrow(&mut call, &PARTIES, &leg, &obligation, 0), Err(KaminoError::Amount));
    assert_eq!(plan::repay(&mut call, &PARTIES, &leg, &obligation, 0), Err(KaminoError::Amount));
}

/// A call takes what fits, refuses the rest, and forgets the call before it.
#[test]
fn a_call_is_bounded_and_reusable() {
    let mut call = Call::default();
    call.start(&[1; 32]);
    for i in 0..MAX_METAS {
        call.account(&[i as u8; 32], WRITE).unwrap();
    }
    assert_eq!(call.account(&[0; 32], READ), Err(PlanError::Accounts));
    assert_eq!(call.metas().len(), MAX_METAS);
    call.push(&[7; MAX_DATA]).unwrap();
    assert_eq!(call.push(&[7]), Err(PlanError::Data));
    assert_eq!(call.push(&[]), Ok(()));
    assert_eq!(call.data(), [7; MAX_DATA]);
    call.start(&[2; 32]);
    assert_eq!((call.program(), call.metas().len(), call.data().len()), (&[2; 32], 0, 0));
    call.push(&[1, 2]).unwrap();
    assert_eq!(call.push(&[0; MAX_DATA - 1]), Err(PlanError::Data));
    assert_eq!(call.data(), [1, 2], "a refused piece leaves nothing");
}

/// A call and a snapshot leave most of a 4 KB frame free.
#[test]
fn what_stands_on_the_stack_is_small() {
    assert!(size_of::<Call>() <= 1_280);
    assert!(size_of::<trestle_venue_adapters::kamino::verify::Snapshot>() <= 768);
    assert!(size_of::<trestle_venue_adapters::kamino::report::ReserveReport>() <= 256);
}

#[test]
fn seeds_are_the_published_ones() {
    let id = [9];
    let zero: &[u8] = &[0; 32];
    assert_eq!(
        seeds::obligation(&id, &OWNER, &MARKET),
        [&[0_u8][..], &[9], &OWNER, &MARKET, zero, zero]
    );
    assert_eq!(seeds::user_metadata(&OWNER), [&b"user_meta"[..], &OWNER]);
    assert_eq!(seeds::market_authority(&MARKET), [&b"lma"[..], &MARKET]);
    assert_eq!(seeds::farm_user(&FARM, &OTHER), [&b"user"[..], &FARM, &OTHER]);
}
