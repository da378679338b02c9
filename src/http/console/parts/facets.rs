//! How many logins of a search have which value, with a link to each.

use std::collections::BTreeMap;

use crate::{
    domain::{
        country_names::country_name,
        history::login_record::LoginRecord,
        place::Asn,
        search::{
            clear::counts::{By, Group, Grouping, Step},
            tallies::Dimension,
            value::Value,
        },
    },
    http::console::parts::{linked::Linked, range::Zone, view::View},
    service::history::counting::Counts,
};

/// How many values of each are shown.
const TOP: usize = 6;

/// What a view counts beside its rows, in their order.
pub const SHOWN: [(Dimension, &str); 7] = [
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

/// What was counted [so](by_values). What nobody has is left out.
#[must_use]
pub fn facets(view: &View, counts: Vec<Counts>, names: &Names) -> Facets {
    let latest = counts.iter().find(|it| !it.is_exact).map(|it| it.table.logins);
    let found = SHOWN.into_iter().zip(by_values(&view.range.zone)).zip(counts);
    let each = found.map(|((it, grouping), counts)| facet(view, names, it, (&grouping, counts)));
    Facets { each: each.filter(|it| !it.rows.is_empty()).collect(), latest }
}

fn facet(
    view: &View,
    names: &Names,
    (dimension, title): (Dimension, &'static str),
    (grouping, counts): (&Grouping, Counts),
) -> Facet {
    let top = counts.table.top(grouping, TOP);
    let most = top.cells.iter().map(|it| it.logins).max().unwrap_or_default().max(1);
    let rows = top.cells.iter().map(|it| FacetRow {
        value: linked(view, dimension, &it.group, names),
        logins: it.logins,
        percent: (it.logins * 100).div_ceil(most),
    });
    Facet { title, rows: rows.collect(), other: top.other }
}

/// The networks that are shown.
#[must_use]
pub fn networks(counts: &[Counts], zone: &Zone) -> Vec<Asn> {
    let shown = SHOWN.iter().zip(by_values(zone)).zip(counts);
    let shown = shown.filter(|((it, _), _)| it.0 == Dimension::Asn);
    let cells = shown.flat_map(|((_, grouping), counts)| counts.table.clone().top(&grouping, TOP).cells);
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
