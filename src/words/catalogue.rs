//! The words of all languages, read once and looked up here.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use crate::{
    domain::{ids::TenantId, place::Country},
    words::{language::Language, message::Message, phrase::Phrase},
};

/// Numbers from here upward are written with a separator between the thousands.
const GROUPED_FROM: u64 = 10_000;

/// The built-in languages, in the order of [`Language::ALL`]. Each is read once, at its first use: it takes 0.3 MB, and most services
/// need few.
static BUILT_IN: [OnceLock<Tongue>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];

/// A language, with a tenant's own words where it has any.
pub struct Tongue {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Tongue {
    /// The language, with a tenant's own messages in place of ours.
    #[must_use]
    pub fn new(language: Language, own: Option<FluentResource>) -> Self {
        // Marks around values become `<bdi>` in HTML and nothing in plain text: see `Phrase`.
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        for file in [language.words(), language.countries()] {
            bundle.add_resource_overriding(resource(file));
        }
        if let Some(own) = own {
            bundle.add_resource_overriding(own);
        }
        Self { language, bundle }
    }

    /// Which language it is.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without values.
    #[must_use]
    pub fn say(&self, message: Message) -> Phrase {
        self.say_with(message, &[])
    }

    /// A message with values.
    #[must_use]
    pub fn say_with(&self, message: Message, values: &[(&'static str, &str)]) -> Phrase {
        self.format(message.name(), &values.iter().map(|&(name, value)| (name, FluentValue::from(value))).collect())
    }

    /// A message that depends on a number. The variable `counted` chooses the form; in the message, it is the number as
    /// this language writes it.
    #[must_use]
    pub fn count(
        &self,
        message: Message,
        counted: &'static str,
        number: u64,
        values: &[(&'static str, &str)],
    ) -> Phrase {
        let mut all: FluentArgs<'_> = values.iter().map(|&(name, value)| (name, FluentValue::from(value))).collect();
        all.set(counted, FluentValue::from(chooser(number)));
        all.set("number", self.number(number));
        self.format(message.name(), &all)
    }

    /// A number as it is written in this language: `12,000`.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        if number < GROUPED_FROM {
            return digits;
        }
        let mark = self.say(Message::Thousands).plain();
        let mut grouped = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.char_indices() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push_str(&mark);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// The country's name; `None` for a code that ISO 3166-1 does not assign.
    #[must_use]
    pub fn country(&self, country: Country) -> Option<String> {
        let name = format!("country-{}", country.as_str());
        self.bundle.has_message(&name).then(|| self.format(&name, &FluentArgs::new()).plain())
    }

    /// The text of a message, and what is wrong with it: variables that have no value, messages that do not exist.
    pub(crate) fn try_format(&self, name: &str, values: &FluentArgs<'_>) -> (Phrase, Vec<String>) {
        let mut errors = Vec::new();
        let said =
            self.bundle.get_message(name).and_then(|message| message.value()).map_or_else(String::new, |pattern| {
                self.bundle.format_pattern(pattern, Some(values), &mut errors).into_owned()
            });
        (Phrase::new(said), errors.iter().map(ToString::to_string).collect())
    }

    fn format(&self, name: &str, values: &FluentArgs<'_>) -> Phrase {
        self.try_format(name, values).0
    }
}

/// The languages of all tenants.
#[derive(Clone, Default)]
pub struct Catalogue {
    own: Arc<BTreeMap<(TenantId, Language), Tongue>>,
}

impl Catalogue {
    /// The built-in languages, with the tenants' own in their place.
    #[must_use]
    pub fn new(own: BTreeMap<(TenantId, Language), Tongue>) -> Self {
        Self { own: Arc::new(own) }
    }

    /// A language, with this tenant's own words where it has any.
    #[must_use]
    pub fn tongue(&self, tenant: &TenantId, language: Language) -> &Tongue {
        self.own.get(&(tenant.clone(), language)).unwrap_or_else(|| Self::built_in(language))
    }

    /// How many of the tenants' own files are in use.
    #[must_use]
    pub fn own_count(&self) -> usize {
        self.own.len()
    }

    /// A language as it is built in.
    #[must_use]
    pub fn built_in(language: Language) -> &'static Tongue {
        // A language without fields is the number of its place among all.
        BUILT_IN[language as usize].get_or_init(|| Tongue::new(language, None))
    }
}

/// Shows which tenants have words of their own in which languages.
impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.own.keys()).finish()
    }
}

/// A smaller number that has the same plural form. Of the nine languages only Arabic has forms beyond 2, and they
/// depend on the last two digits. `intl_pluralrules` 7.0.2 does not cut off the other digits (its `3..=10` is CLDR's
/// `n % 100 = 3..10`).
fn chooser(number: u64) -> u64 {
    if number % 100 < 3 { number } else { number % 100 }
}

/// Everything that can be read of a built-in file. That is all of it: a test reads every message.
fn resource(file: &str) -> FluentResource {
    FluentResource::try_new(file.to_owned()).unwrap_or_else(|(read, _)| read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_without_a_fault() {
        for &it in Language::ALL {
            for file in [it.words(), it.countries()] {
                assert!(FluentResource::try_new(file.to_owned()).is_ok(), "{}", it.tag());
            }
        }
    }

    #[test]
    fn numbers_choose_their_form_and_are_written_as_the_language_does() {
        let digest = |language, count| {
            let said = Catalogue::built_in(language).count(Message::Digest, "count", count, &[("product", "Acme")]);
            said.plain()
        };
        assert_eq!(digest(Language::English, 1), "Your Acme account was signed in to 1 more time.");
        assert_eq!(digest(Language::English, 12), "Your Acme account was signed in to 12 more times.");
        assert_eq!(digest(Language::German, 12_000), "In Ihrem Acme-Konto gab es 12.000 weitere Anmeldungen.");
        assert!(digest(Language::French, 0).starts_with("Il y a eu 0 autre connexion "), "French counts 0 as one");
        let kept = |days| Catalogue::built_in(Language::Arabic).count(Message::Kept, "days", days, &[]).plain();
        let forms = [
            (1, "يومًا واحدًا"),
            (2, "يومين"),
            (103, "103 أيام"),
            (180, "180 يومًا"),
            (100, "100 يوم"),
            (365, "365 يومًا"),
        ];
        for (days, form) in forms {
            assert!(kept(days).ends_with(&format!("{form}.")), "{}", kept(days));
        }
    }

    #[test]
    fn countries_are_named_in_every_language() {
        let name = |language, code| Catalogue::built_in(language).country(Country::parse(code).unwrap());
        assert_eq!(name(Language::Finnish, "SE").as_deref(), Some("Ruotsi"));
        assert_eq!(name(Language::Japanese, "BR").as_deref(), Some("ブラジル"));
        assert_eq!(name(Language::English, "ZZ"), None);
    }
}
