//! The operator who looks at a page, as a handler's argument.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use crate::{
    domain::{
        ids::{OperatorId, TenantId},
        operator::{
            role::{Role, Sees},
            session::OperatorSession,
        },
        tenant::api_key::Scope,
    },
    http::{
        console::done::{Done, Teller},
        door::{argument::Argument, console::admission::LetIn, fault::Fault, problem::Kind, state::State},
    },
};

/// An operator who was let in.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The operator's id, which the audit names.
    pub id: OperatorId,
    /// The e-mail address.
    pub email: String,
    /// What the operator may do.
    pub role: Role,
    /// Whose data the operator sees.
    pub sees: Sees,
    /// The tenants that the operator can look at, at least one.
    pub tenants: Vec<TenantId>,
    /// The one that is looked at.
    pub tenant: TenantId,
    /// The session.
    pub session: OperatorSession,
    /// What the operator has done just before, to be told once.
    pub done: Option<Done>,
}

impl Operator {
    /// Whether the operator's role allows this.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.role.allows(scope)
    }

    /// The address of a page of ours that tells what this operator has done.
    #[must_use]
    pub fn told(&self, state: &State, done: Done, place: &str) -> String {
        let teller = Teller { keyring: &state.keyring, tenant: &self.tenant, operator: self.id };
        done.at(place, teller, state.clock.now())
    }
}

impl Operator {
    /// Who was let in with this request.
    ///
    /// # Errors
    /// A fault of this service if the table of routes lets others in too.
    pub fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let let_in = request.extensions().get::<LetIn>().cloned();
        let state = State::of(request)?;
        let told = |let_in: &LetIn| {
            let operator = let_in.signed_in.operator.id;
            let teller = Teller { keyring: &state.keyring, tenant: &let_in.tenant, operator };
            Done::read(let_in.done.as_deref()?, teller, state.clock.now())
        };
        let done = let_in.as_ref().and_then(told);
        let operator = let_in.map(|LetIn { signed_in, tenants, tenant, .. }| Self {
            done,
            id: signed_in.operator.id,
            email: signed_in.operator.email,
            role: signed_in.operator.role,
            sees: signed_in.operator.sees,
            tenants,
            tenant,
            session: signed_in.session,
        });
        operator.ok_or_else(|| Fault::internal(&"no operator was let in"))
    }
}

impl FromRequest for Operator {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for Operator {
    /// Whoever is no operator has been answered before: see [`Access`](crate::http::door::access::Access).
    const FAILURES: &'static [Kind] = &[];
}
