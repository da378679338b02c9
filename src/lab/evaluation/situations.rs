//! The situations that a login can be in, and shares by situation. One login may be in several.

use std::collections::BTreeMap;

use crate::{
    domain::{
        recognition::weights::Class,
        time::{DAY_MS, Timestamp},
    },
    lab::{evaluation::rate::Rate, truth::Truth},
};

/// A kind of situation. Shown in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// All logins.
    All,
    /// What had changed on the device.
    Change,
    /// How the browser was used.
    Mode,
    /// What in the browser resists fingerprinting.
    Privacy,
    /// Where the login came from, and whatever else the log says.
    Circumstance,
    /// How long the device had not been seen.
    Gap,
    /// How much the browser said.
    Evidence,
    /// The class of browsers among which it looks like others by chance.
    Class,
    /// The kind of attack.
    Attack,
}

impl Group {
    /// The group's id in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Change => "change",
            Self::Mode => "mode",
            Self::Privacy => "privacy",
            Self::Circumstance => "circumstance",
            Self::Gap => "days_since_seen",
            Self::Evidence => "evidence",
            Self::Class => "class",
            Self::Attack => "attack",
        }
    }
}

/// The situation that every login is in.
pub const ALL: &str = "all";
/// Strangers whose browser is of the same class as one of the user's.
pub const SAME_CLASS: &str = "same_class";
/// Logins that say nothing but headers.
const HEADERS_ONLY: &str = "headers_only";
/// Known devices on which nothing changed.
const UNCHANGED: &str = "none";

/// The situations that have titles of their own, in the order in which they are shown. Others are shown by the log's
/// label.
const WORDS: &[(Group, &str, &str)] = &[
    (Group::All, ALL, "all"),
    (Group::All, SAME_CLASS, "same class as a known device"),
    (Group::Change, UNCHANGED, "nothing changed"),
    (Group::Change, "browser_update", "after a browser update"),
    (Group::Change, "os_update", "after an OS update"),
    (Group::Change, "monitor", "on another monitor"),
    (Group::Change, "zoom", "at another zoom"),
    (Group::Change, "canvas_change", "after a canvas change"),
    (Group::Change, "fonts", "after a change of fonts"),
    (Group::Change, "webgl_change", "after a WebGL change"),
    (Group::Mode, "private", "private window"),
    (Group::Privacy, "brave", "Brave"),
    (Group::Privacy, "resist_fingerprinting", "resistFingerprinting"),
    (Group::Circumstance, "travel", "travelling"),
    (Group::Circumstance, "vpn", "by VPN"),
    (Group::Gap, "0-3", "seen within 3 days"),
    (Group::Gap, "3-14", "3 to 14 days ago"),
    (Group::Gap, "14-30", "14 to 30 days ago"),
    (Group::Gap, "30-60", "30 to 60 days ago"),
    (Group::Gap, "60-", "over 60 days ago"),
    (Group::Evidence, HEADERS_ONLY, "headers only"),
    (Group::Class, "windows_chromium", "Chromium on Windows, others"),
    (Group::Class, "mac_chromium", "Chromium on macOS"),
    (Group::Class, "mac_safari", "Safari on macOS"),
    (Group::Class, "ios", "iPhone and iPad"),
    (Group::Class, "android", "Android"),
    (Group::Class, "firefox", "Firefox"),
    (Group::Class, "before_2018", "before 2018"),
];

/// A situation. Sorts in the order in which situations are shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Situation {
    /// Its group.
    pub group: Group,
    rank: usize,
    /// Its id: the log's own label, or one from here.
    pub name: String,
}

impl Situation {
    /// The situation with this id.
    #[must_use]
    pub fn new(group: Group, name: &str) -> Self {
        let rank = WORDS
            .iter()
            .position(|(worded_group, worded, _)| (*worded_group, *worded) == (group, name))
            .unwrap_or(WORDS.len());
        Self { group, rank, name: name.to_owned() }
    }

    /// Its title in tables.
    #[must_use]
    pub fn title(&self) -> &str {
        WORDS.get(self.rank).map_or(&self.name, |(_, _, title)| title)
    }

    /// All situations of an owner's login on a known device.
    #[must_use]
    pub fn of_owner(truth: &Truth, class: Class, gap_ms: Option<i64>, scripted: bool) -> Vec<Self> {
        let mut found = vec![Self::new(Group::All, ALL)];
        let mut add = |group, name: &str| found.push(Self::new(group, name));
        match truth.changes.as_deref() {
            Some([]) => add(Group::Change, UNCHANGED),
            changes => changes.unwrap_or_default().iter().for_each(|change| add(Group::Change, change)),
        }
        truth.mode.iter().filter(|mode| *mode != "normal").for_each(|mode| add(Group::Mode, mode));
        truth.privacy.iter().for_each(|privacy| add(Group::Privacy, privacy));
        truth.flags.iter().for_each(|flag| add(Group::Circumstance, flag));
        if let Some(ms) = gap_ms {
            add(Group::Gap, gap(ms));
        }
        if !scripted {
            add(Group::Evidence, HEADERS_ONLY);
        }
        add(Group::Class, class_name(class));
        distinct(found)
    }

    /// All situations of a stranger's login. An attacker who replays everything is counted apart, since recognition is
    /// to be expected there. `known` are the classes of the user's devices.
    #[must_use]
    pub fn of_stranger(truth: &Truth, class: Class, known: &[Class], scripted: bool) -> Vec<Self> {
        let attack = Self::new(Group::Attack, truth.attack.as_deref().unwrap_or("unnamed"));
        if truth.is_full_replay() {
            return vec![attack];
        }
        let mut found = vec![attack, Self::new(Group::All, ALL), Self::new(Group::Class, class_name(class))];
        if known.contains(&class) {
            found.push(Self::new(Group::All, SAME_CLASS));
        }
        found.extend(truth.flags.iter().map(|flag| Self::new(Group::Circumstance, flag)));
        if !scripted {
            found.push(Self::new(Group::Evidence, HEADERS_ONLY));
        }
        found
    }
}

/// A label that the log repeats counts once.
fn distinct(mut situations: Vec<Situation>) -> Vec<Situation> {
    situations.sort();
    situations.dedup();
    situations
}

fn gap(ms: i64) -> &'static str {
    match ms / DAY_MS {
        ..3 => "0-3",
        3..14 => "3-14",
        14..30 => "14-30",
        30..60 => "30-60",
        _ => "60-",
    }
}

const fn class_name(class: Class) -> &'static str {
    match class {
        Class::WindowsChromium => "windows_chromium",
        Class::MacChromium => "mac_chromium",
        Class::MacSafari => "mac_safari",
        Class::Ios => "ios",
        Class::Android => "android",
        Class::Firefox => "firefox",
        Class::Legacy => "before_2018",
    }
}

/// How long the device had not been seen, in milliseconds; `None` if it never was.
#[must_use]
pub fn gap_ms(now: Timestamp, last_seen: Option<Timestamp>) -> Option<i64> {
    // A log may be out of order.
    last_seen.map(|seen| now.ms_since(seen).max(0))
}

/// Shares by situation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares(BTreeMap<Situation, Rate>);

impl Shares {
    /// Starts with every situation in these groups that has a title, so that it is shown even if the log has no such
    /// login.
    #[must_use]
    pub fn of_groups(groups: &[Group]) -> Self {
        let worded = WORDS.iter().filter(|(group, ..)| groups.contains(group));
        Self(worded.map(|&(group, name, _)| (Situation::new(group, name), Rate::default())).collect())
    }

    /// Shares of owners' logins on known devices.
    #[must_use]
    pub fn of_owners() -> Self {
        let mut shares = Self::of_groups(&[
            Group::All,
            Group::Change,
            Group::Mode,
            Group::Privacy,
            Group::Circumstance,
            Group::Gap,
            Group::Evidence,
            Group::Class,
        ]);
        shares.0.remove(&Situation::new(Group::All, SAME_CLASS));
        shares
    }

    /// Shares of strangers' logins.
    #[must_use]
    pub fn of_strangers() -> Self {
        Self::of_groups(&[Group::All, Group::Evidence, Group::Class])
    }

    /// Counts one answer in every situation that a login is in.
    pub fn count(&mut self, situations: &[Situation], hit: bool) {
        for situation in situations {
            self.0.entry(situation.clone()).or_default().count(hit);
        }
    }

    /// The share in one situation.
    #[must_use]
    pub fn get(&self, group: Group, name: &str) -> Rate {
        self.0.get(&Situation::new(group, name)).copied().unwrap_or_default()
    }

    /// All shares, in the order in which they are shown.
    pub fn iter(&self) -> impl Iterator<Item = (&Situation, Rate)> {
        self.0.iter().map(|(situation, rate)| (situation, *rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_in_every_situation_that_its_label_names() {
        let truth = Truth {
            owner: true,
            changes: Some(vec!["monitor".into(), "solar_flare".into(), "monitor".into()]),
            mode: Some("normal".into()),
            privacy: Some("brave".into()),
            flags: vec!["eclipse".into(), "vpn".into()],
            ..Truth::default()
        };
        let found = Situation::of_owner(&truth, Class::Firefox, Some(14 * DAY_MS), false);
        let titles: Vec<_> = found.iter().map(Situation::title).collect();
        let expected = [
            "all",
            "on another monitor",
            "solar_flare",
            "Brave",
            "by VPN",
            "eclipse",
            "14 to 30 days ago",
            "headers only",
            "Firefox",
        ];
        assert_eq!(titles, expected);
        let unchanged = Truth { changes: Some(Vec::new()), ..Truth::default() };
        assert!(Situation::of_owner(&unchanged, Class::Ios, None, true).iter().any(|it| it.name == UNCHANGED));
        let untold = Situation::of_owner(&Truth::default(), Class::Ios, None, true);
        assert_eq!(untold.len(), 2, "what the log does not say is in no situation: {untold:?}");
    }

    #[test]
    fn who_replays_everything_is_counted_apart() {
        let attack = |name: &str| Truth { attack: Some(name.to_owned()), ..Truth::default() };
        let names = |truth: &Truth, known: &[Class]| {
            let found = Situation::of_stranger(truth, Class::Android, known, true);
            found.iter().map(|it| it.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&attack("full_replay_same_country"), &[Class::Android]), ["full_replay_same_country"]);
        assert_eq!(names(&attack("ua_spoof"), &[Class::Ios]), ["ua_spoof", ALL, "android"]);
        assert_eq!(names(&Truth::default(), &[Class::Android]), ["unnamed", ALL, "android", SAME_CLASS]);
    }
}
