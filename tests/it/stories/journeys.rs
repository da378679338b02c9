//! Stories of places and times: who travels, who cannot have, and events that arrive in no order.

use crate::stories::{door::check, line::time};

/// Fifteen days at home: what the user's habits are has been learned.
const SETTLED: &str = "0.09:00 ana FI chrome-142/windows => first
    15.09:00 ana FI chrome-142/windows                   => recognized exact\n";

fn settled(story: &str) {
    check(&format!("{SETTLED}{story}"));
}

#[test]
fn a_known_device_may_travel() {
    settled(
        "16.09:00 ana BR chrome-142/windows => recognized exact [new_country new_network]
         17.09:00 ana BR chrome-142/windows => recognized exact",
    );
}

#[test]
fn nobody_is_in_brazil_twenty_minutes_after_finland() {
    settled(
        "15.09:20 ana BR chrome-142/windows => recognized exact [impossible_travel new_country new_network] mailed
         15.09:30 ana BR chrome-142/windows => recognized exact",
    );
}

#[test]
fn a_place_that_is_only_known_roughly_proves_no_journey() {
    settled(
        "15.09:20 ana DK chrome-142/windows => recognized exact [impossible_travel new_country new_network] mailed",
    );
    settled("15.09:20 ana DK~400 chrome-142/windows => recognized exact [new_country new_network]");
}

#[test]
fn a_private_address_has_no_place_and_raises_nothing() {
    settled(
        "15.09:20 ana home chrome-142/windows          => recognized exact
         15.09:21 ana home firefox-145/linux machine-2 => new [new_device] mailed",
    );
}

#[test]
fn no_country_is_new_while_habits_are_learned_unless_the_clock_is_still_at_home() {
    check(
        "0.09:00 ana FI chrome-142/windows           => first
         3.09:00 ana DK chrome-142/windows travelled => recognized similar (time_zone) [new_network]
         20.09:00 ana FI chrome-142/windows          => recognized similar (time_zone)
         23.09:00 ana BR chrome-142/windows          => recognized exact [new_country new_network]",
    );
    check(
        "0.09:00 ana FI chrome-142/windows => first
         3.09:00 ana DK chrome-142/windows => recognized exact [new_country new_network]",
    );
}

#[test]
fn a_copied_fingerprint_from_far_away_is_told_at_once() {
    check(
        "0.09:00 ana FI chrome-142/windows => first
         0.11:00 ana BR chrome-142/windows => recognized exact [impossible_travel new_country new_network] mailed",
    );
}

#[test]
fn who_says_nothing_does_not_pass_for_the_owner() {
    check(
        "0.09:00 ana FI chrome-142/windows     => first
         0.09:10 ana FI unknown-0/none headers => new [new_device] mailed
         0.09:20 ana BR unknown-0/none headers => new [impossible_travel new_device new_country new_network] mailed",
    );
}

#[test]
fn a_new_device_in_a_new_country_is_suspicious_from_the_first_day_on() {
    check(
        "0.09:00 ana FI chrome-142/windows         => first
         3.09:00 ana BR chrome-142/linux machine-2 => new [new_device new_country new_network] mailed",
    );
}

#[test]
fn a_country_is_forgotten_after_ninety_days() {
    settled(
        "16.09:00 ana BR chrome-142/windows  => recognized exact [new_country new_network]
         17.09:00 ana FI chrome-142/windows  => recognized exact
         105.09:00 ana BR chrome-142/windows => recognized exact
         120.09:00 ana FI chrome-142/windows => recognized exact [new_country]
         210.09:00 ana BR chrome-142/windows => recognized exact [new_country]",
    );
}

#[test]
fn a_success_after_five_failures_is_suspicious_and_after_four_is_not() {
    settled(
        "16.09:00 ana FI chrome-142/windows failed => recognized exact
         16.09:01 ana FI chrome-142/windows failed => recognized exact
         16.09:02 ana FI chrome-142/windows failed => recognized exact
         16.09:03 ana FI chrome-142/windows failed => recognized exact
         16.09:04 ana FI chrome-142/windows        => recognized exact
         16.09:05 ana FI chrome-142/windows failed => recognized exact
         16.09:06 ana FI chrome-142/windows        => recognized exact [failed_attempts]
         16.10:00 ana FI chrome-142/windows        => recognized exact",
    );
}

#[test]
fn who_guesses_a_password_from_afar_is_mailed_about() {
    settled(
        "16.09:00 ana BR firefox-145/linux machine-2 failed => new [new_device new_country new_network]
         16.09:01 ana BR firefox-145/linux machine-2 failed => new [new_device new_country new_network]
         16.09:02 ana BR firefox-145/linux machine-2 failed => new [new_device new_country new_network]
         16.09:03 ana BR firefox-145/linux machine-2 failed => new [new_device new_country new_network]
         16.09:04 ana BR firefox-145/linux machine-2 failed => new [new_device new_country new_network]
         16.09:05 ana BR firefox-145/linux machine-2 => new [new_device new_country failed_attempts new_network] mailed",
    );
}

#[test]
fn an_event_that_arrives_late_rewinds_nothing() {
    let story = check(
        "0.09:00 ana FI chrome-142/windows         => first
         2.09:00 ana BR chrome-143/windows         => recognized similar (browser_version) [new_country new_network]
         1.23:00@2.10:00 ana FI chrome-142/windows => recognized similar (browser_version)
         2.11:00 ana BR chrome-143/windows         => recognized exact",
    );
    let profile = story.profile("ana");
    assert_eq!(profile.devices.len(), 1);
    assert_eq!((profile.devices[0].first_seen, profile.devices[0].last_seen), (time("0.09:00"), time("2.11:00")));
    let late = story.line(3).record.device.last_seen;
    assert_eq!(late, time("2.09:00"), "the device was seen later than this login happened");
}

#[test]
fn an_event_from_before_the_first_is_the_first() {
    let story = check(
        "1.09:00 ana BR chrome-142/windows         => first
         0.21:00@1.10:00 ana FI chrome-142/windows => recognized exact [new_country new_network]",
    );
    let profile = story.profile("ana");
    assert_eq!((profile.first_login_at, profile.devices[0].first_seen), (Some(time("0.21:00")), time("0.21:00")));
    let place = profile.last_place.unwrap();
    assert_eq!((place.at, place.point.latitude < 0.0), (time("1.09:00"), true), "still Brazil");
}
