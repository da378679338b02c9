//! `watchlight store`.

use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::{
    app::{
        commands::{keys::date, recount, seal},
        compose::{Foundation, MEMORY},
        fault::Fault,
        noting::note_for_all,
        privacy_arguments::StoreCommand,
        secrets::entropy,
    },
    config::settings::Settings,
    domain::{history::retention::Stocks, privacy::audit::Action, store_identity::StoreId},
};

/// Runs one of the commands. The service may be running.
///
/// # Errors
/// When the store does not answer, is in the memory of another process, or was written under another master key.
pub async fn run(settings: &Settings, command: StoreCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        return Err(Fault::Partly("a store in memory belongs to the service that holds it".to_owned()));
    }
    match command {
        StoreCommand::Trim { yes } => trim(settings, yes).await,
        StoreCommand::Recount => recount::run(settings).await,
        StoreCommand::Seal { tenant } => seal::run(settings, tenant.as_ref()).await,
        StoreCommand::Adopt => adopt(settings).await,
    }
}

/// Accepts the store that is there in place of the one that was used before. Running services learn of it within
/// seconds.
async fn adopt(settings: &Settings) -> Result<(), Fault> {
    let Foundation { custody, clock, .. } = Foundation::open_unseen(settings).await?;
    let adopted = custody.adopt(StoreId(entropy()?), clock.now()).await;
    let adopted = adopted.map_err(|fault| Fault::custody(fault, &settings.key_file))?;
    println!("{}, born {}, is the store from now on", adopted.id, date(adopted.born_at));
    Ok(())
}

/// Shows what would be deleted by this machine's clock; with `yes`, deletes it.
async fn trim(settings: &Settings, yes: bool) -> Result<(), Fault> {
    let foundation = Foundation::open(settings).await?;
    let retention = foundation.retention(settings.retention.days, Arc::default());
    let Stocks { logins, alerts } = retention.stock().await?;
    println!("clock                  {}", date(foundation.clock.now()));
    println!("newest login           {}", logins.newest.map_or_else(|| "none".to_owned(), date));
    println!("retention.logins_days  {}", settings.retention.days.logins);
    println!("logins that are older  {}", logins.older);
    println!("retention.alerts_days  {}", settings.retention.days.alerts);
    println!("alerts that are older  {}", alerts.older);
    if yes {
        let forgotten = retention.trim_by_the_clock().await?;
        note_for_all(&foundation, Action::Trim).await?;
        println!("forgotten              {forgotten}");
    } else {
        println!("Nothing was forgotten. If all of this is right, forget them: watchlight store trim --yes");
    }
    Ok(())
}
