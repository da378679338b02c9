//! Pages of a list, and cursors: where the next page starts, signed, so that one goes only with the list that it came from.

use std::{
    collections::HashSet,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use crate::{
    domain::{
        history::login_record::{LoginFilter, LoginRecord},
        ids::{LoginId, TenantId, UserId},
        keyring::Keyring,
        privacy::audit::Subject,
        search::{field::Field, parser::parse_answerable, query::Query, value::Value},
        tokens::{self, PagedList},
    },
    http::door::{
        argument::Argument,
        audited::{Admitted, Note},
        fault::Fault,
        problem::Kind,
        query::{Parameters, Question},
        state::State,
    },
    service::history::beside::LOOKED_UP,
};

/// A list that can be read by page.
pub trait Listed: Sized {
    /// Takes out what is asked of the list.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(request: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault>;

    /// What its cursors are signed with: which list it is, and what `asked` of it. Another text makes the cursors worthless
    /// that callers hold.
    fn signed(&self, asked: &str) -> String;

    /// Whose entries are asked for, if it is one user's.
    fn user(&self) -> Option<&UserId> {
        None
    }
}

/// A search of past logins, by parameters, by `q`, or by both.
pub struct Searched {
    /// What is asked.
    pub query: Query,
    /// Whether a part of it was asked by `q`.
    pub by_language: bool,
}

impl Listed for Searched {
    fn read(request: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        let by_parameters = Query::from(&LoginFilter::read(parameters)?);
        let Some(text) = parameters.take("q") else { return Ok(Self { query: by_parameters, by_language: false }) };
        let now = State::of(request)?.clock.now();
        let asked = parse_answerable(&text, now, LOOKED_UP).map_err(|fault| Fault::query("q", fault))?;
        check_bounds(&asked)?;
        Ok(Self { query: by_parameters.and(asked), by_language: true })
    }

    fn signed(&self, asked: &str) -> String {
        format!("logins?{asked}")
    }

    fn user(&self) -> Option<&UserId> {
        if let Some(Value::User(user)) = self.query.only(Field::User) { Some(user) } else { None }
    }
}

impl Searched {
    /// The cursor of this call of the API, for whoever asks for this `q` alone: of the page that starts below a login.
    #[must_use]
    pub fn cursor(keyring: &Keyring, tenant: &TenantId, q: &str, before: LoginId) -> String {
        let asked = Parameters::from([("q".to_owned(), q.to_owned())]).question();
        let question = Self { query: Query::default(), by_language: true }.signed(&asked);
        tokens::cursor(keyring, PagedList { tenant, question: &question }, before.0)
    }

    /// The search in its canonical form, if a part of it was asked by `q`.
    #[must_use]
    pub fn canonical(&self) -> Option<String> {
        self.by_language.then(|| self.query.to_string())
    }

    /// Those of some users whom an answer names, each once, beside the one whom the search is about: for the audit.
    #[must_use]
    pub fn others<'a>(&self, named: impl Iterator<Item = &'a UserId>) -> Vec<UserId> {
        named_once(named.filter(|it| self.user() != Some(*it)))
    }

    /// Whose logins were found, if one user's were and the query names something of one user: then it was about that user.
    #[must_use]
    pub fn one_of<'a>(&self, found: &[&'a LoginRecord]) -> Option<&'a UserId> {
        const OF_ONE: [Field; 6] =
            [Field::Session, Field::Reference, Field::Login, Field::Alert, Field::Device, Field::Email];
        let names_one = OF_ONE.into_iter().any(|it| self.query.only(it).is_some());
        let (first, rest) = found.split_first().filter(|_| names_one)?;
        rest.iter().all(|it| it.user == first.user).then_some(&first.user)
    }
}

/// Users, each once.
#[must_use]
pub fn named_once<'a>(users: impl Iterator<Item = &'a UserId>) -> Vec<UserId> {
    let mut seen = HashSet::new();
    users.filter(|it| seen.insert(*it)).cloned().collect()
}

/// How many e-mail addresses a search has at most.
const MAX_EMAILS: usize = 16;

/// What is looked up one by one is bounded.
fn check_bounds(query: &Query) -> Result<(), Fault> {
    if query.emails().count() > MAX_EMAILS {
        return Err(Fault::parameter("q", "must have at most 16 e-mail addresses"));
    }
    if query.likes().count() > 1 {
        return Err(Fault::parameter("q", "must have one login behind `like` at most"));
    }
    Ok(())
}

/// One page of a list of the caller's tenant.
pub struct Page<L> {
    /// What is asked of the list.
    pub list: L,
    /// How many entries it has at most: 1 to 500.
    pub limit: usize,
    /// Below which entry it starts; none at the list's start.
    pub before: Option<[u8; 16]>,
    cursors: Cursors,
}

impl<L: Listed> Page<L> {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let mut parameters = Parameters::of(request)?;
        let (limit, cursor) = (parameters.limit()?, parameters.take("cursor"));
        let asked = parameters.question();
        let list = L::read(request, &mut parameters)?;
        parameters.finish()?;
        let cursors = Cursors::of(request, list.signed(&asked))?;
        let before = cursor.map(|cursor| cursors.read(&cursor)).transpose()?;
        let note = Note::of(request);
        note.about(list.user().cloned().map(Subject::user));
        note.query(request.query_string());
        Ok(Self { list, limit, before, cursors })
    }

    /// The cursor of the page that starts below this entry in another list, by what that one's cursors are signed with.
    #[must_use]
    pub fn cursor_in(&self, question: &str, before: [u8; 16]) -> String {
        tokens::cursor(&self.cursors.keyring, PagedList { tenant: &self.cursors.tenant, question }, before)
    }

    /// The cursor of the page that starts below this entry.
    #[must_use]
    pub fn cursor(&self, before: [u8; 16]) -> String {
        self.cursors.write(before)
    }
}

impl<L: Listed> FromRequest for Page<L> {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl<L> Argument for Page<L> {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

/// A search of the caller's tenant of which everything is asked for, and not a page.
pub struct Whole(pub Searched);

impl Whole {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let mut parameters = Parameters::of(request)?;
        let searched = Searched::read(request, &mut parameters)?;
        parameters.finish()?;
        let note = Note::of(request);
        note.about(searched.user().cloned().map(Subject::user));
        note.query(request.query_string());
        Ok(Self(searched))
    }
}

impl FromRequest for Whole {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for Whole {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

/// What cursors are bound to.
struct Cursors {
    keyring: Keyring,
    /// Whose list it is.
    tenant: TenantId,
    /// Which list it is, and what is asked of it.
    question: String,
}

impl Cursors {
    /// Those of a list of whoever was let in.
    fn of(request: &HttpRequest, question: String) -> Result<Self, Fault> {
        let keyring = State::of(request)?.keyring.clone();
        let tenant = request.extensions().get::<Admitted>().map(|admitted| admitted.tenant.clone());
        let tenant = tenant.ok_or_else(|| Fault::internal(&"a list without a caller"))?;
        Ok(Self { keyring, tenant, question })
    }

    fn write(&self, position: [u8; 16]) -> String {
        tokens::cursor(&self.keyring, self.list(), position)
    }

    /// Fails where a cursor is not one that this list gave.
    fn read(&self, cursor: &str) -> Result<[u8; 16], Fault> {
        let refused = || Fault::parameter("cursor", "must be the `next_cursor` of the same request");
        tokens::read_cursor(&self.keyring, self.list(), cursor).ok_or_else(refused)
    }

    fn list(&self) -> PagedList<'_> {
        PagedList { tenant: &self.tenant, question: &self.question }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_with_its_own_list_only() {
        let keyring = Keyring::new([1; 32]);
        let (acme, other) = (TenantId::parse("acme").unwrap(), TenantId::parse("other").unwrap());
        let list = |tenant: &TenantId, question: &str| Cursors {
            keyring: keyring.clone(),
            tenant: tenant.clone(),
            question: question.to_owned(),
        };
        let cursor = list(&acme, "a").write([9; 16]);
        assert_eq!(list(&acme, "a").read(&cursor).unwrap(), [9; 16]);
        assert!(list(&acme, "b").read(&cursor).is_err());
        assert!(list(&other, "a").read(&cursor).is_err());
        for at in 0..cursor.len() {
            let mut forged = cursor.clone();
            forged.replace_range(at..=at, if &cursor[at..=at] == "A" { "B" } else { "A" });
            assert!(list(&acme, "a").read(&forged).is_err(), "{at}");
        }
        assert!(list(&acme, "a").read("").is_err() && list(&acme, "a").read("é").is_err());
    }
}
