//! What a mail says, word for word, and the form that it has.

use watchlight::{
    adapters::mail::{
        message::{Composer, Wording},
        render::Letter,
    },
    domain::{
        agent::{Browser, Os},
        alert::alert::Alert,
        policy::policy::SignalKind,
        time::{HOUR_MS, Timestamp},
    },
    words::language::Language,
};

use crate::mail::samples::{LINK, NOW, alert, composer, expect_file, notice, variants};

/// Every variant in every language: its file name, and what it says.
fn letters() -> Vec<(String, Letter)> {
    let (credit, support) = (Some("db-ip.com"), Some("help@example.com".to_owned()));
    let composer = composer().with_wording(Wording { credit, support, ..Wording::default() });
    let mut letters = Vec::new();
    for &language in Language::ALL {
        for sample in variants(language.tag()) {
            let letter = composer.letter(sample.now, &sample.notice(LINK)).unwrap();
            assert_eq!(letter.language, language);
            letters.push((format!("mail/{}/{}", language.tag(), sample.name), letter));
        }
    }
    letters
}

#[test]
fn every_variant_says_what_it_always_said() {
    for (name, letter) in letters() {
        expect_file(&format!("{name}.txt"), &format!("Subject: {}\n\n{}", letter.subject, letter.text));
        expect_file(&format!("{name}.html"), &letter.html);
    }
}

#[test]
fn a_message_is_on_the_wire_as_it_always_was() {
    for language in ["en", "ar"] {
        for sample in variants(language) {
            let message = composer().compose(sample.now, &sample.notice(LINK)).unwrap().bytes;
            // Git may change line ends; what leaves has CR LF everywhere.
            let message = String::from_utf8(message).unwrap();
            assert_eq!(message.matches('\n').count(), message.matches("\r\n").count());
            assert_eq!(message.matches('\r').count(), message.matches("\r\n").count());
            assert!(message.is_ascii() && message.lines().all(|it| it.len() <= 78), "{message}");
            if sample.name == "standard" {
                expect_file(&format!("mail/{language}/standard.eml"), &message.replace("\r\n", "\n"));
            }
        }
    }
}

#[test]
fn a_mail_is_short_narrow_and_light() {
    for (name, letter) in letters() {
        // Japanese puts no spaces between words: five characters are taken for two words, as translators do.
        let words = match letter.language {
            Language::Japanese => {
                letter.text.chars().filter(|it| it.is_alphanumeric() && !it.is_ascii()).count() * 2 / 5
            }
            _ => letter.text.split_whitespace().filter(|it| it.chars().any(char::is_alphanumeric)).count(),
        };
        // A digest tells of two logins.
        let most = if name.ends_with("digest") { 185 } else { 150 };
        assert!(words < most, "{name}: {words} words");
        assert!(letter.html.len() <= 30 * 1024, "{name}: {} bytes", letter.html.len());
        assert!(letter.subject.chars().count() <= 60, "{name}: {}", letter.subject);
        for line in letter.text.lines().chain(letter.html.lines()) {
            assert!(line.chars().count() <= 78 || line.contains(LINK), "{name}: {line}");
        }
        for banned in ["src=", "url(", "<script", "<img", "@import"] {
            assert!(!letter.html.contains(banned), "{name}: {banned}");
        }
        assert_eq!(letter.html.matches("://").count(), letter.html.matches(LINK).count(), "{name}");
        assert_eq!(letter.text.matches("://").count(), letter.text.matches(LINK).count(), "{name}");
        let (tag, direction) = (letter.language.tag(), letter.language.direction());
        assert!(letter.html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{name}");
    }
}

#[test]
fn no_product_is_too_long_for_a_subject() {
    for product in ["X", "Example", "Twenty-four characters!!", "A product whose name is forty characters.", "製品"] {
        let composer = Composer::new("security@example.com", product, "https://login.example.com/").unwrap();
        for &language in Language::ALL {
            for sample in variants(language.tag()) {
                let subject = composer.letter(sample.now, &sample.notice(LINK)).unwrap().subject;
                assert!((8..=60).contains(&subject.chars().count()), "{subject}");
                assert!(subject.contains(&product.chars().take(10).collect::<String>()), "{subject}");
            }
        }
    }
}

#[test]
fn a_mail_is_the_same_at_every_attempt_but_for_its_date() {
    let message = |now| String::from_utf8(composer().compose(now, &notice(&alert())).unwrap().bytes).unwrap();
    let (first, second) = (message(NOW), message(NOW.plus_ms(600_000)));
    let differing: Vec<_> = first.lines().zip(second.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(
        differing,
        [("Date: Mon, 23 Nov 2026 13:06:00 +0000", "Date: Mon, 23 Nov 2026 13:16:00 +0000")],
        "{first}"
    );
    assert_eq!(first.lines().count(), second.lines().count());
}

#[test]
fn the_subject_has_room_for_every_browser_and_system() {
    for &browser in Browser::ALL {
        for &os in Os::ALL {
            let alert = Alert { browser, os, ..alert() };
            let subject = composer().letter(NOW, &notice(&alert)).unwrap().subject;
            assert!(subject.chars().count() <= 60 && subject.starts_with("New sign-in to Example"), "{subject}");
        }
    }
}

/// The value of a row of the plain part.
fn row(alert: &Alert, label: &str) -> Option<String> {
    let text = composer().letter(NOW, &notice(alert)).unwrap().text.replace("\n  ", " ");
    text.lines().find_map(|it| Some(it.strip_prefix(label)?.strip_prefix(": ")?.to_owned()))
}

#[test]
fn the_time_is_the_accounts() {
    let at = |zone: Option<&str>, hours| {
        let time_zone = zone.map(str::to_owned);
        let alert = Alert { time_zone, occurred_at: NOW.plus_ms(hours * HOUR_MS), ..alert() };
        row(&alert, "When").unwrap()
    };
    assert_eq!(at(Some("Europe/Helsinki"), 0), "Monday 23 November 2026, 15:06 EET (13:06 UTC)");
    assert_eq!(at(Some("Asia/Tokyo"), 5), "Tuesday 24 November 2026, 03:06 JST (Monday 18:06 UTC)");
    assert_eq!(at(Some("America/Sao_Paulo"), 0), "Monday 23 November 2026, 10:06 UTC−03 (13:06 UTC)");
    for unknown in [None, Some("UTC"), Some(""), Some("../../etc/passwd"), Some("Europe/\r\nBcc: x")] {
        assert_eq!(at(unknown, 0), "Monday 23 November 2026, 13:06 UTC");
    }
    let never = Alert { occurred_at: Timestamp::from_unix_ms(i64::MAX), ..alert() };
    assert!(row(&never, "When").unwrap().contains("9999"));
}

#[test]
fn the_way_in_is_told_if_it_has_a_name() {
    let told = |method: &str| row(&Alert { method: Some(method.to_owned()), ..alert() }, "Signed in with");
    assert_eq!(told("magic_link").as_deref(), Some("a link by e-mail"));
    assert_eq!(told("otp").as_deref(), Some("a one-time code"));
    assert_eq!(told("sso").as_deref(), Some("single sign-on"));
    assert_eq!(told("social:apple").as_deref(), Some("Apple"));
    assert_eq!(told("social:evil.example"), None);
    assert_eq!(told("PASSWORD; call 555"), None);
}

#[test]
fn every_reason_has_words() {
    for &kind in SignalKind::ALL {
        let alert = Alert { reasons: vec![kind], ..alert() };
        let text = composer().letter(NOW, &notice(&alert)).unwrap().text;
        let why = text.split("\n\n").find_map(|it| it.strip_prefix("Why you get this: ")).unwrap();
        assert!(why.ends_with('.') && why.len() > 20, "{why}");
    }
}
