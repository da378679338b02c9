//! Queries, parameters and logins of any kind.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use proptest::{option, prelude::*, sample::select};
use watchlight::domain::{
    agent::{Agent, Browser, Os},
    alert::{
        alert::{AlertNote, Answer, AnsweredBy, Delivery, State},
        statements::{Statement, Statements},
    },
    browser::fingerprint::Fingerprint,
    country_names::countries,
    history::login_record::{LoginFilter, LoginRecord},
    ids::{AlertId, DeviceId, LoginId, UserId},
    kept_address::KeptAddress,
    login::login::Outcome,
    place::{Asn, Country, Network, Place, Whereabouts},
    policy::policy::{Level, PolicyVersion, SignalKind},
    recognition::verdict::{DeviceStatus, DeviceVerdict},
    risk::assessment::{Assessment, Signal},
    search::{
        parameters::range,
        query::{Query, Term},
        reading::network,
        times::Span,
        value::{Comparison, Reference, Score, Value},
    },
    time::{DAY_MS, Timestamp},
};

use crate::store::samples;

/// Any of few, so that queries and logins meet.
fn small(most: u8) -> impl Strategy<Value = u8> + Clone {
    0..most
}

fn address() -> impl Strategy<Value = IpAddr> + Clone {
    let v4 = small(4).prop_map(|it| IpAddr::from(Ipv4Addr::new(203, 0, 113 + it / 2, it)));
    let v6 =
        small(4).prop_map(|it| IpAddr::from(Ipv6Addr::new(0x2a02, 0, u16::from(it / 2), 0, 0, 0, 0, u16::from(it))));
    prop_oneof![v4, v6]
}

/// A network in canonical form.
fn net() -> impl Strategy<Value = IpNet> + Clone {
    let prefix = |address: IpAddr| {
        if address.is_ipv4() { select(vec![0_u8, 22, 24, 31, 32]) } else { select(vec![0_u8, 47, 48, 127, 128]) }
    };
    address()
        .prop_flat_map(move |it| (Just(it), prefix(it)))
        .prop_map(|(address, prefix)| network(&format!("{address}/{prefix}")).expect("a network"))
}

fn country() -> impl Strategy<Value = Country> + Clone {
    let all: Vec<Country> = countries().map(|(it, _)| it).collect();
    prop_oneof![4 => select(vec!["BR", "FI"]).prop_map(|it| Country::parse(it).unwrap()), 1 => select(all)]
}

/// Ids that are easy to mistake, and ids of any letters.
pub fn user() -> impl Strategy<Value = UserId> + Clone {
    let odd = vec![
        "ana",
        "bob",
        "or",
        "and",
        "not",
        "-ana",
        "a b",
        "a,b",
        "a\"b\\",
        "user:ana",
        "Brazil",
        "7KQ2MX",
        "::1",
        "AS7",
        "lgn_1",
        "\u{202e}x",
        "(x)",
        "*",
        "/x/",
        "“x”",
        "!x",
        ">=",
        "\u{a0}",
        "=",
        "'",
    ];
    let any_text =
        proptest::collection::vec(any::<char>().prop_filter("no control characters", |it| !it.is_control()), 1..20);
    prop_oneof![
        3 => select(odd).prop_map(|it| UserId::parse(it).unwrap()),
        1 => any_text.prop_map(|it| UserId::parse(&it.into_iter().collect::<String>()).unwrap())
    ]
}

fn time() -> impl Strategy<Value = Timestamp> + Clone {
    (-4_i64..4).prop_map(|it| samples::at(it * DAY_MS))
}

fn score() -> impl Strategy<Value = Score> {
    (0_u32..=10_000).prop_map(|it| Score::parse(&format!("{}.{:04}", it / 10_000, it % 10_000)).unwrap())
}

fn login_id() -> impl Strategy<Value = LoginId> + Clone {
    small(3).prop_map(|it| LoginId([it; 16]))
}

/// Any of the values that a field has.
fn choice(values: Vec<Value>) -> BoxedStrategy<Value> {
    select(values).boxed()
}

/// A value of any field.
pub fn value() -> impl Strategy<Value = Value> {
    use watchlight::domain::search::field::Field;
    let of_few = Field::ALL.iter().map(|it| Value::choices(*it)).filter(|it| !it.is_empty()).map(choice);
    let text = select(vec!["otp", "s 19", "social:example", "s_19", "\"", "ä"]);
    let others = [
        user().prop_map(Value::User).boxed(),
        net().prop_map(Value::Address).boxed(),
        country().prop_map(Value::Country).boxed(),
        (1_u32..4).prop_map(|it| Value::Asn(Asn::new(it).unwrap())).boxed(),
        small(3).prop_map(|it| Value::Device(DeviceId([it; 8]))).boxed(),
        small(3).prop_map(|it| Value::Fingerprint(Fingerprint([it; 32]))).boxed(),
        (select(&Comparison::ALL[..]), score()).prop_map(|(it, score)| Value::Risk(it, score)).boxed(),
        text.clone().prop_map(|it| Value::Method(it.to_owned())).boxed(),
        text.prop_map(|it| Value::Session(it.to_owned())).boxed(),
        select(vec!["ana@example.com", "o'neill@example.com"]).prop_map(|it| Value::Email(it.to_owned())).boxed(),
        select(vec!["7KQ2MX", "000000"]).prop_map(|it| Value::Reference(Reference::parse(it).unwrap())).boxed(),
        small(3).prop_map(|it| Value::Policy(PolicyVersion([it; 8]))).boxed(),
        login_id().prop_map(Value::Login).boxed(),
        small(3).prop_map(|it| Value::Alert(AlertId([it; 16]))).boxed(),
        login_id().prop_map(Value::Like).boxed(),
    ];
    proptest::strategy::Union::new(of_few.chain(others))
}

/// A term of one to three values that are of one field.
fn term() -> impl Strategy<Value = Term> {
    (any::<bool>(), proptest::collection::vec(value(), 1..8)).prop_map(|(negated, values)| {
        let field = values[0].field();
        let most = if matches!(values[0], Value::Risk(..)) { 1 } else { 3 };
        Term::new(negated, values.into_iter().filter(|it| it.field() == field).take(most)).unwrap()
    })
}

/// A time, the right way round.
fn span() -> impl Strategy<Value = Span> {
    (option::of(time()), option::of(time())).prop_map(|(from, to)| {
        let reversed = from.zip(to).is_some_and(|(from, to)| from > to);
        if reversed { Span::new(to, from) } else { Span::new(from, to) }
    })
}

/// A query of a few terms.
pub fn query() -> impl Strategy<Value = Query> {
    (proptest::collection::vec(term(), 0..5), span()).prop_map(|(terms, span)| Query::new(terms, span))
}

/// Parameters of `GET /v1/logins`.
pub fn filter() -> impl Strategy<Value = LoginFilter> {
    let one =
        (option::of(user()), option::of(net()), option::of(country()), option::of(1_u32..4), option::of(small(3)));
    let other = (
        option::of(small(3)),
        option::of(select(&DeviceStatus::ALL[..])),
        option::of(select(&Level::ALL[..])),
        option::of(select(SignalKind::ALL)),
        option::of(select(vec![Outcome::Success, Outcome::Failure])),
        span(),
    );
    (one, other).prop_map(|((user, net, country, asn, device), (fingerprint, status, level, signal, outcome, span))| {
        LoginFilter {
            user,
            addresses: net.as_ref().map(range),
            country,
            asn: asn.and_then(Asn::new),
            device: device.map(|it| DeviceId([it; 8])),
            fingerprint: fingerprint.map(|it| Fingerprint([it; 32])),
            status,
            level,
            signal,
            outcome,
            from: span.from(),
            to: span.to(),
        }
    })
}

fn whereabouts() -> impl Strategy<Value = Whereabouts> {
    (option::of(country()), option::of(0_u32..4)).prop_map(|(country, asn)| Whereabouts {
        place: country.map(|country| Place {
            country,
            country_name: String::new(),
            region: None,
            city: None,
            point: None,
            accuracy_km: None,
            time_zone: None,
        }),
        network: asn.map(|asn| Network { asn, name: String::new() }),
        usage: None,
    })
}

fn assessment() -> impl Strategy<Value = Assessment> {
    let signals = proptest::sample::subsequence(SignalKind::ALL.to_vec(), 0..4);
    (0.0..=1.0_f64, select(&Level::ALL[..]), signals).prop_map(|(score, level, kinds)| {
        let signals = kinds.into_iter().map(|kind| Signal { kind, weight: 0.1, detail: String::new() });
        Assessment { score, level, signals: signals.collect() }
    })
}

/// A stored login.
pub fn login() -> impl Strategy<Value = LoginRecord> {
    let agent =
        (select(Browser::ALL), select(Os::ALL)).prop_map(|(browser, os)| Agent { browser, os, ..Agent::default() });
    let text = || option::of(select(vec!["otp", "s_19", "ä"]).prop_map(str::to_owned));
    let who = (user(), time(), address(), any::<bool>(), whereabouts());
    let what = (small(3), small(3), select(&DeviceStatus::ALL[..]), agent, assessment());
    let how = (any::<bool>(), text(), text(), option::of(small(3)), option::of(small(3)), login_id());
    (who, what, how).prop_map(|(who, what, how)| {
        let (user, occurred_at, ip, is_whole, whereabouts) = who;
        let (device, fingerprint, status, agent, assessment) = what;
        let (is_success, method, session_id, policy, alert, id) = how;
        let sample = samples::login(&samples::user(1), occurred_at, 1);
        LoginRecord {
            id,
            user,
            outcome: if is_success { Outcome::Success } else { Outcome::Failure },
            method,
            session_id,
            ip: if is_whole { KeptAddress::Whole(ip) } else { KeptAddress::Network(ip) },
            fingerprint: Fingerprint([fingerprint; 32]),
            whereabouts,
            device: DeviceVerdict { id: DeviceId([device; 8]), status, agent, ..sample.device },
            assessment,
            alert: alert.map(|it| AlertNote { id: AlertId([it; 16]), suppressed: None }),
            policy: policy.map(|it| PolicyVersion([it; 8])),
            ..sample
        }
    })
}

/// What has become of a mail.
pub fn delivery() -> impl Strategy<Value = Delivery> {
    let queued = Delivery::queued(samples::at(0), "ana@example.com".to_owned());
    (select(&State::ALL[..]), select(&Answer::ALL[..])).prop_map(move |(state, answer)| Delivery {
        state,
        statements: answered(answer),
        ..queued.clone()
    })
}

/// What a user has answered to a warning.
pub fn answered(answer: Answer) -> Statements {
    let own = Statement { answer, by: Some(AnsweredBy::User), at: None, author: None };
    Statements { own: (answer != Answer::None).then_some(own), colleague: None }
}
