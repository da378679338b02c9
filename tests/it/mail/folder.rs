//! Mails in a folder: written whole, found again, and nothing else is read.

use std::{fs, os::unix::fs::PermissionsExt};

use tempfile::tempdir;
use watchlight::{
    adapters::mail::smtp_session::TlsMode,
    domain::{
        alert::{alert::Alert, notice::Notice},
        ids::{AlertId, Partition, timed_bytes},
        time::HOUR_MS,
    },
};

use crate::mail::samples::{NOW, RECIPIENT, alert, composer, notice, opened};

#[tokio::test]
async fn a_folder_that_was_deleted_is_made_again() {
    let dir = tempdir().unwrap();
    let folder = dir.path().join("mail");
    let opened = opened(&format!("file:{}", folder.display()), TlsMode::Required);
    fs::remove_dir_all(&folder).unwrap();
    opened.mail.probe().await.unwrap();
    fs::remove_dir_all(&folder).unwrap();
    opened.mail.send(NOW, &notice(&alert())).await.unwrap();
    assert_eq!(opened.dev_mail.unwrap().list(10).len(), 1);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_folder_above_it_that_is_gone_was_moved_and_is_not_made_anew() {
    let dir = tempdir().unwrap();
    let above = dir.path().join("data");
    let opened = opened(&format!("file:{}", above.join("mail").display()), TlsMode::Required);
    fs::remove_dir_all(&above).unwrap();
    assert!(opened.mail.probe().await.is_err() && opened.mail.send(NOW, &notice(&alert())).await.is_err());
    assert!(!above.exists());
}

#[tokio::test]
async fn what_is_filed_is_found_again() {
    let dir = tempdir().unwrap();
    let folder = dir.path().join("deep/mail");
    let opened = opened(&format!("file:{}", folder.display()), TlsMode::Required);
    let mailbox = opened.dev_mail.unwrap();
    opened.mail.probe().await.unwrap();
    let later = Alert {
        id: AlertId(timed_bytes(NOW.plus_ms(HOUR_MS), Partition(0), &[1; 32])),
        created_at: NOW.plus_ms(HOUR_MS),
        ..alert()
    };
    opened.mail.send(NOW, &notice(&alert())).await.unwrap();
    opened.mail.send(NOW, &Notice { recipient: "bo@example.com", ..notice(&later) }).await.unwrap();
    opened.mail.send(NOW.plus_ms(1_000), &notice(&alert())).await.unwrap();

    let entries = mailbox.list(10);
    assert_eq!(entries.len(), 2, "a second attempt takes the place of the first");
    assert_eq!(entries.iter().map(|it| it.to.as_str()).collect::<Vec<_>>(), ["bo@example.com", RECIPIENT]);
    assert_eq!(entries[1].subject, "New sign-in to Example from Firefox on Windows");
    assert_eq!(entries[1].date, "Mon, 23 Nov 2026 13:06:01 +0000");
    assert_eq!(mailbox.list(1), entries[..1]);

    let letter = composer().letter(NOW, &notice(&alert())).unwrap();
    let read = mailbox.read(&entries[1].name).unwrap();
    assert_eq!(read.text.replace("\r\n", "\n").trim_end(), letter.text.trim_end());
    assert_eq!(read.html.replace("\r\n", "\n").trim_end(), letter.html.trim_end());
    assert_eq!(read.headers.len(), 11);
    assert!(read.headers.contains(&("To".to_owned(), RECIPIENT.to_owned())));
}

#[test]
fn nothing_else_is_read() {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("secret.eml"), "To: a@example.com\r\n\r\nsecret").unwrap();
    let folder = dir.path().join("mail");
    let mailbox = opened(&format!("file:{}", folder.display()), TlsMode::None).dev_mail.unwrap();
    fs::write(folder.join("no-mail.eml"), [0xFF, 0x00, b'\n']).unwrap();
    fs::write(folder.join("half.tmp"), "To: a@example.com").unwrap();
    std::os::unix::fs::symlink(dir.path().join("secret.eml"), folder.join("link.eml")).unwrap();
    for name in ["../secret", "..%2fsecret", "/etc/passwd", "link", "", ".", "a\0b", &"x".repeat(5_000)] {
        assert_eq!(mailbox.read(name), None, "{name}");
    }
    assert!(mailbox.list(10).iter().all(|it| it.name == "no-mail"));
}
