//! An operator: invited by a link that works once, let in by a password or by somebody who vouches for them, and gone when somebody
//! revokes it.

use crate::domain::{
    ids::OperatorId,
    operator::{
        password::PasswordHash,
        role::{Role, Sees},
        session::OperatorSession,
    },
    time::{MINUTE_MS, Timestamp},
};

/// For so long an invitation can be taken up.
pub const INVITATION_MS: i64 = 15 * MINUTE_MS;

/// An invitation that nobody has taken up yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Keyed hash of the link's token.
    pub hash: [u8; 32],
    /// From then on it is worth nothing.
    pub expires_at: Timestamp,
}

/// Identifies an account at the issuer of operators' identities: a keyed hash of the issuer and of what it calls the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuerAccount(pub [u8; 16]);

/// Who says, in place of a password, that somebody is this operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voucher {
    /// The issuer, of this account of its. It says the role too.
    Issuer(IssuerAccount),
    /// A proxy of ours.
    Proxy,
}

/// Somebody who may use the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Identifies the operator; follows from the address.
    pub id: OperatorId,
    /// The e-mail address, which is also the name.
    pub email: String,
    /// What the operator may do.
    pub role: Role,
    /// Whose data the operator sees.
    pub sees: Sees,
    /// When the latest invitation was made.
    pub invited_at: Timestamp,
    /// The latest invitation, until it is taken up.
    pub invitation: Option<Invitation>,
    /// What lets the operator in; none before the first invitation is taken up, and none if somebody vouches for the operator.
    pub password: Option<PasswordHash>,
    /// Who vouches for the operator. Whom the issuer has revoked keeps the account, by which the issuer can let them in again.
    pub vouched_by: Option<Voucher>,
    /// Sessions that began before have ended.
    pub sessions_since: Timestamp,
    /// When the operator was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What becomes of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The invitation waits to be taken up.
    Invited,
    /// The invitation was not taken up in time.
    Expired,
    /// The operator can sign in.
    Active,
    /// The operator was revoked.
    Revoked,
}

impl Standing {
    /// The id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Expired => "expired",
            Self::Active => "active",
            Self::Revoked => "revoked",
        }
    }
}

/// Who is invited, to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Follows from the address.
    pub id: OperatorId,
    /// The address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whose data they see.
    pub sees: Sees,
}

impl Operator {
    /// Somebody who is invited now, by a token with this hash. Whoever was invited before with the same address, `known`, has a
    /// new role; the password holds until the invitation is taken up, the sessions of before do not.
    #[must_use]
    pub fn invite(known: Option<Self>, invited: Invited, hash: [u8; 32], now: Timestamp) -> Self {
        let Invited { id, email, role, sees } = invited;
        let invitation = Some(Invitation { hash, expires_at: now.plus_ms(INVITATION_MS) });
        // Whoever was revoked comes back with nothing of before.
        let known = known.filter(|it| it.revoked_at.is_none());
        let (password, vouched_by) = known.map_or((None, None), |it| (it.password, it.vouched_by));
        let (invited_at, sessions_since) = (now, now);
        Self { id, email, role, sees, invited_at, invitation, password, vouched_by, sessions_since, revoked_at: None }
    }

    /// Whether the invitation with this hash can be taken up.
    #[must_use]
    pub fn is_invited_by(&self, hash: &[u8; 32], now: Timestamp) -> bool {
        let is_this = |it: &Invitation| it.hash == *hash && now < it.expires_at;
        self.revoked_at.is_none() && self.invitation.as_ref().is_some_and(is_this)
    }

    /// The operator who has taken up the invitation with this hash; `None` if it can't be. It is worth nothing from then on,
    /// nor are the sessions of before.
    #[must_use]
    pub fn joined(&self, hash: &[u8; 32], now: Timestamp, password: PasswordHash) -> Option<Self> {
        let (password, vouched_by) = (Some(password), None);
        let joined = || Self { invitation: None, password, vouched_by, sessions_since: now, ..self.clone() };
        self.is_invited_by(hash, now).then(joined)
    }

    /// The operator who was revoked now, if that was not done before. What let them in is forgotten.
    #[must_use]
    pub fn revoked(&self, now: Timestamp) -> Self {
        let at = self.revoked_at.unwrap_or(now);
        Self { invitation: None, password: None, vouched_by: None, revoked_at: Some(at), ..self.clone() }
    }

    /// Whether a session of the operator is worth anything.
    #[must_use]
    pub fn admits(&self, session: &OperatorSession, now: Timestamp) -> bool {
        session.operator == self.id
            && self.revoked_at.is_none()
            && self.sessions_since <= session.begun_at
            && session.is_live(now)
    }

    /// How the operator stands.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        match (&self.revoked_at, self.has_come(), &self.invitation) {
            (Some(_), ..) => Standing::Revoked,
            (None, true, _) => Standing::Active,
            (None, false, Some(it)) if now < it.expires_at => Standing::Invited,
            (None, false, _) => Standing::Expired,
        }
    }

    const fn has_come(&self) -> bool {
        self.password.is_some() || self.vouched_by.is_some()
    }

    /// Whether the operator can be forgotten: who was revoked, or never came, before `cutoff`. Until then it can be told from the
    /// audit who has seen what.
    #[must_use]
    pub fn is_past(&self, cutoff: Timestamp) -> bool {
        match (self.revoked_at, self.has_come()) {
            (Some(at), _) => at < cutoff,
            (None, false) => self.invited_at < cutoff,
            (None, true) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::DAY_MS;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);
    const PASSWORD: PasswordHash = PasswordHash { salt: [1; 16], hash: [2; 32] };

    fn invite(known: Option<Operator>, hash: u8, at: Timestamp) -> Operator {
        let (id, email) = (OperatorId([7; 16]), "ana@example.com".to_owned());
        Operator::invite(known, Invited { id, email, role: Role::Reader, sees: Sees::Every }, [hash; 32], at)
    }

    #[test]
    fn an_invitation_is_worth_something_once_and_for_a_quarter_of_an_hour() {
        let invited = invite(None, 1, NOW);
        assert_eq!(invited.standing(NOW), Standing::Invited);
        let last = NOW.plus_ms(INVITATION_MS - 1);
        assert_eq!(invited.joined(&[2; 32], NOW, PASSWORD), None);
        assert_eq!(invited.joined(&[1; 32], last.plus_ms(1), PASSWORD), None);
        assert_eq!(invited.standing(last.plus_ms(1)), Standing::Expired);
        let joined = invited.joined(&[1; 32], last, PASSWORD).unwrap();
        assert_eq!((joined.standing(last), joined.joined(&[1; 32], last, PASSWORD)), (Standing::Active, None));
    }

    #[test]
    fn a_new_invitation_takes_the_place_of_the_one_before_and_ends_the_sessions() {
        let joined = invite(None, 1, NOW).joined(&[1; 32], NOW, PASSWORD).unwrap();
        let session = OperatorSession::begin(joined.id, NOW);
        assert!(joined.admits(&session, NOW));
        let later = NOW.plus_ms(1_000);
        let again = invite(Some(joined), 2, later);
        assert!(!again.admits(&session, later) && !again.is_invited_by(&[1; 32], later));
        assert!(again.is_invited_by(&[2; 32], later) && again.password == Some(PASSWORD));
    }

    #[test]
    fn who_was_revoked_is_let_in_by_nothing_of_before() {
        let joined = invite(None, 1, NOW).joined(&[1; 32], NOW, PASSWORD).unwrap();
        let session = OperatorSession::begin(joined.id, NOW);
        let revoked = joined.revoked(NOW);
        assert!(!revoked.admits(&session, NOW) && revoked.password.is_none());
        assert_eq!(revoked.revoked(NOW.plus_ms(5)), revoked, "revoked once");
        assert_eq!(invite(None, 1, NOW).revoked(NOW).joined(&[1; 32], NOW, PASSWORD), None);
        let again = invite(Some(revoked), 2, NOW.plus_ms(1));
        assert!(again.password.is_none() && !again.admits(&session, NOW.plus_ms(1)));
    }

    #[test]
    fn another_operators_session_is_worth_nothing() {
        let joined = invite(None, 1, NOW).joined(&[1; 32], NOW, PASSWORD).unwrap();
        assert!(!joined.admits(&OperatorSession::begin(OperatorId([8; 16]), NOW), NOW));
    }

    #[test]
    fn who_is_active_is_never_forgotten() {
        let (invited, later) = (invite(None, 1, NOW), NOW.plus_ms(400 * DAY_MS));
        let joined = invited.joined(&[1; 32], NOW, PASSWORD).unwrap();
        assert!(invited.is_past(later) && !joined.is_past(later) && joined.revoked(NOW).is_past(later));
        assert!(!joined.revoked(NOW).is_past(NOW));
    }
}
