//! What a query says of alerts and notes, of which there are far fewer than logins: so a search may begin there.

use crate::domain::{
    alert::{
        alert::{Answer, State},
        selection::AlertSelection,
    },
    search::{
        query::{Query, Term},
        value::Value,
    },
};

impl Query {
    /// The alerts that the logins asked for have raised; `None` if a login may be asked for that raised none.
    #[must_use]
    pub fn alerts(&self) -> Option<AlertSelection> {
        let mut found: Option<AlertSelection> = None;
        for term in self.terms() {
            if let Some(states) = term.states() {
                found.get_or_insert_with(AlertSelection::all).states.retain(|it| states.contains(it));
            }
            if let Some(answers) = term.answers() {
                found.get_or_insert_with(AlertSelection::all).answers.retain(|it| answers.contains(it));
            }
        }
        found
    }

    /// Whether only logins with notes are asked for, or with verdicts, which are notes.
    #[must_use]
    pub fn is_about_notes(&self) -> bool {
        self.terms().iter().any(|term| {
            let is_there = |value: &Value| match value {
                Value::Note(is_there) => *is_there,
                Value::Verdict(verdict) => verdict.is_some(),
                Value::Judged(_) => true,
                _ => false,
            };
            match term.values() {
                [Value::Note(_) | Value::Verdict(None)] => term.values().iter().all(is_there) != term.is_negated(),
                values => !term.is_negated() && values.iter().all(is_there),
            }
        })
    }
}

impl Term {
    /// The states in which the mail of a login that matches may be; `None` if the term is not about mails, or a login matches
    /// that raised no alert.
    fn states(&self) -> Option<Vec<State>> {
        let named = |state: Option<State>| self.values().contains(&Value::Mail(state));
        let is_about_mails = matches!(self.values(), [Value::Mail(_), ..]);
        if !is_about_mails || named(None) != self.is_negated() {
            return None;
        }
        Some(State::ALL.into_iter().filter(|it| named(Some(*it)) != self.is_negated()).collect())
    }

    /// The answers that the user of a login that matches may have given; `None` as above.
    fn answers(&self) -> Option<Vec<Answer>> {
        let is_about_answers = matches!(self.values(), [Value::Answer(_), ..]);
        let named = |answer: &Answer| self.values().contains(&Value::Answer(*answer));
        (is_about_answers && !self.is_negated()).then(|| Answer::ALL.into_iter().filter(named).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{search::parser::parse, time::Timestamp};

    fn query(text: &str) -> Query {
        parse(text, Timestamp::from_unix_ms(1_790_000_000_000)).unwrap()
    }

    #[test]
    fn a_query_says_which_alerts_its_logins_raised() {
        let all = AlertSelection::all();
        let of = |states: &[State], answers: &[Answer]| {
            Some(AlertSelection { states: states.to_vec(), answers: answers.to_vec() })
        };
        for (text, expected) in [
            ("user:ana", None),
            ("mail:none", None),
            ("mail:failed,none", None),
            ("-mail:failed", None),
            ("-answer:none", None),
            ("mail:failed", of(&[State::Failed], &all.answers)),
            ("mail:failed,sent", of(&[State::Sent, State::Failed], &all.answers)),
            ("-mail:none", Some(all.clone())),
            (
                "-mail:none,sent answer:denied",
                of(&[State::Queued, State::Sending, State::Failed, State::Suppressed], &[Answer::Denied]),
            ),
            ("mail:failed mail:sent", of(&[], &all.answers)),
            ("answer:none,denied", of(&all.states, &[Answer::None, Answer::Denied])),
        ] {
            assert_eq!(query(text).alerts(), expected, "{text}");
        }
    }

    #[test]
    fn only_logins_with_notes_are_asked_for_where_a_term_says_so() {
        for (text, expected) in [
            ("note:any", true),
            ("-note:none", true),
            ("note:none", false),
            ("-note:any", false),
            ("note:any,none", false),
            ("verdict:safe,unsure", true),
            ("-verdict:none", true),
            ("verdict:none", false),
            ("verdict:none,safe", false),
            ("-verdict:safe", false),
            ("judged:2026-11-22", true),
            ("-judged:2026-11-22", false),
            ("ana", false),
        ] {
            assert_eq!(query(text).is_about_notes(), expected, "{text}");
        }
    }
}
