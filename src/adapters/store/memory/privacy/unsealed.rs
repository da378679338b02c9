//! Records from before sealing, which a store in memory has only in tests.

use crate::{
    adapters::store::{
        backend::{FirstSalt, Reply, RowChange, RowPage, RowParts, RowPlace, StoredRow, UnsealedBytes, UnsealedUpkeep},
        coded::sealing::layout::is_sealed,
        memory::store::{Memory, Tables, index_bytes},
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, Partition, TenantId, UserKey},
        salt::Salt,
    },
    ports::ClearCopies,
};

impl UnsealedBytes for Memory {
    /// A position is how many rows were passed.
    async fn rows_to_seal(&self, from: Option<Vec<u8>>, limit: usize) -> Reply<RowPage> {
        let passed = from.and_then(|it| it.try_into().ok()).map_or(0, usize::from_be_bytes);
        let tables = self.tables();
        let places = places(&tables);
        let next = (places.len() > passed + limit).then(|| (passed + limit).to_be_bytes().to_vec());
        let page = places.into_iter().skip(passed).take(limit);
        Ok(RowPage { rows: page.filter_map(|it| row_at(&tables, it)).collect(), next })
    }

    async fn rows_at(&self, places: Vec<RowPlace>) -> Reply<Vec<StoredRow>> {
        let tables = self.tables();
        Ok(places.into_iter().filter_map(|it| row_at(&tables, it)).collect())
    }

    async fn tenant_of_user(&self, user: &UserKey) -> Reply<Option<TenantId>> {
        let tables = self.tables();
        let is_theirs = |tenant: &TenantId, id: &LoginId| {
            tables.index.contains(&(index_bytes(tenant, &LoginIndex::User(*user)), *id))
        };
        let by_login = tables.logins.iter().find(|(id, it)| is_theirs(&it.tenant, id)).map(|(_, it)| &it.tenant);
        let by_alert = || tables.alerts.values().find(|it| it.user.hash == user.hash).map(|it| &it.tenant);
        Ok(by_login.or_else(by_alert).cloned())
    }

    async fn put_first_salts(&self, salts: Vec<FirstSalt>) -> Reply<Vec<Option<Salt>>> {
        let mut tables = self.tables();
        let mut put = |FirstSalt { seen, user, salt }: FirstSalt| {
            let is_as_read = row_at(&tables, seen.place).as_ref() == Some(&seen);
            let had_one = tables.profiles.get(&user.hash).is_some_and(|it| is_sealed(&it.record));
            let may = is_as_read && !had_one && !tables.erasing.contains_key(&user.hash);
            may.then(|| *tables.salts.entry(user.hash).or_insert(salt))
        };
        Ok(salts.into_iter().map(&mut put).collect())
    }

    async fn replace_rows(&self, changes: Vec<RowChange>) -> Reply<u64> {
        let mut tables = self.tables();
        let mut replaced = 0;
        for RowChange { seen, next, owner } in changes {
            let is_theirs = owner.is_none_or(|(user, salt)| {
                tables.salts.get(&user.hash) == Some(&salt) && !tables.erasing.contains_key(&user.hash)
            });
            if is_theirs && row_at(&tables, seen.place).as_ref() == Some(&seen) {
                put(&mut tables, seen.place, next);
                replaced += 1;
            }
        }
        Ok(replaced)
    }
}

impl UnsealedUpkeep for Memory {
    async fn row_count(&self) -> Reply<u64> {
        Ok(places(&self.tables()).len() as u64)
    }

    async fn unsealed_note(&self) -> Reply<Option<Vec<u8>>> {
        Ok(self.tables().unsealed_note.clone())
    }

    async fn put_unsealed_note(&self, note: Vec<u8>) -> Reply<()> {
        self.tables().unsealed_note = Some(note);
        Ok(())
    }

    async fn remove_clear_copies(&self) -> Reply<ClearCopies> {
        Ok(ClearCopies::Gone)
    }
}

/// Every place that there is, in an order that holds as long as nothing is added.
fn places(tables: &Tables) -> Vec<RowPlace> {
    let mut users: Vec<[u8; 16]> = tables.profiles.keys().copied().collect();
    users.sort_unstable();
    let mut sessions: Vec<[u8; 16]> = tables.sessions.keys().copied().collect();
    sessions.sort_unstable();
    let user = |hash| UserKey { hash, partition: Partition(0) };
    let logins = tables.logins.keys().map(|it| RowPlace::Login(*it));
    let alerts = tables.alerts.keys().map(|it| RowPlace::Alert(*it));
    let events = tables.waiting.keys().map(|(event, webhook)| RowPlace::Event(*event, *webhook));
    let requests = tables.requests.keys().map(|it| RowPlace::Request(*it));
    let profiles = users.into_iter().map(|it| RowPlace::Profile(user(it)));
    let sessions = sessions.into_iter().map(|it| RowPlace::Session(it, Partition(0)));
    logins.chain(alerts).chain(events).chain(requests).chain(profiles).chain(sessions).collect()
}

fn row_at(tables: &Tables, place: RowPlace) -> Option<StoredRow> {
    let of = |record: &Vec<u8>| RowParts { record: record.clone(), ..RowParts::default() };
    let parts = match place {
        RowPlace::Profile(user) => of(&tables.profiles.get(&user.hash)?.record),
        RowPlace::Login(id) => of(&tables.logins.get(&id)?.record),
        RowPlace::Session(key, _) => of(&tables.sessions.get(&key)?.stored.record),
        RowPlace::Request(id) => of(&tables.requests.get(&id)?.stored.record),
        RowPlace::Alert(id) => {
            let row = &tables.alerts.get(&id)?.row;
            let (recipient, last_error) = (row.delivery.recipient.clone(), row.delivery.last_error.clone());
            RowParts { recipient, last_error, ..of(&row.record) }
        }
        RowPlace::Event(event, webhook) => {
            let waiting = tables.waiting.get(&(event, webhook))?;
            RowParts { body: Some(waiting.body.clone()), ..of(&waiting.record) }
        }
    };
    Some(StoredRow { place, parts })
}

fn put(tables: &mut Tables, place: RowPlace, parts: RowParts) {
    let RowParts { record, recipient, last_error, body } = parts;
    let slot = match place {
        RowPlace::Profile(user) => tables.profiles.get_mut(&user.hash).map(|it| &mut it.record),
        RowPlace::Login(id) => tables.logins.get_mut(&id).map(|it| &mut it.record),
        RowPlace::Session(key, _) => tables.sessions.get_mut(&key).map(|it| &mut it.stored.record),
        RowPlace::Request(id) => tables.requests.get_mut(&id).map(|it| &mut it.stored.record),
        RowPlace::Alert(id) => tables.alerts.get_mut(&id).map(|it| {
            (it.row.delivery.recipient, it.row.delivery.last_error) = (recipient, last_error);
            &mut it.row.record
        }),
        RowPlace::Event(event, webhook) => tables.waiting.get_mut(&(event, webhook)).map(|it| {
            it.body = body.unwrap_or_default();
            &mut it.record
        }),
    };
    if let Some(slot) = slot {
        *slot = record;
    }
}
