//! A group with its board, oracles and pools, ready for users.

use crate::board::{self, AssetTerms};
use crate::program::artifact;
use crate::pyth::{self, Quote};
use crate::svm::{Failure, Sent, Svm};
use crate::tokens::{self, LEGACY, TOKEN_2022, WRAPPED_SOL};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::address::associated_token;
use trestle_client::health::Aligned;
use trestle_client::{AssetKeys, PoolKeys, Trestle};
use trestle_interface::PROGRAM_ID;
use trestle_interface::args::{InitGroupArgs, SetAccessArgs};
use trestle_interface::state::{Group, MarketsPage, Phase, Pool, PricesPage};
use trestle_interface::view::{Board, Now};
use trestle_risk_math::defaults;

/// An asset of the world.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Ticker.
    pub name: &'static str,
    /// Keys.
    pub keys: AssetKeys,
    /// Decimals of the mint.
    pub decimals: u8,
    /// Feed id.
    pub feed: [u8; 32],
    /// Oracle account.
    pub oracle: Pubkey,
    /// Last quote.
    pub quote: Quote,
    /// Its pool.
    pub pool: PoolKeys,
}

impl Asset {
    /// Native units of a whole number of tokens.
    #[must_use]
    pub fn tokens(&self, whole: u64) -> u64 {
        whole * 10_u64.pow(u32::from(self.decimals))
    }
}

/// The world.
#[derive(Clone)]
pub struct World {
    /// The machine.
    pub svm: Svm,
    /// The group.
    pub trestle: Trestle,
    /// Admin of the group.
    pub admin: std::sync::Arc<Keypair>,
    /// Assets, by row.
    pub assets: Vec<Asset>,
}

/// BTC, under Token-2022.
pub const BTC: usize = 0;
/// SOL, as wrapped SOL.
pub const SOL: usize = 1;
/// A liquid staking token of SOL.
pub const JITOSOL: usize = 2;
/// USDC.
pub const USDC: usize = 3;
/// An isolated token.
pub const MEME: usize = 4;

/// What a world is built from.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// Ticker.
    pub name: &'static str,
    /// Decimals.
    pub decimals: u8,
    /// Token program; the mint is wrapped SOL for the ticker SOL.
    pub token_program: Pubkey,
    /// Mint that exists already; `None` for one of the world's own.
    pub mint: Option<Pubkey>,
    /// First price in cents.
    pub cents: i64,
    /// Risk terms; `factor` counts the world's own factors.
    pub terms: AssetTerms,
}

/// Columns of the default factor table that the standard world lists.
pub(crate) const STANDARD_FACTORS: [usize; 4] = [0, 2, 4, 7];

/// BTC, SOL, JitoSOL, USDC and an isolated token.
#[must_use]
pub fn standard_listings() -> Vec<Listing> {
    let listing =
        |name, decimals, token_program, cents, factor, basis, depth_musd: u64, incentive_bps| {
            let terms = AssetTerms {
                factor,
                basis,
                depth_usd: depth_musd * 1_000_000,
                incentive_bps,
                isolated: name == "MEME",
            };
            Listing { name, decimals, token_program, mint: None, cents, terms }
        };
    vec![
        listing("BTC", 8, TOKEN_2022, 10_000_000, 0, defaults::BASIS_PLAIN, 2_000, 300),
        listing("SOL", 9, LEGACY, 15_000, 1, defaults::BASIS_PLAIN, 1_000, 300),
        listing("JitoSOL", 9, LEGACY, 18_000, 1, defaults::BASIS_LST, 400, 300),
        listing("USDC", 6, LEGACY, 100, 2, defaults::BASIS_STABLE, 5_000, 50),
        listing("MEME", 6, LEGACY, 2, 3, defaults::BASIS_PLAIN, 1, 500),
    ]
}

impl World {
    /// The standard world on the SBF binary that `make sbf` built.
    #[must_use]
    pub fn new() -> Self {
        Self::build(&artifact().elf, &STANDARD_FACTORS, &standard_listings())
    }

    /// [`World::new`] with everything written on a tape from the start.
    #[must_use]
    pub fn recorded() -> Self {
        let mut world = Self::with_board(Svm::recorded(&artifact().elf));
        world.fill(&STANDARD_FACTORS, &standard_listings());
        world
    }

    /// A world with these factors (columns of the default table) and assets.
    ///
    /// # Panics
    /// When any step of the set-up is refused.
    #[must_use]
    pub fn build(elf: &[u8], factors: &[usize], listings: &[Listing]) -> Self {
        let mut world = Self::with_board(Svm::new(elf));
        world.fill(factors, listings);
        world
    }

    pub(crate) fn fill(&mut self, factors: &[usize], listings: &[Listing]) {
        let admin = self.admin.pubkey();
        let trestle = self.trestle;
        for column in factors {
            self.admin_do(trestle.list_factor(admin, &board::factor(*column)));
        }
        self.admin_do(trestle.set_scenarios(admin, &board::scenarios(factors)));
        self.admin_do(trestle.list_class(admin, (0, &board::native_class())));
        for (id, listing) in listings.iter().enumerate() {
            self.list(u8::try_from(id).expect("few assets"), listing);
        }
        self.publish_all();
    }

    /// A group with an empty board, open to everyone.
    ///
    /// # Panics
    /// When any step is refused.
    #[must_use]
    pub fn with_board(svm: Svm) -> Self {
        let mut world = Self::with_closed_board(svm);
        world.set_access(Phase::Public, [0; 32], 0);
        world
    }

    /// [`World::new`], but nobody may open a margin account yet.
    ///
    /// # Panics
    /// When any step is refused.
    #[must_use]
    pub fn closed() -> Self {
        let mut world = Self::with_closed_board(Svm::new(&artifact().elf));
        world.fill(&STANDARD_FACTORS, &standard_listings());
        world
    }

    fn with_closed_board(mut svm: Svm) -> Self {
        tokens::ensure_wrapped_sol(&mut svm);
        let admin = Keypair::new_from_array([2; 32]);
        svm.airdrop(&admin.pubkey(), 100_000_000_000);
        let trestle = new_group(&mut svm, &admin, [3, 4, 5]);
        Self { svm, trestle, admin: std::sync::Arc::new(admin), assets: vec![] }
    }

    /// Sets phase, cohort root and number of seats.
    ///
    /// # Panics
    /// When it is refused.
    pub fn set_access(&mut self, phase: Phase, root: [u8; 32], seat_cap: u32) -> Sent {
        let args = SetAccessArgs { phase: phase.byte(), root, seat_cap };
        self.admin_do(self.trestle.set_access(self.admin.pubkey(), &args))
    }

    /// Another group on the same machine, under the same program, with another
    /// admin and the same assets.
    #[must_use]
    pub fn rival(&self) -> Self {
        let mut svm = self.svm.clone();
        let admin = Keypair::new_from_array([6; 32]);
        svm.airdrop(&admin.pubkey(), 100_000_000_000);
        let trestle = new_group(&mut svm, &admin, [7, 8, 9]);
        let mut rival = Self { svm, trestle, admin: std::sync::Arc::new(admin), assets: vec![] };
        rival.set_access(Phase::Public, [0; 32], 0);
        rival.fill(&STANDARD_FACTORS, &standard_listings());
        rival
    }

    fn list(&mut self, id: u8, listing: &Listing) {
        let mint = match listing.mint {
            Some(mint) => mint,
            None if listing.name == "SOL" => WRAPPED_SOL,
            None => tokens::create_mint(
                &mut self.svm,
                listing.token_program,
                listing.decimals,
                100 + id,
            ),
        };
        let keys = AssetKeys { id, mint, token_program: listing.token_program };
        let feed = [id + 1; 32];
        let admin = self.admin.pubkey();
        let trestle = self.trestle;
        let args = board::asset(id, listing.decimals, feed, &listing.terms);
        self.admin_do(trestle.list_asset(admin, (mint, &args)));
        let address = trestle.addresses().pool(&trestle.group, &mint);
        let vault = tokens::create_associated(self.svm.payer.pubkey(), address, &keys);
        self.svm.send(&[vault], &[]).expect("vault is created");
        let init = (mint, listing.token_program, &board::pool(id));
        self.admin_do(trestle.init_pool(admin, init));
        self.admin_do(trestle.list_market(admin, address, &board::market(id)));
        let pool = PoolKeys {
            market: u16::from(id),
            pool: address,
            vault: associated_token(&address, &listing.token_program, &mint),
            asset: keys,
        };
        self.assets.push(Asset {
            name: listing.name,
            keys,
            decimals: listing.decimals,
            feed,
            oracle: Pubkey::new_from_array([200 + id % 50; 32]),
            quote: Quote::cents(listing.cents),
            pool,
        });
    }

    /// Sends an instruction of the admin that must succeed.
    ///
    /// # Panics
    /// When it is refused.
    pub fn admin_do(&mut self, instruction: Instruction) -> Sent {
        let admin = self.admin.clone();
        self.svm.send(&[instruction], &[&admin]).unwrap_or_else(|e| panic!("{e:?}"))
    }

    /// Writes an asset's oracle account with its quote, published now.
    pub fn publish(&mut self, asset: usize) {
        let clock = self.svm.clock();
        let a = &self.assets[asset];
        let data = pyth::encode(&a.feed, &a.quote, clock.unix_timestamp, clock.slot);
        self.svm.set_account(a.oracle, pyth::account(data));
    }

    /// Publishes every quote and refreshes every row of the board, in the next
    /// slot: a pool's row counts the cash with which a slot began.
    ///
    /// # Panics
    /// When the refresh is refused.
    pub fn publish_all(&mut self) {
        self.svm.next_slot();
        self.publish_in_slot();
    }

    /// [`World::publish_all`] without waiting for the next slot.
    ///
    /// # Panics
    /// When the refresh is refused.
    pub fn publish_in_slot(&mut self) {
        for asset in 0..self.assets.len() {
            self.publish(asset);
        }
        for instruction in self.refreshes() {
            self.svm.send(&[instruction], &[]).expect("board is refreshed");
        }
    }

    /// Refreshes of all prices and markets, a few rows each.
    #[must_use]
    pub fn refreshes(&self) -> Vec<Instruction> {
        let rows: Vec<(u8, Pubkey)> = self.assets.iter().map(|a| (a.keys.id, a.oracle)).collect();
        let pools: Vec<PoolKeys> = self.assets.iter().map(|a| a.pool).collect();
        let prices = rows.chunks(20).map(|rows| self.trestle.refresh_prices(rows));
        let markets = pools.chunks(20).map(|pools| self.trestle.refresh_markets(pools));
        prices.chain(markets).collect()
    }

    /// Sets a quote in cents, publishes and refreshes.
    ///
    /// # Panics
    /// When the refresh is refused.
    pub fn set_price(&mut self, asset: usize, cents: i64) {
        self.assets[asset].quote = Quote::cents(cents);
        self.publish_all();
    }

    /// Lets time pass, then publishes and refreshes everything.
    pub fn advance(&mut self, seconds: u32) {
        self.svm.advance_seconds(seconds);
        self.publish_all();
    }

    /// The clock as the program sees it.
    #[must_use]
    pub fn now(&self) -> Now {
        let clock = self.svm.clock();
        Now { slot: clock.slot, unix: clock.unix_timestamp }
    }

    /// Runs `f` on the board.
    ///
    /// # Panics
    /// When a page is not readable.
    pub fn with_pages<T>(&self, f: impl FnOnce(&Board<'_>) -> T) -> T {
        let prices = Aligned::new(&self.svm.data(&self.trestle.prices));
        let markets = Aligned::new(&self.svm.data(&self.trestle.markets));
        f(&Board {
            prices: prices.account().expect("prices page"),
            markets: markets.account().expect("markets page"),
            now: self.now(),
        })
    }

    /// A copy of a pool.
    ///
    /// # Panics
    /// When it is not readable.
    #[must_use]
    pub fn pool(&self, asset: usize) -> Pool {
        let bytes = Aligned::new(&self.svm.data(&self.assets[asset].pool.pool));
        *bytes.account::<Pool>().expect("pool")
    }

    /// Sends instructions signed by `signers`.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Sent, Failure> {
        self.svm.send(instructions, signers)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// Creates a group and its board from three seeds.
fn new_group(svm: &mut Svm, admin: &Keypair, seeds: [u8; 3]) -> Trestle {
    let keys = seeds.map(|seed| Keypair::new_from_array([seed; 32]));
    let [group, prices, markets] = &keys;
    let trestle = Trestle {
        program_id: PROGRAM_ID,
        group: group.pubkey(),
        prices: prices.pubkey(),
        markets: markets.pubkey(),
    };
    let sizes = [
        core::mem::size_of::<Group>(),
        core::mem::size_of::<PricesPage>(),
        core::mem::size_of::<MarketsPage>(),
    ];
    for (key, size) in keys.iter().zip(sizes) {
        let create = solana_system_interface::instruction::create_account(
            &svm.payer.pubkey(),
            &key.pubkey(),
            2_000_000_000,
            size as u64,
            &PROGRAM_ID,
        );
        svm.send(&[create], &[key]).expect("account is created");
    }
    let roles =
        InitGroupArgs { risk: admin.pubkey(), guardian: admin.pubkey(), fee: admin.pubkey() };
    svm.send(&[trestle.init_group(admin.pubkey(), &roles)], &[group, admin])
        .expect("group is created");
    svm.send(&[trestle.init_board(admin.pubkey(), &board::group_terms())], &[admin])
        .expect("board is created");
    trestle
}
