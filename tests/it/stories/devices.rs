//! Stories of recognition: what is the user's own device however it changes, and what is another one.

use watchlight::domain::user::profile::MAX_DEVICES;

use crate::stories::door::check;

#[test]
fn a_browser_that_updates_itself_stays_itself() {
    check(
        "0.09:00 ana FI chrome-142/windows  => first
         1.09:00 ana FI chrome-142/windows  => recognized exact
         30.09:00 ana FI chrome-143/windows => recognized similar (browser_version)
         60.09:00 ana FI chrome-146/windows => recognized similar (browser_version)",
    );
}

#[test]
fn a_monitor_is_no_new_device() {
    check(
        "0.09:00 ana FI chrome-142/windows => first
         1.09:00 ana FI chrome-142/windows docked => recognized similar (screen_resolution, pixel_ratio)
         2.09:00 ana FI chrome-143/windows => recognized similar (browser_version, screen_resolution, pixel_ratio)",
    );
}

#[test]
fn a_private_window_is_no_new_device() {
    check(
        "0.09:00 ana FI chrome-142/windows           => first
         1.09:00 ana FI chrome-142/windows private   => recognized similar (language_list)
         1.10:00 ana FI/2 chrome-142/windows private => recognized exact [new_network]",
    );
}

#[test]
fn a_browser_that_blurs_what_is_measured_is_no_new_device() {
    check(
        "0.09:00 ana FI chrome-142/windows => first
         1.09:00 ana FI chrome-142/windows blurred => recognized similar (canvas_geometry, canvas_text, audio, plugins)",
    );
}

#[test]
fn headers_alone_are_enough_to_recognize_and_to_warn() {
    check(
        "0.09:00 ana FI chrome-142/windows headers  => first
         1.09:00 ana FI chrome-142/windows headers  => recognized exact
         2.09:00 ana FI chrome-143/windows headers  => recognized similar (browser_version)
         3.09:00 ana FI firefox-145/windows headers => new [new_device] mailed
         4.09:00 ana BR chrome-143/mac headers      => new [new_device new_country new_network] mailed",
    );
}

#[test]
fn a_script_that_is_blocked_once_forgets_nothing() {
    check(
        "0.09:00 ana FI chrome-142/windows           => first
         1.09:00 ana FI chrome-142/windows headers   => recognized similar
         2.09:00 ana FI chrome-142/windows           => recognized similar
         3.09:00 ana FI chrome-142/windows machine-2 => new [new_device] mailed",
    );
}

#[test]
fn a_version_rises_and_does_not_fall() {
    check(
        "0.09:00 ana FI chrome-142/windows => first
         1.09:00 ana FI chrome-130/windows => new [new_device] mailed",
    );
}

#[test]
fn another_system_another_browser_and_another_machine_are_new() {
    check(
        "0.09:00 ana FI chrome-142/windows             => first
         1.09:00 ana FI chrome-142/mac                 => new [new_device] mailed
         2.09:00 ana FI firefox-145/windows            => new [new_device] mailed
         3.09:00 ana FI safari-26/iphone               => new [new_device] mailed
         4.09:00 ana FI/9 chrome-142/windows machine-4 => new [new_device new_network] mailed
         5.09:00 ana FI chrome-142/windows             => recognized exact",
    );
}

#[test]
fn a_stranger_with_the_same_model_is_new() {
    check(
        "0.09:00 ana FI chrome-142/windows => first
         0.09:20 ana BR chrome-142/windows machine-3 => new [impossible_travel new_device new_country new_network] mailed",
    );
}

#[test]
fn users_have_nothing_to_do_with_each_other() {
    check(
        "0.09:00 ana FI chrome-142/windows => first
         0.09:01 ben FI chrome-142/windows => first
         0.09:02 ben FI firefox-145/linux  => new [new_device] mailed
         0.09:03 ana FI chrome-142/windows => recognized exact",
    );
}

#[test]
fn a_token_recognizes_what_has_changed_beyond_recognition() {
    check(
        "0.09:00 ana FI chrome-142/windows => first
         0.09:00 ben FI chrome-142/windows => first
         9.09:00 ana SE chrome-150/windows docked upgraded => new [new_device new_country new_network] mailed
         9.09:00 ben SE chrome-150/windows docked upgraded token-2 => recognized token \
         (browser_version, gpu_renderer, canvas_geometry, canvas_text, screen_resolution, pixel_ratio, device_memory) \
         [new_country new_network]",
    );
}

#[test]
fn a_token_of_another_device_is_a_mismatch() {
    check(
        "0.09:00 ana FI chrome-142/windows => first
         1.09:00 ana FI firefox-145/linux machine-1 => new [new_device] mailed
         2.09:00 ana FI firefox-145/linux machine-1 token-1 => recognized exact [token_mismatch]
         3.09:00 ana BR chrome-142/mac machine-5 token-1 => new [token_mismatch new_device new_country new_network] mailed",
    );
}

#[test]
fn a_token_of_another_user_is_worth_nothing() {
    check(
        "0.09:00 ana FI chrome-142/windows                     => first
         0.09:00 ben SE firefox-145/linux                      => first
         1.09:00 ben FI/3 chrome-142/windows machine-4 token-1 => new [new_device new_country new_network] mailed",
    );
}

#[test]
fn a_denied_device_alerts_every_time() {
    check(
        "0.09:00 ana FI chrome-142/windows          => first
         1.09:00 ana BR firefox-145/linux machine-2 => new [new_device new_country new_network] mailed
         1.09:30 ana denies 2                       => denied
         1.10:00 ana BR firefox-145/linux machine-2 => recognized exact [denied_device] mailed
         2.10:00 ana BR firefox-146/linux machine-2 => recognized similar (browser_version) [denied_device] mailed
         2.11:00 ana confirms 2                     => confirmed
         2.12:00 ana BR firefox-146/linux machine-2 => recognized exact",
    );
}

#[test]
fn a_removed_device_alerts_again() {
    check(
        "0.09:00 ana FI chrome-142/windows          => first
         1.09:00 ana FI firefox-145/linux machine-2 => new [new_device] mailed
         2.09:00 ana FI firefox-145/linux machine-2 => recognized exact
         2.09:30 ana removes 2                      => removed
         2.09:40 ana removes 2                      => no such device
         3.09:00 ana FI firefox-145/linux machine-2 => new [new_device] mailed",
    );
}

#[test]
fn a_failed_attempt_teaches_nothing() {
    check(
        "0.09:00 ana FI chrome-142/windows failed => first
         0.09:01 ana FI chrome-142/windows => first
         0.09:02 ana BR firefox-145/linux machine-3 failed => new [impossible_travel new_device new_country new_network]
         0.09:03 ana BR firefox-145/linux machine-3 failed => new [impossible_travel new_device new_country new_network]
         0.09:04 ana BR firefox-145/linux machine-3 => new [impossible_travel new_device new_country new_network] mailed",
    );
}

#[test]
fn of_33_devices_the_least_recently_seen_is_forgotten() {
    let mut story = check("0.09:00 ana FI chrome-142/windows no-email => first");
    let networks: Vec<String> =
        (2..=33).map(|it| format!("{it}.09:00 ana FI/{it} chrome-142/windows machine-{} no-email", it * 8)).collect();
    for line in &networks {
        story.goes_on(&format!("{line} => new [new_device new_network] not mailed: no_address"));
    }
    assert_eq!(story.profile("ana").devices.len(), MAX_DEVICES);
    story.goes_on(
        "40.09:00 ana FI/33 chrome-142/windows machine-264 => recognized exact
         40.09:00 ana FI chrome-142/windows                => new [new_device new_network] mailed",
    );
}
