//! Which alerts are asked for, by what has become of them.

use crate::domain::alert::alert::{Answer, Delivery, State};

/// Alerts whose mail is in one of some states, and which were answered one of some answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSelection {
    /// The states.
    pub states: Vec<State>,
    /// The answers.
    pub answers: Vec<Answer>,
}

impl AlertSelection {
    /// Every alert.
    #[must_use]
    pub fn all() -> Self {
        Self { states: State::ALL.to_vec(), answers: Answer::ALL.to_vec() }
    }

    /// Whether an alert of this delivery is asked for, the delivery being as it is [shown](crate::domain::alert::delivery::shown).
    #[must_use]
    pub fn allows(&self, delivery: &Delivery) -> bool {
        self.states.contains(&delivery.state) && self.answers.contains(&delivery.answer())
    }

    /// The states in which what is asked for may be stored: a mail that is shown as queued may be under a lease that has run
    /// out.
    #[must_use]
    pub fn stored_states(&self) -> Vec<State> {
        let may_be = |state: &State| {
            self.states.contains(state) || (*state == State::Sending && self.states.contains(&State::Queued))
        };
        State::ALL.into_iter().filter(may_be).collect()
    }
}
