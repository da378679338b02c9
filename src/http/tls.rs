//! TLS on the listener: the certificate and its key, and how a change of their files takes effect.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio_rustls::TlsAcceptor;
use tracing::{info, warn};

/// The files of a certificate, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead to an authority that clients trust.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFault {
    /// A file cannot be read, or contains nothing of the kind.
    #[error("`{}` cannot be read: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// This program cannot sign with the key, or it belongs to another certificate.
    #[error("the key and the certificate do not go together: {0}")]
    Pair(#[from] rustls::Error),
}

/// The certificate for new connections.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    key: Arc<CertifiedKey>,
    /// A hash of both files.
    read: blake3::Hash,
    /// The hash of the files that were refused last, so that they are reported only once.
    refused: Option<blake3::Hash>,
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// See [`CertificateFault`].
    pub fn open(files: TlsFiles) -> Result<Self, CertificateFault> {
        let (read, key) = (hash(&files), load(&files)?);
        Ok(Self { files, current: Mutex::new(Current { key, read, refused: None }) })
    }

    /// Uses what the files contain now for new connections, if that is another certificate. If it cannot be used, that
    /// is logged, and the earlier one stays: the two files are seldom replaced at the same moment.
    pub fn renew(&self) {
        let found = hash(&self.files);
        let is_known = {
            let current = self.current();
            found == current.read || Some(found) == current.refused
        };
        if is_known {
            return;
        }
        match load(&self.files) {
            Ok(key) => {
                *self.current() = Current { key, read: found, refused: None };
                info!("new connections are shown the new certificate");
            }
            Err(fault) => {
                self.current().refused = Some(found);
                warn!(%fault, "the new certificate is not used, and the one before is");
            }
        }
    }

    /// Accepts connections with this certificate: TLS 1.2 and 1.3, with HTTP/1.1 only.
    ///
    /// # Errors
    /// When the library knows none of these versions. It does.
    pub fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, CertificateFault> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Ignores poisoning: every change is a single assignment.
    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current().key.clone())
    }
}

/// The content of both files; nothing for one that cannot be read.
fn hash(files: &TlsFiles) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for file in [&files.certificate, &files.key] {
        let bytes = fs::read(file).unwrap_or_default();
        hasher.update(&(bytes.len() as u64).to_be_bytes()).update(&bytes);
    }
    hasher.finalize()
}

fn load(files: &TlsFiles) -> Result<Arc<CertifiedKey>, CertificateFault> {
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, pem::Error>>)
        .map_err(|fault| unreadable(&files.certificate, &fault))?;
    if chain.is_empty() {
        return Err(unreadable(&files.certificate, &pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|fault| unreadable(&files.key, &fault))?;
    Ok(Arc::new(CertifiedKey::from_der(chain, key, &ring::default_provider())?))
}

fn unreadable(file: &Path, fault: &pem::Error) -> CertificateFault {
    let reason = match fault {
        pem::Error::Io(fault) => fault.to_string(),
        pem::Error::NoItemsFound => "there is nothing of the kind in it, as PEM".to_owned(),
        other => other.to_string(),
    };
    CertificateFault::File { file: file.to_owned(), reason }
}
