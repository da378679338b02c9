//! Idempotency keys: records of them, and the claims that keep one key for one login. How the two work together is told in
//! `redis/server/once_keys.rs`.

use std::sync::LazyLock;

use redis::{FromRedisValue, RedisResult, Script, Value};

use crate::{
    adapters::store::{
        backend::Reply,
        prepared::{PreparedCommit, PreparedLogin},
        record::bytes::Malformed,
        redis::{
            log::{lives, rows},
            server::{
                link::{Batch, QUICK, unavailable},
                once_keys::{self, Claimed, Day, Record, field},
            },
            store::Redis,
            users::key_days::{Place, Places},
        },
    },
    domain::{
        ids::{LoginId, Partition, UserKey},
        time::Timestamp,
    },
    ports::{CommitError, Idempotency, Unavailable},
};

static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("claim.lua")));
/// Claims a key where its hash may have no life yet.
const CLAIM_FIRST: &str = "local is_new = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
    if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
    return is_new";

/// What is asked of an idempotency key with a profile.
pub enum Asked {
    /// What is remembered under it.
    Key(Look),
    /// And that it be claimed, unless it is.
    Claim(Claim),
}

/// What is found of an idempotency key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// The record in the user's partition.
    record: Option<Record>,
    /// The claim. Neither if the key was claimed just now: what stands behind it nevertheless, if the claim was lost, is found by the
    /// commit.
    claim: Option<Claimed>,
    /// Whether the key is claimed as was asked for.
    pub claimed: bool,
}

/// What a key stands for.
#[derive(Clone, Copy, Debug)]
pub enum Earlier {
    /// A login that is stored, and the hash of its body.
    Stored([u8; 16], LoginId),
    /// A login of another user, which is not stored, or not yet.
    Claimed,
}

/// An idempotency key that is looked for.
#[derive(Clone, Debug)]
pub struct Look {
    key: [u8; 16],
    places: Places,
}

impl Look {
    const fn now(&self) -> Timestamp {
        self.places.now
    }

    /// The days whose hashes may have it, but for one.
    fn days(&self, but: Option<Place>) -> impl Iterator<Item = Day> {
        self.places.days.iter().copied().filter(move |it| Some(Place::Together(*it)) != but)
    }

    /// Whether one with a key of its own is asked for.
    fn asks_single(&self, but: Option<Place>) -> bool {
        but != Some(Place::Single) && self.places.forms.may_be_single(self.places.now)
    }

    /// How many claims may have it, but for one.
    fn n_claims(&self, but: Option<Place>) -> usize {
        usize::from(self.asks_single(but)) + self.days(but).count()
    }

    /// Asks for the record in the user's partition, and for the claims.
    fn ask(&self, user: &UserKey, ask: &mut Batch) {
        self.ask_record(user.partition, ask);
        self.ask_claims(None, ask);
    }

    /// Asks for the record in a partition.
    fn ask_record(&self, partition: Partition, ask: &mut Batch) {
        if self.asks_single(None) {
            ask.cmd("GET").arg(once_keys::single_record(partition, &self.key));
        }
        for day in self.days(None) {
            ask.cmd("HGET").arg(once_keys::records(partition, &self.key, day)).arg(field(&self.key));
        }
    }

    /// The record that has not expired, from as many answers as were asked for.
    fn record(
        &self,
        partition: Partition,
        answers: &mut impl Iterator<Item = Option<Vec<u8>>>,
    ) -> Result<Option<Record>, Malformed> {
        let mut found = Vec::new();
        if self.asks_single(None) {
            found.extend(answers.next().flatten().map(|it| once_keys::read_single(&it)).transpose()?);
        }
        for (day, value) in self.days(None).zip(answers) {
            found.extend(value.map(|it| once_keys::read_record(partition, day, &it)).transpose()?);
        }
        Ok(found.into_iter().find(|it| it.expires_at > self.now()))
    }

    /// Asks for the claims, but for one.
    fn ask_claims(&self, but: Option<Place>, ask: &mut Batch) {
        if self.asks_single(but) {
            ask.cmd("GET").arg(once_keys::single_claim(&self.key));
        }
        for day in self.days(but) {
            ask.cmd("HGET").arg(once_keys::claims(&self.key, day)).arg(field(&self.key));
        }
    }

    /// The claim that has not expired: of several for one partition that which lasts longest. If one is for another, that.
    fn claim(
        &self,
        user: &UserKey,
        but: Option<Place>,
        answers: &mut impl Iterator<Item = Option<Vec<u8>>>,
    ) -> Result<Option<Claimed>, Malformed> {
        let mut found = Vec::new();
        if self.asks_single(but) {
            let claim = answers.next().flatten().map(|it| once_keys::read_single(&it)).transpose()?;
            found.extend(claim.map(|it| Claimed { expires_at: it.expires_at, partition: it.login.partition() }));
        }
        for (day, value) in self.days(but).zip(answers) {
            found.extend(value.map(|it| once_keys::read_claim(day, &it)).transpose()?);
        }
        let live = found.into_iter().filter(|it| it.expires_at > self.now());
        Ok(live.max_by_key(|it| (it.partition != user.partition, it.expires_at)))
    }
}

impl Asked {
    /// The key.
    #[must_use]
    pub const fn look(&self) -> &Look {
        match self {
            Self::Key(look) | Self::Claim(Claim { look, .. }) => look,
        }
    }

    /// Asks.
    pub fn ask(&self, user: &UserKey, ask: &mut Batch) {
        match self {
            Self::Key(look) => look.ask(user, ask),
            Self::Claim(claim) => claim.ask(ask),
        }
    }
}

impl Redis {
    /// A look for a key.
    ///
    /// # Errors
    /// See [`Redis::places_of_keys`].
    pub(crate) async fn look(&self, key: [u8; 16], now: Timestamp) -> Reply<Look> {
        Ok(Look { key, places: self.places_of_keys(now).await? })
    }

    /// What a login is to write to claim its idempotency key.
    ///
    /// # Errors
    /// See [`Redis::places_of_keys`].
    pub(crate) async fn to_claim(&self, login: LoginId, named: &Idempotency, now: Timestamp) -> Reply<Claim> {
        let look = self.look(named.key, now).await?;
        let day = self.day_of_expiry(named.expires_at).await?;
        let own = Some(once_keys::claims(&named.key, day)).filter(|_| look.places.forms.writes_together(now));
        let has_life = own.as_ref().is_none_or(|it| self.lives.are_known(lives::Places::of_key(it), now));
        Ok(Claim { look, user: login.partition(), login, named: named.clone(), day, own, has_life })
    }

    /// What the answers say of a key that was [asked for](Asked::ask). One that somebody has claimed is asked about once more: few are.
    ///
    /// # Errors
    /// The server does not answer in time, or has refused, or what it has is malformed.
    pub(crate) async fn found(
        &self,
        asked: &Asked,
        user: &UserKey,
        answers: impl Iterator<Item = RedisResult<Value>> + Send,
    ) -> Reply<Found> {
        let answers: RedisResult<Vec<Value>> = answers.collect();
        let answers = answers.map_err(|it| unavailable(&it))?;
        let Asked::Claim(claim) = asked else { return read(asked.look(), user, answers) };
        if self.is_claimed(claim, user, answers).await? {
            return Ok(Found { claimed: true, ..Found::default() });
        }
        let mut ask = Batch::new();
        claim.look.ask(user, &mut ask);
        let found = read(&claim.look, user, self.link.ask(QUICK, &ask).await?)?;
        let ours = Claimed { expires_at: claim.named.expires_at, partition: user.partition };
        Ok(Found { claimed: found.claim == Some(ours), ..found })
    }

    /// Whether a key was claimed now and has no claim of another day or form. If it has, this one is taken back: whoever writes first and
    /// looks then either sees the other, or is seen. So it is if the other is of the same partition, to end with its record.
    async fn is_claimed(&self, claim: &Claim, user: &UserKey, answers: Vec<Value>) -> Reply<bool> {
        let mut answers = answers.into_iter();
        let is_new = matches!(answers.next(), Some(Value::Okay | Value::Int(1)));
        if let Some(own) = &claim.own {
            self.lives.note(lives::Places::of_key(own), claim.look.now());
        }
        if !is_new {
            return Ok(false);
        }
        let texts = texts(answers)?;
        if claim.look.claim(user, Some(claim.place()), &mut texts.into_iter())?.is_none() {
            return Ok(true);
        }
        let mut remove = Batch::new();
        match &claim.own {
            Some(own) => remove.cmd("HDEL").arg(own).arg(field(&claim.named.key)).ignore(),
            None => remove.cmd("DEL").arg(once_keys::single_claim(&claim.named.key)).ignore(),
        };
        self.link.ask::<()>(QUICK, &remove).await?;
        Ok(false)
    }

    /// What is remembered under an idempotency key, from what was found with the profile.
    ///
    /// # Errors
    /// The server does not answer in time, or what it has is malformed.
    pub(crate) async fn earlier(&self, look: &Look, user: &UserKey, found: Found) -> Reply<Option<Earlier>> {
        if let Some(Record { body, login, .. }) = found.record {
            let is_gone = self.is_gone(login).await?;
            return Ok(Some(Earlier::Stored(body, login)).filter(|_| !is_gone));
        }
        // A claim of this partition that nothing stands behind is that of a login whose commit has not happened.
        let Some(claim) = found.claim.filter(|it| it.partition != user.partition) else { return Ok(None) };
        let mut ask = Batch::new();
        look.ask_record(claim.partition, &mut ask);
        let stored: Vec<Option<Vec<u8>>> = self.link.ask(QUICK, &ask).await?;
        let stored = look.record(claim.partition, &mut stored.into_iter())?;
        Ok(Some(stored.map_or(Earlier::Claimed, |it| Earlier::Stored(it.body, it.login))))
    }

    /// Whether nothing stands behind an idempotency key any more, because its user was forgotten.
    async fn is_gone(&self, login: LoginId) -> Reply<bool> {
        Ok(!rows::exists(&self.link, QUICK, login).await?)
    }

    /// Makes sure that replicas have a login that is stored, where that is asked for: it may have been stored by a commit that was not
    /// confirmed in time, and is acknowledged only now.
    ///
    /// # Errors
    /// Too few replicas have it, or there is no answer.
    pub(crate) async fn confirm(&self, login: LoginId) -> Reply<()> {
        let Some(mut ask) = self.link.confirming(login.partition()) else { return Ok(()) };
        // It may be another server than where the login was seen: there has been a failover.
        rows::ask_exists(&mut ask, login);
        let [is_new, is_old]: [bool; 2] = self.link.ask(QUICK, &ask).await?;
        let lost = || Unavailable("the login was lost by a failover: send it again".to_owned());
        (is_new || is_old).then_some(()).ok_or_else(lost)
    }

    /// Claims the idempotency keys of a commit for the partition of its user, as far as they are not claimed.
    ///
    /// # Errors
    /// One is another's, or the server does not answer in time.
    pub(crate) async fn claim(&self, commit: &PreparedCommit) -> Result<(), CommitError> {
        let is_unclaimed = |login: &&PreparedLogin| login.idempotency.as_ref().is_some_and(|it| !it.is_claimed);
        let mut claims = Vec::new();
        for login in commit.logins.iter().filter(is_unclaimed) {
            let Some(named) = &login.idempotency else { continue };
            claims.push(self.to_claim(login.id, named, commit.now).await?);
        }
        if claims.is_empty() {
            return Ok(());
        }
        let mut ask = Batch::new();
        for it in &claims {
            it.ask(&mut ask);
        }
        let mut answers: std::vec::IntoIter<Value> = self.link.ask::<Vec<Value>>(QUICK, &ask).await?.into_iter();
        for claim in &claims {
            let own: Vec<Value> = answers.by_ref().take(claim.n_answers()).collect();
            if !self.is_claimed(claim, &commit.user, own).await? {
                self.claim_again(claim, &commit.user).await?;
            }
        }
        Ok(())
    }

    /// Claims a key that somebody has claimed before. Mostly that is a login that is stored already: then the claim is not renewed, to
    /// end with the record.
    async fn claim_again(&self, claim: &Claim, user: &UserKey) -> Result<(), CommitError> {
        let mut ask = Batch::new();
        claim.look.ask_record(user.partition, &mut ask);
        let stored: Vec<Option<Vec<u8>>> = self.link.ask(QUICK, &ask).await?;
        let stored = claim.look.record(user.partition, &mut stored.into_iter()).map_err(Unavailable::from)?;
        if let Some(Record { login, .. }) = stored
            && !self.is_gone(login).await?
        {
            return Err(CommitError::Duplicate);
        }
        let is_ours: bool = self.link.run(QUICK, &claim.again()).await?;
        is_ours.then_some(()).ok_or(CommitError::Duplicate)
    }
}

/// What the answers to a [look](Look) say.
fn read(look: &Look, user: &UserKey, answers: Vec<Value>) -> Reply<Found> {
    let mut answers = texts(answers.into_iter())?.into_iter();
    let n_records = look.n_claims(None);
    let record = look.record(user.partition, &mut answers.by_ref().take(n_records))?;
    Ok(Found { record, claim: look.claim(user, None, &mut answers)?, claimed: false })
}

fn texts(answers: impl Iterator<Item = Value>) -> Reply<Vec<Option<Vec<u8>>>> {
    let texts: Result<Vec<_>, _> = answers.map(FromRedisValue::from_redis_value).collect();
    texts.map_err(|it| Unavailable(format!("Redis: {it}")))
}

/// What a login writes to claim its idempotency key.
pub struct Claim {
    look: Look,
    user: Partition,
    login: LoginId,
    named: Idempotency,
    /// That on which it expires.
    day: Day,
    /// The hash that it lies in; `None` for one with a key of its own.
    own: Option<String>,
    /// Whether that has a life.
    has_life: bool,
}

impl Claim {
    /// Claims it, unless somebody has, and asks for the claims of other days and forms.
    fn ask(&self, ask: &mut Batch) {
        let (now, key) = (self.look.now(), &self.named.key);
        let Some(own) = &self.own else {
            let (name, value) = (once_keys::single_claim(key), once_keys::write_single(&self.named, self.login));
            let life_ms = self.named.expires_at.ms_since(now).max(1);
            ask.cmd("SET").arg(name).arg(value).arg("NX").arg("PX").arg(life_ms);
            self.look.ask_claims(Some(self.place()), ask);
            return;
        };
        let value = once_keys::write_claim(&self.named, self.user);
        if self.has_life {
            ask.cmd("HSETNX").arg(own).arg(field(key)).arg(value);
        } else {
            ask.cmd("EVAL").arg(CLAIM_FIRST).arg(1).arg(own).arg(field(key)).arg(value).arg(self.day.life_ms(now));
        }
        self.look.ask_claims(Some(self.place()), ask);
    }

    /// How many answers there are to [`Claim::ask`].
    fn n_answers(&self) -> usize {
        1 + self.look.n_claims(Some(self.place()))
    }

    /// Where it is to be.
    const fn place(&self) -> Place {
        if self.own.is_some() { Place::Together(self.day) } else { Place::Single }
    }

    /// Keys and arguments in the order that `claim.lua` documents.
    fn again(&self) -> redis::ScriptInvocation<'static> {
        let (now, key) = (self.look.now(), &self.named.key);
        let mut run = CLAIM.key(once_keys::single_claim(key));
        let own = self.own.clone().unwrap_or_else(|| once_keys::claims(key, self.day));
        run.key(&own);
        for day in self.look.days(Some(Place::Together(self.day))) {
            run.key(once_keys::claims(key, day));
        }
        let is_single = self.own.is_none();
        let single = if is_single { once_keys::write_single(&self.named, self.login) } else { Vec::new() };
        let life_ms = if is_single { self.named.expires_at.ms_since(now).max(1) } else { self.day.life_ms(now) };
        run.arg(now.unix_ms()).arg(field(key)).arg(once_keys::write_claim(&self.named, self.user));
        run.arg(single).arg(life_ms);
        run
    }
}
