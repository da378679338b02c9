//! A sign-in at the issuer that was begun: a secret, and where to go afterwards. The browser keeps it, sealed against changes, and
//! what the issuer is told follows from it; so only the browser in which a sign-in was begun can finish it, in any process.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::domain::{
    keyring::Keyring,
    time::{MINUTE_MS, Timestamp},
    tokens::same,
};

/// For so long a sign-in can be finished.
pub const TICKET_MS: i64 = 10 * MINUTE_MS;

/// A sign-in that was begun. Its `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    secret: [u8; 32],
    begun_at: Timestamp,
    /// The page to go to afterwards.
    pub next: String,
}

impl Ticket {
    /// Begins a sign-in with 32 random bytes.
    #[must_use]
    pub const fn begin(secret: [u8; 32], next: String, now: Timestamp) -> Self {
        Self { secret, begun_at: now, next }
    }

    /// Reads what a browser brings back; `None` if it is not what it was given, or too old.
    #[must_use]
    pub fn parse(text: &str, keyring: &Keyring, now: Timestamp) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (content, signature) = bytes.split_last_chunk::<32>()?;
        if !same(signature, &keyring.sign_in(b"ticket", content)) {
            return None;
        }
        let (secret, rest) = content.split_first_chunk::<32>()?;
        let (begun_at, next) = rest.split_first_chunk::<8>()?;
        let begun_at = Timestamp::from_unix_ms(i64::from_be_bytes(*begun_at));
        let next = String::from_utf8(next.to_vec()).ok()?;
        let is_live = (0..TICKET_MS).contains(&now.ms_since(begun_at));
        is_live.then_some(Self { secret: *secret, begun_at, next })
    }

    /// What the browser keeps.
    #[must_use]
    pub fn reveal(&self, keyring: &Keyring) -> String {
        let at = self.begun_at.unix_ms().to_be_bytes();
        let content = [&self.secret[..], &at, self.next.as_bytes()].concat();
        let signature = keyring.sign_in(b"ticket", &content);
        BASE64URL_NOPAD.encode(&[content.as_slice(), &signature].concat())
    }

    /// What comes back with the browser from the issuer: `state`.
    #[must_use]
    pub fn state(&self, keyring: &Keyring) -> String {
        self.derived(b"state", keyring)
    }

    /// What stands in the identity that is issued: `nonce`.
    #[must_use]
    pub fn nonce(&self, keyring: &Keyring) -> String {
        self.derived(b"nonce", keyring)
    }

    /// What the issuer is shown with the code, and nobody has seen before: `code_verifier` (RFC 7636).
    #[must_use]
    pub fn verifier(&self, keyring: &Keyring) -> String {
        self.derived(b"verifier", keyring)
    }

    /// What the issuer is told of it beforehand: `code_challenge`, by `S256`.
    #[must_use]
    pub fn challenge(&self, keyring: &Keyring) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.verifier(keyring)))
    }

    /// When it is worth nothing any more.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.begun_at.plus_ms(TICKET_MS)
    }

    /// Tells it from all others, without its secret.
    #[must_use]
    pub fn id(&self, keyring: &Keyring) -> [u8; 32] {
        keyring.sign_in(b"id", &self.secret)
    }

    fn derived(&self, what: &[u8], keyring: &Keyring) -> String {
        BASE64URL_NOPAD.encode(&keyring.sign_in(what, &self.secret))
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ticket([redacted], {:?})", self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);

    #[test]
    fn a_ticket_comes_back_as_it_was_given() {
        let (keyring, other) = (Keyring::new([1; 32]), Keyring::new([2; 32]));
        let ticket = Ticket::begin([3; 32], "/console/?tenant=acme".to_owned(), NOW);
        let text = ticket.reveal(&keyring);
        assert_eq!(Ticket::parse(&text, &keyring, NOW), Some(ticket.clone()));
        assert_eq!(Ticket::parse(&text, &other, NOW), None);
        let last = NOW.plus_ms(TICKET_MS - 1);
        assert!(Ticket::parse(&text, &keyring, last).is_some());
        for at in [last.plus_ms(1), NOW.plus_ms(-1)] {
            assert_eq!(Ticket::parse(&text, &keyring, at), None);
        }
        for place in [0, 43, 60, text.len() - 5] {
            let changed = format!(
                "{}{}{}",
                &text[..place],
                if &text[place..=place] == "A" { "B" } else { "A" },
                &text[place + 1..]
            );
            assert_eq!(Ticket::parse(&changed, &keyring, NOW), None, "{place}");
        }
        assert_eq!(Ticket::parse("", &keyring, NOW), None);
        assert!(!format!("{ticket:?}").contains("AwMD"));
    }

    #[test]
    fn what_the_issuer_is_told_follows_from_it_and_tells_nothing_of_the_rest() {
        let (keyring, ticket) = (Keyring::new([1; 32]), Ticket::begin([3; 32], String::new(), NOW));
        let told =
            [ticket.state(&keyring), ticket.nonce(&keyring), ticket.verifier(&keyring), ticket.challenge(&keyring)];
        for (place, text) in told.iter().enumerate() {
            assert_eq!(text.len(), 43);
            assert!(!told[..place].contains(text));
        }
        let other = Ticket::begin([4; 32], String::new(), NOW);
        assert_ne!(other.state(&keyring), told[0]);
        assert_ne!(other.id(&keyring), ticket.id(&keyring));
    }
}
