//! The caller, as a handler's first argument. Its type says with which scope the handler acts.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{LoginId, TenantId, UserId},
        privacy::audit::{Action, Subject},
        tenant::api_key::Scope,
    },
    http::door::{
        argument::Argument,
        audited::{Admitted, Note},
        fault::Fault,
        problem::Kind,
        state::State,
    },
};

/// A scope as a type, for [`Caller`].
pub trait Scoped {
    /// The scope.
    const SCOPE: Scope;
}

/// Makes a type of each scope that handlers act by, of the same name.
macro_rules! scopes {
    ($($scope:ident),* $(,)?) => {
        $(
            #[doc = concat!("[`Scope::", stringify!($scope), "`].")]
            pub struct $scope;

            impl Scoped for $scope {
                const SCOPE: Scope = Scope::$scope;
            }
        )*
    };
}

scopes!(
    LoginsWrite,
    LoginsRead,
    DevicesWrite,
    WebhooksRead,
    WebhooksWrite,
    AlertsWrite,
    PolicyWrite,
    PrivacyRead,
    PrivacyWrite,
    OperatorsRead,
    OperatorsWrite,
);

/// A caller who was admitted with the scope `S`. A handler with this argument cannot act for another tenant.
pub struct Caller<S> {
    /// The tenant whose data is asked for.
    pub tenant: TenantId,
    /// The public part of the caller's key, or the operator's id.
    pub key: String,
    /// All that the caller may do.
    pub scopes: Vec<Scope>,
    note: Note,
    scope: PhantomData<S>,
}

impl<S> Caller<S> {
    /// Tells the audit whose the thing is that the request names. To be called before anything of it is told.
    pub fn concerns(&self, user: &UserId) {
        self.note.of_user(user);
    }

    /// Tells the audit whom else the answer names. To be called before that is told.
    pub fn names(&self, users: &[UserId]) {
        self.note.names(users);
    }

    /// Tells the audit whom else the answer names, and that what was asked for is refused about them, unless
    /// [`names`](Self::names) is called for them, too. To be called before that is told.
    pub fn is_refused(&self, users: &[UserId]) {
        self.note.refused(users);
    }

    /// Tells the audit of whom the answer tells: of nobody, one person, or several. To be called before that is told.
    pub fn tells_of(&self, users: &[UserId]) {
        match users {
            [only] => self.concerns(only),
            others => self.names(others),
        }
    }

    /// Tells the audit what was asked for, if the query does not say so.
    pub fn asks(&self, asked: &str) {
        self.note.query(asked);
    }

    /// Tells the audit what was done besides, to what, and by what that was asked for.
    pub fn also(&self, action: Action, subject: Subject, asked: Option<&str>) {
        self.note.also(action, subject, asked);
    }

    /// Tells the audit that the answer is what another route gives.
    pub fn is_instead(&self, action: Action) {
        self.note.is_instead(action);
    }

    /// A login of the caller's tenant, of somebody who is not restricted. The audit is told whose it is.
    ///
    /// # Errors
    /// 404 where there is none, 423 where the person is restricted, 503 when the store does not answer.
    pub async fn login(&self, state: &State, id: LoginId) -> Result<LoginRecord, Fault> {
        let login = self.found(state, id).await?;
        self.concerns(&login.user);
        state.people.check_readable(&self.tenant, &login.user).await?;
        Ok(login)
    }

    /// Two logins, as [`login`](Self::login) finds one. The audit is told of both users, if they are two.
    ///
    /// # Errors
    /// As there, for either of them.
    pub async fn logins(&self, state: &State, [one, other]: [LoginId; 2]) -> Result<[LoginRecord; 2], Fault> {
        let logins = [self.found(state, one).await?, self.found(state, other).await?];
        let [one, other] = logins.each_ref().map(|it| &it.user);
        self.concerns(one);
        if other != one {
            self.names(std::slice::from_ref(other));
        }
        for user in [one, other] {
            state.people.check_readable(&self.tenant, user).await?;
        }
        Ok(logins)
    }

    async fn found(&self, state: &State, id: LoginId) -> Result<LoginRecord, Fault> {
        state.history.find(&self.tenant, id).await?.ok_or(Fault::NotFound)
    }

    /// Tells the audit what the request is about, if neither its path nor its query says so.
    pub fn asks_about(&self, subject: Subject) {
        self.note.about(Some(subject));
    }
}

impl<S: Scoped> FromRequest for Caller<S> {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    /// Fails with a fault of this service if the table of routes admits callers by another scope. A test checks every
    /// route.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = request.extensions().get::<Admitted>().filter(|admitted| admitted.scope == S::SCOPE).cloned();
        let caller = admitted.map(|admitted| Self {
            tenant: admitted.tenant,
            key: admitted.key,
            scopes: admitted.scopes,
            note: admitted.note,
            scope: PhantomData,
        });
        ready(caller.ok_or_else(|| Fault::internal(&format_args!("nobody was let in with {:?}", S::SCOPE))))
    }
}

impl<S> Argument for Caller<S> {
    /// Callers who are not admitted have been answered before: see [`Access`](crate::http::door::access::Access).
    const FAILURES: &'static [Kind] = &[];
}
