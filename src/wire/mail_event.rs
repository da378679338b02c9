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

/// How many reports one request may have.
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
    /// The address that the mail was sent to.
    #[schema(format = "email", example = "ana@example.com")]
    recipient: String,
    /// The part of the mail's return path after the `+`.
    token: Option<String>,
    /// The alert: the part before the `@` of the mail's Message-ID.
    #[schema(example = "alr_01KAMXQ3T8Q4V5W6X7Y8Z9A0B1")]
    alert: Option<String>,
    /// The tenant whose user has the address, if no more is known.
    tenant: Option<String>,
    /// The status of a bounce (RFC 3463). Only 5.1.x and 5.2.1 say that the address accepts no mail; others are
    /// ignored.
    #[schema(example = "5.1.1")]
    status: Option<String>,
}

impl MailEventsRequest {
    /// The reports in order, with `None` in place of one that says nothing about an address.
    ///
    /// # Errors
    /// Which field of which report is not valid. Then none of them takes effect.
    pub fn into_reports(self) -> Result<Vec<Option<Report>>, Invalid> {
        if self.events.len() > MAX_EVENTS {
            return Err(Invalid::new("events", "must not be more than 500"));
        }
        let events = self.events.into_iter().enumerate();
        let read =
            |(number, event): (usize, MailEvent)| event.into_report().map_err(|unsound| unsound.of_event(number));
        events.map(read).collect()
    }
}

/// Which field of a report is not valid, and what it must be.
struct Unsound {
    member: &'static str,
    problem: &'static str,
}

impl Unsound {
    const fn new(member: &'static str, problem: &'static str) -> Self {
        Self { member, problem }
    }

    fn of_event(&self, number: usize) -> Invalid {
        Invalid::new(format!("events[{number}].{}", self.member), self.problem)
    }
}

impl MailEvent {
    fn into_report(self) -> Result<Option<Report>, Unsound> {
        if !is_email_address(&self.recipient) {
            return Err(Unsound::new("recipient", "must be one address of the form name@example.com, in ASCII"));
        }
        let about = about(self.token, self.alert, self.tenant)?;
        let told = told(&self.r#type, self.status.as_deref())?;
        Ok(told.map(|Told { cause, reason }| Report { about, addresses: vec![self.recipient], cause, reason }))
    }
}

/// Which mail a report is about.
fn about(token: Option<String>, alert: Option<String>, tenant: Option<String>) -> Result<About, Unsound> {
    match (token, alert, tenant) {
        (Some(token), None, None) => Ok(About::Token(token)),
        (None, Some(alert), None) => {
            let id = AlertId::parse(&alert).ok_or(Unsound::new("alert", "must be the id of an alert, alr_…"))?;
            Ok(About::Alert(id))
        }
        (None, None, Some(tenant)) => {
            let must = Unsound::new("tenant", "must have 1 to 64 of a-z, 0-9, `_` and `-`");
            Ok(About::Tenant(TenantId::parse(&tenant).ok_or(must)?))
        }
        (None, None, None) | (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            Err(Unsound::new("token", "or `alert` or `tenant` must say which mail it is about, and only one of them"))
        }
    }
}

/// What a report says about an address.
struct Told {
    cause: Cause,
    /// The same in words, for the alert's record.
    reason: String,
}

/// What a report of this type and status says; `None` if that is nothing about an address.
fn told(r#type: &str, status: Option<&str>) -> Result<Option<Told>, Unsound> {
    let must = || Unsound::new("status", "must be a status such as 5.1.1");
    let status = status.map(|status| Status::parse(status).ok_or_else(must)).transpose()?;
    match r#type {
        "complaint" => Ok(Some(Told { cause: Cause::Complained, reason: "its recipient called it spam".to_owned() })),
        "bounce" => Ok(status.filter(|status| status.is_dead_address()).map(|Status(class, subject, detail)| Told {
            cause: Cause::Bounced,
            reason: format!("it came back: {class}.{subject}.{detail}"),
        })),
        _ => Err(Unsound::new("type", "must be `bounce` or `complaint`")),
    }
}

/// The result of the reports.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(example = examples::suppression::mail_events_answer)]
pub struct MailEventsAnswer {
    /// Addresses that get no more mail from now on.
    pub suppressed: usize,
    /// Reports about addresses that were suppressed already.
    pub known: usize,
    /// Reports that say nothing about an address, or are not about a mail of ours.
    pub ignored: usize,
}
