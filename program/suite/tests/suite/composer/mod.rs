//! A program on ours: the sample vault, by CPI, on the real binaries.

mod life;
mod refusals;

use crate::kamino::budgets::limit;
use sample_vault::shares::Books;
use sample_vault::state::{
    ActAccounts, DepositArgs, HOLDER, Holder, InitAccounts, InitArgs, JoinAccounts, LoopArgs,
    UnwindArgs, VAULT, Vault, WithdrawArgs,
};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::Trestle;
use trestle_client::address::associated_token;
use trestle_client::ix::{At, SYSTEM_PROGRAM};
use trestle_interface::PROGRAM_ID;
use trestle_interface::accounts::{OwnerAccounts, Role};
use trestle_interface::health::HealthReport;
use trestle_interface::wire::decode;
use trestle_sandbox::program::workspace_root;
use trestle_sandbox::tokens::{balance_of, create_associated, fund};
use trestle_sandbox::world::USDC;
use trestle_sandbox::{Failure, KaminoWorld, Sent, User};

/// Where the vault's program lies.
const PROGRAM: Pubkey = Pubkey::new_from_array([60; 32]);
/// Least initial health, basis points of the debts.
const FLOOR: u16 = 2_500;

/// Everything, whatever comes back and whatever it takes.
const ALL: UnwindArgs = UnwindArgs { redeem: 0, repay: u64::MAX, all: true };

/// A Kamino world, the vault's program in it, a manager and two users.
#[derive(Clone)]
struct Stage {
    k: KaminoWorld,
    manager: std::sync::Arc<Keypair>,
    users: [std::sync::Arc<Keypair>; 2],
    vault: Pubkey,
    margin: Pubkey,
}

/// Keys with their list's flags, and what trails them.
fn call<const N: usize>(
    tag: u8,
    (keys, roles): ([Pubkey; N], &[Role]),
    trailing: &[AccountMeta],
    args: &[u8],
) -> Instruction {
    assert_eq!(roles.len(), N);
    let listed = keys.iter().zip(roles).map(|(key, role)| AccountMeta {
        pubkey: *key,
        is_signer: role.signer,
        is_writable: role.writable,
    });
    let accounts = listed.chain(trailing.iter().cloned()).collect();
    Instruction { program_id: PROGRAM, accounts, data: [&[tag], args].concat() }
}

fn derived(seeds: [&[u8]; 3]) -> Pubkey {
    Pubkey::find_program_address(&seeds, &PROGRAM).0
}

/// The vault of a manager.
fn vault_of(t: &Trestle, manager: &Pubkey) -> Pubkey {
    derived([VAULT, t.group.as_ref(), manager.as_ref()])
}

/// The vault's program.
fn binary() -> Vec<u8> {
    std::fs::read(workspace_root().join("target/deploy/sample_vault.so"))
        .expect("build the samples first: program/samples/build")
}

/// Makes a vault on a program that is called Trestle.
fn init(
    t: &Trestle,
    manager: &Keypair,
    trestle: Pubkey,
    args: &InitArgs,
    seat: &[AccountMeta],
    proof: &[u8],
) -> Instruction {
    let vault = vault_of(t, &manager.pubkey());
    let list = InitAccounts {
        manager: manager.pubkey(),
        vault,
        trestle,
        group: t.group,
        margin: t.margin(&vault, 0),
        system_program: SYSTEM_PROGRAM,
    };
    let args = [&args.to_bytes(), proof].concat();
    call(0, (list.into_array(), InitAccounts::<()>::ROLES), seat, &args)
}

/// What follows the accounts that all operations share.
fn own(operation: &Instruction) -> &[AccountMeta] {
    &operation.accounts[OwnerAccounts::<()>::LEN..]
}

impl Stage {
    /// Others lend 1,000,000 USDC to the pool and owe half of it, each user
    /// has 10,000 USDC in its purse; there is no vault yet.
    fn bare() -> Self {
        let mut k = KaminoWorld::new();
        k.world.svm.vm().add_program(PROGRAM, &binary()).expect("the vault loads");
        let lender = User::new(&mut k.world, 20, 8);
        let cash = k.world.assets[USDC].tokens(1_000_000);
        lender.fund_and_deposit(&mut k.world, USDC, cash);
        lender.supply(&mut k.world, USDC, cash).expect("the pool takes it");
        let debtor = crate::pool::trader(&mut k.world, 22, 10_000);
        debtor.borrow(&mut k.world, USDC, cash / 2).expect("somebody pays interest");
        k.advance(1);
        let keys =
            [61, 62, 63].map(|seed| std::sync::Arc::new(Keypair::new_from_array([seed; 32])));
        for key in &keys {
            k.world.svm.airdrop(&key.pubkey(), 10_000_000_000);
            let usdc = k.world.assets[USDC].keys;
            fund(&mut k.world.svm, key.pubkey(), &usdc, 10_000_000_000);
        }
        let vault = vault_of(&k.world.trestle, &keys[0].pubkey());
        let margin = k.world.trestle.margin(&vault, 0);
        let [manager, first, second] = keys;
        Self { k, manager, users: [first, second], vault, margin }
    }

    /// And a vault with its token accounts.
    fn made() -> Self {
        let mut stage = Self::bare();
        let init = stage.init();
        stage.manage(&init).expect("the vault is made");
        let usdc = stage.k.world.assets[USDC].keys;
        let payer = stage.k.world.svm.payer.pubkey();
        let authority = stage.k.world.trestle.addresses().authority(&stage.margin);
        for owner in [authority, stage.vault] {
            let create = create_associated(payer, owner, &usdc);
            stage.k.world.send(&[create], &[]).expect("token accounts of the vault");
        }
        stage
    }

    /// And with its obligation, and both users' places.
    fn open() -> Self {
        let mut stage = Self::made();
        let open = stage.open_venue();
        stage.manage(&open).expect("the obligation and its stake");
        for user in stage.users.clone() {
            let join = stage.join(&user);
            stage.k.world.send(&[join], &[&user]).expect("a place for shares");
        }
        stage
    }

    fn terms(&self) -> InitArgs {
        let (pool, reserve) = (self.k.world.assets[USDC].pool, self.k.reserve(USDC));
        InitArgs { asset: pool.asset.id, pool: pool.market, reserve: reserve.row, floor: FLOOR }
    }

    fn init(&self) -> Instruction {
        let t = &self.k.world.trestle;
        init(t, &self.manager, PROGRAM_ID, &self.terms(), &[], &[])
    }

    fn place(&self, user: &Keypair) -> Pubkey {
        derived([HOLDER, self.vault.as_ref(), user.pubkey().as_ref()])
    }

    fn join(&self, user: &Keypair) -> Instruction {
        let list = JoinAccounts {
            user: user.pubkey(),
            vault: self.vault,
            holder: self.place(user),
            system_program: SYSTEM_PROGRAM,
        };
        call(2, (list.into_array(), JoinAccounts::<()>::ROLES), &[], &[])
    }

    /// An act: its own keys, all writable, and the accounts of Trestle's operations.
    fn act(
        &self,
        tag: u8,
        actor: &Keypair,
        own: &[Pubkey],
        theirs: &[AccountMeta],
        args: &[u8],
    ) -> Instruction {
        let list = ActAccounts {
            actor: actor.pubkey(),
            vault: self.vault,
            trestle: PROGRAM_ID,
            margin: self.margin,
            prices: self.k.world.trestle.prices,
            markets: self.k.world.trestle.markets,
        };
        let own = own.iter().map(|key| AccountMeta::new(*key, false));
        let trailing: Vec<AccountMeta> = own.chain(theirs.iter().cloned()).collect();
        call(tag, (list.into_array(), ActAccounts::<()>::ROLES), &trailing, args)
    }

    fn open_venue(&self) -> Instruction {
        let (t, me, reserve) = (self.k.world.trestle, self.manager.pubkey(), self.k.reserve(USDC));
        let open = t.open_venue(self.vault, me, self.margin, &reserve);
        let farm = t.open_farm(self.vault, me, self.margin, &reserve, false);
        let theirs = [own(&open), own(&farm)].concat();
        self.act(1, &self.manager, &[], &theirs, &[])
    }

    fn purse(&self, user: &Keypair) -> Pubkey {
        let usdc = self.k.world.assets[USDC].keys;
        associated_token(&user.pubkey(), &usdc.token_program, &usdc.mint)
    }

    fn deposit(&self, user: &Keypair, amount: u64, min_shares: u64) -> Instruction {
        let t = self.k.world.trestle;
        let usdc = self.k.world.assets[USDC].keys;
        let till = associated_token(&self.vault, &usdc.token_program, &usdc.mint);
        let theirs = t.deposit(self.vault, self.margin, &usdc, till, amount);
        let args = DepositArgs { amount, min_shares };
        self.act(3, user, &[self.place(user), self.purse(user)], own(&theirs), &args.to_bytes())
    }

    fn withdraw(&self, user: &Keypair, amount: u64, max_shares: u64) -> Instruction {
        let t = self.k.world.trestle;
        let usdc = self.k.world.assets[USDC].keys;
        let out = t.withdraw(self.vault, self.margin, &usdc, self.purse(user), amount);
        let reads = t.reads(&self.margin, &[self.k.market], &[]);
        let args = WithdrawArgs { amount, max_shares };
        self.act(4, user, &[self.place(user)], &[own(&out), &reads].concat(), &args.to_bytes())
    }

    fn enter(&self, actor: &Keypair, idle: u64, borrow: u64) -> Instruction {
        let (t, reserve) = (self.k.world.trestle, self.k.reserve(USDC));
        let at = At { reserve: &reserve, others: &[] };
        let debt = t.pool_borrow(self.vault, self.margin, &self.k.world.assets[USDC].pool, borrow);
        let supply = t.venue_supply(self.vault, self.margin, at, idle);
        let theirs = [own(&debt), own(&supply)].concat();
        self.act(5, actor, &[], &theirs, &LoopArgs { idle, borrow }.to_bytes())
    }

    fn unwind(&self, actor: &Keypair, args: UnwindArgs) -> Instruction {
        let (t, reserve) = (self.k.world.trestle, self.k.reserve(USDC));
        let at = At { reserve: &reserve, others: &[] };
        let debt = t.pool_repay(self.vault, self.margin, &self.k.world.assets[USDC].pool, None);
        let redeem = t.venue_redeem(self.vault, self.margin, at, None);
        let theirs = [own(&debt), own(&redeem)].concat();
        self.act(6, actor, &[], &theirs, &args.to_bytes())
    }

    /// Sends an instruction of the manager.
    fn manage(&mut self, ix: &Instruction) -> Result<Sent, Failure> {
        let manager = self.manager.clone();
        self.send(ix, &manager)
    }

    /// Sends an instruction signed by a key.
    fn send(&mut self, ix: &Instruction, signer: &Keypair) -> Result<Sent, Failure> {
        self.k.world.svm.send_with_table(&[limit(), ix.clone()], &[signer])
    }

    fn state(&self) -> Vault {
        decode(&self.k.world.svm.data(&self.vault)).expect("a vault")
    }

    fn shares(&self, user: &Keypair) -> u64 {
        let holder: Holder = decode(&self.k.world.svm.data(&self.place(user))).expect("a place");
        holder.shares
    }

    /// Health of the vault's margin account.
    fn health(&mut self) -> HealthReport {
        let ix = self.k.world.trestle.get_health(self.margin);
        let sent = self.k.world.send(&[ix], &[]).expect("health");
        HealthReport::read(&sent.return_data).expect("a report")
    }

    fn books(&mut self) -> Books {
        let equity = u64::try_from(self.health().equity).expect("not below zero");
        Books { shares: self.state().shares, equity }
    }

    /// Most that a user's shares can withdraw now, micro-USD.
    fn worth(&mut self, user: &Keypair) -> u64 {
        let held = self.shares(user);
        self.books().worth(held)
    }

    /// Idle tokens of the margin account.
    fn idle(&self) -> u64 {
        let usdc = self.k.world.assets[USDC].keys;
        balance_of(&self.k.world.svm, &self.k.world.trestle.custody(&self.margin, &usdc))
    }

    fn tokens(&self, user: &Keypair) -> u64 {
        balance_of(&self.k.world.svm, &self.purse(user))
    }
}
