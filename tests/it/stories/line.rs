//! The language of the stories: one event a line.
//!
//! ```text
//! [DAY.]HH:MM[@[DAY.]HH:MM] USER PLACE BROWSER [WORD…]     a login; after @ when it is received, if not at once
//! [DAY.]HH:MM USER confirms|denies|removes LINE            what is said of the device of an earlier login
//! ```
//! Words: `docked`, `upgraded`, `private`, `blurred`, `travelled` (its clock), `machine-N`, `headers` (no script), `failed`, `token-N` (the token
//! that line N was given), `no-email`, `imported`.

use watchlight::{
    domain::{
        login::{
            components::Components,
            login::{ClientDraft, LoginDraft, UserDraft},
        },
        time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    },
    service::login::intake::Purpose,
};

use crate::stories::world::{Atlas, Browser, Circumstances, components};

/// Day 0 of every story: 2026-11-01T00:00:00Z.
const DAY_0: Timestamp = Timestamp::from_unix_ms(1_793_491_200_000);

/// One event.
pub struct Event {
    /// When we hear of it.
    pub received_at: Timestamp,
    pub user: String,
    pub what: What,
}

pub enum What {
    Login(Box<Login>),
    /// What the user says (the word), and of the device of which line, from 1.
    Said(String, usize),
}

pub struct Login {
    pub draft: LoginDraft,
    pub purpose: Purpose,
    /// The line whose device token it brings, from 1.
    pub token_of: Option<usize>,
}

/// Reads a line.
pub fn parse(line: &str, atlas: &Atlas) -> Event {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [times, user, rest @ ..] = words.as_slice() else { panic!("no event: {line}") };
    let (occurred, received) = times.split_once('@').unwrap_or((times, times));
    let (received_at, user) = (time(received), (*user).to_owned());
    let what = match rest {
        [said @ ("confirms" | "denies" | "removes"), of] => What::Said((*said).to_owned(), of.parse().unwrap()),
        [place, browser, words @ ..] => {
            let mut login = login(&user, atlas.address(place).to_string(), Browser::parse(browser), words);
            login.draft.occurred_at = Some(time(occurred));
            What::Login(Box::new(login))
        }
        _ => panic!("no event: {line}"),
    };
    Event { received_at, user, what }
}

fn login(user: &str, ip: String, browser: Browser<'_>, words: &[&str]) -> Login {
    let user =
        UserDraft { id: Some(user.to_owned()), email: Some(format!("{user}@example.com")), ..UserDraft::default() };
    let headers = vec![("Accept-Language".to_owned(), "fi-FI,fi;q=0.9,en;q=0.8".to_owned())];
    let client =
        ClientDraft { ip: Some(ip), user_agent: Some(browser.user_agent()), headers, ..ClientDraft::default() };
    let draft = LoginDraft { user, client, ..LoginDraft::default() };
    let mut login = Login { draft, purpose: Purpose::Live, token_of: None };
    let (mut seen, mut scripted) = (Circumstances::default(), true);
    for word in words {
        match word.split_once('-').unwrap_or((word, "")) {
            ("docked", _) => seen.docked = true,
            ("upgraded", _) => seen.upgraded = true,
            ("private", _) => seen.private = true,
            ("blurred", _) => seen.blurred = true,
            ("travelled", _) => seen.travelled = true,
            ("machine", it) => seen.machine = it.parse().unwrap(),
            ("headers", _) => scripted = false,
            ("failed", _) => login.draft.outcome = Some("failure".to_owned()),
            ("token", it) => login.token_of = Some(it.parse().unwrap()),
            ("no", "email") => login.draft.user.email = None,
            ("imported", _) => login.purpose = Purpose::Import,
            _ => panic!("no such word: {word}"),
        }
    }
    login.draft.client.components = if scripted { components(browser, seen) } else { Components::default() };
    login
}

/// `HH:MM` of day 0, or `DAY.HH:MM`.
pub fn time(text: &str) -> Timestamp {
    let (day, clock) = text.split_once('.').unwrap_or(("0", text));
    let (hour, minute) = clock.split_once(':').unwrap_or_else(|| panic!("no time: {text}"));
    let number = |it: &str| it.parse::<i64>().unwrap_or_else(|_| panic!("no time: {text}"));
    DAY_0.plus_ms(number(day) * DAY_MS + number(hour) * HOUR_MS + number(minute) * MINUTE_MS)
}
