//! A connection as the server sees it. The other side must read what is written to it, and every request is answered
//! before the connection closes, even a malformed one.
//!
//! The framework waits for ever for a client that does not read, and meanwhile holds its whole answer. So answers are
//! sent in small pieces, the system buffers little of them, and a client that reads nothing, or too slowly, is
//! disconnected.

use std::{
    cell::RefCell,
    io::{self, Error, ErrorKind},
    net::{SocketAddr, TcpListener},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    rt::net::TcpStream,
};
use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpSocket,
    runtime::Handle,
    time::{Sleep, sleep_until, timeout},
};

use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::http::door::fault::Fault;

/// How much of an answer is handed to the framework at once, in bytes: it holds up to twice as much for each connection.
pub const PIECE_BYTES: usize = 8 * 1_024;
/// How much the system holds for each connection until the client takes it, in bytes; Linux takes twice as much. It lets
/// others have a megabyte a second at 100 ms, and less would be asked of the slowest only.
const SYSTEM_HOLDS_BYTES: u32 = 128 * 1_024;
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1_024;
/// How long a client that is disconnected may still read what was written for it.
const LINGER: Duration = Duration::from_secs(1);
/// How long a client may take to agree on encryption.
const AGREES_WITHIN: Duration = Duration::from_secs(10);

/// Listens on an address, with what every connection of ours has.
///
/// # Errors
/// When the address cannot be had.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    // Connections have what their listener has. An answer goes out in several writes, none of which is to wait for the
    // other side to confirm the one before.
    socket.set_send_buffer_size(SYSTEM_HOLDS_BYTES)?;
    socket.set_nodelay(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// How long one side waits for the other. Waiting uses up a time of grace, and every byte that moves gives some of it
/// back. It runs out if fewer bytes a second move than are required.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    grace: Duration,
    bytes_per_second: u32,
    left: Duration,
    waiting_since: Option<Instant>,
}

impl Patience {
    /// Waits for `grace`, and longer if at least `bytes_per_second` (not 0) move.
    #[must_use]
    pub const fn new(grace: Duration, bytes_per_second: u32) -> Self {
        Self { grace, bytes_per_second, left: grace, waiting_since: None }
    }

    /// The other side is waited for; until when.
    pub fn wait(&mut self, now: Instant) -> Instant {
        *self.waiting_since.get_or_insert(now) + self.left
    }

    /// The other side has moved so many bytes.
    pub fn moved(&mut self, now: Instant, bytes: usize) {
        if let Some(since) = self.waiting_since.take() {
            self.left = self.left.saturating_sub(now.saturating_duration_since(since));
        }
        let earned = Duration::from_secs(bytes as u64) / self.bytes_per_second.max(1);
        self.left = self.grace.min(self.left.saturating_add(earned));
    }
}

impl Default for Patience {
    /// Half a minute, and 4 KiB a second, which is a tenth of what a phone of 2010 could do.
    fn default() -> Self {
        Self::new(Duration::from_secs(30), 4 * 1_024)
    }
}

/// The id of the request whose answer has not begun, if there is one. Shared by a connection and its requests.
#[derive(Clone, Default)]
pub struct Unanswered(Rc<RefCell<Option<String>>>);

impl Unanswered {
    /// A request of this id has come.
    pub fn asked(&self, request_id: &str) {
        self.0.replace(Some(request_id.to_owned()));
    }

    /// Its answer begins.
    pub fn answered(&self) {
        self.0.take();
    }
}

/// What the bytes of a connection pass.
enum Stream {
    Plain(TcpStream),
    /// In a box, because it is twenty times as large.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// A connection.
pub struct Connection {
    /// Until the connection is over.
    stream: Option<Stream>,
    patience: Patience,
    /// Wakes whoever writes when the patience is at its end.
    alarm: Option<Pin<Box<Sleep>>>,
    unanswered: Unanswered,
    /// Whether there is nothing more to be said: it broke, or was closed.
    over: bool,
}

impl Connection {
    /// Takes over an accepted connection, and agrees with the other side on how to encrypt if there is something to do so.
    ///
    /// # Errors
    /// When the other side wants no TLS of ours, or takes longer than the head of a request may.
    pub async fn accept(stream: TcpStream, tls: Option<&TlsAcceptor>, patience: Patience) -> io::Result<Self> {
        let stream = match tls {
            None => Stream::Plain(stream),
            Some(tls) => {
                let agreed = timeout(AGREES_WITHIN, tls.accept(stream)).await;
                Stream::Tls(Box::new(agreed.map_err(|_| Error::from(ErrorKind::TimedOut))??))
            }
        };
        Ok(Self { stream: Some(stream), patience, alarm: None, unanswered: Unanswered::default(), over: false })
    }

    /// What its requests say about being answered.
    #[must_use]
    pub fn unanswered(&self) -> Unanswered {
        self.unanswered.clone()
    }

    fn stream(&mut self) -> io::Result<Pin<&mut Stream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| Error::from(ErrorKind::NotConnected))
    }

    /// Passes on what came of writing or reading; after a fault there is nothing more to be said.
    fn note<T>(&mut self, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.over |= matches!(result, Poll::Ready(Err(_)));
        result
    }

    /// The other side takes nothing now. Ready when it was waited for long enough.
    fn poll_wait(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let until = self.patience.wait(Instant::now()).into();
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if alarm.deadline() != until {
            alarm.as_mut().reset(until);
        }
        ready!(alarm.as_mut().poll(context));
        // What the system still holds is of no use to anybody.
        if let Some(stream) = &self.stream {
            stream.tcp().set_zero_linger()?;
        }
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client reads nothing, or too slowly")))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.stream()?.poll_read(context, buffer);
        self.note(read)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = match self.stream()?.poll_write(context, bytes) {
            Poll::Ready(Ok(written)) => {
                self.patience.moved(Instant::now(), written);
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(fault)) => Poll::Ready(Err(fault)),
            Poll::Pending => self.poll_wait(context),
        };
        self.note(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.over = true;
        self.stream()?.poll_shutdown(context)
    }
}

impl Drop for Connection {
    /// The framework drops a connection at once when what comes is no HTTP, such as a body with a malformed chunk, even if
    /// the request is not answered yet; and a connection that closes with something unread may take the answer with it.
    fn drop(&mut self) {
        let (Some(stream), false) = (self.stream.take(), self.over) else { return };
        let last = self.unanswered.0.take().map(|id| refusal(&id)).unwrap_or_default();
        // There is none when the whole process ends.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LINGER, close(stream, last)));
        }
    }
}

/// Says the last words, and closes when the other side has.
async fn close(mut stream: Stream, last: Vec<u8>) -> io::Result<()> {
    stream.write_all(&last).await?;
    stream.shutdown().await?;
    let mut unread = [0; 1_024];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}

/// A whole answer to a request that turned out to be none.
fn refusal(request_id: &str) -> Vec<u8> {
    tracing::info!(status = 400, request_id, "request that is no HTTP");
    let body = serde_json::to_vec(&Fault::BadRequest.problem(request_id)).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\nx-request-id: \
         {request_id}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// A body in pieces of [`PIECE_BYTES`] at most: of what is handed over at once the framework makes a copy for each
/// connection.
pub struct Pieces {
    body: BoxBody,
    /// What is left of what the body gave last.
    rest: Bytes,
}

impl Pieces {
    /// The same body, in pieces if it is larger than one.
    #[must_use]
    pub fn of(body: BoxBody) -> BoxBody {
        match body.size() {
            BodySize::None => body,
            BodySize::Sized(size) if size <= PIECE_BYTES as u64 => body,
            BodySize::Sized(_) | BodySize::Stream => BoxBody::new(Self { body, rest: Bytes::new() }),
        }
    }
}

impl MessageBody for Pieces {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.rest.is_empty() {
            match ready!(pin!(&mut self.body).poll_next(context)) {
                Some(Ok(bytes)) => self.rest = bytes,
                other => return Poll::Ready(other),
            }
        }
        let size = self.rest.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(self.rest.split_to(size))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_takes_of_the_grace_and_bytes_give_it_back() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut patience = Patience::new(Duration::from_secs(30), 1_000);
        assert_eq!(patience.wait(at(0)), at(30), "nothing moves: the grace, and no more");
        assert_eq!(patience.wait(at(20)), at(30));
        patience.moved(at(20), 5_000);
        assert_eq!(patience.wait(at(100)), at(115), "what nobody waits for takes nothing");
        patience.moved(at(100), 1_000_000);
        assert_eq!(patience.wait(at(100)), at(130), "never more than the grace");
    }

    #[test]
    fn who_is_just_quick_enough_is_waited_for_and_who_is_not_is_cut_off() {
        let lasts = |bytes: usize| {
            let mut now = Instant::now();
            let mut patience = Patience::new(Duration::from_secs(30), 1_000);
            (0..1_000).all(|_| {
                let until = patience.wait(now);
                now += Duration::from_secs(1);
                patience.moved(now, bytes);
                now < until
            })
        };
        assert!(lasts(1_000) && lasts(1_000_000));
        assert!(!lasts(900) && !lasts(1) && !lasts(0));
    }

    #[tokio::test]
    async fn a_body_goes_out_in_small_pieces_that_share_its_bytes() {
        static LARGE: [u8; 3 * PIECE_BYTES + 1] = [7; 3 * PIECE_BYTES + 1];
        let mut body = Pieces::of(BoxBody::new(Bytes::from_static(&LARGE)));
        assert_eq!(body.size(), BodySize::Sized(LARGE.len() as u64));
        let (mut read, lies) = (0, LARGE.as_ptr_range());
        while let Some(piece) = std::future::poll_fn(|it| pin!(&mut body).poll_next(it)).await {
            let piece = piece.unwrap();
            assert!(piece.len() <= PIECE_BYTES && lies.contains(&piece.as_ptr()), "a copy, or too large");
            read += piece.len();
        }
        assert_eq!(read, LARGE.len());
    }
}
