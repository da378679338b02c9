//! Writes mails to a folder, one `.eml` file each, for development without a mail server.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use mailparse::{MailHeaderMap, ParsedMail, parse_headers, parse_mail};

use crate::{
    adapters::mail::message::Composer,
    domain::{alert::notice::Notice, time::Timestamp},
    ports::{DevMail, DevMailEntry, DevMailMessage, Mail, MailFault},
};

/// Longest name of a mail that is looked up.
const MAX_NAME_BYTES: usize = 100;
/// Largest file that is read: a mail of ours has about 15 KiB, so a larger file is none.
const MAX_MAIL_BYTES: u64 = 1024 * 1024;

/// Writes mails to a folder and reads them back.
#[derive(Clone, Debug)]
pub struct FileMail {
    composer: Composer,
    dir: PathBuf,
}

impl FileMail {
    /// Writes to `dir`, which is created if it is missing.
    ///
    /// # Errors
    /// If the folder cannot be created.
    pub fn open(dir: &Path, composer: Composer) -> io::Result<Self> {
        make(dir, true)?;
        Ok(Self { composer, dir: dir.to_owned() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.eml"))
    }

    fn entry(&self, name: String) -> Option<DevMailEntry> {
        let bytes = read(&self.path(&name)).ok()?;
        let (headers, _) = parse_headers(&bytes).ok()?;
        let value = |key| headers.get_first_value(key).unwrap_or_default();
        Some(DevMailEntry { name, to: value("To"), subject: value("Subject"), date: value("Date") })
    }
}

#[async_trait]
impl Mail for FileMail {
    async fn send(&self, now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault> {
        let bytes = self.composer.compose(now, notice)?.bytes;
        let (dir, path) = (self.dir.clone(), self.path(&file_name(notice)));
        blocking(move || make(&dir, false).and_then(|()| write(&path, &bytes))).await
    }

    async fn probe(&self) -> Result<(), MailFault> {
        let (dir, path) = (self.dir.clone(), self.dir.join(".probe"));
        blocking(move || make(&dir, false).and_then(|()| fs::write(&path, b"")).and_then(|()| fs::remove_file(&path)))
            .await
    }
}

impl DevMail for FileMail {
    fn list(&self, limit: usize) -> Vec<DevMailEntry> {
        let Ok(files) = fs::read_dir(&self.dir) else { return Vec::new() };
        let mut names: Vec<String> = files
            .filter_map(|it| it.ok()?.file_name().into_string().ok()?.strip_suffix(".eml").map(str::to_owned))
            .filter(|it| is_name(it))
            .collect();
        names.sort_unstable_by(|a, b| b.cmp(a));
        names.into_iter().filter_map(|it| self.entry(it)).take(limit).collect()
    }

    fn read(&self, name: &str) -> Option<DevMailMessage> {
        if !is_name(name) {
            return None;
        }
        let bytes = read(&self.path(name)).ok()?;
        let mail = parse_mail(&bytes).ok()?;
        let headers = mail.headers.iter().map(|header| (header.get_key(), header.get_value())).collect();
        Some(DevMailMessage { headers, text: body(&mail, "text/plain"), html: body(&mail, "text/html") })
    }
}

/// The name of a mail's file. It sorts by when there was something to tell, and is the same for every attempt.
fn file_name(notice: &Notice<'_>) -> String {
    let at = jiff::Timestamp::from_millisecond(notice.arose_at().unix_ms()).unwrap_or_default();
    format!("{}-{}", at.strftime("%Y%m%dT%H%M%S%3fZ"), notice.mail_id())
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(allowed)
}

/// Creates the folder if it is missing, and its parents if `all` is set, as at the start. Later, a missing folder was
/// deleted by somebody and is created again; but if its parents are gone too, they were moved and may come back.
fn make(dir: &Path, all: bool) -> io::Result<()> {
    // The mails contain addresses, and links that answer on behalf of their users.
    match fs::DirBuilder::new().recursive(all).mode(0o700).create(dir) {
        Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        made => made,
    }
}

/// Writes a file beside its place and renames it, so that a reader sees a whole mail or none.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("tmp");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(bytes)?;
    fs::rename(&unfinished, path)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = fs::symlink_metadata(path)?;
    if !file.is_file() || file.len() > MAX_MAIL_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    fs::read(path)
}

/// The first part of this type, wherever it is; empty if there is none.
fn body(mail: &ParsedMail<'_>, kind: &str) -> String {
    mail.parts().find(|it| it.ctype.mimetype == kind).and_then(|it| it.get_body().ok()).unwrap_or_default()
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), MailFault> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|it| Err(io::Error::other(it)));
    done.map_err(|it| MailFault::Transient(format!("the mail folder cannot be written: {}", it.kind())))
}
