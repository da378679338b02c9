//! `watchlight import` learns devices and history from past logins, and mails nobody.

use std::{fmt, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
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
    domain::ids::TenantId,
    service::login::intake::{Done, Intake, NewLogin, Past, Purpose},
};

/// How many lines are read together.
const CHUNK: usize = 1_024;
/// How many chunks are read ahead of what is being stored.
const AHEAD: usize = 2;
/// The pauses before a line is tried again that the store has not answered, in milliseconds: somewhat more than a minute in all.
const PAUSES_MS: [u64; 9] = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000];

/// Imports a file. Importing it again changes nothing.
///
/// # Errors
/// When the file or the store cannot be used, or lines were refused. Refused lines are listed, and the others are
/// stored.
pub async fn run(settings: &Settings, arguments: &ImportArguments) -> Result<(), Fault> {
    let geo = Arc::new(MaxmindGeo::open(&settings.geoip_dir));
    let foundation = Foundation::open(settings).await?;
    foundation.store.expect_many();
    let storms = foundation.storms(settings.limits.storm);
    let intake = Arc::new(foundation.intake(&settings.policies, geo, Arc::new(Notify::new()), storms));
    let (sender, mut chunks) = mpsc::channel(AHEAD);
    let file = LogFile::open(&arguments.file, &[])?;
    let reader = Reader { intake: intake.clone(), tenant: arguments.tenant.clone(), refused: 0 };
    let reading = tokio::task::spawn_blocking(move || reader.read(file, &sender));
    let logins = stream::poll_fn(|context| chunks.poll_recv(context)).flat_map(stream::iter);
    let (mut counts, pauses) = (Counts::default(), PAUSES_MS.map(Duration::from_millis));
    intake.record_past(&arguments.tenant, logins, &pauses, |done| counts.add(&done)).await;
    counts.refused += reading.await.map_err(|_| Fault::Partly("reading the file broke off".to_owned()))??;
    if let Err(fault) = foundation.segment_maker().make_all().await {
        tracing::warn!(%fault, "searches are slow until a running service has made the rest of the columns");
    }
    print!("{counts}");
    if counts.refused == 0 { Ok(()) } else { Err(Fault::Partly(format!("{} lines were refused", counts.refused))) }
}

/// Reads the file, and what each line says, while what was read before is being stored.
struct Reader {
    intake: Arc<Intake>,
    tenant: TenantId,
    refused: u64,
}

impl Reader {
    /// Reads to the end; how many lines it has refused.
    fn read(mut self, mut file: LogFile, chunks: &mpsc::Sender<Vec<Past<u64>>>) -> Result<u64, Fault> {
        loop {
            let lines = file.next(CHUNK)?;
            let is_end = lines.is_empty();
            let logins = lines.into_iter().filter_map(|line| self.see(line)).collect();
            // Nobody takes lines any more when the import has ended.
            if is_end || chunks.blocking_send(logins).is_err() {
                file.done();
                return Ok(self.refused);
            }
        }
    }

    fn see(&mut self, line: Line) -> Option<Past<u64>> {
        let Line { number, body, draft, .. } = line;
        let request_id = format!("line {number}");
        let seen = draft.and_then(|draft| {
            let login = NewLogin { draft, body, idempotency_key: None, request_id, purpose: Purpose::Import };
            self.intake.see(&self.tenant, login).map_err(|it| it.to_string())
        });
        match seen {
            Ok(seen) => Some(Past { place: number, seen }),
            Err(problem) => {
                refuse(number, &problem);
                self.refused += 1;
                None
            }
        }
    }
}

fn refuse(line: u64, problem: &str) {
    eprintln!("line {line}: {problem}");
}

#[derive(Default)]
struct Counts {
    stored: u64,
    replayed: u64,
    tried_again: u64,
    refused: u64,
}

impl Counts {
    fn add(&mut self, Done { place, answer, tries }: &Done<u64>) {
        let tried_again = *tries > 1;
        self.tried_again += u64::from(tried_again);
        match answer {
            // What is found there by a second try was stored by the first.
            Ok(recorded) if recorded.replayed && !tried_again => self.replayed += 1,
            Ok(_) => self.stored += 1,
            Err(fault) => {
                refuse(*place, &fault.to_string());
                self.refused += 1;
            }
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stored, replayed, tried_again, refused } = self;
        writeln!(f, "{:<20}{stored:>10}\n{:<20}{replayed:>10}", "stored", "stored already")?;
        // Rare, and then worth a look at the store.
        if *tried_again > 0 {
            writeln!(f, "{:<20}{tried_again:>10}", "tried again")?;
        }
        writeln!(f, "{:<20}{refused:>10}", "refused")
    }
}
