//! Reads what a script measured from JSON straight into the domain's values. Refuses duplicate names and endless
//! nesting.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use crate::{
    domain::login::{components::Components, value::Value},
    wire::components::nested::{MAX_NESTING, Nested, duplicate, sort_and_refuse_duplicates},
};

/// How many levels deep `client.fingerprint` may nest: two levels are above it.
const MAX_FINGERPRINT_NESTING: usize = MAX_NESTING - 2;
/// Room for the components of a FingerprintJS result.
const USUAL_COMPONENTS: usize = 48;

/// `client.fingerprint`: the result of FingerprintJS, unchanged, or a flat object of named values.
#[derive(Clone, Debug, Default)]
pub struct FingerprintRequest(pub Components);

impl<'de> Deserialize<'de> for FingerprintRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = IfObject::<ScriptResult>::new(Nested::new(MAX_FINGERPRINT_NESTING));
        match object.deserialize(deserializer)? {
            Some(ScriptResult::Measured(values) | ScriptResult::Flat(values)) => Ok(Self(Components::new(values))),
            Some(ScriptResult::Odd) => Err(D::Error::custom("must have an object as its `components`")),
            None => Err(D::Error::custom("must be an object")),
        }
    }
}

/// What an object is read into, member by member: so that nothing is made that is not kept.
trait Object: Sized {
    /// Reads the members, whose values are at this level.
    fn read<'de, A: MapAccess<'de>>(level: Nested, map: A) -> Result<Self, A::Error>;
}

/// What a script said.
enum ScriptResult {
    /// The result of FingerprintJS: the components that have a value.
    Measured(Vec<(String, Value)>),
    /// A flat object of named values.
    Flat(Vec<(String, Value)>),
    /// Its `components` are no object.
    Odd,
}

impl Object for ScriptResult {
    fn read<'de, A: MapAccess<'de>>(level: Nested, mut map: A) -> Result<Self, A::Error> {
        let (mut components, mut flat) = (None, Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            if name != "components" {
                flat.push((name, map.next_value_seed(level)?));
            } else if components.replace(map.next_value_seed(IfObject::<Measured>::new(level))?).is_some() {
                return Err(duplicate(&name));
            }
        }
        sort_and_refuse_duplicates(&mut flat)?;
        Ok(match components {
            Some(Some(Measured(values))) => Self::Measured(values),
            Some(None) => Self::Odd,
            None => Self::Flat(flat),
        })
    }
}

/// The components that have a value, by name.
struct Measured(Vec<(String, Value)>);

impl Object for Measured {
    fn read<'de, A: MapAccess<'de>>(level: Nested, mut map: A) -> Result<Self, A::Error> {
        let mut components: Vec<(String, Option<Value>)> = Vec::with_capacity(USUAL_COMPONENTS);
        while let Some(name) = map.next_key()? {
            let component = map.next_value_seed(IfObject::<Component>::new(level))?;
            components.push((name, component.and_then(|it| it.value)));
        }
        sort_and_refuse_duplicates(&mut components)?;
        Ok(Self(components.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()))
    }
}

/// A name that is compared, and stays where it lies in the body if it can.
#[derive(Deserialize)]
struct MemberName<'a>(#[serde(borrow)] Cow<'a, str>);

/// One component: its `value`, if it has one. How long that took, or why it failed, is not kept.
struct Component {
    value: Option<Value>,
}

impl Object for Component {
    fn read<'de, A: MapAccess<'de>>(level: Nested, mut map: A) -> Result<Self, A::Error> {
        let (mut value, mut others) = (None, Vec::new());
        while let Some(MemberName(name)) = map.next_key()? {
            let member = map.next_value_seed(level)?;
            if name != "value" {
                others.push((name, ()));
            } else if value.replace(member).is_some() {
                return Err(duplicate(&name));
            }
        }
        sort_and_refuse_duplicates(&mut others)?;
        Ok(Self { value })
    }
}

/// Reads an object as `T`, and anything else as `None`.
struct IfObject<T>(Nested, PhantomData<T>);

impl<T> IfObject<T> {
    const fn new(level: Nested) -> Self {
        Self(level, PhantomData)
    }
}

impl<'de, T: Object> DeserializeSeed<'de> for IfObject<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Object> Visitor<'de> for IfObject<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        self.0.visit_seq(seq).map(|_| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::read(self.0.deeper()?, map).map(Some)
    }
}

/// `client.headers`: texts by name, in lower case. One that is null counts as absent.
#[derive(Clone, Debug, Default)]
pub struct HeadersRequest(pub Vec<(String, String)>);

impl<'de> Deserialize<'de> for HeadersRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(String, Option<String>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((mut name, value)) = map.next_entry::<String, Option<String>>()? {
                    name.make_ascii_lowercase();
                    members.push((name, value));
                }
                sort_and_refuse_duplicates(&mut members)?;
                Ok(members)
            }
        }
        let members = deserializer.deserialize_map(Members)?;
        Ok(Self(members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Components, String> {
        serde_json::from_str::<FingerprintRequest>(json).map(|it| it.0).map_err(|it| it.to_string())
    }

    #[test]
    fn both_forms_mean_the_same() {
        let flat = read(r#"{"b":[1,-2,0.5],"a":{"z":true,"y":"x"},"c":null}"#).unwrap();
        let measured = r#"{"version":"5.2.0","visitorId":"v","components":{
            "a":{"value":{"y":"x","z":true},"duration":3},"b":{"value":[1,-2,0.5]},"d":{"error":"timeout"}}}"#;
        assert_eq!(flat, read(measured).unwrap());
        let names: Vec<&str> = flat.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(flat.get("a").unwrap().get("y").unwrap().text(), Some("x"), "members are sorted");
    }

    #[test]
    fn what_is_large_is_read_as_if_it_were_condensed_later() {
        let recorded = include_str!("../../../tests/data/fingerprintjs/fingerprintjs_5_chromium.json");
        let large = r#"{"components":{"a":{"value":["x",1,true,null,{"name":"n","b":[2]},["y"],{"c":"d"},"PICTURE"]},"b":{"value":"PICTURE"},
            "c":{"value":{"d":["PICTURE","e"],"f":{"g":"PICTURE","h":"small"}}},"i":{"value":["PICTURE",{"name":"j"},"k",-0.0,[["l"]]]}}}"#;
        for length in [1, 200, 246, 247, 251, 252, 300, 5_000] {
            for json in [
                recorded.to_owned(),
                large.replace("PICTURE", &"é".repeat(length / 2 + 1)),
                large.replace("PICTURE", &"p".repeat(length)),
            ] {
                let whole: serde_json::Value = serde_json::from_str(&json).unwrap();
                for (name, component) in whole["components"].as_object().unwrap() {
                    let later = component.get("value").map(plain).filter(|it| *it != Value::Null).map(Value::condensed);
                    assert_eq!(read(&json).unwrap().get(name), later.as_ref(), "{name}, {length}");
                }
            }
        }
    }

    /// A value of which nothing is condensed.
    fn plain(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(yes) => Value::Bool(*yes),
            serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap()),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(items) => Value::List(items.iter().map(plain).collect()),
            serde_json::Value::Object(members) => {
                let mut members: Vec<_> = members.iter().map(|(name, it)| (name.clone(), plain(it))).collect();
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                Value::Map(members)
            }
        }
    }

    #[test]
    fn what_is_ambiguous_or_endless_is_refused() {
        assert!(read(r#"{"a":{"x":1,"y":2,"x":1}}"#).unwrap_err().contains("duplicate field `x`"));
        assert!(read(r#"{"a":1,"a":1}"#).unwrap_err().contains("duplicate field `a`"));
        let nested = |levels: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        assert!(read(&nested(MAX_FINGERPRINT_NESTING - 1)).is_ok());
        assert!(read(&nested(MAX_FINGERPRINT_NESTING)).unwrap_err().contains("deeper than 16"));
        assert!(read(&nested(100_000)).is_err());
        for wrong in ["[]", "1", "\"x\"", "{\"a\":1e999}", "{\"a\":NaN}", r#"{"a":"\ud800"}"#, "{\"a\":\"\u{1}\"}"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers_are_texts_by_name_and_none_comes_twice() {
        let read = |json| serde_json::from_str::<HeadersRequest>(json).map(|it| it.0);
        assert_eq!(
            read(r#"{"B":"2","a":"1","c":null}"#).unwrap(),
            [("a", "1"), ("b", "2")].map(|(a, b)| (a.into(), b.into()))
        );
        for wrong in [r#"{"a":"1","a":"2"}"#, r#"{"a":"1","A":"2"}"#, r#"{"a":["1"]}"#, "[]", "\"x\""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
