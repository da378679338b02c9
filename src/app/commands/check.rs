//! `watchlight check` says what is wrong and how to repair it. It changes nothing except what a start would create.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret;
use tokio::time::timeout;

use crate::{
    adapters::{clock::SystemClock, geo::MaxmindGeo},
    app::{
        commands::{geoip::print_database, keys::date, templates},
        compose::Foundation,
        console::{identity_issuer, redirect_uri},
        fault::Fault,
        services::mailing,
    },
    config::settings::Settings,
    domain::store_identity::Found,
    http::tls::Certificate,
    ports::{Geo, IdentityIssuer, Store, Unavailable},
    service::alarm::{counting_watch::UNCOUNTED, unsealed_watch::told},
    words::catalogue::Catalogue,
};

/// How long the mail system may take to answer.
const MAIL_ANSWERS_WITHIN: Duration = Duration::from_secs(15);

/// How many records of each kind are read.
const LOOKED_AT: usize = 100_000;
/// How many records that cannot be read are printed.
const NAMED: usize = 100;

/// Checks everything that a start would use.
///
/// # Errors
/// When something is wrong. What it is has been printed.
pub async fn run(settings: &Settings) -> Result<(), Fault> {
    let mut wrong = 0;
    let mut report = |name: &str, result: Result<String, String>| match result {
        Ok(found) => println!("ok      {name:<12}{found}"),
        Err(problem) => {
            wrong += 1;
            println!("wrong   {name:<12}{problem}");
        }
    };
    report("settings", Ok("read".to_owned()));
    report("links", links(settings));
    report("door", door(settings));
    report("store", store(settings).await);
    report("records", records(settings).await);
    report("sealing", sealing(settings).await);
    report("counting", counting(settings).await);
    report("mail", mail(settings).await);
    report("templates", templates(settings));
    report("console", console(settings).await);
    report("places", places(settings));
    if wrong == 0 { Ok(()) } else { Err(Fault::Partly(format!("{wrong} of 10 checks found something wrong"))) }
}

/// Whether links in mails lead here, as far as the settings tell.
fn links(settings: &Settings) -> Result<String, String> {
    let (url, bind) = (&settings.http.public_url, settings.http.bind);
    let default_elsewhere = url == "http://127.0.0.1:8080" && bind.port() != 8080;
    let mend = "set http.public_url to the address under which users reach this service";
    if default_elsewhere { Err(format!("{url} is not where it listens ({bind}): {mend}")) } else { Ok(url.clone()) }
}

/// Whether strangers can reach what is not meant for them, here or on the way to the store.
fn door(settings: &Settings) -> Result<String, String> {
    if let Some(files) = &settings.http.tls {
        Certificate::open(files.clone()).map_err(|fault| fault.to_string())?;
    }
    let in_folder = settings.mail.url.expose_secret().starts_with("file:");
    let mut exposures = settings.http.exposures(in_folder);
    exposures.extend(settings.store.exposure());
    if exposures.is_empty() {
        Ok(format!("{} lets strangers see nothing", settings.http.bind))
    } else {
        Err(exposures.join("; "))
    }
}

async fn store(settings: &Settings) -> Result<String, String> {
    let foundation = Foundation::open(settings).await.map_err(|it| it.to_string())?;
    let kept = foundation.store.probe().await.map_err(|it| it.to_string())?;
    if let Some(amiss) = foundation.custody.holds_mails() {
        return Err(amiss.to_owned());
    }
    let which = which(foundation.store.as_ref()).await.map_err(|it| it.to_string())?;
    let keys = foundation.api_keys().list().await.map_err(|it| it.to_string())?;
    let live = keys.iter().filter(|it| it.revoked_at.is_none()).count();
    match live {
        0 => Ok(format!(
            "answers; no API key yet: watchlight keys create --tenant NAME --scope logins:write; {which}; {kept}"
        )),
        keys => Ok(format!("answers; {keys} API keys; {which}; {kept}")),
    }
}

/// Whether the stored records can be read.
async fn records(settings: &Settings) -> Result<String, String> {
    let foundation = Foundation::open(settings).await.map_err(|it| it.to_string())?;
    let looked = foundation.store.look_through(LOOKED_AT).await.map_err(|it| it.to_string())?;
    if looked.unreadable.is_empty() {
        return Ok(format!("{} can be read, up to {LOOKED_AT} of each kind", looked.records));
    }
    for record in looked.unreadable.iter().take(NAMED) {
        println!("        {} {}: {}", record.kind.as_str(), record.id, record.reason);
    }
    let (count, mend) = (looked.unreadable.len(), "restore them from a backup, or delete them");
    Err(format!("{count} of {} cannot be read, and lists leave them out: {mend}", looked.records))
}

/// Whether every record is sealed.
async fn sealing(settings: &Settings) -> Result<String, String> {
    let foundation = Foundation::open(settings).await.map_err(|it| it.to_string())?;
    let left = foundation.sealing().left().await.map_err(|it| it.to_string())?;
    told(left.count).map_or_else(|| Ok("every record is sealed".to_owned()), Err)
}

/// Whether every login is counted.
async fn counting(settings: &Settings) -> Result<String, String> {
    let foundation = Foundation::open(settings).await.map_err(|it| it.to_string())?;
    let is_counted = foundation.store.is_counted().await.map_err(|it| it.to_string())?;
    if is_counted { Ok("every login is counted".to_owned()) } else { Err(UNCOUNTED.to_owned()) }
}

/// Which store this is.
async fn which(store: &dyn Store) -> Result<String, Unavailable> {
    Ok(match store.identity().await? {
        Found::Named(it) => format!("it is {}, born {}", it.id, date(it.born_at)),
        Found::Empty | Found::Unnamed => "it has no name".to_owned(),
    })
}

/// Whether operators can sign in as the settings say.
async fn console(settings: &Settings) -> Result<String, String> {
    let console = &settings.console;
    if !console.is_enabled {
        return Ok("off".to_owned());
    }
    let proxied = if console.proxy_header.is_some() { ", or by the word of a trusted proxy" } else { "" };
    let Some(access) = &console.issuer else {
        return Ok(format!("operators sign in by a password{proxied}"));
    };
    let issuer = identity_issuer(access, Arc::new(SystemClock)).map_err(|it| it.to_string())?;
    let keys = issuer.probe().await.map_err(|it| format!("{it}: look at console.oidc_issuer"))?;
    let back = redirect_uri(settings);
    Ok(format!("{} answers and has {keys} keys; it must send browsers back to {back}{proxied}", access.url))
}

async fn mail(settings: &Settings) -> Result<String, String> {
    let mail =
        mailing::mail(settings, mailing::wording(settings, None, Catalogue::default())).map_err(|it| it.to_string())?;
    let mend = "look at mail.url, mail.tls, mail.username and mail.password_file";
    match timeout(MAIL_ANSWERS_WITHIN, mail.mail.probe()).await {
        Ok(Ok(())) if mail.dev_mail.is_some() => {
            Ok("written to a folder and shown on /mailbox; set mail.url to send it".to_owned())
        }
        Ok(Ok(())) => Ok("answers".to_owned()),
        Ok(Err(fault)) => Err(format!("{fault}: {mend}")),
        Err(_) => Err(format!("no answer within {} s: {mend}", MAIL_ANSWERS_WITHIN.as_secs())),
    }
}

fn templates(settings: &Settings) -> Result<String, String> {
    match (templates::catalogue(settings), &settings.mail.templates_dir) {
        (Ok(_), None) => Ok("as they come; set mail.templates_dir to say things in your own words".to_owned()),
        (Ok(catalogue), Some(dir)) => Ok(format!("{} files of your own in `{}`", catalogue.own_count(), dir.display())),
        (Err(fault), _) => Err(fault.to_string()),
    }
}

fn places(settings: &Settings) -> Result<String, String> {
    let databases = MaxmindGeo::open(&settings.geoip_dir).databases();
    databases.iter().filter(|it| it.refused.is_some()).for_each(print_database);
    let used = databases.iter().filter(|it| it.refused.is_none()).count();
    let folder = settings.geoip_dir.display();
    match (used, databases.len() - used) {
        (0, _) => {
            Err(format!("no database in `{folder}`: logins get no place; run scripts/geoip, or see geoip/README.md"))
        }
        (_, 0) => Ok(format!("{used} databases in `{folder}`")),
        (_, refused) => Err(format!("{refused} databases in `{folder}` cannot be used: get them anew")),
    }
}
