//! Which logins match: examples, and what holds for all.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};
use watchlight::domain::{
    alert::alert::{Answer, Delivery, State},
    history::login_record::LoginRecord,
    ids::LoginId,
    kept_address::KeptAddress,
    privacy::note::Verdict,
    search::{
        clear::facets::{ClearLogin, Facets},
        clear::tally::{Counted, Tally},
        field::Field,
        matching::LoginFacts,
        needs::Need,
        parser::parse,
        query::{Query, Term},
        times::Span,
        truth::Truth::{self, No, Unknown, Yes},
        value::Value,
    },
};

use crate::{
    search::anything::{answered, delivery, login, query},
    store::samples,
};

fn asked(text: &str) -> Query {
    parse(text, samples::at(0)).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn full() -> LoginRecord {
    samples::login(&samples::user(3), samples::at(0), 5)
}

#[test]
fn a_login_has_what_its_record_says() {
    let login = full();
    let facts = LoginFacts::of(&login);
    for (text, expected) in [
        ("", Yes),
        ("user:u_42 country:SE asn:29518 level:medium outcome:success", Yes),
        ("user:u_42 country:BR", No),
        ("country:BR,SE", Yes),
        ("-country:BR,SE", No),
        ("risk:0.64 risk>0.6 risk<0.65 risk>=0.64 risk<=0.64", Yes),
        ("risk>0.64", No),
        ("method:social:example session:s_19", Yes),
        ("session:s_1", No),
        ("signal:new_country", Yes),
        ("signal:new_country signal:new_device", No),
        ("signal:new_device,new_country", Yes),
        ("ip:2a02:1810::/32", Yes),
        ("policy:pol_0102030405060708", Yes),
        ("last:1m", Yes),
        ("since:2026-11-01 until:2027-12-31", Yes),
        ("until:2026-11-01", No),
        ("mail:none", No),
        ("-mail:none", Yes),
    ] {
        assert_eq!(asked(text).matches(&facts), expected, "{text}");
    }
    assert_eq!(asked(&format!("login:{0} alert:alr_{1}", login.id, &login.id.to_string()[4..])).matches(&facts), Yes);
}

#[test]
fn what_a_login_does_not_have_is_no_value_of_it() {
    let login = samples::bare_login(&samples::user(3), samples::at(0));
    let facts = LoginFacts::of(&login);
    for (text, expected) in [
        ("country:SE", No),
        ("-country:SE", Yes),
        ("asn:1", No),
        ("-method:otp", Yes),
        ("session:s_19", No),
        ("browser:unknown os:unknown", Yes),
        ("-browser:chrome", Yes),
        ("policy:pol_0102030405060708", No),
        ("mail:none", Yes),
        // Nobody was told, so nobody has answered, whatever would be looked up.
        ("mail:sent,failed", No),
        ("answer:none", No),
        ("-answer:confirmed", Yes),
        ("ref:7KQ2MX", No),
    ] {
        assert_eq!(asked(text).matches(&facts), expected, "{text}");
    }
}

#[test]
fn what_nobody_has_looked_up_is_not_known() {
    let login = full();
    let bare = LoginFacts::of(&login);
    let queued = Delivery::queued(samples::at(0), "ana@example.com".to_owned());
    let sent = Delivery { state: State::Sent, statements: answered(Answer::Denied), ..queued };
    let like = format!("like:{}", login.id);
    let judged = format!("judged:{}", samples::at(0).to_text());
    let known = LoginFacts {
        delivery: Some(&sent),
        reference: Some("7KQ2MX"),
        email: Some("ana@example.com"),
        is_noted: Some(true),
        verdict: Some(Some((Verdict::Unsure, samples::at(0)))),
        like: Some((login.id, true)),
        ..bare
    };
    for (text, need, expected) in [
        ("mail:sent", Need::Deliveries, Yes),
        ("mail:failed,suppressed", Need::Deliveries, No),
        ("answer:denied", Need::Deliveries, Yes),
        ("answer:none", Need::Deliveries, No),
        ("ref:7KQ2MX", Need::References, Yes),
        ("ref:7KQ2MY", Need::References, No),
        ("email:Ana@example.com", Need::Emails, Yes),
        ("email:bob@example.com", Need::Emails, No),
        ("note:any", Need::Notes, Yes),
        ("note:none", Need::Notes, No),
        ("verdict:unsure,safe", Need::Notes, Yes),
        ("verdict:compromised", Need::Notes, No),
        ("verdict:none", Need::Notes, No),
        (judged.as_str(), Need::Notes, Yes),
        ("judged:2099-01-01", Need::Notes, No),
        (like.as_str(), Need::Likeness, Yes),
    ] {
        let query = asked(text);
        assert_eq!(
            (query.needs(), query.matches(&bare), query.matches(&known)),
            (vec![need], Unknown, expected),
            "{text}"
        );
        assert_eq!(asked(&format!("-{text}")).matches(&known), !expected, "-{text}");
        assert_eq!(asked(&format!("{text} country:BR")).matches(&bare), No, "what is known decides");
    }
    let other = LoginFacts { like: Some((samples::bare_login(&samples::user(4), samples::at(9)).id, true)), ..bare };
    assert_eq!(asked(&like).matches(&other), Unknown, "it was compared with another login");
}

#[test]
fn of_an_address_that_has_faded_only_the_network_is_known() {
    let address: std::net::IpAddr = "203.0.113.77".parse().unwrap();
    let login = LoginRecord { ip: KeptAddress::from(address).shortened(), ..full() };
    for (text, expected) in [
        ("ip:203.0.113.0/24", Yes),
        ("ip:203.0.0.0/16", Yes),
        ("ip:203.0.113.77", Unknown),
        ("-ip:203.0.113.77", Unknown),
        ("ip:203.0.113.128/25", Unknown),
        ("ip:203.0.114.0/24", No),
        ("-ip:203.0.113.0/24", No),
    ] {
        assert_eq!(asked(text).matches(&LoginFacts::of(&login)), expected, "{text}");
    }
}

/// The tally of some logins, of every dimension.
fn tally(logins: &[Facets]) -> Tally {
    let mut counts = BTreeMap::new();
    for counted in logins.iter().flat_map(Counted::of) {
        *counts.entry(counted).or_insert(0) += 1;
    }
    Tally { logins: logins.len() as u64, counts: counts.into_iter().collect() }
}

proptest! {
    #[test]
    fn counts_never_deny_a_login_and_are_exact_where_they_say_so(query in query(), logins in vec(login(), 1..4)) {
        let tally = tally(&logins.iter().map(Facets::of).collect::<Vec<_>>());
        let found = |it: &dyn Fn(&LoginFacts<'_>) -> Truth| {
            logins.iter().filter(|login| it(&LoginFacts::of(login)).is_possible()).count() as u64
        };
        for term in query.terms() {
            let holds = found(&|facts| term.matches(facts));
            if let Some(told) = tally.matching(term) {
                prop_assert_eq!(told, holds, "{}", term);
            }
            let of_one_field = !matches!(term.field(), Field::Risk | Field::Signal | Field::Login);
            if term.values().iter().all(Value::is_clear) && of_one_field {
                prop_assert_eq!(tally.matching(term), Some(holds), "{}", term);
            }
        }
        if !tally.may_have(&query) {
            prop_assert_eq!(found(&|facts| query.matches(facts)), 0, "{}", query);
        }
    }

    #[test]
    fn what_stands_in_the_clear_never_contradicts_the_record(query in query(), login in login()) {
        let login = LoginRecord { id: LoginId::first_at(login.occurred_at), ..login };
        let clear = ClearLogin { id: login.id, facets: Some(Facets::of(&login)) };
        let (told, is_so) = (query.matches_clear(&clear), query.matches(&LoginFacts::of(&login)));
        prop_assert!(told == Unknown || told == is_so, "{}", query);
        if query.is_clear() {
            prop_assert_eq!(told, is_so, "{}", query);
        }
        if !query.is_narrowed_in_clear() && query.span().contains(login.occurred_at) {
            prop_assert!(told.is_possible(), "{}", query);
        }
        let unknown = query.matches_clear(&ClearLogin { facets: None, ..clear });
        prop_assert!(unknown == Unknown || unknown == is_so, "{}", query);
    }

    #[test]
    fn more_terms_find_no_more_logins(query in query(), more in query(), login in login()) {
        let facts = LoginFacts::of(&login);
        prop_assert_eq!(
            query.clone().and(more.clone()).matches(&facts),
            Truth::all([query.matches(&facts), more.matches(&facts)])
        );
    }

    #[test]
    fn a_term_and_its_negation_are_opposites(query in query(), login in login()) {
        for term in query.terms() {
            let opposite = Term::new(!term.is_negated(), term.values().to_vec()).unwrap();
            let facts = LoginFacts::of(&login);
            prop_assert_eq!(opposite.matches(&facts), !term.matches(&facts));
        }
    }

    #[test]
    fn what_is_looked_up_never_contradicts_what_was_known(query in query(), login in login(), delivery in delivery(), is_noted: bool) {
        let bare = LoginFacts::of(&login);
        let known = LoginFacts {
            delivery: Some(&delivery),
            reference: Some("7KQ2MX"),
            email: Some("ana@example.com"),
            is_noted: Some(is_noted),
            verdict: Some(None),
            like: None,
            ..bare
        };
        let (before, after) = (query.matches(&bare), query.matches(&known));
        prop_assert!(before == Unknown || before == after);
        let needs: BTreeSet<Need> = query.needs().into_iter().collect();
        if needs.is_empty() {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn all_times_together_miss_no_login(login in login(), at in -5_i64..5) {
        let at = samples::at(at * 43_200_000);
        let halves = [Span::new(None, Some(at)), Span::new(Some(at), None)];
        let found = halves.map(|it| Query::new([], it).matches(&LoginFacts::of(&login)));
        prop_assert_eq!(found.iter().filter(|it| **it == Yes).count(), 1);
    }
}
