//! One request over a connection of its own, to an address that was checked just before, and its answer.
//!
//! A name that resolved to a public address when a webhook was created may resolve to one of ours when a message is
//! posted. So the name is resolved once for each request, and the connection goes to one of the very addresses that
//! were checked. Redirects are not followed, no proxy is used, and neither the time for an answer nor its size is
//! unbounded.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
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

use crate::adapters::web::target::{Reach, Target};

/// How long a request may take in all, from resolving the name to the end of the answer.
const LIMIT: Duration = Duration::from_secs(15);
/// How long connecting to one address may take. A silent address leaves time for the next.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How many addresses of a name are tried.
const MAX_ADDRESSES: usize = 4;
/// How much of an answer's head is read, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1_024;
/// Longest reason for which there is no answer, in characters.
const MAX_REASON_CHARS: usize = 160;
/// The `User-Agent` header of requests.
pub const USER_AGENT: &str = concat!("watchlight/", env!("CARGO_PKG_VERSION"));

/// Finds the addresses of a host name.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// The addresses of `host`, each with `port`.
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// Resolves as the operating system does.
#[derive(Clone, Copy, Debug)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// What is wanted of an answer's body.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// Nothing: up to so many bytes are read for the sake of the sender, who may still be writing them, for a second at most.
    Nothing(usize),
    /// All of it. An answer with more bytes is none.
    UpTo(usize),
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body, if that was wanted.
    pub body: Bytes,
}

/// Sends requests.
#[derive(Clone)]
pub struct Exchange {
    /// Where they may go.
    pub reach: Reach,
    resolver: Arc<dyn Resolve>,
    tls: TlsConnector,
}

/// This program and its cryptography library have no TLS version in common.
#[derive(Clone, Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct TlsFault(String);

/// The certificate authorities that browsers trust, from Mozilla's list.
#[must_use]
pub fn public_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

impl Exchange {
    /// Sends within `reach`, and trusts the certificate authorities in `roots`.
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

    /// Sends a request to its target, and reads the answer.
    ///
    /// # Errors
    /// Why there is no answer, in our own words: they contain nothing that was sent or answered, and no address.
    pub async fn send(&self, target: &Target, request: Request<Full<Bytes>>, want: Wanted) -> Result<Answer, String> {
        let deadline = Instant::now() + LIMIT;
        let late = || Err(format!("no answer within {} s", LIMIT.as_secs()));
        timeout_at(deadline, self.exchange(target, request, want, deadline)).await.unwrap_or_else(|_| late())
    }

    /// Connects to the first allowed address that accepts.
    async fn connect(&self, target: &Target) -> Result<TcpStream, String> {
        let addresses = match target.literal() {
            Some(ip) => vec![SocketAddr::new(ip, target.port())],
            None => self.resolver.resolve(target.host(), target.port()).await.unwrap_or_default(),
        };
        if addresses.is_empty() {
            return Err("the name has no address".to_owned());
        }
        let mut reason = match self.reach {
            Reach::Named => "in clear only this machine is asked",
            Reach::Public(_) | Reach::Everywhere => "the address is not on the public Internet",
        };
        let allowed = addresses.into_iter().filter(|it| self.reach.allows(*it, target.is_https()));
        for address in allowed.take(MAX_ADDRESSES) {
            match timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(fault)) if fault.kind() == io::ErrorKind::ConnectionRefused => reason = "connection refused",
                Ok(Err(_)) => reason = "no connection",
                Err(_) => reason = "no connection in time",
            }
        }
        Err(reason.to_owned())
    }

    async fn exchange(
        &self,
        target: &Target,
        request: Request<Full<Bytes>>,
        want: Wanted,
        deadline: Instant,
    ) -> Result<Answer, String> {
        let stream = self.connect(target).await?;
        // A message is written in one piece: waiting for more would only delay it.
        stream.set_nodelay(true).map_err(|_| "no connection".to_owned())?;
        if !target.is_https() {
            return talk(stream, request, want, deadline).await;
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|_| "no name for TLS".to_owned())?;
        // The library's message is about the certificate or the protocol, and contains nothing that was sent. It is cut
        // because a certificate may have many names.
        let fault = |it: io::Error| format!("TLS: {it}").chars().take(MAX_REASON_CHARS).collect::<String>();
        let stream = self.tls.connect(name, stream).await.map_err(fault)?;
        talk(stream, request, want, deadline).await
    }
}

/// Sends a request and reads the answer.
async fn talk<S>(stream: S, request: Request<Full<Bytes>>, want: Wanted, deadline: Instant) -> Result<Answer, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |_| "the connection broke".to_owned();
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD_BYTES)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let mut asked = pin!(async move {
        let answer = sender
            .send_request(request)
            .await
            .map_err(|it| if it.is_parse() { "the answer is no HTTP" } else { "the connection broke" }.to_owned())?;
        let status = answer.status().as_u16();
        let body = match want {
            Wanted::Nothing(bytes) => {
                let _ = timeout_at(deadline.min(Instant::now() + Duration::from_secs(1)), drain(answer, bytes)).await;
                Bytes::new()
            }
            Wanted::UpTo(bytes) => whole(answer, bytes).await?,
        };
        Ok(Answer { status, body })
    });
    let connection = pin!(connection);
    tokio::select! {
        answer = &mut asked => answer,
        // The connection has ended, so the answer is there or never comes.
        _ = connection => asked.await,
    }
}

/// Reads a body and drops it, up to so many bytes.
async fn drain(answer: Response<Incoming>, mut left: usize) {
    let mut body = answer.into_body();
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        if left == 0 {
            return;
        }
    }
}

/// Reads a body of at most so many bytes.
async fn whole(answer: Response<Incoming>, most: usize) -> Result<Bytes, String> {
    let (mut body, mut read) = (answer.into_body(), BytesMut::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| "the connection broke".to_owned())?;
        read.extend_from_slice(frame.data_ref().map_or(&[], Bytes::as_ref));
        if read.len() > most {
            return Err(format!("the answer has more than {most} bytes"));
        }
    }
    Ok(read.freeze())
}
