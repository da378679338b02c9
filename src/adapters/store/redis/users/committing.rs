//! The script that stores a decision, and what it is given. Each word more is read by the server and by its script, which takes as
//! long as a look-up: so what most logins do not have is not named.

use std::sync::LazyLock;

use redis::{Script, ScriptInvocation};

use crate::{
    adapters::store::{
        prepared::{PreparedAlert, PreparedCommit, PreparedLogin},
        redis::{
            server::{
                alert_keys::{self, Waiting},
                history_keys, keys,
                once_keys::{self, Day},
                tally_keys,
            },
            users::{browsers::write_browser, clues::stored_clue, commits::MAX_COMMITS_OF_PARTITION, key_days::Places},
        },
    },
    domain::{
        history::{kept_browser::MAX_KEPT_BROWSERS, login_record::LoginIndex},
        ids::{AlertId, LoginId, PrefixKey},
        time::{DAY_MS, Timestamp},
    },
    ports::{COMMITS_KEPT_MS, Idempotency},
};

static COMMIT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(&format!(
        "{}\n{}\nlocal COMMITS_KEPT_MS, MAX_COMMITS, MAX_BROWSERS = {COMMITS_KEPT_MS}, {MAX_COMMITS_OF_PARTITION}, \
         {MAX_KEPT_BROWSERS}\n{}",
        include_str!("../log/leaves.lua"),
        include_str!("../log/leaves_cut.lua"),
        include_str!("commit.lua")
    ))
});

/// So much longer than logins are kept their records and indexes live, if nobody trims them: a Redis whose own clock is
/// ahead by less loses none.
const SPARE_MS: i64 = 400 * DAY_MS;

/// How long what is stored lives.
#[derive(Clone, Debug)]
pub struct Life {
    /// For how long logins are kept.
    pub logins_ms: i64,
    /// For how long alerts are kept.
    pub alerts_ms: i64,
    /// Logins before this time are trimmed already: indexes may forget those that are not stored any more. The clock would not do,
    /// because it may be ahead.
    pub logins_forgotten_before: Timestamp,
    /// The same of alerts.
    pub alerts_forgotten_before: Timestamp,
    /// Whether the lives of all that the logins go to were looked at lately.
    pub are_known: bool,
    /// Whether logins may have keys of their own.
    pub may_be_old: bool,
    /// Where the idempotency keys lie, if there are some.
    pub keys: Option<Places>,
}

impl Life {
    /// That of records. `trim` removes logins on time; their life only makes sure that they go if nobody trims.
    const fn of_records_ms(&self) -> i64 {
        self.logins_ms + SPARE_MS
    }

    /// That of indexes of logins, and of the browsers that they came from.
    const fn of_indexes_ms(&self) -> i64 {
        self.of_records_ms() + DAY_MS
    }
}

/// Keys and arguments in the order that `commit.lua` documents.
pub fn invocation(commit: &PreparedCommit, life: &Life) -> ScriptInvocation<'static> {
    let mut run = COMMIT.prepare_invoke();
    let (partition, tenant, now) = (commit.user.partition, &commit.tenant, commit.now);
    run.key(keys::user(&commit.user))
        .key(keys::salts(partition))
        .key(keys::index(partition, tenant, &LoginIndex::Time))
        .key(keys::index(partition, tenant, &LoginIndex::User(commit.user)))
        .key(tally_keys::uncounted(partition))
        .key(keys::commits(partition))
        .key(keys::n_commits(partition));
    let clues: Vec<_> = commit.clues.iter().filter_map(|it| stored_clue(partition, it, now, life.logins_ms)).collect();
    let next = commit.profile.as_ref().map_or(Vec::new(), |it| write_user(commit.version + 1, it));
    run.arg(commit.version).arg(next).arg(&commit.user.hash[..]).arg(&commit.salt.0[..]).arg(tenant.as_str());
    run.arg(counts(commit, clues.len(), life));
    if !life.are_known {
        run.key(keys::numbers_of_logins(partition));
        run.arg(life.of_indexes_ms()).arg(keys::below(&LoginId::first_at(life.logins_forgotten_before).0));
    }
    for login in &commit.logins {
        add_login(&mut run, commit, login, life);
    }
    for (set, member, life_ms) in clues {
        run.key(set).arg(member);
        if !life.are_known {
            run.arg(life_ms);
        }
    }
    add_besides(&mut run, commit, life);
    run
}

/// How many logins and clues come, each in two bytes, flags, and what stands behind each login's entry by network.
fn counts(commit: &PreparedCommit, clues: usize, life: &Life) -> Vec<u8> {
    // There are at most some hundred logins, with some ten clues each.
    let [[a, b], [c, d]] = [commit.logins.len(), clues].map(|it| u16::try_from(it).unwrap_or(u16::MAX).to_be_bytes());
    let forms = life.keys.as_ref().map(|it| it.forms);
    let may_be_single = forms.is_some_and(|it| it.may_be_single(commit.now));
    let is_single = forms.is_some_and(|it| !it.writes_together(commit.now));
    let flags = [!life.are_known, life.may_be_old, may_be_single, is_single];
    let flags = flags.into_iter().rev().fold(0, |flags, it| flags << 1 | u8::from(it));
    let mut counts = vec![a, b, c, d, flags];
    counts
        .extend(commit.logins.iter().flat_map(|it| [u8::from(it.hidden_byte.is_some()), it.hidden_byte.unwrap_or(0)]));
    counts
}

fn add_login(run: &mut ScriptInvocation<'static>, commit: &PreparedCommit, login: &PreparedLogin, life: &Life) {
    let (partition, tenant) = (commit.user.partition, &commit.tenant);
    let logins = keys::logins(login.id);
    run.key(&logins)
        .key(keys::index(partition, tenant, &LoginIndex::Prefix(PrefixKey(login.prefix))))
        .key(keys::index(partition, tenant, &LoginIndex::Fingerprint(login.fingerprint)));
    run.arg(&login.id.0[..]).arg(&login.record).arg(&login.facets);
    let named = login.idempotency.as_ref().zip(life.keys.as_ref());
    let named = named.and_then(|(it, keys)| Some((it, keys, keys.day_of(it.expires_at)?)));
    if let Some((it, keys, day)) = named {
        run.key(once_keys::records(partition, &it.key, day));
        run.arg(once(it, login.id, keys, day));
    } else {
        run.key(logins);
        run.arg("");
    }
    if !life.are_known {
        // The hash lives as long as the last login that can be in it.
        run.arg(life.of_records_ms() + keys::end_of_logins(login.id).ms_since(commit.now).max(0));
        run.arg(named.map_or(0, |(_, _, day)| day.life_ms(commit.now)));
    }
}

/// An idempotency key, its record, the time now in six bytes, and in eight each how the hashes of other days end whose records are to
/// be looked at: one word, because each takes the script as long as a look-up.
fn once(idempotency: &Idempotency, login: LoginId, keys: &Places, own: Day) -> Vec<u8> {
    let mut word = idempotency.key.to_vec();
    word.extend(once_keys::write_record(idempotency, login));
    word.extend(&keys.now.unix_ms().max(0).to_be_bytes()[2..]);
    // One that is written under a key of its own has none in the hash of its day either.
    let own = Some(own).filter(|_| keys.forms.writes_together(keys.now));
    for day in keys.days.iter().filter(|it| Some(**it) != own) {
        word.extend(day.end(&idempotency.key).into_bytes());
    }
    word
}

fn add_besides(run: &mut ScriptInvocation<'static>, commit: &PreparedCommit, life: &Life) {
    let partition = commit.user.partition;
    for alert in commit.logins.iter().filter_map(|it| it.alert.as_ref()) {
        run.key(alert_keys::alert(alert.id))
            .key(alert_keys::alerts(partition))
            .key(alert_keys::alerts_of(partition, &commit.tenant))
            .key(alert_keys::alerts_of_user(&commit.user))
            .key(alert_keys::outbox(partition));
        add_alert(run, alert);
        run.arg(keys::below(&AlertId::first_at(life.alerts_forgotten_before).0))
            .arg(life.alerts_ms + SPARE_MS + DAY_MS);
    }
    for (alert, said) in &commit.answers {
        run.key(alert_keys::alert(*alert)).arg("answer").arg(&*said.answer);
        run.arg(said.by.as_deref().unwrap_or_default()).arg(said.at.map_or(0, Timestamp::unix_ms));
        run.arg(said.author.as_deref().unwrap_or_default());
    }
    for event in &commit.events {
        let waiting = Waiting { event: event.id, webhook: None };
        run.key(waiting.key()).key(alert_keys::events(partition));
        run.arg("event").arg(waiting.name()).arg(&event.record).arg(event.due_at.unix_ms());
    }
    for browser in &commit.browsers {
        run.key(history_keys::browsers_of_user(&commit.user))
            .key(history_keys::browsers_by_week(partition, browser.is_brief));
        run.arg("browser").arg(&browser.fingerprint[..]).arg(browser.week).arg(write_browser(browser));
        run.arg(life.of_indexes_ms());
    }
}

fn add_alert(run: &mut ScriptInvocation<'static>, alert: &PreparedAlert) {
    let time = |at: Option<Timestamp>| at.map_or(String::new(), |it| it.unix_ms().to_string());
    let delivery = &alert.delivery;
    run.arg("alert")
        .arg(&alert.id.0[..])
        .arg(&alert.record)
        .arg(&*delivery.state)
        .arg(delivery.suppressed.as_deref().unwrap_or_default())
        .arg(delivery.recipient.as_deref().unwrap_or_default())
        .arg(delivery.attempts)
        .arg(time(delivery.due_at))
        .arg(delivery.last_error.as_deref().unwrap_or_default())
        .arg(time(delivery.settled_at))
        .arg(&*delivery.answer.answer);
}

/// A user's version in decimal, so that scripts can read it, a space, and the profile: in one string, because a hash of two
/// fields takes half as much again.
#[must_use]
pub fn write_user(version: u64, profile: &[u8]) -> Vec<u8> {
    [version.to_string().as_bytes(), b" ", profile].concat()
}
