//! The rule book: turns what is known and what is seen into a decision. It is a total function: it cannot fail, asks
//! nobody, and returns the same for the same arguments, so that a retry, a replay and a test decide as the service did.

use std::net::Ipv4Addr;

use crate::domain::{
    alert::{
        alert::{Alert, AlertNote, Delivery},
        raise::{Subject, first_delivery, raise},
    },
    browser::fingerprint::Fingerprint,
    history::{kept_browser::KeptBrowser, login_record::LoginRecord},
    ids::{ClueKey, DeviceId},
    login::login::Outcome,
    observed::Observed,
    place::Whereabouts,
    policy::policy::Policy,
    privacy::processing::Mode,
    recognition::{
        recognize::{Recognition, Sighting, recognize},
        verdict::{DeviceStatus, DeviceVerdict},
    },
    risk::{
        Situation, assess,
        assessment::{Action, Assessment},
        worth::is_worth_a_warning,
    },
    time::Timestamp,
    tokens::read_device_token,
    user::{learning::Lesson, profile::Profile},
};

/// What follows from a login.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The user's profile from now on.
    pub profile: Profile,
    /// The login as it is stored and answered.
    pub record: LoginRecord,
    /// The warning and its first delivery, if there is one.
    pub alert: Option<(Alert, Delivery)>,
    /// The browser that it came from, if that is to be kept.
    pub browser: Option<KeptBrowser>,
}

/// Decides about a login received at `now`.
#[must_use]
pub fn decide(now: Timestamp, policy: &Policy, profile: &Profile, observed: &Observed<'_>) -> Decision {
    if profile.processing.mode == Mode::Restricted {
        return Decision {
            profile: profile.clone(),
            record: that_it_happened(now, observed),
            alert: None,
            browser: None,
        };
    }
    let login = observed.login;
    let recognition = recognize(policy.recognized_from, profile, &sighting(observed));
    let device = device_id(observed, &recognition);
    let situation = situation(policy, profile, observed, &recognition);
    let assessment = assess(policy, &situation);
    let warns = !observed.past && is_worth_a_warning(policy, &situation, &assessment);
    let alert = warns.then(|| {
        let subject = Subject { device, is_new: recognition.status == DeviceStatus::New };
        (raise(now, observed, subject, &assessment), first_delivery(now, policy, profile, login))
    });
    let note = alert.as_ref().map(|(alert, delivery)| AlertNote { id: alert.id, suppressed: delivery.suppressed });
    let learned = learn(profile, observed, (recognition.status != DeviceStatus::Unknown).then_some(device), note);
    let record = LoginRecord {
        id: observed.id,
        tenant: observed.tenant.clone(),
        user: login.user.id.clone(),
        occurred_at: login.occurred_at,
        received_at: now,
        outcome: login.outcome,
        method: login.method.clone(),
        session_id: login.session_id.clone(),
        email: email_clue(profile, observed),
        ip: login.client.ip.into(),
        fingerprint: observed.fingerprint,
        whereabouts: observed.whereabouts.clone(),
        device: recognition.verdict(device, observed.agent, &learned),
        action: Action::advised(assessment.level, alert.is_some()),
        assessment,
        alert: note,
        evidence: recognition.evidence(profile),
        policy: Some(policy.version),
        processing: profile.processing.mode,
    };
    let browser = browser_to_keep(profile, observed);
    let mailed_at = alert.as_ref().and_then(|(_, delivery)| delivery.due_at);
    let profile = match mailed_at {
        Some(at) => learned.after_alert(at),
        None => learned,
    };
    Decision { profile, record, alert, browser }
}

/// All that is kept of a restricted person's login: whose it was, when, and whether it succeeded.
fn that_it_happened(now: Timestamp, observed: &Observed<'_>) -> LoginRecord {
    let login = observed.login;
    LoginRecord {
        id: observed.id,
        tenant: observed.tenant.clone(),
        user: login.user.id.clone(),
        occurred_at: login.occurred_at,
        received_at: now,
        outcome: login.outcome,
        method: None,
        session_id: None,
        email: None,
        ip: Ipv4Addr::UNSPECIFIED.into(),
        fingerprint: Fingerprint::default(),
        whereabouts: Whereabouts::default(),
        device: DeviceVerdict::untold(observed.keys.device_id(&observed.user, observed.id), login.occurred_at),
        assessment: Assessment::default(),
        action: Action::Allow,
        alert: None,
        evidence: None,
        policy: None,
        processing: Mode::Restricted,
    }
}

fn sighting<'a>(observed: &'a Observed<'_>) -> Sighting<'a> {
    let client = &observed.login.client;
    Sighting {
        occurred_at: observed.login.occurred_at,
        traits: &observed.traits,
        tells_of_browser: client.tells_of_browser(),
        token: client.device_token.as_deref().and_then(|it| read_device_token(observed.keys, &observed.user, it)),
    }
}

/// The id of the known device, or the id that a new device gets.
fn device_id(observed: &Observed<'_>, recognition: &Recognition<'_>) -> DeviceId {
    recognition.device.map_or_else(|| observed.keys.device_id(&observed.user, observed.id), |known| known.id)
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
        trusted_network: policy.trusted_network(observed.login.client.ip).map(|network| network.name.as_str()),
        network: &observed.traits.network,
        probability: recognition.probability(),
        stayed: recognition.stayed,
        token_mismatch: recognition.token_mismatch,
        contradiction: observed.contradiction,
        run: observed.run,
        rarity: observed.rarity,
    }
}

/// That of somebody who has objected is used for mails to them alone.
fn email_clue(profile: &Profile, observed: &Observed<'_>) -> Option<ClueKey> {
    let is_used = observed.keeps_email && profile.processing.mode == Mode::Full;
    observed.email.filter(|_| is_used)
}

/// Failed logins show theirs too: that of whoever guesses passwords is looked for first.
fn browser_to_keep(before: &Profile, observed: &Observed<'_>) -> Option<KeptBrowser> {
    let (login, seen) = (observed.login, &observed.traits);
    let told = login.client.tells_of_browser();
    if told { KeptBrowser::to_keep(before, login.occurred_at, &observed.fingerprint, seen) } else { None }
}

fn learn(profile: &Profile, observed: &Observed<'_>, device: Option<DeviceId>, note: Option<AlertNote>) -> Profile {
    let login = observed.login;
    if login.outcome == Outcome::Failure {
        return profile.clone().after_failure(login.occurred_at);
    }
    profile.clone().after_login(&Lesson {
        occurred_at: login.occurred_at,
        device,
        agent: observed.agent,
        traits: &observed.traits,
        place: observed.whereabouts.place.as_ref(),
        usage: observed.whereabouts.usage,
        alert: note.map(|raised| raised.id),
        account: &login.user,
        keeps_email: observed.keeps_email,
    })
}
