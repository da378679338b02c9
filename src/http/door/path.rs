//! Ids in the path. If nothing can have the id, the answer is the same as if nothing has it.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    domain::{
        ids::{AlertId, DeviceId, LoginId, ReceiptId, UserId, WebhookId},
        policy::policy::PolicyVersion,
    },
    http::door::{argument::Argument, fault::Fault, problem::Kind},
};

/// Something that can be in a path.
pub trait InPath: Sized {
    /// The variable segments of the path: one text, or several by their names.
    type Text: DeserializeOwned;

    /// Parses them; `None` if nothing can have this id.
    fn read(text: &Self::Text) -> Option<Self>;
}

/// Lets an id be used in a path.
macro_rules! ids {
    ($($id:ident),*) => {
        $(
            impl InPath for $id {
                type Text = String;

                fn read(text: &String) -> Option<Self> {
                    Self::parse(text)
                }
            }
        )*
    };
}

ids!(AlertId, LoginId, ReceiptId, UserId, WebhookId, PolicyVersion);

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
}

/// What the path names.
pub struct At<T>(pub T);

impl<T: InPath> At<T> {
    /// Parses the path of a request.
    ///
    /// # Errors
    /// 404 if nothing can have this id.
    pub fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let text = web::Path::<T::Text>::from_request(request, &mut Payload::None).into_inner();
        text.ok().and_then(|text| T::read(&text)).map(Self).ok_or(Fault::NotFound)
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
