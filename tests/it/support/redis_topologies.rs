//! Several Redis servers that belong together: a Cluster, and a master with replicas that Sentinels watch. All on ports of their own,
//! in folders of their own, ended with the test.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::support::{
    ports::Port,
    redis::{RedisServer, pack},
    waiting::wait_for,
};

/// After how long nodes and Sentinels take a server for gone, in milliseconds.
const GONE_AFTER_MS: &str = "1000";

/// Sends one command to a server and returns the answer as text; `None` if it does not answer.
pub fn ask(port: u16, words: &[&str]) -> Option<String> {
    ask_all(port, &[words])
}

/// Sends commands by one connection.
pub fn ask_all(port: u16, commands: &[&[&str]]) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let packed: Vec<Vec<u8>> = commands.iter().map(|words| pack(words)).collect();
    stream.write_all(&packed.concat()).ok()?;
    stream.shutdown(std::net::Shutdown::Write).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// A Cluster.
pub struct RedisCluster {
    /// Its masters, and after them the replicas of each in turn.
    pub nodes: Vec<RedisServer>,
    /// Where they listen.
    pub ports: Vec<Port>,
    buses: Vec<Port>,
    masters: usize,
}

impl RedisCluster {
    /// Starts so many masters with so many replicas each, and waits until they serve.
    pub fn start(masters: usize, replicas: usize) -> Self {
        let count = masters * (1 + replicas);
        let claimed = || -> Vec<Port> { (0..count).map(|_| Port::claim()).collect() };
        let (ports, buses) = (claimed(), claimed());
        let node = |(port, bus): (&Port, &Port)| {
            let (port, bus) = (port.to_string(), bus.to_string());
            let mut args =
                vec!["--port", &port, "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--cluster-port", &bus];
            args.extend(["--cluster-node-timeout", GONE_AFTER_MS, "--repl-diskless-sync-delay", "0"]);
            RedisServer::start(&args)
        };
        let nodes = ports.iter().zip(&buses).map(node).collect();
        let cluster = Self { nodes, ports, buses, masters };
        cluster.join();
        cluster
    }

    fn join(&self) {
        let done = |answer: String| assert!(answer.starts_with("+OK"), "{answer}");
        for (at, node) in self.nodes.iter().enumerate().take(self.masters) {
            let (first, end) = (16_384 * at / self.masters, 16_384 * (at + 1) / self.masters);
            done(node.command(&["CLUSTER", "ADDSLOTSRANGE", &first.to_string(), &(end - 1).to_string()]));
            done(node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &(at + 1).to_string()]));
        }
        for (port, bus) in self.ports.iter().zip(&self.buses).skip(1) {
            done(self.nodes[0].command(&["CLUSTER", "MEET", "127.0.0.1", &port.to_string(), &bus.to_string()]));
        }
        let count = format!("cluster_known_nodes:{}", self.nodes.len());
        self.all("know each other", |info| info.contains(&count));
        for (at, node) in self.nodes.iter().enumerate().skip(self.masters) {
            let master = self.id(at % self.masters);
            wait_for("a replica knows its master", || {
                node.command(&["CLUSTER", "REPLICATE", &master]).starts_with("+OK").then_some(())
            });
        }
        self.all("serve", |info| info.contains("cluster_state:ok"));
        for node in &self.nodes[self.masters..] {
            wait_for("a replica is up to date", || {
                node.command(&["INFO", "replication"]).contains("master_link_status:up").then_some(())
            });
        }
    }

    fn all(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        for node in &self.nodes {
            wait_for(&format!("the nodes {what}"), || is_so(&node.command(&["CLUSTER", "INFO"])).then_some(()));
        }
    }

    /// What node this is to the others.
    pub fn id(&self, at: usize) -> String {
        self.nodes[at].command(&["CLUSTER", "MYID"]).lines().nth(1).unwrap().to_owned()
    }

    /// What `store.url` must be.
    pub fn url(&self) -> String {
        let hosts: Vec<String> = self.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// Whether a node is a master.
    pub fn is_master(&self, at: usize) -> bool {
        ask(self.ports[at].number(), &["ROLE"]).is_some_and(|it| it.contains("\r\nmaster\r\n"))
    }

    /// Moves the slot of a key to a master, with all its keys, and waits until all know where it is. Give all to the same master: of
    /// two that take slots in turn faster than they tell each other, both would think that they are the newer.
    pub fn move_slot(&self, key: &str, to: usize) {
        let slot = self.nodes[0].command(&["CLUSTER", "KEYSLOT", key]).trim().trim_start_matches(':').to_owned();
        let is_at = |at: &usize| !self.nodes[*at].command(&["EXISTS", key]).starts_with("-MOVED");
        let from = (0..self.masters).find(is_at).unwrap();
        if from == to {
            return;
        }
        let (old, new) = (self.id(from), self.id(to));
        let done = |answer: String| assert!(answer.starts_with('+'), "{answer}");
        done(self.nodes[to].command(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &old]));
        done(self.nodes[from].command(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &new]));
        loop {
            let keys = self.nodes[from].command(&["CLUSTER", "GETKEYSINSLOT", &slot, "10"]);
            let keys: Vec<&str> = keys.lines().skip(1).filter(|it| !it.starts_with('$')).collect();
            if keys.is_empty() {
                break;
            }
            let port = self.ports[to].to_string();
            let mut words = vec!["MIGRATE", "127.0.0.1", &port, "", "0", "5000", "KEYS"];
            words.extend(&keys);
            done(self.nodes[from].command(&words));
        }
        // The new one first: it says so to the others.
        for node in (0..self.masters).map(|it| (to + it) % self.masters) {
            done(self.nodes[node].command(&["CLUSTER", "SETSLOT", &slot, "NODE", &new]));
        }
        let moved = format!("-MOVED {slot} 127.0.0.1:{}", self.ports[to]);
        let knows = |node: usize| self.nodes[node].command(&["EXISTS", key]).starts_with(&moved) != (node == to);
        wait_for("all nodes know where the slot is", || (0..self.masters).all(knows).then_some(()));
    }
}

/// A master, two replicas, and three Sentinels.
pub struct RedisSentinels {
    /// At first the first one is the master.
    pub servers: Vec<RedisServer>,
    /// Where they listen.
    pub ports: Vec<Port>,
    sentinels: Vec<Sentinel>,
}

/// As whom Sentinels come to the servers of [`RedisSentinels::start_apart`], and nobody else.
const SENTINEL_USER: [&str; 2] = ["sentinel", "watches"];
/// What those servers ask of everybody else: whoever is refused as a Sentinel must not get in as anybody.
const OTHERS: &str = "kept";

/// What servers and Sentinels ask for.
#[derive(Clone, Copy)]
pub struct Passwords {
    /// What the servers ask for, of everybody.
    pub servers: &'static str,
    /// What the Sentinels ask for, of everybody.
    pub sentinels: &'static str,
    /// What the Sentinels ask for of their user `watch`, who may do no more than docs/operations.md says.
    pub watch: &'static str,
}

struct Sentinel {
    child: Child,
    port: Port,
    password: Option<String>,
    #[expect(dead_code, reason = "kept for its Drop")]
    folder: TempDir,
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl RedisSentinels {
    /// Starts all of them with these further settings of the servers, and waits until Sentinels agree.
    pub fn start(settings: &[&str]) -> Self {
        Self::start_with(settings, "")
    }

    /// The same, and Sentinels can be [cut off](RedisSentinels::cut_off) from servers that all others reach, with the password `kept`.
    pub fn start_apart() -> Self {
        let [user, password] = SENTINEL_USER;
        let password = format!(">{password}");
        let watched = format!("sentinel auth-user main {user}\nsentinel auth-pass main {}\n", &password[1..]);
        let own =
            ["--requirepass", OTHERS, "--masterauth", OTHERS, "--user", user, "on", &password, "~*", "&*", "+@all"];
        Self::start_with(&own, &watched)
    }

    /// The same, with passwords of the servers and others of the Sentinels.
    pub fn start_locked(passwords: Passwords) -> Self {
        let own = ["--requirepass", passwords.servers, "--masterauth", passwords.servers];
        let Passwords { servers, sentinels, watch } = passwords;
        let locks = format!(
            "sentinel auth-pass main {servers}\nrequirepass {sentinels}\n\
             user watch on >{watch} -@all +auth +hello +sentinel|masters\n"
        );
        Self::start_with(&own, &locks)
    }

    fn start_with(settings: &[&str], of_sentinels: &str) -> Self {
        let ports: Vec<Port> = (0..3).map(|_| Port::claim()).collect();
        let master = ports[0].to_string();
        let server = |port: &Port| {
            let own = port.to_string();
            let mut args = vec!["--port", &own, "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"];
            args.extend(["--repl-timeout", "5"]);
            if own != master {
                args.extend(["--replicaof", "127.0.0.1", &master]);
            }
            args.extend(settings);
            RedisServer::start(&args)
        };
        let servers: Vec<RedisServer> = ports.iter().map(server).collect();
        wait_for("two replicas are up to date", || {
            servers[0].command(&["INFO", "replication"]).contains("connected_slaves:2").then_some(())
        });
        let sentinels: Vec<Sentinel> = (0..3).map(|_| Sentinel::start(&master, of_sentinels)).collect();
        for sentinel in &sentinels {
            wait_for("Sentinels know each other", || {
                let told = sentinel.ask(&["SENTINEL", "MASTER", "main"])?;
                let number_of =
                    |name: &str| told.lines().skip_while(|it| *it != name).nth(2).and_then(|it| it.parse::<u32>().ok());
                (number_of("num-other-sentinels")? == 2 && number_of("num-slaves")? == 2).then_some(())
            });
        }
        Self { servers, ports, sentinels }
    }

    /// What `store.url` must be.
    pub fn url(&self) -> String {
        let hosts: Vec<String> = self.sentinels.iter().map(|it| format!("127.0.0.1:{}", it.port)).collect();
        format!("redis+sentinel://{}/main", hosts.join(","))
    }

    /// Which server is the master, as the Sentinels say.
    pub fn master(&self) -> Option<usize> {
        let told = self.sentinels[0].ask(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"])?;
        let port: u16 = told.lines().next_back()?.parse().ok()?;
        self.ports.iter().position(|it| it.number() == port)
    }

    /// Has a Sentinel make another server the master, as an operator does.
    pub fn fail_over(&self) {
        let told = self.sentinels[0].ask(&["SENTINEL", "FAILOVER", "main"]);
        assert!(told.as_ref().is_some_and(|it| it.starts_with("+OK")), "{told:?}");
    }

    /// Ends a Sentinel without warning.
    pub fn kill_sentinel(&mut self, at: usize) {
        self.sentinels[at].child.kill().unwrap();
        self.sentinels[at].child.wait().unwrap();
    }

    /// Sentinels do not get to a server any more, and all others do.
    pub fn cut_off(&self, at: usize) {
        let server = &self.servers[at];
        assert!(server.command(&["ACL", "SETUSER", SENTINEL_USER[0], "off"]).starts_with("+OK"));
        server.command(&["CLIENT", "KILL", "USER", SENTINEL_USER[0]]);
    }

    /// They get there again.
    pub fn let_in(&self, at: usize) {
        let server = &self.servers[at];
        assert!(server.command(&["ACL", "SETUSER", SENTINEL_USER[0], "on"]).starts_with("+OK"));
        // They would keep connections on which they were refused.
        for kind in ["normal", "pubsub"] {
            server.command(&["CLIENT", "KILL", "TYPE", kind]);
        }
    }
}

impl Sentinel {
    fn start(master: &str, more: &str) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), Port::claim());
        let file = folder.path().join("sentinel.conf");
        let settings = format!(
            "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor main 127.0.0.1 {master} 2\n\
             sentinel down-after-milliseconds main {GONE_AFTER_MS}\nsentinel failover-timeout main 3000\n{more}",
            folder.path().display()
        );
        fs::write(&file, settings).unwrap();
        let mut command = Command::new("redis-server");
        command.arg(file).arg("--sentinel").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let password = more.lines().find_map(|it| it.strip_prefix("requirepass ")).map(str::to_owned);
        let sentinel = Self { child: command.spawn().unwrap(), port, password, folder };
        wait_for("a Sentinel answers", || sentinel.ask(&["PING"]).filter(|it| it.contains("PONG")));
        sentinel
    }

    /// Sends one command, and returns the answer as text.
    fn ask(&self, words: &[&str]) -> Option<String> {
        let login = self.password.as_deref().map(|it| ["AUTH", it]);
        let commands: Vec<&[&str]> = login.iter().map(|it| &it[..]).chain([words]).collect();
        ask_all(self.port.number(), &commands)
    }
}
