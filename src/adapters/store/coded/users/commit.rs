//! Encodes a commit, and seals it with the key of its person.

use std::collections::HashSet;

use crate::{
    adapters::store::{
        coded::{
            fading::Weeks,
            sealing::{layout, methods::hidden},
        },
        name::Name,
        prepared::{PreparedAlert, PreparedBrowser, PreparedCommit, PreparedEvent, PreparedLogin},
        record::{
            self,
            bytes::Malformed,
            delivery::{self, AnswerRow, DeliveryRow},
        },
    },
    domain::{
        alert::alert::{Alert, Delivery, State},
        history::{kept_browser::BrowserKey, login_record::LoginRecord},
        ids::{AlertId, TenantId, UserKey},
        kept_address::KeptAddress,
        keyring::TenantKeys,
        login::login::Outcome,
        privacy::processing::Mode,
        salt::{Salt, SealingKey, Week},
        search::clear::facets::Facets,
        tenant::webhook::TenantEvent,
    },
    ports::{Commit, CommitError, LoginWrite, Unavailable},
};

/// What the parts of a commit are sealed with.
#[derive(Clone, Copy)]
pub struct CommitKeys<'a> {
    /// Seals a tenant's own words where others stand in the clear.
    pub tenant: &'a TenantKeys,
    /// Seals what is of the person; derived from the commit's salt.
    pub person: &'a SealingKey,
    /// Hide addresses.
    pub weeks: &'a Weeks,
}

/// Encodes a commit, but for its clues, and seals it with `keys`, of which the person's is derived from `salt`. Answers and events
/// about alerts in another partition, which cannot be this user's, are left out: the commit must not write to that partition.
///
/// # Errors
/// [`CommitError::Duplicate`] if the commit itself contains a login or an idempotency key twice.
pub fn prepare(commit: Commit, salt: Salt, keys: CommitKeys<'_>) -> Result<PreparedCommit, CommitError> {
    let (mut names, mut ids) = (HashSet::new(), HashSet::new());
    for login in &commit.logins {
        let new_key = login.idempotency.as_ref().is_none_or(|it| names.insert(it.key));
        if !new_key || !ids.insert(login.record.id) {
            return Err(CommitError::Duplicate);
        }
    }
    let Commit { tenant, user, version, profile, logins, answers, events, now } = commit;
    let answers = answers.into_iter().filter(|it| it.alert.partition() == user.partition);
    let answers = answers.map(|it| (it.alert, AnswerRow::new(it, now))).collect();
    let seal_profile =
        |plain: Vec<u8>| layout::seal_of_user(keys.person, &Name::Profile(&user).place(), &tenant, &plain);
    let profile = profile.as_ref().map(record::user::profile::encode).map(seal_profile);
    let browsers = prepare_browsers(&logins, &tenant, &user, keys.person);
    let logins: Result<Vec<_>, Malformed> = logins.into_iter().map(|it| prepare_login(it, &user, keys)).collect();
    let events = events.iter().filter(|it| it.id.partition() == user.partition);
    let events = events.map(|it| prepare_event(it, Some(&user))).collect();
    let logins = logins.map_err(Unavailable::from)?;
    let clues = Vec::new();
    Ok(PreparedCommit { tenant, user, version, profile, logins, browsers, clues, answers, events, salt, now })
}

/// Encodes an event that is due when it happens, about this user.
#[must_use]
pub fn prepare_event(event: &TenantEvent, user: Option<&UserKey>) -> PreparedEvent {
    PreparedEvent {
        id: event.id,
        tenant: event.tenant.clone(),
        record: record::event::encode(event, user),
        due_at: event.at,
    }
}

/// The browsers of these logins, each once: of several logins of one, the latest week counts, and whether one succeeded.
fn prepare_browsers(
    logins: &[LoginWrite],
    tenant: &TenantId,
    user: &UserKey,
    key: &SealingKey,
) -> Vec<PreparedBrowser> {
    let mut prepared: Vec<PreparedBrowser> = Vec::new();
    for LoginWrite { record: login, browser, .. } in logins {
        let Some(browser) = browser else { continue };
        let fingerprint = BrowserKey::new(*user, &login.fingerprint).fingerprint;
        let (week, signed_in) = (Week::of(login.id.time()).0, login.outcome == Outcome::Success);
        if let Some(known) = prepared.iter_mut().find(|it| it.fingerprint == fingerprint) {
            (known.week, known.signed_in) = (known.week.max(week), known.signed_in || signed_in);
            continue;
        }
        let place = Name::Browser(user, fingerprint).place();
        let record = layout::seal_of_user(key, &place, tenant, &record::user::browser::encode(browser));
        let is_brief = login.processing == Mode::Minimal;
        prepared.push(PreparedBrowser { fingerprint, week, is_brief, signed_in, record });
    }
    prepared
}

fn prepare_login(
    write: LoginWrite,
    user: &UserKey,
    CommitKeys { tenant, person: key, weeks }: CommitKeys<'_>,
) -> Result<PreparedLogin, Malformed> {
    let LoginWrite { record: login, idempotency, alert, prefix, browser: _ } = write;
    let alert = alert.map(|(alert, delivery)| {
        let ip = weeks.hide(&alert.id.0, alert.id.time(), alert.ip);
        let plain = record::alert::encode(&Alert { ip, ..alert.clone() });
        Ok(PreparedAlert {
            id: alert.id,
            record: layout::seal_thing(key, &Name::Alert(alert.id).place(), user, &plain)?,
            delivery: seal_delivery(key, alert.id, delivery::encode(only_what_waits_is_due(delivery))),
        })
    });
    let is_whole = matches!(login.ip, KeptAddress::Whole(_));
    let ip = weeks.hide(&login.id.0, login.id.time(), login.ip);
    let login = LoginRecord { ip, ..login };
    let plain = record::login::encode(&login);
    Ok(PreparedLogin {
        id: login.id,
        record: layout::seal_thing(key, &Name::Login(login.id).place(), user, &plain)?,
        prefix: prefix.0,
        hidden_byte: weeks.hidden_byte(login.id.time(), login.ip).filter(|_| is_whole),
        fingerprint: login.fingerprint.short(),
        facets: record::clear::facets::encode(&hidden(tenant, Facets::of(&login))),
        is_brief: login.processing == Mode::Minimal,
        idempotency,
        alert: alert.transpose()?,
    })
}

/// Seals what a delivery tells of the person: their address, and what a server said, which may repeat it.
#[must_use]
pub fn seal_delivery(key: &SealingKey, id: AlertId, row: DeliveryRow) -> DeliveryRow {
    let [recipient, last_error] = places_of_delivery(id);
    DeliveryRow {
        recipient: row.recipient.map(|it| layout::seal_part(key, &recipient, &it)),
        last_error: row.last_error.map(|it| layout::seal_part(key, &last_error, &it)),
        ..row
    }
}

/// Opens what [`seal_delivery`] sealed. What an earlier version stored is open already.
///
/// # Errors
/// A part is not sealed with this key, or was changed.
pub fn open_delivery(key: &SealingKey, id: AlertId, row: DeliveryRow) -> Result<DeliveryRow, Malformed> {
    let [recipient, last_error] = places_of_delivery(id);
    let open = |part: Option<Vec<u8>>, place: &[u8]| match part {
        Some(it) if layout::is_sealed(&it) => {
            layout::open_part(key, place, &it).map(Some).map_err(|_| Malformed::Sealed)
        }
        it => Ok(it),
    };
    Ok(DeliveryRow {
        recipient: open(row.recipient, &recipient)?,
        last_error: open(row.last_error, &last_error)?,
        ..row
    })
}

/// The places of a delivery's recipient and last error.
#[must_use]
pub fn places_of_delivery(id: AlertId) -> [Vec<u8>; 2] {
    let place = Name::Alert(id).place();
    [[&place[..], b" recipient"].concat(), [&place[..], b" last error"].concat()]
}

/// A delivery is due if and only if it is queued or being sent: stores find work only by `due_at`.
fn only_what_waits_is_due(delivery: Delivery) -> Delivery {
    let waits = matches!(delivery.state, State::Queued | State::Sending);
    Delivery { due_at: delivery.due_at.filter(|_| waits), ..delivery }
}
