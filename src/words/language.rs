//! The languages of mails and pages, and how one is chosen.

use fluent_langneg::{NegotiationStrategy, accepted_languages, negotiate_languages};
use unic_langid::LanguageIdentifier;

use crate::words::message::{has_every_message, have_same_names};

/// Longest `Accept-Language` header that is read, in bytes. Browsers send about 100.
const MAX_HEADER_BYTES: usize = 500;

macro_rules! languages {
    ($($variant:ident $tag:literal $direction:literal $name:literal,)+) => {
        /// A language that all words are written in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Language {
            $(#[doc = concat!($name, ", `", $tag, "`")] $variant,)+
        }

        impl Language {
            /// Every language. The first is used for people who speak none of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The BCP 47 tag.
            #[must_use]
            pub const fn tag(self) -> &'static str {
                match self { $(Self::$variant => $tag,)+ }
            }

            /// The direction of writing: `ltr` or `rtl`.
            #[must_use]
            pub const fn direction(self) -> &'static str {
                match self { $(Self::$variant => $direction,)+ }
            }

            /// The language's name in itself: `Deutsch`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Its messages, as a Fluent file.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("../../templates/locales/", $tag, "/words.ftl")),)+ }
            }

            /// The names of countries, as a Fluent file.
            #[must_use]
            pub const fn countries(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../../templates/locales/", $tag, "/countries.ftl")),)+
                }
            }
        }

        $(
            const _: () = assert!(
                has_every_message(Language::$variant.words()),
                concat!("templates/locales/", $tag, "/words.ftl has not every message of words/message.rs, in its order")
            );
            const _: () = assert!(
                have_same_names(Language::ALL[0].countries(), Language::$variant.countries()),
                concat!("templates/locales/", $tag, "/countries.ftl has not the same countries as the first language")
            );
        )+
    };
}

languages! {
    English "en" "ltr" "English",
    German "de" "ltr" "Deutsch",
    French "fr" "ltr" "Français",
    Spanish "es" "ltr" "Español",
    Finnish "fi" "ltr" "Suomi",
    Swedish "sv" "ltr" "Svenska",
    BrazilianPortuguese "pt-BR" "ltr" "Português do Brasil",
    Japanese "ja" "ltr" "日本語",
    Arabic "ar" "rtl" "العربية",
}

impl Language {
    /// The language for an account with this locale: the same language of any country, or else English.
    #[must_use]
    pub fn of_locale(locale: Option<&str>) -> Self {
        let wanted = locale.and_then(|tag| tag.parse::<LanguageIdentifier>().ok());
        Self::negotiate(wanted.as_slice())
    }

    /// The language that a browser prefers among those we have, or else English.
    #[must_use]
    pub fn of_header(accept_language: &str) -> Self {
        if accept_language.len() > MAX_HEADER_BYTES {
            return Self::English;
        }
        Self::negotiate(&accepted_languages::parse(accept_language))
    }

    /// Reads a BCP 47 tag.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.tag() == tag)
    }

    /// The tag in Fluent's type.
    #[must_use]
    pub fn identifier(self) -> LanguageIdentifier {
        // A test checks that every tag can be parsed.
        self.tag().parse().unwrap_or_default()
    }

    fn negotiate(wanted: &[LanguageIdentifier]) -> Self {
        let written: Vec<LanguageIdentifier> = Self::ALL.iter().map(|it| it.identifier()).collect();
        let found = negotiate_languages(wanted, &written, None, NegotiationStrategy::Filtering);
        let first = found.first().and_then(|best| written.iter().position(|written| written == *best));
        first.map_or(Self::English, |it| Self::ALL[it])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_gets_its_own_language_or_english() {
        let of = |locale| Language::of_locale(Some(locale)).tag();
        for &it in Language::ALL {
            assert_eq!(of(it.tag()), it.tag());
        }
        let chosen = [("de-CH", "de"), ("en-GB", "en"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("ar-EG", "ar")];
        let others = [("zh-Hant", "en"), ("nb", "en"), ("", "en"), ("../../x", "en"), ("de\r\nBcc: x", "en")];
        for (locale, tag) in chosen.into_iter().chain(others).chain([("ja-JP", "ja"), ("sv-FI", "sv"), ("ES", "es")]) {
            assert_eq!(of(locale), tag, "{locale}");
        }
        assert_eq!(Language::of_locale(None), Language::English);
    }

    #[test]
    fn a_browser_gets_the_first_language_that_we_have() {
        assert_eq!(Language::of_header("nb,fi;q=0.9,en;q=0.8"), Language::Finnish);
        assert_eq!(Language::of_header("fr-CA"), Language::French);
        for header in ["", "*", ";;;", "\u{1b}", &"fi,".repeat(500)] {
            assert_eq!(Language::of_header(header), Language::English);
        }
    }
}
