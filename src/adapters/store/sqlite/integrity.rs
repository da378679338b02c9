//! Reads through the tables.

use std::sync::Arc;

use rusqlite::{Connection, params, types::ValueRef};

use crate::{
    adapters::store::{
        backend::{Examine, IntegrityBytes, RECORDS_A_SEGMENT, Reply},
        damage::{hex, looked_at},
        sqlite::{
            engine::{
                faults::Refused,
                rows::{limit_of, record_in, record_of},
            },
            store::Sqlite,
            users::alerts::{columns, listed},
        },
    },
    domain::{
        ids::{EventId, LoginId, NoteId, OperatorId, RequestId, WebhookId},
        search::clear::segment::SegmentNumber,
    },
    ports::{LookedThrough, RecordKind},
};

impl IntegrityBytes for Sqlite {
    async fn look_through(&self, limit: usize, examine: Arc<dyn Examine>) -> Reply<LookedThrough> {
        let look = move |connection: &Connection| {
            let mut found = LookedThrough::default();
            for kind in RecordKind::ALL {
                look(connection, kind, limit, &*examine, &mut found)?;
            }
            Ok(found)
        };
        self.readers.read(look).await
    }
}

fn look(
    connection: &Connection,
    kind: RecordKind,
    limit: usize,
    examine: &dyn Examine,
    found: &mut LookedThrough,
) -> Result<(), Refused> {
    // The two parts of the name, and the record.
    let query = match kind {
        RecordKind::Profile => "SELECT user, NULL, record FROM profile LIMIT ?",
        RecordKind::Login => "SELECT id, NULL, record FROM login ORDER BY id DESC LIMIT ?",
        RecordKind::Browser => "SELECT CAST(user || fingerprint AS BLOB), NULL, record FROM browser LIMIT ?",
        RecordKind::Alert => return look_at_alerts(connection, limit, examine, found),
        RecordKind::Session => "SELECT key, NULL, record FROM session LIMIT ?",
        RecordKind::ApiKey => "SELECT id, NULL, record FROM api_key LIMIT ?",
        RecordKind::Operator => "SELECT id, NULL, record FROM operator LIMIT ?",
        RecordKind::Webhook => "SELECT id, NULL, record FROM webhook LIMIT ?",
        RecordKind::Attempt => "SELECT webhook, number, record FROM webhook_attempt LIMIT ?",
        RecordKind::Event => "SELECT id, NULL, record FROM event LIMIT ?",
        RecordKind::Policy => {
            "SELECT tenant, NULL, record FROM policy UNION ALL SELECT tenant, version, record FROM kept_policy LIMIT ?"
        }
        RecordKind::Erasure => "SELECT receipt, NULL, record FROM erasure LIMIT ?",
        RecordKind::Removal => "SELECT receipt, NULL, record FROM removal LIMIT ?",
        RecordKind::Request => "SELECT id, NULL, record FROM request ORDER BY id DESC LIMIT ?",
        RecordKind::Note => "SELECT id, NULL, record FROM note LIMIT ?",
        RecordKind::Audit => "SELECT tenant, number, record FROM audit LIMIT ?",
        RecordKind::Segment => return look_at_segments(connection, limit, examine, found),
        RecordKind::Suppression => "SELECT tenant, mailbox, cause || ' ' || since FROM suppression LIMIT ?",
    };
    let mut select = connection.prepare(query)?;
    let mut rows = select.query([limit_of(limit)])?;
    while let Some(row) = rows.next()? {
        let (first, second) = (row.get_ref(0)?, row.get_ref(1)?);
        looked_at(
            found,
            kind,
            || name(kind, first, second),
            examine.record(kind, first.as_bytes().unwrap_or_default(), record_in(row, 2)?),
        );
    }
    Ok(())
}

fn look_at_alerts(
    connection: &Connection,
    limit: usize,
    examine: &dyn Examine,
    found: &mut LookedThrough,
) -> Result<(), Refused> {
    let mut select = connection.prepare(concat!("SELECT ", columns!(), " FROM alert ORDER BY id DESC LIMIT ?"))?;
    for alert in select.query_map([limit_of(limit)], listed)? {
        let alert = alert?;
        let Some(row) = alert.record else { continue };
        let read = row.and_then(|it| examine.alert(alert.id, it));
        looked_at(found, RecordKind::Alert, || alert.id.to_string(), read);
    }
    Ok(())
}

fn look_at_segments(
    connection: &Connection,
    limit: usize,
    examine: &dyn Examine,
    found: &mut LookedThrough,
) -> Result<(), Refused> {
    const FIELDS: &str = "SELECT field, bytes FROM segment WHERE tenant = ? AND number = ?";
    let mut select =
        connection.prepare("SELECT tenant, number FROM segment WHERE field = 0 ORDER BY number DESC LIMIT ?")?;
    let mut rows = select.query([limit_of(limit.div_ceil(RECORDS_A_SEGMENT))])?;
    while let Some(row) = rows.next()? {
        let (tenant, number): (String, i64) = (row.get(0)?, row.get(1)?);
        let mut fields = connection.prepare_cached(FIELDS)?;
        let fields = fields.query_map(params![tenant, number], |row| Ok((row.get(0)?, record_of(row, 1)?)))?;
        let read = examine.segment(SegmentNumber(number), fields.collect::<rusqlite::Result<_>>()?);
        looked_at(found, RecordKind::Segment, || format!("{tenant} {number}"), read);
    }
    Ok(())
}

/// As it is called elsewhere.
fn name(kind: RecordKind, first: ValueRef<'_>, second: ValueRef<'_>) -> String {
    let id = |value: ValueRef<'_>| value.as_blob().ok().and_then(|it| <[u8; 16]>::try_from(it).ok());
    let first = match (kind, id(first)) {
        (RecordKind::Login, Some(bytes)) => LoginId(bytes).to_string(),
        (RecordKind::Webhook | RecordKind::Attempt, Some(bytes)) => WebhookId(bytes).to_string(),
        (RecordKind::Operator, Some(bytes)) => OperatorId(bytes).to_string(),
        (RecordKind::Request, Some(bytes)) => RequestId(bytes).to_string(),
        (RecordKind::Note, Some(bytes)) => NoteId(bytes).to_string(),
        (RecordKind::Event, Some(bytes)) => EventId(bytes).to_string(),
        _ => text(first),
    };
    match second {
        ValueRef::Null => first,
        second => format!("{first} {}", text(second)),
    }
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(it) => it.to_string(),
        ValueRef::Real(it) => it.to_string(),
        ValueRef::Text(it) => String::from_utf8_lossy(it).into_owned(),
        ValueRef::Blob(it) => hex(it),
    }
}
