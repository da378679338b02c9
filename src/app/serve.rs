//! `watchlight serve`: what is started, in which order, and stopped in the reverse order.

use std::{
    collections::BTreeSet,
    net::{SocketAddr, TcpListener},
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use actix_web::dev::ServerHandle;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{Notify, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::{info, warn};

use crate::{
    adapters::{
        geo::{GeoWatch, MaxmindGeo},
        mail::open::OpenMail,
    },
    app::{
        checkpoints,
        commands::templates,
        compose::{Foundation, MEMORY},
        console,
        fault::Fault,
        rights::Rights,
        secrets::entropy,
        services::mailing,
        serving::{
            state::{World, state},
            workers::{Kept, Workers},
        },
    },
    config::settings::Settings,
    domain::{ids::TenantId, tenant::api_key::Scope},
    http::{
        door::{
            connection,
            state::{Health, State},
        },
        server,
        tls::Certificate,
    },
    ports::{Geo as _, Unavailable},
    service::{history::tail::tails::Tails, privacy::checkpoints::Checkpoints},
};

/// How long requests are still taken after SIGTERM. Meanwhile each connection closes after its next answer, as HTTP has it, and
/// `/readyz` says that this process stops: so nobody sends a request on a connection that is closed at that moment.
const TOLD_FOR: Duration = Duration::from_secs(1);
/// How long the workers may take to finish, after the last answer.
const WORKERS_END_WITHIN: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// When something that the service needs is missing.
pub async fn run(settings: &Settings) -> Result<(), Fault> {
    let foundation = Foundation::open_any(settings).await?;
    let geo = Arc::new(places_and_agents(settings, &foundation));
    let catalogue = templates::catalogue(settings)?;
    let mail = mailing::mail(settings, mailing::wording(settings, geo.credit(), catalogue.clone()))?;
    warn_of_exposures(settings, &mail);
    let _watch = watch_places(&geo);
    if settings.store.url.expose_secret() == MEMORY {
        Box::pin(let_first_in(settings, &foundation)).await?;
    }
    let (queued, metrics) = (Arc::new(Notify::new()), start_metrics());
    let mail_health = foundation.mail_health(settings);
    let dispatch = foundation.dispatch(&mail, mailing::review_url(settings), queued.clone(), &mail_health);
    let retention = foundation.retention(settings.retention.days, mail_health.trim_wait.clone());
    let (rights, request_worker) = Rights::over(&foundation, settings, &mail, &mail_health);
    let (webhooks, unsealed) = (foundation.webhooks(settings)?, rights.unsealed.clone());
    let counting = rights.counting.clone();
    let webhook_worker = foundation.webhook_worker(webhooks.clone());
    let mail_events_secret = mailing::mail_events_secret(settings)?;
    let counted = metrics.clone();
    let world = World { geo, catalogue, queued, mail_health, mail_events_secret, webhooks, rights, metrics: counted };
    let state = state(settings, &foundation, mail, world)?;
    let (limits, tails, health) = (state.limits.clone(), state.tails.clone(), state.health.clone());
    rehearse(&state).await;

    let (certificate, (listener, address)) = (certificate(settings)?, listen(settings.http.bind)?);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let acceptor = certificate.as_ref().map(Certificate::acceptor).transpose().map_err(Fault::Certificate)?;
    let scheme = if acceptor.is_some() { "https" } else { "http" };
    let server = server::serve(listener, state, threads, acceptor).map_err(Fault::Serve)?;

    let (stop, stopped) = watch::channel(false);
    let kept = Kept { limits, metrics, certificate };
    let checkpoints = Checkpoints::new(foundation.audit(), checkpoints::file(settings));
    let mut workers = Workers {
        dispatch,
        webhook_worker,
        request_worker,
        retention,
        tails: tails.clone(),
        erasures: foundation.erasures(),
        removals: foundation.removals(),
        custody: foundation.custody.clone(),
        checkpoints,
        unsealed,
        counting,
        segments: foundation.segment_maker(),
        usage: foundation.shared_usage(),
        kept,
    }
    .start(&stopped);
    // Registered before the service says that it listens: a signal may come at once.
    hear_signals(&mut workers, server.handle(), tails, health);
    info!("listening on {scheme}://{address}");
    let ended = server.await.map_err(Fault::Serve);
    // No more logins come in; mails that are being sent are finished.
    stop.send_replace(true);
    if timeout(WORKERS_END_WITHIN, workers.join_all()).await.is_err() {
        warn!("workers are cut off: what they were sending is sent again after the next start");
    }
    foundation.store.close().await;
    info!("stopped");
    ended
}

fn hear_signals(workers: &mut JoinSet<()>, server: ServerHandle, tails: Tails, health: Arc<Health>) {
    if let (Ok(terminate), Ok(interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        workers.spawn(stop_on_signal(server, tails, health, [terminate, interrupt]));
    } else {
        warn!("signals are not heard: the service stops only when it is killed");
    }
}

/// The certificate of the listener, if it has one.
fn certificate(settings: &Settings) -> Result<Option<Arc<Certificate>>, Fault> {
    let opened = settings.http.tls.clone().map(Certificate::open).transpose().map_err(Fault::Certificate)?;
    Ok(opened.map(Arc::new))
}

/// Listens at an address, of which port 0 stands for any that is free. Returns the one that it became as well.
fn listen(bind: SocketAddr) -> Result<(TcpListener, SocketAddr), Fault> {
    let cannot_bind = |reason| Fault::Bind { address: bind, reason };
    let listener = connection::listen(bind).map_err(cannot_bind)?;
    let address = listener.local_addr().map_err(cannot_bind)?;
    Ok((listener, address))
}

/// Says in the log what strangers could get at.
fn warn_of_exposures(settings: &Settings, mail: &OpenMail) {
    for exposure in settings.http.exposures(mail.dev_mail.is_some()).into_iter().chain(settings.store.exposure()) {
        warn!("{exposure}");
    }
}

/// Examines the location databases and compiles the patterns of user agents at the same time, so that the first request
/// finds both ready.
fn places_and_agents(settings: &Settings, foundation: &Foundation) -> MaxmindGeo {
    thread::scope(|scope| {
        scope.spawn(|| {
            foundation.agents.warm_up();
            info!("the patterns of user agents are compiled");
        });
        MaxmindGeo::open(&settings.geoip_dir)
    })
}

/// For how many tenants the first login is rehearsed, so that a start stays short.
const REHEARSED_TENANTS: usize = 64;

/// Prepares what the first logins of tenants with a key would wait for. A store that does not answer yet does not delay
/// the start: `/readyz` reports it.
async fn rehearse(state: &State) {
    let work = async {
        let tenants: BTreeSet<TenantId> = state.api_keys.list().await?.into_iter().map(|it| it.tenant).collect();
        for tenant in tenants.iter().take(REHEARSED_TENANTS) {
            state.intake.rehearse(tenant).await?;
        }
        Ok::<(), Unavailable>(())
    };
    if let Err(fault) = work.await {
        warn!(%fault, "the first logins will wait for what could not be read now");
    }
}

/// Uses new databases as they come, for as long as the returned watch is kept.
fn watch_places(geo: &Arc<MaxmindGeo>) -> Option<GeoWatch> {
    let watching = GeoWatch::start(geo.clone());
    watching.inspect_err(|fault| warn!(%fault, "databases of places are not watched: restart after changing them")).ok()
}

/// A store in memory starts empty, and no other process can put a key or an operator into it.
async fn let_first_in(settings: &Settings, foundation: &Foundation) -> Result<(), Fault> {
    let Some(tenant) = TenantId::parse("default") else { return Ok(()) };
    let key = foundation.api_keys().create(tenant, Scope::ALL.to_vec(), &entropy()?).await?;
    println!("{}", key.reveal());
    if settings.console.is_enabled {
        println!("{}", console::invite_first(settings, foundation).await?);
    }
    Ok(())
}

/// Starts counting. `None`, and no metrics, if something else in this process counts already.
fn start_metrics() -> Option<PrometheusHandle> {
    let started = PrometheusBuilder::new().install_recorder();
    started.inspect_err(|fault| warn!(%fault, "there are no metrics")).ok()
}

/// Waits for a signal and passes it on: no new connections, and answers in progress are finished; those that would go on for
/// ever are ended. SIGTERM comes where others go on with the work: they are told first.
async fn stop_on_signal(server: ServerHandle, tails: Tails, health: Arc<Health>, signals: [Signal; 2]) {
    let [mut terminate, mut interrupt] = signals;
    let is_told_first = tokio::select! {
        _ = terminate.recv() => true,
        _ = interrupt.recv() => false,
    };
    info!("stopping");
    health.is_stopping.store(true, Ordering::Relaxed);
    if is_told_first {
        tokio::select! {
            () = sleep(TOLD_FOR) => {}
            _ = interrupt.recv() => {}
        }
    }
    tails.close();
    server.stop(true).await;
}
