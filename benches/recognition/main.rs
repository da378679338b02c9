//! What a login costs between its request and its commit: the fingerprint, the matching, the decision, and the whole
//! path of pure functions. `scripts/bench` runs these and prints the figures beside their targets.

use std::{hint::black_box, time::Duration};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use watchlight::{
    adapters::user_agent::UapAgents,
    domain::{
        browser::{extraction::Words, fingerprint::Canonical},
        decide::decide,
        policy::policy::Policy,
        recognition::{
            matching::{Home, Query, closest},
            verdict::MatchedBy,
        },
        risk::assess,
        user::profile::Profile,
    },
    ports::Agents,
};

use crate::sample::{DEVICES, NOW, Nearest, Sample, walk};

mod sample;

/// The browser's words become canonical bytes, a hash and attributes.
fn fingerprint(criterion: &mut Criterion) {
    let sample = Sample::new();
    let client = &sample.seen.login.client;
    let (key, user_agent) = (sample.keys.fingerprint(), client.user_agent.as_deref());
    let write = || Canonical::new(key, user_agent, &client.headers, &client.components);
    let canonical = write();
    let words =
        Words { agent: sample.seen.browser.agent, headers: &client.headers, components: &client.components, key };
    let agent = words.agent();

    let mut group = criterion.benchmark_group("fingerprint");
    group.bench_function("canonical_form", |it| it.iter(|| black_box(write())));
    group.bench_function("hash", |it| it.iter(|| black_box(&canonical).fingerprint()));
    group.bench_function("attributes", |it| it.iter(|| words.attributes(black_box(&agent), &canonical)));
    group.bench_function("whole", |it| {
        it.iter(|| {
            let canonical = write();
            (canonical.fingerprint(), words.attributes(black_box(&agent), &canonical))
        });
    });
    group.finish();
}

/// Which known device is it?
fn matching(criterion: &mut Criterion) {
    let sample = Sample::new();
    let mut group = criterion.benchmark_group("matching");
    for_each_user(&sample, |nearest, devices, profile| {
        let query = Query { occurred_at: NOW, seen: sample.traits(), token: None, home: Home::Prefix };
        group.throughput(Throughput::Elements(devices as u64));
        group.bench_function(BenchmarkId::new(nearest.name(), devices), |it| {
            it.iter(|| closest(black_box(&profile.devices), black_box(&query)));
        });
    });
    group.finish();
}

/// The rule book: match, assess, decide, learn.
fn decision(criterion: &mut Criterion) {
    let sample = Sample::new();
    let policy = Policy::default();
    let mut group = criterion.benchmark_group("decide");
    for_each_user(&sample, |nearest, devices, profile| {
        let observed = sample.seen.observed(&sample.tenant, &sample.keys);
        group.bench_function(BenchmarkId::new(nearest.name(), devices), |it| {
            it.iter(|| decide(NOW, &policy, black_box(profile), black_box(&observed)));
        });
    });
    group.finish();
}

/// The signals and their sum alone, of a login that raises several and of one that raises none.
fn assessment(criterion: &mut Criterion) {
    let sample = Sample::new();
    let policy = Policy::default();
    let mut group = criterion.benchmark_group("assess");
    for nearest in [Nearest::Exact, Nearest::None] {
        let profile = sample.profile(3, nearest);
        let situation = sample.situation(&profile, nearest);
        group.bench_function(nearest.name(), |it| it.iter(|| assess(&policy, black_box(&situation))));
    }
    group.finish();
}

/// From the parsed login to the decision, as `service/login/observing.rs` and `domain/decide.rs` go, with nothing awaited.
fn pure_path(criterion: &mut Criterion) {
    let sample = Sample::new();
    let mut group = criterion.benchmark_group("pure_path");
    for_each_user(&sample, |nearest, devices, profile| {
        group.bench_function(BenchmarkId::new(nearest.name(), devices), |it| {
            it.iter(|| walk(&sample, black_box(profile)));
        });
    });
    group.finish();
}

/// What comes before the pure path: the request's 39 kB are read, hashed for retries, checked and observed.
fn request(criterion: &mut Criterion) {
    let sample = Sample::new();
    let mut group = criterion.benchmark_group("request");
    group.throughput(Throughput::Bytes(sample.body.len() as u64));
    group.bench_function("read", |it| it.iter(|| sample::draft(black_box(&sample.body))));
    group.bench_function("observe", |it| {
        let login = || sample::new_login(&sample.body);
        it.iter_batched(login, |login| sample.observer.see(&sample.keys, login), BatchSize::SmallInput);
    });
    group.finish();
}

/// User agents, as read by the patterns and as remembered.
fn user_agent(criterion: &mut Criterion) {
    let sample = Sample::new();
    let known = sample.seen.login.client.user_agent.as_deref().expect("the browser says who it is");
    // One byte longer than what is remembered, so that every reading is the first.
    let long = format!("{known:513}");
    let agents = UapAgents::new();
    agents.warm_up();
    let mut group = criterion.benchmark_group("user_agent");
    group.bench_function("cold", |it| it.iter(|| agents.parse(black_box(&long))));
    group.bench_function("warm", |it| it.iter(|| agents.parse(black_box(known))));
    group.finish();
}

fn for_each_user(sample: &Sample, mut measure: impl FnMut(Nearest, usize, &Profile)) {
    for nearest in Nearest::ALL {
        for devices in DEVICES {
            let profile = sample.profile(devices, nearest);
            check(sample, nearest, &profile);
            measure(nearest, devices, &profile);
        }
    }
}

/// A bench of the wrong thing is worse than none: the user must be recognized as the case says, and the path walked here
/// must end where the service's does.
fn check(sample: &Sample, nearest: Nearest, profile: &Profile) {
    let observed = sample.seen.observed(&sample.tenant, &sample.keys);
    let decision = decide(NOW, &Policy::default(), profile, &observed);
    let matched_by = decision.record.device.matched_by.map(MatchedBy::as_str);
    let expected = (nearest != Nearest::None).then_some(nearest.name());
    assert_eq!(matched_by, expected, "{} devices", profile.devices.len());
    assert!(walk(sample, profile) == decision, "the bench's path and the service's differ");
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = fingerprint, matching, assessment, decision, pure_path, request, user_agent
}
criterion_main!(benches);
