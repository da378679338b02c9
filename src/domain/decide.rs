//! The rule book: what is known and what is seen become a decision. A total function: it cannot fail, asks nobody, and
//! says the same for the same arguments, so that a retry, a replay and a test decide as the service did.

use crate::domain::{
    agent::{Agent, Browser},
    alert::alert::{Alert, AlertNote, Delivery, Suppressed},
    browser::{
        attributes::{AttributeSet, Traits},
        fingerprint::Fingerprint,
    },
    history::login_record::LoginRecord,
    ids::{DeviceId, LoginId, TenantId, UserKey},
    keyring::TenantKeys,
    login::login::{Login, Outcome},
    place::{Place, Whereabouts},
    policy::policy::{Level, Policy, SignalKind},
    recognition::{
        matching::{Closest, Home, Query, changed, closest, explain, same_time_zone},
        verdict::{DeviceStatus, DeviceVerdict, MatchedBy},
    },
    risk::{
        Situation, assess,
        assessment::{Action, Assessment},
        freeman::Rarity,
        guessing::Run,
        looks_copied,
    },
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    user::{device::KnownDevice, learning::Lesson, profile::Profile},
};

/// A login as it was seen: what the caller said, and what this service made of it.
#[derive(Clone, Debug)]
pub struct Observed<'a> {
    /// Whose login it is.
    pub tenant: &'a TenantId,
    /// The tenant's keys.
    pub keys: &'a TenantKeys,
    /// What stands for the user.
    pub user: UserKey,
    /// The login's name.
    pub id: LoginId,
    /// What the caller said.
    pub login: &'a Login,
    /// Browser and system.
    pub agent: Agent,
    /// What is compared with known devices.
    pub traits: Traits,
    /// The name of all that the browser said.
    pub fingerprint: Fingerprint,
    /// Place and network.
    pub whereabouts: &'a Whereabouts,
    /// Why the browser's words cannot all be true.
    pub contradiction: Option<&'static str>,
    /// The run of guesses that its address or browser belongs to.
    pub run: Option<Run>,
    /// How rare it is among the tenant's logins, where that is unusual.
    pub rarity: Option<Rarity>,
    /// Whether the login is only to be learned from: nobody is warned then.
    pub past: bool,
}

/// What follows from a login.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What is known of the user from now on.
    pub profile: Profile,
    /// What is kept and answered.
    pub record: LoginRecord,
    /// The warning and how it starts, if there is one.
    pub alert: Option<(Alert, Delivery)>,
}

/// Decides about a login received at `now`.
#[must_use]
pub fn decide(now: Timestamp, policy: &Policy, profile: &Profile, observed: &Observed<'_>) -> Decision {
    let login = observed.login;
    let recognition = recognize(policy, profile, observed);
    let situation = situation(policy, profile, observed, &recognition);
    let (assessment, copied) = (assess(policy, &situation), looks_copied(policy, &situation));
    let alert = alert(now, policy, profile, (observed, &recognition, &assessment, copied));
    let action = match (assessment.level, &alert) {
        (Level::High, _) => Action::Challenge,
        (Level::Medium | Level::Low, Some(_)) => Action::Notify,
        (Level::Medium | Level::Low, None) => Action::Allow,
    };
    let note = alert.as_ref().map(|(alert, delivery)| AlertNote { id: alert.id, suppressed: delivery.suppressed });
    let mailed_at = alert.as_ref().and_then(|(_, delivery)| delivery.due_at);
    let learned = learn(profile, observed, &recognition, note);
    let record = LoginRecord {
        id: observed.id,
        tenant: observed.tenant.clone(),
        user: login.user.id.clone(),
        occurred_at: login.occurred_at,
        received_at: now,
        outcome: login.outcome,
        method: login.method.clone(),
        session_id: login.session_id.clone(),
        ip: login.client.ip,
        fingerprint: observed.fingerprint,
        whereabouts: observed.whereabouts.clone(),
        device: device_verdict(&learned, observed, &recognition),
        assessment,
        action,
        alert: note,
        evidence: recognition.closest.map(|it| explain(&profile.devices[it.index], &recognition.query)),
        policy: Some(policy.version),
    };
    let profile = match mailed_at {
        Some(at) => learned.after_alert(at),
        None => learned,
    };
    Decision { profile, record, alert }
}

/// Which device it is.
struct Recognition<'a> {
    query: Query<'a>,
    closest: Option<Closest>,
    /// The known device, if it is recognized.
    device: Option<&'a KnownDevice>,
    /// The known device's name, or the one that a device not yet known gets.
    id: DeviceId,
    status: DeviceStatus,
    /// Whether it is a known device that tells the same time zone as ever.
    stayed: bool,
    token_mismatch: bool,
}

fn recognize<'a>(policy: &Policy, profile: &'a Profile, observed: &'a Observed<'_>) -> Recognition<'a> {
    let token = observed.login.client.device_token.as_deref();
    let token = token.and_then(|it| observed.keys.read_device_token(&observed.user, it));
    let token = token.filter(|it| profile.device(*it).is_some());
    let seen = &observed.traits;
    let home = Home::of(&profile.networks, &seen.network);
    let query = Query { occurred_at: observed.login.occurred_at, seen, token, home };
    let is_told = observed.login.client.tells_of_browser() || token.is_some();
    let closest = if is_told { closest(&profile.devices, &query) } else { None };
    let recognized = closest.filter(|it| it.gate.is_none() && it.probability() >= policy.recognized_from);
    let device = recognized.map(|it| &profile.devices[it.index]);
    let status = match (device, is_told, profile.devices.is_empty()) {
        (Some(_), _, _) => DeviceStatus::Recognized,
        (None, false, _) => DeviceStatus::Unknown,
        (None, true, true) => DeviceStatus::First,
        (None, true, false) => DeviceStatus::New,
    };
    let token_mismatch = token.is_some_and(|token| device.is_none_or(|it| it.id != token));
    let id = device.map_or_else(|| observed.keys.device_id(&observed.user, observed.id), |it| it.id);
    let stayed = device.is_some_and(|it| same_time_zone(&it.traits, &observed.traits));
    Recognition { query, closest, device, id, status, stayed, token_mismatch }
}

fn situation<'a>(
    policy: &'a Policy,
    profile: &'a Profile,
    observed: &'a Observed<'_>,
    recognition: &Recognition<'a>,
) -> Situation<'a> {
    Situation {
        occurred_at: observed.login.occurred_at,
        succeeded: observed.login.outcome == Outcome::Success,
        profile,
        status: recognition.status,
        device: recognition.device,
        agent: &observed.agent,
        place: observed.whereabouts.place.as_ref(),
        usage: observed.whereabouts.usage,
        trusted_network: policy.trusted_network(observed.login.client.ip).map(|it| it.name.as_str()),
        network: &observed.traits.network,
        probability: recognition
            .closest
            .map_or(0.0, |it| if it.by == MatchedBy::Token { 1.0 } else { it.probability() }),
        stayed: recognition.stayed,
        token_mismatch: recognition.token_mismatch,
        contradiction: observed.contradiction,
        run: observed.run,
        rarity: observed.rarity,
    }
}

fn learn(
    profile: &Profile,
    observed: &Observed<'_>,
    recognition: &Recognition<'_>,
    note: Option<AlertNote>,
) -> Profile {
    let login = observed.login;
    if login.outcome == Outcome::Failure {
        return profile.clone().after_failure(login.occurred_at);
    }
    profile.clone().after_login(&Lesson {
        occurred_at: login.occurred_at,
        device: (recognition.status != DeviceStatus::Unknown).then_some(recognition.id),
        agent: observed.agent,
        traits: &observed.traits,
        place: observed.whereabouts.place.as_ref(),
        usage: observed.whereabouts.usage,
        alert: note.map(|it| it.id),
    })
}

/// What is said of the device: as it is known after this login, or as this login shows it if it was not learned.
fn device_verdict(learned: &Profile, observed: &Observed<'_>, recognition: &Recognition<'_>) -> DeviceVerdict {
    let now_known = learned.device(recognition.id);
    let occurred_at = observed.login.occurred_at;
    let closest = recognition.closest;
    let differs = recognition.device.map_or_else(AttributeSet::default, |it| changed(&it.traits, &observed.traits));
    DeviceVerdict {
        id: recognition.id,
        status: recognition.status,
        matched_by: recognition.device.and(closest).map(|it| it.by),
        score: closest.map(|it| it.probability()),
        changed: differs,
        agent: told_agent(observed, now_known),
        first_seen: now_known.map_or(occurred_at, |it| it.first_seen),
        last_seen: now_known.map_or(occurred_at, |it| it.last_seen),
        trust: now_known.map(|it| it.trust).unwrap_or_default(),
    }
}

/// Browser and system as this login tells them; a known device's, where it does not.
fn told_agent(observed: &Observed<'_>, known: Option<&KnownDevice>) -> Agent {
    match known {
        Some(known) if observed.agent.browser == Browser::Unknown => known.agent,
        _ => observed.agent,
    }
}

/// With whether it looks like a copy of a known device.
type Judged<'a> = (&'a Observed<'a>, &'a Recognition<'a>, &'a Assessment, bool);

/// The warning that a login is worth: about a new device, or about a known one with two strong signals, that the user has
/// denied, or whose copy seems to be abroad. Whether it is mailed is another question.
fn alert(now: Timestamp, policy: &Policy, profile: &Profile, judged: Judged<'_>) -> Option<(Alert, Delivery)> {
    let (observed, recognition, assessment, copied) = judged;
    let login = observed.login;
    let strong = assessment.signals.iter().filter(|it| it.weight >= policy.strong_from).count();
    let fired = |kind| assessment.signals.iter().any(|it| it.kind == kind);
    let new_device = recognition.status == DeviceStatus::New;
    let copied = copied && (fired(SignalKind::ImpossibleTravel) || fired(SignalKind::NewCountry));
    let worth_it = new_device || fired(SignalKind::DeniedDevice) || strong >= 2 || copied;
    if observed.past || login.outcome == Outcome::Failure || !worth_it {
        return None;
    }
    let delivery = match recipient(now, policy, profile, login) {
        Ok((due_at, email)) if due_at > now => Delivery::collected(due_at, email.to_owned()),
        Ok((_, email)) => Delivery::queued(now, email.to_owned()),
        Err(reason) => Delivery::suppressed(now, reason),
    };
    let device = recognition.id;
    let place = observed.whereabouts.place.as_ref();
    let alert = Alert {
        id: observed.keys.alert_id(now, &observed.user, device, observed.id),
        tenant: observed.tenant.clone(),
        user: login.user.id.clone(),
        login: observed.id,
        device,
        new_device,
        level: assessment.level,
        reasons: assessment.signals.iter().map(|it| it.kind).collect(),
        occurred_at: login.occurred_at,
        created_at: now,
        ip: login.client.ip,
        browser: observed.agent.browser,
        os: observed.agent.os,
        country: place.map(|it| it.country),
        place_name: place.map(place_name).unwrap_or_default(),
        method: login.method.clone(),
        locale: login.user.locale.clone(),
        time_zone: login.user.time_zone.clone(),
    };
    Some((alert, delivery))
}

/// When and where a warning is mailed, or why it is only recorded. The first that exceeds the budget is mailed as soon as the
/// budget allows, together with those that come until then.
fn recipient<'a>(
    now: Timestamp,
    policy: &Policy,
    profile: &Profile,
    login: &'a Login,
) -> Result<(Timestamp, &'a str), Suppressed> {
    match &login.user.email {
        _ if policy.muted || policy.excludes(&login.user.id) => Err(Suppressed::Muted),
        _ if now.ms_since(login.occurred_at) > policy.late_after_ms => Err(Suppressed::Late),
        None => Err(Suppressed::NoAddress),
        Some(email) => match free_at(now, policy, &profile.recent_alerts) {
            Some(due_at) if due_at <= now || !may_join(now, &profile.recent_alerts) => Ok((due_at, email)),
            Some(_) | None => Err(Suppressed::RateLimited),
        },
    }
}

/// A digest that is due so soon takes up nothing more: it could be sent before what joins it is stored, and nobody would be
/// told of that. No login takes so long, and no two clocks of ours differ so much.
const JOINS_BEFORE_MS: i64 = MINUTE_MS;

/// Whether a digest is planned that one more warning can be told in.
fn may_join(now: Timestamp, mails: &[Timestamp]) -> bool {
    mails.iter().any(|it| it.ms_since(now) > JOINS_BEFORE_MS)
}

/// When the budget allows a mail after those at `mails`, the oldest first: `now` if it does; none if it never does.
fn free_at(now: Timestamp, policy: &Policy, mails: &[Timestamp]) -> Option<Timestamp> {
    let budgets = [(policy.mails_per_hour, HOUR_MS), (policy.mails_per_day, DAY_MS)];
    let free = |(most, span_ms): (usize, i64)| match mails.len().checked_sub(most) {
        _ if most == 0 => None,
        None => Some(now),
        Some(at) => Some(mails.get(at)?.plus_ms(span_ms).max(now)),
    };
    budgets.into_iter().map(free).try_fold(now, |latest, it| Some(latest.max(it?)))
}

/// Farther than this from the truth a city's name would mislead.
const CITY_ACCURACY_KM: u16 = 100;

/// Country and, where it is known well enough, city: `Linköping, Sweden`.
fn place_name(place: &Place) -> String {
    let exact = place.accuracy_km.is_none_or(|it| it <= CITY_ACCURACY_KM);
    match &place.city {
        Some(city) if exact => format!("{city}, {}", place.country_name),
        _ => place.country_name.clone(),
    }
}
