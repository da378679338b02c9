//! Suppressed e-mail addresses, as callers ask about them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        alert::suppression::{Cause, Suppression},
        login::login::{Invalid, is_email_address},
    },
    wire::{examples, time},
};

/// An address to look up. It is in the body rather than in the path, so that it gets into no log.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::suppression::address_request)]
pub struct AddressRequest {
    /// The address.
    #[schema(format = "email", example = "ana@example.com")]
    email: String,
}

impl AddressRequest {
    /// The address.
    ///
    /// # Errors
    /// If it is not an e-mail address.
    pub fn into_address(self) -> Result<String, Invalid> {
        mailbox(self.email)
    }
}

/// Where to send an alert again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::suppression::address_request)]
pub struct ResendRequest {
    /// The address; required if the one of the login has been deleted.
    #[schema(format = "email", example = "ana@example.com")]
    email: Option<String>,
}

impl ResendRequest {
    /// The address, if one is given.
    ///
    /// # Errors
    /// If it is not an e-mail address.
    pub fn into_address(self) -> Result<Option<String>, Invalid> {
        self.email.map(mailbox).transpose()
    }
}

fn mailbox(address: String) -> Result<String, Invalid> {
    if is_email_address(&address) {
        return Ok(address);
    }
    Err(Invalid::new("email", "must be one address of the form name@example.com, in ASCII"))
}

/// How many addresses are suppressed. The addresses themselves are not stored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::suppression::counts)]
pub struct SuppressionCounts {
    /// The mail server refused them for good when we sent.
    refused: u64,
    /// Mails to them came back.
    bounced: u64,
    /// Their owners marked a mail as spam.
    complained: u64,
}

impl SuppressionCounts {
    /// By cause.
    #[must_use]
    pub fn new(counts: &[(Cause, u64)]) -> Self {
        let of = |cause| counts.iter().filter(|(it, _)| *it == cause).map(|(_, count)| count).sum();
        Self { refused: of(Cause::Refused), bounced: of(Cause::Bounced), complained: of(Cause::Complained) }
    }
}

/// Whether an address is suppressed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::suppression::suppression)]
pub struct SuppressionBody {
    /// Whether it gets no more mail.
    suppressed: bool,
    /// Why: `refused`, `bounced`, `complained`; null if it gets mail.
    #[schema(required = true)]
    cause: Option<&'static str>,
    /// Since when.
    #[schema(required = true, format = DateTime)]
    since: Option<String>,
}

impl SuppressionBody {
    /// The state of an address as it is shown.
    #[must_use]
    pub fn new(found: Option<Suppression>) -> Self {
        Self {
            suppressed: found.is_some(),
            cause: found.map(|it| it.cause.as_str()),
            since: found.map(|it| time::to_text(it.since)),
        }
    }
}
