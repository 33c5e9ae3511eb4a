//! A client in another language, out of the IDL alone: Python derives the
//! addresses, encodes the calls and lays out the message; the machine runs it.

use serde_json::{Value, json};
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use std::io::Write as _;
use std::process::{Command, Stdio};
use trestle_interface::state::PositionKind;
use trestle_sandbox::tokens::{balance_of, create_associated, fund};
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{User, World};

/// What Python answers.
fn python(requests: &Value) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../idl/python/trestle_idl.py");
    let mut child = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs: program/scripts/setup python");
    child.stdin.take().unwrap().write_all(requests.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the script failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn unhex(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_python_client_out_of_the_idl_opens_deposits_and_lends() {
    let mut world = World::new();
    let key = Keypair::new_from_array([90; 32]);
    let owner = key.pubkey();
    world.svm.airdrop(&owner, 10_000_000_000);
    let keys = world.assets[USDC].keys;
    fund(&mut world.svm, owner, &keys, 5_000_000);
    let pool = world.assets[USDC].pool;
    let account = world.trestle.margin(&owner, 7);
    let custody = world.trestle.custody(&account, &keys);
    // a token account is not Trestle's to make: any wallet can
    let open = create_associated(
        world.svm.payer.pubkey(),
        world.trestle.addresses().authority(&account),
        &keys,
    );
    world.send(&[open], &[]).unwrap();
    let group = world.trestle.group.to_string();
    let (margin, authority) = (
        json!({ "pda": "marginAccount",
            "seeds": { "group": group, "creator": owner.to_string(), "index": 7 } }),
        json!({ "pda": "authority", "seeds": { "account": account.to_string() } }),
    );
    let named = |more: Value| {
        let mut all = json!({
            "authority": owner.to_string(),
            "account": margin,
            "prices": world.trestle.prices.to_string(),
            "markets": world.trestle.markets.to_string(),
            "custody": custody.to_string(),
            "custodyOwner": authority,
            "mint": keys.mint.to_string(),
            "tokenProgram": keys.token_program.to_string(),
        });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let wallet = trestle_client::address::associated_token(&owner, &keys.token_program, &keys.mint);
    let request = json!({
        "payer": owner.to_string(),
        "blockhash": world.svm.vm().latest_blockhash().to_string(),
        "calls": [
            { "instruction": "createAccount", "args": { "index": 7, "capacity": 9 }, "accounts": {
                "payer": owner.to_string(), "owner": owner.to_string(), "group": group,
                "account": margin, "systemProgram": Pubkey::default().to_string() } },
            { "instruction": "deposit", "args": { "asset": USDC, "amount": 5_000_000 },
                "accounts": named(json!({ "source": wallet.to_string() })) },
            { "instruction": "poolSupply",
                "args": { "market": pool.market, "amount": 4_000_000, "minUnits": 1 },
                "accounts": named(json!({
                    "pool": { "pda": "pool", "seeds": { "group": group, "mint": keys.mint.to_string() } },
                    "vault": pool.vault.to_string() })) },
        ],
    });
    let answers = python(&json!([request]));
    let message = unhex(&answers[0]["message"]);
    // the wire: number of signatures, signatures, message
    let signature = key.sign_message(&message);
    let raw = [&[1], signature.as_ref(), &message].concat();
    let transaction: VersionedTransaction = bincode::deserialize(&raw).unwrap();
    world.svm.vm().send_transaction(transaction).unwrap();
    assert_eq!(balance_of(&world.svm, &custody), 1_000_000);

    let data = hex(&world.svm.data(&account));
    let pages = hex(&world.svm.data(&world.trestle.prices));
    let answers = python(&json!([
        { "decode": { "account": "marginAccount", "data": data } },
        { "decode": { "account": "pricesPage", "data": pages } },
    ]));
    let told = &answers[0]["fields"];
    assert_eq!(told["owner"], json!(owner.to_string()));
    assert_eq!((&told["sequence"], &told["count"]), (&json!(2), &json!(2)));
    assert_eq!(told["elements"].as_array().unwrap().len(), 9);
    assert_eq!(told["elements"][0]["kind"], json!(PositionKind::Custody.byte()));
    assert_eq!(told["elements"][0]["units"], json!(1_000_000));
    assert_eq!(told["elements"][1]["kind"], json!(PositionKind::PoolDeposit.byte()));
    let mantissa = world.with_pages(|board| board.prices.assets[SOL].price_mantissa);
    assert_eq!(answers[1]["fields"]["assets"][SOL]["priceMantissa"], json!(mantissa));
}

#[test]
fn a_call_of_another_shape_is_not_encoded() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../idl/python/trestle_idl.py");
    let mut child = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let request = json!([{ "payer": User::new(&mut World::new(), 1, 8).address().to_string(),
        "blockhash": Pubkey::default().to_string(),
        "calls": [{ "instruction": "deposit", "args": { "asset": 256, "amount": 1 }, "accounts": {} }] }]);
    child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    assert!(!child.wait().unwrap().success());
}
