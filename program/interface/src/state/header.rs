//! What every account of the program begins with.

use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// Layout version that this build writes and reads.
pub const VERSION: u8 = 1;

/// The first 48 bytes of every account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Header {
    /// Kind of account. All zero means not initialised.
    pub discriminator: [u8; 8],
    /// Layout version.
    pub version: u8,
    /// Bump of the account's own address, 0 for a keypair.
    pub bump: u8,
    /// Zero.
    pub reserved: [u8; 6],
    /// Group the account belongs to; a group names itself.
    pub group: Address,
}
crate::assert_layout!(Header, 8, 1, 1, 6, 32);

/// An account type of the program.
///
/// `size_of::<Self>()` is the account's size, or that of its fixed part where
/// [`Account::ELEMENT`] is not zero.
pub trait Account: Pod {
    /// First eight bytes.
    const DISCRIMINATOR: [u8; 8];
    /// Size of one element behind the fixed part, 0 for none.
    const ELEMENT: usize = 0;
    /// Largest number of elements.
    const MAX_ELEMENTS: usize = 0;

    /// The header.
    fn header(&self) -> &Header;
}

/// Why bytes are not an account of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutError {
    /// Not the size of the type.
    Size,
    /// Another type, or never initialised.
    Discriminator,
    /// A version that this build does not read.
    Version,
    /// Not 8-aligned. Cannot happen on chain.
    Alignment,
}

/// Views bytes as an account of type `T` and its elements' bytes.
///
/// # Errors
/// [`LayoutError`].
#[inline(always)]
pub fn view<T: Account>(data: &[u8]) -> Result<(&T, &[u8]), LayoutError> {
    let (fixed, rest) =
        data.split_at_checked(core::mem::size_of::<T>()).ok_or(LayoutError::Size)?;
    check_elements::<T>(rest.len())?;
    let account: &T = bytemuck::try_from_bytes(fixed).map_err(|_| LayoutError::Alignment)?;
    check_header::<T>(account.header())?;
    Ok((account, rest))
}

/// [`view`], for writing.
///
/// # Errors
/// [`LayoutError`].
#[inline(always)]
pub fn view_mut<T: Account>(data: &mut [u8]) -> Result<(&mut T, &mut [u8]), LayoutError> {
    let (fixed, rest) =
        data.split_at_mut_checked(core::mem::size_of::<T>()).ok_or(LayoutError::Size)?;
    check_elements::<T>(rest.len())?;
    let account: &mut T =
        bytemuck::try_from_bytes_mut(fixed).map_err(|_| LayoutError::Alignment)?;
    check_header::<T>(account.header())?;
    Ok((account, rest))
}

#[inline(always)]
fn check_elements<T: Account>(len: usize) -> Result<(), LayoutError> {
    let count = len.checked_div(T::ELEMENT).unwrap_or(0);
    if count.wrapping_mul(T::ELEMENT) != len || count > T::MAX_ELEMENTS {
        return Err(LayoutError::Size);
    }
    Ok(())
}

#[inline(always)]
fn check_header<T: Account>(header: &Header) -> Result<(), LayoutError> {
    if header.discriminator != T::DISCRIMINATOR {
        return Err(LayoutError::Discriminator);
    }
    if header.version != VERSION {
        return Err(LayoutError::Version);
    }
    Ok(())
}
