//! All questions about a login, answered.

use crate::domain::{
    ids::{LoginId, UserId},
    inquiry::{
        aftermath::{Earlier, SessionState, Told},
        around::{Around, Behind},
        changes::{Day, Flagged},
        entry::Entry,
        habits::Habits,
        journey::Journey,
        question::Question,
        sources::{Firsts, NetworkKind, Touched},
    },
    place::{NamedPlace, Place},
    recognition::verdict::DeviceStatus,
    time::Timestamp,
    user::device::Trust,
};

/// The facts that answer the questions about a login.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// The login.
    pub login: LoginId,
    /// The user.
    pub user: UserId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Whether its device was known.
    pub status: DeviceStatus,
    /// What the user says about the device now.
    pub trust: Option<Trust>,
    /// What the device is called: browser and system.
    pub device_name: String,
    /// The place in words, if it is known.
    pub place: Option<NamedPlace>,
    /// Whether it is normal.
    pub habits: Habits,
    /// Why it was flagged.
    pub flagged: Flagged,
    /// What the user did that day.
    pub day: Day,
    /// How they got in.
    pub entry: Entry,
    /// When device, network and fingerprint first appeared.
    pub firsts: Firsts,
    /// Whom else its sources touched.
    pub touched: Touched,
    /// What kind of network it is.
    pub network: NetworkKind,
    /// The session.
    pub session: SessionState,
    /// The journey; `None` if a place is not known.
    pub journey: Option<Journey>,
    /// Whether the user was told.
    pub told: Told,
    /// The week before.
    pub earlier: Earlier,
}

impl Answers {
    /// What can be said of a login by what was gathered around it.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let login = &around.login;
        Self {
            login: login.id,
            user: login.user.clone(),
            occurred_at: login.occurred_at,
            status: login.device.status,
            trust: around.trust,
            device_name: login.device.agent.name(),
            place: login.whereabouts.place.as_ref().map(Place::named),
            habits: Habits::of(around),
            flagged: Flagged::of(around),
            day: Day::of(around),
            entry: Entry::of(around),
            firsts: Firsts::of(around),
            touched: Touched::of(around),
            network: NetworkKind::of(around),
            session: SessionState::of(around),
            journey: Journey::of(around),
            told: Told::of(around),
            earlier: Earlier::of(around),
        }
    }

    /// The other users whom the answers name, if of each group at most `most` are named, each once.
    #[must_use]
    pub fn others_named(&self, most: usize) -> Vec<UserId> {
        let touched = &self.touched;
        let groups = touched.by_address.iter().chain(&touched.by_prefix).chain([&touched.by_fingerprint]);
        let mut named: Vec<UserId> = Vec::new();
        for user in groups.flat_map(|it| it.entered.iter().take(most)) {
            if !named.contains(user) {
                named.push(user.clone());
            }
        }
        named
    }

    /// The logins behind the answer to a question; `None` if no login is behind it.
    #[must_use]
    pub fn behind(&self, question: Question) -> Option<&Behind> {
        let touched = self.touched.by_prefix.as_ref().unwrap_or(&self.touched.by_fingerprint);
        match question {
            Question::Normal => Some(&self.habits.behind),
            Question::Flagged => Some(&self.flagged.behind),
            Question::Day => Some(&self.day.behind),
            Question::Entry => Some(&self.entry.behind),
            Question::Firsts => Some(&self.firsts.behind),
            Question::Touched => Some(&touched.behind),
            Question::Network => self.network.behind.as_ref(),
            Question::Session => Some(&self.session.behind),
            Question::Journey => self.journey.as_ref().map(|it| &it.behind),
            Question::Told => Some(&self.told.behind),
            Question::Earlier => Some(&self.earlier.behind),
        }
    }
}
