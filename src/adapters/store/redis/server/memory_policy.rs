//! Whether a server drops records by itself when it is full.

use redis::{RedisError, aio::ConnectionLike};

/// The policy under which nothing is dropped.
const KEEPS: &str = "noeviction";

/// The server's `maxmemory-policy`, if by it the server would drop records; none if it keeps them.
///
/// A server that lets us ask neither by `CONFIG` nor by `INFO` is taken to be set up by somebody who knows.
///
/// # Errors
/// The server does not answer, or is not ready to.
pub async fn evicting(connection: &mut impl ConnectionLike) -> Result<Option<String>, RedisError> {
    let evicts = |policy: &String| policy != KEEPS;
    let mut config = redis::cmd("CONFIG");
    config.arg("GET").arg("maxmemory-policy");
    let told: Option<(String, String)> = allowed(config.query_async(connection).await)?.flatten();
    if let Some((_, policy)) = told {
        return Ok(Some(policy).filter(evicts));
    }
    let info: Option<String> = allowed(redis::cmd("INFO").arg("memory").query_async(connection).await)?;
    Ok(info.and_then(|it| named_in(&it).map(str::to_owned)).filter(evicts))
}

/// An answer, or none where the server refuses this command to us or does not have it.
fn allowed<T>(answer: Result<T, RedisError>) -> Result<Option<T>, RedisError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(fault) if matches!(fault.code(), Some("NOPERM" | "ERR")) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The policy in the answer to `INFO memory`.
fn named_in(info: &str) -> Option<&str> {
    info.lines().find_map(|line| line.strip_prefix("maxmemory_policy:")).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_found_among_what_info_tells() {
        let info = "# Memory\r\nused_memory:1\r\nmaxmemory_policy:allkeys-lru\r\nallocator:jemalloc\r\n";
        assert_eq!(named_in(info), Some("allkeys-lru"));
        assert_eq!(named_in("# Memory\r\n"), None);
    }
}
