//! Kamino's handles: what a test says about its market, on the mock or on the
//! real program alike.

pub mod ix;
pub mod mock;
mod price;

use crate::pack::{Origin, Pack, PriceInput};
use litesvm::LiteSVM;
use mock_klend::fraction::Fraction;
use mock_klend::hostile::Hostile;
use mock_klend::ids;
use mock_klend::rules::exchange;
use mock_klend::state::{Market, Reserve};
use solana_account::Account;
use solana_program::pubkey::Pubkey;

/// Program of associated token accounts.
const ASSOCIATED: Pubkey = Pubkey::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
/// Mint of wrapped SOL.
const WRAPPED_SOL: Pubkey = Pubkey::from_str_const("So11111111111111111111111111111111111111112");
/// Lamports of a token account's rent.
const TOKEN_RENT: u64 = 2_039_280;

/// A reserve's addresses, read from its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReserveKeys {
    /// Ticker.
    pub name: String,
    /// Account.
    pub key: Pubkey,
    /// Mint of its liquidity.
    pub mint: Pubkey,
    /// Token program of that mint.
    pub token_program: Pubkey,
    /// Decimals of that mint.
    pub decimals: u8,
    /// Vault of liquidity.
    pub vault: Pubkey,
    /// Vault of fees.
    pub fee_vault: Pubkey,
    /// Mint of receipts.
    pub ctoken_mint: Pubkey,
    /// Vault of receipts.
    pub ctoken_vault: Pubkey,
    /// Farm of its collateral.
    pub farm_collateral: Option<Pubkey>,
    /// Farm of its debt.
    pub farm_debt: Option<Pubkey>,
    /// How its price is put in.
    pub price: PriceInput,
}

impl ReserveKeys {
    /// Native units of whole tokens.
    #[must_use]
    pub fn tokens(&self, whole: u64) -> u64 {
        whole * 10_u64.pow(self.decimals.into())
    }
}

/// The venue in a machine.
#[derive(Clone, Debug)]
pub struct Kamino {
    /// Program.
    pub program: Pubkey,
    /// Market.
    pub market: Pubkey,
    /// The address that signs for the market.
    pub authority: Pubkey,
    /// Reserves.
    pub reserves: Vec<ReserveKeys>,
    origin: Origin,
}

impl Kamino {
    /// Puts a pack into a machine and reads its addresses.
    ///
    /// # Panics
    /// When the pack lacks an account that it names.
    #[must_use]
    pub fn install(pack: &Pack, vm: &mut LiteSVM) -> Self {
        pack.install(vm);
        let bump = with(vm, &pack.market, |data| [Market(data).bump() as u8]);
        let seeds: [&[u8]; 3] = [b"lma", pack.market.as_ref(), &bump];
        let authority = Pubkey::create_program_address(&seeds, &pack.program)
            .expect("the market's stored bump");
        let reserves = pack
            .reserves
            .iter()
            .map(|reserve| with(vm, &reserve.key, |data| keys(reserve, &Reserve(data))));
        let reserves = reserves.collect();
        let (program, market) = (pack.program, pack.market);
        Self { program, market, authority, reserves, origin: pack.origin.clone() }
    }

    /// A reserve by its ticker.
    ///
    /// # Panics
    /// When the pack has none of that name.
    #[must_use]
    pub fn reserve(&self, name: &str) -> &ReserveKeys {
        let found = self.reserves.iter().find(|reserve| reserve.name == name);
        found.unwrap_or_else(|| panic!("the pack has no reserve {name}"))
    }

    /// Whether the program is our mock.
    #[must_use]
    pub fn is_mock(&self) -> bool {
        self.origin == Origin::Mock
    }

    /// Sets a reserve's price, published now. In units of 1e-8 USD per token.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn set_price(&self, vm: &mut LiteSVM, name: &str, price_e8: u64) {
        price::set(vm, self.reserve(name), price_e8);
    }

    /// Publishes all prices again, as they are, now.
    ///
    /// # Panics
    /// When a price account is missing.
    pub fn publish(&self, vm: &mut LiteSVM) {
        for reserve in &self.reserves {
            let price_e8 = price::get(vm, reserve);
            price::set(vm, reserve, price_e8);
        }
    }

    /// Others supply `amount` native units, at the present rate.
    ///
    /// # Panics
    /// When that leaves the range of the books.
    pub fn supply_elsewhere(&self, vm: &mut LiteSVM, name: &str, amount: u64) {
        let keys = self.reserve(name).clone();
        let receipts = with(vm, &keys.key, |data| {
            let mut reserve = Reserve(data);
            let receipts = exchange::receipts(&reserve, amount);
            reserve.set_available(reserve.available() + amount);
            reserve.set_supply(reserve.supply() + receipts);
            receipts
        });
        with(vm, &keys.ctoken_mint, |data| add(data, 36, receipts.cast_signed()));
        self.move_vault(vm, &keys, amount.cast_signed());
    }

    /// Others borrow `amount` native units.
    ///
    /// # Panics
    /// When the reserve does not have that much.
    pub fn borrow_elsewhere(&self, vm: &mut LiteSVM, name: &str, amount: u64) {
        let keys = self.reserve(name).clone();
        with(vm, &keys.key, |data| {
            let mut reserve = Reserve(data);
            reserve.set_available(reserve.available() - amount);
            reserve.set_borrowed(reserve.borrowed() + Fraction::whole(amount));
            reserve.set_borrowed_outside(reserve.borrowed_outside() + amount);
        });
        self.move_vault(vm, &keys, -amount.cast_signed());
    }

    fn move_vault(&self, vm: &mut LiteSVM, keys: &ReserveKeys, change: i64) {
        move_balance(vm, &keys.vault, keys.mint == WRAPPED_SOL, change);
    }

    /// Gives an owner tokens of a reserve in its associated account, which is made
    /// when it is not there. Wrapped SOL is a true native account.
    ///
    /// # Panics
    /// When the balance leaves its range.
    pub fn fund(&self, vm: &mut LiteSVM, name: &str, owner: &Pubkey, amount: u64) -> Pubkey {
        let keys = self.reserve(name);
        let account = associated(owner, &keys.token_program, &keys.mint);
        let native = keys.mint == WRAPPED_SOL;
        if vm.get_account(&account).is_none() {
            let new = token_account(&keys.mint, owner, &keys.token_program, 0);
            vm.set_account(account, new).expect("account is set");
        }
        move_balance(vm, &account, native, amount.cast_signed());
        account
    }

    /// Makes the mock misbehave. Nothing that the real program can be asked to do.
    ///
    /// # Panics
    /// When the program is the real one.
    pub fn misbehave(&self, vm: &mut LiteSVM, how: Hostile) {
        assert!(self.is_mock(), "only the mock misbehaves on demand");
        with(vm, &self.market, |data| Market(data).set_hostile(how as u8));
    }
}

/// Address of an associated token account.
#[must_use]
pub fn associated(owner: &Pubkey, token_program: &Pubkey, mint: &Pubkey) -> Pubkey {
    let seeds = [owner.as_ref(), token_program.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED).0
}

/// Changes an account's bytes.
///
/// # Panics
/// When it does not exist.
pub fn with<T>(vm: &mut LiteSVM, key: &Pubkey, f: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut account = vm.get_account(key).unwrap_or_else(|| panic!("no account {key}"));
    let before = account.data.clone();
    let result = f(&mut account.data);
    if account.data != before {
        vm.set_account(*key, account).expect("account is set");
    }
    result
}

/// A token account with a balance; of wrapped SOL a native one.
#[must_use]
pub fn token_account(mint: &Pubkey, owner: &Pubkey, program: &Pubkey, amount: u64) -> Account {
    let mut data = vec![0; 165];
    data[..32].copy_from_slice(mint.as_ref());
    data[32..64].copy_from_slice(owner.as_ref());
    data[64..72].copy_from_slice(&amount.to_le_bytes());
    data[108] = 1; // initialised
    let native = *mint == WRAPPED_SOL;
    if native {
        data[109] = 1; // the native rent is given
        data[113..121].copy_from_slice(&TOKEN_RENT.to_le_bytes());
    }
    let lamports = TOKEN_RENT + if native { amount } else { 0 };
    Account { lamports, data, owner: *program, executable: false, rent_epoch: u64::MAX }
}

/// Balance of a token account, zero when there is none.
#[must_use]
pub fn balance(vm: &LiteSVM, account: &Pubkey) -> u64 {
    let data = vm.get_account(account).map(|account| account.data);
    let bytes = data.and_then(|data| data.get(64..72)?.try_into().ok());
    bytes.map_or(0, u64::from_le_bytes)
}

fn move_balance(vm: &mut LiteSVM, account: &Pubkey, native: bool, change: i64) {
    with(vm, account, |data| add(data, 64, change));
    if native {
        let mut funded = vm.get_account(account).expect("it is there");
        funded.lamports = funded.lamports.checked_add_signed(change).expect("lamports");
        vm.set_account(*account, funded).expect("account is set");
    }
}

fn add(data: &mut [u8], at: usize, change: i64) {
    let bytes = data[at..at + 8].try_into().expect("eight bytes");
    let sum = u64::from_le_bytes(bytes).checked_add_signed(change).expect("in range");
    data[at..at + 8].copy_from_slice(&sum.to_le_bytes());
}

fn keys(listed: &crate::pack::Reserve, reserve: &Reserve<'_>) -> ReserveKeys {
    let some = |key: Pubkey| (key != ids::SYSTEM).then_some(key);
    ReserveKeys {
        name: listed.name.clone(),
        key: listed.key,
        mint: reserve.mint(),
        token_program: reserve.token_program(),
        decimals: u8::try_from(reserve.decimals()).expect("decimals of a mint"),
        vault: reserve.vault(),
        fee_vault: reserve.fee_vault(),
        ctoken_mint: reserve.ctoken_mint(),
        ctoken_vault: reserve.ctoken_vault(),
        farm_collateral: some(reserve.farm_collateral()),
        farm_debt: some(reserve.farm_debt()),
        price: listed.price.clone(),
    }
}
