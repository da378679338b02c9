//! What is noted of whoever reads about a person, or changes how the product treats people.

use std::fmt;

use crate::domain::{
    ids::{DeviceId, TenantId, UserId, UserKey},
    time::Timestamp,
};

/// Longest purpose that a caller may give, in characters.
pub const MAX_PURPOSE_CHARS: usize = 200;

/// Who has acted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The holder of the API key with this public part.
    Key(String),
    /// An operator of the console, by id.
    Operator(String),
    /// Somebody on the command line of the machine.
    Cli,
    /// The service itself.
    System,
}

impl Actor {
    /// Reads the text form; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = |text: &str| {
            let sound = (1..=64).contains(&text.len()) && !text.chars().any(char::is_control);
            sound.then(|| text.to_owned())
        };
        match text.split_once(':') {
            Some(("key", id)) => name(id).map(Self::Key),
            Some(("operator", it)) => name(it).map(Self::Operator),
            None if text == "cli" => Some(Self::Cli),
            None if text == "system" => Some(Self::System),
            _ => None,
        }
    }
}

/// `key:ID`, `operator:ID`, `cli` or `system`.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Cli => f.write_str("cli"),
            Self::System => f.write_str("system"),
        }
    }
}

/// Gives a closed set its ids. The place in `ALL` is the stored form: add at the end, and never take one out.
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident: $($(#[$variant_doc:meta])* $variant:ident = $id:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every one. The place in this list is the stored form.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The id in the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// Reads an id.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text)
            }
        }
    };
}

closed! {
    /// What was done.
    Action:
    /// Something of one person was read: devices, a login, an alert, a setting about the person.
    Read = "person.read",
    /// A list of many persons' logins or alerts was read, or searched.
    Search = "persons.search",
    /// Everything about a person was handed out.
    Export = "person.export",
    /// What is known of a person was corrected.
    Rectify = "person.rectify",
    /// A person was erased.
    Erase = "person.erase",
    /// How a person's logins are processed was changed.
    Processing = "person.processing",
    /// A person's request was opened, or carried out.
    Request = "person.request",
    /// A note about a login was written.
    Note = "login.note",
    /// Somebody gave a verdict about a login.
    Verdict = "login.verdict",
    /// A device was confirmed as the user's.
    Confirm = "device.confirm",
    /// A device was denied.
    Deny = "device.deny",
    /// A device was deleted.
    Forget = "device.forget",
    /// An alert was sent again.
    Resend = "alert.resend",
    /// The suppression of an address was lifted.
    Lift = "suppression.lift",
    /// The policy was changed.
    Policy = "policy.change",
    /// An API key was created.
    CreateKey = "key.create",
    /// An API key was revoked.
    RevokeKey = "key.revoke",
    /// A webhook was created, changed, deleted, or got a new secret.
    Webhook = "webhook.change",
    /// Settings were changed.
    Settings = "settings.change",
    /// The history was trimmed by hand.
    Trim = "store.trim",
    /// The audit itself was read.
    ReadAudit = "audit.read",
    /// Those affected by a breach were listed.
    Breach = "breach.list",
    /// A tenant and all its people were removed.
    RemoveTenant = "tenant.remove",
    /// The policy was read, which names users who are never mailed.
    ReadPolicy = "policy.read",
    /// Records from before sealing were sealed.
    Seal = "store.seal",
    /// An operator was invited, or invited anew with another role.
    InviteOperator = "operator.invite",
    /// An operator was revoked.
    RevokeOperator = "operator.revoke",
    /// It was read who may use the console.
    ReadOperators = "operator.read",
    /// An operator has taken up an invitation, or somebody else vouches for them, for the first time or with another role.
    JoinOperator = "operator.join",
    /// An operator has signed in.
    SignIn = "operator.sign_in",
    /// An operator has signed out.
    SignOut = "operator.sign_out",
}

impl Action {
    /// Whether something about people was shown to somebody, and nothing changed.
    #[must_use]
    pub const fn is_read(self) -> bool {
        matches!(
            self,
            Self::Read
                | Self::Search
                | Self::Export
                | Self::ReadAudit
                | Self::Breach
                | Self::ReadPolicy
                | Self::ReadOperators
        )
    }
}

closed! {
    /// What came of it.
    Outcome:
    /// It was done.
    Done = "done",
    /// There was nothing of that name.
    Nothing = "nothing_found",
    /// It was refused because of what there is, such as an alert that was sent already.
    Refused = "refused",
}

closed! {
    /// What kind of thing it was done to.
    SubjectKind:
    /// A user.
    User = "user",
    /// A login.
    Login = "login",
    /// An alert.
    Alert = "alert",
    /// A user's device.
    Device = "device",
    /// An e-mail address, by its keyed hash.
    Address = "address",
    /// A webhook.
    Webhook = "webhook",
    /// An API key.
    ApiKey = "api_key",
    /// A request of a person.
    Request = "request",
    /// A note about a login.
    Note = "note",
    /// The receipt of a removal.
    Receipt = "receipt",
    /// An operator of the console.
    Operator = "operator",
}

/// What it was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The kind of thing.
    pub kind: SubjectKind,
    /// Whose it is; `None` if that is not known, or it belongs to no user.
    pub user: Option<UserId>,
    /// Its id; `None` for a user.
    pub id: Option<String>,
}

impl Subject {
    /// A user.
    #[must_use]
    pub const fn user(user: UserId) -> Self {
        Self { kind: SubjectKind::User, user: Some(user), id: None }
    }

    /// A user's device.
    #[must_use]
    pub fn device(user: UserId, device: DeviceId) -> Self {
        Self { kind: SubjectKind::Device, user: Some(user), id: Some(device.to_string()) }
    }

    /// A thing whose user is not known yet.
    #[must_use]
    pub fn thing(kind: SubjectKind, id: &dyn fmt::Display) -> Self {
        Self { kind, user: None, id: Some(id.to_string()) }
    }

    /// The same thing, which is found to be this user's.
    #[must_use]
    pub fn of(self, user: UserId) -> Self {
        Self { user: Some(user), ..self }
    }
}

/// What names a person or is free text. It may become unreadable before the rest of its entry does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditDetail {
    /// Whose it is that was read or changed.
    pub user: Option<UserId>,
    /// The id of what was read or changed, if that is no user.
    pub id: Option<String>,
    /// What was asked of a list.
    pub query: Option<String>,
    /// What for, as the actor says.
    pub purpose: Option<String>,
}

impl AuditDetail {
    /// What may be kept where nothing else is kept of the person: that they were looked for, and what for.
    #[must_use]
    pub fn without_the_person(self) -> Self {
        Self { purpose: self.purpose, ..Self::default() }
    }
}

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// The tenant.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
    /// The kind of thing that it was done to, if it was one thing.
    pub kind: Option<SubjectKind>,
    /// Identifies the user, if it was about one.
    pub user: Option<UserKey>,
    /// What names a person; `None` if it cannot be read any more.
    pub detail: Option<AuditDetail>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_read_as_it_is_written() {
        for actor in [Actor::Key("7k2m".to_owned()), Actor::Operator("ana:b".to_owned()), Actor::Cli, Actor::System] {
            assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
        for other in ["", "key:", "key", "nobody", "cli:", "key:a\nb", &format!("key:{}", "a".repeat(65))] {
            assert_eq!(Actor::parse(other), None, "{other}");
        }
    }

    #[test]
    fn no_two_of_a_set_have_one_id() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(*action));
        }
        for kind in SubjectKind::ALL {
            assert_eq!(SubjectKind::parse(kind.as_str()), Some(*kind));
        }
    }
}
