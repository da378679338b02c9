//! An entry of the ledger of removals, as a line of the file that `watchlight erasures export` writes. It names the tenant, and
//! nobody.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        ids::{ReceiptId, TenantId},
        privacy::{
            erasure::Erased,
            removal::{Removal, Removed},
        },
    },
    wire::time,
};

/// An entry.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovalLine {
    /// `rcp_…`.
    receipt: String,
    /// The tenant.
    tenant: String,
    /// When the removal was asked for. No entry of a user has this field.
    removed_at: String,
    /// What was deleted.
    counts: RemovalCounts,
    /// The signature of the receipt, 64 hexadecimal digits.
    signature: String,
}

/// How many records of each kind were deleted.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovalCounts {
    people: u64,
    logins: u64,
    alerts: u64,
    sessions: u64,
    devices: u64,
    api_keys: u64,
    webhooks: u64,
}

impl RemovalLine {
    /// An entry with the signature of its receipt.
    #[must_use]
    pub fn new(removal: &Removal, signature: &[u8; 32]) -> Self {
        let Removed { people, erased, api_keys, webhooks } = removal.removed;
        let Erased { logins, alerts, sessions, devices } = erased;
        Self {
            receipt: removal.receipt.to_string(),
            tenant: removal.tenant.as_str().to_owned(),
            removed_at: time::to_text(removal.at),
            counts: RemovalCounts { people, logins, alerts, sessions, devices, api_keys, webhooks },
            signature: HEXLOWER.encode(signature),
        }
    }

    /// The entry, and the signature that it brings.
    ///
    /// # Errors
    /// Which field cannot be read, and what it must be.
    pub fn read(&self) -> Result<(Removal, [u8; 32]), &'static str> {
        let RemovalCounts { people, logins, alerts, sessions, devices, api_keys, webhooks } = self.counts;
        let removal = Removal {
            receipt: ReceiptId::parse(&self.receipt).ok_or("`receipt` must be rcp_ and 26 letters and digits")?,
            tenant: TenantId::parse(&self.tenant).ok_or("`tenant` must have 1 to 64 of a-z, 0-9, `_` and `-`")?,
            at: time::parse(&self.removed_at).ok_or("`removed_at` must be a time (2026-11-22T10:15:00.000Z)")?,
            removed: Removed { people, erased: Erased { logins, alerts, sessions, devices }, api_keys, webhooks },
        };
        let signature = HEXLOWER.decode(self.signature.as_bytes()).ok().and_then(|it| it.try_into().ok());
        Ok((removal, signature.ok_or("`signature` must have 64 hexadecimal digits")?))
    }
}
