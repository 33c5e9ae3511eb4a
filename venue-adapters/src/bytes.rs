//! Little-endian fields at named offsets: the only slicing in the crate.

/// The `N` bytes at `offset`, or `None` beyond the end.
#[must_use]
#[inline(always)]
pub fn array<const N: usize>(data: &[u8], offset: usize) -> Option<[u8; N]> {
    data.get(offset..)?.first_chunk().copied()
}

/// A byte.
#[must_use]
#[inline(always)]
pub fn u8_at(data: &[u8], offset: usize) -> Option<u8> {
    data.get(offset).copied()
}

/// A little-endian `u16`.
#[must_use]
#[inline(always)]
pub fn u16_at(data: &[u8], offset: usize) -> Option<u16> {
    array(data, offset).map(u16::from_le_bytes)
}

/// A little-endian `u32`.
#[must_use]
#[inline(always)]
pub fn u32_at(data: &[u8], offset: usize) -> Option<u32> {
    array(data, offset).map(u32::from_le_bytes)
}

/// A little-endian `i32`.
#[must_use]
#[inline(always)]
pub fn i32_at(data: &[u8], offset: usize) -> Option<i32> {
    array(data, offset).map(i32::from_le_bytes)
}

/// A little-endian `u64`.
#[must_use]
#[inline(always)]
pub fn u64_at(data: &[u8], offset: usize) -> Option<u64> {
    array(data, offset).map(u64::from_le_bytes)
}

/// A little-endian `i64`.
#[must_use]
#[inline(always)]
pub fn i64_at(data: &[u8], offset: usize) -> Option<i64> {
    array(data, offset).map(i64::from_le_bytes)
}

/// A little-endian `u128`.
#[must_use]
#[inline(always)]
pub fn u128_at(data: &[u8], offset: usize) -> Option<u128> {
    array(data, offset).map(u128::from_le_bytes)
}

/// A 32-byte key.
#[must_use]
#[inline(always)]
pub fn key_at(data: &[u8], offset: usize) -> Option<[u8; 32]> {
    array(data, offset)
}
