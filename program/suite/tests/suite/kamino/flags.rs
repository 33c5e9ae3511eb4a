//! Everything that Kamino's operators can switch on a market, a reserve or an
//! obligation: no new risk, no listing, and the way out stays open.

use super::{Act, Stage};
use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_sandbox::kamino::{KAMINO, class_args};
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{KaminoWorld, refused};

const SOME: u64 = 1_000_000;

/// A switch: bytes at an offset, and what new risk meets while it is on.
struct Switch {
    what: &'static str,
    at: usize,
    bytes: &'static [u8],
    /// Refusals of a supply and of a borrow; `None` where it does not concern it.
    supply: Option<TrestleError>,
    borrow: Option<TrestleError>,
}

const fn switch(
    what: &'static str,
    at: usize,
    bytes: &'static [u8],
    supply: Option<TrestleError>,
    borrow: Option<TrestleError>,
) -> Switch {
    Switch { what, at, bytes, supply, borrow }
}

const fn both(what: &'static str, at: usize, bytes: &'static [u8], error: TrestleError) -> Switch {
    switch(what, at, bytes, Some(error), Some(error))
}

use TrestleError as E;

/// Switches of a reserve that let people leave. Offsets are the facts' own.
const RESERVE: [Switch; 12] = [
    both("obsolete", 4856, &[1], E::KaminoStatus),
    both("hidden", 4856, &[2], E::KaminoStatus),
    both("an unknown status", 4856, &[9], E::KaminoStatus),
    both("an unknown way to count time", 4865, &[7], E::KaminoRateBasis),
    switch("permissioned deposits", 5800, &[1], Some(E::KaminoPermissioned), None),
    switch("permissioned loans", 5800, &[2], None, Some(E::KaminoPermissioned)),
    both("permissioned both", 5800, &[3], E::KaminoPermissioned),
    switch("blocked receipts", 4862, &[1], Some(E::KaminoCtokensBlocked), None),
    switch("a maturity", 5776, &[1], None, Some(E::KaminoDebtTerm)),
    switch("a term", 5784, &[1], None, Some(E::KaminoDebtTerm)),
    switch("a penalty on early repayment", 4863, &[1], None, Some(E::KaminoDebtTerm)),
    switch("a borrow factor above 2.0", 5008, &[201, 0], None, Some(E::KaminoBorrowFactor)),
];

/// Switches of the market that let people leave.
const MARKET: [Switch; 3] = [
    switch("no borrowing", 124, &[1], None, Some(E::KaminoBorrowDisabled)),
    switch("permissioned deposits", 3432, &[1], Some(E::KaminoPermissioned), None),
    switch("permissioned loans", 3432, &[2], None, Some(E::KaminoPermissioned)),
];

/// Switches of an obligation that let people leave.
const OBLIGATION: [Switch; 6] = [
    both("a deleveraging target", 2321, &[50], E::KaminoMarked),
    both("a margin call", 2336, &[1], E::KaminoMarked),
    both("no borrowing", 2320, &[1], E::KaminoMarked),
    both("an order to sell", 2344, &[1], E::KaminoEncumbered),
    both("an order to borrow", 2600, &[1], E::KaminoEncumbered),
    both("a change of owner", 2324, &[1], E::KaminoEncumbered),
];

fn write(stage: &mut Stage, key: solana_program::pubkey::Pubkey, switch: &Switch) {
    let mut account = stage.k.world.svm.account(&key).unwrap();
    account.data[switch.at..][..switch.bytes.len()].copy_from_slice(switch.bytes);
    stage.k.world.svm.set_account(key, account);
}

/// New risk is refused as the switch says, or taken; leaving works.
fn expect(stage: &Stage, switch: &Switch, leaves: bool) {
    let acts = [
        (Act::Supply(SOME), SOL, &[JITOSOL, USDC][..], switch.supply),
        (Act::Borrow(SOME), USDC, &[SOL, JITOSOL], switch.borrow),
    ];
    for (act, asset, others, error) in acts {
        let mut stage = stage.clone();
        let alone = stage.act(act, asset, others);
        match error {
            Some(error) => stage.refuses_steps(&[alone], error),
            None => {
                let what = switch.what;
                stage.send(&[alone]).unwrap_or_else(|e| panic!("{what}, {act:?}: {e:?}"));
            }
        }
    }
    if leaves {
        let mut stage = stage.clone();
        for (act, asset, others) in [
            (Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]),
            (Act::Redeem(Some(SOME)), SOL, &[JITOSOL, USDC]),
        ] {
            let alone = stage.act(act, asset, others);
            let what = switch.what;
            stage.send(&[alone]).unwrap_or_else(|e| panic!("{what}, {act:?}: {e:?}"));
        }
    }
}

/// A reserve that is switched so is not listed.
#[track_caller]
fn refuses_listing(switch: &Switch, error: TrestleError) {
    let mut k = KaminoWorld::unlisted();
    let admin = k.world.admin.clone();
    let class = k.world.trestle.list_class(admin.pubkey(), (KAMINO, &class_args()));
    k.world.admin_do(class);
    let key = k.venue.reserve("SOL").key;
    let mut account = k.world.svm.account(&key).unwrap();
    account.data[switch.at..][..switch.bytes.len()].copy_from_slice(switch.bytes);
    k.world.svm.set_account(key, account);
    let list = k.listing(SOL, "SOL");
    refused(&mut k.world.svm, &[list], &[&admin], error);
}

#[test]
fn a_flagged_reserve_takes_no_new_risk_and_is_not_listed() {
    let whole = Stage::indebted();
    for switch in &RESERVE {
        let mut stage = whole.clone();
        for asset in [SOL, USDC] {
            let key = stage.k.reserve(asset).reserve;
            write(&mut stage, key, switch);
        }
        // the real program may have rules of its own for what it has switched
        let leaves = stage.is_mock() && switch.supply != Some(E::KaminoRateBasis);
        if switch.supply == Some(E::KaminoRateBasis) {
            for act in [Act::Supply(SOME), Act::Redeem(Some(SOME))] {
                stage.refuses(act, SOL, &[JITOSOL, USDC], E::KaminoRateBasis);
            }
            continue;
        }
        expect(&stage, switch, leaves);
        refuses_listing(switch, switch.supply.or(switch.borrow).unwrap());
    }
}

#[test]
fn collateral_that_counts_in_groups_only_is_not_supplied_outside() {
    let whole = Stage::indebted();
    let only = switch("collateral in groups only", 5500, &[1], Some(E::KaminoGroupOnly), None);
    refuses_listing(&only, E::KaminoGroupOnly);
    let mut stage = whole.clone();
    let key = stage.k.reserve(SOL).reserve;
    write(&mut stage, key, &only);
    let alone = stage.act(Act::Supply(SOME), SOL, &[JITOSOL, USDC]);
    stage.refuses_steps(&[alone], E::KaminoGroupOnly);
    // Kamino lends nothing against it any more
    stage.kamino_refuses(Act::Borrow(SOME), USDC, &[SOL, JITOSOL], 6091);
    stage.ok(Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]);
    stage.ok(Act::Redeem(Some(SOME)), SOL, &[JITOSOL, USDC]);
}

#[test]
fn a_flagged_market_takes_no_new_risk() {
    let whole = Stage::indebted();
    for switch in &MARKET {
        let mut stage = whole.clone();
        let key = stage.k.market.market;
        write(&mut stage, key, switch);
        expect(&stage, switch, true);
    }
}

#[test]
fn a_marked_or_encumbered_obligation_takes_no_new_risk() {
    let whole = Stage::indebted();
    for switch in &OBLIGATION {
        let mut stage = whole.clone();
        let key = stage.obligation();
        write(&mut stage, key, switch);
        let leaves = stage.is_mock();
        expect(&stage, switch, leaves);
    }
}

#[test]
fn deleveraging_takes_the_market_s_switch_and_the_reserve_s() {
    const MARKET_SWITCH: usize = 123;
    const RESERVE_SWITCH: usize = 5502;
    let whole = Stage::indebted();
    for (market, reserve) in [(0, 1), (1, 0), (1, 1)] {
        let mut stage = whole.clone();
        stage.market(|m| m.0[MARKET_SWITCH] = market);
        for asset in [SOL, USDC] {
            stage.reserve(asset, |r| r.0[RESERVE_SWITCH] = reserve);
        }
        let error = (market & reserve == 1).then_some(E::KaminoDeleverage);
        let both = switch("deleveraging", 0, &[], error, error);
        expect(&stage, &both, true);
    }
}

#[test]
fn an_emergency_stops_everything_with_its_own_error() {
    for halt_market in [true, false] {
        let mut stage = Stage::indebted();
        if halt_market {
            stage.market(|m| m.set_emergency(1));
        } else {
            for asset in [SOL, USDC] {
                stage.reserve(asset, |r| r.0[4864] = 1);
            }
        }
        for (act, asset, others) in [
            (Act::Supply(SOME), SOL, &[JITOSOL, USDC]),
            (Act::Redeem(Some(SOME)), SOL, &[JITOSOL, USDC]),
            (Act::Borrow(SOME), USDC, &[SOL, JITOSOL]),
            (Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]),
        ] {
            let alone = stage.act(act, asset, others);
            stage.refuses_steps(&[alone], E::KaminoEmergency);
        }
        // Trestle's own side goes on: deposit, withdraw, refresh
        stage.k.refresh(&stage.user.clone(), &[SOL, JITOSOL, USDC]).expect("reading goes on");
        let small = stage.tokens(USDC, 1);
        stage.user.fund_and_deposit(&mut stage.k.world, USDC, small);
    }
}

#[test]
fn layouts_that_this_build_does_not_know_are_refused() {
    let whole = Stage::indebted();
    // a reserve that was wiped out
    let mut stage = whole.clone();
    stage.reserve(SOL, |r| r.set_version(u64::MAX));
    for act in [Act::Supply(SOME), Act::Redeem(Some(SOME))] {
        let alone = stage.act(act, SOL, &[JITOSOL, USDC]);
        stage.refuses_steps(&[alone], E::KaminoVersion);
    }
    // another type in the reserve's place
    let mut stage = whole.clone();
    stage.reserve(SOL, |r| r.0[0] ^= 1);
    let alone = stage.act(Act::Supply(SOME), SOL, &[JITOSOL, USDC]);
    stage.refuses_steps(&[alone], E::KaminoLayout);
    // an obligation that has grown is read, but takes nothing new
    let mut stage = whole.clone();
    let key = stage.obligation();
    let mut account = stage.k.world.svm.account(&key).unwrap();
    account.data.extend_from_slice(&[0; 64]);
    account.lamports += 1_000_000;
    stage.k.world.svm.set_account(key, account.clone());
    for (act, asset, others) in
        [(Act::Supply(SOME), SOL, &[JITOSOL, USDC]), (Act::Borrow(SOME), USDC, &[SOL, JITOSOL])]
    {
        let alone = stage.act(act, asset, others);
        stage.refuses_steps(&[alone], E::KaminoSize);
    }
    stage.ok(Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]);
    // one that has shrunk is not
    account.data.truncate(3_000);
    stage.k.world.svm.set_account(key, account);
    let alone = stage.act(Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]);
    stage.refuses_steps(&[alone], E::KaminoLayout);
}

#[test]
fn a_flag_that_a_refresh_has_seen_makes_the_row_reduce_only() {
    let mut stage = Stage::indebted();
    stage.reserve(SOL, |r| r.set_status(2));
    let rows = stage.k.rows();
    stage.k.world.send(&[rows], &[]).unwrap();
    let alone = stage.act(Act::Supply(SOME), SOL, &[JITOSOL, USDC]);
    stage.refuses_steps(&[alone], E::MarketNotActive);
    stage.ok(Act::Redeem(Some(SOME)), SOL, &[JITOSOL, USDC]);
}
