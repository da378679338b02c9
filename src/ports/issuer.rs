//! Who vouches for operators of the console elsewhere: the issuer of their identities.

use async_trait::async_trait;

use crate::domain::operator::claims::Claims;

/// What the issuer is asked when an operator is sent there.
#[derive(Clone, Copy, Debug)]
pub struct SignInAsk<'a> {
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    /// What comes back with it.
    pub state: &'a str,
    /// What is to stand in the identity.
    pub nonce: &'a str,
    /// The SHA-256 of what is shown with the code later.
    pub challenge: &'a str,
}

/// What an identity is had for.
#[derive(Clone, Copy)]
pub struct Redemption<'a> {
    /// What the browser has brought back. Worth something once.
    pub code: &'a str,
    /// What the browser was told that it would be shown with.
    pub verifier: &'a str,
    /// Where the browser came back to.
    pub redirect_uri: &'a str,
}

/// Why there is no identity.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IssuerFault {
    /// The issuer does not answer, or does not answer as issuers do, or does not know us. The reason is for our log: it contains
    /// no secret and names no person.
    #[error("the issuer of operators' identities: {0}")]
    Away(String),
    /// The issuer does not take the code, or what it gives for it is not signed by one of its keys.
    #[error("the issuer of operators' identities: {0}")]
    Refused(String),
}

/// Vouches for operators, by the code flow of `OpenID` Connect. Nothing is sent anywhere but to the issuer, and no call takes longer
/// than 15 seconds.
#[async_trait]
pub trait IdentityIssuer: Send + Sync {
    /// Where to send the browser of somebody who wants to sign in.
    async fn sign_in_url(&self, ask: SignInAsk<'_>) -> Result<String, IssuerFault>;

    /// What the issuer says of whoever has signed in. The signature is right; whether the claims are worth anything, the caller
    /// decides.
    async fn redeem(&self, redemption: Redemption<'_>) -> Result<Claims, IssuerFault>;

    /// Whether the issuer answers, and as what it was configured; how many of its keys can be used.
    async fn probe(&self) -> Result<usize, IssuerFault>;
}
