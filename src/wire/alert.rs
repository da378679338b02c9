//! An alert as callers read it. Its recipient is not shown: the caller sent it, and it is deleted once the mail is
//! sent.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::alert::{
        alert::{Alert, AnsweredBy, Delivery, Suppressed},
        statements::{Statement, Statements},
    },
    wire::{examples, time},
};

/// A warning to a user, and the state of its mail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::alert::alert)]
pub struct AlertBody {
    /// Identifies the alert: `alr_…`.
    #[schema(example = "alr_01KAMXQ3T8Q4V5W6X7Y8Z9A0B1")]
    id: String,
    /// The login that raised it.
    login_id: String,
    /// The account.
    user_id: String,
    /// The device of that login.
    device_id: String,
    /// `new_device` or `suspicious_login`.
    kind: &'static str,
    /// How suspicious the login is: `low`, `medium`, `high`.
    level: &'static str,
    /// When the login was received.
    #[schema(format = DateTime)]
    created_at: String,
    /// `queued`, `sending`, `sent`, `failed`, `suppressed`.
    state: &'static str,
    /// Why it was not mailed at once in a mail of its own: `rate_limited` and `storm` (if it is still `queued`, it is
    /// mailed later, alone or in a digest; if it is `suppressed`, a digest has told of it or will), `no_address`,
    /// `late`, `muted`, `address_suppressed`; null if it was.
    #[schema(required = true)]
    reason: Option<&'static str>,
    /// How many attempts were made to send it.
    attempts: u32,
    /// When the next attempt is due.
    #[schema(required = true, format = DateTime)]
    next_attempt_at: Option<String>,
    /// Why the last failed attempt failed.
    #[schema(required = true)]
    last_error: Option<String>,
    /// When it was sent, given up or suppressed.
    #[schema(required = true, format = DateTime)]
    settled_at: Option<String>,
    /// What it was answered: `none`, `confirmed`, `denied`. The user's own word, and without one a colleague's.
    answer: &'static str,
    /// Who gave that answer first: `user` by the link of the mail, `api` by a call of yours in their name; `operator` in the console,
    /// `api_verdict` by a verdict with an API key; null without one, and for answers from before that was kept.
    #[schema(required = true)]
    answered_by: Option<&'static str>,
    /// Both answers, if there are two: the user's own first, then a colleague's.
    answers: Vec<StatementBody>,
}

/// What somebody answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::alert::statement)]
pub struct StatementBody {
    /// `confirmed` or `denied`.
    answer: &'static str,
    /// Who: `user`, `api`, `operator`, `api_verdict`; null for answers from before that was kept.
    #[schema(required = true)]
    by: Option<&'static str>,
    /// When; null for answers from before that was kept.
    #[schema(required = true, format = DateTime)]
    at: Option<String>,
    /// Which colleague: the id of an operator, or the public part of an API key. Null for the user's own answer.
    #[schema(required = true)]
    author: Option<String>,
}

impl StatementBody {
    /// What was answered, the user's own first.
    #[must_use]
    pub fn all(statements: &Statements) -> Vec<Self> {
        let body = |it: &Statement| Self {
            answer: it.answer.as_str(),
            by: it.by.map(AnsweredBy::as_str),
            at: it.at.map(time::to_text),
            author: it.author.clone(),
        };
        statements.all().map(body).collect()
    }

    /// It in a few words: `denied by user`.
    #[must_use]
    pub fn brief(&self) -> String {
        self.by.map_or_else(|| self.answer.to_owned(), |by| format!("{} by {by}", self.answer))
    }
}

impl AlertBody {
    /// An alert as it is shown.
    #[must_use]
    pub fn new(alert: &Alert, delivery: &Delivery) -> Self {
        Self {
            id: alert.id.to_string(),
            login_id: alert.login.to_string(),
            user_id: alert.user.as_str().to_owned(),
            device_id: alert.device.to_string(),
            kind: if alert.new_device { "new_device" } else { "suspicious_login" },
            level: alert.level.as_str(),
            created_at: time::to_text(alert.created_at),
            state: delivery.state.as_str(),
            reason: delivery.suppressed.map(Suppressed::as_str),
            attempts: delivery.attempts,
            next_attempt_at: delivery.due_at.map(time::to_text),
            last_error: delivery.last_error.clone(),
            settled_at: delivery.settled_at.map(time::to_text),
            answer: delivery.answer().as_str(),
            answered_by: delivery.statements.answered_by().map(AnsweredBy::as_str),
            answers: StatementBody::all(&delivery.statements),
        }
    }
}

/// A page of alerts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::alert::alerts)]
pub struct AlertList {
    /// The alerts, newest first.
    pub data: Vec<AlertBody>,
    /// The cursor of the next page; null on the last page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}
