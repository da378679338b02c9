//! A tenant's own server: takes messages, keeps them, and answers as the test says.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use watchlight::{domain::time::Timestamp, service::outbound::signing};

/// How the server answers one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// With this status and a short body.
    Status(u16),
    /// Somewhere else.
    Redirect(String),
    /// With these bytes over and over, until the other side goes.
    Endless(&'static str, &'static str),
    /// With one byte of an answer, and then never again.
    Stuck,
    /// By hanging up.
    HangUp,
}

/// What was posted.
#[derive(Clone, Debug)]
pub struct Received {
    pub line: String,
    /// By name in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn value(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether one of the signatures was made with this secret, as it is told to tenants.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let secret = signing::read_secret(secret).unwrap();
        let seconds: i64 = self.headers["webhook-timestamp"].parse().unwrap();
        let expected = signing::signature(&secret, self.id(), Timestamp::from_unix_ms(seconds * 1_000), &self.body);
        self.headers["webhook-signature"].split(' ').any(|it| it == expected)
    }
}

/// A server; ended when it is dropped.
pub struct HookServer {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<Mutex<usize>>,
    ended: Arc<AtomicBool>,
}

impl HookServer {
    /// Answers the first request with the first reply, and so on; the last reply is repeated.
    pub fn start(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (received, connections, ended) = (Arc::default(), Arc::default(), Arc::new(AtomicBool::new(false)));
        let server = Self {
            address,
            received: Arc::clone(&received),
            connections: Arc::clone(&connections),
            ended: Arc::clone(&ended),
        };
        let replies: Arc<[Reply]> = replies.into();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                *connections.lock().unwrap() += 1;
                let (received, replies, ended) = (received.clone(), replies.clone(), ended.clone());
                thread::spawn(move || serve(stream.unwrap(), &received, &replies, &ended));
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks?from=watchlight", self.address)
    }

    /// What was posted so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for HookServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

/// Reads one request.
pub fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut lines = reader.by_ref().lines();
    let line = lines.next()?.ok()?;
    let mut headers = HashMap::new();
    for it in lines.by_ref() {
        let it = it.ok()?;
        let Some((name, value)) = it.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length").map_or(0, |it| it.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Received { line, headers, body })
}

fn serve(mut stream: TcpStream, received: &Mutex<Vec<Received>>, replies: &[Reply], ended: &AtomicBool) {
    let Some(request) = read(&stream) else { return };
    let number = {
        let mut received = received.lock().unwrap();
        received.push(request);
        received.len() - 1
    };
    let reply = &replies[number.min(replies.len() - 1)];
    // Whoever posts may go away at any time.
    let mut say = |text: &str| stream.write_all(text.as_bytes()).is_ok();
    match reply {
        Reply::Status(status) => {
            say(&format!("HTTP/1.1 {status} It\r\nContent-Length: 5\r\n\r\nhello"));
        }
        Reply::Redirect(to) => {
            say(&format!("HTTP/1.1 307 Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"));
        }
        Reply::Endless(head, part) => {
            let part = part.repeat(1_000);
            let mut going = say(head);
            while going && !ended.load(Ordering::SeqCst) {
                going = say(&part);
            }
        }
        Reply::Stuck => {
            say("H");
            while !ended.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(20));
            }
        }
        Reply::HangUp => {}
    }
}
