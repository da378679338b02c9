//! All that a view counts beside its rows, in as few passes as it goes.

use crate::{
    domain::search::{
        clear::counts::{By, Grouping, Step, Top},
        query::Query,
    },
    http::console::parts::{
        facets::{Facet, Names, by_values, facets, grouping},
        over_time::{Bars, by_time},
        view::View,
    },
    ports::Unavailable,
    service::history::{counts::Counts, search::History},
};

/// When the logins of a search were, and what they have in common.
#[derive(Debug)]
pub struct Overview {
    /// When they were.
    pub bars: Bars,
    /// How many there are by what a view asks for besides; nothing, if it asks for nothing.
    pub more: Top,
    by_values: Vec<Counts>,
}

impl Overview {
    /// Counts the logins of a search, and counts them by one thing more, if a view shows that.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(history: &History, view: &View, query: &Query, more: Option<By>) -> Result<Self, Unavailable> {
        let zone = &view.range.zone;
        let mut groupings: Vec<Grouping> = vec![by_time(view, query)];
        groupings.extend(by_values(zone));
        groupings.extend(more.map(|by| grouping(by, Step::Day, zone)));
        let mut counts = history.counts(&view.operator.tenant, query, &groupings).await?.into_iter();
        let bars = Bars::new(&groupings[0], counts.next().unwrap_or_default());
        let by_values: Vec<Counts> = counts.by_ref().take(by_values(zone).len()).collect();
        let more = counts.next().zip(groupings.last());
        let more = more.map(|(it, grouping)| it.table.top(grouping, usize::MAX)).unwrap_or_default();
        Ok(Self { bars, more, by_values })
    }

    /// What they have in common, under the names by which people know it. What nobody has is left out.
    #[must_use]
    pub fn facets(&mut self, view: &View, names: &Names) -> Vec<Facet> {
        facets(view, std::mem::take(&mut self.by_values), names)
    }
}
