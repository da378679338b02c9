//! Notes on logins.

use serde_json::{Value, json};
use watchlight::domain::{
    tenant::api_key::Scope::{self, DevicesWrite, LoginsRead, LoginsWrite, PrivacyRead, PrivacyWrite},
    time::MINUTE_MS,
};

use super::person::send;
use crate::http::server::{CHROME, Client, Server, login};

fn logged_in(client: &Client, user: &str) -> String {
    client.login(&login(user, CHROME)).value()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_note_is_written_once_and_read_by_who_may() {
    let server = Server::start();
    let id = logged_in(&server.client(), "ana");
    let path = format!("/v1/logins/{id}/notes");
    let note =
        |scopes: &[Scope], text: &str| send(&server.client_of("acme", scopes), "POST", &path, &json!({"text": text}));
    let first = note(&[DevicesWrite], "Called back:\nit was her.");
    assert_eq!((first.status, &first.value()["login"]), (201, &json!(id)));
    assert_eq!(first.value()["created_at"], "2026-11-22T10:00:00.000Z");
    assert!(first.value()["id"].as_str().unwrap().starts_with("nte_"));
    server.clock.set(server.clock_now().plus_ms(MINUTE_MS));
    let again = note(&[DevicesWrite], "Called back:\nit was her.");
    assert_eq!((again.status, again.value()), (200, first.value()), "the same of the same key is one note");
    assert_eq!(note(&[PrivacyWrite], "Called back:\nit was her.").status, 201, "by another key it is another");
    let authors = |scope| {
        let notes = server.client_of("acme", &[scope]).get(&path).value()["data"].as_array().unwrap().clone();
        notes.iter().map(|it| it["author"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(authors(LoginsRead), authors(PrivacyRead));
    assert_eq!((authors(LoginsRead).len(), &authors(LoginsRead)[0]), (2, &first.value()["author"]));
    note(&[LoginsWrite, LoginsRead], "x").problem(403, "insufficient_scope");
}

#[test]
fn what_is_no_note_is_refused() {
    let server = Server::start();
    let client = server.client();
    let id = logged_in(&client, "ana");
    let path = format!("/v1/logins/{id}/notes");
    for body in [json!({}), json!({"text": ""}), json!({"text": "a\u{0}b"}), json!({"text": "x".repeat(4097)})] {
        let answer = send(&client, "POST", &path, &body);
        answer.problem(422, "invalid_field");
        assert_eq!(answer.value()["field"], "text");
    }
    send(&client, "POST", &path, &json!({"text": "x", "by": "me"})).problem(400, "unexpected_field");
    let other = server.client_of("other", &Scope::ALL);
    send(&other, "POST", &path, &json!({"text": "x"})).problem(404, "not_found");
    other.get(&path).problem(404, "not_found");
    assert_eq!(client.get(&path).value()["data"], json!([]));
    for number in 0..100 {
        assert_eq!(send(&client, "POST", &path, &json!({"text": number.to_string()})).status, 201);
    }
    send(&client, "POST", &path, &json!({"text": "one more"})).problem(409, "note_limit_reached");
}
