//! Reads a recording and sends its steps to the mock.

use base64::Engine;
use litesvm::LiteSVM;
use serde_json::Value;
use solana_account::Account;
use solana_clock::Clock;
use solana_instruction::{AccountMeta, Instruction};
use solana_message::Message;
use solana_program::pubkey::Pubkey;
use solana_transaction::Transaction;
use std::collections::BTreeMap;
use trestle_packs::deployed;

/// klend.
const KLEND: Pubkey = Pubkey::from_str_const("KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD");
/// The program that called klend in the recording.
const CALLER: Pubkey = Pubkey::from_str_const("GhFJh9xhWQULf6W1WJLNTViiTWEs4wAj3FevZ616wxL2");
/// A program whose mere presence matters to one step.
const JUPITER: Pubkey = Pubkey::from_str_const("jupr81YtYssSyPt8jbnGuiWon5f6x9TcDEFxYe3Bdzi");
const FARMS: Pubkey = Pubkey::from_str_const("FarmsPZpWu9i7Kky8tPN37rs2TpmMrAZrC7S7vJa91Hr");
const BUDGET: Pubkey = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");

type Accounts = BTreeMap<Pubkey, Option<Account>>;

/// An instruction of a step.
pub struct Call {
    /// What klend or another program is given.
    pub instruction: Instruction,
    /// Its data.
    pub hex: String,
    by_cpi: bool,
}

/// One recorded transaction.
pub struct Step {
    /// What it is about.
    pub label: String,
    /// How it failed.
    pub error: Option<String>,
    /// Its instructions.
    pub calls: Vec<Call>,
    /// Accounts before.
    pub before: Accounts,
    /// Accounts that changed.
    pub after: Accounts,
    /// Names of accounts.
    pub names: BTreeMap<Pubkey, String>,
    /// Who paid the transaction.
    pub fee_payer: Pubkey,
    slot: u64,
    unix: i64,
}

/// The steps of a recording; `None`, visibly, when it is not at hand.
pub fn load(name: &str) -> Option<Vec<Step>> {
    let path = trestle_fixtures::folder().join("traces").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no recording {name} (set TRESTLE_FIXTURES)");
        return None;
    };
    let json: Value = serde_json::from_str(&text).expect("the recording is JSON");
    Some(json["steps"].as_array().expect("steps").iter().map(step).collect())
}

fn step(json: &Value) -> Step {
    let mut names = BTreeMap::new();
    let calls = list(&json["instructions"]).iter().map(|call| {
        let accounts = list(&call["accounts"]).iter().map(|meta| {
            let pubkey = key(&meta["key"]);
            if let Some(name) = meta["name"].as_str() {
                names.insert(pubkey, name.to_owned());
            }
            let flag = |name: &str| meta[name].as_bool().expect("a flag");
            AccountMeta { pubkey, is_signer: flag("signer"), is_writable: flag("writable") }
        });
        let hex = call["data"].as_str().expect("data").to_owned();
        let accounts = accounts.collect();
        let (program_id, data) = (key(&call["program"]), bytes(&hex));
        let by_cpi = call["by_cpi"].as_bool().expect("by_cpi");
        Call { instruction: Instruction { program_id, accounts, data }, hex, by_cpi }
    });
    let calls = calls.collect();
    Step {
        label: json["label"].as_str().expect("label").to_owned(),
        error: json["error"].as_str().map(str::to_owned),
        calls,
        before: accounts(&json["before"]),
        after: accounts(&json["after_changed"]),
        names,
        fee_payer: key(&json["fee_payer"]),
        slot: json["slot"].as_u64().expect("slot"),
        unix: json["unix_timestamp"].as_i64().expect("time"),
    }
}

/// Runs a step on the mock: how it failed, and all its accounts after.
pub fn run(step: &Step) -> (Option<String>, Accounts) {
    let mut vm = LiteSVM::new().with_sigverify(false).with_blockhash_check(false);
    for (id, elf) in [(KLEND, "klend"), (FARMS, "farms"), (CALLER, "proxy"), (JUPITER, "proxy")] {
        vm.add_program(id, &deployed(elf)).expect("the program loads");
    }
    for (key, account) in &step.before {
        if let Some(account) = account {
            vm.set_account(*key, account.clone()).expect("account is set");
        }
    }
    vm.warp_to_slot(step.slot);
    let clock = Clock { slot: step.slot, unix_timestamp: step.unix, ..vm.get_sysvar::<Clock>() };
    vm.set_sysvar(&clock);
    let message = Message::new(&instructions(step), Some(&step.fee_payer));
    let outcome = vm.send_transaction(Transaction::new_unsigned(message));
    let error = outcome.err().map(|failed| format!("{:?}", failed.err));
    let keys = step.before.keys().map(|key| (*key, vm.get_account(key)));
    (error, keys.collect())
}

/// What the recording sent: a compute budget, then calls at the top level and
/// runs of calls through the caller.
fn instructions(step: &Step) -> Vec<Instruction> {
    let mut data = vec![2];
    data.extend_from_slice(&1_400_000_u32.to_le_bytes());
    let mut all = vec![Instruction { program_id: BUDGET, accounts: vec![], data }];
    for run in step.calls.chunk_by(|a, b| a.by_cpi == b.by_cpi) {
        let calls: Vec<Instruction> = run.iter().map(|call| stand_in(&call.instruction)).collect();
        if run[0].by_cpi {
            all.push(mock_proxy::wrap(&CALLER, &calls));
        } else {
            all.extend(calls);
        }
    }
    all
}

/// The program that only has to be there gets data that its stand-in takes.
fn stand_in(instruction: &Instruction) -> Instruction {
    let mut instruction = instruction.clone();
    if instruction.program_id == JUPITER {
        instruction.data.clear();
    }
    instruction
}

fn accounts(json: &Value) -> Accounts {
    let entries = json.as_object().expect("accounts").iter();
    entries
        .map(|(name, json)| {
            let account = (!json.is_null()).then(|| Account {
                lamports: json["lamports"].as_u64().expect("lamports"),
                data: base64::engine::general_purpose::STANDARD
                    .decode(json["data"].as_str().expect("data"))
                    .expect("base64"),
                owner: key(&json["owner"]),
                executable: false,
                rent_epoch: u64::MAX,
            });
            (name.parse().expect("a key"), account)
        })
        .filter(|(key, _): &(Pubkey, _)| !key.to_string().starts_with("Sysvar"))
        .collect()
}

fn list(json: &Value) -> &[Value] {
    json.as_array().expect("a list")
}

fn key(json: &Value) -> Pubkey {
    json.as_str().expect("a key").parse().expect("base58")
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hex"))
        .collect()
}
