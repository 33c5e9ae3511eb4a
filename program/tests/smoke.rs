//! First light.
use trestle_sandbox::world::*;
use trestle_sandbox::*;

#[test]
fn smoke() {
    let mut world = World::new();
    let lender = User::new(&mut world, 10, 8);
    lender.fund_and_deposit(&mut world, USDC, 1_000_000_000_000);
    println!("supply {}", lender.supply(&mut world, USDC, 1_000_000_000_000).unwrap().units);
    let trader = User::new(&mut world, 11, 16);
    let amount = world.assets[SOL].tokens(1_000);
    trader.fund_and_deposit(&mut world, SOL, amount);
    world.publish_all();
    // custody for USDC
    trader.fund(&mut world, USDC, 1);
    println!("borrow {}", trader.borrow(&mut world, USDC, 50_000_000_000).unwrap().units);
    let report = trader.health(&mut world).unwrap();
    println!("{report:?}");
    println!("{:?}", trader.mirror(&world).0);
    let ix = world.trestle.get_health(trader.account);
    println!("get_health {}", world.send(&[ix], &[]).unwrap().units);
    println!("repay {}", trader.repay(&mut world, USDC, None).unwrap_err().trestle().unwrap());
    println!("repay {}", trader.repay(&mut world, USDC, Some(1_000_000)).unwrap().units);
}
