//! A tenant's own words in place of ours: Fluent files, checked before they are used.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use crate::words::{catalogue::Tongue, clean::is_invisible, language::Language, message::Message};

/// Largest file that is read, in bytes: about twenty times the size of ours.
const MAX_FILE_BYTES: usize = 256 * 1024;
/// Numbers that need every plural form, in every language.
const SAMPLE_NUMBERS: [u32; 7] = [0, 1, 2, 5, 12, 100, 1_000];

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The message that the line is in, if any.
    pub key: Option<String>,
    /// What is wrong.
    pub problem: String,
}

/// `line 3: subject: …`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "line {}: {key}: {}", self.line, self.problem),
            None => write!(f, "line {}: {}", self.line, self.problem),
        }
    }
}

/// A language with the messages of a file in place of ours.
///
/// # Errors
/// Everything that is wrong in the file: text that is not Fluent, a message that does not exist or is written twice, a
/// variable that the message does not have, a link (a mail links only to us), an invisible character.
pub fn tongue_with(language: Language, text: &str) -> Result<Tongue, Vec<Fault>> {
    if text.len() > MAX_FILE_BYTES {
        let problem = format!("the file has more than {MAX_FILE_BYTES} bytes");
        return Err(vec![Fault { line: 1, key: None, problem }]);
    }
    // Fluent accepts CR LF as the end of a line, but keeps the CR in the message.
    let text = text.replace("\r\n", "\n");
    let own = match FluentResource::try_new(text.clone()) {
        Ok(own) => own,
        Err((_, errors)) => {
            let fault = |line, problem| Fault { line, key: key_at(&text, line), problem };
            return Err(errors
                .iter()
                .map(|error| fault(line_of(&text, error.pos.start), error.kind.to_string()))
                .collect());
        }
    };
    let mut faults = faults(language, &own, &text);
    let tongue = Tongue::new(language, Some(own));
    if faults.is_empty() {
        faults = unspeakable(&tongue, &text);
    }
    if faults.is_empty() { Ok(tongue) } else { Err(faults) }
}

/// The variables that each message of a file uses.
fn values_in(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(read, _)| read);
    let named = resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => {
            let mut found = Found::default();
            message.value.iter().for_each(|pattern| found.pattern(pattern));
            Some((message.id.name.to_owned(), found.values))
        }
        _ => None,
    });
    named.collect()
}

fn faults(language: Language, own: &FluentResource, text: &str) -> Vec<Fault> {
    let (given, mut faults, mut seen) = (values_in(language.words()), Vec::new(), BTreeSet::new());
    for entry in own.entries() {
        let (key, value) = match entry {
            Entry::Message(message) => (message.id.name, message.value.as_ref()),
            Entry::Term(term) => (term.id.name, None),
            _ => continue,
        };
        let line = line_of_key(text, key, matches!(entry, Entry::Term(_)));
        let mut fault = |problem: String| faults.push(Fault { line, key: Some(key.to_owned()), problem });
        let (Some(_), Some(value)) = (Message::parse(key), value) else {
            fault("there is no such message".to_owned());
            continue;
        };
        if !seen.insert(key) {
            fault("the message is written twice".to_owned());
        }
        let mut found = Found::default();
        found.pattern(value);
        for name in found.values.difference(&given[key]) {
            fault(format!("the message is not given ${name}"));
        }
        for other in &found.others {
            fault(format!("`{other}` cannot be used here: only variables can"));
        }
        if found.text.contains("://") || found.text.contains("www.") {
            fault("a mail links to this service only".to_owned());
        }
        if found.text.chars().any(|letter| letter != '\n' && is_invisible(letter)) {
            fault("the message holds an invisible character".to_owned());
        }
    }
    faults
}

/// The faults that Fluent only finds while formatting: every message is formatted with every sample number.
fn unspeakable(tongue: &Tongue, text: &str) -> Vec<Fault> {
    let (given, mut faults) = (values_in(tongue.language().words()), Vec::new());
    for &message in Message::ALL {
        let values = &given[message.name()];
        let wrong = SAMPLE_NUMBERS.iter().find_map(|&number| {
            let args: FluentArgs<'_> = values.iter().map(|name| (name.as_str(), FluentValue::from(number))).collect();
            tongue.try_format(message.name(), &args).1.into_iter().next()
        });
        let fault = |problem| Fault {
            line: line_of_key(text, message.name(), false),
            key: Some(message.name().to_owned()),
            problem,
        };
        faults.extend(wrong.map(fault));
    }
    faults
}

/// The variables, the text and the references of a pattern.
#[derive(Default)]
struct Found {
    values: BTreeSet<String>,
    others: Vec<String>,
    text: String,
}

impl Found {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.text.push_str(value),
                PatternElement::Placeable { expression } => self.expression(expression),
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, expression: &InlineExpression<&str>) {
        match expression {
            InlineExpression::VariableReference { id } => drop(self.values.insert(id.name.to_owned())),
            InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
                self.text.push_str(value);
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::FunctionReference { id, .. }
            | InlineExpression::MessageReference { id, .. }
            | InlineExpression::TermReference { id, .. } => self.others.push(id.name.to_owned()),
        }
    }
}

/// The line, from 1, that contains the byte at `at`.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|it| *it == b'\n').count()
}

/// The line in which a message or a term starts; 1 if the file has none of this name.
fn line_of_key(text: &str, key: &str, is_term: bool) -> usize {
    let start = if is_term { format!("-{key}") } else { key.to_owned() };
    let starts = |line: &str| line.strip_prefix(&start).is_some_and(|rest| rest.starts_with([' ', '=']));
    text.lines().position(starts).map_or(1, |index| index + 1)
}

/// The message that contains a line.
fn key_at(text: &str, line: usize) -> Option<String> {
    let above: Vec<&str> = text.lines().take(line).collect();
    let start = above.into_iter().rev().find(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()))?;
    start.split([' ', '=']).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Vec<String> {
        let faults = tongue_with(Language::German, text).err().unwrap_or_default();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_tenants_words_take_the_place_of_ours() {
        let tongue = tongue_with(Language::German, "# Unser Ton\r\nbutton = Ansehen\r\n").unwrap();
        assert_eq!(tongue.say(Message::Button).plain(), "Ansehen");
        assert_eq!(tongue.say(Message::When).plain(), "Wann");
        assert!(tongue_with(Language::French, "").is_ok());
    }

    #[test]
    fn every_fault_is_told_with_line_and_message() {
        assert_eq!(refused("\nbuton = x"), ["line 2: buton: there is no such message"]);
        assert_eq!(refused("-brand = x"), ["line 1: brand: there is no such message"]);
        assert_eq!(refused("button = { $name }\nlink = { $x }").len(), 2);
        assert_eq!(refused("button = { $name }"), ["line 1: button: the message is not given $name"]);
        assert_eq!(refused("link = a\nlink = b"), ["line 1: link: the message is written twice"]);
        assert_eq!(
            refused("button = { NUMBER(1) }"),
            ["line 1: button: `NUMBER` cannot be used here: only variables can"]
        );
        for text in ["never = https://evil.example", "never = { \"https://evil.example\" }", "never = www.evil.example"]
        {
            assert_eq!(refused(text), ["line 1: never: a mail links to this service only"], "{text}");
        }
        assert_eq!(refused("never = a\u{202e}b"), ["line 1: never: the message holds an invisible character"]);
        let broken = refused("link = x\nbutton = { $");
        assert!(broken[0].starts_with("line 2: button: "), "{broken:?}");
        assert!(refused(&"# x\n".repeat(100_000))[0].contains("bytes"));
    }

    #[test]
    fn every_language_names_the_same_values() {
        let english = values_in(Language::English.words());
        for &language in Language::ALL {
            for (key, values) in values_in(language.words()) {
                // A form may say “one day” in words, but some form of every number has it in digits.
                assert_eq!(values, english[&key], "{} {key}", language.tag());
            }
        }
    }
}
