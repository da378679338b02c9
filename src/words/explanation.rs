//! One login in words: the rows of its table, the reasons for the warning, and what to do about it.

use crate::{
    domain::{
        agent::{Browser, Os},
        place::NamedPlace,
        policy::policy::SignalKind,
    },
    words::{
        catalogue::Tongue,
        facts::{CountryName, Method, SignIn, Where},
        message::Message,
        moment::moment,
        phrase::Phrase,
    },
};

/// A row of the table of facts.
#[derive(Clone, Debug)]
pub struct Row {
    /// What the row is about.
    pub label: Phrase,
    /// The fact.
    pub value: Phrase,
}

/// The table of facts.
#[must_use]
pub fn rows(tongue: &Tongue, sign_in: &SignIn) -> Vec<Row> {
    let row = |label, value| Row { label: tongue.say(label), value };
    let mut rows = vec![
        row(Message::When, moment(tongue, &sign_in.at)),
        row(Message::Device, device(tongue, sign_in.browser, sign_in.os)),
        row(Message::Where, place(tongue, &sign_in.place)),
        row(Message::IpAddress, Phrase::value(&sign_in.ip)),
    ];
    rows.extend(sign_in.method.map(|used| row(Message::Method, method(tongue, used))));
    rows
}

/// Only when, on which device and where: for a login that is told of beside a riskier one.
#[must_use]
pub fn short_rows(tongue: &Tongue, sign_in: &SignIn) -> Vec<Row> {
    rows(tongue, sign_in).into_iter().take(3).collect()
}

/// Browser and system: `Firefox on Windows`.
#[must_use]
pub fn device(tongue: &Tongue, browser: Browser, os: Os) -> Phrase {
    let browser = match browser {
        Browser::AndroidWebView => Some(tongue.say(Message::AndroidApp).plain()),
        Browser::AppleWebView => Some(tongue.say(Message::IosApp).plain()),
        Browser::Electron => Some(tongue.say(Message::DesktopApp).plain()),
        Browser::CommandLine => Some(tongue.say(Message::Script).plain()),
        named => named.name().map(str::to_owned),
    };
    match (browser, os.name()) {
        (Some(browser), Some(os)) => tongue.say_with(Message::BrowserOnSystem, &[("browser", &browser), ("os", os)]),
        (Some(browser), None) => Phrase::value(&browser),
        (None, Some(os)) => tongue.say_with(Message::UnknownBrowser, &[("os", os)]),
        (None, None) => tongue.say(Message::UnknownDevice),
    }
}

/// A place in English, for who reads the API: `Linköping, Sweden`. Neither cleaned nor cut; none if nothing has a name.
#[must_use]
pub fn english_place(place: &NamedPlace) -> Option<String> {
    match (place.city.as_deref(), place.country_name.as_str()) {
        (None, "") => None,
        (None, country) => Some(country.to_owned()),
        (Some(city), country) => Some(format!("{city}, {country}")),
    }
}

/// The same in brief, where many stand below each other: `Linköping, SE`. Without a city, the country's name; without that, its
/// letters.
#[must_use]
pub fn brief_place(place: &NamedPlace) -> String {
    match (place.city.as_deref(), place.country_name.as_str()) {
        (Some(city), _) => format!("{city}, {}", place.country.as_str()),
        (None, "") => place.country.as_str().to_owned(),
        (None, country) => country.to_owned(),
    }
}

/// Why it is told of: at most two reasons, now against usual.
#[must_use]
pub fn why(tongue: &Tongue, sign_in: &SignIn) -> Phrase {
    use SignalKind::{NewCountry, NewDevice, NewNetwork};
    match sign_in.reasons.as_slice() {
        [NewDevice, NewCountry] | [NewCountry, NewDevice] => tongue.say(Message::WhyDeviceAndCountry),
        [NewDevice, NewNetwork] | [NewNetwork, NewDevice] => tongue.say(Message::WhyDeviceAndNetwork),
        [] if sign_in.new_device => tongue.say(Message::WhyNewDevice),
        [] => tongue.say(Message::WhyUnusual),
        [only] => tongue.say(reason(*only)),
        [first, second, ..] => tongue.say(reason(*first)).and(&tongue.say(reason(*second))),
    }
}

/// What keeps a stranger out depends on how they came in.
#[must_use]
pub fn lock_out(method: Option<Method>) -> Message {
    match method {
        Some(Method::Password) => Message::ChangePassword,
        Some(Method::Passkey) => Message::RemovePasskeys,
        Some(Method::MagicLink) => Message::SecureMailbox,
        Some(Method::SingleSignOn | Method::Social(_)) => Message::SecureProvider,
        Some(Method::OneTimeCode) | None => Message::ChangePasswordIfAny,
    }
}

/// A place.
#[must_use]
pub fn place(tongue: &Tongue, place: &Where) -> Phrase {
    let name = |country: &CountryName| tongue.country(country.code).unwrap_or_else(|| country.english.clone());
    match place {
        Where::PrivateNetwork => tongue.say(Message::PrivateNetwork),
        Where::Unknown => tongue.say(Message::UnknownPlace),
        Where::In(country) => tongue.say_with(Message::InCountry, &[("country", &name(country))]),
        Where::Near(city, country) => {
            tongue.say_with(Message::NearCity, &[("city", city), ("country", &name(country))])
        }
    }
}

fn method(tongue: &Tongue, method: Method) -> Phrase {
    match method {
        Method::Password => tongue.say(Message::Password),
        Method::Passkey => tongue.say(Message::Passkey),
        Method::MagicLink => tongue.say(Message::MagicLink),
        Method::OneTimeCode => tongue.say(Message::OneTimeCode),
        Method::SingleSignOn => tongue.say(Message::SingleSignOn),
        Method::Social(provider) => Phrase::value(provider),
    }
}

/// Why a signal is raised.
#[must_use]
pub const fn reason(kind: SignalKind) -> Message {
    match kind {
        SignalKind::NewDevice => Message::WhyNewDevice,
        SignalKind::NewCountry => Message::WhyNewCountry,
        SignalKind::NewNetwork => Message::WhyNewNetwork,
        SignalKind::ImpossibleTravel => Message::WhyImpossibleTravel,
        SignalKind::UserAgentMismatch => Message::WhyUserAgentMismatch,
        SignalKind::TokenMismatch => Message::WhyTokenMismatch,
        SignalKind::DeniedDevice => Message::WhyDeniedDevice,
        SignalKind::AnonymousNetwork => Message::WhyAnonymousNetwork,
        SignalKind::HostingNetwork => Message::WhyHostingNetwork,
        SignalKind::FailedAttempts => Message::WhyFailedAttempts,
        SignalKind::CredentialStuffing => Message::WhyCredentialStuffing,
        SignalKind::UnusualHour => Message::WhyUnusualHour,
        SignalKind::RareLogin => Message::WhyRareLogin,
    }
}
