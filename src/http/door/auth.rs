//! Who calls, and whether they may. Asked before a byte of the body is read.

use actix_web::{
    HttpMessage, HttpRequest,
    dev::{Extensions, RequestHead},
    http::header::{self, HeaderMap},
};

use crate::{
    domain::{
        ids::TenantId,
        store_identity::Standing,
        tenant::api_key::{ApiKeyRecord, Scope},
    },
    http::door::{
        edge::RequestTenant,
        limit::{Counted, Within},
        problem::Fault,
        state::{Audience, State},
    },
};

/// The tenant whose API key the request brings, if the key allows `scope` and neither it nor the address sent too much.
/// A missing, malformed, unknown or revoked key are one and the same to the caller.
///
/// # Errors
/// 401, 403, 429; 503 when the store does not answer.
pub async fn tenant(state: &State, request: &HttpRequest, scope: Scope) -> Result<TenantId, Fault> {
    check_address(state, request)?;
    let key = key(state, request.headers()).await?;
    note(&mut request.extensions_mut(), state.limits.check_key(&key.id)?);
    request.extensions_mut().insert(RequestTenant(key.tenant.clone()));
    if key.scopes.contains(&scope) { Ok(key.tenant) } else { Err(Fault::InsufficientScope(scope)) }
}

/// The key that a request brings.
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

/// Counts a request by the address that it comes from, once.
///
/// # Errors
/// 429.
pub fn check_address(state: &State, request: &HttpRequest) -> Result<(), Fault> {
    count_address(state, request.head(), &mut request.extensions_mut())
}

/// Counts a request by the address that it comes from, unless its extensions say that it was counted already.
///
/// # Errors
/// 429.
pub fn count_address(state: &State, head: &RequestHead, extensions: &mut Extensions) -> Result<(), Fault> {
    if extensions.contains::<Counted>() {
        return Ok(());
    }
    let within = state.settings.proxies.caller(head).map(|it| state.limits.check_address(it)).transpose()?;
    note(extensions, within.flatten());
    Ok(())
}

/// Keeps what the answer will tell of a limit.
fn note(extensions: &mut Extensions, within: Option<Within>) {
    let mut counted = extensions.get::<Counted>().copied().unwrap_or_default();
    if let Some(it) = within {
        counted.add(it);
    }
    extensions.insert(counted);
}

/// Lets in whom a page is for. To others it is not there.
///
/// # Errors
/// 404.
pub fn check_audience(state: &State, request: &HttpRequest, audience: Audience) -> Result<(), Fault> {
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
