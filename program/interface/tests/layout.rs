//! Layouts: sizes, offsets that filters depend on, and what loading refuses.

use core::mem::{offset_of, size_of};
use trestle_interface::state::{
    Account, ClassRow, Exposure, FactorRow, Group, GroupRow, Header, IssuerRow, LayoutError,
    Lender, MAX_POSITIONS, MIN_POSITIONS, MarginAccount, MarketRow, MarketsPage, Pool, Position,
    PricesPage, Seat, VERSION, account_size, offsets, view, view_mut,
};

#[test]
fn sizes_are_frozen() {
    assert_eq!(size_of::<Header>(), 48);
    assert_eq!(size_of::<Group>(), 768);
    assert_eq!(size_of::<Seat>(), 128);
    assert_eq!(size_of::<PricesPage>(), 128 + 64 * 512);
    assert_eq!(size_of::<Pool>(), 768);
    assert_eq!(size_of::<MarginAccount>(), 2_048);
    assert_eq!(size_of::<Position>(), 64);
    assert_eq!(account_size(MIN_POSITIONS), 2_560);
    assert_eq!(account_size(MAX_POSITIONS), 6_144);
}

#[test]
fn filter_offsets_are_the_layouts() {
    assert_eq!(offset_of!(Header, group), offsets::GROUP);
    assert_eq!(offset_of!(MarginAccount, owner), offsets::OWNER);
    assert_eq!(offset_of!(MarginAccount, status), offsets::STATUS);
    assert_eq!(offset_of!(MarginAccount, session), offsets::SESSION);
    assert_eq!(offset_of!(MarginAccount, has_debt), offsets::HAS_DEBT);
    assert_eq!(offset_of!(MarginAccount, health_bucket), offsets::HEALTH_BUCKET);
    assert_eq!(offset_of!(MarginAccount, venue_bitmap), offsets::VENUE_BITMAP);
    assert_eq!(offset_of!(MarginAccount, last_check_slot), offsets::LAST_CHECK_SLOT);
    assert_eq!(offset_of!(MarginAccount, sequence), offsets::SEQUENCE);
    assert_eq!(size_of::<MarginAccount>(), offsets::POSITIONS);
    // every filter lies in the part that a data slice of 256 bytes shows
    const { assert!(offsets::SEQUENCE + 8 <= 256) };
}

#[test]
fn fields_stand_where_they_were_published() {
    let table: &[(&str, usize, usize)] = &[
        ("Header.version", offset_of!(Header, version), 8),
        ("Group.admin", offset_of!(Group, admin), 48),
        ("Group.prices", offset_of!(Group, prices), 208),
        ("Group.cohort_root", offset_of!(Group, cohort_root), 272),
        ("Group.seat_cap", offset_of!(Group, seat_cap), 312),
        ("Group.seat_count", offset_of!(Group, seat_count), 316),
        ("Group.phase", offset_of!(Group, phase), 320),
        ("Seat.owner", offset_of!(Seat, owner), 48),
        ("Seat.number", offset_of!(Seat, number), 80),
        ("MarginAccount.count", offset_of!(MarginAccount, count), 115),
        ("MarginAccount.last_risk_time", offset_of!(MarginAccount, last_risk_time), 144),
        ("MarginAccount.flagged_slot", offset_of!(MarginAccount, flagged_slot), 152),
        ("Pool.sequence", offset_of!(Pool, sequence), 320),
        ("Pool.losses", offset_of!(Pool, losses), 328),
        ("MarginAccount.pending_owner", offset_of!(MarginAccount, pending_owner), 160),
        ("MarginAccount.unlock_time", offset_of!(MarginAccount, unlock_time), 200),
        ("MarginAccount.delegates", offset_of!(MarginAccount, delegates), 232),
        ("MarginAccount.venue_accounts", offset_of!(MarginAccount, venue_accounts), 552),
        ("MarginAccount.contributions", offset_of!(MarginAccount, contributions), 1_576),
        ("Position.market", offset_of!(Position, market), 0),
        ("Position.kind", offset_of!(Position, kind), 2),
        ("Position.asset", offset_of!(Position, asset), 5),
        ("Position.units", offset_of!(Position, units), 16),
        ("PricesPage.assets", offset_of!(PricesPage, assets), 128),
    ];
    for (name, found, published) in table {
        assert_eq!(found, published, "{name} has moved");
    }
}

#[test]
fn every_account_type_has_its_own_discriminator() {
    let all = [
        Group::DISCRIMINATOR,
        PricesPage::DISCRIMINATOR,
        MarketsPage::DISCRIMINATOR,
        Pool::DISCRIMINATOR,
        MarginAccount::DISCRIMINATOR,
        Lender::DISCRIMINATOR,
        Exposure::DISCRIMINATOR,
        Seat::DISCRIMINATOR,
    ];
    for (i, a) in all.iter().enumerate() {
        assert_ne!(a, &[0; 8]);
        assert!(a.starts_with(b"tr"));
        assert!(!all[..i].contains(a));
    }
}

/// Rows stay 8-aligned at any place in their page.
#[test]
fn rows_keep_the_alignment() {
    for size in [
        size_of::<FactorRow>(),
        size_of::<IssuerRow>(),
        size_of::<ClassRow>(),
        size_of::<MarketRow>(),
        size_of::<GroupRow>(),
        size_of::<Position>(),
    ] {
        assert_eq!(size % 8, 0);
    }
}

/// An 8-aligned buffer that holds a valid header of `T`.
fn account<T: Account>(size: usize) -> Vec<u64> {
    let mut words = vec![0_u64; size.div_ceil(8)];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    bytes[..8].copy_from_slice(&T::DISCRIMINATOR);
    bytes[8] = VERSION;
    words
}

fn bytes(words: &[u64]) -> &[u8] {
    bytemuck::cast_slice(words)
}

#[test]
fn a_view_takes_exact_sizes_only() {
    let full = account::<MarginAccount>(account_size(MAX_POSITIONS) + 64);
    for count in 0..=MAX_POSITIONS {
        let (_, slab) = view::<MarginAccount>(&bytes(&full)[..account_size(count)]).unwrap();
        assert_eq!(slab.len(), count * 64);
    }
    for wrong in [0, 47, 2_047, 2_049, 2_048 + 63, account_size(MAX_POSITIONS) + 64] {
        assert_eq!(
            view::<MarginAccount>(&bytes(&full)[..wrong]).err(),
            Some(LayoutError::Size),
            "{wrong} bytes"
        );
    }
    let pool = account::<Pool>(768 + 8);
    assert!(view::<Pool>(&bytes(&pool)[..768]).is_ok());
    assert_eq!(view::<Pool>(bytes(&pool)).err(), Some(LayoutError::Size));
}

#[test]
fn a_view_refuses_other_types_and_versions() {
    let mut words = account::<Pool>(768);
    assert_eq!(view::<Group>(bytes(&words)).err(), Some(LayoutError::Discriminator));
    for version in [0, VERSION + 1, u8::MAX] {
        bytemuck::cast_slice_mut::<u64, u8>(&mut words)[8] = version;
        assert_eq!(view::<Pool>(bytes(&words)).err(), Some(LayoutError::Version));
        let data: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        assert_eq!(view_mut::<Pool>(data).err(), Some(LayoutError::Version));
    }
    assert_eq!(view::<Pool>(&[0; 768]).err().map(|e| e == LayoutError::Size), Some(false));
}
