//! `watchlight erasures`.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};

use secrecy::ExposeSecret;
use serde_json::Value;

use crate::{
    app::{
        compose::{Foundation, MEMORY},
        fault::Fault,
        privacy_arguments::ErasuresCommand,
    },
    config::settings::Settings,
    service::privacy::{
        erasures::Receipt,
        ledger::{Applied, ApplyError, Ledger},
        removal::{ledger::TenantLedger, removals::RemovalReceipt},
    },
    wire::privacy::{ledger::LedgerLine, removal_line::RemovalLine},
};

/// How long a line may be. One that we write has less than 400 bytes.
const MAX_LINE: u64 = 4_096;

/// Runs one of the commands. The service may be running.
///
/// # Errors
/// When the store does not answer, or is in the memory of another process; or a file cannot be used.
pub async fn run(settings: &Settings, command: &ErasuresCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        return Err(Fault::Partly("a store in memory belongs to the service that holds it".to_owned()));
    }
    let foundation = Foundation::open(settings).await?;
    let ledgers = Ledgers { users: foundation.ledger(), tenants: foundation.tenant_ledger() };
    match command {
        ErasuresCommand::Export => export(&ledgers).await,
        ErasuresCommand::Apply { from } => apply(&ledgers, from).await,
    }
}

/// Who was forgotten.
struct Ledgers {
    users: Ledger,
    tenants: TenantLedger,
}

/// An entry of one of them.
enum Entry {
    User(Receipt),
    Tenant(RemovalReceipt),
}

impl Ledgers {
    /// Finishes what was under way when the backup was made.
    async fn prepare(&self) -> Result<(), Fault> {
        self.tenants.prepare().await?;
        Ok(self.users.prepare().await?)
    }

    async fn apply(&self, entry: &Entry) -> Result<Applied, ApplyError> {
        match entry {
            Entry::User(entry) => self.users.apply(entry).await,
            Entry::Tenant(entry) => self.tenants.apply(entry).await,
        }
    }
}

async fn export(ledgers: &Ledgers) -> Result<(), Fault> {
    let failed = |reason: io::Error| Fault::file("standard output", reason);
    let mut out = BufWriter::new(io::stdout());
    let mut write = |line: serde_json::Result<String>| {
        writeln!(out, "{}", line.map_err(|it| Fault::Partly(it.to_string()))?).map_err(failed)
    };
    let mut after = None;
    loop {
        let entries = ledgers.users.entries(after).await?;
        let Some(last) = entries.last() else { break };
        after = Some(last.erasure.receipt);
        for Receipt { erasure, signature } in &entries {
            write(serde_json::to_string(&LedgerLine::new(erasure, signature)))?;
        }
    }
    for RemovalReceipt { removal, signature } in &ledgers.tenants.entries().await? {
        write(serde_json::to_string(&RemovalLine::new(removal, signature)))?;
    }
    out.flush().map_err(failed)
}

/// How many lines there were, and what became of them.
#[derive(Default)]
struct Counts {
    read: u64,
    erased: u64,
    gone: u64,
    came_back: u64,
    refused: u64,
}

/// Refused lines are told, and the others are applied.
async fn apply(ledgers: &Ledgers, from: &Path) -> Result<(), Fault> {
    let failed = |reason: io::Error| Fault::file(from, reason);
    let mut file: Box<dyn BufRead> = if from == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(from).map_err(failed)?))
    };
    ledgers.prepare().await?;
    let mut counts = Counts::default();
    while let Some(line) = next_line(&mut file).map_err(failed)? {
        counts.read += 1;
        let applied = match read(&line) {
            Ok(entry) => ledgers.apply(&entry).await,
            Err(problem) => {
                counts.refuse(&problem);
                continue;
            }
        };
        match applied {
            Ok(applied) => counts.add(applied),
            Err(problem @ ApplyError::NotOurs) => counts.refuse(&problem.to_string()),
            Err(ApplyError::Unavailable(it)) => return Err(it.into()),
        }
    }
    counts.print()
}

/// The next line, without its end; at most [`MAX_LINE`] bytes of it are kept, and one more if it is longer.
fn next_line(file: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if file.take(MAX_LINE + 1).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.pop_if(|it| *it == b'\n').is_none() && line.len() as u64 > MAX_LINE {
        file.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

fn read(line: &[u8]) -> Result<Entry, String> {
    if line.len() as u64 > MAX_LINE {
        return Err(format!("it is longer than {MAX_LINE} bytes"));
    }
    let line: Value = serde_json::from_slice(line).map_err(|it| it.to_string())?;
    if line.get("removed_at").is_some() {
        let line: RemovalLine = serde_json::from_value(line).map_err(|it| it.to_string())?;
        let (removal, signature) = line.read()?;
        return Ok(Entry::Tenant(RemovalReceipt { removal, signature }));
    }
    let line: LedgerLine = serde_json::from_value(line).map_err(|it| it.to_string())?;
    let (erasure, signature) = line.read()?;
    Ok(Entry::User(Receipt { erasure, signature }))
}

impl Counts {
    const fn add(&mut self, applied: Applied) {
        match applied {
            Applied::Erased => self.erased += 1,
            Applied::Gone => self.gone += 1,
            Applied::CameBack => self.came_back += 1,
        }
    }

    fn refuse(&mut self, problem: &str) {
        self.refused += 1;
        eprintln!("line {}: {problem}", self.read);
    }

    fn print(&self) -> Result<(), Fault> {
        let Self { read, erased, gone, came_back, refused } = *self;
        for (name, count) in [("read", read), ("erased", erased), ("already gone", gone), ("came back", came_back)] {
            println!("{name:<20}{count:>10}");
        }
        if refused == 0 {
            return Ok(());
        }
        println!("{:<20}{refused:>10}", "refused");
        Err(Fault::Partly(format!("{refused} of {read} lines were refused, and nothing of them was done")))
    }
}
