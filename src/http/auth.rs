//! Who calls, and whether they may. Asked before a byte of the body is read.

use actix_web::{HttpMessage, HttpRequest, http::header, web};

use crate::{
    domain::{api_key::Scope, ids::TenantId, store_identity::Standing},
    http::{edge::RequestTenant, problem::Fault, state::State},
};

/// The tenant whose API key the request brings, if the key allows `scope` and neither it nor the address sent too much.
/// A missing, malformed, unknown or revoked key are one and the same to the caller.
///
/// # Errors
/// 401, 403, 429; 503 when the store does not answer.
pub async fn tenant(state: &web::Data<State>, request: &HttpRequest, scope: Scope) -> Result<TenantId, Fault> {
    check_address(state, request)?;
    state.custody.check()?;
    let presented = bearer(request).ok_or(Fault::Unauthorized)?;
    let Some(key) = state.api_keys.authenticate(presented).await? else { return Err(unknown(state).await?) };
    state.limits.check_key(&key.id)?;
    request.extensions_mut().insert(RequestTenant(key.tenant.clone()));
    if key.scopes.contains(&scope) { Ok(key.tenant) } else { Err(Fault::InsufficientScope(scope)) }
}

/// Why a key opens nothing: a store that is not the one that was used before may have lost it, or never have had it, and
/// whoever holds it must come back with it rather than throw it away.
async fn unknown(state: &web::Data<State>) -> Result<Fault, Fault> {
    Ok(match state.custody.look().await? {
        Standing::Same => Fault::Unauthorized,
        Standing::Another | Standing::Lost | Standing::WrongKey => Fault::StoreChanged,
    })
}

/// Counts a request by the address that it comes from.
///
/// # Errors
/// 429.
pub fn check_address(state: &web::Data<State>, request: &HttpRequest) -> Result<(), Fault> {
    match state.settings.proxies.caller(request) {
        Some(address) => state.limits.check_address(address),
        None => Ok(()),
    }
}

/// The key in `Authorization: Bearer …`; the scheme's case does not matter (RFC 9110, 11.1).
fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, key) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
