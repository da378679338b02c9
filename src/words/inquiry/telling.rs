//! All answers, each with its question.

use jiff::tz::TimeZone;

use crate::{
    domain::inquiry::{answers::Answers, question::Question},
    words::inquiry::{aftermath, habits, sources},
};

/// A question in words.
#[must_use]
pub const fn title(question: Question) -> &'static str {
    match question {
        Question::Normal => "Is this normal for the user?",
        Question::Flagged => "Why was it flagged, and what changed from last time?",
        Question::Day => "What did the user do in the 24 hours before and after?",
        Question::Entry => "How did they get in?",
        Question::Firsts => "When did this device, network and browser first appear?",
        Question::Touched => "Whom else has this address or browser touched?",
        Question::Network => "Is it a VPN, a proxy, a data centre, a relay, or one of your own networks?",
        Question::Session => "Is the session alive, and has it moved?",
        Question::Journey => "Was the journey possible?",
        Question::Told => "Was the user told, and what did they answer?",
        Question::Earlier => "What was there in the 7 days before, and what did colleagues decide?",
    }
}

/// The answer to a question, in sentences that tell times by the clock of a zone.
#[must_use]
pub fn answer(question: Question, facts: &Answers, zone: &TimeZone) -> Vec<String> {
    sentences(question, facts, zone).into_iter().map(ended_once).collect()
}

/// A sentence whose last word is a name such as `S.A.` ends with that.
fn ended_once(mut sentence: String) -> String {
    if sentence.ends_with("..") {
        sentence.pop();
    }
    sentence
}

fn sentences(question: Question, facts: &Answers, zone: &TimeZone) -> Vec<String> {
    match question {
        Question::Normal => habits::normal(facts),
        Question::Flagged => habits::flagged(&facts.flagged),
        Question::Day => habits::day(facts),
        Question::Entry => habits::entry(facts),
        Question::Firsts => sources::first_seen(&facts.firsts, zone),
        Question::Touched => sources::touched(facts),
        Question::Network => sources::network(&facts.network),
        Question::Session => aftermath::session(&facts.session, zone),
        Question::Journey => sources::journey(facts.journey.as_ref()),
        Question::Told => aftermath::told(&facts.told, zone),
        Question::Earlier => aftermath::earlier(&facts.earlier),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_with_one_full_stop() {
        for (told, shown) in [("It is Acme S.A..", "It is Acme S.A."), ("It is Acme.", "It is Acme."), ("", "")] {
            assert_eq!(ended_once(told.to_owned()), shown);
        }
    }
}
