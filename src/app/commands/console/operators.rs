//! `watchlight operators`.

use secrecy::ExposeSecret;

use crate::{
    app::{
        commands::keys::date,
        compose::{Foundation, MEMORY},
        console::{invite, note_of},
        fault::Fault,
        privacy_arguments::OperatorsCommand,
    },
    config::settings::Settings,
    domain::{
        ids::TenantId,
        operator::{
            operator::{INVITATION_MS, Operator},
            role::Sees,
        },
        privacy::audit::Action,
        time::MINUTE_MS,
    },
    service::operator::operators::Candidate,
};

/// Runs one of the commands. The service may be running.
///
/// # Errors
/// When the store does not answer, or there is no operator with the id.
pub async fn run(settings: &Settings, command: OperatorsCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        let mend = "a store in memory belongs to the service that holds it, which prints an invitation when it starts";
        return Err(Fault::Partly(mend.to_owned()));
    }
    let foundation = Foundation::open(settings).await?;
    match command {
        OperatorsCommand::Invite { email, role, tenants } => {
            if !settings.console.is_enabled {
                let mend = "nobody could use the link: there is no console\n  setting: console.enabled";
                return Err(Fault::Partly(mend.to_owned()));
            }
            let candidate = Candidate { email, role, sees: Sees::of(tenants) };
            println!("{}", invite(settings, &foundation, candidate).await?);
            eprintln!("it works once, for {} minutes", INVITATION_MS / MINUTE_MS);
        }
        OperatorsCommand::List => list(&foundation.operators().list(None).await?, &foundation),
        OperatorsCommand::Revoke { id } => {
            let revoked = foundation.operators().revoke(id, None).await?;
            let operator = revoked.ok_or_else(|| {
                Fault::Partly(format!("there is no operator `{id}`: see `watchlight operators list`"))
            })?;
            note_of(&foundation, &operator, Action::RevokeOperator).await?;
            println!("revoked {} {}", operator.id, operator.email);
        }
    }
    Ok(())
}

fn list(operators: &[Operator], foundation: &Foundation) {
    let now = foundation.clock.now();
    println!("{:<32}{:<9}{:<9}{:<22}{:<32}TENANTS", "ID", "ROLE", "STATUS", "INVITED", "ADDRESS");
    for it in operators {
        let (role, status) = (it.role.as_str(), it.standing(now).as_str());
        let named = it.sees.named().iter().map(TenantId::as_str).collect::<Vec<_>>().join(" ");
        let tenants = if named.is_empty() { "every tenant" } else { &named };
        println!("{:<32}{role:<9}{status:<9}{:<22}{:<32}{tenants}", it.id.to_string(), date(it.invited_at), it.email);
    }
}
