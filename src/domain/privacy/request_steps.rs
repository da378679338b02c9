//! The states of a request and the changes between them. Only this file knows them: services compute the next request
//! here, and stores only replace one by the next, if the stored one is still the one that was read.
//!
//! ```text
//! opened ── asked ──▶ asked            opened, asked ── confirmed ──▶ confirmed, or declined ──▶ declined
//!                                      asked ── 7 days ──▶ expired
//! confirmed ── carried out ──▶ carried_out ── told ──▶ answered
//! opened, carried_out ── mail given up ──▶ failed   asked ── mail returned ──▶ failed
//! failed ── taken up ──▶ opened, or carried_out if it was confirmed
//! opened, asked, confirmed, carried_out, failed ── closed by the product ──▶ answered
//! ```

use crate::domain::{
    ids::{RequestId, TenantId, UserKey},
    privacy::request::{
        CONFIRM_LIFE_MS, KEPT_MS, PersonRequest, Reminded, RequestKind, RequestPerson, RequestState, RequestTimes, Step,
    },
    time::Timestamp,
};

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestEvent {
    /// Somebody takes its next step, and has until this time.
    Leased(Timestamp),
    /// The step did not succeed, and is tried again at this time, for this reason.
    Again(Timestamp, String),
    /// The step's mail was sent.
    Mailed,
    /// The step's mail was given up, for this reason.
    GivenUp(String),
    /// The mail that asks came back, for this reason.
    Returned(String),
    /// The person confirmed it. They must have an answer within this many milliseconds.
    Confirmed(i64),
    /// The person did not ask for it.
    Declined,
    /// The time for the answer to our mail is over.
    Expired,
    /// The wish was carried out; an erasure has a receipt.
    CarriedOut(Option<String>),
    /// The person fetched the copy.
    Fetched,
    /// The product asked for the same again, after a failure.
    TakenUp,
    /// The product says that it has answered the person itself.
    Closed,
    /// The tenant was told about the time.
    Reminded(Reminded),
}

/// Whose a new request is, and what for.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The id.
    pub id: RequestId,
    /// The tenant.
    pub tenant: TenantId,
    /// The user in keys.
    pub user: UserKey,
    /// What is wanted.
    pub kind: RequestKind,
    /// The user, and where they are reached.
    pub person: RequestPerson,
}

/// A request that was just opened: its mail is due at once. Until it is confirmed, the answer is due `answer_ms` after
/// now.
#[must_use]
pub fn opened(now: Timestamp, opening: Opening, answer_ms: i64) -> PersonRequest {
    let Opening { id, tenant, user, kind, person } = opening;
    PersonRequest {
        id,
        tenant,
        user,
        kind,
        state: RequestState::Opened,
        times: RequestTimes { opened: now, ..RequestTimes::default() },
        answer_by: now.plus_ms(answer_ms),
        step: Step::at(now),
        reminded: Reminded::Never,
        receipt: None,
        person: Some(person),
        last_error: None,
    }
}

/// The request after an event at `now`; `None` if the event does not happen in its state.
#[must_use]
pub fn after(request: PersonRequest, now: Timestamp, event: RequestEvent) -> Option<PersonRequest> {
    use RequestState::{Asked, CarriedOut, Confirmed, Failed, Opened};
    let state = request.state;
    Some(match (event, state) {
        (RequestEvent::Leased(until), _) => leased(request, now, until)?,
        (RequestEvent::Again(at, reason), Opened | Confirmed | CarriedOut) => {
            let step = Step { due_at: at, ..request.step };
            PersonRequest { step, last_error: Some(reason), ..request }
        }
        (RequestEvent::Mailed, Opened) => asked(request, now),
        (RequestEvent::Mailed, CarriedOut)
        | (RequestEvent::Closed, Opened | Asked | Confirmed | CarriedOut | Failed) => answered(request, now),
        (RequestEvent::GivenUp(reason), Opened) | (RequestEvent::Returned(reason), Asked) => {
            failed(request, now, reason)
        }
        // Of a copy the mail is the only way to it. What else was wished has happened, whether or not a mail says so.
        (RequestEvent::GivenUp(reason), CarriedOut) if request.kind == RequestKind::Export => {
            failed(request, now, reason)
        }
        (RequestEvent::GivenUp(reason), CarriedOut) => {
            PersonRequest { last_error: Some(reason), ..answered(request, now) }
        }
        (RequestEvent::Confirmed(answer_ms), Opened | Asked) => confirmed(request, now, answer_ms),
        (RequestEvent::Declined, Opened | Asked) => ended(request, now, RequestState::Declined),
        (RequestEvent::Expired, Asked) => ended(request, now, RequestState::Expired),
        (RequestEvent::CarriedOut(receipt), Confirmed) => {
            let times = RequestTimes { carried_out: Some(now), ..request.times };
            moved(PersonRequest { times, receipt, ..request }, CarriedOut, Step::at(now))
        }
        (RequestEvent::Fetched, _) if request.can_be_fetched(now) => fetched(request, now),
        (RequestEvent::TakenUp, Failed) => taken_up(request, now),
        (RequestEvent::Reminded(told), _) if told > request.reminded => PersonRequest { reminded: told, ..request },
        _ => return None,
    })
}

/// Under a lease; `None` if its step is not due.
fn leased(request: PersonRequest, now: Timestamp, until: Timestamp) -> Option<PersonRequest> {
    let step = request.step;
    let attempts = step.attempts.saturating_add(1);
    (step.due_at <= now).then_some(PersonRequest { step: Step { due_at: until, attempts, ..step }, ..request })
}

fn asked(request: PersonRequest, now: Timestamp) -> PersonRequest {
    let times = RequestTimes { asked: Some(now), ..request.times };
    let expires_at = now.plus_ms(CONFIRM_LIFE_MS);
    moved(PersonRequest { times, ..request }, RequestState::Asked, Step::at(expires_at))
}

fn confirmed(request: PersonRequest, now: Timestamp, answer_ms: i64) -> PersonRequest {
    let times = RequestTimes { confirmed: Some(now), ..request.times };
    let (answer_by, reminded) = (now.plus_ms(answer_ms), Reminded::Never);
    moved(PersonRequest { times, answer_by, reminded, ..request }, RequestState::Confirmed, Step::at(now))
}

/// The end of a request whose wish came true. What is left of an erasure names nobody.
fn answered(request: PersonRequest, now: Timestamp) -> PersonRequest {
    let is_erased = request.kind == RequestKind::Erase && request.times.carried_out.is_some();
    let person = request.person.clone().filter(|_| !is_erased);
    ended(PersonRequest { person, ..request }, now, RequestState::Answered)
}

fn failed(request: PersonRequest, now: Timestamp, reason: String) -> PersonRequest {
    PersonRequest { last_error: Some(reason), ..ended(request, now, RequestState::Failed) }
}

fn fetched(request: PersonRequest, now: Timestamp) -> PersonRequest {
    let request = PersonRequest { times: RequestTimes { fetched: Some(now), ..request.times }, ..request };
    // Who has the copy was told: a mail that is still to be settled would only be sent again.
    if request.state == RequestState::CarriedOut { answered(request, now) } else { request }
}

/// Goes on where it failed: with the mail that asks, or with the one that brings the copy.
fn taken_up(request: PersonRequest, now: Timestamp) -> PersonRequest {
    let state = if request.times.confirmed.is_some() { RequestState::CarriedOut } else { RequestState::Opened };
    let times = RequestTimes { ended: None, ..request.times };
    moved(PersonRequest { times, ..request }, state, Step::at(now))
}

/// Over: its next step is to be forgotten.
fn ended(request: PersonRequest, now: Timestamp, state: RequestState) -> PersonRequest {
    let times = RequestTimes { ended: Some(now), ..request.times };
    moved(PersonRequest { times, ..request }, state, Step::at(now.plus_ms(KEPT_MS)))
}

fn moved(request: PersonRequest, state: RequestState, step: Step) -> PersonRequest {
    PersonRequest { state, step, last_error: None, ..request }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ids::{Partition, UserId},
        privacy::request::COPY_LIFE_MS,
        time::DAY_MS,
    };

    const fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(ms)
    }

    fn new(kind: RequestKind) -> PersonRequest {
        let person =
            RequestPerson { user: UserId::parse("ana").unwrap(), address: "ana@example.com".to_owned(), locale: None };
        let user = UserKey { hash: [1; 16], partition: Partition(9) };
        let (id, tenant) = (RequestId([2; 16]), TenantId::parse("acme").unwrap());
        opened(at(0), Opening { id, tenant, user, kind, person }, 30 * DAY_MS)
    }

    /// A request in a state, as it gets there.
    fn in_state(kind: RequestKind, state: RequestState) -> PersonRequest {
        let go = |request, event| after(request, at(10), event).unwrap();
        let confirmed = || go(go(new(kind), RequestEvent::Mailed), RequestEvent::Confirmed(30 * DAY_MS));
        let carried_out = || go(confirmed(), RequestEvent::CarriedOut(None));
        match state {
            RequestState::Opened => new(kind),
            RequestState::Asked => go(new(kind), RequestEvent::Mailed),
            RequestState::Confirmed => confirmed(),
            RequestState::CarriedOut => carried_out(),
            RequestState::Answered => go(carried_out(), RequestEvent::Mailed),
            RequestState::Declined => go(new(kind), RequestEvent::Declined),
            RequestState::Expired => go(go(new(kind), RequestEvent::Mailed), RequestEvent::Expired),
            RequestState::Failed => go(new(kind), RequestEvent::GivenUp("550".to_owned())),
        }
    }

    fn events() -> [RequestEvent; 10] {
        [
            RequestEvent::Again(at(20), "451".to_owned()),
            RequestEvent::Mailed,
            RequestEvent::GivenUp("550".to_owned()),
            RequestEvent::Returned("550".to_owned()),
            RequestEvent::Confirmed(DAY_MS),
            RequestEvent::Declined,
            RequestEvent::Expired,
            RequestEvent::CarriedOut(None),
            RequestEvent::TakenUp,
            RequestEvent::Closed,
        ]
    }

    /// Every event in every state: `.` where it does not happen, `=` where the state stays, else the next state.
    #[test]
    fn the_table_of_states() {
        let table: [(RequestState, [&str; 10]); 8] = [
            // again, mailed, given up, returned, confirmed, declined, expired, carried out, taken up, closed
            (RequestState::Opened, ["=", "asked", "failed", ".", "confirmed", "declined", ".", ".", ".", "answered"]),
            (RequestState::Asked, [".", ".", ".", "failed", "confirmed", "declined", "expired", ".", ".", "answered"]),
            (RequestState::Confirmed, ["=", ".", ".", ".", ".", ".", ".", "carried_out", ".", "answered"]),
            (RequestState::CarriedOut, ["=", "answered", "failed", ".", ".", ".", ".", ".", ".", "answered"]),
            (RequestState::Answered, ["."; 10]),
            (RequestState::Declined, ["."; 10]),
            (RequestState::Expired, ["."; 10]),
            (RequestState::Failed, [".", ".", ".", ".", ".", ".", ".", ".", "opened", "answered"]),
        ];
        for (state, expected) in table {
            for (event, expected) in events().into_iter().zip(expected) {
                let next = after(in_state(RequestKind::Export, state), at(20), event.clone());
                let told = next.map_or(".", |it| if it.state == state { "=" } else { it.state.as_str() });
                assert_eq!(told, expected, "{event:?} in {state:?}");
            }
        }
    }

    #[test]
    fn the_time_runs_from_the_confirmation_and_only_for_who_waits_for_us() {
        assert_eq!(new(RequestKind::Export).answer_by, at(30 * DAY_MS));
        let confirmed = in_state(RequestKind::Export, RequestState::Confirmed);
        assert_eq!(confirmed.answer_by, at(10 + 30 * DAY_MS));
        let owed: Vec<_> =
            RequestState::ALL.into_iter().filter(|it| in_state(RequestKind::Erase, *it).is_owed()).collect();
        assert_eq!(owed, [RequestState::Opened, RequestState::Confirmed, RequestState::CarriedOut]);
        let week = 7 * DAY_MS;
        let told = |days: i64| confirmed.reminder(at(10 + days * DAY_MS), week);
        assert_eq!(
            [22, 23, 29, 30].map(told),
            [None, Some(Reminded::Soon), Some(Reminded::Soon), Some(Reminded::Overdue)]
        );
        let reminded = after(confirmed, at(20), RequestEvent::Reminded(Reminded::Overdue)).unwrap();
        assert_eq!(reminded.reminder(at(99 * DAY_MS), week), None, "once");
        assert_eq!(in_state(RequestKind::Erase, RequestState::Asked).reminder(at(99 * DAY_MS), week), None);
    }

    #[test]
    fn a_copy_that_cannot_be_brought_fails_and_is_taken_up_where_it_stopped() {
        let given_up = |kind| {
            let told = in_state(kind, RequestState::CarriedOut);
            after(told, at(20), RequestEvent::GivenUp("550".to_owned())).unwrap()
        };
        let copy = given_up(RequestKind::Export);
        assert_eq!((copy.state, copy.is_owed()), (RequestState::Failed, true));
        assert_eq!(after(copy, at(30), RequestEvent::TakenUp).unwrap().state, RequestState::CarriedOut);
        for kind in [RequestKind::Erase, RequestKind::Restrict, RequestKind::Object] {
            let done = given_up(kind);
            assert_eq!((done.state, done.last_error.as_deref()), (RequestState::Answered, Some("550")));
        }
    }

    #[test]
    fn what_is_left_of_an_erasure_names_nobody() {
        assert!(
            in_state(RequestKind::Erase, RequestState::CarriedOut).person.is_some(),
            "its mail is still to be sent"
        );
        assert_eq!(in_state(RequestKind::Erase, RequestState::Answered).person, None);
        assert!(in_state(RequestKind::Export, RequestState::Answered).person.is_some());
    }

    #[test]
    fn links_end() {
        let asked = in_state(RequestKind::Export, RequestState::Asked);
        assert!(
            asked.can_be_confirmed(at(10 + CONFIRM_LIFE_MS - 1)) && !asked.can_be_confirmed(at(10 + CONFIRM_LIFE_MS))
        );
        let told = in_state(RequestKind::Export, RequestState::Answered);
        assert!(told.can_be_fetched(at(10 + COPY_LIFE_MS - 1)) && !told.can_be_fetched(at(10 + COPY_LIFE_MS)));
        assert!(!in_state(RequestKind::Erase, RequestState::Answered).can_be_fetched(at(11)));
        let fetched = after(told, at(11), RequestEvent::Fetched).unwrap();
        assert_eq!(after(fetched, at(12), RequestEvent::Fetched), None, "it works once");
        let early =
            after(in_state(RequestKind::Export, RequestState::CarriedOut), at(11), RequestEvent::Fetched).unwrap();
        assert_eq!(early.state, RequestState::Answered, "who has the copy was told");
    }

    #[test]
    fn a_step_is_leased_when_it_is_due_and_counts() {
        let request = new(RequestKind::Export);
        let first = after(request.clone(), at(0), RequestEvent::Leased(at(100))).unwrap();
        assert_eq!((first.step.due_at, first.step.attempts), (at(100), 1));
        assert_eq!(after(first.clone(), at(99), RequestEvent::Leased(at(200))), None, "under a lease");
        assert_eq!(after(first.clone(), at(100), RequestEvent::Leased(at(200))).unwrap().step.attempts, 2);
        assert_eq!(after(first, at(50), RequestEvent::Mailed).unwrap().step.attempts, 0, "of the next step none");
    }
}
