//! Sends one mail, and says what becomes of it: sent, tried again at a time, or given up. All mails go this way, whatever
//! they tell of.

use std::sync::Arc;

use tracing::{info, warn};

use crate::{
    domain::{
        alert::{
            alert::retry_at,
            breaker::Allowed,
            delivery::Settlement,
            notice::Notice,
            suppression::{Cause, Suppression},
        },
        ids::EmailKey,
        time::Timestamp,
    },
    ports::{Clock, Mail, MailFault, SuppressionStore, Unavailable},
    service::alarm::mail_breaker::MailBreaker,
};

/// What a mail is sent with.
#[derive(Clone)]
pub struct Posting {
    /// Sends mails.
    pub mail: Arc<dyn Mail>,
    /// Whether mails may be sent. Shared with the health check.
    pub breaker: Arc<MailBreaker>,
    /// Where addresses are suppressed that accept no mail.
    pub suppressions: Arc<dyn SuppressionStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The attempt to send a mail, among those of the same mail.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The recipient's address.
    pub email: EmailKey,
    /// The bytes by which the attempts of different mails are spread in time.
    pub spread: [u8; 16],
    /// The number of this attempt among those that count, from 1.
    pub number: u32,
    /// How many leases there were, with this one.
    pub leases: u32,
    /// Since when it is tried.
    pub since: Timestamp,
}

impl Posting {
    /// Sends a mail, unless the mail system refuses us just now. Returns what becomes of it.
    ///
    /// # Errors
    /// When an address cannot be suppressed because the store does not answer.
    pub async fn send(&self, now: Timestamp, notice: &Notice<'_>, attempt: Attempt) -> Result<Settlement, Unavailable> {
        if let Allowed::NoneUntil(until) = self.breaker.allows(now) {
            return Ok(Settlement::Postponed(until, "the mail system refuses us".to_owned()));
        }
        let sent = self.mail.send(now, notice).await;
        self.settlement(notice, attempt, sent).await
    }

    async fn settlement(
        &self,
        notice: &Notice<'_>,
        attempt: Attempt,
        sent: Result<(), MailFault>,
    ) -> Result<Settlement, Unavailable> {
        let (mail, number, now) = (notice.mail_id(), attempt.number, self.clock.now());
        let Err(fault) = sent else {
            self.breaker.accepted();
            info!(mail, attempt = number, "mail sent");
            return Ok(Settlement::Sent);
        };
        let reason = fault.to_string();
        match fault {
            MailFault::DeadAddress(_) => {
                self.breaker.accepted();
                warn!(mail, attempt = number, %reason, "mail given up, and its address with it");
                let why = Suppression { cause: Cause::Refused, since: now };
                self.suppressions.suppress(notice.tenant(), attempt.email, why).await?;
                Ok(Settlement::Dead(reason))
            }
            MailFault::Permanent(_) => {
                self.breaker.accepted();
                warn!(mail, attempt = number, %reason, "mail given up");
                Ok(Settlement::Dead(reason))
            }
            MailFault::Transient(_) => {
                warn!(mail, attempt = number, %reason, "mail not sent");
                Ok(match retry_at(now, attempt.since, number, jitter(attempt.spread, number)) {
                    Some(at) => Settlement::RetryAt(at, reason),
                    None => Settlement::GivenUp(reason),
                })
            }
            MailFault::Transport(_) => {
                self.breaker.refused(now, &reason);
                Ok(self.postponed(now, attempt, reason))
            }
        }
    }

    /// The mail failed because of us. It waits as if each such attempt had counted. Otherwise, a mail that is always
    /// refused like that would soon be first in the queue again and hold up the others.
    fn postponed(&self, now: Timestamp, attempt: Attempt, reason: String) -> Settlement {
        let refusal = attempt.leases.saturating_sub(attempt.number) + 1;
        let pause_end = match self.breaker.allows(now) {
            Allowed::NoneUntil(until) => until,
            Allowed::One | Allowed::All => now,
        };
        match retry_at(now, attempt.since, refusal, jitter(attempt.spread, refusal)) {
            Some(at) => Settlement::Postponed(at.max(pause_end), reason),
            None => Settlement::GivenUp(reason),
        }
    }
}

/// A number in [−1, 1] that differs between mails and attempts, so that a thousand mails are not all tried again at once.
/// It is derived, not random: the same attempt always waits equally long.
fn jitter(spread: [u8; 16], attempt: u32) -> f64 {
    let spread = blake3::hash(&[&spread[..], &attempt.to_be_bytes()[..]].concat());
    f64::from(spread.as_bytes()[0]) / 127.5 - 1.0
}
