//! What holds after any sequence of acts: books balance to 2^-64 of a token,
//! vaults hold what the books say, slabs add up to the pools' totals, and no
//! token is made or lost.

use proptest::prelude::*;
use trestle_interface::state::PositionKind;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{BTC, JITOSOL, SOL, USDC};
use trestle_sandbox::{User, World};

const ASSETS: [usize; 4] = [BTC, SOL, JITOSOL, USDC];

#[derive(Clone, Copy, Debug)]
enum Act {
    Deposit,
    Withdraw,
    Supply,
    Redeem,
    RedeemAll,
    Borrow,
    Repay,
    RepayAll,
    Wait,
}

fn act() -> impl Strategy<Value = (Act, usize, usize, u64)> {
    let kind = prop_oneof![
        Just(Act::Deposit),
        Just(Act::Withdraw),
        Just(Act::Supply),
        Just(Act::Redeem),
        Just(Act::RedeemAll),
        Just(Act::Borrow),
        Just(Act::Repay),
        Just(Act::RepayAll),
        Just(Act::Wait),
    ];
    let amount = prop_oneof![0_u64..100, 0_u64..2_000_000_000, 0_u64..500_000_000_000];
    (kind, 0_usize..3, 0_usize..4, amount)
}

/// Vault and custody against the books, slabs against totals, all against events.
pub fn check(world: &World, users: &[User]) {
    crate::events::check(&world.svm);
    for asset in ASSETS {
        let pool = world.pool(asset);
        let books = pool.books().unwrap();
        assert!(books.is_balanced().unwrap(), "books of {}", world.assets[asset].name);
        let vault = balance_of(&world.svm, &world.assets[asset].pool.vault);
        assert_eq!(vault, pool.cash, "vault of {}", world.assets[asset].name);
        let (mut deposits, mut debts) = (0_u64, 0_u64);
        for user in users {
            let (_, positions) = user.margin(world);
            for position in positions.iter().filter(|p| usize::from(p.asset) == asset) {
                let units = u64::try_from(position.units.get()).unwrap();
                match PositionKind::from_byte(position.kind).unwrap() {
                    PositionKind::Custody => {
                        let keys = &world.assets[asset].keys;
                        let custody = world.trestle.custody(&user.account, keys);
                        assert_eq!(balance_of(&world.svm, &custody), units);
                    }
                    PositionKind::PoolDeposit => deposits += units,
                    PositionKind::PoolDebt => debts += units,
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(deposits, pool.deposit_units);
        assert_eq!(debts, pool.debt_units);
    }
}

fn total_tokens(world: &World, users: &[User], asset: usize) -> u64 {
    let keys = world.assets[asset].keys;
    let of_user = |user: &User| {
        balance_of(&world.svm, &user.wallet(world, asset))
            + balance_of(&world.svm, &world.trestle.custody(&user.account, &keys))
    };
    users.iter().map(of_user).sum::<u64>() + balance_of(&world.svm, &world.assets[asset].pool.vault)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..Default::default() })]

    #[test]
    fn any_sequence_keeps_the_books(acts in prop::collection::vec(act(), 1..60)) {
        let mut world = World::new();
        let users: Vec<User> = (0..3).map(|i| User::new(&mut world, 50 + i, 16)).collect();
        for user in &users {
            for asset in ASSETS {
                user.fund(&mut world, asset, 1_000_000_000_000);
            }
        }
        let before = ASSETS.map(|a| total_tokens(&world, &users, a));
        for (kind, who, what, amount) in acts {
            let (user, asset) = (&users[who], ASSETS[what]);
            // refusals are fine: what must hold, holds after them too
            let outcome = match kind {
                Act::Deposit => user.deposit(&mut world, asset, amount),
                Act::Withdraw => user.withdraw(&mut world, asset, amount),
                Act::Supply => user.supply(&mut world, asset, amount),
                Act::Redeem => user.redeem(&mut world, asset, Some(amount)),
                Act::RedeemAll => user.redeem(&mut world, asset, None),
                Act::Borrow => user.borrow(&mut world, asset, amount),
                Act::Repay => user.repay(&mut world, asset, Some(amount)),
                Act::RepayAll => user.repay(&mut world, asset, None),
                Act::Wait => {
                    world.advance(u32::try_from(amount % 100_000).unwrap() + 1);
                    continue;
                }
            };
            if outcome.is_ok() && matches!(kind, Act::Withdraw | Act::Borrow) {
                let report = user.health(&mut world).unwrap();
                prop_assert!(report.debts == 0 || report.init >= 0, "{:?} left {:?}", kind, report);
            }
        }
        check(&world, &users);
        prop_assert_eq!(before, ASSETS.map(|a| total_tokens(&world, &users, a)));
    }
}
