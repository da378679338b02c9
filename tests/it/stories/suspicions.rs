//! Stories of what is suspicious beyond a new device: networks, guesses at many accounts, hours, and a tenant's own policy.

use tempfile::TempDir;
use watchlight::domain::{
    place::AddressRange,
    policy::policy::{Policy, SignalKind, TrustedNetwork},
};

use crate::stories::{
    door::{Story, check},
    world::Atlas,
};

/// Fifteen days at home: what the user's habits are has been learned.
const SETTLED: &str = "0.09:00 ana FI chrome-142/windows => first
    15.09:00 ana FI chrome-142/windows                   => recognized exact\n";

#[test]
fn a_vpn_is_named_weighs_half_and_is_no_last_place() {
    check(&format!(
        "{SETTLED}
         15.09:20 ana BR+vpn chrome-142/windows => recognized exact [impossible_travel new_country anonymous_network new_network]
         15.09:40 ana FI chrome-142/windows     => recognized exact"
    ));
    check(&format!(
        "{SETTLED}
         15.09:20 ana BR+hosting firefox-145/linux machine-3 => new [new_device impossible_travel new_country hosting_network new_network] mailed"
    ));
}

#[test]
fn who_signs_in_from_everywhere_is_not_mailed_about_one_country_more() {
    let everywhere = format!(
        "{SETTLED}
         20.09:00 ana DK chrome-142/windows => recognized exact [new_country new_network]
         25.09:00 ana US chrome-142/windows => recognized exact [new_country new_network]
         26.09:00 ana SE chrome-142/windows => recognized exact [new_country new_network]\n"
    );
    check(&format!(
        "{everywhere}
         30.01:00 ana FI chrome-142/windows => recognized exact
         30.08:00 ana BR chrome-142/windows => recognized exact [impossible_travel new_country new_network] mailed"
    ));
    check(&format!(
        "{everywhere}
         28.09:00 ana NO chrome-142/windows => recognized exact [new_country new_network]
         30.01:00 ana FI chrome-142/windows => recognized exact
         30.08:00 ana BR chrome-142/windows => recognized exact [impossible_travel new_country new_network]"
    ));
}

#[test]
fn a_copy_of_the_browser_that_signed_in_last_is_told_of_within_hours() {
    let later = |login: &str| check(&format!("{SETTLED}{login}"));
    later("15.13:00 ana DK chrome-142/windows => recognized exact [new_country new_network] mailed");
    later("15.16:00 ana DK chrome-142/windows => recognized exact [new_country new_network]");
    later("15.13:00 ana DK+vpn chrome-142/windows => recognized exact [new_country anonymous_network new_network]");
    later("15.13:00 ana DK chrome-142/windows travelled => recognized similar (time_zone) [new_country new_network]");
    later(
        "15.13:00 ana DK chrome-142/windows => recognized exact [new_country new_network] mailed
         15.15:00 ana FI chrome-142/windows => recognized exact",
    );
    let mut story = Story::begin(Policy { copied_within_ms: 0, ..Policy::default() });
    story
        .goes_on(&format!("{SETTLED}15.13:00 ana DK chrome-142/windows => recognized exact [new_country new_network]"));
}

#[test]
fn two_known_devices_far_apart_are_a_telephone_and_a_vpn() {
    check(
        "0.09:00 ana FI chrome-142/windows          => first
         0.10:00 ana FI safari-18/iphone machine-2  => new [new_device] mailed
         15.09:00 ana FI safari-18/iphone machine-2 => recognized exact
         15.09:20 ana BR chrome-142/windows         => recognized exact [new_country impossible_travel new_network]",
    );
}

/// A line for each of so many users, a minute for each ten of them.
fn lines(users: usize, hour: usize, what: &str, answer: &str) -> String {
    let line = |user: usize| format!("0.{hour:02}:{:02} u{user} {what} => {answer}\n", user / 10);
    (0..users).map(line).collect()
}

#[test]
fn a_list_of_stolen_passwords_is_seen_after_fifteen_accounts() {
    let folder = TempDir::new().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("watchlight.db").display());
    for url in ["memory:", &sqlite] {
        let mut story = Story::over(url, Policy::default());
        story.goes_on(&lines(15, 9, "BR chrome-142/linux headers failed", "first"));
        story.goes_on(
            "0.09:02 u16 BR chrome-142/linux headers failed => first [credential_stuffing]
             0.09:03 u17 BR chrome-142/linux headers        => first [credential_stuffing]
             0.09:03 u18 FI chrome-142/linux headers        => first
             0.11:50 u19 BR chrome-142/mac headers          => first [credential_stuffing]
             0.14:00 u20 BR chrome-142/mac headers          => first",
        );
    }
}

#[test]
fn a_program_that_changes_its_address_is_known_by_its_fingerprint() {
    let mut story = Story::begin(Policy::default());
    let from_many = |user: usize| format!("0.09:{:02} u{user} BR/{user} chrome-142/linux failed => first\n", user / 10);
    story.goes_on(&(1..=15).map(from_many).collect::<String>());
    story.goes_on("0.09:03 u99 BR/99 chrome-142/linux => first [credential_stuffing]");
}

#[test]
fn who_guesses_cannot_make_up_for_it_with_accounts_of_their_own() {
    let mut story = Story::begin(Policy::default());
    story.goes_on(&lines(14, 9, "BR chrome-142/linux headers failed", "first"));
    // Failed elsewhere, and successful at the address of the guesses.
    for own in 0..10 {
        story.goes_on(&format!(
            "0.09:02 own{own} FI/{own} firefox-145/mac failed => first
             0.09:02 own{own} BR firefox-145/mac           => first"
        ));
    }
    story.goes_on(
        "0.09:03 u98 BR chrome-142/linux headers failed => first
         0.09:03 u99 BR chrome-142/linux headers        => first [credential_stuffing]",
    );
}

#[test]
fn an_office_behind_one_address_on_monday_is_no_run_of_guesses() {
    let mut story = Story::begin(Policy::default());
    for user in 0..100 {
        let minute = user / 10;
        story.goes_on(&format!(
            "0.09:{minute:02} u{user} FI chrome-142/windows machine-{user} failed => first
             0.09:{minute:02} u{user} FI chrome-142/windows machine-{user}        => first"
        ));
    }
}

#[test]
fn a_few_passwords_tried_at_some_accounts_are_seen() {
    let mut story = Story::begin(Policy::default());
    for _ in 0..3 {
        story.goes_on(&lines(5, 9, "BR chrome-142/linux headers failed", "first"));
    }
    story.goes_on("0.09:05 u77 BR chrome-142/linux headers => first [credential_stuffing]");
}

#[test]
fn the_hour_counts_once_thirty_logins_have_shown_which_are_usual() {
    let mut story = Story::begin(Policy::default());
    story.goes_on("0.09:00 ana FI chrome-142/windows => first");
    story.goes_on("0.21:00 ana FI chrome-142/windows => recognized exact");
    for day in 1..30 {
        story.goes_on(&format!("{day}.09:00 ana FI chrome-142/windows => recognized exact"));
    }
    story.goes_on(
        "31.23:00 ana FI chrome-142/windows => recognized exact
         32.03:00 ana FI chrome-142/windows => recognized exact [unusual_hour]
         33.04:00 ana FI chrome-142/windows => recognized exact",
    );
}

#[test]
fn a_tenant_trusts_its_office_mutes_signals_and_leaves_accounts_alone() {
    let office = Atlas::default().address("BR");
    let mut policy = Policy {
        trusted_networks: vec![TrustedNetwork {
            name: "Office Rio".to_owned(),
            ranges: vec![AddressRange { first: office, last: office }],
        }],
        excluded_users: ["svc".to_owned()].into(),
        ..Policy::default()
    };
    policy.weights.set(SignalKind::NewNetwork, 0.0);
    let mut story = Story::begin(policy);
    story.goes_on(SETTLED);
    story.goes_on(
        "15.09:20 ana BR chrome-142/windows          => recognized exact
         16.09:00 svc FI chrome-142/windows          => first
         16.09:01 svc SE firefox-145/linux machine-2 => new [new_device new_country] not mailed: muted",
    );
}
