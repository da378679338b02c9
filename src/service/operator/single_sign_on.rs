//! Signing in with the issuer of operators' identities, from sending a browser there to the operator who comes back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{
        keyring::Keyring,
        operator::{
            claims::{Asked, Identity, Worthless, identity},
            operator::{IssuerAccount, Operator},
            ticket::Ticket,
            vouching::{NotAdmitted, Vouched},
        },
        time::Timestamp,
        tokens::same,
    },
    ports::{Clock, IdentityIssuer, IssuerFault, Redemption, SignInAsk, Unavailable},
    service::operator::operators::Operators,
};

/// The issuer as it was configured.
#[derive(Clone, Debug)]
pub struct IssuerTerms {
    /// What it calls itself: an address.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// Where it sends browsers back to.
    pub redirect_uri: String,
}

/// What a browser brings back from the issuer.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'a> {
    /// What it was given when it was sent there.
    pub ticket: Option<&'a str>,
    /// What the issuer was told to send back with it.
    pub state: &'a str,
    /// What an identity is had for.
    pub code: &'a str,
    /// Who says to be the issuer, where it says that (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// An operator who has signed in.
#[derive(Clone, Debug)]
pub struct SignedOn {
    /// The operator.
    pub operator: Operator,
    /// Whether the operator is new, or has another role, other tenants or another way in than before.
    pub is_news: bool,
    /// The page to go to.
    pub next: String,
}

/// Why nobody was let in.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SignOnError {
    /// This browser has begun no such sign-in, or too long ago, or it was finished before.
    #[error("this browser has begun no such sign-in")]
    NotBegun,
    /// What the issuer says is worth nothing.
    #[error("the identity is worth nothing: {0}")]
    Worthless(#[from] Worthless),
    /// The issuer gives no role, and the operator whom it has let in before was revoked.
    #[error("the issuer gives no role")]
    NoRole(Option<Box<Operator>>),
    /// They are not let in here.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    /// The issuer.
    #[error(transparent)]
    Issuer(#[from] IssuerFault),
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Signs operators in with the issuer. Cheap to clone.
#[derive(Clone)]
pub struct SingleSignOn {
    issuer: Arc<dyn IdentityIssuer>,
    operators: Operators,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    terms: Arc<IssuerTerms>,
    finished: Arc<Finished>,
}

impl SingleSignOn {
    /// Uses this issuer.
    #[must_use]
    pub fn new(
        issuer: Arc<dyn IdentityIssuer>,
        operators: Operators,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
        terms: IssuerTerms,
    ) -> Self {
        Self { issuer, operators, clock, keyring, terms: Arc::new(terms), finished: Arc::default() }
    }

    /// What the issuer calls itself.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.terms.issuer
    }

    /// Begins a sign-in with 32 random bytes. Returns where to send the browser, and what it keeps until it comes back.
    ///
    /// # Errors
    /// When the issuer does not answer.
    pub async fn begin(&self, secret: [u8; 32], next: String) -> Result<(String, String), IssuerFault> {
        let (ticket, keyring) = (Ticket::begin(secret, next, self.clock.now()), &self.keyring);
        let (state, nonce, challenge) = (ticket.state(keyring), ticket.nonce(keyring), ticket.challenge(keyring));
        let redirect_uri = &self.terms.redirect_uri;
        let ask = SignInAsk { redirect_uri, state: &state, nonce: &nonce, challenge: &challenge };
        Ok((self.issuer.sign_in_url(ask).await?, ticket.reveal(keyring)))
    }

    /// Finishes the sign-in that this browser has begun. Each can be finished once: in this process by what it remembers, in others
    /// because the issuer takes a code once.
    ///
    /// # Errors
    /// See [`SignOnError`].
    pub async fn finish(&self, returned: Returned<'_>) -> Result<SignedOn, SignOnError> {
        let ticket = self.begun(returned).ok_or(SignOnError::NotBegun)?;
        let (verifier, nonce) = (ticket.verifier(&self.keyring), ticket.nonce(&self.keyring));
        let redirect_uri = &self.terms.redirect_uri;
        let claims = self.issuer.redeem(Redemption { code: returned.code, verifier: &verifier, redirect_uri }).await?;
        let asked = Asked { issuer: &self.terms.issuer, client_id: &self.terms.client_id, nonce: &nonce };
        let identity = identity(claims, asked, self.clock.now())?;
        if !self.finished.first(ticket.id(&self.keyring), ticket.expires_at(), self.clock.now()) {
            return Err(SignOnError::NotBegun);
        }
        let (operator, is_news) = self.let_in(identity).await?;
        Ok(SignedOn { operator, is_news, next: ticket.next })
    }

    /// The sign-in that a browser comes back with, if it is the one that it was sent away with.
    fn begun(&self, returned: Returned<'_>) -> Option<Ticket> {
        let ticket = Ticket::parse(returned.ticket?, &self.keyring, self.clock.now())?;
        let is_this = same(returned.state.as_bytes(), ticket.state(&self.keyring).as_bytes());
        let is_from_them = returned.issuer.is_none_or(|it| it == self.terms.issuer);
        (is_this && is_from_them).then_some(ticket)
    }

    async fn let_in(&self, identity: Identity) -> Result<(Operator, bool), SignOnError> {
        let Identity { subject, email, role, sees } = identity;
        let account = IssuerAccount(self.keyring.issuer_account(&self.terms.issuer, &subject));
        let id = self.keyring.operator_id(&email);
        let Some(role) = role else {
            let revoked = self.operators.revoke_by_issuer(id, account).await?;
            return Err(SignOnError::NoRole(revoked.map(Box::new)));
        };
        let vouched = Vouched { id, account, email, role, sees };
        Ok(self.operators.let_in_by_issuer(&vouched).await??)
    }
}

/// The sign-ins that were finished in this process, until they could not be finished anyway.
#[derive(Default)]
struct Finished(Mutex<HashMap<[u8; 32], Timestamp>>);

impl Finished {
    /// Whether this one was not finished before. From now on it was.
    fn first(&self, id: [u8; 32], until: Timestamp, now: Timestamp) -> bool {
        let mut finished = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        finished.retain(|_, until| now < *until);
        finished.insert(id, until).is_none()
    }
}
