//! One mail about several warnings of a user: those beyond the budget of single mails are told together.

use crate::domain::{alert::alert::Alert, time::Timestamp};

/// Warnings that are sent in one mail. However many there are, only two of them are kept, to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// How many sign-ins it tells of.
    pub total: u64,
    /// When the first of them happened.
    pub since: Timestamp,
    /// The one that happened last.
    pub newest: Alert,
    /// The most suspicious one; if there are several, the newest. The mail uses its id, link and reference.
    pub riskiest: Alert,
}

impl Digest {
    /// A digest of one warning.
    #[must_use]
    pub fn new(alert: Alert) -> Self {
        Self { total: 1, since: alert.occurred_at, newest: alert.clone(), riskiest: alert }
    }

    /// With one more warning of the same user. The order in which they are added does not matter.
    #[must_use]
    pub fn with(mut self, alert: Alert) -> Self {
        self.total = self.total.saturating_add(1);
        self.since = self.since.min(alert.occurred_at);
        if age(&alert) > age(&self.newest) {
            self.newest = alert.clone();
        }
        if (risk(&alert), age(&alert)) > (risk(&self.riskiest), age(&self.riskiest)) {
            self.riskiest = alert;
        }
        self
    }
}

/// Later logins are greater. The id decides between two at the same millisecond.
fn age(alert: &Alert) -> (Timestamp, [u8; 16]) {
    (alert.occurred_at, alert.id.0)
}

/// More suspicious logins are greater: by level, then by the strongest reason.
fn risk(alert: &Alert) -> (u8, u32) {
    let weight = alert.reasons.iter().map(|it| it.default_weight()).fold(0.0, f64::max);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "weights are in (0, 1]")]
    (alert.level as u8, (weight * 1_000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        agent::{Browser, Os},
        ids::{AlertId, DeviceId, LoginId, TenantId, UserId},
        policy::policy::{Level, SignalKind},
    };

    fn alert(name: u8, at_ms: i64, level: Level, reason: SignalKind) -> Alert {
        Alert {
            id: AlertId([name; 16]),
            tenant: TenantId::parse("acme").unwrap(),
            user: UserId::parse("ana").unwrap(),
            login: LoginId([name; 16]),
            device: DeviceId([name; 8]),
            new_device: true,
            level,
            reasons: vec![reason],
            occurred_at: Timestamp::from_unix_ms(at_ms),
            created_at: Timestamp::from_unix_ms(at_ms),
            ip: [192, 0, 2, 1].into(),
            browser: Browser::Firefox,
            os: Os::Linux,
            place: None,
            method: None,
            locale: None,
            time_zone: None,
        }
    }

    #[test]
    fn the_newest_and_the_riskiest_are_kept_in_whichever_order_they_come() {
        let alerts = [
            alert(1, 10, Level::Medium, SignalKind::NewDevice),
            alert(2, 20, Level::High, SignalKind::ImpossibleTravel),
            alert(3, 30, Level::High, SignalKind::DeniedDevice),
            alert(4, 40, Level::Medium, SignalKind::NewDevice),
        ];
        for first in 0..4 {
            let turned = (0..4).map(|it| alerts[(first + it) % 4].clone());
            let digest = turned.map(Digest::new).reduce(|digest, it| digest.with(it.newest)).unwrap();
            assert_eq!((digest.total, digest.since.unix_ms()), (4, 10));
            assert_eq!((digest.newest.id.0[0], digest.riskiest.id.0[0]), (4, 3));
        }
    }
}
