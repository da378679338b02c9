//! `watchlight alerts`.

use secrecy::ExposeSecret;

use crate::{
    app::{
        arguments::{AlertsCommand, ResendArguments},
        commands::keys::date,
        compose::{Foundation, MEMORY},
        fault::Fault,
        noting::{address, note},
    },
    config::settings::Settings,
    domain::{
        alert::{
            alert::{Alert, Delivery, State, Suppressed},
            delivery::NotRequeued,
            suppression::Cause,
        },
        ids::{AlertId, TenantId},
        privacy::audit::{Action, Subject, SubjectKind},
    },
    service::alert::{
        alerts::{AlertFilter, Alerts},
        deliveries::Requeued,
        suppressions::Suppressions,
    },
    words::inquiry::aftermath::answered_briefly,
};

/// How many alerts are read at once.
const PAGE: usize = 500;

/// Runs one of the commands. The service may be running.
///
/// # Errors
/// When the store does not answer, or there is no alert with the id.
pub async fn run(settings: &Settings, command: AlertsCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        let mend = "a store in memory belongs to the service that holds it: use its API";
        return Err(Fault::Partly(mend.to_owned()));
    }
    let foundation = Foundation::open(settings).await?;
    let (alerts, suppressions) = (foundation.alerts(), foundation.suppressions());
    match command {
        AlertsCommand::List { whose, which, limit } => {
            let filter = AlertFilter { user: which.user, state: which.state, reason: which.reason };
            let page = alerts.page(&whose.tenant, &filter, None, limit).await?;
            note(&foundation, &whose.tenant, Action::Search, filter.user.map(Subject::user)).await?;
            list(&page.alerts);
            if page.next.is_some() {
                println!("There are more: name a --limit above {limit}.");
            }
        }
        AlertsCommand::Show { id, whose } => {
            let (alert, delivery) = alerts.find(&whose.tenant, id).await?.ok_or_else(|| unknown(id))?;
            let subject = Subject::thing(SubjectKind::Alert, &id).of(alert.user.clone());
            note(&foundation, &whose.tenant, Action::Read, Some(subject)).await?;
            show(&alert, &delivery);
        }
        AlertsCommand::Resend(arguments) => return resend(&foundation, &alerts, arguments).await,
        AlertsCommand::Suppressions { whose } => counts(&suppressions, &whose.tenant).await?,
        AlertsCommand::Lookup { email, whose } => {
            let found = suppressions.find(&whose.tenant, &email).await?;
            note(&foundation, &whose.tenant, Action::Read, address(&foundation, &whose.tenant, &email)).await?;
            match found {
                Some(found) => println!("gets no mail since {}: {}", date(found.since), found.cause.as_str()),
                None => println!("gets mail"),
            }
        }
        AlertsCommand::Lift { email, whose } => {
            if !suppressions.lift(&whose.tenant, &email).await? {
                return Err(Fault::Partly("nothing to lift: this address gets mail already".to_owned()));
            }
            note(&foundation, &whose.tenant, Action::Lift, address(&foundation, &whose.tenant, &email)).await?;
            println!("gets mail again, from the next alert on");
        }
    }
    Ok(())
}

fn unknown(id: AlertId) -> Fault {
    Fault::Partly(format!("there is no alert `{id}` of this tenant: see `watchlight alerts list`"))
}

/// Sends alerts again: those that are named, or all that were held back for a reason or have failed.
async fn resend(foundation: &Foundation, alerts: &Alerts, arguments: ResendArguments) -> Result<(), Fault> {
    let ResendArguments { ids, reason, failed, email, whose } = arguments;
    let ids = match (reason, failed) {
        (None, false) => ids,
        (reason, _) => {
            let state = if failed { State::Failed } else { State::Suppressed };
            all(alerts, &whose.tenant, &AlertFilter { user: None, state: Some(state), reason }).await?
        }
    };
    let (mut queued, mut left) = (0_usize, 0_usize);
    for id in ids {
        match alerts.resend(&whose.tenant, id, email.clone()).await? {
            Requeued::Queued => {
                let subject = Subject::thing(SubjectKind::Alert, &id);
                note(foundation, &whose.tenant, Action::Resend, Some(subject)).await?;
                queued += 1;
                continue;
            }
            Requeued::Not(NotRequeued::NoRecipient) => {
                println!("{id}  its address is forgotten: name one with --email");
            }
            Requeued::Not(NotRequeued::NotOver) => println!("{id}  it was sent, or waits to be"),
            Requeued::Unknown => println!("{id}  there is none of this name"),
        }
        left += 1;
    }
    println!("{queued} queued to be sent now");
    if left > 0 { Err(Fault::Partly(format!("{left} not sent again"))) } else { Ok(()) }
}

async fn all(alerts: &Alerts, tenant: &TenantId, filter: &AlertFilter) -> Result<Vec<AlertId>, Fault> {
    let (mut ids, mut before) = (Vec::new(), None);
    loop {
        let page = alerts.page(tenant, filter, before, PAGE).await?;
        ids.extend(page.alerts.iter().map(|(alert, _)| alert.id));
        match page.next {
            Some(next) => before = Some(next),
            None => return Ok(ids),
        }
    }
}

fn list(alerts: &[(Alert, Delivery)]) {
    println!(
        "{:<32}{:<22}{:<12}{:<20}{:>5}  {:<22}{:<20}ERROR",
        "ID", "RAISED", "STATE", "REASON", "TRIED", "NEXT", "USER"
    );
    for (alert, delivery) in alerts {
        let reason = delivery.suppressed.map(Suppressed::as_str).unwrap_or_default();
        let next = delivery.due_at.map(date).unwrap_or_default();
        let error = delivery.last_error.as_deref().unwrap_or_default();
        let (id, raised, state) = (alert.id.to_string(), date(alert.created_at), delivery.state.as_str());
        let (tried, user) = (delivery.attempts, alert.user.as_str());
        println!("{id:<32}{raised:<22}{state:<12}{reason:<20}{tried:>5}  {next:<22}{user:<20}{error}");
    }
}

fn show(alert: &Alert, delivery: &Delivery) {
    let kind = if alert.new_device { "new_device" } else { "suspicious_login" };
    let row = |name: &str, value: &str| println!("{name:<10}{}", if value.is_empty() { "-" } else { value });
    row("alert", &alert.id.to_string());
    row("kind", &format!("{kind}, {}", alert.level.as_str()));
    row("user", alert.user.as_str());
    row("login", &alert.login.to_string());
    row("device", &alert.device.to_string());
    row("raised", &date(alert.created_at));
    row("state", delivery.state.as_str());
    row("reason", delivery.suppressed.map(Suppressed::as_str).unwrap_or_default());
    row("tried", &delivery.attempts.to_string());
    row("next", &delivery.due_at.map(date).unwrap_or_default());
    row("error", delivery.last_error.as_deref().unwrap_or_default());
    row("settled", &delivery.settled_at.map(date).unwrap_or_default());
    row("answer", &answered_briefly(&delivery.statements));
}

async fn counts(suppressions: &Suppressions, tenant: &TenantId) -> Result<(), Fault> {
    println!("{:<14}ADDRESSES THAT GET NO MAIL", "CAUSE");
    for (cause, count) in suppressions.counts(tenant).await? {
        println!("{:<14}{count}", Cause::as_str(cause));
    }
    Ok(())
}
