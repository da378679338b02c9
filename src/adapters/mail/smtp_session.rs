//! One session with a mail server: connecting, TLS, authentication, and delivering one message.
//!
//! The mail library never sets `TCP_NODELAY`, which costs 44 ms a message: it writes the message and its end
//! separately, and Nagle's algorithm holds the end back until the first part is acknowledged. So the socket is created
//! here and handed to the library; STARTTLS then works on it as usual. For TLS from the first byte (`smtps`) the
//! library accepts no socket, and the 44 ms remain: `smtp` with STARTTLS is the faster of the two.

use std::time::Duration;

use lettre::{
    Address,
    address::Envelope,
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::{net::TcpStream, time::timeout};

use crate::{
    adapters::mail::smtp_fault::{Failure, Stage, classify},
    ports::MailFault,
};

/// How long connecting may take, including TLS and the greeting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// When a session is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsMode {
    /// Always. A server that does not offer STARTTLS gets no mail.
    #[default]
    Required,
    /// If the server offers STARTTLS. Anybody who can change what the server says can read the mails, but not the
    /// password, which is never sent in plain text.
    Opportunistic,
    /// Never: for a relay on the same machine.
    None,
}

impl TlsMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Required, Self::Opportunistic, Self::None];

    /// The mode's id in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Opportunistic => "opportunistic",
            Self::None => "none",
        }
    }

    /// Reads the mode's id in the settings.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// A mail server, and how to connect to it.
pub struct Server {
    /// The host's name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether TLS starts with the first byte (`smtps`).
    pub implicit_tls: bool,
    /// When STARTTLS is used.
    pub tls: TlsMode,
    /// The credentials, if the server wants any.
    pub credentials: Option<Credentials>,
}

/// An open session.
pub struct Session {
    connection: AsyncSmtpConnection,
    encryption: TlsParameters,
}

impl Session {
    /// Opens a session: connected, encrypted as the mode says, and authenticated.
    ///
    /// # Errors
    /// [`MailFault::Transport`] if the server refuses us or the encryption that is required.
    pub async fn open(server: &Server) -> Result<Self, MailFault> {
        timeout(CONNECT_TIMEOUT, Self::dial(server))
            .await
            .unwrap_or_else(|_| Err(MailFault::Transient("the mail server did not answer in time".to_owned())))
    }

    async fn dial(server: &Server) -> Result<Self, MailFault> {
        let encryption = TlsParameters::new(server.host.clone()).map_err(|it| classify(Stage::Connect, &it))?;
        let hello = ClientId::default();
        let connection = if server.implicit_tls {
            let address = (server.host.as_str(), server.port);
            let tls = Some(encryption.clone());
            AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT_TIMEOUT), &hello, tls, None).await
        } else {
            AsyncSmtpConnection::connect_with_transport(Box::new(socket(server).await?), &hello).await
        };
        let connection = connection.map_err(|it| classify(Stage::Connect, &it))?;
        let mut session = Self { connection, encryption };
        session.encrypt(server, &hello).await?;
        session.authenticate(server).await?;
        Ok(session)
    }

    async fn encrypt(&mut self, server: &Server, hello: &ClientId) -> Result<(), MailFault> {
        if server.implicit_tls || server.tls == TlsMode::None {
            return Ok(());
        }
        if self.connection.can_starttls() {
            let done = self.connection.starttls(self.encryption.clone(), hello).await;
            done.map_err(|it| classify(Stage::Connect, &it))
        } else if server.tls == TlsMode::Required {
            Err(MailFault::Transport("the mail server offers no STARTTLS, and `mail.tls` requires it".to_owned()))
        } else {
            Ok(())
        }
    }

    async fn authenticate(&mut self, server: &Server) -> Result<(), MailFault> {
        let Some(credentials) = &server.credentials else { return Ok(()) };
        // An attacker who removes STARTTLS on the way would read the password. Only the mode `none` says that there is
        // nobody on the way.
        if !self.connection.is_encrypted() && server.tls != TlsMode::None {
            let reason = "the mail server offers no STARTTLS, and the password is not sent in plain text";
            return Err(MailFault::Transport(reason.to_owned()));
        }
        let done = self.connection.auth(DEFAULT_MECHANISMS, credentials).await;
        done.map(drop).map_err(|it| classify(Stage::Authenticate, &it))
    }

    /// Whether the server still answers.
    pub async fn is_alive(&mut self) -> bool {
        !self.connection.has_broken() && self.connection.test_connected().await
    }

    /// Delivers a message. After an error the session must not be used again.
    ///
    /// # Errors
    /// At which stage it failed, and why.
    pub async fn deliver(&mut self, envelope: &Envelope, message: &[u8]) -> Result<(), Failure> {
        let options = self.options(envelope, message).map_err(|fault| Failure { fault, session_over: false })?;
        self.step(Stage::Sender, Mail::new(envelope.from().cloned(), options)).await?;
        for recipient in envelope.to() {
            self.step(Stage::Recipient, Rcpt::new(Address::clone(recipient), vec![])).await?;
        }
        self.step(Stage::Content, Data).await?;
        let done = self.connection.message(message).await;
        done.map(drop).map_err(|it| Failure::new(Stage::Content, &it))
    }

    async fn step(&mut self, stage: Stage, command: impl std::fmt::Display) -> Result<(), Failure> {
        self.connection.command(command).await.map(drop).map_err(|it| Failure::new(stage, &it))
    }

    /// The extensions that an address beyond ASCII needs (RFC 6531). Without one, the message itself is ASCII.
    fn options(&self, envelope: &Envelope, message: &[u8]) -> Result<Vec<MailParameter>, MailFault> {
        let offered = |it| self.connection.server_info().supports_feature(it);
        let addresses: [&[Address]; 2] = [envelope.to(), envelope.from().map(std::slice::from_ref).unwrap_or_default()];
        let is_ascii = |it: &Address| AsRef::<str>::as_ref(it).is_ascii();
        let (utf8_address, utf8_message) = (!addresses.concat().iter().all(is_ascii), !message.is_ascii());
        if (utf8_address || utf8_message) && !(offered(Extension::SmtpUtfEight) && offered(Extension::EightBitMime)) {
            let reason = "the address has letters beyond ASCII, which the mail server does not take";
            return Err(MailFault::Permanent(reason.to_owned()));
        }
        let mut options = Vec::new();
        if utf8_address || utf8_message {
            options.push(MailParameter::SmtpUtfEight);
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(options)
    }

    /// Ends the session.
    ///
    /// # Errors
    /// If the server does not answer, which makes no difference then.
    pub async fn quit(mut self) -> Result<(), MailFault> {
        self.connection.quit().await.map(drop).map_err(|it| classify(Stage::Connect, &it))
    }
}

async fn socket(server: &Server) -> Result<TcpStream, MailFault> {
    let refused =
        |it: std::io::Error| MailFault::Transient(format!("the mail server cannot be reached: {}", it.kind()));
    let socket = TcpStream::connect((server.host.as_str(), server.port)).await.map_err(refused)?;
    socket.set_nodelay(true).map_err(refused)?;
    Ok(socket)
}
