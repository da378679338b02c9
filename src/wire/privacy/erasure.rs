//! The receipt of an erasure, as callers read it.

use data_encoding::HEXLOWER;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::privacy::erasure::{Erased, Erasure},
    wire::{examples, time},
};

/// That a user was forgotten. It names nobody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::erasure::receipt)]
pub struct ReceiptBody {
    /// Identifies the receipt: `rcp_…`.
    #[schema(example = "rcp_01M88BR29V3GDW5B0V94C9ZXMS")]
    receipt: String,
    /// When it was asked for. What was kept of the user before is gone.
    #[schema(format = DateTime)]
    erased_at: String,
    /// What was deleted.
    counts: ErasedBody,
    /// Shows that this service made the receipt and that it was not changed: a keyed BLAKE3 hash. Only the service can
    /// check it, by `GET /v1/erasures/{receipt}`.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    signature: String,
}

/// How many records of each kind were deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasedBody {
    /// Logins, with their evidence.
    logins: u64,
    /// Alerts, with the mails that waited.
    alerts: u64,
    /// Sessions.
    sessions: u64,
    /// Known devices.
    devices: u64,
}

impl ReceiptBody {
    /// A receipt as it is shown.
    #[must_use]
    pub fn new(erasure: &Erasure, signature: &[u8; 32]) -> Self {
        let Erased { logins, alerts, sessions, devices } = erasure.erased;
        Self {
            receipt: erasure.receipt.to_string(),
            erased_at: time::to_text(erasure.at),
            counts: ErasedBody { logins, alerts, sessions, devices },
            signature: HEXLOWER.encode(signature),
        }
    }
}
