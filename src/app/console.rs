//! Makes the services of the console, and lets the first operators in.

use std::sync::Arc;

use rustls::RootCertStore;

use crate::{
    adapters::web::{
        exchange::{Exchange, SystemResolver, public_roots},
        issuer::{
            identity::ClaimNames,
            provider::{IssuerClient, OpenIdIssuer},
        },
        target::Reach,
    },
    app::{compose::Foundation, fault::Fault, noting::note, secrets::entropy},
    config::{console::IssuerAccess, settings::Settings},
    domain::{
        ids::TenantId,
        operator::{
            operator::Operator,
            role::{CONSOLE_TENANT, Role, Sees},
        },
        privacy::audit::{Action, Subject, SubjectKind},
    },
    ports::Clock,
    service::operator::{
        operators::{Candidate, InviteError, OperatorPorts, Operators, invitation_url},
        single_sign_on::{IssuerTerms, SingleSignOn},
    },
};

/// The address of the first operator of a store that ends with its process.
const FIRST: &str = "admin@localhost.localdomain";

impl Foundation {
    /// Operators of the console.
    #[must_use]
    pub fn operators(&self) -> Operators {
        let ports = OperatorPorts {
            operators: self.store.clone(),
            sessions: self.store.clone(),
            keys: self.store.clone(),
            clock: self.clock.clone(),
        };
        Operators::new(ports, self.keyring.clone())
    }

    /// Signs operators in with the issuer of their identities; `None` where none is set.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn single_sign_on(&self, settings: &Settings) -> Result<Option<SingleSignOn>, Fault> {
        let Some(access) = settings.console.issuer.as_ref().filter(|_| settings.console.is_enabled) else {
            return Ok(None);
        };
        let issuer = Arc::new(identity_issuer(access, self.clock.clone())?);
        let terms = IssuerTerms {
            issuer: access.url.clone(),
            client_id: access.client_id.clone(),
            redirect_uri: redirect_uri(settings),
        };
        let keyring = self.keyring.clone();
        Ok(Some(SingleSignOn::new(issuer, self.operators(), self.clock.clone(), keyring, terms)))
    }
}

/// Where the issuer of operators' identities sends browsers back to.
#[must_use]
pub fn redirect_uri(settings: &Settings) -> String {
    format!("{}/console/oidc/callback", settings.http.public_url)
}

/// The issuer of operators' identities.
///
/// # Errors
/// When TLS cannot be set up.
pub fn identity_issuer(access: &IssuerAccess, clock: Arc<dyn Clock>) -> Result<OpenIdIssuer, Fault> {
    let mut roots = if access.authorities.is_empty() { public_roots() } else { RootCertStore::empty() };
    roots.add_parsable_certificates(access.authorities.iter().cloned());
    let exchange = Exchange::new(Reach::Named, Arc::new(SystemResolver), roots)?;
    let client = IssuerClient {
        issuer: access.url.clone(),
        client_id: access.client_id.clone(),
        client_secret: access.client_secret.clone(),
        claims: ClaimNames { role: access.role_claim.clone(), tenants: access.tenants_claim.clone() },
    };
    Ok(OpenIdIssuer::new(client, exchange, clock))
}

/// Invites somebody. Returns the link by which they come.
///
/// # Errors
/// When the address is none, or the store does not answer.
pub async fn invite(settings: &Settings, foundation: &Foundation, candidate: Candidate) -> Result<String, Fault> {
    let email = candidate.email.clone();
    let invited = foundation.operators().invite(candidate, None, entropy()?).await;
    let (operator, token) = invited.map_err(|fault| match fault {
        InviteError::Unavailable(fault) => Fault::from(fault),
        InviteError::Email | InviteError::Taken => Fault::Partly(format!("`{email}` {fault}")),
    })?;
    note_of(foundation, &operator, Action::InviteOperator).await?;
    Ok(invitation_url(&settings.http.public_url, &token))
}

/// Notes what was done about an operator in the audit of each tenant that the operator sees; of one who sees every tenant, in that of
/// the operators themselves.
///
/// # Errors
/// When the store does not answer.
pub async fn note_of(foundation: &Foundation, operator: &Operator, action: Action) -> Result<(), Fault> {
    let own: Vec<TenantId> = TenantId::parse(CONSOLE_TENANT).into_iter().collect();
    let tenants = if operator.sees.named().is_empty() { &own } else { operator.sees.named() };
    for tenant in tenants {
        note(foundation, tenant, action, Some(Subject::thing(SubjectKind::Operator, &operator.id))).await?;
    }
    Ok(())
}

/// Invites the first operator of a store that ends with its process. Returns the link.
///
/// # Errors
/// When the system has no random bytes.
pub async fn invite_first(settings: &Settings, foundation: &Foundation) -> Result<String, Fault> {
    invite(settings, foundation, Candidate { email: FIRST.to_owned(), role: Role::Admin, sees: Sees::Every }).await
}
