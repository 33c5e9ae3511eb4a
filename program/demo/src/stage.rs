//! The stage: a group, its pools, lenders, three traders and a bot.

use crate::expect;
use crate::output::Output;
use serde_json::json;
use trestle_sandbox::pyth::{Quote, quote_of};
use trestle_sandbox::world::{BTC, JITOSOL, SOL, USDC};
use trestle_sandbox::{User, World, artifact};

/// Who is on stage.
pub struct Stage {
    /// The world.
    pub world: World,
    /// Lends USDC and SOL.
    pub lender: User,
    /// Long SOL on borrowed USDC.
    pub directional: User,
    /// JitoSOL against borrowed SOL.
    pub netted: User,
    /// Only SOL.
    pub unlevered: User,
    /// Liquidates.
    pub bot: User,
    /// SOL's first price in cents.
    pub first_cents: i64,
}

/// JitoSOL's rate in SOL, thousandths.
const STAKED_RATE: i64 = 1_200;

impl Stage {
    /// Sets everything up.
    pub fn build(out: &mut Output) -> Result<Self, String> {
        let artifact = artifact();
        out.heading("Trestle on an embedded SVM");
        out.line(&format!("program   {} bytes, sha256 {}", artifact.elf.len(), artifact.sha256));
        out.line(&format!("compiler  {}", artifact.compiler));
        out.record("compiler", json!(artifact.compiler));
        out.record("sha256", json!(artifact.sha256));
        let mut world = World::new();
        let source = set_quotes(&mut world);
        out.line(&format!("prices    {source}"));
        out.record("prices", json!(source));
        world.advance(2);

        let lender = User::new(&mut world, 20, 8);
        for (asset, whole) in [(USDC, 2_000_000), (SOL, 20_000)] {
            let amount = world.assets[asset].tokens(whole);
            lender.fund_and_deposit(&mut world, asset, amount);
            lender.supply(&mut world, asset, amount).map_err(|e| format!("{e:?}"))?;
            out.line(&format!("lender    supplies {whole} {}", world.assets[asset].name));
        }
        world.publish_all();
        let first_cents = world.assets[SOL].quote.price / 1_000_000;

        let directional = User::new(&mut world, 21, 16);
        let amount = world.assets[SOL].tokens(1_000);
        directional.fund_and_deposit(&mut world, SOL, amount);
        directional.fund(&mut world, USDC, 0);
        // 68 % of its value borrowed: near what initial health allows
        let loan =
            u64::try_from(first_cents * 1_000 * 68 / 100 * 10_000).map_err(|e| e.to_string())?;
        borrow_out(&mut world, &directional, USDC, loan)?;
        out.line("account   directional: 1,000 SOL, USDC borrowed and taken out");

        let netted = User::new(&mut world, 22, 16);
        let amount = world.assets[JITOSOL].tokens(1_000);
        netted.fund_and_deposit(&mut world, JITOSOL, amount);
        netted.fund(&mut world, SOL, 0);
        // 82 % of its value borrowed, far beyond what a directional book may have
        let loan = world.assets[SOL].tokens(984);
        borrow_out(&mut world, &netted, SOL, loan)?;
        out.line("account   netted: 1,000 JitoSOL, 984 SOL borrowed and taken out");

        let unlevered = User::new(&mut world, 23, 8);
        let amount = world.assets[SOL].tokens(500);
        unlevered.fund_and_deposit(&mut world, SOL, amount);
        out.line("account   unlevered: 500 SOL");

        let bot = User::new(&mut world, 24, 8);
        let amount = world.assets[USDC].tokens(500_000);
        bot.fund(&mut world, USDC, amount);
        bot.fund(&mut world, SOL, 0);
        world.advance(2);
        expect(world.assets[BTC].quote.price > 0, "every asset has a price")?;
        Ok(Self { world, lender, directional, netted, unlevered, bot, first_cents })
    }

    /// Moves SOL, and JitoSOL with it, and lets a few seconds pass.
    pub fn set_sol(&mut self, cents: i64) {
        set_sol(&mut self.world, Quote::cents(cents));
        self.world.advance(5);
    }
}

fn borrow_out(world: &mut World, user: &User, asset: usize, amount: u64) -> Result<(), String> {
    user.borrow(world, asset, amount).map_err(|e| format!("{e:?}"))?;
    user.withdraw(world, asset, amount).map_err(|e| format!("{e:?}"))?;
    Ok(())
}

fn set_sol(world: &mut World, quote: Quote) {
    world.assets[SOL].quote = quote;
    world.assets[JITOSOL].quote = Quote {
        price: quote.price * STAKED_RATE / 1_000,
        confidence: quote.confidence * STAKED_RATE.unsigned_abs() / 1_000,
        ema: quote.ema * STAKED_RATE / 1_000,
    };
}

/// Takes SOL and USDC from real Pyth accounts where they are, the same figures otherwise.
fn set_quotes(world: &mut World) -> String {
    let read = |name: &str| quote_of(&trestle_fixtures::load(name)?);
    // the figures of the real accounts: SOL of 2024-07-16, USDC of 2025-05-13
    let sol = Quote { price: 15_679_769_099, confidence: 16_197_271, ema: 15_660_921_800 };
    let usdc = Quote { price: 100_004_997, confidence: 67_956, ema: 100_003_409 };
    let real = (read("pyth/sol_usd_push.bin"), read("pyth/usdc_usd_push.bin"));
    let source = match real {
        (Some(_), Some(_)) => "SOL and USDC from real Pyth accounts, dated anew",
        _ => "SOL and USDC as real Pyth accounts had them, encoded here",
    };
    set_sol(world, real.0.unwrap_or(sol));
    world.assets[USDC].quote = real.1.unwrap_or(usdc);
    source.into()
}
