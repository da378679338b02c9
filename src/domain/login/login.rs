//! A login event as a backend posts it. [`Login::parse`] is the only way to get one, so nothing is checked again after
//! it.

use std::net::IpAddr;

use crate::domain::{
    ids::UserId,
    login::components::{Components, Headers},
    place::canonical_address,
    time::{MINUTE_MS, Timestamp},
};

/// How far ahead of our clock a login may claim to have happened.
pub const MAX_AHEAD_MS: i64 = 5 * MINUTE_MS;
/// Longest text without another limit, in bytes.
pub const MAX_TEXT_BYTES: usize = 4 * 1024;
/// Longest name of a sign-in method, in characters.
pub const MAX_METHOD_CHARS: usize = 40;
/// Longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3, without the angle brackets).
pub const MAX_EMAIL_BYTES: usize = 254;

/// Whether the user got in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// The user is signed in.
    #[default]
    Success,
    /// The attempt was refused. It is recorded and judged, but nothing is learned from it.
    Failure,
}

impl Outcome {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }

    /// Reads the name in the API.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Success, Self::Failure].into_iter().find(|it| it.as_str() == text)
    }
}

/// What a caller wrote. No text is checked; what is absent is `None`.
#[derive(Clone, Debug, Default)]
pub struct LoginDraft {
    /// The caller's own id of the event.
    pub event_id: Option<String>,
    /// When it happened, by the caller's clock.
    pub occurred_at: Option<Timestamp>,
    /// `success` or `failure`.
    pub outcome: Option<String>,
    /// How the user signed in.
    pub method: Option<String>,
    /// The caller's id of the session.
    pub session_id: Option<String>,
    /// The account.
    pub user: UserDraft,
    /// The browser and the network.
    pub client: ClientDraft,
}

/// The account, unchecked.
#[derive(Clone, Debug, Default)]
pub struct UserDraft {
    /// The tenant's id of the account.
    pub id: Option<String>,
    /// The address that warnings are sent to.
    pub email: Option<String>,
    /// The person's name.
    pub name: Option<String>,
    /// The account's language.
    pub locale: Option<String>,
    /// The account's time zone.
    pub time_zone: Option<String>,
    /// Since when the account exists.
    pub created_at: Option<Timestamp>,
}

/// The browser and the network. Only the form of the fingerprint is checked.
#[derive(Clone, Debug, Default)]
pub struct ClientDraft {
    /// The user's address.
    pub ip: Option<String>,
    /// The user agent. It takes precedence over the header with that name.
    pub user_agent: Option<String>,
    /// Request headers.
    pub headers: Vec<(String, String)>,
    /// The device token that this service gave at an earlier login.
    pub device_token: Option<String>,
    /// What the script measured.
    pub components: Components,
}

/// A login event that was checked.
#[derive(Clone, Debug)]
pub struct Login {
    /// When it happened, by the caller's clock.
    pub occurred_at: Timestamp,
    /// Whether the user got in.
    pub outcome: Outcome,
    /// How the user signed in.
    pub method: Option<String>,
    /// The caller's id of the session.
    pub session_id: Option<String>,
    /// The account.
    pub user: User,
    /// The browser and the network.
    pub client: Client,
}

/// The account.
#[derive(Clone, Debug)]
pub struct User {
    /// The tenant's id of the account.
    pub id: UserId,
    /// The address that warnings are sent to; without one, nothing is mailed.
    pub email: Option<String>,
    /// The account's language, as a BCP 47 tag.
    pub locale: Option<String>,
    /// The account's IANA time zone, not yet looked up.
    pub time_zone: Option<String>,
}

/// The browser and the network.
#[derive(Clone, Debug)]
pub struct Client {
    /// The user's address, never an IPv4 address mapped into IPv6.
    pub ip: IpAddr,
    /// The user agent.
    pub user_agent: Option<String>,
    /// Request headers.
    pub headers: Headers,
    /// The device token, not yet verified.
    pub device_token: Option<String>,
    /// What the script measured.
    pub components: Components,
}

/// What is wrong with a draft, in words for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field, as a path: `client.ip`.
    pub field: String,
    /// What is expected: `must be …`.
    pub problem: String,
    /// Whether it is the one fault with an error type of its own: a login from the future.
    pub in_future: bool,
}

impl Invalid {
    /// A fault of `field`.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into(), in_future: false }
    }
}

impl Login {
    /// Checks a draft that was received at `received_at`. A login without a time happened when it was received.
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn parse(received_at: Timestamp, draft: LoginDraft) -> Result<Self, Invalid> {
        let occurred_at = draft.occurred_at.unwrap_or(received_at);
        if occurred_at.ms_since(received_at) > MAX_AHEAD_MS {
            let problem = "must not be more than 5 minutes ahead of this service's clock";
            return Err(Invalid { in_future: true, ..Invalid::new("occurred_at", problem) });
        }
        let outcome = draft.outcome.as_deref().map_or(Some(Outcome::Success), Outcome::parse);
        let outcome = outcome.ok_or_else(|| Invalid::new("outcome", "must be `success` or `failure`"))?;
        Ok(Self {
            occurred_at,
            outcome,
            method: method(draft.method)?,
            session_id: plain("session_id", draft.session_id)?,
            user: User::parse(draft.user)?,
            client: Client::parse(draft.client)?,
        })
    }
}

impl User {
    fn parse(draft: UserDraft) -> Result<Self, Invalid> {
        let id = draft.id.ok_or_else(|| Invalid::new("user.id", "is required"))?;
        let id = UserId::parse(&id)
            .ok_or_else(|| Invalid::new("user.id", "must have 1 to 256 bytes and no control characters"))?;
        text("user.name", draft.name)?;
        Ok(Self {
            id,
            email: draft.email.map(|it| email("user.email", it)).transpose()?,
            locale: locale("user.locale", draft.locale)?,
            time_zone: time_zone("user.time_zone", draft.time_zone)?,
        })
    }
}

impl Client {
    /// Whether the login itself says anything about the browser: a user agent, or what a script measured.
    #[must_use]
    pub fn tells_of_browser(&self) -> bool {
        self.user_agent.as_ref().is_some_and(|it| !it.trim().is_empty()) || !self.components.is_empty()
    }

    fn parse(draft: ClientDraft) -> Result<Self, Invalid> {
        let ip = draft.ip.ok_or_else(|| Invalid::new("client.ip", "is required"))?;
        // A zone (`fe80::1%eth0`) names an interface of the sender's machine, and says nothing here.
        let bare = ip.split_once('%').map_or(ip.as_str(), |(bare, _)| bare);
        let ip: IpAddr =
            bare.trim().parse().map_err(|_| Invalid::new("client.ip", "must be an IPv4 or IPv6 address"))?;
        for (name, value) in &draft.headers {
            if name.len() > MAX_TEXT_BYTES || value.len() > MAX_TEXT_BYTES {
                return Err(Invalid::new(format!("client.headers.{}", shorten(name)), TOO_LONG));
            }
        }
        let headers = Headers::new(draft.headers);
        let user_agent = text("client.user_agent", draft.user_agent)?;
        Ok(Self {
            ip: canonical_address(ip),
            user_agent: user_agent.or_else(|| headers.get("user-agent").map(str::to_owned)),
            headers,
            device_token: text("client.device_token", draft.device_token)?,
            components: draft.components,
        })
    }
}

const TOO_LONG: &str = "must not be longer than 4 KiB";

/// An optional text of at most 4 KiB. An empty one counts as absent.
fn text(field: &str, value: Option<String>) -> Result<Option<String>, Invalid> {
    match value {
        Some(text) if text.len() > MAX_TEXT_BYTES => Err(Invalid::new(field, TOO_LONG)),
        Some(text) if text.is_empty() => Ok(None),
        text => Ok(text),
    }
}

/// An optional text of one line.
fn plain(field: &str, value: Option<String>) -> Result<Option<String>, Invalid> {
    match text(field, value)? {
        Some(line) if line.chars().any(char::is_control) => {
            Err(Invalid::new(field, "must not hold control characters"))
        }
        line => Ok(line),
    }
}

/// A name in the form of the time zone database. Whether the zone exists is checked when a mail is written.
///
/// # Errors
/// It has another form: `field` is at fault.
pub fn time_zone(field: &str, value: Option<String>) -> Result<Option<String>, Invalid> {
    const MAX_BYTES: usize = 64;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte);
    match text(field, value)? {
        Some(name) if name.len() > MAX_BYTES || !name.bytes().all(allowed) => {
            Err(Invalid::new(field, "must be the name of a time zone such as `Europe/Helsinki`"))
        }
        name => Ok(name),
    }
}

fn method(value: Option<String>) -> Result<Option<String>, Invalid> {
    match value {
        Some(name) if name.chars().count() > MAX_METHOD_CHARS => {
            Err(Invalid::new("method", "must not be longer than 40 characters"))
        }
        name => plain("method", name),
    }
}

/// Whether this is one address at a domain of the public mail system, in ASCII: not every relay accepts other letters,
/// and every domain has a form without them (`xn--…`).
#[must_use]
pub fn is_email_address(address: &str) -> bool {
    let sound = || {
        let (local, domain) = address.split_once('@')?;
        let local_fits = (1..=64).contains(&local.len()) && !local.starts_with('.') && !local.ends_with('.');
        let local_ok = local_fits && !local.contains("..") && local.chars().all(local_char);
        let label_char = |letter: char| letter == '-' || letter.is_ascii_alphanumeric();
        let label = |label: &str| {
            let fits = (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
            fits && label.chars().all(label_char)
        };
        let labels = domain.split('.').count();
        let top_is_name = domain.rsplit('.').next().is_some_and(|it| it.chars().any(|it| !it.is_ascii_digit()));
        (local_ok && labels >= 2 && top_is_name && domain.split('.').all(label)).then_some(())
    };
    address.len() <= MAX_EMAIL_BYTES && sound().is_some()
}

/// One address, as [`is_email_address`] wants it.
///
/// # Errors
/// It is none: `field` is at fault.
pub fn email(field: &str, value: String) -> Result<String, Invalid> {
    if is_email_address(&value) {
        return Ok(value);
    }
    Err(Invalid::new(field, "must be one address of the form name@example.com, in ASCII"))
}

/// The characters of an unquoted local part: RFC 5322's `atext`.
fn local_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(letter)
}

/// A language tag in the form of BCP 47. An underscore is read as a hyphen, as in POSIX locales.
///
/// # Errors
/// It has another form: `field` is at fault.
pub fn locale(field: &str, value: Option<String>) -> Result<Option<String>, Invalid> {
    let Some(value) = text(field, value)? else { return Ok(None) };
    let tag = value.split('.').next().unwrap_or_default().replace('_', "-");
    let subtag = |text: &str| (1..=8).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_alphanumeric());
    if tag.len() > 35 || !tag.split('-').all(subtag) {
        return Err(Invalid::new(field, "must be a language tag such as `fi` or `pt-BR`"));
    }
    Ok(Some(tag))
}

/// At most 40 characters of a name that a stranger chose, for an error message.
fn shorten(name: &str) -> String {
    name.chars().take(40).filter(|it| !it.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> LoginDraft {
        let user = UserDraft { id: Some("u_1".into()), ..UserDraft::default() };
        let client = ClientDraft { ip: Some("::ffff:89.160.20.112".into()), ..ClientDraft::default() };
        LoginDraft { user, client, ..LoginDraft::default() }
    }

    fn refused(change: impl FnOnce(&mut LoginDraft)) -> String {
        let mut draft = draft();
        change(&mut draft);
        Login::parse(Timestamp::from_unix_ms(0), draft).unwrap_err().field
    }

    #[test]
    fn a_login_needs_a_user_and_an_address() {
        let login = Login::parse(Timestamp::from_unix_ms(5), draft()).unwrap();
        assert_eq!((login.client.ip.to_string().as_str(), login.occurred_at.unix_ms()), ("89.160.20.112", 5));
        assert_eq!(refused(|it| it.user.id = None), "user.id");
        assert_eq!(refused(|it| it.user.id = Some(String::new())), "user.id");
        assert_eq!(refused(|it| it.user.id = Some("a\0b".into())), "user.id");
        assert_eq!(refused(|it| it.client.ip = None), "client.ip");
        assert_eq!(refused(|it| it.client.ip = Some("1.2.3".into())), "client.ip");
        assert_eq!(refused(|it| it.outcome = Some("maybe".into())), "outcome");
        assert_eq!(refused(|it| it.method = Some("x".repeat(41))), "method");
        assert_eq!(refused(|it| it.client.headers = vec![("A".into(), "x".repeat(4097))]), "client.headers.A");
        assert_eq!(refused(|it| it.occurred_at = Some(Timestamp::from_unix_ms(MAX_AHEAD_MS + 1))), "occurred_at");
    }

    #[test]
    fn only_one_mailbox_of_the_public_mail_system_is_taken() {
        for address in ["ana@example.com", "a.b+c@sub.example.co", "ana@xn--bcher-kva.example", "o'neill@example.test"]
        {
            assert_eq!(email("user.email", address.to_owned()).as_deref(), Ok(address));
        }
        let refused = [
            "",
            "ana",
            "@example.com",
            "ana@",
            "a@b@c",
            "u@localhost",
            "u@[127.0.0.1]",
            "a@example.com,b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "a b@example.com",
            "<a@example.com>",
            "a@1.2.3.4",
            "a@-x.com",
            "a@x..com",
            "ä@example.com",
            "a@bücher.example",
        ];
        for address in refused {
            assert!(email("user.email", address.to_owned()).is_err(), "{address}");
        }
    }
}
