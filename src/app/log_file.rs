//! Logs of logins: files with one JSON object a line, read with a progress bar.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use crate::{
    app::fault::Fault,
    domain::login::LoginDraft,
    http::{body::parse_json, wire::login_request::LoginRequest},
    service::replay::Truth,
};

/// One line.
#[derive(Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// The login's JSON, without what a labelled log says is true of it.
    pub body: Bytes,
    /// The login, or why it is none.
    pub draft: Result<LoginDraft, String>,
    /// What is true of it, in a labelled log.
    pub truth: Option<Truth>,
}

/// A log that is being read. Lines that are blank are passed over.
pub struct LogFile {
    path: PathBuf,
    lines: BufReader<File>,
    number: u64,
    progress: ProgressBar,
}

impl LogFile {
    /// Opens a log; on a terminal a bar shows how far it is read.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let failed = |reason| Fault::file(path, reason);
        let file = File::open(path).map_err(failed)?;
        let progress = ProgressBar::new(file.metadata().map_err(failed)?.len());
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {bytes}/{total_bytes}  {eta} left");
        progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Ok(Self { path: path.to_owned(), lines: BufReader::new(file), number: 0, progress })
    }

    /// The next lines, at most `most`; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next(&mut self, most: usize) -> Result<Vec<Line>, Fault> {
        let mut lines = Vec::new();
        let mut bytes = Vec::new();
        while lines.len() < most {
            bytes.clear();
            let read = self.lines.read_until(b'\n', &mut bytes).map_err(|reason| Fault::file(&self.path, reason))?;
            if read == 0 {
                break;
            }
            self.number += 1;
            self.progress.inc(read as u64);
            let line = bytes.trim_ascii();
            if !line.is_empty() {
                lines.push(read_line(self.number, line));
            }
        }
        Ok(lines)
    }

    /// Takes the bar away.
    pub fn done(&self) {
        self.progress.finish_and_clear();
    }
}

/// What stands beside a login in a labelled log.
#[derive(Deserialize)]
struct WrittenTruth {
    #[serde(default)]
    owner: bool,
    #[serde(default)]
    known_device: bool,
    attack: Option<String>,
}

fn read_line(number: u64, line: &[u8]) -> Line {
    let (body, truth) = split_truth(line).unwrap_or_else(|| (Bytes::copy_from_slice(line), None));
    let draft = parse_json::<LoginRequest>(&body).map_err(|it| it.to_string());
    let draft = draft.and_then(|it| it.into_draft().map_err(|it| format!("{} {}", it.field, it.problem)));
    Line { number, body, draft, truth }
}

/// Takes the label off a login; `None` where there is none, and the bytes are the login as they are.
fn split_truth(line: &[u8]) -> Option<(Bytes, Option<Truth>)> {
    if !line.windows(7).any(|it| it == b"\"truth\"") {
        return None;
    }
    let mut login: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line).ok()?;
    let WrittenTruth { owner, known_device, attack } = serde_json::from_value(login.remove("truth")?).ok()?;
    let body = serde_json::to_vec(&login).ok()?;
    Some((body.into(), Some(Truth { owner, known_device, attack })))
}
