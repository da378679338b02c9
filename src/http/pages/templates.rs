//! The pages for people: the answers to mails, and the mails written during development. They have no script and load
//! nothing. The templates escape what they show.

use askama::Template;

use crate::{
    ports::{DevMailEntry, DevMailMessage},
    words::{
        language::Language,
        page::{Gone, Question, Thanks},
        request::{CopyOffer, RequestNoted, RequestQuestion},
    },
};

/// The page behind a mail's button.
#[derive(Template)]
#[template(path = "pages/answer.html")]
pub struct AnswerPage<'a> {
    /// The language of the words.
    pub language: Language,
    /// The name of the product that the user signed in to.
    pub product: &'a str,
    /// The host name to credit for the place, if its source asks for that.
    pub credit: Option<&'a str>,
    /// The content of the page.
    pub state: AnswerState<'a>,
}

/// The content of the page behind a mail's button.
pub enum AnswerState<'a> {
    /// Was it you? The form sends `nonce` back in the field with that name.
    Ask {
        /// The words.
        words: Question,
        /// Shows that the form was seen.
        nonce: &'a str,
    },
    /// The answer is recorded: what to do next.
    Done(Thanks),
    /// The link has expired, was used or never was valid. The page does not say which.
    Gone(Gone),
}

/// A page behind the button of a mail about a request.
#[derive(Template)]
#[template(path = "pages/request.html")]
pub struct RequestPage<'a> {
    /// The language of the words.
    pub language: Language,
    /// The name of the product that opened the request.
    pub product: &'a str,
    /// The content of the page.
    pub state: RequestPageState<'a>,
}

/// The content of a page behind the button of a mail about a request.
pub enum RequestPageState<'a> {
    /// Do you want this? The form sends `nonce` and the pressed button back.
    Ask {
        /// The words.
        words: RequestQuestion,
        /// Shows that the form was seen.
        nonce: &'a str,
    },
    /// The answer is recorded.
    Noted(RequestNoted),
    /// The copy can be fetched. The form sends `nonce` and the pressed button back.
    Copy {
        /// The words.
        words: CopyOffer,
        /// Shows that the form was seen.
        nonce: &'a str,
    },
    /// The link has expired, was used or never was valid. The page does not say which.
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
    /// The mail. Its HTML is shown in a frame that can run nothing, load nothing and link nowhere.
    pub mail: &'a DevMailMessage,
}

impl MailPage<'_> {
    /// The value of a header; empty if there is none.
    fn header(&self, name: &str) -> &str {
        let found = self.mail.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}
