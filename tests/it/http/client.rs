//! A client of a service, what it is answered, and what it posts.

use serde_json::{Value, json};

pub const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

#[derive(Clone)]
pub struct Client {
    url: String,
    agent: ureq::Agent,
    headers: Vec<(String, String)>,
}

impl Client {
    /// A client without a key.
    pub fn to(url: &str, agent: ureq::Agent) -> Self {
        Self { url: url.to_owned(), agent, headers: Vec::new() }
    }

    /// The same client, sending one header more with every request.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, b"")
    }

    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send("POST", path, body.as_ref())
    }

    /// Posts a login as JSON.
    pub fn login(&self, login: &Value) -> Answer {
        self.json(login.to_string())
    }

    /// Posts a text as JSON to `/v1/logins`.
    pub fn json(&self, body: impl AsRef<[u8]>) -> Answer {
        self.with("Content-Type", "application/json").post("/v1/logins", body)
    }

    pub fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let request =
            self.headers.iter().fold(ureq::http::Request::builder(), |it, (name, value)| it.header(name, value));
        let request = request.method(method).uri(format!("{}{path}", self.url)).body(body).unwrap();
        let agent = self.agent.configure_request(request).allow_non_standard_methods(true).build();
        let mut answer = self.agent.run(agent).unwrap();
        let headers = answer.headers().iter();
        let headers = headers.map(|(name, it)| (name.to_string(), it.to_str().unwrap().to_owned())).collect();
        // What is compressed is no text.
        let body = String::from_utf8_lossy(&answer.body_mut().read_to_vec().unwrap()).into_owned();
        Answer { status: answer.status().as_u16(), headers, body }
    }
}

#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Checks that this is the problem `slug` with this status, and that it is whole; its detail.
    #[track_caller]
    pub fn problem(&self, status: u16, slug: &str) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.value();
        assert_eq!(problem["type"], slug, "{self:?}");
        assert_eq!(problem["status"], status);
        assert!(!problem["title"].as_str().unwrap().is_empty());
        let id = problem["request_id"].as_str().unwrap();
        assert_eq!((id.len(), self.header("x-request-id")), (36, Some(id)));
        problem["detail"].as_str().unwrap().to_owned()
    }
}

/// A login of a user with this browser.
pub fn login(user: &str, user_agent: &str) -> Value {
    json!({
        "user": {"id": user, "email": format!("{user}@example.com")},
        "client": {"ip": "89.160.20.112", "user_agent": user_agent}
    })
}
