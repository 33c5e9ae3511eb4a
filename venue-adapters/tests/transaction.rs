//! The instructions sysvar's bytes.
#![allow(clippy::indexing_slicing)] // helpers of tests may panic, as tests do

use trestle_venue_adapters::transaction::Transaction;

/// Keys of accounts, program, data.
type Raw<'a> = (&'a [u8], u8, &'a [u8]);

/// As the runtime writes them: counts, offsets, instructions, the running one.
fn sysvar(instructions: &[Raw<'_>], current: u16) -> Vec<u8> {
    let mut bodies = vec![];
    let mut out = u16::try_from(instructions.len()).unwrap().to_le_bytes().to_vec();
    let first = out.len() + 2 * instructions.len();
    for (accounts, program, data) in instructions {
        out.extend(u16::try_from(first + bodies.len()).unwrap().to_le_bytes());
        bodies.extend(u16::try_from(accounts.len()).unwrap().to_le_bytes());
        for key in *accounts {
            bodies.push(3);
            bodies.extend([*key; 32]);
        }
        bodies.extend([*program; 32]);
        bodies.extend(u16::try_from(data.len()).unwrap().to_le_bytes());
        bodies.extend_from_slice(data);
    }
    out.extend(bodies);
    out.extend(current.to_le_bytes());
    out
}

#[test]
fn instructions_are_read_by_number() {
    let data = sysvar(&[(&[], 7, &[]), (&[1, 2], 8, &[30]), (&[3], 9, &[1, 2, 3])], 1);
    let transaction = Transaction::read(&data).unwrap();
    assert_eq!(transaction.current(), 1);
    let first = transaction.instruction(0).unwrap();
    assert_eq!((first.program, first.data, first.account(0)), ([7; 32], &[][..], None));
    let second = transaction.instruction(1).unwrap();
    assert_eq!((second.program, second.data), ([8; 32], &[30][..]));
    assert_eq!(second.account(0), Some([1; 32]));
    assert_eq!(second.account(1), Some([2; 32]));
    assert_eq!(second.account(2), None, "what follows is no account of it");
    assert_eq!(second.account(usize::MAX), None);
    assert_eq!(transaction.instruction(2).unwrap().data, [1, 2, 3]);
    assert_eq!(transaction.instruction(3), None);
    assert_eq!(transaction.instruction(u16::MAX), None);
}

#[test]
fn data_that_end_early_hold_no_instruction() {
    let data = sysvar(&[(&[1, 2], 8, &[30, 31])], 0);
    assert!(Transaction::read(&[]).is_none() && Transaction::read(&[0]).is_none());
    // without its last number the data end where the instruction does
    let whole = data.len() - 2;
    for len in 2..whole {
        let cut = Transaction::read(&data[..len]).unwrap();
        assert_eq!(cut.instruction(0), None, "{len} bytes");
    }
    assert!(Transaction::read(&data[..whole]).unwrap().instruction(0).is_some());
    // counts and offsets that point beyond
    for at in [2, 3, 4, 5] {
        let mut bad = data.clone();
        bad[at] = 255;
        let read = Transaction::read(&bad).unwrap();
        assert_eq!(read.instruction(0), None, "byte {at}");
    }
}
