//! The event codec: what is encoded is read, and nothing else is.

use trestle_interface::Address;
use trestle_interface::event::{
    AccountState, Body, Event, EventKind, Head, Leg, LenderState, MAGIC, Single, TABLE, VERSION,
};
use trestle_interface::wire::Wire;

fn head(kind: EventKind, count: u8) -> Head {
    Head {
        magic: MAGIC,
        version: VERSION,
        kind: kind.byte(),
        count,
        previous: 4,
        sequence: 6,
        subject: Address::new_from_array([9; 32]),
    }
}

fn leg(market: u16, units: u128) -> Leg {
    Leg { market, kind: 2, class: 0, asset: 3, venue_account: 255, units }
}

fn encoded<B: Single>(body: &B) -> Vec<u8> {
    let mut bytes = vec![0; Head::LEN + B::LEN];
    let mut out = bytes.as_mut_slice();
    head(B::KIND, 1).put(&mut out).unwrap();
    body.put(&mut out).unwrap();
    assert!(out.is_empty());
    bytes
}

fn legs(all: &[Leg]) -> Vec<u8> {
    let mut bytes = head(EventKind::Legs, u8::try_from(all.len()).unwrap()).to_bytes().to_vec();
    all.iter().for_each(|leg| bytes.extend(leg.to_bytes()));
    bytes
}

#[test]
fn legs_are_read_back() {
    let all = [leg(1, 7), leg(2, u128::MAX), leg(65_535, 0)];
    let bytes = legs(&all);
    let event = Event::decode(&bytes).unwrap();
    assert_eq!((event.head.previous, event.head.sequence), (4, 6));
    let Body::Legs(read) = event.body else { panic!("{event:?}") };
    assert!(read.eq(all));
    let empty = legs(&[]);
    assert!(matches!(Event::decode(&empty).unwrap().body, Body::Legs(none) if none.count() == 0));
}

#[test]
fn states_are_read_back() {
    let key = |byte| Address::new_from_array([byte; 32]);
    let account = AccountState {
        group: key(1),
        owner: key(2),
        creator: key(3),
        index: 513,
        capacity: 64,
        status: 0,
        open: true,
    };
    assert_eq!(Event::decode(&encoded(&account)).unwrap().body, Body::Account(account));
    let lender = LenderState { pool: key(4), owner: key(5), units: u64::MAX, open: false };
    assert_eq!(Event::decode(&encoded(&lender)).unwrap().body, Body::Lender(lender));
}

#[test]
fn nothing_else_is_an_event() {
    let whole = legs(&[leg(1, 7), leg(2, 8)]);
    for length in 0..whole.len() {
        assert_eq!(Event::decode(&whole[..length]), None, "{length} bytes");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert_eq!(Event::decode(&longer), None);
    // magic, version, kind, count
    for at in 0..7 {
        let mut other = whole.clone();
        other[at] = other[at].wrapping_add(100);
        assert_eq!(Event::decode(&other), None, "byte {at}");
    }
    // a state counts exactly one
    let lender =
        LenderState { pool: Address::default(), owner: Address::default(), units: 1, open: true };
    let mut bytes = encoded(&lender);
    bytes[6] = 2;
    assert_eq!(Event::decode(&bytes), None);
}

#[test]
fn the_table_has_every_kind_once() {
    for (row, byte) in TABLE.iter().zip(1_u8..) {
        assert_eq!(row.kind.byte(), byte);
        assert!(!row.fields.is_empty(), "{}", row.name);
    }
    assert_eq!(EventKind::from_byte(u8::try_from(TABLE.len()).unwrap() + 1), None);
}
