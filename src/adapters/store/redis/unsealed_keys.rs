//! Rows as they lie in keys. Whoever signed in before sealing is listed nowhere, and so this is the one walk that goes through
//! the keys themselves, bit by bit.

use redis::Value;

use crate::{
    adapters::store::{
        backend::{Reply, RowParts, RowPlace, StoredRow},
        redis::{
            server::{
                alert_keys::{self, Waiting},
                keys,
                link::{Link, WIDE, unavailable},
                request_keys,
            },
            users::profiles::{load_form_1, read_user},
        },
    },
    domain::ids::{AlertId, EventId, LoginId, Partition, RequestId, UserKey, WebhookId},
};

/// The key of the note of how many records are not sealed.
pub const NOTE: &str = "wl:unsealed";
/// What every key matches whose name a partition begins.
const IN_PARTITIONS: &str = "wl:{p*";

/// The next places, about `limit`, and where the walk goes on, which is 0 at the end.
///
/// # Errors
/// The server does not answer in time.
pub async fn places(link: &Link, cursor: u64, limit: usize) -> Reply<(u64, Vec<RowPlace>)> {
    let mut ask = redis::pipe();
    ask.cmd("SCAN").arg(cursor).arg("MATCH").arg(IN_PARTITIONS).arg("COUNT").arg(limit);
    let ((next, names),): ((u64, Vec<Vec<u8>>),) = link.ask(WIDE, &ask).await?;
    Ok((next, names.iter().filter_map(|it| read_key(std::str::from_utf8(it).ok()?)).collect()))
}

/// The rows at these places, as far as there are any.
///
/// # Errors
/// The server does not answer in time.
pub async fn rows(link: &Link, places: &[RowPlace]) -> Reply<Vec<StoredRow>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = redis::pipe();
    for place in places {
        let key = key_of(*place);
        match fields_of(*place) {
            [] => ask.cmd("GET").arg(key),
            fields => ask.cmd("HMGET").arg(key).arg(fields),
        };
    }
    let found: Vec<redis::RedisResult<Value>> = link.ask(WIDE, ask.ignore_errors()).await?;
    let mut rows = Vec::with_capacity(places.len());
    for (place, value) in places.iter().zip(found) {
        let value = match (place, value) {
            (RowPlace::Profile(user), Err(fault)) if fault.code() == Some("WRONGTYPE") => {
                load_form_1(link, user).await?.map_or(Value::Nil, Value::BulkString)
            }
            (_, value) => value.map_err(|it| unavailable(&it))?,
        };
        rows.extend(row_of(*place, value));
    }
    Ok(rows)
}

/// The fields of a row's hash, in the order of [`values_of`]; none for a string.
#[must_use]
pub const fn fields_of(place: RowPlace) -> &'static [&'static str] {
    match place {
        RowPlace::Profile(_) | RowPlace::Login(_) => &[],
        RowPlace::Session(..) | RowPlace::Request(_) => &["record"],
        RowPlace::Alert(_) => &["record", "recipient", "last_error"],
        RowPlace::Event(..) => &["record", "body"],
    }
}

/// What stands in the fields of a row's hash, or in its string.
#[must_use]
pub fn values_of(place: RowPlace, parts: &RowParts) -> Vec<Option<&[u8]>> {
    let RowParts { record, recipient, last_error, body } = parts;
    let record = Some(record.as_slice());
    match place {
        RowPlace::Alert(_) => vec![record, recipient.as_deref(), last_error.as_deref()],
        RowPlace::Event(..) => vec![record, body.as_deref()],
        _ => vec![record],
    }
}

/// The key of a row.
#[must_use]
pub fn key_of(place: RowPlace) -> String {
    match place {
        RowPlace::Profile(user) => keys::user(&user),
        RowPlace::Login(id) => keys::login(id),
        RowPlace::Alert(id) => alert_keys::alert(id),
        RowPlace::Session(key, partition) => keys::session(&UserKey { hash: [0; 16], partition }, &key),
        RowPlace::Event(event, webhook) => Waiting { event, webhook }.key(),
        RowPlace::Request(id) => request_keys::request(id),
    }
}

/// The partition that a row lies in.
#[must_use]
pub fn partition_of(place: RowPlace) -> Partition {
    match place {
        RowPlace::Profile(user) => user.partition,
        RowPlace::Login(id) => id.partition(),
        RowPlace::Alert(id) => id.partition(),
        RowPlace::Session(_, partition) => partition,
        RowPlace::Event(id, _) => id.partition(),
        RowPlace::Request(id) => id.partition(),
    }
}

/// `None` for a key of another kind.
fn read_key(key: &str) -> Option<RowPlace> {
    let (partition, rest) = key.strip_prefix("wl:{p")?.split_once("}:")?;
    let partition = Partition(partition.parse().ok()?);
    let mut words = rest.split(':');
    let (kind, id, beside) = (words.next()?, read_hex(words.next()?)?, words.next());
    let place = match (kind, beside) {
        ("user", None) => RowPlace::Profile(UserKey { hash: id, partition }),
        ("login", None) => RowPlace::Login(LoginId(id)),
        ("alert", None) => RowPlace::Alert(AlertId(id)),
        ("session", None) => RowPlace::Session(id, partition),
        ("event", None) => RowPlace::Event(EventId(id), None),
        ("event", Some(webhook)) => RowPlace::Event(EventId(id), Some(WebhookId(read_hex(webhook)?))),
        ("request", None) => RowPlace::Request(RequestId(id)),
        _ => return None,
    };
    // What is called otherwise by us is not ours.
    (words.next().is_none() && key_of(place) == key).then_some(place)
}

fn read_hex(digits: &str) -> Option<[u8; 16]> {
    data_encoding::HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok()
}

/// `None` if there is nothing.
fn row_of(place: RowPlace, value: Value) -> Option<StoredRow> {
    let bytes = |value: Value| match value {
        Value::BulkString(it) => Some(it),
        _ => None,
    };
    let mut parts = RowParts::default();
    match (place, value) {
        (RowPlace::Profile(_), value) => parts.record = read_user(&bytes(value)?).ok()?.record,
        (RowPlace::Login(_), value) => parts.record = bytes(value)?,
        (_, Value::Array(values)) => {
            let mut values = values.into_iter().map(bytes);
            parts.record = values.next()??;
            match place {
                RowPlace::Alert(_) => (parts.recipient, parts.last_error) = (values.next()?, values.next()?),
                RowPlace::Event(..) => parts.body = values.next()?,
                _ => {}
            }
        }
        _ => return None,
    }
    Some(StoredRow { place, parts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::store::redis::server::history_keys;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let user = UserKey { hash: [0xAB; 16], partition: Partition(7) };
        let id = |number: u8| [number, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        for place in [
            RowPlace::Profile(user),
            RowPlace::Login(LoginId(id(1))),
            RowPlace::Alert(AlertId(id(2))),
            RowPlace::Session([9; 16], Partition(255)),
            RowPlace::Event(EventId(id(3)), None),
            RowPlace::Event(EventId(id(3)), Some(WebhookId([1; 16]))),
            RowPlace::Request(RequestId(id(4))),
        ] {
            assert_eq!(read_key(&key_of(place)), Some(place));
        }
        let login = keys::login(LoginId(id(1)));
        for other in
            [keys::log(Partition(1)), history_keys::notes_of_user(&user), "wl:keys".to_owned(), format!("{login}:")]
        {
            assert_eq!(read_key(&other), None, "{other}");
        }
    }
}
