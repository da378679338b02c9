//! Forgetting a user: how far it has got, and the receipt for it.

use crate::domain::{
    ids::{ReceiptId, TenantId, UserKey},
    time::Timestamp,
};

/// How many records of each kind were deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Logins.
    pub logins: u64,
    /// Alerts, with the mails that waited.
    pub alerts: u64,
    /// Sessions.
    pub sessions: u64,
    /// Known devices.
    pub devices: u64,
}

impl Erased {
    /// Both together.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self {
            logins: self.logins + more.logins,
            alerts: self.alerts + more.alerts,
            sessions: self.sessions + more.sessions,
            devices: self.devices + more.devices,
        }
    }
}

/// An erasure that was begun. It is stored before the first record is deleted, so that it is finished whatever happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureBegun {
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserKey,
    /// When it was asked for.
    pub at: Timestamp,
    /// What was deleted so far.
    pub erased: Erased,
    /// Whether it is part of the removal of the tenant, which was asked for at the same time. Then it has no receipt of its
    /// own, and its counts go to that of the removal.
    pub with_tenant: bool,
}

/// An erasure that is finished: an entry of the ledger. It names nobody: the user's hash tells only whoever has both the
/// key and the user's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Identifies the receipt.
    pub receipt: ReceiptId,
    /// The tenant.
    pub tenant: TenantId,
    /// The user who was forgotten.
    pub user: UserKey,
    /// When it was asked for. What happened before is gone.
    pub at: Timestamp,
    /// What was deleted.
    pub erased: Erased,
}

impl Erasure {
    /// The bytes that the receipt's signature is over.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let Erased { logins, alerts, sessions, devices } = self.erased;
        let mut bytes = self.receipt.0.to_vec();
        for number in [self.at.unix_ms().cast_unsigned(), logins, alerts, sessions, devices] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(self.tenant.as_str().as_bytes());
        bytes
    }
}
