//! Two workers, each with one multiplexed connection to Redis on its own thread, and one handler.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    io,
    net::TcpListener,
};

use actix_web::{
    App, HttpResponse, HttpServer,
    error::ErrorInternalServerError,
    web::{self, Bytes, Data},
};
use redis::{Client, IntoConnectionInfo, RedisResult, Script, aio::MultiplexedConnection, io::tcp::TcpSettings};
use serde::Deserialize;
use serde_json::value::RawValue;

const WORKERS: usize = 2;
/// As many as a person has who is well known.
const DEVICES: usize = 5;
const DEVICE_BYTES: usize = 200;
const EVENT_BYTES: usize = 350;
/// How many of a user's logins stay in their list.
const KEPT_LOGINS: isize = 50;
/// Above this the oldest events go: a yardstick must not fill the memory that it measures with.
const KEPT_EVENTS: usize = 100_000;
const KEY: &[u8; blake3::KEY_LEN] = b"a key of 32 bytes, as BLAKE3 has";

/// How the store is asked.
#[derive(Clone, Copy)]
pub enum Trips {
    /// One script reads, compares and writes.
    One,
    /// Read, compare here, write.
    Two,
}

/// What of a request is looked at; texts stay where they lie in the body.
#[derive(Deserialize)]
struct Login<'a> {
    #[serde(borrow)]
    session_id: Cow<'a, str>,
    #[serde(borrow)]
    user: User<'a>,
    #[serde(borrow)]
    client: Browser<'a>,
}

#[derive(Deserialize)]
struct User<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Browser<'a> {
    #[serde(borrow)]
    ip: Cow<'a, str>,
    #[serde(borrow)]
    user_agent: Cow<'a, str>,
    #[serde(borrow)]
    headers: HashMap<&'a str, Cow<'a, str>>,
    #[serde(borrow)]
    fingerprint: Measured<'a>,
}

#[derive(Deserialize)]
struct Measured<'a> {
    /// Each value as it is written, and not looked into.
    #[serde(borrow)]
    components: BTreeMap<&'a str, &'a RawValue>,
}

/// What one worker has for itself.
struct Worker {
    connection: MultiplexedConnection,
    script: Script,
    trips: Trips,
}

/// Serves until the process is ended.
///
/// # Errors
/// Redis does not answer, or there is no port.
pub fn serve(trips: Trips, redis_url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let info = redis_url.into_connection_info()?.set_tcp_settings(TcpSettings::default().set_nodelay(true));
    let client = Client::open(info)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on http://{}", listener.local_addr()?);
    actix_web::rt::System::new().block_on(run(trips, client, listener))?;
    Ok(())
}

async fn run(trips: Trips, client: Client, listener: TcpListener) -> io::Result<()> {
    let app = move || {
        let client = client.clone();
        let worker = move || {
            let client = client.clone();
            async move {
                let mut connection = client.get_multiplexed_async_connection().await?;
                let script = Script::new(include_str!("one_script.lua"));
                script.load_async(&mut connection).await?;
                RedisResult::Ok(Worker { connection, script, trips })
            }
        };
        App::new().data_factory(worker).route("/v1/logins", web::post().to(record))
    };
    HttpServer::new(app).workers(WORKERS).tcp_nodelay(true).listen(listener)?.run().await
}

async fn record(worker: Data<Worker>, body: Bytes) -> actix_web::Result<HttpResponse> {
    let login: Login<'_> = serde_json::from_slice(&body)?;
    let hash = blake3::keyed_hash(KEY, &body);
    let mut fingerprint = blake3::Hasher::new_keyed(KEY);
    for value in login.client.fingerprint.components.values() {
        fingerprint.update(value.get().as_bytes());
    }
    let kept = Kept {
        user: login.user.id.as_bytes(),
        member: &hash.as_bytes()[..16],
        device: padded::<DEVICE_BYTES>(&[fingerprint.finalize().as_bytes()]),
        event: padded::<EVENT_BYTES>(&[
            hash.as_bytes(),
            login.session_id.as_bytes(),
            login.user.email.as_bytes(),
            login.client.ip.as_bytes(),
            login.client.user_agent.as_bytes(),
            login.client.headers.get("accept-language").map_or(b"", |it| it.as_bytes()),
        ]),
    };
    let mut connection = worker.connection.clone();
    let known = match worker.trips {
        Trips::One => one_trip(&worker.script, &mut connection, &kept).await,
        Trips::Two => two_trips(&mut connection, &kept).await,
    };
    let known = known.map_err(ErrorInternalServerError)?;
    let answer = format!(r#"{{"id":"{}","known":{known},"padding":"{:.<90}"}}"#, hash.to_hex(), "");
    Ok(HttpResponse::Created().content_type("application/json").body(answer))
}

/// What Redis is given.
struct Kept<'a> {
    user: &'a [u8],
    member: &'a [u8],
    device: [u8; DEVICE_BYTES],
    event: [u8; EVENT_BYTES],
}

/// The parts one behind the other, cut or filled up with zeros to `N` bytes.
fn padded<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut bytes = [0; N];
    for (into, byte) in bytes.iter_mut().zip(parts.iter().flat_map(|it| it.iter())) {
        *into = *byte;
    }
    bytes
}

fn keys(user: &[u8]) -> [Vec<u8>; 2] {
    [b"d:", b"l:"].map(|prefix| [prefix.as_slice(), user].concat())
}

async fn one_trip(script: &Script, connection: &mut MultiplexedConnection, kept: &Kept<'_>) -> RedisResult<bool> {
    let [devices, logins] = keys(kept.user);
    let mut call = script.key(devices);
    call.key(logins).key("events").arg(&kept.device).arg(kept.member).arg(&kept.event).arg(now_ms());
    call.arg(DEVICES).arg(-KEPT_LOGINS - 1).arg(KEPT_EVENTS);
    call.invoke_async(connection).await
}

async fn two_trips(connection: &mut MultiplexedConnection, kept: &Kept<'_>) -> RedisResult<bool> {
    let [devices, logins] = keys(kept.user);
    let known: Vec<(u8, Vec<u8>)> = redis::cmd("HGETALL").arg(&devices).query_async(connection).await?;
    let same = known.iter().find(|(_, device)| device.get(..32) == kept.device.get(..32));
    let mut write = redis::pipe();
    if known.is_empty() {
        let mut others = [kept.device; DEVICES];
        for (slot, other) in others.iter_mut().enumerate() {
            other[0] ^= u8::try_from(slot).unwrap_or_default();
        }
        let all: Vec<(usize, &[u8])> = others.iter().map(<[u8; DEVICE_BYTES]>::as_slice).enumerate().collect();
        write.hset_multiple(&devices, &all).ignore();
    } else {
        write.hset(&devices, same.map_or(0, |(slot, _)| *slot), &kept.device).ignore();
    }
    write.zadd(&logins, kept.member, now_ms()).ignore();
    write.zremrangebyrank(&logins, 0, -KEPT_LOGINS - 1).ignore();
    write.cmd("XADD").arg("events").arg("MAXLEN").arg("~").arg(KEPT_EVENTS).arg("*").arg("e").arg(&kept.event).ignore();
    let () = write.query_async(connection).await?;
    Ok(same.is_some())
}

#[expect(clippy::disallowed_methods, reason = "a program of its own, whose clock nobody moves")]
fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
