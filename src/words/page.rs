//! The words of the page behind a mail's button.

use crate::words::{
    catalogue::Tongue,
    explanation::{Row, lock_out, rows},
    facts::{Method, SignIn},
    message::Message,
    phrase::Phrase,
};

/// The page that asks whether it was the user.
#[derive(Clone, Debug)]
pub struct Question {
    /// The heading.
    pub title: Phrase,
    /// The sentence before the table.
    pub signed_in: Phrase,
    /// The facts about the login.
    pub rows: Vec<Row>,
    /// What to do if it was the user.
    pub yes: Phrase,
    /// What happens then.
    pub yes_then: Phrase,
    /// What to do if it was not, and what happens then.
    pub no: Phrase,
    /// The text on the button.
    pub not_me: Phrase,
    /// The label of the credit for the place.
    pub places_by: Phrase,
    /// What separates a label from its value.
    pub colon: String,
}

/// The page shown once the answer is recorded.
#[derive(Clone, Debug)]
pub struct Thanks {
    /// The title.
    pub title: Phrase,
    /// What was recorded.
    pub noted: Phrase,
    /// The heading of the steps.
    pub next: Phrase,
    /// What to do next.
    pub steps: [Phrase; 3],
    /// What we never ask for.
    pub never: Phrase,
}

/// The page for a link that cannot be used.
#[derive(Clone, Debug)]
pub struct Gone {
    /// The heading.
    pub title: Phrase,
    /// Possible reasons.
    pub why: Phrase,
    /// What to do.
    pub then: Phrase,
}

/// The words that ask about a login.
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

/// The words after an answer about a login with this method.
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

/// The words for a link that cannot be used. They give no reason away.
#[must_use]
pub fn gone(tongue: &Tongue, product: &str) -> Gone {
    Gone {
        title: tongue.say(Message::PageGone),
        why: tongue.say(Message::PageGoneWhy),
        then: tongue.say_with(Message::PageGoneThen, &[("product", product)]),
    }
}
