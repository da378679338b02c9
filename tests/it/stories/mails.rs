//! Stories of mails: at most one for a device, none that would come too late, none to nobody.

use watchlight::domain::policy::policy::Policy;

use crate::{
    stories::door::{Story, check},
    support::redis::RedisServer,
};

#[test]
fn a_user_is_mailed_five_times_an_hour_and_the_sixth_is_recorded() {
    check(
        "0.09:00 ana FI chrome-142/windows              => first
         0.09:01 ana FI/2 chrome-142/windows machine-10 => new [new_device new_network] mailed
         0.09:02 ana FI/3 chrome-142/windows machine-20 => new [new_device new_network] mailed
         0.09:03 ana FI/4 chrome-142/windows machine-30 => new [new_device new_network] mailed
         0.09:04 ana FI/5 chrome-142/windows machine-40 => new [new_device new_network] mailed
         0.09:05 ana FI/6 chrome-142/windows machine-50 => new [new_device new_network] mailed
         0.09:06 ana FI/7 chrome-142/windows machine-60 => new [new_device new_network] not mailed: rate_limited
         0.09:07 ben FI chrome-142/windows              => first
         0.09:08 ben FI/7 chrome-142/windows machine-60 => new [new_device new_network] mailed
         0.10:02 ana FI/8 chrome-142/windows machine-70 => after a digest new [new_device new_network] mailed",
    );
}

#[test]
fn twenty_mails_are_enough_for_a_day() {
    let mut story = check("0.00:00 ana FI chrome-142/windows => first");
    for number in 1..=20 {
        story.goes_on(&format!(
            "0.{number:02}:00 ana FI/{} chrome-142/windows machine-{} => new [new_device new_network] mailed",
            number + 1,
            number * 10
        ));
    }
    story.goes_on(
        "0.23:00 ana FI/99 chrome-142/windows machine-999 => new [new_device new_network] not mailed: rate_limited
         1.01:00 ana FI/98 chrome-142/windows machine-888 => after a digest new [new_device new_network] not mailed: \
         rate_limited
         1.02:01 ana FI/97 chrome-142/windows machine-777 => after a digest new [new_device new_network] not mailed: \
         rate_limited",
    );
}

#[test]
fn what_exceeds_the_budget_is_told_in_one_mail_as_soon_as_the_budget_allows() {
    let mut story = check("0.09:00 ana FI chrome-142/windows => first");
    for number in 1..=5 {
        story.goes_on(&format!(
            "0.09:0{number} ana FI/{} chrome-142/windows machine-{} => new [new_device new_network] mailed",
            number + 1,
            number * 10
        ));
    }
    for number in 10..=21 {
        story.goes_on(&format!(
            "0.09:{number} ana FI/{} chrome-142/windows machine-{} => new [new_device new_network] not mailed: rate_limited",
            number + 1,
            number * 10
        ));
    }
    story.goes_on("0.10:00 ana FI chrome-142/windows => recognized exact [new_network]");
    assert_eq!(story.mails().len(), 5, "the first of five is not an hour old");
    story.goes_on("0.10:01 ana FI chrome-142/windows => after a digest recognized exact");
    let mails = story.mails();
    assert_eq!(mails.len(), 6);
    assert!(mails[5].letter.text.contains("12"), "{}", mails[5].letter.text);
    let leads = story.line(7).record.alert.unwrap().id;
    assert!(mails.iter().all(|it| it.recipient == "ana@example.com") && leads <= mails[5].alert.id);
    story.goes_on(
        "0.10:02 ana FI/40 chrome-142/windows machine-400 => new [new_device new_network] mailed
         0.10:03 ana FI/41 chrome-142/windows machine-410 => new [new_device new_network] mailed
         0.10:04 ana FI/42 chrome-142/windows machine-420 => new [new_device new_network] mailed
         0.10:05 ana FI/43 chrome-142/windows machine-430 => new [new_device new_network] mailed
         0.10:06 ana FI/44 chrome-142/windows machine-440 => new [new_device new_network] not mailed: rate_limited",
    );
}

#[test]
fn a_digest_takes_up_nothing_in_its_last_minute() {
    let mut story = check("0.09:00 ana FI chrome-142/windows => first");
    for number in 1..=5 {
        story.goes_on(&format!(
            "0.09:0{number} ana FI/{} chrome-142/windows machine-{} => new [new_device new_network] mailed",
            number + 1,
            number * 10
        ));
    }
    story.goes_on(
        "0.09:10 ana FI/7 chrome-142/windows machine-60 => new [new_device new_network] not mailed: rate_limited
         0.10:00 ana FI/8 chrome-142/windows machine-70 => new [new_device new_network] not mailed: rate_limited
         0.10:01 ana FI chrome-142/windows              => after a digest recognized exact
         0.10:02 ana FI chrome-142/windows              => after a digest recognized exact",
    );
    assert_eq!(story.mails().len(), 7, "what came in the last minute leads the next");
}

#[test]
fn without_an_address_an_alert_is_recorded() {
    check(
        "0.09:00 ana FI chrome-142/windows no-email            => first
         0.09:01 ana FI/2 firefox-145/linux machine-2 no-email => new [new_device new_network] not mailed: no_address
         0.09:02 ana FI/2 firefox-145/linux machine-2          => recognized exact",
    );
}

#[test]
fn what_is_older_than_a_day_is_learned_and_not_mailed() {
    check(
        "0.09:00 ana FI chrome-142/windows                    => first
         1.09:00@2.09:01 ana FI/2 firefox-145/linux machine-2 => new [new_device new_network] not mailed: late
         1.09:01@2.09:01 ana FI/3 chrome-142/mac machine-3    => new [new_device new_network] mailed
         2.09:02 ana FI/2 firefox-145/linux machine-2         => recognized exact",
    );
}

#[test]
fn what_is_imported_is_learned_and_mails_nobody() {
    check(
        "0.09:00@9.09:00 ana FI chrome-142/windows imported            => first
         1.09:00@9.09:00 ana FI/2 firefox-145/linux machine-2 imported => new [new_device new_network]
         9.08:59@9.09:00 ana FI/3 chrome-142/mac machine-3 imported    => new [new_device new_network]
         9.10:00 ana FI/2 firefox-145/linux machine-2                  => recognized exact
         9.10:01 ana FI/3 chrome-142/mac machine-3                     => recognized exact",
    );
}

#[test]
fn a_muted_tenant_is_told_and_its_users_are_not() {
    let mut story = Story::begin(Policy { muted: true, ..Policy::default() });
    story.goes_on(
        "0.09:00 ana FI chrome-142/windows => first
         0.09:01 ana FI firefox-145/linux machine-2 => new [new_device] not mailed: muted",
    );
}

#[test]
fn a_story_goes_the_same_way_over_every_store() {
    let folder = tempfile::tempdir().unwrap();
    let redis = RedisServer::start(&[]);
    let sqlite = format!("sqlite:{}", folder.path().join("watchlight.db").display());
    for url in ["memory:", &sqlite, &redis.url()] {
        Story::over(url, Policy::default()).goes_on(
            "0.09:00 ana FI chrome-142/windows         => first
             15.09:00 ana FI chrome-143/windows docked => recognized similar (browser_version, screen_resolution, \
             pixel_ratio)
             16.09:00 ana BR firefox-145/linux machine-2 failed   => new [new_device new_country new_network]
             16.09:01 ana BR firefox-145/linux machine-2          => new [new_device new_country new_network] mailed
             16.09:30 ana denies 4                                => denied
             16.10:00 ana BR firefox-145/linux machine-2          => recognized exact [denied_device] mailed
             16.11:00 ana removes 4                               => removed
             15.20:00@17.11:00 ana BR firefox-145/linux machine-2 => new [new_device] not mailed: late",
        );
    }
}
