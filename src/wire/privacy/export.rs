//! All that is kept about a person, as it is handed out. The form has a number; its schema is in the description of the API.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        alert::suppression::Suppression,
        browser::attributes::Attribute,
        history::retention_days::{RetentionClass, RetentionDays},
        place::Asn,
        time::Timestamp,
        user::{device::KnownDevice, profile::Profile},
    },
    wire::{
        device::DeviceBody,
        examples,
        inquiry::note::NoteBody,
        privacy::{
            audit::AuditEntryBody,
            exported::{ExportedAlert, ExportedLogin},
            person::{ContactBody, ProcessingBody},
            request::RequestBody,
        },
        session::SessionBody,
        suppression::SuppressionBody,
        time,
    },
};

/// The number of the form. It changes when a member changes its meaning or goes.
pub const FORMAT_VERSION: u32 = 1;

/// What an export begins with: everything of which there is one, and the devices.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportHead {
    /// The number of the form: 1.
    format_version: u32,
    /// When it was exported.
    #[schema(format = DateTime)]
    exported_at: String,
    /// The person.
    user_id: String,
    /// What is learned from the person's logins.
    profile: ProfileBody,
    /// The devices that the person is known by.
    devices: Vec<ExportedDevice>,
    /// How much of the person's logins is used.
    processing: ProcessingBody,
    /// Whether the person's address gets no more mail.
    suppression: SuppressionBody,
    /// For how long each class of records is kept.
    retention: Vec<RetentionBody>,
    /// Where what is not told by the person's own logins comes from.
    sources: Vec<SourceBody>,
    /// How logins are judged, in words.
    logic: Vec<String>,
}

/// What an export begins with, before it is written.
#[derive(Clone, Debug)]
pub struct HeadParts<'a> {
    /// When it is exported.
    pub exported_at: Timestamp,
    /// The person.
    pub user_id: &'a str,
    /// What is known of the person.
    pub profile: &'a Profile,
    /// Why the person's address gets no more mail, if it gets none.
    pub suppression: Option<Suppression>,
    /// For how many days each class is kept.
    pub retention: RetentionDays,
    /// The databases of places: type, and when each was built.
    pub sources: Vec<(String, Timestamp)>,
    /// How logins are judged, in words.
    pub logic: Vec<String>,
}

impl ExportHead {
    /// The beginning of an export.
    #[must_use]
    pub fn new(parts: HeadParts<'_>) -> Self {
        let retention = |class| RetentionBody { class: class_name(class), days: parts.retention.of(class) };
        Self {
            format_version: FORMAT_VERSION,
            exported_at: time::to_text(parts.exported_at),
            user_id: parts.user_id.to_owned(),
            profile: ProfileBody::new(parts.profile),
            devices: parts.profile.devices.iter().map(ExportedDevice::new).collect(),
            processing: ProcessingBody::new(&parts.profile.processing),
            suppression: SuppressionBody::new(parts.suppression),
            retention: RetentionClass::ALL.into_iter().map(retention).collect(),
            sources: parts
                .sources
                .into_iter()
                .map(|(name, built_at)| SourceBody { name, built_at: time::to_text(built_at) })
                .collect(),
            logic: parts.logic,
        }
    }
}

/// All that is kept about a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::export)]
pub struct ExportBody {
    /// The person, and everything of which there is one.
    #[serde(flatten)]
    head: ExportHead,
    /// The logins, newest first, with the evidence behind each verdict.
    logins: Vec<ExportedLogin>,
    /// The alerts, newest first.
    alerts: Vec<ExportedAlert>,
    /// The sessions, in no order.
    sessions: Vec<SessionBody>,
    /// The notes, in the order of their logins.
    notes: Vec<NoteBody>,
    /// The requests, newest first.
    requests: Vec<RequestBody>,
    /// Who has looked at what is kept about the person, when and what for, the newest first.
    reads: Vec<AuditEntryBody>,
    /// How many records of each kind there are.
    counts: ExportCounts,
}

/// How many records of each kind were exported: who lacks this has not got the whole.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct ExportCounts {
    /// Logins.
    pub logins: u64,
    /// Alerts.
    pub alerts: u64,
    /// Sessions.
    pub sessions: u64,
    /// Notes.
    pub notes: u64,
    /// Requests.
    pub requests: u64,
    /// Who has looked.
    pub reads: u64,
}

impl ExportCounts {
    /// The count of a section.
    pub const fn of(&mut self, section: Section) -> &mut u64 {
        match section {
            Section::Logins => &mut self.logins,
            Section::Alerts => &mut self.alerts,
            Section::Sessions => &mut self.sessions,
            Section::Notes => &mut self.notes,
            Section::Requests => &mut self.requests,
            Section::Reads => &mut self.reads,
        }
    }
}

/// A class's id in exports.
#[must_use]
pub const fn class_name(class: RetentionClass) -> &'static str {
    match class {
        RetentionClass::Logins => "logins",
        RetentionClass::FullAddress => "full_address",
        RetentionClass::IdleDevices => "devices_idle",
        RetentionClass::Sessions => "sessions",
        RetentionClass::Alerts => "alerts",
        RetentionClass::Notes => "notes",
        RetentionClass::Audit => "audit",
        RetentionClass::MinimalLogins => "minimal",
    }
}

/// What is learned from a person's logins.
#[derive(Debug, Serialize, ToSchema)]
struct ProfileBody {
    /// How the person is written to.
    contact: ContactBody,
    /// Successful logins.
    logins: u32,
    /// The earliest one.
    #[schema(required = true, format = DateTime)]
    first_login_at: Option<String>,
    /// Countries that the person has signed in from.
    countries: Vec<CountryBody>,
    /// Networks that the person has signed in from; their addresses are kept as keyed hashes.
    networks: Vec<NetworkBody>,
    /// The latest place, as far as it is trusted.
    #[schema(required = true)]
    last_place: Option<LastPlaceBody>,
    /// Successful logins by hour of the day in UTC, from 0 to 23; old ones fade.
    hours: Vec<u8>,
    /// When the latest mails were queued.
    recent_alerts: Vec<String>,
    /// When the latest attempts failed.
    recent_failures: Vec<String>,
}

impl ProfileBody {
    fn new(profile: &Profile) -> Self {
        let times = |times: &[Timestamp]| times.iter().map(|it| time::to_text(*it)).collect();
        let countries = profile.countries.iter().map(|seen| CountryBody {
            country: seen.country.as_str().to_owned(),
            last_seen_at: time::to_text(seen.last_seen),
            logins: seen.logins,
        });
        let networks = profile
            .networks
            .iter()
            .map(|seen| NetworkBody { asn: seen.asn.map(Asn::get), last_seen_at: time::to_text(seen.last_seen) });
        Self {
            contact: ContactBody::new(&profile.contact),
            logins: profile.logins,
            first_login_at: profile.first_login_at.map(time::to_text),
            countries: countries.collect(),
            networks: networks.collect(),
            last_place: profile.last_place.as_ref().map(|place| LastPlaceBody {
                at: time::to_text(place.at),
                latitude: place.point.latitude,
                longitude: place.point.longitude,
                accuracy_km: place.accuracy_km,
                asn: place.asn.map(Asn::get),
            }),
            hours: profile.hours.0.to_vec(),
            recent_alerts: times(&profile.recent_alerts),
            recent_failures: times(&profile.recent_failures),
        }
    }
}

/// A country that a person has signed in from.
#[derive(Debug, Serialize, ToSchema)]
struct CountryBody {
    /// ISO 3166-1, two letters.
    #[schema(example = "FI")]
    country: String,
    /// The latest login from it.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// Logins from it.
    logins: u32,
}

/// A network that a person has signed in from.
#[derive(Debug, Serialize, ToSchema)]
struct NetworkBody {
    /// Autonomous system number.
    #[schema(required = true)]
    asn: Option<u32>,
    /// The latest login from it, to the hour.
    #[schema(format = DateTime)]
    last_seen_at: String,
}

/// Where a person was last.
#[derive(Debug, Serialize, ToSchema)]
struct LastPlaceBody {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// Radius in kilometres.
    #[schema(required = true)]
    accuracy_km: Option<u16>,
    /// Autonomous system number.
    #[schema(required = true)]
    asn: Option<u32>,
}

/// A device that a person is known by.
#[derive(Debug, Serialize, ToSchema)]
struct ExportedDevice {
    /// The device.
    #[serde(flatten)]
    device: DeviceBody,
    /// The alert that its first login raised.
    #[schema(required = true)]
    alert_id: Option<String>,
    /// The attributes of which a hash of two bytes is kept, to compare the next login with.
    attributes: Vec<&'static str>,
}

impl ExportedDevice {
    fn new(device: &KnownDevice) -> Self {
        let known = Attribute::ALL.into_iter().filter(|it| device.traits.attributes.get(*it) != 0);
        Self {
            device: DeviceBody::new(device),
            alert_id: device.alert.map(|it| it.to_string()),
            attributes: known.map(Attribute::name).collect(),
        }
    }
}

/// For how long a class of records is kept.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionBody {
    /// The class: `logins`, `full_address`, `devices_idle`, `sessions`, `alerts`, `notes`, `audit`, `minimal`.
    class: &'static str,
    /// For how many days.
    days: i64,
}

/// A database that tells of places and networks.
#[derive(Debug, Serialize, ToSchema)]
struct SourceBody {
    /// What it is, as it says itself.
    #[schema(example = "GeoLite2-City")]
    name: String,
    /// When it was built.
    #[schema(format = DateTime)]
    built_at: String,
}

/// The kinds of records of which there are many, in the order of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Logins.
    Logins,
    /// Alerts.
    Alerts,
    /// Sessions.
    Sessions,
    /// Notes.
    Notes,
    /// Requests.
    Requests,
    /// Who has looked.
    Reads,
}

impl Section {
    /// Every section, in the order of an export.
    pub const ALL: [Self; 6] = [Self::Logins, Self::Alerts, Self::Sessions, Self::Notes, Self::Requests, Self::Reads];

    /// The name of the list in JSON.
    #[must_use]
    pub const fn list(self) -> &'static str {
        match self {
            Self::Logins => "logins",
            Self::Alerts => "alerts",
            Self::Sessions => "sessions",
            Self::Notes => "notes",
            Self::Requests => "requests",
            Self::Reads => "reads",
        }
    }

    /// The `type` of a line of NDJSON.
    #[must_use]
    pub const fn line(self) -> &'static str {
        match self {
            Self::Logins => "login",
            Self::Alerts => "alert",
            Self::Sessions => "session",
            Self::Notes => "note",
            Self::Requests => "request",
            Self::Reads => "read",
        }
    }
}
