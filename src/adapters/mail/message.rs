//! Composes the message of a letter: fixed headers, one recipient, two parts.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, SystemTime},
};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};

use crate::{
    adapters::mail::{
        render::{Letter, Letterhead, letter},
        request_letter::request_letter,
    },
    domain::{
        alert::notice::{News, Notice},
        time::Timestamp,
    },
    ports::MailFault,
    words::{catalogue::Catalogue, clean::one_line, facts::AddressForm, letter::Sender},
};

/// Longest product name, in characters. It is part of the subject, which has room for 60.
const MAX_PRODUCT_CHARS: usize = 40;
/// The last second that the `Date` header can express: 9999-12-31T23:59:59Z.
const LAST_DATE_S: i64 = 253_402_300_799;

/// A message as it is sent.
#[derive(Clone, Debug)]
pub struct Composed {
    /// Sender and recipient.
    pub envelope: Envelope,
    /// Headers and body. Lines end with CR LF; everything is ASCII unless an address is not.
    pub bytes: Vec<u8>,
}

/// The sender's address is not valid.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`mail.from` must be one address of the form name@example.com")]
pub struct SenderError;

/// Undeliverable mails cannot be returned to this address.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`mail.return_path` must be one address with at most 21 characters before the @, and without a +")]
pub struct ReturnPathError;

/// Longest local part of a return path: 64 (RFC 5321, 4.5.3.1.1) less `+` and a token of 42.
const MAX_RETURN_PATH_CHARS: usize = 21;

/// What a service can change in all its mails.
#[derive(Clone, Debug)]
pub struct Wording {
    /// Who is credited for the places in mails, if that is asked for. A name, not a link: a mail links only to us.
    pub credit: Option<&'static str>,
    /// Where users get help.
    pub support: Option<String>,
    /// For how many days a login is kept.
    pub kept_days: u64,
    /// How much of an IP address is shown.
    pub addresses: AddressForm,
    /// The words, by tenant and language.
    pub catalogue: Catalogue,
}

impl Default for Wording {
    fn default() -> Self {
        let catalogue = Catalogue::default();
        Self { credit: None, support: None, kept_days: 180, addresses: AddressForm::Full, catalogue }
    }
}

/// Composes all mails of one sender.
#[derive(Clone, Debug)]
pub struct Composer {
    from: Address,
    /// Where undeliverable mails are returned; without it, to the sender.
    return_path: Option<Address>,
    head: Letterhead,
}

impl Composer {
    /// Mails come from the address in `from` (a display name is ignored) and name the `product`. Their links start with
    /// `link_start`.
    ///
    /// # Errors
    /// If `from` has no address.
    pub fn new(from: &str, product: &str, link_start: &str) -> Result<Self, SenderError> {
        let bare =
            from.trim().strip_suffix('>').and_then(|it| it.rsplit_once('<')).map_or(from, |(_, address)| address);
        let from = bare.trim().parse().map_err(|_| SenderError)?;
        // An encoded word (RFC 2047) would be decoded in the subject.
        let product = match one_line(&product.replace("=?", "= ?"), MAX_PRODUCT_CHARS) {
            nothing if nothing.is_empty() => "Watchlight".to_owned(),
            name => name,
        };
        let head = Letterhead {
            sender: Sender { product, credit: None, support: None, kept_days: 0 },
            link_start: link_start.to_owned(),
            page_start: link_start.to_owned(),
            addresses: AddressForm::default(),
            catalogue: Catalogue::default(),
        };
        Ok(Self { from, return_path: None, head }.with_wording(Wording::default()))
    }

    /// Has every undeliverable mail returned to an address of its own: `bounces+<token>@example.com` if `address` is
    /// `bounces@example.com`. The `From` that users see stays the same.
    ///
    /// # Errors
    /// If it is not an address, or has no room for a token.
    pub fn with_return_path(mut self, address: &str) -> Result<Self, ReturnPathError> {
        let address: Address = address.trim().parse().map_err(|_| ReturnPathError)?;
        let local = address.user();
        if local.len() > MAX_RETURN_PATH_CHARS || local.contains(['+', '"']) {
            return Err(ReturnPathError);
        }
        self.return_path = Some(address);
        Ok(self)
    }

    /// Has links to our own pages start with `page_start`. Without it, as those do by which warnings are answered.
    #[must_use]
    pub fn with_page_start(mut self, page_start: &str) -> Self {
        page_start.clone_into(&mut self.head.page_start);
        self
    }

    /// Uses the operator's wording.
    #[must_use]
    pub fn with_wording(mut self, wording: Wording) -> Self {
        let Wording { credit, support, kept_days, addresses, catalogue } = wording;
        self.head.sender = Sender { product: self.head.sender.product, credit, support, kept_days };
        (self.head.addresses, self.head.catalogue) = (addresses, catalogue);
        self
    }

    /// The message of a notice, sent `now`. Attempts differ only in `now`.
    ///
    /// # Errors
    /// [`MailFault::Permanent`] if the address or the link cannot be used in a mail, or the mail library panics (a
    /// display name with a line break once made it): that must not end the worker.
    pub fn compose(&self, now: Timestamp, notice: &Notice<'_>) -> Result<Composed, MailFault> {
        catch_unwind(AssertUnwindSafe(|| {
            let to = mailbox(notice.recipient)?;
            let letter = self.letter(now, notice)?;
            self.message(now, notice, to, letter)
        }))
        .unwrap_or_else(|_| Err(MailFault::Permanent("writing the mail panicked".to_owned())))
    }

    /// The letter of a notice.
    ///
    /// # Errors
    /// As [`Composer::compose`].
    pub fn letter(&self, now: Timestamp, notice: &Notice<'_>) -> Result<Letter, MailFault> {
        let written = match &notice.news {
            News::Request(news) => request_letter(news, notice, &self.head),
            News::Alert(_) | News::Digest(_) => letter(now, notice, &self.head),
        };
        written.map_err(|it| MailFault::Permanent(it.to_string()))
    }

    fn message(&self, now: Timestamp, notice: &Notice<'_>, to: Address, letter: Letter) -> Result<Composed, MailFault> {
        let id = notice.mail_id();
        let envelope = self.envelope(notice, to.clone())?;
        let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        // No encoded body can contain `=_` (RFC 2045, 6.7), so this boundary occurs in none.
        let parts = MultiPart::alternative()
            .boundary(format!("=_{id}"))
            .singlepart(part(ContentType::TEXT_PLAIN, &letter.text)?)
            .singlepart(part(ContentType::TEXT_HTML, &letter.html)?);
        let message = Message::builder()
            .from(Mailbox::new(Some(self.head.sender.product.clone()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.domain())))
            .date(date(now))
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(header("X-Auto-Response-Suppress", "All".to_owned()))
            .raw_header(header(
                "Feedback-ID",
                format!("{}:{}:security:watchlight", kind(notice), notice.tenant().as_str()),
            ))
            .raw_header(header("Content-Language", letter.language.tag().to_owned()))
            .multipart(parts)
            .map_err(|_| MailFault::Permanent("the mail cannot be put together".to_owned()))?;
        Ok(Composed { envelope, bytes: message.formatted() })
    }

    /// Sender and recipient as the mail servers see them. A returned mail is recognized by the token in the sender.
    fn envelope(&self, notice: &Notice<'_>, to: Address) -> Result<Envelope, MailFault> {
        let impossible = |_| MailFault::Permanent("the mail cannot be addressed".to_owned());
        let from = match &self.return_path {
            Some(return_path) => {
                let local_part = format!("{}+{}", return_path.user(), notice.bounce_token);
                Address::new(local_part, return_path.domain()).map_err(impossible)?
            }
            None => self.from.clone(),
        };
        Envelope::new(Some(from), vec![to]).map_err(|_| MailFault::Permanent("the mail cannot be addressed".to_owned()))
    }
}

/// The category by which mail systems count complaints.
fn kind(notice: &Notice<'_>) -> &'static str {
    match notice.news {
        News::Alert(_) => "new-device",
        News::Digest(_) => "digest",
        News::Request(_) => "request",
    }
}

/// Parses one address at a named domain. The mail library also accepts `u@localhost` and `u@[127.0.0.1]`, which would
/// lead into our own network.
fn mailbox(recipient: &str) -> Result<Address, MailFault> {
    let address: Option<Address> = recipient.parse().ok();
    address
        .filter(|address| address.domain().contains('.') && !address.domain().starts_with('['))
        .ok_or_else(|| MailFault::Permanent("the recipient is not an address of the form name@example.com".to_owned()))
}

fn part(content_type: ContentType, text: &str) -> Result<SinglePart, MailFault> {
    let encoding = ContentTransferEncoding::QuotedPrintable;
    let body = Body::new_with_encoding(text.replace('\n', "\r\n"), encoding)
        .map_err(|_| MailFault::Permanent("the mail cannot be encoded".to_owned()))?;
    Ok(SinglePart::builder().header(content_type).body(body))
}

fn date(now: Timestamp) -> SystemTime {
    let seconds = now.unix_ms().div_euclid(1_000).clamp(0, LAST_DATE_S);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}
