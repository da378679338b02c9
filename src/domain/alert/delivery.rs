//! The states of a delivery and the changes between them. Only this file knows them: services compute the next delivery
//! here, and stores only replace one by the next, if the stored one is still the one that was read.
//!
//! ```text
//! queued ── leased ──▶ sending ── settled ──▶ queued, sent, failed or suppressed
//!                      sending ── leased, once the lease has run out ──▶ sending
//! sent ── bounced ──▶ failed          failed, suppressed ── requeued ──▶ queued
//! ```
//!
//! Invariant: only leases raise [`Delivery::attempts`], and between two leases no state comes twice. So attempts and
//! state together tell whether a delivery is the one that was read, and the number of attempts is the fencing token.

use crate::domain::{
    alert::alert::{Delivery, State, Suppressed},
    time::Timestamp,
};

/// How an attempt to send ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Settlement {
    /// The mail system has accepted the mail.
    Sent,
    /// It is tried again at this time, for this reason.
    RetryAt(Timestamp, String),
    /// The same, but the attempt does not count: it failed because of us.
    Postponed(Timestamp, String),
    /// It is held until this time, for this reason. Nothing was tried, and nothing counts.
    Held(Timestamp, Suppressed),
    /// It is never tried again, for this reason: the mail was refused.
    Dead(String),
    /// It is given up, for this reason, after being tried for long enough. It may be sent again on demand.
    GivenUp(String),
    /// It is not mailed, or not in a mail of its own but in another one's, for this reason.
    Suppressed(Suppressed),
}

impl Settlement {
    /// Whether the mail may still be sent, by plan or on demand. If so, its recipient is kept.
    #[must_use]
    pub const fn keeps_recipient(&self) -> bool {
        match self {
            Self::GivenUp(_) | Self::RetryAt(..) | Self::Postponed(..) | Self::Held(..) => true,
            Self::Sent | Self::Dead(_) | Self::Suppressed(_) => false,
        }
    }
}

/// Why an alert is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRequeued {
    /// It was sent, or waits to be.
    NotOver,
    /// Its recipient was deleted, and none was given.
    NoRecipient,
}

/// A delivery as leased until `lease_until`; `None` if it is not due at `now`, or is under a lease. Every lease is an
/// attempt.
#[must_use]
pub fn leased(delivery: Delivery, now: Timestamp, lease_until: Timestamp) -> Option<Delivery> {
    let waits = matches!(delivery.state, State::Queued | State::Sending);
    let is_due = waits && delivery.due_at.is_some_and(|due_at| due_at <= now);
    let attempts = delivery.attempts.saturating_add(1);
    is_due.then_some(Delivery { state: State::Sending, attempts, due_at: Some(lease_until), ..delivery })
}

/// A delivery after the attempt under its lease has ended; `None` if there is no lease.
#[must_use]
pub fn settled(delivery: Delivery, now: Timestamp, settlement: Settlement) -> Option<Delivery> {
    if delivery.state != State::Sending {
        return None;
    }
    let recipient = delivery.recipient.clone().filter(|_| settlement.keeps_recipient());
    let over = Delivery { recipient, due_at: None, settled_at: Some(now), ..delivery.clone() };
    let uncounted = delivery.uncounted.saturating_add(1);
    let again = |due_at| Delivery { state: State::Queued, due_at: Some(due_at), ..delivery };
    Some(match settlement {
        Settlement::Sent => Delivery { state: State::Sent, ..over },
        Settlement::Dead(reason) | Settlement::GivenUp(reason) => {
            Delivery { state: State::Failed, last_error: Some(reason), ..over }
        }
        Settlement::Suppressed(why) => Delivery { state: State::Suppressed, suppressed: Some(why), ..over },
        Settlement::RetryAt(due_at, reason) => Delivery { last_error: Some(reason), ..again(due_at) },
        Settlement::Postponed(due_at, reason) => Delivery { uncounted, last_error: Some(reason), ..again(due_at) },
        Settlement::Held(until, why) => Delivery { uncounted, suppressed: Some(why), ..again(until) },
    })
}

/// Whether the lease with this fencing token has been ended, and no later one was given. Then ending it again succeeds,
/// since the first answer may have been lost.
#[must_use]
pub fn has_ended(delivery: &Delivery, fence: u64) -> bool {
    fence > 0 && fence == u64::from(delivery.attempts) && delivery.state != State::Sending
}

/// A delivery that is to be sent again on demand, from `now` on in a mail of its own, to `recipient` or else to the one
/// that is stored. The plan of retries starts anew.
///
/// # Errors
/// It is not over, or was sent, or there is no recipient.
pub fn requeued(delivery: Delivery, now: Timestamp, recipient: Option<String>) -> Result<Delivery, NotRequeued> {
    if !matches!(delivery.state, State::Failed | State::Suppressed) {
        return Err(NotRequeued::NotOver);
    }
    let recipient = recipient.or(delivery.recipient).ok_or(NotRequeued::NoRecipient)?;
    let (attempts, statements) = (delivery.attempts, delivery.statements);
    let anew = Delivery::queued(now, recipient);
    Ok(Delivery { attempts, uncounted: attempts, resent_at: Some(now), statements, ..anew })
}

/// A delivery that turns out not to have arrived; `None` if it was not sent.
#[must_use]
pub fn bounced(delivery: Delivery, now: Timestamp, reason: String) -> Option<Delivery> {
    let was_sent = delivery.state == State::Sent;
    was_sent.then_some(Delivery { state: State::Failed, last_error: Some(reason), settled_at: Some(now), ..delivery })
}

/// The delivery as it is shown: it is being sent while its lease runs, and queued as soon as the lease has run out.
#[must_use]
pub fn shown(delivery: Delivery, now: Timestamp) -> Delivery {
    let ran_out = delivery.due_at.is_some_and(|lease_until| lease_until <= now);
    let state = if delivery.state == State::Sending && ran_out { State::Queued } else { delivery.state };
    Delivery { state, ..delivery }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::{
        alert::Answer,
        statements::{Statement, Statements},
    };

    const ANA: &str = "ana@example.com";

    const fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(ms)
    }

    /// A delivery in a state, as it gets there.
    fn in_state(state: State) -> Delivery {
        let queued = Delivery::queued(at(0), ANA.to_owned());
        let sending = leased(queued.clone(), at(0), at(100)).unwrap();
        let settled = |settlement| settled(sending.clone(), at(50), settlement).unwrap();
        match state {
            State::Queued => queued,
            State::Sending => sending,
            State::Sent => settled(Settlement::Sent),
            State::Failed => settled(Settlement::GivenUp("450".to_owned())),
            State::Suppressed => settled(Settlement::Suppressed(Suppressed::Storm)),
        }
    }

    /// Everything that can happen to a delivery, at 100 ms.
    #[derive(Clone, Copy, Debug)]
    enum Event {
        Leased,
        Settled(fn() -> Settlement),
        Requeued,
        Bounced,
    }

    fn after(delivery: Delivery, event: Event) -> Option<Delivery> {
        match event {
            Event::Leased => leased(delivery, at(100), at(200)),
            Event::Settled(settlement) => settled(delivery, at(100), settlement()),
            Event::Requeued => requeued(delivery, at(100), Some(ANA.to_owned())).ok(),
            Event::Bounced => bounced(delivery, at(100), "550".to_owned()),
        }
    }

    const SETTLEMENTS: [(fn() -> Settlement, State); 7] = [
        (|| Settlement::Sent, State::Sent),
        (|| Settlement::RetryAt(at(500), "451".to_owned()), State::Queued),
        (|| Settlement::Postponed(at(500), "535".to_owned()), State::Queued),
        (|| Settlement::Held(at(500), Suppressed::Storm), State::Queued),
        (|| Settlement::Dead("550".to_owned()), State::Failed),
        (|| Settlement::GivenUp("451".to_owned()), State::Failed),
        (|| Settlement::Suppressed(Suppressed::AddressSuppressed), State::Suppressed),
    ];

    #[test]
    fn every_state_and_every_event() {
        use State::{Failed, Queued, Sending, Sent, Suppressed};
        let mut table = vec![
            //               queued        sending        sent          failed        suppressed
            (Event::Leased, [Some(Sending), Some(Sending), None, None, None]),
            (Event::Requeued, [None, None, None, Some(Queued), Some(Queued)]),
            (Event::Bounced, [None, None, Some(Failed), None, None]),
        ];
        table.extend(SETTLEMENTS.map(|(how, state)| (Event::Settled(how), [None, Some(state), None, None, None])));
        for (event, expected) in table {
            for (state, expected) in [Queued, Sending, Sent, Failed, Suppressed].into_iter().zip(expected) {
                let next = after(in_state(state), event);
                assert_eq!(next.as_ref().map(|it| it.state), expected, "{event:?} in {state:?}");
                let Some(next) = next else { continue };
                let was = in_state(state);
                assert_eq!(
                    next.attempts,
                    was.attempts + u32::from(matches!(event, Event::Leased)),
                    "only leases count"
                );
                assert_eq!(next.statements, was.statements);
                let waits = matches!(next.state, Queued | Sending);
                assert_eq!(
                    (next.due_at.is_some(), next.settled_at.is_some()),
                    (waits, !waits),
                    "{event:?} in {state:?}"
                );
            }
        }
    }

    #[test]
    fn no_state_comes_back_between_two_leases() {
        let order = |state| match state {
            State::Sending => 0,
            State::Sent => 1,
            State::Failed | State::Suppressed => 2,
            State::Queued => 3,
        };
        let events =
            SETTLEMENTS.map(|(how, _)| Event::Settled(how)).into_iter().chain([Event::Requeued, Event::Bounced]);
        for event in events {
            for state in State::ALL {
                let next = after(in_state(state), event).map(|it| order(it.state));
                assert!(next.is_none_or(|next| next > order(state)), "{event:?} in {state:?}");
            }
        }
    }

    #[test]
    fn only_who_may_still_be_mailed_is_remembered() {
        for (settlement, _) in SETTLEMENTS {
            let next = settled(in_state(State::Sending), at(100), settlement()).unwrap();
            assert_eq!(next.recipient.is_some(), settlement().keeps_recipient(), "{:?}", settlement());
            assert_eq!(next.state == State::Queued, next.due_at == Some(at(500)));
        }
    }

    #[test]
    fn what_failed_of_us_and_what_is_held_does_not_count() {
        let counted = |settlement| settled(in_state(State::Sending), at(50), settlement).unwrap().counted();
        assert_eq!(counted(Settlement::RetryAt(at(500), "451".to_owned())), 1);
        assert_eq!(counted(Settlement::Postponed(at(500), "535".to_owned())), 0);
        assert_eq!(counted(Settlement::Held(at(500), Suppressed::Storm)), 0);
    }

    #[test]
    fn what_is_leased_is_due_and_what_runs_out_is_shown_as_waiting() {
        let queued = in_state(State::Queued);
        assert_eq!(leased(queued, at(-1), at(100)), None, "not due yet");
        let sending = in_state(State::Sending);
        assert_eq!(leased(sending.clone(), at(99), at(200)), None, "under a lease");
        assert_eq!(shown(sending.clone(), at(99)).state, State::Sending);
        assert_eq!(shown(sending.clone(), at(100)).state, State::Queued);
        assert_eq!(leased(sending, at(100), at(200)).unwrap().attempts, 2);
        assert_eq!(shown(in_state(State::Sent), at(999)), in_state(State::Sent));
    }

    #[test]
    fn a_lease_is_ended_by_who_holds_it() {
        let sent = in_state(State::Sent);
        assert!(has_ended(&sent, 1) && !has_ended(&sent, 2) && !has_ended(&in_state(State::Sending), 1));
        let never_leased = Delivery::suppressed(at(0), Suppressed::Late);
        assert!(!has_ended(&never_leased, 0), "there never was a lease");
    }

    #[test]
    fn what_is_sent_again_begins_anew_and_keeps_its_answer() {
        let denied = Statement { answer: Answer::Denied, by: None, at: None, author: None };
        let statements = Statements { own: Some(denied), colleague: None };
        let failed = Delivery { statements, suppressed: Some(Suppressed::Storm), ..in_state(State::Failed) };
        let again = requeued(failed, at(900), None).unwrap();
        assert_eq!(
            (again.recipient.as_deref(), again.due_at, again.resent_at),
            (Some(ANA), Some(at(900)), Some(at(900)))
        );
        assert_eq!(
            (again.counted(), again.answer(), again.suppressed, again.last_error),
            (0, Answer::Denied, None, None)
        );
        let forgotten = in_state(State::Suppressed);
        assert_eq!(requeued(forgotten.clone(), at(900), None), Err(NotRequeued::NoRecipient));
        let given = requeued(forgotten, at(900), Some("new@example.com".to_owned())).unwrap();
        assert_eq!(given.recipient.as_deref(), Some("new@example.com"));
        assert_eq!(requeued(in_state(State::Sent), at(900), Some(ANA.to_owned())), Err(NotRequeued::NotOver));
    }
}
