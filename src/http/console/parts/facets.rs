//! How many logins of a search have which value, with a link to each.

use std::collections::BTreeMap;

use crate::{
    domain::{
        country_names::country_name,
        history::login_record::LoginRecord,
        login::login::Outcome,
        place::Asn,
        search::{
            clear::counts::{By, Group, Grouping, Step},
            field::Field,
            tallies::Dimension,
            value::Value,
        },
    },
    http::console::parts::{linked::Linked, range::Zone, view::View},
    service::history::counting::Counts,
};

/// How many values of each are shown.
const TOP: usize = 6;
/// How many of one whose values are asked for.
const MOST: usize = 50;
/// How an address says of what more values are asked for.
pub const MORE: &str = "more";

/// What a view counts beside its rows, in their order.
pub const SHOWN: [(Dimension, &str); 8] = [
    (Dimension::Level, "Risk"),
    (Dimension::Signal, "Signal"),
    (Dimension::Country, "Country"),
    (Dimension::Asn, "Network"),
    (Dimension::Browser, "Browser"),
    (Dimension::Os, "System"),
    (Dimension::Status, "Device"),
    (Dimension::Method, "Method"),
];

/// What the logins of a search have in common.
#[derive(Clone, Debug)]
pub struct Facets {
    /// By one thing after the other.
    pub each: Vec<Facet>,
    /// How many logins were counted, if that are not all: the latest.
    pub latest: Option<u64>,
}

/// How often each value of one thing occurs.
#[derive(Clone, Debug)]
pub struct Facet {
    /// What the values are of.
    pub title: &'static str,
    /// The most frequent values.
    pub rows: Vec<FacetRow>,
    /// How many logins have none of these.
    pub other: u64,
    /// Where the others are.
    pub others: Option<String>,
    /// Where fewer are shown, if more than usual are.
    pub fewer: Option<String>,
}

/// A value and how often it occurs.
#[derive(Clone, Debug)]
pub struct FacetRow {
    /// The value, which leads on.
    pub value: Linked,
    /// How many logins have it.
    pub logins: u64,
    /// Its part of the most frequent one, in percent: how long its bar is.
    pub percent: u64,
}

/// How logins are counted to be shown by what they have in common.
#[must_use]
pub fn by_values(zone: &Zone) -> [Grouping; SHOWN.len()] {
    SHOWN.map(|(dimension, _)| grouping(By::Values(dimension), Step::Day, zone))
}

/// What was counted [so](by_values), and how many got in and failed. What nobody has is left out.
#[must_use]
pub fn facets(view: &View, counts: Vec<Counts>, outcomes: [(Outcome, u64); 2], names: &Names) -> Facets {
    let latest = counts.iter().find(|it| !it.is_exact).map(|it| it.table.logins);
    let found = SHOWN.into_iter().zip(by_values(&view.range.zone)).zip(counts);
    let each = found.map(|((it, grouping), counts)| facet(view, names, it, (&grouping, counts)));
    let mut each: Vec<Facet> = each.filter(|it| !it.rows.is_empty()).collect();
    each.insert(each.len().min(1), of_outcomes(view, outcomes, latest.is_some()));
    Facets { each, latest }
}

/// How many got in, and how many failed: this is known of all logins, also where all else is counted over the latest.
fn of_outcomes(view: &View, outcomes: [(Outcome, u64); 2], is_apart: bool) -> Facet {
    let most = outcomes.iter().map(|(_, logins)| *logins).max().unwrap_or_default().max(1);
    let row = |(outcome, logins)| FacetRow {
        value: Linked::plain(view, Value::Outcome(outcome)),
        logins,
        percent: (logins * 100_u64).div_ceil(most),
    };
    let title = if is_apart { "Outcome, of all" } else { "Outcome" };
    let rows = outcomes.into_iter().filter(|(_, logins)| *logins > 0).map(row).collect();
    Facet { title, rows, other: 0, others: None, fewer: None }
}

/// How many values of one thing are shown.
fn shown(view: &View, dimension: Dimension) -> usize {
    if view.filter(MORE) == Some(name(dimension)) { MOST } else { TOP }
}

/// What counts by this are called in addresses.
fn name(dimension: Dimension) -> &'static str {
    Field::ALL.iter().find(|it| it.dimension() == Some(dimension)).map_or("", |it| it.as_str())
}

/// What an address asks more values of.
#[must_use]
pub fn more(text: &str) -> Option<&'static str> {
    SHOWN.iter().map(|(it, _)| name(*it)).find(|it| *it == text)
}

fn facet(
    view: &View,
    names: &Names,
    (dimension, title): (Dimension, &'static str),
    (grouping, counts): (&Grouping, Counts),
) -> Facet {
    let (count, name) = (shown(view, dimension), name(dimension));
    let top = counts.table.top(grouping, count);
    let most = top.cells.iter().map(|it| it.logins).max().unwrap_or_default().max(1);
    let rows = top.cells.iter().map(|it| FacetRow {
        value: linked(view, dimension, &it.group, names),
        logins: it.logins,
        percent: (it.logins * 100).div_ceil(most),
    });
    let is_whole = count > TOP;
    let others = if is_whole { view.table_by(name) } else { Some(view.search_with(&[(MORE, name)])) };
    let fewer = is_whole.then(|| view.search_with(&[]));
    Facet { title, rows: rows.collect(), other: top.other, others: others.filter(|_| top.other > 0), fewer }
}

/// The networks that are shown.
#[must_use]
pub fn networks(view: &View, counts: &[Counts]) -> Vec<Asn> {
    let all = SHOWN.iter().zip(by_values(&view.range.zone)).zip(counts);
    let all = all.filter(|((it, _), _)| it.0 == Dimension::Asn);
    let top = shown(view, Dimension::Asn);
    let cells = all.flat_map(|((_, grouping), counts)| counts.table.clone().top(&grouping, top).cells);
    let networks = cells.filter_map(|it| match it.group.value(Dimension::Asn)? {
        Value::Asn(asn) => Some(asn),
        _ => None,
    });
    networks.collect()
}

/// By one thing, and by the clock of a zone.
#[must_use]
pub fn grouping(by: By, step: Step, zone: &Zone) -> Grouping {
    Grouping { by, and_by: None, step, zone: zone.zone.clone() }
}

/// A value under the name by which people know it.
fn linked(view: &View, dimension: Dimension, group: &Group, names: &Names) -> Linked {
    match group.value(dimension) {
        Some(value) => {
            let text = name_of(&value, names);
            Linked::new(view, value, text)
        }
        None => Linked::nowhere("not known"),
    }
}

/// The names of networks, by their numbers, as far as they are known.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<Asn, String>);

impl Names {
    /// Whether this network has one.
    #[must_use]
    pub fn has(&self, asn: Asn) -> bool {
        self.0.contains_key(&asn)
    }

    /// These, and others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Those that these logins tell.
    #[must_use]
    pub fn of(records: &[LoginRecord]) -> Self {
        let networks = records.iter().filter_map(|it| it.whereabouts.network.as_ref());
        let named = networks.filter(|it| !it.name.is_empty());
        Self(named.filter_map(|it| Some((Asn::new(it.asn)?, it.name.clone()))).collect())
    }
}

/// What people call a value.
#[must_use]
pub fn name_of(value: &Value, names: &Names) -> String {
    match value {
        Value::Country(it) => country_name(*it).map_or_else(|| it.as_str().to_owned(), str::to_owned),
        Value::Asn(it) => {
            names.0.get(it).map_or_else(|| format!("AS{}", it.get()), |name| format!("{name} (AS{})", it.get()))
        }
        Value::Browser(it) => it.name().unwrap_or("a browser that is not known").to_owned(),
        Value::Os(it) => it.name().unwrap_or("a system that is not known").to_owned(),
        Value::Signal(it) => it.as_str().replace('_', " "),
        other => other.text(),
    }
}
