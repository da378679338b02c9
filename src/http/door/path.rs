//! Ids in the path. If nothing can have the id, the answer is the same as if nothing has it.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    domain::{
        ids::{AlertId, DeviceId, LoginId, OperatorId, ReceiptId, RequestId, UserId, WebhookId},
        policy::policy::PolicyVersion,
        privacy::audit::{Subject, SubjectKind},
        tenant::saved_search::SearchName,
    },
    http::door::{argument::Argument, audited::Note, fault::Fault, problem::Kind},
};

/// Something that can be in a path.
pub trait InPath: Sized {
    /// The variable segments of the path: one text, or several by their names.
    type Text: DeserializeOwned;

    /// Parses them; `None` if nothing can have this id.
    fn read(text: &Self::Text) -> Option<Self>;

    /// What it is in the audit; `None` if that does not matter.
    fn subject(&self) -> Option<Subject>;
}

/// Lets ids be used in a path, and says what each is in the audit.
macro_rules! ids {
    ($($id:ident => $subject:expr),* $(,)?) => {
        $(
            impl InPath for $id {
                type Text = String;

                fn read(text: &String) -> Option<Self> {
                    Self::parse(text)
                }

                fn subject(&self) -> Option<Subject> {
                    let subject: fn(&Self) -> Option<Subject> = $subject;
                    subject(self)
                }
            }
        )*
    };
}

ids! {
    UserId => |it| Some(Subject::user(it.clone())),
    LoginId => |it| Some(Subject::thing(SubjectKind::Login, it)),
    AlertId => |it| Some(Subject::thing(SubjectKind::Alert, it)),
    WebhookId => |it| Some(Subject::thing(SubjectKind::Webhook, it)),
    OperatorId => |it| Some(Subject::thing(SubjectKind::Operator, it)),
    ReceiptId => |_| None,
    RequestId => |_| None,
    PolicyVersion => |_| None,
    SearchName => |_| None,
}

/// A device and its user.
pub struct DeviceOf {
    /// The user.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
}

/// The same as it is written: the user is the path's `id`.
#[derive(Deserialize)]
pub struct DeviceOfText {
    id: String,
    device: String,
}

impl InPath for DeviceOf {
    type Text = DeviceOfText;

    fn read(text: &DeviceOfText) -> Option<Self> {
        Some(Self { user: UserId::parse(&text.id)?, device: DeviceId::parse(&text.device)? })
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::device(self.user.clone(), self.device))
    }
}

/// Two logins.
pub struct LoginPair {
    /// The one.
    pub id: LoginId,
    /// The other.
    pub other: LoginId,
}

/// The same as it is written.
#[derive(Deserialize)]
pub struct LoginPairText {
    id: String,
    other: String,
}

impl InPath for LoginPair {
    type Text = LoginPairText;

    fn read(text: &LoginPairText) -> Option<Self> {
        Some(Self { id: LoginId::parse(&text.id)?, other: LoginId::parse(&text.other)? })
    }

    fn subject(&self) -> Option<Subject> {
        self.id.subject()
    }
}

/// What the path names.
pub struct At<T>(pub T);

impl<T: InPath> At<T> {
    /// Parses the path of a request, and tells the audit what it names.
    ///
    /// # Errors
    /// 404 if nothing can have this id.
    pub fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let text = web::Path::<T::Text>::from_request(request, &mut Payload::None).into_inner();
        let at = text.ok().and_then(|text| T::read(&text)).ok_or(Fault::NotFound)?;
        Note::of(request).about(at.subject());
        Ok(Self(at))
    }
}

impl<T: InPath> FromRequest for At<T> {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl<T> Argument for At<T> {
    const FAILURES: &'static [Kind] = &[Kind::NotFound];
}

/// Any text in the path, such as a secret, which is checked when it is looked up.
impl Argument for web::Path<String> {
    const FAILURES: &'static [Kind] = &[];
}
