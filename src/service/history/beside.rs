//! What searches look up beside the records of logins: what has become of alerts, and which logins have notes.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::Arc,
};

use crate::{
    domain::{
        alert::alert::Delivery,
        history::login_record::LoginRecord,
        ids::{AlertId, LoginId, NoteId, TenantId},
        keyring::Keyring,
        login::login::MAX_AHEAD_MS,
        search::{matching::LoginFacts, needs::Need, query::Query},
    },
    ports::{AlertStore, Clock, NoteStore, Unavailable},
};

/// How many logins a shortlist has at most. More alerts or notes than this are no narrower than the history itself.
const MAX_LISTED: usize = 2_000;

/// What is looked up. A query that needs more cannot be answered.
pub const LOOKED_UP: &[Need] = &[Need::References, Need::Deliveries, Need::Notes];

/// Looks it up.
#[derive(Clone)]
pub struct Beside {
    alerts: Arc<dyn AlertStore>,
    notes: Arc<dyn NoteStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

/// What was looked up of some logins.
#[derive(Default)]
pub struct Known {
    deliveries: HashMap<AlertId, Delivery>,
    references: HashMap<AlertId, String>,
    /// The logins with notes; `None` if nobody has looked.
    noted: Option<HashSet<LoginId>>,
}

impl Known {
    /// What is known of one of these logins.
    #[must_use]
    pub fn of<'a>(&'a self, login: &'a LoginRecord) -> LoginFacts<'a> {
        let alert = login.alert.as_ref().map(|alert| alert.id);
        LoginFacts {
            delivery: alert.and_then(|it| self.deliveries.get(&it)),
            reference: alert.and_then(|it| self.references.get(&it)).map(String::as_str),
            is_noted: self.noted.as_ref().map(|noted| noted.contains(&login.id)),
            ..LoginFacts::of(login)
        }
    }
}

impl Beside {
    /// Reads these ports.
    #[must_use]
    pub fn new(
        alerts: Arc<dyn AlertStore>,
        notes: Arc<dyn NoteStore>,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
    ) -> Self {
        Self { alerts, notes, clock, keyring }
    }

    /// What a query needs to know of some logins of one tenant.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn know(&self, needs: &[Need], logins: &[LoginRecord]) -> Result<Known, Unavailable> {
        let alerts: Vec<AlertId> = logins.iter().filter_map(|login| Some(login.alert.as_ref()?.id)).collect();
        let mut known = Known::default();
        if needs.contains(&Need::References) {
            known.references = alerts.iter().map(|it| (*it, self.keyring.reference(*it))).collect();
        }
        if needs.contains(&Need::Deliveries) {
            known.deliveries = self.alerts.deliveries(&alerts, self.clock.now()).await?;
        }
        if needs.contains(&Need::Notes) {
            let user = |login: &LoginRecord| (self.keyring.tenant(&login.tenant).user(&login.user), login.id);
            let notes = self.notes.notes_of_logins(&logins.iter().map(user).collect::<Vec<_>>()).await?;
            known.noted = Some(notes.into_iter().map(|note| note.login).collect());
        }
        Ok(known)
    }

    /// Logins among which all are that a query asks for, with ids in this range, newest first; `None` if the query does not
    /// ask for alerts or notes of which there are few.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn shortlist(
        &self,
        tenant: &TenantId,
        query: &Query,
        ids: &Range<LoginId>,
    ) -> Result<Option<Vec<LoginId>>, Unavailable> {
        let listed = match query.alerts() {
            Some(selection) => {
                // An alert sorts by when its login was received, which may be long after it happened, and hardly before.
                let first = AlertId::first_at(ids.start.time().plus_ms(-MAX_AHEAD_MS));
                let alerts = first..AlertId([0xFF; 16]);
                let now = self.clock.now();
                let found = self.alerts.selected_alerts(tenant, &selection, alerts, MAX_LISTED, now).await?;
                found.map(|it| it.into_iter().map(|(alert, _)| alert.login).collect())
            }
            None if query.is_about_notes() => {
                // A note sorts by the time of its login, and otherwise in no order with it.
                let mut end = ids.end.0;
                end[6..].fill(0xFF);
                let notes = NoteId::first_at(ids.start.time())..NoteId(end);
                let found = self.notes.notes_of_tenant(tenant, notes, MAX_LISTED + 1).await?;
                (found.len() <= MAX_LISTED).then(|| found.into_iter().map(|note| note.login).collect())
            }
            None => None,
        };
        Ok(listed.map(|mut listed: Vec<LoginId>| {
            listed.retain(|id| ids.contains(id));
            listed.sort_unstable_by(|a, b| b.cmp(a));
            listed.dedup();
            listed
        }))
    }
}
