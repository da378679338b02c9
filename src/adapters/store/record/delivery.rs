//! The stored form of a delivery: what changes about an alert. It is kept beside the alert's record, part by part, because
//! backends look at some parts themselves and change them in place.

use std::borrow::Cow;

use crate::{
    adapters::store::record::bytes::Malformed,
    domain::{
        alert::{
            alert::{Answer, Answered, AnsweredBy, Delivery, State, Suppressed},
            statements::{Statement, Statements},
        },
        time::Timestamp,
    },
};

/// A delivery, part by part: choices are words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// How far it has got.
    pub state: Cow<'static, str>,
    /// Why it was held or suppressed.
    pub suppressed: Option<Cow<'static, str>>,
    /// The e-mail address; none when it is forgotten.
    pub recipient: Option<Vec<u8>>,
    /// How many leases were given; the fencing token of the latest.
    pub attempts: u32,
    /// How many of them do not count.
    pub uncounted: u32,
    /// When it was last sent again.
    pub resent_at: Option<Timestamp>,
    /// When it is due; while it is being sent, when the lease ends.
    pub due_at: Option<Timestamp>,
    /// What went wrong last.
    pub last_error: Option<Vec<u8>>,
    /// When it was over.
    pub settled_at: Option<Timestamp>,
    /// What was answered: the user's own word, and without one a colleague's. Alerts are found by it.
    pub answer: AnswerRow,
    /// What a colleague has said, where the user's own word is the answer.
    pub beside: Option<AnswerRow>,
}

/// An answer, part by part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRow {
    /// What it is.
    pub answer: Cow<'static, str>,
    /// By whom; none in rows from before this was kept.
    pub by: Option<Cow<'static, str>>,
    /// When; none in rows from before this was kept.
    pub at: Option<Timestamp>,
    /// Which colleague.
    pub author: Option<String>,
}

impl AnswerRow {
    /// No answer yet.
    pub const NONE: Self = Self { answer: Cow::Borrowed(Answer::None.as_str()), by: None, at: None, author: None };

    /// An answer that is given now.
    #[must_use]
    pub fn new(answered: Answered, now: Timestamp) -> Self {
        let Answered { answer, by, .. } = answered;
        Self { answer: answer.as_str().into(), by: Some(by.by.as_str().into()), at: Some(now), author: by.author }
    }

    /// Whether it is a colleague's word. One of which is not kept whose it is may be the user's.
    fn is_colleague(&self) -> bool {
        self.by.as_deref().and_then(AnsweredBy::parse).is_some_and(AnsweredBy::is_colleague)
    }
}

impl DeliveryRow {
    /// Whether it is still the delivery that was seen: between two leases no state comes back, and a lease is an attempt.
    #[must_use]
    pub fn is_still(&self, seen: &Self) -> bool {
        self.state == seen.state && self.attempts == seen.attempts
    }

    /// Takes an answer up: in the place of what the same side has said, the user or a colleague, unless that is the same. `commit.lua`
    /// does so, too.
    pub fn hear(&mut self, said: AnswerRow) {
        let is_first = self.answer.answer == AnswerRow::NONE.answer;
        if is_first || self.answer.is_colleague() == said.is_colleague() {
            if self.answer.answer != said.answer {
                self.answer = said;
            }
        } else if said.is_colleague() {
            if self.beside.as_ref().is_none_or(|it| it.answer != said.answer) {
                self.beside = Some(said);
            }
        } else {
            self.beside = Some(std::mem::replace(&mut self.answer, said));
        }
    }
}

/// The stored form.
#[must_use]
pub fn encode(delivery: Delivery) -> DeliveryRow {
    let Statements { own, colleague } = delivery.statements;
    let (own, mut colleague) = (own.map(encode_answer), colleague.map(encode_answer));
    DeliveryRow {
        state: delivery.state.as_str().into(),
        suppressed: delivery.suppressed.map(|it| it.as_str().into()),
        recipient: delivery.recipient.map(String::into_bytes),
        attempts: delivery.attempts,
        uncounted: delivery.uncounted,
        resent_at: delivery.resent_at,
        due_at: delivery.due_at,
        last_error: delivery.last_error.map(String::into_bytes),
        settled_at: delivery.settled_at,
        answer: own.or_else(|| colleague.take()).unwrap_or(AnswerRow::NONE),
        beside: colleague,
    }
}

fn encode_answer(statement: Statement) -> AnswerRow {
    let Statement { answer, by, at, author } = statement;
    AnswerRow { answer: answer.as_str().into(), by: by.map(|it| it.as_str().into()), at, author }
}

/// Reads the stored form.
///
/// # Errors
/// A word is none that this program knows.
pub fn decode(row: DeliveryRow) -> Result<Delivery, Malformed> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| Malformed::Impossible("text"));
    let suppressed = row.suppressed.map(|it| Suppressed::parse(&it).ok_or(Malformed::Impossible("reason")));
    let mut statements = Statements::default();
    for row in [Some(row.answer), row.beside].into_iter().flatten() {
        let is_colleague = row.is_colleague();
        let side = if is_colleague { &mut statements.colleague } else { &mut statements.own };
        *side = decode_answer(row)?;
    }
    Ok(Delivery {
        state: State::parse(&row.state).ok_or(Malformed::Impossible("state"))?,
        suppressed: suppressed.transpose()?,
        recipient: row.recipient.map(text).transpose()?,
        attempts: row.attempts,
        uncounted: row.uncounted,
        resent_at: row.resent_at,
        due_at: row.due_at,
        last_error: row.last_error.map(text).transpose()?,
        settled_at: row.settled_at,
        statements,
    })
}

/// `None` without an answer.
fn decode_answer(row: AnswerRow) -> Result<Option<Statement>, Malformed> {
    let answer = Answer::parse(&row.answer).ok_or(Malformed::Impossible("answer"))?;
    let by = row.by.map(|it| AnsweredBy::parse(&it).ok_or(Malformed::Impossible("who answered"))).transpose()?;
    let statement = Statement { answer, by, at: row.at, author: row.author };
    Ok(Some(statement).filter(|it| it.answer != Answer::None))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row as a version stored it that knew one answer.
    fn row(answer: &'static str, by: Option<&'static str>) -> DeliveryRow {
        let queued = encode(Delivery::queued(Timestamp::from_unix_ms(0), "ana@example.com".to_owned()));
        let answer = AnswerRow { answer: answer.into(), by: by.map(Into::into), at: None, author: None };
        DeliveryRow { answer, ..queued }
    }

    #[test]
    fn an_answer_of_an_earlier_version_is_read_as_it_was() {
        for (answer, by, is_colleague) in [
            ("denied", None, false),
            ("denied", Some("user"), false),
            ("confirmed", Some("api"), false),
            ("denied", Some("operator"), true),
        ] {
            let delivery = decode(row(answer, by)).unwrap();
            let Statements { own, colleague } = &delivery.statements;
            assert_eq!((own.is_some(), colleague.is_some()), (!is_colleague, is_colleague), "{answer} {by:?}");
            assert_eq!(delivery.answer().as_str(), answer);
            assert_eq!(delivery.statements.answered_by().map(AnsweredBy::as_str), by);
            assert_eq!(encode(delivery), row(answer, by), "and stored as it was");
        }
        assert_eq!(decode(row("none", None)).unwrap().statements, Statements::default());
        assert!(decode(row("denied", Some("nobody"))).is_err() && decode(row("perhaps", None)).is_err());
    }
}
