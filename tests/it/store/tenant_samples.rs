//! A tenant of which everything is kept that can be.

use std::sync::Arc;

use watchlight::{
    domain::{
        alert::suppression::{Cause, Suppression},
        ids::{EventId, LoginId, OperatorId, TenantId, UserId, UserKey},
        keyring::TenantKeys,
        operator::{
            operator::{Invitation, IssuerAccount, Operator, Voucher},
            password::PasswordHash,
            role::{Role, Sees},
            session::OperatorSession,
        },
        privacy::{
            erasure::{Erased, ErasureBegun},
            note::Note,
            removal::{Removal, RemovalBegun},
            request::PersonRequest,
        },
        tenant::{
            api_key::ApiKeyRecord,
            saved_search::{Found, SavedSearch, SearchName},
            webhook::{TenantEvent, Webhook},
        },
        time::HOUR_MS,
    },
    ports::{Commit, SessionChange, Store},
};

use crate::{
    store::{
        person_samples, policy_samples, request_samples,
        samples::{self, at, commit, commit_with_alert},
    },
    support::stores::root,
};

/// Everybody of a tenant: two who sign in, one who only fails to, one of whom there is a session, one with a note.
pub const PEOPLE: [&str; 5] = ["ana", "ben", "eve", "kim", "lou"];

pub fn tenant(name: &str) -> TenantId {
    TenantId::parse(name).unwrap()
}

pub fn keys(tenant: &TenantId) -> TenantKeys {
    root().tenant(tenant)
}

pub fn user(tenant: &TenantId, name: &str) -> UserKey {
    keys(tenant).user(&UserId::parse(name).unwrap())
}

/// The commit of a sample, as this tenant's.
fn of(tenant: &TenantId, name: &str, mut commit: Commit) -> Commit {
    commit.tenant = tenant.clone();
    for login in &mut commit.logins {
        login.record.tenant = tenant.clone();
        login.record.user = UserId::parse(name).unwrap();
        login.prefix = keys(tenant).prefix("2a02:1810::1".parse().unwrap());
        if let Some((alert, _)) = &mut login.alert {
            alert.tenant = tenant.clone();
            alert.user = UserId::parse(name).unwrap();
        }
    }
    commit
}

async fn put_session(store: &Arc<dyn Store>, tenant: &TenantId, user: &UserKey) {
    let change = SessionChange { tenant, version: 0, session: &samples::session(), now: at(0), life_ms: HOUR_MS };
    assert!(store.put_session(user, user.hash, change).await.unwrap());
}

/// Keeps everything of a tenant. No two tenants have anything in common but what they are called by others.
pub async fn fill(store: &Arc<dyn Store>, tenant: &TenantId, number: u8) {
    for name in ["ana", "ben"] {
        let user = user(tenant, name);
        let mut first = of(tenant, name, commit_with_alert(&user, 0, at(0), number));
        first.events = vec![TenantEvent { tenant: tenant.clone(), ..samples::event(&user, at(0), number) }];
        store.commit(first).await.unwrap();
        store.commit(of(tenant, name, commit(&user, 1, at(1), number + 1))).await.unwrap();
        put_session(store, tenant, &user).await;
        let note = Note { tenant: tenant.clone(), ..person_samples::note(&user, number) };
        assert!(store.put_note(&user, &note, None).await.unwrap());
    }
    store.put_restricted(tenant, &user(tenant, "ben"), true).await.unwrap();
    let eve = user(tenant, "eve");
    let failed = Commit { profile: None, ..of(tenant, "eve", commit(&eve, 0, at(2), number)) };
    store.commit(failed).await.unwrap();
    put_session(store, tenant, &user(tenant, "kim")).await;
    let lou = user(tenant, "lou");
    let note = Note { tenant: tenant.clone(), ..person_samples::note(&lou, number) };
    assert!(store.put_note(&lou, &note, None).await.unwrap());
    let request =
        PersonRequest { tenant: tenant.clone(), ..request_samples::bare_request(&user(tenant, "ana"), number) };
    assert!(store.put_request(0, &request, None).await.unwrap());
    let webhook = Webhook { tenant: tenant.clone(), ..samples::webhook(tenant, number) };
    store.put_webhook(webhook.clone()).await.unwrap();
    store.put_attempt(webhook.id, samples::attempt(1)).await.unwrap();
    let why = Suppression { cause: Cause::Refused, since: at(0) };
    assert!(store.suppress(tenant, keys(tenant).email("ana@example.com"), why).await.unwrap());
    assert!(store.put_policy(tenant, 0, &policy_samples::policy_change()).await.unwrap());
    for version in [[number; 8], [1, 2, 3, 4, 5, 6, 7, 8]] {
        let version = watchlight::domain::policy::policy::PolicyVersion(version);
        store.keep_policy(tenant, version, &policy_samples::policy_change(), at(0)).await.unwrap();
    }
    assert!(store.put_saved_searches(tenant, 0, &saved_searches()).await.unwrap());
    let key = ApiKeyRecord { tenant: tenant.clone(), ..samples::api_key(tenant.as_str(), at(0)) };
    store.put_api_key(key).await.unwrap();
}

/// An operator with everything that one can have.
pub fn operator() -> Operator {
    Operator {
        id: OperatorId([4; 16]),
        email: "kim@example.com".to_owned(),
        role: Role::Analyst,
        sees: Sees::of(vec![tenant("acme"), tenant("other")]),
        invited_at: at(0),
        invitation: Some(Invitation { hash: [5; 32], expires_at: at(900_000) }),
        password: Some(PasswordHash { salt: [6; 16], hash: [7; 32] }),
        vouched_by: None,
        sessions_since: at(1),
        revoked_at: Some(at(2_000_000)),
    }
}

/// A session of an operator.
pub fn operator_session() -> OperatorSession {
    OperatorSession { operator: OperatorId([4; 16]), begun_at: at(0), seen_at: at(90_000) }
}

/// An operator who was invited, and nothing more.
pub fn bare_operator() -> Operator {
    let role = Role::Admin;
    Operator { role, sees: Sees::Every, invitation: None, password: None, revoked_at: None, ..operator() }
}

/// An operator for whom the issuer of their identities vouches.
pub fn vouched_operator() -> Operator {
    let vouched_by = Some(Voucher::Issuer(IssuerAccount([8; 16])));
    Operator { vouched_by, ..bare_operator() }
}

/// An operator for whom a proxy vouches.
pub fn proxied_operator() -> Operator {
    Operator { vouched_by: Some(Voucher::Proxy), ..bare_operator() }
}

/// Two searches, of which one has found a login.
pub fn saved_searches() -> Vec<SavedSearch> {
    let search = |name: &str, q: &str, ms| SavedSearch {
        name: SearchName::parse(name).unwrap(),
        q: q.to_owned(),
        notify: false,
        saved_at: at(ms),
        found: None,
    };
    let found = Found { event: EventId([1; 16]), login: LoginId([2; 16]), at: at(5) };
    let brazil = search("Brazil", "country:BR risk>=0.6 last:7d", 0);
    vec![SavedSearch { notify: true, found: Some(found), ..brazil }, search("ana", "user:ana", 9)]
}

/// What a removal that was asked for then begins with.
pub fn begun(tenant: &TenantId, ms: i64) -> RemovalBegun {
    RemovalBegun { tenant: tenant.clone(), at: at(ms), api_keys: 1, webhooks: 1 }
}

/// Everybody whom a walk meets, in steps of two.
pub async fn met(store: &Arc<dyn Store>, tenant: &TenantId) -> Vec<[u8; 16]> {
    let (mut met, mut position) = (Vec::new(), None);
    loop {
        let step = store.people_of(tenant, position.as_ref(), 2).await.unwrap();
        met.extend(step.users.into_iter().map(|it| it.hash));
        position = step.next;
        if position.is_none() {
            met.sort_unstable();
            met.dedup();
            return met;
        }
    }
}

/// Forgets one of the tenant's people as part of a removal.
pub async fn forget(store: &Arc<dyn Store>, removal: &RemovalBegun, user: UserKey) {
    let RemovalBegun { tenant, at, .. } = removal;
    let wanted = ErasureBegun { tenant: tenant.clone(), user, at: *at, erased: Erased::default(), with_tenant: true };
    let begun = store.begin_erasure(&wanted).await.unwrap();
    while store.erase_some_with_tenant(tenant, &begun.user).await.unwrap() {}
    let receipt = keys(tenant).receipt_id(begun.at, &begun.user);
    assert!(store.end_erasure(tenant, &begun.user, receipt).await.unwrap().is_some());
}

/// Takes every step of a removal, API keys and audit aside.
pub async fn remove(store: &Arc<dyn Store>, tenant: &TenantId, ms: i64) -> Option<Removal> {
    let removal = store.begin_removal(&begun(tenant, ms)).await.unwrap();
    let mut position = None;
    loop {
        let step = store.people_of(tenant, position.as_ref(), 2).await.unwrap();
        for user in step.users {
            forget(store, &removal, user).await;
        }
        position = step.next;
        if position.is_none() {
            break;
        }
    }
    while store.remove_rest(tenant).await.unwrap() {}
    store.end_removal(&removal, removal.receipt(&keys(tenant))).await.unwrap()
}

/// All that can be read of a tenant.
pub async fn all_of(store: &Arc<dyn Store>, tenant: &TenantId) -> Vec<String> {
    use watchlight::{domain::history::login_record::LoginIndex, ports::RequestIndex};
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    let mut all = vec![
        format!("{:?}", store.logins(tenant, &LoginIndex::Time, everything.clone(), 99).await.unwrap()),
        format!("{:?}", store.alerts(tenant, None, 99, at(3)).await.unwrap()),
        format!("{:?}", store.requests(RequestIndex::Tenant(tenant), None, 99).await.unwrap()),
        format!("{:?}", store.policy(tenant).await.unwrap()),
        format!("{:?}", store.count_suppressions(tenant).await.unwrap()),
        format!("{:?}", store.stock_of(tenant).await.unwrap()),
    ];
    let mut restricted: Vec<_> = store.restricted(tenant).await.unwrap().into_iter().collect();
    restricted.sort_unstable();
    all.push(format!("{restricted:?}"));
    for webhook in store.webhooks(tenant).await.unwrap() {
        all.push(format!("{webhook:?} {:?}", store.attempts(webhook.id).await.unwrap()));
    }
    for number in [1, 5, 9] {
        let version = watchlight::domain::policy::policy::PolicyVersion([number; 8]);
        all.push(format!("{:?}", store.kept_policy(tenant, version).await.unwrap()));
    }
    for name in PEOPLE {
        let user = user(tenant, name);
        let loaded = store.load(&user, None, at(3)).await.unwrap();
        all.push(format!("{name} {} {:?}", loaded.version, loaded.profile));
        all.push(format!("{:?}", store.session(&user, user.hash).await.unwrap()));
        all.push(format!("{:?}", store.notes_of_user(&user, None, 99).await.unwrap()));
        all.push(format!("{:?}", store.alerts_of(&user, None, 99, at(3)).await.unwrap()));
        let theirs = LoginIndex::User(user);
        all.push(format!("{:?}", store.logins(tenant, &theirs, everything.clone(), 99).await.unwrap()));
    }
    all
}
