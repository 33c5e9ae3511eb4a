//! One whole-program scenario: a market opens, people lend, borrow and trade,
//! prices fall, a bot liquidates, everyone leaves; with refusals on the way.
//!
//! It runs on the embedded SVM first and is then played again on a real bank.

use trestle_bank::Bank;
use trestle_interface::TrestleError;
use trestle_sandbox::world::{BTC, JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, Sent, User, World, artifact};

/// The story, on the embedded SVM, recorded.
fn story() -> World {
    let mut world = World::recorded();
    let lender = User::new(&mut world, 10, 8);
    let trader = User::new(&mut world, 11, 16);
    let hedged = User::new(&mut world, 12, 8);
    let bot = User::new(&mut world, 13, 8);

    let usdc = world.assets[USDC].tokens(1_000_000);
    let sol = world.assets[SOL].tokens(100);
    lender.fund_and_deposit(&mut world, USDC, usdc);
    lender.supply(&mut world, USDC, usdc).unwrap();
    lender.fund_and_deposit(&mut world, SOL, sol * 10);
    lender.supply(&mut world, SOL, sol * 10).unwrap();
    bot.fund(&mut world, USDC, usdc);
    bot.fund(&mut world, SOL, 0);
    trader.fund(&mut world, USDC, 0);
    hedged.fund(&mut world, SOL, 0);

    // a long on borrowed money, as far as initial health lets it go
    trader.fund_and_deposit(&mut world, SOL, sol);
    trader.fund_and_deposit(&mut world, BTC, 1_000);
    let room = world.assets[USDC].tokens(10_000);
    trader.borrow(&mut world, USDC, room).unwrap();
    trader.withdraw(&mut world, USDC, room).unwrap();
    trader.borrow(&mut world, USDC, room).unwrap(); // idle money covers its own debt
    let refused = trader.withdraw(&mut world, USDC, room).unwrap_err();
    assert_eq!(refused.trestle(), Some(TrestleError::InitialHealth));
    trader.repay(&mut world, USDC, Some(room)).unwrap();

    // a staking-token hedge
    hedged.fund_and_deposit(&mut world, JITOSOL, sol);
    hedged.borrow(&mut world, SOL, sol / 2).unwrap();
    hedged.withdraw(&mut world, SOL, sol / 2).unwrap();

    world.advance(3_600);
    let early = liquidate(&mut world, &bot, &trader).unwrap_err();
    assert_eq!(early.trestle(), Some(TrestleError::Healthy));
    world.set_price(SOL, 11_500);
    world.set_price(JITOSOL, 13_800);
    world.advance(60);
    assert!(trader.health(&mut world).unwrap().maint < 0);
    assert!(hedged.health(&mut world).unwrap().maint > 0);
    let mut calls = 0;
    while trader.health(&mut world).unwrap().maint < 0 {
        liquidate(&mut world, &bot, &trader).unwrap();
        calls += 1;
        assert!(calls < 20, "liquidation ends");
    }

    // everyone leaves
    for (user, asset) in [(&trader, USDC), (&hedged, SOL)] {
        let enough = world.assets[asset].tokens(20_000);
        user.fund_and_deposit(&mut world, asset, enough);
        user.repay(&mut world, asset, None).unwrap();
    }
    lender.redeem(&mut world, USDC, None).unwrap();
    lender.redeem(&mut world, SOL, None).unwrap();
    world
}

fn liquidate(world: &mut World, bot: &User, victim: &User) -> Result<Sent, Failure> {
    let keys = bot.against(world, victim, USDC, SOL);
    let ix = world.trestle.liquidate_custody(&keys, &world.assets[SOL].keys, u64::MAX, 1);
    world.send(&[ix], &[&bot.key])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_agrees_with_the_embedded_svm() {
    let world = story();
    let tape = world.svm.tape.clone().expect("the story is recorded");
    let mut bank = Bank::start(&artifact().elf, &[], &world.svm).await;
    let (sent, refused) = bank.replay(&tape).await;
    assert!(sent > 60 && refused == 2, "{sent} transactions, {refused} refused");

    let ours = world.svm.program_accounts();
    assert!(ours.len() >= 3 + 5 + 4, "group, two pages, five pools, four accounts");
    for (key, _) in &ours {
        bank.expect_same(&world.svm, key).await;
    }
    for asset in &world.assets {
        bank.expect_same(&world.svm, &asset.pool.vault).await;
    }
    println!("{sent} transactions on a real bank, {} accounts equal to the byte", ours.len());
}
