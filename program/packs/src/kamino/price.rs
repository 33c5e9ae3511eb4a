//! Puts prices where a reserve looks for them.

use super::{ReserveKeys, with};
use crate::pack::PriceInput;
use litesvm::LiteSVM;
use mock_klend::fraction::Fraction;
use mock_klend::state::{Reserve, price};
use solana_account::Account;
use solana_program::pubkey::Pubkey;

/// `sha256("account:PriceUpdateV2")[..8]`.
const PYTH: [u8; 8] = [0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd];
const PYTH_RECEIVER: Pubkey = Pubkey::from_str_const("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");
const PYTH_LEN: usize = 134;
/// Scope: discriminator and mapping, then entries of value, exponent, slot, time.
const SCOPE_HEAD: usize = 40;
const SCOPE_ENTRY: usize = 56;
/// Decimals of the prices here.
const DECIMALS: u32 = 8;
const ONE: u64 = 100_000_000;

/// Sets a price in units of 1e-8 USD, published now.
pub(super) fn set(vm: &mut LiteSVM, reserve: &ReserveKeys, price_e8: u64) {
    let now = crate::time::unix(vm);
    let slot = vm.get_sysvar::<solana_clock::Clock>().slot;
    match &reserve.price {
        PriceInput::Pyth(key) => {
            vm.set_account(*key, update(price_e8, now, slot)).expect("account is set");
        }
        PriceInput::Scope { account, price, twap } => with(vm, account, |data| {
            for chain in [price, twap] {
                for (i, entry) in chain.iter().enumerate() {
                    let value = if i == 0 { price_e8 } else { ONE };
                    write_scope(data, *entry, value, (slot, now));
                }
            }
        }),
        PriceInput::Saved => with(vm, &reserve.key, |data| {
            let mut reserve = Reserve(data);
            reserve.set_price(Fraction::whole(price_e8).over(10_u128.pow(DECIMALS)));
            reserve.set_price_time(now);
            reserve.set_price_status(price::ALL);
        }),
    }
}

/// The price that is put in, in units of 1e-8 USD, rounded down.
pub(super) fn get(vm: &LiteSVM, reserve: &ReserveKeys) -> u64 {
    let data = |key: &Pubkey| vm.get_account(key).expect("the price's account").data;
    match &reserve.price {
        PriceInput::Pyth(key) => number(&data(key), 73),
        PriceInput::Scope { account, price, .. } => {
            let data = data(account);
            let at = SCOPE_HEAD + SCOPE_ENTRY * usize::from(price[0]);
            let (value, exponent) = (number(&data, at), number(&data, at + 8));
            let scaled = u128::from(value) * u128::from(ONE);
            let price = scaled / 10_u128.pow(u32::try_from(exponent).expect("an exponent"));
            u64::try_from(price).expect("a price")
        }
        PriceInput::Saved => {
            let mut data = data(&reserve.key);
            Reserve(&mut data).price().times(ONE.into()).floor()
        }
    }
}

/// A fully verified update without confidence interval, its average at the price.
pub(super) fn update(price: u64, now: u64, slot: u64) -> Account {
    let mut data = Vec::with_capacity(PYTH_LEN);
    data.extend_from_slice(&PYTH);
    data.extend_from_slice(&[7; 32]); // write authority
    data.push(1); // fully verified
    data.extend_from_slice(&[9; 32]); // feed, which klend does not read
    data.extend_from_slice(&price.to_le_bytes());
    data.extend_from_slice(&0_u64.to_le_bytes());
    data.extend_from_slice(&(-8_i32).to_le_bytes());
    data.extend_from_slice(&now.to_le_bytes());
    data.extend_from_slice(&(now - 1).to_le_bytes());
    data.extend_from_slice(&price.to_le_bytes());
    data.extend_from_slice(&0_u64.to_le_bytes());
    data.extend_from_slice(&slot.to_le_bytes());
    data.resize(PYTH_LEN, 0);
    let (lamports, owner) = (10_000_000, PYTH_RECEIVER);
    Account { lamports, data, owner, executable: false, rent_epoch: u64::MAX }
}

fn write_scope(data: &mut [u8], entry: u16, price_e8: u64, (slot, now): (u64, u64)) {
    let at = SCOPE_HEAD + SCOPE_ENTRY * usize::from(entry);
    let fields = [price_e8, DECIMALS.into(), slot, now];
    for (i, value) in fields.into_iter().enumerate() {
        data[at + 8 * i..][..8].copy_from_slice(&value.to_le_bytes());
    }
}

fn number(data: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(data[at..at + 8].try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A real Scope account, in which the layout must make sense.
    #[test]
    fn scope_entries_lie_where_a_real_account_has_them() {
        let Some(data) =
            trestle_fixtures::load("kamino/3NJYftD5sjVfxSnUdZ1wVML8f3aC6mp1CXCL6L7TnU8C.bin")
        else {
            return;
        };
        assert_eq!((data.len() - SCOPE_HEAD) % SCOPE_ENTRY, 0);
        let entries = (data.len() - SCOPE_HEAD) / SCOPE_ENTRY;
        assert_eq!(entries, 512);
        // entry 0 is SOL in USD: between 10 and 1,000, published in 2024
        let (value, exponent) = (number(&data, SCOPE_HEAD), number(&data, SCOPE_HEAD + 8));
        let usd = value / 10_u64.pow(u32::try_from(exponent).expect("exponent"));
        assert!((10..1_000).contains(&usd), "{usd}");
        let published = number(&data, SCOPE_HEAD + 24);
        assert!((1_704_000_000..1_736_000_000).contains(&published), "{published}");
    }
}
