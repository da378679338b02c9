//! The server: accepts connections, and finds the handler of a request by the table of routes.

use std::{
    io,
    net::TcpListener,
    sync::{Arc, LazyLock},
    time::Duration,
};

use actix_http::{Extensions, HttpMessage, HttpService, Request, error::DispatchError};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, map_config};
use actix_web::{
    App, HttpResponse, Resource,
    dev::{AppConfig, ResourceDef, Server, fn_service},
    http::Method,
    middleware::{Compress, from_fn},
    rt::net::TcpStream,
    web::{self, Data, ServiceConfig},
};
use tokio_rustls::TlsAcceptor;

use crate::http::{
    description,
    door::{
        access::{self, Access},
        body,
        connection::{Connection, PIECE_BYTES},
        edge,
        fault::Fault,
        state::State,
    },
    ops::docs::DescriptionJson,
    routes::{self, Answered, Operation},
};

/// How long the head of a request may take to arrive.
const HEAD_ARRIVES_WITHIN: Duration = Duration::from_secs(10);
/// How long a connection that is to close may take to close.
const CLOSES_WITHIN: Duration = Duration::from_secs(1);
/// How long answers in progress may go on after the order to stop, in seconds.
const DRAIN_S: u64 = 10;

/// How many connections may be open; more wait until one closes.
const MAX_CONNECTIONS: usize = 10_000;

/// Starts serving on a listener that is bound already. The server runs while it is awaited. Its
/// [`handle`](Server::handle) stops it, and lets answers in progress finish within 10 seconds. Signals are the caller's
/// business. With `tls`, only TLS is accepted.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(listener: TcpListener, state: State, workers: usize, tls: Option<TlsAcceptor>) -> io::Result<Server> {
    let (state, description) = (Data::new(state), Data::new(description::json()));
    let operations = Arc::new(LazyLock::new(asked as fn() -> Vec<Asked>));
    let workers = workers.max(1);
    let server = Server::build()
        .workers(workers)
        .max_concurrent_connections(MAX_CONNECTIONS.div_ceil(workers))
        .shutdown_timeout(DRAIN_S)
        .disable_signals();
    let stopping = server.graceful_shutdown_signal();
    // As `HttpServer` of actix-web does it, but with our own connections.
    let server = server.listen("http", listener, move || {
        let (data, described) = (state.clone(), description.clone());
        let app = App::new().wrap(from_fn(edge::around)).configure(|config| configure(config, data, described));
        let app = app.into_factory().map_err(|fault: actix_web::Error| fault.error_response());
        let (stopping, inviting, operations) = (stopping.clone(), state.clone(), operations.clone());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(HEAD_ARRIVES_WITHIN)
            .client_disconnect_timeout(CLOSES_WITHIN)
            .h1_write_buffer_size(PIECE_BYTES)
            .expect(fn_service(move |request: Request| invite(inviting.clone(), operations.clone(), request)))
            .on_connect_ext(|connection: &Connection, extensions: &mut Extensions| {
                extensions.insert(connection.unanswered());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        let (patience, tls) = (state.settings.patience, tls.clone());
        let connect = move |stream: TcpStream| {
            let tls = tls.clone();
            async move {
                let peer = stream.peer_addr().ok();
                let accepted = Connection::accept(stream, tls.as_ref(), patience).await;
                accepted.map(|connection| (connection, peer)).map_err(DispatchError::Io)
            }
        };
        fn_service(connect).and_then(http)
    })?;
    Ok(server.run())
}

/// Whether to ask for a body that waits for that (`Expect: 100-continue`): not with a key that grants no access, nor if
/// the body is too large. Anything else that may be wrong is answered when the body has come.
async fn invite(state: Data<State>, operations: Arc<Operations>, request: Request) -> Result<Request, HttpResponse> {
    let asked = operations.iter().find(|asked| asked.fits(request.method(), request.path()));
    let operation = asked.map(|asked| &asked.operation);
    let limit = operation.map_or(Some(body::MAX_BYTES), |operation| operation.body.limit());
    let looked_at = async {
        if let Some(Operation { access: Access::Key(_) | Access::Either(_), .. }) = operation {
            access::count_address(&state, request.head(), &mut request.extensions_mut())?;
            access::key(&state, request.headers()).await?;
        }
        limit.map_or(Ok(()), |limit| body::check_length(request.headers(), limit))
    };
    match looked_at.await {
        Ok(()) => Ok(request),
        Err(fault) => Err(edge::refuse(request.method(), &fault)),
    }
}

/// Compiled at the first request that asks, which few do: the patterns take more than a megabyte.
type Operations = LazyLock<Vec<Asked>>;

fn asked() -> Vec<Asked> {
    routes::operations().into_iter().map(Asked::new).collect()
}

/// An operation and the pattern of its path. Compiled once, because anybody may ask.
struct Asked {
    operation: Operation,
    path: ResourceDef,
}

impl Asked {
    fn new(operation: Operation) -> Self {
        Self { path: ResourceDef::new(operation.path), operation }
    }

    fn fits(&self, method: &Method, path: &str) -> bool {
        self.operation.method == method && self.path.is_match(path)
    }
}

/// All routes, and what their handlers may ask for.
fn configure(config: &mut ServiceConfig, state: Data<State>, description: Data<DescriptionJson>) {
    config.app_data(state).app_data(description);
    for (path, answered) in by_path(routes::table()) {
        let resource = resource(path, answered);
        if is_compressed(path) {
            config.service(resource.wrap(Compress::default()));
        } else {
            config.service(resource);
        }
    }
    config.default_service(web::route().to(nothing));
}

/// Whether answers under a path are compressed for who takes that: what people look at. Events would wait in the compressor
/// for more, and no page has a secret beside text that others choose, which its size could betray.
fn is_compressed(path: &str) -> bool {
    path.starts_with("/console/") && !path.ends_with(".events")
}

/// The operations under each path, in the order of the table.
fn by_path(table: Vec<Answered>) -> Vec<(&'static str, Vec<Answered>)> {
    let mut paths: Vec<(&'static str, Vec<Answered>)> = Vec::new();
    for answered in table {
        let path = answered.operation.path;
        match paths.iter_mut().find(|(known, _)| *known == path) {
            Some((_, ways)) => ways.push(answered),
            None => paths.push((path, vec![answered])),
        }
    }
    paths
}

/// A resource that names the methods it accepts.
fn resource(path: &str, ways: Vec<Answered>) -> Resource {
    let methods = ways.iter().map(|answered| match answered.operation.method {
        Method::GET => "GET, HEAD".to_owned(),
        ref other => other.to_string(),
    });
    let allowed = methods.collect::<Vec<_>>().join(", ");
    let refuse = move || std::future::ready(Err::<&str, Fault>(Fault::MethodNotAllowed(allowed.clone())));
    let resource = web::resource(path).default_service(web::route().to(refuse));
    ways.into_iter().fold(resource, |resource, answered| resource.route(answered.route))
}

async fn nothing() -> Result<&'static str, Fault> {
    Err(Fault::NotFound)
}
