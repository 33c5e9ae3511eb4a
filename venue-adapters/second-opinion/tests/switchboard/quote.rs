//! Oracle quotes against the crate's parser and queue.

use std::mem::{offset_of, size_of};
use switchboard_on_demand::on_demand::accounts::queue::QueueAccountData;
use switchboard_on_demand::on_demand::oracle_quote::instruction_parser::ParsedEd25519Instruction;
use trestle_venue_adapters::oracle::switchboard::{QUOTES, quote, signers};

const QUEUE: [u8; 32] = [5; 32];
const HEAD: usize = 42;

/// An account of `n` signatures over `feeds` feeds, keys first, then signatures.
fn account(n: usize, feeds: usize) -> Vec<u8> {
    let word = |x: usize| u16::try_from(x).unwrap().to_le_bytes();
    let (keys, message_len) = (2 + 14 * n, 32 + 49 * feeds);
    let (signatures, message) = (keys + 32 * n, keys + 96 * n);
    let mut body = vec![u8::try_from(n).unwrap(), 0];
    for i in 0..n {
        let (signature, key) = (signatures + 64 * i, keys + 32 * i);
        for field in [signature, 2, key, 2, message, message_len, 2] {
            body.extend(word(field));
        }
    }
    // every byte of the keys, signatures, message and indices differs from its neighbours
    let filled = message + message_len + n;
    for i in body.len()..filled {
        body.push(u8::try_from(i * 7 % 251).unwrap());
    }
    body.extend(987_654_321_u64.to_le_bytes());
    body.push(3);
    body.extend(quote::TAIL);
    let mut data = quote::DISCRIMINATOR.to_vec();
    data.extend(QUEUE);
    data.extend(word(body.len()));
    data.extend(body);
    data
}

#[test]
fn a_quote_says_the_same_to_both() {
    for n in 1..=8 {
        for feeds in 1..=8 {
            let data = account(n, feeds);
            let ours = quote::parse(&data, &QUOTES, &QUEUE).unwrap();
            let theirs = ParsedEd25519Instruction::parse(&data[HEAD..]).unwrap();
            assert_eq!(ours.slot, theirs.slot);
            assert_eq!(ours.version, theirs.version);
            assert_eq!(ours.oracles, theirs.oracle_idxs);
            assert_eq!(ours.slot_hash, theirs.quote_header.signed_slothash);
            for (i, signature) in theirs.signatures.iter().enumerate() {
                assert_eq!(ours.signer(i), Some(signature.pubkey));
            }
            let ours: Vec<_> = ours.feeds().collect();
            assert_eq!(ours.len(), theirs.feeds.len());
            for (ours, theirs) in ours.iter().zip(&theirs.feeds) {
                assert_eq!(ours.id, *theirs.feed_id());
                assert_eq!(ours.value, theirs.feed_value());
                assert_eq!(ours.min_samples, theirs.min_oracle_samples());
            }
        }
    }
}

/// What the crate's parser refuses, ours refuses too.
#[test]
fn we_are_never_laxer() {
    let good = account(2, 2);
    for at in HEAD..good.len() {
        for byte in [0, 1, 3, 9, 127, 255] {
            let mut data = good.clone();
            data[at] = byte;
            if quote::parse(&data, &QUOTES, &QUEUE).is_ok() {
                assert!(ParsedEd25519Instruction::parse(&data[HEAD..]).is_ok(), "byte {at}");
            }
        }
    }
}

#[test]
fn a_queue_has_the_crates_layout() {
    use switchboard_on_demand::Discriminator;
    assert_eq!(signers::LEN, size_of::<QueueAccountData>() + 8);
    assert_eq!(signers::KEYS, offset_of!(QueueAccountData, ed25519_oracle_signing_keys) + 8);
    assert_eq!(signers::DISCRIMINATOR, QueueAccountData::DISCRIMINATOR);
}
