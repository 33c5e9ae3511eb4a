//! A user with a wallet and a margin account.

use crate::svm::{Failure, Sent};
use crate::tokens;
use crate::world::World;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use std::sync::Arc;
use trestle_client::address::associated_token;
use trestle_client::health::{Aligned, health};
use trestle_client::ix::LiquidateKeys;
use trestle_interface::health::HealthReport;
use trestle_interface::state::{MarginAccount, Position};
use trestle_risk_math::portfolio::{Breakdown, Health};

/// A user.
#[derive(Clone)]
pub struct User {
    /// Wallet.
    pub key: Arc<Keypair>,
    /// Margin account.
    pub account: Pubkey,
}

type Outcome = Result<Sent, Failure>;

impl User {
    /// A wallet with lamports and a margin account with room for `capacity` positions.
    ///
    /// # Panics
    /// When the account cannot be opened.
    pub fn new(world: &mut World, seed: u8, capacity: u8) -> Self {
        let key = Keypair::new_from_array([seed; 32]);
        world.svm.airdrop(&key.pubkey(), 100_000_000_000);
        let create = world.trestle.create_account(key.pubkey(), key.pubkey(), 0, capacity);
        let account = world.trestle.margin(&key.pubkey(), 0);
        world.send(&[create], &[&key]).expect("account is opened");
        Self { key: Arc::new(key), account }
    }

    /// Wallet address.
    #[must_use]
    pub fn address(&self) -> Pubkey {
        self.key.pubkey()
    }

    /// The wallet's token account of an asset.
    #[must_use]
    pub fn wallet(&self, world: &World, asset: usize) -> Pubkey {
        let keys = world.assets[asset].keys;
        associated_token(&self.address(), &keys.token_program, &keys.mint)
    }

    /// Gives the wallet tokens and makes custody exist.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn fund(&self, world: &mut World, asset: usize, amount: u64) -> Pubkey {
        let keys = world.assets[asset].keys;
        let authority = world.trestle.addresses().authority(&self.account);
        let payer = world.svm.payer.pubkey();
        let custody = tokens::create_associated(payer, authority, &keys);
        world.svm.send(&[custody], &[]).expect("custody is created");
        tokens::fund(&mut world.svm, self.address(), &keys, amount)
    }

    /// Funds the wallet and deposits all of it.
    ///
    /// # Panics
    /// When the deposit is refused.
    pub fn fund_and_deposit(&self, world: &mut World, asset: usize, amount: u64) {
        self.fund(world, asset, amount);
        self.deposit(world, asset, amount).expect("deposit");
    }

    /// Deposits from the wallet.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn deposit(&self, world: &mut World, asset: usize, amount: u64) -> Outcome {
        let keys = world.assets[asset].keys;
        let source = self.wallet(world, asset);
        let ix = world.trestle.deposit(self.address(), self.account, &keys, source, amount);
        world.send(&[ix], &[&self.key])
    }

    /// Withdraws to the wallet.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn withdraw(&self, world: &mut World, asset: usize, amount: u64) -> Outcome {
        let keys = world.assets[asset].keys;
        let to = self.wallet(world, asset);
        let ix = world.trestle.withdraw(self.address(), self.account, &keys, to, amount);
        world.send(&[ix], &[&self.key])
    }

    /// Supplies a pool.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn supply(&self, world: &mut World, asset: usize, amount: u64) -> Outcome {
        let pool = world.assets[asset].pool;
        let ix = world.trestle.pool_supply(self.address(), self.account, &pool, amount);
        world.send(&[ix], &[&self.key])
    }

    /// Redeems from a pool; `None` for all.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn redeem(&self, world: &mut World, asset: usize, amount: Option<u64>) -> Outcome {
        let pool = world.assets[asset].pool;
        let ix = world.trestle.pool_redeem(self.address(), self.account, &pool, amount);
        world.send(&[ix], &[&self.key])
    }

    /// Borrows from a pool.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn borrow(&self, world: &mut World, asset: usize, amount: u64) -> Outcome {
        let pool = world.assets[asset].pool;
        let ix = world.trestle.pool_borrow(self.address(), self.account, &pool, amount);
        world.send(&[ix], &[&self.key])
    }

    /// Repays a pool; `None` for all.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn repay(&self, world: &mut World, asset: usize, amount: Option<u64>) -> Outcome {
        let pool = world.assets[asset].pool;
        let ix = world.trestle.pool_repay(self.address(), self.account, &pool, amount);
        world.send(&[ix], &[&self.key])
    }

    /// Keys with which this user's wallet liquidates another account.
    #[must_use]
    pub fn against(&self, world: &World, victim: &Self, debt: usize, seized: usize) -> LiquidateKeys {
        LiquidateKeys {
            liquidator: self.address(),
            account: victim.account,
            debt: world.assets[debt].pool,
            debt_source: self.wallet(world, debt),
            collateral_destination: self.wallet(world, seized),
        }
    }

    /// The account and its positions.
    ///
    /// # Panics
    /// When the account is not readable.
    #[must_use]
    pub fn margin(&self, world: &World) -> (MarginAccount, Vec<Position>) {
        let bytes = Aligned::new(&world.svm.data(&self.account));
        let (account, positions) = bytes.margin().expect("margin account");
        (*account, positions.to_vec())
    }

    /// Health by `get_health`.
    ///
    /// # Errors
    /// [`Failure`].
    ///
    /// # Panics
    /// When the return data is not a report.
    pub fn health(&self, world: &mut World) -> Result<HealthReport, Failure> {
        let ix = world.trestle.get_health(self.account);
        let sent = world.send(&[ix], &[])?;
        Ok(HealthReport::read(&sent.return_data).expect("a health report"))
    }

    /// Health off chain, with charges by name.
    ///
    /// # Panics
    /// When it cannot be computed.
    #[must_use]
    pub fn mirror(&self, world: &World) -> (Health, Breakdown) {
        let (_, positions) = self.margin(world);
        world.with_pages(|board| health(&positions, board).expect("health"))
    }
}
