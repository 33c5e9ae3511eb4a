//! Codecs of arguments and events: fixed size, little-endian, nothing before and
//! nothing after.

use solana_address::Address;

/// A value with one fixed-size encoding.
pub trait Wire: Sized {
    /// Encoded length in bytes.
    const LEN: usize;

    /// Takes the value off the front of `bytes`. `None` when bytes are
    /// missing or encode no such value.
    fn take(bytes: &mut &[u8]) -> Option<Self>;

    /// Writes the value to the front of `out` and moves past it. `None` when
    /// there is no room.
    fn put(&self, out: &mut &mut [u8]) -> Option<()>;
}

/// Decodes a value that fills `bytes` exactly.
#[must_use]
#[inline(always)]
pub fn decode<T: Wire>(mut bytes: &[u8]) -> Option<T> {
    if bytes.len() != T::LEN {
        return None;
    }
    T::take(&mut bytes)
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl Wire for $type {
            const LEN: usize = core::mem::size_of::<$type>();

            #[inline(always)]
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let (head, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                Some(Self::from_le_bytes(*head))
            }

            fn put(&self, out: &mut &mut [u8]) -> Option<()> {
                let (head, rest) = core::mem::take(out).split_first_chunk_mut()?;
                *head = self.to_le_bytes();
                *out = rest;
                Some(())
            }
        }
    )+};
}

integers!(u8, u16, u32, u64, u128, i8, i16, i32, i64);

/// One byte: 0 or 1, nothing else.
impl Wire for bool {
    const LEN: usize = 1;

    #[inline(always)]
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        match u8::take(bytes)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn put(&self, out: &mut &mut [u8]) -> Option<()> {
        u8::from(*self).put(out)
    }
}

impl Wire for Address {
    const LEN: usize = 32;

    #[inline(always)]
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<32>()?;
        *bytes = rest;
        Some(Self::new_from_array(*head))
    }

    fn put(&self, out: &mut &mut [u8]) -> Option<()> {
        self.to_bytes().put(out)
    }
}

impl<T: Wire + Copy + Default, const N: usize> Wire for [T; N] {
    const LEN: usize = T::LEN.wrapping_mul(N);

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let mut all = [T::default(); N];
        for one in &mut all {
            *one = T::take(bytes)?;
        }
        Some(all)
    }

    fn put(&self, out: &mut &mut [u8]) -> Option<()> {
        self.iter().try_for_each(|one| one.put(out))
    }
}

/// A field of an argument or an event, for documents and generated clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name.
    pub name: &'static str,
    /// Type as written in Rust.
    pub type_name: &'static str,
    /// Encoded length.
    pub len: usize,
    /// Meaning, unit, range.
    pub doc: &'static str,
}

/// Defines structs, each with its codec and a description of its fields.
#[macro_export]
macro_rules! args {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident { $( $(#[doc = $field_doc:literal])+ $field:ident: $type:ty, )* }
    )+) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name { $( $(#[doc = $field_doc])+ pub $field: $type, )* }

        impl $name {
            /// Encoded length in bytes.
            pub const LEN: usize = 0 $(+ <$type as $crate::wire::Wire>::LEN)*;

            /// The fields, in order.
            pub const FIELDS: &'static [$crate::wire::Field] = &[$(
                $crate::wire::Field {
                    name: stringify!($field),
                    type_name: stringify!($type),
                    len: <$type as $crate::wire::Wire>::LEN,
                    doc: concat!($($field_doc),+),
                },
            )*];

            /// The encoding.
            #[must_use]
            pub fn to_bytes(&self) -> [u8; Self::LEN] {
                let mut bytes = [0; Self::LEN];
                let mut out = &mut bytes[..];
                // cannot fail: LEN is the sum of the fields' lengths
                let _ = $crate::wire::Wire::put(self, &mut out);
                bytes
            }
        }

        impl $crate::wire::Wire for $name {
            const LEN: usize = Self::LEN;

            #[inline(always)]
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let _ = &bytes;
                Some(Self { $( $field: <$type as $crate::wire::Wire>::take(bytes)?, )* })
            }

            fn put(&self, out: &mut &mut [u8]) -> Option<()> {
                let _ = &out;
                $( $crate::wire::Wire::put(&self.$field, out)?; )*
                Some(())
            }
        }
    )+};
}
