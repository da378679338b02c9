//! The assessment of impact: Article 35 of the GDPR.

use crate::{
    app::commands::privacy::{
        facts::{self, Facts},
        paper::Paper,
        record::responsible,
    },
    config::settings::Settings,
};

/// Writes it. Risks and measures follow the settings; whether what remains is acceptable is for people to say.
#[must_use]
pub fn write(settings: &Settings, facts: &Facts) -> String {
    let mut paper = Paper::titled("Assessment of impact: recognition of sign-ins");
    paper.line(&format!("\nArticle 35 GDPR. Written on {} from the running settings.", facts.day()));
    paper.heading("Who is responsible");
    responsible(&mut paper, settings);
    paper.heading("Description (Article 35(7)(a))");
    paper.line(&format!(
        "Each sign-in to {} is compared with the devices that the person has used before, and judged. If the device is new, the \
         person gets one mail. The sign-in comes from the product's own server, with what its page may have collected of the \
         browser. Everything is processed on the operator's machines.",
        settings.mail.product
    ));
    paper.heading("Necessity and proportion (Article 35(7)(b))");
    paper.list(necessity(settings));
    paper.heading("How long it is kept");
    paper.table(["class", "kept for", "of what, from when, and what for"], facts::retention(settings));
    if let Some(why) = &settings.retention.justification {
        paper.line(&format!("\nWhy logins are kept for so long: {why}"));
    }
    paper.heading("Risks to the persons (Article 35(7)(c))");
    paper.table(["risk", "how it may come about", "what is done about it"], RISKS.map(|it| it.map(str::to_owned)));
    paper.heading("Measures (Article 35(7)(d))");
    paper.list(facts.measures(settings));
    paper.heading("Rights of the persons");
    paper.list([
        "Access and portability, rectification, erasure, restriction and objection are calls of the API.".to_owned(),
        format!("A request is answered within {} days.", settings.privacy.answer_days),
    ]);
    paper.heading("What remains to be said by people");
    paper.list([
        "Whether the data protection officer was asked, and what the answer was (Article 35(2)).",
        "Whether the persons or their representatives were asked (Article 35(9)).",
        "Whether the risk that remains is acceptable, by whom, and when it is looked at again.",
    ]);
    paper.finish()
}

fn necessity(settings: &Settings) -> Vec<String> {
    let days = &settings.retention.days;
    let email = if settings.privacy.keep_email {
        "The e-mail address is kept in the profile, so that a warning can be sent again and a request be verified."
    } else {
        "The e-mail address is kept until the mail has been sent, and no longer."
    };
    let address = match days.full_address {
        0 => "The exact IP address is not kept: only its network is.".to_owned(),
        full => format!("The exact IP address is kept for {full} days, and then only its network."),
    };
    [
        "A stolen password shows in a new device; nothing that is less intrusive tells the person in time.".to_owned(),
        "What a script collects is reduced to short hashes when it comes in; names, raw user agents and headers are not stored."
            .to_owned(),
        format!("A device is recognised again after months: logins are kept for {} days, devices for {} days without use.", days.logins, days.idle_devices),
        address,
        email.to_owned(),
        "No profile of interests is made, nothing is sold or shared, and no third party is asked.".to_owned(),
    ]
    .into()
}

/// What may happen to a person.
const RISKS: [[&str; 3]; 5] = [
    [
        "Somebody reads where a person was and when",
        "a stolen store, backup or API key",
        "keyed hashes in keys and indexes, a key apart from the store, scopes, short times to keep",
    ],
    [
        "A person is recognised across products",
        "fingerprints are compared between tenants",
        "each tenant has a key of its own, so that nothing can be compared",
    ],
    [
        "A person is locked out or suspected wrongly",
        "a device is not recognised, or a VPN looks like an attack",
        "the product decides, each verdict has its reasons, a person can object and be heard",
    ],
    [
        "A person is watched by those who can read",
        "an employee looks up somebody they know",
        "keys with scopes, and a record of who has looked at what",
    ],
    [
        "Data lives longer than its purpose",
        "nobody deletes it, or a clock is wrong",
        "each class is deleted by itself, and the age of the oldest is a metric",
    ],
];
