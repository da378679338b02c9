//! The way from an address to a handler, and the server that walks it.

use std::{io, net::TcpListener, time::Duration};

use actix_http::{Extensions, HttpMessage, HttpService, Request};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, map_config};
use actix_web::{
    App, HttpResponse, Resource, Route,
    dev::{AppConfig, Server, fn_service},
    guard,
    middleware::from_fn,
    rt::net::TcpStream,
    web::{self, Data, ServiceConfig},
};

use crate::http::{
    api::{
        alerts, devices, import, logins, mail_events, policy, regions, sessions, suppressions, user_alerts, webhooks,
    },
    door::{
        auth, body,
        connection::{Connection, PIECE_BYTES},
        edge,
        problem::Fault,
        state::State,
    },
    ops::{
        description::{self, DescriptionJson},
        health,
    },
    pages::{answer, dev_mail},
};

/// Where logins are imported: a body without an end.
const IMPORT: &str = "/v1/logins/import";
/// Where mail services report: signed, and without a key.
const MAIL_EVENTS: &str = "/v1/mail/events";
/// Within this time the head of a request must have arrived.
const HEAD_ARRIVES_WITHIN: Duration = Duration::from_secs(10);
/// Within this time a connection that is to close must have closed.
const CLOSES_WITHIN: Duration = Duration::from_secs(1);
/// For how long answers that are under way may go on after the order to stop, in seconds.
const DRAIN_S: u64 = 10;

/// How many connections there may be at once; more wait until one is over.
const MAX_CONNECTIONS: usize = 10_000;

/// Starts serving on a listener that is bound already. The server runs while it is awaited; its
/// [`handle`](Server::handle) stops it, which lets answers under way be finished within 10 seconds. Signals are the
/// caller's business.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(listener: TcpListener, state: State, workers: usize) -> io::Result<Server> {
    let (state, description) = (Data::new(state), Data::new(DescriptionJson::new()));
    let workers = workers.max(1);
    let server = Server::build()
        .workers(workers)
        .max_concurrent_connections(MAX_CONNECTIONS.div_ceil(workers))
        .shutdown_timeout(DRAIN_S)
        .disable_signals();
    let stopping = server.graceful_shutdown_signal();
    // What `HttpServer` of actix-web does, with connections of our own.
    let server = server.listen("http", listener, move || {
        let app = App::new()
            .wrap(from_fn(edge::around))
            .app_data(state.clone())
            .app_data(description.clone())
            .configure(configure);
        let app = app.into_factory().map_err(|it: actix_web::Error| it.error_response());
        let (stopping, inviting) = (stopping.clone(), state.clone());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(HEAD_ARRIVES_WITHIN)
            .client_disconnect_timeout(CLOSES_WITHIN)
            .h1_write_buffer_size(PIECE_BYTES)
            .expect(fn_service(move |it: Request| invite(inviting.clone(), it)))
            .on_connect_ext(|it: &Connection, extensions: &mut Extensions| {
                extensions.insert(it.unanswered());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        let patience = state.settings.patience;
        let connect = move |stream: TcpStream| async move {
            let peer = stream.peer_addr().ok();
            Ok((Connection::new(stream, patience), peer))
        };
        fn_service(connect).and_then(http)
    })?;
    Ok(server.run())
}

/// Whether a body that waits to be asked for (`Expect: 100-continue`) is asked for: not with a key that opens nothing, nor
/// when more is announced than is read. What else may be wrong is told when it has come.
async fn invite(state: Data<State>, request: Request) -> Result<Request, HttpResponse> {
    let looked_at = async {
        let path = request.path();
        if path.starts_with("/v1/") && path != MAIL_EVENTS {
            auth::count_address(&state, request.head(), &mut request.extensions_mut())?;
            auth::key(&state, request.headers()).await?;
        }
        // A line of an import has a limit; all of them have none.
        if path == IMPORT { Ok(()) } else { body::check_length(request.headers(), body::MAX_BYTES) }
    };
    match looked_at.await {
        Ok(()) => Ok(request),
        Err(fault) => Err(edge::refuse(request.method(), &fault)),
    }
}

/// Every route. The app around it must hold [`State`] and [`DescriptionJson`] as data.
pub fn configure(config: &mut ServiceConfig) {
    let read = |path| only(path, "GET, HEAD");
    config
        .service(
            only("/v1/logins", "GET, HEAD, POST").route(get().to(logins::list)).route(web::post().to(logins::record)),
        )
        .service(only(IMPORT, "POST").route(web::post().to(import::import)))
        .service(read("/v1/logins/{id}").route(get().to(logins::one)))
        .service(
            only("/v1/policy", "GET, HEAD, PUT, DELETE")
                .route(get().to(policy::now))
                .route(web::put().to(policy::put))
                .route(web::delete().to(policy::remove)),
        )
        .service(read("/v1/policy/versions/{version}").route(get().to(policy::past)))
        .service(read("/v1/regions").route(get().to(regions::list)))
        .service(only("/v1/activity", "POST").route(web::post().to(sessions::activity)))
        .service(only("/v1/sessions/{session_id}/end", "POST").route(web::post().to(sessions::end)))
        .service(read("/v1/users/{id}/devices").route(get().to(devices::list)))
        .service(only("/v1/users/{id}/devices/{device}", "DELETE").route(web::delete().to(devices::forget)))
        .service(only("/v1/users/{id}/devices/{device}/confirm", "POST").route(web::post().to(devices::confirm)))
        .service(only("/v1/users/{id}/devices/{device}/deny", "POST").route(web::post().to(devices::deny)))
        .service(read("/v1/users/{id}/alerts").route(get().to(user_alerts::list)))
        .configure(configure_webhooks)
        .configure(configure_alerts)
        .service(
            only("/a/{token}", "GET, HEAD, POST").route(get().to(answer::show)).route(web::post().to(answer::deny)),
        )
        .service(read("/mailbox").route(get().to(dev_mail::list)))
        .service(read("/mailbox/{name}").route(get().to(dev_mail::one)))
        .service(read("/healthz").route(get().to(health::alive)))
        .service(read("/readyz").route(get().to(health::ready)))
        .service(read("/metrics").route(get().to(health::metrics)))
        .service(read("/openapi.json").route(get().to(description::description)))
        .service(read("/docs").route(get().to(description::to_docs)))
        .service(read("/docs/{file:.*}").route(get().to(description::docs)))
        .default_service(web::route().to(nothing));
}

fn configure_alerts(config: &mut ServiceConfig) {
    config
        .service(only("/v1/alerts", "GET, HEAD").route(get().to(alerts::list)))
        .service(only("/v1/alerts/{id}", "GET, HEAD").route(get().to(alerts::one)))
        .service(only("/v1/alerts/{id}/resend", "POST").route(web::post().to(alerts::resend)))
        .service(only(MAIL_EVENTS, "POST").route(web::post().to(mail_events::take)))
        .service(only("/v1/suppressions", "GET, HEAD").route(get().to(suppressions::counts)))
        .service(only("/v1/suppressions/lookup", "POST").route(web::post().to(suppressions::look_up)))
        .service(only("/v1/suppressions/lift", "POST").route(web::post().to(suppressions::lift)));
}

fn configure_webhooks(config: &mut ServiceConfig) {
    config
        .service(
            only("/v1/webhooks", "GET, HEAD, POST")
                .route(get().to(webhooks::list))
                .route(web::post().to(webhooks::create)),
        )
        .service(
            only("/v1/webhooks/{id}", "GET, HEAD, PATCH, DELETE")
                .route(get().to(webhooks::one))
                .route(web::patch().to(webhooks::change))
                .route(web::delete().to(webhooks::remove)),
        )
        .service(only("/v1/webhooks/{id}/rotate", "POST").route(web::post().to(webhooks::rotate)))
        .service(only("/v1/webhooks/{id}/test", "POST").route(web::post().to(webhooks::test)))
        .service(only("/v1/webhooks/{id}/attempts", "GET, HEAD").route(get().to(webhooks::attempts)));
}

/// A way to look: HEAD is GET without the body.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// A resource that tells by which methods it can be asked.
fn only(path: &str, allowed: &'static str) -> Resource {
    let refuse = move || async move { Err::<&str, Fault>(Fault::MethodNotAllowed(allowed)) };
    web::resource(path).default_service(web::route().to(refuse))
}

async fn nothing() -> Result<&'static str, Fault> {
    Err(Fault::NotFound)
}
