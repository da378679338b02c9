//! `watchlight replay` shows what would have been mailed for a log of logins.

use std::{fs, path::Path, sync::Arc};

use crate::{
    app::{arguments::ReplayArguments, fault::Fault, past_logins::playback::Playback},
    config::{policy, settings::Settings},
    domain::{
        ids::TenantId,
        policy::policy::{Policies, Policy},
    },
    lab::{difference::Difference, replay::Tally},
};

/// Replays a log in the order of its lines: by the policies in use, by others, or by two to compare them.
///
/// # Errors
/// When a file cannot be used, or lines were refused. Refused lines are listed, and the others count.
pub async fn run(settings: &Settings, arguments: &ReplayArguments) -> Result<(), Fault> {
    let mut judges = Vec::new();
    for file in &arguments.policies {
        judges.push(read(file)?);
    }
    if judges.is_empty() {
        judges.push(settings.policies.clone());
    }
    let judges: Vec<Policies> = judges.into_iter().map(|it| of_tenant(&it, arguments.tenant.as_deref())).collect();
    match judges.as_slice() {
        [policies] => one(settings, arguments, policies).await,
        [first, second] => two(settings, arguments, [first, second]).await,
        _ => Err(Fault::Partly("--policy is given once, or twice to compare".to_owned())),
    }
}

async fn one(settings: &Settings, arguments: &ReplayArguments, policies: &Policies) -> Result<(), Fault> {
    let mut playback = Playback::open(settings, &arguments.log, policies)?;
    let mut tally = Tally::default();
    while let Some(played) = playback.next().await? {
        tally.add(&played.record, played.truth.as_ref());
    }
    print!("{tally}");
    playback.outcome()
}

/// Shows what the second policy makes of the log, and how that differs from the first. Both accept the same lines.
async fn two(settings: &Settings, arguments: &ReplayArguments, [first, second]: [&Policies; 2]) -> Result<(), Fault> {
    let mut one = Playback::open(settings, &arguments.log, first)?.quiet();
    let mut other = Playback::open(settings, &arguments.log, second)?;
    let (mut tally, mut difference) = (Tally::default(), Difference::default());
    while let (Some(was), Some(is)) = (one.next().await?, other.next().await?) {
        tally.add(&is.record, is.truth.as_ref());
        difference.add(&was.record, &is.record, is.truth.as_ref());
    }
    print!("{tally}\n{difference}");
    other.outcome()
}

fn read(file: &Path) -> Result<Policies, Fault> {
    let text = fs::read_to_string(file).map_err(|reason| Fault::file(file, reason))?;
    let parse = if file.extension().is_some_and(|it| it == "json") { policy::parse_json } else { policy::parse };
    parse(&text).map_err(|fault| Fault::Partly(format!("`{}`: {fault}", file.display())))
}

/// The logins of a replay belong to no tenant; they are judged as this one's.
fn of_tenant(policies: &Policies, tenant: Option<&str>) -> Policies {
    let own: Option<&Arc<Policy>> = tenant.and_then(TenantId::parse).map(|it| policies.of(&it));
    Policies { default: own.unwrap_or(&policies.default).clone(), ..Policies::default() }
}
