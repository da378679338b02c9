//! `watchlight replay`: a log through the same intake, with a store in memory and a clock that the log feeds.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::{
    adapters::{clock::ManualClock, geo::MaxmindGeo, store::memory::MemoryStore},
    app::{
        arguments::ReplayArguments,
        compose::Foundation,
        fault::Fault,
        log_file::{Line, LogFile},
    },
    config::settings::Settings,
    domain::{ids::TenantId, keyring::Keyring, login::LoginDraft},
    service::{
        intake::{Intake, NewLogin, Purpose},
        replay::Tally,
    },
};

/// Lines that are read at a time.
const CHUNK: usize = 1_024;
/// Nothing of a replay is kept, so its key is no secret; that it is fixed makes two replays equal.
const KEY: [u8; 32] = *b"watchlight replay, nothing kept.";

/// Replays a log in the order in which it is written.
///
/// # Errors
/// When the file cannot be used, or lines were refused: those are listed, and the others counted.
pub async fn run(settings: &Settings, arguments: &ReplayArguments) -> Result<(), Fault> {
    let clock = Arc::new(ManualClock::default());
    let store = Arc::new(MemoryStore::default());
    let foundation = Foundation { store, clock: clock.clone(), keyring: Keyring::new(KEY) };
    let intake = foundation.intake(Arc::new(MaxmindGeo::open(&settings.geoip_dir)), Arc::new(Notify::new()));
    let tenant = TenantId::parse("replay").ok_or_else(|| Fault::Partly("no tenant".to_owned()))?;
    let mut file = LogFile::open(&arguments.file)?;
    let (mut tally, mut refused) = (Tally::default(), 0_u64);
    loop {
        let lines = file.next(CHUNK)?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            let number = line.number;
            if let Err(problem) = replay(&intake, &clock, &tenant, line, &mut tally).await {
                refused += 1;
                eprintln!("line {number}: {problem}");
            }
        }
    }
    file.done();
    print!("{tally}");
    if refused == 0 { Ok(()) } else { Err(Fault::Partly(format!("{refused} lines were refused"))) }
}

async fn replay(
    intake: &Intake,
    clock: &ManualClock,
    tenant: &TenantId,
    line: Line,
    tally: &mut Tally,
) -> Result<(), String> {
    let Line { number, body, draft, truth } = line;
    let draft: LoginDraft = draft?;
    // Each login is received the moment it happens.
    if let Some(at) = draft.occurred_at {
        clock.set(at);
    }
    let request_id = format!("line {number}");
    let login = NewLogin { draft, body, idempotency_key: None, request_id, purpose: Purpose::Live };
    let recorded = intake.record(tenant, login).await.map_err(|it| it.to_string())?;
    if !recorded.replayed {
        tally.add(&recorded.record, truth.as_ref());
    }
    Ok(())
}
