//! A supply at Kamino by hand, from nothing but the README's table.

use solana_instruction::{AccountMeta, Instruction};
use solana_program::pubkey::Pubkey;
use trestle_client::address::ASSOCIATED_TOKEN_PROGRAM;
use trestle_client::ix::At;
use trestle_interface::PROGRAM_ID;
use trestle_interface::state::PositionKind;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{KaminoWorld, User};

const KAMINO: Pubkey = Pubkey::from_str_const("KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD");
const FARMS: Pubkey = Pubkey::from_str_const("FarmsPZpWu9i7Kky8tPN37rs2TpmMrAZrC7S7vJa91Hr");
const TOKEN: Pubkey = Pubkey::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
const INSTRUCTIONS: Pubkey = Pubkey::from_str_const("Sysvar1nstructions1111111111111111111111111");

fn derived(seeds: &[&[u8]], program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(seeds, program).0
}

fn key_at(data: &[u8], at: usize) -> Pubkey {
    Pubkey::try_from(&data[at..at + 32]).unwrap()
}

/// The instruction by the table: group, pages, rows, and the reserve's bytes.
fn supply(k: &KaminoWorld, user: &User, asset: usize, amount: u64) -> Instruction {
    let t = k.world.trestle;
    let row_number = k.reserve(asset).row;
    let (row, class, listed) = k.world.with_pages(|board| {
        let row = *board.markets.market(row_number).unwrap();
        let class = *board.markets.class(row.class).unwrap();
        (row, class, *board.prices.asset(row.asset).unwrap())
    });
    let reserve = k.world.svm.data(&row.address);
    let owner = user.address();
    let account =
        derived(&[b"margin", t.group.as_ref(), owner.as_ref(), &0_u16.to_le_bytes()], &PROGRAM_ID);
    let authority = derived(&[b"authority", account.as_ref()], &PROGRAM_ID);
    let custody = derived(
        &[authority.as_ref(), listed.token_program.as_ref(), listed.mint.as_ref()],
        &ASSOCIATED_TOKEN_PROGRAM,
    );
    let zeros = [0; 32];
    let obligation =
        derived(&[&[0], &[0], authority.as_ref(), row.parent.as_ref(), &zeros, &zeros], &KAMINO);
    let read = |key| AccountMeta::new_readonly(key, false);
    let write = |key| AccountMeta::new(key, false);
    let mut accounts = vec![
        AccountMeta::new_readonly(owner, true),
        write(account),
        read(t.prices),
        read(t.markets),
        write(custody),
        write(authority),
        read(listed.mint),
        read(listed.token_program),
        write(class.exposure),
        read(class.program),
        write(obligation),
        read(row.parent),
        write(row.address),
        read(derived(&[b"lma", row.parent.as_ref()], &KAMINO)),
        write(key_at(&reserve, 160)),
        write(key_at(&reserve, 2560)),
        write(key_at(&reserve, 2600)),
        read(INSTRUCTIONS),
        read(FARMS),
        read(TOKEN),
    ];
    let farm = key_at(&reserve, 64);
    if farm != Pubkey::default() {
        accounts.push(write(farm));
        accounts.push(write(derived(&[b"user", farm.as_ref(), obligation.as_ref()], &FARMS)));
    }
    // at least no units: any price will do
    let least = 0_u64;
    let data =
        [&[8][..], &row_number.to_le_bytes(), &amount.to_le_bytes(), &least.to_le_bytes()].concat();
    Instruction { program_id: PROGRAM_ID, accounts, data }
}

#[test]
fn a_supply_at_kamino_needs_no_more_than_the_readme_says() {
    let mut k = KaminoWorld::new();
    let user = User::new(&mut k.world, 10, 16);
    for asset in [SOL, USDC] {
        let amount = k.world.assets[asset].tokens(100);
        user.fund_and_deposit(&mut k.world, asset, amount);
        k.open(&user, asset);
        let by_hand = supply(&k, &user, asset, amount / 2);
        // USDC has a farm, SOL has none; neither is in use when it is supplied first
        let reserve = k.reserve(asset);
        let at = At { reserve: &reserve, others: &[] };
        let by_client = k.world.trestle.venue_supply(user.address(), user.account, at, amount / 2);
        assert_eq!(by_hand.data, by_client.data);
        let sorted = |ix: &Instruction| {
            let mut rest = ix.accounts[13..].to_vec();
            rest.sort_by_key(|meta| meta.pubkey);
            (ix.accounts[..13].to_vec(), rest)
        };
        assert_eq!(sorted(&by_hand), sorted(&by_client));
        let mut all = by_hand;
        if asset == USDC {
            all.accounts.push(AccountMeta::new(k.reserve(SOL).reserve, false));
        }
        let sent = k.world.svm.send_with_table(&[all], &[&user.key]).unwrap();
        if asset == SOL {
            assert_eq!((sent.table_bytes, sent.bytes), (358, 880), "what the README says");
        }
    }
    let (_, positions) = user.margin(&k.world);
    let deposits = positions.iter().filter(|p| p.kind == PositionKind::VenueDeposit.byte());
    assert_eq!(deposits.count(), 2);
}
