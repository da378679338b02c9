//! All that a view counts beside its rows, in as few passes as it goes.

use crate::{
    domain::search::{
        clear::counts::{By, Step, Top},
        query::Query,
    },
    http::console::parts::{
        facets::{Facets, Names, by_values, facets, grouping},
        over_time::{Bars, by_time},
        view::View,
    },
    ports::Unavailable,
    service::history::{
        counting::{Counts, Wanted},
        search::History,
    },
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
        let (by_time, by_values) = (by_time(view, query), by_values(zone));
        let more = more.map(|by| grouping(by, Step::Day, zone));
        let mut wanted = vec![Wanted::all(&by_time)];
        wanted.extend(by_values.iter().map(Wanted::latest));
        wanted.extend(more.as_ref().map(Wanted::all));
        let mut counts = history.counts(&view.operator.tenant, query, &wanted).await?.into_iter();
        let bars = Bars::new(&by_time, counts.next().unwrap_or_default());
        let by_values: Vec<Counts> = counts.by_ref().take(by_values.len()).collect();
        let more = counts.next().zip(more.as_ref());
        let more = more.map(|(it, grouping)| it.table.top(grouping, usize::MAX)).unwrap_or_default();
        Ok(Self { bars, more, by_values })
    }

    /// What they have in common, under the names by which people know it. What nobody has is left out. Of many logins it is the
    /// latest that are looked at.
    #[must_use]
    pub fn facets(&mut self, view: &View, names: &Names) -> Facets {
        facets(view, std::mem::take(&mut self.by_values), names)
    }
}
