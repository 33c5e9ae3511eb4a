//! Bytes from outside: oracle updates, token accounts, arguments, accounts.

use arbitrary::{Result, Unstructured};
use trestle_interface::args;
use trestle_interface::batch;
use trestle_interface::cohort::{MAX_DEPTH, Proof};
use trestle_interface::event::{self, Body, Event, MAGIC};
use trestle_interface::health::HealthReport;
use trestle_interface::state::{
    Account, Exposure, Group, Header, LayoutError, Lender, MAX_POSITIONS, MarginAccount,
    MarketsPage, Pool, Position, PositionKind, PricesPage, Seat, VERSION, health_bucket, view,
    view_mut,
};
use trestle_interface::view::{Board, Now, Venues, assess, positions};
use trestle_interface::wire::{Wire, decode};
use trestle_interface::{Tag, TrestleError};
use trestle_risk_math::portfolio::Book;
use trestle_venue_adapters::oracle::pyth::{self, RECEIVER, RECEIVER_PRO};
use trestle_venue_adapters::token::{self, TokenError};

/// An oracle update is read exactly when its bytes are an authentic, full
/// update of the feed, and then field by field from the documented offsets.
pub fn bytes_pyth(bytes: &[u8]) {
    let _ = run_pyth(&mut Unstructured::new(bytes));
}

/// Token accounts and mints are read exactly when their bytes have the length
/// and type of one; extensions never run past the end.
pub fn bytes_token(bytes: &[u8]) {
    let _ = run_token(&mut Unstructured::new(bytes));
}

/// Every argument codec and account view over any bytes: no panic; what
/// decodes encodes to the same bytes; what is viewed has the layout's length,
/// discriminator and version; health of any board and slab is a value or an error.
pub fn bytes_interface(bytes: &[u8]) {
    let _ = run_interface(&mut Unstructured::new(bytes));
}

/// `N` bytes at an offset, when they are there.
fn at<const N: usize>(data: &[u8], offset: usize) -> Option<[u8; N]> {
    data.get(offset..offset + N).map(|slice| slice.try_into().expect("N bytes"))
}

fn run_pyth(u: &mut Unstructured<'_>) -> Result<()> {
    let owner = match u.int_in_range(0..=3_u8)? {
        0 => u.arbitrary()?,
        1 => RECEIVER_PRO,
        _ => RECEIVER,
    };
    let (mut feed, mut exponent): ([u8; 32], i32) = (u.arbitrary()?, u.arbitrary()?);
    let mut slot: u64 = u.arbitrary()?;
    let keep = u.arbitrary::<u8>()?;
    let mut data = u.bytes(u.len())?.to_vec();
    // a bit each: make that part of the bytes right
    if keep & 1 != 0 && data.len() >= 8 {
        data[..8].copy_from_slice(&pyth::DISCRIMINATOR);
    }
    if keep & 2 != 0 && data.len() > 40 {
        data[40] = 1;
    }
    if keep & 4 != 0 {
        feed = at(&data, 41).unwrap_or(feed);
    }
    if keep & 8 != 0 {
        exponent = at(&data, 89).map_or(exponent, i32::from_le_bytes);
    }
    if keep & 16 != 0 {
        slot = u64::MAX;
    }
    let authentic = (owner == RECEIVER || owner == RECEIVER_PRO)
        && at(&data, 0) == Some(pyth::DISCRIMINATOR)
        && data.len() >= 134
        && data[40] == 1
        && at(&data, 41) == Some(feed)
        && at(&data, 89).map(i32::from_le_bytes) == Some(exponent)
        && at(&data, 125).map(u64::from_le_bytes).is_some_and(|posted| posted <= slot);
    let Ok(update) = pyth::read(&data, &owner, &feed, exponent, slot) else {
        assert!(!authentic, "an authentic update is refused");
        return Ok(());
    };
    assert!(authentic, "an update is read that is not authentic");
    assert_eq!(Some(update.raw.price), at(&data, 73).map(i64::from_le_bytes));
    assert_eq!(Some(update.raw.confidence), at(&data, 81).map(u64::from_le_bytes));
    assert_eq!(Some(update.raw.published), at(&data, 93).map(i64::from_le_bytes));
    assert_eq!(Some(update.raw.ema), at(&data, 109).map(i64::from_le_bytes));
    assert_eq!(Some(update.posted_slot), at(&data, 125).map(u64::from_le_bytes));
    Ok(())
}

fn run_token(u: &mut Unstructured<'_>) -> Result<()> {
    let len = match u.int_in_range(0..=4_u8)? {
        0 => 82,
        1 => 165,
        2 => 355,
        3 => u.int_in_range(166..=600)?,
        _ => u.int_in_range(0..=400)?,
    };
    let mut data = u.bytes(u.len().min(len))?.to_vec();
    data.resize(len, 0);
    let is =
        |kind: u8, plain: usize| len == plain || (len > 165 && len != 355 && data[165] == kind);
    assert_eq!(token::balance(&data), at(&data, 64).map(u64::from_le_bytes));
    match token::account(&data) {
        Ok(account) => {
            assert!(is(2, 165) && (data[108] == 1 || data[108] == 2));
            assert_eq!(Some(account.mint), at(&data, 0));
            assert_eq!(Some(account.owner), at(&data, 32));
            assert_eq!(Some(account.amount), at(&data, 64).map(u64::from_le_bytes));
            assert_eq!(account.has_delegate, data[72..76] != [0; 4]);
            assert_eq!(account.has_close_authority, data[129..133] != [0; 4]);
            assert_eq!(account.frozen, data[108] == 2);
        }
        Err(TokenError::Layout) => assert!(!is(2, 165)),
        Err(TokenError::Uninitialised) => assert!(data[108] != 1 && data[108] != 2),
    }
    match token::mint_decimals(&data) {
        Ok(decimals) => assert!(is(1, 82) && data[45] == 1 && data[44] == decimals),
        Err(TokenError::Layout) => assert!(!is(1, 82)),
        Err(TokenError::Uninitialised) => assert!(data[45] != 1),
    }
    // every entry of the list, by a walk of its own; entries behind padding do not count
    let (mut left, mut bits, mut overrun) = (data.get(166..).unwrap_or(&[]), 0_u64, false);
    while let Some((head, rest)) = left.split_first_chunk::<4>() {
        let [kind, size] = [[head[0], head[1]], [head[2], head[3]]].map(u16::from_le_bytes);
        if kind == 0 {
            break;
        }
        bits |= 1 << kind.min(63);
        overrun = rest.len() < usize::from(size);
        left = rest.get(usize::from(size)..).unwrap_or(&[]);
    }
    let model = if overrun { Err(TokenError::Layout) } else { Ok(bits) };
    assert_eq!(token::mint_extensions(&data), model);
    Ok(())
}

/// Decodes at the exact length only, and encodes to the same bytes.
fn codec<T: Wire>(bytes: &[u8]) {
    assert!(decode::<T>(&[bytes, &[0]].concat()).is_none() || bytes.len() + 1 == T::LEN);
    let exact: Vec<u8> = bytes.iter().copied().chain(core::iter::repeat(1)).take(T::LEN).collect();
    for data in [bytes, &exact[..]] {
        let Some(value) = decode::<T>(data) else { continue };
        assert_eq!(data.len(), T::LEN);
        let mut encoded = vec![0; T::LEN];
        let mut out = &mut encoded[..];
        assert!(value.put(&mut out).is_some() && out.is_empty());
        assert_eq!(encoded, data);
        assert!(
            value.put(&mut &mut vec![0; T::LEN.saturating_sub(1)][..]).is_none() || T::LEN == 0
        );
    }
}

macro_rules! codecs {
    ($bytes:expr; $($name:ident)+) => {
        $(codec::<args::$name>($bytes);)+
    };
}

/// Bytes of an account, 8-aligned as on chain: the input over and over, with a
/// right header when asked.
fn account_bytes<T: Account>(input: &[u8], len: usize, header: bool) -> Vec<u64> {
    let mut words = vec![0_u64; len.div_ceil(8)];
    let data: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    for (byte, source) in data.iter_mut().zip(input.iter().cycle()) {
        *byte = *source;
    }
    if header && len >= core::mem::size_of::<Header>() {
        data[..8].copy_from_slice(&T::DISCRIMINATOR);
        data[8] = VERSION;
    }
    words
}

fn viewed<T: Account>(input: &[u8], len: usize, header: bool) {
    let words = account_bytes::<T>(input, len, header);
    let data = &bytemuck::cast_slice::<u64, u8>(&words)[..len];
    let (fixed, mut copy) = (core::mem::size_of::<T>(), data.to_vec());
    let behind = len.checked_sub(fixed);
    let whole = behind.is_some_and(|rest| match T::ELEMENT {
        0 => rest == 0,
        element => rest % element == 0 && rest / element <= T::MAX_ELEMENTS,
    });
    let result = view::<T>(data).map(|(account, rest)| (*account.header(), rest.len()));
    match result {
        Ok((header, rest)) => {
            assert!(whole && header.discriminator == T::DISCRIMINATOR && header.version == VERSION);
            assert_eq!(fixed + rest, len);
        }
        Err(LayoutError::Size) => assert!(!whole),
        Err(LayoutError::Discriminator) => assert!(whole && data[..8] != T::DISCRIMINATOR),
        Err(LayoutError::Version) => assert!(whole && data[8] != VERSION),
        Err(LayoutError::Alignment) => panic!("the buffer is aligned"),
    }
    // for writing: the same verdict, unless the copy lies unaligned
    match view_mut::<T>(&mut copy) {
        Err(LayoutError::Alignment) => {}
        other => assert_eq!(other.map(|(_, rest)| rest.len()), result.map(|(_, rest)| rest)),
    }
}

fn run_interface(u: &mut Unstructured<'_>) -> Result<()> {
    let (header, extra) = (u.arbitrary()?, u.int_in_range(0..=MAX_POSITIONS + 1)?);
    let jitter = if u.ratio(1, 4)? { u.int_in_range(0..=9_usize)? } else { 0 };
    let now = Now { slot: u.arbitrary()?, unix: u.arbitrary()? };
    let input = u.bytes(u.len())?;
    codecs!(input; NoArgs AssetAmountArgs AssetArgs SupplyArgs RedeemArgs BorrowArgs RepayArgs
        MarketArgs FarmArgs ClaimArgs VenueGroupArgs CreateAccountArgs ResizeAccountArgs
        SetDelegateArgs ProposeOwnerArgs AssertSequenceArgs AssertHealthArgs AssertRateArgs
        AssertDeadlineArgs BeginRegionArgs BeginLiquidationArgs LiquidateArgs RescueArgs LenderSupplyArgs LenderRedeemArgs InitGroupArgs
        GroupTermsArgs ListFactorArgs ListIssuerArgs SourceArgs ListAssetArgs ListClassArgs
        ListMarketArgs ListReserveArgs SetScenariosArgs InitPoolArgs SetAccessArgs);
    if let Some(proof) = Proof::read(input) {
        assert!(proof.path.len() <= MAX_DEPTH);
        assert_eq!([&proof.place.to_le_bytes(), proof.path.as_flattened()].concat(), input);
    }
    if let Some(tag) = input.first().and_then(|byte| Tag::from_byte(*byte)) {
        assert_eq!(Some(tag.byte()), input.first().copied());
    }
    if let Some(code) = at(input, 0).map(u32::from_le_bytes) {
        let error = TrestleError::from_code(code);
        assert!(error.is_none_or(|error| error.code() == code));
    }
    if let Some(report) = HealthReport::read(input) {
        assert_eq!(bytemuck::bytes_of(&report), input);
    }
    event(input);
    event(&[&MAGIC[..], &[event::VERSION], input].concat());
    frame(input);
    let size = |fixed: usize| fixed + jitter;
    viewed::<Group>(input, size(core::mem::size_of::<Group>()), header);
    viewed::<Pool>(input, size(core::mem::size_of::<Pool>()), header);
    viewed::<Lender>(input, size(core::mem::size_of::<Lender>()), header);
    viewed::<Seat>(input, size(core::mem::size_of::<Seat>()), header);
    viewed::<Exposure>(input, size(core::mem::size_of::<Exposure>()), header);
    let slab = extra * core::mem::size_of::<Position>();
    viewed::<MarginAccount>(input, size(core::mem::size_of::<MarginAccount>() + slab), header);
    viewed::<MarginAccount>(input, input.len(), header);
    pool(input);
    health(input, now, extra.min(MAX_POSITIONS));
    Ok(())
}

/// An event that decodes encodes to the same bytes.
fn event(input: &[u8]) {
    let Some(event) = Event::decode(input) else { return };
    let mut encoded = event.head.to_bytes().to_vec();
    match event.body {
        Body::Legs(legs) => legs.for_each(|leg| encoded.extend(leg.to_bytes())),
        Body::Pool(body) => encoded.extend(body.to_bytes()),
        Body::Lender(body) => encoded.extend(body.to_bytes()),
        Body::Account(body) => encoded.extend(body.to_bytes()),
        Body::Liquidation(body) => encoded.extend(body.to_bytes()),
        Body::Flag(body) => encoded.extend(body.to_bytes()),
        Body::Mark(body) => encoded.extend(body.to_bytes()),
        Body::Settlement(body) => encoded.extend(body.to_bytes()),
        Body::Rescue(body) => encoded.extend(body.to_bytes()),
        Body::Receivership(body) => encoded.extend(body.to_bytes()),
    }
    assert_eq!(encoded, input);
}

/// The operations of a frame are its bytes, one after another.
fn frame(mut input: &[u8]) {
    while let Some((step, rest)) = batch::next(input) {
        let (taken, behind) = input.split_at(input.len() - rest.len());
        assert_eq!(behind, rest);
        assert_eq!(taken.len(), batch::encoded_len(step.accounts.len(), step.args.len()));
        let counted = |bytes: &[u8]| u8::try_from(bytes.len()).expect("one byte counts them");
        let again =
            [&[step.tag, counted(step.accounts)], step.accounts, &[counted(step.args)], step.args]
                .concat();
        assert_eq!(again, taken);
        input = rest;
    }
}

/// A pool of any bytes: its books are read back as they were written.
fn pool(input: &[u8]) {
    let words = account_bytes::<Pool>(input, core::mem::size_of::<Pool>(), true);
    let (pool, _) = view::<Pool>(bytemuck::cast_slice(&words)).expect("a right header");
    let Ok(books) = pool.books() else { return };
    let mut copy = *pool;
    copy.set_books(&books);
    assert_eq!(bytemuck::bytes_of(&copy), bytemuck::bytes_of(pool));
    if let Ok(terms) = pool.terms() {
        // any result, no panic
        let _ = books.accrued(&terms, books.updated.wrapping_add(1_000));
        let _ = (books.rates(&terms), books.is_balanced());
    }
}

/// Health of any slab on any board, and of a slab whose keys name real rows.
fn health(input: &[u8], now: Now, count: usize) {
    let prices = account_bytes::<PricesPage>(input, core::mem::size_of::<PricesPage>(), true);
    let markets = account_bytes::<MarketsPage>(input, core::mem::size_of::<MarketsPage>(), true);
    let (prices, _) = view::<PricesPage>(bytemuck::cast_slice(&prices)).expect("a right header");
    let (markets, _) = view::<MarketsPage>(bytemuck::cast_slice(&markets)).expect("a right header");
    let len = core::mem::size_of::<MarginAccount>() + count * core::mem::size_of::<Position>();
    let words = account_bytes::<MarginAccount>(input, len, true);
    let data: &[u8] = bytemuck::cast_slice(&words);
    let (account, slab) = view::<MarginAccount>(data).expect("a right header");
    let board = Board { prices, markets, now };
    let venues = Venues::of(account);
    if let Ok(found) = positions(account, slab) {
        assert!(found.len() <= count);
    }
    let mut sorted: Vec<Position> = bytemuck::cast_slice(slab).to_vec();
    for raw in [true, false] {
        if !raw {
            for position in &mut sorted {
                position.kind = if position.kind & 1 == 0 {
                    PositionKind::Custody.byte()
                } else {
                    position.kind % 3 + 1
                };
                position.units = trestle_interface::state::Wide::new(position.units.get() >> 64);
                if let Some(row) = markets.market(position.market % markets.market_count.max(1)) {
                    position.market %= markets.market_count.max(1);
                    (position.asset, position.class) = (row.asset, row.class);
                }
            }
            sorted.sort_by_key(Position::key);
        }
        if let Ok(health) = assess(&sorted, venues, &board, &mut Book::new(), &mut ()) {
            let report = HealthReport::new(&health, now.slot);
            assert_eq!(HealthReport::read(bytemuck::bytes_of(&report)), Some(report));
            let _ = health_bucket(health.maint, health.debts);
        }
    }
}
