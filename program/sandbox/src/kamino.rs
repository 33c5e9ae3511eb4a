//! A world with Kamino in it: a conformance pack beside the standard assets.
//!
//! The pack is our mock's, or a real program's from `VENUE_PROGRAMS_DIR`; the
//! same code drives both.

use crate::board;
use crate::program::artifact;
use crate::svm::{Failure, Sent, Svm};
use crate::tokens::{LEGACY, create_associated};
use crate::user::User;
use crate::world::{JITOSOL, Listing, SOL, STANDARD_FACTORS, USDC, World, standard_listings};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::AssetKeys;
use trestle_client::ix::{At, RewardKeys};
use trestle_client::kamino::{
    FARMS_PROGRAM, KaminoMarket, KaminoReserve, refresh_interest, refresh_obligation,
    refresh_prices,
};
use trestle_interface::args::{ListClassArgs, ListReserveArgs};
use trestle_packs::kamino::token_account;
use trestle_packs::{Kamino, Pack, PriceInput};
use trestle_risk_math::defaults;

/// Class of Kamino in the world.
pub const KAMINO: u8 = 1;
/// Assets of the world that the pack has reserves for, by ticker.
const LISTED: [(usize, &str); 3] = [(USDC, "USDC"), (SOL, "SOL"), (JITOSOL, "JitoSOL")];

/// A world, and Kamino in it.
#[derive(Clone)]
pub struct KaminoWorld {
    /// The world.
    pub world: World,
    /// The venue.
    pub venue: Kamino,
    /// Its market.
    pub market: KaminoMarket,
    /// Listed reserves, by the world's asset.
    pub reserves: Vec<(usize, KaminoReserve)>,
    /// The pack's programs.
    pub programs: Vec<(Pubkey, Vec<u8>)>,
    /// Which program stands in for the venue, in a line.
    pub summary: String,
}

impl KaminoWorld {
    /// The standard world with Kamino listed.
    ///
    /// # Panics
    /// When any step of the set-up is refused.
    #[must_use]
    pub fn new() -> Self {
        Self::listed(Svm::new(&artifact().elf))
    }

    /// [`KaminoWorld::new`] on tape from the start; the pack's programs are not.
    ///
    /// # Panics
    /// When any step of the set-up is refused.
    #[must_use]
    pub fn recorded() -> Self {
        Self::listed(Svm::recorded(&artifact().elf))
    }

    fn listed(svm: Svm) -> Self {
        let mut kamino = Self::on(svm);
        let admin = kamino.world.admin.pubkey();
        let class = kamino.world.trestle.list_class(admin, (KAMINO, &class_args()));
        kamino.world.admin_do(class);
        for (asset, name) in LISTED {
            kamino.list(asset, name);
        }
        kamino.advance(1);
        kamino
    }

    /// The pack is installed, nothing of it is listed.
    ///
    /// # Panics
    /// When the set-up is refused.
    #[must_use]
    pub fn unlisted() -> Self {
        Self::on(Svm::new(&artifact().elf))
    }

    fn on(svm: Svm) -> Self {
        let pack = Pack::kamino();
        let mut world = World::with_board(svm);
        let payer = world.svm.payer.pubkey();
        for (key, account) in &pack.accounts {
            let unowned = account.data.len() == 82 && account.data[0] == 0;
            if unowned && world.svm.account(key).is_none() {
                world.svm.set_account(*key, mintable(account, &payer));
            }
        }
        let venue = Kamino::install(&pack, world.svm.vm());
        for (key, _) in &pack.accounts {
            world.svm.note(key);
        }
        world.svm.note_clock();
        let mut listings = standard_listings();
        for (asset, name) in LISTED {
            let reserve = venue.reserve(name);
            listings[asset] = Listing { mint: Some(reserve.mint), ..listings[asset] };
        }
        world.fill(&STANDARD_FACTORS, &listings);
        let data = world.svm.data(&venue.market);
        let market = KaminoMarket::read(KAMINO, venue.market, &data).expect("the pack's market");
        let summary = pack.summary();
        Self { world, venue, market, reserves: vec![], programs: pack.programs, summary }
    }

    /// Instruction that lists a reserve of the pack for an asset.
    #[must_use]
    pub fn listing(&self, asset: usize, name: &str) -> Instruction {
        let reserve = self.venue.reserve(name).key;
        let admin = self.world.admin.pubkey();
        self.world.trestle.list_reserve(admin, (self.venue.market, reserve), &reserve_args(asset))
    }

    fn list(&mut self, asset: usize, name: &str) {
        let ix = self.listing(asset, name);
        self.world.admin_do(ix);
        let key = self.venue.reserve(name).key;
        let row = self.world.with_pages(|board| {
            KaminoReserve::row_of(board.markets, &key).expect("the row is there")
        });
        let data = self.world.svm.data(&key);
        let keys = self.world.assets[asset].keys;
        let read = KaminoReserve::read(self.market, row, key, keys, &data).expect("a reserve");
        self.reserves.push((asset, read));
    }

    /// The reserve of an asset.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn reserve(&self, asset: usize) -> KaminoReserve {
        let found = self.reserves.iter().find(|(a, _)| *a == asset);
        found.expect("the asset has a reserve").1
    }

    /// Several reserves.
    #[must_use]
    pub fn of(&self, assets: &[usize]) -> Vec<KaminoReserve> {
        assets.iter().map(|asset| self.reserve(*asset)).collect()
    }

    /// Lets time pass; publishes prices for Trestle and for Kamino and
    /// refreshes every row of the board.
    ///
    /// # Panics
    /// When a refresh is refused.
    pub fn advance(&mut self, seconds: u32) {
        self.world.svm.advance_seconds(seconds);
        self.publish();
    }

    /// Publishes prices now and refreshes every row of the board.
    ///
    /// # Panics
    /// When a refresh is refused.
    pub fn publish(&mut self) {
        for (asset, name) in LISTED {
            let price = self.world.assets[asset].quote.price.unsigned_abs();
            self.venue.set_price(self.world.svm.vm(), name, price);
            let written = match &self.venue.reserve(name).price {
                PriceInput::Pyth(key) | PriceInput::Scope { account: key, .. } => *key,
                PriceInput::Saved => self.venue.reserve(name).key,
            };
            self.world.svm.note(&written);
        }
        self.world.publish_all();
        let rows = self.rows();
        self.world.send(&[rows], &[]).expect("Kamino's rows are refreshed");
    }

    /// Refreshes the rows of all listed reserves.
    #[must_use]
    pub fn rows(&self) -> Instruction {
        let all: Vec<KaminoReserve> = self.reserves.iter().map(|(_, r)| *r).collect();
        self.world.trestle.refresh_reserves(&all)
    }

    /// Kamino's own refresh with prices.
    ///
    /// # Panics
    /// When an account is no reserve.
    #[must_use]
    pub fn price_refresh(&self, assets: &[usize]) -> Instruction {
        let reserves = self.of(assets);
        let data: Vec<Vec<u8>> = reserves.iter().map(|r| self.world.svm.data(&r.reserve)).collect();
        let pairs: Vec<(Pubkey, &[u8])> =
            reserves.iter().zip(&data).map(|(r, d)| (r.reserve, d.as_slice())).collect();
        refresh_prices(&self.market.market, &pairs).expect("reserves")
    }

    /// Kamino's own refresh without prices.
    ///
    /// # Panics
    /// For too many assets.
    #[must_use]
    pub fn interest_refresh(&self, assets: &[usize]) -> Instruction {
        let keys: Vec<Pubkey> = self.of(assets).iter().map(|r| r.reserve).collect();
        refresh_interest(&self.market.market, &keys).expect("few reserves")
    }

    /// Kamino's own refresh of a user's obligation.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn obligation_refresh(&self, user: &User) -> Instruction {
        let key = self.world.trestle.obligation(&user.account, &self.market);
        refresh_obligation(&key, &self.world.svm.data(&key)).expect("an obligation")
    }

    /// Sets a price in cents everywhere.
    pub fn set_price(&mut self, asset: usize, cents: i64) {
        self.world.assets[asset].quote = crate::pyth::Quote::cents(cents);
        self.publish();
    }

    /// Opens a user's obligation, and its stake where the asset's reserve has a farm.
    ///
    /// # Panics
    /// When it is refused.
    pub fn open(&mut self, user: &User, asset: usize) {
        let (t, me, at) = (self.world.trestle, user.address(), self.reserve(asset));
        let obligation = t.obligation(&user.account, &self.market);
        if self.world.svm.account(&obligation).is_none_or(|a| a.data.is_empty()) {
            let open = t.open_venue(me, me, user.account, &at);
            self.world.send(&[open], &[&user.key]).expect("the obligation opens");
        }
        if let Some(farm) = at.collateral_farm
            && self.world.svm.account(&at.stake(&farm, &obligation)).is_none()
        {
            let stake = t.open_farm(me, me, user.account, &at, false);
            self.world.send(&[stake], &[&user.key]).expect("the stake opens");
        }
    }

    /// Supplies; `others` are the other assets that the obligation uses.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn supply(&mut self, user: &User, asset: usize, others: &[usize], amount: u64) -> Outcome {
        let (reserve, others) = (self.reserve(asset), self.of(others));
        let at = At { reserve: &reserve, others: &others };
        let ix = self.world.trestle.venue_supply(user.address(), user.account, at, amount);
        self.world.send(&[ix], &[&user.key])
    }

    /// Redeems, with Kamino's prices refreshed in front; `None` for all.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn redeem(
        &mut self,
        user: &User,
        asset: usize,
        others: &[usize],
        amount: Option<u64>,
    ) -> Outcome {
        let front = self.price_refresh(&[&[asset], others].concat());
        let (reserve, others) = (self.reserve(asset), self.of(others));
        let at = At { reserve: &reserve, others: &others };
        let ix = self.world.trestle.venue_redeem(user.address(), user.account, at, amount);
        self.world.send(&[front, ix], &[&user.key])
    }

    /// Borrows, with Kamino's prices refreshed in front.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn borrow(&mut self, user: &User, asset: usize, others: &[usize], amount: u64) -> Outcome {
        let front = self.price_refresh(&[&[asset], others].concat());
        let (reserve, others) = (self.reserve(asset), self.of(others));
        let at = At { reserve: &reserve, others: &others };
        let ix = self.world.trestle.venue_borrow(user.address(), user.account, at, amount);
        self.world.send(&[front, ix], &[&user.key])
    }

    /// Repays; `None` for the whole debt.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn repay(
        &mut self,
        user: &User,
        asset: usize,
        others: &[usize],
        amount: Option<u64>,
    ) -> Outcome {
        let (reserve, others) = (self.reserve(asset), self.of(others));
        let at = At { reserve: &reserve, others: &others };
        let ix = self.world.trestle.venue_repay(user.address(), user.account, at, amount);
        self.world.send(&[ix], &[&user.key])
    }

    /// A stranger liquidates at Kamino, not at Trestle: offers `amount` of the
    /// debt, with everything refreshed in front.
    ///
    /// # Errors
    /// [`Failure`], when Kamino finds the obligation sound.
    pub fn liquidate_there(
        &mut self,
        stranger: &User,
        victim: &User,
        (debt, collateral): (usize, usize),
        amount: u64,
    ) -> Outcome {
        let owner = self.world.trestle.addresses().authority(&victim.account);
        let party = self.venue.party(owner);
        let [debt, taken] = [debt, collateral].map(|asset| self.venue.reserve(name_of(asset)));
        let receipts = AssetKeys {
            mint: taken.ctoken_mint,
            token_program: LEGACY,
            ..self.world.assets[collateral].keys
        };
        let (me, pair) = (stranger.address(), (debt, taken));
        let instructions = [
            create_associated(me, me, &receipts),
            self.venue.refresh_batch(&[taken, debt], true),
            self.venue.refresh_obligation(&party, &[taken, debt]),
            self.venue.liquidate(me, &party, pair, (amount, 0), &[]),
        ];
        self.world.svm.send_with_table(&instructions, &[&stranger.key])
    }

    /// Reads a user's obligation into its margin account.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn refresh(&mut self, user: &User, used: &[usize]) -> Outcome {
        let used = self.of(used);
        let ix = self.world.trestle.refresh_account(user.account, &[self.market], &used);
        self.world.send(&[ix], &[])
    }
}

type Outcome = Result<Sent, Failure>;

/// Vault of rewards, vault of the treasury and configuration of the mock's farm.
const REWARDS: [Pubkey; 3] = [
    Pubkey::new_from_array([196; 32]),
    Pubkey::new_from_array([197; 32]),
    Pubkey::new_from_array([198; 32]),
];

impl KaminoWorld {
    /// Fills the vault of rewards of an asset's farm of depositors. Only the
    /// mock's farm takes it: `None` on a real one.
    ///
    /// # Panics
    /// When the reserve has no farm.
    pub fn reward(&mut self, asset: usize, reward: usize) -> Option<RewardKeys> {
        if !self.venue.is_mock() {
            return None;
        }
        let farm = self.reserve(asset).collateral_farm.expect("a farm");
        let seeds: [&[u8]; 2] = [b"authority", farm.as_ref()];
        let vaults_authority = Pubkey::find_program_address(&seeds, &FARMS_PROGRAM).0;
        let keys = self.world.assets[reward].keys;
        let full =
            token_account(&keys.mint, &vaults_authority, &keys.token_program, 1_000_000_000_000);
        let [vault, treasury, config] = REWARDS;
        self.world.svm.set_account(vault, full);
        Some(RewardKeys { number: 0, asset: keys, config, vault, treasury, vaults_authority })
    }
}

impl Default for KaminoWorld {
    fn default() -> Self {
        Self::new()
    }
}

fn name_of(asset: usize) -> &'static str {
    let found = LISTED.iter().find(|(listed, _)| *listed == asset);
    found.expect("the pack has a reserve of the asset").1
}

/// Kamino's class with the default parameters.
#[must_use]
pub fn class_args() -> ListClassArgs {
    let class = defaults::KAMINO;
    ListClassArgs {
        program: trestle_client::kamino::PROGRAM,
        name: board::name("Kamino"),
        kind: 1,
        layout_version: 1,
        haircut: board::words(class.haircut),
        penalty: class.penalty.q16(),
        shock: class.shock.q16(),
        loop_shock: class.loop_shock.q16(),
        financing_multiple: 4 << 16,
        claim_cap: 50_000_000_000_000,
        financing_cap: 20_000_000_000_000,
    }
}

/// A reserve's row.
#[must_use]
pub fn reserve_args(asset: usize) -> ListReserveArgs {
    ListReserveArgs {
        class: KAMINO,
        asset: u8::try_from(asset).expect("few assets"),
        borrowable: true,
        ages: [150, 300, 1_500, 9_000],
    }
}

/// A pack's mint whose authority is ours, so that tests can fund wallets.
fn mintable(mint: &Account, authority: &Pubkey) -> Account {
    let mut ours = mint.clone();
    ours.data[0..4].copy_from_slice(&1_u32.to_le_bytes());
    ours.data[4..36].copy_from_slice(authority.as_ref());
    ours
}
