//! What is sent: mails to users, messages to tenants.

use async_trait::async_trait;

use crate::domain::{alert::notice::Notice, time::Timestamp};

/// Why a mail was not sent.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MailFault {
    /// The mail system refuses this address for good: there is no such mailbox.
    #[error("the address is refused for good: {0}")]
    DeadAddress(String),
    /// The mail system refuses this mail for good.
    #[error("refused for good: {0}")]
    Permanent(String),
    /// It may work later. Also where it is not known whether the mail was accepted.
    #[error("not now: {0}")]
    Transient(String),
    /// The mail system refuses *us* (credentials, policy, no TLS): no mail to anybody would be accepted.
    #[error("the mail system refuses us: {0}")]
    Transport(String),
}

/// Writes and sends mails. The same notice always makes the same mail with the same Message-ID, except for the time of
/// sending. A user's text never becomes a header, a link or markup.
///
/// To add a way of sending: implement this in `adapters/mail`, and open it in `adapters/mail/open.rs` for a scheme of
/// `mail.url`. Its refusals must be told apart as [`MailFault`] does: a wrong password must not give up everybody's
/// mail.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Sends the mail.
    async fn send(&self, now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault>;

    /// Whether the mail system answers.
    async fn probe(&self) -> Result<(), MailFault>;
}

/// Mails that were written to a folder, shown during development.
pub trait DevMail: Send + Sync {
    /// The mails, newest first, at most `limit`. Files that cannot be read are skipped.
    fn list(&self, limit: usize) -> Vec<DevMailEntry>;

    /// One mail, by a name from `list`; `None` for any other name.
    fn read(&self, name: &str) -> Option<DevMailMessage>;
}

/// A mail in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevMailEntry {
    /// The name of the mail's file without its ending: letters, digits, `_`, `-`.
    pub name: String,
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The `Date` header as written.
    pub date: String,
}

/// A mail as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevMailMessage {
    /// Its headers, in order, decoded.
    pub headers: Vec<(String, String)>,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Posts messages to tenants' webhooks. Connects only to the public Internet, whatever the name resolves to, unless the
/// operator allows more; follows no redirects; and takes at most 15 seconds.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Whether messages may be posted to `url`, as far as the URL itself tells.
    ///
    /// # Errors
    /// What is wrong, in words that continue a sentence after the field's name.
    fn check(&self, url: &str) -> Result<(), &'static str>;

    /// Posts `body`, which is JSON, with these headers. Returns the status of the answer.
    ///
    /// # Errors
    /// Why there is no answer, in our own words: they contain nothing that was sent or answered, and no address.
    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &[u8]) -> Result<u16, String>;
}
