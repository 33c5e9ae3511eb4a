//! The part to copy: Trestle called with a derived address as the owner.
//!
//! Trusted: the program and the margin account that the vault was made for.
//! Everything else that a caller passes on (pages, pools, vaults of tokens,
//! reserves) Trestle checks against its own board, so it is passed on as it
//! comes. Never passed on: tags, amounts, and the margin account itself. Those
//! this program writes, or anyone could have it sign anything.

use crate::error::VaultError;
use crate::state::{ActAccounts, VAULT, Vault};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::program::{get_return_data, invoke_signed};
use solana_program::program_error::ProgramError;
use trestle_interface::Tag;
use trestle_interface::accounts::{GetHealthAccounts, OwnerAccounts};
use trestle_interface::args::{AssertRateArgs, CreateAccountArgs};
use trestle_interface::batch::FrameWriter;
use trestle_interface::health::HealthReport;

/// Room for the longest batch of this program: three operations.
pub const FRAME: usize = 192;
/// Oldest rows that shares are valued by, slots: those of the same slot, as
/// `refresh_markets` in the same transaction leaves them. With older ones a
/// deposit would take interest that others earned.
const MAX_AGE: u32 = 0;

/// The vault's margin account, ready to be acted on.
pub struct Margin<'a, 'i> {
    vault: &'a Vault,
    list: &'a ActAccounts<&'a AccountInfo<'i>>,
    /// The accounts of the instruction.
    infos: &'a [AccountInfo<'i>],
}

impl<'a, 'i> Margin<'a, 'i> {
    /// Checks program and margin account against what the vault was made for.
    ///
    /// # Errors
    /// [`VaultError::NotOurs`].
    pub fn new(
        vault: &'a Vault,
        list: &'a ActAccounts<&'a AccountInfo<'i>>,
        infos: &'a [AccountInfo<'i>],
    ) -> Result<Self, VaultError> {
        if *list.trestle.key != vault.trestle || *list.margin.key != vault.margin {
            return Err(VaultError::NotOurs);
        }
        Ok(Self { vault, list, infos })
    }

    /// Runs a batch over `rest`, signed by the vault.
    ///
    /// # Errors
    /// Trestle's, which end the instruction.
    pub fn batch(&self, frame: FrameWriter<'_>, rest: &[AccountInfo<'i>]) -> ProgramResult {
        let owner = OwnerAccounts {
            authority: self.list.vault,
            account: self.list.margin,
            prices: self.list.prices,
            markets: self.list.markets,
        };
        let roles = OwnerAccounts::<()>::ROLES;
        let own = owner.into_array().into_iter().zip(roles).map(|(info, role)| AccountMeta {
            pubkey: *info.key,
            is_signer: role.signer,
            is_writable: role.writable,
        });
        let accounts = own.chain(rest.iter().map(passed_on)).collect();
        let data = frame.finish().to_vec();
        let batch = Instruction { program_id: self.vault.trestle, accounts, data };
        signed(&batch, self.infos, self.vault)
    }

    /// Health now. The report counts only if Trestle itself returned it.
    ///
    /// # Errors
    /// Trestle's; [`VaultError::ForgedReport`].
    pub fn health(&self) -> Result<HealthReport, ProgramError> {
        let list = GetHealthAccounts {
            account: self.list.margin,
            prices: self.list.prices,
            markets: self.list.markets,
        };
        let metas = list.into_array().map(|info| AccountMeta::new_readonly(*info.key, false));
        let call = Instruction {
            program_id: self.vault.trestle,
            accounts: metas.to_vec(),
            data: vec![Tag::GetHealth.byte()],
        };
        invoke_signed(&call, self.infos, &[])?;
        let (returner, data) = get_return_data().ok_or(VaultError::ForgedReport)?;
        HealthReport::returned_by(&self.vault.trestle, &returner, &data)
            .ok_or_else(|| VaultError::ForgedReport.into())
    }

    /// Equity now.
    ///
    /// # Errors
    /// Those of [`Margin::health`] and [`equity_of`].
    pub fn equity(&self) -> Result<u64, ProgramError> {
        Ok(equity_of(&self.health()?)?)
    }

    /// Initial health is known, and at least the vault's floor: a share of the
    /// debts, so that a vault without debts can always be left.
    ///
    /// # Errors
    /// [`VaultError::BelowFloor`].
    pub fn expect_floor(&self, report: &HealthReport) -> Result<(), VaultError> {
        let floor = i128::from(report.debts).wrapping_mul(i128::from(self.vault.floor));
        let has = i128::from(report.init).wrapping_mul(10_000);
        let kept = report.init_known != 0 && has >= floor;
        if kept { Ok(()) } else { Err(VaultError::BelowFloor) }
    }
}

/// Equity of a report, micro-USD, from data as young as initial health asks for.
///
/// # Errors
/// [`VaultError::StaleReport`]; [`VaultError::NothingLeft`].
pub fn equity_of(report: &HealthReport) -> Result<u64, VaultError> {
    if report.freshness != 0 || report.init_known == 0 {
        return Err(VaultError::StaleReport);
    }
    u64::try_from(report.equity).map_err(|_| VaultError::NothingLeft)
}

/// Begins a batch in a buffer.
///
/// # Errors
/// None: the buffer is not empty.
pub fn begin(buffer: &mut [u8; FRAME]) -> Result<FrameWriter<'_>, VaultError> {
    FrameWriter::new(buffer).ok_or(VaultError::Overflow)
}

/// Appends guards: the rows that the vault's equity hangs on are of this slot.
///
/// # Errors
/// [`VaultError::Overflow`].
pub fn push_fresh(frame: &mut FrameWriter<'_>, vault: &Vault) -> Result<(), VaultError> {
    // bounds that any rate keeps: only the age is asked
    let of_debt =
        AssertRateArgs { market: vault.pool, debt: true, bound: u32::MAX, max_age: MAX_AGE };
    let of_deposit =
        AssertRateArgs { market: vault.reserve, debt: false, bound: 0, max_age: MAX_AGE };
    for args in [of_debt, of_deposit] {
        push(frame, Tag::AssertRate, 0, 0, &args.to_bytes())?;
    }
    Ok(())
}

/// Appends an operation over the accounts `from` to `to`, `to` not included,
/// behind the owner's own.
///
/// # Errors
/// [`VaultError::Overflow`].
pub fn push(
    frame: &mut FrameWriter<'_>,
    tag: Tag,
    from: usize,
    to: usize,
    args: &[u8],
) -> Result<(), VaultError> {
    let index = |at| u8::try_from(at).map_err(|_| VaultError::AccountCount);
    frame.push(tag, index(from)?..index(to)?, args).ok_or(VaultError::Overflow)
}

/// Opens a margin account of the vault. `proof` is empty but in the cohort phase.
///
/// # Errors
/// Trestle's.
pub fn create_account(vault: &Vault, infos: &[AccountInfo<'_>], proof: &[u8]) -> ProgramResult {
    let [manager, owner, _, rest @ ..] = infos else {
        return Err(VaultError::AccountCount.into());
    };
    // Trestle's list: payer, owner, group, account, system program, seat
    let owner = AccountMeta::new_readonly(*owner.key, true);
    let accounts = [passed_on(manager), owner].into_iter().chain(rest.iter().map(passed_on));
    let args = CreateAccountArgs { index: 0, capacity: 8 }.to_bytes();
    let call = Instruction {
        program_id: vault.trestle,
        accounts: accounts.collect(),
        data: [&[Tag::CreateAccount.byte()], &args[..], proof].concat(),
    };
    signed(&call, infos, vault)
}

/// An account with the flags that the transaction gave it.
fn passed_on(info: &AccountInfo<'_>) -> AccountMeta {
    AccountMeta { pubkey: *info.key, is_signer: info.is_signer, is_writable: info.is_writable }
}

fn signed(call: &Instruction, infos: &[AccountInfo<'_>], vault: &Vault) -> ProgramResult {
    let bump = [vault.bump];
    let seeds: [&[u8]; 4] = [VAULT, vault.group.as_ref(), vault.manager.as_ref(), &bump];
    invoke_signed(call, infos, &[&seeds])
}
