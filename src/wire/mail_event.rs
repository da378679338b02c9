//! Reports about mails, as a mail service posts them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        alert::{
            report::{About, Report},
            suppression::{Cause, Status},
        },
        ids::{AlertId, TenantId},
        login::login::{Invalid, is_email_address},
    },
    wire::examples,
};

/// Reports in one request, at most.
const MAX_EVENTS: usize = 500;

/// Reports about mails.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::suppression::mail_events_request)]
pub struct MailEventsRequest {
    /// The reports, at most 500.
    #[schema(max_items = 500)]
    events: Vec<MailEvent>,
}

/// A report about a mail. One of `token`, `alert` and `tenant` says which mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailEvent {
    /// `bounce` or `complaint`.
    #[schema(example = "bounce")]
    r#type: String,
    /// The address that the mail went to.
    #[schema(format = "email", example = "ana@example.com")]
    recipient: String,
    /// What stood after the `+` in the return path of the mail.
    token: Option<String>,
    /// The alert: the part before the `@` of the mail's Message-ID.
    #[schema(example = "alr_01KAMXQ3T8Q4V5W6X7Y8Z9A0B1")]
    alert: Option<String>,
    /// The tenant whose user the address is, if no more is known.
    tenant: Option<String>,
    /// Of a bounce: the status (RFC 3463). Only 5.1.x and 5.2.1 say that the address takes no mail; others are ignored.
    #[schema(example = "5.1.1")]
    status: Option<String>,
}

impl MailEventsRequest {
    /// The reports in order; none in the place of one that says nothing of an address.
    ///
    /// # Errors
    /// Which member of which report is not sound. Then none is taken.
    pub fn into_reports(self) -> Result<Vec<Option<Report>>, Invalid> {
        if self.events.len() > MAX_EVENTS {
            return Err(Invalid::new("events", "must not be more than 500"));
        }
        let named = |(number, it): (usize, MailEvent)| {
            it.into_report().map_err(|(member, problem)| Invalid::new(format!("events[{number}].{member}"), problem))
        };
        self.events.into_iter().enumerate().map(named).collect()
    }
}

impl MailEvent {
    fn into_report(self) -> Result<Option<Report>, (&'static str, &'static str)> {
        if !is_email_address(&self.recipient) {
            return Err(("recipient", "must be one address of the form name@example.com, in ASCII"));
        }
        let about = match (self.token, self.alert, self.tenant) {
            (Some(token), None, None) => About::Token(token),
            (None, Some(it), None) => {
                About::Alert(AlertId::parse(&it).ok_or(("alert", "must be the name of an alert, alr_…"))?)
            }
            (None, None, Some(it)) => {
                About::Tenant(TenantId::parse(&it).ok_or(("tenant", "must have 1 to 64 of a-z, 0-9, `_` and `-`"))?)
            }
            _ => return Err(("token", "or `alert` or `tenant` must say which mail it is about, and only one of them")),
        };
        let status =
            self.status.as_deref().map(|it| Status::parse(it).ok_or(("status", "must be a status such as 5.1.1")));
        let status = status.transpose()?;
        let (cause, reason) = match (self.r#type.as_str(), status) {
            ("complaint", _) => (Cause::Complained, "its recipient called it spam".to_owned()),
            ("bounce", Some(it)) if it.is_dead_address() => {
                (Cause::Bounced, format!("it came back: {}.{}.{}", it.0, it.1, it.2))
            }
            ("bounce", _) => return Ok(None),
            _ => return Err(("type", "must be `bounce` or `complaint`")),
        };
        Ok(Some(Report { about, addresses: vec![self.recipient], cause, reason }))
    }
}

/// What came of reports.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(example = examples::suppression::mail_events_answer)]
pub struct MailEventsAnswer {
    /// Addresses that get no more mail from now on.
    pub suppressed: usize,
    /// Reports about addresses that got none already.
    pub known: usize,
    /// Reports that say nothing of an address, or are about no mail of ours.
    pub ignored: usize,
}
