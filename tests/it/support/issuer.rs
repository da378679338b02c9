//! An issuer of identities in this process. What it says and how it signs is up to the test.

use std::{
    collections::HashMap,
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use data_encoding::BASE64URL_NOPAD;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use rustls::RootCertStore;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};
use watchlight::{
    adapters::web::{
        exchange::{Exchange, SystemResolver},
        issuer::{
            identity::ClaimNames,
            provider::{IssuerClient, OpenIdIssuer},
        },
        target::Reach,
    },
    domain::time::Timestamp,
    service::operator::single_sign_on::{IssuerTerms, SingleSignOn},
};

use crate::support::{
    hooks::{Received, read},
    services::Process,
};

pub const CLIENT_ID: &str = "watchlight here";
pub const SECRET: &str = "a secret: with a colon";
/// Where the issuer sends browsers back to, at a service without an address of its own.
const BACK: &str = "/console/oidc/callback";

/// How an identity is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// By the key that is published.
    Es256,
    /// By another that is published.
    EdDsa,
    /// By a key that is not, and which says that it is this one.
    Foreign(&'static str),
    /// By nobody.
    Nobody,
    /// By a secret that everybody knows: what is published.
    PublicSecret,
    /// By the right key, and then changed.
    Changed,
}

/// What the issuer does.
pub struct Script {
    /// What it says of who signs in, over what it would say otherwise.
    pub claims: Value,
    pub signing: Signing,
    /// Over what it would say of itself otherwise.
    pub metadata: Value,
    /// Which key it publishes as this one.
    pub key_id: &'static str,
    /// Whether it answers at all.
    pub is_down: bool,
    /// Whether it takes a code again that it has taken before.
    pub takes_again: bool,
    pub now: Timestamp,
    /// Where it sends browsers back to.
    pub back: String,
    granted: HashMap<String, Granted>,
    asked: Vec<Received>,
}

/// What a browser came with.
#[derive(Clone)]
struct Granted {
    challenge: String,
    nonce: String,
}

struct Pair {
    ecdsa: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

impl Pair {
    fn new() -> Self {
        let chance = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let ecdsa = EcdsaKeyPair::generate_pkcs8(algorithm, &chance).unwrap();
        let ed = Ed25519KeyPair::generate_pkcs8(&chance).unwrap();
        Self {
            ecdsa: EcdsaKeyPair::from_pkcs8(algorithm, ecdsa.as_ref(), &chance).unwrap(),
            ed: Ed25519KeyPair::from_pkcs8(ed.as_ref()).unwrap(),
        }
    }

    fn published(&self, key_id: &str) -> Value {
        let (x, y) = self.ecdsa.public_key().as_ref()[1..].split_at(32);
        let [x, y, ed] = [x, y, self.ed.public_key().as_ref()].map(|it| BASE64URL_NOPAD.encode(it));
        json!({"keys": [
            {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": key_id, "use": "sig", "alg": "ES256"},
            {"kty": "OKP", "crv": "Ed25519", "x": ed, "kid": "ed", "use": "sig"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "other", "use": "enc"},
            {"kty": "of times to come"},
        ]})
    }
}

/// An issuer; ended when it is dropped.
pub struct Issuer {
    pub address: SocketAddr,
    script: Arc<Mutex<Script>>,
    ended: Arc<AtomicBool>,
}

impl Issuer {
    /// Says of whoever signs in that they are Ana, and an analyst.
    pub fn start(now: Timestamp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let script = Script {
            claims: json!({"sub": "1", "email": "ana@example.com", "email_verified": true, "roles": ["staff", "analyst"]}),
            signing: Signing::Es256,
            metadata: json!({}),
            key_id: "a",
            is_down: false,
            takes_again: false,
            now,
            back: BACK.to_owned(),
            granted: HashMap::new(),
            asked: Vec::new(),
        };
        let (script, ended) = (Arc::new(Mutex::new(script)), Arc::new(AtomicBool::new(false)));
        let issuer = Self { address, script: script.clone(), ended: ended.clone() };
        thread::spawn(move || {
            let (own, foreign) = (Pair::new(), Pair::new());
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                answer(stream.unwrap(), address, &script, [&own, &foreign]);
            }
        });
        issuer
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it does from now on.
    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    /// As what the service asks it.
    pub fn client(&self) -> IssuerClient {
        IssuerClient {
            issuer: self.url(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some(SecretString::from(SECRET)),
            claims: ClaimNames { role: "roles".to_owned(), tenants: None },
        }
    }

    /// Somebody signs in here who was sent by this address. The path and query by which their browser goes back.
    pub fn sign_in(&self, sent_to: &str) -> String {
        let url = Url::parse(sent_to).unwrap();
        assert!(sent_to.starts_with(&format!("{}/authorize?", self.url())), "{sent_to}");
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let mut script = self.script();
        let expected = [
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("code_challenge_method", "S256"),
            ("redirect_uri", script.back.as_str()),
        ];
        for (name, value) in expected {
            assert_eq!(asked[name], value, "{sent_to}");
        }
        assert!(asked["scope"].split(' ').any(|it| it == "openid"), "{sent_to}");
        let code = format!("code{}", script.granted.len());
        let granted = Granted { challenge: asked["code_challenge"].clone(), nonce: asked["nonce"].clone() };
        script.granted.insert(code.clone(), granted);
        let back = [("code", code.as_str()), ("state", &asked["state"]), ("iss", &self.url())];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(back).finish();
        format!("{BACK}?{query}")
    }

    /// How often this was asked for: `/keys`.
    pub fn asked_for(&self, path: &str) -> usize {
        self.script().asked.iter().filter(|it| it.line.split(' ').nth(1) == Some(path)).count()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

/// Signs operators in with this issuer.
pub fn single_sign_on(client: IssuerClient, process: &Process) -> SingleSignOn {
    let terms = IssuerTerms {
        issuer: client.issuer.clone(),
        client_id: client.client_id.clone(),
        redirect_uri: BACK.to_owned(),
    };
    let exchange = Exchange::new(Reach::Named, Arc::new(SystemResolver), RootCertStore::empty()).unwrap();
    let issuer = Arc::new(OpenIdIssuer::new(client, exchange, process.clock.clone()));
    SingleSignOn::new(issuer, process.operators(), process.clock.clone(), process.keyring.clone(), terms)
}

fn answer(mut stream: TcpStream, address: SocketAddr, script: &Mutex<Script>, keys: [&Pair; 2]) {
    let Some(request) = read(&stream) else { return };
    let mut script = script.lock().unwrap();
    if script.is_down {
        return;
    }
    script.asked.push(request.clone());
    let path = request.line.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match path {
        "/.well-known/openid-configuration" => (200, metadata(&format!("http://{address}"), &script.metadata)),
        "/keys" => (200, keys[0].published(script.key_id)),
        "/token" => token(&mut script, &request, address, keys),
        _ => (404, json!({})),
    };
    let body = body.to_string();
    let head =
        format!("HTTP/1.1 {status} It\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    // Whoever asks may go away at any time.
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

fn metadata(url: &str, more: &Value) -> Value {
    let mut said = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
    });
    said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    said
}

/// What is given for a code, to whom may have it.
fn token(script: &mut Script, request: &Received, address: SocketAddr, keys: [&Pair; 2]) -> (u16, Value) {
    let form: HashMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
    let basic = "Basic d2F0Y2hsaWdodCtoZXJlOmErc2VjcmV0JTNBK3dpdGgrYStjb2xvbg==";
    if request.headers.get("authorization").map(String::as_str) != Some(basic) {
        return (401, json!({"error": "invalid_client"}));
    }
    let code = &form["code"];
    let granted = if script.takes_again { script.granted.get(code).cloned() } else { script.granted.remove(code) };
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&form["code_verifier"]));
    let Some(granted) = granted.filter(|it| it.challenge == challenge && form["redirect_uri"] == script.back) else {
        return (400, json!({"error": "invalid_grant", "error_description": "canary"}));
    };
    let seconds = script.now.unix_ms() / 1_000;
    let mut claims = json!({
        "iss": format!("http://{address}"), "aud": CLIENT_ID, "iat": seconds, "exp": seconds + 300, "nonce": granted.nonce,
    });
    claims.as_object_mut().unwrap().extend(script.claims.as_object().unwrap().clone());
    claims.as_object_mut().unwrap().retain(|_, it| !it.is_null());
    let id_token = signed(&claims, script, keys);
    (200, json!({"access_token": "canary", "token_type": "Bearer", "id_token": id_token}))
}

fn signed(claims: &Value, script: &Script, [own, foreign]: [&Pair; 2]) -> String {
    let header = match script.signing {
        Signing::Es256 | Signing::Changed => json!({"alg": "ES256", "kid": script.key_id}),
        Signing::EdDsa => json!({"alg": "EdDSA", "kid": "ed"}),
        Signing::Foreign(key_id) => json!({"alg": "ES256", "kid": key_id}),
        Signing::Nobody => json!({"alg": "none"}),
        Signing::PublicSecret => json!({"alg": "HS256", "kid": script.key_id}),
    };
    let encode = |it: &Value| BASE64URL_NOPAD.encode(it.to_string().as_bytes());
    let message = format!("{}.{}", encode(&header), encode(claims));
    let by_ecdsa = |pair: &Pair| pair.ecdsa.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec();
    let signature = match script.signing {
        Signing::Es256 | Signing::Changed => by_ecdsa(own),
        Signing::EdDsa => own.ed.sign(message.as_bytes()).as_ref().to_vec(),
        Signing::Foreign(_) => by_ecdsa(foreign),
        Signing::Nobody => Vec::new(),
        Signing::PublicSecret => {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, own.ecdsa.public_key().as_ref());
            ring::hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
        }
    };
    let token = format!("{message}.{}", BASE64URL_NOPAD.encode(&signature));
    if script.signing != Signing::Changed {
        return token;
    }
    let mut other = claims.clone();
    other["roles"] = json!("admin");
    token.replace(&encode(claims), &encode(&other))
}
