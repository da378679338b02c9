//! A Redis that is reached by TLS: `rediss://`, with certificates of an authority of its own.

use std::{fs, path::PathBuf, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use watchlight::{
    adapters::store::{
        coded::locked::LockedStore,
        fault::OpenError,
        open::open_with,
        redis::access::Access,
        tls_files::{OwnCertificate, StoreTls},
    },
    ports::Store,
};

use crate::{
    store::{
        contract::harness::kept,
        samples::{at, commit, user},
    },
    support::{pem::pem, ports::Port, redis::RedisServer, stores::root},
};

/// An authority, and the folder of what it has signed.
struct Authority {
    folder: TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "the authority of this store");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = params.self_signed(&key).unwrap();
        fs::write(folder.path().join("ca.pem"), pem("CERTIFICATE", own.der())).unwrap();
        Self { folder, issuer: Issuer::new(params, key) }
    }

    /// The files of a certificate for this host.
    fn sign(&self, name: &str, host: &str) -> OwnCertificate {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let signed = params.signed_by(&key, &self.issuer).unwrap();
        let (certificate, key_file) = (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key")));
        fs::write(&certificate, pem("CERTIFICATE", signed.der())).unwrap();
        fs::write(&key_file, pem("PRIVATE KEY", &key.serialize_der())).unwrap();
        OwnCertificate { certificate, key: key_file }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Trusts this authority, and shows nothing.
    fn trusted(&self) -> StoreTls {
        StoreTls { authority: Some(self.path("ca.pem")), own: None }
    }
}

/// A server whose certificate is for `host`, and where it listens. With `asks`, clients must show a certificate.
fn server(authority: &Authority, host: &str, asks: bool) -> (RedisServer, Port) {
    let files = authority.sign("server", host);
    let port = Port::claim();
    let text = |path: &PathBuf| path.display().to_string();
    let (certificate, key, ca) = (text(&files.certificate), text(&files.key), text(&authority.path("ca.pem")));
    let server = RedisServer::start(&[
        "--tls-port",
        &port.to_string(),
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &ca,
        "--tls-auth-clients",
        if asks { "yes" } else { "no" },
    ]);
    (server, port)
}

async fn open_by_tls(url: &str, tls: &StoreTls) -> Result<Box<dyn LockedStore>, OpenError> {
    open_with(url, &kept(), &Access { tls: tls.clone(), ..Access::default() }).await
}

async fn refused(url: &str, tls: &StoreTls) -> String {
    let fault = open_by_tls(url, tls).await.err().expect("the store must not open");
    assert!(!matches!(fault, OpenError::Foreign(_)));
    fault.to_string()
}

async fn is_used(store: &Arc<dyn Store>, version: u64) {
    store.commit(commit(&user(1), version, at(0), u8::try_from(version).unwrap())).await.unwrap();
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, version + 1);
}

#[tokio::test]
async fn a_store_is_used_by_tls_and_found_again_after_an_outage() {
    let authority = Authority::new();
    let (mut server, port) = server(&authority, "localhost", false);
    let store = open_by_tls(&format!("rediss://localhost:{port}"), &authority.trusted()).await.unwrap().unlock(root());
    is_used(&store, 0).await;
    assert!(server.command(&["CLIENT", "LIST"]).contains(&format!(":{port} ")), "by the port of TLS");
    server.kill();
    assert!(store.load(&user(1), None, at(0)).await.is_err());
    server.restart();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while store.load(&user(1), None, at(0)).await.is_err() {
        assert!(std::time::Instant::now() < deadline, "not found again");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    is_used(&store, 0).await;
}

#[tokio::test]
async fn a_server_that_is_not_the_right_one_is_refused_in_words() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (_server, port) = server(&authority, "localhost", false);
    let url = format!("rediss://localhost:{port}");
    for tls in [other.trusted(), StoreTls::default()] {
        let fault = refused(&url, &tls).await;
        assert!(fault.contains("authority that is not trusted") && fault.contains("store.tls_ca"), "{fault}");
    }
    let fault = refused(&format!("rediss://127.0.0.1:{port}"), &authority.trusted()).await;
    assert!(fault.contains("for another host than `store.url` names"), "{fault}");
    let fault = refused(&format!("rediss://localhost:{port}/#insecure"), &authority.trusted()).await;
    assert!(fault.contains("insecure"), "{fault}");
    assert!(!refused(&format!("redis://localhost:{port}"), &StoreTls::default()).await.is_empty());
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_it() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (_server, port) = server(&authority, "localhost", true);
    let url = format!("rediss://localhost:{port}");
    let fault = refused(&url, &authority.trusted()).await;
    assert!(fault.contains("store.tls_certificate"), "{fault}");
    let stranger = StoreTls { own: Some(other.sign("client", "client")), ..authority.trusted() };
    let fault = refused(&url, &stranger).await;
    assert!(fault.contains("store.tls_certificate"), "{fault}");
    let known = StoreTls { own: Some(authority.sign("client", "client")), ..authority.trusted() };
    is_used(&open_by_tls(&url, &known).await.unwrap().unlock(root()), 0).await;
}

#[tokio::test]
async fn files_that_are_no_certificates_are_named() {
    let authority = Authority::new();
    let own = authority.sign("client", "client");
    fs::write(authority.path("empty.pem"), "").unwrap();
    let with_own = |certificate: PathBuf, key: PathBuf| StoreTls {
        own: Some(OwnCertificate { certificate, key }),
        ..authority.trusted()
    };
    for (tls, named) in [
        (StoreTls { authority: Some(authority.path("none.pem")), own: None }, "none.pem"),
        (StoreTls { authority: Some(authority.path("empty.pem")), own: None }, "empty.pem"),
        (with_own(authority.path("empty.pem"), own.key.clone()), "empty.pem"),
        (with_own(own.certificate.clone(), authority.path("ca.pem")), "ca.pem"),
    ] {
        let fault = refused("rediss://localhost:1", &tls).await;
        assert!(fault.contains(named), "{fault}");
    }
}
