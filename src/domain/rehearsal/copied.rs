//! Whether a browser looked copied, which no record says: what a login was worth tells it now and then.

use crate::domain::{
    history::login_record::LoginRecord,
    login::login::Outcome,
    place::NetworkUse,
    policy::policy::Policy,
    recognition::verdict::DeviceStatus,
    rehearsal::signals::{Compared, Trusted},
    risk::worth::{is_worth_it_anyway, tells_of_elsewhere},
};

/// Whether a login raised a warning, and why none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Warned {
    /// Whatever its browser looked like.
    Anyway,
    /// Because its browser looked copied.
    AsCopy,
    /// Not at all, for its browser did not look copied.
    NoCopy,
    /// Not at all, whatever its browser looked like: nothing else asked for it.
    Unasked,
    /// It was imported: it raises none by any policy.
    Never,
}

fn warned(before: &Policy, login: &LoginRecord) -> Warned {
    let is_new = login.device.status == DeviceStatus::New;
    let anyway = is_worth_it_anyway(before, is_new, &login.assessment);
    match (login.alert.is_some(), anyway) {
        (true, true) => Warned::Anyway,
        (true, false) => Warned::AsCopy,
        (false, true) => Warned::Never,
        (false, false) if tells_of_elsewhere(&login.assessment) => Warned::NoCopy,
        (false, false) => Warned::Unasked,
    }
}

/// Whether a success was imported, as far as that shows: it was worth a warning, and raised none.
#[must_use]
pub fn was_imported(before: &Policy, login: &LoginRecord) -> bool {
    login.outcome == Outcome::Success && warned(before, login) == Warned::Never
}

/// Whether the browser of a success would have looked copied; `None` if that is not known.
#[must_use]
pub fn looked_copied(compared: &Compared<'_>, login: &LoginRecord) -> Option<bool> {
    let Compared { before, after, trusted: Trusted { was, is }, device } = *compared;
    let is_explained = login.whereabouts.usage.is_some_and(NetworkUse::is_anonymous) || (is && !was);
    let is_out = login.whereabouts.place.is_none() || device.status != DeviceStatus::Recognized;
    if after.copied_within_ms == 0 || is_explained || is_out {
        return Some(false);
    }
    let then = match warned(before, login) {
        Warned::AsCopy => Some(true),
        Warned::NoCopy => Some(false),
        Warned::Anyway | Warned::Unasked | Warned::Never => None,
    };
    let is_passed_over = was && !is;
    let is_shorter = after.copied_within_ms < before.copied_within_ms;
    let is_longer = after.copied_within_ms > before.copied_within_ms;
    let is_certain = !is_passed_over && if then == Some(true) { !is_shorter } else { !is_longer };
    then.filter(|_| is_certain)
}
