//! How account lists are written down.

/// What an instruction asks of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Name.
    pub name: &'static str,
    /// Must sign.
    pub signer: bool,
    /// Must be writable.
    pub writable: bool,
    /// What it is and how it is checked.
    pub doc: &'static str,
}

/// Defines account lists: one struct serves keys, flags and handles.
#[macro_export]
macro_rules! accounts {
    (@signer signer) => { true };
    (@signer payer) => { true };
    (@signer new) => { true };
    (@signer $other:ident) => { false };
    (@writable writable) => { true };
    (@writable payer) => { true };
    (@writable new) => { true };
    (@writable $other:ident) => { false };
    ($(
        $(#[doc = $doc:literal])*
        $name:ident { $( $(#[doc = $role_doc:literal])+ $field:ident: $flag:ident, )* }
    )+) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<T> { $( $(#[doc = $role_doc])+ pub $field: T, )* }

        impl $name<()> {
            /// Accounts in the list.
            pub const LEN: usize = Self::ROLES.len();

            /// The list's roles, in order.
            pub const ROLES: &'static [$crate::accounts::Role] = &[$(
                $crate::accounts::Role {
                    name: stringify!($field),
                    signer: $crate::accounts!(@signer $flag),
                    writable: $crate::accounts!(@writable $flag),
                    doc: concat!($($role_doc),+),
                },
            )*];
        }

        impl<T> $name<T> {
            /// Takes the list off the front of a slice.
            #[must_use]
            #[inline(always)]
            pub fn split(accounts: &[T]) -> Option<($name<&T>, &[T])> {
                let rest = accounts;
                $( let ($field, rest) = rest.split_first()?; )*
                Some(($name { $( $field, )* }, rest))
            }

            /// The list as an array.
            #[must_use]
            pub fn into_array(self) -> [T; $name::<()>::LEN] {
                [$( self.$field, )*]
            }
        }
    )+};
}
