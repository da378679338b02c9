//! `watchlight train` fits the weights of recognition to labelled logs.

use std::{path::Path, sync::Arc};

use crate::{
    adapters::{clock::ManualClock, geo::MaxmindGeo, user_agent::UapAgents},
    app::{arguments::TrainArguments, fault::Fault, past_logins::log_file::LogFile},
    config::settings::Settings,
    domain::{ids::TenantId, keyring::Keyring, recognition::weights_table::ROWS},
    lab::training::{
        calibration::Calibration,
        examples::{Collector, Example},
        fit::fit,
        table::source,
    },
    service::login::observing::{NewLogin, Observer, Purpose},
};

/// How many lines are read at once.
const CHUNK: usize = 1_024;
/// Nothing is kept, so the key is no secret. A fixed key makes two trainings equal.
const KEY: [u8; 32] = *b"watchlight train, nothing kept. ";
/// One user in this many is held out, to judge weights that were fitted without them.
const FOLDS: u64 = 5;

/// Fits the weights, prints how good they are before and after, and writes the table if asked to.
///
/// # Errors
/// When a file cannot be used, or has a line that is not a labelled login.
pub fn run(settings: &Settings, arguments: &TrainArguments) -> Result<(), Fault> {
    let mut examples = Vec::new();
    for file in &arguments.files {
        examples.extend(collect(settings, file)?);
    }
    let (held_out, taught): (Vec<&Example>, Vec<&Example>) =
        examples.iter().partition(|it| it.user.is_multiple_of(FOLDS));
    let count = |same| examples.iter().filter(|it| it.same == same).count();
    println!("{} comparisons of the same device and {} of different ones", count(true), count(false));
    let fitted = fit(&taught);
    for (title, rows) in [("The weights of this program", &ROWS), ("Weights fitted without these users", &fitted)] {
        println!("\n{title}, judged by the {} comparisons of one user in {FOLDS}:", held_out.len());
        print!("{}", Calibration::of(rows, &held_out));
    }
    if let Some(path) = &arguments.write {
        let table = source(&fit(&examples.iter().collect::<Vec<_>>()));
        std::fs::write(path, table).map_err(|it| Fault::file(path, it))?;
        println!("\nThe table fitted to all of them is in {}.", path.display());
    }
    Ok(())
}

fn collect(settings: &Settings, path: &Path) -> Result<Vec<Example>, Fault> {
    let clock = Arc::new(ManualClock::default());
    let geo = Arc::new(MaxmindGeo::open(&settings.geoip_dir));
    let observer = Observer { agents: Arc::new(UapAgents::new()), geo, clock: clock.clone() };
    let tenant = TenantId::parse("train").ok_or_else(|| Fault::Partly("no tenant".to_owned()))?;
    let keys = Keyring::new(KEY).tenant(&tenant);
    let mut file = LogFile::open(path, &[])?;
    let mut collector = Collector::default();
    loop {
        let lines = file.next(CHUNK)?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            let at = |problem: &str| Fault::Partly(format!("{} line {}: {problem}", path.display(), line.number));
            let draft = line.draft.map_err(|it| at(&it))?;
            let truth = line.truth.ok_or_else(|| at("no `truth` beside the login"))?;
            if let Some(occurred_at) = draft.occurred_at {
                clock.set(occurred_at);
            }
            let request_id = format!("line {}", line.number);
            let login = NewLogin { draft, body: line.body, idempotency_key: None, request_id, purpose: Purpose::Live };
            let seen = observer.see(&keys, login).map_err(|fault| at(&format!("{} {}", fault.field, fault.problem)))?;
            collector.add(&seen, &truth);
        }
    }
    file.done();
    Ok(collector.into_examples())
}
