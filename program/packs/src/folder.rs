//! Packs as folders: `pack.json`, `program.so`, further programs, and
//! `accounts/*.json` in the form of `solana account --output json`.

use crate::account;
use crate::pack::{Origin, Pack, PriceInput, Reserve};
use serde_json::{Value, json};
use solana_program::pubkey::Pubkey;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Offset of the slot of a reserve's last refresh.
const RESERVE_SLOT: usize = 16;
/// Offset of the time of its saved price.
const RESERVE_PRICE_TIME: usize = 264;

/// Writes a pack into a folder, which is created.
///
/// # Errors
/// Those of the file system.
pub fn write(pack: &Pack, dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir.join("accounts"))?;
    let mut programs = serde_json::Map::new();
    for (id, elf) in &pack.programs {
        let own = *id == pack.program;
        let file = if own { "program.so".to_owned() } else { format!("{id}.so") };
        std::fs::write(dir.join(&file), elf)?;
        if !own {
            programs.insert(id.to_string(), file.into());
        }
    }
    for (key, account) in &pack.accounts {
        let text = serde_json::to_string_pretty(&account::encode(key, account))?;
        std::fs::write(dir.join("accounts").join(format!("{key}.json")), text)?;
    }
    let reserves: Vec<Value> = pack.reserves.iter().map(|reserve| {
        json!({ "name": reserve.name, "reserve": reserve.key.to_string(), "price": price(&reserve.price) })
    }).collect();
    let spec = json!({
        "program": pack.program.to_string(),
        "programs": programs,
        "market": pack.market.to_string(),
        "slot": pack.taken.0,
        "unix": pack.taken.1,
        "reserves": reserves,
    });
    std::fs::write(dir.join("pack.json"), serde_json::to_string_pretty(&spec)?)
}

fn price(input: &PriceInput) -> Value {
    match input {
        PriceInput::Pyth(key) => json!({ "pyth": key.to_string() }),
        PriceInput::Scope { account, price, twap } => {
            json!({ "scope": { "account": account.to_string(), "price": price, "twap": twap } })
        }
        PriceInput::Saved => json!("saved"),
    }
}

/// Reads a pack from a folder.
///
/// # Errors
/// What is missing or of another form, in words.
pub fn read(dir: &Path) -> Result<Pack, String> {
    let load = |name: &str| std::fs::read(dir.join(name)).map_err(|e| format!("{name}: {e}"));
    let spec: Value = serde_json::from_slice(&load("pack.json")?).map_err(|e| e.to_string())?;
    let program = key(&spec["program"])?;
    let mut programs = vec![(program, load("program.so")?)];
    for (id, file) in spec["programs"].as_object().into_iter().flatten() {
        let file = file.as_str().ok_or("programs: a file name per id")?;
        programs.push((key(&Value::from(id.as_str()))?, load(file)?));
    }
    let mut accounts = vec![];
    for entry in std::fs::read_dir(dir.join("accounts")).map_err(|e| format!("accounts: {e}"))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let text = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let json = serde_json::from_slice(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        let account = account::decode(&json);
        accounts.push(account.ok_or_else(|| format!("{}: no account", path.display()))?);
    }
    accounts.sort_by_key(|(key, _)| *key);
    let listed = spec["reserves"].as_array().ok_or("reserves: a list")?;
    let reserves = listed.iter().map(reserve).collect::<Result<Vec<_>, _>>()?;
    let market = key(&spec["market"])?;
    let mut pack =
        Pack { origin: Origin::Mock, program, programs, accounts, market, reserves, taken: (0, 0) };
    let newest = newest(&pack)?;
    pack.taken = (
        spec["slot"].as_u64().unwrap_or(0).max(newest.0),
        spec["unix"].as_i64().unwrap_or(0).max(newest.1),
    );
    Ok(pack)
}

/// The clock cannot be behind what the reserves have seen.
fn newest(pack: &Pack) -> Result<(u64, i64), String> {
    let mut newest = (0, 0);
    for reserve in &pack.reserves {
        let found = pack.accounts.iter().find(|(key, _)| *key == reserve.key);
        let (_, account) =
            found.ok_or_else(|| format!("no account of reserve {}", reserve.name))?;
        let at = |offset: usize| {
            let bytes = account.data.get(offset..offset + 8).and_then(|b| b.try_into().ok());
            bytes.map(u64::from_le_bytes).ok_or("a reserve that is too short")
        };
        let time = i64::try_from(at(RESERVE_PRICE_TIME)?).map_err(|e| e.to_string())?;
        newest = (newest.0.max(at(RESERVE_SLOT)?), newest.1.max(time));
    }
    Ok(newest)
}

fn reserve(json: &Value) -> Result<Reserve, String> {
    let name = json["name"].as_str().ok_or("reserves: a name")?.to_owned();
    let input = &json["price"];
    let scope = &input["scope"];
    let price = if input.as_str() == Some("saved") {
        PriceInput::Saved
    } else if scope.is_object() {
        let entries = |name: &str| -> Vec<u16> {
            let list = scope[name].as_array().into_iter().flatten();
            list.filter_map(|entry| entry.as_u64()?.try_into().ok()).collect()
        };
        let (price, twap) = (entries("price"), entries("twap"));
        PriceInput::Scope { account: key(&scope["account"])?, price, twap }
    } else {
        PriceInput::Pyth(key(&input["pyth"])?)
    };
    Ok(Reserve { name, key: key(&json["reserve"])?, price })
}

fn key(json: &Value) -> Result<Pubkey, String> {
    let text = json.as_str().ok_or("pack.json: an address is missing")?;
    text.parse().map_err(|_| format!("{text} is no address"))
}

/// Writes a pack and reads it again, as one from outside would be.
///
/// # Panics
/// When that fails, or does not give the same pack.
#[must_use]
pub fn round_trip(pack: &Pack) -> Pack {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let unique = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let dir = crate::root().join("target/packs").join(unique);
    write(pack, &dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let again = read(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    std::fs::remove_dir_all(&dir).expect("the folder is ours");
    again
}
