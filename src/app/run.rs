//! Runs the command that the arguments name.

use std::path::Path;

use crate::{
    app::{
        arguments::{Arguments, Command, TemplatesCommand},
        commands::{
            alerts, bounces, check,
            console::operators,
            copies, erasures, geoip, keys, preview,
            privacy::{audit, command as privacy},
            store, tenants, webhooks,
        },
        fault::Fault,
        logging,
        past_logins::{evaluate, import, replay, train},
        privacy_arguments::CareCommand,
        serve,
    },
    config::{
        raw::{environment, read},
        settings::Settings,
    },
};

/// The settings file that is read if it exists and no other is named.
const DEFAULT_FILE: &str = "watchlight.toml";

/// Does what the arguments say.
///
/// # Errors
/// Why the command failed, in words for the operator.
pub async fn run(arguments: Arguments) -> Result<(), Fault> {
    let raw = read(arguments.config.as_deref(), Path::new(DEFAULT_FILE), environment().into_iter())?;
    let settings = Settings::resolve(raw).map_err(Fault::Settings)?;
    match arguments.command {
        None | Some(Command::Serve) => {
            logging::start(&settings.log)?;
            let ended = Box::pin(serve::run(&settings)).await;
            logging::finish();
            ended
        }
        Some(Command::Keys(command)) => keys::run(&settings, command).await,
        Some(Command::Store(command)) => store::run(&settings, command).await,
        Some(Command::Webhooks(command)) => webhooks::run(&settings, command).await,
        Some(Command::Alerts(command)) => alerts::run(&settings, command).await,
        Some(Command::Bounces { from }) => bounces::run(&settings, &from).await,
        Some(Command::Import(arguments)) => import::run(&settings, &arguments).await,
        Some(Command::Replay(arguments)) => replay::run(&settings, &arguments).await,
        Some(Command::Evaluate(arguments)) => evaluate::run(&settings, &arguments).await,
        Some(Command::Train(arguments)) => train::run(&settings, &arguments),
        Some(Command::Geoip(command)) => geoip::run(&settings, &command),
        Some(Command::Templates(TemplatesCommand::Preview { dir, tenant })) => preview::run(&settings, &dir, &tenant),
        Some(Command::Care(command)) => care(&settings, command).await,
        Some(Command::Check) => check::run(&settings).await,
    }
}

async fn care(settings: &Settings, command: CareCommand) -> Result<(), Fault> {
    match command {
        CareCommand::Privacy(command) => privacy::run(settings, &command).await,
        CareCommand::Audit(command) => audit::run(settings, command).await,
        CareCommand::Operators(command) => operators::run(settings, command).await,
        CareCommand::Tenants(command) => tenants::run(settings, command).await,
        CareCommand::Erasures(command) => erasures::run(settings, &command).await,
        CareCommand::Backup { dir } => copies::back_up(settings, &dir).await,
        CareCommand::Restore { dir, yes } => copies::restore(settings, &dir, yes),
    }
}
