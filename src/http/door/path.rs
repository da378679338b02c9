//! What stands in the path: an id that nothing can have is an id that nothing has.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    domain::{
        ids::{AlertId, DeviceId, LoginId, UserId, WebhookId},
        policy::policy::PolicyVersion,
    },
    http::door::{argument::Argument, fault::Fault, problem::Kind},
};

/// What can stand in a path.
pub trait InPath: Sized {
    /// The segments that the path leaves open: one text, or several by their names.
    type Text: DeserializeOwned;

    /// Reads them; `None` if nothing can have this id.
    fn read(text: &Self::Text) -> Option<Self>;
}

/// Makes an id something that can stand in a path.
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

ids!(AlertId, LoginId, UserId, WebhookId, PolicyVersion);

/// A device, and whose it is.
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
    /// Reads the path of a request.
    ///
    /// # Errors
    /// 404: nothing can have this id.
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

/// Any text in the path, such as a secret: what it means shows when it is looked up.
impl Argument for web::Path<String> {
    const FAILURES: &'static [Kind] = &[];
}
