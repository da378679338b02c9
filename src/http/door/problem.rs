//! The kinds of failure, and what each is to the caller: the one table from there to problem details (RFC 9457).

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{domain::search::fault::QueryFault, wire::inquiry::note::NoteBody};

/// A way in which a request can fail, whatever the request was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The body is not JSON, or is JSON with two meanings.
    MalformedJson,
    /// A member of the body is unknown or of the wrong type.
    UnexpectedField,
    /// A parameter of the address is unknown or cannot be read.
    InvalidParameter,
    /// The request is no HTTP that this service understands, or breaks off.
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
    /// The key does not allow this.
    InsufficientScope,
    /// There is nothing of that id that the caller may see.
    NotFound,
    /// There is something, and it cannot be asked like that.
    MethodNotAllowed,
    /// The body did not arrive in time.
    BodyTimeout,
    /// A request with this idempotency key is still being worked on.
    InFlight,
    /// The tenant has as many webhooks as it may have.
    WebhookLimit,
    /// The login has as many notes as it may have.
    NoteLimit,
    /// Another verdict holds than the one that was to be replaced.
    JudgedMeanwhile,
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
    /// The body is larger than is read.
    BodyTooLarge,
    /// The body is of another type than is read.
    UnsupportedMediaType,
    /// A field is not sound.
    InvalidField,
    /// A login is further ahead of our clock than clocks go wrong.
    OccurredInFuture,
    /// The idempotency key belongs to a request with another body.
    KeyReused,
    /// Too many requests.
    RateLimited,
    /// This service has a fault.
    Internal,
    /// The store does not answer.
    Unavailable,
    /// The store is not the one that was used before.
    StoreChanged,
}

/// What a kind of failure is to the caller.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The HTTP status.
    pub status: StatusCode,
    /// The `type`: part of the contract, and so never another.
    pub slug: &'static str,
    /// The same in words.
    pub title: &'static str,
}

impl Kind {
    /// The table.
    #[must_use]
    pub const fn row(self) -> Row {
        let (status, slug, title) = match self {
            Self::MalformedJson => (StatusCode::BAD_REQUEST, "malformed_json", "The body is not sound JSON"),
            Self::UnexpectedField => {
                (StatusCode::BAD_REQUEST, "unexpected_field", "A field is unknown or of the wrong type")
            }
            Self::InvalidParameter => {
                (StatusCode::BAD_REQUEST, "invalid_parameter", "A parameter is unknown or cannot be read")
            }
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad_request", "The request cannot be understood"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "A valid API key is required"),
            Self::BadSignature => {
                (StatusCode::UNAUTHORIZED, "bad_signature", "The message is not signed as it must be")
            }
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out", "Signing in to the console is required"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross_site", "The request comes from another site"),
            Self::OperatorTaken => (StatusCode::CONFLICT, "operator_taken", "The address is another operator's"),
            Self::InsufficientScope => (StatusCode::FORBIDDEN, "insufficient_scope", "The API key does not allow this"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is no such thing"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not allowed here")
            }
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "request_timeout", "The body did not arrive in time"),
            Self::InFlight => {
                (StatusCode::CONFLICT, "idempotency_key_in_flight", "The same request is still being worked on")
            }
            Self::WebhookLimit => (StatusCode::CONFLICT, "webhook_limit_reached", "There are too many webhooks"),
            Self::NoteLimit => (StatusCode::CONFLICT, "note_limit_reached", "There are too many notes"),
            Self::JudgedMeanwhile => (StatusCode::CONFLICT, "judged_meanwhile", "Somebody else has judged the login"),
            Self::SearchLimit => (StatusCode::CONFLICT, "search_limit_reached", "There are too many saved searches"),
            Self::SearchesChanged => (StatusCode::CONFLICT, "searches_changed", "The saved searches are others by now"),
            Self::TailLimit => (StatusCode::TOO_MANY_REQUESTS, "tail_limit_reached", "There are too many open tails"),
            Self::TailForgotten => (StatusCode::GONE, "tail_forgotten", "What was seen last is no longer in the log"),
            Self::AlertNotOver => (StatusCode::CONFLICT, "alert_not_over", "The alert was sent, or waits to be"),
            Self::PolicyChanged => (StatusCode::CONFLICT, "policy_changed", "The policy is another by now"),
            Self::Restricted => (StatusCode::LOCKED, "restricted", "The person's data is restricted"),
            Self::NoAddress => (StatusCode::CONFLICT, "no_address", "No e-mail address of the user is known"),
            Self::AddressSuppressed => (StatusCode::CONFLICT, "suppressed", "The user's e-mail address gets no mail"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body is of the wrong type")
            }
            Self::InvalidField => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", "A field is not sound"),
            Self::OccurredInFuture => {
                (StatusCode::UNPROCESSABLE_ENTITY, "occurred_in_future", "The login lies in the future")
            }
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The idempotency key belongs to a request with another body",
            ),
            Self::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "This service has a fault"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", "The store does not answer"),
            Self::StoreChanged => {
                (StatusCode::SERVICE_UNAVAILABLE, "store_changed", "The store is not the one that was used before")
            }
        };
        Row { status, slug, title }
    }

    /// Whether the answer says in `Retry-After` when the same request may be sent again.
    #[must_use]
    pub const fn tells_when_to_retry(self) -> bool {
        matches!(self, Self::InFlight | Self::RateLimited | Self::Unavailable | Self::StoreChanged)
    }
}

/// What cannot be read, and why.
#[derive(Clone, Debug)]
pub struct AtFault {
    /// The member of the body, by its path, or the parameter.
    pub field: String,
    /// What it must be, or is not.
    pub reason: String,
    /// Where in a search it is, if it is in one.
    pub place: Option<QueryFault>,
}

/// How a caller may go on after too many requests.
#[derive(Clone, Copy, Debug)]
pub struct RateLimited {
    /// What is counted: `key` or `address`.
    pub counted: &'static str,
    /// How many requests may come at once.
    pub burst: u32,
    /// In how many seconds as many become free.
    pub window_s: u32,
    /// When the next one is free, in seconds.
    pub retry_after_s: u64,
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "invalid_field", "title": "A field is not sound", "status": 422,
    "detail": "client.ip must be an IPv4 or IPv6 address", "field": "client.ip",
    "request_id": "96834b2b-da34-4506-ac9f-2dcee6e98e0f"
}))]
pub struct Problem {
    /// What kind of problem: a stable slug.
    #[schema(example = "invalid_field")]
    pub r#type: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong with this request; names the field.
    #[schema(example = "client.ip must be an IPv4 or IPv6 address")]
    pub detail: String,
    /// The field or parameter that is at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// In a search: how many characters stand before what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// In a search: how many characters are wrong; 0 where something is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// In a search: what to write instead of those characters, if it can be guessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// With `judged_meanwhile`: the verdict that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<NoteBody>,
    /// The id of this request, which is in our log too.
    pub request_id: String,
}
