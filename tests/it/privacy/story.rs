//! A service, a mail system in memory, and a worker that takes the steps of people's requests when a test lets it.

use std::sync::Arc;

use serde_json::{Value, json};
use watchlight::{
    adapters::mail::{
        memory::{MemoryMail, SentRequest},
        message::Composer,
    },
    domain::{
        ids::RequestId,
        tokens::{RequestLink, request_token},
    },
    service::privacy::request_worker::RequestWorker,
};

use crate::{
    http::server::{Answer, CHROME, Client, Server, login},
    support::{services::round, wishes::PAGES},
};

pub struct Story {
    pub server: Server,
    pub client: Client,
    pub mail: Arc<MemoryMail>,
    pub worker: RequestWorker,
}

impl Story {
    pub fn start() -> Self {
        Self::over(Server::start())
    }

    pub fn over(server: Server) -> Self {
        let composer = Composer::new("Acme <security@acme.example>", "Acme", PAGES).unwrap();
        let mail = Arc::new(MemoryMail::new(composer));
        let worker = server.request_worker(mail.clone());
        let client = server.client();
        Self { server, client, mail, worker }
    }

    /// A story in which these users have signed in once, each with an address.
    pub fn with(users: &[&str]) -> Self {
        let story = Self::start();
        for user in users {
            assert_eq!(story.client.login(&login(user, CHROME)).status, 201);
        }
        story
    }

    pub fn open(&self, user: &str, kind: &str) -> Answer {
        let client = self.client.with("Content-Type", "application/json");
        client.post(&format!("/v1/users/{user}/requests"), json!({"kind": kind}).to_string())
    }

    /// Opens a request of a user; its id.
    pub fn opened(&self, user: &str, kind: &str) -> String {
        let answer = self.open(user, kind);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.value()["id"].as_str().unwrap().to_owned()
    }

    pub fn request(&self, id: &str) -> Value {
        self.client.get(&format!("/v1/requests/{id}")).value()
    }

    pub fn state(&self, id: &str) -> String {
        self.request(id)["state"].as_str().unwrap().to_owned()
    }

    /// Takes every step that is due; how many there were.
    pub fn steps(&self) -> usize {
        let mut taken = 0;
        loop {
            match self.server.run(round(&self.worker)).unwrap() {
                0 => return taken,
                more => taken += more,
            }
        }
    }

    pub fn mails(&self) -> Vec<SentRequest> {
        self.mail.sent_requests()
    }

    /// The path of the page that the latest mail links to, of those that link to one.
    pub fn page(&self) -> String {
        let mails = self.mails();
        mails.iter().rev().find_map(|it| it.link.strip_prefix(PAGES)).unwrap().to_owned()
    }

    /// Opens a page and presses one of its buttons.
    pub fn press(&self, page: &str, button: &str) -> Answer {
        let shown = self.server.stranger().get(page);
        if shown.status != 200 {
            return shown;
        }
        form(&self.server.stranger(), &cookie(&shown), page, &format!("nonce={}&answer={button}", nonce(&shown)))
    }

    /// Opens a request, mails it, and has the person confirm it; its id.
    pub fn confirmed(&self, user: &str, kind: &str) -> String {
        self.confirmed_after(user, kind, 1)
    }

    /// The same, when so many mails wait to be sent before.
    pub fn confirmed_after(&self, user: &str, kind: &str, mails: usize) -> String {
        let id = self.opened(user, kind);
        assert_eq!(self.steps(), mails, "the mail that asks");
        let request = RequestId::parse(&id).unwrap();
        let token = request_token(&self.server.keyring, request, RequestLink::Confirm);
        assert_eq!(self.press(&format!("/r/{token}"), "yes").status, 200);
        id
    }
}

pub fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

pub fn nonce(answer: &Answer) -> String {
    let (_, rest) = answer.body.split_once("name=\"nonce\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

pub fn form(client: &Client, cookie: &str, page: &str, body: &str) -> Answer {
    let client = client.with("Cookie", cookie).with("Content-Type", "application/x-www-form-urlencoded");
    client.post(page, body)
}
