//! What was said of a warning: the user's own word, and beside it a colleague's. Neither takes the place of the other: only the user
//! knows whether it was them, and a colleague says what was found out.

use crate::domain::{
    alert::answer::{Answer, AnsweredBy},
    privacy::note::{Note, Verdict},
    time::Timestamp,
};

/// What somebody said of a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it was: confirmed or denied.
    pub answer: Answer,
    /// By whom; `None` for one from before this was kept.
    pub by: Option<AnsweredBy>,
    /// When: of those who said the same the first. `None` for one from before this was kept.
    pub at: Option<Timestamp>,
    /// Which colleague: an operator's id, or the public part of an API key. `None` for the user's own, and where it is not kept.
    pub author: Option<String>,
}

/// What was said of a warning by everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// The user's own word, by the mail or through the API; also one of which is not kept whose it is.
    pub own: Option<Statement>,
    /// What a colleague has found.
    pub colleague: Option<Statement>,
}

impl Statements {
    /// All of them, the user's own first.
    pub fn all(&self) -> impl Iterator<Item = &Statement> {
        self.own.iter().chain(&self.colleague)
    }

    /// What it was answered: the user's own word, and without one a colleague's.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.all().next().map(|it| it.answer).unwrap_or_default()
    }

    /// Who has given that answer.
    #[must_use]
    pub fn answered_by(&self) -> Option<AnsweredBy> {
        self.all().next().and_then(|it| it.by)
    }

    /// Whether the user and a colleague have said the opposite.
    #[must_use]
    pub fn are_contrary(&self) -> bool {
        matches!((&self.own, &self.colleague), (Some(own), Some(other)) if own.answer != other.answer)
    }

    /// Whether the user has said that it was not them after a colleague had decided otherwise: by the verdict that holds, or by a word
    /// about the device that nobody has judged since.
    #[must_use]
    pub fn contradict(&self, verdict: Option<&Note>) -> bool {
        let Some(own) = self.own.as_ref().filter(|it| it.answer == Answer::Denied) else { return false };
        let is_later = |than: Timestamp| own.at.is_some_and(|it| it > than);
        if let Some((verdict, at)) = verdict.and_then(|it| Some((it.verdict?, it.created_at))) {
            return verdict != Verdict::Compromised && is_later(at);
        }
        let theirs = self.colleague.as_ref().filter(|it| it.answer == Answer::Confirmed);
        theirs.and_then(|it| it.at).is_some_and(is_later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{LoginId, NoteId, TenantId, UserId};

    fn said(answer: Answer, by: AnsweredBy, at: i64) -> Statement {
        Statement { answer, by: Some(by), at: Some(Timestamp::from_unix_ms(at)), author: None }
    }

    fn judged(verdict: Verdict, at: i64) -> Note {
        Note {
            id: NoteId([1; 16]),
            tenant: TenantId::parse("acme").unwrap(),
            login: LoginId([1; 16]),
            created_at: Timestamp::from_unix_ms(at),
            author: String::new(),
            user: UserId::parse("ana").unwrap(),
            verdict: Some(verdict),
            text: String::new(),
        }
    }

    #[test]
    fn the_users_own_word_is_told_before_a_colleagues() {
        let nobody = Statements::default();
        assert_eq!((nobody.answer(), nobody.answered_by()), (Answer::None, None));
        let colleague = Some(said(Answer::Confirmed, AnsweredBy::Operator, 1));
        let one = Statements { colleague, ..nobody };
        assert_eq!((one.answer(), one.answered_by()), (Answer::Confirmed, Some(AnsweredBy::Operator)));
        let both = Statements { own: Some(said(Answer::Denied, AnsweredBy::User, 2)), ..one.clone() };
        assert_eq!((both.answer(), both.answered_by()), (Answer::Denied, Some(AnsweredBy::User)));
        assert!(both.are_contrary() && !one.are_contrary());
    }

    #[test]
    fn a_user_contradicts_what_was_decided_before_and_not_what_is_decided_after() {
        let denied = Statements { own: Some(said(Answer::Denied, AnsweredBy::User, 5)), colleague: None };
        let theirs = Some(said(Answer::Confirmed, AnsweredBy::Operator, 4));
        for (statements, verdict, expected) in [
            (denied.clone(), None, false),
            (denied.clone(), Some((Verdict::Safe, 4)), true),
            (denied.clone(), Some((Verdict::Unsure, 4)), true),
            (denied.clone(), Some((Verdict::Safe, 6)), false),
            (denied.clone(), Some((Verdict::Compromised, 4)), false),
            (Statements { colleague: theirs.clone(), ..denied.clone() }, None, true),
            (Statements { colleague: theirs.clone(), ..denied.clone() }, Some((Verdict::Compromised, 6)), false),
            (
                Statements { colleague: Some(said(Answer::Confirmed, AnsweredBy::Operator, 6)), ..denied.clone() },
                None,
                false,
            ),
            (Statements { colleague: Some(said(Answer::Denied, AnsweredBy::Operator, 4)), ..denied }, None, false),
            (Statements { own: Some(said(Answer::Confirmed, AnsweredBy::Api, 5)), colleague: theirs }, None, false),
        ] {
            let verdict = verdict.map(|(verdict, at)| judged(verdict, at));
            assert_eq!(statements.contradict(verdict.as_ref()), expected, "{statements:?} {verdict:?}");
        }
    }
}
