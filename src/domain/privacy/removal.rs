//! The removal of a whole tenant: the end of a contract.

use crate::domain::{
    ids::{ReceiptId, TenantId},
    keyring::{Keyring, TenantKeys},
    privacy::erasure::Erased,
    time::Timestamp,
};

/// A removal that was begun. It is stored before anything is deleted, so that it is finished whatever happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovalBegun {
    /// The tenant.
    pub tenant: TenantId,
    /// When it was asked for.
    pub at: Timestamp,
    /// How many API keys there were then, revoked ones as well.
    pub api_keys: u64,
    /// How many webhooks there were then.
    pub webhooks: u64,
}

impl RemovalBegun {
    /// The id of the receipt that there will be.
    #[must_use]
    pub fn receipt(&self, keys: &TenantKeys) -> ReceiptId {
        keys.removal_receipt_id(self.at)
    }
}

/// How much is kept of a tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TenantStock {
    /// Logins.
    pub logins: u64,
    /// Alerts.
    pub alerts: u64,
}

/// What a removal deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Persons who were forgotten.
    pub people: u64,
    /// What was kept of them.
    pub erased: Erased,
    /// API keys.
    pub api_keys: u64,
    /// Webhooks.
    pub webhooks: u64,
}

/// A removal that is finished: an entry of the ledger, beside those of [erasures](crate::domain::privacy::erasure::Erasure).
/// It names the tenant and nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Identifies the receipt.
    pub receipt: ReceiptId,
    /// The tenant that was removed.
    pub tenant: TenantId,
    /// When it was asked for. What happened before is gone.
    pub at: Timestamp,
    /// What was deleted.
    pub removed: Removed,
}

impl Removal {
    /// The signature of the receipt.
    #[must_use]
    pub fn signature(&self, keyring: &Keyring) -> [u8; 32] {
        keyring.receipt_signature(&self.signed_bytes())
    }

    /// Those of a person's receipt begin with its id, and no id is this text.
    fn signed_bytes(&self) -> Vec<u8> {
        let Removed { people, erased, api_keys, webhooks } = self.removed;
        let Erased { logins, alerts, sessions, devices } = erased;
        let mut bytes = b"removal of tenant".to_vec();
        bytes.extend_from_slice(&self.receipt.0);
        let at = self.at.unix_ms().cast_unsigned();
        for number in [at, people, logins, alerts, sessions, devices, api_keys, webhooks] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(self.tenant.as_str().as_bytes());
        bytes
    }
}
