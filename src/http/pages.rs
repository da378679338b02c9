//! The pages that people see: the answer to a mail, and the mails written while developing. They have no script and load
//! nothing; what they show is escaped by the templates.

use askama::Template;

use crate::{
    domain::{agent::Agent, alert::Alert, place::is_public, time::Timestamp},
    ports::{MailboxEntry, MailboxMail},
};

/// Longest name of a place that is shown, in characters.
const MAX_PLACE_CHARS: usize = 80;

/// The page behind a mail's button.
#[derive(Template)]
#[template(path = "pages/answer.html")]
pub struct AnswerPage<'a> {
    /// The name of what the user signed in to.
    pub product: &'a str,
    /// Whom the place comes from, by host name, if that is to be said.
    pub credit: Option<&'a str>,
    /// What there is to say.
    pub state: AnswerState<'a>,
}

/// What the page behind a mail's button says.
pub enum AnswerState<'a> {
    /// Was it you? `nonce` comes back in the form's field of that name.
    Ask {
        /// What the user needs to know it by.
        facts: AnswerFacts,
        /// What proves that the form was seen.
        nonce: &'a str,
    },
    /// The answer is recorded: what to do next.
    Done,
    /// Expired, used or never valid: which one is nobody's business.
    Gone,
}

/// What the user needs to know a login by.
pub struct AnswerFacts {
    /// When, by UTC: `Monday 23 November 2026, 13:05 UTC`.
    pub when: String,
    /// Browser and system: `Firefox on Windows`.
    pub device: String,
    /// Where, if known.
    pub place: String,
    /// The address.
    pub ip: String,
}

impl AnswerFacts {
    /// What `alert` says of its login.
    #[must_use]
    pub fn new(alert: &Alert) -> Self {
        Self {
            when: utc(alert.occurred_at),
            device: Agent { browser: alert.browser, os: alert.os, ..Agent::default() }.short_name(),
            place: place(alert),
            ip: alert.ip.to_canonical().to_string(),
        }
    }
}

/// The mails in the folder, newest first.
#[derive(Template)]
#[template(path = "pages/mailbox.html")]
pub struct MailboxPage<'a> {
    /// The mails.
    pub mails: &'a [MailboxEntry],
}

/// One mail of the folder.
#[derive(Template)]
#[template(path = "pages/mail.html")]
pub struct MailPage<'a> {
    /// The mail. Its HTML is shown in a frame that may run nothing, load nothing and lead nowhere.
    pub mail: &'a MailboxMail,
}

impl MailPage<'_> {
    /// The value of a header; empty if there is none.
    fn header(&self, name: &str) -> &str {
        let found = self.mail.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

fn utc(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.unix_ms()).unwrap_or(jiff::Timestamp::MAX);
    at.strftime("%A %-d %B %Y, %H:%M UTC").to_string()
}

fn place(alert: &Alert) -> String {
    let name: String = alert.place_name.chars().filter(|it| !it.is_control()).take(MAX_PLACE_CHARS).collect();
    match name.as_str() {
        _ if !is_public(alert.ip) => "a private network".to_owned(),
        "" => "unknown place".to_owned(),
        it if it.contains(", ") => format!("near {name} (estimated from the IP address)"),
        _ => format!("{name} (estimated from the IP address)"),
    }
}
