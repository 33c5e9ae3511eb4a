//! Writes events into the transaction's log; [`trestle_interface::event`] says
//! what they mean. Each is written where the state that it tells is stored, so
//! that no instruction can change one without the other.

use crate::accounts::Context;
use solana_program::log::sol_log_data;
use solana_program::pubkey::Pubkey;
use trestle_interface::event::{EventKind, Head, Leg, MAGIC, Single, VERSION};
use trestle_interface::wire::Wire;

/// Room for a head and any body of its own.
const ROOM: usize = 192;

/// Logs a state by itself. `sequence` is the subject's before and after.
#[inline(never)]
pub(crate) fn log<B: Single>(subject: &Pubkey, sequence: [u64; 2], body: &B) {
    const { assert!(Head::LEN + B::LEN <= ROOM) };
    let mut bytes = [0; ROOM];
    let mut out = bytes.as_mut_slice();
    let head = head(B::KIND, 1, subject, sequence);
    // cannot fail: there is room
    let _ = head.put(&mut out).and_then(|()| body.put(&mut out));
    let used = const { Head::LEN + B::LEN };
    sol_log_data(&[bytes.get(..used).unwrap_or(&[])]);
}

/// Publishes one act on a margin account, and the fact of it behind.
pub(crate) fn publish<B: Single>(context: &mut Context<'_, '_>, fact: &B) {
    let previous = context.margin.fixed.sequence;
    context.margin.publish(context.account, 1);
    log(context.account, [previous, context.margin.fixed.sequence], fact);
}

/// Logs positions of a margin account, or that none moved. `sequence` is the
/// account's before and after.
#[inline(never)]
pub(crate) fn log_legs(
    subject: &Pubkey,
    sequence: [u64; 2],
    legs: impl ExactSizeIterator<Item = Leg>,
) {
    let count = u8::try_from(legs.len()).unwrap_or(u8::MAX);
    let room = Leg::LEN.saturating_mul(legs.len()).saturating_add(Head::LEN);
    let mut bytes = vec![0_u8; room];
    let mut out = bytes.as_mut_slice();
    let head = head(EventKind::Legs, count, subject, sequence);
    // cannot fail: there is room
    let _ = head.put(&mut out);
    for leg in legs {
        let _ = leg.put(&mut out);
    }
    sol_log_data(&[&bytes]);
}

fn head(kind: EventKind, count: u8, subject: &Pubkey, sequence: [u64; 2]) -> Head {
    let [previous, sequence] = sequence;
    Head {
        magic: MAGIC,
        version: VERSION,
        kind: kind.byte(),
        count,
        previous,
        sequence,
        subject: *subject,
    }
}
