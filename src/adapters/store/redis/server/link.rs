//! The link to the servers: bounded waiting, and a way back after every fault.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use redis::{FromRedisValue, RedisError, RedisResult, ScriptInvocation, Value};
use tokio::time::{Instant, sleep, timeout};
use tracing::warn;

use crate::{
    adapters::store::{
        fault::OpenError,
        redis::{
            access::{Access, Durability},
            connection::{
                address::Address,
                facts,
                line::Lines,
                memory_policy,
                refusal::{Remedy, passing, remedy},
                request::{Confirmation, Fault, Request},
                topology::Topology,
            },
            server::{keys, once_keys, tally_keys},
        },
    },
    domain::ids::Partition,
    ports::Unavailable,
};

pub use crate::adapters::store::redis::connection::{batch::Batch, refusal::unavailable};

/// How long one user's load or commit may take.
pub const QUICK: Duration = Duration::from_millis(250);
/// How long a question to all 256 partitions may take, and a step of a worker, for whom nobody waits.
pub const WIDE: Duration = Duration::from_secs(2);
/// How long opening may take.
const OPENING: Duration = Duration::from_secs(2);
/// How long it is believed that the server keeps what it is given: an operator or a failover can change that.
const FITNESS_LASTS: Duration = Duration::from_secs(1);
/// The pause before something that was refused for the moment is asked again.
const REFUSED_PAUSE: Duration = Duration::from_millis(20);
/// What is left for the way there and back of the time in which replicas have to confirm.
const CONFIRMED_BEFORE: Duration = Duration::from_millis(80);
/// A connection that waits for replicas does nothing else meanwhile: so a thread has several.
const CONFIRMING_LINES: u8 = 8;
/// The connection of a thread for what is not confirmed.
pub const FIRST_LINE: u8 = 0;
/// For how long it is remembered that replicas have not confirmed, or that nothing was answered.
const AMISS_FOR: Duration = Duration::from_secs(1);
/// How long a quick read waits where a moment ago nothing was answered: one who has waited for another's read, and then asks, is told
/// within little more than the time of one.
const AFTER_SILENCE: Duration = Duration::from_millis(100);

/// The link to one server, a master that Sentinels name, or a Cluster.
#[derive(Clone)]
pub struct Link {
    pub(crate) lines: Arc<Lines>,
    pub(crate) replicas: Option<u32>,
    next_line: Arc<AtomicU8>,
    fitness: Arc<Mutex<Fitness>>,
    amiss: Arc<Mutex<Amiss>>,
}

/// What was amiss a moment ago.
#[derive(Debug, Default)]
struct Amiss {
    /// Too few replicas have confirmed something.
    short: Option<(Instant, Fault)>,
    /// Something was not answered, and nothing has been since.
    silent: Option<Instant>,
}

/// Whether the server keeps what it is given, as it was last seen.
#[derive(Debug, Default)]
struct Fitness {
    /// When it is to be looked at again; none for at once.
    fresh_until: Option<Instant>,
    /// The policy by which it would drop records, and when that was seen.
    evicting: Option<(String, Instant)>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The lines know the password.
        f.write_str("Link")
    }
}

impl Link {
    /// Connects, and checks that the server is one that keeps what it is given.
    ///
    /// # Errors
    /// The address or a file for TLS cannot be read, the server does not answer or refuses us, or is not fit to be a store.
    pub async fn open(url: &str, access: &Access) -> Result<Self, OpenError> {
        let address = Address::parse(url, access)?;
        let lines = Lines::new(Topology::at(address, &access.tls)?);
        let replicas = match access.durability {
            Durability::Unconfirmed => None,
            Durability::Replicas(count) => Some(count.get()),
        };
        let (next_line, fitness, amiss) = Default::default();
        let link = Self { lines, replicas, next_line, fitness, amiss };
        link.check().await?;
        if let Some(words) = link.spare_replicas(OPENING).await? {
            warn!("{words}");
        }
        Ok(link)
    }

    /// Looks whether the server keeps what it is given, unless that was seen within a second and on this connection. Send
    /// it beside another question, and it costs no time.
    ///
    /// # Errors
    /// No answer within `limit`. What was seen is told by [`Link::check_fitness`].
    pub async fn see_fitness(&self, limit: Duration) -> Result<(), Unavailable> {
        let now = Instant::now();
        if self.fitness().fresh_until.is_some_and(|it| now < it) {
            return Ok(());
        }
        let evicting = self.evicting(limit).await?;
        let mut fitness = self.fitness();
        // Of looks that overlap one that began before a change may end after one that has seen it.
        let is_outdated = fitness.evicting.as_ref().is_some_and(|(_, seen_at)| now < *seen_at);
        if evicting.is_some() || !is_outdated {
            let evicting = evicting.map(|it| (it, Instant::now()));
            *fitness = Fitness { fresh_until: Some(now + FITNESS_LASTS), evicting };
        }
        Ok(())
    }

    /// Refuses what is to be stored while the server would drop it, as far as has been seen.
    ///
    /// # Errors
    /// The server's `maxmemory-policy`, by name.
    pub fn check_fitness(&self) -> Result<(), Unavailable> {
        match &self.fitness().evicting {
            Some((policy, _)) => Err(Unavailable(OpenError::Evicting(policy.clone()).to_string())),
            None => Ok(()),
        }
    }

    /// Both: for what is stored without having been loaded before.
    ///
    /// # Errors
    /// See [`Link::see_fitness`] and [`Link::check_fitness`].
    pub async fn must_keep(&self, limit: Duration) -> Result<(), Unavailable> {
        self.see_fitness(limit).await?;
        self.check_fitness()
    }

    /// Nothing panics while it is held.
    fn fitness(&self) -> MutexGuard<'_, Fitness> {
        self.fitness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends commands in one round trip.
    ///
    /// # Errors
    /// No answer within `limit`, or a refusal.
    pub async fn ask<T: FromRedisValue>(&self, limit: Duration, commands: &Batch) -> Result<T, Unavailable> {
        let answers = self.send(limit, Request::Batch(commands)).await?;
        commands.compose(answers).map_err(|it| unavailable(&it))
    }

    /// Sends commands in one round trip, and takes each one's text or refusal by itself.
    ///
    /// # Errors
    /// No answer within `limit`.
    pub async fn ask_each(
        &self,
        limit: Duration,
        commands: &Batch,
    ) -> Result<Vec<RedisResult<Option<Vec<u8>>>>, Unavailable> {
        let answers = self.ask_values(limit, commands).await?;
        let text = |it: RedisResult<Value>| Ok(FromRedisValue::from_redis_value(it?)?);
        Ok(answers.into_iter().map(text).collect())
    }

    /// Sends commands in one round trip, and takes each one's answer or refusal by itself, but for those that are ignored.
    ///
    /// # Errors
    /// No answer within `limit`.
    pub async fn ask_values(&self, limit: Duration, commands: &Batch) -> Result<Vec<RedisResult<Value>>, Unavailable> {
        let answers = self.send(limit, Request::Batch(commands)).await?;
        Ok(commands.kept(answers).map(Value::extract_error).collect())
    }

    /// Runs a script, in one round trip if the server knows it already.
    ///
    /// # Errors
    /// No answer within `limit`, or a refusal.
    pub async fn run<T: FromRedisValue>(
        &self,
        limit: Duration,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, Unavailable> {
        let answer = self.send(limit, Request::Script(script)).await?.pop().unwrap_or_default();
        let told = answer.extract_error().and_then(|it| Ok(T::from_redis_value(it)?));
        told.map_err(|it| unavailable(&it))
    }

    /// The beginning of a batch by which replicas confirm all that a partition has, where that is asked for: what is confirmed is what its
    /// connection wrote, and so all that was written before.
    #[must_use]
    pub fn confirming(&self, partition: Partition) -> Option<Batch> {
        self.replicas?;
        let mut batch = Batch::new();
        batch.cmd("SET").arg(keys::confirmed(partition)).arg(1).arg("PX").arg(1_000).ignore();
        Some(batch)
    }

    /// Sends a request, and again what was refused for the moment, or was read by a connection that failed.
    async fn send(&self, limit: Duration, request: Request<'_>) -> Result<Vec<Value>, Unavailable> {
        let confirmation = self
            .replicas
            .filter(|_| request.writes())
            .map(|replicas| Confirmation { replicas, within: limit.saturating_sub(CONFIRMED_BEFORE) });
        let line = match confirmation {
            Some(_) => FIRST_LINE + 1 + self.next_line.fetch_add(1, Ordering::Relaxed) % CONFIRMING_LINES,
            None => FIRST_LINE,
        };
        let mut refused = None;
        let is_brief = limit == QUICK && !request.writes() && self.is_silent();
        let limit = if is_brief { AFTER_SILENCE } else { limit };
        let answered = timeout(limit, self.keep_sending(line, request, confirmation, &mut refused)).await;
        let answered = answered.unwrap_or_else(|_| {
            self.lines.unanswered(line);
            // Who waits for replicas makes those wait who come behind.
            let why = refused.or_else(|| confirmation.and_then(|_| self.short()));
            if limit == QUICK && confirmation.is_none() {
                self.amiss().silent = Some(Instant::now());
            }
            Err(why.map_or_else(|| unanswered(limit), Unavailable::from))
        });
        // Behind every failure there may be another server, or the same with other settings. Of a Cluster those that answer would be
        // asked again and again, and are so once a second.
        answered.inspect_err(|_| {
            if !self.lines.is_cluster() {
                self.fitness().fresh_until = None;
            }
        })
    }

    async fn keep_sending(
        &self,
        line: u8,
        request: Request<'_>,
        confirmation: Option<Confirmation>,
        refused: &mut Option<Fault>,
    ) -> Result<Vec<Value>, Unavailable> {
        loop {
            let turn = match confirmation.map(|_| self.lines.turn()).transpose() {
                Ok(turn) => turn,
                Err(fault) => {
                    *refused = Some(fault);
                    sleep(REFUSED_PAUSE).await;
                    continue;
                }
            };
            let mut connected = match self.lines.connected(line).await {
                Ok(connected) => connected,
                Err(fault) => {
                    *refused = Some(fault.into());
                    continue;
                }
            };
            let answered = request.send(&mut connected.connection, confirmation).await;
            let fault = match answered {
                Ok(answers) => match passing(&answers) {
                    None => {
                        self.lines.answered(&connected);
                        self.answered(turn)?;
                        return Ok(answers);
                    }
                    Some(fault) => fault,
                },
                Err(Fault::Redis(fault)) => fault,
                Err(fault) => {
                    self.lines.answered(&connected);
                    // A master that is cut off from its replicas may have a successor.
                    self.lines.doubt();
                    self.amiss().short = Some((Instant::now(), fault.clone()));
                    return Err(fault.into());
                }
            };
            match remedy(&fault) {
                Remedy::Tell => return Err(unavailable(&fault)),
                Remedy::Again => {}
                Remedy::Elsewhere => self.lines.lost(&connected),
                Remedy::Lost => {
                    self.lines.lost(&connected);
                    // Perhaps it was done.
                    if request.writes() {
                        return Err(unavailable(&fault));
                    }
                }
            }
            *refused = Some(fault.into());
            sleep(REFUSED_PAUSE).await;
        }
    }

    /// Something was answered, and in a turn if it is confirmed. That counts if no failover has begun since: another replica may be made
    /// the master, which does not have it.
    fn answered(&self, turn: Option<u64>) -> Result<(), Unavailable> {
        let mut amiss = self.amiss();
        amiss.silent = None;
        let Some(turn) = turn else { return Ok(()) };
        amiss.short = None;
        drop(amiss);
        Ok(self.lines.check(turn)?)
    }

    fn is_silent(&self) -> bool {
        self.amiss().silent.is_some_and(|at| at.elapsed() < AMISS_FOR)
    }

    /// That too few replicas have confirmed something a moment ago.
    pub(crate) fn short(&self) -> Option<Fault> {
        self.amiss().short.as_ref().filter(|(at, _)| at.elapsed() < AMISS_FOR).map(|(_, fault)| fault.clone())
    }

    /// Nothing panics while it is held.
    fn amiss(&self) -> MutexGuard<'_, Amiss> {
        self.amiss.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The `maxmemory-policy` of a server that would drop records by itself.
    async fn evicting(&self, limit: Duration) -> Result<Option<String>, Unavailable> {
        let look = async {
            let mut connected = self.lines.connected(FIRST_LINE).await?;
            let seen = memory_policy::evicting(&mut connected.connection).await;
            if let Err(fault) = &seen
                && matches!(remedy(fault), Remedy::Elsewhere | Remedy::Lost)
            {
                self.lines.lost(&connected);
            }
            seen
        };
        let seen = timeout(limit, look).await.map_err(|_| unanswered(limit));
        let seen = seen.and_then(|it: Result<_, RedisError>| it.map_err(|it| unavailable(&it)));
        seen.inspect_err(|_| self.fitness().fresh_until = None)
    }

    /// Checks once whether this is a server that may be used: so that opening fails at once and says why.
    async fn check(&self) -> Result<(), OpenError> {
        let first = timeout(OPENING, self.lines.connected(FIRST_LINE)).await.map_err(|_| unanswered(OPENING))?;
        let mut connection = first.map_err(|it| unavailable(&it))?.connection;
        let outdated = timeout(OPENING, facts::outdated(&mut connection)).await.map_err(|_| unanswered(OPENING))?;
        if let Some(version) = outdated.map_err(|it| unavailable(&it))? {
            return Err(OpenError::TooOld(version));
        }
        if let Some(policy) = self.evicting(OPENING).await? {
            return Err(OpenError::Evicting(policy));
        }
        let n_keys = timeout(OPENING, facts::n_keys(&mut connection)).await.map_err(|_| unanswered(OPENING))?;
        let n_keys = n_keys.map_err(|it| unavailable(&it))?;
        let mut identity = Batch::new();
        identity.cmd("SET").arg(keys::IDENTITY).arg(keys::IDENTITY_VALUE).arg("NX").cmd("GET").arg(keys::IDENTITY);
        let (is_new, found): (Option<String>, Option<String>) = self.ask(OPENING, &identity).await?;
        if is_new.is_some() {
            if n_keys > 0 {
                warn!(n_keys, "this Redis holds keys of another program: give Watchlight a database of its own");
            }
            // Every login of a new store is counted, and no version has remembered idempotency keys otherwise.
            let mut begun = Batch::new();
            begun.cmd("SET").arg(tally_keys::COUNTED).arg(1).ignore();
            begun.cmd("SET").arg(once_keys::FORM).arg(once_keys::ALWAYS_TOGETHER).ignore();
            self.ask::<()>(OPENING, &begun).await?;
        }
        match found {
            Some(found) if found == keys::IDENTITY_VALUE => Ok(()),
            other => Err(OpenError::Foreign(format!(
                "its identity is `{}`, and this program's is `{}`",
                other.unwrap_or_default(),
                keys::IDENTITY_VALUE
            ))),
        }
    }
}

/// That nothing was answered in time.
#[must_use]
pub fn unanswered(limit: Duration) -> Unavailable {
    Unavailable(format!("Redis has not answered within {} ms", limit.as_millis()))
}

/// One of several answers, as what it is asked for.
///
/// # Errors
/// It is something else.
pub fn value<T: FromRedisValue>(answer: &Value) -> Result<T, Unavailable> {
    T::from_redis_value_ref(answer).map_err(|it| Unavailable(format!("Redis: {it}")))
}
