//! `watchlight import` learns devices and history from past logins, and mails nobody.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use crate::{
    adapters::geo::MaxmindGeo,
    app::{
        arguments::ImportArguments,
        compose::Foundation,
        fault::Fault,
        past_logins::log_file::{Line, LogFile},
    },
    config::settings::Settings,
    service::login::intake::{IntakeError, NewLogin, Purpose, Recorded},
};

/// How many lines are decided and stored together.
const CHUNK: usize = 1_024;
/// How many chunks are read ahead of what is being stored.
const AHEAD: usize = 1;

/// Imports a file. Importing it again changes nothing.
///
/// # Errors
/// When the file or the store cannot be used, or lines were refused. Refused lines are listed, and the others are
/// stored.
pub async fn run(settings: &Settings, arguments: &ImportArguments) -> Result<(), Fault> {
    let geo = Arc::new(MaxmindGeo::open(&settings.geoip_dir));
    let foundation = Foundation::open(settings).await?;
    let storms = foundation.storms(settings.limits.storm);
    let intake = foundation.intake(&settings.policies, geo, Arc::new(Notify::new()), storms);
    let (sender, mut chunks) = mpsc::channel(AHEAD);
    let file = LogFile::open(&arguments.file, &[])?;
    let reading = tokio::task::spawn_blocking(move || read(file, &sender));
    let mut counts = Counts::default();
    while let Some(lines) = chunks.recv().await {
        let (logins, numbers) = counts.split(lines);
        let results = intake.record_all(&arguments.tenant, logins).await;
        numbers.iter().zip(&results).for_each(|(line, result)| counts.add(*line, result));
    }
    reading.await.map_err(|_| Fault::Partly("reading the file broke off".to_owned()))??;
    println!(
        "{:<20}{:>10}\n{:<20}{:>10}\n{:<20}{:>10}",
        "stored", counts.stored, "stored already", counts.replayed, "refused", counts.refused
    );
    if counts.refused == 0 { Ok(()) } else { Err(Fault::Partly(format!("{} lines were refused", counts.refused))) }
}

/// Reads the whole file, while what was read before is being stored.
fn read(mut file: LogFile, chunks: &mpsc::Sender<Vec<Line>>) -> Result<(), Fault> {
    loop {
        let lines = file.next(CHUNK)?;
        // Nobody takes lines any more when the import has ended.
        if lines.is_empty() || chunks.blocking_send(lines).is_err() {
            file.done();
            return Ok(());
        }
    }
}

#[derive(Default)]
struct Counts {
    stored: u64,
    replayed: u64,
    refused: u64,
}

impl Counts {
    /// The logins among the lines, each with the number of its line. The other lines are refused.
    fn split(&mut self, lines: Vec<Line>) -> (Vec<NewLogin>, Vec<u64>) {
        let (mut logins, mut numbers) = (Vec::new(), Vec::new());
        for Line { number, body, draft, .. } in lines {
            match draft {
                Err(problem) => self.refuse(number, &problem),
                Ok(draft) => {
                    let request_id = format!("line {number}");
                    logins.push(NewLogin { draft, body, idempotency_key: None, request_id, purpose: Purpose::Import });
                    numbers.push(number);
                }
            }
        }
        (logins, numbers)
    }

    fn add(&mut self, line: u64, result: &Result<Recorded, IntakeError>) {
        match result {
            Ok(recorded) if recorded.replayed => self.replayed += 1,
            Ok(_) => self.stored += 1,
            Err(fault) => self.refuse(line, &fault.to_string()),
        }
    }

    fn refuse(&mut self, line: u64, problem: &str) {
        self.refused += 1;
        eprintln!("line {line}: {problem}");
    }
}
