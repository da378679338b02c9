//! What a mail server's answer means for a mail. The server's own words are never repeated: they contain addresses.

use std::{error::Error as _, io};

use crate::{domain::alert::suppression::Status, ports::MailFault};

/// How far a session had got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Greeting, EHLO, STARTTLS.
    Connect,
    /// AUTH.
    Authenticate,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA and the message. If the connection is lost here, it is not known whether the mail was accepted.
    Content,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Authenticate => "signing in",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Content => "DATA",
        }
    }
}

/// Why a message was not delivered to the server.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What it means for the mail.
    pub fault: MailFault,
    /// Whether the session had ended before the message was started: nothing was accepted, and a new session may work.
    pub session_over: bool,
}

impl Failure {
    /// What `error` means at `stage`. A server ends a session with a 421 (RFC 5321, 3.8) or without a word.
    #[must_use]
    pub fn new(stage: Stage, error: &lettre::transport::smtp::Error) -> Self {
        let unsaid = error.status().is_none_or(|it| u16::from(it) == 421);
        Self { fault: classify(stage, error), session_over: unsaid && stage != Stage::Content }
    }
}

/// Whether an error of the mail library is about the moment, the address, the mail, or us.
#[must_use]
pub fn classify(stage: Stage, error: &lettre::transport::smtp::Error) -> MailFault {
    let Some(code) = error.status().map(u16::from) else { return unanswered(stage, error) };
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    let status = Status::parse(&words);
    let shown = status.map(|Status(class, subject, detail)| format!(" {class}.{subject}.{detail}")).unwrap_or_default();
    let reason = format!("the mail server answered {code}{shown} at {}", stage.name());
    match blame(stage, code, status) {
        Blame::Moment => MailFault::Transient(reason),
        Blame::Address => MailFault::DeadAddress(reason),
        Blame::Mail => MailFault::Permanent(reason),
        Blame::Us => MailFault::Transport(reason),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Blame {
    /// It may work later.
    Moment,
    /// The recipient's address does not exist.
    Address,
    /// This mail, or its recipient, is refused.
    Mail,
    /// Everything that we send is refused.
    Us,
}

/// Reads an answer by the codes of RFC 5321 4.2.3, RFC 4954 6 and the registry of enhanced codes (RFC 3463, RFC 5248).
fn blame(stage: Stage, code: u16, status: Option<Status>) -> Blame {
    // Security and policy, and 5.1.7 and 5.1.8, which are about the sender's address.
    let about_us =
        matches!((code, status), (530 | 534 | 535 | 538, _) | (_, Some(Status(_, 7, _) | Status(_, 1, 7 | 8))));
    let said_to_recipient = matches!(stage, Stage::Recipient | Stage::Content);
    match (code, status) {
        // A full mailbox may be emptied: 5.2.2, and 552 without an enhanced code.
        (400..=499, _) | (_, Some(Status(_, 2, 2))) | (552, None) => Blame::Moment,
        _ if about_us || !said_to_recipient => Blame::Us,
        (_, Some(status)) if status.is_dead_address() => Blame::Address,
        _ => Blame::Mail,
    }
}

/// There was no answer, or none that can be read. Of these, only a bad certificate is permanent.
fn unanswered(stage: Stage, error: &lettre::transport::smtp::Error) -> MailFault {
    if error.is_tls() || (stage == Stage::Connect && is_invalid_data(error)) {
        return MailFault::Transport("no TLS session with the mail server: is its certificate valid?".to_owned());
    }
    if stage == Stage::Authenticate && error.is_client() {
        return MailFault::Transport("the mail server offers no way of signing in that we know".to_owned());
    }
    MailFault::Transient(format!("the connection to the mail server was lost at {}", stage.name()))
}

/// Whether a TLS handshake failed because of what the server sent, which rustls reports in this way. The mail library
/// wraps the error more than once.
fn is_invalid_data(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|it| it.kind() == io::ErrorKind::InvalidData) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_will_not_change_is_final() {
        let at = |stage, code, words: &str| blame(stage, code, Status::parse(words));
        assert_eq!(at(Stage::Recipient, 550, "5.1.1 no such user"), Blame::Address);
        assert_eq!(at(Stage::Recipient, 550, "no such user"), Blame::Mail);
        assert_eq!(at(Stage::Content, 554, "5.1.1 no such user"), Blame::Address);
        assert_eq!(at(Stage::Content, 554, "5.6.0 bad content"), Blame::Mail);
        assert_eq!(at(Stage::Recipient, 550, "5.2.2 over quota"), Blame::Moment);
        assert_eq!(at(Stage::Recipient, 552, "mailbox full"), Blame::Moment);
        assert_eq!(at(Stage::Recipient, 450, "4.2.1 later"), Blame::Moment);
        assert_eq!(at(Stage::Connect, 421, "busy"), Blame::Moment);
    }

    #[test]
    fn what_everybody_meets_is_about_us() {
        let at = |stage, code, words: &str| blame(stage, code, Status::parse(words));
        assert_eq!(at(Stage::Authenticate, 535, "5.7.8 bad credentials"), Blame::Us);
        assert_eq!(at(Stage::Recipient, 554, "5.7.1 relaying denied"), Blame::Us);
        assert_eq!(at(Stage::Content, 550, "5.7.26 unauthenticated"), Blame::Us);
        assert_eq!(at(Stage::Sender, 530, "Must issue a STARTTLS command first"), Blame::Us);
        assert_eq!(at(Stage::Recipient, 550, "5.1.8 bad sender"), Blame::Us);
        assert_eq!(at(Stage::Connect, 554, "no service here"), Blame::Us);
    }
}
