//! `watchlight audit`.

use std::collections::BTreeSet;

use secrecy::ExposeSecret;

use crate::{
    app::{
        checkpoints,
        commands::keys::date,
        compose::{Foundation, MEMORY},
        fault::Fault,
        privacy_arguments::AuditCommand,
    },
    config::settings::Settings,
    domain::{
        ids::TenantId,
        privacy::chain::{Broken, Flaw},
    },
    service::privacy::audit::Audit,
};

/// Runs one of the commands. The service may be running.
///
/// # Errors
/// When the store does not answer, or a chain is broken. Where has been printed.
pub async fn run(settings: &Settings, command: AuditCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        return Err(Fault::Partly("a store in memory belongs to the service that holds it".to_owned()));
    }
    let AuditCommand::Verify { tenant } = command;
    verify(settings, &Foundation::open(settings).await?.audit(), tenant).await
}

async fn verify(settings: &Settings, audit: &Audit, tenant: Option<TenantId>) -> Result<(), Fault> {
    let file = checkpoints::file(settings);
    let checkpoints = file.map_or(Ok(Vec::new()), |it| it.read()).map_err(Fault::Partly)?;
    let tenants: BTreeSet<TenantId> = match tenant {
        Some(tenant) => BTreeSet::from([tenant]),
        // One whose chain is gone is known by its checkpoints.
        None => audit.tenants().await?.into_iter().chain(checkpoints.iter().map(|it| it.tenant.clone())).collect(),
    };
    println!("{:<20}{:>9}  RESULT", "TENANT", "VERIFIED");
    let mut broken = 0;
    for tenant in &tenants {
        match audit.verify(tenant, &checkpoints).await? {
            Ok(count) => println!("{:<20}{count:>9}  intact", tenant.as_str()),
            Err(found) => {
                broken += 1;
                println!("{:<20}{:>9}  broken: {}", tenant.as_str(), found.number.saturating_sub(1), words(&found));
            }
        }
    }
    match broken {
        0 => Ok(()),
        _ => Err(Fault::Partly(format!("{broken} of {} chains broken", tenants.len()))),
    }
}

/// What is wrong, with the number, the time and the actor of the first entry that is concerned.
fn words(broken: &Broken) -> String {
    let Broken { flaw, number, entry, seen_at } = broken;
    let entry = entry.as_ref().map(|it| format!("entry {} of {} by {}", it.number, date(it.event.at), it.event.actor));
    let named = entry.clone().unwrap_or_else(|| format!("entry {number}, which cannot be read"));
    let seen = seen_at.map(|at| format!(" (it was there at {})", date(at))).unwrap_or_default();
    match flaw {
        Flaw::Beginning => format!("where it begins, before entry {number}, was forged"),
        Flaw::Changed => format!("{named} was changed"),
        Flaw::Missing => {
            let next = entry.map(|it| format!("; next is {it}")).unwrap_or_default();
            format!("entry {number} is missing{next}")
        }
        Flaw::Replaced => format!("{named} is not the one that was there{seen}"),
        Flaw::CutOff => format!("entry {number} and all that followed are cut off{seen}"),
    }
}
