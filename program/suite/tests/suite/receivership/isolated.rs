//! Isolated assets count nothing in equity: none pays for what a liquidator takes.

use super::Hunt;
use solana_instruction::Instruction;
use trestle_interface::TrestleError as E;
use trestle_sandbox::User;
use trestle_sandbox::world::{MEME, SOL};

/// 50,000 MEME, 1,000 USD, native units.
const OWED: u64 = 50_000_000_000;
/// SOL for 1,000 USD at 130 USD, native units.
const WORTH: u64 = 7_692_000_000;

impl Hunt {
    /// The victim owes MEME as well, and holds twice as many: idle ones, or in the pool.
    fn with_isolated(supplied: bool) -> Self {
        let mut hunt = Self::new();
        let world = &mut hunt.world;
        world.set_price(SOL, 20_000);
        world.advance(1);
        let lender = User::new(world, 15, 8);
        lender.fund_and_deposit(world, MEME, 4 * OWED);
        lender.supply(world, MEME, 4 * OWED).expect("lenders");
        hunt.victim.fund_and_deposit(world, MEME, OWED);
        world.advance(1);
        hunt.victim.borrow(world, MEME, OWED).expect("a debt");
        if supplied {
            hunt.victim.supply(world, MEME, 2 * OWED).expect("into the pool");
        }
        hunt.bot.fund(world, MEME, 0);
        world.set_price(SOL, 13_000);
        world.advance(1);
        hunt
    }

    fn repay_isolated(&self) -> Instruction {
        let pool = self.world.assets[MEME].pool;
        let (bot, account) = (self.bot.address(), self.victim.account);
        self.world.trestle.pool_repay(bot, account, &pool, None)
    }

    fn redeem_isolated(&self) -> Instruction {
        let pool = self.world.assets[MEME].pool;
        let (bot, account) = (self.bot.address(), self.victim.account);
        self.world.trestle.pool_redeem(bot, account, &pool, Some(OWED + OWED / 100))
    }
}

#[test]
fn isolated_tokens_repay_no_debt_for_the_liquidator() {
    let mut hunt = Hunt::with_isolated(false);
    let list = hunt.around(&[hunt.repay_isolated(), hunt.withdraw(SOL, WORTH)]);
    hunt.refuses(&list, 1, E::ReceivershipAsset);
    // neither does what it brings, where more leaves
    let bot = hunt.bot.clone();
    bot.fund(&mut hunt.world, MEME, OWED);
    let list = [hunt.deposit(MEME, OWED / 2), hunt.repay_isolated(), hunt.withdraw(SOL, WORTH)];
    let list = hunt.around(&list);
    hunt.refuses(&list, 2, E::ReceivershipAsset);
}

#[test]
fn an_isolated_deposit_is_not_redeemed_towards_it_either() {
    let mut hunt = Hunt::with_isolated(true);
    let acts = [hunt.redeem_isolated(), hunt.repay_isolated(), hunt.withdraw(SOL, WORTH)];
    let list = hunt.around(&acts);
    hunt.refuses(&list, 1, E::ReceivershipAsset);
}

#[test]
fn an_isolated_debt_is_repaid_with_what_the_liquidator_brings() {
    let mut hunt = Hunt::with_isolated(false);
    let bot = hunt.bot.clone();
    bot.fund(&mut hunt.world, MEME, 2 * OWED);
    let bring = OWED + OWED / 1_000; // interest
    let acts = [hunt.deposit(MEME, bring), hunt.repay_isolated(), hunt.withdraw(SOL, WORTH)];
    let rest = hunt.withdraw(MEME, 1);
    // what it brought beyond the debt stays, and is no growth that is allowed
    let list = hunt.around(&[&acts[..], &[rest]].concat());
    hunt.refuses(&list, 4, E::ReceivershipAsset);
    let exact = Instruction::clone(&acts[0]);
    hunt.end_refuses(&[exact, acts[1].clone(), acts[2].clone()], E::ReceivershipGrown);
    let pool = hunt.world.assets[MEME].pool;
    let part =
        hunt.world.trestle.pool_repay(bot.address(), hunt.victim.account, &pool, Some(OWED / 2));
    let acts = [hunt.deposit(MEME, OWED / 2), part, hunt.withdraw(SOL, WORTH / 2)];
    let list = hunt.around(&acts);
    hunt.world.send(&list, &[&bot.key]).expect("half of the debt");
}
