//! How a person is written to, and how much of their logins may be used.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        privacy::processing::{Mode, Processing, checked_reason},
        user::contact::{Contact, ContactChange},
    },
    wire::{examples, time},
};

/// A correction. What is left out stays as it is, and `null` deletes it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::person::contact_request)]
#[expect(clippy::option_option, reason = "left out, deleted, or given: three things that are said of a member")]
pub struct ContactRequest {
    /// Where the person gets mail.
    #[schema(value_type = Option<String>, required = false, format = "email", example = "ana@example.com")]
    #[serde(default, deserialize_with = "named")]
    email: Option<Option<String>>,
    /// The language of mails, as a BCP 47 tag.
    #[schema(value_type = Option<String>, required = false, example = "fi")]
    #[serde(default, deserialize_with = "named")]
    locale: Option<Option<String>>,
    /// The time zone of mails, by its IANA name.
    #[schema(value_type = Option<String>, required = false, example = "Europe/Helsinki")]
    #[serde(default, deserialize_with = "named")]
    time_zone: Option<Option<String>>,
}

/// A member that is there, be it `null`.
#[expect(clippy::option_option, reason = "left out, deleted, or given: three things that are said of a member")]
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl ContactRequest {
    /// The change that is asked for, not yet checked.
    #[must_use]
    pub fn into_change(self) -> ContactChange {
        ContactChange { email: self.email, locale: self.locale, time_zone: self.time_zone }
    }
}

/// How a person is written to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::contact)]
pub struct ContactBody {
    /// Where the person gets mail; null if that is not known, or not kept.
    #[schema(required = true, format = "email")]
    email: Option<String>,
    /// The language of mails, as a BCP 47 tag.
    #[schema(required = true, example = "fi")]
    locale: Option<String>,
    /// The time zone of mails, by its IANA name.
    #[schema(required = true, example = "Europe/Helsinki")]
    time_zone: Option<String>,
    /// When this was told or corrected last.
    #[schema(required = true, format = DateTime)]
    told_at: Option<String>,
}

impl ContactBody {
    /// A contact as it is shown.
    #[must_use]
    pub fn new(contact: &Contact) -> Self {
        Self {
            email: contact.email.clone(),
            locale: contact.locale.clone(),
            time_zone: contact.time_zone.clone(),
            told_at: contact.told_at.map(time::to_text),
        }
    }
}

/// How much of a person's logins may be used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::person::processing_request)]
pub struct ProcessingRequest {
    /// `full`; `minimal`: what a script measured is neither used nor kept, and logins are kept for a shorter time;
    /// `restricted`: only that a login happened is kept.
    #[schema(required = true, value_type = String, example = "restricted")]
    mode: Option<String>,
    /// Why: one line, for an operator.
    #[schema(max_length = 512)]
    reason: Option<String>,
}

impl ProcessingRequest {
    /// The mode, and why.
    ///
    /// # Errors
    /// There is no such mode, or the reason is not one line.
    pub fn into_wish(self) -> Result<(Mode, Option<String>), Invalid> {
        let mode = self.mode.as_deref().and_then(Mode::parse);
        let mode = mode.ok_or_else(|| Invalid::new("mode", "must be `full`, `minimal` or `restricted`"))?;
        let reason = checked_reason(self.reason).map_err(|problem| Invalid::new("reason", problem))?;
        Ok((mode, reason))
    }
}

/// How much of a person's logins is used and kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::processing)]
pub struct ProcessingBody {
    /// `full`, `minimal`, `restricted`.
    mode: &'static str,
    /// Why.
    #[schema(required = true)]
    reason: Option<String>,
    /// Since when; null if it never changed.
    #[schema(required = true, format = DateTime)]
    since: Option<String>,
}

impl ProcessingBody {
    /// The processing as it is shown.
    #[must_use]
    pub fn new(processing: &Processing) -> Self {
        Self {
            mode: processing.mode.as_str(),
            reason: processing.reason.clone(),
            since: processing.since.map(time::to_text),
        }
    }
}
