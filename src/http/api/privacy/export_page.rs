//! Writes an export as a page that a person can read, in their language. It has no script, loads nothing, and prints well.

use std::sync::Arc;

use askama::Template;

use crate::{
    domain::{ids::TenantId, time::Timestamp, user::contact::Contact},
    http::door::{
        fault::Fault,
        state::{HttpSettings, State},
    },
    service::privacy::export::{Opening, Piece, Whose},
    wire::privacy::export::Section,
    words::{
        explanation::Row,
        export::{Teller, logic},
        language::Language,
        message::Message,
        phrase::Phrase,
    },
};

/// Where the records belong in the page.
const MARKER: &str = "<!-- records -->";

/// The page around the records.
#[derive(Template)]
#[template(path = "pages/export.html")]
struct ExportPage<'a> {
    language: Language,
    product: &'a str,
    title: Phrase,
    written: Phrase,
    marker: &'a str,
}

/// Some records under a heading.
#[derive(Template)]
#[template(path = "pages/export_part.html")]
struct ExportPart {
    heading: Option<Phrase>,
    records: Vec<Vec<Row>>,
    texts: Vec<Phrase>,
}

/// Writes one page.
pub struct ExportPageWriter {
    settings: Arc<HttpSettings>,
    tenant: TenantId,
    language: Language,
    time_zone: Option<String>,
    sources: Vec<(String, Timestamp)>,
    /// What follows the records.
    tail: String,
    section: Option<Section>,
    /// Whether the section has no record yet.
    is_empty: bool,
}

impl ExportPageWriter {
    /// Writes in the language and the time zone of this contact.
    #[must_use]
    pub fn new(state: &State, whose: &Whose, contact: &Contact, sources: Vec<(String, Timestamp)>) -> Self {
        Self {
            settings: state.settings.clone(),
            tenant: whose.tenant.clone(),
            language: Language::of_locale(contact.locale.as_deref()),
            time_zone: contact.time_zone.clone(),
            sources,
            tail: String::new(),
            section: None,
            is_empty: false,
        }
    }

    /// The beginning, with everything of which there is one, and the devices.
    ///
    /// # Errors
    /// A fault of this service.
    pub fn head(&mut self, opening: &Opening) -> Result<Vec<u8>, Fault> {
        let teller = self.teller();
        let page = ExportPage {
            language: self.language,
            product: &self.settings.product,
            title: teller.of_product(Message::ExportTitle),
            written: teller.written(opening.exported_at),
            marker: MARKER,
        };
        let page = page.render().map_err(|fault| Fault::internal(&fault))?;
        let (head, tail) =
            page.split_once(MARKER).ok_or_else(|| Fault::internal(&"the page has no place for records"))?;
        let profile = &opening.profile;
        let devices = profile.devices.iter().map(|it| teller.device(it)).collect();
        let parts = [
            self.records(Message::ExportContact, vec![teller.contact(&profile.contact)])?,
            self.texts(Message::ExportProcessing, vec![teller.mode(profile.processing.mode)])?,
            self.records(Message::ExportHabits, vec![teller.habits(profile)])?,
            self.records(Message::ExportDevices, devices)?,
        ];
        let out = head.to_owned() + &parts.concat();
        tail.clone_into(&mut self.tail);
        Ok(out.into_bytes())
    }

    /// Some records.
    ///
    /// # Errors
    /// A fault of this service.
    pub fn piece(&mut self, section: Section, piece: &Piece) -> Result<Vec<u8>, Fault> {
        let mut out = String::new();
        if self.section != Some(section) {
            out.push_str(&self.close()?);
            out.push_str(&render(Some(self.teller().say(heading(section))), Vec::new(), Vec::new())?);
            (self.section, self.is_empty) = (Some(section), true);
        }
        let teller = self.teller();
        let records: Vec<Vec<Row>> = match piece {
            Piece::Logins(logins) => logins.iter().map(|it| teller.login(it)).collect(),
            Piece::Alerts(alerts) => alerts.iter().map(|(alert, it, _)| teller.alert(alert, it)).collect(),
            Piece::Sessions(sessions) => sessions.iter().map(|it| teller.session(it)).collect(),
            Piece::Notes(notes) => notes.iter().map(|it| teller.note(it)).collect(),
            Piece::Requests(requests) => requests.iter().map(|(request, _)| teller.request(request)).collect(),
            Piece::Reads(reads) => reads.iter().map(|it| teller.read(it)).collect(),
        };
        if !records.is_empty() {
            self.is_empty = false;
            out.push_str(&render(None, records, Vec::new())?);
        }
        Ok(out.into_bytes())
    }

    /// The end: for how long it is kept, where it comes from, and how logins are judged.
    ///
    /// # Errors
    /// A fault of this service.
    pub fn end(&mut self) -> Result<Vec<u8>, Fault> {
        let closed = self.close()?;
        let teller = self.teller();
        let parts = [
            closed,
            self.records(Message::ExportRetention, vec![teller.retention(&self.settings.retention)])?,
            self.texts(Message::ExportSources, teller.sources(&self.sources))?,
            self.texts(Message::ExportLogic, logic(teller.tongue, teller.product).to_vec())?,
            std::mem::take(&mut self.tail),
        ];
        Ok(parts.concat().into_bytes())
    }

    /// Says of a section without a record that nothing is kept.
    fn close(&self) -> Result<String, Fault> {
        let is_empty = self.section.is_some() && self.is_empty;
        if is_empty {
            render(None, Vec::new(), vec![self.teller().say(Message::ExportNone)])
        } else {
            Ok(String::new())
        }
    }

    fn records(&self, heading: Message, mut records: Vec<Vec<Row>>) -> Result<String, Fault> {
        records.retain(|record| !record.is_empty());
        let none = records.is_empty().then(|| self.teller().say(Message::ExportNone));
        render(Some(self.teller().say(heading)), records, none.into_iter().collect())
    }

    fn texts(&self, heading: Message, texts: Vec<Phrase>) -> Result<String, Fault> {
        render(Some(self.teller().say(heading)), Vec::new(), texts)
    }

    fn teller(&self) -> Teller<'_> {
        Teller {
            tongue: self.settings.catalogue.tongue(&self.tenant, self.language),
            product: &self.settings.product,
            time_zone: self.time_zone.clone(),
        }
    }
}

const fn heading(section: Section) -> Message {
    match section {
        Section::Logins => Message::ExportLogins,
        Section::Alerts => Message::ExportAlerts,
        Section::Sessions => Message::ExportSessions,
        Section::Notes => Message::ExportNotes,
        Section::Requests => Message::ExportRequests,
        Section::Reads => Message::ExportReads,
    }
}

fn render(heading: Option<Phrase>, records: Vec<Vec<Row>>, texts: Vec<Phrase>) -> Result<String, Fault> {
    ExportPart { heading, records, texts }.render().map_err(|fault| Fault::internal(&fault))
}
