//! How the servers stand to each other, and a connection to them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, future::join_all, stream::FuturesUnordered};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, Pipeline, RedisError, RedisFuture,
    RedisResult, TlsCertificates, TlsMode, Value,
    aio::{ConnectionLike, MultiplexedConnection},
    cluster::{ClusterClient, ClusterClientBuilder},
    cluster_async::ClusterConnection,
    cluster_routing::{MultipleNodeRoutingInfo, Route, RoutingInfo, SingleNodeRoutingInfo},
    io::tcp::TcpSettings,
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};

use secrecy::ExposeSecret;
use tokio::time::{sleep, timeout};

use crate::adapters::store::{
    fault::OpenError,
    redis::connection::{
        address::{Address, SentinelLogin},
        nodes::Nodes,
        refusal::sentinels_refuse,
        tls,
    },
    tls_files::StoreTls,
};

/// How long one attempt to connect may take.
const CONNECTING: Duration = Duration::from_secs(1);
/// The same of a node of a Cluster: who looks where slots have gone waits for one that is gone as well.
const CONNECTING_TO_NODE: Duration = Duration::from_millis(500);
/// How long an answer may take at most. Callers are timed with less than that.
const ANSWERING: Duration = Duration::from_secs(3);
/// How much later than the one before it each further Sentinel is asked: one that is gone without a word holds up nobody for long.
const SENTINEL_STEP: Duration = Duration::from_millis(100);
/// How often the library asks a Cluster again, by its newest map, before we do: it sends all that went to a node once more.
const CLUSTER_RETRIES: u32 = 8;
/// The pauses between those, in milliseconds.
const CLUSTER_PAUSE_MS: (u64, u64) = (5, 50);

/// One server, a master that Sentinels name, or a Cluster.
pub enum Topology {
    /// One server. Its name is resolved each time that it is connected to.
    Single(Box<Client>),
    /// The master of a name. Sentinels are asked each time.
    Sentinel(Box<Sentinels>),
    /// The masters of a Cluster.
    Cluster(Box<ClusterClient>),
}

/// Whom to ask for a master, and what to tell it.
pub struct Sentinels {
    asked: Vec<ConnectionInfo>,
    /// Which of them is asked first.
    first: AtomicUsize,
    login: Option<SentinelLogin>,
    master: String,
    certificates: Option<TlsCertificates>,
}

/// A connection, which many tasks of a thread may use at the same time.
#[derive(Clone)]
pub enum Connection {
    /// To one server.
    Single(MultiplexedConnection),
    /// To all masters of a Cluster, and where its slots are.
    Cluster(ClusterConnection, Arc<Nodes>),
}

impl Topology {
    /// What stands at an address, by TLS with these files if the address asks for it. Connects to nothing yet.
    ///
    /// # Errors
    /// A file cannot be read, or a key belongs to another certificate.
    pub fn at(address: Address, tls: &StoreTls) -> Result<Self, OpenError> {
        let unreadable = |fault: RedisError| OpenError::Url(fault.to_string());
        match address {
            Address::Single(info) => match certificates(&info, tls)? {
                Some(certificates) => Client::build_with_tls(info, certificates),
                None => Client::open(info),
            }
            .map(|it| Self::Single(Box::new(it)))
            .map_err(unreadable),
            Address::Sentinel { sentinels, login, master } => {
                let certificates = certificates(&sentinels[0], tls)?;
                let sentinels = Sentinels { asked: sentinels, first: AtomicUsize::new(0), login, master, certificates };
                // Files that do not belong together are told now.
                sentinels.client(0, None).map_err(unreadable)?;
                Ok(Self::Sentinel(Box::new(sentinels)))
            }
            Address::Cluster(nodes) => {
                let certificates = certificates(&nodes[0], tls)?;
                let client = cluster(nodes, certificates).build().map_err(unreadable)?;
                Ok(Self::Cluster(Box::new(client)))
            }
        }
    }

    /// Connects, on the runtime of the caller.
    ///
    /// # Errors
    /// Nobody answers in time, or refuses us; or there is no master.
    pub async fn connect(&self) -> RedisResult<Connection> {
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECTING)).set_response_timeout(Some(ANSWERING));
        match self {
            Self::Single(client) => {
                client.get_multiplexed_async_connection_with_config(&config).await.map(Connection::Single)
            }
            Self::Sentinel(it) => it.connect(&config).await.map(Connection::Single),
            Self::Cluster(client) => {
                client.get_async_connection().await.map(|it| Connection::Cluster(it, Arc::default()))
            }
        }
    }

    /// Whether a part of it may be gone while others answer.
    #[must_use]
    pub const fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }

    /// Perhaps another server is the master by now. Returns whether to connect anew: of a Cluster the library looks by itself.
    #[must_use]
    pub fn doubt(&self) -> bool {
        match self {
            Self::Single(_) => true,
            Self::Sentinel(it) => {
                // One that is cut off with an earlier master goes on naming it.
                it.first.fetch_add(1, Ordering::Relaxed);
                true
            }
            Self::Cluster(_) => false,
        }
    }
}

impl Sentinels {
    /// Asks the Sentinels, and connects to the master of the first that names one. That one is asked first the next time.
    async fn connect(&self, config: &AsyncConnectionConfig) -> RedisResult<MultiplexedConnection> {
        let (first, count) = (self.first.load(Ordering::Relaxed), self.asked.len());
        let ask = |turn: usize| async move {
            sleep(SENTINEL_STEP * u32::try_from(turn).unwrap_or(u32::MAX)).await;
            let at = (first % count + turn) % count;
            self.connect_by(at, config).await.map(|it| (it, at))
        };
        let mut asked: FuturesUnordered<_> = (0..count).map(ask).collect();
        let mut told = RedisError::from((ErrorKind::MasterNameNotFoundBySentinel, "no Sentinel answers"));
        let mut is_telling = false;
        while let Some(answer) = asked.next().await {
            match answer {
                Ok((connection, at)) => {
                    // Unless it was doubted meanwhile.
                    let _ = self.first.compare_exchange(first, at, Ordering::Relaxed, Ordering::Relaxed);
                    return Ok(connection);
                }
                // A refusal tells more than that somebody is not there, whoever answers last.
                Err(fault) if !is_telling => (is_telling, told) = (is_refusal(&fault), fault),
                Err(_) => {}
            }
        }
        Err(told)
    }

    /// Connects to the master that one of the Sentinels names.
    async fn connect_by(&self, at: usize, config: &AsyncConnectionConfig) -> RedisResult<MultiplexedConnection> {
        if self.login.is_some() {
            return self.connect_as(at, self.login.as_ref(), config).await;
        }
        let refused = match self.connect_as(at, None, config).await {
            Ok(connection) => return Ok(connection),
            Err(fault) => fault,
        };
        // Sentinels may want a password, which is the same then; most want none, and refuse one.
        let who = self.asked[at].redis_settings();
        let (true, Some(password)) = (is_about_a_password(&refused), who.password()) else { return Err(refused) };
        let same = SentinelLogin { user: who.username().map(str::to_owned), password: password.into() };
        self.connect_as(at, Some(&same), config).await
    }

    async fn connect_as(
        &self,
        at: usize,
        login: Option<&SentinelLogin>,
        config: &AsyncConnectionConfig,
    ) -> RedisResult<MultiplexedConnection> {
        let connected = self.client(at, login)?.get_async_connection_with_config(config).await;
        match connected {
            // The fault does not tell whether it is of the Sentinel or of the master.
            Err(fault) if is_about_a_password(&fault) => {
                match self.client(at, login)?.async_get_sentinel_client().await {
                    Err(fault) if is_about_a_password(&fault) => Err(sentinels_refuse()),
                    Ok(_) | Err(_) => Err(fault),
                }
            }
            other => other,
        }
    }

    /// What asks one of the Sentinels.
    fn client(&self, at: usize, login: Option<&SentinelLogin>) -> RedisResult<SentinelClient> {
        let mode = self.certificates.as_ref().map(|_| TlsMode::Secure);
        let settings = TcpSettings::default().set_nodelay(true);
        let address = [self.asked[at].addr().clone()];
        let mut client = SentinelClientBuilder::new(address, &self.master, SentinelServerType::Master)?
            .set_client_to_redis_tcp_settings(settings.clone())
            .set_client_to_sentinel_tcp_settings(settings);
        if let (Some(mode), Some(certificates)) = (mode, &self.certificates) {
            client = client
                .set_client_to_redis_tls_mode(mode)
                .set_client_to_redis_certificates(certificates.clone())
                .set_client_to_sentinel_tls_mode(mode)
                .set_client_to_sentinel_certificates(certificates.clone());
        }
        let who = self.asked[at].redis_settings();
        client = client.set_client_to_redis_db(who.db());
        if let Some(user) = who.username() {
            client = client.set_client_to_redis_username(user);
        }
        if let Some(password) = who.password() {
            client = client.set_client_to_redis_password(password);
        }
        if let Some(login) = login {
            client = client.set_client_to_sentinel_password(login.password.expose_secret());
            if let Some(user) = &login.user {
                client = client.set_client_to_sentinel_username(user);
            }
        }
        client.build()
    }
}

fn is_refusal(fault: &RedisError) -> bool {
    !fault.is_io_error() && fault.kind() != ErrorKind::MasterNameNotFoundBySentinel
}

fn is_about_a_password(fault: &RedisError) -> bool {
    fault.kind() == ErrorKind::AuthenticationFailed || matches!(fault.code(), Some("NOAUTH" | "WRONGPASS"))
}

fn certificates(info: &ConnectionInfo, tls: &StoreTls) -> Result<Option<TlsCertificates>, OpenError> {
    matches!(info.addr(), ConnectionAddr::TcpTls { .. }).then(|| tls::certificates_of(tls)).transpose()
}

fn cluster(nodes: Vec<ConnectionInfo>, certificates: Option<TlsCertificates>) -> ClusterClientBuilder {
    let (shortest_ms, longest_ms) = CLUSTER_PAUSE_MS;
    let client = ClusterClient::builder(nodes)
        .retries(CLUSTER_RETRIES)
        .min_retry_wait(shortest_ms)
        .max_retry_wait(longest_ms)
        .connection_timeout(CONNECTING_TO_NODE)
        .response_timeout(ANSWERING)
        .tcp_settings(TcpSettings::default().set_nodelay(true));
    match certificates {
        Some(it) => client.certs(it),
        None => client,
    }
}

impl Connection {
    /// What a command without keys is answered by the server, or by those masters of the Cluster that answer within so long. One that
    /// does not acknowledges nothing either.
    ///
    /// # Errors
    /// One of them refuses, or none answers.
    pub async fn of_masters_that_answer(&mut self, command: &Cmd, within: Duration) -> RedisResult<Vec<Value>> {
        let Self::Cluster(cluster, nodes) = self else { return self.of_every_master(command).await };
        let Some(map) = nodes.map(cluster).await else { return self.of_every_master(command).await };
        let ask = |master: Route| {
            let (mut cluster, command) = (cluster.clone(), command.clone());
            async move {
                let master = RoutingInfo::SingleNode(SingleNodeRoutingInfo::SpecificNode(master));
                timeout(within, cluster.route_command(command, master)).await.ok()
            }
        };
        let answers = join_all(map.masters().into_iter().map(ask)).await;
        let answered: Vec<Value> = answers.into_iter().flatten().collect::<RedisResult<_>>()?;
        if answered.is_empty() {
            return Err(RedisError::from((ErrorKind::Io, "no master of the Cluster answers")));
        }
        answered.into_iter().map(Value::extract_error).collect()
    }

    /// What a command without keys is answered by the server, or by every master of the Cluster.
    ///
    /// # Errors
    /// One of them refuses, or does not answer.
    pub async fn of_every_master(&mut self, command: &Cmd) -> RedisResult<Vec<Value>> {
        let answers = match self {
            Self::Single(it) => vec![it.req_packed_command(command).await?],
            Self::Cluster(it, _) => {
                let masters = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
                match it.route_command(command.clone(), masters).await? {
                    Value::Map(by_address) => by_address.into_iter().map(|(_, answer)| answer).collect(),
                    other => vec![other],
                }
            }
        };
        answers.into_iter().map(Value::extract_error).collect()
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(it) => it.req_packed_command(command),
            Self::Cluster(it, _) => it.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Single(it) => it.req_packed_commands(commands, offset, count),
            Self::Cluster(it, _) => it.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(it) => it.get_db(),
            Self::Cluster(it, _) => it.get_db(),
        }
    }
}
