//! Opens the mail system that the settings describe.

use std::{path::Path, sync::Arc};

use lettre::transport::smtp::authentication::Credentials;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    adapters::mail::{
        file::FileMail,
        message::{Composer, ReturnPathError, SenderError, Wording},
        smtp::SmtpMail,
        smtp_session::{Server, TlsMode},
    },
    ports::{DevMail, Mail},
};

/// The operator's mail settings.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// `smtp://host:port` (port 587 if none is given) or `smtps://host:port` (465), both also with `user:password@`; or
    /// `file:DIR`.
    pub url: SecretString,
    /// When sessions are encrypted. With `smtps` they always are.
    pub tls: TlsMode,
    /// The sender's address.
    pub from: String,
    /// Where undeliverable mails are returned, with a token in the address; to the sender if there is none.
    pub return_path: Option<String>,
    /// The name of the product that users sign in to.
    pub product: String,
    /// The start of every link by which a warning is answered.
    pub link_start: String,
    /// The start of links to our own pages.
    pub page_start: String,
    /// The wording of every mail.
    pub wording: Wording,
    /// The user name. Overrides the one in the URL.
    pub username: Option<String>,
    /// The password. Overrides the one in the URL.
    pub password: Option<SecretString>,
}

/// A mail system that is ready to use.
pub struct OpenMail {
    /// Sends mails.
    pub mail: Arc<dyn Mail>,
    /// Shows what was sent, if mails go to a folder.
    pub dev_mail: Option<Arc<dyn DevMail>>,
}

/// Why the settings describe no mail system. Never repeats the URL: it may contain a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL has no scheme that we support, or is malformed.
    #[error("`mail.url` must be smtp://host:port, smtps://host:port or file:DIR")]
    Url,
    /// Only one of user name and password is set.
    #[error("`mail.username` and `mail.password_file` are set together or not at all")]
    Credentials,
    /// The sender's address is not valid.
    #[error(transparent)]
    Sender(#[from] SenderError),
    /// The return path is not valid.
    #[error(transparent)]
    ReturnPath(#[from] ReturnPathError),
    /// The folder cannot be created.
    #[error("the folder of `mail.url` cannot be made: {0}")]
    Folder(std::io::Error),
}

/// Opens the mail system that `settings` describe. Does not connect: see [`Mail::probe`].
///
/// # Errors
/// The first setting that is wrong.
pub fn open(settings: MailSettings) -> Result<OpenMail, OpenError> {
    let composer = Composer::new(&settings.from, &settings.product, &settings.link_start)?;
    let mut composer = composer.with_page_start(&settings.page_start).with_wording(settings.wording.clone());
    if let Some(return_path) = &settings.return_path {
        composer = composer.with_return_path(return_path)?;
    }
    if let Some(dir) = settings.url.expose_secret().strip_prefix("file:").filter(|it| !it.is_empty()) {
        let folder = Arc::new(FileMail::open(Path::new(dir), composer).map_err(OpenError::Folder)?);
        return Ok(OpenMail { mail: Arc::clone(&folder) as Arc<dyn Mail>, dev_mail: Some(folder) });
    }
    let server = server(settings)?;
    Ok(OpenMail { mail: Arc::new(SmtpMail::new(composer, server)), dev_mail: None })
}

fn server(settings: MailSettings) -> Result<Server, OpenError> {
    let url = parse_url(settings.url.expose_secret()).ok_or(OpenError::Url)?;
    let username = settings.username.filter(|it| !it.is_empty()).or(url.username);
    let password = settings.password.map(|it| it.expose_secret().to_owned()).or(url.password);
    let credentials = match (username, password) {
        (Some(username), Some(password)) => Some(Credentials::new(username, password)),
        (None, None) => None,
        _ => return Err(OpenError::Credentials),
    };
    Ok(Server { host: url.host, port: url.port, implicit_tls: url.implicit_tls, tls: settings.tls, credentials })
}

#[derive(Debug, PartialEq, Eq)]
struct Url {
    implicit_tls: bool,
    username: Option<String>,
    password: Option<String>,
    host: String,
    port: u16,
}

/// Parses `scheme://[user[:password]@]host[:port][/]`. Percent signs in user name and password are decoded (RFC 3986,
/// 3.2).
fn parse_url(url: &str) -> Option<Url> {
    let (implicit_tls, rest) = match url.split_once("://")? {
        ("smtp", rest) => (false, rest),
        ("smtps", rest) => (true, rest),
        _ => return None,
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (user_info, authority) = rest.rsplit_once('@').map_or((None, rest), |(user, it)| (Some(user), it));
    let (username, password) = match user_info.map(|info| info.split_once(':').ok_or(info)) {
        None => (None, None),
        Some(Ok((name, password))) => (Some(decode_percent(name)?), Some(decode_percent(password)?)),
        Some(Err(name)) => (Some(decode_percent(name)?), None),
    };
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(digits) => digits.parse().ok().filter(|&it| it > 0)?,
        None if port.is_empty() => {
            if implicit_tls {
                465
            } else {
                587
            }
        }
        None => return None,
    };
    let host_char = |letter: char| letter.is_ascii_alphanumeric() || ".-_:".contains(letter);
    let sound = !host.is_empty() && host.chars().all(host_char);
    sound.then(|| Url { implicit_tls, username, password, host: host.to_owned(), port })
}

fn decode_percent(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.extend(data_encoding::HEXUPPER_PERMISSIVE.decode(digits.as_bytes()).ok()?);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_and_how() {
        let url = parse_url("smtps://post%40acme:p%3Aw@mail.example.com").unwrap();
        let (username, password) = (Some("post@acme".to_owned()), Some("p:w".to_owned()));
        assert_eq!(url, Url { implicit_tls: true, username, password, host: "mail.example.com".to_owned(), port: 465 });
        let url = parse_url("smtp://[::1]:2525/").unwrap();
        assert_eq!((url.host.as_str(), url.port, url.username), ("::1", 2525, None));
        assert_eq!(parse_url("smtp://localhost").unwrap().port, 587);
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in ["", "smtp:", "smtp://", "http://x", "smtp://h:0", "smtp://h:99999", "smtp://h/x", "smtp://u%zz@h"] {
            assert_eq!(parse_url(url), None, "{url}");
        }
    }
}
