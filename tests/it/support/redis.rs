//! A real Redis server for one test: on a socket in a folder of its own, ended when the test is over.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use watchlight::{adapters::store::redis::server::keys, domain::ids::LoginId};

/// How long a server may take to answer: machines that run tests are busy.
const START_DEADLINE: Duration = Duration::from_secs(20);

/// A running server. Without further arguments it keeps nothing on disk.
pub struct RedisServer {
    child: Child,
    args: Vec<String>,
    folder: TempDir,
}

impl RedisServer {
    /// Starts a server with further arguments (`--appendonly yes`) and waits until it answers.
    pub fn start(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let child = spawn(folder.path(), &args);
        let mut server = Self { child, args, folder };
        server.wait_until_it_answers();
        server
    }

    /// What `store.url` must be for this server.
    pub fn url(&self) -> String {
        match self.password() {
            Some(it) => format!("redis+unix://{}?pass={it}", self.socket().display()),
            None => format!("redis+unix://{}", self.socket().display()),
        }
    }

    fn password(&self) -> Option<&str> {
        let place = self.args.iter().position(|it| it == "--requirepass")?;
        Some(&self.args[place + 1])
    }

    /// From the next start on it wants this password.
    pub fn change_password(&mut self, password: &str) {
        self.set("--requirepass", password);
    }

    /// From the next start on it has this setting.
    pub fn set(&mut self, name: &str, value: &str) {
        if let Some(place) = self.args.iter().position(|it| it == name) {
            self.args.drain(place..place + 2);
        }
        self.args.extend([name.to_owned(), value.to_owned()]);
    }

    /// Where the socket is.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    /// Ends the server without warning.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again in the same folder, with what it had on disk.
    pub fn restart(&mut self) {
        let _ = std::fs::remove_file(self.socket());
        self.child = spawn(self.folder.path(), &self.args);
        self.wait_until_it_answers();
    }

    /// Makes it stand still (`STOP`) or go on (`CONT`): connections stay open meanwhile.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(status.unwrap().success());
    }

    /// Sends one command and returns the first bytes of the answer as text.
    pub fn command(&self, words: &[&str]) -> String {
        let mut all = Vec::new();
        if let Some(it) = self.password() {
            all.extend(pack(&["AUTH", it]));
        }
        all.extend(pack(words));
        self.exchange(&all).unwrap_or_else(|fault| panic!("{words:?}: {fault}"))
    }

    /// How many logins are kept in hashes.
    pub fn logins(&self) -> usize {
        let script = "local count = 0 for p = 0, 255 do
            local tag = string.format('wl:{p%03d}:', p)
            for _, number in ipairs(redis.call('ZRANGE', tag .. 'login-numbers', 0, -1)) do
                count = count + redis.call('HLEN', tag .. 'logins:' .. number) end end return count";
        self.command(&["EVAL", script, "0"]).trim().trim_start_matches(':').parse().unwrap()
    }

    /// Puts something else in the place of a login's record.
    pub fn damage_login(&self, id: LoginId, damaged: &str) {
        let field = data_encoding::HEXLOWER.encode(&keys::field_of_login(id));
        let script =
            "local field = string.gsub(ARGV[1], '..', function(digits) return string.char(tonumber(digits, 16)) end)
            return redis.call('HSET', KEYS[1], field, ARGV[2])";
        let added = self.command(&["EVAL", script, "1", &keys::logins(id), &field, damaged]);
        assert_eq!(added, ":0\r\n", "there is none");
    }

    fn exchange(&self, request: &[u8]) -> std::io::Result<String> {
        let mut stream = UnixStream::connect(self.socket())?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(request)?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    fn wait_until_it_answers(&mut self) {
        let deadline = Instant::now() + START_DEADLINE;
        loop {
            if let Ok(answer) = self.exchange(&pack(&["PING"]))
                && (answer.contains("+PONG") || answer.contains("-NOAUTH"))
            {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("redis-server {:?} has ended: {status}", self.args);
            }
            assert!(Instant::now() < deadline, "redis-server {:?} does not answer", self.args);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(folder: &Path, args: &[String]) -> Child {
    let mut command = Command::new("redis-server");
    command.arg("--port").arg("0").arg("--unixsocket").arg(folder.join("redis.sock")).arg("--dir").arg(folder);
    command.args(["--save", "", "--appendonly", "no", "--loglevel", "warning"]).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap_or_else(|fault| {
        panic!("`redis-server` cannot be started ({fault}): these tests need it, run them by scripts/test")
    })
}

/// A command as it is sent.
pub fn pack(words: &[&str]) -> Vec<u8> {
    let words = words.iter().map(|it| format!("${}\r\n{it}\r\n", it.len()));
    let packed: Vec<String> = std::iter::once(format!("*{}\r\n", words.len())).chain(words).collect();
    packed.concat().into_bytes()
}
