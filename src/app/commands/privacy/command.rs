//! Which paper is printed.

use secrecy::ExposeSecret;

use crate::{
    app::{
        commands::privacy::{breach, dpia, facts::Facts, record},
        compose::{Foundation, MEMORY},
        fault::Fault,
        privacy_arguments::PrivacyCommand,
    },
    config::settings::Settings,
};

/// Prints a paper. The service may be running.
///
/// # Errors
/// When the store does not answer, or is in the memory of another process; or there is no such key.
pub async fn run(settings: &Settings, command: &PrivacyCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        return Err(Fault::Partly("a store in memory belongs to the service that holds it".to_owned()));
    }
    let foundation = Foundation::open(settings).await?;
    let paper = match command {
        PrivacyCommand::Record => record::write(settings, &Facts::gather(settings, &foundation).await?),
        PrivacyCommand::Dpia => dpia::write(settings, &Facts::gather(settings, &foundation).await?),
        PrivacyCommand::Breach(arguments) => breach::write(&foundation, arguments).await?,
    };
    print!("{paper}");
    Ok(())
}
