//! The stored form of a delivery: what changes about an alert. It is kept beside the alert's record, part by part, because
//! backends look at some parts themselves and change them in place.

use std::borrow::Cow;

use crate::{
    adapters::store::record::bytes::Malformed,
    domain::{
        alert::alert::{Answer, AnsweredBy, Delivery, State, Suppressed},
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
    /// What was answered.
    pub answer: Cow<'static, str>,
    /// By whom; none in rows from before this was kept.
    pub answered_by: Option<Cow<'static, str>>,
}

impl DeliveryRow {
    /// Whether it is still the delivery that was seen: between two leases no state comes back, and a lease is an attempt.
    #[must_use]
    pub fn is_still(&self, seen: &Self) -> bool {
        self.state == seen.state && self.attempts == seen.attempts
    }
}

/// The stored form.
#[must_use]
pub fn encode(delivery: Delivery) -> DeliveryRow {
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
        answer: delivery.answer.as_str().into(),
        answered_by: delivery.answered_by.map(|it| it.as_str().into()),
    }
}

/// Reads the stored form.
///
/// # Errors
/// A word is none that this program knows.
pub fn decode(row: DeliveryRow) -> Result<Delivery, Malformed> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| Malformed::Impossible("text"));
    let suppressed = row.suppressed.map(|it| Suppressed::parse(&it).ok_or(Malformed::Impossible("reason")));
    let answered_by = row.answered_by.map(|it| AnsweredBy::parse(&it).ok_or(Malformed::Impossible("who answered")));
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
        answer: Answer::parse(&row.answer).ok_or(Malformed::Impossible("answer"))?,
        answered_by: answered_by.transpose()?,
    })
}
