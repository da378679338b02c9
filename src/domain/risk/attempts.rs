//! What came before: failed attempts on this account, and guesses at many.

use crate::domain::{
    policy::policy::SignalKind,
    risk::{
        guessing::Source,
        situation::{Situation, Suspicion},
    },
    time::{MINUTE_MS, Timestamp},
};

/// How many failed attempts before a success are suspicious.
const MANY_FAILURES: usize = 5;
/// For how long a failed attempt counts.
const FAILURE_MEMORY_MS: i64 = 30 * MINUTE_MS;

/// The login succeeded after many failed attempts.
#[must_use]
pub fn failed_attempts(login: &Situation<'_>) -> Option<Suspicion> {
    let counts = |at: &&Timestamp| (0..=FAILURE_MEMORY_MS).contains(&login.occurred_at.ms_since(**at));
    let failures = login.profile.recent_failures.iter().filter(counts).count();
    let detail = || format!("a success after {failures} or more failed attempts within 30 minutes");
    (login.succeeded && failures >= MANY_FAILURES).then(|| Suspicion::new(SignalKind::FailedAttempts, detail()))
}

/// The login's address or browser is trying many accounts, or was within the last three hours.
#[must_use]
pub fn credential_stuffing(login: &Situation<'_>) -> Option<Suspicion> {
    let detail = match login.run?.source {
        Source::Address => "guesses at many accounts came from this address within three hours",
        Source::Fingerprint => "guesses at many accounts came from browsers with this fingerprint within three hours",
        Source::Headers => "guesses at many accounts came from browsers with these headers within three hours",
    };
    Some(Suspicion::new(SignalKind::CredentialStuffing, detail))
}
