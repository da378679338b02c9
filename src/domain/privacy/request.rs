//! A person's request: a copy of all that is kept, erasure, restriction, objection. The product opens it, and nothing
//! happens before the person has confirmed it by the link in a mail to the known address.
//!
//! **When an answer is due.** The law gives a month from the receipt of a request, and where the person must be
//! identified first, from when that is done (GDPR 12(3) and (6); EDPB guidelines 01/2022, 157). So the time runs from
//! the confirmation. A request whose mail has not left yet waits because of us: for it the time runs from its opening.
//! One whose mail nobody has answered is owed nothing.

use crate::domain::{
    ids::{RequestId, TenantId, UserId, UserKey},
    time::{DAY_MS, Timestamp},
};

/// For how long the link that confirms a request can be used, after its mail was sent.
pub const CONFIRM_LIFE_MS: i64 = 7 * DAY_MS;
/// For how long the link to a copy can be used, after its mail was sent. It works once.
pub const COPY_LIFE_MS: i64 = DAY_MS;
/// For how long a request is kept after its end, as proof of the answer.
pub const KEPT_MS: i64 = 365 * DAY_MS;

/// What the person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// A copy of all that is kept about them.
    Export,
    /// All that is kept about them is deleted.
    Erase,
    /// Logins are only counted: nothing is judged, learned or mailed.
    Restrict,
    /// What a script collects is not used any more.
    Object,
}

impl RequestKind {
    /// Every kind. The index in this list is the stored form.
    pub const ALL: [Self; 4] = [Self::Export, Self::Erase, Self::Restrict, Self::Object];

    /// The kind's id in the API and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Erase => "erase",
            Self::Restrict => "restrict",
            Self::Object => "object",
        }
    }

    /// Reads a kind's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestState {
    /// The mail that asks for confirmation waits to be sent.
    Opened,
    /// The mail was sent: the person has not answered yet.
    Asked,
    /// The person has confirmed it: it waits to be carried out.
    Confirmed,
    /// It is done: the mail that says so waits to be sent.
    CarriedOut,
    /// The person was told that it is done.
    Answered,
    /// The person did not ask for it.
    Declined,
    /// Nobody used the link in time.
    Expired,
    /// A mail could not be sent: the person is not verified, or has no copy.
    Failed,
}

impl RequestState {
    /// Every state. The index in this list is the stored form.
    pub const ALL: [Self; 8] = [
        Self::Opened,
        Self::Asked,
        Self::Confirmed,
        Self::CarriedOut,
        Self::Answered,
        Self::Declined,
        Self::Expired,
        Self::Failed,
    ];

    /// The state's id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Asked => "asked",
            Self::Confirmed => "confirmed",
            Self::CarriedOut => "carried_out",
            Self::Answered => "answered",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }

    /// Reads a state's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// Whether something may still come of it, so that the person needs no second request of the same kind. A failed one
    /// is taken up again.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Opened | Self::Asked | Self::Confirmed | Self::CarriedOut | Self::Failed)
    }
}

/// Whom a request is about, and where they are reached. Deleted when an erasure was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPerson {
    /// The tenant's own id of the user.
    pub user: UserId,
    /// The e-mail address that was known when the request was opened.
    pub address: String,
    /// The account's language.
    pub locale: Option<String>,
}

/// What the tenant was told about a request whose answer is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reminded {
    /// Nothing.
    #[default]
    Never,
    /// The time is nearly over.
    Soon,
    /// The time is over.
    Overdue,
}

impl Reminded {
    /// Every stage. The index in this list is the stored form.
    pub const ALL: [Self; 3] = [Self::Never, Self::Soon, Self::Overdue];
}

/// When things happened to a request. `None` for what has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestTimes {
    /// The product opened it.
    pub opened: Timestamp,
    /// The mail that asks was sent.
    pub asked: Option<Timestamp>,
    /// The person confirmed it.
    pub confirmed: Option<Timestamp>,
    /// It was carried out.
    pub carried_out: Option<Timestamp>,
    /// It ended: answered, declined, expired or failed.
    pub ended: Option<Timestamp>,
    /// The copy was fetched.
    pub fetched: Option<Timestamp>,
}

/// The next step of a request, for whoever takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it is due; under a lease, when that ends.
    pub due_at: Timestamp,
    /// Since when it is tried.
    pub since: Timestamp,
    /// How many times it was leased.
    pub attempts: u32,
}

impl Step {
    /// A step that is due at this time for the first time.
    #[must_use]
    pub const fn at(due_at: Timestamp) -> Self {
        Self { due_at, since: due_at, attempts: 0 }
    }
}

/// A person's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRequest {
    /// Identifies the request. Derived from the user, the kind and the time of opening.
    pub id: RequestId,
    /// The tenant that opened it.
    pub tenant: TenantId,
    /// The user, as keys and indexes name them.
    pub user: UserKey,
    /// What the person wants.
    pub kind: RequestKind,
    /// How far it has come.
    pub state: RequestState,
    /// What happened when.
    pub times: RequestTimes,
    /// When the person must have an answer, if they are owed one: see [`PersonRequest::is_owed`].
    pub answer_by: Timestamp,
    /// The next step.
    pub step: Step,
    /// What the tenant was told about the time.
    pub reminded: Reminded,
    /// The receipt of an erasure. It names nobody.
    pub receipt: Option<String>,
    /// Whom it is about; `None` once an erasure was told.
    pub person: Option<RequestPerson>,
    /// Why the last mail was not sent, or the wish not carried out.
    pub last_error: Option<String>,
}

impl PersonRequest {
    /// Whether the person waits for us: they have confirmed and have no answer yet, or our mail has not left.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        match self.state {
            RequestState::Opened | RequestState::Confirmed | RequestState::CarriedOut => true,
            RequestState::Failed => self.times.confirmed.is_some(),
            RequestState::Asked | RequestState::Answered | RequestState::Declined | RequestState::Expired => false,
        }
    }

    /// Whether its link can confirm or decline it at `now`. A link may be used before it is known here that its mail was
    /// sent.
    #[must_use]
    pub fn can_be_confirmed(&self, now: Timestamp) -> bool {
        match (self.state, self.times.asked) {
            (RequestState::Opened, _) => true,
            (RequestState::Asked, Some(asked)) => now.ms_since(asked) < CONFIRM_LIFE_MS,
            _ => false,
        }
    }

    /// Whether its link gives the copy at `now`.
    #[must_use]
    pub fn can_be_fetched(&self, now: Timestamp) -> bool {
        let is_ready = match (self.state, self.times.ended) {
            (RequestState::CarriedOut, _) => true,
            (RequestState::Answered, Some(told)) => now.ms_since(told) < COPY_LIFE_MS,
            _ => false,
        };
        is_ready && self.kind == RequestKind::Export && self.times.fetched.is_none()
    }

    /// Whether the request must be readable after the person was erased, because it still has to tell them so. Only an
    /// erasure is, from its confirmation to its end. So it must not be sealed under a key that ends with the person.
    #[must_use]
    pub const fn outlives_the_person(&self) -> bool {
        matches!(self.kind, RequestKind::Erase)
    }

    /// What the tenant is to be told about the time at `now`, if that is more than it was told. `soon_ms` is how long
    /// before the end it is told first.
    #[must_use]
    pub fn reminder(&self, now: Timestamp, soon_ms: i64) -> Option<Reminded> {
        let left_ms = self.answer_by.ms_since(now);
        let stage = match left_ms {
            ..=0 => Reminded::Overdue,
            left if left <= soon_ms => Reminded::Soon,
            _ => Reminded::Never,
        };
        (self.is_owed() && stage > self.reminded).then_some(stage)
    }
}
