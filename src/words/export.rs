//! The words of the page with all that is kept about a person: each record as rows of a table.

use jiff::Zoned;

use crate::{
    domain::{
        alert::{
            alert::{Alert, Answer, Delivery, State},
            statements::{Statement, Statements},
        },
        history::{
            login_record::LoginRecord,
            retention_days::{RetentionClass, RetentionDays},
            session::Session,
        },
        login::login::Outcome,
        privacy::{
            audit::AuditEvent,
            chain::AuditEntry,
            note::Note,
            processing::Mode,
            request::{PersonRequest, RequestKind},
        },
        time::Timestamp,
        user::{
            contact::Contact,
            device::{KnownDevice, Trust},
            profile::Profile,
        },
    },
    words::{
        catalogue::Tongue,
        explanation::{Row, device, place, reason, rows},
        facts::{AddressForm, SignIn, local_time, place_of},
        message::Message,
        moment::moment,
        phrase::Phrase,
    },
};

/// How logins are judged, in the words of the person's language.
#[must_use]
pub fn logic(tongue: &Tongue, product: &str) -> [Phrase; 3] {
    [
        tongue.say(Message::ExportLogicCompare),
        tongue.say(Message::ExportLogicScore),
        tongue.say_with(Message::ExportLogicDecide, &[("product", product)]),
    ]
}

/// Says what is kept about one person, in their language and time zone.
#[derive(Clone)]
pub struct Teller<'a> {
    /// The language.
    pub tongue: &'a Tongue,
    /// The product that the person signs in to.
    pub product: &'a str,
    /// The person's time zone.
    pub time_zone: Option<String>,
}

impl Teller<'_> {
    /// A message.
    #[must_use]
    pub fn say(&self, message: Message) -> Phrase {
        self.tongue.say(message)
    }

    /// A message that names the product.
    #[must_use]
    pub fn of_product(&self, message: Message) -> Phrase {
        self.tongue.say_with(message, &[("product", self.product)])
    }

    /// When the page was written.
    #[must_use]
    pub fn written(&self, at: Timestamp) -> Phrase {
        self.tongue.say_with(Message::ExportWritten, &[("moment", &self.moment(at).plain())])
    }

    /// How the person is written to.
    #[must_use]
    pub fn contact(&self, contact: &Contact) -> Vec<Row> {
        let parts = [
            (Message::ExportEmail, &contact.email),
            (Message::ExportLanguage, &contact.locale),
            (Message::ExportTimeZone, &contact.time_zone),
        ];
        parts.into_iter().filter_map(|(label, text)| Some(self.row(label, value(text.as_ref()?)))).collect()
    }

    /// How much of the person's logins is used.
    #[must_use]
    pub fn mode(&self, mode: Mode) -> Phrase {
        self.say(match mode {
            Mode::Full => Message::ExportFull,
            Mode::Minimal => Message::ExportMinimal,
            Mode::Restricted => Message::ExportRestricted,
        })
    }

    /// What is learned from the person's logins.
    #[must_use]
    pub fn habits(&self, profile: &Profile) -> Vec<Row> {
        let mut rows = vec![self.row(Message::ExportLogins, Phrase::value(&profile.logins.to_string()))];
        rows.extend(profile.first_login_at.map(|at| self.row(Message::ExportFirst, self.moment(at))));
        let countries = profile
            .countries
            .iter()
            .map(|seen| self.tongue.country(seen.country).unwrap_or_else(|| seen.country.as_str().to_owned()));
        let countries = countries.collect::<Vec<_>>().join(", ");
        rows.extend((!countries.is_empty()).then(|| self.row(Message::ExportCountries, Phrase::value(&countries))));
        rows
    }

    /// A device.
    #[must_use]
    pub fn device(&self, known: &KnownDevice) -> Vec<Row> {
        let said = match known.trust {
            Trust::Unconfirmed => Message::ExportSaidNothing,
            Trust::Confirmed => Message::ExportSaidMine,
            Trust::Denied => Message::ExportSaidNotMine,
        };
        vec![
            self.row(Message::Device, device(self.tongue, known.agent.browser, known.agent.os)),
            self.row(Message::ExportFirstSeen, self.moment(known.first_seen)),
            self.row(Message::ExportLastSeen, self.moment(known.last_seen)),
            self.row(Message::ExportLogins, Phrase::value(&known.logins.to_string())),
            self.row(Message::ExportSaid, self.say(said)),
        ]
    }

    /// A login. Of one that was restricted only that it happened is known.
    #[must_use]
    pub fn login(&self, login: &LoginRecord) -> Vec<Row> {
        let result = match login.outcome {
            Outcome::Success => Message::ExportSuccess,
            Outcome::Failure => Message::ExportFailure,
        };
        let mut told = vec![
            self.row(Message::When, self.moment(login.occurred_at)),
            self.row(Message::ExportResult, self.say(result)),
        ];
        if login.processing == Mode::Restricted {
            return told;
        }
        let agent = login.device.agent;
        let from = login.whereabouts.place.as_ref();
        let from = from.map(|it| (it.country, it.country_name.as_str(), it.city.as_deref()));
        told.push(self.row(Message::Device, device(self.tongue, agent.browser, agent.os)));
        told.push(self.row(Message::Where, place(self.tongue, &place_of(login.ip.lowest(), from))));
        told.push(self.row(Message::IpAddress, Phrase::value(&login.ip.to_string())));
        let named = [(Message::Method, &login.method), (Message::ExportSession, &login.session_id)];
        told.extend(named.into_iter().filter_map(|(label, text)| Some(self.row(label, value(text.as_ref()?)))));
        let noticed = login.assessment.signals.iter().map(|signal| self.say(reason(signal.kind)));
        told.extend(noticed.reduce(|all, next| all.and(&next)).map(|it| self.row(Message::ExportNoticed, it)));
        told
    }

    /// An alert.
    #[must_use]
    pub fn alert(&self, alert: &Alert, delivery: &Delivery) -> Vec<Row> {
        let mail = match delivery.state {
            State::Queued | State::Sending => Message::ExportMailWaiting,
            State::Sent => Message::ExportMailSent,
            State::Failed => Message::ExportMailFailed,
            State::Suppressed => Message::ExportMailNone,
        };
        let said = |it: Option<&Statement>| match it.map(|it| it.answer).unwrap_or_default() {
            Answer::None => Message::ExportSaidNothing,
            Answer::Confirmed => Message::ExportSaidMine,
            Answer::Denied => Message::ExportSaidNotMine,
        };
        let Statements { own, colleague } = &delivery.statements;
        let mut told = rows(self.tongue, &SignIn::new(alert, AddressForm::Full));
        told.push(self.row(Message::ExportMail, self.say(mail)));
        told.push(self.row(Message::ExportSaid, self.say(said(own.as_ref()))));
        let found = colleague.as_ref().map(|it| self.row(Message::ExportFound, self.say(said(Some(it)))));
        told.extend(found);
        told
    }

    /// A session.
    #[must_use]
    pub fn session(&self, session: &Session) -> Vec<Row> {
        let mut told = Vec::new();
        told.extend(session.id.as_ref().map(|id| self.row(Message::ExportSession, value(id))));
        told.push(self.row(Message::When, self.moment(session.started_at)));
        told.push(self.row(Message::ExportLastSeen, self.moment(session.last_active_at)));
        told.extend(session.ended_at.map(|at| self.row(Message::ExportEnded, self.moment(at))));
        told
    }

    /// A note; a verdict begins with its id in the API.
    #[must_use]
    pub fn note(&self, note: &Note) -> Vec<Row> {
        let text = match note.verdict {
            Some(verdict) => format!("{}. {}", verdict.as_str(), note.text),
            None => note.text.clone(),
        };
        vec![self.row(Message::When, self.moment(note.created_at)), self.row(Message::ExportNotes, value(&text))]
    }

    /// A request.
    #[must_use]
    pub fn request(&self, request: &PersonRequest) -> Vec<Row> {
        let asked = match request.kind {
            RequestKind::Export => Message::RequestAskedExport,
            RequestKind::Erase => Message::RequestAskedErase,
            RequestKind::Restrict => Message::RequestAskedRestrict,
            RequestKind::Object => Message::RequestAskedObject,
        };
        let at = self.moment(request.times.opened);
        vec![self.row(Message::When, at), self.row(Message::ExportRequests, self.of_product(asked))]
    }

    /// Who has looked, and what for: in their own words, and where they gave none, the name of their access.
    #[must_use]
    pub fn read(&self, entry: &AuditEntry) -> Vec<Row> {
        let AuditEvent { at, actor, detail, .. } = &entry.event;
        let actor = actor.to_string();
        let who = match detail.as_ref().and_then(|it| it.purpose.as_ref()) {
            Some(purpose) => format!("{purpose} ({actor})"),
            None => actor,
        };
        vec![self.row(Message::When, self.moment(*at)), self.row(Message::ExportReads, value(&who))]
    }

    /// For how long what a person can see is kept.
    #[must_use]
    pub fn retention(&self, days: &RetentionDays) -> Vec<Row> {
        let classes = [
            (RetentionClass::Logins, Message::ExportLogins),
            (RetentionClass::FullAddress, Message::IpAddress),
            (RetentionClass::IdleDevices, Message::ExportDevices),
            (RetentionClass::Sessions, Message::ExportSessions),
            (RetentionClass::Alerts, Message::ExportAlerts),
            (RetentionClass::Notes, Message::ExportNotes),
            (RetentionClass::Audit, Message::ExportReads),
        ];
        let told = classes.into_iter().map(|(class, label)| {
            let days = days.of(class).unsigned_abs();
            self.row(label, self.tongue.count(Message::ExportDays, "days", days, &[]))
        });
        told.collect()
    }

    /// Where what is kept comes from: the product, and databases of places by name and date.
    #[must_use]
    pub fn sources(&self, databases: &[(String, Timestamp)]) -> Vec<Phrase> {
        let told = databases.iter().map(|(name, built_at)| {
            let date = self.local(*built_at).date().to_string();
            self.tongue.say_with(Message::ExportFromPlaces, &[("name", name), ("date", &date)])
        });
        std::iter::once(self.of_product(Message::ExportFromProduct)).chain(told).collect()
    }

    fn row(&self, label: Message, value: Phrase) -> Row {
        Row { label: self.say(label), value }
    }

    fn moment(&self, at: Timestamp) -> Phrase {
        moment(self.tongue, &self.local(at))
    }

    fn local(&self, at: Timestamp) -> Zoned {
        local_time(at, self.time_zone.as_deref())
    }
}

/// A text of the person or about them, without what would disturb the line that it stands in.
fn value(text: &str) -> Phrase {
    let disturbs = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let clean: String = text.chars().map(|it| if disturbs(it) { ' ' } else { it }).collect();
    Phrase::value(clean.trim())
}
