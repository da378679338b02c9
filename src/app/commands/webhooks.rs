//! `watchlight webhooks`.

use secrecy::ExposeSecret;

use crate::{
    app::{
        arguments::{WebhooksCommand, Which},
        commands::keys::date,
        compose::{Foundation, MEMORY},
        fault::Fault,
        noting::note,
    },
    config::settings::Settings,
    domain::{
        ids::{TenantId, WebhookId},
        privacy::audit::{Action, Subject, SubjectKind},
        tenant::webhook::{Attempt, EventKind, Webhook, WebhookChange},
    },
    service::outbound::webhooks::Webhooks,
};

/// Runs one of the commands. The service may be running.
///
/// # Errors
/// When the store does not answer, there is no webhook with the id, or a test was not accepted.
pub async fn run(settings: &Settings, command: WebhooksCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        let mend = "a store in memory belongs to the service that holds it: use its API";
        return Err(Fault::Partly(mend.to_owned()));
    }
    let foundation = Foundation::open(settings).await?;
    let webhooks = foundation.webhooks(settings)?;
    let changed = async |tenant: &TenantId, id: WebhookId| {
        note(&foundation, tenant, Action::Webhook, Some(Subject::thing(SubjectKind::Webhook, &id))).await
    };
    match command {
        WebhooksCommand::Add { url, whose, events, description } => {
            let events = Some(events).filter(|it| !it.is_empty());
            let change = WebhookChange { url: Some(url), description: Some(description), events, enabled: None };
            let (webhook, secret) = webhooks.create(&whose.tenant, change).await?;
            changed(&whose.tenant, webhook.id).await?;
            println!("{}\n{secret}", webhook.id);
        }
        WebhooksCommand::List { whose } => list(&webhooks.list(&whose.tenant).await?),
        WebhooksCommand::Remove { which } => {
            found(&which, webhooks.remove(&which.whose.tenant, which.id).await?.then_some(()))?;
            changed(&which.whose.tenant, which.id).await?;
            println!("removed {}", which.id);
        }
        WebhooksCommand::Rotate { which } => {
            let (_, secret) = found(&which, webhooks.rotate(&which.whose.tenant, which.id).await?)?;
            changed(&which.whose.tenant, which.id).await?;
            println!("{secret}");
        }
        WebhooksCommand::Test { which } => return test(&webhooks, &which).await,
        WebhooksCommand::Attempts { which } => {
            attempts(&found(&which, webhooks.attempts(&which.whose.tenant, which.id).await?)?);
        }
    }
    Ok(())
}

fn found<T>(which: &Which, webhook: Option<T>) -> Result<T, Fault> {
    webhook.ok_or_else(|| Fault::Partly(format!("there is no webhook `{}`: see `watchlight webhooks list`", which.id)))
}

async fn test(webhooks: &Webhooks, which: &Which) -> Result<(), Fault> {
    let attempt = found(which, webhooks.test(&which.whose.tenant, which.id).await?)?;
    match (&attempt.error, attempt.status) {
        (Some(error), _) => Err(Fault::Partly(format!("not taken after {} ms: {error}", attempt.duration_ms))),
        (None, status) => {
            println!("taken with {} after {} ms", status.unwrap_or_default(), attempt.duration_ms);
            Ok(())
        }
    }
}

fn list(webhooks: &[Webhook]) {
    println!("{:<32}{:<5}{:<22}{:<62}URL", "ID", "ON", "CREATED", "EVENTS");
    for webhook in webhooks {
        let events = webhook.events.iter().map(|kind| EventKind::as_str(*kind)).collect::<Vec<_>>().join(" ");
        let on = if webhook.enabled { "yes" } else { "no" };
        println!("{:<32}{on:<5}{:<22}{events:<62}{}", webhook.id.to_string(), date(webhook.created_at), webhook.url);
    }
}

fn attempts(attempts: &[Attempt]) {
    println!("{:<22}{:<32}{:<18}{:>3}{:>7}{:>9}  {:<22}ERROR", "BEGAN", "EVENT", "TYPE", "NO", "STATUS", "MS", "NEXT");
    for attempt in attempts {
        let status = attempt.status.map_or("-".to_owned(), |status| status.to_string());
        let (next, error) =
            (attempt.next_at.map(date).unwrap_or_default(), attempt.error.as_deref().unwrap_or_default());
        let (event, kind) = (attempt.event.to_string(), attempt.kind.as_str());
        let (began, number, took) = (date(attempt.at), attempt.number, attempt.duration_ms);
        println!("{began:<22}{event:<32}{kind:<18}{number:>3}{status:>7}{took:>9}  {next:<22}{error}");
    }
}
