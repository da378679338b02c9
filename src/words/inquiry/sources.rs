//! Where a login came from: questions 5 to 7, and 9.

use jiff::tz::TimeZone;

use crate::{
    domain::{
        ids::UserId,
        inquiry::{
            answers::Answers,
            journey::Journey,
            sources::{Firsts, NetworkKind, Others, Since},
        },
        place::NamedPlace,
        wording::figures::{count, duration, grouped, kilometres},
    },
    words::inquiry::phrases::{count_at_least, moment, place, users},
};

/// When did this device, network and browser first appear?
#[must_use]
pub fn first_seen(facts: &Firsts, zone: &TimeZone) -> Vec<String> {
    let since = |what: &str, since: Option<Since>, never: &str| match since {
        Some(Since { at, at_least: false }) => format!("{what} first on {}.", moment(at, zone)),
        Some(Since { at, at_least: true }) => {
            format!("{what} on {} at the latest: earlier logins were not read.", moment(at, zone))
        }
        None => never.to_owned(),
    };
    let device = if facts.is_new_device {
        "This is the first login of this device.".to_owned()
    } else {
        format!("The user has had this device since {}.", moment(facts.device, zone))
    };
    vec![
        device,
        since(
            "The user signed in from this network",
            facts.network,
            "The user had not signed in from this network before, as far as logins are kept.",
        ),
        since("The user signed in with a browser of this fingerprint", facts.fingerprint, &not_signed_in(facts, zone)),
        since(
            "A browser of this fingerprint was seen in your product",
            facts.fingerprint_of_anybody,
            "No browser of this fingerprint had been seen before, as far as logins are kept.",
        ),
    ]
}

/// That the user had not signed in with its browser, and since when somebody has tried to.
fn not_signed_in(facts: &Firsts, zone: &TimeZone) -> String {
    let tried = facts.fingerprint_tried.map(|it| {
        let bound = if it.at_least { " at the latest" } else { "" };
        format!("; attempts with one had failed since {}{bound}", moment(it.at, zone))
    });
    let tried = tried.unwrap_or_else(|| ", as far as logins are kept".to_owned());
    format!("The user had not signed in with a browser of this fingerprint before{tried}.")
}

/// Whom else has this address or browser touched?
#[must_use]
pub fn touched(facts: &Answers) -> Vec<String> {
    let touched = &facts.touched;
    let mut told = Vec::new();
    match (&touched.by_address, &touched.by_prefix) {
        (Some(address), Some(prefix)) => {
            told.push(others("This address", address));
            if prefix.users.len() > address.users.len() {
                told.push(others("The network around it", prefix));
            }
        }
        (None, Some(prefix)) => told.push(others("The network around the address", prefix)),
        _ => told.push("The address is no longer kept, so whom else it touched cannot be told.".to_owned()),
    }
    told.push(others("A browser of this fingerprint", &touched.by_fingerprint));
    told
}

fn others(what: &str, others: &Others) -> String {
    let names = |of: &[UserId]| users(&of.iter().map(UserId::as_str).collect::<Vec<_>>());
    if others.users.is_empty() {
        let bound = if others.behind.at_least { ", as far as was read" } else { "" };
        return format!("{what} was used for no other user in the week before and after{bound}.");
    }
    let of = count_at_least(others.users.len(), others.behind.at_least, "other user");
    let succeeded = match others.entered.len() {
        0 => "no login succeeded".to_owned(),
        1 if others.users.len() == 1 && !others.behind.at_least => {
            format!("a login of {} succeeded", names(&others.entered))
        }
        it if it == others.users.len() => format!("a login succeeded for each: {}", names(&others.entered)),
        it => format!("a login succeeded for {it} of them: {}", names(&others.entered)),
    };
    let failed = match others.failed {
        0 => String::new(),
        it => format!("; {} failed", count(it, "attempt")),
    };
    format!("{what} was used for {of} in the week before and after; {succeeded}{failed}.")
}

/// Is it a VPN, a proxy, a data centre, a relay, or one of our own networks?
#[must_use]
pub fn network(facts: &NetworkKind) -> Vec<String> {
    let mut told = Vec::new();
    match (&facts.trusted, facts.usage) {
        (Some(name), _) => told.push(format!("The address is one of your own networks: {name}.")),
        (None, Some(usage)) => told.push(format!("The address belongs to {}.", usage.words())),
        (None, None) if facts.is_public.is_none() => {
            told.push("The address is not kept: the user was restricted at that time.".to_owned());
        }
        (None, None) if facts.is_public == Some(false) => {
            told.push("The address is not on the public Internet: it is a private or internal one.".to_owned());
        }
        (None, None) => {
            told.push("No list names the address as a VPN, a proxy, a relay or a data centre.".to_owned());
        }
    }
    if let Some((asn, name)) = &facts.operator {
        let operator = if name.is_empty() { String::new() } else { format!(", {name}") };
        told.push(format!("The network is AS{}{operator}.", asn.get()));
    }
    if let Some(behind) = &facts.behind {
        told.push(match behind.logins {
            0 => "The user had not signed in from it before.".to_owned(),
            it => format!("The user had signed in from it {} before.", times(it, behind.at_least)),
        });
    }
    told
}

fn times(number: usize, at_least: bool) -> String {
    match (number, at_least) {
        (1, false) => "once".to_owned(),
        (number, false) => format!("{} times", grouped(number)),
        (number, true) => format!("at least {} times", grouped(number)),
    }
}

/// A place and its radius, and if the database of places names none, that the radius is assumed.
fn within((at, km, is_told): &(NamedPlace, f64, bool)) -> String {
    let assumed = if *is_told { "" } else { " (assumed)" };
    format!("within {} km{assumed} of {}", kilometres(*km), place(at))
}

/// Was the journey possible, given both radii?
#[must_use]
pub fn journey(facts: Option<&Journey>) -> Vec<String> {
    let Some(journey) = facts else {
        return vec!["Whether the journey was possible cannot be told: one of the two places is not known.".to_owned()];
    };
    let mut told = vec![format!(
        "The last login was {} before, {}; this one is {}.",
        duration(journey.elapsed_ms),
        within(&journey.from),
        within(&journey.to),
    )];
    let least = || {
        let (km, speed) = (kilometres(journey.least_km), kilometres(journey.least_km_per_hour));
        format!("That is at least {km} km, at {speed} km/h or more")
    };
    told.push(if journey.least_km < 1.0 {
        "The two areas overlap: no journey is needed.".to_owned()
    } else if journey.is_possible {
        format!("{}: possible.", least())
    } else {
        format!("{}: nobody travels that fast.", least())
    });
    if journey.is_vague {
        told.push("The address hides where its user is, so the place may be another.".to_owned());
    }
    told
}
