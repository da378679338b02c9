//! Every word of a mail, in English. The templates have none: a language is one more function from [`Facts`] to
//! [`Words`].

use jiff::tz::TimeZone;

use crate::{
    adapters::mail::facts::{Facts, Method, Where},
    domain::{agent::Agent, policy::SignalKind},
};

/// Longest subject, in characters: what a telephone shows.
const MAX_SUBJECT_CHARS: usize = 60;

/// A row of the table of facts.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is about.
    pub label: &'static str,
    /// What is known.
    pub value: String,
}

/// The words of one mail, in the order in which they are read.
#[derive(Clone, Debug)]
pub struct Words {
    /// The language, as a BCP 47 tag.
    pub language: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// The subject.
    pub subject: String,
    /// What happened, in one sentence.
    pub headline: String,
    /// Why the mail is late, if it is.
    pub late: Option<&'static str>,
    /// The label of the account.
    pub account_label: &'static str,
    /// What is known of the login.
    pub rows: Vec<Row>,
    /// The label of the reasons.
    pub why_label: &'static str,
    /// The reasons.
    pub why: String,
    /// What to do if all is well.
    pub if_you: &'static str,
    /// The heading of the steps.
    pub if_not_you: &'static str,
    /// What to do, none of which needs a link.
    pub steps: [String; 3],
    /// The words on the button.
    pub button: &'static str,
    /// What stands before the link's address.
    pub link_label: &'static str,
    /// What we never do.
    pub never: &'static str,
    /// The label of the reference.
    pub reference_label: &'static str,
    /// Who writes.
    pub footer: String,
}

/// The words in English; `credit` is who is to be named beside a place.
#[must_use]
pub fn english(facts: &Facts, credit: Option<&str>) -> Words {
    Words {
        language: "en",
        direction: "ltr",
        subject: subject(&facts.product, &facts.agent),
        headline: headline(facts),
        late: facts.late.then_some("We could not send this earlier."),
        account_label: "Account",
        rows: rows(facts),
        why_label: "Why you get this",
        why: why(facts),
        if_you: "If this was you, there is nothing to do.",
        if_not_you: "If this was not you",
        steps: [
            format!("Open {} yourself and sign out this device.", facts.product),
            second_step(facts.method).to_owned(),
            "Turn on two-step sign-in.".to_owned(),
        ],
        button: "Review this sign-in",
        link_label: "Or open this address:",
        never: "We never ask for your password or a code by e-mail.",
        reference_label: "Reference",
        footer: footer(facts, credit),
    }
}

fn footer(facts: &Facts, credit: Option<&str>) -> String {
    let why = format!("{} sends this to protect your account.", facts.product);
    match credit {
        Some(credit) => format!("{why} IP geolocation by {credit}."),
        None => why,
    }
}

/// Only as much of “New sign-in to Product from Browser on System” as there is room for.
fn subject(product: &str, agent: &Agent) -> String {
    let short = format!("New sign-in to {product}");
    if *agent == Agent::default() {
        return short;
    }
    let full = format!("{short} from {}", agent.short_name());
    if full.chars().count() <= MAX_SUBJECT_CHARS { full } else { short }
}

fn headline(facts: &Facts) -> String {
    let just = if facts.late { "" } else { "just " };
    let how = match (facts.new_device, facts.high_risk) {
        (true, false) => "from a device we haven't seen before",
        (true, true) => "from a device we haven't seen before, and in an unusual way",
        (false, _) => "in an unusual way",
    };
    format!("Your {} account was {just}signed in to {how}.", facts.product)
}

fn rows(facts: &Facts) -> Vec<Row> {
    let row = |label, value| Row { label, value };
    let mut rows = vec![
        row("When", time(facts)),
        row("Device", facts.agent.short_name()),
        row("Where", place(&facts.place)),
        row("IP address", facts.ip.clone()),
    ];
    rows.extend(facts.method.map(|it| row("Signed in with", method(it).to_owned())));
    rows
}

/// `Monday 23 November 2026, 14:05 CET (13:05 UTC)`, with the day in brackets where UTC has another.
fn time(facts: &Facts) -> String {
    let utc = facts.at.with_time_zone(TimeZone::UTC);
    if facts.at.time_zone() == &TimeZone::UTC {
        return facts.at.strftime("%A %-d %B %Y, %H:%M UTC").to_string();
    }
    let zone = facts.at.strftime("%Z").to_string();
    // Zones without a name of their own are called by their distance: -03.
    let zone = if zone.starts_with(['+', '-']) { format!("UTC{zone}") } else { zone };
    let local = facts.at.strftime("%A %-d %B %Y, %H:%M");
    let same_day = facts.at.date() == utc.date();
    let there = utc.strftime(if same_day { "%H:%M UTC" } else { "%A %H:%M UTC" });
    format!("{local} {zone} ({there})")
}

fn place(place: &Where) -> String {
    match place {
        Where::PrivateNetwork => "a private network".to_owned(),
        Where::Unknown => "unknown place".to_owned(),
        Where::Country(name) => format!("{name} (estimated from the IP address)"),
        Where::Near(name) => format!("near {name} (estimated from the IP address)"),
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Password => "password",
        Method::Passkey => "passkey",
        Method::MagicLink => "a link by e-mail",
        Method::OneTimeCode => "a one-time code",
        Method::SingleSignOn => "single sign-on",
        Method::Social(provider) => provider,
    }
}

/// What keeps a stranger out depends on how they came in.
fn second_step(method: Option<Method>) -> &'static str {
    match method {
        Some(Method::Password) => "Change your password.",
        Some(Method::Passkey) => "Remove passkeys that you don't know.",
        Some(Method::MagicLink) => "Change the password of your e-mail account.",
        Some(Method::SingleSignOn | Method::Social(_)) => "Change the password of the account you signed in with.",
        Some(Method::OneTimeCode) | None => "Change your password, if you have one.",
    }
}

fn why(facts: &Facts) -> String {
    match facts.reasons.as_slice() {
        [SignalKind::NewDevice, SignalKind::NewCountry] | [SignalKind::NewCountry, SignalKind::NewDevice] => {
            "This device and this country are new for your account.".to_owned()
        }
        [] if facts.new_device => reason(SignalKind::NewDevice).to_owned(),
        [] => "This sign-in is not like your others.".to_owned(),
        some => some.iter().map(|&it| reason(it)).collect::<Vec<_>>().join(" "),
    }
}

fn reason(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::NewDevice => "This device is new for your account.",
        SignalKind::NewCountry => "This country is new for your account.",
        SignalKind::NewNetwork => "This network is new for your account.",
        SignalKind::ImpossibleTravel => "Your last sign-in was too far away for the time between.",
        SignalKind::UserAgentMismatch => "The browser is not what it says it is.",
        SignalKind::TokenMismatch => "It carried the mark of another device.",
        SignalKind::DeniedDevice => "You told us that this device is not yours.",
        SignalKind::AnonymousNetwork => "The network hides where it is.",
        SignalKind::HostingNetwork => "The network belongs to a data centre.",
        SignalKind::FailedAttempts => "There were failed attempts before it.",
        SignalKind::CredentialStuffing => "The same network tried many accounts.",
        SignalKind::UnusualHour => "You seldom sign in at this hour.",
        SignalKind::RareLogin => "You had not signed in for a long time.",
    }
}
