//! What backends do as a whole: their identity, counters, upkeep, and reading through all records.

use std::sync::Arc;

use crate::{
    adapters::store::{
        backend::rows::{AlertRow, Reply},
        record::bytes::Malformed,
    },
    domain::{
        history::{cutoffs::Cutoffs, retention::Stocks},
        ids::{AlertId, TenantId},
        search::clear::segment::SegmentNumber,
        time::Timestamp,
    },
    ports::{Count, LookedThrough, Oldest, RecordKind, Trimmed, Unfit},
};

/// Keeps the line that identifies the store.
pub trait IdentityBytes: Send + Sync {
    /// The line; `None` if there is none.
    fn identity(&self) -> impl Future<Output = Reply<Option<String>>> + Send;

    /// Whether anything was stored: by an API key, or by an import without one.
    fn has_records(&self) -> impl Future<Output = Reply<bool>> + Send;

    /// Replaces the line that was read, or adds the first one. `false` if the stored one is not `was`.
    fn put_identity(&self, was: Option<String>, is: String) -> impl Future<Output = Reply<bool>> + Send;
}

/// Counts. Counters are not records.
pub trait CounterNumbers: Send + Sync {
    /// Adds to counters, as the port says.
    fn count(&self, counts: &[Count], now: Timestamp) -> impl Future<Output = Reply<Vec<u64>>> + Send;
}

/// Deletes what is old, and tells how the backend is. The methods are those of the port.
pub trait UpkeepBytes: Send + Sync {
    /// Counts the logins and the alerts before and after their cutoffs.
    fn stock(&self, cutoffs: Cutoffs, enough: u64) -> impl Future<Output = Reply<Stocks>> + Send;

    /// The oldest record of each class.
    fn oldest(&self) -> impl Future<Output = Reply<Oldest>> + Send;

    /// Deletes what is old.
    fn trim(&self, cutoffs: Cutoffs) -> impl Future<Output = Reply<Trimmed>> + Send;

    /// The record of the latest trim.
    fn trim_memory(&self) -> impl Future<Output = Reply<Option<Vec<u8>>>> + Send;

    /// Replaces the record of the latest trim.
    fn put_trim_memory(&self, record: Vec<u8>) -> impl Future<Output = Reply<()>> + Send;

    /// Closes the backend for this process.
    fn close(&self) -> impl Future<Output = ()> + Send;

    /// Whether reading and writing would work now.
    fn probe(&self) -> impl Future<Output = Result<String, Unfit>> + Send;
}

/// Tells a backend that reads through its records whether they can be read.
pub trait Examine: Send + Sync {
    /// A record of this kind. `key` is that of its row: an id, or a user's hash.
    ///
    /// # Errors
    /// It cannot be read.
    fn record(&self, kind: RecordKind, key: &[u8], bytes: &[u8]) -> Result<(), Malformed>;

    /// An alert with its delivery.
    ///
    /// # Errors
    /// One of them cannot be read.
    fn alert(&self, id: AlertId, row: AlertRow) -> Result<(), Malformed>;

    /// A segment with all its fields.
    ///
    /// # Errors
    /// It cannot be read.
    fn segment(&self, number: SegmentNumber, fields: Vec<(u8, Vec<u8>)>) -> Result<(), Malformed>;

    /// The tenant of an API key, if its record can be read. A backend that cannot list tenants finds them in this way.
    fn tenant_of_key(&self, bytes: &[u8]) -> Option<TenantId>;
}

/// How many records a segment counts for when records are read through: so much longer it is.
pub const RECORDS_A_SEGMENT: usize = 64;

/// Reads through what is stored.
pub trait IntegrityBytes: Send + Sync {
    /// Has up to `limit` records of each kind examined, the newest if they have an order.
    fn look_through(
        &self,
        limit: usize,
        examine: Arc<dyn Examine>,
    ) -> impl Future<Output = Reply<LookedThrough>> + Send;
}
