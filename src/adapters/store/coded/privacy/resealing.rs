//! What a row from before sealing is, and what a new write puts in its place.

use crate::{
    adapters::store::{
        backend::{RowParts, RowPlace, StoredRow},
        coded::{
            fading::Weeks,
            sealing::layout::{self, is_sealed},
            users::{commit::places_of_delivery, events::place_of_body},
        },
        name::Name,
        record::{alert, bytes::Malformed, event, login, session, user::profile},
    },
    domain::{
        alert::alert::Alert,
        history::login_record::LoginRecord,
        ids::{TenantId, UserKey},
        salt::SealingKey,
        tenant::webhook::Topic,
        time::Timestamp,
    },
};

/// The key that a row is sealed with.
pub enum Seal {
    /// That of its person.
    OfPerson(SealingKey),
    /// That of its tenant.
    ForTenant(SealingKey),
}

/// Whether a new write would seal something that is not sealed in this row.
#[must_use]
pub fn is_unsealed(row: &StoredRow) -> bool {
    let RowParts { record, recipient, last_error, body } = &row.parts;
    match row.place {
        RowPlace::Alert(_) => {
            !is_sealed(record) || [recipient, last_error].into_iter().flatten().any(|it| !is_sealed(it))
        }
        // Its record is never sealed: it tells who is to be told, and of whom. An earlier version did not write of whom.
        RowPlace::Event(_, webhook) => event::decode(record).is_ok_and(|(event, user)| {
            let is_plain = webhook.is_some() && body.as_ref().is_some_and(|it| !is_sealed(it));
            matches!(event.topic, Topic::Alert(_)) && (user.is_none() || is_plain)
        }),
        _ => !is_sealed(record),
    }
}

/// The times of whose weeks an address in this row is stored.
#[must_use]
pub fn times(place: RowPlace) -> Option<Timestamp> {
    match place {
        RowPlace::Login(id) => Some(id.time()),
        RowPlace::Alert(id) => Some(id.time()),
        _ => None,
    }
}

/// What a new write would put in the place of this row.
///
/// # Errors
/// The row cannot be read.
pub fn reseal(
    row: &StoredRow,
    tenant: &TenantId,
    user: &UserKey,
    seal: &Seal,
    weeks: Option<&Weeks>,
) -> Result<RowParts, Malformed> {
    let (Seal::OfPerson(key) | Seal::ForTenant(key)) = seal;
    let RowParts { record, .. } = &row.parts;
    let record = match row.place {
        RowPlace::Login(id) => {
            let login = login::decode(record)?;
            let ip = weeks.map_or(login.ip, |it| it.hide(&id.0, id.time(), login.ip));
            layout::seal_thing(key, &Name::Login(id).place(), user, &login::encode(&LoginRecord { ip, ..login }))?
        }
        RowPlace::Alert(id) if !is_sealed(record) => {
            let alert = alert::decode(record)?;
            let ip = weeks.map_or(alert.ip, |it| it.hide(&id.0, id.time(), alert.ip));
            layout::seal_thing(key, &Name::Alert(id).place(), user, &alert::encode(&Alert { ip, ..alert }))?
        }
        RowPlace::Alert(_) => record.clone(),
        RowPlace::Event(..) => event::encode(&event::decode(record)?.0, Some(user)),
        RowPlace::Profile(user) => {
            profile::decode(record)?;
            layout::seal_of_user(key, &Name::Profile(&user).place(), tenant, record)
        }
        RowPlace::Session(session, _) => {
            session::decode(record)?;
            layout::seal_of_user(key, &Name::Session(user, session).place(), tenant, record)
        }
        RowPlace::Request(id) => layout::seal_thing(key, &Name::Request(id).place(), user, record)?,
    };
    Ok(RowParts { record, ..with_sealed_parts(row, key) })
}

/// The row with its recipient, last error and body sealed, as far as they are there and are not.
fn with_sealed_parts(row: &StoredRow, key: &SealingKey) -> RowParts {
    let part = |part: &Option<Vec<u8>>, place: &[u8]| {
        part.clone().map(|it| if is_sealed(&it) { it } else { layout::seal_part(key, place, &it) })
    };
    let RowParts { recipient, last_error, body, .. } = &row.parts;
    match row.place {
        RowPlace::Alert(id) => {
            let [of_recipient, of_error] = places_of_delivery(id);
            let (recipient, last_error) = (part(recipient, &of_recipient), part(last_error, &of_error));
            RowParts { recipient, last_error, ..RowParts::default() }
        }
        // An event that nobody has taken up has no message yet.
        RowPlace::Event(id, Some(_)) => RowParts { body: part(body, &place_of_body(id)), ..RowParts::default() },
        _ => RowParts { record: Vec::new(), ..row.parts.clone() },
    }
}
