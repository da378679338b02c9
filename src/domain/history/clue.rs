//! Clues: what leads to logins and people who are not found by the user, the address, the fingerprint or the time. A session, the
//! reference of a mail and an e-mail address are such, and what browsers that are alike have in common. A clue is known by a keyed hash,
//! so that a store that is stolen tells nothing of what it came from.

use crate::domain::{
    browser::attributes::AttributeSet,
    history::{
        kept_browser::{BrowserKey, KeptBrowser},
        login_record::LoginRecord,
    },
    ids::{ClueKey, LoginId, UserKey},
    keyring::{Keyring, TenantKeys},
    privacy::processing::Mode,
    recognition::{likeness::bands, verdict::DeviceStatus},
    time::{DAY_MS, Timestamp},
};

/// Four weeks, by their number since 1970-01-01. Clues are deleted by stretches: a stretch goes when the last login in it has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stretch(pub i64);

impl Stretch {
    /// How long one is, in milliseconds.
    pub const MS: i64 = 28 * DAY_MS;

    /// The stretch of a time.
    #[must_use]
    pub const fn of(at: Timestamp) -> Self {
        Self(at.unix_ms().div_euclid(Self::MS))
    }

    /// When it ends.
    #[must_use]
    pub const fn end(self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.saturating_add(1).saturating_mul(Self::MS))
    }
}

/// Where a clue leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lead {
    /// To a login: that began this session, or whose mail shows this reference.
    Login(LoginId),
    /// To a user one of whose logins named this address, or came from this device.
    User(UserKey),
    /// To a browser that has this in common with others.
    Browser(BrowserKey),
}

/// A clue, and where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Clue {
    /// When the login happened that it comes from.
    pub stretch: Stretch,
    /// What it is known by.
    pub key: ClueKey,
    /// Where it leads.
    pub lead: Lead,
}

/// The clues of a login of this user. There are none of persons whose processing is minimal or restricted.
#[must_use]
pub fn clues_of_login(keyring: &Keyring, keys: &TenantKeys, user: UserKey, login: &LoginRecord) -> Vec<Clue> {
    if login.processing != Mode::Full {
        return Vec::new();
    }
    let stretch = Stretch::of(login.id.time());
    let session = login.session_id.as_ref().map(|it| keys.session_clue(it));
    let reference = login.alert.map(|it| keys.reference_clue(&keyring.reference(it.id)));
    let to_login = [session, reference].into_iter().flatten().map(|key| (key, Lead::Login(login.id)));
    // A device that is known already has left its clue, and leaves it again when it has changed, which most do every month.
    let verdict = &login.device;
    let is_told = match verdict.status {
        DeviceStatus::First | DeviceStatus::New => true,
        DeviceStatus::Recognized => verdict.changed != AttributeSet::default(),
        DeviceStatus::Unknown => false,
    };
    let device = is_told.then(|| keys.device_clue(verdict.id));
    let to_user = [login.email, device].into_iter().flatten().map(|key| (key, Lead::User(user)));
    to_login.chain(to_user).map(|(key, lead)| Clue { stretch, key, lead }).collect()
}

/// The clues of a browser that a login at this time came from.
#[must_use]
pub fn clues_of_browser(keys: &TenantKeys, browser: BrowserKey, seen_at: Timestamp, kept: &KeptBrowser) -> Vec<Clue> {
    let clue = |band: Vec<u8>| Clue {
        stretch: Stretch::of(seen_at),
        key: keys.band_clue(&band),
        lead: Lead::Browser(browser),
    };
    bands(&kept.traits).into_iter().map(clue).collect()
}
