//! What leaves: mails to users, messages to tenants.

use async_trait::async_trait;

use crate::domain::{alert::notice::Notice, time::Timestamp};

/// Why a mail did not leave.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MailFault {
    /// The mail system refuses this address for good: there is no such mailbox.
    #[error("the address is refused for good: {0}")]
    DeadAddress(String),
    /// The mail system refuses this mail for good.
    #[error("refused for good: {0}")]
    Permanent(String),
    /// It may work later. Includes the case that it is not known whether the mail was taken.
    #[error("not now: {0}")]
    Transient(String),
    /// The mail system refuses *us* (credentials, policy, no TLS): nobody's mail would leave.
    #[error("the mail system refuses us: {0}")]
    Transport(String),
}

/// Writes and sends mails. The same notice always makes the same mail, with the same Message-ID, but for the time of
/// sending. A user's text never becomes a header, a link or markup.
///
/// A new way to send is another implementation in `adapters/mail`, opened by `adapters/mail/open.rs` for a scheme of `mail.url`;
/// what it refuses must be told apart as [`MailFault`] does, or a wrong password would give up everybody's mail.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Sends the mail.
    async fn send(&self, now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault>;

    /// Whether the mail system answers.
    async fn probe(&self) -> Result<(), MailFault>;
}

/// Mails that were written to a folder, for looking at them while developing.
pub trait DevMail: Send + Sync {
    /// The mails, newest first, at most `limit`. A file that cannot be read is passed over.
    fn list(&self, limit: usize) -> Vec<DevMailEntry>;

    /// One mail by the name that `list` gave; `None` for any other name.
    fn read(&self, name: &str) -> Option<DevMailMessage>;
}

/// A mail in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevMailEntry {
    /// What names it: letters, digits, `_`, `-`.
    pub name: String,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The `Date` header as written.
    pub date: String,
}

/// A mail to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevMailMessage {
    /// Its headers, in order, decoded.
    pub headers: Vec<(String, String)>,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Posts messages to tenants' webhooks: to the public Internet only, unless the operator allows more, whatever the
/// address resolves to; without following redirects; and within 15 seconds.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Whether messages may be posted to `url`, as far as it tells by itself.
    ///
    /// # Errors
    /// What is wrong, in words that go on after the field's name.
    fn check(&self, url: &str) -> Result<(), &'static str>;

    /// Posts `body`, which is JSON, with these headers; the status of the answer.
    ///
    /// # Errors
    /// Why there is no answer, in words of ours: nothing of what was sent or answered, and no address.
    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &[u8]) -> Result<u16, String>;
}
