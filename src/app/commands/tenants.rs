//! `watchlight tenants`.

use data_encoding::HEXLOWER;
use secrecy::ExposeSecret;

use crate::{
    app::{
        commands::keys::date,
        compose::{Foundation, MEMORY},
        fault::Fault,
        privacy_arguments::TenantsCommand,
    },
    config::settings::Settings,
    domain::{
        ids::TenantId,
        privacy::{
            erasure::Erased,
            removal::{Removed, TenantStock},
        },
    },
    service::privacy::removal::{
        removals::{RemovalReceipt, Removals},
        tenants::TenantState,
    },
};

/// Runs one of the commands. The service may be running.
///
/// # Errors
/// When the store does not answer, or is in the memory of another process; or there is no such tenant and never was.
pub async fn run(settings: &Settings, command: TenantsCommand) -> Result<(), Fault> {
    if settings.store.url.expose_secret() == MEMORY {
        return Err(Fault::Partly("a store in memory belongs to the service that holds it".to_owned()));
    }
    let foundation = Foundation::open(settings).await?;
    let removals = foundation.removals();
    match command {
        TenantsCommand::List => list(&removals).await,
        TenantsCommand::Remove { tenant, yes: true } => {
            let receipt = removals.remove(&tenant).await?;
            print(&receipt.ok_or_else(|| unknown(&tenant))?);
            Ok(())
        }
        TenantsCommand::Remove { tenant, yes: false } => show(&foundation, &removals, &tenant).await,
    }
}

fn unknown(tenant: &TenantId) -> Fault {
    Fault::Partly(format!("there is no tenant `{}`: see `watchlight tenants list`", tenant.as_str()))
}

async fn list(removals: &Removals) -> Result<(), Fault> {
    println!("{:<32}{:>8}{:>8}  STATE", "TENANT", "KEYS", "REVOKED");
    for (tenant, state) in removals.tenants().all().await? {
        let revoked = state.keys.iter().filter(|it| it.revoked_at.is_some()).count();
        println!("{:<32}{:>8}{revoked:>8}  {}", tenant.as_str(), state.keys.len(), words(&state));
    }
    Ok(())
}

/// Whether a tenant is being removed, or was.
fn words(state: &TenantState) -> String {
    match (&state.removing, &state.removed) {
        (Some(begun), _) => format!("is being removed since {}", date(begun.at)),
        (None, Some(removal)) if state.is_there() => {
            format!("is back; removed {}, {}", date(removal.at), removal.receipt)
        }
        (None, Some(removal)) => format!("removed {}, {}", date(removal.at), removal.receipt),
        (None, None) => String::new(),
    }
}

/// Shows what would be removed, or the receipt if there is nothing.
async fn show(foundation: &Foundation, removals: &Removals, tenant: &TenantId) -> Result<(), Fault> {
    let state = removals.tenants().one(tenant).await?;
    if state.removing.is_none() && !state.is_there() {
        let removal = state.removed.ok_or_else(|| unknown(tenant))?;
        print(&removals.receipt(removal));
        return Ok(());
    }
    let TenantStock { logins, alerts } = foundation.store.stock_of(tenant).await?;
    let suppressed: u64 = foundation.store.count_suppressions(tenant).await?.iter().map(|(_, count)| count).sum();
    let webhooks = foundation.store.webhooks(tenant).await?.len() as u64;
    let keys = state.keys.len() as u64;
    for (name, count) in [
        ("api keys", keys),
        ("webhooks", webhooks),
        ("suppressed addresses", suppressed),
        ("logins", logins),
        ("alerts", alerts),
    ] {
        println!("{name:<22}{count}");
    }
    if let Some(begun) = &state.removing {
        println!("{:<22}{}", "being removed since", date(begun.at));
    }
    println!(
        "Nothing was removed. If this is the end of its contract, remove it with all its people: watchlight tenants remove {} --yes",
        tenant.as_str()
    );
    Ok(())
}

fn print(RemovalReceipt { removal, signature }: &RemovalReceipt) {
    let Removed { people, erased, api_keys, webhooks } = removal.removed;
    let Erased { logins, alerts, sessions, devices } = erased;
    println!("{:<12}{}", "receipt", removal.receipt);
    println!("{:<12}{}", "tenant", removal.tenant.as_str());
    println!("{:<12}{}", "removed at", date(removal.at));
    for (name, count) in [
        ("people", people),
        ("logins", logins),
        ("alerts", alerts),
        ("sessions", sessions),
        ("devices", devices),
        ("api keys", api_keys),
        ("webhooks", webhooks),
    ] {
        println!("{name:<12}{count}");
    }
    println!("{:<12}{}", "signature", HEXLOWER.encode(signature));
}
