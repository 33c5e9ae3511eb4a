//! Accounts by absolute offsets, discriminator included.

use crate::bits::{Int, int};

/// Length of a market.
pub const MARKET_LEN: usize = 4664;
/// Length of a reserve.
pub const RESERVE_LEN: usize = 8624;
/// Length of an obligation.
pub const OBLIGATION_LEN: usize = 3344;

/// The little-endian number of `len` bytes at an offset, at most 16.
#[must_use]
pub fn number(data: &[u8], at: usize, len: usize) -> u128 {
    data[at..at + len].iter().rev().fold(0, |x, byte| x << 8 | u128::from(*byte))
}

/// Whether the byte at an offset is set.
#[must_use]
pub fn flag(data: &[u8], at: usize) -> bool {
    data[at] != 0
}

/// The key at an offset.
#[must_use]
pub fn key(data: &[u8], at: usize) -> [u8; 32] {
    data[at..at + 32].try_into().expect("32 bytes")
}

macro_rules! account {
    ($(#[doc = $doc:literal])* $name:ident {
        numbers { $($number:ident: $at:literal + $len:literal,)+ }
        keys { $($key:ident: $key_at:literal,)+ }
    }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            $(#[doc = concat!("Number at ", $at, ".")] pub $number: u128,)+
            $(#[doc = concat!("Key at ", $key_at, ".")] pub $key: [u8; 32],)+
            /// All bytes.
            pub data: Vec<u8>,
        }

        impl $name {
            /// Offset and length of everything that is read by name.
            pub const FIELDS: &[(usize, usize)] = &[$(($at, $len),)+ $(($key_at, 32),)+];

            /// Reads an account of at least the known length.
            #[must_use]
            pub fn read(data: &[u8]) -> Self {
                Self {
                    $($number: number(data, $at, $len),)+
                    $($key: key(data, $key_at),)+
                    data: data.to_vec(),
                }
            }
        }
    };
}

account! {
    /// `LendingMarket`.
    Market {
        numbers {
            version: 8 + 8,
            bump: 16 + 8,
            referral_fee_bps: 120 + 2,
            emergency: 122 + 1,
            deleverages: 123 + 1,
            borrow_disabled: 124 + 1,
            close_factor_pct: 126 + 1,
            insolvency_ltv_pct: 127 + 1,
            full_liquidation_below: 128 + 8,
            max_liquidation: 136 + 8,
            executes_orders: 3304 + 1,
            liquidates_matured: 3308 + 1,
            liquidates_expired: 3309 + 1,
            permissioned: 3432 + 8,
        }
        keys { owner: 24, }
    }
}

account! {
    /// `Reserve`.
    Reserve {
        numbers {
            version: 8 + 8,
            slot: 16 + 8,
            stale: 24 + 1,
            price_status: 25 + 1,
            timestamp: 28 + 4,
            available: 224 + 8,
            borrowed: 232 + 16,
            price: 248 + 16,
            price_time: 264 + 8,
            decimals: 272 + 8,
            deposit_limit_crossed: 280 + 8,
            borrow_limit_crossed: 288 + 8,
            cumulative: 296 + 16,
            cumulative_high: 312 + 16,
            protocol_fees: 344 + 16,
            referrer_fees: 360 + 16,
            pending_fees: 376 + 16,
            ctokens: 2592 + 8,
            status: 4856 + 1,
            host_rate_bps: 4858 + 2,
            blocks_ctokens: 4862 + 1,
            early_repay_pct: 4863 + 1,
            emergency: 4864 + 1,
            rate_basis: 4865 + 1,
            take_pct: 4870 + 1,
            ltv_pct: 4872 + 1,
            threshold_pct: 4873 + 1,
            max_bonus_bps: 4876 + 2,
            origination_fee: 4896 + 8,
            borrow_factor_pct: 5008 + 8,
            deposit_limit: 5016 + 8,
            borrow_limit: 5024 + 8,
            max_price_age: 5096 + 8,
            no_collateral_outside: 5500 + 1,
            utilisation_limit_pct: 5501 + 1,
            deleverages: 5502 + 1,
            borrow_limit_outside: 5504 + 8,
            maturity: 5776 + 8,
            term: 5784 + 8,
            permissioned: 5800 + 8,
            borrowed_outside: 6704 + 8,
            queued: 6968 + 8,
        }
        keys {
            market: 32,
            farm_collateral: 64,
            farm_debt: 96,
            mint: 128,
            vault: 160,
            fee_vault: 192,
            token_program: 408,
            ctoken_mint: 2560,
            ctoken_vault: 2600,
            scope: 5112,
            switchboard: 5160,
            switchboard_twap: 5192,
            pyth: 5224,
        }
    }
}

impl Reserve {
    /// The eleven points of the curve: utilisation and rate, basis points.
    #[must_use]
    pub fn curve(&self) -> Vec<(u32, u32)> {
        let word = |at| u32::try_from(number(&self.data, at, 4)).expect("four bytes");
        (0..11).map(|i| (word(4920 + 8 * i), word(4924 + 8 * i))).collect()
    }

    /// What a limiter of 32 bytes lets out: capacity less the running
    /// interval's total, at least nothing; everything without an interval.
    #[must_use]
    pub fn cap_left(&self, at: usize, unix: i64) -> u64 {
        let signed = |at| {
            let low = u64::try_from(number(&self.data, at, 8)).expect("eight bytes");
            i128::from(low.cast_signed())
        };
        let (capacity, total) = (signed(at), signed(at + 8));
        let (start, length) = (number(&self.data, at + 16, 8), number(&self.data, at + 24, 8));
        if length == 0 {
            return u64::MAX;
        }
        let over = u128::try_from(unix).is_ok_and(|now| now > start + length);
        let left = capacity - if over { 0 } else { total };
        // the numbers are 64 bits wide where they are kept
        u64::try_from(left.clamp(0, i64::MAX.into())).expect("not negative")
    }

    /// Fees that the suppliers' total leaves out.
    #[must_use]
    pub fn fees(&self) -> Int {
        int(self.protocol_fees) + self.referrer_fees + self.pending_fees
    }
}

account! {
    /// `Obligation`.
    Obligation {
        numbers {
            tag: 8 + 8,
            slot: 16 + 8,
            stale: 24 + 1,
            price_status: 25 + 1,
            group: 2285 + 1,
            borrowing_disabled: 2320 + 1,
            deleverage_target_pct: 2321 + 1,
            ownership_transfer: 2324 + 1,
            margin_call: 2336 + 8,
        }
        keys { market: 32, owner: 64, referrer: 2288, }
    }
}

/// A deposit of an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// Reserve.
    pub reserve: [u8; 32],
    /// cTokens.
    pub ctokens: u64,
}

/// A debt of an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borrow {
    /// Reserve.
    pub reserve: [u8; 32],
    /// Scaled debt.
    pub borrowed: u128,
    /// Cumulative rate, all four limbs.
    pub cumulative: Int,
    /// Time of the last borrow.
    pub borrowed_at: u64,
}

impl Obligation {
    /// Deposits by slot, `None` where the reserve is the zero key.
    #[must_use]
    pub fn deposits(&self) -> Vec<Option<Deposit>> {
        let read = |at| Deposit {
            reserve: key(&self.data, at),
            ctokens: u64::try_from(number(&self.data, at + 32, 8)).expect("eight bytes"),
        };
        let used = |d: &Deposit| d.reserve != [0; 32];
        (0..8).map(|i| Some(read(96 + 136 * i)).filter(used)).collect()
    }

    /// Debts by slot.
    #[must_use]
    pub fn borrows(&self) -> Vec<Option<Borrow>> {
        let read = |at| Borrow {
            reserve: key(&self.data, at),
            borrowed: number(&self.data, at + 88, 16),
            cumulative: int(number(&self.data, at + 32, 16))
                + (int(number(&self.data, at + 48, 16)) << 128),
            borrowed_at: u64::try_from(number(&self.data, at + 80, 8)).expect("eight bytes"),
        };
        let used = |b: &Borrow| b.reserve != [0; 32];
        (0..5).map(|i| Some(read(1208 + 200 * i)).filter(used)).collect()
    }

    /// Any byte of a standing order is set.
    #[must_use]
    pub fn has_orders(&self) -> bool {
        [2344..2600, 2600..2760, 2792..3112]
            .into_iter()
            .any(|r| self.data[r].iter().any(|b| *b != 0))
    }
}
