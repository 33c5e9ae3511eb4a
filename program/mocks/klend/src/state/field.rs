//! Little-endian fields at fixed offsets.

use solana_program::pubkey::Pubkey;

/// A value that lies in account data.
pub trait Field: Sized {
    /// Reads it from the start of `bytes`.
    fn read(bytes: &[u8]) -> Self;
    /// Writes it to the start of `bytes`.
    fn write(self, bytes: &mut [u8]);
}

macro_rules! integers {
    ($($ty:ty)*) => {$(
        impl Field for $ty {
            fn read(bytes: &[u8]) -> Self {
                let mut raw = [0; size_of::<$ty>()];
                raw.copy_from_slice(&bytes[..size_of::<$ty>()]);
                Self::from_le_bytes(raw)
            }
            fn write(self, bytes: &mut [u8]) {
                bytes[..size_of::<$ty>()].copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 i64 u128);

impl Field for Pubkey {
    fn read(bytes: &[u8]) -> Self {
        let mut raw = [0; 32];
        raw.copy_from_slice(&bytes[..32]);
        Self::new_from_array(raw)
    }
    fn write(self, bytes: &mut [u8]) {
        bytes[..32].copy_from_slice(self.as_ref());
    }
}

impl Field for [u64; 4] {
    fn read(bytes: &[u8]) -> Self {
        core::array::from_fn(|i| u64::read(&bytes[8 * i..]))
    }
    fn write(self, bytes: &mut [u8]) {
        for (i, limb) in self.into_iter().enumerate() {
            limb.write(&mut bytes[8 * i..]);
        }
    }
}

impl Field for crate::fraction::Fraction {
    fn read(bytes: &[u8]) -> Self {
        Self(u128::read(bytes))
    }
    fn write(self, bytes: &mut [u8]) {
        self.0.write(bytes);
    }
}

/// A view of bytes with a getter and a setter for each field.
macro_rules! layout {
    (
        $(#[$doc:meta])* $name:ident: $len:expr;
        $($(#[$field_doc:meta])* $field:ident, $set:ident: $ty:ty = $at:expr;)*
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<'a>(pub &'a mut [u8]);

        impl $name<'_> {
            /// Bytes.
            pub const LEN: usize = $len;

            $(
                $(#[$field_doc])*
                #[must_use]
                pub fn $field(&self) -> $ty {
                    <$ty as $crate::state::Field>::read(&self.0[$at..])
                }

                #[doc = concat!("Sets [`Self::", stringify!($field), "`].")]
                pub fn $set(&mut self, value: $ty) {
                    $crate::state::Field::write(value, &mut self.0[$at..]);
                }
            )*
        }
    };
}
pub(crate) use layout;
