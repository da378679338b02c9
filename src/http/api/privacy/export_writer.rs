//! Writes an export, piece by piece, in one of its formats.

use serde::Serialize;

use crate::{
    domain::{history::retention_days::RetentionDays, time::Timestamp, user::contact::Contact},
    http::{
        api::privacy::export_page::ExportPageWriter,
        door::{fault::Fault, state::State},
    },
    service::privacy::export::{Opening, Piece, Whose},
    wire::{
        inquiry::note::NoteBody,
        privacy::{
            audit::AuditEntryBody,
            export::{ExportCounts, ExportHead, HeadParts, Section},
            exported::{ExportedAlert, ExportedLogin, exported_session},
            request::RequestBody,
        },
    },
    words::{export::logic, language::Language, phrase::Phrase},
};

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// One JSON object.
    Json,
    /// A JSON object on each line, which an import reads back.
    Ndjson,
    /// A page for a person to read.
    Html,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Json, Self::Ndjson, Self::Html];

    /// The media type of the answer.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    /// Whether a caller who accepts `name` gets this format.
    #[must_use]
    pub fn is_called(self, name: &str) -> bool {
        match self {
            Self::Json => ["application/json", "application/*", "*/*"].contains(&name),
            Self::Ndjson => name == "application/x-ndjson",
            Self::Html => name == "text/html",
        }
    }
}

/// Writes one export.
pub struct ExportWriter {
    format: ExportFormat,
    user: String,
    contact: Contact,
    sources: Vec<(String, Timestamp)>,
    retention: RetentionDays,
    logic: Vec<String>,
    page: ExportPageWriter,
    /// The list that is open, in JSON.
    section: Option<Section>,
    counts: ExportCounts,
}

impl ExportWriter {
    /// Writes in this format what is kept about this person.
    #[must_use]
    pub fn new(format: ExportFormat, state: &State, whose: &Whose, opening: &Opening) -> Self {
        let contact = opening.profile.contact.clone();
        let language = Language::of_locale(contact.locale.as_deref());
        let tongue = state.settings.catalogue.tongue(&whose.tenant, language);
        let used = state.geo.databases().into_iter().filter(|it| it.refused.is_none());
        let sources: Vec<_> = used.map(|it| (it.database_type, it.built_at)).collect();
        Self {
            format,
            user: whose.user.as_str().to_owned(),
            page: ExportPageWriter::new(state, whose, &contact, sources.clone()),
            sources,
            contact,
            retention: state.settings.retention,
            logic: logic(tongue, &state.settings.product).iter().map(Phrase::plain).collect(),
            section: None,
            counts: ExportCounts::default(),
        }
    }

    /// The beginning.
    ///
    /// # Errors
    /// A fault of this service.
    pub fn head(&mut self, opening: &Opening) -> Result<Vec<u8>, Fault> {
        let head = json(&ExportHead::new(HeadParts {
            exported_at: opening.exported_at,
            user_id: &self.user,
            profile: &opening.profile,
            suppression: opening.suppression,
            retention: self.retention,
            sources: self.sources.clone(),
            logic: self.logic.clone(),
        }))?;
        Ok(match self.format {
            // The lists follow within the same object.
            ExportFormat::Json => head.strip_suffix('}').unwrap_or(&head).to_owned(),
            ExportFormat::Ndjson => line("head", &head),
            ExportFormat::Html => return self.page.head(opening),
        }
        .into_bytes())
    }

    /// Some records.
    ///
    /// # Errors
    /// A fault of this service.
    pub fn piece(&mut self, piece: &Piece) -> Result<Vec<u8>, Fault> {
        if self.format == ExportFormat::Html {
            return self.page.piece(section_of(piece), piece);
        }
        let (section, entries) = (section_of(piece), self.entries(piece)?);
        let mut out = String::new();
        if self.format == ExportFormat::Json && self.section != Some(section) {
            out.push_str(if self.section.is_some() { "]," } else { "," });
            out.extend(["\"", section.list(), "\":["]);
            self.section = Some(section);
        }
        for entry in entries {
            let count = self.counts.of(section);
            match self.format {
                ExportFormat::Json => {
                    out.push_str(if *count > 0 { ",\n" } else { "\n" });
                    out.push_str(&entry);
                }
                ExportFormat::Ndjson => out.push_str(&line(section.line(), &entry)),
                ExportFormat::Html => {}
            }
            *count += 1;
        }
        Ok(out.into_bytes())
    }

    /// The end.
    ///
    /// # Errors
    /// A fault of this service.
    pub fn end(&mut self) -> Result<Vec<u8>, Fault> {
        let counts = json(&self.counts)?;
        Ok(match self.format {
            ExportFormat::Json => format!("],\"counts\":{counts}}}\n"),
            ExportFormat::Ndjson => line("counts", &counts),
            ExportFormat::Html => return self.page.end(),
        }
        .into_bytes())
    }

    fn entries(&self, piece: &Piece) -> Result<Vec<String>, Fault> {
        match piece {
            Piece::Logins(logins) => all(logins.iter().map(|it| ExportedLogin::new(it, &self.contact))),
            Piece::Alerts(alerts) => {
                all(alerts.iter().map(|(alert, it, reference)| ExportedAlert::new(alert, it, reference.clone())))
            }
            Piece::Sessions(sessions) => all(sessions.iter().map(exported_session)),
            Piece::Notes(notes) => all(notes.iter().map(NoteBody::new)),
            Piece::Requests(requests) => {
                all(requests.iter().map(|(request, reference)| RequestBody::new(request, reference.clone())))
            }
            Piece::Reads(reads) => all(reads.iter().map(AuditEntryBody::new)),
        }
    }
}

const fn section_of(piece: &Piece) -> Section {
    match piece {
        Piece::Logins(_) => Section::Logins,
        Piece::Alerts(_) => Section::Alerts,
        Piece::Sessions(_) => Section::Sessions,
        Piece::Notes(_) => Section::Notes,
        Piece::Requests(_) => Section::Requests,
        Piece::Reads(_) => Section::Reads,
    }
}

fn all<T: Serialize>(bodies: impl Iterator<Item = T>) -> Result<Vec<String>, Fault> {
    bodies.map(|it| json(&it)).collect()
}

fn json(body: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(body).map_err(|fault| Fault::internal(&fault))
}

fn line(kind: &str, entry: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"{kind}\":{entry}}}\n")
}
