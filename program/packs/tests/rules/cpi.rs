//! Called by another program whose own address owns the obligation.

use crate::bench::{Bench, SOL, USDC};
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_packs::deployed;
use trestle_packs::kamino::ix::Party;

/// Version 1 of supply: the first fourteen accounts of version 2.
const DEPOSIT_V1: [u8; 8] = [0x81, 0xc7, 0x04, 0x02, 0xde, 0x27, 0x1a, 0x2e];

/// A bench with the proxy, its obligation and its tokens.
fn bench() -> (Bench, Pubkey, Party) {
    let mut bench = Bench::new();
    let proxy = Pubkey::new_from_array([42; 32]);
    bench.vm.add_program(proxy, &deployed("proxy")).expect("the proxy loads");
    let (owner, _) = Pubkey::find_program_address(&[mock_proxy::OWNER], &proxy);
    let party = bench.kamino.party(owner);
    for name in [USDC, SOL] {
        bench.kamino.fund(&mut bench.vm, name, &owner, 1_000_000_000_000);
    }
    let payer = bench.user.pubkey();
    let [metadata, obligation] = bench.kamino.init(&party, payer);
    let farm = bench.kamino.init_farm(&party, payer, &bench.reserve(USDC));
    // the farm's user is made for anyone, by anyone
    bench.ok(&[mock_proxy::wrap(&proxy, &[metadata, obligation]), farm]);
    (bench, proxy, party)
}

/// Refreshes and an act on an obligation with these reserves, in one call of the
/// proxy.
fn act(bench: &mut Bench, party: &Party, used: &[&str], act: Instruction) -> Vec<Instruction> {
    let (usdc, sol) = (bench.reserve(USDC), bench.reserve(SOL));
    let used: Vec<_> = used.iter().map(|name| bench.kamino.reserve(name)).collect();
    vec![
        bench.kamino.refresh_batch(&[&usdc, &sol], true),
        bench.kamino.refresh_obligation(party, &used),
        act,
    ]
}

#[test]
fn an_address_without_a_key_supplies_borrows_repays_and_closes() {
    let (mut bench, proxy, party) = bench();
    let (usdc, sol) = (bench.reserve(USDC), bench.reserve(SOL));
    let kamino = bench.kamino.clone();
    let acts: [(&[&str], Instruction); 4] = [
        (&[], kamino.deposit(&party, &usdc, 10_000_000_000)),
        (&[USDC], kamino.borrow(&party, &sol, 5_000_000_000, &[])),
        (&[USDC, SOL], kamino.repay(party.owner, &party, &sol, u64::MAX, &[])),
        (&[USDC], kamino.withdraw(&party, &usdc, u64::MAX)),
    ];
    for (used, instruction) in acts {
        let calls = act(&mut bench, &party, used, instruction);
        bench.ok(&[mock_proxy::wrap(&proxy, &calls)]);
    }
    let rent = bench.vm.get_balance(&party.owner).expect("the owner was paid");
    assert_eq!(rent, 24_165_120);
    assert_eq!(bench.tokens_of(&party.owner, SOL), 1_000_000_000_000);
    let lost = 1_000_000_000_000 - bench.tokens_of(&party.owner, USDC);
    assert!(lost <= 1, "{lost}");
}

#[test]
fn version_one_is_closed_to_calls_and_not_modelled_at_the_top() {
    let (mut bench, proxy, party) = bench();
    let usdc = bench.reserve(USDC);
    let version_one = |party: &Party| {
        let mut old = bench.kamino.deposit(party, &usdc, 1_000_000);
        old.accounts.truncate(14);
        old.data[..8].copy_from_slice(&DEPOSIT_V1);
        old
    };
    let (by_cpi, own) = (version_one(&party), version_one(&bench.party));
    let calls = act(&mut bench, &party, &[], by_cpi);
    assert_eq!(bench.send(&[mock_proxy::wrap(&proxy, &calls)]), Err(6080));
    assert_eq!(bench.act(&[USDC], own), Err(6051));
}

#[test]
fn a_call_without_the_owner_s_signature_fails() {
    let (mut bench, proxy, party) = bench();
    let usdc = bench.reserve(USDC);
    let mut deposit = bench.kamino.deposit(&party, &usdc, 1_000_000);
    deposit.accounts[0].is_signer = false;
    let calls = act(&mut bench, &party, &[], deposit);
    assert_eq!(bench.send(&[mock_proxy::wrap(&proxy, &calls)]), Err(3010));
}
