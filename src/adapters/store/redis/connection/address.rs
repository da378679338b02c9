//! What `store.url` says of Redis: where it is, and who we are there.

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, io::tcp::TcpSettings};
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use crate::adapters::store::{fault::OpenError, redis::access::Access};

/// Where Sentinels listen unless their URL says otherwise.
const SENTINEL_PORT: u16 = 26_379;

/// Where Redis is, and who we are there.
#[derive(Clone, Debug)]
pub enum Address {
    /// One server, by its name: `redis://`, `rediss://`, `redis+unix://` or `unix://`.
    Single(ConnectionInfo),
    /// Whichever server Sentinels call the master of a name: `redis+sentinel://HOST:PORT,…/MASTER[/DB]`.
    Sentinel {
        /// The Sentinels, with the database, user and password of the master.
        sentinels: Vec<ConnectionInfo>,
        /// Who we are to the Sentinels; none if that is not said, and they ask for nothing or for the same as the master.
        login: Option<SentinelLogin>,
        /// The name of the master.
        master: String,
    },
    /// A Cluster, found by any of these of its nodes: `redis+cluster://HOST:PORT,…`.
    Cluster(Vec<ConnectionInfo>),
}

/// Who we are to Sentinels that ask for another password than the master does.
#[derive(Clone, Debug)]
pub struct SentinelLogin {
    /// The user of an ACL; none for the one that everybody is.
    pub user: Option<String>,
    /// The password.
    pub password: SecretString,
}

impl Address {
    /// Whether there is such an address; not whether the rest of it can be read.
    #[must_use]
    pub fn is_one(url: &str) -> bool {
        let known = ["redis", "rediss", "redis+unix", "unix"];
        url.split_once("://").is_some_and(|(scheme, _)| known.contains(&scheme) || of_many(scheme).is_some())
    }

    /// Whether Sentinels name the server.
    #[must_use]
    pub fn is_of_sentinels(url: &str) -> bool {
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        matches!(of_many(scheme), Some((_, Kind::Sentinel)))
    }

    /// Whether what is sent is encrypted, by the scheme.
    #[must_use]
    pub fn is_by_tls(url: &str) -> bool {
        url.starts_with("rediss://") || url.starts_with("rediss+")
    }

    /// The names of the hosts to which `url` leads; none for a socket.
    #[must_use]
    pub fn hosts(url: &str) -> Vec<String> {
        let hosts = match url.split_once("://") {
            Some((scheme, rest)) if of_many(scheme).is_some() => {
                let many = Many::split(rest);
                many.hosts.iter().map(|host| format!("redis://{host}")).collect()
            }
            Some(("redis" | "rediss", _)) => vec![url.to_owned()],
            Some(_) | None => Vec::new(),
        };
        hosts.iter().filter_map(|it| Some(Url::parse(it).ok()?.host_str()?.to_owned())).collect()
    }

    /// Reads `store.url`. The passwords of `access` are those of files, for a URL that has none.
    ///
    /// # Errors
    /// The URL cannot be read, or has a password of its own beside a file's. Never contains one.
    pub fn parse(url: &str, access: &Access) -> Result<Self, OpenError> {
        let (scheme, rest) = url.split_once("://").unwrap_or((url, ""));
        let password = access.password.as_ref();
        let Some((single, kind)) = of_many(scheme) else { return Ok(Self::Single(read(url, password)?)) };
        let many = Many::split(rest);
        let nodes = |database: &str| -> Result<Vec<_>, OpenError> {
            many.hosts.iter().map(|host| read(&many.of_one(single, host, kind, database)?, password)).collect()
        };
        let wrong = |problem: &str| Err(OpenError::Url(problem.to_owned()));
        match kind {
            Kind::Cluster if matches!(many.path, "" | "0") => Ok(Self::Cluster(nodes(many.path)?)),
            Kind::Cluster => wrong("a Cluster has no other database than 0: leave it out"),
            Kind::Sentinel => {
                let (path, query) = many.path.split_once('?').unwrap_or((many.path, ""));
                let (master, database) = path.split_once('/').unwrap_or((path, ""));
                if master.is_empty() {
                    return wrong(
                        "the name of the master must follow the Sentinels: redis+sentinel://HOST:PORT/MASTER",
                    );
                }
                let login = SentinelLogin::read(query, access.sentinel_password.as_ref())?;
                Ok(Self::Sentinel { sentinels: nodes(database)?, login, master: master.to_owned() })
            }
        }
    }
}

impl SentinelLogin {
    /// Reads what follows the `?`. `filed` is the password of a file.
    fn read(query: &str, filed: Option<&SecretString>) -> Result<Option<Self>, OpenError> {
        let (mut user, mut written) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "sentinel_username" => user = Some(value.into_owned()),
                "sentinel_password" => written = Some(SecretString::from(value.into_owned())),
                _ => {
                    let known = "`sentinel_username` and `sentinel_password` alone may follow the `?` of Sentinels";
                    return Err(OpenError::Url(known.to_owned()));
                }
            }
        }
        let password = match (written, filed) {
            (Some(_), Some(_)) => {
                let twice = "it has a `sentinel_password`, and so has `store.sentinel_password_file`: leave one out";
                return Err(OpenError::Url(twice.to_owned()));
            }
            (written, filed) => written.or_else(|| filed.cloned()),
        };
        match (user, password) {
            (user, Some(password)) => Ok(Some(Self { user, password })),
            (None, None) => Ok(None),
            (Some(_), None) => {
                let missing = "it has a `sentinel_username` without a password: set `sentinel_password`, or \
                               `store.sentinel_password_file`";
                Err(OpenError::Url(missing.to_owned()))
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Sentinel,
    Cluster,
}

/// The scheme of one of several servers, and what they are to each other.
fn of_many(scheme: &str) -> Option<(&str, Kind)> {
    match scheme.split_once('+')? {
        (single @ ("redis" | "rediss"), "sentinel") => Some((single, Kind::Sentinel)),
        (single @ ("redis" | "rediss"), "cluster") => Some((single, Kind::Cluster)),
        _ => None,
    }
}

/// What follows the scheme where there may be several hosts: no library reads that.
struct Many<'a> {
    /// User and password as they are written, with the `@`.
    who: &'a str,
    hosts: Vec<&'a str>,
    /// Without its first `/`.
    path: &'a str,
}

impl<'a> Many<'a> {
    fn split(rest: &'a str) -> Self {
        // A password may contain an `@`, and a `/` only as `%2F`.
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (who, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        Self { who, hosts: hosts.split(',').collect(), path }
    }

    /// The URL of one of the hosts.
    fn of_one(&self, scheme: &str, host: &str, kind: Kind, database: &str) -> Result<String, OpenError> {
        if host.is_empty() {
            return Err(OpenError::Url("a host is missing before or after a comma".to_owned()));
        }
        let unreadable = |it: url::ParseError| OpenError::Url(format!("`{host}`: {it}"));
        let url = Url::parse(&format!("{scheme}://{host}/{database}")).map_err(unreadable)?;
        let has_no_port = url.port().is_none() && matches!(kind, Kind::Sentinel);
        let port = if has_no_port { format!(":{SENTINEL_PORT}") } else { String::new() };
        Ok(format!("{scheme}://{}{host}{port}/{database}", self.who))
    }
}

fn read(url: &str, password: Option<&SecretString>) -> Result<ConnectionInfo, OpenError> {
    let info = url.into_connection_info().map_err(|it| OpenError::Url(it.to_string()))?;
    let info = match info.addr() {
        ConnectionAddr::Tcp(..) | ConnectionAddr::TcpTls { .. } => {
            info.set_tcp_settings(TcpSettings::default().set_nodelay(true))
        }
        _ => info,
    };
    let Some(password) = password else { return Ok(info) };
    if info.redis_settings().password().is_some() {
        return Err(OpenError::Url("it has a password, and so has `store.password_file`: leave one out".to_owned()));
    }
    let who = info.redis_settings().clone().set_password(password.expose_secret());
    Ok(info.set_redis_settings(who))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str) -> String {
        let address = |it: &ConnectionInfo| {
            let who = it.redis_settings();
            format!("{}|{:?}|{:?}|{}", it.addr(), who.username(), who.password(), who.db())
        };
        let all = |nodes: &[ConnectionInfo]| nodes.iter().map(address).collect::<Vec<_>>().join(" ");
        match Address::parse(url, &Access::default()) {
            Ok(Address::Single(it)) => address(&it),
            Ok(Address::Sentinel { sentinels, login: None, master }) => format!("{master}: {}", all(&sentinels)),
            Ok(Address::Sentinel { sentinels, login: Some(login), master }) => {
                format!("{:?}:{}@ {master}: {}", login.user, login.password.expose_secret(), all(&sentinels))
            }
            Ok(Address::Cluster(nodes)) => format!("cluster: {}", all(&nodes)),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn an_address_of_many_is_read() {
        let sentinels = "redis+sentinel://me:p%40ss@a.example:1,[::1]:2,b/main/3";
        let who = "Some(\"me\")|Some(\"p@ss\")|3";
        assert_eq!(told(sentinels), format!("main: a.example:1|{who} ::1:2|{who} b:26379|{who}"));
        assert_eq!(told("redis+sentinel://a/main"), "main: a:26379|None|None|0");
        assert_eq!(told("redis+cluster://:x@a:7000,b"), "cluster: a:7000|None|Some(\"x\")|0 b:6379|None|Some(\"x\")|0");
        assert_eq!(Address::hosts(sentinels), ["a.example", "[::1]", "b"]);
        assert_eq!(Address::hosts("redis://:secret@localhost:6379/1"), ["localhost"]);
        assert_eq!(Address::hosts("redis+unix:///run/redis.sock"), [""; 0]);
        assert!(matches!(
            Address::parse("rediss+cluster://a", &Access::default()),
            Ok(Address::Cluster(nodes)) if matches!(nodes[0].addr(), ConnectionAddr::TcpTls { .. })
        ));
    }

    #[test]
    fn what_cannot_be_read_is_said_without_a_password() {
        for (url, problem) in [
            ("redis+sentinel://:secret@a:1", "the name of the master"),
            ("redis+cluster://:secret@a:1/2", "no other database"),
            ("redis+cluster://:secret@a:x,b", "`a:x`"),
            ("redis+sentinel://:secret@a:1,/main", "a host is missing"),
            ("redis+sentinel://:secret@a/main?sentinelPassword=secret", "`sentinel_password` alone"),
            ("redis+sentinel://:secret@a/main?sentinel_username=secret", "without a password"),
            ("redis+sentinel://:secret@a/?sentinel_password=secret", "the name of the master"),
        ] {
            let told = told(url);
            assert!(told.contains(problem) && !told.contains("secret"), "{url}: {told}");
        }
    }

    #[test]
    fn sentinels_may_have_a_password_of_their_own() {
        assert_eq!(
            told("redis+sentinel://me:p@a/main/3?sentinel_username=watch&sentinel_password=g%26%2F%40"),
            "Some(\"watch\"):g&/@@ main: a:26379|Some(\"me\")|Some(\"p\")|3"
        );
        assert_eq!(told("redis+sentinel://a/main?sentinel_password=g"), "None:g@ main: a:26379|None|None|0");
        let access = Access { sentinel_password: Some("filed".into()), ..Access::default() };
        let login = |url: &str| match Address::parse(url, &access) {
            Ok(Address::Sentinel { login: Some(it), .. }) => Ok((it.user, it.password.expose_secret().to_owned())),
            Ok(other) => panic!("{other:?}"),
            Err(fault) => Err(fault.to_string()),
        };
        assert_eq!(login("redis+sentinel://:x@a/main"), Ok((None, "filed".to_owned())));
        let named = login("redis+sentinel://:x@a/main?sentinel_username=watch");
        assert_eq!(named, Ok((Some("watch".to_owned()), "filed".to_owned())));
        let twice = login("redis+sentinel://:x@a/main?sentinel_password=secret").unwrap_err();
        assert!(twice.contains("store.sentinel_password_file") && !twice.contains("secret"), "{twice}");
        assert!(Address::is_of_sentinels("rediss+sentinel://a/main") && !Address::is_of_sentinels("redis+cluster://a"));
    }

    #[test]
    fn a_password_comes_from_one_place() {
        let access = Access { password: Some("filed".into()), ..Access::default() };
        let parse = |url: &str| Address::parse(url, &access);
        let Ok(Address::Cluster(nodes)) = parse("redis+cluster://me@a,b") else { panic!("it is a Cluster") };
        let whose: Vec<_> =
            nodes.iter().map(|it| (it.redis_settings().username(), it.redis_settings().password())).collect();
        assert_eq!(whose, [(Some("me"), Some("filed")); 2]);
        let fault = parse("redis://:secret@a").unwrap_err().to_string();
        assert!(fault.contains("store.password_file") && !fault.contains("secret"), "{fault}");
    }
}
