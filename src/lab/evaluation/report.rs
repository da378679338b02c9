//! The figures of an evaluation, as `watchlight evaluate --json` prints them. Scripts depend on the names.

use serde::Serialize;

use crate::{
    domain::time::DAY_MS,
    lab::evaluation::{
        curve::{Bin, Point},
        rate::Rate,
        situations::{ALL, Group, SAME_CLASS, Shares, Situation},
        tally::{Evaluation, FalseMails, Marks},
    },
};

/// A share with its 95 % interval (Wilson). The last three are null if `of` is 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How often it was true.
    pub count: u64,
    /// How many were counted.
    pub of: u64,
    /// The share, in [0, 1].
    pub share: Option<f64>,
    /// The interval's lower end.
    pub low: Option<f64>,
    /// The interval's upper end.
    pub high: Option<f64>,
}

/// Two shares of the logins in one situation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The kind of situation.
    pub group: &'static str,
    /// The situation's id: the log's own label, or one of ours.
    pub name: String,
    /// Its title in tables.
    #[serde(skip)]
    pub title: String,
    /// Wrong verdicts on the device: for owners, called new; for strangers, recognized.
    pub wrong: Share,
    /// For owners, mailed; for strangers, alerted, whether or not the mail was held back.
    pub warned: Share,
}

/// Verdicts on owners' devices that they had not used before. They are right to be called new.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NewDevices {
    /// Called new.
    pub called_new: Share,
    /// Mailed.
    pub mailed: Share,
}

/// Mails to owners about known devices, over time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mails {
    /// How many.
    pub mails: u64,
    /// Over how many user-years, counted from each user's first login to the end of the log.
    pub user_years: f64,
    /// Mails per user and year; null over no time.
    pub per_user_year: Option<f64>,
}

/// False alarms at one threshold of the score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// `all`, or `same_class`: those whose browser is of the same class as one of the user's.
    pub strangers: &'static str,
    /// How many strangers are counted. Those who replay everything are left out.
    pub of: usize,
    /// The share of strangers that may be recognized.
    pub misses: f64,
    /// Only scores above this are recognized; null if there are no strangers.
    pub above: Option<f64>,
    /// Owners' known devices that are then called new.
    pub false_alarms: Share,
}

/// The scores of one part of the range, beside the truth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// Where the part begins, in [0, 1].
    pub from: f64,
    /// The mean score.
    pub predicted: Option<f64>,
    /// How often it was the known device.
    pub observed: Share,
}

/// A rule or model that judges the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judge {
    /// Its id.
    pub name: &'static str,
    /// Its title in tables.
    #[serde(skip)]
    pub title: &'static str,
    /// Owners' known devices called new, by situation.
    pub false_alarms: Vec<JudgeRow>,
    /// Strangers recognized, by situation.
    pub misses: Vec<JudgeRow>,
    /// Owners' other devices called new, which is right.
    pub new_devices: Share,
    /// How often a known device is called new, per user and year.
    pub false_alarms_per_user_year: Option<f64>,
}

/// A judge's share in one situation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgeRow {
    /// The kind of situation.
    pub group: &'static str,
    /// The situation's id.
    pub name: String,
    /// Wrong verdicts.
    pub wrong: Share,
}

/// All figures of an evaluation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// How many logins the log has.
    pub logins: u64,
    /// How many of them failed. They are not judged.
    pub failed: u64,
    /// How many were a user's first device. They are not judged.
    pub first_devices: u64,
    /// How many users the log has.
    pub users: usize,
    /// Owners on known devices.
    pub owners: Vec<Row>,
    /// Owners on other devices.
    pub new_devices: NewDevices,
    /// Strangers.
    pub strangers: Vec<Row>,
    /// Mails to owners about known devices.
    pub false_mails: Mails,
    /// The same in each user's first 90 days.
    pub false_mails_first_90_days: Mails,
    /// The same after them.
    pub false_mails_later: Mails,
    /// False mails within each user's first 39 logins: the mean over users.
    pub false_mails_first_39_logins: Option<f64>,
    /// The most that one user got within them.
    pub most_false_mails_first_39_logins: u64,
    /// False alarms at fixed shares of misses, if all logins are ranked by score.
    pub curve: Vec<CurvePoint>,
    /// The scores beside the truth.
    pub calibration: Vec<CalibrationBin>,
    /// The mean squared difference of score and truth (Brier).
    pub brier: Option<f64>,
    /// Watchlight, then simpler rules.
    pub judges: Vec<Judge>,
}

impl From<Rate> for Share {
    fn from(rate: Rate) -> Self {
        let interval = rate.interval();
        Self {
            count: rate.hits,
            of: rate.of,
            share: rate.share(),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
        }
    }
}

impl Report {
    /// The figures of an evaluation.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
    pub fn new(evaluation: &Evaluation) -> Self {
        let mails = evaluation.false_mails();
        let FalseMails { early, early_user_ms, late, late_user_ms, .. } = mails;
        let all = Mails::new(early + late, early_user_ms + late_user_ms);
        let judge = |name, title, marks: &Marks| Judge::new(name, title, marks, all.user_years);
        let baselines = evaluation.baselines.iter().map(|(rule, marks)| judge(rule.as_str(), rule.title(), marks));
        Self {
            logins: evaluation.logins,
            failed: evaluation.failures,
            first_devices: evaluation.first_devices,
            users: evaluation.users(),
            owners: rows(&evaluation.ours.false_alarms, &evaluation.mailed),
            new_devices: NewDevices {
                called_new: evaluation.ours.new_devices.into(),
                mailed: evaluation.new_devices_mailed.into(),
            },
            strangers: rows(&evaluation.ours.misses, &evaluation.alerted),
            false_mails: all,
            false_mails_first_90_days: Mails::new(early, early_user_ms),
            false_mails_later: Mails::new(late, late_user_ms),
            false_mails_first_39_logins: ratio(mails.in_first_logins as f64, evaluation.users() as f64),
            most_false_mails_first_39_logins: mails.most_in_first_logins,
            curve: evaluation.scores.curve().iter().map(curve_point).collect(),
            calibration: evaluation
                .scores
                .calibration()
                .iter()
                .enumerate()
                .map(|(at, bin)| calibration_bin(at, bin))
                .collect(),
            brier: evaluation.scores.brier(),
            judges: [judge("watchlight", "Watchlight", &evaluation.ours)]
                .into_iter()
                .chain(baselines)
                .chain([judge("freeman_top_2_percent", "Freeman's rarest 2 %", &evaluation.freeman)])
                .collect(),
        }
    }
}

impl Mails {
    #[expect(clippy::cast_precision_loss, reason = "counts and milliseconds are exact in f64")]
    fn new(mails: u64, user_ms: i64) -> Self {
        const YEAR_DAYS: f64 = 365.25;
        let user_years = user_ms as f64 / (YEAR_DAYS * DAY_MS as f64);
        Self { mails, user_years, per_user_year: ratio(mails as f64, user_years) }
    }
}

impl Judge {
    #[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
    fn new(name: &'static str, title: &'static str, marks: &Marks, user_years: f64) -> Self {
        let false_alarms = marks.false_alarms.get(Group::All, ALL).hits;
        Self {
            name,
            title,
            false_alarms: judge_rows(&marks.false_alarms),
            misses: judge_rows(&marks.misses),
            new_devices: marks.new_devices.into(),
            false_alarms_per_user_year: ratio(false_alarms as f64, user_years),
        }
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (0.0 < whole).then(|| part / whole)
}

fn rows(wrong: &Shares, warned: &Shares) -> Vec<Row> {
    let row = |(situation, rate): (&Situation, Rate)| Row {
        group: situation.group.as_str(),
        name: situation.name.clone(),
        title: situation.title().to_owned(),
        wrong: rate.into(),
        warned: warned.get(situation.group, &situation.name).into(),
    };
    wrong.iter().map(row).collect()
}

fn judge_rows(shares: &Shares) -> Vec<JudgeRow> {
    let row = |(situation, rate): (&Situation, Rate)| JudgeRow {
        group: situation.group.as_str(),
        name: situation.name.clone(),
        wrong: rate.into(),
    };
    shares.iter().map(row).collect()
}

#[expect(clippy::cast_precision_loss, reason = "one in a hundred is exact in f64")]
fn curve_point(point: &Point) -> CurvePoint {
    CurvePoint {
        strangers: if point.hard { SAME_CLASS } else { ALL },
        of: point.strangers,
        misses: 1.0 / point.misses_one_in as f64,
        above: point.above,
        false_alarms: point.false_alarms.into(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
fn calibration_bin(at: usize, bin: &Bin) -> CalibrationBin {
    let predicted = ratio(bin.sum, bin.same.of as f64);
    CalibrationBin { from: at as f64 / 10.0, predicted, observed: bin.same.into() }
}
