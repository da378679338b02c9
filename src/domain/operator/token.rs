//! What is handed to operators and comes back: the secret of an invitation's link, and that of a session's cookie. Only keyed
//! hashes of them are stored.

use data_encoding::BASE64URL_NOPAD;

use crate::domain::{ids::OperatorId, keyring::Keyring, operator::session::SessionKey};

/// The secret part of the link of an invitation: the operator and 32 random bytes, 64 letters. Its `Debug` hides it.
#[derive(Clone)]
pub struct InvitationToken {
    /// Who is invited.
    pub operator: OperatorId,
    secret: [u8; 32],
}

impl InvitationToken {
    /// Makes a token of random bytes.
    #[must_use]
    pub const fn new(operator: OperatorId, secret: [u8; 32]) -> Self {
        Self { operator, secret }
    }

    /// Reads a token; `None` if it does not have the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 48] = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?;
        let (operator, secret) = bytes.split_first_chunk::<16>()?;
        Some(Self { operator: OperatorId(*operator), secret: secret.try_into().ok()? })
    }

    /// The token: show it once, and never store it.
    #[must_use]
    pub fn reveal(&self) -> String {
        BASE64URL_NOPAD.encode(&[&self.operator.0[..], &self.secret].concat())
    }

    /// What is stored in its place.
    #[must_use]
    pub fn hash(&self, keyring: &Keyring) -> [u8; 32] {
        keyring.invitation_hash(&self.secret)
    }
}

impl std::fmt::Debug for InvitationToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InvitationToken({}, [redacted])", self.operator)
    }
}

/// The secret of a session: 32 random bytes, 43 letters. Its `Debug` hides it.
#[derive(Clone)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// Makes a token of random bytes.
    #[must_use]
    pub const fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// Reads a token; `None` if it does not have the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// The token: hand it to the browser, and never store it.
    #[must_use]
    pub fn reveal(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// What the session is stored under.
    #[must_use]
    pub fn key(&self, keyring: &Keyring) -> SessionKey {
        SessionKey(keyring.operator_session_key(&self.0))
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_back_and_hidden() {
        let (keyring, invitation) = (Keyring::new([1; 32]), InvitationToken::new(OperatorId([3; 16]), [4; 32]));
        let read = InvitationToken::parse(&invitation.reveal()).unwrap();
        assert_eq!((read.operator, read.hash(&keyring)), (invitation.operator, invitation.hash(&keyring)));
        assert_ne!(read.hash(&keyring), read.hash(&Keyring::new([2; 32])));
        let session = SessionToken::new([4; 32]);
        assert_eq!(SessionToken::parse(&session.reveal()).unwrap().key(&keyring), session.key(&keyring));
        assert_ne!(session.key(&keyring).0[..], read.hash(&keyring)[..16], "the same bytes are not the same secret");
        for text in ["", "é", &invitation.reveal()[1..], &session.reveal()[1..], "A=="] {
            assert!(InvitationToken::parse(text).is_none() && SessionToken::parse(text).is_none(), "{text}");
        }
        assert!(!format!("{invitation:?} {session:?}").contains("BAQE"));
    }
}
