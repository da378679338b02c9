//! Which slots of a Cluster are on the same node: so that a question to all partitions is one trip to each node, and not to each slot.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{
    FromRedisValue, RedisResult, Value,
    aio::ConnectionLike,
    cluster_async::ClusterConnection,
    cluster_routing::{Route, SlotAddr},
};
use tokio::time::Instant;

/// How many slots a Cluster has.
const SLOTS: u16 = 16_384;
/// How long it is believed where slots are: they move seldom.
const KNOWN_FOR: Duration = Duration::from_secs(2);

/// The number of the slot that a route leads to. The library does not tell it.
static SLOT_OF: LazyLock<HashMap<Route, u16>> =
    LazyLock::new(|| (0..SLOTS).map(|slot| (Route::new(slot, SlotAddr::Master), slot)).collect());

/// The nodes of slots, as they were last seen.
#[derive(Debug, Default)]
pub struct Nodes {
    seen: Mutex<Option<(Instant, Arc<Map>)>>,
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
    /// Where slots are, as it was seen within two seconds; `None` if that cannot be seen now.
    pub async fn map(&self, connection: &mut ClusterConnection) -> Option<Arc<Map>> {
        let now = Instant::now();
        if let Some((seen_at, map)) = &*self.seen()
            && now.duration_since(*seen_at) < KNOWN_FOR
        {
            return Some(map.clone());
        }
        let mut ask = redis::cmd("CLUSTER");
        ask.arg("SLOTS");
        let answer = connection.req_packed_command(&ask).await;
        let map = answer.and_then(Map::read).ok().map(Arc::new)?;
        *self.seen() = Some((now, map.clone()));
        Some(map)
    }

    /// Something was not where it was thought to be.
    pub fn forget(&self) {
        *self.seen() = None;
    }

    /// Nothing panics while it is held.
    fn seen(&self) -> MutexGuard<'_, Option<(Instant, Arc<Map>)>> {
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
