//! Sentinels, all of which are listened to all the time: so it is known within moments that another server is to be the master, also
//! while the one before still answers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use futures_util::StreamExt;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue, Pipeline,
    RedisConnectionInfo, RedisError, RedisResult, TlsCertificates, Value,
    aio::{ConnectionLike, MultiplexedConnection, PubSub},
};
use secrecy::ExposeSecret;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::{info, warn};

use crate::adapters::store::redis::connection::{
    address::SentinelLogin,
    refusal::sentinels_refuse,
    standing::{Heard, Place, Standing, Word, nobody_knows},
};

/// How long one attempt to connect to a Sentinel may take, or to hear of the first ones.
const CONNECTING: Duration = Duration::from_secs(1);
/// How long a Sentinel may take to answer.
const ANSWERING: Duration = Duration::from_secs(1);
/// How often a Sentinel is asked that tells by itself when it begins a failover.
const TOLD_PAUSE: Duration = Duration::from_millis(250);
/// How often one is asked that does not: it makes another server the master two such pauses after it has begun.
const ASKED_PAUSE: Duration = Duration::from_millis(100);
/// What Sentinels publish when they begin a failover, give it up, or end it.
const PUBLISHED: [&str; 2] = ["*failover*", "+switch-master"];

/// Whom to ask for a master, and what to tell it.
pub struct Sentinels {
    asked: Vec<ConnectionInfo>,
    login: Option<SentinelLogin>,
    master: String,
    certificates: Option<TlsCertificates>,
    standing: watch::Sender<Standing>,
    /// What listens to each, and ends with these Sentinels.
    listening: Mutex<JoinSet<()>>,
}

/// A connection to a Sentinel.
struct Ear {
    connection: MultiplexedConnection,
    /// What it publishes; none if it does not let us hear that.
    published: Option<PubSub>,
}

impl Sentinels {
    /// At these addresses, with the database, user and password of the master. Connects to nothing yet.
    ///
    /// # Errors
    /// The certificate and its key do not belong together.
    pub fn new(
        asked: Vec<ConnectionInfo>,
        login: Option<SentinelLogin>,
        master: String,
        certificates: Option<TlsCertificates>,
    ) -> RedisResult<Arc<Self>> {
        let standing = watch::Sender::new(Standing::of(asked.len()));
        let sentinels = Self { asked, login, master, certificates, standing, listening: Mutex::default() };
        // Files that do not belong together are told now.
        for info in &sentinels.asked {
            sentinels.client(info.clone())?;
        }
        Ok(Arc::new(sentinels))
    }

    /// Listens to all of them from now on, on the runtime of the caller, as long as somebody has these Sentinels.
    pub fn listen(self: &Arc<Self>) {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        for at in 0..self.asked.len() {
            listening.spawn(listen_to(Arc::downgrade(self), at));
        }
    }

    /// What they say.
    pub fn standing(&self) -> watch::Ref<'_, Standing> {
        self.standing.borrow()
    }

    /// Connects to the master that they name.
    ///
    /// # Errors
    /// None of them names one, or it does not answer, or is no master.
    pub async fn connect(&self, config: &AsyncConnectionConfig) -> RedisResult<MultiplexedConnection> {
        let mut heard = self.standing.subscribe();
        // A start waits for the first words. Later there are some.
        let first_words = async { heard.wait_for(Standing::is_settled).await.map(drop) };
        let _ = timeout(CONNECTING, first_words).await;
        let named = {
            let standing = self.standing();
            standing.named().cloned().ok_or_else(|| standing.fault())
        };
        let info = self.asked[0].clone().set_addr(self.address(named?));
        let mut connection = self.client(info)?.get_multiplexed_async_connection_with_config(config).await?;
        // One that was replaced and came back may be a replica before its Sentinels say so.
        let told: String = redis::cmd("INFO").arg("replication").query_async(&mut connection).await?;
        if told.lines().any(|it| it.trim() == "role:master") { Ok(connection) } else { Err(nobody_knows()) }
    }

    /// Where a server is, by TLS if its Sentinels are reached by TLS.
    fn address(&self, (host, port): Place) -> ConnectionAddr {
        match self.certificates {
            Some(_) => ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None },
            None => ConnectionAddr::Tcp(host, port),
        }
    }

    fn client(&self, info: ConnectionInfo) -> RedisResult<Client> {
        match self.certificates.clone() {
            Some(certificates) => Client::build_with_tls(info, certificates),
            None => Client::open(info),
        }
    }

    /// Connects to one of the Sentinels and asks it for the first time.
    async fn open(&self, at: usize) -> RedisResult<(Ear, Word)> {
        if let Some(login) = &self.login {
            return self.open_as(at, Some(login)).await.map_err(told_of_sentinels);
        }
        let refused = match self.open_as(at, None).await {
            Err(fault) if is_about_a_password(&fault) => fault,
            other => return other,
        };
        // Sentinels may want a password, which is the master's then; most want none, and refuse one.
        let who = self.asked[at].redis_settings();
        let Some(password) = who.password() else { return Err(told_of_sentinels(refused)) };
        let same = SentinelLogin { user: who.username().map(str::to_owned), password: password.into() };
        self.open_as(at, Some(&same)).await.map_err(told_of_sentinels)
    }

    async fn open_as(&self, at: usize, login: Option<&SentinelLogin>) -> RedisResult<(Ear, Word)> {
        let mut who = RedisConnectionInfo::default();
        if let Some(login) = login {
            who = who.set_password(login.password.expose_secret());
            if let Some(user) = &login.user {
                who = who.set_username(user);
            }
        }
        let client = self.client(self.asked[at].clone().set_redis_settings(who))?;
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECTING)).set_response_timeout(Some(ANSWERING));
        let mut ear =
            Ear { connection: client.get_multiplexed_async_connection_with_config(&config).await?, published: None };
        // Before it is asked: what begins in between is not missed.
        ear.published = timeout(CONNECTING, published(&client)).await.ok().and_then(Result::ok);
        let word = ear.ask(&self.master).await?;
        Ok((ear, word))
    }

    /// Takes in what was heard of one of them, and logs what that changes for an operator.
    fn hear(&self, at: usize, heard: Heard) {
        self.standing.send_modify(|standing| {
            let (was_heard, was_settled, before) = (standing.is_heard(), standing.is_settled(), standing.turn());
            let moves = standing.moves();
            standing.hear(at, heard);
            let (answering, of) = standing.answering();
            match (was_settled && was_heard, standing.is_heard()) {
                (true, false) => warn!(answering, of, "{UNHEARD}"),
                (false, false) if !was_settled && standing.is_settled() => warn!(answering, of, "{UNHEARD}"),
                (false, true) if was_settled => info!(answering, of, "most of the Sentinels answer"),
                _ => {}
            }
            if before.is_some() && standing.turn().is_none() {
                warn!("the Sentinels are making another server the master");
            }
            if standing.moves() > moves {
                warn!("the Sentinels name another server as the master: all connections go there");
            } else if before.is_none() && standing.turn().is_some() {
                info!("the failover has ended, and the master is the same");
            }
        });
    }
}

/// What is said where a failover could go unnoticed.
const UNHEARD: &str =
    "too few Sentinels answer: a failover may go unnoticed, and what is acknowledged may be lost in it";

/// Listens to one of the Sentinels until nobody has them any more.
async fn listen_to(sentinels: Weak<Sentinels>, at: usize) {
    let mut ear = None;
    loop {
        let Some(held) = sentinels.upgrade() else { return };
        let answered = match ear.take() {
            Some(known) => ask_again(known, &held.master).await,
            None => timeout(CONNECTING * 3, held.open(at)).await.unwrap_or_else(|_| Err(silent())),
        };
        let heard = match answered {
            Ok((known, word)) => {
                ear = Some(known);
                Heard::Word(word)
            }
            Err(fault) => Heard::Fault(fault),
        };
        held.hear(at, heard);
        drop(held);
        match &mut ear {
            Some(ear) => ear.wait().await,
            None => sleep(TOLD_PAUSE).await,
        }
    }
}

async fn ask_again(mut ear: Ear, master: &str) -> RedisResult<(Ear, Word)> {
    let word = timeout(ANSWERING, ear.ask(master)).await.unwrap_or_else(|_| Err(silent()))?;
    Ok((ear, word))
}

impl Ear {
    /// Asks for what it says of a master.
    async fn ask(&mut self, master: &str) -> RedisResult<Word> {
        let mut ask = Pipeline::new();
        ask.cmd("SENTINEL").arg("MASTERS");
        ask.cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(master);
        let mut answers = self.connection.req_packed_commands(&ask, 0, 2).await?.into_iter();
        let mut answer = || answers.next().unwrap_or_default().extract_error();
        let masters = Vec::<HashMap<String, String>>::from_redis_value(answer()?)?;
        // Not everybody may ask for that.
        let named = answer().ok().filter(|it| *it != Value::Nil);
        let named = named.map(<(String, u16)>::from_redis_value).transpose()?;
        Word::read(masters, master, named).ok_or_else(nobody_knows)
    }

    /// Waits until it is to be asked again: when it has published something, or after a pause.
    async fn wait(&mut self) {
        let Some(published) = &mut self.published else { return sleep(ASKED_PAUSE).await };
        let mut published = published.on_message();
        let is_over = matches!(timeout(TOLD_PAUSE, published.next()).await, Ok(None));
        drop(published);
        if is_over {
            self.published = None;
        }
    }
}

/// What a Sentinel publishes of failovers.
async fn published(client: &Client) -> RedisResult<PubSub> {
    let mut published = client.get_async_pubsub().await?;
    published.psubscribe(&PUBLISHED[..]).await?;
    Ok(published)
}

fn silent() -> RedisError {
    RedisError::from((ErrorKind::MasterNameNotFoundBySentinel, "a Sentinel does not answer"))
}

/// A refusal of the password is the Sentinel's, and not the master's.
fn told_of_sentinels(fault: RedisError) -> RedisError {
    if is_about_a_password(&fault) { sentinels_refuse() } else { fault }
}

fn is_about_a_password(fault: &RedisError) -> bool {
    fault.kind() == ErrorKind::AuthenticationFailed || matches!(fault.code(), Some("NOAUTH" | "WRONGPASS"))
}
