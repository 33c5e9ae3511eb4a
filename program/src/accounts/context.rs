//! What every operation of an owner starts from.

use super::load::{now, read_in};
use crate::Result;
use crate::delegate::{Acting, Flow};
use crate::slab::{Margin, Place};
use crate::venues::{Reads, kamino};
use core::cell::{OnceCell, Ref};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::pda;
use trestle_interface::permission::Permission;
use trestle_interface::state::{
    AccountStatus, AssetRow, ClassStatus, MarginAccount, MarketKind, MarketRow, MarketStatus,
    MarketsPage, Position, PricesPage, Session,
};
use trestle_interface::view::{Board, Now, Venues, assess};
use trestle_risk_math::portfolio::{Book, Health};

/// Who acts on a margin account, when it is not simply its owner.
pub(crate) enum Who {
    /// A delegate: within its permissions, on its budget.
    Delegate(Acting),
    /// The owner inside a region: the check is put off to the region's end.
    Region,
    /// A liquidator inside its receivership, whose end checks.
    Receiver {
        /// Assets that may leave, one bit each.
        seizable: u64,
    },
}

impl Who {
    /// Whoever is not an owner outside a session.
    #[cold]
    #[inline(never)]
    fn find(account: &MarginAccount, key: &Pubkey, now: i64) -> Result<Box<Self>> {
        match Session::from_byte(account.session) {
            Some(Session::Idle) => Ok(Box::new(Self::Delegate(Acting::find(account, key, now)?))),
            // regions are for owners only (ruling 6)
            Some(Session::Region) if account.owner == *key => Ok(Box::new(Self::Region)),
            Some(Session::Liquidation) if account.receivership.liquidator == *key => {
                Ok(Box::new(Self::Receiver { seizable: account.receivership.seizable }))
            }
            _ => Err(TrestleError::InSession),
        }
    }
}

/// A margin account, its group's board, and who acts.
pub(crate) struct Context<'a, 'i> {
    pub(crate) program_id: &'a Pubkey,
    /// Who signed for the account.
    pub(crate) authority: &'a AccountInfo<'i>,
    /// Address of the margin account.
    pub(crate) account: &'a Pubkey,
    pub(crate) margin: Margin<'a>,
    pub(crate) prices: Ref<'a, PricesPage>,
    pub(crate) markets: Ref<'a, MarketsPage>,
    pub(crate) now: Now,
    /// Venue accounts read in this instruction.
    pub(crate) reads: Reads,
    /// Memory for calls of venues, once one was planned.
    pub(crate) scratch: Option<Box<kamino::Scratch>>,
    /// [`Context::authority_address`], once it was asked for.
    owner: OnceCell<Pubkey>,
    /// Who signed; `None` for the owner outside a session, and for anyone
    /// where an instruction is open to all.
    pub(crate) who: Option<Box<Who>>,
}

impl<'a, 'i> Context<'a, 'i> {
    /// Loads the account from its borrowed `bytes` and the pages of its group.
    /// The signer must be the owner or a delegate. No session may be open but
    /// a region of the owner's.
    pub(crate) fn load(
        program_id: &'a Pubkey,
        authority: &'a AccountInfo<'i>,
        account: &'a AccountInfo<'i>,
        bytes: &'a mut [u8],
        prices: &'a AccountInfo<'i>,
        markets: &'a AccountInfo<'i>,
    ) -> Result<Self> {
        let margin = Margin::load(bytes, account, program_id)?;
        let now = now()?;
        let who = if is_idle(&margin) && margin.fixed.owner == *authority.key {
            None
        } else {
            Some(Who::find(margin.fixed, authority.key, now.unix)?)
        };
        Self::of(program_id, authority, account, margin, prices, markets, now, who)
    }

    /// [`Context::load`] for a signer who acts on another's account, on which
    /// no session may be open.
    pub(crate) fn open(
        program_id: &'a Pubkey,
        authority: &'a AccountInfo<'i>,
        account: &'a AccountInfo<'i>,
        bytes: &'a mut [u8],
        prices: &'a AccountInfo<'i>,
        markets: &'a AccountInfo<'i>,
    ) -> Result<Self> {
        let margin = Margin::load(bytes, account, program_id)?;
        if !is_idle(&margin) {
            return Err(TrestleError::InSession);
        }
        Self::of(program_id, authority, account, margin, prices, markets, now()?, None)
    }

    #[inline(always)]
    #[allow(clippy::too_many_arguments)] // one call's parts, all different
    fn of(
        program_id: &'a Pubkey,
        authority: &'a AccountInfo<'i>,
        account: &'a AccountInfo<'i>,
        margin: Margin<'a>,
        prices: &'a AccountInfo<'i>,
        markets: &'a AccountInfo<'i>,
        now: Now,
        who: Option<Box<Who>>,
    ) -> Result<Self> {
        let group = margin.fixed.header.group;
        Ok(Self {
            program_id,
            authority,
            account: account.key,
            margin,
            prices: read_in(prices, program_id, &group)?,
            markets: read_in(markets, program_id, &group)?,
            now,
            reads: Reads::default(),
            scratch: None,
            owner: OnceCell::new(),
            who,
        })
    }

    /// Whether a delegate acts or the account is locked down. Tokens then
    /// leave to the owner only.
    #[inline(always)]
    pub(crate) fn is_restricted(&self) -> bool {
        let free = matches!(self.who.as_deref(), Some(Who::Receiver { .. }));
        !free && (self.is_by_delegate() || self.is_locked_down())
    }

    /// Whether a delegate acts.
    #[inline(always)]
    pub(crate) fn is_by_delegate(&self) -> bool {
        matches!(self.who.as_deref(), Some(Who::Delegate(_)))
    }

    #[inline(always)]
    fn is_locked_down(&self) -> bool {
        self.margin.fixed.status != AccountStatus::Active.byte()
    }

    /// The signer may run an operation that asks for `permission`.
    #[inline(always)]
    pub(crate) fn authorize(&self, permission: Permission) -> Result<()> {
        let free = self.who.is_none() && !self.is_locked_down();
        if free { Ok(()) } else { self.authorize_restricted(permission) }
    }

    #[cold]
    #[inline(never)]
    fn authorize_restricted(&self, permission: Permission) -> Result<()> {
        if let Some(Who::Receiver { .. }) = self.who.as_deref() {
            let allowed = permission.in_receivership;
            return if allowed { Ok(()) } else { Err(TrestleError::InSession) };
        }
        if self.is_locked_down() && !permission.when_locked {
            return Err(TrestleError::LockedDown);
        }
        match self.who.as_deref() {
            None => Ok(()),
            Some(Who::Region) if permission.in_region => Ok(()),
            Some(Who::Region | Who::Receiver { .. }) => Err(TrestleError::InSession),
            Some(Who::Delegate(acting)) => {
                let row = self.margin.fixed.delegates.get(acting.at);
                let bits = row.ok_or(TrestleError::Corrupt)?.permissions;
                if permission.covers(bits) { Ok(()) } else { Err(TrestleError::NotPermitted) }
            }
        }
    }

    /// Remembers what a delegate moved between custody and a wallet, or
    /// claimed: it is neither gain nor loss of its act.
    #[inline(always)]
    pub(crate) fn note(&mut self, flow: Flow) {
        if let Some(Who::Delegate(acting)) = self.who.as_deref_mut() {
            acting.flows.push(flow);
        }
    }

    /// An asset may be withdrawn or redeemed: inside a receivership only what its begin
    /// found tradable.
    #[inline(always)]
    pub(crate) fn expect_seizable(&self, asset: u8) -> Result<()> {
        match self.who.as_deref() {
            Some(Who::Receiver { seizable }) if seizable & asset_bit(asset) == 0 => {
                Err(TrestleError::ReceivershipAsset)
            }
            _ => Ok(()),
        }
    }

    /// Custody may be paid from: inside a receivership an asset that its begin
    /// did not find tradable keeps what was there. It counts nothing in equity,
    /// so a debt repaid from it would look like the liquidator's own capital.
    #[inline(always)]
    pub(crate) fn expect_kept(&self, custody: Place, left: u64) -> Result<()> {
        if self.who.is_none() {
            return Ok(());
        }
        let before = self.margin.find(custody.key()).map_or(0, |position| position.before);
        if left < before { self.expect_seizable(custody.asset) } else { Ok(()) }
    }

    /// A listed asset.
    pub(crate) fn asset(&self, id: u8) -> Result<&AssetRow> {
        self.prices.asset(id).ok_or(TrestleError::UnknownRow)
    }

    /// A listed market of a kind.
    pub(crate) fn market(&self, id: u16, kind: MarketKind) -> Result<&MarketRow> {
        let row = self.markets.market(id).ok_or(TrestleError::UnknownRow)?;
        if row.kind != kind.byte() {
            return Err(TrestleError::WrongMarketKind);
        }
        Ok(row)
    }

    /// Refuses new risk at a market unless it and its class are active.
    pub(crate) fn expect_active(&self, row: &MarketRow) -> Result<()> {
        if row.status != MarketStatus::Active.byte() {
            return Err(TrestleError::MarketNotActive);
        }
        let class = self.markets.class(row.class).ok_or(TrestleError::UnknownRow)?;
        if class.status != ClassStatus::Active.byte() {
            return Err(TrestleError::ClassNotActive);
        }
        Ok(())
    }

    /// The board now.
    pub(crate) fn board(&self) -> Board<'_> {
        Board { prices: &self.prices, markets: &self.markets, now: self.now }
    }

    /// The account's venue accounts, with what has been read of them.
    pub(crate) fn venues(&self) -> Venues<'_> {
        Venues::of(self.margin.fixed).with_reads(self.reads.accounts, &self.reads.rows)
    }

    /// Health of positions on the board.
    #[inline(never)]
    pub(crate) fn health(&self, positions: &[Position]) -> Result<Health> {
        self.health_in(positions, &mut Book::new())
    }

    /// [`Context::health`], leaving the sums behind it in an empty book.
    pub(crate) fn health_in(&self, positions: &[Position], book: &mut Book) -> Result<Health> {
        assess(positions, self.venues(), &self.board(), book, &mut ())
    }

    /// Whether a liquidation may rest on this health: on fresh prices that
    /// were published close together.
    pub(crate) fn is_fresh(&self, health: &Health) -> bool {
        let terms = &self.markets.terms;
        let age = self.now.unix.saturating_sub(health.oldest);
        !health.stale
            && age <= i64::from(terms.liquidation_age)
            && health.skew() <= i64::from(terms.liquidation_skew)
    }

    /// Takes the flag of liquidation away once liquidation-end health is back.
    /// It must not wait for the next fall, which may be months later.
    pub(crate) fn note_recovery(&mut self, health: &Health) {
        if self.margin.fixed.flagged_slot != 0 && health.liqend >= 0 && self.is_fresh(health) {
            self.margin.fixed.flagged_slot = 0;
        }
    }

    /// The address that owns the account's tokens and venue accounts.
    pub(crate) fn authority_address(&self) -> Pubkey {
        let bump = self.margin.fixed.authority_bump;
        *self.owner.get_or_init(|| authority_address(self.program_id, self.account, bump))
    }
}

/// An asset's bit in a mask of the board's assets.
pub(crate) fn asset_bit(asset: u8) -> u64 {
    1_u64.checked_shl(u32::from(asset)).unwrap_or(0)
}

/// No session is open.
#[inline(always)]
fn is_idle(margin: &Margin<'_>) -> bool {
    margin.fixed.session == Session::Idle.byte()
}

/// Authority of a margin account by its stored bump: a hash, not a search.
pub(crate) fn authority_address(program_id: &Pubkey, account: &Pubkey, bump: u8) -> Pubkey {
    Pubkey::derive_address(&[pda::AUTHORITY, account.as_ref()], Some(bump), program_id)
}
