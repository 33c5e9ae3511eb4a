//! Kamino: supply, borrow, repay and redeem from one margin account.

use trestle_interface::state::PositionKind;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{KaminoWorld, User};

#[test]
fn a_round_trip_through_an_obligation() {
    let mut k = KaminoWorld::new();
    let user = User::new(&mut k.world, 10, 16);
    let sol = k.world.assets[SOL].tokens(100);
    user.fund_and_deposit(&mut k.world, SOL, sol);
    user.fund(&mut k.world, USDC, 0);
    k.open(&user, SOL);
    k.supply(&user, SOL, &[], sol / 2).unwrap();
    let borrowed = k.world.assets[USDC].tokens(1_000);
    k.borrow(&user, USDC, &[SOL], borrowed).unwrap();
    let kinds: Vec<u8> = user.margin(&k.world).1.iter().map(|p| p.kind).collect();
    assert!(kinds.contains(&PositionKind::VenueDebt.byte()));
    k.advance(60);
    user.fund_and_deposit(&mut k.world, USDC, 1_000_000);
    k.repay(&user, USDC, &[SOL], None).unwrap();
    k.redeem(&user, SOL, &[], None).unwrap();
    let (_, left) = user.margin(&k.world);
    assert!(left.iter().all(|p| p.kind == PositionKind::Custody.byte()), "{left:?}");
}
