//! `watchlight store`.

use secrecy::ExposeSecret;

use crate::{
    app::{
        arguments::StoreCommand,
        compose::Foundation,
        fault::Fault,
        keys::{MEMORY, date},
    },
    config::settings::Settings,
    domain::time::DAY_MS,
};

/// Runs one of the commands; the service may run or not.
///
/// # Errors
/// When the store does not answer, or lies in the memory of another process.
pub async fn run(settings: &Settings, command: StoreCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        return Err(Fault::Partly("a store in memory belongs to the service that holds it".to_owned()));
    }
    match command {
        StoreCommand::Trim { yes } => trim(settings, yes).await,
    }
}

/// Shows what would be forgotten by this machine's clock, and with `yes` forgets it.
async fn trim(settings: &Settings, yes: bool) -> Result<(), Fault> {
    let keep_ms = settings.store.retention_ms;
    let foundation = Foundation::open(settings).await?;
    let retention = foundation.retention(keep_ms);
    let stock = retention.stock().await?;
    println!("clock            {}", date(foundation.clock.now()));
    println!("newest login     {}", stock.newest.map_or_else(|| "none".to_owned(), date));
    println!("store.retention_days   {}", keep_ms / DAY_MS);
    println!("logins that are older  {}", stock.older);
    if yes {
        println!("forgotten        {}", retention.trim_by_the_clock().await?);
    } else {
        println!("Nothing was forgotten. If all of this is right, forget them: watchlight store trim --yes");
    }
    Ok(())
}
