//! Who may ask for something: looked at before the handler's arguments are, and so before a byte of the body is read.

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Extensions, RequestHead, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap},
    middleware::Next,
};

use crate::{
    domain::{
        ids::TenantId,
        store_identity::Standing,
        tenant::api_key::{ApiKeyRecord, Scope},
    },
    http::door::{
        edge::RequestTenant,
        fault::Fault,
        limit::{Counted, Within},
        problem::Kind,
        state::{Audience, HttpSettings, State},
    },
};

/// Who may ask for something, and what a request is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever brings an API key with this scope. The key and the address are counted.
    Key(Scope),
    /// Whoever signs what they post, as [`Signed`](crate::http::door::body::Signed) finds; nothing is counted.
    Signature,
    /// Whoever holds the secret in the path. The address is counted, because others may guess.
    Link,
    /// Whom a setting names.
    Shown(Page),
    /// Whoever asks.
    Anybody,
}

/// A page that needs no key: a setting tells who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// `http.mailbox`. The address is counted, because a page costs the reading of files.
    Mailbox,
    /// `http.metrics`.
    Metrics,
    /// `http.docs`.
    Docs,
}

impl Page {
    const fn audience(self, settings: &HttpSettings) -> Audience {
        match self {
            Self::Mailbox => settings.mailbox,
            Self::Metrics => settings.metrics,
            Self::Docs => settings.docs,
        }
    }
}

impl Access {
    /// How a request fails that is not let in.
    #[must_use]
    pub const fn failures(self) -> &'static [Kind] {
        match self {
            Self::Key(_) => {
                &[Kind::Unauthorized, Kind::InsufficientScope, Kind::RateLimited, Kind::Unavailable, Kind::StoreChanged]
            }
            Self::Signature => &[Kind::NotFound, Kind::BadSignature, Kind::Unavailable, Kind::StoreChanged],
            Self::Link => &[Kind::RateLimited, Kind::Unavailable, Kind::StoreChanged],
            Self::Shown(Page::Mailbox) => &[Kind::NotFound, Kind::RateLimited],
            Self::Shown(Page::Metrics | Page::Docs) => &[Kind::NotFound],
            Self::Anybody => &[],
        }
    }
}

/// Who was let in, for [`Caller`](crate::http::door::caller::Caller).
///
/// This is the seam for callers of other kinds, such as an operator with a session who looks at one of several tenants, and for
/// what a caller says of the request as a whole, such as its purpose: [`admit`] finds it out, and handlers stay as they are.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Whose data is asked for.
    pub tenant: TenantId,
    /// By which right.
    pub scope: Scope,
}

/// The middleware around a handler: lets a request in, or answers why not.
///
/// # Errors
/// Those of the handler: a refusal has become an answer when this returns.
pub async fn admit(
    access: Access,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match let_in(access, request.request()).await {
        Ok(()) => next.call(request).await,
        Err(fault) => Ok(request.error_response(fault)),
    }
}

async fn let_in(access: Access, request: &HttpRequest) -> Result<(), Fault> {
    let state = State::of(request)?;
    match access {
        Access::Key(scope) => let_in_by_key(state, request, scope).await,
        Access::Signature if state.mail_events_secret.is_none() => Err(Fault::NotFound),
        Access::Signature => Ok(state.custody.check()?),
        Access::Link => {
            count_address(state, request.head(), &mut request.extensions_mut())?;
            Ok(state.custody.check()?)
        }
        Access::Shown(page) => {
            if page == Page::Mailbox {
                count_address(state, request.head(), &mut request.extensions_mut())?;
            }
            check_audience(state, request, page.audience(&state.settings))
        }
        Access::Anybody => Ok(()),
    }
}

/// Lets in whoever brings a key with this scope, if neither the key nor the address sent too much.
async fn let_in_by_key(state: &State, request: &HttpRequest, scope: Scope) -> Result<(), Fault> {
    count_address(state, request.head(), &mut request.extensions_mut())?;
    let key = key(state, request.headers()).await?;
    note(&mut request.extensions_mut(), state.limits.check_key(&key.id)?);
    request.extensions_mut().insert(RequestTenant(key.tenant.clone()));
    if !key.scopes.contains(&scope) {
        return Err(Fault::InsufficientScope(scope));
    }
    request.extensions_mut().insert(Admitted { tenant: key.tenant, scope });
    Ok(())
}

/// The key that a request brings. A missing, malformed, unknown or revoked key are one and the same to the caller.
///
/// # Errors
/// 401; 503 when the store does not answer.
pub async fn key(state: &State, headers: &HeaderMap) -> Result<ApiKeyRecord, Fault> {
    state.custody.check()?;
    let presented = bearer(headers).ok_or(Fault::Unauthorized)?;
    match state.api_keys.authenticate(presented).await? {
        Some(key) => Ok(key),
        None => Err(unknown(state).await?),
    }
}

/// Why a key opens nothing: a store that is not the one that was used before may have lost it, or never have had it, and
/// whoever holds it must come back with it rather than throw it away.
async fn unknown(state: &State) -> Result<Fault, Fault> {
    Ok(match state.custody.look().await? {
        Standing::Same => Fault::Unauthorized,
        Standing::Another | Standing::Lost | Standing::WrongKey => Fault::StoreChanged,
    })
}

/// Counts a request by the address that it comes from, unless its extensions say that it was counted already.
///
/// # Errors
/// 429.
pub fn count_address(state: &State, head: &RequestHead, extensions: &mut Extensions) -> Result<(), Fault> {
    if extensions.contains::<Counted>() {
        return Ok(());
    }
    let within = state.settings.proxies.caller(head).map(|address| state.limits.check_address(address)).transpose()?;
    note(extensions, within.flatten());
    Ok(())
}

/// Keeps what the answer will tell of a limit.
fn note(extensions: &mut Extensions, within: Option<Within>) {
    let mut counted = extensions.get::<Counted>().copied().unwrap_or_default();
    if let Some(within) = within {
        counted.add(within);
    }
    extensions.insert(counted);
}

/// Lets in whom a page is for. To others it is not there.
fn check_audience(state: &State, request: &HttpRequest, audience: Audience) -> Result<(), Fault> {
    match audience {
        Audience::Everyone => Ok(()),
        Audience::Loopback if state.settings.proxies.is_local(request.head()) => Ok(()),
        Audience::Loopback | Audience::Nobody => Err(Fault::NotFound),
    }
}

/// The key in `Authorization: Bearer …`; the scheme's case does not matter (RFC 9110, 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
