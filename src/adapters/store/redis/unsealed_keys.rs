//! Rows as they lie in keys. Whoever signed in before sealing is listed nowhere, and so this is the one walk that goes through
//! the keys themselves, bit by bit.

use redis::Value;

use crate::{
    adapters::store::{
        backend::{Reply, RowParts, RowPlace, StoredRow},
        redis::{
            log::rows as logs,
            server::{
                alert_keys::{self, Waiting},
                keys,
                link::{Batch, Link, WIDE, unavailable},
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

/// Where a walk goes on: the look through the keys, and those through the hashes of logins that it has found and that are not
/// looked through yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// 0 if every key was looked at.
    cursor: u64,
    hashes: Vec<LoginsWalk>,
}

/// Where a look through a hash of logins goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LoginsWalk {
    partition: Partition,
    number: i64,
    cursor: u64,
}

impl Walk {
    /// A position as bytes.
    #[must_use]
    pub fn written(&self) -> Vec<u8> {
        let hash =
            |it: &LoginsWalk| [&[it.partition.0][..], &it.number.to_be_bytes(), &it.cursor.to_be_bytes()].concat();
        [self.cursor.to_be_bytes().to_vec(), self.hashes.iter().flat_map(hash).collect()].concat()
    }

    /// Reads what [`Walk::written`] writes.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (cursor, hashes) = bytes.split_first_chunk()?;
        let hash = |bytes: &[u8]| {
            let (&partition, rest) = bytes.split_first()?;
            let (number, cursor) = rest.split_first_chunk()?;
            let (number, cursor) = (i64::from_be_bytes(*number), u64::from_be_bytes(cursor.try_into().ok()?));
            Some(LoginsWalk { partition: Partition(partition), number, cursor })
        };
        Some(Self { cursor: u64::from_be_bytes(*cursor), hashes: hashes.chunks(17).filter_map(hash).collect() })
    }

    /// The next places, about `limit`, and where the walk goes on; `None` at the end.
    ///
    /// # Errors
    /// The server does not answer in time.
    pub async fn next(mut self, link: &Link, limit: usize) -> Reply<(Option<Self>, Vec<RowPlace>)> {
        let places = match self.hashes.pop() {
            Some(hash) => self.look_through(link, hash, limit).await?,
            None => self.look_at_keys(link, limit).await?,
        };
        Ok((Some(self).filter(|it| *it != Self::default()), places))
    }

    async fn look_at_keys(&mut self, link: &Link, limit: usize) -> Reply<Vec<RowPlace>> {
        let mut ask = Batch::new();
        ask.cmd("SCAN").arg(self.cursor).arg("MATCH").arg(IN_PARTITIONS).arg("COUNT").arg(limit);
        let ((cursor, names),): ((u64, Vec<Vec<u8>>),) = link.ask(WIDE, &ask).await?;
        self.cursor = cursor;
        let names: Vec<&str> = names.iter().filter_map(|it| std::str::from_utf8(it).ok()).collect();
        self.hashes.extend(names.iter().filter_map(|it| read_logins_key(it)));
        Ok(names.into_iter().filter_map(read_key).collect())
    }

    async fn look_through(&mut self, link: &Link, hash: LoginsWalk, limit: usize) -> Reply<Vec<RowPlace>> {
        let LoginsWalk { partition, number, cursor } = hash;
        let mut ask = Batch::new();
        ask.cmd("HSCAN").arg(keys::logins_numbered(partition, number)).arg(cursor).arg("COUNT").arg(limit);
        let ((cursor, found),): ((u64, Vec<Vec<u8>>),) = link.ask(WIDE, &ask).await?;
        self.hashes.extend((cursor > 0).then_some(LoginsWalk { cursor, ..hash }));
        // Fields and their values in turn.
        let fields = found.into_iter().step_by(2).filter_map(|it| it.try_into().ok());
        Ok(fields.map(|it| RowPlace::Login(keys::read_login(partition, number, it))).collect())
    }
}

/// Which hash of logins this is.
fn read_logins_key(key: &str) -> Option<LoginsWalk> {
    let (partition, number) = key.strip_prefix("wl:{p")?.split_once("}:logins:")?;
    Some(LoginsWalk { partition: Partition(partition.parse().ok()?), number: number.parse().ok()?, cursor: 0 })
}

/// The rows at these places, in any order, as far as there are any.
///
/// # Errors
/// The server does not answer in time.
pub async fn rows(link: &Link, places: &[RowPlace]) -> Reply<Vec<StoredRow>> {
    let logins: Vec<LoginId> = places.iter().filter_map(login_at).collect();
    let records = logs::find(link, WIDE, &logins).await?;
    let login = |(id, record): (LoginId, Option<Vec<u8>>)| {
        Some(StoredRow { place: RowPlace::Login(id), parts: RowParts { record: record?, ..RowParts::default() } })
    };
    let mut rows: Vec<StoredRow> = logins.into_iter().zip(records).filter_map(login).collect();
    let places: Vec<&RowPlace> = places.iter().filter(|it| login_at(it).is_none()).collect();
    if places.is_empty() {
        return Ok(rows);
    }
    let mut ask = Batch::new();
    for place in &places {
        let key = key_of(**place);
        match fields_of(**place) {
            [] => ask.cmd("GET").arg(key),
            fields => ask.cmd("HMGET").arg(key).arg(fields),
        };
    }
    let found = link.ask_values(WIDE, &ask).await?;
    for (place, value) in places.into_iter().zip(found) {
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

const fn login_at(place: &RowPlace) -> Option<LoginId> {
    if let RowPlace::Login(id) = place { Some(*id) } else { None }
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

/// The key of a row; of a login, that of earlier versions.
#[must_use]
pub fn key_of(place: RowPlace) -> String {
    match place {
        RowPlace::Profile(user) => keys::user(&user),
        RowPlace::Login(id) => keys::old_login(id),
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
    fn a_walk_is_read_as_it_was_written() {
        let hash = |number, cursor| LoginsWalk { partition: Partition(7), number, cursor };
        for walk in [Walk::default(), Walk { cursor: 8, hashes: vec![hash(1, 0), hash(13_337, 5)] }] {
            assert_eq!(Walk::read(&walk.written()), Some(walk));
        }
        assert_eq!(read_logins_key("wl:{p007}:logins:13337"), Some(hash(13_337, 0)));
        assert_eq!(read_logins_key("wl:{p007}:login:13337"), None);
    }

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
        let login = keys::old_login(LoginId(id(1)));
        for other in
            [keys::log(Partition(1)), history_keys::notes_of_user(&user), "wl:keys".to_owned(), format!("{login}:")]
        {
            assert_eq!(read_key(&other), None, "{other}");
        }
    }
}
