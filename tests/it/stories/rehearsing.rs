//! A change of policy, rehearsed over logins that went through the real intake.

use std::collections::HashSet;

use proptest::prelude::*;
use watchlight::domain::{
    history::login_record::LoginRecord,
    ids::UserId,
    place::AddressRange,
    policy::policy::{Policy, SignalKind, SignalWeights, TrustedNetwork},
    rehearsal::{
        budget::Budgets,
        outlook::Outlook,
        rehearsed::{Known, Rehearsed},
        untold::Untold,
    },
    time::{DAY_MS, HOUR_MS},
};

use crate::stories::door::Story;

const PLACES: [&str; 9] = ["FI", "FI/2", "DK", "BR", "US", "BR+vpn", "FI+hosting", "home", "DK~400"];
const BROWSERS: [&str; 3] = ["chrome-142/windows", "firefox-145/linux", "safari-18/iphone"];
const WORDS: [&str; 9] =
    ["", "", "machine-2", "docked", "travelled", "headers", "failed", "failed", "machine-2 failed"];

/// What happens: after so many minutes, to whom, from where, with what, and how many minutes before it is heard of.
type Step = (i64, usize, usize, usize, usize, i64, bool);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let gap = prop_oneof![3 => 1..20_i64, 2 => 20..600_i64, 1 => 600..9_000_i64];
    let late = prop_oneof![8 => Just(0), 1 => 1..400_i64, 1 => 1_000..4_000_i64];
    let denies = prop::bool::weighted(0.08);
    let place = prop_oneof![3 => Just(0_usize), 2 => 0..PLACES.len()];
    let browser = prop_oneof![2 => Just(0_usize), 1 => 0..BROWSERS.len()];
    prop::collection::vec((gap, 0..2_usize, place, browser, 0..WORDS.len(), late, denies), 5..40)
}

/// The steps as the lines of a story.
fn lines(steps: &[Step]) -> Vec<String> {
    let mut minute = 6_000;
    let time = |minute: i64| format!("{}.{:02}:{:02}", minute / 1_440, minute / 60 % 24, minute % 60);
    let mut lines: Vec<String> = Vec::new();
    let mut logins: [Vec<usize>; 2] = Default::default();
    for (gap, user, place, browser, word, late, denies) in steps {
        minute += gap;
        let name = ["ana", "bob"][*user];
        let earlier = logins[*user].last().filter(|_| *denies);
        lines.push(if let Some(line) = earlier {
            format!("{} {name} denies {line}", time(minute))
        } else {
            logins[*user].push(lines.len() + 1);
            let (occurred, received) = (time(minute - late), time(minute));
            format!("{occurred}@{received} {name} {} {} {}", PLACES[*place], BROWSERS[*browser], WORDS[*word])
        });
    }
    lines
}

/// The records of what was told under a policy.
fn told(policy: &Policy, lines: &[String]) -> Vec<LoginRecord> {
    let mut story = Story::begin(policy.clone());
    for line in lines {
        story.tell(line);
    }
    let logins = (1..=lines.len()).filter(|at| !lines[at - 1].contains("denies"));
    logins.map(|at| (*story.line(at).record).clone()).collect()
}

/// The networks of Finland, which is where most logins come from.
fn office() -> TrustedNetwork {
    let ranges = vec![AddressRange { first: [20, 0, 0, 0].into(), last: [20, 1, 255, 255].into() }];
    TrustedNetwork { name: "Office".to_owned(), ranges }
}

/// Policies with every signal on.
fn policies() -> impl Strategy<Value = Policy> {
    let weight = prop::sample::select(vec![0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.95]);
    let weights = prop::collection::vec(weight, SignalKind::ALL.len());
    let share = || prop::sample::select(vec![0.1_f64, 0.35, 0.5, 0.65, 0.75, 0.9]);
    let budget = prop::sample::select(vec![(5, 20), (1, 2), (2, 3), (0, 0)]);
    let switches = (any::<bool>(), prop::bool::weighted(0.2), any::<bool>(), any::<bool>());
    (weights, share(), share(), share(), share(), budget, switches).prop_map(
        |(weights, medium, high, strong, certain, budget, (trusts, muted, late, copied))| {
            let mut all = SignalWeights::default();
            for (kind, weight) in SignalKind::ALL.iter().zip(weights) {
                all.set(*kind, weight);
            }
            Policy {
                weights: all,
                medium_from: medium.min(high),
                high_from: medium.max(high),
                strong_from: strong,
                certain_from: certain,
                mails_per_hour: budget.0,
                mails_per_day: budget.1,
                trusted_networks: if trusts { vec![office()] } else { Vec::new() },
                muted,
                late_after_ms: if late { HOUR_MS } else { DAY_MS },
                copied_within_ms: if copied { 6 * HOUR_MS } else { 0 },
                ..Policy::default()
            }
            .named()
        },
    )
}

/// What a rehearsal says of each login, mails and all.
fn rehearse(before: &Policy, after: &Policy, logins: &[LoginRecord]) -> Vec<Rehearsed> {
    let mut budgets = Budgets::default();
    let judge = |login| {
        let mut judged = Rehearsed::of(before, after, login, Known::Nothing);
        budgets.spend(before, after, &mut judged);
        judged
    };
    logins.iter().map(judge).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// The law of rehearsals.
    #[test]
    fn the_policy_that_judged_changes_nothing(policy in policies(), off in 0..14_usize, steps in steps()) {
        let mut policy = policy;
        if let Some(kind) = SignalKind::ALL.get(off) {
            policy.weights.set(*kind, 0.0);
        }
        let policy = policy.named();
        let logins = told(&policy, &lines(&steps));
        for (login, rehearsed) in logins.iter().zip(rehearse(&policy, &policy, &logins)) {
            prop_assert_eq!(rehearsed.was, Outlook::of(login));
            prop_assert_eq!(rehearsed.is, rehearsed.was, "{:?}", login);
            prop_assert!(rehearsed.untold.is_empty(), "{:?} of {:?}", rehearsed.untold, login);
        }
    }

    /// What is rehearsed is what would have happened, unless it says that it cannot tell.
    #[test]
    fn another_policy_does_what_its_rehearsal_says(
        before in policies(),
        after in policies(),
        off in 0..26_usize,
        steps in steps(),
    ) {
        let mut after = after;
        if let Some(kind) = SignalKind::ALL.get(off) {
            after.weights.set(*kind, 0.0);
        }
        let (after, lines) = (after.named(), lines(&steps));
        let (logins, happened) = (told(&before, &lines), told(&after, &lines));
        // Whose mails are no longer known.
        let mut unsure: HashSet<UserId> = HashSet::new();
        for (rehearsed, real) in rehearse(&before, &after, &logins).iter().zip(&happened) {
            let (is, real_is) = (rehearsed.is, Outlook::of(real));
            prop_assert_eq!(is.status, real_is.status);
            if !rehearsed.untold.is_empty() {
                unsure.insert(rehearsed.user.clone());
                prop_assert!(rehearsed.untold.iter().all(|it| before_cannot_tell(&before, &after, *it)));
                continue;
            }
            prop_assert_eq!((is.level, is.score), (real_is.level, real_is.score), "{:?}\n{:?}", rehearsed, real);
            if !unsure.contains(&rehearsed.user) {
                prop_assert_eq!((is.told, is.action), (real_is.told, real_is.action), "{:?}\n{:?}", rehearsed, real);
            }
        }
    }
}

/// Whether a difference of these policies explains that something cannot be told.
fn before_cannot_tell(before: &Policy, after: &Policy, what: Untold) -> bool {
    match what {
        Untold::Signal(_) => !before.trusted_networks.is_empty() && after.trusted_networks.is_empty(),
        Untold::Copied => true,
        Untold::Address | Untold::Device | Untold::Network => false,
    }
}

#[test]
fn a_signal_that_was_off_was_not_reckoned() {
    let mut weights = SignalWeights::default();
    weights.set(SignalKind::NewCountry, 0.0);
    weights.set(SignalKind::NewDevice, 0.0);
    let off = Policy { weights, ..Policy::default() }.named();
    let on = Policy::default();
    let story = [
        "0.09:00 ana FI chrome-142/windows",
        "20.09:00 ana FI chrome-142/windows",
        "20.13:00 ana BR firefox-145/linux machine-2",
    ]
    .map(str::to_owned);
    let logins = told(&off, &story);
    let last = rehearse(&off, &on, &logins).pop().unwrap();
    assert_eq!(
        last.untold,
        [Untold::Signal(SignalKind::NewCountry)].into(),
        "a record tells of a new device, not of a new country"
    );
    assert!(last.signals.contains(&SignalKind::NewDevice) && !last.signals.contains(&SignalKind::NewCountry));
}

#[test]
fn another_threshold_makes_another_device_and_says_what_it_does_not_know() {
    let story = ["0.09:00 ana FI chrome-142/windows", "20.09:00 ana FI chrome-142/windows docked"].map(str::to_owned);
    let before = Policy::default();
    let logins = told(&before, &story);
    let score = logins[1].device.score.unwrap();
    let strict = Policy { recognized_from: f64::midpoint(score, 1.0), ..Policy::default() }.named();
    let judged = rehearse(&before, &strict, &logins).pop().unwrap();
    assert_eq!((judged.was.status.as_str(), judged.is.status.as_str()), ("recognized", "new"));
    assert!(judged.is.told.is_mailed() && !judged.was.told.is_mailed());
    assert_eq!(judged.untold, [Untold::Device].into());
}
