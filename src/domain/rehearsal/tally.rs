//! What a change of policy would have done, summed up over the logins that were rehearsed.

use std::collections::BTreeMap;

use crate::domain::{
    policy::policy::{Level, PolicyVersion, SignalKind},
    rehearsal::{
        outlook::Outlook,
        rehearsed::{Known, Rehearsed},
        untold::Untold,
    },
    time::Timestamp,
};

/// How many of something there were, and how many there would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// How many there were.
    pub was: u64,
    /// How many there would be.
    pub is: u64,
    /// How many of those that were would not be.
    pub lost: u64,
    /// How many would be that were not.
    pub gained: u64,
}

impl Shift {
    fn add(&mut self, was: bool, is: bool) {
        self.was += u64::from(was);
        self.is += u64::from(is);
        self.lost += u64::from(was && !is);
        self.gained += u64::from(is && !was);
    }
}

/// What would happen to logins that somebody has decided about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    /// How many there are.
    pub logins: u64,
    /// Those that are noticed: mailed, or the backend is advised to ask for more.
    pub noticed: Shift,
    /// Those that are mailed.
    pub mailed: Shift,
}

/// What would happen to logins with a signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfSignal {
    /// How many had it, or would have it.
    pub logins: u64,
    /// Those that are mailed.
    pub mailed: Shift,
}

/// The result of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rehearsal {
    /// How many logins were rehearsed.
    pub logins: u64,
    /// How many were found and could not be: they were not judged, or by a policy that is no longer kept.
    pub left_out: u64,
    /// The earliest and the latest login.
    pub span: Option<(Timestamp, Timestamp)>,
    /// By which policies they were judged.
    pub judged_by: BTreeMap<PolicyVersion, u64>,
    /// How many would be answered or told otherwise.
    pub changed: u64,
    /// Those that are mailed.
    pub mailed: Shift,
    /// Those whose level would be another, by what it was and would be.
    pub levels: BTreeMap<(Level, Level), u64>,
    /// Known attacks.
    pub attacks: Decided,
    /// Logins that are known to be harmless.
    pub harmless: Decided,
    /// By signal.
    pub signals: BTreeMap<SignalKind, OfSignal>,
    /// What could not be told, and of how many logins.
    pub untold: BTreeMap<Untold, u64>,
    /// Those that would change, the most important first: attacks that would no longer be noticed, other attacks, then the
    /// newest. At most [`MAX_SHOWN`].
    pub shown: Vec<Rehearsed>,
}

/// How many logins that would change are shown at most.
pub const MAX_SHOWN: usize = 100;

impl Rehearsal {
    /// Counts a login that `policy` judged. To be called with the newest last.
    pub fn add(&mut self, policy: PolicyVersion, login: Rehearsed) {
        let (was, is) = (login.was, login.is);
        let at = login.occurred_at;
        self.logins += 1;
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        *self.judged_by.entry(policy).or_default() += 1;
        self.mailed.add(was.told.is_mailed(), is.told.is_mailed());
        if was.level != is.level {
            *self.levels.entry((was.level, is.level)).or_default() += 1;
        }
        match login.known {
            Known::Attack => self.attacks.add(&was, &is),
            Known::Harmless => self.harmless.add(&was, &is),
            Known::Nothing => {}
        }
        for kind in &login.signals {
            let of_signal = self.signals.entry(*kind).or_default();
            of_signal.logins += 1;
            of_signal.mailed.add(was.told.is_mailed(), is.told.is_mailed());
        }
        for untold in &login.untold {
            *self.untold.entry(*untold).or_default() += 1;
        }
        if login.is_changed() {
            self.changed += 1;
            self.show(login);
        }
    }

    fn show(&mut self, login: Rehearsed) {
        let place = self.shown.partition_point(|it| rank(it) > rank(&login));
        self.shown.insert(place, login);
        self.shown.truncate(MAX_SHOWN);
    }
}

/// The higher, the earlier it is shown.
fn rank(login: &Rehearsed) -> (bool, bool, Timestamp) {
    let is_attack = login.known == Known::Attack;
    let slips = is_attack && login.was.is_noticed() && !login.is.is_noticed();
    (slips, is_attack, login.occurred_at)
}

impl Decided {
    fn add(&mut self, was: &Outlook, is: &Outlook) {
        self.logins += 1;
        self.noticed.add(was.is_noticed(), is.is_noticed());
        self.mailed.add(was.told.is_mailed(), is.told.is_mailed());
    }
}
