//! The tables whose records are sealed: how their rows are walked through, read and replaced.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{RowPage, RowParts, RowPlace, StoredRow},
        sqlite::{
            engine::{
                faults::Refused,
                rows::{limit_of, record_of},
            },
            store::NOBODY,
        },
    },
    domain::ids::{AlertId, EventId, LoginId, Partition, RequestId, UserKey, WebhookId},
};

/// A table: its name, its key, and how many bytes its key has.
struct Table {
    name: &'static str,
    /// Its columns are compared as one value, in the order of the key.
    key: &'static str,
    /// A key behind which a page begins: one or two parameters.
    behind: &'static str,
    /// What is read: the first and second part of the key, record, recipient, last error and body.
    columns: &'static str,
}

/// In the order of a walk: what tells whose other records are comes first.
const TABLES: [Table; 6] = [
    table("login", "id", "?1", "id, NULL, record, NULL, NULL, NULL"),
    table("alert", "id", "?1", "id, NULL, record, recipient, last_error, NULL"),
    table("event", "id, webhook", "?1, ?2", "id, webhook, record, NULL, NULL, body"),
    table("request", "id", "?1", "id, NULL, record, NULL, NULL, NULL"),
    table("profile", "user", "?1", "user, NULL, record, NULL, NULL, NULL"),
    table("session", "key", "?1", "key, NULL, record, NULL, NULL, NULL"),
];

const fn table(name: &'static str, key: &'static str, behind: &'static str, columns: &'static str) -> Table {
    Table { name, key, behind, columns }
}

/// Bytes of an id or a hash.
const ID: usize = 16;

/// The rows behind a position, which is the number of a table and a key of it.
///
/// # Errors
/// Those of SQLite.
pub fn page(connection: &Connection, from: Option<&[u8]>, limit: usize) -> Result<RowPage, Refused> {
    let (number, key) = from.and_then(<[u8]>::split_first).map_or((0, &[][..]), |(number, key)| (*number, key));
    let Some(table) = TABLES.get(usize::from(number)) else { return Ok(RowPage { rows: Vec::new(), next: None }) };
    let (first, second) = key.split_at(key.len().min(ID));
    let Table { name, key, behind, columns } = table;
    // A comparison that the second parameter takes no part in must name it nevertheless.
    let query =
        format!("SELECT {columns} FROM {name} WHERE ({key}) > ({behind}) AND ?2 IS NOT NULL ORDER BY {key} LIMIT ?3");
    let mut select = connection.prepare_cached(&query)?;
    let found = select.query_map(params![first, second, limit_of(limit)], |row| row_in(usize::from(number), row))?;
    let rows = found.collect::<rusqlite::Result<Vec<_>>>()?;
    let next = match rows.last() {
        Some(last) if rows.len() == limit => Some([&[number][..], &key_of(last.place)].concat()),
        _ => Some(vec![number + 1]).filter(|_| usize::from(number) + 1 < TABLES.len()),
    };
    Ok(RowPage { rows, next })
}

/// The row at a place, if there is one.
///
/// # Errors
/// Those of SQLite.
pub fn row_at(connection: &Connection, place: RowPlace) -> Result<Option<StoredRow>, Refused> {
    let number = number_of(place);
    let Table { name, key, behind, columns } = &TABLES[number];
    let whole = key_of(place);
    let (first, second) = whole.split_at(ID);
    let query = format!("SELECT {columns} FROM {name} WHERE ({key}) = ({behind}) AND ?2 IS NOT NULL");
    let found = connection.prepare_cached(&query)?.query_row(params![first, second], |row| row_in(number, row));
    // The place that was asked for may know more than the table.
    Ok(found.optional()?.map(|it| StoredRow { place, ..it }))
}

/// Replaces a row that is still as it was read; whether it did.
///
/// # Errors
/// Those of SQLite.
pub fn replace(
    connection: &Connection,
    seen: &StoredRow,
    next: &RowParts,
    owner: Option<&UserKey>,
) -> Result<bool, Refused> {
    let key = key_of(seen.place);
    let (first, second) = key.split_at(ID);
    let (was, is) = (&seen.parts, next);
    let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| -> Result<bool, Refused> {
        Ok(connection.prepare_cached(statement)?.execute(values)? > 0)
    };
    match seen.place {
        RowPlace::Alert(_) => run(
            "UPDATE alert SET record = ?1, recipient = ?2, last_error = ?3 WHERE id = ?4 AND record = ?5
             AND CAST(recipient AS BLOB) IS ?6 AND CAST(last_error AS BLOB) IS ?7",
            params![is.record, is.recipient, is.last_error, first, was.record, was.recipient, was.last_error],
        ),
        RowPlace::Event(..) => run(
            "UPDATE event SET record = ?1, body = ?2 WHERE id = ?3 AND webhook = ?4 AND record = ?5 AND body = ?6",
            params![is.record, is.body, first, second, was.record, was.body],
        ),
        // Whose a session is was not noted beside it when it was stored in the clear.
        RowPlace::Session(..) => run(
            "UPDATE session SET record = ?1, user = ?2 WHERE key = ?3 AND record = ?4",
            params![is.record, owner.map(|it| it.hash), first, was.record],
        ),
        RowPlace::Login(_) => {
            run("UPDATE login SET record = ?1 WHERE id = ?2 AND record = ?3", params![is.record, first, was.record])
        }
        RowPlace::Request(_) => {
            run("UPDATE request SET record = ?1 WHERE id = ?2 AND record = ?3", params![is.record, first, was.record])
        }
        RowPlace::Profile(_) => {
            run("UPDATE profile SET record = ?1 WHERE user = ?2 AND record = ?3", params![is.record, first, was.record])
        }
    }
}

/// How many rows all tables have.
///
/// # Errors
/// Those of SQLite.
pub fn count(connection: &Connection) -> Result<u64, Refused> {
    // Each login is listed once, in a tree that is a tenth as large as that of the records.
    let counted = TABLES.map(|it| if it.name == "login" { "login_by_time" } else { it.name });
    let counts = counted.map(|it| format!("(SELECT count(*) FROM {it})")).join(" + ");
    let count: i64 = connection.query_row(&format!("SELECT {counts}"), [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The place of a row's table in [`TABLES`].
const fn number_of(place: RowPlace) -> usize {
    match place {
        RowPlace::Login(_) => 0,
        RowPlace::Alert(_) => 1,
        RowPlace::Event(..) => 2,
        RowPlace::Request(_) => 3,
        RowPlace::Profile(_) => 4,
        RowPlace::Session(..) => 5,
    }
}

fn key_of(place: RowPlace) -> Vec<u8> {
    match place {
        RowPlace::Login(LoginId(id)) | RowPlace::Alert(AlertId(id)) | RowPlace::Request(RequestId(id)) => id.to_vec(),
        RowPlace::Event(EventId(id), webhook) => [id, webhook.map_or(NOBODY, |it| it.0)].concat(),
        RowPlace::Profile(user) => user.hash.to_vec(),
        RowPlace::Session(key, _) => key.to_vec(),
    }
}

fn row_in(number: usize, row: &Row<'_>) -> rusqlite::Result<StoredRow> {
    let first: [u8; ID] = row.get(0)?;
    let second: [u8; ID] = row.get::<_, Option<_>>(1)?.unwrap_or_default();
    let user = UserKey { hash: first, partition: Partition(0) };
    let place = match number {
        0 => RowPlace::Login(LoginId(first)),
        1 => RowPlace::Alert(AlertId(first)),
        2 => RowPlace::Event(EventId(first), (second != NOBODY).then_some(WebhookId(second))),
        3 => RowPlace::Request(RequestId(first)),
        4 => RowPlace::Profile(user),
        _ => RowPlace::Session(first, Partition(0)),
    };
    // Text, or sealed bytes.
    let part = |column| -> rusqlite::Result<Option<Vec<u8>>> {
        Ok(row.get_ref(column)?.as_bytes_or_null()?.map(<[u8]>::to_vec))
    };
    let parts = RowParts { record: record_of(row, 2)?, recipient: part(3)?, last_error: part(4)?, body: part(5)? };
    Ok(StoredRow { place, parts })
}
