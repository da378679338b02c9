//! A person's request as the product opens and reads it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        privacy::request::{PersonRequest, RequestKind},
    },
    wire::{examples, time},
};

/// A request to be opened for a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::request::request_opening)]
pub struct RequestOpening {
    /// What the person wants: `export` (a copy of all that is kept), `erase`, `restrict` (logins are only counted) or
    /// `object` (what a script collects is not used).
    kind: String,
}

impl RequestOpening {
    /// What the person wants.
    ///
    /// # Errors
    /// If there is no such kind.
    pub fn into_kind(self) -> Result<RequestKind, Invalid> {
        const KINDS: &str = "must be `export`, `erase`, `restrict` or `object`";
        RequestKind::parse(&self.kind).ok_or_else(|| Invalid::new("kind", KINDS))
    }
}

/// A person's request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::request::request)]
pub struct RequestBody {
    /// Identifies the request: `rqs_…`.
    #[schema(example = "rqs_01M88BR29V3GDW5B0V94C9ZXMS")]
    id: String,
    /// What the person wants: `export`, `erase`, `restrict`, `object`.
    kind: &'static str,
    /// `opened`: the mail that asks the person waits to be sent; `asked`: it was sent; `confirmed`: the wish waits to be
    /// carried out; `carried_out`: the mail that says so waits; `answered`: it was sent; `declined`: the person did not
    /// ask for it; `expired`: nobody used the link within 7 days; `failed`: a mail could not be sent.
    state: &'static str,
    /// The user; null once they were told that they are erased.
    #[schema(required = true, example = "u_42")]
    user_id: Option<String>,
    /// The six letters that the mails show as well.
    #[schema(example = "7KQ2MX", pattern = "^[0-9A-HJKMNP-TV-Z]{6}$")]
    reference: String,
    /// When it was opened.
    #[schema(format = DateTime)]
    opened_at: String,
    /// When the mail that asks the person was sent.
    #[schema(required = true, format = DateTime)]
    asked_at: Option<String>,
    /// When the person confirmed it.
    #[schema(required = true, format = DateTime)]
    confirmed_at: Option<String>,
    /// When it was carried out.
    #[schema(required = true, format = DateTime)]
    carried_out_at: Option<String>,
    /// When it ended: answered, declined, expired or failed.
    #[schema(required = true, format = DateTime)]
    ended_at: Option<String>,
    /// When the person fetched the copy.
    #[schema(required = true, format = DateTime)]
    fetched_at: Option<String>,
    /// When the person must have an answer: `privacy.answer_days` after they confirmed it, and after it was opened until
    /// then.
    #[schema(format = DateTime)]
    due_at: String,
    /// Whether the person waits for an answer: they have confirmed it, or the mail that asks them has not left.
    owed: bool,
    /// The receipt of an erasure.
    #[schema(required = true)]
    receipt: Option<String>,
    /// Why the last attempt failed.
    #[schema(required = true)]
    last_error: Option<String>,
}

impl RequestBody {
    /// A request as it is shown, with its reference.
    #[must_use]
    pub fn new(request: &PersonRequest, reference: String) -> Self {
        let times = &request.times;
        Self {
            id: request.id.to_string(),
            kind: request.kind.as_str(),
            state: request.state.as_str(),
            user_id: request.person.as_ref().map(|it| it.user.as_str().to_owned()),
            reference,
            opened_at: time::to_text(times.opened),
            asked_at: times.asked.map(time::to_text),
            confirmed_at: times.confirmed.map(time::to_text),
            carried_out_at: times.carried_out.map(time::to_text),
            ended_at: times.ended.map(time::to_text),
            fetched_at: times.fetched.map(time::to_text),
            due_at: time::to_text(request.answer_by),
            owed: request.is_owed(),
            receipt: request.receipt.clone(),
            last_error: request.last_error.clone(),
        }
    }
}

/// A page of requests.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::request::requests)]
pub struct RequestList {
    /// The requests, newest first.
    pub data: Vec<RequestBody>,
    /// The cursor of the next page; null on the last page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}
