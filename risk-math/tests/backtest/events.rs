//! Stress events as data. Moves are basis points of the price before the event.
//!
//! Daily rows are reference rates at 00:00 UTC; rows after 2023 were not used
//! to set any parameter. ETH is left out: no book holds it. Where a source
//! gives no BTC move it is taken as unmoved, which helps no long SOL book.

/// Prices at one moment, basis points of their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moves {
    pub btc: i64,
    pub sol: i64,
    pub usdc: i64,
    /// What the board's JitoSOL price is off by, on top of SOL's move.
    pub jitosol_oracle: i64,
}

/// What else happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incident {
    None,
    /// The perp venue is gone, claims and hedges with it.
    PerpVenueDefaults,
    /// Nothing can be withdrawn from Kamino.
    KaminoIlliquid,
}

/// One event: straight lines between corners.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub name: &'static str,
    pub minutes: u32,
    /// Corners after the start, equally far apart in time.
    pub path: &'static [Moves],
    pub incident: Incident,
}

const fn moved(btc: i64, sol: i64) -> Moves {
    Moves { btc, sol, usdc: 0, jitosol_oracle: 0 }
}

const fn day(name: &'static str, minutes: u32, path: &'static [Moves]) -> Event {
    Event { name, minutes, path, incident: Incident::None }
}

const DAY: u32 = 1_440;
const STILL: Moves = moved(0, 0);

pub const EVENTS: &[Event] = &[
    // CoinMetrics reference rates, daily (risk model 6.1)
    day("2020-07-16", DAY, &[moved(-70, -2_770)]),
    day("2021-05-19", DAY, &[moved(-1_200, -3_530)]),
    // CoinMetrics, three days to 2021-05-24
    day("2021-05-21, 3 d", 3 * DAY, &[moved(-1_480, -4_510)]),
    day("2021-06-21", DAY, &[moved(-1_090, -2_370)]),
    day("2022-11-08", DAY, &[moved(-1_000, -1_860)]),
    day(FTX_DAY, DAY, &[moved(-1_490, -4_210)]),
    // CoinMetrics, four days to 2022-11-10
    day("2022-11-06, 4 d", 4 * DAY, &[moved(-2_600, -6_220)]),
    day("2022-11-10", DAY, &[moved(1_130, 2_610)]),
    day("2023-01-14", DAY, &[moved(570, 3_350)]),
    day("2023-11-10", DAY, &[moved(190, 2_570)]),
    // held out (risk model 6.2): Kamino's report on 2025-10-10 for SOL
    // 207 -> 177 inside an hour and 220 -> 177 in a day; CoinShares for BTC
    // 122.6k -> 104.8k, here for both windows
    day("2025-10-10, 1 h", 60, &[moved(-1_450, -1_450)]),
    day("2025-10-10, 24 h", DAY, &[moved(-1_450, -1_950)]),
    // Kamino: SOL 170 -> 125 -> 175 from 2025-02-24 to 2025-03-02
    day("2025-02-24, 6 d", 6 * DAY, &[moved(0, -2_647), moved(0, 294)]),
    // Kamino: SOL 142 -> 122 from 2025-11-19 to 2025-11-21
    day("2025-11-19, 2 d", 2 * DAY, &[moved(0, -1_408)]),
    // 2026-02-05: SOL -15 % on the day
    day("2026-02-05", DAY, &[moved(0, -1_500)]),
    // the stress test's USDC depeg of -12 % (risk model 6.3), one day, and back
    day("USDC at 0.88", DAY, &[Moves { usdc: -1_200, ..STILL }, STILL]),
    // 2026-03-10: a rate cap's configuration put a staking token 2.85 % low
    day("rate 2.85 % low", 60, &[Moves { jitosol_oracle: -285, ..STILL }, STILL]),
    // the -18 % print of an exchange, were it used as the oracle (risk model 2.10)
    day(DEX_PRINT, 10, &[Moves { jitosol_oracle: -1_800, ..STILL }]),
    // 2026-04-01: a venue's loss of everything
    Event {
        name: VENUE_DEFAULT,
        minutes: 1,
        path: &[STILL],
        incident: Incident::PerpVenueDefaults,
    },
    // 2026-04-18: utilisation of 100 %
    Event {
        name: "Kamino illiquid",
        minutes: 1,
        path: &[STILL],
        incident: Incident::KaminoIlliquid,
    },
];

pub const FTX_DAY: &str = "2022-11-09, FTX";
pub const DEX_PRINT: &str = "DEX print as oracle";
pub const VENUE_DEFAULT: &str = "perp venue defaults";

impl Event {
    /// Moves after `minute` minutes.
    pub fn at(&self, minute: u32) -> Moves {
        let corners = u32::try_from(self.path.len()).unwrap();
        let along = u64::from(minute.min(self.minutes)) * u64::from(corners);
        let (segment, rest) = (along / u64::from(self.minutes), along % u64::from(self.minutes));
        let index = usize::try_from(segment).unwrap();
        let from = if index == 0 { STILL } else { self.path[index - 1] };
        let Some(to) = self.path.get(index) else { return from };
        let line =
            |a: i64, b: i64| a + (b - a) * i64::try_from(rest).unwrap() / i64::from(self.minutes);
        Moves {
            btc: line(from.btc, to.btc),
            sol: line(from.sol, to.sol),
            usdc: line(from.usdc, to.usdc),
            jitosol_oracle: line(from.jitosol_oracle, to.jitosol_oracle),
        }
    }

    /// The corner that lies farthest from the start: what a gap goes to.
    pub fn worst(&self) -> Moves {
        let size = |m: &Moves| m.btc.abs() + m.sol.abs() + m.usdc.abs() + m.jitosol_oracle.abs();
        *self.path.iter().max_by_key(|m| size(m)).unwrap()
    }
}
