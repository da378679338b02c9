//! How a value may be written: in TOML by its type, and in a variable as text.

use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Value;

/// A number, also as text, as a variable has it.
///
/// # Errors
/// It is neither.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(i64),
        Text(String),
    }
    match Written::deserialize(deserializer) {
        Ok(Written::Number(number)) => Ok(Some(number)),
        Ok(Written::Text(text)) => {
            text.trim().parse().map(Some).map_err(|_| D::Error::custom("must be a whole number"))
        }
        Err(_) => Err(D::Error::custom("must be a whole number")),
    }
}

/// `true` or `false`, also as text, as a variable has it.
///
/// # Errors
/// It is neither.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer) {
        Ok(Value::Boolean(yes)) => Ok(Some(yes)),
        Ok(Value::String(text)) if text == "true" => Ok(Some(true)),
        Ok(Value::String(text)) if text == "false" => Ok(Some(false)),
        _ => Err(D::Error::custom("must be true or false")),
    }
}

/// A list of texts or numbers, also as one text with commas, as a variable has it.
///
/// # Errors
/// It is none of them.
pub fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<String>),
        Numbers(Vec<i64>),
        Text(String),
    }
    match Written::deserialize(deserializer) {
        Ok(Written::List(texts)) => Ok(Some(texts)),
        Ok(Written::Numbers(numbers)) => Ok(Some(numbers.iter().map(i64::to_string).collect())),
        Ok(Written::Text(text)) => {
            Ok(Some(text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()))
        }
        Err(_) => Err(D::Error::custom("must be a list")),
    }
}
