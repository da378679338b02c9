//! SIGTERM under load: what has begun is finished, nothing that was acknowledged is lost, and the service ends well.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use crate::{
    stories::service::{Client, Place, login, wait_for},
    support::redis::RedisServer,
};

/// Requests that have arrived by half when the signal comes.
const HALF_SENT: usize = 20;

/// A request whose head the service has read and whose body it waits for.
struct HalfSent {
    stream: TcpStream,
    body: String,
}

impl HalfSent {
    fn begin(url: &str, key: &str, body: String) -> Self {
        let address = url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let length = body.len();
        let head = format!(
            "POST /v1/logins HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nContent-Type: \
             application/json\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        // “Go on” proves that the service has read the head.
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, body }
    }

    /// Sends the rest; the whole answer.
    fn finish(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

/// The name in an answer.
fn id_of(body: &str) -> String {
    let login: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no whole answer: {body}"));
    login["id"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

fn told_to_stop_under_load(store_url: &str) {
    let place = Place::new(store_url);
    let key = place.key();
    let service = place.serve();
    let acknowledged = AtomicUsize::new(0);
    let mut ledger = thread::scope(|scope| {
        let load = |thread: usize| post_until_gone(&service.client(&key), thread, &acknowledged);
        let threads: Vec<_> = (0..4).map(|it| scope.spawn(move || load(it))).collect();
        let body = |number: usize| {
            login(&format!("half{number}"), "chrome-142/windows", 1, &format!("half {number}")).to_string()
        };
        let half: Vec<_> = (0..HALF_SENT).map(|it| HalfSent::begin(&service.url, &key, body(it))).collect();
        wait_for("there is load", || (acknowledged.load(Ordering::SeqCst) >= 100).then_some(()));
        service.terminate();
        wait_for("the service stops", || service.log().contains("stopping").then_some(()));
        let mut ids = Vec::new();
        for it in half {
            let answer = it.finish();
            assert!(answer.starts_with("HTTP/1.1 201"), "begun before the end and not finished: {answer:?}");
            ids.push(id_of(answer.split_once("\r\n\r\n").unwrap().1));
        }
        ids.extend(threads.into_iter().flat_map(|it| it.join().unwrap()));
        ids
    });
    let (status, log) = service.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("stopped"), "{log}");
    // Lines about requests wait for others, and none is left behind.
    let told = log.lines().filter(|it| it.contains("status=201")).count();
    assert!(told >= ledger.len(), "of {} requests the log tells of {told}\n{log}", ledger.len());
    let service = place.serve();
    let stored = service.client(&key).list("/v1/logins");
    let found: BTreeSet<&str> = stored.iter().map(|it| it["id"].as_str().unwrap()).collect();
    ledger.retain(|it| !found.contains(it.as_str()));
    assert!(ledger.is_empty(), "acknowledged and lost: {ledger:?}");
}

/// Posts logins one after the other until the service is gone; the names of those acknowledged.
fn post_until_gone(client: &Client, thread: usize, acknowledged: &AtomicUsize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0.. {
        let event = login(&format!("u{thread}"), "chrome-142/windows", 1, &format!("{thread} {number}"));
        let Ok(answer) = client.try_post(&event) else { break };
        assert_eq!(answer.status, 201, "{answer:?}");
        ids.push(id_of(&answer.body));
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    ids
}

/// Sends a request without a body on a connection that is open, and reads the answer's head.
fn head_of(stream: &mut TcpStream, path: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap_or_else(|fault| panic!("no answer: {fault}"));
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap().to_ascii_lowercase()
}

#[test]
fn who_is_connected_when_a_service_is_told_to_stop_gets_one_more_answer_that_says_so() {
    let service = Place::new("sqlite").serve();
    let address = service.url.strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let before = head_of(&mut stream, "/healthz");
    assert!(before.starts_with("http/1.1 200") && !before.contains("connection: close"), "{before}");
    let mut body = [0; 3];
    stream.read_exact(&mut body).unwrap();
    service.terminate();
    wait_for("the service stops", || service.log().contains("stopping").then_some(()));
    let after = head_of(&mut stream, "/readyz");
    assert!(after.starts_with("http/1.1 503") && after.contains("connection: close"), "{after}");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("\"stopping\""), "{rest}");
    let (status, log) = service.ended();
    assert!(status.success(), "{status}\n{log}");
}

#[test]
fn a_service_that_is_told_to_stop_finishes_with_sqlite() {
    told_to_stop_under_load("sqlite");
}

#[test]
fn a_service_that_is_told_to_stop_finishes_with_redis() {
    told_to_stop_under_load(&RedisServer::start(&["--appendonly", "yes"]).url());
}
