//! What a server tells of itself: its version, and how it keeps what it is given.

use redis::RedisError;

use crate::adapters::store::redis::connection::{memory_policy::allowed, topology::Connection};

/// The first version that has all commands: of `ZADD LT`, `XTRIM MINID` and `SET … GET`, and Valkey counts on from 7.2.
const OLDEST: (u32, u32) = (6, 2);

/// The version of a server that is too old; `None` if all are new enough, or do not tell us.
///
/// # Errors
/// A server does not answer, or is not ready to.
pub async fn outdated(connection: &mut Connection) -> Result<Option<String>, RedisError> {
    let mut info = redis::cmd("INFO");
    info.arg("server");
    let told = allowed::<String>(connection, &info).await?.unwrap_or_default();
    let versions = told.iter().filter_map(|it| field(it, "redis_version"));
    Ok(versions.filter(|it| is_before(it, OLDEST)).map(str::to_owned).next())
}

/// How many keys there are.
///
/// # Errors
/// A server does not answer, or is not ready to.
pub async fn n_keys(connection: &mut Connection) -> Result<u64, RedisError> {
    Ok(allowed::<u64>(connection, &redis::cmd("DBSIZE")).await?.unwrap_or_default().iter().sum())
}

/// How many replicas the server has, or the master with the most; none if that is not told.
///
/// # Errors
/// A server does not answer, or is not ready to.
pub async fn replicas(connection: &mut Connection) -> Result<Option<u32>, RedisError> {
    let mut info = redis::cmd("INFO");
    info.arg("replication");
    let told = allowed::<String>(connection, &info).await?.unwrap_or_default();
    Ok(told.iter().filter_map(|it| field(it, "connected_slaves")?.parse().ok()).max())
}

/// How the servers keep what they are given, in words; the weakest speaks for all.
///
/// # Errors
/// A server does not answer, or is not ready to.
pub async fn persistence(connection: &mut Connection) -> Result<&'static str, RedisError> {
    let mut info = redis::cmd("INFO");
    info.arg("persistence");
    let appends = allowed::<String>(connection, &info).await?.unwrap_or_default();
    let mut config = redis::cmd("CONFIG");
    config.arg("GET").arg("appendfsync");
    let syncs = allowed::<Option<(String, String)>>(connection, &config).await?.unwrap_or_default();
    let syncs = syncs.into_iter().flatten().map(|(_, value)| value);
    let appends = appends.iter().map(|it| field(it, "aof_enabled").map(|it| it == "1"));
    Ok(weakest(appends, syncs).words())
}

/// How a server keeps what it is given, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Persistence {
    Snapshots,
    BySystem,
    EverySecond,
    Unknown,
    Always,
}

impl Persistence {
    const fn words(self) -> &'static str {
        match self {
            Self::Snapshots => "this Redis has no append-only file: a crash loses what came since its last snapshot",
            Self::BySystem => {
                "this Redis leaves syncing to the system (appendfsync no): a power cut loses half a minute"
            }
            Self::EverySecond => {
                "this Redis syncs every second (appendfsync everysec): a power cut loses up to a second"
            }
            Self::Unknown => "this Redis does not tell how it syncs (appendfsync)",
            Self::Always => "this Redis syncs before it acknowledges (appendfsync always)",
        }
    }
}

fn weakest(appends: impl Iterator<Item = Option<bool>>, syncs: impl Iterator<Item = String>) -> Persistence {
    let by_file = appends.map(|it| if it == Some(false) { Persistence::Snapshots } else { Persistence::Always });
    let by_sync = syncs.map(|it| match &*it {
        "always" => Persistence::Always,
        "everysec" => Persistence::EverySecond,
        "no" => Persistence::BySystem,
        _ => Persistence::Unknown,
    });
    let (by_file, by_sync) = (by_file.min(), by_sync.min());
    by_sync.unwrap_or(Persistence::Unknown).min(by_file.unwrap_or(Persistence::Unknown))
}

/// A field of an answer to `INFO`.
fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

fn is_before(version: &str, oldest: (u32, u32)) -> bool {
    let mut parts = version.split('.').map(|it| it.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < oldest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weakest_server_speaks_for_all() {
        let told = |appends: &[bool], syncs: &[&str]| {
            weakest(appends.iter().map(|it| Some(*it)), syncs.iter().map(ToString::to_string))
        };
        assert_eq!(told(&[true, true], &["always", "everysec"]), Persistence::EverySecond);
        assert_eq!(told(&[true, false], &["always", "always"]), Persistence::Snapshots);
        assert_eq!(told(&[true], &["always"]), Persistence::Always);
        assert_eq!(told(&[true], &[]), Persistence::Unknown);
        assert_eq!(told(&[false], &[]), Persistence::Snapshots);
    }

    #[test]
    fn a_version_is_compared_by_its_numbers() {
        assert!(is_before("6.0.20", OLDEST) && is_before("5.0.7", OLDEST));
        assert!(!is_before("6.2.0", OLDEST) && !is_before("7.0.15", OLDEST) && !is_before("10.1", OLDEST));
        assert_eq!(field("# Server\r\nredis_version:7.0.15\r\n", "redis_version"), Some("7.0.15"));
    }
}
