//! An entry of the ledger of erasures, as a line of the file that `watchlight erasures export` writes. It names nobody.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        ids::{ReceiptId, TenantId, UserKey},
        privacy::erasure::{Erased, Erasure},
    },
    wire::time,
};

/// An entry.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerLine {
    /// `rcp_…`.
    receipt: String,
    /// The tenant.
    tenant: String,
    /// The keyed hash of the user, 32 hexadecimal digits.
    user: String,
    /// When the erasure was asked for.
    erased_at: String,
    /// What was deleted.
    counts: LedgerCounts,
    /// The signature of the receipt, 64 hexadecimal digits.
    signature: String,
}

/// How many records of each kind were deleted.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerCounts {
    logins: u64,
    alerts: u64,
    sessions: u64,
    devices: u64,
}

impl LedgerLine {
    /// An entry with the signature of its receipt.
    #[must_use]
    pub fn new(erasure: &Erasure, signature: &[u8; 32]) -> Self {
        let Erased { logins, alerts, sessions, devices } = erasure.erased;
        Self {
            receipt: erasure.receipt.to_string(),
            tenant: erasure.tenant.as_str().to_owned(),
            user: HEXLOWER.encode(&erasure.user.hash),
            erased_at: time::to_text(erasure.at),
            counts: LedgerCounts { logins, alerts, sessions, devices },
            signature: HEXLOWER.encode(signature),
        }
    }

    /// The entry, and the signature that it brings. The user's partition is that of the receipt.
    ///
    /// # Errors
    /// Which field cannot be read, and what it must be.
    pub fn read(&self) -> Result<(Erasure, [u8; 32]), &'static str> {
        let receipt = ReceiptId::parse(&self.receipt).ok_or("`receipt` must be rcp_ and 26 letters and digits")?;
        let hash = digits(&self.user).ok_or("`user` must have 32 hexadecimal digits")?;
        let LedgerCounts { logins, alerts, sessions, devices } = self.counts;
        let erasure = Erasure {
            receipt,
            tenant: TenantId::parse(&self.tenant).ok_or("`tenant` must have 1 to 64 of a-z, 0-9, `_` and `-`")?,
            user: UserKey { hash, partition: receipt.partition() },
            at: time::parse(&self.erased_at).ok_or("`erased_at` must be a time (2026-11-22T10:15:00.000Z)")?,
            erased: Erased { logins, alerts, sessions, devices },
        };
        Ok((erasure, digits(&self.signature).ok_or("`signature` must have 64 hexadecimal digits")?))
    }
}

fn digits<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}
