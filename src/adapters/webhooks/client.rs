//! One message to one webhook: a connection of its own, to an address that was looked at before it is connected to.
//!
//! A name that resolves to a public address when a webhook is made may resolve to ours when a message is posted. So the
//! name is resolved once for each message, and the connection goes to the very addresses that were looked at. Redirects
//! are answers like others, no proxy is asked, and an answer may take neither long nor much room.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::TlsConnector;

use crate::{
    adapters::webhooks::target::{Reach, Target},
    ports::Hooks,
};

/// How long a message may take in all, from resolving the name to the end of the answer.
const LIMIT: Duration = Duration::from_secs(15);
/// How long one address may take to connect to: so that one that is silent leaves time for the next.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// At so many addresses of a name it is tried.
const MAX_ADDRESSES: usize = 4;
/// How much of an answer is read, its head and its body each, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1_024;
/// How much is told of why there is no answer, in characters.
const MAX_REASON_CHARS: usize = 160;
/// What the webhook is told of who posts.
const USER_AGENT: &str = concat!("watchlight/", env!("CARGO_PKG_VERSION"));

/// Finds the addresses of a name.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// The addresses of `host`, each with `port`.
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// Asks the system.
#[derive(Clone, Copy, Debug)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// Posts messages.
#[derive(Clone)]
pub struct HooksClient {
    reach: Reach,
    resolver: Arc<dyn Resolve>,
    tls: TlsConnector,
}

/// No versions of TLS that this program and its library of cryptography both know.
#[derive(Clone, Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct TlsFault(String);

impl HooksClient {
    /// Reaches what `reach` says, and trusts certificates of `roots`.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(reach: Reach, resolver: Arc<dyn Resolve>, roots: RootCertStore) -> Result<Self, TlsFault> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|it| TlsFault(it.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { reach, resolver, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// The certificate authorities that browsers trust, as Mozilla lists them.
    #[must_use]
    pub fn public_roots() -> RootCertStore {
        RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
    }

    /// Connects to the first address that may be reached and answers.
    async fn connect(&self, target: &Target) -> Result<TcpStream, String> {
        let addresses = match target.literal() {
            Some(it) => vec![SocketAddr::new(it, target.port())],
            None => self.resolver.resolve(target.host(), target.port()).await.unwrap_or_default(),
        };
        if addresses.is_empty() {
            return Err("the name has no address".to_owned());
        }
        let mut reason = "the address is not on the public Internet";
        for address in addresses.into_iter().filter(|it| self.reach.allows(*it)).take(MAX_ADDRESSES) {
            match timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(fault)) if fault.kind() == io::ErrorKind::ConnectionRefused => reason = "connection refused",
                Ok(Err(_)) => reason = "no connection",
                Err(_) => reason = "no connection in time",
            }
        }
        Err(reason.to_owned())
    }

    async fn exchange(&self, target: &Target, request: Request<Full<Bytes>>, deadline: Instant) -> Result<u16, String> {
        let stream = self.connect(target).await?;
        // A message is one write: waiting for more would only delay it.
        stream.set_nodelay(true).map_err(|_| "no connection".to_owned())?;
        if !target.is_https() {
            return talk(stream, request, deadline).await;
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|_| "no name for TLS".to_owned())?;
        // What the library says is of the certificate or the protocol, and of nothing that was sent. A certificate may
        // have many names.
        let fault = |it: io::Error| format!("TLS: {it}").chars().take(MAX_REASON_CHARS).collect::<String>();
        let stream = self.tls.connect(name, stream).await.map_err(fault)?;
        talk(stream, request, deadline).await
    }
}

#[async_trait]
impl Hooks for HooksClient {
    fn check(&self, url: &str) -> Result<(), &'static str> {
        Target::parse(url, &self.reach).map(drop)
    }

    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &[u8]) -> Result<u16, String> {
        let target = Target::parse(url, &self.reach).map_err(|it| format!("the address {it}"))?;
        let mut request = Request::post(target.path())
            .header("host", target.authority())
            .header("user-agent", USER_AGENT)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body)));
        let request = request.map_err(|_| "the address cannot be asked for".to_owned())?;
        let deadline = Instant::now() + LIMIT;
        let late = || Err(format!("no answer within {} s", LIMIT.as_secs()));
        timeout_at(deadline, self.exchange(&target, request, deadline)).await.unwrap_or_else(|_| late())
    }
}

/// Sends a request and reads the answer; its status.
async fn talk<S>(stream: S, request: Request<Full<Bytes>>, deadline: Instant) -> Result<u16, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |_| "the connection broke".to_owned();
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_ANSWER_BYTES)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let mut asked = pin!(async move {
        let answer = sender
            .send_request(request)
            .await
            .map_err(|it| if it.is_parse() { "the answer is no HTTP" } else { "the connection broke" }.to_owned())?;
        let status = answer.status().as_u16();
        // The status is the answer. The rest is read for the other side's sake, who may be writing it, as far as that
        // takes neither long nor much; a second for it, before the deadline.
        let _ = timeout_at(deadline.min(Instant::now() + Duration::from_secs(1)), drain(answer)).await;
        Ok(status)
    });
    let connection = pin!(connection);
    tokio::select! {
        answer = &mut asked => answer,
        // The connection is over, and so the answer is known.
        _ = connection => asked.await,
    }
}

/// Reads a body and forgets it, up to [`MAX_ANSWER_BYTES`].
async fn drain(answer: Response<Incoming>) {
    let mut body = answer.into_body();
    let mut left = MAX_ANSWER_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        if left == 0 {
            return;
        }
    }
}
