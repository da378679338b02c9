//! Whether the stored records can be read.

use std::{
    mem::take,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{AlertRow, Examine, IntegrityBytes, SaltBytes},
        coded::{sealing::layout::is_sealed, store::Coded},
        name::Name,
        record::{
            alert, api_key, attempt, bytes::Malformed, clear::segment, delivery, event, login, operator, policy,
            privacy, session, suppression, user, webhook,
        },
    },
    domain::{
        ids::{AlertId, LoginId, NoteId, OperatorId, Partition, RequestId, TenantId, UserKey},
        search::clear::{columns::Column, segment::SegmentNumber},
    },
    ports::{Integrity, LookedThrough, RecordKind, Unavailable, Unreadable},
};

/// The reason for a sealed record that has no salt.
const FORGOTTEN: &str = "its salt is gone: its person was forgotten, or the salts are not those of this store";

#[async_trait]
impl<Backend: IntegrityBytes + SaltBytes> Integrity for Coded<Backend> {
    fn unreadable(&self) -> usize {
        self.damage.count(Instant::now())
    }

    async fn look_through(&self, limit: usize) -> Result<LookedThrough, Unavailable> {
        let decode = Arc::new(Decode::default());
        let mut found = self.backend.look_through(limit, decode.clone()).await?;
        let sealed = take(&mut *decode.sealed());
        let names = sealed.iter().map(SealedRecord::name);
        let opened = self.open_all(names.zip(sealed.iter().map(|it| it.bytes.clone())).collect()).await?;
        for (record, opened) in sealed.iter().zip(opened) {
            let name = record.name();
            let reason = match opened {
                Ok(Some(plain)) => decode_as(name.kind(), &plain).err().map(|it| it.to_string()),
                Ok(None) => Some(FORGOTTEN.to_owned()),
                Err(fault) => Some(fault.to_string()),
            };
            found.unreadable.extend(reason.map(|reason| Unreadable { kind: name.kind(), id: name.id(), reason }));
        }
        for (id, bytes) in take(&mut *decode.operators()) {
            let reason = self.open_operator(id, &bytes).err().map(|it| it.to_string());
            let unreadable = |reason| Unreadable { kind: RecordKind::Operator, id: id.to_string(), reason };
            found.unreadable.extend(reason.map(unreadable));
        }
        Ok(found)
    }
}

/// A record that was met and has to be opened before it can be read.
struct SealedRecord {
    whose: Whose,
    bytes: Vec<u8>,
}

enum Whose {
    User(UserKey),
    Browser(UserKey, [u8; 8]),
    Login(LoginId),
    Alert(AlertId),
    Request(RequestId),
    Note(NoteId),
}

impl SealedRecord {
    fn name(&self) -> Name<'_> {
        match &self.whose {
            Whose::User(user) => Name::Profile(user),
            Whose::Browser(user, fingerprint) => Name::Browser(user, *fingerprint),
            Whose::Login(id) => Name::Login(*id),
            Whose::Alert(id) => Name::Alert(*id),
            Whose::Request(id) => Name::Request(*id),
            Whose::Note(id) => Name::Note(*id),
        }
    }
}

/// Examines a record by decoding it. What is sealed is kept, to be opened afterwards.
#[derive(Default)]
struct Decode {
    sealed: Mutex<Vec<SealedRecord>>,
    /// Operators are no person's: another key opens them.
    operators: Mutex<Vec<(OperatorId, Vec<u8>)>>,
}

impl Decode {
    /// Ignores poisoning: nothing panics while the lock is held.
    fn sealed(&self) -> MutexGuard<'_, Vec<SealedRecord>> {
        self.sealed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn operators(&self) -> MutexGuard<'_, Vec<(OperatorId, Vec<u8>)>> {
        self.operators.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn decode_as(kind: RecordKind, bytes: &[u8]) -> Result<(), Malformed> {
    match kind {
        RecordKind::Profile => user::profile::decode(bytes).map(drop),
        RecordKind::Login => login::decode(bytes).map(drop),
        RecordKind::Browser => user::browser::decode(bytes).map(drop),
        RecordKind::Alert => alert::decode(bytes).map(drop),
        RecordKind::Session => session::decode(bytes).map(drop),
        RecordKind::ApiKey => api_key::decode(bytes).map(drop),
        RecordKind::Operator => operator::operator::decode(bytes).map(drop),
        RecordKind::Webhook => webhook::decode(bytes).map(drop),
        RecordKind::Attempt => attempt::decode(bytes).map(drop),
        RecordKind::Event => event::decode(bytes).map(drop),
        RecordKind::Policy => policy::decode(bytes).map(drop),
        RecordKind::Request => privacy::request::decode(bytes).map(drop),
        RecordKind::Erasure => privacy::erasure::decode(bytes).map(drop),
        RecordKind::Removal => privacy::removal::decode(bytes).map(drop),
        RecordKind::Note => privacy::note::decode(bytes).map(drop),
        RecordKind::Audit => privacy::audit::decode(bytes).map(drop),
        RecordKind::Suppression => suppression::decode(bytes).map(drop),
        // It has fields.
        RecordKind::Segment => Err(Malformed::Impossible("segment")),
    }
}

impl Examine for Decode {
    fn record(&self, kind: RecordKind, key: &[u8], bytes: &[u8]) -> Result<(), Malformed> {
        if !is_sealed(bytes) {
            return decode_as(kind, bytes);
        }
        // That of a browser has two parts.
        let (key, rest) = key.split_first_chunk().ok_or(Malformed::Impossible("id"))?;
        let key: [u8; 16] = *key;
        let whose = match kind {
            RecordKind::Browser => {
                let fingerprint = rest.try_into().map_err(|_| Malformed::Impossible("fingerprint"))?;
                Whose::Browser(UserKey { hash: key, partition: Partition(0) }, fingerprint)
            }
            _ if !rest.is_empty() => return Err(Malformed::Impossible("id")),
            // The stores that can list profiles find a salt by the hash alone.
            RecordKind::Profile => Whose::User(UserKey { hash: key, partition: Partition(0) }),
            RecordKind::Login => Whose::Login(LoginId(key)),
            RecordKind::Alert => Whose::Alert(AlertId(key)),
            RecordKind::Request => Whose::Request(RequestId(key)),
            RecordKind::Note => Whose::Note(NoteId(key)),
            RecordKind::Operator => {
                self.operators().push((OperatorId(key), bytes.to_vec()));
                return Ok(());
            }
            // Its row does not say whose it is, and it ends soon.
            RecordKind::Session => return Ok(()),
            _ => return Err(Malformed::Sealed),
        };
        self.sealed().push(SealedRecord { whose, bytes: bytes.to_vec() });
        Ok(())
    }

    fn alert(&self, id: AlertId, row: AlertRow) -> Result<(), Malformed> {
        let AlertRow { record, mut delivery } = row;
        for part in [&mut delivery.recipient, &mut delivery.last_error] {
            part.take_if(|it| is_sealed(it));
        }
        delivery::decode(delivery)?;
        self.record(RecordKind::Alert, &id.0, &record)
    }

    fn segment(&self, number: SegmentNumber, mut fields: Vec<(u8, Vec<u8>)>) -> Result<(), Malformed> {
        let mut field = |it: u8| fields.iter_mut().find(|(field, _)| *field == it).map(|(_, bytes)| take(bytes));
        let outline = segment::outline(&field(segment::OUTLINE).unwrap_or_default())?;
        let columns = Column::ALL.map(|it| (it, field(segment::field_of(it)).unwrap_or_default()));
        segment::decode(number, &outline, columns.into()).map(drop)
    }

    fn tenant_of_key(&self, bytes: &[u8]) -> Option<TenantId> {
        api_key::decode(bytes).ok().map(|it| it.tenant)
    }
}
