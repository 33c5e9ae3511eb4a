//! The program's entrypoint. It takes no accounts and uses no heap.

use crate::run;

unsafe extern "C" {
    fn sol_log_compute_units_();
    fn sol_set_return_data(data: *const u8, length: u64);
}

/// Logs the compute units left.
#[inline(always)]
pub(crate) fn mark() {
    // SAFETY: takes and returns nothing.
    unsafe { sol_log_compute_units_() }
}

/// Instruction data: number of the primitive, first case, count, and the
/// bytes that inputs are drawn from; first case and count are little-endian u32.
///
/// # Safety
/// The runtime passes its serialised input.
#[unsafe(no_mangle)]
unsafe extern "C" fn entrypoint(input: *const u64) -> u64 {
    // SAFETY: without accounts the input is a count of zero, the length of the
    // data, and the data.
    let data = unsafe {
        let length = usize::try_from(*input.add(1)).unwrap_or(0);
        core::slice::from_raw_parts(input.add(2).cast::<u8>(), length)
    };
    let [primitive, a, b, c, d, e, f, g, h, ref bytes @ ..] = *data else { return 1 };
    let (first, count) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    let Some(digest) = run(primitive, first, count, bytes) else { return 2 };
    let response = digest.to_le_bytes();
    // SAFETY: pointer and length are the array's.
    unsafe { sol_set_return_data(response.as_ptr(), response.len() as u64) };
    0
}
