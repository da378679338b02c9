//! `/console/settings/policy`: how the tenant's logins are judged now.

use std::cmp::Ordering;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        policy::{
            change::PolicyChange,
            policy::{Policy, SignalKind},
        },
        search::value::Value,
    },
    http::{
        console::{
            assets::Assets,
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{linked::page_of, view::View},
            views::settings::tabs::{POLICY, SETTINGS, Tabs},
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            state::State,
        },
    },
    wire::network,
};

/// The page.
#[derive(Template)]
#[template(path = "console/settings/policy.html")]
struct PolicyPage {
    assets: Assets,
    frame: Frame,
    tabs: Tabs,
    version: String,
    /// The logins that it has judged.
    judged: String,
    /// Whether it mails nobody.
    is_muted: bool,
    groups: Vec<Group>,
    weights: Vec<Weight>,
    networks: Vec<(String, String)>,
    excluded: Vec<String>,
}

/// Rules of one kind.
struct Group {
    title: &'static str,
    /// What each says, and its number.
    rules: Vec<(&'static str, String)>,
}

/// What a signal weighs.
struct Weight {
    name: String,
    /// The logins that have it.
    href: String,
    share: f64,
    /// What it weighs if nobody has set it.
    usual: f64,
    percent: u8,
}

/// Shows the policy that judges the tenant's logins now.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn show(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let policy = state.policies.of(&caller.tenant, view.now).await?;
    let networks = policy.trusted_networks.iter().map(|it| {
        let ranges: Vec<String> = it.ranges.iter().map(network::to_text).collect();
        (it.name.clone(), ranges.join(", "))
    });
    let shown = PolicyPage {
        assets: Assets,
        tabs: Tabs::new(&view, POLICY),
        version: policy.version.to_string(),
        judged: page_of(&view, &Value::Policy(policy.version)),
        is_muted: policy.muted,
        groups: groups(&policy),
        weights: weights(&view, &policy),
        networks: networks.collect(),
        excluded: policy.excluded_users.iter().cloned().collect(),
        frame: Frame::new(view.clone().timeless(), SETTINGS).with(Elsewhere::new(
            &view,
            POLICY,
            "/v1/policy",
            &[],
            false,
        )),
    };
    page(StatusCode::OK, &shown)
}

impl PolicyPage {
    /// Whether somebody has set what a signal weighs.
    fn has_set(&self) -> bool {
        self.weights.iter().any(Weight::is_set)
    }
}

/// The signals, the heaviest first.
fn weights(view: &View, policy: &Policy) -> Vec<Weight> {
    let weight = |kind: &SignalKind| {
        let weight = policy.weights.get(*kind);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 100")]
        let percent = (weight.clamp(0.0, 1.0) * 100.0).round() as u8;
        Weight {
            name: kind.as_str().replace('_', " "),
            href: page_of(view, &Value::Signal(*kind)),
            share: weight,
            usual: kind.default_weight(),
            percent,
        }
    };
    let mut weights: Vec<Weight> = SignalKind::ALL.iter().map(weight).collect();
    weights.sort_by(|a, b| b.share.partial_cmp(&a.share).unwrap_or(Ordering::Equal));
    weights
}

impl Weight {
    /// Whether somebody has set it.
    fn is_set(&self) -> bool {
        (self.share - self.usual).abs() > f64::EPSILON
    }
}

/// The rules, as sentences that end in their numbers.
fn groups(policy: &Policy) -> Vec<Group> {
    let whole = PolicyChange::whole(policy);
    let share = |it: f64| format!("{it:.2}");
    let count =
        |it: Option<u32>, unit: &str| it.map_or_else(String::new, |it| format!("{it} {unit}").trim().to_owned());
    let copied = match whole.copied_within_hours {
        Some(0) | None => "off".to_owned(),
        hours => count(hours, "h"),
    };
    vec![
        Group {
            title: "Risk",
            rules: vec![
                ("Medium from a score of", share(policy.medium_from)),
                ("High from a score of", share(policy.high_from)),
                ("A signal is strong from a weight of", share(policy.strong_from)),
                ("A known device far away looks copied within", copied),
            ],
        },
        Group {
            title: "Devices",
            rules: vec![
                ("Recognized from a probability of", share(policy.recognized_from)),
                ("Certain from a probability of", share(policy.certain_from)),
            ],
        },
        Group {
            title: "Mails",
            rules: vec![
                ("To a user within an hour, at most", count(whole.mails_per_hour, "")),
                ("To a user within a day, at most", count(whole.mails_per_day, "")),
                ("None about logins older than", count(whole.late_after_hours, "h")),
            ],
        },
        Group {
            title: "Learning",
            rules: vec![
                ("A country is remembered for", count(whole.country_memory_days, "days")),
                ("No country is new within the first", count(whole.learning_days, "days")),
                ("Nor within the first", count(whole.learning_logins, "logins")),
            ],
        },
    ]
}
