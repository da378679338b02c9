//! What the services need from the world, as traits. Each contract is written at its trait, and tested in `tests/it`.

pub mod surroundings;
pub mod unavailable;
pub mod store;
pub mod sending;
pub mod issuer;

pub use issuer::{IdentityIssuer, IssuerFault, Redemption, SignInAsk};
pub use sending::{DevMail, DevMailEntry, DevMailMessage, Hooks, Mail, MailFault};
pub use store::{
    alerts::AlertStore,
    api_keys::ApiKeyStore,
    counters::{Count, Counters},
    events::{EventQueue, EventSettlement, LeasedEvent},
    history::{
        browsers::BrowserStore,
        clues::ClueStore,
        commits::{COMMITS_KEPT_MS, CommitPosition, CommitStore, Commits, Committed, MAX_COMMITS},
        logins::{ClearPage, LoginStore},
        saved_searches::SavedSearchStore,
        segments::{Made, SegmentPage, SegmentPlace, SegmentStore},
        sessions::{SessionChange, SessionStore},
    },
    identity::{IdentityStore, StoreMemory},
    integrity::{Integrity, LookedThrough, RecordKind, Unreadable},
    operators::{OperatorSessionStore, OperatorStore},
    outbox::{LeasedAlert, Outbox},
    policies::{KEPT_LONGER_MS, PolicyStore},
    privacy::{
        audit::{Appended, AuditEnds, AuditFound, AuditPage, AuditStore, CheckpointFile},
        erasures::{ErasureLedger, ErasureStore},
        notes::NoteStore,
        people::{KnownUser, PeopleStore, WalkPosition, WalkStep},
        removals::{RemovalLedger, RemovalStore, TenantStep},
        requests::{RequestDue, RequestIndex, RequestStore},
        restrictions::RestrictionStore,
        unsealed::{ClearCopies, Looked, Sealed, SealingStep, Unsealed, UnsealedStore},
    },
    profiles::{ANOTHER_BODY, Commit, CommitError, Idempotency, Loaded, LoginWrite, ProfileStore},
    suppressions::SuppressionStore,
    tallies::{Recounted, TallyStore},
    upkeep::{Oldest, Trimmed, Upkeep},
    webhooks::WebhookStore,
    whole::Store,
};
pub use surroundings::{Agents, Clock, DatabaseStatus, Geo};
pub use unavailable::{Unavailable, Unfit};
