//! Clients that read or write too slowly, and clients that send what is no HTTP.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use watchlight::{
    domain::tenant::api_key::Scope,
    http::door::{connection::Patience, state::HttpSettings},
};

use crate::support::stores::open_at;

use super::server::{CHROME, Options, Server, login};

/// How long any test waits at most for what must come.
const DEADLINE: Duration = Duration::from_secs(30);
/// The largest part of the page of the documentation has over a megabyte.
const LARGE: &str = "/docs/swagger-ui-bundle.js";

/// A server that waits for clients no longer than so, and for who is quicker than a number of bytes a second.
fn impatient(grace: Duration, bytes_per_second: u32) -> Server {
    let settings = HttpSettings { patience: Patience::new(grace, bytes_per_second), ..HttpSettings::default() };
    Server::with(Options { settings, ..Options::default() })
}

fn send(server: &Server, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn get(server: &Server, path: &str, accept: &str) -> TcpStream {
    let key = server.key("acme", &Scope::ALL);
    send(server, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nAccept: {accept}\r\n\r\n"))
}

/// The head of a request with a body in chunks.
fn post(server: &Server, path: &str, media_type: &str, more: &str) -> String {
    let key = server.key("acme", &Scope::ALL);
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: {media_type}\r\n{more}\r\n"
    )
}

/// Waits until the other side has cut the connection off, without reading from it.
#[track_caller]
fn is_cut_off(stream: &TcpStream) {
    let started = Instant::now();
    while stream.take_error().unwrap().is_none() {
        assert!(started.elapsed() < DEADLINE, "it is still open");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Logins enough for an export of many megabytes.
fn fill(server: &Server) {
    let line = |it: usize| {
        let mut login = login(&format!("u_{}", it % 50), CHROME);
        login["event_id"] = it.to_string().into();
        format!("{login}\n")
    };
    let lines: String = (0..2_000).map(line).collect();
    let client = server.client().with("Content-Type", "application/x-ndjson");
    let answer = client.post("/v1/logins/import", lines);
    assert_eq!(answer.status, 200);
}

#[test]
fn who_reads_nothing_is_cut_off() {
    let server = impatient(Duration::from_millis(300), 1);
    fill(&server);
    let unread = [
        get(&server, LARGE, "*/*"),
        get(&server, "/v1/logins", "application/x-ndjson"),
        get(&server, "/v1/logins", "text/csv"),
    ];
    unread.iter().for_each(is_cut_off);
    assert_eq!(server.stranger().get("/healthz").status, 200);
}

#[test]
fn who_reads_steadily_gets_all_of_it_however_long_it_takes() {
    let grace = Duration::from_millis(500);
    let server = impatient(grace, 4_096);
    let whole = server.stranger().get(LARGE).body.len();
    let (mut stream, started) = (get(&server, LARGE, "*/*"), Instant::now());
    let (mut read, mut piece) = (0, vec![0; 64 * 1_024]);
    while read < whole {
        match stream.read(&mut piece).unwrap() {
            0 => panic!("it broke off after {read} of {whole} bytes"),
            more => read += more,
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert!(started.elapsed() > grace, "it was no slow client");
}

#[test]
fn an_import_by_single_bytes_ends() {
    let server = impatient(Duration::from_millis(500), 4_096);
    let head = post(&server, "/v1/logins/import", "application/x-ndjson", "Transfer-Encoding: chunked\r\n");
    let (mut stream, started) = (send(&server, &head), Instant::now());
    // Each byte comes well within the time of grace.
    while stream.write_all(b"1\r\n \r\n").is_ok() {
        assert!(started.elapsed() < DEADLINE, "it goes on for ever");
        thread::sleep(Duration::from_millis(50));
    }
    assert!(started.elapsed() > Duration::from_millis(400), "it has its time of grace");
}

#[test]
fn a_body_that_is_no_http_is_refused_before_the_connection_closes() {
    refuses_what_is_no_http(&Server::start());
}

#[test]
fn it_is_refused_so_while_the_key_is_looked_up_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("slow.db").display());
    let store = runtime.block_on(open_at(&url));
    refuses_what_is_no_http(&Server::with(Options { store: Some(store), ..Options::default() }));
}

fn refuses_what_is_no_http(server: &Server) {
    let head = post(server, "/v1/logins", "application/json", "Transfer-Encoding: chunked\r\n");
    let rest = "x".repeat(1 << 20);
    for body in
        ["ZZ\r\n{}\r\n", "5\r\n{\"a\":\r\nQ\r\n", "fffffffffffffffff\r\n", "2\r\n{}XX", &format!("ZZ\r\n{rest}")]
    {
        // In one piece, so that the fault is seen before the key was looked up.
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        // The other side may close before it has taken everything.
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(fault) => assert_eq!(fault.kind(), ErrorKind::ConnectionReset),
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{body:.20}: {answer}");
        assert!(answer.contains("application/problem+json") && answer.contains("\"bad_request\""), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    }
    assert_eq!(server.client().get("/v1/logins").status, 200);
}
