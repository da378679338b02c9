//! The words of the page behind a mail's button.

use crate::words::{
    catalogue::Tongue,
    explanation::{Row, lock_out, rows},
    facts::{Method, SignIn},
    message::Message,
    phrase::Phrase,
};

/// Was it you?
#[derive(Clone, Debug)]
pub struct Question {
    /// The heading.
    pub title: Phrase,
    /// What stands before the table.
    pub signed_in: Phrase,
    /// What is known of the login.
    pub rows: Vec<Row>,
    /// What to do if it was.
    pub yes: Phrase,
    /// What follows then.
    pub yes_then: Phrase,
    /// What to do if it was not, and what follows then.
    pub no: Phrase,
    /// The words on the button.
    pub not_me: Phrase,
    /// What stands before the name of whom the place comes from.
    pub places_by: Phrase,
    /// What stands between a label and its value.
    pub colon: String,
}

/// The answer is recorded.
#[derive(Clone, Debug)]
pub struct Thanks {
    /// The title.
    pub title: Phrase,
    /// What was recorded.
    pub noted: Phrase,
    /// What stands before the steps.
    pub next: Phrase,
    /// What to do next.
    pub steps: [Phrase; 3],
    /// What we never do.
    pub never: Phrase,
}

/// Nothing is behind the link.
#[derive(Clone, Debug)]
pub struct Gone {
    /// The heading.
    pub title: Phrase,
    /// What may have been.
    pub why: Phrase,
    /// What to do.
    pub then: Phrase,
}

/// Asks about a login.
#[must_use]
pub fn question(tongue: &Tongue, sign_in: &SignIn) -> Question {
    Question {
        title: tongue.say(Message::PageQuestion),
        signed_in: tongue.say(Message::PageSignedIn),
        rows: rows(tongue, sign_in),
        yes: tongue.say(Message::PageYes),
        yes_then: tongue.say(Message::PageYesThen),
        no: tongue.say(Message::PageNo),
        not_me: tongue.say(Message::PageNotMe),
        places_by: tongue.say(Message::PagePlacesBy),
        colon: tongue.say(Message::Colon).plain(),
    }
}

/// Thanks for the answer about a login that came in this way.
#[must_use]
pub fn thanks(tongue: &Tongue, product: &str, method: Option<Method>) -> Thanks {
    let lock_out = match method {
        Some(Method::Password) => Message::PagePassword,
        other => lock_out(other),
    };
    Thanks {
        title: tongue.say(Message::PageThanks),
        noted: tongue.say(Message::PageNoted),
        next: tongue.say(Message::PageNext),
        steps: [
            tongue.say_with(Message::PageSignOut, &[("product", product)]),
            tongue.say(lock_out),
            tongue.say(Message::TwoStep),
        ],
        never: tongue.say(Message::Never),
    }
}

/// Says that there is nothing, and nothing of why.
#[must_use]
pub fn gone(tongue: &Tongue, product: &str) -> Gone {
    Gone {
        title: tongue.say(Message::PageGone),
        why: tongue.say(Message::PageGoneWhy),
        then: tongue.say_with(Message::PageGoneThen, &[("product", product)]),
    }
}
