//! The issuer's public keys, and which of them an identity was signed with.

use std::sync::LazyLock;

use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, EncodingKey, Header, Validation,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    decode, decode_header,
    errors::{Error, ErrorKind},
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
    signature::{self, Verifier},
};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// How an identity may be signed. With a secret it may not: we would have to trust whoever else knows it.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// Verifies by the library of cryptography that is in the tree anyway. Nothing is signed here.
static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: no_signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };
/// Whether that is what the library of tokens uses in this process.
static INSTALLED: LazyLock<bool> = LazyLock::new(|| PROVIDER.install_default().is_ok());

/// Why an identity is not believed to be the issuer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// It is none, or is signed in a way that we do not take.
    #[error("what it gives is no identity that is signed by RS256, ES256 or EdDSA")]
    Malformed,
    /// The issuer has no such key.
    #[error("its keys do not have the one that the identity was signed with")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the signature of the identity is wrong")]
    Wrong,
}

/// The issuer's keys.
#[derive(Clone, Debug, Default)]
pub struct Keys(Vec<Jwk>);

/// A set of keys as it is published.
#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl Keys {
    /// Reads a set of keys. What is of no use to us is left out. `None` if it is no such set.
    #[must_use]
    pub fn parse(json: &[u8]) -> Option<Self> {
        let published: Published = serde_json::from_slice(json).ok()?;
        let keys = published.keys.into_iter().filter_map(|it| serde_json::from_value::<Jwk>(it).ok());
        Some(Self(keys.filter(|key| ALGORITHMS.iter().any(|it| is_for(key, *it))).collect()))
    }

    /// How many keys can be used.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// The claims of an identity that is signed by one of the keys.
    ///
    /// # Errors
    /// See [`Unsigned`].
    pub fn verified(&self, token: &str) -> Result<Map<String, Value>, Unsigned> {
        let header = decode_header(token).map_err(|_| Unsigned::Malformed)?;
        // What we must understand, as it says, we do not.
        if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() || !*INSTALLED {
            return Err(Unsigned::Malformed);
        }
        let key = DecodingKey::from_jwk(self.key(&header)?).map_err(|_| Unsigned::UnknownKey)?;
        let mut validation = Validation::new(header.alg);
        // The claims are checked by our rules, at the time that our clock tells.
        (validation.validate_exp, validation.validate_aud) = (false, false);
        validation.required_spec_claims.clear();
        Ok(decode(token, &key, &validation).map_err(|_| Unsigned::Wrong)?.claims)
    }

    /// The key that was signed with: the one that the header names, or the only one there can be.
    fn key(&self, header: &Header) -> Result<&Jwk, Unsigned> {
        let mut fitting = self.0.iter().filter(|it| is_for(it, header.alg)).filter(|it| match &header.kid {
            Some(named) => it.common.key_id.as_ref() == Some(named),
            None => true,
        });
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            _ => Err(Unsigned::UnknownKey),
        }
    }
}

/// Whether this key makes signatures of this kind.
fn is_for(key: &Jwk, algorithm: Algorithm) -> bool {
    let signs = key.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
    let is_named = key.common.key_algorithm.is_none_or(|it| it == KeyAlgorithm::from(algorithm));
    let fits = match (algorithm, &key.algorithm) {
        (Algorithm::RS256, AlgorithmParameters::RSA(_)) => true,
        (Algorithm::ES256, AlgorithmParameters::EllipticCurve(it)) => it.curve == EllipticCurve::P256,
        (Algorithm::EdDSA, AlgorithmParameters::OctetKeyPair(it)) => it.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    signs && is_named && fits
}

struct RingVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match (self.algorithm, self.key.kind()) {
            (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                let key = RsaPublicKeyComponents { n: without_zeros(n), e: without_zeros(e) };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Algorithm::EdDSA, DecodingKeyKind::SecretOrDer(point)) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            _ => return Err(signature::Error::new()),
        };
        verified.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the library asks for it")]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let verifier = || Box::new(RingVerifier { algorithm: *algorithm, key: key.clone() }) as Box<dyn JwtVerifier>;
    ALGORITHMS.contains(algorithm).then(verifier).ok_or_else(|| ErrorKind::InvalidAlgorithm.into())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the library asks for it")]
fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    Err(ErrorKind::UnsupportedAlgorithm.into())
}

/// Some issuers write a zero before a number whose first bit is set.
fn without_zeros(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|it| **it == 0).count()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7515, A.2.
    const RSA_KEY: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const RSA_SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    fn rsa_keys(more: &str) -> Keys {
        Keys::parse(format!(r#"{{"keys": [{{"kty": "RSA", "n": "{RSA_KEY}", "e": "AQAB"{more}}}]}}"#).as_bytes())
            .unwrap()
    }

    #[test]
    fn what_is_signed_by_rsa_is_read() {
        let claims = rsa_keys("").verified(RSA_SIGNED).unwrap();
        assert_eq!(claims["iss"], "joe");
        assert!(rsa_keys(r#", "use": "sig", "alg": "RS256", "kid": "1""#).verified(RSA_SIGNED).is_ok());
        let changed = RSA_SIGNED.replace(".cC4hiUP", ".dC4hiUP");
        assert_eq!(rsa_keys("").verified(&changed), Err(Unsigned::Wrong));
        let other = Keys::parse(br#"{"keys": []}"#).unwrap();
        assert_eq!(other.verified(RSA_SIGNED), Err(Unsigned::UnknownKey));
    }

    #[test]
    fn a_key_is_used_for_what_it_is_for() {
        for more in [r#", "use": "enc""#, r#", "alg": "RS512""#, r#", "alg": "RSA-OAEP""#] {
            assert_eq!(rsa_keys(more).count(), 0, "{more}");
        }
        let two = format!(r#"{{"kty": "RSA", "n": "{RSA_KEY}", "e": "AQAB"}}"#);
        let two = Keys::parse(format!(r#"{{"keys": [{two}, {two}, {{"kty": "new"}}, 5]}}"#).as_bytes()).unwrap();
        assert_eq!(two.count(), 2);
        assert_eq!(two.verified(RSA_SIGNED), Err(Unsigned::UnknownKey), "which one is not said");
        assert!(Keys::parse(b"[]").is_none() && Keys::parse(b"{}").is_none());
    }

    #[test]
    fn what_is_signed_by_nobody_or_by_a_secret_is_no_identity() {
        let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
        for header in [
            r#"{"alg": "none"}"#,
            r#"{"alg": "None"}"#,
            r#"{"alg": "HS256"}"#,
            r#"{"alg": "RS512"}"#,
            r#"{"alg": "RS256", "crit": ["exp"]}"#,
            "{}",
        ] {
            for signature in ["", "AAAA"] {
                let token = format!("{}.{}.{signature}", encode(header), encode(r#"{"iss": "joe"}"#));
                assert_eq!(rsa_keys("").verified(&token), Err(Unsigned::Malformed), "{header}");
            }
        }
        for text in ["", ".", "..", "a.b.c", "a.b.c.d", "é"] {
            assert_eq!(rsa_keys("").verified(text), Err(Unsigned::Malformed), "{text}");
        }
    }

    #[test]
    fn a_key_in_the_token_itself_is_not_looked_at() {
        let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
        let header = format!(r#"{{"alg": "RS256", "jwk": {{"kty": "RSA", "n": "{RSA_KEY}", "e": "AQAB"}}}}"#);
        let token = format!("{}.{}.AAAA", encode(&header), encode("{}"));
        assert_eq!(Keys::default().verified(&token), Err(Unsigned::UnknownKey));
    }
}
