//! The newest of what lies in many sorted sets.

use redis::Cmd;

use crate::adapters::store::{
    backend::Reply,
    redis::{
        log::leaves::Bounds,
        server::{
            keys,
            link::{Batch, Link, WIDE},
        },
    },
};

/// How many members more than its part a set is asked for.
const SPARE: usize = 16;
/// By how much more each is asked for when that was not enough.
const MORE: usize = 4;

/// Asks a set for its highest members, the highest first.
pub type AskNewest = fn(&str, Bounds<'_>, usize) -> Cmd;

/// Asks a plain sorted set.
#[must_use]
pub fn of_set(set: &str, Bounds { from, below }: Bounds<'_>, limit: usize) -> Cmd {
    let mut ask = redis::cmd("ZREVRANGEBYLEX");
    ask.arg(set).arg(below).arg(from).arg("LIMIT").arg(0).arg(limit);
    ask
}

/// The identifiers that the newest members of these sets begin with: see [`newest_members`].
///
/// # Errors
/// The server does not answer in time.
pub async fn newest(
    link: &Link,
    sets: &[String],
    ask_newest: AskNewest,
    from: &[u8],
    below: Vec<u8>,
    limit: usize,
) -> Reply<Vec<[u8; 16]>> {
    let members = newest_members(link, sets, ask_newest, from, below, limit).await?;
    Ok(members.iter().filter_map(|it| it.first_chunk().copied()).collect())
}

/// The newest members of these sets, each of which begins with an identifier of 16 bytes: at most `limit`, between these two bounds as
/// Redis writes them.
///
/// # Errors
/// The server does not answer in time.
pub async fn newest_members(
    link: &Link,
    sets: &[String],
    ask_newest: AskNewest,
    from: &[u8],
    mut below: Vec<u8>,
    limit: usize,
) -> Reply<Vec<Vec<u8>>> {
    // What is stored is spread evenly: so each set is asked for little more than its part. Where one has more of the newest, all are
    // asked again for what is older, and for more.
    let mut each = limit.div_ceil(sets.len().max(1)).saturating_add(SPARE).min(limit);
    let mut found = Vec::new();
    while found.len() < limit {
        let mut ask = Batch::new();
        for set in sets {
            ask.add_command(ask_newest(set, Bounds { from, below: &below }, each));
        }
        let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
        let id = |member: &Vec<u8>| member.first_chunk::<16>().copied();
        // Nothing can be said of what is older than the last that a set has told of, if it has more.
        let next = members.iter().filter(|it| it.len() == each).filter_map(|it| id(it.last()?)).max();
        let mut told: Vec<Vec<u8>> = members.into_iter().flatten().collect();
        told.retain(|it| id(it).is_some_and(|id| next.is_none_or(|next| next <= id)));
        told.sort_unstable_by(|a, b| b.cmp(a));
        found.extend(told);
        let Some(next) = next else { break };
        (below, each) = (keys::below(&next), each.saturating_mul(MORE).min(limit));
    }
    found.truncate(limit);
    Ok(found)
}
