//! Who may call an operation. That is checked before the handler's arguments are read, and so before any byte of the
//! body.

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Extensions, RequestHead, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap},
    middleware::Next,
};

use crate::{
    domain::{
        privacy::audit::Actor,
        store_identity::Standing,
        tenant::api_key::{ApiKeyRecord, Scope},
    },
    http::door::{
        audited::{self, Admitted, InAudit, Note},
        console::{admission, origin},
        edge::{RequestTenant, Unread},
        fault::Fault,
        limit::{Counted, Within},
        problem::Kind,
        state::{Audience, HttpSettings, State},
    },
};

/// Who may call an operation, and which limits count the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Callers with an API key that has this scope. The key and the address are counted.
    Key(Scope),
    /// Callers with an API key that has one of these scopes; they act by the first. The key and the address are counted.
    Either([Scope; 2]),
    /// Callers who sign what they post, as [`Signed`](crate::http::door::body::Signed) checks. Nothing is counted.
    Signature,
    /// Callers who know the secret in the path. The address is counted, because others may guess.
    Link,
    /// Operators who have signed in to the console, and whose role has this scope. The address and the operator are counted.
    Operator(Scope),
    /// Operators who have signed in to the console.
    SignedIn,
    /// Whoever is at the console's door. The address is counted.
    Console,
    /// Those whom a setting names.
    Shown(Page),
    /// Everybody.
    Anybody,
}

/// A page that needs no key. A setting says who may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// `http.mailbox`. The address is counted, because a page reads files.
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
    /// How a request fails that is not admitted.
    #[must_use]
    pub const fn failures(self) -> &'static [Kind] {
        match self {
            Self::Key(_) | Self::Either(_) => &[
                Kind::Unauthorized,
                Kind::InsufficientScope,
                Kind::InvalidParameter,
                Kind::RateLimited,
                Kind::Unavailable,
                Kind::StoreChanged,
            ],
            Self::Signature => &[Kind::NotFound, Kind::BadSignature, Kind::Unavailable, Kind::StoreChanged],
            Self::Link => &[Kind::RateLimited, Kind::Unavailable, Kind::StoreChanged],
            Self::Operator(_) | Self::SignedIn => &[
                Kind::NotFound,
                Kind::SignedOut,
                Kind::CrossSite,
                Kind::InsufficientScope,
                Kind::InvalidParameter,
                Kind::RateLimited,
                Kind::Unavailable,
                Kind::StoreChanged,
            ],
            Self::Console => {
                &[Kind::NotFound, Kind::CrossSite, Kind::RateLimited, Kind::Unavailable, Kind::StoreChanged]
            }
            Self::Shown(Page::Mailbox) => &[Kind::NotFound, Kind::RateLimited],
            Self::Shown(Page::Metrics | Page::Docs) => &[Kind::NotFound],
            Self::Anybody => &[],
        }
    }
}

/// The middleware around a handler: admits a request and notes it in the audit, or answers why not.
///
/// # Errors
/// Those of the handler. A refusal has become an answer when this returns.
pub async fn admit(
    access: Access,
    in_audit: InAudit,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match let_in(access, request.request()).await {
        Ok(()) => Ok(audited::leave(in_audit, next.call(request).await?).await),
        Err(fault) => {
            // Whoever wrote something while the session ended, or the store was away, has it kept: see `http/console/faces.rs`.
            let is_kept = matches!(
                fault,
                Fault::SignedOut | Fault::InsufficientScope(_) | Fault::Unavailable(_) | Fault::StoreChanged
            );
            if is_kept {
                let unread = Unread(request.take_payload());
                request.extensions_mut().insert(unread);
            }
            Ok(request.error_response(fault))
        }
    }
}

async fn let_in(access: Access, request: &HttpRequest) -> Result<(), Fault> {
    let state = State::of(request)?;
    match access {
        Access::Key(scope) => let_in_by_key(state, request, &[scope]).await,
        Access::Either(scopes) => let_in_by_key(state, request, &scopes).await,
        Access::Signature if state.mail_events_secret.is_none() => Err(Fault::NotFound),
        Access::Signature => Ok(state.custody.check()?),
        Access::Link => {
            count_address(state, request.head(), &mut request.extensions_mut())?;
            Ok(state.custody.check()?)
        }
        Access::Operator(scope) => let_in_operator(state, request, Some(scope)).await,
        Access::SignedIn => let_in_operator(state, request, None).await,
        Access::Console => open_console(state, request),
        Access::Shown(page) => {
            if page == Page::Mailbox {
                count_address(state, request.head(), &mut request.extensions_mut())?;
            }
            check_audience(state, request, page.audience(&state.settings))
        }
        Access::Anybody => Ok(()),
    }
}

/// Admits callers with a key that has one of these scopes, of which they act by the first, unless the key or the address has sent too much.
async fn let_in_by_key(state: &State, request: &HttpRequest, scopes: &[Scope]) -> Result<(), Fault> {
    count_address(state, request.head(), &mut request.extensions_mut())?;
    let key = key(state, request.headers()).await?;
    note(&mut request.extensions_mut(), state.limits.check_key(&key.id)?);
    request.extensions_mut().insert(RequestTenant(key.tenant.clone()));
    let scope = *scopes.first().ok_or_else(|| Fault::internal(&"a route asks for no scope"))?;
    if !scopes.iter().any(|it| key.scopes.contains(it)) {
        return Err(Fault::InsufficientScope(scope));
    }
    let purpose = audited::purpose(request.headers())?;
    let (actor, note) = (Actor::Key(key.id.clone()), Note::default());
    let admitted = Admitted { tenant: key.tenant, scope, scopes: key.scopes, key: key.id, actor, purpose, note };
    request.extensions_mut().insert(admitted);
    Ok(())
}

/// Admits to the console's door whom no other site has sent. If there is no console, it does not exist.
fn open_console(state: &State, request: &HttpRequest) -> Result<(), Fault> {
    if !state.settings.console.is_enabled {
        return Err(Fault::NotFound);
    }
    count_address(state, request.head(), &mut request.extensions_mut())?;
    origin::check(request.head(), &state.settings.public_url)?;
    Ok(state.custody.check()?)
}

/// Admits operators whose role has this scope, unless they have sent too much.
async fn let_in_operator(state: &State, request: &HttpRequest, scope: Option<Scope>) -> Result<(), Fault> {
    open_console(state, request)?;
    let let_in = admission::let_in(state, request).await?;
    let operator = &let_in.signed_in.operator;
    let (id, role) = (operator.id.to_string(), operator.role);
    note(&mut request.extensions_mut(), state.limits.check_key(&id)?);
    request.extensions_mut().insert(RequestTenant(let_in.tenant.clone()));
    // Whoever may not do this is told so within the console.
    request.extensions_mut().insert(let_in.clone());
    if let Some(scope) = scope {
        if !role.allows(scope) {
            return Err(Fault::InsufficientScope(scope));
        }
        let purpose = audited::purpose(request.headers())?;
        let (tenant, actor, scopes) = (let_in.tenant.clone(), Actor::Operator(id.clone()), role.scopes().to_vec());
        let admitted = Admitted { tenant, scope, scopes, key: id, actor, purpose, note: Note::default() };
        request.extensions_mut().insert(admitted);
    }
    Ok(())
}

/// The record of the key in a request. The caller cannot tell whether a key is missing, malformed, unknown or revoked.
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

/// Why a key grants no access. A store that is not the one used before may have lost the key or never have had it; then
/// the holder must try again later rather than throw the key away.
async fn unknown(state: &State) -> Result<Fault, Fault> {
    Ok(match state.custody.look().await? {
        Standing::Same => Fault::Unauthorized,
        Standing::Another | Standing::Lost | Standing::WrongKey => Fault::StoreChanged,
    })
}

/// Counts a request by the address it comes from, unless it was counted already.
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

/// Keeps what the answer will say about a limit.
fn note(extensions: &mut Extensions, within: Option<Within>) {
    let mut counted = extensions.get::<Counted>().copied().unwrap_or_default();
    if let Some(within) = within {
        counted.add(within);
    }
    extensions.insert(counted);
}

/// Admits those who may see the page. For others it does not exist.
fn check_audience(state: &State, request: &HttpRequest, audience: Audience) -> Result<(), Fault> {
    match audience {
        Audience::Everyone => Ok(()),
        Audience::Loopback if state.settings.proxies.is_local(request.head()) => Ok(()),
        Audience::Loopback | Audience::Nobody => Err(Fault::NotFound),
    }
}

/// The key in `Authorization: Bearer …`. The case of the scheme does not matter (RFC 9110, 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
