//! Operators in a store that goes away, and what the console shows then.

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::OperatorId,
        operator::{
            operator::Operator,
            role::Role,
            session::{OperatorSession, SessionKey},
        },
        time::Timestamp,
    },
    ports::{OperatorSessionStore, OperatorStore, Unavailable},
};

use std::sync::{Arc, atomic::Ordering};

use crate::{
    console::people::{PASSWORD, form, joined, sign_in, signed_in},
    http::{
        server::{Answer, CHROME, Client, FIREFOX, Options, Server, login},
        store_goes_away::Leaving,
    },
};

#[async_trait]
impl OperatorStore for Leaving {
    async fn operators(&self) -> Result<Vec<Operator>, Unavailable> {
        self.answers()?;
        self.inner.operators().await
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<(u64, Operator)>, Unavailable> {
        self.answers()?;
        self.inner.operator(id).await
    }

    async fn put_operator(&self, times: u64, operator: &Operator) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.put_operator(times, operator).await
    }

    async fn remove_operator(&self, id: OperatorId, times: u64) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.remove_operator(id, times).await
    }
}

#[async_trait]
impl OperatorSessionStore for Leaving {
    async fn operator_session(&self, key: SessionKey) -> Result<Option<OperatorSession>, Unavailable> {
        self.answers()?;
        self.inner.operator_session(key).await
    }

    async fn begin_operator_session(
        &self,
        key: SessionKey,
        session: &OperatorSession,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.begin_operator_session(key, session, now).await
    }

    async fn renew_operator_session(
        &self,
        key: SessionKey,
        session: &OperatorSession,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.renew_operator_session(key, session, now).await
    }

    async fn end_operator_session(&self, key: SessionKey) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.end_operator_session(key).await
    }
}

/// One login that is suspicious, and an analyst in a browser.
fn looked_into(store: &Arc<Leaving>) -> (Server, String, Client) {
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    server.client().login(&login("ana", CHROME));
    let taken = server.client().login(&login("ana", FIREFOX)).value()["id"].as_str().unwrap().to_owned();
    let client = signed_in(&server, &joined(&server, "kim@example.com", Role::Admin, &["acme"]));
    (server, taken, client)
}

/// Asks again and again of a store that answers once more each time, until it answers often enough.
fn ask_until_done(store: &Leaving, what: &str, ask: impl Fn() -> Answer) -> Answer {
    for answers_left in 0..200 {
        store.answers_left.store(answers_left, Ordering::SeqCst);
        let unanswered = store.unanswered.load(Ordering::SeqCst);
        let answer = ask();
        let was_away = store.unanswered.load(Ordering::SeqCst) > unanswered;
        store.answers_left.store(usize::MAX, Ordering::SeqCst);
        if answer.status != 503 {
            assert!(answer.status < 400 && (!was_away || answer.status == 200), "{what}, {answers_left}: {answer:?}");
            return answer;
        }
        assert!(was_away && answers_left < 199, "{what}, {answers_left}: {answer:?}");
        assert!(answer.body.contains("The store does not answer"), "{what}, {answers_left}: {answer:?}");
        assert!(!answer.body.contains("canary") && answer.header("retry-after").is_some(), "{what}: {answer:?}");
    }
    unreachable!()
}

#[test]
fn a_page_whose_store_goes_away_says_so_wherever_it_was() {
    let store = Leaving::new();
    let (server, id, client) = looked_into(&store);
    let other = server.client().get("/v1/logins").value()["data"][1]["id"].as_str().unwrap().to_owned();
    let device = server.client().get("/v1/users/ana/devices").value()["data"][0]["id"].as_str().unwrap().to_owned();
    let paths = [
        "/console/".to_owned(),
        "/console/search?q=user%3Aana".to_owned(),
        format!("/console/logins/{id}"),
        "/console/users/ana".to_owned(),
        format!("/console/users/ana/devices/{device}"),
        format!("/console/compare/{id}/{other}"),
        "/console/about?q=ip%3A81.2.69.142".to_owned(),
        "/console/campaign?q=ip%3A81.2.69.142".to_owned(),
        format!("/console/case?login={id}"),
        "/console/rehearse?q=user%3Aana&new_device=0.9".to_owned(),
        "/console/audit".to_owned(),
        "/console/users/ana/reads".to_owned(),
        "/console/settings".to_owned(),
        "/console/settings/searches".to_owned(),
        "/console/settings/policy".to_owned(),
        "/console/settings/webhooks".to_owned(),
        "/console/settings/operators".to_owned(),
    ];
    for path in paths {
        let page = ask_until_done(&store, &path, || client.get(&path));
        assert!(page.body.contains("</html>"), "{path}: {page:?}");
    }
    store.answers_left.store(0, Ordering::SeqCst);
    let away = client.get("/console/search?q=user%3Aana").body;
    assert!(away.contains("<a href=\"/console/search?q=user%3Aana\">Try again</a>"), "{away}");
}

#[test]
fn a_form_that_is_sent_again_until_the_store_answers_is_done_once() {
    let store = Leaving::new();
    let (server, id, client) = looked_into(&store);
    let path = format!("/console/logins/{id}/verdict");
    let judged = form(&[("seen", ""), ("verdict", "compromised"), ("reason", "called")]);
    let answer = ask_until_done(&store, &path, || client.post(&path, &judged));
    assert_eq!(answer.status, 303, "{answer:?}");
    let notes = server.client().get(&format!("/v1/logins/{id}/notes")).value();
    assert_eq!(notes["data"].as_array().unwrap().len(), 1, "{notes}");
    let trusts = server.client().get("/v1/users/ana/devices").value();
    let trusts: Vec<&str> = trusts["data"].as_array().unwrap().iter().map(|it| it["trust"].as_str().unwrap()).collect();
    assert_eq!(trusts.iter().filter(|it| **it == "denied").count(), 1, "{trusts:?}");
    store.answers_left.store(0, Ordering::SeqCst);
    let away = client.post(&path, &judged);
    assert!(
        away.status == 503 && away.body.contains("is not done twice") && !away.body.contains("Try again"),
        "{away:?}"
    );
    // What was typed is on that page, to be sent from there; however much of the store is away.
    let path = format!("/console/logins/{id}/notes");
    for answers_left in 0..3 {
        store.answers_left.store(answers_left, Ordering::SeqCst);
        let away = client.post(&path, form(&[("text", "she knows <nothing>")]));
        assert_eq!(away.status, 503, "{answers_left}: {away:?}");
        for said in
            ["she knows &#60;nothing&#62;", "Keep the note", &format!("<form method=\"post\" action=\"{path}\">")]
        {
            assert!(away.body.contains(said), "{answers_left}: {said}: {away:?}");
        }
    }
}

#[test]
fn two_who_judge_one_login_at_once_are_both_heard() {
    let store = Leaving::new();
    let (server, id, kim) = looked_into(&store);
    let lee = signed_in(&server, &joined(&server, "lee@example.com", Role::Analyst, &["acme"]));
    let path = format!("/console/logins/{id}/verdict");
    let judge = |client: &Client, verdict: &str| {
        let answer = client.post(&path, form(&[("verdict", verdict), ("reason", "looked into")]));
        assert_eq!(answer.status, 303, "{answer:?}");
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| judge(&kim, "compromised"));
            scope.spawn(|| judge(&lee, "safe"));
        }
    });
    let notes = server.client().get(&format!("/v1/logins/{id}/notes")).value();
    let notes = notes["data"].as_array().unwrap();
    let mut told: Vec<(&str, &str)> =
        notes.iter().map(|it| (it["author"].as_str().unwrap(), it["verdict"].as_str().unwrap())).collect();
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 2, "{notes:?}");
    // What both see is the same, and the device of which one has said that it is a stranger's is denied.
    let pages = [&kim, &lee].map(|it| it.get(&format!("/console/logins/{id}")).body);
    assert!(pages[0].contains("<bdi>lee@example.com</bdi>"), "who may list operators is told who it was: {}", pages[0]);
    assert!(pages[1].contains("<bdi>opr_") && !pages[1].contains("kim@example.com"), "{}", pages[1]);
    let said = pages.map(|it| it.split("<strong>Judged ").nth(1).unwrap().split('<').next().unwrap().to_owned());
    assert_eq!(said[0], said[1]);
    assert!(["compromised", "safe"].contains(&said[0].as_str()), "{said:?}");
    assert!(server.client().get("/v1/users/ana/devices").body.contains("denied"));
    assert!(kim.get("/console/").body.contains("Nothing is open"));
}

#[test]
fn while_the_store_is_away_nobody_gets_in_and_is_told_so() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let client = signed_in(&server, &ana);
    assert_eq!(client.get("/console/").status, 200);
    for answers_left in 0..2 {
        store.answers_left.store(answers_left, Ordering::SeqCst);
        let page = client.get("/console/");
        assert_eq!(page.status, 503, "{page:?}");
        assert!(page.body.contains("The store does not answer") && !page.body.contains("canary"), "{}", page.body);
        assert!(page.header("retry-after").is_some(), "{page:?}");
    }
    store.answers_left.store(0, Ordering::SeqCst);
    assert_eq!(sign_in(&server, "ana@example.com", PASSWORD).status, 503);
    store.answers_left.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(client.get("/console/").status, 200, "and nobody has to sign in anew");
}
