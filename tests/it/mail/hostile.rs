//! Whatever a stranger writes into a login: no header, no link and no markup comes of it.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use watchlight::{
    adapters::mail::message::Composer,
    domain::{alert::Alert, ids::UserId},
    ports::MailFault,
};

use crate::mail::samples::{LINK, NOW, RECIPIENT, alert, composer};

const HOSTILE: [&str; 10] = [
    "x\r\nBcc: victim@example.net\r\n\r\nbody",
    "\u{202e}gnp.exe\u{2066}\u{200b}",
    "<img src=x onerror=alert(1)>",
    "\"><a href=https://evil.example>click</a>",
    "{{7*7}} {% raw %}",
    "https://evil.example/login www.evil.example",
    "%s%n%x",
    "\u{1b}[31m\u{7}\0",
    "=?utf-8?q?evil?= \u{2028}\u{2029}",
    "'; DROP TABLE users; --",
];

/// Python's own parser, which refuses what is not well-formed. Prints headers, recipients and parts.
const PARSER: &str = r#"
import email, email.policy, sys
policy = email.policy.SMTP.clone(raise_on_defect=True)
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=policy)
print(" ".join(mail.keys()))
print(",".join(a.addr_spec for a in mail["To"].addresses))
print(mail["From"].addresses[0].addr_spec)
print(" ".join(p.get_content_type() for p in mail.iter_parts()))
for p in mail.iter_parts():
    assert not p.defects and p.get_content(), p.defects
print(repr(mail["Subject"]))
"#;

fn parsed(message: &[u8]) -> Vec<String> {
    let mut python = Command::new("python3")
        .args(["-c", PARSER])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(message).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "the parser refuses:\n{}", String::from_utf8_lossy(message));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn poisoned(text: &str) -> Alert {
    let user: String = text.chars().filter(|it| !it.is_control()).collect();
    Alert {
        user: UserId::parse(&user).unwrap(),
        place_name: text.to_owned(),
        method: Some(text.to_owned()),
        locale: Some(text.to_owned()),
        time_zone: Some(text.to_owned()),
        ..alert()
    }
}

#[test]
fn nothing_is_smuggled_into_the_headers() {
    for text in HOSTILE {
        let composer = Composer::new("security@example.com", text, "https://login.example.com/").unwrap();
        let lines = parsed(&composer.compose(NOW, &poisoned(text), RECIPIENT, LINK).unwrap().bytes);
        let mut headers: Vec<_> = lines[0].split(' ').collect();
        headers.sort_unstable();
        let expected = [
            "Auto-Submitted",
            "Content-Language",
            "Content-Type",
            "Date",
            "Feedback-ID",
            "From",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To",
            "X-Auto-Response-Suppress",
        ];
        assert_eq!(headers, expected, "{text:?}");
        assert_eq!(lines[1..4], [RECIPIENT, "security@example.com", "text/plain text/html"], "{text:?}");
        assert!(lines[4].starts_with("'New sign-in to ") || lines[4].starts_with("\"New sign-in to "), "{}", lines[4]);
    }
}

#[test]
fn nothing_is_smuggled_into_the_body() {
    let honest = composer().letter(NOW, &alert(), RECIPIENT, LINK).unwrap();
    let tags = |html: &str| html.matches('<').count();
    for text in HOSTILE {
        let letter = composer().letter(NOW, &poisoned(text), RECIPIENT, LINK).unwrap();
        for part in [&letter.text, &letter.html] {
            assert!(!part.chars().any(|it| it.is_control() && it != '\n'), "{text:?}");
            assert!(!part.chars().any(|it| "\u{202e}\u{2066}\u{200b}\u{2028}\u{2029}".contains(it)), "{text:?}");
            assert!(!part.contains("evil.example"), "{text:?}: {part}");
        }
        // The row of the method, which has no name, is four tags and two isolates less.
        assert_eq!(tags(&letter.html), tags(&honest.html) - 8, "{text:?}: {}", letter.html);
        assert_eq!(letter.html.matches("href=").count(), 2, "{text:?}");
        assert_eq!(letter.text.matches("://").count(), 1, "{text:?}");
    }
}

#[test]
fn a_product_with_markup_is_shown_as_written() {
    let composer =
        Composer::new("Evil <security@example.com>", "<b>A&B</b> {{7*7}}", "https://login.example.com/").unwrap();
    let letter = composer.letter(NOW, &alert(), RECIPIENT, LINK).unwrap();
    assert!(!letter.html.contains("<b>") && letter.html.contains("A&#38;B"), "{}", letter.html);
    assert!(letter.text.contains("Your <b>A&B</b> {{7*7}} account"));
}

#[test]
fn only_a_mailbox_of_the_public_mail_system_is_written_to() {
    let refused = [
        "u@localhost",
        "u@[127.0.0.1]",
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "Ana <ana@example.com>",
        "nobody",
        "",
    ];
    for recipient in refused {
        let outcome = composer().compose(NOW, &alert(), recipient, LINK);
        assert!(matches!(outcome, Err(MailFault::Permanent(_))), "{recipient}");
    }
}

#[test]
fn only_our_own_link_is_mailed() {
    let refused = [
        "https://evil.example/a/1",
        "javascript:alert(1)",
        "https://login.example.com/a/\"onclick=x",
        "https://login.example.com/a b",
        "https://login.example.com/\r\n",
    ];
    for link in refused {
        assert!(matches!(composer().compose(NOW, &alert(), RECIPIENT, link), Err(MailFault::Permanent(_))), "{link}");
    }
}

#[test]
fn a_sender_that_is_none_is_refused() {
    for from in ["", "nobody", "a@b\r\nX: y", "<>"] {
        assert!(Composer::new(from, "Example", "https://login.example.com").is_err(), "{from:?}");
    }
}
