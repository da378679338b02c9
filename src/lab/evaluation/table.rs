//! An evaluation as tables for a terminal, 100 columns wide.

use std::fmt::{self, Display, Formatter};

use crate::lab::evaluation::{
    report::{CalibrationBin, CurvePoint, Judge, JudgeRow, Mails, NewDevices, Report, Row, Share},
    situations::{ALL, Group, SAME_CLASS},
};

/// Shown where nothing was counted.
const NOTHING: &str = "–";

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        line(f, "logins", self.logins)?;
        line(f, "  failed, not judged", self.failed)?;
        line(f, "  first devices, not judged", self.first_devices)?;
        line(f, "users", self.users)?;
        situations(f, ["Owners on known devices", "called new", "mailed"], &self.owners)?;
        mails(f, self)?;
        situations(f, ["Strangers", "recognized", "alerted"], &self.strangers)?;
        curve(f, &self.curve)?;
        calibration(f, &self.calibration, self.brier)?;
        judges(f, self)?;
        targets(f, self)
    }
}

fn line(f: &mut Formatter<'_>, name: &str, value: impl Display) -> fmt::Result {
    writeln!(f, "{name:<40}{value:>10}")
}

fn situations(f: &mut Formatter<'_>, [title, wrong, warned]: [&str; 3], rows: &[Row]) -> fmt::Result {
    let interval = "95 % interval";
    writeln!(f, "\n{title:<30}{:>8}{wrong:>17}{interval:>14}{warned:>17}{interval:>14}", "logins")?;
    let mut group = "";
    for row in rows {
        if !group.is_empty() && group != row.group {
            writeln!(f)?;
        }
        group = row.group;
        writeln!(f, "{:<30}{:>8}{}{}", row.title, row.wrong.of, shared(row.wrong), shared(row.warned))?;
    }
    Ok(())
}

fn mails(f: &mut Formatter<'_>, report: &Report) -> fmt::Result {
    let NewDevices { called_new, mailed } = report.new_devices;
    let title = "Owners on other devices";
    writeln!(f, "\n{title:<30}{:>8}{}{}", called_new.of, shared(called_new), shared(mailed))?;
    writeln!(f, "\n{:<40}{:>10}{:>12}{:>16}", "Mails about known devices", "mails", "user-years", "per user-year")?;
    let periods = [
        ("all", report.false_mails),
        ("in a user's first 90 days", report.false_mails_first_90_days),
        ("after them", report.false_mails_later),
    ];
    for (name, Mails { mails, user_years, per_user_year }) in periods {
        writeln!(f, "{name:<40}{mails:>10}{user_years:>12.1}{:>16}", number(per_user_year, 2))?;
    }
    line(f, "in a user's first 39 logins, mean", number(report.false_mails_first_39_logins, 2))?;
    line(f, "in a user's first 39 logins, most", report.most_false_mails_first_39_logins)
}

fn curve(f: &mut Formatter<'_>, points: &[CurvePoint]) -> fmt::Result {
    let head = ["strangers", "threshold", "false alarms", "95 % interval"];
    let title = "By score: misses allowed";
    writeln!(f, "\n{title:<40}{:>10}{:>12}{:>17}{:>14}", head[0], head[1], head[2], head[3])?;
    for point in points {
        let who = if point.strangers == SAME_CLASS { "of same class as a known device" } else { "of all strangers" };
        let name = format!("{} {who}", percent(Some(point.misses), 1));
        writeln!(f, "{name:<40}{:>10}{:>12}{}", point.of, number(point.above, 4), shared(point.false_alarms))?;
    }
    Ok(())
}

fn calibration(f: &mut Formatter<'_>, bins: &[CalibrationBin], brier: Option<f64>) -> fmt::Result {
    let title = "Score beside what was true";
    writeln!(f, "\n{title:<30}{:>8}{:>17}{:>17}{:>14}", "logins", "mean score", "known device", "95 % interval")?;
    for CalibrationBin { from, predicted, observed } in bins {
        let name = format!("{from:.1} to {:.1}", from + 0.1);
        let predicted = number(*predicted, 4);
        writeln!(f, "{name:<30}{:>8}{predicted:>17}{}", observed.of, shared(*observed))?;
    }
    writeln!(f, "{:<30}{:>8}", "Brier score", number(brier, 4))
}

fn judges(f: &mut Formatter<'_>, report: &Report) -> fmt::Result {
    let over = ["owners on known devices: called new", "strangers: recognized"];
    writeln!(f, "\n{:<23}{:>37}{:>23}{:>17}", "Beside simpler rules", over[0], over[1], "false alarms")?;
    let head = ["all", "updated", "monitor", "private", "all", "same class", "per user-year"];
    let [all, updated, monitor, private, strangers, same_class, per_year] = head;
    writeln!(f, "{:23}{all:>10}{updated:>9}{monitor:>9}{private:>9}{strangers:>11}{same_class:>12}{per_year:>17}", "")?;
    for Judge { title, false_alarms, misses, false_alarms_per_user_year, .. } in &report.judges {
        let of = |rows: &[JudgeRow], group, name| percent(share(rows, group, name), 2);
        let all = of(false_alarms, Group::All, ALL);
        let updated = of(false_alarms, Group::Change, "browser_update");
        let monitor = of(false_alarms, Group::Change, "monitor");
        let private = of(false_alarms, Group::Mode, "private");
        let (strangers, same_class) = (of(misses, Group::All, ALL), of(misses, Group::All, SAME_CLASS));
        let per_year = number(*false_alarms_per_user_year, 2);
        writeln!(
            f,
            "{title:<23}{all:>10}{updated:>9}{monitor:>9}{private:>9}{strangers:>11}{same_class:>12}{per_year:>17}"
        )?;
    }
    Ok(())
}

/// The targets, which one configuration must meet together, and whether it does.
fn targets(f: &mut Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(f, "\n{:<54}{:>10}{:>10}", "Targets", "figure", "target")?;
    let at_most = [
        ("mails about known devices after 90 days, a user-year", report.false_mails_later.per_user_year, 0.5),
        ("mails about known devices in the first 39 logins", report.false_mails_first_39_logins, 2.0),
    ];
    for (name, figure, most) in at_most.into_iter().filter_map(|(name, figure, most)| Some((name, figure?, most))) {
        let met = if figure <= most { "met" } else { "missed" };
        writeln!(f, "{name:<54}{figure:>10.2}{:>10}  {met}", format!("≤ {most}"))?;
    }
    let caught = |group: Group, name: &str| {
        report.strangers.iter().find(|row| row.group == group.as_str() && row.name == name)?.warned.share
    };
    let at_least = [
        ("strangers alerted about, but for full replays", caught(Group::All, ALL), 0.98),
        ("full replays from another country alerted about", caught(Group::Attack, "full_replay"), 0.99),
    ];
    for (name, figure, least) in at_least.into_iter().filter_map(|(name, figure, least)| Some((name, figure?, least))) {
        let met = if figure >= least { "met" } else { "missed" };
        writeln!(f, "{name:<54}{:>10}{:>10}  {met}", percent(Some(figure), 2), format!("≥ {:.0} %", least * 100.0))?;
    }
    Ok(())
}

fn share(rows: &[JudgeRow], group: Group, name: &str) -> Option<f64> {
    rows.iter().find(|row| row.group == group.as_str() && row.name == name)?.wrong.share
}

/// Count, share and interval, in 31 columns.
fn shared(share: Share) -> String {
    let interval = share.low.zip(share.high).map(|(low, high)| format!("{:.2}–{:.2}", 100.0 * low, 100.0 * high));
    format!("{:>8}{:>9}{:>14}", share.count, percent(share.share, 2), interval.as_deref().unwrap_or(NOTHING))
}

fn percent(share: Option<f64>, decimals: usize) -> String {
    share.map_or_else(|| NOTHING.to_owned(), |share| format!("{:.decimals$} %", 100.0 * share))
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| NOTHING.to_owned(), |value| format!("{value:.decimals$}"))
}
