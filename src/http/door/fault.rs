//! How one request has failed, and the answer that tells of it.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName},
    },
};

use crate::{
    domain::{
        login::login::Invalid,
        privacy::note::{MAX_NOTES, Note},
        search::fault::QueryFault,
        tenant::{api_key::Scope, saved_search::MAX_SEARCHES, webhook::MAX_WEBHOOKS},
    },
    http::door::problem::{AtFault, Kind, Problem, RateLimited},
    ports::Unavailable,
    service::{alarm::custody::NotTheStore, history::tail::followed::MAX_TAILS_OF_KEY, login::intake::IntakeError},
    wire::inquiry::note::NoteBody,
};

/// How many requests may come at once, and when more may, where a limit has refused one.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// The limit itself (draft-ietf-httpapi-ratelimit-headers-10).
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What is said where the store does not answer.
const UNAVAILABLE: &str = "the store does not answer: try again after the time in Retry-After, with the same idempotency \
    key, because the request may have been stored nevertheless";

/// Why a request failed. What callers are told is its [`Problem`]; a cause that is for us is in the log once the request is
/// answered.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The body is not JSON, or is JSON with two meanings: the reason.
    MalformedJson(String),
    /// A member of the body is unknown or of the wrong type.
    UnexpectedField(AtFault),
    /// A parameter of the address is unknown or cannot be read.
    InvalidParameter(AtFault),
    /// The request is no HTTP that this service understands.
    BadRequest,
    /// No key, or one that opens nothing.
    Unauthorized,
    /// A report about mails is not signed, or too old.
    BadSignature,
    /// Nobody has signed in to the console, or not lately.
    SignedOut,
    /// Another site has made a browser send this.
    CrossSite,
    /// The address is that of an operator of another tenant.
    OperatorTaken,
    /// The key lacks this scope.
    InsufficientScope(Scope),
    /// There is nothing of that id that the caller may see.
    NotFound,
    /// There is something, and it can be asked by these methods only, written as in `Allow`.
    MethodNotAllowed(String),
    /// The body did not arrive in time.
    BodyTimeout,
    /// A request with this idempotency key is still being worked on.
    InFlight,
    /// The body is larger than this many bytes.
    BodyTooLarge(usize),
    /// The body is of another type than this.
    UnsupportedMediaType(&'static str),
    /// A field is not sound.
    Invalid(Invalid),
    /// The idempotency key belongs to a request with another body.
    KeyReused,
    /// The tenant has as many webhooks as it may have.
    WebhookLimit,
    /// The login has as many notes as it may have.
    NoteLimit,
    /// Another verdict holds than the one that was to be replaced: this one.
    JudgedMeanwhile(Box<Note>),
    /// The tenant has saved as many searches as it may.
    SearchLimit,
    /// The list of saved searches that was to be replaced is another by now.
    SearchesChanged,
    /// As many tails are open as may be.
    TailLimit,
    /// What the caller has seen last is no longer in the log.
    TailForgotten,
    /// The alert was sent, or waits to be.
    AlertNotOver,
    /// The policy that was to be replaced is another by now.
    PolicyChanged,
    /// The person has asked that nobody looks at what is kept of them.
    Restricted,
    /// No e-mail address of the user is known.
    NoAddress,
    /// The user's e-mail address gets no mail.
    AddressSuppressed,
    /// Too many requests.
    RateLimited(RateLimited),
    /// This service has a fault: the cause, for our log.
    Internal(String),
    /// The store does not answer: the cause, for our log.
    Unavailable(String),
    /// The store is not the one that was used before, and what was in that one is not known.
    StoreChanged,
}

impl Fault {
    /// A fault of a parameter of the address.
    #[must_use]
    pub fn parameter(name: &str, reason: &str) -> Self {
        Self::InvalidParameter(AtFault { field: name.to_owned(), reason: reason.to_owned(), place: None })
    }

    /// A fault of a search, which a parameter holds.
    #[must_use]
    pub fn query(name: &str, fault: QueryFault) -> Self {
        let reason = format!("cannot be answered: {fault}");
        Self::InvalidParameter(AtFault { field: name.to_owned(), reason, place: Some(fault) })
    }

    /// A fault of this service: the cause is logged when the request is answered, and not told.
    #[must_use]
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// What an answer that the framework made means, by its status.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        if status == StatusCode::NOT_FOUND {
            Self::NotFound
        } else if status == StatusCode::METHOD_NOT_ALLOWED {
            Self::MethodNotAllowed("GET".to_owned())
        } else if status == StatusCode::REQUEST_TIMEOUT {
            Self::BodyTimeout
        } else if status.is_client_error() {
            Self::BadRequest
        } else {
            Self::internal(&format_args!("an answer {status} without a reason"))
        }
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::MalformedJson(_) => Kind::MalformedJson,
            Self::UnexpectedField(_) => Kind::UnexpectedField,
            Self::InvalidParameter(_) => Kind::InvalidParameter,
            Self::BadRequest => Kind::BadRequest,
            Self::Unauthorized => Kind::Unauthorized,
            Self::BadSignature => Kind::BadSignature,
            Self::SignedOut => Kind::SignedOut,
            Self::CrossSite => Kind::CrossSite,
            Self::OperatorTaken => Kind::OperatorTaken,
            Self::InsufficientScope(_) => Kind::InsufficientScope,
            Self::NotFound => Kind::NotFound,
            Self::MethodNotAllowed(_) => Kind::MethodNotAllowed,
            Self::BodyTimeout => Kind::BodyTimeout,
            Self::InFlight => Kind::InFlight,
            Self::BodyTooLarge(_) => Kind::BodyTooLarge,
            Self::UnsupportedMediaType(_) => Kind::UnsupportedMediaType,
            Self::Invalid(Invalid { in_future: true, .. }) => Kind::OccurredInFuture,
            Self::Invalid(_) => Kind::InvalidField,
            Self::KeyReused => Kind::KeyReused,
            Self::WebhookLimit => Kind::WebhookLimit,
            Self::NoteLimit => Kind::NoteLimit,
            Self::JudgedMeanwhile(_) => Kind::JudgedMeanwhile,
            Self::SearchLimit => Kind::SearchLimit,
            Self::SearchesChanged => Kind::SearchesChanged,
            Self::TailLimit => Kind::TailLimit,
            Self::TailForgotten => Kind::TailForgotten,
            Self::AlertNotOver => Kind::AlertNotOver,
            Self::PolicyChanged => Kind::PolicyChanged,
            Self::Restricted => Kind::Restricted,
            Self::NoAddress => Kind::NoAddress,
            Self::AddressSuppressed => Kind::AddressSuppressed,
            Self::RateLimited(_) => Kind::RateLimited,
            Self::Internal(_) => Kind::Internal,
            Self::Unavailable(_) => Kind::Unavailable,
            Self::StoreChanged => Kind::StoreChanged,
        }
    }

    /// Writes the cause that is for us into the log, if there is one. To be called where the request is answered, once.
    pub fn log(&self, request_id: &str) {
        if let Self::Internal(cause) = self {
            tracing::error!(%cause, request_id, "a request met a fault of this service");
        }
        if let Self::Unavailable(cause) = self {
            crate::http::outages::log_unavailable(cause, request_id);
        }
    }

    /// What the caller is told.
    #[must_use]
    pub fn problem(&self, request_id: &str) -> Problem {
        let row = self.kind().row();
        Problem {
            r#type: row.slug,
            title: row.title,
            status: row.status.as_u16(),
            detail: self.to_string(),
            field: self.field().map(str::to_owned),
            position: self.place().map(|it| it.position),
            length: self.place().map(|it| it.length),
            suggestion: self.place().and_then(|it| it.suggestion.clone()),
            verdict: if let Self::JudgedMeanwhile(it) = self { Some(NoteBody::new(it)) } else { None },
            request_id: request_id.to_owned(),
        }
    }

    /// The field or parameter that is at fault, if one is.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        if let Self::UnexpectedField(at) | Self::InvalidParameter(at) = self {
            return Some(&at.field);
        }
        if let Self::Invalid(invalid) = self { Some(&invalid.field) } else { None }
    }

    /// Where in a search the fault is, if it is in one.
    fn place(&self) -> Option<&QueryFault> {
        if let Self::InvalidParameter(at) = self { at.place.as_ref() } else { None }
    }

    /// The answer. `jitter` spreads over 5 to 30 seconds when callers come back after the store was away.
    #[must_use]
    pub fn answer(&self, request_id: &str, jitter: u8) -> HttpResponse {
        let body = serde_json::to_vec(&self.problem(request_id)).unwrap_or_default();
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        for header in self.headers(jitter) {
            answer.insert_header(header);
        }
        // The rest of the body is not read: the connection cannot be used again.
        if matches!(self, Self::BodyTimeout | Self::BodyTooLarge(_)) {
            answer.force_close();
        }
        answer.body(body)
    }

    /// The headers that tell the caller how to go on.
    fn headers(&self, jitter: u8) -> Vec<(HeaderName, String)> {
        match self {
            Self::Unauthorized => vec![(header::WWW_AUTHENTICATE, "Bearer".to_owned())],
            Self::InsufficientScope(scope) => {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", scope.as_str());
                vec![(header::WWW_AUTHENTICATE, challenge)]
            }
            Self::MethodNotAllowed(allowed) => vec![(header::ALLOW, allowed.clone())],
            Self::InFlight => vec![(header::RETRY_AFTER, "1".to_owned())],
            Self::RateLimited(RateLimited { counted, burst, window_s, retry_after_s }) => vec![
                (header::RETRY_AFTER, retry_after_s.to_string()),
                (RATE_LIMIT_POLICY, format!("\"{counted}\";q={burst};w={window_s}")),
                (RATE_LIMIT, format!("\"{counted}\";r=0;t={retry_after_s}")),
            ],
            Self::Unavailable(_) | Self::StoreChanged => {
                vec![(header::RETRY_AFTER, (5 + jitter % 26).to_string())]
            }
            Self::MalformedJson(_)
            | Self::UnexpectedField(_)
            | Self::InvalidParameter(_)
            | Self::BadRequest
            | Self::BadSignature
            | Self::SignedOut
            | Self::CrossSite
            | Self::OperatorTaken
            | Self::NotFound
            | Self::BodyTimeout
            | Self::BodyTooLarge(_)
            | Self::UnsupportedMediaType(_)
            | Self::Invalid(_)
            | Self::KeyReused
            | Self::WebhookLimit
            | Self::NoteLimit
            | Self::JudgedMeanwhile(_)
            | Self::SearchLimit
            | Self::SearchesChanged
            | Self::TailLimit
            | Self::TailForgotten
            | Self::AlertNotOver
            | Self::PolicyChanged
            | Self::Restricted
            | Self::NoAddress
            | Self::AddressSuppressed
            | Self::Internal(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Fault {
    /// The `detail` of the problem.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedJson(reason) => write!(f, "the body is not sound JSON: {reason}"),
            Self::UnexpectedField(at) | Self::InvalidParameter(at) => write!(f, "{} {}", at.field, at.reason),
            Self::BadRequest => f.write_str("the request cannot be understood"),
            Self::Unauthorized => f.write_str("send a valid API key as `Authorization: Bearer wl_live_…`"),
            Self::BadSignature => f.write_str(
                "sign `webhook-id.webhook-timestamp.body` with the secret of mail.events_secret_file, within five minutes",
            ),
            Self::SignedOut => f.write_str("sign in to the console"),
            Self::CrossSite => f.write_str("only a page of this service may send this"),
            Self::OperatorTaken => {
                f.write_str("an operator with this address sees other tenants: whoever runs this service can change that")
            }
            Self::InsufficientScope(scope) => write!(f, "the API key lacks the scope `{}`", scope.as_str()),
            Self::NotFound => f.write_str("there is nothing here, or nothing that this API key may see"),
            Self::MethodNotAllowed(allowed) => write!(f, "only {allowed} is allowed here"),
            Self::BodyTimeout => f.write_str("the body must arrive in time: send it without pauses"),
            Self::InFlight => f.write_str("a request with this idempotency key is still being worked on: try again"),
            Self::BodyTooLarge(limit) => write!(f, "the body must not be larger than {limit} bytes"),
            Self::UnsupportedMediaType(expected) => {
                write!(f, "Content-Type must be {expected}, and the body must not be compressed")
            }
            Self::Invalid(invalid) => write!(f, "{} {}", invalid.field, invalid.problem),
            Self::KeyReused => {
                f.write_str("the idempotency key was used with another body within 24 hours: use a new key")
            }
            Self::WebhookLimit => write!(f, "a tenant may have {MAX_WEBHOOKS} webhooks: remove one first"),
            Self::NoteLimit => write!(f, "a login may have {MAX_NOTES} notes"),
            Self::JudgedMeanwhile(it) => write!(f, "{} has judged it: name that `verdict` in `replaces`", it.author),
            Self::SearchLimit => write!(f, "a tenant may save {MAX_SEARCHES} searches: delete one first"),
            Self::SearchesChanged => f.write_str("somebody else has changed the list: read it again, and change that"),
            Self::TailLimit => {
                write!(f, "as many tails are open as may be, {MAX_TAILS_OF_KEY} of an API key: close one first")
            }
            Self::TailForgotten => f.write_str(
                "what was seen last is unknown or was too long ago: search what came since, and follow without `last_event_id`",
            ),
            Self::AlertNotOver => f.write_str("only an alert that has failed or was not mailed can be sent again"),
            Self::PolicyChanged => f.write_str("somebody else has changed the policy: read it again, and change that"),
            Self::Restricted => f.write_str("the person has restricted the use of their data: it can only be exported"),
            Self::NoAddress => f.write_str(
                "no e-mail address of this user is known, so nobody can be asked: log them in with `user.email`, or set it \
                 by PATCH /v1/users/{id}",
            ),
            Self::AddressSuppressed => f.write_str(
                "the user's address was refused, came back or complained, and gets no mail: lift that first by \
                 POST /v1/suppressions/lift",
            ),
            Self::RateLimited(limit) => {
                write!(f, "too many requests of this {}: wait {} s", limit.counted, limit.retry_after_s)
            }
            Self::Internal(_) => f.write_str("the fault is logged under this request_id"),
            Self::Unavailable(_) => f.write_str(UNAVAILABLE),
            Self::StoreChanged => f.write_str(
                "the store has lost what was in it, perhaps this API key too, and the operator has been alarmed: nothing was \
                 stored; keep the key, and try again after the time in Retry-After",
            ),
        }
    }
}

impl std::error::Error for Fault {}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        self.kind().row().status
    }

    /// Without a request id: [`edge`](crate::http::door::edge) knows it, and answers in the place of this.
    fn error_response(&self) -> HttpResponse {
        self.answer("", 0)
    }
}

impl From<Unavailable> for Fault {
    fn from(Unavailable(cause): Unavailable) -> Self {
        Self::Unavailable(cause)
    }
}

impl From<NotTheStore> for Fault {
    fn from(_: NotTheStore) -> Self {
        Self::StoreChanged
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<IntakeError> for Fault {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Invalid(invalid) => invalid.into(),
            IntakeError::KeyReused => Self::KeyReused,
            IntakeError::InFlight => Self::InFlight,
            IntakeError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
