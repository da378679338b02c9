//! For how long records are kept, and what persons and authorities are told about the processing.

use std::path::PathBuf;

use crate::{
    config::{
        problems::{Problem, Problems},
        raw::{RawPrivacy, RawRetention},
    },
    domain::history::retention_days::RetentionDays,
};

/// Who keeps logins for longer than this many days must say why.
const USUAL_MOST_DAYS: i64 = 365;
/// A hundred years.
const MOST_DAYS: i64 = 36_500;
/// The exact address fades by the week: a shorter life cannot be kept.
const WEEK_DAYS: i64 = 7;
/// The law allows a month for an answer.
const MOST_ANSWER_DAYS: i64 = 30;

/// For how long records are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// In days, by class.
    pub days: RetentionDays,
    /// Why logins are kept for more than a year; set if they are.
    pub justification: Option<String>,
}

/// What persons and authorities are told, and what they can rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privacy {
    /// Whether a user's e-mail address is kept in the profile, and not only until a mail has been sent.
    pub keep_email: bool,
    /// Within how many days a person's request is answered: 1 to 30.
    pub answer_days: i64,
    /// Who decides about the processing: name and address.
    pub controller: Option<String>,
    /// How the controller is reached.
    pub contact: Option<String>,
    /// The data protection officer, and how to reach them.
    pub dpo: Option<String>,
    /// The file to which it is noted how far the audit goes.
    pub audit_checkpoint_file: Option<PathBuf>,
}

/// Checks the section `[retention]`. `earlier` is `store.retention_days`, which stood for logins, alerts and sessions.
pub fn retention(raw: RawRetention, earlier: Option<i64>, problems: &mut Problems) -> Retention {
    let usual = RetentionDays::default();
    if earlier.is_some() && raw.logins_days.is_some() && earlier != raw.logins_days {
        let expected = "is the earlier name of retention.logins_days: remove it, or set both to the same number";
        problems.0.push(Problem { setting: "store.retention_days", expected: expected.to_owned() });
    }
    let earlier = earlier.map(|days| {
        let sound = (1..=MOST_DAYS).contains(&days).then_some(days);
        problems.check("store.retention_days", "must be 1 to 36500 days", sound, usual.logins)
    });
    let mut number = |setting, written: Option<i64>, otherwise: i64| {
        let days = written.unwrap_or(otherwise);
        problems.check(setting, "must be 1 to 36500 days", (1..=MOST_DAYS).contains(&days).then_some(days), otherwise)
    };
    let mut days = RetentionDays {
        logins: number("retention.logins_days", raw.logins_days, earlier.unwrap_or(usual.logins)),
        full_address: usual.full_address,
        idle_devices: number("retention.devices_idle_days", raw.devices_idle_days, usual.idle_devices),
        sessions: number("retention.sessions_days", raw.sessions_days, earlier.unwrap_or(usual.sessions)),
        // An update must not keep longer what was to be kept for so long.
        alerts: number("retention.alerts_days", raw.alerts_days, earlier.unwrap_or(usual.alerts)),
        notes: number("retention.notes_days", raw.notes_days, usual.notes),
        audit: number("retention.audit_days", raw.audit_days, usual.audit),
        minimal_logins: number("retention.minimal_days", raw.minimal_days, usual.minimal_logins),
    };
    let full = raw.full_address_days.unwrap_or(usual.full_address);
    let sound = (full == 0 || (WEEK_DAYS..=MOST_DAYS).contains(&full)).then_some(full);
    let expected = "must be 7 to 36500 days, or 0 to keep no exact address";
    days.full_address = problems.check("retention.full_address_days", expected, sound, usual.full_address);
    let justification = text(raw.justification);
    let is_justified = days.logins <= USUAL_MOST_DAYS || justification.is_some();
    let expected = "must say why logins are kept for more than 365 days: it stands in the record of processing";
    problems.check("retention.justification", expected, is_justified.then_some(()), ());
    Retention { days, justification }
}

/// Checks the section `[privacy]`.
pub fn privacy(raw: RawPrivacy, problems: &mut Problems) -> Privacy {
    let days = raw.answer_days.unwrap_or(MOST_ANSWER_DAYS);
    let sound = (1..=MOST_ANSWER_DAYS).contains(&days).then_some(days);
    Privacy {
        keep_email: raw.keep_email.unwrap_or(true),
        answer_days: problems.check("privacy.answer_days", "must be 1 to 30 days", sound, MOST_ANSWER_DAYS),
        controller: text(raw.controller),
        contact: text(raw.contact),
        dpo: text(raw.dpo),
        audit_checkpoint_file: text(raw.audit_checkpoint_file).map(PathBuf::from),
    }
}

/// A text, unless it is empty.
fn text(written: Option<String>) -> Option<String> {
    written.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str, earlier: Option<i64>) -> Result<RetentionDays, Vec<&'static str>> {
        let mut problems = Problems::default();
        let retention = retention(toml::from_str(toml).unwrap(), earlier, &mut problems);
        let names: Vec<&'static str> = problems.0.iter().map(|it| it.setting).collect();
        if names.is_empty() { Ok(retention.days) } else { Err(names) }
    }

    #[test]
    fn each_class_has_a_default_and_a_setting() {
        assert_eq!(read("", None), Ok(RetentionDays::default()));
        let all = "logins_days = 1\nfull_address_days = 7\ndevices_idle_days = 3\nsessions_days = 4\nalerts_days = 5\n\
                   notes_days = 6\naudit_days = 8\nminimal_days = 9";
        let expected = RetentionDays {
            logins: 1,
            full_address: 7,
            idle_devices: 3,
            sessions: 4,
            alerts: 5,
            notes: 6,
            audit: 8,
            minimal_logins: 9,
        };
        assert_eq!(read(all, None), Ok(expected));
        assert_eq!(read("full_address_days = 0", None).unwrap().full_address, 0);
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        for days in [0, -1, 36_501] {
            for name in ["logins", "devices_idle", "sessions", "alerts", "notes", "audit", "minimal"] {
                let setting = read(&format!("{name}_days = {days}\njustification = \"x\""), None).unwrap_err();
                assert_eq!(setting, [format!("retention.{name}_days")], "{days}");
            }
            assert_eq!(read("", Some(days)).unwrap_err(), ["store.retention_days"]);
        }
        for days in [-1, 1, 6, 36_501] {
            let fault = read(&format!("full_address_days = {days}"), None).unwrap_err();
            assert_eq!(fault, ["retention.full_address_days"], "{days}");
        }
    }

    #[test]
    fn more_than_a_year_of_logins_needs_a_reason() {
        assert!(read("logins_days = 365", None).is_ok());
        assert_eq!(read("logins_days = 366", None).unwrap_err(), ["retention.justification"]);
        assert_eq!(read("logins_days = 366\njustification = \" \"", None).unwrap_err(), ["retention.justification"]);
        assert_eq!(read("", Some(366)).unwrap_err(), ["retention.justification"]);
        let told = "logins_days = 366\njustification = \"the regulator asks for two years\"";
        assert_eq!(read(told, None).unwrap().logins, 366);
        assert!(read("alerts_days = 800\ndevices_idle_days = 800", None).is_ok(), "of logins only");
    }

    #[test]
    fn the_earlier_name_keeps_nothing_longer_than_it_did() {
        let days = read("", Some(90)).unwrap();
        assert_eq!((days.logins, days.alerts, days.sessions, days.notes), (90, 90, 90, 365));
        let days = read("logins_days = 90\nalerts_days = 365", Some(90)).unwrap();
        assert_eq!((days.logins, days.alerts), (90, 365));
        assert_eq!(read("logins_days = 30", Some(90)).unwrap_err(), ["store.retention_days"]);
    }

    #[test]
    fn what_persons_are_told_can_be_left_out_and_an_answer_takes_a_month_at_most() {
        let mut problems = Problems::default();
        let usual = privacy(RawPrivacy::default(), &mut problems);
        assert_eq!((usual.keep_email, usual.answer_days, usual.controller), (true, 30, None));
        for (days, named) in [(0, 1), (1, 0), (30, 0), (31, 1)] {
            let mut problems = Problems::default();
            privacy(toml::from_str(&format!("answer_days = {days}")).unwrap(), &mut problems);
            let names: Vec<&str> = problems.0.iter().map(|it| it.setting).collect();
            assert_eq!(names, ["privacy.answer_days"; 1][..named], "{days}");
        }
    }
}
