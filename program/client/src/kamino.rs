//! Kamino's addresses, worked out from its accounts, and its own instructions
//! that a transaction sends in front of ours.

use crate::keys::AssetKeys;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::state::MarketsPage;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::plan::{self, Parties};
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::{KaminoError, ids, seeds};
use trestle_venue_adapters::plan::Call;

/// Kamino Lend.
pub const PROGRAM: Address = Address::new_from_array(ids::PROGRAM);
/// Kamino Farms.
pub const FARMS_PROGRAM: Address = Address::new_from_array(ids::FARMS_PROGRAM);

/// A lending market, and the class it is listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KaminoMarket {
    /// Class.
    pub class: u8,
    /// Market.
    pub market: Address,
    /// Its authority over vaults.
    pub authority: Address,
}

/// A listed reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KaminoReserve {
    /// Market.
    pub parent: KaminoMarket,
    /// Row on the markets page.
    pub row: u16,
    /// Reserve.
    pub reserve: Address,
    /// Asset.
    pub asset: AssetKeys,
    /// Vault of the tokens.
    pub vault: Address,
    /// Vault of fees.
    pub fee_vault: Address,
    /// Mint of cTokens.
    pub ctoken_mint: Address,
    /// Vault of cTokens.
    pub ctoken_vault: Address,
    /// Farm of depositors.
    pub collateral_farm: Option<Address>,
    /// Farm of borrowers.
    pub debt_farm: Option<Address>,
}

impl KaminoMarket {
    /// A market from its account's bytes.
    ///
    /// # Errors
    /// [`KaminoError`] when the bytes are no market.
    pub fn read(class: u8, market: Address, data: &[u8]) -> Result<Self, KaminoError> {
        let bump = Market::new(data)?.bump().ok_or(KaminoError::Numbers)?;
        let seeds = seeds::market_authority(market.as_array());
        let authority = Address::derive_address(&seeds, Some(bump), &PROGRAM);
        Ok(Self { class, market, authority })
    }

    /// The obligation that Trestle opens for an authority.
    #[must_use]
    pub fn obligation(&self, authority: &Address) -> Address {
        let seeds = seeds::obligation(&[0], authority.as_array(), self.market.as_array());
        Address::find_program_address(&seeds, &PROGRAM).0
    }
}

impl KaminoReserve {
    /// A reserve from its account's bytes.
    ///
    /// # Errors
    /// [`KaminoError`] when the bytes are no reserve.
    pub fn read(
        parent: KaminoMarket,
        row: u16,
        reserve: Address,
        asset: AssetKeys,
        data: &[u8],
    ) -> Result<Self, KaminoError> {
        let view = Reserve::new(data)?;
        let key = |bytes: &[u8; 32]| Address::new_from_array(*bytes);
        Ok(Self {
            parent,
            row,
            reserve,
            asset,
            vault: key(view.vault()),
            fee_vault: key(view.fee_vault()),
            ctoken_mint: key(view.ctoken_mint()),
            ctoken_vault: key(view.ctoken_vault()),
            collateral_farm: view.collateral_farm().map(key),
            debt_farm: view.debt_farm().map(key),
        })
    }

    /// The row of a reserve on a page.
    #[must_use]
    pub fn row_of(markets: &MarketsPage, reserve: &Address) -> Option<u16> {
        (0..markets.market_count)
            .find(|id| markets.market(*id).is_some_and(|row| row.address == *reserve))
    }

    /// The stake of an obligation in one of the reserve's farms.
    #[must_use]
    pub fn stake(&self, farm: &Address, obligation: &Address) -> Address {
        let seeds = seeds::farm_user(farm.as_array(), obligation.as_array());
        Address::find_program_address(&seeds, &FARMS_PROGRAM).0
    }
}

/// The owner's metadata at Kamino.
#[must_use]
pub fn user_metadata(owner: &Address) -> Address {
    Address::find_program_address(&seeds::user_metadata(owner.as_array()), &PROGRAM).0
}

/// Kamino's own refresh of reserves with their prices, which borrowing and
/// redeeming with a debt need in the same slot: to be sent in front.
///
/// # Errors
/// [`KaminoError`] when bytes are no reserve, or there are more than five.
pub fn refresh_prices(
    market: &Address,
    reserves: &[(Address, &[u8])],
) -> Result<Instruction, KaminoError> {
    let views: Vec<(Address, Reserve<'_>)> = reserves
        .iter()
        .map(|(key, data)| Ok((*key, Reserve::new(data)?)))
        .collect::<Result<_, KaminoError>>()?;
    let mut call = Call::EMPTY;
    let pairs = views.iter().map(|(key, view)| (key.as_array(), view));
    plan::refresh_reserves_with_prices(&mut call, market.as_array(), pairs)?;
    Ok(instruction(&call))
}

/// Kamino's own refresh of reserves without prices, in front of a supply or a
/// repayment. Trestle's program sends it itself where it is missing; in front
/// it is cheaper.
///
/// # Errors
/// [`KaminoError`] for more than sixteen reserves.
pub fn refresh_interest(
    market: &Address,
    reserves: &[Address],
) -> Result<Instruction, KaminoError> {
    let mut call = Call::EMPTY;
    plan::refresh_reserves(&mut call, market.as_array(), reserves.iter().map(Address::as_array))?;
    Ok(instruction(&call))
}

/// Kamino's own refresh of an obligation, behind that of all its reserves. One
/// serves one operation.
///
/// # Errors
/// [`KaminoError`] when the bytes are no obligation.
pub fn refresh_obligation(obligation: &Address, data: &[u8]) -> Result<Instruction, KaminoError> {
    let view = Obligation::new(data)?;
    let parties = Parties {
        owner: view.owner(),
        obligation: obligation.as_array(),
        market: view.market(),
        market_authority: view.owner(), // neither it nor the owner is named
    };
    let mut call = Call::EMPTY;
    plan::refresh_obligation(&mut call, &parties, &view)?;
    Ok(instruction(&call))
}

/// A plan as an instruction.
#[must_use]
pub fn instruction(call: &Call) -> Instruction {
    let accounts = call
        .metas()
        .iter()
        .map(|meta| AccountMeta {
            pubkey: Address::new_from_array(meta.key),
            is_signer: meta.signer,
            is_writable: meta.writable,
        })
        .collect();
    let program_id = Address::new_from_array(*call.program());
    Instruction { program_id, accounts, data: call.data().to_vec() }
}
