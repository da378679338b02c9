//! Alerts.

use rusqlite::{
    Connection, Row, params,
    types::{FromSql, Value},
};

use crate::{
    adapters::store::{
        backend::{AlertBytes, AlertIndex, AlertRow, AlertsIn, Listed, ListedAlert, Reply},
        record::{
            bytes::Malformed,
            delivery::{AnswerRow, DeliveryRow},
        },
        sqlite::{
            engine::{faults::Refused, rows::limit_of},
            store::Sqlite,
        },
    },
    domain::{ids::AlertId, time::Timestamp},
};

/// The columns of an alert that [`alert_in`] reads.
macro_rules! columns {
    () => {
        "id, record, state, suppressed, recipient, attempts, uncounted, resent_at, due_at, last_error, settled_at, answer, answered_by, \
         answered_at, answered_author, beside, beside_by, beside_at, beside_author"
    };
}
pub(crate) use columns;

impl AlertBytes for Sqlite {
    async fn alert(&self, id: AlertId) -> Reply<Option<Result<AlertRow, Malformed>>> {
        self.readers.read(move |connection| find(connection, id)).await
    }

    async fn alerts(&self, index: AlertIndex<'_>, before: Option<AlertId>, limit: usize) -> Reply<Vec<ListedAlert>> {
        const OF_TENANT: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM alert WHERE tenant = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3"
        );
        const OF_USER: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM alert_of_user JOIN alert USING (id) WHERE user = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3"
        );
        let (page, owner) = match index {
            AlertIndex::Tenant(tenant) => (OF_TENANT, Value::Text(tenant.as_str().to_owned())),
            AlertIndex::User(user) => (OF_USER, Value::Blob(user.hash.to_vec())),
        };
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(page)?;
                let alerts = select.query_map(params![owner, before.map(|it| it.0), limit_of(limit)], listed)?;
                Ok(alerts.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn alerts_named(&self, ids: &[AlertId]) -> Reply<Vec<ListedAlert>> {
        let ids = ids.to_vec();
        self.readers
            .read(move |connection| {
                let one = |id: AlertId| Ok(Listed { id, record: find(connection, id)? });
                ids.into_iter().map(one).collect::<Result<_, _>>()
            })
            .await
    }

    /// Each state with each answer is a range of the index.
    async fn alerts_in(&self, asked: AlertsIn<'_>, limit: usize) -> Reply<Vec<AlertId>> {
        const FIND: &str = "SELECT id FROM alert INDEXED BY alert_by_state
            WHERE tenant = ?1 AND state = ?2 AND answer = ?3 AND id >= ?4 AND id < ?5 LIMIT ?6";
        let AlertsIn { tenant, states, answers, ids } = asked;
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(FIND)?;
                let mut found = Vec::new();
                for (state, answer) in states.iter().flat_map(|state| answers.iter().map(move |it| (state, it))) {
                    let rest = limit_of(limit.saturating_sub(found.len()));
                    let values = params![tenant.as_str(), state, answer, ids.start.0, ids.end.0, rest];
                    let rows = select.query_map(values, |row| Ok(AlertId(row.get(0)?)))?;
                    found.extend(rows.collect::<Result<Vec<_>, _>>()?);
                }
                Ok(found)
            })
            .await
    }
}

/// An alert by its id.
///
/// # Errors
/// Those of SQLite.
pub fn find(connection: &Connection, id: AlertId) -> Result<Option<Result<AlertRow, Malformed>>, Refused> {
    const ONE: &str = concat!("SELECT ", columns!(), " FROM alert WHERE id = ?");
    let mut select = connection.prepare_cached(ONE)?;
    let mut rows = select.query([id.0])?;
    Ok(rows.next()?.map(alert_in))
}

/// Takes up an answer to an alert, if it is there and can be read.
///
/// # Errors
/// Those of SQLite.
pub fn hear(connection: &Connection, id: AlertId, said: &AnswerRow) -> Result<(), Refused> {
    let Some(Ok(AlertRow { mut delivery, .. })) = find(connection, id)? else { return Ok(()) };
    delivery.hear(said.clone());
    let mut update = connection.prepare_cached(
        "UPDATE alert SET answer = ?2, answered_by = ?3, answered_at = ?4, answered_author = ?5,
         beside = ?6, beside_by = ?7, beside_at = ?8, beside_author = ?9 WHERE id = ?1",
    )?;
    let (answer, beside) = (delivery.answer, delivery.beside);
    let [at, beside_at] = [Some(&answer), beside.as_ref()].map(|it| it.and_then(|it| it.at).map(Timestamp::unix_ms));
    update.execute(params![
        id.0,
        answer.answer,
        answer.by,
        at,
        answer.author,
        beside.as_ref().map(|it| &it.answer),
        beside.as_ref().and_then(|it| it.by.as_ref()),
        beside_at,
        beside.as_ref().and_then(|it| it.author.as_ref()),
    ])?;
    Ok(())
}

/// The id and the alert of a row.
///
/// # Errors
/// The id is no id.
pub fn listed(row: &Row<'_>) -> rusqlite::Result<ListedAlert> {
    Ok(Listed { id: AlertId(row.get("id")?), record: Some(alert_in(row)) })
}

fn alert_in(row: &Row<'_>) -> Result<AlertRow, Malformed> {
    fn get<T: FromSql>(row: &Row<'_>, column: &'static str) -> Result<T, Malformed> {
        row.get(column).map_err(|_| Malformed::Impossible(column))
    }
    // Text, or sealed bytes.
    fn part(row: &Row<'_>, column: &'static str) -> Result<Option<Vec<u8>>, Malformed> {
        let value = row.get_ref(column).and_then(|it| Ok(it.as_bytes_or_null()?.map(<[u8]>::to_vec)));
        value.map_err(|_| Malformed::Impossible(column))
    }
    let (state, suppressed): (String, Option<String>) = (get(row, "state")?, get(row, "suppressed")?);
    let time = |column| Ok::<_, Malformed>(get::<Option<i64>>(row, column)?.map(Timestamp::from_unix_ms));
    let said = |[answer, by, at, author]: [&'static str; 4]| {
        let answer: Option<String> = get(row, answer)?;
        let by: Option<String> = get(row, by)?;
        let (at, author) = (time(at)?, get(row, author)?);
        Ok::<_, Malformed>(answer.map(|it| AnswerRow { answer: it.into(), by: by.map(Into::into), at, author }))
    };
    let delivery = DeliveryRow {
        state: state.into(),
        suppressed: suppressed.map(Into::into),
        recipient: part(row, "recipient")?,
        attempts: get(row, "attempts")?,
        uncounted: get(row, "uncounted")?,
        resent_at: time("resent_at")?,
        due_at: time("due_at")?,
        last_error: part(row, "last_error")?,
        settled_at: time("settled_at")?,
        answer: said(["answer", "answered_by", "answered_at", "answered_author"])?.unwrap_or(AnswerRow::NONE),
        beside: said(["beside", "beside_by", "beside_at", "beside_author"])?,
    };
    Ok(AlertRow { record: get(row, "record")?, delivery })
}
