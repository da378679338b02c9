//! What `ports::Outbox` promises of deliveries that are replaced, held, sent again or come back.

use std::sync::Arc;

use watchlight::{
    domain::{
        alert::{
            alert::{Answer, Answered, AnsweredBy, Delivery, Speaker, State, Suppressed},
            delivery::{NotRequeued, Settlement, requeued, settled},
            statements::{Statement, Statements},
        },
        ids::AlertId,
        time::{DAY_MS, HOUR_MS},
        turns::Room,
    },
    ports::{Commit, LeasedAlert, Store},
    service::alert::deliveries::Requeued,
};

use crate::store::contract::harness::contract;
use crate::{
    store::samples::{self, at, commit_with_alert, event, user},
    support::services::deliveries,
};

contract! {
    a_delivery_is_replaced_only_while_it_is_as_it_was_seen
    an_attempt_that_failed_of_us_does_not_count
    what_was_given_up_may_be_sent_again
    what_was_held_back_may_be_sent_again
    only_what_is_over_is_sent_again
    of_many_who_change_a_delivery_one_is_first
    a_mail_that_comes_back_has_failed_and_the_tenant_is_told
    a_digest_is_due_when_it_is_planned
    what_is_held_waits_and_keeps_its_recipient
    what_is_held_until_the_same_time_is_leased_together
    what_an_older_version_held_back_in_a_storm_may_be_sent_again
}

/// Stores an alert of a user and leases it.
async fn leased(store: &Arc<dyn Store>, number: u8) -> LeasedAlert {
    store.commit(commit_with_alert(&user(number), 0, at(0), number)).await.unwrap();
    store.lease(at(0), at(100), 1).await.unwrap().remove(0)
}

async fn settle(store: &Arc<dyn Store>, leased: &LeasedAlert, settlement: Settlement) {
    assert!(deliveries(store).settle(leased, at(50), settlement, None).await.unwrap());
}

async fn delivery(store: &Arc<dyn Store>, id: AlertId) -> Delivery {
    store.alert(id, at(60)).await.unwrap().unwrap().1
}

async fn a_delivery_is_replaced_only_while_it_is_as_it_was_seen(store: &Arc<dyn Store>) {
    let first = leased(store, 1).await;
    let (id, seen, told) = (first.alert.id, first.delivery, event(&user(1), at(50), 1));
    let next = settled(seen.clone(), at(50), Settlement::GivenUp("450".to_owned())).unwrap();
    let others = [Delivery { state: State::Queued, ..seen.clone() }, Delivery { attempts: 2, ..seen.clone() }];
    for other in others {
        assert!(!store.replace(id, &other, &next, Some(told.clone())).await.unwrap(), "{other:?}");
        assert_eq!((delivery(store, id).await, store.next_event_due().await.unwrap()), (seen.clone(), None));
    }
    let answers = vec![Answered { alert: id, answer: Answer::Denied, by: Speaker::USER }];
    let answered = Commit { logins: Vec::new(), answers, ..commit_with_alert(&user(1), 1, at(1), 2) };
    store.commit(answered).await.unwrap();
    let many = (0..8).map(|_| store.replace(id, &seen, &next, Some(told.clone())));
    let replaced = futures_util::future::join_all(many).await;
    assert_eq!(replaced.iter().filter(|it| *it.as_ref().unwrap()).count(), 1, "one of many is first");
    let failed = delivery(store, id).await;
    let own = Statement { answer: Answer::Denied, by: Some(AnsweredBy::User), at: Some(at(1)), author: None };
    let given = Delivery { statements: Statements { own: Some(own), colleague: None }, ..next };
    assert_eq!(failed, given, "answers change in another way");
    assert_eq!(store.lease_events(at(50), at(100), &Room::of(9)).await.unwrap().len(), 1, "told with it, once");
    let again = requeued(failed.clone(), at(60), Some("new@example.com".to_owned())).unwrap();
    assert!(store.replace(id, &failed, &again, None).await.unwrap());
    assert_eq!(delivery(store, id).await, again, "what is none is forgotten");
    assert_eq!(store.next_due().await.unwrap(), Some(at(60)));
}

async fn an_attempt_that_failed_of_us_does_not_count(store: &Arc<dyn Store>) {
    let first = leased(store, 1).await;
    assert_eq!((first.attempt, first.fence, first.since), (1, 1, at(0)));
    settle(store, &first, Settlement::Postponed(at(70), "535".to_owned())).await;
    let waiting = delivery(store, first.alert.id).await;
    assert_eq!((waiting.state, waiting.attempts, waiting.counted()), (State::Queued, 1, 0));
    assert_eq!((waiting.due_at, waiting.last_error.as_deref()), (Some(at(70)), Some("535")));
    let second = store.lease(at(70), at(170), 1).await.unwrap().remove(0);
    assert_eq!((second.attempt, second.fence), (1, 2));
    settle(store, &second, Settlement::RetryAt(at(80), "450".to_owned())).await;
    assert_eq!(store.lease(at(80), at(180), 1).await.unwrap()[0].attempt, 2);
}

async fn what_was_given_up_may_be_sent_again(store: &Arc<dyn Store>) {
    let first = leased(store, 1).await;
    let id = first.alert.id;
    settle(store, &first, Settlement::GivenUp("421 for three days".to_owned())).await;
    let over = delivery(store, id).await;
    assert_eq!((over.state, over.recipient.as_deref()), (State::Failed, Some("ana@example.com")));
    assert_eq!(store.next_due().await.unwrap(), None);
    assert_eq!(deliveries(store).requeue(id, at(DAY_MS), None).await.unwrap(), Requeued::Queued);
    let again = delivery(store, id).await;
    assert_eq!((again.state, again.due_at, again.resent_at), (State::Queued, Some(at(DAY_MS)), Some(at(DAY_MS))));
    assert_eq!((again.counted(), again.settled_at, again.last_error), (0, None, None));
    let second = store.lease(at(DAY_MS), at(2 * DAY_MS), 1).await.unwrap().remove(0);
    assert_eq!((second.attempt, second.since, second.fence), (1, at(DAY_MS), 2), "the plan begins anew");
    settle(store, &second, Settlement::Sent).await;
    assert_eq!(delivery(store, id).await.recipient, None);
}

async fn what_was_held_back_may_be_sent_again(store: &Arc<dyn Store>) {
    for (number, why) in [(1, Suppressed::Storm), (2, Suppressed::AddressSuppressed), (3, Suppressed::RateLimited)] {
        let first = leased(store, number).await;
        settle(store, &first, Settlement::Suppressed(why)).await;
        let over = delivery(store, first.alert.id).await;
        assert_eq!((over.state, over.suppressed, over.recipient.is_some()), (State::Suppressed, Some(why), false));
        assert_eq!((over.settled_at, over.due_at), (Some(at(50)), None));
        let outcome = deliveries(store).requeue(first.alert.id, at(60), None).await.unwrap();
        assert_eq!(outcome, Requeued::Not(NotRequeued::NoRecipient));
        let given = deliveries(store).requeue(first.alert.id, at(60), Some("new@example.com")).await.unwrap();
        assert_eq!(given, Requeued::Queued);
        let second = store.lease(at(60), at(100), 9).await.unwrap().remove(0);
        assert_eq!(second.recipient, "new@example.com");
        assert_eq!(second.held, None, "as a single mail");
        settle(store, &second, Settlement::Sent).await;
    }
}

async fn only_what_is_over_is_sent_again(store: &Arc<dyn Store>) {
    let recipient = Some("ana@example.com");
    let unknown = AlertId(samples::id(&user(1), at(0), 1));
    assert_eq!(deliveries(store).requeue(unknown, at(0), recipient).await.unwrap(), Requeued::Unknown);
    let first = leased(store, 1).await;
    assert_eq!(
        deliveries(store).requeue(first.alert.id, at(0), recipient).await.unwrap(),
        Requeued::Not(NotRequeued::NotOver),
        "being sent"
    );
    settle(store, &first, Settlement::Sent).await;
    assert_eq!(
        deliveries(store).requeue(first.alert.id, at(0), recipient).await.unwrap(),
        Requeued::Not(NotRequeued::NotOver),
        "sent"
    );
    assert_eq!(store.next_due().await.unwrap(), None);
}

async fn of_many_who_change_a_delivery_one_is_first(store: &Arc<dyn Store>) {
    let (first, deliveries) = (leased(store, 1).await, deliveries(store));
    let (id, told) = (first.alert.id, event(&user(1), at(55), 1));
    settle(store, &first, Settlement::Sent).await;
    let many = (0..8).map(|_| deliveries.bounce(id, at(55), "550 5.1.1", &told));
    let bounced = futures_util::future::join_all(many).await;
    assert_eq!(bounced.into_iter().filter(|it| *it.as_ref().unwrap()).count(), 1, "failed once");
    let many = (0..8).map(|_| deliveries.requeue(id, at(60), Some("ana@example.com")));
    let outcomes: Vec<Requeued> = futures_util::future::join_all(many).await.into_iter().map(Result::unwrap).collect();
    let queued = outcomes.iter().filter(|it| **it == Requeued::Queued).count();
    let late = outcomes.iter().filter(|it| **it == Requeued::Not(NotRequeued::NotOver)).count();
    assert_eq!((queued, late), (1, 7), "whoever lost has read again: {outcomes:?}");
}

async fn a_mail_that_comes_back_has_failed_and_the_tenant_is_told(store: &Arc<dyn Store>) {
    let told = || event(&user(1), at(55), 1);
    let first = leased(store, 1).await;
    let bounce = async |id| deliveries(store).bounce(id, at(55), "550 5.1.1", &told()).await.unwrap();
    assert!(!bounce(first.alert.id).await, "not sent yet");
    assert!(!bounce(AlertId(samples::id(&user(9), at(0), 9))).await, "unknown");
    assert_eq!(store.next_event_due().await.unwrap(), None);
    settle(store, &first, Settlement::Sent).await;
    assert!(bounce(first.alert.id).await);
    let failed = delivery(store, first.alert.id).await;
    assert_eq!((failed.state, failed.last_error.as_deref()), (State::Failed, Some("550 5.1.1")));
    assert_eq!((failed.settled_at, failed.due_at), (Some(at(55)), None));
    assert!(!bounce(first.alert.id).await, "once");
    let told_of = store.lease_events(at(60), at(100), &Room::of(9)).await.unwrap();
    assert_eq!(told_of.iter().map(|it| it.event.clone()).collect::<Vec<_>>(), [told()]);
}

async fn a_digest_is_due_when_it_is_planned(store: &Arc<dyn Store>) {
    let mut commit = commit_with_alert(&user(1), 0, at(0), 1);
    commit.logins[0].alert.as_mut().unwrap().1 = Delivery::collected(at(HOUR_MS), "ana@example.com".to_owned());
    store.commit(commit).await.unwrap();
    assert!(store.lease(at(HOUR_MS - 1), at(2 * HOUR_MS), 9).await.unwrap().is_empty());
    let leased = store.lease(at(HOUR_MS), at(2 * HOUR_MS), 9).await.unwrap().remove(0);
    assert_eq!(leased.held, Some(Suppressed::RateLimited));
    settle(store, &leased, Settlement::Sent).await;
    let sent = delivery(store, leased.alert.id).await;
    assert_eq!((sent.state, sent.suppressed), (State::Sent, Some(Suppressed::RateLimited)));
}

async fn what_is_held_waits_and_keeps_its_recipient(store: &Arc<dyn Store>) {
    let first = leased(store, 1).await;
    assert_eq!(first.held, None);
    settle(store, &first, Settlement::Held(at(HOUR_MS), Suppressed::Storm)).await;
    let held = delivery(store, first.alert.id).await;
    assert_eq!((held.state, held.suppressed, held.due_at), (State::Queued, Some(Suppressed::Storm), Some(at(HOUR_MS))));
    assert_eq!((held.attempts, held.counted(), held.settled_at, held.last_error), (1, 0, None, None));
    assert_eq!(held.recipient.as_deref(), Some("ana@example.com"));
    assert_eq!(store.next_due().await.unwrap(), Some(at(HOUR_MS)));
    let second = store.lease(at(HOUR_MS), at(2 * HOUR_MS), 1).await.unwrap().remove(0);
    assert_eq!((second.held, second.attempt, second.fence), (Some(Suppressed::Storm), 1, 2));
    settle(store, &second, Settlement::Held(at(2 * HOUR_MS), Suppressed::RateLimited)).await;
    assert_eq!(
        delivery(store, first.alert.id).await.suppressed,
        Some(Suppressed::RateLimited),
        "for another reason now"
    );
}

async fn what_is_held_until_the_same_time_is_leased_together(store: &Arc<dyn Store>) {
    for number in 1..=9 {
        store.commit(commit_with_alert(&user(number), 0, at(0), number)).await.unwrap();
    }
    let waits = |at_ms| Settlement::RetryAt(at(at_ms), "not held".to_owned());
    let held = |at_ms| Settlement::Held(at(at_ms), Suppressed::Storm);
    let plan = [waits(60), waits(60), held(61), held(61), held(61), held(61), held(61), held(62), waits(62)];
    for (it, settlement) in store.lease(at(0), at(55), 9).await.unwrap().iter().zip(plan) {
        settle(store, it, settlement).await;
    }
    let first = store.lease(at(62), at(HOUR_MS), 3).await.unwrap();
    assert_eq!(first.iter().filter(|it| it.held.is_some()).count(), 5, "{first:?}");
    assert_eq!(first.len(), 7, "all that are held until the same time as the third");
    for _ in 0..2 {
        assert_eq!(store.lease(at(62), at(HOUR_MS), 1).await.unwrap().len(), 1, "what is not held is not theirs");
    }
    assert!(store.lease(at(62), at(HOUR_MS), 9).await.unwrap().is_empty());
}

async fn what_an_older_version_held_back_in_a_storm_may_be_sent_again(store: &Arc<dyn Store>) {
    let mut commit = commit_with_alert(&user(1), 0, at(0), 1);
    let (alert, delivery) = commit.logins[0].alert.as_mut().unwrap();
    *delivery =
        Delivery { recipient: Some("ana@example.com".to_owned()), ..Delivery::suppressed(at(0), Suppressed::Storm) };
    let id = alert.id;
    store.commit(commit).await.unwrap();
    assert_eq!(deliveries(store).requeue(id, at(60), None).await.unwrap(), Requeued::Queued);
    let again = store.lease(at(60), at(100), 1).await.unwrap().remove(0);
    assert_eq!((again.recipient.as_str(), again.held), ("ana@example.com", None));
}
