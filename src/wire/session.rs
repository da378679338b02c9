//! Sessions, as callers report and read them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        history::session::{Change, Session},
        ids::UserId,
        login::login::{Invalid, LoginDraft, MAX_AHEAD_MS},
        time::Timestamp,
    },
    wire::{
        examples,
        login_request::{ClientRequest, UserRequest, moment, to_draft},
        time,
    },
};

/// A report that a session was used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::session::activity_request)]
pub struct ActivityRequest {
    /// The session's id, as in its login.
    #[schema(required = true, value_type = String, example = "s_19")]
    session_id: Option<String>,
    /// When; by default, when it is received.
    #[schema(format = DateTime)]
    occurred_at: Option<String>,
    /// API calls since the previous activity.
    #[serde(default)]
    calls: Option<u32>,
    /// The account.
    #[schema(required = true, value_type = UserRequest)]
    user: Option<UserRequest>,
    /// The browser and the network.
    #[schema(required = true, value_type = ClientRequest)]
    client: Option<ClientRequest>,
}

impl ActivityRequest {
    /// The parts that say who, when and where, as a login, and the number of calls.
    ///
    /// # Errors
    /// A time that cannot be parsed, or no session.
    pub fn into_draft(self) -> Result<(LoginDraft, u64), Invalid> {
        let Some(session_id) = self.session_id.filter(|it| !it.is_empty()) else {
            return Err(Invalid::new("session_id", "must be given"));
        };
        let mut draft = to_draft(self.user.unwrap_or_default(), self.client.unwrap_or_default())?;
        draft.occurred_at = moment("occurred_at", self.occurred_at)?;
        draft.session_id = Some(session_id);
        Ok((draft, u64::from(self.calls.unwrap_or(0))))
    }
}

/// A report that a session has ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::session::session_end_request)]
pub struct SessionEndRequest {
    /// The user whose session it was.
    #[schema(required = true, value_type = SessionUser)]
    user: Option<SessionUser>,
    /// When; by default, when it is received.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

/// The user whose session it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionUser {
    /// The caller's id of the account.
    #[schema(required = true, value_type = String, example = "u_42")]
    id: Option<String>,
}

impl SessionEndRequest {
    /// The user, and when the session ended.
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn into_parts(self, now: Timestamp) -> Result<(UserId, Option<Timestamp>), Invalid> {
        let user = self.user.and_then(|it| it.id).and_then(|it| UserId::parse(&it));
        let must = || Invalid::new("user.id", "must have 1 to 256 bytes and no control characters");
        let ended_at = moment("ended_at", self.ended_at)?;
        if ended_at.is_some_and(|it| it.ms_since(now) > MAX_AHEAD_MS) {
            return Err(Invalid::new("ended_at", "must not be more than 5 minutes ahead of this service's clock"));
        }
        Ok((user.ok_or_else(must)?, ended_at))
    }
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::session::session)]
pub struct SessionBody {
    /// The caller's id of the session.
    id: String,
    /// When its login happened.
    #[schema(format = DateTime)]
    started_at: String,
    /// When it was used last.
    #[schema(format = DateTime)]
    last_active_at: String,
    /// When it ended.
    #[schema(required = true, format = DateTime)]
    ended_at: Option<String>,
    /// From its login to its end, or to its latest use, in seconds.
    #[schema(minimum = 0)]
    length_s: i64,
    /// API calls.
    calls: u64,
    /// Whether it continued in another browser, elsewhere, or after its end, as with a stolen cookie.
    session_changed: bool,
    /// When that was first seen.
    #[schema(required = true, format = DateTime)]
    changed_at: Option<String>,
    /// What had changed: `browser`, `system`, `network`; `after_end` if it was used after it had ended.
    changed: Vec<&'static str>,
}

impl SessionBody {
    /// A session as it is shown.
    #[must_use]
    pub fn new(id: &str, session: &Session) -> Self {
        let (changed_at, change) = session.changed.unzip();
        let Change { browser, system, network, after_end } = change.unwrap_or_default();
        let changed = [(browser, "browser"), (system, "system"), (network, "network"), (after_end, "after_end")];
        Self {
            id: id.to_owned(),
            started_at: time::to_text(session.started_at),
            last_active_at: time::to_text(session.last_active_at),
            ended_at: session.ended_at.map(time::to_text),
            length_s: session.length_ms() / 1_000,
            calls: session.calls,
            session_changed: changed_at.is_some(),
            changed_at: changed_at.map(time::to_text),
            changed: changed.into_iter().filter(|it| it.0).map(|it| it.1).collect(),
        }
    }
}
