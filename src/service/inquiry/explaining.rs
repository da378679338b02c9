//! Gathers what is known around a login, in bounded reads along indexes.

use std::{cmp::Reverse, collections::HashSet, ops::Range, sync::Arc};

use crate::{
    domain::{
        alert::alert::{Alert, Delivery},
        history::login_record::{LoginIndex, LoginRecord},
        ids::{AlertId, LoginId},
        inquiry::{
            answers::Answers,
            around::{Around, DAY_AROUND_MS, Listed, WEEK_AROUND_MS},
        },
        keyring::Keyring,
        privacy::{note::Note, processing::Mode},
        time::Timestamp,
        user::device::Trust,
    },
    ports::{AlertStore, BrowserStore, Clock, LoginStore, NoteStore, ProfileStore, Unavailable},
    service::{
        history::sessions::Sessions,
        privacy::people::{Hidden, People},
        tenant::policies::TenantPolicies,
    },
};

/// How many of a user's logins are read before a login, and how many after it.
const OF_USER: usize = 200;
/// How many logins are read from its /24 or /64, and with its fingerprint.
const OF_SOURCE: usize = 400;

/// What an inquiry reads.
#[derive(Clone)]
pub struct InquiryPorts {
    /// Logins.
    pub logins: Arc<dyn LoginStore>,
    /// Alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Notes and verdicts.
    pub notes: Arc<dyn NoteStore>,
    /// Browsers.
    pub browsers: Arc<dyn BrowserStore>,
    /// What users say about their devices.
    pub profiles: Arc<dyn ProfileStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Looks into logins of all tenants.
#[derive(Clone)]
pub struct Inquiries {
    pub(crate) ports: InquiryPorts,
    sessions: Sessions,
    pub(crate) policies: Arc<TenantPolicies>,
    pub(crate) people: People,
    pub(crate) keyring: Keyring,
}

impl Inquiries {
    /// Reads these ports and services.
    #[must_use]
    pub fn new(
        ports: InquiryPorts,
        sessions: Sessions,
        policies: Arc<TenantPolicies>,
        people: People,
        keyring: Keyring,
    ) -> Self {
        Self { ports, sessions, policies, people, keyring }
    }

    /// Answers the questions about a login. Logins of restricted persons are left out.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn explain(&self, login: LoginRecord) -> Result<Answers, Unavailable> {
        Ok(Answers::of(&self.around(login).await?))
    }

    async fn around(&self, login: LoginRecord) -> Result<Around, Unavailable> {
        let user = self.keyring.tenant(&login.tenant).user(&login.user);
        let of_user = LoginIndex::User(user);
        let at = login.occurred_at;
        let (day_after, week_after) = (at.plus_ms(DAY_AROUND_MS), at.plus_ms(WEEK_AROUND_MS));
        let beginning = LoginId([0; 16]);
        let (before, after, from_prefix, with_fingerprint, session, trust, trusted_network, hidden) = tokio::try_join!(
            self.list(&login, &of_user, beginning..login.id, OF_USER),
            self.list(&login, &of_user, login.id.next()..LoginId::first_at(day_after), OF_USER),
            self.near(&login, week_after),
            self.with_fingerprint(&login, week_after),
            self.sessions.of_login(&login),
            self.trust(&login),
            self.trusted_network(&login),
            self.people.hidden(&login.tenant),
        )?;
        let is_hidden =
            |hidden: &Hidden, listed: Listed| listed.without(|user| *user != login.user && hidden.hides(user));
        let from_prefix = from_prefix.map(|it| is_hidden(&hidden, it));
        let with_fingerprint = is_hidden(&hidden, with_fingerprint);
        let sources = from_prefix.iter().chain([&with_fingerprint]).flat_map(|it| &it.logins);
        let around: Vec<&LoginRecord> =
            before.logins.iter().chain(&after.logins).chain(sources).chain([&login]).collect();
        let (verdicts, alert, deliveries) =
            tokio::try_join!(self.verdicts(&login, &around), self.alert(&login), self.deliveries(&login, &before))?;
        Ok(Around {
            login,
            before,
            after,
            from_prefix,
            with_fingerprint,
            alert,
            deliveries,
            verdicts,
            session,
            trust,
            trusted_network,
        })
    }

    async fn list(
        &self,
        login: &LoginRecord,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Listed, Unavailable> {
        Ok(Listed::new(self.ports.logins.logins(&login.tenant, index, ids, limit).await?, limit))
    }

    /// The tenant's logins from the same /24 or /64.
    async fn near(&self, login: &LoginRecord, until: Timestamp) -> Result<Option<Listed>, Unavailable> {
        let Some(address) = login.ip.in_prefix().filter(|_| is_kept(login)) else { return Ok(None) };
        let index = LoginIndex::Prefix(self.keyring.tenant(&login.tenant).prefix(address));
        let ids = LoginId([0; 16])..LoginId::first_at(until);
        Ok(Some(self.list(login, &index, ids, OF_SOURCE).await?))
    }

    /// The tenant's logins with the same fingerprint.
    async fn with_fingerprint(&self, login: &LoginRecord, until: Timestamp) -> Result<Listed, Unavailable> {
        if !is_kept(login) {
            return Ok(Listed::default());
        }
        let index = LoginIndex::Fingerprint(login.fingerprint.short());
        self.list(login, &index, LoginId([0; 16])..LoginId::first_at(until), OF_SOURCE).await
    }

    /// What the user says about the login's device now.
    async fn trust(&self, login: &LoginRecord) -> Result<Option<Trust>, Unavailable> {
        let user = self.keyring.tenant(&login.tenant).user(&login.user);
        let profile = self.ports.profiles.load(&user, None, self.ports.clock.now()).await?.profile;
        Ok(profile.device(login.device.id).map(|device| device.trust))
    }

    /// The tenant's own network that contains the login's address, by the policy of now.
    async fn trusted_network(&self, login: &LoginRecord) -> Result<Option<String>, Unavailable> {
        let policy = self.policies.of(&login.tenant, self.ports.clock.now()).await?;
        Ok(policy.trusted_network(login.ip.lowest()).map(|it| it.name.clone()))
    }

    async fn alert(&self, login: &LoginRecord) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        let Some(note) = &login.alert else { return Ok(None) };
        self.ports.alerts.alert(note.id, self.ports.clock.now()).await
    }

    /// What has become of the alerts that the user's logins of the week before raised.
    async fn deliveries(&self, login: &LoginRecord, before: &Listed) -> Result<Vec<(LoginId, Delivery)>, Unavailable> {
        let from = login.occurred_at.plus_ms(-WEEK_AROUND_MS);
        let recent = before.logins.iter().filter(|it| from <= it.occurred_at && it.occurred_at < login.occurred_at);
        let raised: Vec<(LoginId, AlertId)> = recent.filter_map(|it| Some((it.id, it.alert.as_ref()?.id))).collect();
        let ids: Vec<AlertId> = raised.iter().map(|(_, alert)| *alert).collect();
        let mut found = self.ports.alerts.deliveries(&ids, self.ports.clock.now()).await?;
        Ok(raised.into_iter().filter_map(|(login, alert)| Some((login, found.remove(&alert)?))).collect())
    }

    /// The verdicts on those of these logins that came in the week before a login, the newest first.
    async fn verdicts(&self, login: &LoginRecord, near: &[&LoginRecord]) -> Result<Vec<Note>, Unavailable> {
        let keys = self.keyring.tenant(&login.tenant);
        let mut seen = HashSet::new();
        let from = login.occurred_at.plus_ms(-WEEK_AROUND_MS);
        let within = |it: &&&LoginRecord| (from..login.occurred_at).contains(&it.occurred_at);
        let logins: Vec<_> =
            near.iter().filter(within).filter(|it| seen.insert(it.id)).map(|it| (keys.user(&it.user), it.id)).collect();
        let mut notes = self.ports.notes.notes_of_logins(&logins).await?;
        notes.retain(|note| note.verdict.is_some());
        notes.sort_by_key(|note| Reverse((note.created_at, note.id)));
        Ok(notes)
    }
}

/// Whether a login's sources are kept: of one whose user was restricted nothing is.
fn is_kept(login: &LoginRecord) -> bool {
    login.processing != Mode::Restricted
}
