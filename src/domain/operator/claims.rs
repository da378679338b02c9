//! What the issuer of operators' identities says of somebody who has signed in there, and whether that is worth anything here
//! (`OpenID` Connect Core 1.0, 3.1.3.7).

use crate::domain::{
    ids::TenantId,
    login::login::is_email_address,
    operator::role::{Role, Sees},
    time::{MINUTE_MS, Timestamp},
    tokens::same,
};

/// So much may the issuer's clock and ours differ.
const SKEW_MS: i64 = MINUTE_MS;
/// An identity older than this was not handed out for this sign-in.
const LONGEST_AGO_MS: i64 = 10 * MINUTE_MS;
/// Longest name of an account at the issuer, in bytes (Core 1.0, 2).
const MAX_SUBJECT_BYTES: usize = 255;

/// What an identity says whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `iss`
    pub issuer: String,
    /// `sub`: what the issuer calls the account.
    pub subject: String,
    /// `aud`
    pub audiences: Vec<String>,
    /// `azp`
    pub authorized_party: Option<String>,
    /// `iat`
    pub issued_at: Timestamp,
    /// `exp`
    pub expires_at: Timestamp,
    /// `nonce`
    pub nonce: Option<String>,
    /// `email`
    pub email: Option<String>,
    /// `email_verified`; `None` if the issuer does not say.
    pub is_email_verified: Option<bool>,
    /// The values of the claim that has the role.
    pub roles: Vec<String>,
    /// Those of the claim that has the tenants; `None` if none is asked for.
    pub tenants: Option<Vec<String>>,
}

/// What was asked of the issuer.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Which issuer.
    pub issuer: &'a str,
    /// As which client.
    pub client_id: &'a str,
    /// What ties the identity to this sign-in.
    pub nonce: &'a str,
}

/// Somebody who is known by the issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What the issuer calls the account.
    pub subject: String,
    /// The e-mail address.
    pub email: String,
    /// The highest of the roles that are ours; `None` if none is.
    pub role: Option<Role>,
    /// Whose data they see; `None` if the issuer is not asked that.
    pub sees: Option<Sees>,
}

/// Why an identity is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Worthless {
    /// It is another issuer's.
    #[error("it is of another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("it is for another client")]
    Audience,
    /// It has expired.
    #[error("it has expired")]
    Expired,
    /// It was not issued just now.
    #[error("it was not issued just now")]
    Issued,
    /// It belongs to another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// It names no account.
    #[error("it names no account")]
    Subject,
    /// It has no e-mail address.
    #[error("it has no e-mail address")]
    NoEmail,
    /// The issuer has not verified the address.
    #[error("the issuer has not verified its e-mail address")]
    Unverified,
    /// It names no tenant.
    #[error("it names no tenant")]
    NoTenant,
}

/// Who somebody is, as the issuer says it to us, now, about this sign-in.
///
/// # Errors
/// See [`Worthless`].
pub fn identity(claims: Claims, asked: Asked<'_>, now: Timestamp) -> Result<Identity, Worthless> {
    let is_ours = |party: &String| party == asked.client_id;
    let (parties, named) = (&claims.audiences, claims.authorized_party.as_ref());
    // Who shares it with others must be named as the one for whom it was made.
    let is_for_us = parties.iter().any(is_ours) && named.map_or(parties.len() == 1, is_ours);
    let age_ms = now.ms_since(claims.issued_at);
    let email = claims.email.filter(|it| is_email_address(it)).ok_or(Worthless::NoEmail);
    let rules = [
        (claims.issuer == asked.issuer, Worthless::Issuer),
        (is_for_us, Worthless::Audience),
        (now < claims.expires_at.plus_ms(SKEW_MS), Worthless::Expired),
        ((-SKEW_MS..LONGEST_AGO_MS).contains(&age_ms), Worthless::Issued),
        (claims.nonce.is_some_and(|it| same(it.as_bytes(), asked.nonce.as_bytes())), Worthless::Nonce),
        ((1..=MAX_SUBJECT_BYTES).contains(&claims.subject.len()), Worthless::Subject),
        (claims.is_email_verified != Some(false), Worthless::Unverified),
    ];
    if let Some((_, worthless)) = rules.into_iter().find(|(holds, _)| !holds) {
        return Err(worthless);
    }
    let role = claims.roles.iter().filter_map(|it| Role::parse(it)).max();
    let sees = claims.tenants.as_deref().map(named_tenants).transpose()?;
    Ok(Identity { subject: claims.subject, email: email?, role, sees })
}

/// Nobody sees every tenant because a list was lost.
fn named_tenants(names: &[String]) -> Result<Sees, Worthless> {
    let tenants: Vec<TenantId> = names.iter().filter_map(|it| TenantId::parse(it)).collect();
    if tenants.is_empty() { Err(Worthless::NoTenant) } else { Ok(Sees::of(tenants)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);
    const ASKED: Asked<'_> = Asked { issuer: "https://id.example", client_id: "watchlight", nonce: "n" };

    fn claims() -> Claims {
        Claims {
            issuer: "https://id.example".to_owned(),
            subject: "1".to_owned(),
            audiences: vec!["watchlight".to_owned()],
            authorized_party: None,
            issued_at: NOW,
            expires_at: NOW.plus_ms(MINUTE_MS),
            nonce: Some("n".to_owned()),
            email: Some("ana@example.com".to_owned()),
            is_email_verified: Some(true),
            roles: vec!["staff".to_owned(), "reader".to_owned(), "analyst".to_owned()],
            tenants: None,
        }
    }

    fn refused(change: impl Fn(&mut Claims)) -> Option<Worthless> {
        let mut claims = claims();
        change(&mut claims);
        identity(claims, ASKED, NOW).err()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn the_highest_role_of_ours_counts() {
        let ana = identity(claims(), ASKED, NOW).unwrap();
        assert_eq!((ana.role, ana.sees, ana.email.as_str()), (Some(Role::Analyst), None, "ana@example.com"));
        let none = identity(Claims { roles: texts(&["Admin", "admins", ""]), ..claims() }, ASKED, NOW).unwrap();
        assert_eq!(none.role, None);
    }

    #[test]
    fn what_was_not_said_to_us_now_is_worth_nothing() {
        assert_eq!(refused(|_| ()), None);
        assert_eq!(refused(|it| it.issuer = "https://id.example/".to_owned()), Some(Worthless::Issuer));
        assert_eq!(refused(|it| it.audiences = texts(&["other"])), Some(Worthless::Audience));
        assert_eq!(refused(|it| it.audiences = Vec::new()), Some(Worthless::Audience));
        assert_eq!(refused(|it| it.audiences = texts(&["watchlight", "other"])), Some(Worthless::Audience));
        assert_eq!(refused(|it| it.authorized_party = Some("other".to_owned())), Some(Worthless::Audience));
        let named = |it: &mut Claims| {
            it.audiences = texts(&["watchlight", "other"]);
            it.authorized_party = Some("watchlight".to_owned());
        };
        assert_eq!(refused(named), None);
        assert_eq!(refused(|it| it.expires_at = NOW.plus_ms(-SKEW_MS + 1)), None);
        assert_eq!(refused(|it| it.expires_at = NOW.plus_ms(-SKEW_MS)), Some(Worthless::Expired));
        assert_eq!(refused(|it| it.issued_at = NOW.plus_ms(SKEW_MS + 1)), Some(Worthless::Issued));
        assert_eq!(refused(|it| it.issued_at = NOW.plus_ms(-LONGEST_AGO_MS)), Some(Worthless::Issued));
        assert_eq!(refused(|it| it.nonce = Some("m".to_owned())), Some(Worthless::Nonce));
        assert_eq!(refused(|it| it.nonce = None), Some(Worthless::Nonce));
    }

    #[test]
    fn who_has_no_sound_address_is_nobody() {
        assert_eq!(refused(|it| it.email = None), Some(Worthless::NoEmail));
        assert_eq!(refused(|it| it.email = Some("ana".to_owned())), Some(Worthless::NoEmail));
        assert_eq!(refused(|it| it.is_email_verified = Some(false)), Some(Worthless::Unverified));
        assert_eq!(refused(|it| it.is_email_verified = None), None, "not every issuer says it");
        assert_eq!(refused(|it| it.subject = String::new()), Some(Worthless::Subject));
        assert_eq!(refused(|it| it.subject = "x".repeat(256)), Some(Worthless::Subject));
    }

    #[test]
    fn who_is_to_see_some_tenants_never_sees_all_by_mistake() {
        let sees =
            |names: &[&str]| identity(Claims { tenants: Some(texts(names)), ..claims() }, ASKED, NOW).map(|it| it.sees);
        let acme = Sees::of(TenantId::parse("acme").into_iter().collect());
        assert_eq!(sees(&["acme"]), Ok(Some(acme)));
        assert_eq!(sees(&[]), Err(Worthless::NoTenant));
        assert_eq!(sees(&["no tenant/of ours"]), Err(Worthless::NoTenant));
    }
}
