//! Rehearses a change of policy over the logins that a search finds.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use crate::{
    domain::{
        alert::alert::Delivery,
        history::login_record::LoginRecord,
        ids::{AlertId, LoginId, TenantId},
        policy::{
            change::PolicyChange,
            policy::{Policy, PolicyVersion},
        },
        privacy::note::{Note, latest_verdict},
        rehearsal::{
            budget::Budgets,
            rehearsed::{Known, Rehearsed, was_judged},
            tally::Rehearsal,
            untold::unrehearsed,
        },
        search::query::Query,
    },
    ports::Unavailable,
    service::{
        history::search::History,
        inquiry::{explaining::Inquiries, walk::Walk},
        tenant::policies::PolicyError,
    },
};

/// How many logins a rehearsal looks at: the newest.
pub const MAX_REHEARSED: usize = 20_000;

/// What a change of policy would have done.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The policy that is changed: the tenant's of now.
    pub from: Arc<Policy>,
    /// The policy that was rehearsed.
    pub to: Policy,
    /// What it would have done.
    pub rehearsal: Rehearsal,
    /// Whether there are more logins than were looked at.
    pub at_least: bool,
    /// The rules of the change that cannot be rehearsed.
    pub unrehearsed: Vec<&'static str>,
}

/// What is to be rehearsed.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Whose policy.
    pub tenant: &'a TenantId,
    /// Over which logins.
    pub query: &'a Query,
    /// The version that the change was made of, if it must still be the current one.
    pub replaced: Option<PolicyVersion>,
    /// The change of the tenant's policy of now.
    pub change: &'a PolicyChange,
}

impl Inquiries {
    /// Rehearses a change of a tenant's policy. Logins of restricted persons are left out. Nothing is stored.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub async fn rehearse(&self, history: &History, asked: Asked<'_>) -> Result<Outcome, PolicyError> {
        let Asked { tenant, query, replaced, change } = asked;
        let from = self.policies.of(tenant, self.ports.clock.now()).await?;
        if replaced.is_some_and(|it| it != from.version) {
            return Err(PolicyError::Changed);
        }
        let to = change.apply(&from).map_err(PolicyError::Invalid)?;
        let hidden = self.people.hidden(tenant).await?;
        let mut walk = Walk::begin(history, tenant, query, MAX_REHEARSED).await;
        let mut policies = Judges { inquiries: self, tenant, known: HashMap::new() };
        let (mut judged, mut left_out) = (Vec::new(), 0);
        while let Some(mut logins) = walk.next().await? {
            logins.retain(|it| !hidden.hides(&it.user));
            let known = self.known(&logins).await?;
            for (login, known) in logins.iter().zip(known) {
                match policies.of(login).await? {
                    Some(before) => judged.push((Rehearsed::of(&before, &to, login, known), before)),
                    None => left_out += 1,
                }
            }
        }
        judged.sort_by_key(|(it, _)| (it.received_at, it.login));
        let (mut budgets, mut rehearsal) = (Budgets::default(), Rehearsal { left_out, ..Rehearsal::default() });
        for (mut login, before) in judged {
            budgets.spend(&before, &to, &mut login);
            rehearsal.add(before.version, login);
        }
        let unrehearsed = unrehearsed(&from, &to);
        Ok(Outcome { from, to, rehearsal, at_least: !walk.is_whole(), unrehearsed })
    }

    /// What people have said of each of these logins.
    async fn known(&self, logins: &[LoginRecord]) -> Result<Vec<Known>, Unavailable> {
        let said = self.said(logins).await?;
        Ok(logins.iter().map(|it| said.known(it)).collect())
    }

    /// What people have said of these logins of one tenant.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn said(&self, logins: &[LoginRecord]) -> Result<Said, Unavailable> {
        let Some(first) = logins.first() else { return Ok(Said::default()) };
        let keys = self.keyring.tenant(&first.tenant);
        let asked: Vec<_> = logins.iter().map(|it| (keys.user(&it.user), it.id)).collect();
        let alerts: Vec<AlertId> = logins.iter().filter_map(|it| Some(it.alert?.id)).collect();
        let now = self.ports.clock.now();
        let (notes, deliveries) =
            tokio::try_join!(self.ports.notes.notes_of_logins(&asked), self.ports.alerts.deliveries(&alerts, now))?;
        let mut said = Said { deliveries, ..Said::default() };
        for note in notes {
            said.notes.entry(note.login).or_default().push(note);
        }
        said.notes.values_mut().for_each(|it| it.sort_by_key(|note: &Note| (note.created_at, note.id)));
        Ok(said)
    }
}

/// What people have said of some logins.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// The notes on each, the earliest first.
    pub notes: HashMap<LoginId, Vec<Note>>,
    /// What has become of the alerts.
    pub deliveries: HashMap<AlertId, Delivery>,
}

impl Said {
    /// What is decided about one of them.
    pub(crate) fn known(&self, login: &LoginRecord) -> Known {
        let answer = self.delivery(login).map(Delivery::answer).unwrap_or_default();
        // A verdict that the user has contradicted since decides nothing any more.
        let verdict = self.verdict(login).filter(|_| !self.is_contradicted(login));
        Known::of(verdict.and_then(|it| it.verdict), answer)
    }

    /// The verdict that holds.
    pub(crate) fn verdict(&self, login: &LoginRecord) -> Option<&Note> {
        self.notes.get(&login.id).and_then(|it| latest_verdict(it))
    }

    /// Whether its user has said that it was not them after a colleague had decided otherwise.
    pub(crate) fn is_contradicted(&self, login: &LoginRecord) -> bool {
        self.delivery(login).is_some_and(|it| it.statements.contradict(self.verdict(login)))
    }

    /// What has become of its warning, if it raised one that is still kept.
    pub(crate) fn delivery(&self, login: &LoginRecord) -> Option<&Delivery> {
        login.alert.and_then(|it| self.deliveries.get(&it.id))
    }
}

/// The policies that judged, each read once.
struct Judges<'a> {
    inquiries: &'a Inquiries,
    tenant: &'a TenantId,
    known: HashMap<PolicyVersion, Option<Arc<Policy>>>,
}

impl Judges<'_> {
    /// The policy that judged a login; `None` if it was not judged, or the policy is no longer kept.
    async fn of(&mut self, login: &LoginRecord) -> Result<Option<Arc<Policy>>, Unavailable> {
        let Some(version) = login.policy.filter(|_| was_judged(login)) else { return Ok(None) };
        match self.known.entry(version) {
            Entry::Occupied(found) => Ok(found.get().clone()),
            Entry::Vacant(place) => {
                let kept = self.inquiries.policies.past(self.tenant, version).await?;
                Ok(place.insert(kept.map(Arc::new)).clone())
            }
        }
    }
}
