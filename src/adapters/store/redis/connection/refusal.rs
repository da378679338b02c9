//! What a refusal of the server means: in words for an operator, and for whether the same may be asked again.

use redis::{ErrorKind, RedisError, Value};

use crate::{adapters::store::redis::connection::tls, ports::Unavailable};

/// What to do after a fault, while there is time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing: the same would come again.
    Tell,
    /// It passes, and nothing was done: ask again on the same connection.
    Again,
    /// It will not pass on this connection, and nothing was done: ask again on another.
    Elsewhere,
    /// The connection is gone, and it is not known what was done: another is needed.
    Lost,
}

/// Codes of refusals that pass by themselves: a failover, a slot that moves, a script of somebody else that takes long.
const PASSING: [&str; 9] =
    ["LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "NOREPLICAS", "BUSY", "UNBLOCKED"];

/// What to do after this fault.
#[must_use]
pub fn remedy(fault: &RedisError) -> Remedy {
    match code_of(fault).as_deref() {
        // A script looks for a piece of an index in a slot of which only a part is here: that is so while the slot is moved.
        Some("ERR") if is_half_moved(fault) => Remedy::Again,
        // It was the master, and is no longer.
        Some("READONLY") => Remedy::Elsewhere,
        Some(code) if PASSING.contains(&code) => Remedy::Again,
        None if fault.is_unrecoverable_error() || fault.is_io_error() => Remedy::Lost,
        Some(_) | None => Remedy::Tell,
    }
}

fn is_half_moved(fault: &RedisError) -> bool {
    fault.to_string().contains("attempted to access a non local key")
}

/// What is told of Sentinels that do not let us in, so that nobody looks for the fault in the master's password.
const SENTINELS_REFUSE: &str = "the Sentinels refuse us";

/// That the Sentinels, and not the master, refuse the user name or password.
#[must_use]
pub fn sentinels_refuse() -> RedisError {
    RedisError::from((ErrorKind::AuthenticationFailed, SENTINELS_REFUSE))
}

/// The code of the first refusal: of a batch it speaks for the others.
fn code_of(fault: &RedisError) -> Option<String> {
    let of_batch = || Some(fault.clone().into_server_errors()?.first()?.1.code().to_owned());
    // The library makes some refusals itself.
    fault.code().map(str::to_owned).or_else(of_batch)
}

/// The first refusal among answers, if there is one that is worth asking again for.
#[must_use]
pub fn passing(answers: &[Value]) -> Option<RedisError> {
    let refusals = answers.iter().filter(|it| matches!(it, Value::ServerError(_)));
    let faults = refusals.filter_map(|it| it.clone().extract_error().err());
    faults.into_iter().find(|it| remedy(it) != Remedy::Tell)
}

/// Redis' refusal, in words that tell an operator what to do where that is known.
#[must_use]
pub fn unavailable(fault: &RedisError) -> Unavailable {
    Unavailable(match (code_of(fault).as_deref(), fault.kind()) {
        (Some("OOM"), _) => "Redis has reached its `maxmemory`".to_owned(),
        (Some("LOADING"), _) => "Redis is still loading its data".to_owned(),
        (Some("READONLY"), _) => "this Redis is a replica and may not be written".to_owned(),
        (Some("MASTERDOWN"), _) => "this Redis is a replica and has lost its master".to_owned(),
        (Some("NOREPLICAS"), _) => {
            "this Redis has too few replicas for its `min-replicas-to-write`, and takes no writes".to_owned()
        }
        (Some("CLUSTERDOWN"), _) => "a part of this Cluster has no master".to_owned(),
        (Some("TRYAGAIN" | "MOVED" | "ASK"), _) => "a slot of this Cluster is just being moved".to_owned(),
        (Some("ERR"), _) if is_half_moved(fault) => "a slot of this Cluster is just being moved".to_owned(),
        (_, ErrorKind::AuthenticationFailed) if fault.to_string().contains(SENTINELS_REFUSE) => {
            "the Sentinels refuse the user name or password: set `store.sentinel_password_file`, or `sentinel_username` and \
             `sentinel_password` in `store.url`, if theirs are not the master's"
                .to_owned()
        }
        (Some("WRONGPASS" | "NOAUTH"), _) | (_, ErrorKind::AuthenticationFailed) => {
            "Redis refuses the user name or password of `store.url`, or the password of `store.password_file`".to_owned()
        }
        (Some("NOPERM"), _) => format!("the user in `store.url` lacks a permission: {fault}"),
        (_, ErrorKind::MasterNameNotFoundBySentinel) => {
            "no Sentinel knows a master of the name that `store.url` has, or that can be reached".to_owned()
        }
        _ => tls::words(fault).map_or_else(|| format!("Redis: {fault}"), str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use redis::ServerErrorKind;

    use super::*;

    #[test]
    fn only_what_was_not_done_is_asked_again() {
        let told = |kind: ServerErrorKind| remedy(&RedisError::from((kind.into(), "")));
        assert_eq!(told(ServerErrorKind::ReadOnly), Remedy::Elsewhere);
        assert_eq!(told(ServerErrorKind::BusyLoading), Remedy::Again);
        assert_eq!(told(ServerErrorKind::TryAgain), Remedy::Again);
        assert_eq!(told(ServerErrorKind::CrossSlot), Remedy::Tell);
        let broken = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert_eq!(remedy(&RedisError::from(broken)), Remedy::Lost);
    }
}
