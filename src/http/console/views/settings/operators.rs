//! `/console/settings/operators`: who may use the console for this tenant alone. Some are invited by a form, whose answer shows the
//! link once, and revoked by a button.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use serde::Deserialize;

use crate::{
    domain::{
        ids::OperatorId,
        login::login::Invalid,
        operator::{operator::Operator, role::Role},
        tenant::api_key::Scope,
    },
    http::{
        api::tenant::operators::{invited, revoked},
        console::{
            assets::Assets,
            done::Done,
            frame::{Elsewhere, Frame},
            page::page,
            parts::{
                rows::{Moment, sentence},
                view::View,
            },
            views::{
                judging::read,
                settings::tabs::{OPERATORS, SETTINGS, Tabs},
            },
            ways::see_other,
        },
        door::{
            body::Form,
            caller::{Caller, OperatorsRead, OperatorsWrite},
            fault::Fault,
            path::At,
            state::State,
        },
    },
};

/// Why nobody invites themselves: they would be signed out, perhaps with a role that cannot undo it.
const ONESELF: &str = "must be somebody else's. This one is yours: you would be signed out, and have the role of the invitation. Ask another \
    admin, or whoever runs this service";
/// Why a form that is sent once more invites nobody: a browser sends it again when its answer is loaded anew.
const MADE: &str = "was invited by this form already, and the link was shown then. Send it once more for another link; the one before \
    is worth nothing then";

/// The page.
#[derive(Template)]
#[template(path = "console/settings/operators.html")]
struct OperatorsPage {
    assets: Assets,
    frame: Frame,
    tabs: Tabs,
    operators: Vec<OperatorRow>,
    /// The form for an invitation, if one may be made.
    form: Option<InviteForm>,
    tenant: String,
}

/// An operator, as a row.
struct OperatorRow {
    id: String,
    email: String,
    role: &'static str,
    status: &'static str,
    invited_at: Moment,
    /// Where a button revokes the operator, if whoever looks may, and that is somebody else.
    revoke: Option<String>,
}

/// The form that invites.
struct InviteForm {
    /// Where it is sent.
    action: String,
    email: String,
    role: Role,
    /// When it is shown.
    opened: i64,
    /// Why nobody was invited.
    amiss: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
struct Invitee {
    email: String,
    role: String,
    /// When the form was shown, in milliseconds since 1970; 0 if it does not say.
    #[serde(default)]
    opened: i64,
}

/// The answer to the form.
#[derive(Template)]
#[template(path = "console/settings/invited.html")]
struct InvitedPage {
    assets: Assets,
    frame: Frame,
    tabs: Tabs,
    /// What came of it; `None` if nobody was invited.
    link: Option<Link>,
    /// The form once more, if nobody was.
    form: Option<InviteForm>,
    back: String,
}

/// A link that works once, which is told this once.
struct Link {
    email: String,
    role: &'static str,
    url: String,
    until: Moment,
}

/// Shows who may use the console.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn show(caller: Caller<OperatorsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let operators = state.operators.list(Some(&caller.tenant)).await?;
    let may_change = view.operator.may(Scope::OperatorsWrite);
    let shown = OperatorsPage {
        assets: Assets,
        tabs: Tabs::new(&view, OPERATORS),
        operators: operators.iter().map(|it| OperatorRow::new(&view, it, may_change)).collect(),
        form: may_change.then(|| InviteForm::new(&view, String::new(), Role::Reader, None)),
        tenant: caller.tenant.as_str().to_owned(),
        frame: Frame::new(view.clone().timeless(), SETTINGS).with(Elsewhere::new(
            &view,
            OPERATORS,
            "/v1/operators",
            &[],
            false,
        )),
    };
    page(StatusCode::OK, &shown)
}

/// Invites somebody, and shows the link, which is told this once.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; what the form can mend is said on the page.
pub async fn invite(
    caller: Caller<OperatorsWrite>,
    view: View,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let Invitee { email, role, opened } = read(&form)?;
    let role = Role::parse(&role);
    let is_oneself = email.trim().eq_ignore_ascii_case(&view.operator.email);
    let answer = match role {
        Some(_) if is_oneself => Err(Invalid::new("email", ONESELF).into()),
        Some(_) if is_made(&caller, &state, &email, opened).await? => Err(Invalid::new("email", MADE).into()),
        Some(role) => invited(&caller, &state, email.clone(), role).await,
        None => Err(Invalid::new("role", "must be `reader`, `analyst` or `admin`").into()),
    };
    let (status, link, form) = match answer {
        Ok((operator, url)) => (StatusCode::CREATED, Some(Link::new(&view, &operator, url)), None),
        Err(fault @ (Fault::Invalid(_) | Fault::OperatorTaken)) => {
            // The field is called as the form calls it.
            let said = fault.to_string();
            let said = said.strip_prefix("email ").map_or(said.clone(), |must| format!("the e-mail address {must}"));
            let amiss = sentence(&said);
            let form = InviteForm::new(&view, email, role.unwrap_or(Role::Reader), Some(amiss));
            (fault.kind().row().status, None, Some(form))
        }
        Err(fault) => return Err(fault),
    };
    let (tabs, back) = (Tabs::new(&view, ""), view.href(OPERATORS, &[]));
    page(status, &InvitedPage { assets: Assets, tabs, link, form, back, frame: Frame::new(view.timeless(), SETTINGS) })
}

/// Whether somebody was invited since the form was shown.
async fn is_made(caller: &Caller<OperatorsWrite>, state: &State, email: &str, opened: i64) -> Result<bool, Fault> {
    let id = state.keyring.operator_id(email.trim());
    let known = state.operators.list(Some(&caller.tenant)).await?;
    let at = known.iter().find(|it| it.id == id).map(|it| it.invited_at.unix_ms());
    Ok(opened > 0 && at.is_some_and(|it| it >= opened))
}

/// Revokes an operator, and shows the others.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn revoke(
    caller: Caller<OperatorsWrite>,
    view: View,
    At(id): At<OperatorId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    revoked(&caller, &state, id).await?;
    Ok(see_other(&view.operator.told(&state, Done::Revoked, &view.href(OPERATORS, &[]))))
}

impl OperatorRow {
    fn new(view: &View, operator: &Operator, may_change: bool) -> Self {
        let is_other = operator.id != view.operator.id && operator.revoked_at.is_none();
        Self {
            id: operator.id.to_string(),
            email: operator.email.clone(),
            role: operator.role.as_str(),
            status: operator.standing(view.now).as_str(),
            invited_at: Moment::new(view, operator.invited_at),
            revoke: (may_change && is_other).then(|| view.href(&format!("{OPERATORS}/{}/revoke", operator.id), &[])),
        }
    }
}

impl InviteForm {
    fn new(view: &View, email: String, role: Role, amiss: Option<String>) -> Self {
        Self { action: view.href(OPERATORS, &[]), email, role, opened: view.now.unix_ms(), amiss }
    }
}

impl Link {
    fn new(view: &View, operator: &Operator, url: String) -> Self {
        let until = operator.invitation.as_ref().map_or(view.now, |it| it.expires_at);
        let (email, role) = (operator.email.clone(), operator.role.as_str());
        Self { email, role, url, until: Moment::new(view, until) }
    }
}
