//! Profiles, and the one commit of a decision.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{LoadedBytes, ProfileBytes, SaltBytes},
        coded::{
            sealing::layout::is_sealed,
            store::Coded,
            users::commit::{CommitKeys, prepare},
        },
        name::Name,
        prepared::PreparedCommit,
        record::user::profile,
    },
    domain::{
        ids::{LoginId, UserKey},
        salt::Salt,
        time::Timestamp,
        user::profile::Profile,
    },
    ports::{Commit, CommitError, Idempotency, Loaded, ProfileStore, Unavailable},
};

#[async_trait]
impl<Backend: ProfileBytes + SaltBytes> ProfileStore for Coded<Backend> {
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable> {
        // One that was destroyed since opens nothing, and the commit refuses it.
        let remembered = self.sealer.remembered(user);
        let loaded = self.backend.load(user, idempotency, now, remembered.is_none()).await?;
        self.loaded(user, remembered, loaded).await
    }

    async fn load_to_commit(
        &self,
        user: &UserKey,
        login: LoginId,
        named: &Idempotency,
        now: Timestamp,
    ) -> Result<Loaded, Unavailable> {
        let remembered = self.sealer.remembered(user);
        let loaded = self.backend.load_to_commit(user, login, named, now, remembered.is_none()).await?;
        self.loaded(user, remembered, loaded).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let user = commit.user;
        // Whoever commits has loaded before: a salt that is not remembered is not there.
        let salt = match self.sealer.remembered(&user) {
            Some(salt) => salt,
            None => self.draw_salt(&user).await?,
        };
        let key = self.sealer.person(&commit.tenant, &user, salt);
        let times = commit.logins.iter().flat_map(|it| [it.record.id.time(), it.record.received_at]);
        let weeks = self.weeks_to_store(&commit.tenant, commit.now, times).await?;
        let clues = self.clues_of(&commit);
        let tenant = self.sealer.keys(&commit.tenant);
        let keys = CommitKeys { tenant: &tenant, person: &key, weeks: &weeks };
        let prepared = PreparedCommit { clues, ..prepare(commit, salt, keys)? };
        let stored = self.backend.commit(prepared).await;
        if matches!(stored, Err(CommitError::Stale)) {
            // The salt may be another by now.
            self.sealer.remember(&user, None);
        }
        stored
    }

    fn commits_at_once(&self) -> usize {
        self.backend.commits_at_once()
    }

    fn expect_many(&self) {
        self.backend.expect_many();
    }
}

impl<Backend: SaltBytes> Coded<Backend> {
    /// What was loaded of a user whose salt was remembered, or was not and was asked for.
    async fn loaded(
        &self,
        user: &UserKey,
        remembered: Option<Salt>,
        LoadedBytes { profile: stored, earlier, salt, claimed }: LoadedBytes,
    ) -> Result<Loaded, Unavailable> {
        let loaded = Loaded { earlier, claimed, ..Loaded::default() };
        if remembered.is_none() {
            self.sealer.remember(user, salt);
        }
        let Some(row) = stored else {
            // A salt that is remembered may be gone as well.
            self.sealer.remember(user, salt);
            return Ok(loaded);
        };
        let row = self.noted(Name::Profile(user), row)?;
        let loaded = Loaded { version: row.version, ..loaded };
        if remembered.or(salt).is_none() && is_sealed(&row.record) {
            // The user is being forgotten, and the next commit starts anew.
            return Ok(loaded);
        }
        let record = self.open_one(Name::Profile(user), row.record).await?;
        let read = record.and_then(|it| it.map_or_else(|| Ok(Profile::default()), |it| profile::decode(&it)));
        Ok(Loaded { profile: self.noted(Name::Profile(user), read)?, ..loaded })
    }
}
