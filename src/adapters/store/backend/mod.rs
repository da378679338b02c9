//! What a backend keeps: bytes under keys, and besides these only what it must look at itself, such as when work is
//! due.
//!
//! A backend knows no stored form. [`Coded`](crate::adapters::store::coded::store::Coded) turns values into bytes
//! before it calls a backend and back afterwards, for all backends alike, and so implements the ports. There is one
//! trait for each subject, as in `ports/store/`. A backend guarantees what the ports promise about order, versions and
//! atomicity.
//!
//! Every method returns [`Unavailable`](crate::ports::Unavailable) if the store does not answer.

pub mod rows;
pub mod users;
pub mod tallies;
pub mod segments;
pub mod tenants;
pub mod privacy;
pub mod persons;
pub mod unsealed;
pub mod removals;
pub mod whole;

pub use persons::{NoteBytes, NoteRow, RestrictionMarks};
pub use privacy::{
    AuditBytes, AuditEndsRow, AuditRow, ErasureBytes, LedgerBytes, ListedRequest, LoginTraces, PeopleBytes, PeoplePage,
    RequestBytes, RequestChange, RequestName, SaltBytes, WhichErasure,
};
pub use removals::{FoundBy, Holder, HolderPage, RemovalBytes, RemovalLedgerBytes};
pub use rows::{
    AlertIndex, AlertRow, AlertsIn, ClearRows, DeliveryChange, Entry, EventLease, EventRow, Kept, Listed, ListedAlert,
    ListedLogin, LoadedBytes, LoginEntry, LoginPage, Reply, Versioned,
};
pub use segments::{MissingSegment, SegmentBytes, SegmentRow};
pub use tallies::TallyBytes;
pub use tenants::{
    ApiKeyBytes, OperatorBytes, OperatorSessionBytes, PolicyBytes, SavedSearchBytes, SuppressionBytes, WebhookBytes,
};
pub use unsealed::{FirstSalt, RowChange, RowPage, RowParts, RowPlace, StoredRow, UnsealedBytes, UnsealedUpkeep};
pub use users::{
    AlertBytes, BrowserBytes, ClueBytes, ClueTrace, CluesAsked, CommitBytes, EventBytes, LoginBytes, OutboxBytes,
    ProfileBytes, SessionBytes,
};
pub use whole::{CounterNumbers, Examine, IdentityBytes, IntegrityBytes, RECORDS_A_SEGMENT, UpkeepBytes};
