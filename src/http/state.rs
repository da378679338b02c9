//! What every handler may use: the services, a few ports, and the settings that callers notice.

use std::sync::Arc;

use crate::{
    domain::keyring::Keyring,
    http::{
        client_address::TrustedProxies,
        connection::Patience,
        limit::{Limits, Rate},
    },
    ports::{Clock, Geo, Mail, Mailbox, Store},
    service::{
        alerts::Alerts, api_keys::ApiKeys, bounces::Bounces, custody::Custody, devices::Devices, history::History,
        intake::Intake, mailboxes::Mailboxes, policies::TenantPolicies, sessions::Sessions, watch::Watch,
        webhooks::Webhooks,
    },
    words::{catalogue::Catalogue, facts::AddressForm},
};

/// The settings of this layer.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// Where this service is reached from outside, without a slash at the end.
    pub public_url: String,
    /// The name of what users sign in to, for the answer page.
    pub product: String,
    /// How much of an address users are shown.
    pub addresses: AddressForm,
    /// The words of the answer page, by tenant and language.
    pub catalogue: Catalogue,
    /// Whom to believe about a caller's address.
    pub proxies: TrustedProxies,
    /// Requests of one API key.
    pub per_key: Rate,
    /// Requests from one address.
    pub per_address: Rate,
    /// How long a client may take to read what is written for it.
    pub patience: Patience,
}

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// Records logins.
    pub intake: Arc<Intake>,
    /// Past logins.
    pub history: History,
    /// By what logins are judged.
    pub policies: Arc<TenantPolicies>,
    /// What becomes of sessions.
    pub sessions: Sessions,
    /// Users' devices.
    pub devices: Devices,
    /// Warnings.
    pub alerts: Alerts,
    /// Addresses that get no more mail.
    pub mailboxes: Mailboxes,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Takes reports about mails, from whoever signs them with this secret; nobody, without one.
    pub bounces: Bounces,
    /// See there.
    pub mail_events_secret: Option<Arc<[u8]>>,
    /// Whether the store is the one that was used before.
    pub custody: Arc<Custody>,
    /// For `/readyz`: whether mails leave.
    pub watch: Watch,
    /// Where tenants are told.
    pub webhooks: Webhooks,
    /// Who may call.
    pub api_keys: ApiKeys,
    /// Signs cursors and device tokens.
    pub keyring: Keyring,
    /// For `/readyz`.
    pub geo: Arc<dyn Geo>,
    /// For `/readyz`.
    pub store: Arc<dyn Store>,
    /// For `/readyz`.
    pub mail: Arc<dyn Mail>,
    /// Mails that were written to a folder, where that is so.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// How many requests are let in; the app calls [`Limits::forget_idle`] on a timer.
    pub limits: Arc<Limits>,
    /// The settings.
    pub settings: Arc<HttpSettings>,
    /// Renders the metrics in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}
