//! Offers for a loan: what the client works out is what the market then asks.

use trestle_client::rates::{Offer, cheapest, offers};
use trestle_interface::state::MarketRow;
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{KaminoWorld, User};

/// A pool with 100,000 USDC, and a trader with SOL at Kamino and in custody.
fn stage() -> (KaminoWorld, User) {
    let mut k = KaminoWorld::new();
    let lender = User::new(&mut k.world, 20, 8);
    let cash = k.world.assets[USDC].tokens(100_000);
    lender.fund_and_deposit(&mut k.world, USDC, cash);
    lender.supply(&mut k.world, USDC, cash).unwrap();
    let user = User::new(&mut k.world, 10, 16);
    let sol = k.world.assets[SOL].tokens(2_000);
    user.fund_and_deposit(&mut k.world, SOL, sol);
    user.fund(&mut k.world, USDC, 0);
    k.advance(1);
    k.open(&user, SOL);
    k.supply(&user, SOL, &[], sol / 2).unwrap();
    (k, user)
}

fn all(k: &KaminoWorld, amount: u64) -> Vec<Offer> {
    k.world.with_pages(|board| offers(board.markets, u8::try_from(USDC).unwrap(), amount))
}

fn row(k: &KaminoWorld, offer: &Offer) -> MarketRow {
    k.world.with_pages(|board| *board.markets.market(offer.market).unwrap())
}

#[test]
fn an_offer_is_the_rate_that_the_loan_then_pays() {
    let (mut k, user) = stage();
    for whole in [1_000, 20_000] {
        let amount = k.world.assets[USDC].tokens(whole);
        for offer in all(&k, amount) {
            assert_eq!(offer.apr.q24(), row(&k, &offer).borrow_apr, "the board's, before");
            let now = k.world.now();
            let after = if offer.class == KAMINO {
                let data = k.world.svm.data(&k.reserve(USDC).reserve);
                let after = offer.at_kamino(&data, now).unwrap();
                k.borrow(&user, USDC, &[SOL], amount).unwrap();
                after
            } else {
                let after = offer.in_pool(&k.world.pool(USDC), now).unwrap();
                let (t, pool) = (k.world.trestle, k.world.assets[USDC].pool);
                let mut loan = t.pool_borrow(user.address(), user.account, &pool, amount);
                let used = k.of(&[SOL, USDC]);
                loan.accounts.extend(t.reads(&user.account, &[k.market], &used));
                k.world.send(&[loan], &[&user.key]).unwrap();
                after
            };
            assert!(after.apr > offer.apr, "a loan raises its own rate");
            k.publish();
            let then = row(&k, &offer).borrow_apr;
            assert!(then.abs_diff(after.apr.q24()) <= 1, "{then} of {after:?}");
        }
    }
}

#[test]
fn only_markets_that_can_lend_make_an_offer() {
    let (mut k, _) = stage();
    let classes = |k: &KaminoWorld, amount| {
        all(k, amount).iter().map(|offer| offer.class).collect::<Vec<_>>()
    };
    let pool = k.world.pool(USDC).cash;
    assert_eq!(classes(&k, pool), [0, KAMINO]);
    assert_eq!(classes(&k, pool + 1), [KAMINO], "more than the pool has");
    assert_eq!(classes(&k, u64::MAX), [0_u8; 0]);
    let best = cheapest(&all(&k, 1_000), 86_400).unwrap();
    assert_eq!(best.class, 0, "an idle pool asks nothing");
    let none = k.world.with_pages(|b| offers(b.markets, u8::try_from(JITOSOL).unwrap(), 1));
    assert_eq!(none.iter().map(|offer| offer.class).collect::<Vec<_>>(), [KAMINO]);
    // the reserve is closed for new business
    trestle_packs::kamino::with(k.world.svm.vm(), &k.venue.reserve("USDC").key, |data| {
        data[trestle_venue_adapters::kamino::layout::reserve::STATUS] = 1;
    });
    let rows = k.rows();
    k.world.send(&[rows], &[]).unwrap();
    assert_eq!(classes(&k, 1_000), [0]);
}
