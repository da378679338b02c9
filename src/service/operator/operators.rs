//! Operators of the console: who they are, what lets them in, and since when nothing does any more.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    domain::{
        ids::{OperatorId, TenantId},
        keyring::Keyring,
        login::login::is_email_address,
        operator::{
            operator::{Invited, IssuerAccount, Operator},
            role::{CONSOLE_TENANT, Role, Sees},
            session::OperatorSession,
            token::{InvitationToken, SessionToken},
            vouching::{NotAdmitted, Vouched},
        },
        time::Timestamp,
    },
    ports::{ApiKeyStore, Clock, OperatorSessionStore, OperatorStore, Unavailable},
    service::operator::passwords::Passwords,
};

/// How often a change is tried again because another process was faster.
const TRIES: usize = 10;

/// What operators are kept with.
#[derive(Clone)]
pub struct OperatorPorts {
    /// Who they are.
    pub operators: Arc<dyn OperatorStore>,
    /// Who has signed in.
    pub sessions: Arc<dyn OperatorSessionStore>,
    /// Tells which tenants there are.
    pub keys: Arc<dyn ApiKeyStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Who is to be invited.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The e-mail address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whose data they see.
    pub sees: Sees,
}

/// Why nobody was invited.
#[derive(Clone, Debug, thiserror::Error)]
pub enum InviteError {
    /// The address is none.
    #[error("is no e-mail address")]
    Email,
    /// The address is that of an operator who is not of the caller's tenant alone.
    #[error("an operator with this address sees other tenants")]
    Taken,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// An operator who has signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The operator.
    pub operator: Operator,
    /// The session.
    pub session: OperatorSession,
}

/// All operators. Cheap to clone.
#[derive(Clone)]
pub struct Operators {
    ports: OperatorPorts,
    keyring: Keyring,
    passwords: Passwords,
}

impl Operators {
    /// Uses these ports.
    #[must_use]
    pub fn new(ports: OperatorPorts, keyring: Keyring) -> Self {
        Self { ports, keyring, passwords: Passwords::default() }
    }

    /// Invites somebody, by a token of 32 random bytes: hand it to them, it is not stored. A second invitation takes the place of
    /// the first. `within` is the tenant of a caller who can only manage the operators of that tenant.
    ///
    /// # Errors
    /// See [`InviteError`].
    pub async fn invite(
        &self,
        candidate: Candidate,
        within: Option<&TenantId>,
        secret: [u8; 32],
    ) -> Result<(Operator, InvitationToken), InviteError> {
        let Candidate { email, role, sees } = candidate;
        let email = email.trim().to_owned();
        if !is_email_address(&email) {
            return Err(InviteError::Email);
        }
        let id = self.keyring.operator_id(&email);
        let (token, invited) = (InvitationToken::new(id, secret), Invited { id, email, role, sees });
        for _ in 0..TRIES {
            let (times, known) = self.ports.operators.operator(id).await?.unzip();
            let is_others = |it: &Operator| it.revoked_at.is_none() && within.is_some_and(|own| !it.sees.is_only(own));
            if known.as_ref().is_some_and(is_others) {
                return Err(InviteError::Taken);
            }
            let (hash, now) = (token.hash(&self.keyring), self.ports.clock.now());
            let operator = Operator::invite(known, invited.clone(), hash, now);
            if self.ports.operators.put_operator(times.unwrap_or_default(), &operator).await? {
                return Ok((operator, token));
            }
        }
        Err(changing().into())
    }

    /// All operators, in the order of their addresses; with `within` those who see that tenant alone.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self, within: Option<&TenantId>) -> Result<Vec<Operator>, Unavailable> {
        let mut operators = self.ports.operators.operators().await?;
        operators.retain(|it| within.is_none_or(|own| it.sees.is_only(own)));
        Ok(operators)
    }

    /// Revokes an operator: from the next request on, no process lets them in. `None` if there is none, or none who sees `within`
    /// alone. Revoking again changes nothing.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn revoke(&self, id: OperatorId, within: Option<&TenantId>) -> Result<Option<Operator>, Unavailable> {
        let now = self.ports.clock.now();
        let is_theirs = |it: &Operator| within.is_none_or(|own| it.sees.is_only(own));
        self.change(id, |it| is_theirs(it).then(|| it.revoked(now))).await
    }

    /// Who can take up this invitation; `None`, without a reason, if nobody can.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn invited_by(&self, token: &InvitationToken) -> Result<Option<Operator>, Unavailable> {
        let (hash, now) = (token.hash(&self.keyring), self.ports.clock.now());
        let known = self.ports.operators.operator(token.operator).await?;
        Ok(known.map(|(_, operator)| operator).filter(|it| it.is_invited_by(&hash, now)))
    }

    /// Takes up an invitation, with a password and 16 random bytes. `None` if it is worth nothing, or not any more: of several who
    /// try, one succeeds.
    ///
    /// # Errors
    /// When the store does not answer, or too many passwords are being hashed.
    pub async fn join(
        &self,
        token: &InvitationToken,
        password: String,
        salt: [u8; 16],
    ) -> Result<Option<Operator>, Unavailable> {
        if self.invited_by(token).await?.is_none() {
            return Ok(None);
        }
        let password = self.passwords.hash(password, salt).await?;
        let (hash, now) = (token.hash(&self.keyring), self.ports.clock.now());
        self.change(token.operator, |it| it.joined(&hash, now, password.clone())).await
    }

    /// The operator with this address, and whether this is their password. Takes as long for an address that nobody has.
    ///
    /// # Errors
    /// When the store does not answer, or too many passwords are being hashed.
    pub async fn check(&self, email: &str, password: String) -> Result<(Option<Operator>, bool), Unavailable> {
        let known = self.ports.operators.operator(self.keyring.operator_id(email.trim())).await?;
        let known = known.map(|(_, operator)| operator).filter(|it| it.revoked_at.is_none());
        let is_right = self.passwords.is_right(password, known.as_ref().and_then(|it| it.password.as_ref())).await?;
        Ok((known, is_right))
    }

    /// Lets in somebody for whom the issuer vouches. Says with it whether that is news: a new operator, or one with another role,
    /// other tenants, or another way in.
    ///
    /// # Errors
    /// When the store does not answer; inside, why they are not let in.
    pub async fn let_in_by_issuer(
        &self,
        vouched: &Vouched,
    ) -> Result<Result<(Operator, bool), NotAdmitted>, Unavailable> {
        for _ in 0..TRIES {
            let (times, known) = self.ports.operators.operator(vouched.id).await?.unzip();
            let next = match Operator::by_issuer(known.clone(), vouched.clone(), self.ports.clock.now()) {
                Ok(next) => next,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let is_news = known.is_none_or(|it| it != next);
            if !is_news || self.ports.operators.put_operator(times.unwrap_or_default(), &next).await? {
                return Ok(Ok((next, is_news)));
            }
        }
        Err(changing())
    }

    /// Revokes the operator to whom the issuer gives no role any more; `None` if it has not let them in.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn revoke_by_issuer(
        &self,
        id: OperatorId,
        account: IssuerAccount,
    ) -> Result<Option<Operator>, Unavailable> {
        let now = self.ports.clock.now();
        self.change(id, |it| it.without_role(account, now)).await
    }

    /// Lets in the operator with this address, for whom a proxy of ours vouches; `None` if nobody with it was invited, or they were
    /// revoked. Says with it whether they come for the first time.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn let_in_by_proxy(&self, email: &str) -> Result<Option<(Operator, bool)>, Unavailable> {
        let id = self.keyring.operator_id(email.trim());
        let known = self.ports.operators.operator(id).await?.map(|(_, it)| it);
        let come = self.change(id, Operator::by_proxy).await?;
        Ok(come.map(|operator| {
            let is_news = known.is_none_or(|it| it.vouched_by != operator.vouched_by);
            (operator, is_news)
        }))
    }

    /// Begins a session with 32 random bytes. Hand the token to the operator's browser; it is not stored.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn begin(&self, operator: &Operator, secret: [u8; 32]) -> Result<SessionToken, Unavailable> {
        let (token, now) = (SessionToken::new(secret), self.ports.clock.now());
        let session = OperatorSession::begin(operator.id, now);
        self.ports.sessions.begin_operator_session(token.key(&self.keyring), &session, now).await?;
        Ok(token)
    }

    /// Who has this session; `None`, without a reason, if it is worth nothing. What is answered was read from the store after
    /// this was called: whoever was revoked before is let in by no process.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn signed_in(&self, token: &SessionToken) -> Result<Option<SignedIn>, Unavailable> {
        let (key, now) = (token.key(&self.keyring), self.ports.clock.now());
        let Some(session) = self.ports.sessions.operator_session(key).await? else { return Ok(None) };
        let Some((_, operator)) = self.ports.operators.operator(session.operator).await? else { return Ok(None) };
        if !operator.admits(&session, now) {
            return Ok(None);
        }
        if let Some(seen) = session.seen(now)
            && !self.ports.sessions.renew_operator_session(key, &seen, now).await?
        {
            return Ok(None);
        }
        Ok(Some(SignedIn { operator, session }))
    }

    /// Whether who was let in would still be: neither was the operator revoked, nor invited anew, nor is the session over.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn still_admits(&self, signed_in: &SignedIn) -> Result<bool, Unavailable> {
        let known = self.ports.operators.operator(signed_in.operator.id).await?;
        Ok(known.is_some_and(|(_, operator)| operator.admits(&signed_in.session, self.ports.clock.now())))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn end(&self, token: &SessionToken) -> Result<(), Unavailable> {
        self.ports.sessions.end_operator_session(token.key(&self.keyring)).await
    }

    /// The tenants that an operator can look at, at least one. Who sees every one also sees how operators sign in.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn tenants_of(&self, operator: &Operator) -> Result<Vec<TenantId>, Unavailable> {
        if let Sees::Only(tenants) = &operator.sees {
            return Ok(tenants.clone());
        }
        let own = TenantId::parse(CONSOLE_TENANT);
        let keys = self.ports.keys.api_keys().await?;
        let live = keys.into_iter().filter(|it| it.revoked_at.is_none()).map(|it| it.tenant);
        let tenants: BTreeSet<TenantId> = live.filter(|it| Some(it) != own.as_ref()).collect();
        Ok(tenants.into_iter().chain(own).collect())
    }

    /// Forgets operators who were revoked, or did not come, before `cutoff`. Returns how many.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn forget(&self, cutoff: Timestamp) -> Result<usize, Unavailable> {
        let mut forgotten = 0;
        for operator in self.ports.operators.operators().await?.iter().filter(|it| it.is_past(cutoff)) {
            let Some((times, known)) = self.ports.operators.operator(operator.id).await? else { continue };
            let is_past = known.is_past(cutoff);
            forgotten += usize::from(is_past && self.ports.operators.remove_operator(known.id, times).await?);
        }
        Ok(forgotten)
    }

    /// Changes what is stored of an operator, and returns that; `None` if there is none, or nothing to change.
    async fn change(
        &self,
        id: OperatorId,
        change: impl Fn(&Operator) -> Option<Operator> + Send,
    ) -> Result<Option<Operator>, Unavailable> {
        for _ in 0..TRIES {
            let Some((times, known)) = self.ports.operators.operator(id).await? else { return Ok(None) };
            let Some(next) = change(&known) else { return Ok(None) };
            if next == known || self.ports.operators.put_operator(times, &next).await? {
                return Ok(Some(next));
            }
        }
        Err(changing())
    }
}

fn changing() -> Unavailable {
    Unavailable("an operator is being changed again and again".to_owned())
}

/// Where an invitation is taken up.
#[must_use]
pub fn invitation_url(public_url: &str, token: &InvitationToken) -> String {
    format!("{public_url}/console/invitation/{}", token.reveal())
}

/// Takes a tenant that is removed from all operators. Whoever saw no other is forgotten.
///
/// # Errors
/// When the store does not answer. The rest is left for the next call.
pub async fn forget_tenant(store: &dyn OperatorStore, tenant: &TenantId) -> Result<(), Unavailable> {
    for listed in store.operators().await? {
        let mut tries = 0;
        while let Some((times, known)) = store.operator(listed.id).await?.filter(|(_, it)| names(it, tenant)) {
            let is_done = match known.sees.without(tenant) {
                Some(sees) => store.put_operator(times, &Operator { sees, ..known }).await?,
                None => store.remove_operator(known.id, times).await?,
            };
            tries += 1;
            if !is_done && tries >= TRIES {
                return Err(changing());
            }
        }
    }
    Ok(())
}

fn names(operator: &Operator, tenant: &TenantId) -> bool {
    operator.sees.named().contains(tenant)
}
