//! Whatever a stranger writes into a login: no header, no link and no markup comes of it.

use std::{
    io::Write,
    process::{Command, Stdio},
    thread,
};

use watchlight::{
    adapters::mail::message::Composer,
    app::commands::samples::{Sample, Told, request_variants},
    domain::{
        alert::{alert::Alert, notice::Notice},
        ids::{TenantId, UserId},
        place::{Country, NamedPlace},
    },
    ports::MailFault,
    words::{clean::is_invisible, language::Language},
};

use crate::mail::samples::{LINK, NOW, RECIPIENT, alert, composer, notice, variants};

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

/// Python's own parser, which refuses what is not well-formed. Reads mails that are preceded by their length; of each
/// prints headers, recipients, sender, parts, subject, and whether both parts tell the same.
const PARSER: &str = r#"
import email, email.policy, html, re, sys
policy = email.policy.SMTP.clone(raise_on_defect=True)
def words(text):
    return re.sub(r"[\W_]+", "", text)
while head := sys.stdin.buffer.readline():
    mail = email.message_from_bytes(sys.stdin.buffer.read(int(head)), policy=policy)
    print(" ".join(mail.keys()))
    print(",".join(a.addr_spec for a in mail["To"].addresses))
    print(mail["From"].addresses[0].addr_spec)
    plain, rich = mail.iter_parts()
    print(plain.get_content_type(), rich.get_content_type())
    assert not plain.defects and not rich.defects
    print(mail["Subject"])
    shown = words(html.unescape(re.sub(r"<[^>]*>", "", rich.get_content().split("<body>")[1])))
    missing = [line for line in plain.get_content().splitlines() if words(re.sub(r"^[0-9]\. ", "", line)) not in shown]
    print("same facts" if not missing else f"missing {missing}")
"#;

fn parsed(messages: &[Vec<u8>]) -> Vec<Vec<String>> {
    let mut python = Command::new("python3")
        .args(["-c", PARSER])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    let written = messages.to_vec();
    let writer = thread::spawn(move || {
        for message in written {
            writeln!(input, "{}", message.len()).unwrap();
            input.write_all(&message).unwrap();
        }
    });
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "the parser refuses a mail");
    let lines: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    lines.chunks(6).map(<[String]>::to_vec).collect()
}

fn poisoned(alert: &Alert, text: &str) -> Alert {
    let user: String = text.chars().filter(|it| !it.is_control()).collect();
    Alert {
        user: UserId::parse(&user).unwrap(),
        // A country that has no name in any language: so its English name is shown.
        place: Some(NamedPlace {
            country: Country::parse("XX").unwrap(),
            country_name: text.to_owned(),
            city: Some(text.to_owned()),
        }),
        method: Some(text.to_owned()),
        time_zone: Some(text.to_owned()),
        ..alert.clone()
    }
}

/// Every variant in every language, each with every hostile text wherever a stranger's text can be; and once in the
/// language itself.
fn poisoned_samples(text: &str) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Language::ALL.iter().flat_map(|it| variants(it.tag())).collect();
    samples.extend(variants(text));
    let asking = request_variants(&TenantId::parse("acme").unwrap(), text);
    samples.extend(asking.into_iter().filter(|it| it.name.starts_with("request_")));
    for sample in &mut samples {
        match &mut sample.told {
            Told::Alert(alert) => **alert = poisoned(alert, text),
            Told::Digest(digest) => {
                (digest.newest, digest.riskiest) = (poisoned(&digest.newest, text), poisoned(&digest.riskiest, text));
            }
            // Of a stranger's text it has only the language, which is poisoned already.
            Told::Request(_) => {}
        }
    }
    samples
}

#[test]
fn nothing_is_smuggled_into_the_headers() {
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
    for text in HOSTILE {
        let composer = Composer::new("security@example.com", text, "https://login.example.com/").unwrap();
        let samples = poisoned_samples(text);
        let messages: Vec<_> =
            samples.iter().map(|it| composer.compose(it.now, &it.notice(LINK)).unwrap().bytes).collect();
        for (lines, sample) in parsed(&messages).iter().zip(&samples) {
            let mut headers: Vec<_> = lines[0].split(' ').collect();
            headers.sort_unstable();
            assert_eq!(headers, expected, "{text:?}");
            assert_eq!(lines[1..4], [RECIPIENT, "security@example.com", "text/plain text/html"], "{text:?}");
            let letter = composer.letter(sample.now, &sample.notice(LINK)).unwrap();
            assert!(letter.subject.chars().count() <= 60, "{}", letter.subject);
            assert_eq!(lines[4], letter.subject, "{text:?}");
            // What is told to programs is told to people: the same facts in both parts.
            assert_eq!(lines[5], "same facts", "{text:?}");
        }
    }
}

#[test]
fn nothing_is_smuggled_into_the_body() {
    for text in HOSTILE {
        for sample in poisoned_samples(text) {
            let letter = composer().letter(sample.now, &sample.notice(LINK)).unwrap();
            for part in [&letter.text, &letter.html] {
                assert!(!part.chars().any(|it| it.is_control() && it != '\n'), "{text:?}");
                assert!(!part.chars().any(|it| is_invisible(it) && it != '\n'), "{text:?}");
                assert!(!part.contains("evil.example") && !part.contains("onerror="), "{text:?}: {part}");
            }
            // Only the tags of the templates.
            for tag in ["<img", "<script", "<a ", "<b>", "{{", "{%"] {
                assert_eq!(letter.html.matches(tag).count(), if tag == "<a " { 2 } else { 0 }, "{text:?} {tag}");
            }
            assert_eq!(letter.html.matches("href=").count(), 2, "{text:?}");
            assert_eq!(letter.text.matches("://").count(), 1, "{text:?}");
        }
    }
}

#[test]
fn a_product_with_markup_is_shown_as_written() {
    let composer =
        Composer::new("Evil <security@example.com>", "<b>A&B</b> {{7*7}}", "https://login.example.com/").unwrap();
    let letter = composer.letter(NOW, &notice(&alert())).unwrap();
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
        let outcome = composer().compose(NOW, &Notice { recipient, ..notice(&alert()) });
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
        assert!(
            matches!(composer().compose(NOW, &Notice { link, ..notice(&alert()) }), Err(MailFault::Permanent(_))),
            "{link}"
        );
    }
}

#[test]
fn a_sender_that_is_none_is_refused() {
    for from in ["", "nobody", "a@b\r\nX: y", "<>"] {
        assert!(Composer::new(from, "Example", "https://login.example.com").is_err(), "{from:?}");
    }
}
