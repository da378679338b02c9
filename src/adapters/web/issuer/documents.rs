//! What the issuer publishes about itself, and what it answers.

use serde::Deserialize;
use url::Url;

use crate::adapters::web::target::{Reach, Target};

/// Longest name of a fault that the issuer gives, as we log it.
const MAX_FAULT_CHARS: usize = 60;

/// What the issuer says of itself (`OpenID` Connect Discovery 1.0, 3).
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    scopes_supported: Option<Vec<String>>,
}

/// Where the issuer is asked for what.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// Where browsers are sent.
    pub authorization: Url,
    /// Where a code is redeemed.
    pub token: Target,
    /// Where the keys are.
    pub keys: Target,
    /// Whether our secret goes into the form, in place of a header.
    pub secret_in_form: bool,
    scopes: Vec<String>,
}

/// Where what the issuer says of itself is found.
#[must_use]
pub fn metadata_url(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

impl Metadata {
    /// Where the issuer is asked, if it is this one. Whatever it says of itself, nothing is sent to another host, or to another port
    /// of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn endpoints(self, issuer: &str, reach: &Reach) -> Result<Endpoints, String> {
        if self.issuer != issuer {
            return Err("it calls itself otherwise than console.oidc_issuer does".to_owned());
        }
        let home = Target::parse(issuer, reach).map_err(|it| format!("console.oidc_issuer {it}"))?;
        let within = |name: &str, url: &str| {
            let target = Target::parse(url, reach).map_err(|it| format!("its {name} {it}"))?;
            let is_theirs = target.origin() == home.origin();
            is_theirs.then_some(target).ok_or_else(|| format!("its {name} is at another host than it is"))
        };
        within("authorization_endpoint", &self.authorization_endpoint)?;
        let authorization = Url::parse(&self.authorization_endpoint).map_err(|it| it.to_string())?;
        let methods = self.token_endpoint_auth_methods_supported;
        let has = |method: &str| methods.as_ref().is_some_and(|it| it.iter().any(|it| it == method));
        Ok(Endpoints {
            authorization,
            token: within("token_endpoint", &self.token_endpoint)?,
            keys: within("jwks_uri", &self.jwks_uri)?,
            secret_in_form: has("client_secret_post") && !has("client_secret_basic"),
            scopes: self.scopes_supported.unwrap_or_default(),
        })
    }
}

impl Endpoints {
    /// What is asked for: an identity with an address, and what the claims of these names are handed out for, as some issuers
    /// have it.
    #[must_use]
    pub fn scope(&self, claims: &[&str]) -> String {
        let ours = ["email", "profile"].into_iter().chain(claims.iter().copied());
        let offered = ours.filter(|scope| *scope == "email" || self.scopes.iter().any(|it| it == scope));
        std::iter::once("openid").chain(offered).collect::<Vec<_>>().join(" ")
    }
}

/// What is given for a code (RFC 6749, 5.1). Nothing else of it is used.
#[derive(Deserialize)]
pub struct Tokens {
    /// The identity.
    pub id_token: String,
}

/// Why nothing is given for it (RFC 6749, 5.2).
#[derive(Deserialize)]
struct TokenFault {
    error: String,
}

/// The name of a fault in an answer, fit for a log: `invalid_grant`.
#[must_use]
pub fn fault(json: &[u8]) -> Option<String> {
    let fault: TokenFault = serde_json::from_slice(json).ok()?;
    let is_name = |it: &char| it.is_ascii_lowercase() || *it == '_';
    Some(fault.error.chars().filter(is_name).take(MAX_FAULT_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn endpoints(issuer: &str, more: &serde_json::Value) -> Result<Endpoints, String> {
        let mut document = json!({
            "issuer": "https://id.example/realms/a",
            "authorization_endpoint": "https://id.example/realms/a/auth?from=us",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://id.example/keys",
        });
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value::<Metadata>(document).unwrap().endpoints(issuer, &Reach::Named)
    }

    #[test]
    fn an_issuer_is_asked_where_it_says_if_that_is_its_own_host() {
        let sound = endpoints("https://id.example/realms/a", &json!({})).unwrap();
        assert_eq!((sound.token.path(), sound.secret_in_form), ("/token", false));
        assert_eq!(sound.scope(&["roles"]), "openid email");
        for (name, url) in [
            ("token_endpoint", "https://evil.example/token"),
            ("jwks_uri", "https://id.example:8443/keys"),
            ("jwks_uri", "http://id.example/keys"),
            ("authorization_endpoint", "https://id.example.evil.example/"),
            ("authorization_endpoint", "javascript:alert(1)"),
            ("issuer", "https://id.example/realms/b"),
            ("issuer", "https://id.example/realms/a/"),
        ] {
            assert!(endpoints("https://id.example/realms/a", &json!({name: url})).is_err(), "{name} {url}");
        }
    }

    #[test]
    fn what_an_issuer_offers_is_used() {
        let more = json!({
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "scopes_supported": ["openid", "profile", "groups"],
        });
        let told = endpoints("https://id.example/realms/a", &more).unwrap();
        assert!(told.secret_in_form);
        assert_eq!(told.scope(&["groups", "tenants"]), "openid email profile groups");
        let both = json!({"token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"]});
        assert!(!endpoints("https://id.example/realms/a", &both).unwrap().secret_in_form);
        assert_eq!(metadata_url("https://id.example/"), "https://id.example/.well-known/openid-configuration");
    }

    #[test]
    fn a_fault_is_a_name() {
        assert_eq!(
            fault(br#"{"error": "invalid_grant", "error_description": "ana"}"#).as_deref(),
            Some("invalid_grant")
        );
        assert_eq!(fault(b"{\"error\": \"a b\\r\\nc\"}").as_deref(), Some("abc"));
        assert_eq!(fault(b"<html>"), None);
    }
}
