//! What becomes of an operator for whom somebody else vouches: the issuer of operators' identities, or a proxy of ours.

use crate::domain::{
    ids::OperatorId,
    operator::{
        operator::{IssuerAccount, Operator, Voucher},
        role::{Role, Sees},
    },
    time::Timestamp,
};

/// Whom the issuer vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// Follows from the address.
    pub id: OperatorId,
    /// The account at the issuer.
    pub account: IssuerAccount,
    /// The e-mail address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whose data they see; `None` if the issuer is not asked that.
    pub sees: Option<Sees>,
}

/// Why somebody is not let in for whom the issuer vouches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// Somebody here has revoked them.
    #[error("the operator was revoked here")]
    Revoked,
    /// Another account of the issuer has come with this address before.
    #[error("another account of the issuer has come with this address before")]
    AnotherAccount,
}

impl Operator {
    /// The operator for whom the issuer vouches now. Who was known before has the role that the issuer says, has no password any
    /// more, and sees what they saw if the issuer does not say that; who is new then sees every tenant.
    ///
    /// # Errors
    /// See [`NotAdmitted`]. Whom the issuer itself has revoked, it can let in again.
    pub fn by_issuer(known: Option<Self>, vouched: Vouched, now: Timestamp) -> Result<Self, NotAdmitted> {
        let Vouched { id, account, email, role, sees } = vouched;
        let by_this = Some(Voucher::Issuer(account));
        let Some(known) = known else {
            let (invited_at, sessions_since, sees) = (now, now, sees.unwrap_or(Sees::Every));
            let (invitation, password, vouched_by, revoked_at) = (None, None, by_this, None);
            return Ok(Self {
                id,
                email,
                role,
                sees,
                invited_at,
                invitation,
                password,
                vouched_by,
                sessions_since,
                revoked_at,
            });
        };
        if matches!(known.vouched_by, Some(Voucher::Issuer(other)) if other != account) {
            return Err(NotAdmitted::AnotherAccount);
        }
        let (is_same, is_revoked) = (known.vouched_by == by_this, known.revoked_at.is_some());
        if is_revoked && !is_same {
            return Err(NotAdmitted::Revoked);
        }
        // Sessions from before another way in, and from before they were revoked, stay ended.
        let sessions_since = if is_same && !is_revoked { known.sessions_since } else { now };
        let (sees, invitation, password, vouched_by) = (sees.unwrap_or(known.sees), None, None, by_this);
        Ok(Self { role, sees, invitation, password, vouched_by, sessions_since, revoked_at: None, ..known })
    }

    /// The operator whom the issuer gives no role any more; `None` if the issuer has not let this operator in by this account.
    #[must_use]
    pub fn without_role(&self, account: IssuerAccount, now: Timestamp) -> Option<Self> {
        let is_theirs = self.revoked_at.is_none() && self.vouched_by == Some(Voucher::Issuer(account));
        is_theirs.then(|| Self { invitation: None, password: None, revoked_at: Some(now), ..self.clone() })
    }

    /// The operator for whom a proxy of ours vouches; `None` if they were revoked. The role stays.
    #[must_use]
    pub fn by_proxy(&self) -> Option<Self> {
        if self.revoked_at.is_some() {
            return None;
        }
        if self.password.is_some() || self.vouched_by.is_some() {
            return Some(self.clone());
        }
        Some(Self { invitation: None, vouched_by: Some(Voucher::Proxy), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ids::TenantId,
        operator::{
            operator::{Invited, Standing},
            password::PasswordHash,
            session::OperatorSession,
        },
        time::DAY_MS,
    };

    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);
    const LATER: Timestamp = NOW.plus_ms(1_000);

    fn vouched(account: u8, role: Role) -> Vouched {
        let (id, account) = (OperatorId([7; 16]), IssuerAccount([account; 16]));
        Vouched { id, account, email: "ana@example.com".to_owned(), role, sees: None }
    }

    fn invited(sees: Sees) -> Operator {
        let (id, email) = (OperatorId([7; 16]), "ana@example.com".to_owned());
        Operator::invite(None, Invited { id, email, role: Role::Reader, sees }, [1; 32], NOW)
    }

    fn acme() -> Sees {
        Sees::of(TenantId::parse("acme").into_iter().collect())
    }

    #[test]
    fn the_issuer_makes_an_operator_and_changes_the_role() {
        let made = Operator::by_issuer(None, vouched(1, Role::Reader), NOW).unwrap();
        assert_eq!((made.standing(NOW), made.sees.clone(), made.role), (Standing::Active, Sees::Every, Role::Reader));
        assert!(!made.is_past(NOW.plus_ms(400 * DAY_MS)));
        let session = OperatorSession::begin(made.id, NOW);
        let changed = Operator::by_issuer(Some(made), vouched(1, Role::Admin), LATER).unwrap();
        assert!(changed.role == Role::Admin && changed.admits(&session, LATER), "signing in again ends no session");
    }

    #[test]
    fn who_was_invited_for_some_tenants_sees_no_more_unless_the_issuer_says_so() {
        let password = PasswordHash { salt: [1; 16], hash: [2; 32] };
        let joined = invited(acme()).joined(&[1; 32], NOW, password).unwrap();
        let session = OperatorSession::begin(joined.id, NOW);
        let came = Operator::by_issuer(Some(joined.clone()), vouched(1, Role::Admin), LATER).unwrap();
        assert_eq!((came.sees.clone(), came.password.clone()), (acme(), None));
        assert!(!came.admits(&session, LATER), "a password's sessions end with it");
        let told = Vouched { sees: Some(Sees::Every), ..vouched(1, Role::Admin) };
        assert_eq!(Operator::by_issuer(Some(joined), told, LATER).unwrap().sees, Sees::Every);
    }

    #[test]
    fn whom_the_issuer_gives_no_role_is_out_until_it_does() {
        let made = Operator::by_issuer(None, vouched(1, Role::Admin), NOW).unwrap();
        let session = OperatorSession::begin(made.id, NOW);
        assert_eq!(made.without_role(IssuerAccount([2; 16]), LATER), None, "another account's role is not theirs");
        let out = made.without_role(IssuerAccount([1; 16]), LATER).unwrap();
        assert!(out.standing(LATER) == Standing::Revoked && !out.admits(&session, LATER));
        assert_eq!(out.without_role(IssuerAccount([1; 16]), LATER), None);
        let again = Operator::by_issuer(Some(out.clone()), vouched(1, Role::Reader), LATER).unwrap();
        assert!(
            again.standing(LATER) == Standing::Active && !again.admits(&session, LATER),
            "not the session of before"
        );
        let by_hand = Operator::by_issuer(Some(out.revoked(LATER)), vouched(1, Role::Reader), LATER);
        assert_eq!(by_hand, Err(NotAdmitted::Revoked), "who was revoked by hand is not let in by the issuer");
    }

    #[test]
    fn another_account_with_the_same_address_is_somebody_else() {
        let made = Operator::by_issuer(None, vouched(1, Role::Admin), NOW).unwrap();
        let other = Operator::by_issuer(Some(made.clone()), vouched(2, Role::Admin), LATER);
        assert_eq!(other, Err(NotAdmitted::AnotherAccount));
        let revoked = made.revoked(LATER);
        let invited_anew = Operator::invite(
            Some(revoked),
            Invited { id: made.id, email: made.email, role: Role::Reader, sees: Sees::Every },
            [2; 32],
            LATER,
        );
        assert!(Operator::by_issuer(Some(invited_anew), vouched(2, Role::Admin), LATER).is_ok());
    }

    #[test]
    fn a_proxy_lets_in_whom_somebody_has_invited() {
        let came = invited(acme()).by_proxy().unwrap();
        assert_eq!(
            (came.standing(NOW), came.vouched_by, &came.invitation),
            (Standing::Active, Some(Voucher::Proxy), &None)
        );
        assert_eq!((came.role, came.by_proxy().as_ref()), (Role::Reader, Some(&came)));
        assert_eq!(came.revoked(NOW).by_proxy(), None);
        let made = Operator::by_issuer(None, vouched(1, Role::Admin), NOW).unwrap();
        assert_eq!(made.by_proxy(), Some(made), "the issuer's word stands");
    }
}
