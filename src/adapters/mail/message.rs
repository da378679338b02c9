//! From a letter to the message that leaves: fixed headers, one recipient, two parts.

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
        clean::one_line,
        render::{Letter, Letterhead, letter},
    },
    domain::{alert::Alert, time::Timestamp},
    ports::MailFault,
};

/// Longest name of a product, in characters: it stands in the subject, which has room for 60.
const MAX_PRODUCT_CHARS: usize = 40;
/// The last second that the `Date` header can say: 9999-12-31T23:59:59Z.
const LAST_DATE_S: i64 = 253_402_300_799;

/// A message as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Composed {
    /// From whom and to whom.
    pub envelope: Envelope,
    /// Headers and body, lines ended by CR LF, ASCII unless the address is not.
    pub bytes: Vec<u8>,
}

/// The sender cannot be written to or from.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`mail.from` must be one address of the form name@example.com")]
pub struct SenderError;

/// Composes every mail of one sender.
#[derive(Clone, Debug)]
pub struct Composer {
    from: Address,
    head: Letterhead,
}

impl Composer {
    /// Mails come from the address in `from` (a display name is passed over) and name the `product`; their
    /// links start with `public_url`.
    ///
    /// # Errors
    /// If `from` has no address.
    pub fn new(from: &str, product: &str, public_url: &str) -> Result<Self, SenderError> {
        let bare = from.trim().strip_suffix('>').and_then(|it| it.rsplit_once('<')).map_or(from, |(_, it)| it);
        let from = bare.trim().parse().map_err(|_| SenderError)?;
        let product = match one_line(product, MAX_PRODUCT_CHARS) {
            it if it.is_empty() => "Watchlight".to_owned(),
            it => it,
        };
        Ok(Self { from, head: Letterhead { product, credit: None, public_url: public_url.to_owned() } })
    }

    /// Names in every mail whom the places in it come from. A name and no link: a mail links to us only.
    #[must_use]
    pub fn with_credit(mut self, credit: Option<&'static str>) -> Self {
        self.head.credit = credit;
        self
    }

    /// The mail that warns `recipient` of `alert`, if it leaves `now`. Nothing but `now` changes between attempts.
    ///
    /// # Errors
    /// [`MailFault::Permanent`] if the address or the link cannot stand in a mail. A panic of the mail library
    /// (a display name with a line break was one) is such a fault too: it must not take the worker with it.
    pub fn compose(&self, now: Timestamp, alert: &Alert, recipient: &str, link: &str) -> Result<Composed, MailFault> {
        catch_unwind(AssertUnwindSafe(|| {
            let to = mailbox(recipient)?;
            let letter = self.letter(now, alert, recipient, link)?;
            self.message(now, alert, to, letter)
        }))
        .unwrap_or_else(|_| Err(MailFault::Permanent("writing the mail panicked".to_owned())))
    }

    /// What the mail says.
    ///
    /// # Errors
    /// As [`Composer::compose`].
    pub fn letter(&self, now: Timestamp, alert: &Alert, recipient: &str, link: &str) -> Result<Letter, MailFault> {
        letter(now, alert, recipient, link, &self.head).map_err(|it| MailFault::Permanent(it.to_string()))
    }

    fn message(&self, now: Timestamp, alert: &Alert, to: Address, letter: Letter) -> Result<Composed, MailFault> {
        let id = alert.id;
        let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        // No encoded body can contain `=_` (RFC 2045, 6.7), so this boundary is in none.
        let parts = MultiPart::alternative()
            .boundary(format!("=_{id}"))
            .singlepart(part(ContentType::TEXT_PLAIN, &letter.text)?)
            .singlepart(part(ContentType::TEXT_HTML, &letter.html)?);
        let message = Message::builder()
            .from(Mailbox::new(Some(self.head.product.clone()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.domain())))
            .date(date(now))
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(header("X-Auto-Response-Suppress", "All".to_owned()))
            .raw_header(header("Feedback-ID", format!("new-device:{}:security:watchlight", alert.tenant.as_str())))
            .raw_header(header("Content-Language", letter.content_language.to_owned()))
            .multipart(parts)
            .map_err(|_| MailFault::Permanent("the mail cannot be put together".to_owned()))?;
        Ok(Composed { envelope: message.envelope().clone(), bytes: message.formatted() })
    }
}

/// One mailbox at a named domain. What the mail library also takes (`u@localhost`, `u@[127.0.0.1]`) is a way into our
/// own network.
fn mailbox(recipient: &str) -> Result<Address, MailFault> {
    let address: Option<Address> = recipient.parse().ok();
    address
        .filter(|it| it.domain().contains('.') && !it.domain().starts_with('['))
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
