//! What `ports::Store` promises of mails that are sent again or come back, of mailboxes that get no more mail, and of
//! counters, asked of every store there is.

use std::sync::Arc;

use watchlight::{
    domain::{
        alert::{
            alert::{Answer, Delivery, State, Suppressed},
            delivery::{NotRequeued, Settlement, requeued, settled},
            suppression::{Cause, Suppression},
        },
        history::session::Session,
        ids::{AlertId, EmailKey, TenantId},
        policy::{change::PolicyChange, policy::PolicyVersion},
        time::{DAY_MS, HOUR_MS},
        turns::Room,
    },
    ports::{Commit, Count, LeasedAlert, SessionChange, Store},
    service::alert::deliveries::Requeued,
};

use crate::{
    store::{
        contract::contract,
        samples::{self, acme, at, commit_with_alert, event, user},
    },
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
    mailboxes_are_put_on_the_list_and_taken_off
    counters_add_up_and_expire
    a_session_is_replaced_only_by_who_has_read_it
    a_policy_is_replaced_only_by_who_has_read_it
    policies_are_kept_as_long_as_the_logins_that_they_judged
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
    let answers = vec![(id, Answer::Denied)];
    let answered = Commit { logins: Vec::new(), answers, ..commit_with_alert(&user(1), 1, at(1), 2) };
    store.commit(answered).await.unwrap();
    let many = (0..8).map(|_| store.replace(id, &seen, &next, Some(told.clone())));
    let replaced = futures_util::future::join_all(many).await;
    assert_eq!(replaced.iter().filter(|it| *it.as_ref().unwrap()).count(), 1, "one of many is first");
    let failed = delivery(store, id).await;
    assert_eq!(failed, Delivery { answer: Answer::Denied, ..next }, "answers change in another way");
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

async fn mailboxes_are_put_on_the_list_and_taken_off(store: &Arc<dyn Store>) {
    let other = TenantId::parse("other").unwrap();
    let (ana, ben) = (EmailKey([1; 16]), EmailKey([2; 16]));
    let why = |cause, time| Suppression { cause, since: at(time) };
    assert!(store.suppressions(&[]).await.unwrap().is_empty());
    assert!(store.suppress(&acme(), ana, why(Cause::Refused, 1)).await.unwrap());
    assert!(!store.suppress(&acme(), ana, why(Cause::Complained, 2)).await.unwrap(), "there already");
    assert!(store.suppress(&acme(), ben, why(Cause::Bounced, 3)).await.unwrap());
    assert!(store.suppress(&other, ben, why(Cause::Bounced, 4)).await.unwrap());
    let asked = [(acme(), ben), (other.clone(), ana), (acme(), ana), (other.clone(), ben)];
    let expected = [Some(why(Cause::Bounced, 3)), None, Some(why(Cause::Refused, 1)), Some(why(Cause::Bounced, 4))];
    assert_eq!(store.suppressions(&asked).await.unwrap(), expected);
    let counts = async |tenant: &TenantId| {
        let mut counts = store.count_suppressions(tenant).await.unwrap();
        counts.retain(|(_, count)| *count > 0);
        counts.sort_unstable();
        counts
    };
    assert_eq!(counts(&acme()).await, [(Cause::Refused, 1), (Cause::Bounced, 1)]);
    assert!(store.lift(&acme(), ana).await.unwrap());
    assert!(!store.lift(&acme(), ana).await.unwrap());
    assert_eq!(counts(&acme()).await, [(Cause::Bounced, 1)]);
    assert_eq!(counts(&other).await, [(Cause::Bounced, 1)]);
}

async fn counters_add_up_and_expire(store: &Arc<dyn Store>) {
    let count = |key: u8, add, until| Count { key: [key; 16], add, expires_at: at(until) };
    let ask = async |counts: &[Count], now| store.count(counts, at(now)).await.unwrap();
    assert_eq!(ask(&[count(1, 0, HOUR_MS)], 0).await, [0]);
    assert_eq!(ask(&[count(1, 2, HOUR_MS), count(2, 1, DAY_MS), count(1, 1, DAY_MS)], 0).await, [2, 1, 3]);
    assert_eq!(ask(&[count(1, 0, HOUR_MS), count(2, 0, HOUR_MS)], 0).await, [3, 1]);
    // Redis goes by its own clock: there a counter that lives for a millisecond is gone when it is asked again.
    assert_eq!(ask(&[count(3, 7, 1)], 0).await, [7]);
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    assert_eq!(ask(&[count(3, 0, 9)], 2).await, [0]);
    assert_eq!(ask(&[count(3, 1, HOUR_MS)], 2).await, [1], "anew");
    store.trim(at(2), at(-DAY_MS)).await.unwrap();
    assert_eq!(ask(&[count(3, 1, HOUR_MS), count(1, 0, 0)], 3).await, [2, 3], "what has not expired is kept");
    let once = [count(4, 1, HOUR_MS)];
    let many = futures_util::future::join_all((0..20).map(|_| ask(&once, 0))).await;
    let mut values: Vec<u64> = many.concat();
    values.sort_unstable();
    assert_eq!(values, (1..=20).collect::<Vec<u64>>(), "each sees another value");
}

async fn a_session_is_replaced_only_by_who_has_read_it(store: &Arc<dyn Store>) {
    let (ana, key) = (user(1), [7; 16]);
    let session = samples::session();
    let of = |version, session| SessionChange { version, session, now: at(0), life_ms: DAY_MS };
    assert_eq!(store.session(&ana, key).await.unwrap(), None);
    assert!(!store.put_session(&ana, key, of(1, &session)).await.unwrap(), "there is none to replace");
    assert!(store.put_session(&ana, key, of(0, &session)).await.unwrap());
    assert!(!store.put_session(&ana, key, of(0, &session)).await.unwrap(), "there is one by now");
    let next = Session { calls: 99, ..session.clone() };
    assert!(store.put_session(&ana, key, of(1, &next)).await.unwrap());
    assert!(!store.put_session(&ana, key, of(1, &session)).await.unwrap(), "it was read before the last change");
    assert_eq!(store.session(&ana, key).await.unwrap(), Some((2, next)));
    assert_eq!(store.session(&ana, [8; 16]).await.unwrap(), None);
    store.trim(at(DAY_MS - 1), at(-DAY_MS)).await.unwrap();
    assert!(store.session(&ana, key).await.unwrap().is_some());
}

async fn a_policy_is_replaced_only_by_who_has_read_it(store: &Arc<dyn Store>) {
    let (change, other) = (samples::policy_change(), TenantId::parse("other").unwrap());
    assert_eq!(store.policy(&acme()).await.unwrap(), (0, PolicyChange::default()));
    assert!(!store.put_policy(&acme(), 1, &change).await.unwrap(), "there is none to replace");
    assert!(store.put_policy(&acme(), 0, &change).await.unwrap());
    assert!(!store.put_policy(&acme(), 0, &change).await.unwrap(), "there is one by now");
    assert_eq!(store.policy(&acme()).await.unwrap(), (1, change));
    assert!(store.put_policy(&acme(), 1, &PolicyChange::default()).await.unwrap());
    assert_eq!(store.policy(&acme()).await.unwrap(), (2, PolicyChange::default()));
    assert_eq!(store.policy(&other).await.unwrap(), (0, PolicyChange::default()));
    let nothing = PolicyChange::default();
    let many = futures_util::future::join_all((0..8).map(|_| store.put_policy(&other, 0, &nothing))).await;
    assert_eq!(many.into_iter().filter(|it| *it.as_ref().unwrap()).count(), 1, "of many writers one is first");
}

async fn policies_are_kept_as_long_as_the_logins_that_they_judged(store: &Arc<dyn Store>) {
    let (whole, other) = (samples::policy_change(), TenantId::parse("other").unwrap());
    let version = |it| PolicyVersion([it; 8]);
    let kept = async |it| store.kept_policy(&acme(), version(it)).await.unwrap();
    store.keep_policy(&acme(), version(1), &whole, at(0)).await.unwrap();
    store.keep_policy(&acme(), version(1), &whole, at(DAY_MS)).await.unwrap();
    assert_eq!((kept(1).await, kept(2).await), (Some(whole), None));
    assert_eq!(store.kept_policy(&other, version(1)).await.unwrap(), None);
    store.trim(at(DAY_MS), at(DAY_MS)).await.unwrap();
    assert!(kept(1).await.is_some(), "it has judged since");
}
