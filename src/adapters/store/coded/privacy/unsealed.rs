//! Walks through all that may be from before sealing, and seals it.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    mem::take,
};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{FirstSalt, RowChange, RowPlace, SaltBytes, StoredRow, UnsealedBytes, UnsealedUpkeep},
        coded::{
            fading::Weeks,
            privacy::{
                resealing::{Seal, is_unsealed, reseal, times},
                unsealed_owners::OwnedRow,
            },
            sealing::chance,
            store::Coded,
        },
        damage::hex,
        name::Name,
        record::bytes::{Reader, Writer},
    },
    domain::{
        ids::{TenantId, UserKey},
        salt::Salt,
        time::Timestamp,
    },
    ports::{ClearCopies, Looked, RecordKind, Sealed, SealingStep, Unavailable, Unsealed, UnsealedStore, WalkPosition},
};

/// How many rows a step looks at. One that seals them all holds up a commit for some milliseconds.
const STEP: usize = 200;
/// How many a step looks at that only counts.
const LOOK: usize = 1_000;
/// The form of the note of how many are left.
const NOTE_FORM: u8 = 1;

#[async_trait]
impl<Backend: UnsealedBytes + UnsealedUpkeep + SaltBytes> UnsealedStore for Coded<Backend> {
    async fn seal_next(&self, step: SealingStep<'_>) -> Result<Sealed, Unavailable> {
        let page = self.backend.rows_to_seal(step.from.map(|it| it.0.clone()), STEP).await?;
        let (looked_at, next) = (page.rows.len() as u64, page.next.map(WalkPosition));
        let unsealed: Vec<StoredRow> = page.rows.into_iter().filter(is_unsealed).collect();
        let rows = self.with_owners(unsealed, step.assumed).await?;
        let salts = self.salts_for(&rows).await?;
        let weeks = self.weeks_for(&rows, step.now).await?;
        let mut changes = Vec::with_capacity(rows.len());
        for OwnedRow { row, tenant, user } in rows {
            let salt = salts.get(&user.hash).copied();
            let (seal, owner) = match (&row.place, salt) {
                (RowPlace::Request(_), _) => (Seal::ForTenant(self.sealer.keys(&tenant).tenant_seal()), None),
                (_, Some(salt)) => (Seal::OfPerson(self.sealer.person(&tenant, &user, salt)), Some((user, salt))),
                // They are being forgotten, or were.
                (_, None) => continue,
            };
            // What cannot be read stays as it is, and is counted as left.
            let sealed = reseal(&row, &tenant, &user, &seal, weeks.get(&tenant));
            changes.extend(sealed.map(|next| RowChange { seen: row, next, owner }));
        }
        let sealed = if changes.is_empty() { 0 } else { self.backend.replace_rows(changes).await? };
        Ok(Sealed { looked_at, sealed, next })
    }

    async fn look_for_unsealed(&self, from: Option<&WalkPosition>) -> Result<Looked, Unavailable> {
        let page = self.backend.rows_to_seal(from.map(|it| it.0.clone()), LOOK).await?;
        let unsealed = page.rows.iter().filter(|row| is_unsealed(row)).map(named).collect();
        Ok(Looked { looked_at: page.rows.len() as u64, unsealed, next: page.next.map(WalkPosition) })
    }

    async fn walk_length(&self) -> Result<u64, Unavailable> {
        self.backend.row_count().await
    }

    async fn unsealed_left(&self) -> Result<Option<u64>, Unavailable> {
        let Some(note) = self.backend.unsealed_note().await? else { return Ok(None) };
        let (form, mut from) = Reader::new(&note)?;
        // A later version may count something else, and so has to count anew; so has this one then.
        if form == NOTE_FORM { Ok(Some(from.number()?)) } else { Ok(None) }
    }

    async fn put_unsealed_left(&self, left: u64) -> Result<(), Unavailable> {
        let mut note = Writer::new(NOTE_FORM);
        note.number(left);
        self.backend.put_unsealed_note(note.finish()).await
    }

    async fn remove_clear_copies(&self) -> Result<ClearCopies, Unavailable> {
        self.backend.remove_clear_copies().await
    }
}

impl<Backend: UnsealedBytes + SaltBytes> Coded<Backend> {
    /// The salts of the owners of these rows, by their hash. One is drawn for who has none, if a row shows that nobody has
    /// forgotten them: one that goes before an erasure is over.
    async fn salts_for(&self, owned: &[OwnedRow]) -> Result<HashMap<[u8; 16], Salt>, Unavailable> {
        let users: Vec<UserKey> = owned.iter().map(|it| it.user).collect();
        let mut salts = self.salts_of(&users, false).await?;
        let is_proof =
            |place: &RowPlace| matches!(place, RowPlace::Login(_) | RowPlace::Alert(_) | RowPlace::Profile(_));
        let (mut asked, mut first) = (HashSet::new(), Vec::new());
        for OwnedRow { row, user, .. } in owned {
            if is_proof(&row.place) && !salts.contains_key(&user.hash) && asked.insert(user.hash) {
                first.push(FirstSalt { seen: row.clone(), user: *user, salt: chance::salt()? });
            }
        }
        if !first.is_empty() {
            let users: Vec<UserKey> = first.iter().map(|it| it.user).collect();
            let kept = self.backend.put_first_salts(first).await?;
            salts.extend(users.iter().zip(kept).filter_map(|(user, salt)| Some((user.hash, salt?))));
        }
        Ok(salts)
    }

    /// The salts of the weeks in which addresses of these rows are stored, as those of new records are.
    async fn weeks_for(&self, owned: &[OwnedRow], now: Timestamp) -> Result<HashMap<TenantId, Weeks>, Unavailable> {
        let mut by_tenant: HashMap<TenantId, BTreeSet<Timestamp>> = HashMap::new();
        for OwnedRow { row, tenant, .. } in owned {
            by_tenant.entry(tenant.clone()).or_default().extend(times(row.place));
        }
        let mut weeks = HashMap::with_capacity(by_tenant.len());
        for (tenant, times) in &mut by_tenant {
            let kept = self.weeks_to_store(tenant, now, take(times).into_iter()).await?;
            weeks.insert(tenant.clone(), kept);
        }
        Ok(weeks)
    }
}

/// A row as it is called elsewhere.
fn named(row: &StoredRow) -> Unsealed {
    let name = match &row.place {
        RowPlace::Session(key, _) => return Unsealed { kind: RecordKind::Session, id: hex(key) },
        RowPlace::Profile(user) => Name::Profile(user),
        RowPlace::Login(id) => Name::Login(*id),
        RowPlace::Alert(id) => Name::Alert(*id),
        RowPlace::Event(id, _) => Name::Event(*id),
        RowPlace::Request(id) => Name::Request(*id),
    };
    Unsealed { kind: name.kind(), id: name.id() }
}
