//! What was usual and what has changed: questions 1 to 4.

use crate::{
    domain::{
        agent::Agent,
        country_names::{country_name, in_a_sentence},
        inquiry::{
            answers::Answers,
            changes::{Attempts, Flagged, FromLast},
        },
        wording::figures::{count, duration},
    },
    words::{
        facts::Method,
        inquiry::phrases::{count_at_least, list, place, quoted},
    },
};

/// Is this normal for the user?
#[must_use]
pub fn normal(facts: &Answers) -> Vec<String> {
    let habits = &facts.habits;
    let all = habits.behind.logins;
    if all == 0 {
        return vec![
            "No earlier successful login of this user is kept: there is nothing to compare it with.".to_owned(),
        ];
    }
    let of = |number: usize| match (number, all) {
        (0, 1) => "in no login before (there was one)".to_owned(),
        (_, 1) => "in the one login before".to_owned(),
        (0, _) => format!("in none of the last {all} logins"),
        (it, _) if it == all => format!("in all of the last {all} logins"),
        (it, _) => format!("in {it} of the last {all} logins"),
    };
    let mut told = Vec::new();
    let usual = habits.usual_agent.filter(|_| habits.agent * 2 < all);
    let usual = usual.map(|(browser, os, times)| {
        let agent = Agent { browser, os, ..Agent::default() };
        usually(&agent.short_name(), times, all)
    });
    told.push(format!("This device was used {}{}.", of(habits.device), usual.unwrap_or_default()));
    match (habits.country, &facts.place) {
        (Some(times), Some(here)) => {
            let usual = habits.usual_country.filter(|(country, _)| *country != here.country && times * 2 < all);
            let usual = usual.map(|(country, times)| {
                let name = country_name(country).map_or_else(|| "another country".to_owned(), in_a_sentence);
                usually(&name, times, all)
            });
            let country = if here.country_name.is_empty() { here.country.as_str() } else { &here.country_name };
            let country = in_a_sentence(country);
            told.push(format!("The user signed in from {country} {}{}.", of(times), usual.unwrap_or_default()));
        }
        _ => told.push("From which country it came is not known.".to_owned()),
    }
    told.push(format!("The same network was used {}.", of(habits.network)));
    told.push(format!("The hour of the day was within an hour of this one {}.", of(habits.hour)));
    told
}

/// What is usual, in so many of the earlier logins.
fn usually(what: &str, times: usize, all: usize) -> String {
    if all == 1 { format!("; that was {what}") } else { format!("; usual is {what} ({times} of {all})") }
}

/// Why was it flagged, and what changed from last time?
#[must_use]
pub fn flagged(facts: &Flagged) -> Vec<String> {
    let mut told = Vec::new();
    if facts.signals.is_empty() {
        told.push("It was not flagged: no signal was raised.".to_owned());
    } else {
        told.push(format!(
            "The risk is {} ({:.2}), for {}.",
            facts.level.as_str(),
            facts.score,
            count(facts.signals.len(), "reason")
        ));
        told.extend(facts.signals.iter().map(|signal| sentence(&signal.detail)));
    }
    match &facts.from_last {
        None => told.push("No earlier successful login of this user is kept.".to_owned()),
        Some(last) => told.push(changed(last)),
    }
    let attributes: Vec<String> = facts.attributes.iter().map(|it| it.words().to_owned()).collect();
    if !attributes.is_empty() {
        told.push(format!("Compared with the closest known device, these differ: {}.", list(&attributes)));
    }
    told
}

fn changed(last: &FromLast) -> String {
    let from_to = |what: &str, was: &str, is: &str| format!("{what} from {was} to {is}");
    let mut parts = Vec::new();
    parts.extend(last.device.then(|| "the device".to_owned()));
    parts.extend(last.agent.map(|(was, is)| from_to("the browser", &was.name(), &is.name())));
    parts.extend(last.country.as_ref().map(|(was, is)| from_to("the place", &place(was), &place(is))));
    parts.extend(last.network.as_ref().map(|(was, is)| {
        let (was, is) = (operator(was), operator(is));
        if was == is { format!("the network to another of {is}") } else { from_to("the network", &was, &is) }
    }));
    parts.extend(last.method.as_ref().map(|(was, is)| from_to("the method", &method(was), &method(is))));
    let since = format!("since the last successful login, {} before", duration(last.before_ms));
    if parts.is_empty() {
        format!("Nothing changed {since}: the device, the country, the network and the method are the same.")
    } else {
        format!("{}: changed {}.", capitalized(&since), list(&parts))
    }
}

fn operator(name: &str) -> String {
    if name.is_empty() { "an unnamed operator".to_owned() } else { name.to_owned() }
}

/// What did the user do in the day before and after?
#[must_use]
pub fn day(facts: &Answers) -> Vec<String> {
    let day = &facts.day;
    let attempts = |it: Attempts| match it {
        Attempts { all: 0, .. } => "no other login".to_owned(),
        Attempts { all, failed: 0 } => count(all, "login"),
        Attempts { all: 1, .. } => "1 login, which failed".to_owned(),
        Attempts { all, failed } if all == failed => format!("{}, all of which failed", count(all, "login")),
        Attempts { all, failed } => format!("{}, {failed} of them failed", count(all, "login")),
    };
    let bound = if day.behind.at_least { "; there may be more" } else { "" };
    let mut told = vec![format!(
        "In the 24 hours before: {}; in the 24 hours after: {}{bound}.",
        attempts(day.before),
        attempts(day.after)
    )];
    if day.before.all + day.after.all > 0 {
        told.push(match day.other_devices {
            0 => "No other device got in.".to_owned(),
            it => format!("{} got in besides this one.", count(it, "other device")),
        });
    }
    told
}

/// How did they get in?
#[must_use]
pub fn entry(facts: &Answers) -> Vec<String> {
    let entry = &facts.entry;
    let failures = entry.behind.logins;
    let by = entry.method.as_deref().map(|it| format!(" by {}", method(it))).unwrap_or_default();
    let failed = count_at_least(failures, entry.behind.at_least, "failed attempt");
    let first = match (entry.succeeded, failures) {
        (false, 0) => format!("Nobody got in: this attempt{by} failed, and none had failed in the 24 hours before."),
        (false, _) => format!("Nobody got in: this attempt{by} failed, after {failed} in the 24 hours before."),
        (true, 0) => format!("They signed in{by} at once: no attempt on this account failed in the 24 hours before."),
        (true, _) => format!("They signed in{by} after {failed} in the 24 hours before."),
    };
    let mut told = vec![first];
    if failures > 0 {
        let sources = match entry.sources {
            0 => "They came from addresses that are no longer kept".to_owned(),
            1 if entry.from_here == failures => "They all came from the network of this address".to_owned(),
            1 => "They came from one network".to_owned(),
            it => format!("They came from {it} networks, {} of them from that of this address", entry.from_here),
        };
        let latest = entry.latest_before_ms.map(|it| format!("; the latest {} before", duration(it)));
        told.push(format!("{sources}{}.", latest.unwrap_or_default()));
    }
    if entry.others > 0 {
        told.push(format!(
            "From the same network {} on accounts of {} failed in that time.",
            count_at_least(entry.failures_of_others, entry.others_at_least, "attempt"),
            count(entry.others, "other user"),
        ));
    }
    told
}

/// A method by its name in a sentence.
#[must_use]
pub fn method(text: &str) -> String {
    match Method::parse(text) {
        Some(Method::Password) => "password".to_owned(),
        Some(Method::Passkey) => "passkey".to_owned(),
        Some(Method::MagicLink) => "a link by mail".to_owned(),
        Some(Method::OneTimeCode) => "one-time code".to_owned(),
        Some(Method::SingleSignOn) => "single sign-on".to_owned(),
        Some(Method::Social(provider)) => quoted(provider),
        // What stands for itself, and may be any word.
        None => quoted(text),
    }
}

/// With a capital letter, and a full stop.
fn sentence(text: &str) -> String {
    format!("{}.", capitalized(text))
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_the_same_operator_is_another_one() {
        let network = |was: &str, is: &str| {
            let network = Some((was.to_owned(), is.to_owned()));
            changed(&FromLast { before_ms: 60_000, device: false, agent: None, country: None, network, method: None })
        };
        for (was, is, said) in [
            ("Comcast", "Telia", "the network from Comcast to Telia."),
            ("Comcast", "Comcast", "the network to another of Comcast."),
            ("", "", "the network to another of an unnamed operator."),
        ] {
            let told = network(was, is);
            assert!(told.ends_with(said), "{told}");
        }
    }
}
