//! `watchlight evaluate`: a labelled log's report card, on a log small enough to count by hand.

use std::fs;

use serde_json::{Value, json};

use crate::stories::service::{Ended, Place, login};

/// A login on a day of October with its label.
fn labelled(day: u32, browser: &str, machine: u32, truth: &Value) -> Value {
    let mut line = login("ana", browser, machine, &format!("event {day}"));
    line["occurred_at"] = format!("2026-10-{day:02}T09:00:00Z").into();
    line["truth"] = truth.clone();
    line
}

/// Ana's October: her laptop, which is updated once; a failure; a new machine of hers; and two strangers.
fn october() -> Vec<Value> {
    let known = |more: Value| {
        let mut truth = json!({"owner": true, "known_device": true, "device_id": "laptop", "attack": null});
        truth.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        truth
    };
    let mut failed = labelled(3, "chrome-142/windows", 1, &known(json!({})));
    failed["outcome"] = "failure".into();
    let mut abroad = labelled(22, "chrome-143/windows", 1, &json!({"owner": false, "attack": "full_replay"}));
    let mut another = labelled(20, "firefox-145/linux", 2, &json!({"owner": true, "device_id": "desk"}));
    another["user"].as_object_mut().unwrap().remove("email");
    // An address in Britain.
    abroad["client"]["ip"] = "81.2.69.142".into();
    vec![
        labelled(1, "chrome-142/windows", 1, &json!({"owner": true, "known_device": false, "device_id": "laptop"})),
        labelled(2, "chrome-142/windows", 1, &known(json!({"changes": [], "travel": false, "eclipse": true}))),
        failed,
        labelled(18, "chrome-143/windows", 1, &known(json!({"changes": ["browser_update"], "privacy": "fog"}))),
        labelled(19, "chrome-143/windows", 1, &known(json!({"changes": [], "mode": "private"}))),
        another,
        labelled(21, "chrome-143/windows", 9, &json!({"attack": "same_model_other_machine", "hard": true})),
        abroad,
    ]
}

fn written(place: &Place, lines: &[String]) -> String {
    let path = place.path("log.ndjson");
    fs::write(&path, lines.join("\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

fn evaluated(lines: &[Value], more: &[&str]) -> Ended {
    let place = Place::new("sqlite");
    let log = written(&place, &lines.iter().map(Value::to_string).collect::<Vec<_>>());
    let ended = place.run(&[&["evaluate", &log], more].concat());
    assert!(!place.path("data").exists(), "an evaluation stores nothing");
    ended
}

/// Count and number of logins in one situation: `wrong` or `warned`.
#[track_caller]
fn counted(rows: &Value, group: &str, name: &str, what: &str) -> [u64; 2] {
    let row = rows.as_array().unwrap().iter().find(|it| it["group"] == group && it["name"] == name);
    let share = &row.unwrap_or_else(|| panic!("no {group} {name} in {rows}"))[what];
    ["count", "of"].map(|it| share[it].as_u64().unwrap())
}

#[test]
fn each_login_is_counted_in_its_situations() {
    let ended = evaluated(&october(), &["--json"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let heads = ["logins", "failed", "first_devices", "users"].map(|it| report[it].as_u64().unwrap());
    assert_eq!(heads, [8, 1, 1, 1]);

    let owners = &report["owners"];
    assert_eq!(counted(owners, "all", "all", "wrong"), [0, 3]);
    assert_eq!(counted(owners, "change", "browser_update", "wrong"), [0, 1]);
    assert_eq!(counted(owners, "change", "none", "warned"), [0, 2]);
    assert_eq!(counted(owners, "mode", "private", "wrong"), [0, 1]);
    assert_eq!(counted(owners, "circumstance", "eclipse", "wrong"), [0, 1], "labels are open");
    assert_eq!(counted(owners, "privacy", "fog", "wrong"), [0, 1]);
    assert_eq!(counted(owners, "days_since_seen", "0-3", "wrong"), [0, 2]);
    assert_eq!(counted(owners, "days_since_seen", "14-30", "wrong"), [0, 1], "a failed login shows nobody the device");
    assert_eq!(counted(owners, "circumstance", "travel", "wrong"), [0, 0]);
    let new =
        ["called_new", "mailed"].map(|it| (&report["new_devices"][it]["count"], &report["new_devices"][it]["of"]));
    assert_eq!(new, [(&json!(1), &json!(1)); 2], "a log without addresses has no fewer alarms");

    let strangers = &report["strangers"];
    assert_eq!(counted(strangers, "all", "all", "wrong"), [0, 1], "who replays everything is counted apart");
    assert_eq!(counted(strangers, "all", "same_class", "warned"), [1, 1]);
    assert_eq!(counted(strangers, "attack", "same_model_other_machine", "warned"), [1, 1]);
    assert_eq!(counted(strangers, "circumstance", "hard", "wrong"), [0, 1]);
    assert_eq!(counted(strangers, "attack", "full_replay", "wrong"), [1, 1]);
}

#[test]
fn simpler_rules_are_judged_by_the_same_logins() {
    let report: Value = serde_json::from_str(&evaluated(&october(), &["--json"]).stdout).unwrap();
    let judges = report["judges"].as_array().unwrap().iter();
    let alarms: Vec<_> = judges
        .map(|it| {
            let [alarms, misses] = ["false_alarms", "misses"].map(|side| counted(&it[side], "all", "all", "wrong")[0]);
            (it["name"].as_str().unwrap(), alarms, misses)
        })
        .collect();
    let expected = [
        ("watchlight", 0, 0),
        // The update is news to all that look at the whole user agent. The strange machine has the owner's address.
        ("exact_hash", 1, 0),
        ("ua_and_ip", 1, 1),
        ("family_os", 0, 1),
        ("fp_stalker", 0, 0),
        ("any_new_user_agent", 1, 1),
        ("any_new_address", 0, 1),
        // Too few logins to tell which are the rarest: nobody is.
        ("freeman_top_2_percent", 0, 1),
    ];
    assert_eq!(alarms, expected);
    let [point, ..] = &report["curve"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!((&point["of"], &point["false_alarms"]["count"]), (&json!(1), &json!(0)));
}

#[test]
fn the_tables_fit_a_terminal_and_are_the_same_twice() {
    let [first, second] = [(); 2].map(|()| evaluated(&october(), &[]).stdout);
    assert_eq!(first, second);
    assert!(first.lines().all(|it| it.chars().count() <= 100), "{first}");
    let row =
        |title: &str| first.lines().find(|it| it.starts_with(title)).unwrap_or_else(|| panic!("{title}\n{first}"));
    assert_eq!(row("by VPN").matches('–').count(), 4, "no share of nothing");
    assert!(row("after a browser update").contains("0.00 %") && row("eclipse").contains("0.00–79.35"), "{first}");
}

#[test]
fn a_log_that_says_nothing_of_the_truth_is_refused() {
    let mut lines = october();
    lines[2].as_object_mut().unwrap().remove("truth");
    for json in [&["--json"][..], &[]] {
        let refused = evaluated(&lines, json);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{refused:?}");
        assert!(refused.stderr.contains("line 3: no `truth`"), "{refused:?}");
    }
    let place = Place::new("sqlite");
    let nowhere = place.run(&["evaluate", "nowhere.ndjson"]);
    assert!(nowhere.code == Some(1) && nowhere.stderr.contains("nowhere.ndjson"), "{nowhere:?}");
}

#[test]
fn broken_lines_are_listed_and_the_others_judged() {
    let place = Place::new("sqlite");
    let mut lines: Vec<_> = october().iter().map(Value::to_string).collect();
    lines.insert(1, "no json".to_owned());
    lines.insert(2, json!({"user": {"id": "ana"}, "truth": {"owner": "surely"}}).to_string());
    let log = written(&place, &lines);
    let ended = place.run(&["evaluate", &log]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("line 2: ") && ended.stderr.contains("line 3: truth: "), "{ended:?}");
    assert!(ended.stderr.contains("2 lines were refused"), "{ended:?}");
    let logins = ended.stdout.lines().find(|it| it.starts_with("logins")).unwrap();
    assert!(logins.ends_with(" 8"), "{ended:?}");
}
