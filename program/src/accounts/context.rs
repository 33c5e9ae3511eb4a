//! What every operation of an owner starts from.

use super::load::{now, read_in};
use crate::Result;
use crate::delegate::{Acting, Flow};
use crate::slab::Margin;
use crate::venues::{Reads, kamino};
use core::cell::{OnceCell, Ref};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::pda;
use trestle_interface::permission::Permission;
use trestle_interface::state::{
    AccountStatus, AssetRow, ClassStatus, MarketKind, MarketRow, MarketStatus, MarketsPage,
    Position, PricesPage, Session,
};
use trestle_interface::view::{Board, Now, Venues, assess};
use trestle_risk_math::portfolio::{Book, Health};

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
    /// The delegate who signed; `None` when the owner did.
    pub(crate) acting: Option<Box<Acting>>,
}

impl<'a, 'i> Context<'a, 'i> {
    /// Loads the account from its borrowed `bytes` and the pages of its group.
    /// The signer must be the owner or a delegate, and no session may be open.
    pub(crate) fn load(
        program_id: &'a Pubkey,
        authority: &'a AccountInfo<'i>,
        account: &'a AccountInfo<'i>,
        bytes: &'a mut [u8],
        prices: &'a AccountInfo<'i>,
        markets: &'a AccountInfo<'i>,
    ) -> Result<Self> {
        let (margin, now) = idle(program_id, account, bytes)?;
        let acting = if margin.fixed.owner == *authority.key {
            None
        } else {
            Some(Acting::find(margin.fixed, authority.key, now.unix)?)
        };
        Self::of(program_id, authority, account, margin, prices, markets, now, acting)
    }

    /// [`Context::load`] for a signer who acts on another's account.
    pub(crate) fn open(
        program_id: &'a Pubkey,
        authority: &'a AccountInfo<'i>,
        account: &'a AccountInfo<'i>,
        bytes: &'a mut [u8],
        prices: &'a AccountInfo<'i>,
        markets: &'a AccountInfo<'i>,
    ) -> Result<Self> {
        let (margin, now) = idle(program_id, account, bytes)?;
        Self::of(program_id, authority, account, margin, prices, markets, now, None)
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
        acting: Option<Box<Acting>>,
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
            acting,
        })
    }

    /// Whether a delegate acts or the account is locked down. Tokens then
    /// leave to the owner only.
    #[inline(always)]
    pub(crate) fn is_restricted(&self) -> bool {
        self.acting.is_some() || self.margin.fixed.status != AccountStatus::Active.byte()
    }

    /// The signer may run an operation that asks for `permission`.
    #[inline(always)]
    pub(crate) fn authorize(&self, permission: Permission) -> Result<()> {
        if self.is_restricted() { self.authorize_restricted(permission) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn authorize_restricted(&self, permission: Permission) -> Result<()> {
        let fixed = &self.margin.fixed;
        if fixed.status != AccountStatus::Active.byte() && !permission.when_locked {
            return Err(TrestleError::LockedDown);
        }
        let Some(acting) = &self.acting else { return Ok(()) };
        let row = fixed.delegates.get(acting.at).ok_or(TrestleError::Corrupt)?;
        if permission.covers(row.permissions) { Ok(()) } else { Err(TrestleError::NotPermitted) }
    }

    /// Remembers what a delegate moved between custody and a wallet, or
    /// claimed: it is neither gain nor loss of its act.
    #[inline(always)]
    pub(crate) fn note(&mut self, flow: Flow) {
        if let Some(acting) = &mut self.acting {
            acting.flows.push(flow);
        }
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

/// A margin account on which no session is open, and the time.
#[inline(always)]
fn idle<'a>(
    program_id: &Pubkey,
    account: &AccountInfo,
    bytes: &'a mut [u8],
) -> Result<(Margin<'a>, Now)> {
    let margin = Margin::load(bytes, account, program_id)?;
    if margin.fixed.session != Session::Idle.byte() {
        return Err(TrestleError::InSession);
    }
    Ok((margin, now()?))
}

/// Authority of a margin account by its stored bump: a hash, not a search.
pub(crate) fn authority_address(program_id: &Pubkey, account: &Pubkey, bump: u8) -> Pubkey {
    Pubkey::derive_address(&[pda::AUTHORITY, account.as_ref()], Some(bump), program_id)
}
