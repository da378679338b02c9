//! What is sent in one trip: a batch of commands, or a script; on a Cluster by slot; and confirmed by replicas if that is asked for.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::try_join_all;
use redis::{
    Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Script, ScriptInvocation, ServerErrorKind, Value,
    aio::ConnectionLike,
    cluster_async::ClusterConnection,
    cluster_routing::{Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr},
};

use crate::{
    adapters::store::redis::connection::{
        batch::{Batch, first_key, is_write},
        nodes::{Map, Nodes},
        refusal::{passing, unavailable},
        topology::Connection,
    },
    ports::Unavailable,
};

/// How many replicas have to have what is written, and how long that may take.
#[derive(Clone, Copy, Debug)]
pub struct Confirmation {
    /// Of how many.
    pub replicas: u32,
    /// Redis' own limit for waiting.
    pub within: Duration,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Redis refuses, or cannot be reached.
    Redis(RedisError),
    /// It is done, and may be lost: too few replicas have it yet.
    Unconfirmed {
        /// How many have it.
        replicas: u32,
        /// How many should.
        of: u32,
    },
    /// It is not done, or may be lost: another server is being made the master.
    FailingOver,
}

impl From<RedisError> for Fault {
    fn from(fault: RedisError) -> Self {
        Self::Redis(fault)
    }
}

impl From<Fault> for Unavailable {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Redis(fault) => unavailable(&fault),
            Fault::Unconfirmed { replicas, of } => Self(format!(
                "{replicas} of the {of} replicas that `store.durability` asks for have confirmed in time: send it again"
            )),
            Fault::FailingOver => Self(
                "another server is being made the master, and what is stored meanwhile may be lost: send it again"
                    .to_owned(),
            ),
        }
    }
}

/// What is sent in one trip.
#[derive(Clone, Copy)]
pub enum Request<'a> {
    /// Commands.
    Batch(&'a Batch),
    /// A script, which the server is given where it does not know it.
    Script(&'a ScriptInvocation<'a>),
}

/// Commands for one server, on a Cluster for the master of a slot.
struct Part {
    commands: Pipeline,
    /// Where the answers belong among those to the whole.
    places: Vec<usize>,
    /// None on a Cluster for a command without keys: the library knows where it goes.
    route: Option<Route>,
    writes: bool,
}

/// What a server is given that does not know a script.
#[derive(Clone, Copy)]
enum Scripts<'a> {
    Named(&'a [&'static Script]),
    Run(&'a ScriptInvocation<'a>),
}

impl Request<'_> {
    /// Whether it may change something.
    #[must_use]
    pub fn writes(&self) -> bool {
        match self {
            Self::Batch(batch) => batch.writes(),
            Self::Script(_) => true,
        }
    }

    /// Sends it. Refusals of single commands are among the answers.
    ///
    /// # Errors
    /// The connection fails, or what was written is not confirmed.
    pub async fn send(
        &self,
        connection: &mut Connection,
        confirmation: Option<Confirmation>,
    ) -> Result<Vec<Value>, Fault> {
        match (self, &connection, confirmation) {
            (Self::Batch(batch), _, _) if batch.is_empty() => Ok(Vec::new()),
            (Self::Batch(batch), _, _) if batch.is_atomic() => send_atomic(batch, connection, confirmation).await,
            (Self::Batch(batch), Connection::Single(_), None) if batch.scripts().is_empty() => {
                let commands = batch.commands();
                Ok(connection.req_packed_commands(commands, 0, commands.len()).await?)
            }
            (Self::Batch(batch), Connection::Single(_), _) => {
                let part = Part::whole(batch.commands().clone());
                part.send_with_scripts(connection, confirmation, Scripts::Named(batch.scripts())).await
            }
            (Self::Batch(batch), Connection::Cluster(cluster, nodes), _) => {
                send_by_slot(batch, cluster, nodes, confirmation).await
            }
            (Self::Script(run), Connection::Single(_), None) => Ok(vec![run.invoke_async::<Value>(connection).await?]),
            (Self::Script(run), _, _) => {
                let mut commands = Pipeline::new();
                commands.invoke_script(run);
                Part::whole(commands).send_with_scripts(connection, confirmation, Scripts::Run(run)).await
            }
        }
    }
}

/// Sends commands by slot, or those that only read by node, and puts the answers into the order of the commands.
async fn send_by_slot(
    batch: &Batch,
    cluster: &ClusterConnection,
    nodes: &Arc<Nodes>,
    confirmation: Option<Confirmation>,
) -> Result<Vec<Value>, Fault> {
    // One that has moved makes the library send the whole part again: that does no harm where nothing is written.
    let map = if batch.writes() { None } else { nodes.map(&mut cluster.clone()).await };
    let (parts, scripts) = (parts(batch.commands(), map.as_deref()), Scripts::Named(batch.scripts()));
    let sent = parts.iter().map(|part| async move {
        let mut connection = Connection::Cluster(cluster.clone(), nodes.clone());
        part.send_with_scripts(&mut connection, confirmation, scripts).await
    });
    let answered = try_join_all(sent).await.inspect_err(|_| nodes.forget())?;
    let mut answers = vec![Value::Nil; batch.commands().len()];
    if answered.iter().any(|it| passing(it).is_some()) {
        nodes.forget();
    }
    for (part, some) in parts.iter().zip(answered) {
        for (place, answer) in part.places.iter().zip(some) {
            answers[*place] = answer;
        }
    }
    Ok(answers)
}

/// Sends commands that are done together or not at all.
async fn send_atomic(
    batch: &Batch,
    connection: &mut Connection,
    confirmation: Option<Confirmation>,
) -> Result<Vec<Value>, Fault> {
    let mut commands = Pipeline::new();
    commands.cmd("MULTI");
    for command in batch.commands().cmd_iter() {
        commands.add_command(command.clone());
    }
    commands.cmd("EXEC");
    let route = batch.commands().cmd_iter().find_map(route_of);
    let part = Part { route, ..Part::whole(commands) };
    let mut answers = part.send(connection, confirmation).await?;
    match answers.pop() {
        Some(Value::Array(done)) => Ok(done),
        // The first that was refused tells more than `EXEC`.
        refused => {
            answers.extend(refused);
            let first = answers.into_iter().find(|it| matches!(it, Value::ServerError(_))).unwrap_or_default();
            Ok(vec![first; batch.commands().len()])
        }
    }
}

/// The commands by slot, or by node where that is known. One that has no slot is a part of its own.
fn parts(commands: &Pipeline, map: Option<&Map>) -> Vec<Part> {
    let (mut parts, mut by_way) = (Vec::<Part>::new(), HashMap::new());
    for (place, command) in commands.cmd_iter().enumerate() {
        let route = route_of(command);
        let way = route.map(|it| map.and_then(|map| map.node_of(&it)).ok_or(it));
        let known = way.as_ref().and_then(|it| by_way.get(it).copied());
        let at = known.unwrap_or(parts.len());
        if known.is_none() {
            parts.push(Part { commands: Pipeline::new(), places: Vec::new(), route, writes: false });
            by_way.extend(way.map(|it| (it, at)));
        }
        let part = &mut parts[at];
        part.commands.add_command(command.clone());
        part.places.push(place);
        part.writes |= is_write(command);
    }
    parts
}

fn route_of(command: &Cmd) -> Option<Route> {
    first_key(command).map(|it| Route::with_key(it, SlotAddr::Master))
}

impl Part {
    /// Commands of which all keys are in one slot.
    fn whole(commands: Pipeline) -> Self {
        let places = (0..commands.len()).collect();
        let route = commands.cmd_iter().find_map(route_of);
        let writes = commands.cmd_iter().any(is_write);
        Self { commands, places, route, writes }
    }

    /// The answers to its commands. A server that does not know a script is given it, and no other server is: one that has failed
    /// would not take it.
    async fn send_with_scripts(
        &self,
        connection: &mut Connection,
        confirmation: Option<Confirmation>,
        scripts: Scripts<'_>,
    ) -> Result<Vec<Value>, Fault> {
        let answers = self.send(connection, confirmation).await?;
        if !answers.iter().any(is_unknown_script) {
            return Ok(answers);
        }
        let mut server = At { connection, route: self.route };
        match scripts {
            Scripts::Named(scripts) => {
                for script in scripts {
                    script.load_async(&mut server).await?;
                }
            }
            Scripts::Run(run) => drop(run.load_async(&mut server).await?),
        }
        self.send(connection, confirmation).await
    }

    async fn send(&self, connection: &mut Connection, confirmation: Option<Confirmation>) -> Result<Vec<Value>, Fault> {
        let mut server = At { connection, route: self.route };
        let Some(confirmation) = confirmation.filter(|_| self.writes) else {
            return Ok(server.send(&self.commands).await?);
        };
        let mut commands = self.commands.clone();
        // By the same connection: it waits for what came by that one.
        let within_ms = u64::try_from(confirmation.within.as_millis()).unwrap_or(u64::MAX);
        commands.cmd("WAIT").arg(confirmation.replicas).arg(within_ms);
        let mut answers = server.send(&commands).await?;
        let waited = answers.pop().unwrap_or_default();
        if answers.iter().any(|it| matches!(it, Value::ServerError(_))) {
            // The refusal is what counts, whoever has the rest.
            return Ok(answers);
        }
        let replicas: u32 = redis::from_redis_value(waited.extract_error()?).map_err(RedisError::from)?;
        if replicas < confirmation.replicas {
            return Err(Fault::Unconfirmed { replicas, of: confirmation.replicas });
        }
        Ok(answers)
    }
}

fn is_unknown_script(answer: &Value) -> bool {
    matches!(answer, Value::ServerError(refusal) if refusal.kind() == Some(ServerErrorKind::NoScript))
}

/// A connection to one server of a Cluster; without a route, to whichever the library finds for a command.
struct At<'a> {
    connection: &'a mut Connection,
    route: Option<Route>,
}

impl At<'_> {
    async fn send(&mut self, commands: &Pipeline) -> RedisResult<Vec<Value>> {
        match (&mut *self.connection, self.route) {
            (Connection::Cluster(it, _), None) => {
                let mut answers = Vec::with_capacity(commands.len());
                for command in commands.cmd_iter() {
                    answers.push(it.req_packed_command(command).await?);
                }
                Ok(answers)
            }
            _ => self.req_packed_commands(commands, 0, commands.len()).await,
        }
    }

    fn node(&self) -> Option<SingleNodeRoutingInfo> {
        self.route.map(SingleNodeRoutingInfo::SpecificNode)
    }
}

impl ConnectionLike for At<'_> {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let node = self.node();
        match (&mut *self.connection, node) {
            (Connection::Cluster(it, _), Some(node)) => {
                Box::pin(it.route_command(command.clone(), RoutingInfo::SingleNode(node)))
            }
            (other, _) => other.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let node = self.node();
        match (&mut *self.connection, node) {
            (Connection::Cluster(it, _), Some(node)) => {
                Box::pin(it.route_pipeline(commands.clone(), offset, count, node))
            }
            (other, _) => other.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_sent_by_slot_and_a_write_is_known() {
        let mut batch = Batch::new();
        batch.cmd("GET").arg("wl:{p001}:a").cmd("GET").arg("wl:{p002}:a").cmd("DEL").arg("wl:{p001}:b").cmd("TIME");
        let parts = parts(batch.commands(), None);
        let told: Vec<_> = parts.iter().map(|it| (it.places.clone(), it.route.is_some(), it.writes)).collect();
        assert_eq!(told.len(), 3);
        for part in [(vec![3], false, false), (vec![0, 2], true, true), (vec![1], true, false)] {
            assert!(told.contains(&part), "{part:?} is not among {told:?}");
        }
    }
}
