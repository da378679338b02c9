//! Reads server-sent events, as a browser does.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long an event may take to come.
const DEADLINE: Duration = Duration::from_mins(1);

/// An event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    pub id: String,
    pub kind: String,
    pub data: Value,
}

/// A stream of events that is being read.
pub struct Events {
    reader: BufReader<TcpStream>,
    /// What is left of the piece of the answer that is being read.
    lines: Vec<u8>,
    /// What a browser would send when it comes back.
    pub last_event_id: String,
    pub status: u16,
    /// The head of the answer, and the whole of one that is no stream.
    pub head: String,
}

impl Events {
    /// Asks for this path. `headers` are whole lines.
    pub fn open(address: SocketAddr, path: &str, headers: &[String]) -> Self {
        Self::over(TcpStream::connect(address).unwrap(), address, path, headers)
    }

    /// A connection on which little waits to be read.
    pub fn narrow(address: SocketAddr) -> TcpStream {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let stream = runtime.block_on(async { socket.connect(address).await.unwrap().into_std().unwrap() });
        stream.set_nonblocking(false).unwrap();
        stream
    }

    /// Asks for this path on a connection.
    pub fn over(mut stream: TcpStream, address: SocketAddr, path: &str, headers: &[String]) -> Self {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let fixed =
            [format!("GET {path} HTTP/1.1"), format!("Host: {address}"), "Accept: text/event-stream".to_owned()];
        let head = [&fixed[..], headers, &[String::new(), String::new()]].concat().join("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.to_lowercase().split_once("content-length: ").map(|(_, rest)| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<usize>().unwrap()
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        head.push_str(&String::from_utf8(body).unwrap());
        Self { reader, lines: Vec::new(), last_event_id: String::new(), status, head }
    }

    /// The next event; none when the answer ends, or is cut off.
    pub fn next(&mut self) -> Option<Event> {
        let deadline = Instant::now() + DEADLINE;
        let (mut event, mut data) = (Event::default(), String::new());
        loop {
            assert!(Instant::now() < deadline, "no event came");
            let line = self.line()?;
            if let Some(id) = line.strip_prefix("id: ") {
                id.clone_into(&mut self.last_event_id);
            } else if let Some(kind) = line.strip_prefix("event: ") {
                kind.clone_into(&mut event.kind);
            } else if let Some(it) = line.strip_prefix("data: ") {
                data.push_str(it);
            } else if line.is_empty() && !data.is_empty() {
                self.last_event_id.clone_into(&mut event.id);
                return Some(Event { data: serde_json::from_str(&data).unwrap(), ..event });
            }
        }
    }

    /// The next login; none when the answer ends.
    pub fn login(&mut self) -> Option<Event> {
        self.next().filter(|it| it.kind == "login")
    }

    /// The ids of so many logins.
    pub fn logins(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|at| self.login().unwrap_or_else(|| panic!("it ended after {at}")).id).collect()
    }

    fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.lines.iter().position(|it| *it == b'\n') {
                let line: Vec<u8> = self.lines.drain(..=end).collect();
                return Some(String::from_utf8(line).unwrap().trim_end().to_owned());
            }
            let piece = self.piece()?;
            self.lines.extend(piece);
        }
    }

    /// A chunk of the answer (RFC 9112, 7.1).
    fn piece(&mut self) -> Option<Vec<u8>> {
        let mut size = String::new();
        if self.reader.read_line(&mut size).ok()? == 0 {
            return None;
        }
        let size = usize::from_str_radix(size.trim(), 16).ok().filter(|it| *it > 0)?;
        let mut piece = vec![0; size + 2];
        self.reader.read_exact(&mut piece).ok()?;
        piece.truncate(size);
        Some(piece)
    }
}
