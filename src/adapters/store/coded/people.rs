//! Opens records of many persons: finds their salts, as few questions as possible, and tells a record whose person was
//! forgotten from one that is damaged.

use std::collections::HashMap;

use crate::{
    adapters::store::{
        backend::SaltBytes,
        coded::{
            sealing::{
                chance,
                envelope::Unsealable,
                layout::{self, Owner, is_sealed},
            },
            store::Coded,
        },
        name::Name,
        record::bytes::Malformed,
    },
    domain::{
        ids::{TenantId, UserKey},
        salt::{Salt, SealingKey},
    },
    ports::Unavailable,
};

/// What was found under a name: a record; `None` if its person was forgotten.
pub type Opened = Result<Option<Vec<u8>>, Malformed>;

/// A record of a person, whose it is, and how it is opened.
struct Locked<'a> {
    name: Name<'a>,
    owner: Owner,
    sealed: Vec<u8>,
}

impl Locked<'_> {
    fn open(&self, key: &SealingKey) -> Result<Vec<u8>, Unsealable> {
        let place = self.name.place();
        match self.name {
            Name::Profile(_) | Name::Session(..) | Name::Browser(..) => {
                layout::open_of_user(key, &place, &self.owner, &self.sealed)
            }
            _ => layout::open_thing(key, &place, &self.owner, &self.sealed),
        }
    }
}

/// Whose a sealed record is.
///
/// # Errors
/// It does not tell, or nothing of its kind is sealed as a whole.
pub fn owner_of(name: &Name<'_>, sealed: &[u8]) -> Result<Owner, Malformed> {
    match name {
        Name::Profile(user) | Name::Session(user, _) | Name::Browser(user, _) => layout::owner_of_users(sealed, user),
        Name::Alert(id) => layout::owner_of_thing(sealed, id.partition()),
        Name::Login(id) => layout::owner_of_thing(sealed, id.partition()),
        Name::Note(id) => layout::owner_of_thing(sealed, id.partition()),
        // Nothing else is sealed as a whole.
        _ => Err(Malformed::Sealed),
    }
}

impl<Backend: SaltBytes> Coded<Backend> {
    /// The key of a person, whose salt is drawn if there is none yet.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn key_of(&self, tenant: &TenantId, user: &UserKey) -> Result<(Salt, SealingKey), Unavailable> {
        let salt = match self.salts_of(&[*user], true).await?.remove(&user.hash) {
            Some(salt) => salt,
            None => self.draw_salt(user).await?,
        };
        Ok((salt, self.sealer.person(tenant, user, salt)))
    }

    /// Draws a salt for a person who has none. If they have one, or another process is faster, it is that.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn draw_salt(&self, user: &UserKey) -> Result<Salt, Unavailable> {
        let salt = self.backend.put_salt(user, chance::salt()?).await?;
        self.sealer.remember(user, Some(salt));
        Ok(salt)
    }

    /// The key of a person; `None` if they were forgotten, or never known.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn known_key_of(
        &self,
        tenant: &TenantId,
        user: &UserKey,
    ) -> Result<Option<SealingKey>, Unavailable> {
        let salt = self.salts_of(&[*user], true).await?.remove(&user.hash);
        Ok(salt.map(|salt| self.sealer.person(tenant, user, salt)))
    }

    /// Opens one record.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn open_one(&self, name: Name<'_>, record: Vec<u8>) -> Result<Opened, Unavailable> {
        let mut opened = self.open_all(vec![(name, record)]).await?;
        Ok(opened.pop().unwrap_or(Ok(None)))
    }

    /// Opens records, in their order. One that an earlier version stored is open already.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn open_all(&self, records: Vec<(Name<'_>, Vec<u8>)>) -> Result<Vec<Opened>, Unavailable> {
        let mut opened: Vec<Opened> = Vec::with_capacity(records.len());
        let mut locked = Vec::new();
        for (at, (name, record)) in records.into_iter().enumerate() {
            if !is_sealed(&record) {
                opened.push(Ok(Some(record)));
                continue;
            }
            if let Name::Request(id) = name {
                opened.push(self.open_for_tenant(name, id.partition(), &record).map(Some));
                continue;
            }
            let owner = owner_of(&name, &record);
            opened.push(owner.as_ref().map(|_| None).map_err(|it| *it));
            locked.extend(owner.map(|owner| (at, Locked { name, owner, sealed: record })));
        }
        for believes in [true, false] {
            if locked.is_empty() {
                break;
            }
            // What does not open with a salt that was remembered is tried with the one that is kept now.
            let users: Vec<UserKey> = locked.iter().map(|(_, it)| it.owner.user).collect();
            let salts = self.salts_of(&users, believes).await?;
            locked.retain(|(at, it)| {
                let key = salts
                    .get(&it.owner.user.hash)
                    .map(|salt| self.sealer.person(&it.owner.tenant, &it.owner.user, *salt));
                let outcome = key.map(|key| it.open(&key).map_err(|_| Malformed::Sealed)).transpose();
                let is_done = outcome.is_ok();
                opened[*at] = outcome;
                !is_done
            });
        }
        Ok(opened)
    }

    /// The salts of these users, by their hash. If it `believes`, those that it remembers are not asked for.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn salts_of(
        &self,
        users: &[UserKey],
        believes: bool,
    ) -> Result<HashMap<[u8; 16], Salt>, Unavailable> {
        let mut found = HashMap::with_capacity(users.len());
        let mut unknown: Vec<UserKey> = Vec::new();
        for user in users {
            match self.sealer.remembered(user).filter(|_| believes) {
                Some(salt) => drop(found.insert(user.hash, salt)),
                None => unknown.push(*user),
            }
        }
        unknown.sort_unstable_by_key(|user| user.hash);
        unknown.dedup();
        if !unknown.is_empty() {
            let salts = self.backend.salts(&unknown).await?;
            for (user, salt) in unknown.iter().zip(salts) {
                self.sealer.remember(user, salt);
                found.extend(salt.map(|it| (user.hash, it)));
            }
        }
        Ok(found)
    }
}
