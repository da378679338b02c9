//! Idempotency keys: records of them, and the claims that keep one key for one login. How the two work together is told in
//! `redis/server/keys.rs`.

use std::sync::LazyLock;

use redis::{FromRedisValue, RedisResult, Script, Value};

use crate::{
    adapters::store::{
        backend::Reply,
        prepared::PreparedCommit,
        record::bytes::Malformed,
        redis::{
            log::rows,
            server::{
                keys,
                link::{Batch, Link, QUICK, unavailable},
            },
        },
    },
    domain::{
        ids::{LoginId, UserKey},
        time::Timestamp,
    },
    ports::{CommitError, Idempotency, Unavailable},
};

static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("claim.lua")));

/// What is asked of an idempotency key with a profile.
pub enum Asked {
    /// What is remembered under it.
    Key([u8; 16]),
    /// And that it be claimed, unless it is.
    Claim(Claim),
}

/// What is found of an idempotency key.
#[derive(Debug, Default)]
pub struct Found {
    /// The record in the user's partition, and the claim. Nothing if the key was claimed just now: what stands behind it nevertheless, if
    /// the claim was lost, is found by the commit.
    pub remembered: Vec<Option<Vec<u8>>>,
    /// Whether the key is claimed as was asked for.
    pub claimed: bool,
}

impl Asked {
    /// The key.
    #[must_use]
    pub const fn key(&self) -> [u8; 16] {
        match self {
            Self::Key(key) | Self::Claim(Claim { idempotency: key, .. }) => *key,
        }
    }

    /// Asks.
    pub fn ask(&self, user: &UserKey, ask: &mut Batch) {
        match self {
            Self::Key(key) => ask_remembered(user, key, ask),
            Self::Claim(claim) => {
                claim.ask(ask);
            }
        }
    }

    /// What the answers say. A key that somebody has claimed is asked about once more: few are.
    ///
    /// # Errors
    /// The server does not answer in time, or has refused.
    pub async fn found(
        &self,
        link: &Link,
        user: &UserKey,
        mut answers: impl Iterator<Item = RedisResult<Value>> + Send,
    ) -> Reply<Found> {
        let Self::Claim(claim) = self else {
            let remembered: RedisResult<Vec<_>> =
                answers.map(|it| Ok(FromRedisValue::from_redis_value(it?)?)).collect();
            return Ok(Found { remembered: remembered.map_err(|it| unavailable(&it))?, claimed: false });
        };
        if answers.next().transpose().map_err(|it| unavailable(&it))? == Some(Value::Okay) {
            return Ok(Found { remembered: Vec::new(), claimed: true });
        }
        let mut ask = Batch::new();
        ask_remembered(user, &claim.idempotency, &mut ask);
        let remembered: Vec<Option<Vec<u8>>> = link.ask(QUICK, &ask).await?;
        let claimed = remembered.last().is_some_and(|it| it.as_ref() == Some(&claim.value));
        Ok(Found { remembered, claimed })
    }
}

fn ask_remembered(user: &UserKey, key: &[u8; 16], ask: &mut Batch) {
    ask.cmd("GET").arg(keys::once(user.partition, key)).cmd("GET").arg(keys::claim(key));
}

/// What is remembered under an idempotency key, from the record in the user's partition and the claim.
///
/// # Errors
/// The server does not answer in time, or what it has is malformed.
pub async fn earlier(
    link: &Link,
    user: &UserKey,
    key: [u8; 16],
    remembered: Vec<Option<Vec<u8>>>,
    now: Timestamp,
) -> Reply<Option<([u8; 16], LoginId)>> {
    let mut remembered = remembered.into_iter();
    if let Some(earlier) = live(remembered.next().flatten().as_deref(), now)? {
        return Ok(Some(earlier));
    }
    let claim = live(remembered.next().flatten().as_deref(), now)?;
    // A claim of this partition that nothing stands behind is that of a login whose commit has not happened.
    let Some((body, login)) = claim.filter(|(_, login)| login.partition() != user.partition) else { return Ok(None) };
    let mut ask = Batch::new();
    ask.cmd("GET").arg(keys::once(login.partition(), &key));
    let (stored,): (Option<Vec<u8>>,) = link.ask(QUICK, &ask).await?;
    Ok(live(stored.as_deref(), now)?.or(Some((body, login))))
}

/// Whether nothing stands behind an idempotency key any more, because its user was forgotten.
///
/// # Errors
/// The server does not answer in time.
pub async fn is_gone(link: &Link, login: LoginId) -> Reply<bool> {
    Ok(!rows::exists(link, QUICK, login).await?)
}

/// Makes sure that replicas have a login that is stored, where that is asked for: it may have been stored by a commit that was not
/// confirmed in time, and is acknowledged only now.
///
/// # Errors
/// Too few replicas have it, or there is no answer.
pub async fn confirm(link: &Link, login: LoginId) -> Reply<()> {
    let Some(mut ask) = link.confirming(login.partition()) else { return Ok(()) };
    // It may be another server than where the login was seen: there has been a failover.
    rows::ask_exists(&mut ask, login);
    let [is_new, is_old]: [bool; 2] = link.ask(QUICK, &ask).await?;
    let lost = || Unavailable("the login was lost by a failover: send it again".to_owned());
    (is_new || is_old).then_some(()).ok_or_else(lost)
}

/// Claims the idempotency keys of a commit for the partition of its user, as far as they are not claimed.
///
/// # Errors
/// One is another's, or the server does not answer in time.
pub async fn claim(link: &Link, commit: &PreparedCommit) -> Result<(), CommitError> {
    let with_keys = commit.logins.iter().filter_map(|login| Some((login.id, login.idempotency.as_ref()?)));
    let with_keys = with_keys.filter(|(_, it)| !it.is_claimed);
    let claims: Vec<Claim> = with_keys.map(|(login, it)| Claim::new(login, it, commit.now)).collect();
    if claims.is_empty() {
        return Ok(());
    }
    let mut ask = Batch::new();
    for claim in &claims {
        claim.ask(&mut ask);
    }
    let is_new: Vec<bool> = link.ask(QUICK, &ask).await?;
    for (claim, _) in claims.iter().zip(is_new).filter(|(_, is_new)| !is_new) {
        // Mostly a login that is stored already: then the claim is not renewed, to end with the record.
        let mut ask = Batch::new();
        ask.cmd("GET").arg(keys::once(commit.user.partition, &claim.idempotency));
        let (stored,): (Option<Vec<u8>>,) = link.ask(QUICK, &ask).await?;
        if let Some((_, login)) = live(stored.as_deref(), commit.now).map_err(Unavailable::from)?
            && !is_gone(link, login).await?
        {
            return Err(CommitError::Duplicate);
        }
        let mut run = CLAIM.key(&claim.key);
        run.arg(commit.now.unix_ms()).arg(&claim.value).arg(claim.life_ms);
        let is_ours: bool = link.run(QUICK, &run).await?;
        if !is_ours {
            return Err(CommitError::Duplicate);
        }
    }
    Ok(())
}

/// What a login writes to claim its idempotency key.
pub struct Claim {
    idempotency: [u8; 16],
    key: String,
    value: Vec<u8>,
    life_ms: i64,
}

impl Claim {
    /// What this login writes.
    #[must_use]
    pub fn new(login: LoginId, idempotency: &Idempotency, now: Timestamp) -> Self {
        let life_ms = idempotency.expires_at.ms_since(now).max(1);
        let (key, value) = (keys::claim(&idempotency.key), write_once(idempotency, login));
        Self { idempotency: idempotency.key, key, value, life_ms }
    }

    /// Claims it, unless somebody has.
    pub fn ask<'a>(&self, ask: &'a mut Batch) -> &'a mut Batch {
        ask.cmd("SET").arg(&self.key).arg(&self.value).arg("NX").arg("PX").arg(self.life_ms)
    }
}

/// The stored form of an idempotency record: the body's hash, the login, and in decimal, so that scripts can read it,
/// when it expires.
#[must_use]
pub fn write_once(idempotency: &Idempotency, login: LoginId) -> Vec<u8> {
    [&idempotency.body[..], &login.0, idempotency.expires_at.unix_ms().to_string().as_bytes()].concat()
}

/// What an idempotency record tells, unless it has expired.
fn live(value: Option<&[u8]>, now: Timestamp) -> Result<Option<([u8; 16], LoginId)>, Malformed> {
    let once = value.map(read_once).transpose()?;
    Ok(once.filter(|(expires_at, _)| *expires_at > now).map(|(_, earlier)| earlier))
}

fn read_once(value: &[u8]) -> Result<(Timestamp, ([u8; 16], LoginId)), Malformed> {
    let (body, rest) = value.split_first_chunk().ok_or(Malformed::Short)?;
    let (login, expires_at) = rest.split_first_chunk().ok_or(Malformed::Short)?;
    let expires_at = std::str::from_utf8(expires_at).ok().and_then(|it| it.parse().ok());
    let expires_at = expires_at.ok_or(Malformed::Impossible("time"))?;
    Ok((Timestamp::from_unix_ms(expires_at), (*body, LoginId(*login))))
}
