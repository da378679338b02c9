//! Open logins in groups that have one cause, and the groups on pages.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{history::login_record::LoginRecord, ids::UserId, login::login::Outcome, policy::policy::SignalKind},
    service::inquiry::open::Open,
};

/// How many logins a page has at most, unless one user has more with one cause: compressed, a page may weigh 25 kB.
const PAGE: usize = 120;
/// So many logins with one cause stand together.
const TOGETHER: usize = 3;

/// What logins have in common that came of one cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// The first reason to be suspicious.
    pub signal: SignalKind,
    /// The number of the network.
    pub asn: u32,
}

/// The logins of one line, the most urgent first.
pub type Line = Vec<Open>;

/// Logins with one cause, or without one, line by line.
#[derive(Clone, Debug, PartialEq)]
pub struct Together {
    /// What they have in common; `None` for those that stand alone.
    pub cause: Option<Cause>,
    /// One for each user.
    pub lines: Vec<Line>,
}

fn cause(login: &LoginRecord) -> Option<Cause> {
    let signal = login.assessment.signals.first()?.kind;
    let asn = login.whereabouts.network.as_ref()?.asn;
    Some(Cause { signal, asn })
}

/// Logins with one cause together, one line for each user, and the others as they come between such groups, each on a line; the groups
/// in the order of what is most urgent in each.
#[must_use]
pub fn together(open: Vec<Open>) -> Vec<Together> {
    let mut counts: BTreeMap<Cause, usize> = BTreeMap::new();
    for it in open.iter().filter_map(|it| cause(&it.login)) {
        *counts.entry(it).or_default() += 1;
    }
    let mut groups: Vec<Together> = Vec::new();
    let mut lines: HashMap<(Cause, UserId), (usize, usize)> = HashMap::new();
    for it in open {
        let cause = cause(&it.login).filter(|cause| counts.get(cause).is_some_and(|count| *count >= TOGETHER));
        let key = cause.clone().map(|cause| (cause, it.login.user.clone()));
        if let Some((group, line)) = key.as_ref().and_then(|key| lines.get(key)) {
            groups[*group].lines[*line].push(it);
            continue;
        }
        let last = groups.len().checked_sub(1);
        let found = match cause {
            Some(_) => groups.iter().position(|group| group.cause == cause),
            None => last.filter(|at| groups[*at].cause.is_none()),
        };
        let at = found.unwrap_or_else(|| {
            groups.push(Together { cause, lines: Vec::new() });
            groups.len() - 1
        });
        lines.extend(key.map(|key| (key, (at, groups[at].lines.len()))));
        groups[at].lines.push(vec![it]);
    }
    groups
}

/// What of a group is on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What its logins have in common.
    pub cause: Option<Cause>,
    /// How many logins the group has as a whole.
    pub logins: usize,
    /// How many of these got in.
    pub entered: usize,
    /// The lines on this page.
    pub lines: Vec<Line>,
}

impl Part {
    fn of(group: &Together) -> Self {
        let entered = group.lines.iter().flatten().filter(|it| it.login.outcome == Outcome::Success).count();
        let logins = group.lines.iter().map(Vec::len).sum();
        Self { cause: group.cause.clone(), logins, entered, lines: Vec::new() }
    }

    /// How many logins of the group are on this page, if not all are.
    #[must_use]
    pub fn here(&self) -> Option<usize> {
        let here = self.lines.iter().map(Vec::len).sum();
        (here < self.logins).then_some(here)
    }
}

/// The groups page by page. One with a cause is on one page, so that it is judged at once, unless it has more logins than a page.
#[must_use]
pub fn pages(groups: Vec<Together>) -> Vec<Vec<Part>> {
    let mut pages: Vec<Vec<Part>> = Vec::new();
    let mut on_page = PAGE;
    for group in groups {
        let whole = Part::of(&group);
        let is_cut = group.cause.is_some() && whole.logins <= PAGE && on_page + whole.logins > PAGE;
        let mut begins = true;
        for line in group.lines {
            if on_page + line.len() > PAGE || (begins && is_cut) {
                pages.push(Vec::new());
                (on_page, begins) = (0, true);
            }
            on_page += line.len();
            if let Some(page) = pages.last_mut() {
                if begins {
                    page.push(whole.clone());
                }
                page.last_mut().into_iter().for_each(|part| part.lines.push(line.clone()));
            }
            begins = false;
        }
    }
    pages
}
