//! What `ports::AlertStore` promises.

use std::{ops::Range, sync::Arc};

use watchlight::{
    domain::{
        alert::{
            alert::{Answer, Answered, AnsweredBy, Delivery, Speaker, State},
            delivery::Settlement,
            selection::AlertSelection,
            statements::{Statement, Statements},
        },
        history::cutoffs::Cutoffs,
        ids::{AlertId, OperatorId, TenantId},
        time::DAY_MS,
    },
    ports::{Commit, Store},
};

use crate::store::contract::harness::{contract, cutoffs, delivery, is_stale, put};
use crate::{
    store::samples::{self, acme, at, commit, commit_with_alert, user},
    support::services::deliveries,
};

contract! {
    alerts_of_a_user_are_found
    an_alert_outlives_its_login
    answers_are_kept
    a_user_and_a_colleague_each_have_an_answer
    alerts_are_found_by_what_became_of_them
}

async fn alerts_of_a_user_are_found(store: &Arc<dyn Store>) {
    for (version, day) in (0_u8..4).enumerate() {
        let time = at(i64::from(day) * DAY_MS);
        store.commit(commit_with_alert(&user(1), version as u64, time, day)).await.unwrap();
    }
    store.commit(commit_with_alert(&user(2), 0, at(DAY_MS), 9)).await.unwrap();
    let days = |found: Vec<(watchlight::domain::alert::alert::Alert, _)>| -> Vec<i64> {
        found.iter().map(|(it, _)| it.created_at.ms_since(at(0)) / DAY_MS).collect()
    };
    let page = |before, limit| async move { store.alerts_of(&user(1), before, limit, at(0)).await.unwrap() };
    let newest = page(None, 3).await;
    let last = newest.last().map(|(it, _)| it.id);
    assert_eq!(days(newest), [3, 2, 1]);
    assert_eq!(days(page(last, 3).await), [0]);
    assert_eq!(store.alerts_of(&user(3), None, 3, at(0)).await.unwrap(), []);
    let leased = store.lease(at(0), at(1), 1).await.unwrap().remove(0);
    assert_eq!(leased.alert.id, AlertId(samples::id(&user(1), at(0), 0)));
    assert!(deliveries(store).settle(&leased, at(1), Settlement::Sent, None).await.unwrap());
    while store.trim(&cutoffs(at(9 * DAY_MS), at(DAY_MS))).await.unwrap().more {}
    assert_eq!(days(page(None, 9).await), [3, 2, 1], "forgotten with the rest");
}

async fn an_alert_outlives_its_login(store: &Arc<dyn Store>) {
    put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
    let sent = store.lease(at(0), at(1), 1).await.unwrap().remove(0);
    assert!(deliveries(store).settle(&sent, at(1), Settlement::Sent, None).await.unwrap());
    let logins_only =
        Cutoffs { alerts: at(0), full_address: at(-30 * DAY_MS), ..cutoffs(at(9 * DAY_MS), at(9 * DAY_MS)) };
    while store.trim(&logins_only).await.unwrap().more {}
    assert_eq!(store.login(&acme(), sent.alert.login).await.unwrap(), None);
    // The next commits of the user forget what is old in their indexes.
    for (version, days) in [(1, 10), (2, 11)] {
        put(store, commit_with_alert(&user(1), version, at(days * DAY_MS), 2)).await;
    }
    let alert = store.alert(sent.alert.id, at(0)).await.unwrap().unwrap().0;
    assert_eq!(alert, sent.alert);
    let (all, of_user) = (store.alerts(&acme(), None, 9, at(0)).await, store.alerts_of(&user(1), None, 9, at(0)).await);
    for found in [all.unwrap(), of_user.unwrap()] {
        assert_eq!((found.len(), found[2].0.id), (3, alert.id));
    }
    while store.trim(&Cutoffs { alerts: at(1), ..logins_only }).await.unwrap().more {}
    assert_eq!(store.alerts_of(&user(1), None, 9, at(0)).await.unwrap().len(), 2);
}

async fn answers_are_kept(store: &Arc<dyn Store>) {
    put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
    let id = AlertId(samples::id(&user(1), at(0), 1));
    let unknown = AlertId(samples::id(&user(1), at(77), 77));
    let elsewhere = AlertId(samples::id(&user(2), at(0), 1));
    let denied = |alert| Answered { alert, answer: Answer::Denied, by: Speaker::USER };
    let answers = vec![denied(unknown), denied(elsewhere), denied(id)];
    put(store, Commit { logins: Vec::new(), answers, ..commit(&user(1), 1, at(9), 2) }).await;
    assert_eq!(delivery(store, id, at(9)).await.answer(), Answer::Denied);
    assert_eq!(store.alert(unknown, at(9)).await.unwrap(), None, "an answer makes no alert");
    assert_eq!(store.load(&user(1), None, at(9)).await.unwrap().version, 2);
    let answers = vec![Answered { alert: id, answer: Answer::Confirmed, by: Speaker::API }];
    let late = Commit { answers, ..commit(&user(1), 1, at(9), 3) };
    assert!(is_stale(&store.commit(late).await));
    let told = delivery(store, id, at(9)).await.statements;
    assert_eq!((told.own, told.colleague), (Some(said(Answer::Denied, &Speaker::USER, 9)), None));
}

fn said(answer: Answer, by: &Speaker, time: i64) -> Statement {
    Statement { answer, by: Some(by.by), at: Some(at(time)), author: by.author.clone() }
}

async fn a_user_and_a_colleague_each_have_an_answer(store: &Arc<dyn Store>) {
    use Answer::{Confirmed, Denied};
    put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
    let id = AlertId(samples::id(&user(1), at(0), 1));
    let (own, api) = (Speaker::USER, Speaker::API);
    let (kim, key) = (Speaker::colleague(&OperatorId([7; 16]).to_string()), Speaker::colleague("k3y"));
    assert_eq!((kim.by, key.by), (AnsweredBy::Operator, AnsweredBy::ApiVerdict));
    // Whoever says the same later does not take the place of the first; whoever says otherwise does, on their own side.
    let (mut version, mut expected) = (1, Statements::default());
    for (answer, by, is_kept) in [
        (Confirmed, &kim, true),
        (Confirmed, &key, false),
        (Denied, &own, true),
        (Confirmed, &key, false),
        (Denied, &key, true),
        (Denied, &kim, false),
        (Denied, &api, false),
        (Confirmed, &kim, true),
        (Confirmed, &api, true),
        (Denied, &own, true),
    ] {
        let time = i64::try_from(version).unwrap();
        let answers = vec![Answered { alert: id, answer, by: by.clone() }];
        put(store, Commit { logins: Vec::new(), answers, ..commit(&user(1), version, at(time), 4) }).await;
        let side = if by.by.is_colleague() { &mut expected.colleague } else { &mut expected.own };
        if is_kept {
            *side = Some(said(answer, by, time));
        }
        let told = delivery(store, id, at(time)).await;
        assert_eq!(told.statements, expected, "{version}");
        assert_eq!(told.answer(), expected.own.as_ref().map_or(answer, |it| it.answer), "{version}");
        let is_asked = AlertSelection { states: State::ALL.to_vec(), answers: vec![told.answer()] };
        let all = AlertId([0; 16])..AlertId([0xFF; 16]);
        let found = store.selected_alerts(&acme(), &is_asked, all, 9, at(time)).await.unwrap().unwrap();
        assert!(found.iter().any(|(alert, _)| alert.id == id), "{version}: it is found by the answer that is told");
        version += 1;
    }
    let seen = delivery(store, id, at(99)).await;
    let next = Delivery { last_error: Some("450".to_owned()), ..seen.clone() };
    assert!(store.replace(id, &seen, &next, None).await.unwrap());
    assert_eq!(delivery(store, id, at(99)).await.statements, expected, "what becomes of the mail changes no answer");
}

async fn alerts_are_found_by_what_became_of_them(store: &Arc<dyn Store>) {
    for (version, number) in (0_u8..4).enumerate() {
        put(store, commit_with_alert(&user(1), version as u64, at(i64::from(number)), number)).await;
    }
    put(store, commit_with_alert(&user(2), 0, at(9), 9)).await;
    let other = TenantId::parse("other").unwrap();
    let id = |number: u8| AlertId(samples::id(&user(1), at(i64::from(number)), number));
    // The first is sent, the second is being sent until the lease runs out, and the third is answered.
    let leased = store.lease(at(10), at(20), 2).await.unwrap();
    let sent = leased.iter().find(|it| it.alert.id == id(0)).expect("the longest due is leased first");
    assert!(deliveries(store).settle(sent, at(11), Settlement::Sent, None).await.unwrap());
    put(store, Commit { tenant: other, ..commit_with_alert(&user(3), 0, at(1), 1) }).await;
    let version = store.load(&user(1), None, at(0)).await.unwrap().version;
    let answers = vec![Answered { alert: id(2), answer: Answer::Denied, by: Speaker::USER }];
    put(store, Commit { logins: Vec::new(), answers, ..commit(&user(1), version, at(11), 2) }).await;
    let everything = AlertId([0; 16])..AlertId([0xFF; 16]);
    let find = async |states: &[State], answers: &[Answer], ids: Range<AlertId>, most: usize, now: i64| {
        let selection = AlertSelection { states: states.to_vec(), answers: answers.to_vec() };
        let found = store.selected_alerts(&acme(), &selection, ids, most, at(now)).await.unwrap();
        found.map(|it| it.into_iter().map(|(alert, _)| alert.id).collect::<Vec<_>>())
    };
    let (all, any) = (State::ALL, Answer::ALL);
    assert_eq!(find(&[State::Sent], &any, everything.clone(), 9, 12).await, Some(vec![id(0)]));
    let queued = find(&[State::Queued], &any, everything.clone(), 9, 12).await.unwrap();
    let sending = find(&[State::Sending], &any, everything.clone(), 9, 12).await.unwrap();
    assert_eq!((queued.len(), sending.len()), (3, 1), "one is being sent");
    assert_eq!(
        find(&[State::Queued], &any, everything.clone(), 9, 21).await.unwrap().len(),
        4,
        "the lease has run out"
    );
    assert_eq!(find(&all, &[Answer::Denied], everything.clone(), 9, 12).await, Some(vec![id(2)]));
    assert_eq!(find(&[State::Sent], &[Answer::Denied], everything.clone(), 9, 12).await, Some(vec![]));
    assert_eq!(find(&all, &any, everything.clone(), 4, 12).await, None, "there are more");
    assert_eq!(find(&all, &[Answer::Denied], everything.clone(), 1, 12).await, Some(vec![id(2)]), "not of these");
    let whole = find(&all, &any, everything.clone(), 5, 12).await.unwrap();
    assert_eq!((whole.len(), whole.is_sorted_by(|a, b| a > b)), (5, true));
    assert_eq!(find(&all, &any, id(1)..id(3), 9, 12).await, Some(vec![id(2), id(1)]));
    let known = store.deliveries(&[id(2), id(0), id(77)], at(12)).await.unwrap();
    assert_eq!((known.len(), known[&id(0)].state, known[&id(2)].answer()), (2, State::Sent, Answer::Denied));
}
