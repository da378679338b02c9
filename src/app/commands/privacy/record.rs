//! The record of processing: Article 30 of the GDPR.

use crate::{
    app::commands::privacy::{
        facts::{self, Facts, NOT_SET},
        paper::Paper,
    },
    config::settings::Settings,
    domain::ids::TenantId,
};

/// Writes it.
#[must_use]
pub fn write(settings: &Settings, facts: &Facts) -> String {
    let mut paper = Paper::titled("Record of processing: recognition of sign-ins");
    paper.line(&format!("\nArticle 30 GDPR. Written on {} from the running settings.", facts.day()));
    paper.heading("Who is responsible");
    responsible(&mut paper, settings);
    paper.heading("Purposes and legal basis");
    paper.list([
        format!("To recognise the device behind each sign-in to {}, and to warn the person when it is new.", product(settings)),
        "To find out about attacks on accounts while they happen and afterwards.".to_owned(),
        "Legitimate interest in the security of accounts: Article 6(1)(f), with recital 49. A person may object: then processing \
         is minimal."
            .to_owned(),
        "No decision with legal effect is made: a sign-in is judged, and the product that asks decides what to do.".to_owned(),
    ]);
    paper.heading("Categories of persons");
    let tenants: Vec<&str> = facts.tenants.iter().map(TenantId::as_str).collect();
    paper.list([format!("Users of the products that post their sign-ins here: {}.", listed(&tenants))]);
    paper.heading("Categories of data");
    paper.list(CATEGORIES);
    paper.heading("Recipients");
    paper.list(facts.recipients(settings));
    paper.heading("Transfers to third countries");
    paper.line(
        "None by the service itself: it connects to the recipients above and to nobody else. Places are looked up in files on \
         this machine. Where a recipient is in a third country, say so here.",
    );
    paper.heading("How long it is kept");
    paper.table(["class", "kept for", "of what, from when, and what for"], facts::retention(settings));
    if let Some(why) = &settings.retention.justification {
        paper.line(&format!("\nWhy logins are kept for so long: {why}"));
    }
    paper.heading("Security measures (Article 32)");
    paper.list(facts.measures(settings));
    paper.finish()
}

/// What is kept of a person.
const CATEGORIES: [&str; 6] = [
    "Sign-ins: user id, time, outcome, method, IP address, place and network, browser and system, a hash of what a script collected.",
    "Devices: browser and system, attributes as short hashes, first and last time, what the person said about them.",
    "Contact: e-mail address, language and time zone.",
    "Warnings: what the mail said, whether it was sent, what the person answered.",
    "Sessions: start, last use, end, number of calls, browser, system and network.",
    "Notes, requests of the person, and who has looked at what.",
];

/// The controller, and how it is reached.
pub fn responsible(paper: &mut Paper, settings: &Settings) {
    let told = |text: &Option<String>, setting: &str| text.clone().unwrap_or_else(|| format!("{NOT_SET} `{setting}`"));
    let privacy = &settings.privacy;
    paper.list([
        format!("Controller: {}", told(&privacy.controller, "privacy.controller")),
        format!("Contact: {}", told(&privacy.contact, "privacy.contact")),
    ]);
    if let Some(dpo) = &privacy.dpo {
        paper.list([format!("Data protection officer: {dpo}")]);
    }
}

fn product(settings: &Settings) -> &str {
    &settings.mail.product
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none yet".to_owned() } else { names.join(", ") }
}
