//! The program's own entrypoint and heap.

use std::alloc::{GlobalAlloc, Layout};

unsafe extern "C" {
    fn sol_set_return_data(data: *const u8, length: u64);
}

const HEAP_START: usize = 0x3_0000_0000;
const HEAP_SIZE: usize = 32 * 1024;

struct Bump;

// SAFETY: memory is handed out once, upwards, and never taken back.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let next = HEAP_START as *mut usize;
        // SAFETY: the runtime zeroes the heap, whose first word this keeps.
        let position = unsafe { if *next == 0 { HEAP_START + 8 } else { *next } };
        let start = position.next_multiple_of(layout.align());
        let end = start + layout.size();
        if end > HEAP_START + HEAP_SIZE {
            return std::ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe { *next = end };
        start as *mut u8
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static HEAP: Bump = Bump;

/// What the runtime calls. With no accounts, the input is two words, the second
/// of which is the length of the instruction data that follows.
#[unsafe(no_mangle)]
extern "C" fn entrypoint(input: *const u64) -> u64 {
    // SAFETY: the runtime's layout of the input.
    let data =
        unsafe { std::slice::from_raw_parts(input.add(2).cast::<u8>(), *input.add(1) as usize) };
    let [number, rest @ ..] = data else { return 1 };
    let mut words = rest.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
    let mut next = || words.next().unwrap_or(0);
    if *number >= crate::COST {
        let operands = [next(), next(), next(), next()];
        return respond(&crate::measure(*number - crate::COST, operands).to_le_bytes());
    }
    if *number >= crate::TRAPS {
        crate::fail(*number - crate::TRAPS, next());
        return 0;
    }
    match crate::run(usize::from(*number), next(), next() as u32) {
        Some(digest) => respond(&digest.to_le_bytes()),
        None => 2,
    }
}

fn respond(data: &[u8]) -> u64 {
    // SAFETY: pointer and length are the slice's.
    unsafe { sol_set_return_data(data.as_ptr(), data.len() as u64) };
    0
}
