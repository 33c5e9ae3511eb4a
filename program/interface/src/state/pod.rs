//! Building blocks of layouts. No field is ever a `u128`: its alignment
//! differs between the host and SBF.

use bytemuck::{Pod, Zeroable};
use trestle_risk_math::num::{Pair, Weight};

/// A `u128` as two little-endian words, low first; 8-aligned everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Wide([u64; 2]);

impl Wide {
    /// From a number.
    #[must_use]
    #[inline(always)]
    pub fn new(value: u128) -> Self {
        Self([trestle_risk_math::num::low64(value), trestle_risk_math::num::high64(value)])
    }

    /// The number.
    #[must_use]
    #[inline(always)]
    pub fn get(self) -> u128 {
        let [low, high] = self.0;
        u128::from(high) << 64 | u128::from(low)
    }
}

/// Q16 weights of the two parameter rows: maintenance, initial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Weights {
    /// Maintenance row.
    pub maint: u32,
    /// Initial row.
    pub init: u32,
}

impl Weights {
    /// From validated weights.
    #[must_use]
    pub const fn new(pair: Pair<Weight>) -> Self {
        Self { maint: pair.maint.q16(), init: pair.init.q16() }
    }

    /// As weights. They were validated before they were stored.
    #[must_use]
    #[inline(always)]
    pub const fn pair(self) -> Pair<Weight> {
        Pair::new(Weight::stored(self.maint), Weight::stored(self.init))
    }
}

/// Asserts a struct's size as a sum, one term a field, and that it keeps 8-byte alignment.
#[macro_export]
macro_rules! assert_layout {
    ($type:ty, $($term:expr),+ $(,)?) => {
        const _: () = {
            assert!(core::mem::size_of::<$type>() == 0 $(+ $term)+);
            assert!(core::mem::size_of::<$type>() % 8 == 0);
            assert!(core::mem::align_of::<$type>() <= 8);
        };
    };
}

/// Defines an enum that is stored as one byte.
#[macro_export]
macro_rules! byte_enum {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$variant_meta:meta])+ $variant:ident = $byte:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $name { $( $(#[$variant_meta])+ $variant = $byte, )+ }

        impl $name {
            /// The stored byte.
            #[must_use]
            #[inline(always)]
            pub const fn byte(self) -> u8 {
                match self { $(Self::$variant => $byte,)+ }
            }

            /// From its stored byte; `None` for a byte that this build does not know.
            #[must_use]
            #[inline(always)]
            pub const fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
