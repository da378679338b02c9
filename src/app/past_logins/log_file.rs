//! Reads logs of logins: files with one JSON object on each line. Shows a progress bar.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use crate::{
    app::{
        csv_log::{Column, CsvLog},
        fault::Fault,
    },
    domain::login::login::LoginDraft,
    http::door::body::parse_json,
    lab::truth::Truth,
    wire::{
        login_request::LoginRequest,
        privacy::import_line::{Found, found_in},
    },
};

/// A line of a log.
#[derive(Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// The login's JSON, without its label.
    pub body: Bytes,
    /// The login, or why the line is not one.
    pub draft: Result<LoginDraft, String>,
    /// The label, if the log has them.
    pub truth: Option<Truth>,
}

enum Source {
    Lines(BufReader<File>),
    Csv(CsvLog),
}

/// A log that is being read. Blank lines are skipped.
pub struct LogFile {
    path: PathBuf,
    source: Source,
    number: u64,
    progress: ProgressBar,
}

impl LogFile {
    /// Opens a log. On a terminal, a bar shows the progress.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path, columns: &[Column]) -> Result<Self, Fault> {
        let failed = |reason| Fault::file(path, reason);
        let file = File::open(path).map_err(failed)?;
        let progress = ProgressBar::new(file.metadata().map_err(failed)?.len());
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {bytes}/{total_bytes}  {eta} left");
        progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let is_csv = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv"));
        let source =
            if is_csv { Source::Csv(CsvLog::open(path, file, columns)?) } else { Source::Lines(BufReader::new(file)) };
        // The first line of CSV has the names of the columns.
        Ok(Self { path: path.to_owned(), source, number: u64::from(is_csv), progress })
    }

    /// The next lines, at most `most`; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next(&mut self, most: usize) -> Result<Vec<Line>, Fault> {
        let mut lines = Vec::new();
        while lines.len() < most {
            let Some(bytes) = self.next_bytes()? else { break };
            self.number += 1;
            let line = bytes.trim_ascii();
            match found_in(line) {
                Found::Login(login) if !login.is_empty() => lines.push(read_line(self.number, login)),
                // A blank line, or one of an export that is no login.
                Found::Login(_) | Found::Other => {}
            }
        }
        Ok(lines)
    }

    fn next_bytes(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        match &mut self.source {
            Source::Lines(lines) => {
                let mut bytes = Vec::new();
                let read = lines.read_until(b'\n', &mut bytes).map_err(|reason| Fault::file(&self.path, reason))?;
                self.progress.inc(read as u64);
                Ok((read > 0).then_some(bytes))
            }
            Source::Csv(rows) => {
                let row = rows.next_login().map_err(|it| Fault::Partly(format!("`{}`: {it}", self.path.display())))?;
                self.progress.set_position(rows.position());
                Ok(row)
            }
        }
    }

    /// Removes the progress bar.
    pub fn done(&self) {
        self.progress.finish_and_clear();
    }
}

/// The label beside a login.
#[derive(Deserialize)]
struct WrittenTruth {
    owner: Option<bool>,
    known_device: Option<bool>,
    attack: Option<String>,
    device_id: Option<String>,
    changes: Option<Vec<String>>,
    mode: Option<String>,
    privacy: Option<String>,
    /// Labels are open: any other name that is true counts too.
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

impl From<WrittenTruth> for Truth {
    fn from(written: WrittenTruth) -> Self {
        let flags = written.rest.into_iter().filter(|(name, value)| *value == true && name != "first_device");
        Self {
            owner: written.owner.unwrap_or(written.attack.is_none()),
            known_device: written.known_device.unwrap_or(false),
            attack: written.attack,
            device: written.device_id,
            changes: written.changes,
            mode: written.mode,
            privacy: written.privacy,
            flags: flags.map(|(name, _)| name).collect(),
        }
    }
}

fn read_line(number: u64, line: &[u8]) -> Line {
    let unlabelled = || (Bytes::copy_from_slice(line), None);
    let (body, truth, fault) = match split_truth(line) {
        Ok(split) => {
            let (body, truth) = split.unwrap_or_else(unlabelled);
            (body, truth, None)
        }
        Err(fault) => (unlabelled().0, None, Some(format!("truth: {fault}"))),
    };
    let draft = parse_json::<LoginRequest>(&body).map_err(|it| it.to_string());
    let draft =
        draft.and_then(|login| login.into_draft().map_err(|fault| format!("{} {}", fault.field, fault.problem)));
    Line { number, body, draft: fault.map_or(draft, Err), truth }
}

/// Separates the label from a login. `None` if there is no label; then the bytes are the login as they are.
///
/// # Errors
/// A label that cannot be read.
fn split_truth(line: &[u8]) -> Result<Option<(Bytes, Option<Truth>)>, serde_json::Error> {
    if !line.windows(7).any(|it| it == b"\"truth\"") {
        return Ok(None);
    }
    // A line that is not an object is refused later, where the login is read.
    let Ok(mut login) = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line) else {
        return Ok(None);
    };
    let Some(label) = login.remove("truth") else { return Ok(None) };
    let truth: Option<WrittenTruth> = serde_json::from_value(label)?;
    Ok(Some((serde_json::to_vec(&login)?.into(), truth.map(Truth::from))))
}
