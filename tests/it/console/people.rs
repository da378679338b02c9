//! Operators of the tests, and browsers that they use.

use watchlight::{
    domain::{
        ids::TenantId,
        operator::{
            operator::Operator,
            role::{Role, Sees},
        },
    },
    service::operator::operators::Candidate,
};

use crate::http::server::{Answer, CHROME, Client, Server};

pub const PASSWORD: &str = "correct horse battery staple";

pub fn tenant(name: &str) -> TenantId {
    TenantId::parse(name).unwrap()
}

pub fn sees(tenants: &[&str]) -> Sees {
    Sees::of(tenants.iter().map(|it| tenant(it)).collect())
}

/// Invites somebody; the path of the link.
pub fn invite(server: &Server, email: &str, role: Role, tenants: &[&str]) -> String {
    let secret = *blake3::hash(format!("{email} {role:?} {}", server.clock_now().unix_ms()).as_bytes()).as_bytes();
    let candidate = Candidate { email: email.to_owned(), role, sees: sees(tenants) };
    let (_, token) = server.run(server.process.operators().invite(candidate, None, secret)).unwrap();
    format!("/console/invitation/{}", token.reveal())
}

/// An operator who has taken up an invitation, without the pages.
pub fn joined(server: &Server, email: &str, role: Role, tenants: &[&str]) -> Operator {
    let operators = server.process.operators();
    let candidate = Candidate { email: email.to_owned(), role, sees: sees(tenants) };
    server.run(async {
        let (_, token) = operators.invite(candidate, None, [3; 32]).await.unwrap();
        operators.join(&token, PASSWORD.to_owned(), [4; 16]).await.unwrap().unwrap()
    })
}

/// A browser of this operator who has signed in, without the pages.
pub fn signed_in(server: &Server, operator: &Operator) -> Client {
    let secret = *blake3::hash(&operator.id.0).as_bytes();
    let token = server.run(server.process.operators().begin(operator, secret)).unwrap();
    browser(server).with("Cookie", &format!("watchlight={}", token.reveal()))
}

/// A browser that shows pages of ours and sends their forms.
pub fn browser(server: &Server) -> Client {
    server
        .stranger()
        .with("User-Agent", CHROME)
        .with("Sec-Fetch-Site", "same-origin")
        .with("Content-Type", "application/x-www-form-urlencoded")
}

/// Where an answer leads, without what it tells of that was done.
pub fn led(answer: &Answer) -> Option<String> {
    let place = answer.header("location")?;
    let Some((before, token)) = place.split_once("done=") else { return Some(place.to_owned()) };
    assert_eq!(token.len(), 43, "{place}");
    Some(before.trim_end_matches(['?', '&']).to_owned())
}

/// A form as browsers send it.
pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// What a browser sends back of the cookies of an answer.
pub fn cookies(answer: &Answer) -> String {
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    set.filter_map(|(_, it)| it.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// Signs in by the page.
pub fn sign_in(server: &Server, email: &str, password: &str) -> Answer {
    browser(server).post("/console/login", form(&[("email", email), ("password", password), ("next", "")]))
}
