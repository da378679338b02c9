//! The client reaches what it may, and nothing else; and no answer keeps it for long.

use std::{io, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use watchlight::{
    adapters::web::{
        exchange::{Resolve, SystemResolver},
        hooks::HooksClient,
        target::Reach,
    },
    ports::Hooks,
};

use crate::{
    stories::service::wait_for,
    support::hooks::{HookServer, Reply},
};

fn client(reach: Reach) -> HooksClient {
    HooksClient::new(reach, Arc::new(SystemResolver), HooksClient::public_roots()).unwrap()
}

async fn post(client: &HooksClient, url: &str) -> Result<u16, String> {
    client.post(url, &[("webhook-id", "evt_1".to_owned())], b"{\"a\":1}").await
}

/// A name server that a stranger owns.
struct Rebinding(Vec<SocketAddr>);

#[async_trait]
impl Resolve for Rebinding {
    async fn resolve(&self, _host: &str, _port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(self.0.clone())
    }
}

#[tokio::test]
async fn a_message_is_one_plain_request() {
    let server = HookServer::start(&[Reply::Status(204)]);
    assert_eq!(post(&client(Reach::Everywhere), &server.url()).await, Ok(204));
    let request = server.received().remove(0);
    assert_eq!(request.line, "POST /hooks?from=watchlight HTTP/1.1");
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    let host = server.address.to_string();
    assert_eq!((header("host"), header("content-type")), (Some(host.as_str()), Some("application/json")));
    assert_eq!((header("webhook-id"), header("content-length")), (Some("evt_1"), Some("7")));
    assert!(header("user-agent").unwrap().starts_with("watchlight/"));
    assert_eq!(request.body, b"{\"a\":1}");
}

#[tokio::test]
async fn a_name_that_leads_into_our_own_network_is_not_connected_to() {
    let server = HookServer::start(&[Reply::Status(200)]);
    let port = server.address.port();
    let inside = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "169.254.169.254", "10.0.0.1", "64:ff9b::7f00:1"];
    let inside = inside.map(|it| SocketAddr::new(it.parse().unwrap(), port)).to_vec();
    let public = Reach::Public([443, port].into());
    let rebinding = HooksClient::new(public.clone(), Arc::new(Rebinding(inside)), RootCertStore::empty()).unwrap();
    // It looks public, and was when the webhook was made.
    assert_eq!(rebinding.check("https://hooks.example/"), Ok(()));
    for url in ["https://hooks.example/", &format!("https://hooks.example:{port}/")] {
        assert_eq!(post(&rebinding, url).await, Err("the address is not on the public Internet".to_owned()));
    }
    for url in [format!("https://127.0.0.1:{port}/"), format!("https://localhost:{port}/"), server.url()] {
        assert!(post(&client(public.clone()), &url).await.unwrap_err().starts_with("the address must"), "{url}");
    }
    assert_eq!(server.connections(), 0);
    let nowhere = HooksClient::new(public, Arc::new(Rebinding(Vec::new())), RootCertStore::empty()).unwrap();
    assert_eq!(post(&nowhere, "https://hooks.example/").await, Err("the name has no address".to_owned()));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_nothing_more() {
    let elsewhere = HookServer::start(&[Reply::Status(200)]);
    let server = HookServer::start(&[Reply::Redirect(elsewhere.url())]);
    assert_eq!(post(&client(Reach::Everywhere), &server.url()).await, Ok(307));
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let body = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    let chunks = "HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let replies = [
        Reply::Endless(body, "x"),
        Reply::Endless(chunks, "1\r\nx\r\n"),
        Reply::Endless("HTTP/1.1 200 OK\r\n", "a: b\r\n"),
    ];
    let server = HookServer::start(&replies);
    let client = client(Reach::Everywhere);
    assert_eq!(post(&client, &server.url()).await, Ok(200), "the status has been said");
    assert_eq!(post(&client, &server.url()).await, Ok(202));
    assert_eq!(post(&client, &server.url()).await, Err("the answer is no HTTP".to_owned()), "an endless head");
}

#[tokio::test]
async fn what_does_not_answer_is_given_up() {
    let server = HookServer::start(&[Reply::HangUp, Reply::Stuck]);
    let client = client(Reach::Everywhere);
    assert_eq!(post(&client, &server.url()).await, Err("the connection broke".to_owned()));
    assert_eq!(post(&client, &server.url()).await, Err("no answer within 15 s".to_owned()));
    let gone = server.url();
    drop(server);
    // The thread that listens ends when it is woken.
    wait_for("nobody listens", || {
        std::net::TcpStream::connect(gone[7..].split('/').next().unwrap()).is_err().then_some(())
    });
    assert_eq!(post(&client, &gone).await, Err("connection refused".to_owned()));
}

/// A certificate for `localhost` that nobody has vouched for, and a server that shows it.
fn with_certificate() -> (RootCertStore, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    (roots, TlsAcceptor::from(Arc::new(config)))
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_for_this_name() {
    let (roots, acceptor) = with_certificate();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = async {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Who does not trust the certificate goes away.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4_096];
            let length = stream.read(&mut request).await.unwrap();
            assert!(request[..length].starts_with(b"POST /hook HTTP/1.1\r\n"));
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            stream.shutdown().await.unwrap();
        }
    };
    tokio::select! { () = serving => {}, () = asked_with_certificates(port, roots) => {} }
}

async fn asked_with_certificates(port: u16, roots: RootCertStore) {
    let trusting = HooksClient::new(Reach::Everywhere, Arc::new(SystemResolver), roots).unwrap();
    assert_eq!(post(&trusting, &format!("https://localhost:{port}/hook")).await, Ok(200));
    let other_name = post(&trusting, &format!("https://127.0.0.1:{port}/hook")).await.unwrap_err();
    assert!(other_name.starts_with("TLS: ") && other_name.len() <= 200, "{other_name}");
    let untrusted = post(&client(Reach::Everywhere), &format!("https://localhost:{port}/hook")).await.unwrap_err();
    assert!(untrusted.starts_with("TLS: "), "{untrusted}");
}
