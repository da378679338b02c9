//! Who has the session of a request, and which tenant they look at.

use actix_web::HttpRequest;

use crate::{
    domain::{ids::TenantId, operator::token::SessionToken},
    http::door::{console::cookies::SESSION, fault::Fault, query::Parameters, state::State},
    service::operator::operators::SignedIn,
};

/// The parameter that says which tenant is looked at.
pub const TENANT: &str = "tenant";
/// The parameter that says what was done just before.
pub const DONE: &str = "done";

/// An operator who was let in, and what they look at.
#[derive(Clone, Debug)]
pub struct LetIn {
    /// The operator and the session.
    pub signed_in: SignedIn,
    /// The tenants that the operator can look at, at least one.
    pub tenants: Vec<TenantId>,
    /// The one that is looked at: that of the parameter `tenant`, or the first.
    pub tenant: TenantId,
    /// What was done just before, as the address says.
    pub done: Option<String>,
}

/// Lets in the operator whose session a request brings.
///
/// # Errors
/// 401 without a session that is worth something; 400 where parameters cannot be read; 404 for a tenant that the operator does
/// not see; 503 when the store does not answer.
pub async fn let_in(state: &State, request: &HttpRequest) -> Result<LetIn, Fault> {
    let token = SESSION.of(request, &state.settings.public_url).and_then(|it| SessionToken::parse(&it));
    let signed_in = match token {
        Some(token) => state.operators.signed_in(&token).await?,
        None => None,
    };
    let signed_in = signed_in.ok_or(Fault::SignedOut)?;
    let tenants = state.operators.tenants_of(&signed_in.operator).await?;
    // Which tenant is looked at is decided here, and nobody behind this door reads it anew.
    let mut parameters = Parameters::of(request)?;
    let (asked, done) = (parameters.take(TENANT), parameters.take(DONE));
    parameters.leave(request);
    let tenant = match asked {
        Some(asked) => tenants.iter().find(|it| it.as_str() == asked),
        None => tenants.first(),
    };
    let tenant = tenant.cloned().ok_or(Fault::NotFound)?;
    Ok(LetIn { signed_in, tenants, tenant, done })
}
