//! What holds for every text and every query.

use proptest::prelude::*;
use watchlight::domain::{
    search::{matching::LoginFacts, parser::parse, query::Query, scanner::MAX_BYTES, truth::Truth, value::is_hidden},
    time::Timestamp,
};

use crate::{
    search::anything::{filter, login, query},
    store::samples,
};

fn now() -> Timestamp {
    samples::at(0)
}

/// Text that is nearly a query: its words in any order, with anything between them.
fn nearly_a_query() -> impl Strategy<Value = String> {
    const WORDS: &str = r#"user country risk since until last like note mail not and or ana BR 0.6 7d 2026-11-22 203.0.113.7/24
        2001:db8::1 United States lgn_ AS b3: 7KQ2MX @ : >= < = ! - , " \ \u{ } ( ) * / ä 🦊"#;
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let piece = prop_oneof![
        8 => prop::sample::select(words).prop_map(str::to_owned),
        3 => prop::sample::select(vec![" ", "\u{a0}"]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|it| it.concat())
}

/// Reads a text, and sees to it that what comes of it is sound.
fn is_sound(text: &str) -> Result<(), TestCaseError> {
    match parse(text, now()) {
        Ok(query) => {
            let canonical = query.to_string();
            prop_assert!(canonical.len() <= MAX_BYTES);
            prop_assert!(!canonical.chars().any(is_hidden), "{:?}", canonical);
            let again = parse(&canonical, now().plus_ms(9_000_000));
            prop_assert_eq!(again, Ok(query), "{} became {}", text, canonical);
        }
        Err(fault) => {
            let letters = text.chars().count();
            prop_assert!(
                fault.position <= letters && fault.position + fault.length <= letters,
                "{:?}: {:?}",
                text,
                fault
            );
            prop_assert!(!fault.message.chars().any(is_hidden) && fault.message.chars().count() < 700, "{}", fault);
            prop_assert!(!fault.suggestion.unwrap_or_default().chars().any(is_hidden));
        }
    }
    Ok(())
}

proptest! {
    // PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

    #[test]
    fn any_text_is_a_query_or_has_a_fault_within_it(text in any::<String>()) {
        is_sound(&text)?;
    }

    #[test]
    fn text_that_is_nearly_a_query_is_one_or_has_a_fault_within_it(text in nearly_a_query()) {
        is_sound(&text)?;
    }
}

proptest! {
    #[test]
    fn a_query_is_read_as_it_was_written(query in query()) {
        let text = query.to_string();
        prop_assert_eq!(parse(&text, now()), Ok(query), "{}", text);
    }

    #[test]
    fn parameters_are_a_query_and_the_same_parameters_again(filter in filter()) {
        let query = Query::from(&filter);
        let read = parse(&query.to_string(), now()).unwrap();
        prop_assert_eq!(&read, &query);
        prop_assert_eq!(read.as_parameters(), Some(filter));
    }

    #[test]
    fn what_parameters_can_say_they_say_as_the_query_does(query in query()) {
        if let Some(filter) = query.as_parameters() {
            let again = Query::from(&filter);
            prop_assert_eq!(again.terms().len(), query.terms().len());
            prop_assert!(again.terms().iter().all(|it| query.terms().contains(it)));
            prop_assert_eq!(again.span(), query.span());
        }
    }

    #[test]
    fn parameters_and_query_find_the_same_logins(filter in filter(), login in login()) {
        let found = Query::from(&filter).matches(&LoginFacts::of(&login));
        prop_assert_eq!(filter.matches(&login), found != Truth::No);
    }
}
