//! What came after a login: its session, the warning and its answer; and what there was in the week before.

use ipnet::IpNet;

use crate::domain::{
    alert::{
        alert::{Answer, AnsweredBy, Delivery, State, Suppressed},
        statements::Statements,
    },
    history::session::{Change, Session},
    ids::{AlertId, LoginId, UserId},
    inquiry::around::{Around, Behind, Listed, WEEK_AROUND_MS, behind},
    privacy::note::Verdict,
    search::{
        query::{Query, Term},
        times::Span,
        value::Value,
    },
    time::Timestamp,
};

/// What has become of the session that a login began.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionState {
    /// The login.
    pub behind: Behind,
    /// The session; `None` if the login named none.
    pub session: Option<Known>,
}

/// What is known of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// When it ended, if it has.
    pub ended_at: Option<Timestamp>,
    /// Its latest known use.
    pub last_active_at: Timestamp,
    /// How many API calls were made.
    pub calls: u64,
    /// What had changed, and when, the first time that something had.
    pub changed: Option<(Timestamp, Change)>,
}

impl SessionState {
    /// That of this login.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let known = |it: &Session| Known {
            ended_at: it.ended_at,
            last_active_at: it.last_active_at,
            calls: it.calls,
            changed: it.changed,
        };
        Self { behind: around.only(&[&around.login]), session: around.session.as_ref().map(known) }
    }
}

/// Whether the user was told, and what they answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The login.
    pub behind: Behind,
    /// Whether the login raised a warning.
    pub is_warned: bool,
    /// The warning, if it is still kept.
    pub warning: Option<Warning>,
}

/// What has become of a warning.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// The alert.
    pub id: AlertId,
    /// The state of its mail.
    pub state: State,
    /// Why it was not mailed, or not at once in a mail of its own.
    pub suppressed: Option<Suppressed>,
    /// When it was sent, given up or suppressed.
    pub settled_at: Option<Timestamp>,
    /// How many attempts were made.
    pub attempts: u32,
    /// Whether the user may have had a mail about it.
    pub may_be_read: bool,
    /// What was answered, by the user and by a colleague.
    pub statements: Statements,
}

impl Told {
    /// About this login.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let warning = around.alert.as_ref().map(|(alert, delivery)| Warning {
            id: alert.id,
            state: delivery.state,
            suppressed: delivery.suppressed,
            settled_at: delivery.settled_at,
            attempts: delivery.attempts,
            may_be_read: delivery.may_be_read(),
            statements: delivery.statements.clone(),
        });
        Self { behind: around.only(&[&around.login]), is_warned: around.login.alert.is_some(), warning }
    }
}

/// A verdict of a colleague.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// On which login.
    pub login: LoginId,
    /// Whose it was.
    pub user: UserId,
    /// The verdict.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
}

/// What there was in the week before.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// The user's logins that raised alerts.
    pub behind: Behind,
    /// How many of these alerts were denied.
    pub denied: usize,
    /// How many were confirmed.
    pub confirmed: usize,
    /// What was said of them, and by whom: of one there may be two.
    pub answers: Vec<(Answer, Option<AnsweredBy>)>,
    /// Logins of anybody from its /24 or /64 that raised alerts; `None` if only its network is kept.
    pub of_prefix: Option<Behind>,
    /// Verdicts on logins of the user or its sources in that week, the newest first; the latest of each login.
    pub verdicts: Vec<Judged>,
}

impl Earlier {
    /// Before this login.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let at = around.login.occurred_at;
        let from = Some(at.plus_ms(-WEEK_AROUND_MS));
        let warned = || Term::new(true, [Value::Mail(None)]);
        let answered = |answer: Answer| {
            let is_so = |(_, delivery): &&(LoginId, Delivery)| delivery.answer() == answer;
            around.deliveries.iter().filter(is_so).count()
        };
        let said = around.deliveries.iter().flat_map(|(_, delivery)| delivery.statements.all());
        let of_prefix = |(prefix, here): (IpNet, &Listed)| {
            let terms = [Term::is(Value::Address(prefix))].into_iter().chain(warned());
            behind(Query::new(terms, Span::new(from, Some(at))), here)
        };
        let mut verdicts: Vec<Judged> = Vec::new();
        for note in &around.verdicts {
            if let Some(verdict) = note.verdict.filter(|_| verdicts.iter().all(|it| it.login != note.login)) {
                let (login, user, at) = (note.login, note.user.clone(), note.created_at);
                verdicts.push(Judged { login, user, verdict, at });
            }
        }
        Self {
            behind: around.behind(around.asking(warned(), from, Some(at))),
            denied: answered(Answer::Denied),
            confirmed: answered(Answer::Confirmed),
            answers: said.map(|it| (it.answer, it.by)).collect(),
            of_prefix: around.prefix().zip(around.from_prefix.as_ref()).map(of_prefix),
            verdicts,
        }
    }
}
