//! Every way in which a request can fail, and the one table from there to problem details (RFC 9457).

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        tenant::{api_key::Scope, webhook::MAX_WEBHOOKS},
    },
    ports::Unavailable,
    service::{
        alarm::custody::NotTheStore, history::sessions::SessionError, login::intake::IntakeError,
        outbound::webhooks::WebhookError, tenant::policies::PolicyError,
    },
};

/// Why a request failed, in words for the caller: what is for us has been logged by then.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The body is not JSON, or is JSON with two meanings: the reason.
    MalformedJson(String),
    /// A member of the body is unknown or of the wrong type: the member, the reason.
    UnexpectedField(String, String),
    /// A parameter of the address is unknown or cannot be read: the parameter, the reason.
    InvalidParameter(String, String),
    /// The request is no HTTP that this service understands.
    BadRequest,
    /// No key, or one that opens nothing.
    Unauthorized,
    /// A report about mails is not signed, or too old.
    BadSignature,
    /// The key does not allow this.
    InsufficientScope(Scope),
    /// A page may be asked again: the form was not the one that was shown.
    Forbidden,
    /// There is nothing of that name that the caller may see.
    NotFound,
    /// There is, and it cannot be asked like that: how it can.
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
    /// The alert was sent, or waits to be.
    AlertNotOver,
    /// The policy that was to be replaced is another by now.
    PolicyChanged,
    /// Too many requests.
    RateLimited(RateLimited),
    /// This service has a fault.
    Internal,
    /// The store does not answer.
    Unavailable,
    /// The store is not the one that was used before, and what was in that one is not known.
    StoreChanged,
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

impl Fault {
    /// The table: status, slug, title.
    fn row(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::MalformedJson(_) => (StatusCode::BAD_REQUEST, "malformed_json", "The body is not sound JSON"),
            Self::UnexpectedField(..) => {
                (StatusCode::BAD_REQUEST, "unexpected_field", "A field is unknown or of the wrong type")
            }
            Self::InvalidParameter(..) => {
                (StatusCode::BAD_REQUEST, "invalid_parameter", "A parameter is unknown or cannot be read")
            }
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad_request", "The request cannot be understood"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "A valid API key is required"),
            Self::BadSignature => {
                (StatusCode::UNAUTHORIZED, "bad_signature", "The message is not signed as it must be")
            }
            Self::InsufficientScope(_) => {
                (StatusCode::FORBIDDEN, "insufficient_scope", "The API key does not allow this")
            }
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "The form is not the one that was shown"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is no such thing"),
            Self::MethodNotAllowed(_) => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not allowed here")
            }
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "request_timeout", "The body did not arrive in time"),
            Self::InFlight => {
                (StatusCode::CONFLICT, "idempotency_key_in_flight", "The same request is still being worked on")
            }
            Self::BodyTooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large"),
            Self::UnsupportedMediaType(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body is of the wrong type")
            }
            Self::Invalid(it) if it.in_future => {
                (StatusCode::UNPROCESSABLE_ENTITY, "occurred_in_future", "The login lies in the future")
            }
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", "A field is not sound"),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The idempotency key belongs to a request with another body",
            ),
            Self::WebhookLimit => (StatusCode::CONFLICT, "webhook_limit_reached", "There are too many webhooks"),
            Self::AlertNotOver => (StatusCode::CONFLICT, "alert_not_over", "The alert was sent, or waits to be"),
            Self::PolicyChanged => (StatusCode::CONFLICT, "policy_changed", "The policy is another by now"),
            Self::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "This service has a fault"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", "The store does not answer"),
            Self::StoreChanged => {
                (StatusCode::SERVICE_UNAVAILABLE, "store_changed", "The store is not the one that was used before")
            }
        }
    }

    /// The field or parameter that is at fault, if one is.
    fn field(&self) -> Option<&str> {
        match self {
            Self::UnexpectedField(field, _) | Self::InvalidParameter(field, _) => Some(field),
            Self::Invalid(it) => Some(&it.field),
            _ => None,
        }
    }

    /// A fault of a query parameter.
    #[must_use]
    pub fn parameter(name: &str, problem: &str) -> Self {
        Self::InvalidParameter(name.to_owned(), problem.to_owned())
    }

    /// A fault of this service: logged, and not told.
    #[must_use]
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "a request met a fault of this service");
        Self::Internal
    }

    /// The problem, as a member of an answer about many.
    #[must_use]
    pub fn problem(&self, request_id: &str) -> Problem {
        let (status, slug, title) = self.row();
        Problem {
            r#type: slug,
            title,
            status: status.as_u16(),
            detail: self.to_string(),
            field: self.field().map(str::to_owned),
            request_id: request_id.to_owned(),
        }
    }

    /// The answer. `jitter` spreads over 5 to 30 seconds when callers come back after the store was away.
    #[must_use]
    pub fn answer(&self, request_id: &str, jitter: u8) -> HttpResponse {
        let problem = self.problem(request_id);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        match self {
            Self::Unauthorized => {
                answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            Self::InsufficientScope(scope) => {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", scope.as_str());
                answer.insert_header((header::WWW_AUTHENTICATE, challenge));
            }
            Self::MethodNotAllowed(allowed) => {
                answer.insert_header((header::ALLOW, allowed.as_str()));
            }
            Self::InFlight => {
                answer.insert_header((header::RETRY_AFTER, "1"));
            }
            Self::RateLimited(it) => {
                let RateLimited { counted, burst, window_s, retry_after_s } = it;
                answer.insert_header((header::RETRY_AFTER, retry_after_s.to_string()));
                // draft-ietf-httpapi-ratelimit-headers-10
                answer.insert_header(("RateLimit-Policy", format!("\"{counted}\";q={burst};w={window_s}")));
                answer.insert_header(("RateLimit", format!("\"{counted}\";r=0;t={retry_after_s}")));
            }
            Self::Unavailable | Self::StoreChanged => {
                answer.insert_header((header::RETRY_AFTER, (5 + jitter % 26).to_string()));
            }
            // The rest of the body is not read: the connection cannot be used again.
            Self::BodyTimeout | Self::BodyTooLarge(_) => {
                answer.force_close();
            }
            _ => {}
        }
        answer.body(body)
    }

    /// What an answer that the framework made means, by its status.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed("GET".to_owned()),
            StatusCode::REQUEST_TIMEOUT => Self::BodyTimeout,
            it if it.is_client_error() => Self::BadRequest,
            it => Self::internal(&format_args!("an answer {it} without a reason")),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedJson(reason) => write!(f, "the body is not sound JSON: {reason}"),
            Self::UnexpectedField(field, reason) | Self::InvalidParameter(field, reason) => {
                write!(f, "{field} {reason}")
            }
            Self::BadRequest => f.write_str("the request cannot be understood"),
            Self::Unauthorized => f.write_str("send a valid API key as `Authorization: Bearer wl_live_…`"),
            Self::BadSignature => f.write_str(
                "sign `webhook-id.webhook-timestamp.body` with the secret of mail.events_secret_file, within five minutes",
            ),
            Self::InsufficientScope(scope) => write!(f, "the API key lacks the scope `{}`", scope.as_str()),
            Self::Forbidden => f.write_str("open the page again and answer there"),
            Self::NotFound => f.write_str("there is nothing here, or nothing that this API key may see"),
            Self::MethodNotAllowed(allowed) => write!(f, "only {allowed} is allowed here"),
            Self::BodyTimeout => f.write_str("the body must arrive in time: send it without pauses"),
            Self::InFlight => f.write_str("a request with this idempotency key is still being worked on: try again"),
            Self::BodyTooLarge(limit) => write!(f, "the body must not be larger than {limit} bytes"),
            Self::UnsupportedMediaType(expected) => {
                write!(f, "Content-Type must be {expected}, and the body must not be compressed")
            }
            Self::Invalid(it) => write!(f, "{} {}", it.field, it.problem),
            Self::KeyReused => {
                f.write_str("the idempotency key was used with another body within 24 hours: use a new key")
            }
            Self::WebhookLimit => write!(f, "a tenant may have {MAX_WEBHOOKS} webhooks: remove one first"),
            Self::AlertNotOver => f.write_str("only an alert that has failed or was not mailed can be sent again"),
            Self::PolicyChanged => f.write_str("somebody else has changed the policy: read it again, and change that"),
            Self::RateLimited(it) => write!(f, "too many requests of this {}: wait {} s", it.counted, it.retry_after_s),
            Self::Internal => f.write_str("the fault is logged under this request_id"),
            Self::Unavailable => f.write_str(
                "the store does not answer: try again after the time in Retry-After, with the same idempotency key, \
                 because the request may have been stored nevertheless",
            ),
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
        self.row().0
    }

    /// Without a request id: [`edge`](crate::http::door::edge) knows it, and answers in the place of this.
    fn error_response(&self) -> HttpResponse {
        self.answer("", 0)
    }
}

impl From<Unavailable> for Fault {
    fn from(Unavailable(cause): Unavailable) -> Self {
        tracing::error!(%cause, "the store is unavailable");
        Self::Unavailable
    }
}

impl From<NotTheStore> for Fault {
    /// Not logged: it is, once, when it is first seen.
    fn from(_: NotTheStore) -> Self {
        Self::StoreChanged
    }
}

impl From<Invalid> for Fault {
    fn from(it: Invalid) -> Self {
        Self::Invalid(it)
    }
}

impl From<IntakeError> for Fault {
    fn from(it: IntakeError) -> Self {
        match it {
            IntakeError::Invalid(it) => it.into(),
            IntakeError::KeyReused => Self::KeyReused,
            IntakeError::InFlight => Self::InFlight,
            IntakeError::Unavailable(it) => it.into(),
        }
    }
}

impl From<SessionError> for Fault {
    fn from(it: SessionError) -> Self {
        match it {
            SessionError::Invalid(it) => it.into(),
            SessionError::Unknown => Self::NotFound,
            SessionError::Unavailable(it) => it.into(),
        }
    }
}

impl From<PolicyError> for Fault {
    fn from(it: PolicyError) -> Self {
        match it {
            PolicyError::Invalid(it) => it.into(),
            PolicyError::Changed => Self::PolicyChanged,
            PolicyError::Unavailable(it) => it.into(),
        }
    }
}

impl From<WebhookError> for Fault {
    fn from(it: WebhookError) -> Self {
        match it {
            WebhookError::Invalid(it) => it.into(),
            WebhookError::TooMany => Self::WebhookLimit,
            WebhookError::Unavailable(it) => it.into(),
        }
    }
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem: a stable slug.
    #[schema(example = "invalid_field")]
    r#type: &'static str,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong with this request; names the field.
    #[schema(example = "client.ip must be an IPv4 or IPv6 address")]
    detail: String,
    /// The field or parameter that is at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What names this request in the log.
    request_id: String,
}
