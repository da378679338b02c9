//! Loading what a decision starts from, and storing what it ends in: one round trip each, and one more to claim an
//! idempotency key. How the two steps together keep one key for one login is told in `redis/server/once_keys.rs`.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Instant,
};

use redis::{FromRedisValue, RedisError};

use crate::{
    adapters::store::{
        backend::{LoadedBytes, ProfileBytes, Reply, Versioned},
        prepared::PreparedCommit,
        pulse::Beat,
        record::bytes::Malformed,
        redis::{
            log::lives,
            privacy::salts,
            server::{
                keys,
                link::{Batch, Link, QUICK, unavailable},
            },
            store::Redis,
            users::{
                claims::{Asked, Earlier},
                committing::{Life, invocation, write_user},
                key_days::Places,
            },
        },
    },
    domain::{
        ids::{LoginId, UserKey},
        time::Timestamp,
    },
    ports::{ANOTHER_BODY, CommitError, Idempotency, Unavailable},
};

/// With many more, the last ones of a busy server came later than a command may take.
const COMMITS_AT_ONCE: usize = 32;
/// The same where nobody waits for a single one: the more the server finds waiting, the less often it and this program wake up. All of
/// them take it some 30 ms, an eighth of what a command may take.
const COMMITS_AT_ONCE_OF_MANY: usize = 256;
/// What a login is counted as that could not be stored.
const NOT_STORED: Beat = Beat::Failed("most of the latest logins could not be stored: the log says why");

impl ProfileBytes for Redis {
    async fn load(
        &self,
        user: &UserKey,
        idempotency: Option<[u8; 16]>,
        now: Timestamp,
        with_salt: bool,
    ) -> Reply<LoadedBytes> {
        let asked = match idempotency {
            Some(key) => Some(Asked::Key(self.look(key, now).await?)),
            None => None,
        };
        self.load_as(user, asked, with_salt).await
    }

    async fn load_to_commit(
        &self,
        user: &UserKey,
        login: LoginId,
        named: &Idempotency,
        now: Timestamp,
        with_salt: bool,
    ) -> Reply<LoadedBytes> {
        let load = async {
            let claim = self.to_claim(login, named, now).await?;
            self.load_as(user, Some(Asked::Claim(claim)), with_salt).await
        };
        load.await.inspect_err(|_| self.pulse.note(Instant::now(), NOT_STORED))
    }

    async fn commit(&self, commit: PreparedCommit) -> Result<(), CommitError> {
        let stored = self.store(commit).await;
        let beat = match &stored {
            Ok(()) => Beat::Stored,
            Err(CommitError::Stale | CommitError::Duplicate) => Beat::Idle,
            Err(CommitError::Unavailable(_)) => NOT_STORED,
        };
        self.pulse.note(Instant::now(), beat);
        stored
    }

    fn commits_at_once(&self) -> usize {
        if self.expects_many.load(Ordering::Relaxed) { COMMITS_AT_ONCE_OF_MANY } else { COMMITS_AT_ONCE }
    }

    fn expect_many(&self) {
        self.expects_many.store(true, Ordering::Relaxed);
    }
}

impl Redis {
    async fn store(&self, commit: PreparedCommit) -> Result<(), CommitError> {
        self.link.check_fitness()?;
        mark_brief(&self.link, &commit).await?;
        self.claim(&commit).await?;
        let time = |of: &AtomicI64| Timestamp::from_unix_ms(of.load(Ordering::Relaxed));
        let places = lives::Places::of(&commit);
        let are_known = self.lives.are_known(places, commit.now);
        let life = Life {
            logins_ms: self.retention_ms,
            alerts_ms: self.alerts_ms,
            logins_forgotten_before: time(&self.forgotten.logins_before),
            alerts_forgotten_before: time(&self.forgotten.alerts_before),
            are_known,
            may_be_old: self.may_have_old_logins.load(Ordering::Relaxed),
            keys: self.keys_of(&commit).await?,
        };
        let mut outcome: String = self.link.run(QUICK, &invocation(&commit, &life)).await?;
        if outcome == "lives" {
            outcome = self.link.run(QUICK, &invocation(&commit, &Life { are_known: false, ..life })).await?;
        }
        match outcome.as_str() {
            "ok" => {
                if !are_known {
                    self.lives.note(places, commit.now);
                }
                Ok(())
            }
            "stale" => Err(CommitError::Stale),
            "duplicate" => {
                // It is acknowledged next, and may not have been confirmed when it was stored.
                if let Some(confirming) = self.link.confirming(commit.user.partition) {
                    self.link.ask::<()>(QUICK, &confirming).await?;
                }
                Err(CommitError::Duplicate)
            }
            other => Err(Unavailable(format!("the commit script said `{other}`")).into()),
        }
    }

    /// Where the idempotency keys of a commit lie, if it has some, and the days on which they expire.
    async fn keys_of(&self, commit: &PreparedCommit) -> Reply<Option<Places>> {
        let mut keys = None;
        for named in commit.logins.iter().filter_map(|it| it.idempotency.as_ref()) {
            let places = match keys.take() {
                Some(places) => places,
                None => self.places_of_keys(commit.now).await?,
            };
            let day = self.day_of_expiry(named.expires_at).await?;
            keys = Some(places.with(day));
        }
        Ok(keys)
    }

    async fn load_as(&self, user: &UserKey, asked: Option<Asked>, with_salt: bool) -> Reply<LoadedBytes> {
        let link = &self.link;
        let mut ask = Batch::new();
        // An emptied server knows nobody, and must not take a user's devices for new ones. Nothing else of a login tells that: its
        // API key was read up to a second ago.
        ask.cmd("GET").arg(keys::user(user)).cmd("GETRANGE").arg(keys::STORE).arg(0).arg(0);
        if with_salt {
            ask.cmd("HGET").arg(keys::salts(user.partition)).arg(&user.hash[..]);
        }
        if let Some(asked) = &asked {
            asked.ask(user, &mut ask);
        }
        // Whatever is stored was loaded before: so nothing is acknowledged by a server that has not been seen to keep it.
        let (answers, ()) = tokio::try_join!(link.ask_values(QUICK, &ask), link.see_fitness(QUICK))?;
        let mut answers = answers.into_iter();
        let mut text =
            || answers.next().map_or(Ok(None), |it| Ok::<_, RedisError>(FromRedisValue::from_redis_value(it?)?));
        let stored: Option<Vec<u8>> = match text() {
            Err(fault) if fault.code() == Some("WRONGTYPE") => load_form_1(link, user).await?,
            answer => answer.map_err(|it| unavailable(&it))?,
        };
        let name_begins: Option<Vec<u8>> = text().map_err(|it| unavailable(&it))?;
        if name_begins.is_none_or(|it| it.is_empty()) && self.is_named.load(Ordering::Relaxed) {
            return Err(Unavailable("the server has lost its name, and with it what it held".to_owned()));
        }
        let salt = if with_salt { text().map_err(|it| unavailable(&it))? } else { None };
        let salt = salt.map(|it: Vec<u8>| salts::read(&it)).transpose()?;
        let (claimed, earlier) = match &asked {
            Some(asked) => {
                let found = self.found(asked, user, answers).await?;
                (found.claimed, self.earlier(asked.look(), user, found).await?)
            }
            None => (false, None),
        };
        let earlier = match earlier {
            Some(Earlier::Stored(body, login)) => {
                self.confirm(login).await?;
                Some((body, login))
            }
            Some(Earlier::Claimed) => Some((ANOTHER_BODY, LoginId([0; 16]))),
            None => None,
        };
        Ok(LoadedBytes { profile: stored.map(|it| read_user(&it)), earlier, salt, claimed })
    }
}

/// A user as stores of the first form have them: a hash of two fields. The next commit puts a string in its place.
///
/// # Errors
/// The server does not answer in time.
pub async fn load_form_1(link: &Link, user: &UserKey) -> Reply<Option<Vec<u8>>> {
    let mut ask = Batch::new();
    ask.cmd("HMGET").arg(keys::user(user)).arg(&["version", "profile"]);
    let ((version, profile),): ((Option<u64>, Option<Vec<u8>>),) = link.ask(QUICK, &ask).await?;
    Ok(version.zip(profile).map(|(version, profile)| write_user(version, &profile)))
}

/// Lists the logins that are kept for a shorter time than others, before they are stored: so none is stored that is not
/// listed. An entry of one that is not stored after all is harmless, and goes when its time has come.
async fn mark_brief(link: &Link, commit: &PreparedCommit) -> Reply<()> {
    let mut write = Batch::new();
    for login in commit.logins.iter().filter(|it| it.is_brief) {
        write.cmd("ZADD").arg(keys::brief_logins(commit.user.partition)).arg(0).arg(&login.id.0[..]).ignore();
    }
    if write.is_empty() { Ok(()) } else { link.ask(QUICK, &write).await }
}

/// A user's version and profile.
///
/// # Errors
/// It has no such form.
pub fn read_user(value: &[u8]) -> Result<Versioned, Malformed> {
    let space = value.iter().position(|&it| it == b' ').ok_or(Malformed::Short)?;
    let version = std::str::from_utf8(&value[..space]).ok().and_then(|it| it.parse().ok());
    let version = version.ok_or(Malformed::Impossible("version"))?;
    Ok(Versioned { version, record: value[space + 1..].to_vec() })
}
