//! How the servers stand to each other, and a connection to them.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, Pipeline, RedisError, RedisFuture,
    RedisResult, TlsCertificates, Value,
    aio::{ConnectionLike, MultiplexedConnection},
    cluster::{ClusterClient, ClusterClientBuilder},
    cluster_async::ClusterConnection,
    cluster_routing::{MultipleNodeRoutingInfo, Route, RoutingInfo, SingleNodeRoutingInfo},
    io::tcp::TcpSettings,
};
use tokio::time::timeout;

use crate::adapters::store::{
    fault::OpenError,
    redis::connection::{address::Address, nodes::Nodes, sentinels::Sentinels, tls},
    tls_files::StoreTls,
};

/// How long one attempt to connect may take.
const CONNECTING: Duration = Duration::from_secs(1);
/// The same of a node of a Cluster: who looks where slots have gone waits for one that is gone as well.
const CONNECTING_TO_NODE: Duration = Duration::from_millis(500);
/// How long an answer may take at most. Callers are timed with less than that.
const ANSWERING: Duration = Duration::from_secs(3);
/// How often the library asks a Cluster again, by its newest map, before we do: it sends all that went to a node once more.
const CLUSTER_RETRIES: u32 = 8;
/// The pauses between those, in milliseconds.
const CLUSTER_PAUSE_MS: (u64, u64) = (5, 50);

/// One server, a master that Sentinels name, or a Cluster.
pub enum Topology {
    /// One server. Its name is resolved each time that it is connected to.
    Single(Box<Client>),
    /// The master that Sentinels name, who are listened to all the time.
    Sentinel(Arc<Sentinels>),
    /// The masters of a Cluster.
    Cluster(Box<ClusterClient>),
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
                let sentinels = Sentinels::new(sentinels, login, master, certificates).map_err(unreadable)?;
                Ok(Self::Sentinel(sentinels))
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

    /// Begins what goes on beside all questions: listening to Sentinels, on the runtime of the caller.
    pub fn listen(&self) {
        if let Self::Sentinel(it) = self {
            it.listen();
        }
    }

    /// Perhaps another server is the master by now. Returns whether to connect anew: Sentinels tell by themselves, and of a Cluster the
    /// library looks.
    #[must_use]
    pub const fn doubt(&self) -> bool {
        matches!(self, Self::Single(_))
    }

    /// How many times Sentinels have named another master: connections from before lead to an earlier one.
    #[must_use]
    pub fn moves(&self) -> u64 {
        if let Self::Sentinel(it) = self { it.standing().moves() } else { 0 }
    }

    /// Which turn it is of masters and failovers; none while a failover is under way, as far as Sentinels tell.
    #[must_use]
    pub fn turn(&self) -> Option<u64> {
        if let Self::Sentinel(it) = self { it.standing().turn() } else { Some(0) }
    }

    /// How many Sentinels answer, of how many, if those are too few to hear of a failover.
    #[must_use]
    pub fn too_few_sentinels(&self) -> Option<(usize, usize)> {
        let Self::Sentinel(it) = self else { return None };
        let standing = it.standing();
        (!standing.is_heard()).then(|| standing.answering())
    }
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
