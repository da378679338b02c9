//! Whose records from before sealing are. A login, an alert and a request name their user; the others are found by these.

use std::collections::HashMap;

use crate::{
    adapters::store::{
        backend::{RowPlace, SaltBytes, StoredRow, UnsealedBytes},
        coded::{privacy::resealing::is_unsealed, store::Coded},
        record::{event, login, privacy},
    },
    domain::{
        ids::{AlertId, LoginId, Partition, TenantId, UserId, UserKey},
        tenant::webhook::Topic,
    },
    ports::Unavailable,
};

/// A row, and whose it is.
#[derive(Debug)]
pub struct OwnedRow {
    /// The row.
    pub row: StoredRow,
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserKey,
}

impl<Backend: UnsealedBytes + SaltBytes> Coded<Backend> {
    /// Those of the rows of which it can be told whose they are; and before all logins the unsealed sessions that these
    /// began, since a login that is sealed leads nobody to its session any more.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn with_owners(
        &self,
        rows: Vec<StoredRow>,
        assumed: Option<&TenantId>,
    ) -> Result<Vec<OwnedRow>, Unavailable> {
        let mut found = self.sessions_of(&rows).await?;
        let alerts = self.alerts_of_events(&rows).await?;
        for row in rows {
            let owner = match row.place {
                RowPlace::Login(id) => self.owner_of_login(id, &row.parts.record).map(|(owner, _)| owner),
                RowPlace::Alert(id) => self.owner_of_alert(id, &row.parts.record).ok(),
                RowPlace::Event(..) => owner_of_event(&row.parts.record, &alerts),
                RowPlace::Request(_) => privacy::request::decode(&row.parts.record).ok().map(|it| (it.tenant, it.user)),
                RowPlace::Profile(user) => {
                    let told = self.backend.tenant_of_user(&user).await?;
                    told.or_else(|| assumed.cloned()).map(|tenant| (tenant, user))
                }
                // It is found by its login, or not at all.
                RowPlace::Session(..) => None,
            };
            found.extend(owner.map(|(tenant, user)| OwnedRow { row, tenant, user }));
        }
        Ok(found)
    }

    /// The unsealed sessions that logins among these rows began.
    async fn sessions_of(&self, rows: &[StoredRow]) -> Result<Vec<OwnedRow>, Unavailable> {
        let (mut owners, mut places) = (HashMap::new(), Vec::new());
        for row in rows {
            let RowPlace::Login(id) = row.place else { continue };
            let Some(((tenant, user), Some(session))) = self.owner_of_login(id, &row.parts.record) else { continue };
            let key = self.sealer.keys(&tenant).session(&user, &session);
            if owners.insert(key, (tenant, user)).is_none() {
                places.push(RowPlace::Session(key, user.partition));
            }
        }
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let sessions = self.backend.rows_at(places).await?;
        let owned = |row: StoredRow| {
            let RowPlace::Session(key, _) = row.place else { return None };
            let (tenant, user) = owners.remove(&key)?;
            Some(OwnedRow { row, tenant, user })
        };
        Ok(sessions.into_iter().filter(is_unsealed).filter_map(owned).collect())
    }

    /// Whom the alerts warn that events among these rows are about.
    async fn alerts_of_events(&self, rows: &[StoredRow]) -> Result<HashMap<AlertId, (TenantId, UserKey)>, Unavailable> {
        let event = |row: &StoredRow| match row.place {
            RowPlace::Event(..) => event::decode(&row.parts.record).ok(),
            _ => None,
        };
        let topics = rows.iter().filter_map(event).filter_map(|(event, _)| match event.topic {
            Topic::Alert(id) => Some(RowPlace::Alert(id)),
            Topic::Request(_) | Topic::Verdict(_) | Topic::Login(_) => None,
        });
        let places: Vec<RowPlace> = topics.collect();
        if places.is_empty() {
            return Ok(HashMap::new());
        }
        let alerts = self.backend.rows_at(places).await?;
        let owner = |row: StoredRow| match row.place {
            RowPlace::Alert(id) => Some((id, self.owner_of_alert(id, &row.parts.record).ok()?)),
            _ => None,
        };
        Ok(alerts.into_iter().filter_map(owner).collect())
    }

    /// Whose an unsealed login is, and the session that it began.
    fn owner_of_login(&self, id: LoginId, record: &[u8]) -> Option<((TenantId, UserKey), Option<String>)> {
        let login = login::decode(record).ok()?;
        let user = self.user_in(&login.tenant, &login.user, id.partition());
        Some(((login.tenant, user), login.session_id))
    }

    fn user_in(&self, tenant: &TenantId, user: &UserId, partition: Partition) -> UserKey {
        UserKey { partition, ..self.sealer.keys(tenant).user(user) }
    }
}

/// Whom an event is about, as it tells itself, or as its alert does.
fn owner_of_event(record: &[u8], alerts: &HashMap<AlertId, (TenantId, UserKey)>) -> Option<(TenantId, UserKey)> {
    let (event, user) = event::decode(record).ok()?;
    match (user, event.topic) {
        (Some(user), _) => Some((event.tenant, user)),
        (None, Topic::Alert(alert)) => alerts.get(&alert).cloned(),
        (None, Topic::Request(_) | Topic::Verdict(_) | Topic::Login(_)) => None,
    }
}
