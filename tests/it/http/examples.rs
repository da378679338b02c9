//! The examples in the description: each call has one of what it is sent and of what it answers, and each is what it says.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;
use watchlight::{
    domain::{login::login::Invalid, time::Timestamp},
    http::{api::standing::searches::SearchRequest, description::description, routes::operations},
    wire::{
        inquiry::note::{NoteRequest, VerdictRequest},
        login_request::LoginRequest,
        mail_event::MailEventsRequest,
        operator::OperatorRequest,
        policy::PolicyBody,
        privacy::{
            person::{ContactRequest, ProcessingRequest},
            request::RequestOpening,
        },
        session::{ActivityRequest, SessionEndRequest},
        suppression::{AddressRequest, ResendRequest},
        webhook::WebhookRequest,
    },
};

/// What is sent or answered in one type of media, and where that stands.
struct Content {
    place: String,
    media_type: String,
    said: Value,
    is_request: bool,
}

fn described() -> Value {
    serde_json::to_value(description()).unwrap()
}

/// All that operations are sent and answer when they succeed, pages for people aside.
fn contents(described: &Value) -> Vec<Content> {
    let mut found = Vec::new();
    for operation in operations().iter().filter(|it| it.described) {
        let said = &described["paths"][operation.path][operation.method.as_str().to_lowercase()];
        let mut add = |what: &str, content: &Value, is_request| {
            for (media_type, content) in content.as_object().into_iter().flatten() {
                let place = format!("{} {} {what} {media_type}", operation.method, operation.path);
                let (media_type, said) = (media_type.clone(), content.clone());
                found.push(Content { place, media_type, said, is_request });
            }
        };
        add("request", &said["requestBody"]["content"], true);
        let answers = said["responses"].as_object().unwrap().iter();
        answers.filter(|(status, _)| status.starts_with('2')).for_each(|(status, answer)| {
            add(status, &answer["content"], false);
        });
    }
    found.retain(|it| it.media_type != "text/html");
    found
}

/// The schema that a reference leads to.
fn resolve<'a>(described: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => described.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

fn example(described: &Value, content: &Value) -> Option<Value> {
    let own = content.get("example");
    own.or_else(|| resolve(described, &content["schema"]).get("example")).cloned()
}

/// The members that a schema names, with their schemas, and those that there must be.
fn members<'a>(described: &'a Value, schema: &'a Value) -> (Vec<(&'a String, &'a Value)>, BTreeSet<&'a str>) {
    let schema = resolve(described, schema);
    let mut named: Vec<(&String, &Value)> = schema["properties"].as_object().into_iter().flatten().collect();
    let mut required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let (more, also) = members(described, part);
        named.extend(more);
        required.extend(also);
    }
    (named, required)
}

/// What is wrong with a value by its schema, each with its place.
fn wrong(described: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let schema = resolve(described, schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().any(|it| wrong(described, it, value, place).is_empty());
        return if fits { Vec::new() } else { vec![format!("{place}: {value} is none of {choices:?}")] };
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = types.is_empty() || types.contains(&is) || (is == "integer" && types.contains(&"number"));
    let mut problems = if fits { Vec::new() } else { vec![format!("{place}: {value} is no {types:?}")] };
    let number = value.as_f64();
    let outside = |limit: &str, beyond: fn(f64, f64) -> bool| {
        number.zip(schema[limit].as_f64()).is_some_and(|(it, limit)| beyond(it, limit))
    };
    if outside("minimum", |it, least| it < least) || outside("maximum", |it, most| it > most) {
        problems.push(format!("{place}: {value} is out of range"));
    }
    if let (Some(text), Some("date-time")) = (value.as_str(), schema["format"].as_str())
        && text.parse::<jiff::Timestamp>().is_err()
    {
        problems.push(format!("{place}: {text} is no time"));
    }
    for (number, entry) in value.as_array().into_iter().flatten().enumerate() {
        problems.extend(wrong(described, &schema["items"], entry, &format!("{place}[{number}]")));
    }
    let (named, required) = members(described, schema);
    if let (Value::Object(object), false) = (value, named.is_empty()) {
        problems
            .extend(required.iter().filter(|it| !object.contains_key(**it)).map(|it| format!("{place}.{it} lacks")));
        for (name, member) in object {
            match named.iter().find(|(known, _)| *known == name) {
                Some((_, schema)) => problems.extend(wrong(described, schema, member, &format!("{place}.{name}"))),
                None => problems.push(format!("{place}.{name} is not described")),
            }
        }
    }
    problems
}

#[test]
fn each_call_has_an_example_of_what_it_is_sent_and_of_what_it_answers() {
    let described = described();
    let contents = contents(&described);
    let lacks: Vec<&String> =
        contents.iter().filter(|it| example(&described, &it.said).is_none()).map(|it| &it.place).collect();
    assert!(lacks.is_empty(), "without an example: {lacks:#?}");
    assert!(contents.len() > 40);
}

#[test]
fn each_example_has_the_members_and_the_types_that_are_described() {
    let described = described();
    let problems: Vec<String> = contents(&described)
        .iter()
        .flat_map(|it| {
            let example = example(&described, &it.said).unwrap_or_default();
            wrong(&described, &it.said["schema"], &example, &it.place)
        })
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
    for name in ["MessageBody", "Problem"] {
        let schema = &described["components"]["schemas"][name];
        assert_eq!(wrong(&described, schema, &schema["example"], name), [""; 0]);
    }
}

#[test]
fn each_path_has_an_example_of_what_it_leaves_open() {
    let described = described();
    let lacks: Vec<String> = operations()
        .iter()
        .filter(|it| it.described)
        .flat_map(|it| {
            let said = &described["paths"][it.path][it.method.as_str().to_lowercase()];
            let parameters = said["parameters"].as_array().cloned().unwrap_or_default();
            let lacks = parameters.into_iter().filter(|it| it["in"] == "path" && it.get("example").is_none());
            lacks.map(|parameter| format!("{} {}: {}", it.method, it.path, parameter["name"])).collect::<Vec<_>>()
        })
        .collect();
    assert!(lacks.is_empty(), "{lacks:#?}");
}

/// Reads an example as the service reads a request.
fn read<T: DeserializeOwned>(example: &Value, make: impl FnOnce(T) -> Result<(), Invalid>) {
    let request: T = serde_json::from_value(example.clone()).unwrap_or_else(|fault| panic!("{fault}: {example}"));
    make(request).unwrap_or_else(|invalid| panic!("{invalid:?}: {example}"));
}

#[test]
fn each_example_of_a_request_is_read_as_one() {
    let described = described();
    let now = Timestamp::from_unix_ms(1_795_400_000_000);
    let mut read_types = BTreeSet::new();
    for it in contents(&described).iter().filter(|it| it.is_request) {
        // The schema, or that of what may be absent.
        let schema = it.said["schema"].to_string();
        let name = schema.split("#/components/schemas/").nth(1).unwrap_or_default();
        let name = name.chars().take_while(char::is_ascii_alphabetic).collect::<String>();
        let example = example(&described, &it.said).unwrap();
        match name.as_str() {
            "LoginRequest" => read(&example, |it: LoginRequest| it.into_draft().map(drop)),
            "ActivityRequest" => read(&example, |it: ActivityRequest| it.into_draft().map(drop)),
            "SessionEndRequest" => read(&example, |it: SessionEndRequest| it.into_parts(now).map(drop)),
            "PolicyBody" => read(&example, |it: PolicyBody| it.replaced().and(it.into_change().map(drop))),
            "AddressRequest" => read(&example, |it: AddressRequest| it.into_address().map(drop)),
            "ResendRequest" => read(&example, |it: ResendRequest| it.into_address().map(drop)),
            "MailEventsRequest" => read(&example, |it: MailEventsRequest| it.into_reports().map(drop)),
            "NoteRequest" => read(&example, |it: NoteRequest| it.into_text().map(drop)),
            "VerdictRequest" => read(&example, |it: VerdictRequest| it.into_decision().map(drop)),
            "ContactRequest" => read(&example, |it: ContactRequest| it.into_change().checked().map(drop)),
            "ProcessingRequest" => read(&example, |it: ProcessingRequest| it.into_wish().map(drop)),
            "RequestOpening" => read(&example, |it: RequestOpening| it.into_kind().map(drop)),
            "SearchRequest" => read(&example, |it: SearchRequest| it.into_asked().map(drop)),
            "OperatorRequest" => read(&example, |it: OperatorRequest| it.into_parts().map(drop)),
            "WebhookRequest" => read(&example, |it: WebhookRequest| it.into_change().map(drop)),
            _ => assert_eq!(it.media_type, "application/x-www-form-urlencoded", "{}", it.place),
        }
        read_types.insert(name);
    }
    assert_eq!(read_types.len(), 18, "{read_types:?}");
}

#[test]
fn what_is_wrong_with_an_example_is_found() {
    let described = described();
    let schema = &described["components"]["schemas"]["LoginDetail"];
    let sound = schema["example"].clone();
    assert_eq!(wrong(&described, schema, &sound, "login"), [""; 0]);
    let faults: [(&str, Value, &str); 5] = [
        ("/device/score", 2.into(), "login.device.score: 2 is out of range"),
        ("/device/changed", "x".into(), "login.device.changed"),
        ("/occurred_at", "yesterday".into(), "login.occurred_at: yesterday is no time"),
        ("/session", serde_json::json!({"id": 1}), "login.session"),
        ("/evidence/attributes/0/bits", Value::Null, "login.evidence"),
    ];
    for (pointer, value, expected) in faults {
        let mut wrongly = sound.clone();
        *wrongly.pointer_mut(pointer).unwrap() = value;
        let problems = wrong(&described, schema, &wrongly, "login");
        assert!(problems.iter().any(|it| it.starts_with(expected)), "{pointer}: {problems:?}");
    }
    let mut lacking = sound.clone();
    lacking.as_object_mut().unwrap().remove("risk");
    lacking["risc"] = Value::Null;
    let problems = wrong(&described, schema, &lacking, "login");
    assert_eq!(problems, ["login.risk lacks", "login.risc is not described"]);
}
