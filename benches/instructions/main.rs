//! One stage of a login's way, once, for callgrind to count its instructions: they do not depend on the machine's mood.
//! `scripts/instructions` runs every case and compares it with `baseline.txt`.
//!
//! What is counted lies in [`measured`] and nothing else does. Each stage has run once before: what is made at the first
//! use is not counted.

use std::hint::black_box;

use watchlight::domain::{
    browser::{extraction::Words, fingerprint::Canonical},
    decide::decide,
    policy::policy::Policy,
    recognition::matching::{Home, Query, closest},
};

use crate::sample::{NOW, Nearest, Sample};

#[path = "../recognition/sample.rs"]
#[expect(dead_code, reason = "the other bench uses the rest")]
mod sample;

/// A case's name, and what runs it.
type Case = (&'static str, fn(&Sample));

const CASES: [Case; 10] = [
    ("matching/exact/1", |it| matching(it, Nearest::Exact, 1)),
    ("matching/exact/20", |it| matching(it, Nearest::Exact, 20)),
    ("matching/similar/20", |it| matching(it, Nearest::Similar, 20)),
    ("matching/none/20", |it| matching(it, Nearest::None, 20)),
    ("user_agent/warm", user_agent),
    ("canonical_form", canonical_form),
    ("fingerprint", fingerprint),
    ("attributes", attributes),
    ("decide/similar/20", decision),
    ("pure_path/similar/20", pure_path),
];

fn main() {
    // `cargo bench` and `cargo test` pass flags of their own.
    let wanted = std::env::args().skip(1).find(|it| !it.starts_with('-'));
    match wanted {
        None => CASES.iter().for_each(|(name, _)| println!("{name}")),
        Some(wanted) => {
            let case = CASES.iter().find(|(name, _)| *name == wanted);
            let (_, run) = case.unwrap_or_else(|| panic!("no case is called {wanted}"));
            run(&Sample::new());
        }
    }
}

/// What callgrind counts: `--toggle-collect` knows it by this name.
#[inline(never)]
fn measured<T>(run: impl Fn() -> T) -> T {
    black_box(run())
}

fn once<T>(run: impl Fn() -> T) {
    drop(black_box(run()));
    drop(measured(run));
}

fn matching(sample: &Sample, nearest: Nearest, devices: usize) {
    let profile = sample.profile(devices, nearest);
    let query = Query { occurred_at: NOW, seen: sample.traits(), token: None, home: Home::Prefix };
    once(|| closest(black_box(&profile.devices), black_box(&query)));
}

fn user_agent(sample: &Sample) {
    let user_agent = sample.seen.login.client.user_agent.as_deref().expect("the browser says who it is");
    once(|| sample.observer.agents.parse(black_box(user_agent)));
}

fn canonical(sample: &Sample) -> Canonical<'_> {
    let client = &sample.seen.login.client;
    Canonical::new(sample.keys.fingerprint(), client.user_agent.as_deref(), &client.headers, &client.components)
}

fn words(sample: &Sample) -> Words<'_> {
    let client = &sample.seen.login.client;
    let key = sample.keys.fingerprint();
    Words { agent: sample.seen.browser.agent, headers: &client.headers, components: &client.components, key }
}

fn canonical_form(sample: &Sample) {
    once(|| canonical(black_box(sample)));
}

fn fingerprint(sample: &Sample) {
    let canonical = canonical(sample);
    once(|| black_box(&canonical).fingerprint());
}

fn attributes(sample: &Sample) {
    let (words, canonical) = (words(sample), canonical(sample));
    let agent = words.agent();
    once(|| words.attributes(black_box(&agent), &canonical));
}

fn decision(sample: &Sample) {
    let (profile, policy) = (sample.profile(20, Nearest::Similar), Policy::default());
    let observed = sample.seen.observed(&sample.tenant, &sample.keys);
    once(|| decide(NOW, &policy, black_box(&profile), black_box(&observed)));
}

fn pure_path(sample: &Sample) {
    let profile = sample.profile(20, Nearest::Similar);
    once(|| sample::walk(black_box(sample), black_box(&profile)));
}
