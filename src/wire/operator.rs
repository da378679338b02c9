//! Operators of the console.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        operator::{operator::Operator, role::Role},
        time::Timestamp,
    },
    wire::{examples, time},
};

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::operator::operator_request)]
pub struct OperatorRequest {
    /// The e-mail address. Whoever has one already is invited anew, with this role.
    #[schema(max_length = 254)]
    email: String,
    /// `reader` looks at logins, `analyst` decides about devices and alerts too, `admin` may do everything. Not more than the API key
    /// may do itself.
    role: String,
}

impl OperatorRequest {
    /// The address, and the role.
    ///
    /// # Errors
    /// There is no such role.
    pub fn into_parts(self) -> Result<(String, Role), Invalid> {
        let role = Role::parse(&self.role);
        let role = role.ok_or_else(|| Invalid::new("role", "must be `reader`, `analyst` or `admin`"))?;
        Ok((self.email, role))
    }
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorBody {
    /// The id, which the audit names as `operator:opr_…`.
    id: String,
    /// The e-mail address.
    email: String,
    /// `reader`, `analyst` or `admin`.
    role: String,
    /// `invited`, `expired` (the invitation was not taken up in time), `active` or `revoked`.
    status: String,
    /// When the latest invitation was made.
    #[schema(format = DateTime)]
    invited_at: String,
}

impl OperatorBody {
    /// How an operator stands now.
    #[must_use]
    pub fn new(operator: &Operator, now: Timestamp) -> Self {
        Self {
            id: operator.id.to_string(),
            email: operator.email.clone(),
            role: operator.role.as_str().to_owned(),
            status: operator.standing(now).as_str().to_owned(),
            invited_at: time::to_text(operator.invited_at),
        }
    }
}

/// The operators who see this tenant alone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::operator::operators)]
pub struct OperatorList {
    /// The operators, by address.
    pub data: Vec<OperatorBody>,
}

/// Somebody who was invited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::operator::invitation)]
pub struct InvitationBody {
    /// The operator.
    #[serde(flatten)]
    operator: OperatorBody,
    /// Where the invitation is taken up: once, and by nobody else who sees it. It is told only now.
    invitation_url: String,
    /// From then on the link is worth nothing.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl InvitationBody {
    /// An operator with an invitation, which is taken up at `invitation_url`.
    #[must_use]
    pub fn new(operator: &Operator, invitation_url: String, now: Timestamp) -> Self {
        let expires_at = operator.invitation.as_ref().map_or(now, |it| it.expires_at);
        Self { operator: OperatorBody::new(operator, now), invitation_url, expires_at: time::to_text(expires_at) }
    }
}
