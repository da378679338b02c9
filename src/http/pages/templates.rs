//! The pages that people see: the answer to a mail, and the mails written while developing. They have no script and load
//! nothing; what they show is escaped by the templates.

use askama::Template;

use crate::{
    ports::{DevMailEntry, DevMailMessage},
    words::{
        language::Language,
        page::{Gone, Question, Thanks},
    },
};

/// The page behind a mail's button.
#[derive(Template)]
#[template(path = "pages/answer.html")]
pub struct AnswerPage<'a> {
    /// The language of the words.
    pub language: Language,
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
        /// The words.
        words: Question,
        /// What proves that the form was seen.
        nonce: &'a str,
    },
    /// The answer is recorded: what to do next.
    Done(Thanks),
    /// Expired, used or never valid: which one is nobody's business.
    Gone(Gone),
}

/// The mails in the folder, newest first.
#[derive(Template)]
#[template(path = "pages/mailbox.html")]
pub struct DevMailPage<'a> {
    /// The mails.
    pub mails: &'a [DevMailEntry],
}

/// One mail of the folder.
#[derive(Template)]
#[template(path = "pages/mail.html")]
pub struct MailPage<'a> {
    /// The mail. Its HTML is shown in a frame that may run nothing, load nothing and lead nowhere.
    pub mail: &'a DevMailMessage,
}

impl MailPage<'_> {
    /// The value of a header; empty if there is none.
    fn header(&self, name: &str) -> &str {
        let found = self.mail.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}
