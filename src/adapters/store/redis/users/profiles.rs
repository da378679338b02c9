//! Loading what a decision starts from, and storing what it ends in: one round trip each, and one more to claim an
//! idempotency key. How the two steps together keep one key for one login is told in `redis/server/keys.rs`.

use std::sync::{
    LazyLock,
    atomic::{AtomicI64, Ordering},
};

use redis::{Script, ScriptInvocation};

use crate::{
    adapters::store::{
        backend::{LoadedBytes, ProfileBytes, Reply, Versioned},
        prepared::{PreparedAlert, PreparedCommit, PreparedLogin},
        record::bytes::Malformed,
        redis::{
            privacy::salts,
            server::{
                alert_keys::{self, Waiting},
                history_keys, keys,
                link::{Batch, Link, QUICK, unavailable},
                tally_keys,
            },
            store::Redis,
            users::{
                browsers::write_browser,
                claims::{Asked, Claim, claim, confirm, earlier, is_gone, write_once},
                clues::stored_clue,
                commits::MAX_COMMITS_OF_PARTITION,
            },
        },
    },
    domain::{
        history::{kept_browser::MAX_KEPT_BROWSERS, login_record::LoginIndex},
        ids::{AlertId, LoginId, PrefixKey, UserKey},
        time::{DAY_MS, Timestamp},
    },
    ports::{COMMITS_KEPT_MS, CommitError, Idempotency, Unavailable},
};

static COMMIT: LazyLock<Script> =
    LazyLock::new(|| Script::new(concat!(include_str!("../log/leaves.lua"), include_str!("commit.lua"))));

/// So much longer than logins are kept their records and indexes live, if nobody trims them: a Redis whose own clock is
/// ahead by less loses none.
const SPARE_MS: i64 = 400 * DAY_MS;

/// With many more, the last ones of a busy server came later than a command may take.
const COMMITS_AT_ONCE: usize = 32;

impl ProfileBytes for Redis {
    async fn load(
        &self,
        user: &UserKey,
        idempotency: Option<[u8; 16]>,
        now: Timestamp,
        with_salt: bool,
    ) -> Reply<LoadedBytes> {
        self.load_as(user, idempotency.map(Asked::Key), now, with_salt).await
    }

    async fn load_to_commit(
        &self,
        user: &UserKey,
        login: LoginId,
        named: &Idempotency,
        now: Timestamp,
        with_salt: bool,
    ) -> Reply<LoadedBytes> {
        self.load_as(user, Some(Asked::Claim(Claim::new(login, named, now))), now, with_salt).await
    }

    async fn commit(&self, commit: PreparedCommit) -> Result<(), CommitError> {
        self.link.check_fitness()?;
        mark_brief(&self.link, &commit).await?;
        claim(&self.link, &commit).await?;
        let time = |of: &AtomicI64| Timestamp::from_unix_ms(of.load(Ordering::Relaxed));
        let life = Life {
            logins_ms: self.retention_ms,
            alerts_ms: self.alerts_ms,
            logins_forgotten_before: time(&self.forgotten.logins_before),
            alerts_forgotten_before: time(&self.forgotten.alerts_before),
        };
        let outcome: String = self.link.run(QUICK, &invocation(&commit, &life)).await?;
        match outcome.as_str() {
            "ok" => Ok(()),
            "stale" => Err(CommitError::Stale),
            "duplicate" => {
                // It is acknowledged next, and may not have been confirmed when it was stored.
                if let Some(confirming) = self.link.confirming(commit.user.partition) {
                    self.link.ask::<()>(QUICK, &confirming).await?;
                }
                Err(CommitError::Duplicate)
            }
            other => Err(Unavailable(format!("the commit script said `{other}`")).into()),
        }
    }

    fn commits_at_once(&self) -> usize {
        COMMITS_AT_ONCE
    }
}

impl Redis {
    async fn load_as(
        &self,
        user: &UserKey,
        asked: Option<Asked>,
        now: Timestamp,
        with_salt: bool,
    ) -> Reply<LoadedBytes> {
        let link = &self.link;
        let mut ask = Batch::new();
        // An emptied server knows nobody, and must not take a user's devices for new ones. Nothing else of a login tells that: its
        // API key was read up to a second ago.
        ask.cmd("GET").arg(keys::user(user)).cmd("GETRANGE").arg(keys::STORE).arg(0).arg(0);
        if with_salt {
            ask.cmd("HGET").arg(keys::salts(user.partition)).arg(&user.hash[..]);
        }
        if let Some(Asked::Claim(claim)) = &asked {
            claim.ask(&mut ask).ignore();
        }
        if let Some(asked) = &asked {
            let key = asked.key();
            ask.cmd("GET").arg(keys::once(user.partition, &key)).cmd("GET").arg(keys::claim(&key));
        }
        // Whatever is stored was loaded before: so nothing is acknowledged by a server that has not been seen to keep it.
        let (answers, ()) = tokio::try_join!(link.ask_each(QUICK, &ask), link.see_fitness(QUICK))?;
        let mut answers = answers.into_iter();
        let stored = match answers.next() {
            Some(Err(fault)) if fault.code() == Some("WRONGTYPE") => load_form_1(link, user).await?,
            answer => answer.transpose().map_err(|it| unavailable(&it))?.flatten(),
        };
        let name_begins = answers.next().transpose().map_err(|it| unavailable(&it))?.flatten();
        if name_begins.is_none_or(|it| it.is_empty()) && self.is_named.load(Ordering::Relaxed) {
            return Err(Unavailable("the server has lost its name, and with it what it held".to_owned()));
        }
        let salt = if with_salt { answers.next().transpose().map_err(|it| unavailable(&it))?.flatten() } else { None };
        let salt = salt.map(|it| salts::read(&it)).transpose()?;
        let remembered: Vec<Option<Vec<u8>>> = answers.collect::<Result<_, _>>().map_err(|it| unavailable(&it))?;
        let claimed = asked.as_ref().is_some_and(|it| it.has_claimed(remembered.last()));
        let earlier = match &asked {
            Some(asked) => earlier(link, user, asked.key(), remembered, now).await?,
            None => None,
        };
        let earlier = match earlier {
            Some((_, login)) if login.partition() == user.partition && is_gone(link, login).await? => None,
            it => it,
        };
        if let Some((_, login)) = earlier {
            confirm(link, login).await?;
        }
        Ok(LoadedBytes { profile: stored.map(|it| read_user(&it)), earlier, salt, claimed })
    }
}

/// How long what is stored lives.
#[derive(Clone, Copy, Debug)]
struct Life {
    /// For how long logins are kept.
    logins_ms: i64,
    /// For how long alerts are kept.
    alerts_ms: i64,
    /// Logins before this time are trimmed already: indexes may forget them too. The clock would not do, because it may be
    /// ahead.
    logins_forgotten_before: Timestamp,
    /// The same of alerts.
    alerts_forgotten_before: Timestamp,
}

/// A user as stores of the first form have them: a hash of two fields. The next commit puts a string in its place.
///
/// # Errors
/// The server does not answer in time.
pub async fn load_form_1(link: &Link, user: &UserKey) -> Reply<Option<Vec<u8>>> {
    let mut ask = Batch::new();
    ask.cmd("HMGET").arg(keys::user(user)).arg(&["version", "profile"]);
    let ((version, profile),): ((Option<u64>, Option<Vec<u8>>),) = link.ask(QUICK, &ask).await?;
    Ok(version.zip(profile).map(|(version, profile)| write_user(version, &profile)))
}

/// Lists the logins that are kept for a shorter time than others, before they are stored: so none is stored that is not
/// listed. An entry of one that is not stored after all is harmless, and goes when its time has come.
async fn mark_brief(link: &Link, commit: &PreparedCommit) -> Reply<()> {
    let mut write = Batch::new();
    for login in commit.logins.iter().filter(|it| it.is_brief) {
        write.cmd("ZADD").arg(keys::brief_logins(commit.user.partition)).arg(0).arg(&login.id.0[..]).ignore();
    }
    if write.is_empty() { Ok(()) } else { link.ask(QUICK, &write).await }
}

/// Keys and arguments in the order that `commit.lua` documents.
fn invocation(commit: &PreparedCommit, life: &Life) -> ScriptInvocation<'static> {
    let mut run = COMMIT.prepare_invoke();
    let (partition, tenant, now) = (commit.user.partition, &commit.tenant, commit.now);
    run.key(keys::user(&commit.user))
        .key(keys::log(partition))
        .key(keys::index(partition, tenant, &LoginIndex::Time))
        .key(keys::index(partition, tenant, &LoginIndex::User(commit.user)))
        .key(alert_keys::alerts(partition))
        .key(alert_keys::alerts_of(partition, tenant))
        .key(alert_keys::outbox(partition))
        .key(alert_keys::alerts_of_user(&commit.user))
        .key(alert_keys::events(partition))
        .key(keys::salts(partition))
        .key(keys::commits(partition))
        .key(keys::n_commits(partition))
        .key(history_keys::browsers_of_user(&commit.user))
        .key(history_keys::browsers_by_week(partition, false))
        .key(history_keys::browsers_by_week(partition, true))
        .key(tally_keys::uncounted(partition));
    let clues: Vec<_> = commit.clues.iter().filter_map(|it| stored_clue(partition, it, now, life.logins_ms)).collect();
    // `trim` removes logins on time. Their life only makes sure that they go if nobody trims.
    let life_ms = life.logins_ms + SPARE_MS;
    let next = commit.profile.as_ref().map_or(Vec::new(), |it| write_user(commit.version + 1, it));
    run.arg(now.unix_ms())
        .arg(commit.version)
        .arg(next)
        .arg(keys::below(&LoginId::first_at(life.logins_forgotten_before).0))
        .arg(life_ms + DAY_MS)
        .arg(keys::below(&AlertId::first_at(life.alerts_forgotten_before).0))
        .arg(life.alerts_ms + SPARE_MS + DAY_MS)
        .arg(commit.logins.len())
        .arg(commit.answers.len())
        .arg(&commit.user.hash[..])
        .arg(&commit.salt.0[..])
        .arg(tenant.as_str())
        .arg(COMMITS_KEPT_MS)
        .arg(MAX_COMMITS_OF_PARTITION)
        .arg(MAX_KEPT_BROWSERS)
        // What a trim deletes it takes out of the tallies, and it needs the entry for that.
        .arg(keys::below(&LoginId::first_at(life.logins_forgotten_before.plus_ms(-DAY_MS)).0))
        .arg(clues.len());
    for login in &commit.logins {
        add_login(&mut run, commit, login, life_ms);
    }
    for (alert, answer) in &commit.answers {
        run.key(alert_keys::alert(*alert)).arg(answer.as_str());
    }
    for event in &commit.events {
        let waiting = Waiting { event: event.id, webhook: None };
        run.key(waiting.key()).arg(waiting.name()).arg(&event.record).arg(event.due_at.unix_ms());
    }
    for (set, member, life_ms) in clues {
        run.key(set).arg(member).arg(life_ms);
    }
    for browser in &commit.browsers {
        run.arg(&browser.fingerprint[..]).arg(browser.week).arg(write_browser(browser));
    }
    run
}

fn add_login(run: &mut ScriptInvocation<'static>, commit: &PreparedCommit, login: &PreparedLogin, life_ms: i64) {
    let (partition, tenant) = (commit.user.partition, &commit.tenant);
    let key = keys::logins(login.id);
    let prefix = LoginIndex::Prefix(PrefixKey(login.prefix));
    run.key(&key).key(keys::old_login(login.id)).key(keys::index(partition, tenant, &prefix)).key(keys::index(
        partition,
        tenant,
        &LoginIndex::Fingerprint(login.fingerprint),
    ));
    match &login.idempotency {
        Some(it) => run.key(keys::once(partition, &it.key)),
        None => run.key(&key),
    };
    run.key(login.alert.as_ref().map_or(key, |it| alert_keys::alert(it.id)));

    // The hash lives as long as the last login that can be in it.
    let life_ms = life_ms + keys::end_of_logins(login.id).ms_since(commit.now).max(0);
    run.arg(&login.id.0[..]).arg(&login.record).arg(life_ms);
    match &login.idempotency {
        Some(idempotency) => {
            run.arg(write_once(idempotency, login.id)).arg(idempotency.expires_at.ms_since(commit.now).max(1))
        }
        None => run.arg("").arg(""),
    };
    match &login.alert {
        Some(it) => add_alert(run, it),
        None => {
            run.arg(&[""; 10]);
        }
    }
    run.arg(&login.facets);
}

fn add_alert(run: &mut ScriptInvocation<'static>, alert: &PreparedAlert) {
    let time = |at: Option<Timestamp>| at.map_or(String::new(), |it| it.unix_ms().to_string());
    let delivery = &alert.delivery;
    run.arg(&alert.id.0[..])
        .arg(&alert.record)
        .arg(&*delivery.state)
        .arg(delivery.suppressed.as_deref().unwrap_or_default())
        .arg(delivery.recipient.as_deref().unwrap_or_default())
        .arg(delivery.attempts)
        .arg(time(delivery.due_at))
        .arg(delivery.last_error.as_deref().unwrap_or_default())
        .arg(time(delivery.settled_at))
        .arg(&*delivery.answer);
}

/// A user's version in decimal, so that scripts can read it, a space, and the profile: in one string, because a hash of two
/// fields takes half as much again.
fn write_user(version: u64, profile: &[u8]) -> Vec<u8> {
    [version.to_string().as_bytes(), b" ", profile].concat()
}

/// A user's version and profile.
///
/// # Errors
/// It has no such form.
pub fn read_user(value: &[u8]) -> Result<Versioned, Malformed> {
    let space = value.iter().position(|&it| it == b' ').ok_or(Malformed::Short)?;
    let version = std::str::from_utf8(&value[..space]).ok().and_then(|it| it.parse().ok());
    let version = version.ok_or(Malformed::Impossible("version"))?;
    Ok(Versioned { version, record: value[space + 1..].to_vec() })
}
