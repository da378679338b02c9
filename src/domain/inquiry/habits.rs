//! Whether a login is normal for the user: what was usual before, and what it is now.

use std::collections::BTreeMap;

use crate::domain::{
    agent::{Browser, Os},
    history::login_record::LoginRecord,
    inquiry::around::{Around, Behind, same_network, same_prefix},
    login::login::Outcome,
    place::Country,
    search::{query::Term, value::Value},
};

/// What was usual in the user's earlier successful logins, and in how many of them it was as in this one.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    /// The earlier logins that are compared.
    pub behind: Behind,
    /// With this device.
    pub device: usize,
    /// With this browser and system, of whatever version.
    pub agent: usize,
    /// From this country; `None` if it is not known.
    pub country: Option<usize>,
    /// From this autonomous system, or where that is not known, from this /24 or /64.
    pub network: usize,
    /// From this /24 or /64.
    pub prefix: usize,
    /// Within an hour of this hour of the day.
    pub hour: usize,
    /// The most frequent browser and system, and how often.
    pub usual_agent: Option<(Browser, Os, usize)>,
    /// The most frequent country by its code, and how often.
    pub usual_country: Option<(Country, usize)>,
}

impl Habits {
    /// The habits of the user before a login.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let login = &around.login;
        let earlier: Vec<_> = around.entered_before().collect();
        let count = |is_so: &dyn Fn(&LoginRecord) -> bool| earlier.iter().filter(|it| is_so(it)).count();
        let (agent, origin) = (login.device.agent, login.whereabouts.origin());
        let mut agents = BTreeMap::<(Browser, Os), usize>::new();
        let mut countries = BTreeMap::<Country, usize>::new();
        for it in &earlier {
            *agents.entry((it.device.agent.browser, it.device.agent.os)).or_default() += 1;
            if let Some(country) = it.whereabouts.origin().country {
                *countries.entry(country).or_default() += 1;
            }
        }
        let most = agents.into_iter().max_by_key(|(_, count)| *count);
        let success = Term::is(Value::Outcome(Outcome::Success));
        let query = around.asking([success], around.before.cut_at, Some(login.occurred_at));
        Self {
            behind: Behind { logins: earlier.len(), ..around.behind(query) },
            device: count(&|it| it.device.id == login.device.id),
            agent: count(&|it| (it.device.agent.browser, it.device.agent.os) == (agent.browser, agent.os)),
            country: origin.country.map(|_| count(&|it| it.whereabouts.origin().country == origin.country)),
            network: count(&|it| same_network(it, login)),
            prefix: count(&|it| same_prefix(it.ip, login.ip)),
            hour: count(&|it| {
                let apart = it.occurred_at.hour_of_day().abs_diff(login.occurred_at.hour_of_day());
                apart.min(24 - apart) <= 1
            }),
            usual_agent: most.map(|((browser, os), count)| (browser, os, count)),
            usual_country: countries.into_iter().max_by_key(|(_, count)| *count),
        }
    }
}
