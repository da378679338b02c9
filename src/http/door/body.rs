//! Reading a body: of the right type, of bounded size, within bounded time. And JSON out of it, with every refusal
//! naming the field. And the header that belongs to a body: its idempotency key.

use std::{
    future::{Ready, ready},
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
};
use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt, StreamExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;

use crate::{
    domain::login::login::Invalid,
    http::door::{
        argument::Argument,
        fault::Fault,
        problem::{AtFault, Kind},
        state::State,
    },
    service::outbound::signing::{SignedHeaders, is_signed},
};

/// What an operation is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing that is looked at.
    Nothing,
    /// One JSON object.
    Json,
    /// One JSON object, or nothing.
    MaybeJson,
    /// Lines of JSON without an end. A line has a limit; all of them have none.
    Lines,
    /// The form of a page of ours.
    Form,
}

impl Body {
    /// How much is read, in bytes; `None` if that has no end.
    #[must_use]
    pub const fn limit(self) -> Option<usize> {
        match self {
            Self::Nothing | Self::Json | Self::MaybeJson => Some(MAX_BYTES),
            Self::Form => Some(MAX_FORM_BYTES),
            Self::Lines => None,
        }
    }
}

/// The header that makes a retry recognizable.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Largest body of one event, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// The longest form of a page of ours has a note, or two hundred logins, and carries it past signing in: its largest size, in bytes.
pub const MAX_FORM_BYTES: usize = 48 * 1024;
/// How much is repeated of the name of a field that a stranger chose.
const MAX_FIELD_CHARS: usize = 100;
/// Within this time a body must have arrived: the framework itself would wait for ever.
const ARRIVES_WITHIN: Duration = Duration::from_secs(9);

/// How a body fails that is read whole.
const READING: [Kind; 4] = [Kind::BadRequest, Kind::BodyTimeout, Kind::BodyTooLarge, Kind::UnsupportedMediaType];
/// How one fails that is read as JSON, or into what it stands for.
const READING_JSON: [Kind; 7] = [
    Kind::MalformedJson,
    Kind::UnexpectedField,
    Kind::BadRequest,
    Kind::BodyTimeout,
    Kind::BodyTooLarge,
    Kind::UnsupportedMediaType,
    Kind::InvalidField,
];

/// A JSON body.
pub struct Json<T> {
    /// What it says.
    pub value: T,
    /// How it says that, byte for byte.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read_json(request.clone(), payload.take());
        let json = async {
            let bytes = bytes.await?;
            Ok(Self { value: parse_json(&bytes)?, bytes })
        };
        json.boxed_local()
    }
}

impl<T> Argument for Json<T> {
    const FAILURES: &'static [Kind] = &READING_JSON;
}

/// A JSON body that may be absent, and then says what is said by default.
pub struct MaybeJson<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for MaybeJson<T> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        let json = async move {
            if request.headers().contains_key(header::CONTENT_TYPE) {
                return Ok(Self(parse_json(&read_json(request, payload).await?)?));
            }
            let bytes = read(&request, payload, MAX_BYTES).await?;
            bytes.is_empty().then(Self::default).ok_or(Fault::UnsupportedMediaType("application/json"))
        };
        json.boxed_local()
    }
}

impl<T: Default> Default for MaybeJson<T> {
    fn default() -> Self {
        Self(T::default())
    }
}

impl<T> Argument for MaybeJson<T> {
    const FAILURES: &'static [Kind] = &READING_JSON;
}

/// A JSON body that is signed as a Standard Webhook, with the secret of `mail.events_secret_file`.
pub struct Signed<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Signed<T> {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        let json = async move {
            let bytes = read_json(request.clone(), payload).await?;
            check_signature(&request, &bytes)?;
            Ok(Self(parse_json(&bytes)?))
        };
        json.boxed_local()
    }
}

impl<T> Argument for Signed<T> {
    /// Who may not sign is told so as [`Access::Signature`](crate::http::door::access::Access::Signature) says.
    const FAILURES: &'static [Kind] = &READING_JSON;
}

fn check_signature(request: &HttpRequest, body: &[u8]) -> Result<(), Fault> {
    let state = State::of(request)?;
    let secret = state.mail_events_secret.as_ref().ok_or(Fault::NotFound)?;
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = SignedHeaders {
        id: header("webhook-id"),
        sent_at: header("webhook-timestamp"),
        signatures: header("webhook-signature"),
    };
    if is_signed(state.clock.now(), secret, &signed, body) { Ok(()) } else { Err(Fault::BadSignature) }
}

/// The form of a page of ours, as its bytes.
pub struct Form(pub Bytes);

/// What a form has sent, for the page that says why it was not taken.
#[derive(Clone, Debug)]
pub struct SentForm(pub Bytes);

impl FromRequest for Form {
    type Error = Fault;
    type Future = LocalBoxFuture<'static, Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        let form = async move {
            let bytes = read_form(&request, payload).await?;
            request.extensions_mut().insert(SentForm(bytes.clone()));
            Ok(Self(bytes))
        };
        form.boxed_local()
    }
}

impl Argument for Form {
    const FAILURES: &'static [Kind] = &READING;
}

/// The idempotency key in the header, if there is one.
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = |key: &header::HeaderValue| std::str::from_utf8(key.as_bytes()).map(str::to_owned);
        let key = request.headers().get(IDEMPOTENCY_KEY).map(text).transpose();
        ready(key.map(Self).map_err(|_| Invalid::new(IDEMPOTENCY_KEY, "must be UTF-8").into()))
    }
}

impl Argument for IdempotencyKey {
    const FAILURES: &'static [Kind] = &[Kind::InvalidField];
}

/// Reads a form of at most [`MAX_FORM_BYTES`].
///
/// # Errors
/// 408, 413, 415 for what no form of a page of ours is.
pub async fn read_form(request: &HttpRequest, payload: Payload) -> Result<Bytes, Fault> {
    expect_type(request, &["application/x-www-form-urlencoded"])?;
    read(request, payload, MAX_FORM_BYTES).await
}

/// Reads a JSON body of at most [`MAX_BYTES`].
async fn read_json(request: HttpRequest, payload: Payload) -> Result<Bytes, Fault> {
    expect_type(&request, &["application/json"])?;
    read(&request, payload, MAX_BYTES).await
}

/// Refuses a body that is compressed, or of none of these types, or of another character set than UTF-8.
///
/// # Errors
/// 415, which names the first type.
pub fn expect_type(request: &HttpRequest, types: &[&'static str]) -> Result<(), Fault> {
    let headers = request.headers();
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = given.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let charset =
        parts.filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    let utf8 = charset.is_none_or(|(_, it)| it.trim_matches('"').eq_ignore_ascii_case("utf-8"));
    if plain && utf8 && types.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    Err(Fault::UnsupportedMediaType(types.first().copied().unwrap_or_default()))
}

/// Reads a body of at most `limit` bytes.
async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Bytes, Fault> {
    check_length(request.headers(), limit)?;
    tokio::time::timeout(ARRIVES_WITHIN, collect(payload, limit)).await.unwrap_or(Err(Fault::BodyTimeout))
}

/// Refuses a body that announces itself as larger than `limit` bytes.
///
/// # Errors
/// 413.
pub fn check_length(headers: &HeaderMap, limit: usize) -> Result<(), Fault> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit as u64) { Err(Fault::BodyTooLarge(limit)) } else { Ok(()) }
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Bytes, Fault> {
    // Most come in one piece, which is not copied.
    let mut whole = Bytes::new();
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Fault::BadRequest)?;
        if whole.len() + body.len() + chunk.len() > limit {
            return Err(Fault::BodyTooLarge(limit));
        }
        if whole.is_empty() && body.is_empty() {
            whole = chunk;
        } else {
            body.extend_from_slice(&std::mem::take(&mut whole));
            body.extend_from_slice(&chunk);
        }
    }
    Ok(if body.is_empty() { whole } else { body.freeze() })
}

/// Reads a JSON object.
///
/// # Errors
/// 400, naming the place where it is malformed or the field that is unknown or of the wrong type. What the caller wrote
/// as a value is not repeated: an error may be logged.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    // Serde would take a list for an object's values in the order in which they are declared.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(unexpected("the body", "must be an object".to_owned()));
    }
    // Keeping track of the path costs as much as reading: it is done again, with the path, only for a refusal.
    if let Ok(value) = serde_json::from_slice(body) {
        return Ok(value);
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|fault| {
        let path = fault.path().to_string();
        explain(&path, fault.inner())
    })?;
    json.end().map_err(|fault| explain("", &fault))?;
    Ok(value)
}

fn explain(path: &str, error: &serde_json::Error) -> Fault {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let text = text.strip_suffix(&place).unwrap_or(&text);
    if !error.is_data() {
        return Fault::MalformedJson(format!("{text}{place}"));
    }
    let path = if path == "." { "" } else { path };
    let (field, reason) = if text.starts_with("unknown field") {
        (member(path, text), "is not a field of this request".to_owned())
    } else if text.starts_with("duplicate field") {
        (member(path, text), "is given twice".to_owned())
    } else {
        let field = if path.is_empty() { "the body" } else { path };
        // Serde says first what it found, which may be the caller's secret, and then what it expected.
        let reason = match text.rsplit_once(", expected ") {
            Some((_, expected)) if expected.starts_with("struct ") => "must be an object".to_owned(),
            Some((_, "u32" | "u64" | "usize" | "i64")) => "must be a whole number in its range".to_owned(),
            Some((_, "f64")) => "must be a number".to_owned(),
            Some((_, expected)) => format!("must be {expected}"),
            None => text.to_owned(),
        };
        (field.to_owned(), reason)
    };
    unexpected(&field, reason)
}

fn unexpected(field: &str, reason: String) -> Fault {
    let field = field.chars().filter(|letter| !letter.is_control()).take(MAX_FIELD_CHARS).collect();
    Fault::UnexpectedField(AtFault { field, reason, place: None })
}

/// The path of the member that serde names in its text: the path ends with it, or with the object that it is in.
fn member(path: &str, text: &str) -> String {
    let name = text.split_once('`').and_then(|(_, rest)| rest.split_once('`')).map_or("", |(name, _)| name);
    let ends_with_it = path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    match path {
        "" => name.to_owned(),
        _ if ends_with_it => path.to_owned(),
        _ => format!("{path}.{name}"),
    }
}
