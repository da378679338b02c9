//! What searches look up beside the records of logins: what has become of alerts, and which logins have notes.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::Arc,
};

use crate::{
    domain::{
        alert::alert::Delivery,
        history::login_record::{LoginIndex, LoginRecord},
        ids::{AlertId, ClueKey, LoginId, NoteId, TenantId, UserKey},
        keyring::Keyring,
        login::login::MAX_AHEAD_MS,
        privacy::note::{Note, Verdict, latest_verdict},
        search::{field::Field, matching::LoginFacts, needs::Need, query::Query, value::Value},
        time::Timestamp,
    },
    ports::{AlertStore, BrowserStore, Clock, ClueStore, LoginStore, NoteStore, Unavailable},
    service::history::likeness::Likeness,
};

/// How many logins a shortlist has at most. More alerts or notes than this are no narrower than the history itself.
const MAX_LISTED: usize = 2_000;

/// How many sessions or references are looked up at most; more are sought in the records.
const MAX_VALUES: usize = 16;
/// How many users are found by e-mail addresses at most.
const MAX_USERS: usize = 64;

/// What is looked up. A query that needs more cannot be answered.
pub const LOOKED_UP: &[Need] = &Need::ALL;

/// Looks it up.
#[derive(Clone)]
pub struct Beside {
    ports: BesidePorts,
    likeness: Likeness,
    keyring: Keyring,
}

/// Where it is looked up.
#[derive(Clone)]
pub struct BesidePorts {
    /// Alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Notes.
    pub notes: Arc<dyn NoteStore>,
    /// Logins.
    pub logins: Arc<dyn LoginStore>,
    /// Their browsers.
    pub browsers: Arc<dyn BrowserStore>,
    /// What leads to logins and people.
    pub clues: Arc<dyn ClueStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// The users to whom the one device or the one e-mail address of a query leads.
#[derive(Default)]
pub struct Led {
    /// The one user whose logins alone may be asked for.
    pub only: Option<UserKey>,
    /// All to whom the address leads, and one more than [`MAX_USERS`] at most; `None` if that was not asked.
    by_email: Option<Vec<UserKey>>,
}

/// What was looked up of some logins.
#[derive(Default)]
pub struct Known {
    deliveries: HashMap<AlertId, Delivery>,
    references: HashMap<AlertId, String>,
    /// The logins with notes, and the verdict on each that holds, and since when; `None` if nobody has looked.
    noted: Option<HashMap<LoginId, Option<(Verdict, Timestamp)>>>,
    /// The addresses that were asked for, and what each is known by; `None` if nobody has looked.
    emails: Option<Vec<(ClueKey, String)>>,
    /// A login whose browser was compared, and the logins with one like it.
    alike: Option<(LoginId, HashSet<LoginId>)>,
}

impl Known {
    /// What is known of one of these logins.
    #[must_use]
    pub fn of<'a>(&'a self, login: &'a LoginRecord) -> LoginFacts<'a> {
        let alert = login.alert.as_ref().map(|alert| alert.id);
        LoginFacts {
            delivery: alert.and_then(|it| self.deliveries.get(&it)),
            reference: alert.and_then(|it| self.references.get(&it)).map(String::as_str),
            email: self.email_of(login),
            like: self.alike.as_ref().map(|(of, alike)| (*of, alike.contains(&login.id))),
            is_noted: self.noted.as_ref().map(|noted| noted.contains_key(&login.id)),
            verdict: self.noted.as_ref().map(|noted| noted.get(&login.id).copied().flatten()),
            ..LoginFacts::of(login)
        }
    }

    /// Which of the addresses that were asked for a login named; an empty one if none.
    fn email_of(&self, login: &LoginRecord) -> Option<&str> {
        let asked = self.emails.as_ref()?;
        let named = asked.iter().find(|(key, _)| Some(*key) == login.email);
        Some(named.map_or("", |(_, address)| address))
    }
}

/// The logins that notes are about, and the verdict on each that holds, and since when.
fn verdicts(notes: Vec<Note>) -> HashMap<LoginId, Option<(Verdict, Timestamp)>> {
    let mut of_each: HashMap<LoginId, Vec<Note>> = HashMap::new();
    for note in notes {
        of_each.entry(note.login).or_default().push(note);
    }
    let holds = |notes: &[Note]| latest_verdict(notes).and_then(|it| Some((it.verdict?, it.created_at)));
    of_each.into_iter().map(|(login, notes)| (login, holds(&notes))).collect()
}

impl Beside {
    /// Reads these ports.
    #[must_use]
    pub fn new(ports: BesidePorts, keyring: Keyring) -> Self {
        let likeness = Likeness {
            logins: ports.logins.clone(),
            browsers: ports.browsers.clone(),
            clues: ports.clues.clone(),
            clock: ports.clock.clone(),
            keyring: keyring.clone(),
        };
        Self { ports, likeness, keyring }
    }

    /// What compares browsers.
    #[must_use]
    pub const fn likeness(&self) -> &Likeness {
        &self.likeness
    }

    /// What a query needs to know of some logins of one tenant.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn know(&self, query: &Query, needs: &[Need], logins: &[LoginRecord]) -> Result<Known, Unavailable> {
        let alerts: Vec<AlertId> = logins.iter().filter_map(|login| Some(login.alert.as_ref()?.id)).collect();
        let mut known = Known::default();
        if needs.contains(&Need::References) {
            known.references = alerts.iter().map(|it| (*it, self.keyring.reference(*it))).collect();
        }
        if needs.contains(&Need::Deliveries) {
            known.deliveries = self.ports.alerts.deliveries(&alerts, self.ports.clock.now()).await?;
        }
        if needs.contains(&Need::Notes) {
            let user = |login: &LoginRecord| (self.keyring.tenant(&login.tenant).user(&login.user), login.id);
            let notes = self.ports.notes.notes_of_logins(&logins.iter().map(user).collect::<Vec<_>>()).await?;
            known.noted = Some(verdicts(notes));
        }
        if let (Some(login), true) = (logins.first(), needs.contains(&Need::Emails)) {
            let keys = self.keyring.tenant(&login.tenant);
            known.emails = Some(query.emails().map(|it| (keys.email_clue(it), it.to_owned())).collect());
        }
        if let (Some(login), Some(like)) = (logins.first(), query.likes().next()) {
            known.alike = Some((like, self.alike_among(&login.tenant, like, logins).await?));
        }
        Ok(known)
    }

    /// Those of some logins whose browser is like that of another.
    async fn alike_among(
        &self,
        tenant: &TenantId,
        like: LoginId,
        logins: &[LoginRecord],
    ) -> Result<HashSet<LoginId>, Unavailable> {
        let Some(sample) = self.likeness.sample_of(tenant, like).await? else { return Ok(HashSet::new()) };
        let are_like = self.likeness.are_like(tenant, &sample, logins).await?;
        Ok(logins.iter().zip(are_like).filter(|(_, is_like)| *is_like).map(|(login, _)| login.id).collect())
    }

    /// Logins among which all are that a query asks for, with ids in this range, newest first; `None` if the query does not
    /// ask for alerts or notes of which there are few. What [`Self::led`] has found is not asked again.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn shortlist(
        &self,
        tenant: &TenantId,
        query: &Query,
        led: Led,
        ids: &Range<LoginId>,
    ) -> Result<Option<Vec<LoginId>>, Unavailable> {
        let listed = match query.alerts() {
            Some(selection) => {
                // An alert sorts by when its login was received, which may be long after it happened, and hardly before.
                let first = AlertId::first_at(ids.start.time().plus_ms(-MAX_AHEAD_MS));
                let alerts = first..AlertId([0xFF; 16]);
                let now = self.ports.clock.now();
                let found = self.ports.alerts.selected_alerts(tenant, &selection, alerts, MAX_LISTED, now).await?;
                found.map(|it| it.into_iter().map(|(alert, _)| alert.login).collect())
            }
            None if query.is_about_notes() => {
                // A note sorts by the time of its login, and otherwise in no order with it.
                let mut end = ids.end.0;
                end[6..].fill(0xFF);
                let notes = NoteId::first_at(ids.start.time())..NoteId(end);
                let found = self.ports.notes.notes_of_tenant(tenant, notes, MAX_LISTED + 1).await?;
                (found.len() <= MAX_LISTED).then(|| found.into_iter().map(|note| note.login).collect())
            }
            None => self.by_clues(tenant, query, led, ids).await?,
        };
        Ok(listed.map(|mut listed: Vec<LoginId>| {
            listed.retain(|id| ids.contains(id));
            listed.sort_unstable_by(|a, b| b.cmp(a));
            listed.dedup();
            listed
        }))
    }

    /// The users to whom a device leads, or else an e-mail address.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn led(&self, tenant: &TenantId, query: &Query) -> Result<Led, Unavailable> {
        let (keys, now) = (self.keyring.tenant(tenant), self.ports.clock.now());
        let only = |users: &[UserKey]| if let [user] = users { Some(*user) } else { None };
        if let Some(Value::Device(device)) = query.only(Field::Device) {
            let users = self.ports.clues.clues_to_users(&[keys.device_clue(*device)], 2, now).await?;
            return Ok(Led { only: only(&users), by_email: None });
        }
        let Some(Value::Email(address)) = query.only(Field::Email) else { return Ok(Led::default()) };
        let users = self.ports.clues.clues_to_users(&[keys.email_clue(address)], MAX_USERS + 1, now).await?;
        Ok(Led { only: only(&users), by_email: Some(users) })
    }

    /// Those to which a session, a reference, an e-mail address or a likeness leads.
    async fn by_clues(
        &self,
        tenant: &TenantId,
        query: &Query,
        led: Led,
        ids: &Range<LoginId>,
    ) -> Result<Option<Vec<LoginId>>, Unavailable> {
        let (keys, now) = (self.keyring.tenant(tenant), self.ports.clock.now());
        let clues = &self.ports.clues;
        let is_short = |values: &&[Value]| values.len() <= MAX_VALUES;
        let by_login = query.any_of(Field::Session).or_else(|| query.any_of(Field::Reference));
        if let Some(values) = by_login.filter(is_short) {
            let clue = |value: &Value| match value {
                Value::Session(id) => Some(keys.session_clue(id)),
                Value::Reference(reference) => Some(keys.reference_clue(reference.as_str())),
                _ => None,
            };
            let asked: Vec<ClueKey> = values.iter().filter_map(clue).collect();
            let found = clues.clues_to_logins(&asked, ids.clone(), MAX_LISTED + 1, now).await?;
            return Ok((found.len() <= MAX_LISTED).then_some(found));
        }
        if query.any_of(Field::Email).is_some() {
            let asked: Vec<ClueKey> = query.emails().map(|it| keys.email_clue(it)).collect();
            let users = match led.by_email {
                Some(users) => users,
                None => clues.clues_to_users(&asked, MAX_USERS + 1, now).await?,
            };
            if users.len() > MAX_USERS {
                return Ok(None);
            }
            let mut listed = Vec::new();
            for user in users {
                let logins = self.ports.logins.logins(tenant, &LoginIndex::User(user), ids.clone(), MAX_LISTED).await?;
                if logins.len() == MAX_LISTED {
                    // There may be more of them, which a list would leave out.
                    return Ok(None);
                }
                listed.extend(
                    logins.into_iter().filter(|it| it.email.is_some_and(|it| asked.contains(&it))).map(|it| it.id),
                );
            }
            return Ok(Some(listed));
        }
        match query.any_of(Field::Like) {
            Some([Value::Like(like)]) => {
                let Some(sample) = self.likeness.sample_of(tenant, *like).await? else { return Ok(Some(Vec::new())) };
                let alike = self.likeness.alike(tenant, &sample, ids).await?;
                Ok(Some(alike.browsers.into_iter().flat_map(|it| it.logins).map(|it| it.id).collect()))
            }
            _ => Ok(None),
        }
    }
}
