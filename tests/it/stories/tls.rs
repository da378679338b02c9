//! Connections that are encrypted, with a certificate that is replaced while the service runs.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
};

use crate::{
    stories::service::{Place, Service, wait_for},
    support::pem::pem,
};

/// A new certificate for `localhost` in the place's files.
fn certificate(place: &Place) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    // The key first: until both are there, the certificate before must go on.
    fs::write(place.path("key.pem"), pem("PRIVATE KEY", &made.signing_key.serialize_der())).unwrap();
    fs::write(place.path("cert.pem"), pem("CERTIFICATE", made.cert.der())).unwrap();
    made.cert.der().clone()
}

/// What the service answers to a request of a client that trusts this certificate alone.
fn ask(service: &Service, trusted: &CertificateDer<'static>, request: &str) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let stream = TcpStream::connect(service.url.trim_start_matches("https://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn a_login_is_posted_over_tls_and_a_new_certificate_is_taken_up() {
    let mut place = Place::new("sqlite");
    place.set("HTTP__TLS_CERTIFICATE", "cert.pem");
    place.set("HTTP__TLS_KEY", "key.pem");
    place.set("HTTP__PUBLIC_URL", "https://localhost");
    let first = certificate(&place);
    let key = place.key();
    let service = place.serve();
    let body = r#"{"user":{"id":"ana"},"client":{"ip":"89.160.20.112","user_agent":"Mozilla/5.0"}}"#;
    let length = body.len();
    let login = format!(
        "POST /v1/logins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let answer = ask(&service, &first, &login).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    let broken = ask(
        &service,
        &first,
        "POST /v1/logins HTTP/1.1\r\ntransfer-encoding: chunked\r\nhost: localhost\r\n\r\nno chunk",
    );
    assert!(broken.is_none_or(|it| it.starts_with("HTTP/1.1 4")), "it is told, or cut off");
    let health = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    fs::write(place.path("key.pem"), "no key").unwrap();
    let second = certificate(&place);
    wait_for("the new certificate is shown", || ask(&service, &second, health).filter(|it| it.contains(" 200 OK")));
    assert_eq!(ask(&service, &first, health), None, "and the old one no more");
    // Who does not speak TLS gets no answer, and disturbs nobody.
    let mut plain = TcpStream::connect(service.url.trim_start_matches("https://")).unwrap();
    plain.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    plain.write_all(health.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert!(ask(&service, &second, health).is_some());
}

#[test]
fn files_that_are_no_certificate_are_refused_by_name() {
    let mut place = Place::new("sqlite");
    place.set("HTTP__TLS_CERTIFICATE", "cert.pem");
    let one = place.run(&["serve"]);
    assert!(one.code == Some(1) && one.stderr.contains("http.tls_key"), "{one:?}");
    place.set("HTTP__TLS_KEY", "key.pem");
    let missing = place.run(&["serve"]);
    assert!(missing.code == Some(1) && missing.stderr.contains("`cert.pem` cannot be read"), "{missing:?}");
    certificate(&place);
    let key = fs::read(place.path("key.pem")).unwrap();
    certificate(&place);
    fs::write(place.path("key.pem"), key).unwrap();
    let mixed = place.run(&["serve"]);
    assert!(mixed.code == Some(1) && mixed.stderr.contains("do not go together"), "{mixed:?}");
    let checked = place.run(&["check"]);
    assert!(checked.code == Some(1) && checked.stdout.contains("do not go together"), "{checked:?}");
}
