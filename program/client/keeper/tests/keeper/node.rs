//! The RPC side, against a node of our own that answers by a table.

use serde_json::{Value, json};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer as _;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use trestle_interface::state::{Account as _, MarginAccount};
use trestle_interface::{PROGRAM_ID, Tag, TrestleError};
use trestle_keeper::rpc::Rpc;
use trestle_keeper::{Chain as _, ChainError, Outcome};

const CLOCK: &str = "SysvarC1ock11111111111111111111111111111111";

/// A node: results by method, and what it was asked.
struct Node {
    url: String,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Node {
    fn new(answers: &[(&'static str, Value)]) -> Self {
        let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.server_addr().to_ip().unwrap());
        let answers: BTreeMap<&str, Value> = answers.iter().cloned().collect();
        let asked = Arc::new(Mutex::new(vec![]));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for mut request in server.incoming_requests() {
                let question: Value = serde_json::from_reader(request.as_reader()).unwrap();
                let method = question["method"].as_str().unwrap();
                let mut answer = json!({"jsonrpc": "2.0", "id": question["id"]});
                match answers.get(method) {
                    Some(Value::Object(error)) if error.contains_key("code") => {
                        answer["error"] = Value::Object(error.clone());
                    }
                    Some(result) => answer["result"] = result.clone(),
                    None => answer["error"] = json!({"code": -32601, "message": "not found"}),
                }
                log.lock().unwrap().push(question);
                request.respond(tiny_http::Response::from_string(answer.to_string())).unwrap();
            }
        });
        Self { url, asked }
    }

    fn chain(&self) -> Rpc {
        Rpc::new(&self.url, Duration::from_secs(5), Keypair::new_from_array([9; 32]), 77)
    }

    fn asked(&self, method: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|question| question["method"] == method).cloned().collect()
    }
}

fn context(value: Value) -> Value {
    json!({"context": {"slot": 5, "apiVersion": "4.2.2"}, "value": value})
}

fn account(data: &str) -> Value {
    json!({"lamports": 1, "data": [data, "base64"], "owner": PROGRAM_ID.to_string(),
        "executable": false, "rentEpoch": 0, "space": 0})
}

fn blockhash() -> (&'static str, Value) {
    let hash = Address::new_from_array([3; 32]).to_string();
    ("getLatestBlockhash", context(json!({"blockhash": hash, "lastValidBlockHeight": 9})))
}

fn instruction() -> Instruction {
    let accounts = vec![AccountMeta::new_readonly(Address::new_from_array([1; 32]), false)];
    Instruction { program_id: PROGRAM_ID, accounts, data: vec![Tag::GetHealth.byte()] }
}

#[test]
fn the_clock_is_read_from_its_account() {
    // slot 7, then three words that do not matter, Unix time 1,000
    let data = "BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADoAwAAAAAAAA==";
    let node = Node::new(&[("getMultipleAccounts", context(json!([account(data)])))]);
    let now = node.chain().now().unwrap();
    assert_eq!((now.slot, now.unix), (7, 1_000));
    assert_eq!(node.asked("getMultipleAccounts")[0]["params"][0], json!([CLOCK]));
    let empty = Node::new(&[("getMultipleAccounts", context(json!([null])))]);
    assert!(matches!(empty.chain().now(), Err(ChainError::Unreachable(_))));
}

#[test]
fn accounts_come_in_order_a_hundred_at_a_time() {
    let node = Node::new(&[("getMultipleAccounts", context(json!([account("AQI="), null])))]);
    let keys: Vec<Address> = (0..101).map(|n| Address::new_from_array([n; 32])).collect();
    let found = node.chain().accounts(&keys).unwrap();
    // the node answers two for each request, whatever it is asked
    assert_eq!(found, vec![Some(vec![1, 2]), None, Some(vec![1, 2]), None]);
    let sizes: Vec<usize> = node
        .asked("getMultipleAccounts")
        .iter()
        .map(|question| question["params"][0].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [100, 1]);
}

#[test]
fn accounts_of_the_program_are_asked_for_by_kind_and_group() {
    let key = Address::new_from_array([4; 32]);
    let found = json!([{"pubkey": key.to_string(), "account": account("BQ==")}]);
    let node = Node::new(&[("getProgramAccounts", found)]);
    let group = Address::new_from_array([2; 32]);
    let kind = MarginAccount::DISCRIMINATOR;
    let found = node.chain().owned(&PROGRAM_ID, kind, &group).unwrap();
    assert_eq!(found, vec![(key, vec![5])]);
    let asked = &node.asked("getProgramAccounts")[0]["params"];
    assert_eq!(asked[0], PROGRAM_ID.to_string());
    let filters = asked[1]["filters"].as_array().unwrap();
    let offsets: Vec<&Value> = filters.iter().map(|filter| &filter["memcmp"]["offset"]).collect();
    assert_eq!(offsets, [&json!(0), &json!(16)]);
}

#[test]
fn a_simulation_tells_units_logs_and_the_programs_own_errors() {
    let landed = json!({"err": null, "logs": ["a line"], "unitsConsumed": 123});
    let node = Node::new(&[blockhash(), ("simulateTransaction", context(landed))]);
    let outcome = node.chain().simulate(&[instruction()]).unwrap();
    assert_eq!(outcome, Outcome::Landed { units: 123, logs: vec!["a line".to_owned()] });
    // the third instruction, behind the two of the compute budget, is ours
    let code = TrestleError::Healthy.code();
    for (place, reason) in [(2, "Healthy"), (1, "")] {
        let error = json!({"InstructionError": [place, {"Custom": code}]});
        let refused = json!({"err": error, "logs": [], "unitsConsumed": 5});
        let node = Node::new(&[blockhash(), ("simulateTransaction", context(refused))]);
        let outcome = node.chain().simulate(&[instruction()]).unwrap();
        let Outcome::Refused { reason: found } = outcome else { panic!("{outcome:?}") };
        assert_eq!(found == "Healthy", reason == "Healthy", "{found}");
    }
}

#[test]
fn a_transaction_is_sent_signed_and_its_end_is_waited_for() {
    let signed = |node: &Node| node.chain().send(&[instruction()], 1_000);
    let confirmed = json!([{"slot": 5, "confirmations": 1, "err": null,
        "status": {"Ok": null}, "confirmationStatus": "confirmed"}]);
    // the client compares the node's answer with the signature that it made
    let node = Node::new(&[blockhash(), ("getSignatureStatuses", context(confirmed))]);
    assert!(matches!(signed(&node), Err(ChainError::Unreachable(_))), "it was not taken");
    assert!(!node.asked("sendTransaction").is_empty());
    let preflight = json!({"code": -32002, "message": "Transaction simulation failed", "data": {
        "err": {"InstructionError": [2, {"Custom": TrestleError::CoolOff.code()}]},
        "logs": [], "accounts": null, "unitsConsumed": 0, "returnData": null,
        "innerInstructions": null, "replacementBlockhash": null}});
    let node = Node::new(&[blockhash(), ("sendTransaction", preflight)]);
    assert_eq!(signed(&node), Ok(Outcome::Refused { reason: "CoolOff".to_owned() }));
}

#[test]
fn what_is_too_large_is_not_sent() {
    let node = Node::new(&[blockhash()]);
    let accounts =
        (0..60).map(|n| AccountMeta::new(Address::new_from_array([n; 32]), false)).collect();
    let large = Instruction { accounts, ..instruction() };
    let refused = node.chain().simulate(&[large]);
    assert!(matches!(refused, Err(ChainError::TooLarge(bytes)) if bytes > 1_232), "{refused:?}");
    assert!(node.asked("simulateTransaction").is_empty());
}

#[test]
fn a_silent_node_is_no_panic_and_the_key_is_never_shown() {
    let chain = Rpc::new(
        "http://127.0.0.1:1",
        Duration::from_millis(200),
        Keypair::new_from_array([9; 32]),
        0,
    );
    let shown = format!("{chain:?}");
    assert!(shown.contains(&chain.wallet().to_string()));
    let secret = Keypair::new_from_array([9; 32]);
    assert!(!shown.contains(&secret.to_base58_string()) && !shown.contains("9, 9, 9"));
    assert_eq!(secret.pubkey(), chain.wallet());
    let mut chain = chain;
    assert!(matches!(chain.now(), Err(ChainError::Unreachable(_))));
}
