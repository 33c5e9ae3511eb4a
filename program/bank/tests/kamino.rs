//! One account at Kamino, on a real bank: supply, borrow, a refresh, a
//! stranger's liquidation, repayment, redemption, close; with refusals on the
//! way. Kamino is the pack that is given, our mock where none is.

use trestle_bank::Bank;
use trestle_interface::TrestleError;
use trestle_interface::state::PositionKind;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{KaminoWorld, User, artifact};

/// The story, on the embedded SVM, recorded.
fn story() -> (KaminoWorld, User) {
    let mut k = KaminoWorld::recorded();
    let trader = User::new(&mut k.world, 11, 16);
    let stranger = User::new(&mut k.world, 12, 8);
    let sol = k.world.assets[SOL].tokens(100);
    let usdc = k.world.assets[USDC].tokens(1);
    trader.fund_and_deposit(&mut k.world, SOL, sol);
    trader.fund(&mut k.world, USDC, 0);
    stranger.fund(&mut k.world, USDC, 100_000 * usdc);
    stranger.fund(&mut k.world, SOL, 0);
    k.advance(1);
    k.open(&trader, SOL);
    k.supply(&trader, SOL, &[], sol / 2).unwrap();
    k.borrow(&trader, USDC, &[SOL], 4_500 * usdc).unwrap();
    trader.withdraw(&mut k.world, USDC, 1_000 * usdc).unwrap();
    // far beyond what Kamino lends on it
    let refused = k.borrow(&trader, USDC, &[SOL], 2_000 * usdc).unwrap_err();
    assert_eq!(refused.trestle(), None, "Kamino refuses: {refused:?}");
    k.advance(3_600);
    k.refresh(&trader, &[SOL, USDC]).unwrap();
    let sound = k.liquidate_there(&stranger, &trader, (USDC, SOL), usdc).unwrap_err();
    assert_eq!(sound.trestle(), None, "Kamino refuses: {sound:?}");

    // 4,500 of 50 SOL at 75 %: sound down to 120 USD
    let cents = k.world.assets[SOL].quote.price / 1_000_000;
    k.set_price(SOL, cents * 79 / 100);
    k.liquidate_there(&stranger, &trader, (USDC, SOL), 100_000 * usdc).unwrap();
    let debt = |k: &KaminoWorld| {
        let (_, positions) = trader.margin(&k.world);
        let owed = positions.iter().find(|p| p.kind == PositionKind::VenueDebt.byte());
        owed.map_or(0, |p| p.units.get())
    };
    let before = debt(&k);
    k.refresh(&trader, &[SOL, USDC]).unwrap();
    assert!(debt(&k) < before, "the refresh notices");
    assert!(trader.health(&mut k.world).unwrap().maint > 0);

    k.advance(60);
    trader.fund_and_deposit(&mut k.world, USDC, 2_000 * usdc);
    let (me, account) = (trader.address(), trader.account);
    let close = k.world.trestle.close_venue(me, account, &k.market);
    let early = k.world.send(std::slice::from_ref(&close), &[&trader.key]).unwrap_err();
    assert_eq!(early.trestle(), Some(TrestleError::VenueAccountInUse));
    k.repay(&trader, USDC, &[SOL], None).unwrap();
    k.redeem(&trader, SOL, &[], None).unwrap();
    k.world.send(&[close], &[&trader.key]).unwrap();
    let (_, left) = trader.margin(&k.world);
    assert!(left.iter().all(|p| p.kind == PositionKind::Custody.byte()), "{left:?}");
    (k, trader)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_agrees_about_kamino() {
    let (k, trader) = story();
    let svm = &k.world.svm;
    let tape = svm.tape.clone().expect("the story is recorded");
    let mut bank = Bank::start(&artifact().elf, &k.programs, svm).await;
    let (sent, refused) = bank.replay(&tape).await;
    assert!(sent > 60 && refused == 3, "{sent} transactions, {refused} refused");

    for (key, _) in svm.program_accounts() {
        bank.expect_same(svm, &key).await;
    }
    let obligation = k.world.trestle.obligation(&trader.account, &k.market);
    bank.expect_same(svm, &obligation).await;
    for reserve in &k.venue.reserves {
        for key in [reserve.key, reserve.vault, reserve.fee_vault, reserve.ctoken_vault] {
            bank.expect_same(svm, &key).await;
        }
    }
    println!("{}: {sent} transactions on a real bank", k.summary);
}
