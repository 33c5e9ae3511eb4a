//! A loan where it costs least, taken out in one instruction with one check.

use super::{Act, rate, text};
use crate::expect;
use crate::output::{Output, tokens};
use serde_json::{Value, json};
use trestle_client::ix::At;
use trestle_client::rates::{Offer, cheapest, offers};
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{KaminoWorld, svm::MAX_BYTES};

/// How long the trader means to keep a loan.
const MONTH: u64 = 30 * 86_400;

/// Borrows whole USDC and withdraws them; supplies whole SOL at Kamino before.
pub fn take(
    out: &mut Output,
    act: &mut Act,
    whole: u64,
    supply: Option<u64>,
) -> Result<Offer, String> {
    act.kamino.advance(1);
    let amount = act.kamino.world.assets[USDC].tokens(whole);
    out.heading(&format!("A loan of {} USDC: where?", tokens(amount, 6)));
    let (best, shown) = choose(out, &act.kamino, amount)?;
    out.line(&format!("it goes to {}", name(&best)));

    let (k, user) = (&mut act.kamino, &act.trader);
    let (t, me, account) = (k.world.trestle, user.address(), user.account);
    let (sol, usdc, pool) = (k.reserve(SOL), k.reserve(USDC), k.world.assets[USDC].pool);
    let (on_sol, wallet) = ([sol], user.wallet(&k.world, USDC));
    let mut operations = vec![];
    if let Some(whole) = supply {
        let amount = k.world.assets[SOL].tokens(whole);
        let at = At { reserve: &sol, others: &[] };
        operations.push(t.venue_supply(me, account, at, amount));
    }
    operations.push(if best.class == KAMINO {
        t.venue_borrow(me, account, At { reserve: &usdc, others: &on_sol }, amount)
    } else {
        t.pool_borrow(me, account, &pool, amount)
    });
    operations.push(t.withdraw(me, account, &pool.asset, wallet, amount));
    let reads = t.reads(&account, &[k.market], &[sol, usdc]);
    let batch = t.batch(&operations, &reads).map_err(|e| format!("{e:?}"))?;
    let before = balance_of(&k.world.svm, &wallet);
    // Kamino asks for its own prices in the same slot
    let front = k.price_refresh(&[SOL, USDC]);
    let sent = k.world.svm.send_with_table(&[front, batch], &[&user.key]).map_err(text)?;
    let arrived = balance_of(&k.world.svm, &wallet) - before;
    out.line(&format!(
        "one instruction of {} operations, one check: {} CU, {} accounts, {} bytes",
        operations.len(),
        sent.units,
        sent.locks,
        sent.table_bytes
    ));
    expect(arrived == amount, "the loan arrives whole")?;
    expect(sent.table_bytes <= MAX_BYTES, "it fits into a transaction")?;
    k.advance(1);
    k.refresh(user, &[SOL, USDC]).map_err(text)?;
    let health = user.health(&mut k.world).map_err(text)?;
    expect(health.init >= 0, "the account stays at or above initial health")?;
    out.append(
        "loans",
        json!({
            "amount": amount, "offers": shown, "chosen": name(&best), "units": sent.units,
            "operations": operations.len(), "bytes": sent.table_bytes, "init": health.init,
        }),
    );
    Ok(best)
}

/// Compares what all markets ask, behind the loan.
fn choose(
    out: &mut Output,
    kamino: &KaminoWorld,
    amount: u64,
) -> Result<(Offer, Vec<Value>), String> {
    let asset = u8::try_from(USDC).map_err(|e| e.to_string())?;
    let now = kamino.world.with_pages(|board| offers(board.markets, asset, amount));
    out.line(&format!(
        "{:<14}{:>16}{:>22}{:>22}",
        "market", "% a year now", "% a year with it", "30 days cost, USDC"
    ));
    let (mut behind, mut shown) = (vec![], vec![]);
    for offer in now {
        let clock = kamino.world.now();
        let after = if offer.class == KAMINO {
            let data = kamino.world.svm.data(&kamino.reserve(USDC).reserve);
            offer.at_kamino(&data, clock).map_err(|e| format!("{e:?}"))?
        } else {
            offer.in_pool(&kamino.world.pool(USDC), clock).map_err(|e| e.to_string())?
        };
        out.line(&format!(
            "{:<14}{:>16}{:>22}{:>22}",
            name(&offer),
            rate(offer.apr),
            rate(after.apr),
            tokens(after.cost(MONTH), 6)
        ));
        shown.push(json!({
            "market": name(&offer), "apr_q24_now": offer.apr.q24(),
            "apr_q24_with": after.apr.q24(), "cost_30_days": after.cost(MONTH),
        }));
        behind.push(after);
    }
    expect(behind.len() == 2, "a pool and Kamino lend USDC")?;
    Ok((cheapest(&behind, MONTH).ok_or("an offer")?, shown))
}

fn name(offer: &Offer) -> &'static str {
    if offer.class == KAMINO { "Kamino" } else { "native pool" }
}
