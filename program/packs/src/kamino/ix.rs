//! klend's instructions as other users of the venue send them: for tests' own
//! setups, strangers and liquidators. Trestle's adapter has its own.

use super::{Kamino, ReserveKeys, associated};
use crate::pack::PriceInput;
use mock_klend::ids;
use solana_instruction::{AccountMeta, Instruction};
use solana_program::pubkey::Pubkey;

/// Discriminators.
mod tag {
    pub(super) const USER_METADATA: u64 = 0x75a9_b045_c517_0fa2;
    pub(super) const OBLIGATION: u64 = 0xfb0a_e74c_1b0b_9f60;
    pub(super) const OBLIGATION_FARM: u64 = 0x883f_0fba_d398_a8a4;
    pub(super) const REFRESH_RESERVE: u64 = 0x02da_8aeb_4fc9_1966;
    pub(super) const REFRESH_BATCH: u64 = 0x906e_1a67_a2cc_fc93;
    pub(super) const REFRESH_OBLIGATION: u64 = 0x2184_93e4_97c0_4859;
    pub(super) const DEPOSIT_RECEIPTS: u64 = 0xa9c9_1e7e_06cd_6644;
    pub(super) const REDEEM_RECEIPTS: u64 = 0xea75_b57d_b98e_dc1d;
    pub(super) const DEPOSIT: u64 = 0xd8e0_bf1b_cc97_66af;
    pub(super) const WITHDRAW: u64 = 0xeb34_7798_95c5_1407;
    pub(super) const BORROW: u64 = 0xa180_8ff5_abc7_c206;
    pub(super) const REPAY: u64 = 0x74ae_d54c_b435_d290;
    pub(super) const LIQUIDATE: u64 = 0xa2a1_238f_1ebb_b967;
    pub(super) const REQUEST_GROUP: u64 = 0x2477_fb81_22f0_0793;
}

/// An owner of an obligation (tag 0, id 0) in the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// Owner.
    pub owner: Pubkey,
    /// Obligation.
    pub obligation: Pubkey,
}

fn signer(key: Pubkey) -> AccountMeta {
    AccountMeta::new_readonly(key, true)
}

fn payer(key: Pubkey) -> AccountMeta {
    AccountMeta::new(key, true)
}

fn write(key: Pubkey) -> AccountMeta {
    AccountMeta::new(key, false)
}

fn read(key: Pubkey) -> AccountMeta {
    AccountMeta::new_readonly(key, false)
}

impl Kamino {
    /// The obligation of an owner.
    #[must_use]
    pub fn party(&self, owner: Pubkey) -> Party {
        let none = Pubkey::default();
        let keys = [owner, self.market, none, none];
        let seeds: Vec<&[u8]> =
            [&[0_u8][..], &[0]].into_iter().chain(keys.iter().map(AsRef::as_ref)).collect();
        let obligation = Pubkey::find_program_address(&seeds, &self.program).0;
        Party { owner, obligation }
    }

    fn metadata(&self, owner: &Pubkey) -> Pubkey {
        Pubkey::find_program_address(&[b"user_meta", owner.as_ref()], &self.program).0
    }

    /// The farm's user of an obligation.
    #[must_use]
    pub fn farm_user(&self, farm: &Pubkey, party: &Party) -> Pubkey {
        let seeds = [b"user", farm.as_ref(), party.obligation.as_ref()];
        Pubkey::find_program_address(&seeds, &ids::FARMS).0
    }

    fn call(&self, tag: u64, args: &[u8], accounts: Vec<AccountMeta>) -> Instruction {
        let data = [&tag.to_be_bytes()[..], args].concat();
        Instruction { program_id: self.program, accounts, data }
    }

    /// Metadata and obligation of an owner, paid by `fee_payer`.
    #[must_use]
    pub fn init(&self, party: &Party, fee_payer: Pubkey) -> [Instruction; 2] {
        let metadata = self.metadata(&party.owner);
        let system = [read(ids::RENT), read(ids::SYSTEM)];
        let mut first =
            vec![signer(party.owner), payer(fee_payer), write(metadata), read(self.program)];
        first.extend(system.clone());
        let mut second = vec![
            signer(party.owner),
            payer(fee_payer),
            write(party.obligation),
            read(self.market),
            read(ids::SYSTEM),
            read(ids::SYSTEM),
            read(metadata),
        ];
        second.extend(system);
        [
            self.call(tag::USER_METADATA, &[0; 32], first),
            self.call(tag::OBLIGATION, &[0, 0], second),
        ]
    }

    /// The obligation as a user of the farm of a reserve's collateral (mode 0).
    ///
    /// # Panics
    /// When the reserve has none.
    #[must_use]
    pub fn init_farm(&self, party: &Party, fee_payer: Pubkey, on: &ReserveKeys) -> Instruction {
        let farm = on.farm_collateral.expect("a farm");
        let accounts = vec![
            payer(fee_payer),
            read(party.owner),
            write(party.obligation),
            read(self.authority),
            write(on.key),
            write(farm),
            write(self.farm_user(&farm, party)),
            read(self.market),
            read(ids::FARMS),
            read(ids::RENT),
            read(ids::SYSTEM),
        ];
        self.call(tag::OBLIGATION_FARM, &[0], accounts)
    }

    /// Pyth, Switchboard twice, Scope: as the reserve has them.
    fn oracles(&self, reserve: &ReserveKeys) -> [AccountMeta; 4] {
        let none = read(self.program);
        match &reserve.price {
            PriceInput::Pyth(key) => [read(*key), none.clone(), none.clone(), none],
            PriceInput::Scope { account, .. } => [none.clone(), none.clone(), none, read(*account)],
            PriceInput::Saved => [none.clone(), none.clone(), none.clone(), none],
        }
    }

    /// Interest and price of one reserve.
    #[must_use]
    pub fn refresh_reserve(&self, reserve: &ReserveKeys) -> Instruction {
        let mut accounts = vec![write(reserve.key), read(self.market)];
        accounts.extend(self.oracles(reserve));
        self.call(tag::REFRESH_RESERVE, &[], accounts)
    }

    /// Several reserves, with or without prices.
    #[must_use]
    pub fn refresh_batch(&self, reserves: &[&ReserveKeys], prices: bool) -> Instruction {
        let mut accounts = vec![];
        for reserve in reserves {
            accounts.extend([write(reserve.key), read(self.market)]);
            if prices {
                accounts.extend(self.oracles(reserve));
            }
        }
        self.call(tag::REFRESH_BATCH, &[u8::from(!prices)], accounts)
    }

    /// An obligation's values, from its collateral's and debt's reserves in order.
    #[must_use]
    pub fn refresh_obligation(&self, party: &Party, reserves: &[&ReserveKeys]) -> Instruction {
        let mut accounts = vec![read(self.market), write(party.obligation)];
        accounts.extend(reserves.iter().map(|reserve| write(reserve.key)));
        self.call(tag::REFRESH_OBLIGATION, &[], accounts)
    }

    /// User and state of a farm, klend's own id where there is none.
    fn farm(&self, farm: Option<Pubkey>, party: &Party) -> [AccountMeta; 2] {
        farm.map_or_else(
            || [read(self.program), read(self.program)],
            |farm| [write(self.farm_user(&farm, party)), write(farm)],
        )
    }

    /// Liquidity for receipts, without an obligation.
    #[must_use]
    pub fn deposit_for_receipts(
        &self,
        owner: Pubkey,
        on: &ReserveKeys,
        amount: u64,
    ) -> Instruction {
        let accounts = vec![
            signer(owner),
            write(on.key),
            read(self.market),
            read(self.authority),
            read(on.mint),
            write(on.vault),
            write(on.ctoken_mint),
            write(associated(&owner, &on.token_program, &on.mint)),
            write(associated(&owner, &ids::TOKEN, &on.ctoken_mint)),
            read(ids::TOKEN),
            read(on.token_program),
            read(ids::INSTRUCTIONS),
        ];
        self.call(tag::DEPOSIT_RECEIPTS, &amount.to_le_bytes(), accounts)
    }

    /// Receipts for liquidity.
    #[must_use]
    pub fn redeem_receipts(&self, owner: Pubkey, on: &ReserveKeys, amount: u64) -> Instruction {
        let accounts = vec![
            signer(owner),
            read(self.market),
            write(on.key),
            read(self.authority),
            read(on.mint),
            write(on.ctoken_mint),
            write(on.vault),
            write(associated(&owner, &ids::TOKEN, &on.ctoken_mint)),
            write(associated(&owner, &on.token_program, &on.mint)),
            read(ids::TOKEN),
            read(on.token_program),
            read(ids::INSTRUCTIONS),
        ];
        self.call(tag::REDEEM_RECEIPTS, &amount.to_le_bytes(), accounts)
    }

    /// Liquidity into the obligation (version 2).
    #[must_use]
    pub fn deposit(&self, party: &Party, on: &ReserveKeys, amount: u64) -> Instruction {
        let mut accounts = vec![
            payer(party.owner),
            write(party.obligation),
            read(self.market),
            read(self.authority),
            write(on.key),
            read(on.mint),
            write(on.vault),
            write(on.ctoken_mint),
            write(on.ctoken_vault),
            write(associated(&party.owner, &on.token_program, &on.mint)),
            read(self.program),
            read(ids::TOKEN),
            read(on.token_program),
            read(ids::INSTRUCTIONS),
        ];
        accounts.extend(self.farm(on.farm_collateral, party));
        accounts.push(read(ids::FARMS));
        self.call(tag::DEPOSIT, &amount.to_le_bytes(), accounts)
    }

    /// Receipts out of the obligation, redeemed (version 2).
    #[must_use]
    pub fn withdraw(&self, party: &Party, on: &ReserveKeys, receipts: u64) -> Instruction {
        let mut accounts = vec![
            payer(party.owner),
            write(party.obligation),
            read(self.market),
            read(self.authority),
            write(on.key),
            read(on.mint),
            write(on.ctoken_vault),
            write(on.ctoken_mint),
            write(on.vault),
            write(associated(&party.owner, &on.token_program, &on.mint)),
            read(self.program),
            read(ids::TOKEN),
            read(on.token_program),
            read(ids::INSTRUCTIONS),
        ];
        accounts.extend(self.farm(on.farm_collateral, party));
        accounts.push(read(ids::FARMS));
        self.call(tag::WITHDRAW, &receipts.to_le_bytes(), accounts)
    }

    /// A loan (version 2); `grouped` are the collateral's reserves of an obligation
    /// in an elevation group, else empty.
    #[must_use]
    pub fn borrow(
        &self,
        party: &Party,
        on: &ReserveKeys,
        amount: u64,
        grouped: &[&ReserveKeys],
    ) -> Instruction {
        let mut accounts = vec![
            signer(party.owner),
            write(party.obligation),
            read(self.market),
            read(self.authority),
            write(on.key),
            read(on.mint),
            write(on.vault),
            write(on.fee_vault),
            write(associated(&party.owner, &on.token_program, &on.mint)),
            read(self.program),
            read(on.token_program),
            read(ids::INSTRUCTIONS),
        ];
        accounts.extend(self.farm(on.farm_debt, party));
        accounts.push(read(ids::FARMS));
        accounts.extend(grouped.iter().map(|reserve| write(reserve.key)));
        self.call(tag::BORROW, &amount.to_le_bytes(), accounts)
    }

    /// A repayment by anyone (version 2); `grouped` as in [`Kamino::borrow`].
    #[must_use]
    pub fn repay(
        &self,
        from: Pubkey,
        party: &Party,
        on: &ReserveKeys,
        amount: u64,
        grouped: &[&ReserveKeys],
    ) -> Instruction {
        let mut accounts = vec![
            signer(from),
            write(party.obligation),
            read(self.market),
            write(on.key),
            read(on.mint),
            write(on.vault),
            write(associated(&from, &on.token_program, &on.mint)),
            read(on.token_program),
            read(ids::INSTRUCTIONS),
        ];
        accounts.extend(self.farm(on.farm_debt, party));
        accounts.extend([read(self.authority), read(ids::FARMS)]);
        accounts.extend(grouped.iter().map(|reserve| write(reserve.key)));
        self.call(tag::REPAY, &amount.to_le_bytes(), accounts)
    }

    /// A liquidation by a stranger (version 2), who offers `amount` of the debt and
    /// accepts no less than `least` of the collateral's liquidity.
    #[must_use]
    pub fn liquidate(
        &self,
        liquidator: Pubkey,
        party: &Party,
        (debt, collateral): (&ReserveKeys, &ReserveKeys),
        (amount, least): (u64, u64),
        grouped: &[&ReserveKeys],
    ) -> Instruction {
        let own = |program: &Pubkey, mint: &Pubkey| associated(&liquidator, program, mint);
        let mut accounts = vec![
            signer(liquidator),
            write(party.obligation),
            read(self.market),
            read(self.authority),
            write(debt.key),
            read(debt.mint),
            write(debt.vault),
            write(collateral.key),
            read(collateral.mint),
            write(collateral.ctoken_mint),
            write(collateral.ctoken_vault),
            write(collateral.vault),
            write(collateral.fee_vault),
            write(own(&debt.token_program, &debt.mint)),
            write(own(&ids::TOKEN, &collateral.ctoken_mint)),
            write(own(&collateral.token_program, &collateral.mint)),
            read(ids::TOKEN),
            read(debt.token_program),
            read(collateral.token_program),
            read(ids::INSTRUCTIONS),
        ];
        accounts.extend(self.farm(collateral.farm_collateral, party));
        accounts.extend(self.farm(debt.farm_debt, party));
        accounts.push(read(ids::FARMS));
        accounts.extend(grouped.iter().map(|reserve| write(reserve.key)));
        let args = [amount.to_le_bytes(), least.to_le_bytes(), [0; 8]].concat();
        self.call(tag::LIQUIDATE, &args, accounts)
    }

    /// Into or out of an elevation group.
    #[must_use]
    pub fn request_group(
        &self,
        party: &Party,
        group: u8,
        reserves: &[&ReserveKeys],
    ) -> Instruction {
        let mut accounts = vec![signer(party.owner), write(party.obligation), read(self.market)];
        accounts.extend(reserves.iter().map(|reserve| write(reserve.key)));
        self.call(tag::REQUEST_GROUP, &[group], accounts)
    }
}
