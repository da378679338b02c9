//! The words of one mail, in the order in which they are read. The templates contain no words.

use crate::words::{
    catalogue::Tongue,
    explanation::{Row, device, lock_out, rows, short_rows, why},
    facts::Facts,
    message::Message,
    phrase::Phrase,
};

/// Longest subject, in characters: what a phone shows.
const MAX_SUBJECT_CHARS: usize = 60;

/// What every mail says about the service that sends it.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The name of the product that users sign in to; cleaned.
    pub product: String,
    /// The host name to credit for a place, if its source asks for that.
    pub credit: Option<&'static str>,
    /// Where users get help: an e-mail address, or a page without its scheme.
    pub support: Option<String>,
    /// For how many days a login is kept.
    pub kept_days: u64,
}

/// One login as it is told.
#[derive(Clone, Debug)]
pub struct Section {
    /// A heading, where the mail shows two logins.
    pub title: Option<Phrase>,
    /// The facts about it.
    pub rows: Vec<Row>,
}

/// The words of one mail.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The subject: at most 60 characters.
    pub subject: String,
    /// What happened, in one sentence.
    pub headline: Phrase,
    /// A note that the mail is late, if it is.
    pub late: Option<Phrase>,
    /// The label of the account.
    pub account_label: Phrase,
    /// The account, masked.
    pub account: Phrase,
    /// The logins.
    pub sections: Vec<Section>,
    /// The label of the reasons.
    pub why_label: Phrase,
    /// The reasons.
    pub why: Phrase,
    /// What to do if it was the user.
    pub if_you: Phrase,
    /// The heading of the steps for when it was not.
    pub if_not_you: Phrase,
    /// The steps. None of them needs a link.
    pub steps: [Phrase; 3],
    /// The text on the button.
    pub button: Phrase,
    /// The label of the link's address.
    pub link_label: Phrase,
    /// What we never ask for.
    pub never: Phrase,
    /// The label of the reference.
    pub reference_label: Phrase,
    /// The reference.
    pub reference: Phrase,
    /// Who sends the mail, and for how long the facts are kept.
    pub footer: Vec<Phrase>,
    /// What separates a label from its value.
    pub colon: String,
}

/// The words of a mail with these facts, in this language.
#[must_use]
pub fn letter(tongue: &Tongue, facts: &Facts, sender: &Sender) -> Letter {
    let sign_out = if facts.total.is_some() { Message::SignOutUnknown } else { Message::SignOut };
    Letter {
        subject: subject(tongue, facts, sender),
        headline: headline(tongue, facts, &sender.product),
        late: facts.late.then(|| tongue.say(Message::SentLate)),
        account_label: tongue.say(Message::Account),
        account: Phrase::value(&facts.account),
        sections: sections(tongue, facts),
        why_label: tongue.say(Message::Why),
        why: why(tongue, &facts.sign_in),
        if_you: tongue.say(Message::IfYou),
        if_not_you: tongue.say(Message::IfNotYou),
        steps: [
            tongue.say_with(sign_out, &[("product", &sender.product)]),
            tongue.say(lock_out(facts.sign_in.method)),
            tongue.say(Message::TwoStep),
        ],
        button: tongue.say(Message::Button),
        link_label: tongue.say(Message::Link),
        never: tongue.say(Message::Never),
        reference_label: tongue.say(Message::Reference),
        reference: Phrase::value(&facts.reference),
        footer: footer(tongue, sender),
        colon: tongue.say(Message::Colon).plain(),
    }
}

/// As much of “New sign-in to Product from Browser on System” as fits.
fn subject(tongue: &Tongue, facts: &Facts, sender: &Sender) -> String {
    let fits = |subject: &String| subject.chars().count() <= MAX_SUBJECT_CHARS;
    let short = |product: &str| match facts.total {
        Some(total) => tongue.count(Message::SubjectDigest, "count", total, &[("product", product)]).plain(),
        None => tongue.say_with(Message::Subject, &[("product", product)]).plain(),
    };
    let product = sender.product.as_str();
    let told = device(tongue, facts.sign_in.browser, facts.sign_in.os).plain();
    let full = || tongue.say_with(Message::SubjectDevice, &[("product", product), ("device", &told)]).plain();
    let nothing_known = told == tongue.say(Message::UnknownDevice).plain();
    if facts.total.is_none()
        && !nothing_known
        && let Some(full) = Some(full()).filter(fits)
    {
        return full;
    }
    fitted(product, short)
}

/// The subject that `short` makes of a product's name, with as much of the name as fits.
#[must_use]
pub fn fitted(product: &str, short: impl Fn(&str) -> String) -> String {
    let fits = |subject: &String| subject.chars().count() <= MAX_SUBJECT_CHARS;
    let name_chars = product.chars().count();
    let cut = |kept: usize| format!("{}…", product.chars().take(kept).collect::<String>().trim_end());
    Some(short(product))
        .filter(fits)
        .or_else(|| (0..name_chars).rev().map(|chars| short(&cut(chars))).find(fits))
        .unwrap_or_else(|| short("").chars().take(MAX_SUBJECT_CHARS).collect())
}

fn headline(tongue: &Tongue, facts: &Facts, product: &str) -> Phrase {
    if let Some(total) = facts.total {
        return tongue.count(Message::Digest, "count", total, &[("product", product)]);
    }
    let message = match (facts.sign_in.new_device, facts.sign_in.unusual, facts.late) {
        (true, false, false) => Message::NewDevice,
        (true, false, true) => Message::NewDeviceLate,
        (true, true, false) => Message::NewDeviceUnusual,
        (true, true, true) => Message::NewDeviceUnusualLate,
        (false, _, false) => Message::Unusual,
        (false, _, true) => Message::UnusualLate,
    };
    tongue.say_with(message, &[("product", product)])
}

fn sections(tongue: &Tongue, facts: &Facts) -> Vec<Section> {
    let riskiest = rows(tongue, &facts.sign_in);
    match &facts.newest {
        None => vec![Section { title: None, rows: riskiest }],
        Some(newest) => vec![
            Section { title: Some(tongue.say(Message::Newest)), rows: short_rows(tongue, newest) },
            Section { title: Some(tongue.say(Message::Riskiest)), rows: riskiest },
        ],
    }
}

fn footer(tongue: &Tongue, sender: &Sender) -> Vec<Phrase> {
    let mut footer = vec![tongue.say_with(Message::Sender, &[("product", &sender.product)])];
    footer.extend(sender.support.as_ref().map(|support| tongue.say_with(Message::Support, &[("support", support)])));
    footer.push(tongue.count(Message::Kept, "days", sender.kept_days, &[]));
    footer.extend(sender.credit.map(|credit| tongue.say_with(Message::PlacesBy, &[("credit", credit)])));
    footer
}
