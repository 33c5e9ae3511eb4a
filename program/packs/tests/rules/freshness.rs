//! What has to be refreshed before which act.

use crate::bench::{Bench, SOL, USDC};
use solana_instruction::Instruction;
use solana_signer::Signer;
use trestle_packs::time;

const RESERVE_STALE: u32 = 6009;
const OBLIGATION_STALE: u32 = 6017;
const INVALID_ACCOUNT_INPUT: u32 = 6006;

/// Acts, on an obligation with USDC as collateral and a debt of SOL.
#[derive(Clone, Copy, Debug)]
enum Act {
    Deposit,
    WithdrawWithDebt,
    Borrow,
    Repay,
}

const ACTS: [Act; 4] = [Act::Deposit, Act::WithdrawWithDebt, Act::Borrow, Act::Repay];

impl Act {
    fn on(self) -> &'static str {
        match self {
            Self::Deposit | Self::WithdrawWithDebt => USDC,
            Self::Borrow | Self::Repay => SOL,
        }
    }

    fn other(self) -> &'static str {
        if self.on() == USDC { SOL } else { USDC }
    }

    fn instruction(self, bench: &Bench) -> Instruction {
        let (kamino, party) = (&bench.kamino, &bench.party);
        let reserve = bench.reserve(self.on());
        match self {
            Self::Deposit => kamino.deposit(party, &reserve, 1_000_000),
            Self::WithdrawWithDebt => kamino.withdraw(party, &reserve, 1_000_000),
            Self::Borrow => kamino.borrow(party, &reserve, 1_000_000, &[]),
            Self::Repay => kamino.repay(bench.user.pubkey(), party, &reserve, 1_000_000, &[]),
        }
    }

    /// Whether the saved price must be young.
    const fn needs_price(self) -> bool {
        matches!(self, Self::WithdrawWithDebt | Self::Borrow)
    }
}

/// Refreshes of both reserves, without prices, and of the obligation.
fn skipping(bench: &Bench) -> Vec<Instruction> {
    let (usdc, sol) = (bench.reserve(USDC), bench.reserve(SOL));
    vec![
        bench.kamino.refresh_batch(&[&usdc, &sol], false),
        bench.kamino.refresh_obligation(&bench.party, &[&usdc, &sol]),
    ]
}

#[test]
fn everything_refreshed_in_this_slot_suffices_with_and_without_prices() {
    for act in ACTS {
        let mut bench = Bench::indebted();
        bench.advance(10);
        let mut all = bench.refreshes(&[]);
        all.push(act.instruction(&bench));
        assert_eq!(bench.send(&all), Ok(()), "{act:?} with prices");
        bench.advance(10);
        let mut all = skipping(&bench);
        all.push(act.instruction(&bench));
        assert_eq!(bench.send(&all), Ok(()), "{act:?} with saved prices");
    }
}

#[test]
fn nothing_refreshed_is_refused() {
    for act in ACTS {
        let mut bench = Bench::indebted();
        time::next_slot(&mut bench.vm);
        let act_ix = act.instruction(&bench);
        assert_eq!(bench.send(&[act_ix]), Err(RESERVE_STALE), "{act:?}");
    }
}

#[test]
fn the_obligation_has_to_be_refreshed_too() {
    for act in ACTS {
        let mut bench = Bench::indebted();
        time::next_slot(&mut bench.vm);
        let refresh = bench.kamino.refresh_reserve(&bench.reserve(act.on()));
        let act_ix = act.instruction(&bench);
        assert_eq!(bench.send(&[refresh, act_ix]), Err(OBLIGATION_STALE), "{act:?}");
    }
}

#[test]
fn a_refresh_counts_only_in_its_slot() {
    for act in ACTS {
        let mut bench = Bench::indebted();
        let refreshes = bench.refreshes(&[]);
        bench.ok(&refreshes);
        time::next_slot(&mut bench.vm);
        let act_ix = act.instruction(&bench);
        assert_eq!(bench.send(&[act_ix]), Err(RESERVE_STALE), "{act:?}");
    }
}

#[test]
fn a_refresh_serves_one_act() {
    for act in ACTS {
        let mut bench = Bench::indebted();
        let mut all = bench.refreshes(&[]);
        let act_ix = act.instruction(&bench);
        all.extend([act_ix.clone(), act_ix.clone()]);
        assert_eq!(bench.send(&all), Err(RESERVE_STALE), "{act:?}");
        // the reserve alone again is not enough either
        all.insert(all.len() - 1, bench.kamino.refresh_reserve(&bench.reserve(act.on())));
        assert_eq!(bench.send(&all), Err(OBLIGATION_STALE), "{act:?}");
    }
}

#[test]
fn an_obligation_is_refreshed_from_refreshed_reserves_in_order() {
    let mut bench = Bench::indebted();
    time::next_slot(&mut bench.vm);
    let (usdc, sol) = (bench.reserve(USDC), bench.reserve(SOL));
    let kamino = bench.kamino.clone();
    let party = bench.party;
    let obligation = |reserves: &[&_]| kamino.refresh_obligation(&party, reserves);
    let one = kamino.refresh_batch(&[&usdc], false);
    assert_eq!(bench.send(&[one, obligation(&[&usdc, &sol])]), Err(RESERVE_STALE));
    let both = kamino.refresh_batch(&[&usdc, &sol], false);
    let wrong: [&[&_]; 5] = [&[&sol, &usdc], &[&usdc], &[&sol], &[], &[&usdc, &sol, &usdc]];
    for reserves in wrong {
        let refused = bench.send(&[both.clone(), obligation(reserves)]);
        assert_eq!(refused, Err(INVALID_ACCOUNT_INPUT), "{} reserves", reserves.len());
    }
    let mut read_only = obligation(&[&usdc, &sol]);
    read_only.accounts[3].is_writable = false;
    // alone, since another instruction would make it writable for the transaction
    bench.ok(std::slice::from_ref(&both));
    assert_eq!(bench.send(&[read_only]), Err(INVALID_ACCOUNT_INPUT));
    bench.ok(&[both, obligation(&[&usdc, &sol])]);
}

#[test]
fn old_prices_stop_what_raises_risk() {
    for act in ACTS {
        let mut bench = Bench::indebted();
        time::advance(&mut bench.vm, 181); // nobody publishes
        let mut all = skipping(&bench);
        all.push(act.instruction(&bench));
        let expected = if act.needs_price() { Err(RESERVE_STALE) } else { Ok(()) };
        assert_eq!(bench.send(&all), expected, "{act:?}");
    }
}

#[test]
fn an_old_price_is_taken_but_lacks_its_check() {
    let mut bench = Bench::indebted();
    time::advance(&mut bench.vm, 181);
    let refresh = bench.kamino.refresh_reserve(&bench.reserve(SOL));
    bench.ok(&[refresh]);
    assert_eq!(bench.edit(SOL, |reserve| (reserve.price_status(), reserve.stale())), (61, 0));
    time::advance(&mut bench.vm, 60);
    let refresh = bench.kamino.refresh_reserve(&bench.reserve(SOL));
    bench.ok(&[refresh]);
    // its average is too old as well
    assert_eq!(bench.edit(SOL, |reserve| reserve.price_status()), 53);
}

#[test]
fn the_other_reserve_s_price_counts_for_the_obligation() {
    for act in ACTS {
        let mut bench = Bench::indebted();
        let other = act.other();
        bench.edit(other, |reserve| reserve.set_block_price(1));
        let mut all = bench.refreshes(&[]);
        all.push(act.instruction(&bench));
        let expected = if act.needs_price() { Err(OBLIGATION_STALE) } else { Ok(()) };
        assert_eq!(bench.send(&all), expected, "{act:?}");
    }
}

#[test]
fn without_debt_collateral_leaves_at_any_price() {
    let mut bench = Bench::supplied();
    time::advance(&mut bench.vm, 100_000);
    let usdc = bench.reserve(USDC);
    let all = [
        bench.kamino.refresh_batch(&[&usdc], false),
        bench.kamino.refresh_obligation(&bench.party, &[&usdc]),
        bench.kamino.withdraw(&bench.party, &usdc, 5_000_000),
    ];
    bench.ok(&all);
}

#[test]
fn receipts_need_no_refresh() {
    let mut bench = Bench::new();
    let usdc = bench.reserve(USDC);
    let owner = bench.user.pubkey();
    let receipts =
        trestle_packs::kamino::associated(&owner, &usdc.token_program, &usdc.ctoken_mint);
    let empty =
        trestle_packs::kamino::token_account(&usdc.ctoken_mint, &owner, &usdc.token_program, 0);
    bench.vm.set_account(receipts, empty).expect("account is set");
    time::advance(&mut bench.vm, 1_000);
    let deposit = bench.kamino.deposit_for_receipts(owner, &usdc, 1_000_000);
    bench.ok(&[deposit]);
    let held = trestle_packs::kamino::balance(&bench.vm, &receipts);
    assert!(held > 0 && held < 1_000_000, "{held} receipts");
    time::advance(&mut bench.vm, 1_000);
    let redeem = bench.kamino.redeem_receipts(owner, &usdc, held);
    bench.ok(&[redeem]);
    assert_eq!(trestle_packs::kamino::balance(&bench.vm, &receipts), 0);
}

#[test]
fn a_price_with_a_wide_interval_is_none() {
    let mut bench = Bench::indebted();
    let trestle_packs::PriceInput::Pyth(pyth) = bench.reserve(SOL).price else { return };
    trestle_packs::kamino::with(&mut bench.vm, &pyth, |data| {
        // 3 % of the price
        data[81..89].copy_from_slice(&450_000_000_u64.to_le_bytes());
    });
    let refresh = bench.kamino.refresh_reserve(&bench.reserve(SOL));
    assert_eq!(bench.send(&[refresh]), Err(6044));
}

#[test]
fn a_price_outside_its_bounds_or_far_from_its_average_lacks_that_check() {
    let mut bench = Bench::indebted();
    bench.kamino.set_price(&mut bench.vm, USDC, 89_000_000);
    let refresh = bench.kamino.refresh_reserve(&bench.reserve(USDC));
    bench.ok(std::slice::from_ref(&refresh));
    assert_eq!(bench.edit(USDC, |reserve| reserve.price_status()), 63 - 16);
    let trestle_packs::PriceInput::Pyth(pyth) = bench.reserve(USDC).price else { return };
    bench.kamino.set_price(&mut bench.vm, USDC, 100_000_000);
    trestle_packs::kamino::with(&mut bench.vm, &pyth, |data| {
        data[109..117].copy_from_slice(&103_000_001_u64.to_le_bytes());
    });
    bench.ok(&[refresh]);
    assert_eq!(bench.edit(USDC, |reserve| reserve.price_status()), 63 - 4);
}

#[test]
fn each_oracle_has_its_place() {
    let mut bench = Bench::new();
    let refresh = bench.kamino.refresh_reserve(&bench.reserve(SOL));
    let none = bench.kamino.program;
    let oracle = refresh.accounts[2].pubkey;
    for (places, code) in [
        ([none, none, none, none], 6054),
        ([none, oracle, none, none], 6054),
        ([oracle, oracle, none, none], 6055),
        ([oracle, none, none, oracle], 6056),
    ] {
        let mut changed = refresh.clone();
        for (meta, key) in changed.accounts[2..].iter_mut().zip(places) {
            meta.pubkey = key;
        }
        assert_eq!(bench.send(&[changed]), Err(code));
    }
    let mut more = refresh.clone();
    more.accounts.push(refresh.accounts[1].clone());
    assert_eq!(bench.send(&[more]), Err(6006), "nothing may follow");
    bench.ok(&[refresh]);
}
