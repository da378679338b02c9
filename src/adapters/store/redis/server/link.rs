//! The connection: one socket for everybody, bounded waiting, and a way back after every fault.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, Client, ErrorKind, FromRedisValue, IntoConnectionInfo, Pipeline, RedisError, RedisResult,
    ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
    io::tcp::TcpSettings,
};
use tokio::time::Instant;

use crate::{
    adapters::store::{
        fault::OpenError,
        redis::server::{keys, memory_policy, tally_keys, tls},
        tls_files::StoreTls,
    },
    ports::Unavailable,
};

/// How long one user's load or commit may take.
pub const QUICK: Duration = Duration::from_millis(250);
/// How long a question to all 256 partitions may take, and a step of a worker, for whom nobody waits.
pub const WIDE: Duration = Duration::from_secs(2);
/// How long opening may take.
const OPENING: Duration = Duration::from_secs(2);
/// The longest pause between two attempts to connect, before up to as much jitter.
const RECONNECT_PAUSE: Duration = Duration::from_millis(400);
/// How long it is believed that the server keeps what it is given: an operator or a failover can change that.
const FITNESS_LASTS: Duration = Duration::from_secs(1);

/// The connection to one server.
#[derive(Clone)]
pub struct Link {
    manager: ConnectionManager,
    fitness: Arc<Mutex<Fitness>>,
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
        // The manager knows the password.
        f.write_str("Link")
    }
}

impl Link {
    /// Connects, and checks that the server is one that keeps what it is given.
    ///
    /// # Errors
    /// The address or a file for TLS cannot be read, the server does not answer or refuses us, or is not fit to be a store.
    pub async fn open(url: &str, tls: &StoreTls) -> Result<Self, OpenError> {
        let info = url.into_connection_info().map_err(|it| OpenError::Url(it.to_string()))?;
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let client = tls::client(info, tls)?;
        check(&client).await?;
        // It never gives up: so a fault of any length heals by itself. Callers are timed here, not there.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(usize::MAX)
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(RECONNECT_PAUSE)
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(WIDE));
        let manager = ConnectionManager::new_lazy_with_config(client, config).map_err(|it| unavailable(&it))?;
        Ok(Self { manager, fitness: Arc::default() })
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
        let mut manager = self.manager.clone();
        let evicting = self.noticed(within(limit, memory_policy::evicting(&mut manager)).await)?;
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

    /// Behind every failure there may be another server, or the same with other settings.
    fn noticed<T>(&self, answer: Result<T, Unavailable>) -> Result<T, Unavailable> {
        answer.inspect_err(|_| self.fitness().fresh_until = None)
    }

    /// Nothing panics while it is held.
    fn fitness(&self) -> MutexGuard<'_, Fitness> {
        self.fitness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends commands in one round trip.
    ///
    /// # Errors
    /// No answer within `limit`, or a refusal.
    pub async fn ask<T: FromRedisValue>(&self, limit: Duration, commands: &Pipeline) -> Result<T, Unavailable> {
        let mut manager = self.manager.clone();
        self.noticed(within(limit, commands.query_async(&mut manager)).await)
    }

    /// Sends commands in one round trip, and takes each one's text or refusal by itself.
    ///
    /// # Errors
    /// No answer within `limit`.
    pub async fn ask_each(
        &self,
        limit: Duration,
        commands: &mut Pipeline,
    ) -> Result<Vec<RedisResult<Option<Vec<u8>>>>, Unavailable> {
        self.ask(limit, commands.ignore_errors()).await
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
        let mut manager = self.manager.clone();
        self.noticed(within(limit, script.invoke_async(&mut manager)).await)
    }
}

async fn within<T>(limit: Duration, answer: impl Future<Output = Result<T, RedisError>>) -> Result<T, Unavailable> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer.map_err(|it| unavailable(&it)),
        Err(_) => Err(Unavailable(format!("Redis has not answered within {} ms", limit.as_millis()))),
    }
}

/// One of several answers, as what it is asked for.
///
/// # Errors
/// It is something else.
pub fn value<T: FromRedisValue>(answer: &redis::Value) -> Result<T, Unavailable> {
    T::from_redis_value_ref(answer).map_err(|it| Unavailable(format!("Redis: {it}")))
}

/// Redis' refusal, in words that tell an operator what to do where that is known.
#[must_use]
pub fn unavailable(fault: &RedisError) -> Unavailable {
    // Of a pipeline the first refusal speaks for the others.
    let refusals = fault.clone().into_server_errors();
    let code = refusals.as_ref().and_then(|it| it.first()).map(|(_, it)| it.code());
    Unavailable(match (code, fault.kind()) {
        (Some("OOM"), _) => "Redis has reached its `maxmemory`".to_owned(),
        (Some("LOADING"), _) => "Redis is still loading its data".to_owned(),
        (Some("READONLY"), _) => "this Redis is a replica and may not be written".to_owned(),
        (Some("WRONGPASS" | "NOAUTH"), _) | (_, ErrorKind::AuthenticationFailed) => {
            "Redis refuses the user name or password in `store.url`".to_owned()
        }
        _ => tls::words(fault).map_or_else(|| format!("Redis: {fault}"), str::to_owned),
    })
}

/// Checks once, on a connection of its own: so that opening fails at once and says why.
async fn check(client: &Client) -> Result<(), OpenError> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(OPENING)).set_response_timeout(Some(OPENING));
    let connecting = client.get_multiplexed_async_connection_with_config(&config);
    let mut connection = within(OPENING, connecting).await?;
    let evicting = memory_policy::evicting(&mut connection).await.map_err(|it| unavailable(&it))?;
    if let Some(policy) = evicting {
        return Err(OpenError::Evicting(policy));
    }
    let mut identity = redis::pipe();
    identity.cmd("SET").arg(keys::IDENTITY).arg(keys::IDENTITY_VALUE).arg("NX").cmd("GET").arg(keys::IDENTITY);
    let (is_new, found): (Option<String>, Option<String>) =
        identity.query_async(&mut connection).await.map_err(|it| unavailable(&it))?;
    if is_new.is_some() {
        // Every login of a new store is counted.
        let mut counted = redis::pipe();
        counted.cmd("SET").arg(tally_keys::COUNTED).arg(1).ignore();
        counted.query_async::<()>(&mut connection).await.map_err(|it| unavailable(&it))?;
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
