//! The browsers that logins came from.

use async_trait::async_trait;

use crate::domain::history::kept_browser::{BrowserKey, KeptBrowser};
use crate::domain::ids::TenantId;
use crate::ports::unavailable::Unavailable;

/// Finds the browsers that logins came from, by user and fingerprint.
///
/// Contract:
/// - A browser is stored in the commit of a login ([`LoginWrite::browser`](crate::ports::LoginWrite)), once for all logins of
///   the user with its fingerprint, and found as soon as that is acknowledged.
/// - It is kept as long as one of these logins: it goes in the week in which the last of them would. Of more than
///   [`MAX_KEPT_BROWSERS`](crate::domain::history::kept_browser::MAX_KEPT_BROWSERS) of a user some go before.
/// - It goes with its user. Another tenant's is not found.
/// - Of logins from before browsers were kept, of restricted persons, and of those that say nothing of a browser there is none.
///
/// Values are small hashes and numbers, as [`attributes`](crate::domain::browser::attributes) says, and what was hashed is not
/// kept. A value of a closed list can be named all the same: hash each member of the list as
/// [`extraction`](crate::domain::browser::extraction) does, with the tenant's key of fingerprints, and compare. Time zones, first
/// languages, graphics vendors and devices are `short_hash` of their text; the longer and the shorter side of a screen are
/// [`mixed`](crate::domain::browser::extraction::mixed), each plus one; versions are packed, and counts stand there plus one. A hash
/// has 16 bits: a value outside a list of 600 is taken for one of its members once in a hundred times, so say "probably", or
/// nothing where two members fit.
#[async_trait]
pub trait BrowserStore: Send + Sync {
    /// These browsers of a tenant's users, in the order asked; `None` for each that is not kept, or cannot be read.
    async fn browsers(&self, tenant: &TenantId, asked: &[BrowserKey]) -> Result<Vec<Option<KeptBrowser>>, Unavailable>;
}
