//! Accounts in the form of `solana account --output json`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use solana_account::Account;
use solana_program::pubkey::Pubkey;

/// The JSON of an account.
#[must_use]
pub fn encode(key: &Pubkey, account: &Account) -> Value {
    json!({
        "pubkey": key.to_string(),
        "account": {
            "lamports": account.lamports,
            "data": [STANDARD.encode(&account.data), "base64"],
            "owner": account.owner.to_string(),
            "executable": account.executable,
            "rentEpoch": account.rent_epoch,
            "space": account.data.len(),
        },
    })
}

/// The account of a JSON; `None` when it is of another form.
#[must_use]
pub fn decode(json: &Value) -> Option<(Pubkey, Account)> {
    let account = &json["account"];
    let data = account["data"].as_array()?;
    if data.get(1)?.as_str()? != "base64" {
        return None;
    }
    let decoded = Account {
        lamports: account["lamports"].as_u64()?,
        data: STANDARD.decode(data.first()?.as_str()?).ok()?,
        owner: account["owner"].as_str()?.parse().ok()?,
        executable: account["executable"].as_bool()?,
        rent_epoch: account["rentEpoch"].as_u64().unwrap_or(u64::MAX),
    };
    Some((json["pubkey"].as_str()?.parse().ok()?, decoded))
}
