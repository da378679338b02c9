//! Asks the issuer of operators' identities, and remembers what it publishes.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use data_encoding::BASE64;
use http_body_util::Full;
use hyper::{Request, http::request::Builder};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::{
    adapters::web::{
        exchange::{Answer, Exchange, USER_AGENT, Wanted},
        issuer::{
            documents::{Endpoints, Metadata, Tokens, fault, metadata_url},
            identity::{ClaimNames, read},
            keys::{Keys, Unsigned},
        },
        target::Target,
    },
    domain::{
        operator::claims::Claims,
        time::{HOUR_MS, SECOND_MS, Timestamp},
    },
    ports::{Clock, IdentityIssuer, IssuerFault, Redemption, SignInAsk},
};

/// For how long it is remembered what the issuer publishes.
const REMEMBERED_MS: i64 = HOUR_MS;
/// Keys are fetched again because of one that is not among them, at most so often.
const FETCHED_EVERY_MS: i64 = 10 * SECOND_MS;
/// How much of an answer is read, in bytes.
const MAX_ANSWER_BYTES: usize = 512 * 1_024;

/// As what we are known to the issuer.
#[derive(Clone, Debug)]
pub struct IssuerClient {
    /// The issuer, as it calls itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we show it, if it has given us a secret.
    pub client_secret: Option<SecretString>,
    /// Which claims have what we ask for.
    pub claims: ClaimNames,
}

/// Asks the issuer.
pub struct OpenIdIssuer {
    client: IssuerClient,
    exchange: Exchange,
    clock: Arc<dyn Clock>,
    endpoints: Mutex<Option<(Timestamp, Arc<Endpoints>)>>,
    keys: Mutex<Option<(Timestamp, Arc<Keys>)>>,
}

impl OpenIdIssuer {
    /// Asks by this exchange, which must reach what a setting names.
    #[must_use]
    pub fn new(client: IssuerClient, exchange: Exchange, clock: Arc<dyn Clock>) -> Self {
        Self { client, exchange, clock, endpoints: Mutex::default(), keys: Mutex::default() }
    }

    /// Where the issuer is asked. Whoever asks while it is being found waits for that.
    async fn endpoints(&self) -> Result<Arc<Endpoints>, IssuerFault> {
        let mut known = self.endpoints.lock().await;
        let now = self.clock.now();
        if let Some((_, endpoints)) = known.as_ref().filter(|(at, _)| is_within(*at, now, REMEMBERED_MS)) {
            return Ok(endpoints.clone());
        }
        let (issuer, reach) = (&self.client.issuer, &self.exchange.reach);
        let target = Target::parse(&metadata_url(issuer), reach).map_err(|it| away(format!("its address {it}")))?;
        let document = self.get(&target, "what it says of itself").await?;
        let metadata: Metadata = serde_json::from_slice(&document)
            .map_err(|_| away("what it says of itself is not what issuers say".to_owned()))?;
        let endpoints = Arc::new(metadata.endpoints(issuer, reach).map_err(away)?);
        *known = Some((now, endpoints.clone()));
        Ok(endpoints)
    }

    /// The issuer's keys, fetched lately. Those that were fetched within the last moments are taken also where newer ones are
    /// wanted.
    async fn keys(&self, endpoints: &Endpoints, lasts_ms: i64) -> Result<Arc<Keys>, IssuerFault> {
        let mut known = self.keys.lock().await;
        let now = self.clock.now();
        if let Some((_, keys)) = known.as_ref().filter(|(at, _)| is_within(*at, now, lasts_ms)) {
            return Ok(keys.clone());
        }
        let document = self.get(&endpoints.keys, "its keys").await?;
        let keys = Keys::parse(&document).ok_or_else(|| away("its keys are no keys".to_owned()))?;
        let keys = Arc::new(keys);
        *known = Some((now, keys.clone()));
        Ok(keys)
    }

    async fn get(&self, target: &Target, what: &str) -> Result<Bytes, IssuerFault> {
        let answer = self.send(target, Request::get(target.path()), Bytes::new()).await?;
        if answer.status == 200 { Ok(answer.body) } else { Err(away(format!("{what}: status {}", answer.status))) }
    }

    async fn send(&self, target: &Target, request: Builder, body: Bytes) -> Result<Answer, IssuerFault> {
        let request = request
            .header("host", target.authority())
            .header("user-agent", USER_AGENT)
            .header("accept", "application/json")
            .body(Full::new(body))
            .map_err(|_| away("its address cannot be asked for".to_owned()))?;
        self.exchange.send(target, request, Wanted::UpTo(MAX_ANSWER_BYTES)).await.map_err(away)
    }

    /// The identity that is given for a code.
    async fn exchange_code(&self, endpoints: &Endpoints, asked: Redemption<'_>) -> Result<String, IssuerFault> {
        let (id, in_form) = (&self.client.client_id, endpoints.secret_in_form);
        let secret = self.client.client_secret.as_ref();
        let mut request =
            Request::post(endpoints.token.path()).header("content-type", "application/x-www-form-urlencoded");
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", asked.code),
            ("redirect_uri", asked.redirect_uri),
            ("code_verifier", asked.verifier),
        ];
        match secret {
            Some(secret) if !in_form => request = request.header("authorization", basic(id, secret)),
            _ => {
                pairs.push(("client_id", id));
                pairs.extend(secret.map(|it| ("client_secret", it.expose_secret())));
            }
        }
        let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
        let answer = self.send(&endpoints.token, request, Bytes::from(form)).await?;
        given(&answer)
    }
}

#[async_trait]
impl IdentityIssuer for OpenIdIssuer {
    async fn sign_in_url(&self, ask: SignInAsk<'_>) -> Result<String, IssuerFault> {
        let endpoints = self.endpoints().await?;
        let ClaimNames { role, tenants } = &self.client.claims;
        let claims: Vec<&str> = std::iter::once(role.as_str()).chain(tenants.as_deref()).collect();
        let mut url = endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.client_id)
            .append_pair("redirect_uri", ask.redirect_uri)
            .append_pair("scope", &endpoints.scope(&claims))
            .append_pair("state", ask.state)
            .append_pair("nonce", ask.nonce)
            .append_pair("code_challenge", ask.challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    async fn redeem(&self, redemption: Redemption<'_>) -> Result<Claims, IssuerFault> {
        let endpoints = self.endpoints().await?;
        let token = self.exchange_code(&endpoints, redemption).await?;
        let mut claims = self.keys(&endpoints, REMEMBERED_MS).await?.verified(&token);
        // The issuer may have begun to sign with a new key.
        if claims == Err(Unsigned::UnknownKey) {
            claims = self.keys(&endpoints, FETCHED_EVERY_MS).await?.verified(&token);
        }
        let claims = claims.map_err(|it| IssuerFault::Refused(it.to_string()))?;
        read(&claims, &self.client.claims)
            .ok_or_else(|| IssuerFault::Refused("the identity lacks what every one has".to_owned()))
    }

    async fn probe(&self) -> Result<usize, IssuerFault> {
        let endpoints = self.endpoints().await?;
        match self.keys(&endpoints, REMEMBERED_MS).await?.count() {
            0 => Err(away("it has no key for RS256, ES256 or EdDSA".to_owned())),
            keys => Ok(keys),
        }
    }
}

/// What an answer gives for a code.
fn given(answer: &Answer) -> Result<String, IssuerFault> {
    let named = fault(&answer.body).unwrap_or_else(|| format!("status {}", answer.status));
    match (answer.status, named.as_str()) {
        (200, _) => {
            let tokens: Option<Tokens> = serde_json::from_slice(&answer.body).ok();
            tokens.map(|it| it.id_token).ok_or_else(|| away("it gives no identity for a code".to_owned()))
        }
        (400, "invalid_grant") => Err(IssuerFault::Refused("it does not take the code".to_owned())),
        (400 | 401, _) => Err(away(format!(
            "{named}: look at console.oidc_client_id and console.oidc_client_secret_file, and which addresses it sends \
             browsers back to"
        ))),
        _ => Err(away(format!("a code: {named}"))),
    }
}

fn away(reason: String) -> IssuerFault {
    IssuerFault::Away(reason)
}

/// Whether `at` lies less than `span_ms` ago. A clock that was put back makes nothing last longer.
fn is_within(at: Timestamp, now: Timestamp, span_ms: i64) -> bool {
    (0..span_ms).contains(&now.ms_since(at))
}

/// Id and secret as a header has them (RFC 6749, 2.3.1).
fn basic(id: &str, secret: &SecretString) -> String {
    let [id, secret] = [id, secret.expose_secret()].map(|it| byte_serialize(it.as_bytes()).collect::<String>());
    format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()))
}
