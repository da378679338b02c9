//! A whole service as its operator runs it: the program itself, settings in variables, and a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use watchlight::{
    adapters::mail::{
        message::Wording,
        open::{MailSettings, open},
        smtp_session::TlsMode,
    },
    ports::Mail,
};

use crate::{
    stories::world::Browser,
    support::{places::shipped_in, smtp::ScriptedSmtp},
};

pub use crate::support::waiting::wait_for;

/// How long an answer may take that a test waits for: machines that run tests are busy.
const DEADLINE: Duration = Duration::from_mins(1);

/// What links in mails start with where a place sets nothing else.
pub const PUBLIC_URL: &str = "http://127.0.0.1:8080";

/// A folder with settings: what remains when a service is killed.
pub struct Place {
    folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Place {
    /// A new folder. With the store that `store_url` names; with `sqlite` the default one, a file in the folder.
    pub fn new(store_url: &str) -> Self {
        let mut place = Self { folder: tempfile::tempdir().unwrap(), settings: Vec::new() };
        let geoip = shipped_in(place.folder.path());
        place.set("HTTP__BIND", "127.0.0.1:0");
        place.set("GEOIP__DIR", geoip.to_str().unwrap());
        if store_url != "sqlite" {
            place.set("STORE__URL", store_url);
        }
        place
    }

    /// Sets what `WATCHLIGHT_{name}` sets.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((format!("WATCHLIGHT_{name}"), value.to_owned()));
    }

    /// Sends mails to this server, without encryption, from `security@example.com`.
    pub fn mail_to(&mut self, server: &ScriptedSmtp) {
        self.set("MAIL__FROM", "security@example.com");
        self.set("MAIL__URL", &server.url());
        self.set("MAIL__TLS", "none");
    }

    /// What `store.url` is, with a whole path.
    pub fn store_url(&self) -> String {
        let set = self.settings.iter().find(|(name, _)| name == "WATCHLIGHT_STORE__URL").map(|(_, url)| url.clone());
        set.unwrap_or_else(|| format!("sqlite:{}", self.path("data/watchlight.db").display()))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchlight"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs one command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().unwrap())
    }

    /// Starts one command, which goes on beside the test. It writes little, or somebody reads it.
    pub fn begin(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Makes an API key that allows everything.
    pub fn key(&self) -> String {
        let scopes = ["logins:write", "logins:read", "devices:write"].map(|it| ["--scope", it]).concat();
        let made = self.run(&[&["keys", "create", "--tenant", "acme"], &scopes[..]].concat());
        assert_eq!((made.code, made.stdout.lines().count()), (Some(0), 1), "{made:?}");
        made.stdout.trim().to_owned()
    }

    /// Starts the service and waits until it says where it listens.
    pub fn serve(&self) -> Service {
        let mut child = self.command(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let kept = log.clone();
        let reader = thread::spawn(move || {
            for line in stderr.lines() {
                let line = line.unwrap() + "\n";
                kept.lock().unwrap().push_str(&line);
            }
        });
        let mut service = Service { child, url: String::new(), log, reader: Some(reader) };
        service.url = wait_for("the service listens", || {
            let log = service.log();
            let ended = service.child.try_wait().unwrap();
            assert!(ended.is_none(), "the service has ended: {ended:?}\n{log}");
            let (_, rest) = log.split_once("listening on ")?;
            Some(rest.split_once(['\n', '"'])?.0.to_owned())
        });
        service
    }

    /// The mails in the default folder.
    pub fn mails(&self) -> Vec<String> {
        let files = fs::read_dir(self.path("data/mail")).unwrap().map(|it| it.unwrap().path());
        files
            .filter(|it| it.extension().is_some_and(|it| it == "eml"))
            .map(|it| fs::read_to_string(it).unwrap())
            .collect()
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(Output { status, stdout, stderr }: Output) -> Self {
        let text = |it| String::from_utf8(it).unwrap();
        Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }
}

/// A running service; killed when the test is over.
pub struct Service {
    child: Child,
    pub url: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Service {
    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn client(&self, key: &str) -> Client {
        Client::new(&self.url, key)
    }

    /// Ends it without warning.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop.
    pub fn terminate(&self) {
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(told.unwrap().success());
    }

    /// Waits until it has ended by itself; how, and all that it logged.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let status = wait_for("the service ends", || self.child.try_wait().unwrap());
        self.reader.take().unwrap().join().unwrap();
        (status, self.log())
    }

    /// Tells it to stop and waits until it has.
    pub fn stop(self) {
        self.terminate();
        let (status, log) = self.ended();
        assert!(status.success(), "{status}\n{log}");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a request was never sent, because nobody takes connections.
pub fn is_refused(fault: &ureq::Error) -> bool {
    match fault {
        ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(fault) => fault.kind() == ErrorKind::ConnectionRefused,
        _ => false,
    }
}

/// A backend that posts logins.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    url: String,
    key: String,
}

impl Client {
    pub fn new(url: &str, key: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(DEADLINE)).build();
        Self { agent: agent.into(), url: url.to_owned(), key: key.to_owned() }
    }

    /// Where it posts to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Posts a login; fails if there was no whole answer.
    pub fn try_post(&self, login: &Value) -> Result<Answer, ureq::Error> {
        self.post_text(&login.to_string())
    }

    pub fn post_text(&self, body: &str) -> Result<Answer, ureq::Error> {
        self.post_to("/v1/logins", body)
    }

    /// Posts JSON to a path.
    pub fn post_to(&self, path: &str, body: &str) -> Result<Answer, ureq::Error> {
        let request = self.agent.post(format!("{}{path}", self.url)).content_type("application/json");
        Answer::read(request.header("Authorization", format!("Bearer {}", self.key)).send(body)?)
    }

    pub fn post(&self, login: &Value) -> Answer {
        self.try_post(login).unwrap()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_as(path, "application/json")
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.try_delete(path).unwrap()
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        let request = self.agent.put(format!("{}{path}", self.url)).content_type("application/json");
        let request = request.header("Authorization", format!("Bearer {}", self.key));
        Answer::read(request.send(body.to_string()).unwrap()).unwrap()
    }

    /// Fails if there was no whole answer.
    pub fn try_delete(&self, path: &str) -> Result<Answer, ureq::Error> {
        let request = self.agent.delete(format!("{}{path}", self.url));
        Answer::read(request.header("Authorization", format!("Bearer {}", self.key)).call()?)
    }

    /// Fails if there was no whole answer.
    pub fn try_get(&self, path: &str) -> Result<Answer, ureq::Error> {
        let request = self.agent.get(format!("{}{path}", self.url));
        Answer::read(request.header("Authorization", format!("Bearer {}", self.key)).call()?)
    }

    /// Asks for an answer of this media type.
    pub fn get_as(&self, path: &str, media_type: &str) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.url)).header("Accept", media_type);
        Answer::read(request.header("Authorization", format!("Bearer {}", self.key)).call().unwrap()).unwrap()
    }

    /// Everything that a list holds, page by page.
    pub fn list(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{}limit=500{cursor}", if path.contains('?') { '&' } else { '?' }));
            assert_eq!(page.status, 200, "{page:?}");
            let page = page.value();
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    /// Waits until every alert has been sent; the alerts.
    pub fn sent_alerts(&self, count: usize) -> Vec<Value> {
        wait_for("all alerts are sent", || {
            let alerts = self.list("/v1/alerts");
            let sent = alerts.iter().filter(|it| it["state"] == "sent").count();
            (alerts.len() == count && sent == count).then_some(alerts)
        })
    }
}

#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Answer {
    fn read(mut answer: ureq::http::Response<ureq::Body>) -> Result<Self, ureq::Error> {
        Ok(Self { status: answer.status().as_u16(), body: answer.body_mut().read_to_string()? })
    }

    pub fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The status of the device, of a login that was stored now.
    #[track_caller]
    pub fn device_status(&self) -> String {
        assert_eq!(self.status, 201, "{self:?}");
        self.value()["device"]["status"].as_str().unwrap().to_owned()
    }
}

/// A login of a user with a browser (`chrome-142/windows`) on one of their machines.
pub fn login(user: &str, browser: &str, machine: u32, event_id: &str) -> Value {
    let graphics = format!("ANGLE (Maker, Graphics {machine}, OpenGL)");
    json!({
        "event_id": event_id,
        "method": "password",
        "user": {"id": user, "email": format!("{user}@example.com")},
        "client": {
            "ip": "89.160.20.112",
            "user_agent": Browser::parse(browser).user_agent(),
            "headers": {"accept-language": "fi-FI,fi;q=0.9"},
            "fingerprint": {
                "webgl_renderer": graphics, "canvas": format!("drawing {machine}"), "audio": 124 + machine,
                "fonts": ["Calibri", format!("Font {machine}")], "hardware_concurrency": 4 + machine,
                "device_memory": 8 + machine, "timezone": "Europe/Helsinki", "languages": ["fi-FI"],
                "screen_resolution": [1536, 864 + machine]
            }
        }
    })
}

/// The Message-IDs of mails.
pub fn message_ids(server: &ScriptedSmtp) -> Vec<String> {
    let id = |message: &[u8]| {
        let text = String::from_utf8_lossy(message).into_owned();
        let line = text.lines().find(|it| it.to_ascii_lowercase().starts_with("message-id:"));
        line.expect("a mail has a Message-ID").to_owned()
    };
    server.received().iter().map(|it| id(&it.message)).collect()
}

/// A mail system that sends to `url` without encryption, as [`Place::mail_to`] sets it.
pub fn mail_to(url: &str) -> Arc<dyn Mail> {
    let opened = open(MailSettings {
        return_path: None,
        url: url.into(),
        tls: TlsMode::None,
        from: "security@example.com".to_owned(),
        product: "Watchlight".to_owned(),
        link_start: PUBLIC_URL.to_owned(),
        page_start: PUBLIC_URL.to_owned(),
        wording: Wording::default(),
        username: None,
        password: None,
    });
    opened.unwrap().mail
}
