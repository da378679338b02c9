//! Logins as the rows of a table: one line each, every value leading on.

use askama::{Template, filters::HtmlSafe};

use crate::{
    domain::{
        history::login_record::LoginRecord, login::login::Outcome, place::Whereabouts,
        recognition::verdict::DeviceStatus, search::value::Value, time::Timestamp,
    },
    http::console::{
        drawing::{level::level, markup::Markup},
        page::filters,
        parts::{linked::Linked, view::View},
    },
    words::explanation::brief_place,
};

/// Logins as a table. Shows itself in a template.
#[derive(Clone, Debug, Template)]
#[template(path = "console/parts/rows.html")]
pub struct Rows {
    /// The logins, in their order.
    pub rows: Vec<Row>,
    /// What the table is, for whoever hears it.
    pub caption: String,
    /// Whether each row says whose login it is: not where all are one user's.
    pub has_users: bool,
}

/// The template escapes.
impl HtmlSafe for Rows {}

/// A login as a row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The login's id.
    pub id: String,
    /// Its page.
    pub href: String,
    /// What its address has behind the path.
    pub kept: String,
    /// When it happened.
    pub at: Moment,
    /// Whose it is.
    pub user: Linked,
    /// How risky it is.
    pub level: Markup,
    /// Why, in a sentence.
    pub reason: String,
    /// How many reasons there are besides.
    pub more_reasons: usize,
    /// The browser and system.
    pub device: Linked,
    /// What is said of the device: `new`, `first`; empty for one that is known.
    pub status: &'static str,
    /// Where it came from.
    pub place: Linked,
    /// The address.
    pub address: Linked,
    /// Whether the user got in.
    pub has_entered: bool,
}

/// A time: for people, and for machines.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Short, by the clock of the zone.
    pub told: String,
    /// With everything that belongs to it.
    pub whole: String,
    /// RFC 3339.
    pub text: String,
}

impl Moment {
    /// A time.
    #[must_use]
    pub fn new(view: &View, at: Timestamp) -> Self {
        Self { told: view.told(at), whole: view.range.zone.whole(at), text: at.to_text() }
    }
}

impl Rows {
    /// A table of these logins.
    #[must_use]
    pub fn new<'a>(
        view: &View,
        caption: impl Into<String>,
        records: impl IntoIterator<Item = &'a LoginRecord>,
    ) -> Self {
        let rows = records.into_iter().map(|it| Row::new(view, it)).collect();
        Self { rows, caption: caption.into(), has_users: true }
    }

    /// The same of one user's logins.
    #[must_use]
    pub fn of_one(self) -> Self {
        Self { has_users: false, ..self }
    }
}

impl Row {
    /// Where what is decided or written about it goes.
    #[must_use]
    pub fn path_of(&self, what: &str) -> String {
        format!("/console/logins/{}/{what}{}", self.id, self.kept)
    }

    /// A login as it is shown to this view.
    #[must_use]
    pub fn new(view: &View, record: &LoginRecord) -> Self {
        let device = &record.device;
        let name = device.agent.name();
        Self {
            id: record.id.to_string(),
            kept: view.href("", &[]),
            href: view.href(&format!("/console/logins/{}", record.id), &[]),
            at: Moment::new(view, record.occurred_at),
            user: Linked::plain(view, Value::User(record.user.clone())),
            level: level(record.assessment.level, record.assessment.score),
            reason: reason(record),
            more_reasons: record.assessment.signals.len().saturating_sub(1),
            device: if device.status == DeviceStatus::Unknown {
                Linked::nowhere("not told")
            } else {
                Linked::device(view, &record.user, device.id, name)
            },
            status: match device.status {
                DeviceStatus::New => "new",
                DeviceStatus::First => "first",
                DeviceStatus::Recognized | DeviceStatus::Unknown => "",
            },
            place: place(view, &record.whereabouts),
            address: Linked::address(view, &record.ip),
            has_entered: record.outcome == Outcome::Success,
        }
    }
}

/// The strongest reason to be suspicious, or what is usual about it, in a sentence.
#[must_use]
pub fn reason(record: &LoginRecord) -> String {
    if let Some(signal) = record.assessment.signals.first() {
        return capitalized(&signal.detail);
    }
    let said = match (record.outcome, record.device.status) {
        (Outcome::Failure, _) => "Did not get in",
        (_, DeviceStatus::First) => "The user's first device",
        (_, DeviceStatus::New) => "A device that is new to the user",
        (_, DeviceStatus::Recognized) => "A known device",
        (_, DeviceStatus::Unknown) => "No device was told",
    };
    said.to_owned()
}

/// City and country, leading to the country.
fn place(view: &View, whereabouts: &Whereabouts) -> Linked {
    let Some(place) = &whereabouts.place else { return Linked::nowhere("not known") };
    Linked::new(view, Value::Country(place.country), brief_place(&place.named()))
}

/// A text whose first letter is a capital.
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// As a sentence: it begins with a capital, and ends with a full stop, unless it ends as a sentence already.
#[must_use]
pub fn sentence(text: &str) -> String {
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{end}", capitalized(text))
}
