//! Why a command failed, in words for the operator.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    adapters::web::exchange::TlsFault,
    config::{problems::Problem, raw::ReadError},
    http::tls::CertificateFault,
    ports::Unavailable,
    service::{
        alarm::custody::{CustodyError, NotTheStore},
        outbound::webhooks::WebhookError,
    },
};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The settings cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Settings are wrong.
    #[error("{}", list(.0))]
    Settings(Vec<Problem>),
    /// A file cannot be used.
    #[error("`{}`: {reason}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// The master key's file does not contain a key.
    #[error("`{}` must hold 64 hexadecimal digits: restore it from a backup; without it nothing stored can be found again", .0.display())]
    KeyFile(PathBuf),
    /// The master key's file is missing, although something was stored under the key.
    #[error(
        "`{}` is missing, and {found}: restore the key from a backup, because without it nothing stored can be found again; no \
         new one was made\n  setting: secrets.key_file", .path.display()
    )]
    KeyLost {
        /// The master key's file.
        path: PathBuf,
        /// How that is known.
        found: &'static str,
    },
    /// The master key is not the one that the store was written under.
    #[error(
        "`{}` does not belong to this store, which was written under another master key: restore the key that was backed up \
         with the store, or set store.url to the store of this key\n  setting: secrets.key_file", .0.display()
    )]
    WrongKey(PathBuf),
    /// The memory of which store was used before cannot be read or written.
    #[error("{0}\n  setting: store.identity_file")]
    StoreMemory(String),
    /// The store is not the one that was used before.
    #[error("{0}")]
    NotTheStore(#[from] NotTheStore),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Entropy(getrandom::Error),
    /// The store does not open.
    #[error("{0}\n  setting: store.url")]
    StoreOpen(String),
    /// The mail system is not configured correctly.
    #[error("{0}\n  setting: mail.url")]
    MailOpen(String),
    /// The file of the secret that signs reports about mails does not contain one.
    #[error("the file must hold whsec_ and base64 of at least 24 bytes\n  setting: mail.events_secret_file")]
    MailEventsSecret,
    /// A tenant's own words cannot be used.
    #[error("{}\n  setting: mail.templates_dir", .0.join("\n"))]
    Templates(Vec<String>),
    /// Webhooks cannot be posted to.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// A webhook cannot be created like that.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] Unavailable),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}\n  setting: http.bind")]
    Bind {
        /// The address.
        address: std::net::SocketAddr,
        /// The system's error.
        reason: io::Error,
    },
    /// Connections cannot be encrypted.
    #[error("{0}\n  settings: http.tls_certificate, http.tls_key")]
    Certificate(CertificateFault),
    /// The server failed.
    #[error("the server stopped: {0}")]
    Serve(io::Error),
    /// Something of what was asked for was not done. The details have been printed.
    #[error("{0}")]
    Partly(String),
}

impl Fault {
    /// A fault of a file.
    pub fn file(path: impl Into<PathBuf>, reason: io::Error) -> Self {
        Self::File { path: path.into(), reason }
    }

    /// Why a store was not taken into use under the master key in `key_file`.
    #[must_use]
    pub fn custody(fault: CustodyError, key_file: &Path) -> Self {
        match fault {
            CustodyError::WrongKey => Self::WrongKey(key_file.to_owned()),
            CustodyError::Memory(it) => Self::StoreMemory(it),
            CustodyError::Unavailable(it) => Self::Store(it),
        }
    }
}

fn list(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| format!("  {:<28}{}", problem.setting, problem.expected));
    format!("these settings are not right:\n{}", lines.collect::<Vec<_>>().join("\n"))
}
