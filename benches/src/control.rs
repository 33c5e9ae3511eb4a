//! Guards, delegates, lock-down and the change of owners.

use crate::instructions::Bench;
use solana_keypair::Keypair;
use solana_signer::Signer;
use trestle_interface::args::{
    AssertDeadlineArgs, AssertHealthArgs, AssertRateArgs, SetDelegateArgs,
};
use trestle_interface::permission::{self, LOCK_DELAY};
use trestle_sandbox::User;
use trestle_sandbox::world::{SOL, USDC};

/// Rows of them.
pub fn rows(bench: &mut Bench) {
    let user = User::new(&mut bench.world, 27, 16);
    user.fund_and_deposit(&mut bench.world, SOL, 1_000_000_000_000);
    user.fund(&mut bench.world, USDC, 0);
    user.borrow(&mut bench.world, USDC, 50_000_000_000).expect("borrow");
    let (t, me, account) = (bench.world.trestle, user.address(), user.account);
    let sequence = user.margin(&bench.world).0.sequence;
    let health = AssertHealthArgs { level: 0, min: 0 };
    let rate = AssertRateArgs { market: 0, debt: true, bound: u32::MAX, max_age: u32::MAX };
    let deadline = AssertDeadlineArgs { unix: i64::MAX, slot: u64::MAX };
    bench.send("", t.assert_sequence(me, account, sequence), &[&user.key]);
    bench.send("3 positions", t.assert_health(me, account, &health, &[]), &[&user.key]);
    bench.send("", t.assert_rate(me, account, &rate), &[&user.key]);
    bench.send("", t.assert_deadline(me, account, &deadline), &[&user.key]);

    let begin = t.begin_region(me, account, 1);
    let end = t.end_region(me, account, &[]);
    let cases = ["an end next to it; both in one transaction", "3 positions, with debt"];
    bench.pair(cases, [begin, end], &[&user.key]);

    let delegate = Keypair::new_from_array([28; 32]);
    let key = delegate.pubkey();
    let args = SetDelegateArgs {
        delegate: key,
        permissions: permission::ALL,
        expires: i64::MAX,
        loss_per_act: 1_000_000,
        loss_per_day: 1_000_000,
    };
    bench.send("added", t.set_delegate(me, account, &args), &[&user.key]);
    let pool = bench.world.assets[SOL].pool;
    let supply = t.pool_supply(key, account, &pool, 1_000_000);
    bench.send("4 positions, with debt, by a delegate", supply, &[&delegate]);
    bench.send("by a delegate", t.lock_down(key, account), &[&delegate]);
    let lift = t.lift_lock_down(me, account);
    bench.send("asked", lift.clone(), &[&user.key]);
    let day = u32::try_from(LOCK_DELAY).expect("a day");
    bench.world.advance(day);
    bench.send("ended", lift, &[&user.key]);
    bench.send("", t.propose_owner(me, account, Some(key)), &[&user.key]);
    bench.send("", t.accept_owner(key, key, account), &[&delegate]);
}
