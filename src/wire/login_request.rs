//! A login event as a backend posts it, and its conversion to a draft. An explicit `null` counts as absent.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::{ClientDraft, Invalid, LoginDraft, UserDraft},
        time::Timestamp,
    },
    wire::{
        components::script::{FingerprintRequest, HeadersRequest},
        examples, time,
    },
};

/// A login event. Only `user.id` and `client.ip` are required; everything else adds evidence.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::login::login_request)]
pub struct LoginRequest {
    /// The caller's own id of the event, by which a retry is recognized. An `Idempotency-Key` header takes precedence
    /// over it.
    #[schema(max_length = 255, example = "evt_7f3a")]
    event_id: Option<String>,
    /// When it happened: at most 5 minutes ahead of this service's clock; by default, when it is received.
    #[schema(format = DateTime)]
    occurred_at: Option<String>,
    /// `success` (the default) or `failure`.
    #[schema(pattern = "^(success|failure)$")]
    outcome: Option<String>,
    /// How the user signed in: `password`, `passkey`, `magic_link`, `otp`, `sso`, `social:<provider>`, or any other text.
    #[schema(max_length = 40, example = "password")]
    method: Option<String>,
    /// The caller's id of the session.
    session_id: Option<String>,
    /// The account.
    #[schema(required = true, value_type = UserRequest)]
    user: Option<UserRequest>,
    /// The browser and the network.
    #[schema(required = true, value_type = ClientRequest)]
    client: Option<ClientRequest>,
}

/// The account.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRequest {
    /// The caller's id of the account: 1 to 256 bytes.
    #[schema(required = true, value_type = String, min_length = 1, max_length = 256, example = "u_42")]
    id: Option<String>,
    /// The address that warnings are sent to; without one, nothing is mailed.
    #[schema(format = "email", example = "ana@example.com")]
    email: Option<String>,
    /// The person's name.
    name: Option<String>,
    /// The account's language, as a BCP 47 tag.
    #[schema(example = "fi")]
    locale: Option<String>,
    /// The account's IANA time zone.
    #[schema(example = "Europe/Helsinki")]
    time_zone: Option<String>,
    /// Since when the account exists.
    #[schema(format = DateTime)]
    created_at: Option<String>,
}

/// The browser and the network.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientRequest {
    /// The user's address. One that is not on the public Internet has no place.
    #[schema(required = true, value_type = String, example = "89.160.20.112")]
    ip: Option<String>,
    /// The user agent. It takes precedence over the header with that name.
    user_agent: Option<String>,
    /// The headers of the login request; names in any case.
    #[schema(value_type = Option<std::collections::HashMap<String, String>>)]
    headers: Option<HeadersRequest>,
    /// The `device.token` that this service gave at an earlier login.
    #[schema(example = "wld_0123")]
    device_token: Option<String>,
    /// The result of FingerprintJS 5, unchanged, or a flat object of named values.
    #[schema(value_type = Option<Object>)]
    fingerprint: Option<FingerprintRequest>,
}

impl LoginRequest {
    /// The draft of this request, with its times parsed.
    ///
    /// # Errors
    /// A time that cannot be read.
    pub fn into_draft(self) -> Result<LoginDraft, Invalid> {
        let mut draft = to_draft(self.user.unwrap_or_default(), self.client.unwrap_or_default())?;
        draft.event_id = self.event_id;
        draft.occurred_at = moment("occurred_at", self.occurred_at)?;
        draft.outcome = self.outcome;
        draft.method = self.method;
        draft.session_id = self.session_id;
        Ok(draft)
    }
}

/// A draft with only an account and a browser.
///
/// # Errors
/// A time that cannot be read.
pub fn to_draft(user: UserRequest, client: ClientRequest) -> Result<LoginDraft, Invalid> {
    Ok(LoginDraft {
        user: UserDraft {
            id: user.id,
            email: user.email,
            name: user.name,
            locale: user.locale,
            time_zone: user.time_zone,
            created_at: moment("user.created_at", user.created_at)?,
        },
        client: ClientDraft {
            ip: client.ip,
            user_agent: client.user_agent,
            headers: client.headers.unwrap_or_default().0,
            device_token: client.device_token,
            components: client.fingerprint.unwrap_or_default().0,
        },
        ..LoginDraft::default()
    })
}

/// Parses a time, if there is one.
///
/// # Errors
/// If it cannot be parsed.
pub fn moment(field: &str, text: Option<String>) -> Result<Option<Timestamp>, Invalid> {
    let problem = "must be an RFC 3339 time such as 2026-11-22T10:15:00.000Z";
    text.map(|it| time::parse(&it).ok_or_else(|| Invalid::new(field, problem))).transpose()
}
