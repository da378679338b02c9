//! The time of a view: a time that is typed into the search is meant, whatever else the address says; where none is typed, the
//! address's; and where that says none, as far back as the view looks by itself.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        search::{fault::QueryFault, field::Field, query::Query, times::Span},
        time::HOUR_MS,
    },
    http::console::parts::{
        range::{PRESETS, Preset, Written},
        view::View,
    },
};

/// How far back a list looks if its address does not say, as `from` has it.
const OWN_FROM: &str = "-7d";
/// The same in milliseconds.
const OWN_MS: i64 = 7 * 24 * HOUR_MS;
/// How `from` says everything.
pub(super) const EVER: &str = "all";

/// What time a view is about if its address does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Own {
    /// The last week.
    #[default]
    Week,
    /// From the first login on.
    Ever,
    /// None: it is about one thing, whenever that was.
    None,
}

/// The clock of a user who has these logins: that of the place from which most of them came.
#[must_use]
pub fn clock_of<'a>(logins: impl IntoIterator<Item = &'a LoginRecord>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for zone in logins.into_iter().filter_map(|it| it.whereabouts.place.as_ref()?.time_zone.as_deref()) {
        *counts.entry(zone).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, logins)| *logins).map(|(zone, _)| zone.to_owned())
}

impl View {
    /// The same, which by itself looks at all times.
    #[must_use]
    pub fn ever(self) -> Self {
        Self { own: Own::Ever, ..self }
    }

    /// The same, which is about no time.
    #[must_use]
    pub fn timeless(self) -> Self {
        Self { own: Own::None, ..self }
    }

    /// The time that is typed into the search, if one is.
    pub(super) fn typed(&self) -> Option<Span> {
        self.query.as_ref().ok().map(Query::span).filter(|it| *it != Span::default())
    }

    /// The time that is meant: the one that is typed into the search, or else the address's; if neither says one, as far back as the
    /// view looks by itself.
    #[must_use]
    pub fn span(&self) -> Span {
        self.typed().unwrap_or_else(|| self.range.span(self.now, self.own_ms()))
    }

    /// What is asked, within the time.
    ///
    /// # Errors
    /// When the search cannot be read: where, why, and what would be right.
    pub fn asked(&self) -> Result<Query, QueryFault> {
        Ok(self.query.clone()?.within(self.span()))
    }

    /// How far back it looks by itself, if not at everything: what names one thing is looked for at all times.
    pub(super) fn own_ms(&self) -> Option<i64> {
        let names_one = self.query.as_ref().is_ok_and(|query| {
            [Field::Reference, Field::Session, Field::Alert].into_iter().any(|it| query.only(it).is_some())
        });
        (self.own == Own::Week && !names_one).then_some(OWN_MS)
    }

    fn own_from(&self) -> &'static str {
        if self.own_ms().is_some() { OWN_FROM } else { EVER }
    }

    /// The search without the time that is typed into it.
    pub(super) fn q_at_any_time(&self) -> Cow<'_, str> {
        match &self.query {
            Ok(query) if !self.q.is_empty() && self.typed().is_some() => query.clone().at_any_time().to_string().into(),
            _ => self.q.as_str().into(),
        }
    }

    /// What the form that sets another time has in its place: the search without the time that it says, and the time.
    #[must_use]
    pub fn at_times(&self) -> (Cow<'_, str>, &Written) {
        (self.q_at_any_time(), &self.times)
    }

    /// The time in words, if it is none of those that can be chosen.
    #[must_use]
    pub fn told_range(&self) -> Option<String> {
        if self.times.preset(self.own_from()).is_some() {
            return None;
        }
        let span = self.typed().unwrap_or_else(|| self.range.span(self.now, None));
        Some(self.range.zone.told_span(span, self.now))
    }

    /// Whether it is about some time, which can be chosen.
    #[must_use]
    pub fn has_time(&self) -> bool {
        self.own != Own::None
    }

    /// The times to choose, with a link to this view at each, and whether it is the one that is shown.
    pub fn presets(&self) -> impl Iterator<Item = (&'static Preset, String, bool)> {
        let (own, q) = (self.times.preset(self.own_from()), self.q_at_any_time());
        PRESETS.iter().map(move |it| (it, self.at_time(&q, (Some(it.from), None)), own == Some(it)))
    }
}
