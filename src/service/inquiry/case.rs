//! A case: some logins that somebody has picked, with what people have said of them, in the order in which they happened. It is
//! stored nowhere: whoever has the ids has the case.

use crate::{
    domain::{
        alert::alert::Delivery,
        history::login_record::LoginRecord,
        ids::{LoginId, TenantId},
        privacy::note::Note,
        rehearsal::rehearsed::Known,
    },
    ports::Unavailable,
    service::{history::search::History, inquiry::explaining::Inquiries},
};

/// How many logins a case has at most.
pub const MAX_PICKED: usize = 200;

/// A case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The logins, the earliest first.
    pub findings: Vec<Finding>,
    /// Those that are not there, or may not be shown.
    pub missing: Vec<LoginId>,
}

/// A login of a case.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The login.
    pub login: LoginRecord,
    /// The notes and verdicts on it, the earliest first.
    pub notes: Vec<Note>,
    /// What has become of its warning, if it raised one that is still kept.
    pub delivery: Option<Delivery>,
    /// What is decided about it.
    pub known: Known,
}

impl Inquiries {
    /// The case of these logins, at most [`MAX_PICKED`]. Those of restricted persons are missing, as are those of other tenants.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn case(&self, history: &History, tenant: &TenantId, picked: &[LoginId]) -> Result<Case, Unavailable> {
        let hidden = self.people.hidden(tenant).await?;
        let mut logins = history.named(tenant, picked).await?;
        logins.retain(|it| !hidden.hides(&it.user));
        logins.sort_by_key(|it| it.id);
        logins.dedup_by_key(|it| it.id);
        let is_found = |id: &LoginId| logins.binary_search_by_key(id, |it| it.id).is_ok();
        let missing = picked.iter().copied().filter(|it| !is_found(it)).collect();
        let mut said = self.said(&logins).await?;
        let finding = |login: LoginRecord| Finding {
            known: said.known(&login),
            notes: said.notes.remove(&login.id).unwrap_or_default(),
            delivery: login.alert.and_then(|it| said.deliveries.remove(&it.id)),
            login,
        };
        Ok(Case { findings: logins.into_iter().map(finding).collect(), missing })
    }
}
