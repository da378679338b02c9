//! Counts by country, on a map of the world.

use crate::{
    domain::{country_names::country_name, place::Country, wording::figures::grouped},
    http::console::{
        assets::Assets,
        drawing::{
            map::equal_earth::{HEIGHT, WIDTH},
            markup::{Markup, shown},
            numbers::{Numbers, NumbersRow},
            steps::Steps,
        },
    },
};

/// The count of a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryCount {
    /// The country.
    pub country: Country,
    /// How many.
    pub count: u64,
    /// The page narrowed to it, if there is one.
    pub href: Option<String>,
}

/// Counts by country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldMap {
    /// What it shows, in a few words.
    pub title: String,
    /// What is counted, for several: `logins`.
    pub unit: String,
    /// The counts, in any order; a country that is not among them has none.
    pub countries: Vec<CountryCount>,
}

impl WorldMap {
    /// The picture, with what its colours mean.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let mut sheet = Markup::default();
        let counts = || self.countries.iter().map(|it| it.count);
        let steps = Steps::up_to(counts().max().unwrap_or(0));
        let total = counts().fold(0, u64::saturating_add);
        let label = format!("{}: {} {} from {} countries", self.title, grouped(total), self.unit, self.ordered().len());
        let role = if self.countries.iter().any(|it| it.href.is_some()) { "group" } else { "img" };
        let world = Assets.world();
        let label = shown(&label);
        sheet.add(format_args!(
            "<svg class=\"d-world\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"{role}\" aria-label=\"{label}\">"
        ));
        sheet.add(format_args!("<use class=\"d-land\" href=\"{world}#land\"/>"));
        for counted in self.ordered() {
            // A code that no country has is on no map; it is among the numbers.
            let Some(name) = country_name(counted.country) else { continue };
            let (code, step) = (counted.country.as_str(), steps.of(counted.count));
            let label = format!("{name}: {} {}", grouped(counted.count), self.unit);
            sheet.linked(counted.href.as_deref(), &label, |sheet| {
                sheet.add(format_args!("<use class=\"d-land d-c{step}\" href=\"{world}#c{code}\"/>"));
            });
        }
        sheet.add(format_args!("</svg>"));
        steps.draw_legend(&mut sheet);
        sheet
    }

    /// The countries that are not empty, those with most first.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        let row = |it: &CountryCount| {
            let name = country_name(it.country).unwrap_or_else(|| it.country.as_str());
            NumbersRow { href: it.href.clone(), cells: vec![name.to_owned(), grouped(it.count)] }
        };
        let rows = self.ordered().into_iter().map(row).collect();
        Numbers { caption: self.title.clone(), head: vec!["Country".to_owned(), self.unit.clone()], rows }
    }

    fn ordered(&self) -> Vec<&CountryCount> {
        let mut ordered: Vec<&CountryCount> = self.countries.iter().filter(|it| it.count > 0).collect();
        ordered.sort_by(|a, b| b.count.cmp(&a.count).then(a.country.cmp(&b.country)));
        ordered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::country_names::countries;

    fn map(counts: &[(&str, u64)]) -> WorldMap {
        let counted = |&(code, count): &(&str, u64)| {
            let country = Country::parse(code).unwrap();
            CountryCount { country, count, href: Some(format!("?q=country:{code}")) }
        };
        WorldMap {
            title: "<b>Logins".to_owned(),
            unit: "logins".to_owned(),
            countries: counts.iter().map(counted).collect(),
        }
    }

    #[test]
    fn countries_are_coloured_linked_and_listed_by_count() {
        let whole = map(&[("SE", 1), ("BR", u64::MAX), ("NO", 0), ("ZZ", 7)]);
        let drawn = whole.draw().to_string();
        assert!(drawn.contains(&format!("<use class=\"d-land d-c5\" href=\"{}#cBR\"/>", Assets.world())), "{drawn}");
        assert!(
            drawn.contains("<a href=\"?q=country:SE\" tabindex=\"-1\" aria-label=\"Sweden: 1 logins\">"),
            "{drawn}"
        );
        assert!(!drawn.contains("#cNO") && !drawn.contains("#cZZ") && !drawn.contains("<b>"), "{drawn}");
        let names: Vec<_> = whole.numbers().rows.into_iter().map(|it| it.cells[0].clone()).collect();
        assert_eq!(names, ["Brazil", "ZZ", "Sweden"]);
    }

    #[test]
    fn no_logins_are_the_world() {
        let drawn = map(&[]).draw().to_string();
        assert!(drawn.contains("#land\"") && !drawn.contains("<a ") && !drawn.contains("d-legend"), "{drawn}");
    }

    #[test]
    fn every_country_is_on_the_map() {
        let world = include_str!("../../../../../assets/console/world.svg");
        for (country, name) in countries() {
            assert_eq!(world.matches(&format!("id=\"c{}\"", country.as_str())).count(), 1, "{name}");
        }
        assert!(world.contains("<g id=\"land\">") && !world.contains("style") && !world.contains("<script"));
    }
}
