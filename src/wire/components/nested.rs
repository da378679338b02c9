//! Reads JSON straight into the domain's values: refuses duplicate names and endless nesting, and condenses what is large
//! while it is read, so that a picture or a list of fonts is not made only to be hashed.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use crate::domain::login::value::{CONDENSED_BYTES, LargeList, Value};

/// How many levels deep a request body may nest.
pub const MAX_NESTING: usize = 16;

/// Reads a value that may contain this many levels of lists and objects.
#[derive(Clone, Copy)]
pub struct Nested {
    /// How many more levels.
    levels_left: usize,
    /// In a list, which is condensed as a whole.
    in_list: bool,
}

impl Nested {
    /// Reads a value in which this many levels may follow, outside any list.
    #[must_use]
    pub const fn new(levels_left: usize) -> Self {
        Self { levels_left, in_list: false }
    }

    /// The level below.
    ///
    /// # Errors
    /// There may be none.
    pub fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.levels_left.checked_sub(1) {
            Some(levels_left) => Ok(Self { levels_left, ..self }),
            None => Err(E::custom(format_args!("must not nest deeper than {MAX_NESTING} levels"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    #[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers are f64: a larger one never was exact")]
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers are f64: a larger one never was exact")]
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(if self.in_list { Value::Text(text.to_owned()) } else { Value::of_text(text) })
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let deeper = Self { in_list: true, ..self.deeper()? };
        let (mut items, mut bytes) = (Vec::new(), 0);
        while let Some(item) = seq.next_element_seed(deeper)? {
            bytes += item.canonical_length();
            items.push(item);
            if !self.in_list && bytes > CONDENSED_BYTES {
                return read_rest(deeper, &items, seq);
            }
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut members: Vec<(String, Value)> = Vec::new();
        while let Some(name) = map.next_key()? {
            members.push((name, map.next_value_seed(deeper)?));
        }
        sort_and_refuse_duplicates(&mut members)?;
        Ok(Value::Map(members))
    }
}

/// Reads the rest of a list of which so much was read that it is condensed.
fn read_rest<'de, A: SeqAccess<'de>>(level: Nested, begun: &[Value], mut seq: A) -> Result<Value, A::Error> {
    let mut list = LargeList::new(begun);
    while seq.next_element_seed(Item { level, list: &mut list })?.is_some() {}
    Ok(list.condensed())
}

/// Reads an item into a large list. A text is not made for that.
struct Item<'a> {
    level: Nested,
    list: &'a mut LargeList,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Item<'_> {
    fn push<E>(self, item: Result<Value, E>) -> Result<(), E> {
        self.list.push(&item?);
        Ok(())
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.level.expecting(f)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        let item = self.level.visit_unit();
        self.push(item)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<(), E> {
        let item = self.level.visit_bool(yes);
        self.push(item)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        let item = self.level.visit_i64(number);
        self.push(item)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        let item = self.level.visit_u64(number);
        self.push(item)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        let item = self.level.visit_f64(number);
        self.push(item)
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.list.push_text(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        let item = self.level.visit_seq(seq);
        self.push(item)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let item = self.level.visit_map(map);
        self.push(item)
    }
}

/// Sorts members by name, and refuses two with the same name.
///
/// # Errors
/// The first name that is there twice.
pub fn sort_and_refuse_duplicates<Name: AsRef<str> + Ord, T, E: Error>(members: &mut [(Name, T)]) -> Result<(), E> {
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    match members.array_windows().find(|[(a, _), (b, _)]| a == b) {
        Some([(name, _), _]) => Err(duplicate(name.as_ref())),
        None => Ok(()),
    }
}

/// The refusal of a name that is there twice.
#[must_use]
pub fn duplicate<E: Error>(name: &str) -> E {
    E::custom(format_args!("duplicate field `{}`", shorten(name)))
}

/// At most 40 characters of a name that a stranger chose, for an error message.
fn shorten(name: &str) -> String {
    name.chars().take(40).filter(|it| !it.is_control()).collect()
}
