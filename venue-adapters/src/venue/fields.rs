//! Fields of fixed-size accounts, at offsets checked when the crate is built.

use crate::plan::Key;

/// Fixed-size account bytes. Field reads are checked when the crate is built.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a, const LEN: usize>(&'a [u8; LEN]);

impl<'a, const LEN: usize> Fields<'a, LEN> {
    /// The first `LEN` bytes: a longer account is a later layout that only appends.
    pub(crate) fn new(data: &'a [u8]) -> Option<Self> {
        data.first_chunk().map(Self)
    }

    /// The `N` bytes at `AT`.
    #[inline(always)]
    pub(crate) fn array<const AT: usize, const N: usize>(self) -> &'a [u8; N] {
        const { assert!(AT <= LEN && N <= LEN.saturating_sub(AT), "field beyond the account") };
        self.0.get(AT..).and_then(<[u8]>::first_chunk).unwrap_or(&[0; N]) // in bounds, see above
    }

    #[inline(always)]
    pub(crate) fn key<const AT: usize>(self) -> &'a Key {
        self.array::<AT, 32>()
    }

    #[inline(always)]
    pub(crate) fn u8<const AT: usize>(self) -> u8 {
        let [byte] = *self.array::<AT, 1>();
        byte
    }

    #[inline(always)]
    pub(crate) fn u16<const AT: usize>(self) -> u16 {
        u16::from_le_bytes(*self.array::<AT, 2>())
    }

    #[inline(always)]
    pub(crate) fn u32<const AT: usize>(self) -> u32 {
        u32::from_le_bytes(*self.array::<AT, 4>())
    }

    #[inline(always)]
    pub(crate) fn u64<const AT: usize>(self) -> u64 {
        u64::from_le_bytes(*self.array::<AT, 8>())
    }

    #[inline(always)]
    pub(crate) fn u128<const AT: usize>(self) -> u128 {
        u128::from_le_bytes(*self.array::<AT, 16>())
    }

    /// `COUNT` entries of `SIZE` bytes from `AT`.
    #[inline(always)]
    pub(crate) fn table<const AT: usize, const SIZE: usize, const COUNT: usize>(
        self,
    ) -> &'a [[u8; SIZE]] {
        const {
            assert!(AT <= LEN && SIZE.saturating_mul(COUNT) <= LEN.saturating_sub(AT));
        }
        let rest = self.0.get(AT..).unwrap_or(&[]);
        rest.as_chunks().0.get(..COUNT).unwrap_or(&[]) // in bounds, see above
    }
}

/// Getters over a view's `bytes`, one a field: `name: kind at OFFSET`, the
/// offset out of the module in scope as `at`.
macro_rules! getters {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ident at $offset:ident,)+) => {
        $($(#[doc = $doc])+
        #[must_use]
        pub fn $name(&self) -> getters!(@type $kind) {
            getters!(@read self $kind $offset)
        })+
    };
    (@type key) => { &'a Key };
    (@type flag) => { bool };
    (@type $kind:ident) => { $kind };
    (@read $this:ident key $offset:ident) => { $this.bytes.key::<{ at::$offset }>() };
    (@read $this:ident flag $offset:ident) => { $this.bytes.u8::<{ at::$offset }>() != 0 };
    (@read $this:ident $kind:ident $offset:ident) => { $this.bytes.$kind::<{ at::$offset }>() };
}

pub(crate) use getters;
