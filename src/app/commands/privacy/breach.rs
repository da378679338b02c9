//! Who may be affected by a breach: Article 33 of the GDPR.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    app::{
        commands::privacy::paper::Paper, compose::Foundation, fault::Fault, noting::note,
        privacy_arguments::BreachArguments,
    },
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        privacy::audit::Action,
        tenant::api_key::{ApiKeyRecord, Scope},
        time::Timestamp,
    },
    ports::Unavailable,
    wire::time,
};

/// How many logins are read at once.
const PAGE: usize = 500;

/// The persons of a tenant whose logins are within the span, and how many logins each has.
type Persons = BTreeMap<String, u64>;

/// Counts and writes it.
///
/// # Errors
/// The store does not answer, or there is no such key.
pub async fn write(foundation: &Foundation, arguments: &BreachArguments) -> Result<String, Fault> {
    let keys = foundation.api_keys().list().await?;
    let stolen = arguments.key_stolen.as_ref().map(|id| find(&keys, id)).transpose()?;
    let of_one = stolen.map(|it| &it.tenant).or(arguments.tenant.as_ref());
    let tenants: BTreeSet<&TenantId> =
        of_one.map_or_else(|| keys.iter().map(|it| &it.tenant).collect(), |it| [it].into());
    let now = foundation.clock.now();
    let (from, to) = (arguments.from.unwrap_or(Timestamp::from_unix_ms(0)), arguments.to.unwrap_or(now));
    let mut paper = Paper::titled("Breach: who may be affected");
    paper.line(&format!("\nArticle 33 GDPR. Written on {}.", time::to_text(now)));
    paper.heading("What was asked");
    paper.list([
        span(arguments),
        match of_one {
            Some(tenant) => format!("Tenant: {}", tenant.as_str()),
            None => "Every tenant that has an API key".to_owned(),
        },
    ]);
    if let Some(key) = stolen {
        tell_key(&mut paper, key);
    }
    paper.heading("Persons and logins");
    let mut found = Vec::new();
    for tenant in tenants {
        found.push((tenant, persons(foundation, tenant, from..to).await?));
    }
    let count = |persons: &Persons| [persons.len().to_string(), persons.values().sum::<u64>().to_string()];
    paper.table(
        ["tenant", "persons", "logins"],
        found.iter().map(|(tenant, persons)| {
            let [people, logins] = count(persons);
            [tenant.as_str().to_owned(), people, logins]
        }),
    );
    paper.line("\nPersons are counted by the logins of that time that are still kept; a person whose logins are older may be affected too.");
    if arguments.list {
        for (tenant, persons) in &found {
            note(foundation, tenant, Action::Breach, None).await?;
            paper.heading(&format!("Persons of {}", tenant.as_str()));
            paper.table(["user", "logins"], persons.iter().map(|(user, logins)| [user.clone(), logins.to_string()]));
        }
    }
    Ok(paper.finish())
}

fn find<'a>(keys: &'a [ApiKeyRecord], id: &str) -> Result<&'a ApiKeyRecord, Fault> {
    let known = keys.iter().find(|it| it.id == id);
    known.ok_or_else(|| Fault::Partly(format!("there is no key `{id}`: see `watchlight keys list`")))
}

fn span(arguments: &BreachArguments) -> String {
    let text = |at: Option<Timestamp>, otherwise: &str| at.map_or_else(|| otherwise.to_owned(), time::to_text);
    format!("Logins from {} to {}", text(arguments.from, "the oldest that is kept"), text(arguments.to, "now"))
}

/// What somebody who has the key could do.
fn tell_key(paper: &mut Paper, key: &ApiKeyRecord) {
    let scopes: Vec<&str> = key.scopes.iter().map(|it| it.as_str()).collect();
    let until = key.revoked_at.map_or_else(
        || "**it is not revoked**: `watchlight keys revoke` does that now".to_owned(),
        |at| format!("revoked at {}", time::to_text(at)),
    );
    paper.list([
        format!("Key {}, created at {}; {until}", key.id, time::to_text(key.created_at)),
        format!("It allows: {}", scopes.join(", ")),
    ]);
    let reads = [Scope::LoginsRead, Scope::PrivacyRead];
    let meaning = if reads.iter().any(|it| key.scopes.contains(it)) {
        "Whoever has it could read all that is kept of every person of the tenant."
    } else if key.scopes == [Scope::LoginsWrite] {
        "Whoever has it could post logins, and so have warnings sent and devices learned; they could read nothing but the verdicts."
    } else {
        "Whoever has it could do what its scopes say for every person of the tenant, and could not list logins."
    };
    paper.list([meaning]);
}

/// Reads through a tenant's logins of a time.
async fn persons(
    foundation: &Foundation,
    tenant: &TenantId,
    span: std::ops::Range<Timestamp>,
) -> Result<Persons, Unavailable> {
    let mut found = Persons::new();
    let from = LoginId::first_at(span.start);
    let mut end = LoginId::first_at(span.end);
    loop {
        let page = foundation.store.logins(tenant, &LoginIndex::Time, from..end, PAGE).await?;
        for login in &page {
            *found.entry(login.user.as_str().to_owned()).or_default() += 1;
        }
        match page.last().map(|it: &LoginRecord| it.id) {
            Some(last) => end = last,
            None => return Ok(found),
        }
    }
}
