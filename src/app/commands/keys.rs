//! `watchlight keys`.

use secrecy::ExposeSecret;

use crate::{
    app::{
        arguments::KeysCommand,
        compose::{self, Foundation, MEMORY},
        fault::Fault,
        noting::note,
        root_key,
        secrets::entropy,
    },
    config::settings::Settings,
    domain::{
        privacy::audit::{Action, Subject, SubjectKind},
        tenant::api_key::Scope,
        time::Timestamp,
    },
};

/// Runs one of the commands. The service may be running.
///
/// # Errors
/// When the store does not answer, or there is no key with the id.
pub async fn run(settings: &Settings, command: KeysCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        let mend = "a store in memory belongs to the service that holds it, which prints a key when it starts";
        return Err(Fault::Partly(mend.to_owned()));
    }
    let open = || Foundation::open(settings);
    let subject = |id: &str| Some(Subject::thing(SubjectKind::ApiKey, &id));
    match command {
        KeysCommand::RotateMaster => rotate_master(settings).await?,
        KeysCommand::Create { tenant, mut scopes } => {
            scopes.sort_unstable();
            scopes.dedup();
            let foundation = open().await?;
            let key = foundation.api_keys().create(tenant.clone(), scopes, &entropy()?).await?;
            note(&foundation, &tenant, Action::CreateKey, subject(key.id())).await?;
            println!("{}", key.reveal());
        }
        KeysCommand::List => {
            let listed = open().await?.api_keys().list().await?;
            println!("{:<18}{:<20}{:<72}{:<22}REVOKED", "ID", "TENANT", "SCOPES", "CREATED");
            for key in listed {
                let scopes = key.scopes.iter().map(|scope| Scope::as_str(*scope)).collect::<Vec<_>>().join(" ");
                let revoked = key.revoked_at.map(date).unwrap_or_default();
                println!("{:<18}{:<20}{scopes:<72}{:<22}{revoked}", key.id, key.tenant.as_str(), date(key.created_at));
            }
        }
        KeysCommand::Revoke { id } => {
            let foundation = open().await?;
            let revoked = foundation.api_keys().revoke(&id).await?;
            let record =
                revoked.ok_or_else(|| Fault::Partly(format!("there is no key `{id}`: see `watchlight keys list`")))?;
            note(&foundation, &record.tenant, Action::RevokeKey, subject(&record.id)).await?;
            println!("revoked {} of {}", record.id, record.tenant.as_str());
        }
    }
    Ok(())
}

/// Wraps the root key anew. No record changes, and running services go on.
async fn rotate_master(settings: &Settings) -> Result<(), Fault> {
    let store = compose::open_locked(settings).await?;
    let file = settings.key_file.display();
    if root_key::rotate(settings, store.as_ref()).await? {
        println!(
            "the root key is wrapped with the key of `{file}` from now on: back that file up, and destroy the one before"
        );
    } else {
        println!("the root key is wrapped with the key of `{file}` already");
    }
    Ok(())
}

/// A time in UTC, to the second.
#[must_use]
pub fn date(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.unix_ms())
        .map(|it| it.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
        .unwrap_or_default()
}
