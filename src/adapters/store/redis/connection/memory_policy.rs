//! Whether a server drops records by itself when it is full.

use std::time::Duration;

use redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value};

use crate::adapters::store::redis::connection::topology::Connection;

/// A master of a Cluster that takes longer is passed over: logins wait for this.
const ANSWERING: Duration = Duration::from_millis(150);
/// The policy under which nothing is dropped.
const KEEPS: &str = "noeviction";

/// The `maxmemory-policy` by which a server would drop records; none if all keep them.
///
/// A server that lets us ask neither by `CONFIG` nor by `INFO` is taken to be set up by somebody who knows. Of a Cluster those masters
/// count that answer.
///
/// # Errors
/// No server answers, or one is not ready to.
pub async fn evicting(connection: &mut Connection) -> Result<Option<String>, RedisError> {
    let evicts = |policies: Vec<String>| policies.into_iter().find(|it| it != KEEPS);
    let mut config = redis::cmd("CONFIG");
    config.arg("GET").arg("maxmemory-policy");
    if let Some(told) = told::<Option<(String, String)>>(connection.of_masters_that_answer(&config, ANSWERING).await)? {
        let policies: Vec<String> = told.into_iter().flatten().map(|(_, policy)| policy).collect();
        if !policies.is_empty() {
            return Ok(evicts(policies));
        }
    }
    let mut info = redis::cmd("INFO");
    info.arg("memory");
    let told = told::<String>(connection.of_masters_that_answer(&info, ANSWERING).await)?.unwrap_or_default();
    Ok(evicts(told.iter().filter_map(|it| named_in(it).map(str::to_owned)).collect()))
}

/// The answers, or none where a server refuses this command to us or does not have it.
///
/// # Errors
/// A server does not answer, or is not ready to.
pub async fn allowed<T: FromRedisValue>(
    connection: &mut Connection,
    command: &Cmd,
) -> Result<Option<Vec<T>>, RedisError> {
    told(connection.of_every_master(command).await)
}

fn told<T: FromRedisValue>(answers: RedisResult<Vec<Value>>) -> Result<Option<Vec<T>>, RedisError> {
    match answers {
        Ok(answers) => Ok(Some(answers.into_iter().map(T::from_redis_value).collect::<Result<_, _>>()?)),
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
