//! The table of routes, one line for each: method, path, access, body, place in the audit, and handler. The server, the description and the
//! tests use this table.

use actix_web::{
    FromRequest, Handler, Responder, Route, guard,
    http::Method,
    middleware::{Compress, from_fn},
    web,
};
use utoipa::OpenApi;

use crate::{
    domain::{
        privacy::audit::Action,
        tenant::api_key::Scope::{
            self, AlertsWrite, DevicesWrite, LoginsRead, LoginsWrite, OperatorsRead, OperatorsWrite, PolicyWrite,
            PrivacyRead, PrivacyWrite, WebhooksRead, WebhooksWrite,
        },
    },
    http::{
        api::{
            alerts::{alerts, mail_events, suppressions, user_alerts},
            logins::{campaign, case, counts, import, inquiry, logins, regions},
            privacy::{audit, erasures, export as export_user, notes, person, requests},
            standing::{searches, tail},
            tenant::{operators, policy, rehearsal, webhooks},
            users::{devices, sessions},
        },
        console::{
            assets,
            entry::{invitation, issuer, login, proxy},
            faces, home,
            views::{
                about, audit as audit_view, campaign as campaign_view, case as case_view, compare, help, judging,
                login as login_view,
                queue::{files as queue_files, queue},
                rehearse, search,
                settings::{
                    operators as operators_view, overview, policy as policy_view, searches as searches_view,
                    webhooks as webhooks_view,
                },
                tail as tail_view,
                user::{device, trust, user},
            },
        },
        door::{
            access::{
                self, Access,
                Access::{Anybody, Console, Either, Key, Link, Operator, Shown, Signature, SignedIn},
                Page::{Docs, Mailbox, Metrics},
            },
            argument::Arguments,
            audited::{
                InAudit,
                InAudit::{Absent, As},
            },
            body::{
                Body,
                Body::{Form, Json, Lines, MaybeJson, Nothing},
            },
            problem::Kind::{
                self, AddressSuppressed, AlertNotOver, InFlight, InvalidParameter, JudgedMeanwhile, KeyReused,
                NoAddress, NotFound, NoteLimit, OccurredInFuture, OperatorTaken, PolicyChanged, Restricted,
                SearchLimit, SearchesChanged, TailForgotten, TailLimit, WebhookLimit,
            },
        },
        ops::{docs, health},
        pages::{answer, copy, dev_mail, request},
    },
};

/// Who reads notes: who reads logins, and who answers for persons' rights.
const NOTES_READ: [Scope; 2] = [LoginsRead, PrivacyRead];
/// Who writes notes: who says what a device is, and who answers for persons' rights.
const NOTES_WRITE: [Scope; 2] = [DevicesWrite, PrivacyWrite];

/// One operation of the API.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its method; HEAD goes with GET.
    pub method: Method,
    /// Its path, as the framework reads it: `{id}` stands for one segment.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The body that it takes.
    pub body: Body,
    /// What it is in the audit.
    pub in_audit: InAudit,
    /// How it can fail.
    pub failures: Vec<Kind>,
    /// Whether the description contains it. Pages for people are left out.
    pub described: bool,
}

/// An operation and its handler. Belongs to one thread.
pub struct Answered {
    /// The operation.
    pub operation: Operation,
    /// The handler, under its method.
    pub route: Route,
}

/// One line of the table.
struct Line {
    method: Method,
    path: &'static str,
    access: Access,
    body: Body,
    in_audit: InAudit,
    /// How the handler itself can fail, whatever its arguments.
    failures: &'static [Kind],
}

impl Line {
    fn answered_by<F, Args>(self, handler: F) -> Answered
    where
        F: Handler<Args>,
        Args: FromRequest + Arguments + 'static,
        F::Output: Responder + 'static,
    {
        let Self { method, path, access, body, in_audit, failures } = self;
        let failures = [access.failures(), &Args::failures(), failures].concat();
        let route = match method {
            // HEAD is GET without the body.
            Method::GET => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
            ref other => web::method(other.clone()),
        };
        let route =
            route.to(handler).wrap(from_fn(move |request, next| access::admit(access, in_audit, request, next)));
        Answered { operation: Operation { method, path, access, body, in_audit, failures, described: false }, route }
    }
}

macro_rules! table {
    ($($method:ident $path:literal $access:ident $(($of:ident))? $body:ident
        $audit:ident $(($action:ident))? $module:ident::$handler:ident $(, $failure:ident)*;)*) => {
        vec![$(
            Line {
                method: Method::$method,
                path: $path,
                access: $access $(($of))?,
                body: $body,
                in_audit: $audit $((Action::$action))?,
                failures: &[$($failure),*],
            }
            .answered_by($module::$handler)
        ),*]
    };
}

/// Writes the table of the routes that are described, and their description, from the same list, so that neither can
/// contain more than the other.
macro_rules! described {
    ($($method:ident $path:literal $access:ident $(($of:ident))? $body:ident
        $audit:ident $(($action:ident))? $module:ident::$handler:ident $(, $failure:ident)*;)*) => {
        /// What the handlers say about themselves.
        #[derive(OpenApi)]
        #[openapi(paths($($module::$handler),*))]
        pub struct Handlers;

        fn described() -> Vec<Answered> {
            table! { $($method $path $access $(($of))? $body $audit $(($action))? $module::$handler $(, $failure)*;)* }
        }
    };
}

// If two paths fit a request, the first is used. Behind each handler is how it can fail itself; its arguments say how
// they can.
described! {
    GET    "/v1/logins"                              Key(LoginsRead)    Nothing   As(Search)    logins::list, Restricted;
    POST   "/v1/logins"                              Key(LoginsWrite)   Json      Absent        logins::record, InFlight, KeyReused, OccurredInFuture;
    POST   "/v1/logins/import"                       Key(LoginsWrite)   Lines     Absent        import::import;
    GET    "/v1/logins/tail"                         Key(LoginsRead)    Nothing   As(Search)    tail::tail, Restricted, TailLimit, TailForgotten;
    GET    "/v1/logins/counts"                       Key(LoginsRead)    Nothing   As(Search)    counts::counts, Restricted;
    GET    "/v1/logins/campaign"                     Key(LoginsRead)    Nothing   As(Search)    campaign::gather, Restricted;
    GET    "/v1/logins/case"                         Key(LoginsRead)    Nothing   As(Read)      case::show, NotFound;
    GET    "/v1/logins/{id}"                         Key(LoginsRead)    Nothing   As(Read)      logins::one, Restricted;
    GET    "/v1/logins/{id}/notes"                   Either(NOTES_READ) Nothing   As(Read)      notes::list, Restricted;
    POST   "/v1/logins/{id}/notes"                   Either(NOTES_WRITE) Json      As(Note)      notes::write, NoteLimit, Restricted;
    GET    "/v1/logins/{id}/like"                    Key(LoginsRead)    Nothing   As(Read)      inquiry::like, Restricted;
    GET    "/v1/logins/{id}/explanation"             Key(LoginsRead)    Nothing   As(Read)      inquiry::explain, Restricted;
    GET    "/v1/logins/{id}/compare/{other}"         Key(LoginsRead)    Nothing   As(Read)      inquiry::compare, Restricted;
    POST   "/v1/logins/{id}/verdict"                 Key(DevicesWrite)  Json      As(Verdict)   notes::judge, JudgedMeanwhile, NoteLimit, Restricted;
    GET    "/v1/searches"                            Key(LoginsRead)    Nothing   As(Search)    searches::list;
    PUT    "/v1/searches"                            Key(DevicesWrite)  Json      As(Settings)  searches::put, InvalidParameter, SearchLimit, SearchesChanged;
    DELETE "/v1/searches/{name}"                     Key(DevicesWrite)  Nothing   As(Settings)  searches::remove;
    GET    "/v1/regions"                             Key(LoginsRead)    Nothing   Absent        regions::list;
    POST   "/v1/activity"                            Key(LoginsWrite)   Json      Absent        sessions::activity, NotFound, OccurredInFuture, Restricted;
    POST   "/v1/sessions/{session_id}/end"           Key(LoginsWrite)   Json      Absent        sessions::end, NotFound, Restricted;

    GET    "/v1/policy"                              Key(LoginsRead)    Nothing   As(ReadPolicy) policy::now;
    PUT    "/v1/policy"                              Key(PolicyWrite)   Json      As(Policy)    policy::put, PolicyChanged;
    DELETE "/v1/policy"                              Key(PolicyWrite)   Nothing   As(Policy)    policy::remove;
    POST   "/v1/policy/rehearsal"                    Key(LoginsRead)    Json      As(Search)    rehearsal::rehearse, PolicyChanged, Restricted;
    GET    "/v1/policy/versions/{version}"           Key(LoginsRead)    Nothing   As(ReadPolicy) policy::past;

    GET    "/v1/users/{id}/devices"                  Key(LoginsRead)    Nothing   As(Read)      devices::list, Restricted;
    DELETE "/v1/users/{id}/devices/{device}"         Key(DevicesWrite)  Nothing   As(Forget)    devices::forget;
    POST   "/v1/users/{id}/devices/{device}/confirm" Key(DevicesWrite)  Nothing   As(Confirm)   devices::confirm, Restricted;
    POST   "/v1/users/{id}/devices/{device}/deny"    Key(DevicesWrite)  Nothing   As(Deny)      devices::deny, Restricted;
    GET    "/v1/users/{id}/alerts"                   Key(LoginsRead)    Nothing   As(Read)      user_alerts::list, NotFound, Restricted;

    DELETE "/v1/users/{id}"                          Key(PrivacyWrite)  Nothing   As(Erase)     erasures::erase, NotFound;
    GET    "/v1/erasures/{receipt}"                  Key(PrivacyRead)   Nothing   Absent        erasures::receipt;
    GET    "/v1/users/{id}/export"                   Key(PrivacyRead)   Nothing   As(Export)    export_user::export, NotFound;
    PATCH  "/v1/users/{id}"                          Key(PrivacyWrite)  Json      As(Rectify)   person::correct, NotFound;
    GET    "/v1/users/{id}/processing"               Key(PrivacyRead)   Nothing   As(Read)      person::processing;
    PUT    "/v1/users/{id}/processing"               Key(PrivacyWrite)  Json      As(Processing) person::process;

    GET    "/v1/alerts"                              Key(LoginsRead)    Nothing   As(Search)    alerts::list, Restricted;
    GET    "/v1/alerts/{id}"                         Key(LoginsRead)    Nothing   As(Read)      alerts::one, Restricted;
    POST   "/v1/alerts/{id}/resend"                  Key(AlertsWrite)   MaybeJson As(Resend)    alerts::resend, AlertNotOver, Restricted;
    GET    "/v1/suppressions"                        Key(LoginsRead)    Nothing   Absent        suppressions::counts;
    POST   "/v1/suppressions/lookup"                 Key(LoginsRead)    Json      As(Read)      suppressions::look_up;
    POST   "/v1/suppressions/lift"                   Key(AlertsWrite)   Json      As(Lift)      suppressions::lift, NotFound;
    POST   "/v1/mail/events"                         Signature          Json      Absent        mail_events::take;

    GET    "/v1/webhooks"                            Key(WebhooksRead)  Nothing   Absent        webhooks::list;
    POST   "/v1/webhooks"                            Key(WebhooksWrite) Json      As(Webhook)   webhooks::create, WebhookLimit;
    GET    "/v1/webhooks/{id}"                       Key(WebhooksRead)  Nothing   Absent        webhooks::one;
    PATCH  "/v1/webhooks/{id}"                       Key(WebhooksWrite) Json      As(Webhook)   webhooks::change;
    DELETE "/v1/webhooks/{id}"                       Key(WebhooksWrite) Nothing   As(Webhook)   webhooks::remove;
    POST   "/v1/webhooks/{id}/rotate"                Key(WebhooksWrite) Nothing   As(Webhook)   webhooks::rotate;
    POST   "/v1/webhooks/{id}/test"                  Key(WebhooksWrite) Nothing   Absent        webhooks::test;
    GET    "/v1/webhooks/{id}/attempts"              Key(WebhooksRead)  Nothing   Absent        webhooks::attempts;

    GET    "/v1/operators"                           Key(OperatorsRead) Nothing   As(ReadOperators) operators::list;
    POST   "/v1/operators"                           Key(OperatorsWrite) Json     As(InviteOperator) operators::invite, OperatorTaken;
    DELETE "/v1/operators/{id}"                      Key(OperatorsWrite) Nothing  As(RevokeOperator) operators::revoke;

    GET    "/v1/audit"                               Key(PrivacyRead)   Nothing   As(ReadAudit) audit::list;
    GET    "/v1/users/{id}/reads"                    Key(PrivacyRead)   Nothing   As(ReadAudit) audit::reads, NotFound;

    POST   "/v1/users/{id}/requests"                 Key(PrivacyWrite)  Json      As(Request)   requests::open, NoAddress, AddressSuppressed;
    GET    "/v1/requests"                            Key(PrivacyRead)   Nothing   As(Search)    requests::list;
    GET    "/v1/requests/{id}"                       Key(PrivacyRead)   Nothing   As(Read)      requests::one;
    POST   "/v1/requests/{id}/close"                 Key(PrivacyWrite)  Nothing   As(Request)   requests::close;

    GET    "/a/{token}"                              Link               Nothing   Absent        answer::show;
    POST   "/a/{token}"                              Link               Form      Absent        answer::deny;
    GET    "/r/{token}"                              Link               Nothing   Absent        request::show;
    POST   "/r/{token}"                              Link               Form      Absent        request::answer;
    GET    "/e/{token}"                              Link               Nothing   Absent        copy::show;
    POST   "/e/{token}"                              Link               Form      Absent        copy::fetch;

    GET    "/healthz"                                Anybody            Nothing   Absent        health::alive;
    GET    "/readyz"                                 Anybody            Nothing   Absent        health::ready;
    GET    "/metrics"                                Shown(Metrics)     Nothing   Absent        health::metrics;
    GET    "/openapi.json"                           Shown(Docs)        Nothing   Absent        docs::description;
}

/// The console's door, and what its pages load. A request that is not `GET` must come from a page of ours.
fn console_door() -> Vec<Answered> {
    table! {
        GET  "/console"                     Console      Nothing   Absent        home::to_home;
        GET  "/console/login"               Console      Nothing   Absent        login::show;
        POST "/console/login"               Console      Form      Absent        login::sign_in;
        POST "/console/proxy"               Console      Form      Absent        proxy::sign_in;
        GET  "/console/oidc"                Console      Nothing   Absent        issuer::begin;
        GET  "/console/oidc/callback"       Console      Nothing   Absent        issuer::come_back;
        POST "/console/logout"              Console      Nothing   Absent        login::sign_out;
        GET  "/console/invitation/{token}"  Console      Nothing   Absent        invitation::show;
        POST "/console/invitation/{token}"  Console      Form      Absent        invitation::join;
        GET  "/console/assets/{name}"       Console      Nothing   Absent        assets::file;
    }
}

/// The console's views. Each line says whom it lets in: who has a scope, or who has signed in.
fn console_views() -> Vec<Answered> {
    table! {
        GET  "/console/"                    Operator(LoginsRead) Nothing As(Search) queue::show;
        GET  "/console/queue.json"          Operator(LoginsRead) Nothing As(Search) queue_files::json;
        GET  "/console/queue.csv"           Operator(LoginsRead) Nothing As(Search) queue_files::csv;
        POST "/console/verdicts"            Operator(DevicesWrite) Form As(Verdict) judging::judge_all;
        GET  "/console/search"              Operator(LoginsRead) Nothing As(Search) search::show;
        GET  "/console/search.json"         Operator(LoginsRead) Nothing As(Search) logins::data;
        GET  "/console/search.csv"          Operator(LoginsRead) Nothing As(Search) logins::table;
        GET  "/console/counts.json"         Operator(LoginsRead) Nothing As(Search) counts::as_data;
        GET  "/console/counts.csv"          Operator(LoginsRead) Nothing As(Search) counts::as_table;
        GET  "/console/tail"                Operator(LoginsRead) Nothing As(Search) tail_view::show;
        GET  "/console/tail.events"         Operator(LoginsRead) Nothing As(Search) tail::tail;
        GET  "/console/users/{id}"          Operator(LoginsRead) Nothing As(Read)   user::show;
        GET  "/console/users/{id}/devices/{device}" Operator(LoginsRead) Nothing As(Read) device::show;
        POST "/console/users/{id}/devices/{device}/confirm" Operator(DevicesWrite) Form As(Confirm) trust::confirm;
        POST "/console/users/{id}/devices/{device}/deny" Operator(DevicesWrite) Form As(Deny) trust::deny;
        GET  "/console/compare/{id}/{other}.json" Operator(LoginsRead) Nothing As(Read) inquiry::compare;
        GET  "/console/compare/{id}/{other}" Operator(LoginsRead) Nothing As(Read) compare::show;
        GET  "/console/help"                SignedIn     Nothing   Absent        help::show;
        GET  "/console/about"               Operator(LoginsRead) Nothing As(Search) about::show;
        GET  "/console/campaign"            Operator(LoginsRead) Nothing As(Search) campaign_view::show;
        GET  "/console/campaign.json"       Operator(LoginsRead) Nothing As(Search) campaign_view::json;
        GET  "/console/campaign.csv"        Operator(LoginsRead) Nothing As(Search) campaign_view::csv;
        GET  "/console/rehearse"            Operator(LoginsRead) Nothing As(Search) rehearse::show;
        GET  "/console/rehearse.json"       Operator(LoginsRead) Nothing As(Search) rehearse::json;
        GET  "/console/case"                Operator(LoginsRead) Nothing As(Read)   case_view::show;
        GET  "/console/case.json"           Operator(LoginsRead) Nothing As(Read)   case::data;
        GET  "/console/case.html"           Operator(LoginsRead) Nothing As(Read)   case_view::file;
        GET  "/console/case.ndjson"         Operator(LoginsRead) Nothing As(Read)   case::scenario;
        GET  "/console/logins/{id}.json"    Operator(LoginsRead) Nothing As(Read)   inquiry::explain;
        GET  "/console/logins/{id}"         Operator(LoginsRead) Nothing As(Read)   login_view::show;
        POST "/console/logins/{id}/notes"   Operator(DevicesWrite) Form  As(Note)   judging::write;
        POST "/console/logins/{id}/verdict" Operator(DevicesWrite) Form  As(Verdict) judging::judge;
    }
}

/// What of the console is about the console itself, and the product's settings. The last line is whatever none above it fits.
fn console_settings() -> Vec<Answered> {
    table! {
        GET  "/console/audit"               Operator(PrivacyRead) Nothing As(ReadAudit) audit_view::show;
        GET  "/console/audit.json"          Operator(PrivacyRead) Nothing As(ReadAudit) audit::list;
        GET  "/console/users/{id}/reads"    Operator(PrivacyRead) Nothing As(ReadAudit) audit_view::reads;
        GET  "/console/users/{id}/reads.json" Operator(PrivacyRead) Nothing As(ReadAudit) audit::reads;
        GET  "/console/settings"            SignedIn     Nothing   Absent        overview::show;
        GET  "/console/settings/operators"  Operator(OperatorsRead) Nothing As(ReadOperators) operators_view::show;
        POST "/console/settings/operators"  Operator(OperatorsWrite) Form As(InviteOperator) operators_view::invite, OperatorTaken;
        GET  "/console/settings/operators.json" Operator(OperatorsRead) Nothing As(ReadOperators) operators::list;
        POST "/console/settings/operators/{id}/revoke" Operator(OperatorsWrite) Nothing As(RevokeOperator) operators_view::revoke;
        GET  "/console/settings/policy"     Operator(LoginsRead) Nothing As(ReadPolicy) policy_view::show;
        GET  "/console/settings/policy.json" Operator(LoginsRead) Nothing As(ReadPolicy) policy::now;
        GET  "/console/settings/webhooks"   Operator(WebhooksRead) Nothing Absent webhooks_view::show;
        GET  "/console/settings/webhooks.json" Operator(WebhooksRead) Nothing Absent webhooks::list;
        POST "/console/settings/webhooks/{id}/test" Operator(WebhooksWrite) Nothing Absent webhooks_view::test;
        GET  "/console/settings/searches"   Operator(LoginsRead) Nothing As(Search) searches_view::show;
        GET  "/console/settings/searches.json" Operator(LoginsRead) Nothing As(Search) searches::list;
        POST "/console/searches"            Operator(DevicesWrite) Form As(Settings) searches_view::save, SearchLimit;
        POST "/console/searches/delete"     Operator(DevicesWrite) Form As(Settings) searches_view::delete;
        // The last: whatever none of the lines above it fits.
        GET  "/console/{rest:.*}"           SignedIn     Nothing   Absent        home::nothing;
    }
}

/// The console: its failures are pages.
fn console() -> Vec<Answered> {
    let faced = |Answered { operation, route }: Answered| {
        let route = route.wrap(from_fn(faces::around));
        // What pages load has no secrets, and is the same for everybody.
        let is_asset = operation.path.starts_with("/console/assets/");
        Answered { route: if is_asset { route.wrap(Compress::default()) } else { route }, operation }
    };
    [console_door(), console_views(), console_settings()].into_iter().flatten().map(faced).collect()
}

fn pages() -> Vec<Answered> {
    table! {
        GET "/mailbox"        Shown(Mailbox) Nothing   Absent        dev_mail::list;
        GET "/mailbox/{name}" Shown(Mailbox) Nothing   Absent        dev_mail::one;
        GET "/docs"           Shown(Docs)    Nothing   Absent        docs::to_docs;
        GET "/docs/{file:.*}" Shown(Docs)    Nothing   Absent        docs::docs;
    }
}

/// The whole table.
#[must_use]
pub fn table() -> Vec<Answered> {
    let described = described().into_iter().map(|mut answered| {
        answered.operation.described = true;
        answered
    });
    described.chain(console()).chain(pages()).collect()
}

/// All operations.
#[must_use]
pub fn operations() -> Vec<Operation> {
    table().into_iter().map(|answered| answered.operation).collect()
}
