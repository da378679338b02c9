//! Which slots of a Cluster are on the same node: so that a question to all partitions is one trip to each node, and not to each slot.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{
    FromRedisValue, RedisResult, Value,
    aio::ConnectionLike,
    cluster_async::ClusterConnection,
    cluster_routing::{Route, SlotAddr},
};
use tokio::time::{Instant, timeout};

/// How many slots a Cluster has.
const SLOTS: u16 = 16_384;
/// How long it is believed where slots are: they move seldom.
const KNOWN_FOR: Duration = Duration::from_secs(2);
/// How long a node may take to say it. Whoever asks has something else to ask.
const ANSWERED_WITHIN: Duration = Duration::from_millis(80);

/// The number of the slot that a route leads to. The library does not tell it.
static SLOT_OF: LazyLock<HashMap<Route, u16>> =
    LazyLock::new(|| (0..SLOTS).map(|slot| (Route::new(slot, SlotAddr::Master), slot)).collect());

/// The nodes of slots, as they were last seen.
#[derive(Debug, Default)]
pub struct Nodes {
    seen: Mutex<Option<Seen>>,
}

/// Where slots are, and until when that is believed; `None` if it is doubted already.
#[derive(Clone, Debug)]
struct Seen {
    until: Option<Instant>,
    map: Arc<Map>,
}

/// The node of each slot, by a number that means nothing else.
#[derive(Debug)]
pub struct Map(Vec<Option<usize>>);

impl Map {
    /// The node that a route leads to; `None` if that is not known.
    #[must_use]
    pub fn node_of(&self, route: &Route) -> Option<usize> {
        *self.0.get(usize::from(*SLOT_OF.get(route)?))?
    }

    /// A route to each master: to one of its slots.
    #[must_use]
    pub fn masters(&self) -> Vec<Route> {
        let mut seen = HashSet::new();
        let firsts = (0..SLOTS).zip(&self.0).filter(|(_, node)| node.is_some_and(|it| seen.insert(it)));
        firsts.map(|(slot, _)| Route::new(slot, SlotAddr::Master)).collect()
    }

    /// Reads the answer to `CLUSTER SLOTS`: ranges of slots, each with its master first.
    fn read(answer: Value) -> RedisResult<Self> {
        let (mut nodes, mut by_id) = (vec![None; usize::from(SLOTS)], HashMap::new());
        for range in Vec::<Vec<Value>>::from_redis_value(answer)? {
            let [first, last, master, ..] = range.as_slice() else { continue };
            let (first, last) = (u16::from_redis_value_ref(first)?, u16::from_redis_value_ref(last)?);
            let Some(Value::BulkString(id)) = Vec::<Value>::from_redis_value_ref(master)?.into_iter().nth(2) else {
                continue;
            };
            let number = by_id.len();
            let node = *by_id.entry(id).or_insert(number);
            let places = usize::from(first)..=usize::from(last);
            if let Some(slots) = nodes.get_mut(places) {
                slots.fill(Some(node));
            }
        }
        Ok(Self(nodes))
    }
}

impl Nodes {
    /// Where slots are, as it was seen within two seconds. Where that cannot be seen now, because whichever node is asked may be one that is
    /// gone, as it was seen before; `None` if it never was.
    pub async fn map(&self, connection: &mut ClusterConnection) -> Option<Arc<Map>> {
        let now = Instant::now();
        let before = self.seen().clone();
        if let Some(seen) = &before
            && seen.until.is_some_and(|it| now < it)
        {
            return Some(seen.map.clone());
        }
        let mut ask = redis::cmd("CLUSTER");
        ask.arg("SLOTS");
        let answer = timeout(ANSWERED_WITHIN, connection.req_packed_command(&ask)).await;
        let map = answer.ok().and_then(|it| it.and_then(Map::read).ok()).map(Arc::new);
        let map = map.or_else(|| before.map(|it| it.map))?;
        *self.seen() = Some(Seen { until: Some(now + KNOWN_FOR), map: map.clone() });
        Some(map)
    }

    /// Something was not where it was thought to be: it is looked for the next time.
    pub fn forget(&self) {
        if let Some(seen) = &mut *self.seen() {
            seen.until = None;
        }
    }

    /// Nothing panics while it is held.
    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_one_master_are_one_node() {
        let range = |first, last, id: &str| {
            let master = Value::Array(vec![
                Value::BulkString(b"127.0.0.1".to_vec()),
                Value::Int(7000),
                Value::BulkString(id.as_bytes().to_vec()),
            ]);
            Value::Array(vec![Value::Int(first), Value::Int(last), master])
        };
        let map = Map::read(Value::Array(vec![range(0, 9, "a"), range(10, 19, "b"), range(20, 29, "a")])).unwrap();
        let node = |slot| map.node_of(&Route::new(slot, SlotAddr::Master));
        assert!(node(0).is_some() && node(0) == node(25) && node(0) != node(10));
        assert_eq!(node(30), None);
    }
}
