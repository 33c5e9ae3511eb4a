//! The mock's pack: a market of USDC, SOL and JitoSOL in klend's byte layout.
//!
//! Terms follow the main market's (late 2024): loan-to-value, thresholds, curves,
//! caps. Books are in use from the start, with receipts above par and old
//! interest, so that wrong exchange rates and wrong indices show.

use super::{associated, token_account};
use crate::deployed;
use crate::pack::{Origin, Pack, PriceInput, Reserve as Listed};
use mock_klend::fraction::Fraction;
use mock_klend::ids;
use mock_klend::state::{Market, Reserve, VERSION};
use mock_klend::wide::U256;
use solana_account::Account;
use solana_program::pubkey::Pubkey;

/// Slot and time of the accounts: where the sandbox starts.
const TAKEN: (u64, i64) = (1_000, 1_767_225_600);
/// The main market.
const MARKET: Pubkey = Pubkey::from_str_const("7u3HeHxYDLhnCoErrtycNokbQYbWGzLs6JSDqGAv5PfF");
/// Farm of USDC's collateral.
const FARM: Pubkey = Pubkey::from_str_const("955xWFhSDcDiUgUr4sBRtCpTLiMd4H5uZLAmgtP3R3sX");
/// The elevation group: SOL against JitoSOL.
pub const GROUP: u8 = 1;

/// What differs between reserves.
struct Terms {
    name: &'static str,
    key: Pubkey,
    mint: Pubkey,
    decimals: u8,
    /// First price, 1e-8 USD.
    price_e8: u64,
    /// Liquidity, debt and receipts, whole tokens.
    books: [u64; 3],
    /// Loan-to-value and threshold, percent.
    ltv: [u8; 2],
    borrow_factor_pct: u64,
    take_pct: u8,
    /// Points after the origin: utilization and rate, bps.
    curve: [(u32, u32); 2],
    /// Most of a price's distance from its average, bps.
    divergence_bps: u64,
    /// Bounds of the price, cents.
    heuristic: [u64; 2],
    /// Vaults of reserves made before 2025 derive from market and mint, later ones
    /// from the reserve.
    old: bool,
    farm: Option<Pubkey>,
}

fn terms() -> [Terms; 3] {
    [
        Terms {
            name: "USDC",
            key: Pubkey::from_str_const("D6q6wuQSrifJKZYpR1M8R4YawnLDtDsMmWM1NbBmgJ59"),
            mint: Pubkey::from_str_const("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
            decimals: 6,
            price_e8: 100_000_000,
            books: [20_000_000, 60_000_000, 70_000_000],
            ltv: [80, 90],
            borrow_factor_pct: 100,
            take_pct: 10,
            curve: [(9_500, 475), (10_000, 3_000)],
            divergence_bps: 300,
            heuristic: [90, 105],
            old: true,
            farm: Some(FARM),
        },
        Terms {
            name: "SOL",
            key: Pubkey::from_str_const("d4A2prbA2whesmvHaL88BH6Ewn5N4bTSU2Ze8P6Bc4Q"),
            mint: super::WRAPPED_SOL,
            decimals: 9,
            price_e8: 15_000_000_000,
            books: [300_000, 700_000, 930_000],
            ltv: [65, 75],
            borrow_factor_pct: 125,
            take_pct: 15,
            curve: [(9_100, 600), (10_000, 8_000)],
            divergence_bps: 1_000,
            heuristic: [0, 0],
            old: true,
            farm: None,
        },
        Terms {
            name: "JitoSOL",
            key: Pubkey::from_str_const("EVbyPKrHG6WBfm4dLxLMJpUDY43cCAcHSpV3KYjKsktW"),
            mint: Pubkey::from_str_const("J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn"),
            decimals: 9,
            price_e8: 18_000_000_000,
            books: [500_000, 2_000, 501_000],
            ltv: [45, 65],
            borrow_factor_pct: 130,
            take_pct: 20,
            curve: [(4_500, 40), (10_000, 10_000)],
            divergence_bps: 1_000,
            heuristic: [0, 0],
            old: false,
            farm: None,
        },
    ]
}

/// The pack, in memory.
///
/// # Panics
/// When the mocks are not built.
#[must_use]
pub fn pack() -> Pack {
    let (authority, bump) = Pubkey::find_program_address(&[b"lma", MARKET.as_ref()], &ids::KLEND);
    let mut accounts = vec![(MARKET, market(bump))];
    let mut reserves = vec![];
    for terms in terms() {
        let pyth = Pubkey::find_program_address(&[b"price", terms.mint.as_ref()], &ids::KLEND).0;
        accounts.extend(reserve(&terms, &authority, &pyth));
        let (name, key) = (terms.name.to_owned(), terms.key);
        reserves.push(Listed { name, key, price: PriceInput::Pyth(pyth) });
    }
    let farm = mock_farms::Farm { delegate: authority }.encode();
    accounts.push((FARM, owned(farm, mock_farms::ID)));
    accounts.sort_by_key(|(key, _)| *key);
    Pack {
        origin: Origin::Mock,
        program: ids::KLEND,
        programs: vec![(ids::KLEND, deployed("klend")), (mock_farms::ID, deployed("farms"))],
        accounts,
        market: MARKET,
        reserves,
        taken: TAKEN,
    }
}

fn market(bump: u8) -> Account {
    let mut data = vec![0; Market::LEN];
    data[..8].copy_from_slice(&Market::DISCRIMINATOR);
    data[8] = 1; // version
    let mut market = Market(&mut data);
    market.set_bump(bump.into());
    market.set_close_factor_pct(20);
    market.set_insolvency_ltv_pct(95);
    market.set_min_full_liquidation(2);
    market.set_max_liquidation(500_000);
    market.set_global_allowed_borrow(45_000_000);
    market.set_min_net_value(Fraction::ONE.over(1_000_000));
    let mut group = market.group(GROUP).expect("group 1");
    group.set_id(GROUP);
    group.set_ltv_pct(87);
    group.set_threshold_pct(90);
    group.set_new_loans(1);
    group.set_max_collateral(1);
    group.set_max_bonus_bps(300);
    group.set_debt_reserve(terms()[1].key);
    owned(data, ids::KLEND)
}

/// A reserve with its mints, vaults and price.
fn reserve(terms: &Terms, authority: &Pubkey, pyth: &Pubkey) -> Vec<(Pubkey, Account)> {
    let derived = |seed: &[u8]| {
        let old = [seed, MARKET.as_ref(), terms.mint.as_ref()];
        let new = [seed, terms.key.as_ref()];
        let seeds = if terms.old { &old[..] } else { &new[..] };
        Pubkey::find_program_address(seeds, &ids::KLEND).0
    };
    let unit = 10_u64.pow(terms.decimals.into());
    let [available, borrowed, supply] = terms.books.map(|whole| whole * unit);
    let mut data = vec![0; Reserve::LEN];
    data[..8].copy_from_slice(&Reserve::DISCRIMINATOR);
    let mut reserve = Reserve(&mut data);
    reserve.set_version(VERSION);
    reserve.set_slot(TAKEN.0);
    reserve.set_stale(1);
    reserve.set_market(MARKET);
    reserve.set_farm_collateral(terms.farm.unwrap_or_default());
    reserve.set_mint(terms.mint);
    reserve.set_token_program(ids::TOKEN);
    reserve.set_decimals(terms.decimals.into());
    reserve.set_vault(derived(b"reserve_liq_supply"));
    reserve.set_fee_vault(derived(b"fee_receiver"));
    reserve.set_ctoken_mint(derived(b"reserve_coll_mint"));
    reserve.set_ctoken_vault(derived(b"reserve_coll_supply"));
    reserve.set_available(available);
    reserve.set_supply(supply);
    reserve.set_borrowed(Fraction::whole(borrowed) + Fraction::bps(3_333));
    reserve.set_borrowed_outside(borrowed);
    // interest of the past: what earlier debt has grown by
    reserve.set_rate(U256::from(Fraction::percent(123).0 + 777).0);
    reserve.set_protocol_fees(Fraction::whole(unit).times(1_234));
    let [ltv, threshold] = terms.ltv;
    reserve.set_ltv_pct(ltv);
    reserve.set_threshold_pct(threshold);
    reserve.set_borrow_factor_pct(terms.borrow_factor_pct);
    reserve.set_take_pct(terms.take_pct);
    reserve.set_liquidation_fee_pct(50);
    reserve.set_min_bonus_bps(200);
    reserve.set_max_bonus_bps(1_000);
    reserve.set_bad_debt_bonus_bps(99);
    let [first, last] = terms.curve;
    reserve.set_curve(core::array::from_fn(|i| [(0, 1), first, last][i.min(2)]));
    reserve.set_deposit_limit(4 * supply);
    reserve.set_borrow_limit(3 * supply);
    reserve.set_borrow_limit_outside(u64::MAX);
    let capacity = (available / 2).cast_signed();
    let mut cap = reserve.deposit_cap();
    cap.set_capacity(capacity);
    cap.set_interval(86_400);
    let mut cap = reserve.debt_cap();
    cap.set_capacity(capacity);
    cap.set_interval(86_400);
    reserve.set_pyth(*pyth);
    reserve.set_max_price_age(180);
    reserve.set_max_twap_age(240);
    reserve.set_max_divergence_bps(terms.divergence_bps);
    let [lower, upper] = terms.heuristic;
    reserve.set_heuristic_lower(lower);
    reserve.set_heuristic_upper(upper);
    reserve.set_heuristic_exponent(2);
    if terms.name != "USDC" {
        reserve.join_group(GROUP);
        reserve.set_group_limit(GROUP, available);
    }
    let [vault, fees] = [reserve.vault(), reserve.fee_vault()];
    let [ctoken_mint, ctoken_vault] = [reserve.ctoken_mint(), reserve.ctoken_vault()];
    reserve.set_price(Fraction::whole(terms.price_e8).over(100_000_000));
    reserve.set_price_time(TAKEN.1.unsigned_abs());
    reserve.set_price_status(mock_klend::state::price::ALL);

    let holder = associated(authority, &ids::TOKEN, &ctoken_mint);
    let tokens = |mint: &Pubkey, amount| token_account(mint, authority, &ids::TOKEN, amount);
    vec![
        (terms.key, owned(data, ids::KLEND)),
        (terms.mint, mint(terms.decimals, 0, None)),
        (ctoken_mint, mint(6, supply, Some(authority))),
        // what was sent to the vault past the books moves nothing
        (vault, tokens(&terms.mint, available + 777)),
        (fees, tokens(&terms.mint, 0)),
        (ctoken_vault, tokens(&ctoken_mint, 0)),
        // other people's receipts
        (holder, tokens(&ctoken_mint, supply)),
        (*pyth, super::price::update(terms.price_e8, TAKEN.1.unsigned_abs(), TAKEN.0)),
    ]
}

fn mint(decimals: u8, supply: u64, authority: Option<&Pubkey>) -> Account {
    let mut data = vec![0; 82];
    if let Some(authority) = authority {
        data[0] = 1;
        data[4..36].copy_from_slice(authority.as_ref());
    }
    data[36..44].copy_from_slice(&supply.to_le_bytes());
    data[44] = decimals;
    data[45] = 1; // initialised
    owned(data, ids::TOKEN)
}

fn owned(data: Vec<u8>, owner: Pubkey) -> Account {
    // rent of 6,960 lamports a byte, a little more than is needed
    let lamports = 6_960 * (data.len() as u64 + 128);
    Account { lamports, data, owner, executable: false, rent_epoch: u64::MAX }
}
