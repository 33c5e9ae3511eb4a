//! A machine with the pack, one borrower and one stranger.

use litesvm::LiteSVM;
use mock_klend::state::{Market, Obligation, Reserve};
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_message::Message;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::{Transaction, TransactionError};
use trestle_packs::kamino::ix::Party;
use trestle_packs::kamino::{ReserveKeys, balance, mock, with};
use trestle_packs::{Kamino, Pack, PriceInput, folder, time};

const BUDGET: Pubkey = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");

/// Stands for the runtime's own error where an account is of no known form.
pub const INVALID_ACCOUNT_DATA: u32 = 1;

/// Names of the reserves.
pub const USDC: &str = "USDC";
pub const SOL: &str = "SOL";
pub const JITOSOL: &str = "JitoSOL";

pub struct Bench {
    pub vm: LiteSVM,
    pub kamino: Kamino,
    pub user: Keypair,
    pub party: Party,
    pub stranger: Keypair,
    /// Compute units of the last transaction that landed.
    pub units: u64,
}

impl Bench {
    /// On the mock. The borrower has an obligation, a farm's user and tokens; no
    /// collateral.
    pub fn new() -> Self {
        Self::on(&folder::round_trip(&mock::pack()))
    }

    /// On the program of a pack.
    pub fn on(pack: &Pack) -> Self {
        let mut vm = LiteSVM::new();
        pack.start(&mut vm);
        let kamino = Kamino::install(pack, &mut vm);
        let [user, stranger] = [[11; 32], [12; 32]].map(Keypair::new_from_array);
        let party = kamino.party(user.pubkey());
        for owner in [&user, &stranger] {
            vm.airdrop(&owner.pubkey(), 100_000_000_000).expect("airdrop");
            for reserve in &kamino.reserves {
                let amount = reserve.tokens(1_000_000);
                kamino.fund(&mut vm, &reserve.name, &owner.pubkey(), amount);
            }
        }
        let mut bench = Self { vm, kamino, user, party, stranger, units: 0 };
        let init = bench.kamino.init(&bench.party, bench.user.pubkey());
        bench.ok(&init);
        let usdc = bench.reserve(USDC);
        if usdc.farm_collateral.is_some() {
            let farm = bench.kamino.init_farm(&bench.party, bench.user.pubkey(), &usdc);
            bench.ok(&[farm]);
        }
        bench
    }

    /// With 10,000 USDC as collateral.
    pub fn supplied() -> Self {
        let mut bench = Self::new();
        bench.deposit(USDC, 10_000).expect("supply");
        bench
    }

    /// With 20 SOL (3,000 USD; 3,750 adjusted) borrowed against it.
    pub fn indebted() -> Self {
        let mut bench = Self::supplied();
        bench.borrow(SOL, 20).expect("borrow");
        bench
    }

    pub fn reserve(&self, name: &str) -> ReserveKeys {
        self.kamino.reserve(name).clone()
    }

    /// Sends as the borrower and the stranger; the code of a refusal.
    pub fn send(&mut self, instructions: &[Instruction]) -> Result<(), u32> {
        let mut data = vec![2];
        data.extend_from_slice(&1_400_000_u32.to_le_bytes());
        let budget = Instruction { program_id: BUDGET, accounts: vec![], data };
        let all: Vec<Instruction> = [&[budget], instructions].concat();
        let message = Message::new(&all, Some(&self.user.pubkey()));
        let signers = usize::from(message.header.num_required_signatures);
        let wanted = &message.account_keys[..signers];
        let keys: Vec<&Keypair> = [&self.user, &self.stranger]
            .into_iter()
            .filter(|key| wanted.contains(&key.pubkey()))
            .collect();
        let transaction = Transaction::new(&keys, message, self.vm.latest_blockhash());
        let outcome = self.vm.send_transaction(transaction);
        self.vm.expire_blockhash();
        match outcome {
            Ok(meta) => {
                self.units = meta.compute_units_consumed;
                Ok(())
            }
            Err(failed) => match failed.err {
                TransactionError::InstructionError(_, InstructionError::Custom(code)) => Err(code),
                TransactionError::InstructionError(_, InstructionError::InvalidAccountData) => {
                    Err(INVALID_ACCOUNT_DATA)
                }
                other => panic!("{other:?}\n{}", failed.meta.logs.join("\n")),
            },
        }
    }

    pub fn ok(&mut self, instructions: &[Instruction]) {
        self.send(instructions).expect("it is allowed");
    }

    /// Names of the obligation's reserves: collateral, then debt, in slot order.
    pub fn used(&mut self) -> (Vec<ReserveKeys>, Vec<ReserveKeys>) {
        let Some(account) = self.vm.get_account(&self.party.obligation) else {
            return (vec![], vec![]);
        };
        let mut data = account.data;
        let mut obligation = Obligation(&mut data);
        let find = |key: Pubkey| {
            let found = self.kamino.reserves.iter().find(|reserve| reserve.key == key);
            found.expect("a reserve of the pack").clone()
        };
        let slots = obligation.deposits();
        let deposits = slots.into_iter().map(|i| find(obligation.deposit(i).reserve())).collect();
        let slots = obligation.borrows();
        let borrows = slots.into_iter().map(|i| find(obligation.borrow(i).reserve())).collect();
        (deposits, borrows)
    }

    /// Refreshes of everything that the obligation uses and of `on`, with prices.
    pub fn refreshes(&mut self, on: &[&str]) -> Vec<Instruction> {
        let (deposits, borrows) = self.used();
        let used: Vec<&ReserveKeys> = deposits.iter().chain(&borrows).collect();
        let mut reserves = used.clone();
        for name in on {
            let reserve = self.kamino.reserve(name);
            if reserves.iter().all(|r| r.key != reserve.key) {
                reserves.push(reserve);
            }
        }
        let refresh = |reserve: &&ReserveKeys| match reserve.price {
            PriceInput::Saved => self.kamino.refresh_batch(&[*reserve], false),
            _ => self.kamino.refresh_reserve(reserve),
        };
        let mut all: Vec<_> = reserves.iter().map(refresh).collect();
        all.push(self.kamino.refresh_obligation(&self.party, &used));
        all
    }

    /// An act after all its refreshes.
    pub fn act(&mut self, on: &[&str], act: Instruction) -> Result<(), u32> {
        let mut all = self.refreshes(on);
        all.push(act);
        self.send(&all)
    }

    pub fn deposit(&mut self, name: &str, whole: u64) -> Result<(), u32> {
        let reserve = self.reserve(name);
        let act = self.kamino.deposit(&self.party, &reserve, reserve.tokens(whole));
        self.act(&[name], act)
    }

    pub fn withdraw(&mut self, name: &str, receipts: u64) -> Result<(), u32> {
        let act = self.kamino.withdraw(&self.party, &self.reserve(name), receipts);
        self.act(&[name], act)
    }

    pub fn borrow(&mut self, name: &str, whole: u64) -> Result<(), u32> {
        let reserve = self.reserve(name);
        self.borrow_native(name, reserve.tokens(whole))
    }

    pub fn borrow_native(&mut self, name: &str, amount: u64) -> Result<(), u32> {
        let grouped = self.grouped();
        let grouped: Vec<&ReserveKeys> = grouped.iter().collect();
        let act = self.kamino.borrow(&self.party, &self.reserve(name), amount, &grouped);
        self.act(&[name], act)
    }

    pub fn repay(&mut self, name: &str, amount: u64) -> Result<(), u32> {
        let grouped = self.grouped();
        let grouped: Vec<&ReserveKeys> = grouped.iter().collect();
        let from = self.user.pubkey();
        let act = self.kamino.repay(from, &self.party, &self.reserve(name), amount, &grouped);
        self.act(&[name], act)
    }

    /// The stranger offers `amount` of the debt for the collateral.
    pub fn liquidate(&mut self, pair: (&str, &str), amount: u64, least: u64) -> Result<(), u32> {
        let grouped = self.grouped();
        let grouped: Vec<&ReserveKeys> = grouped.iter().collect();
        let (debt, collateral) = (self.reserve(pair.0), self.reserve(pair.1));
        let who = self.stranger.pubkey();
        let sides = (&debt, &collateral);
        let act = self.kamino.liquidate(who, &self.party, sides, (amount, least), &grouped);
        self.act(&[pair.0, pair.1], act)
    }

    /// Collateral's reserves of an obligation in a group.
    fn grouped(&mut self) -> Vec<ReserveKeys> {
        if self.obligation(|obligation| obligation.group()) == 0 { vec![] } else { self.used().0 }
    }

    pub fn request(&mut self, group: u8) -> Result<(), u32> {
        let (deposits, borrows) = self.used();
        let used: Vec<&ReserveKeys> = deposits.iter().chain(&borrows).collect();
        let act = self.kamino.request_group(&self.party, group, &used);
        self.act(&[], act)
    }

    /// Reads or writes a reserve's account.
    pub fn edit<T>(&mut self, name: &str, f: impl FnOnce(&mut Reserve<'_>) -> T) -> T {
        let key = self.reserve(name).key;
        with(&mut self.vm, &key, |data| f(&mut Reserve(data)))
    }

    /// Reads or writes the market's account.
    pub fn market<T>(&mut self, f: impl FnOnce(&mut Market<'_>) -> T) -> T {
        with(&mut self.vm, &self.kamino.market, |data| f(&mut Market(data)))
    }

    /// Reads or writes the obligation's account.
    pub fn obligation<T>(&mut self, f: impl FnOnce(&mut Obligation<'_>) -> T) -> T {
        with(&mut self.vm, &self.party.obligation, |data| f(&mut Obligation(data)))
    }

    /// Receipts of a reserve in the obligation.
    pub fn collateral(&mut self, name: &str) -> u64 {
        let key = self.reserve(name).key;
        self.obligation(|o| o.deposit_of(&key).map_or(0, |i| o.deposit(i).amount()))
    }

    /// Debt of a reserve in the obligation, native units, rounded up.
    pub fn debt(&mut self, name: &str) -> u64 {
        let key = self.reserve(name).key;
        self.obligation(|o| o.borrow_of(&key).map_or(0, |i| o.borrow(i).amount().ceil()))
    }

    /// An owner's tokens of a reserve.
    pub fn tokens_of(&self, owner: &Pubkey, name: &str) -> u64 {
        let reserve = self.kamino.reserve(name);
        let key = trestle_packs::kamino::associated(owner, &reserve.token_program, &reserve.mint);
        balance(&self.vm, &key)
    }

    /// The borrower's tokens of a reserve.
    pub fn tokens(&self, name: &str) -> u64 {
        self.tokens_of(&self.user.pubkey(), name)
    }

    /// Lets time pass and publishes prices again.
    pub fn advance(&mut self, seconds: u32) {
        time::advance(&mut self.vm, seconds);
        self.kamino.publish(&mut self.vm);
    }
}
