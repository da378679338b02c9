//! The words about a person's request: the mail that asks them, the mail that says it is done, and the pages behind their
//! buttons.

use crate::{
    domain::privacy::request::{PersonRequest, RequestKind, RequestState},
    words::{
        catalogue::Tongue,
        clean::mask_address,
        letter::{Sender, fitted},
        message::Message,
        page::Gone,
        phrase::Phrase,
    },
};

/// A fact with its label.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// What it is.
    pub label: Phrase,
    /// The fact.
    pub value: Phrase,
}

/// The words of one mail about a request.
#[derive(Clone, Debug)]
pub struct RequestLetter {
    /// The subject: at most 60 characters.
    pub subject: String,
    /// What was asked, or what was done.
    pub headline: Phrase,
    /// The account, masked.
    pub account: Labelled,
    /// What that means, and what to do if it was not the person who asked.
    pub paragraphs: Vec<Phrase>,
    /// The text on the button; `None` if there is nothing to open.
    pub button: Option<Phrase>,
    /// The label of the link's address.
    pub link_label: Phrase,
    /// For how long the link works.
    pub link_life: Phrase,
    /// The reference, and the receipt of an erasure.
    pub marks: Vec<Labelled>,
    /// What we never ask for.
    pub never: Phrase,
    /// Who sends the mail, and for how long the request is kept.
    pub footer: Vec<Phrase>,
    /// What separates a label from its value.
    pub colon: String,
}

/// The words of the mail that is next: the one that asks, or, once the wish is carried out, the one that says so. It goes
/// to `address`.
#[must_use]
pub fn request_letter(
    tongue: &Tongue,
    request: &PersonRequest,
    address: &str,
    sender: &Sender,
    reference: &str,
) -> RequestLetter {
    let is_done = request.state == RequestState::CarriedOut;
    let product = [("product", sender.product.as_str())];
    let labelled = |label, value: &str| Labelled { label: tongue.say(label), value: Phrase::value(value) };
    let receipt = request.receipt.as_ref().map(|it| labelled(Message::RequestReceipt, it));
    let mut footer = vec![tongue.say_with(Message::RequestSender, &product)];
    footer.extend(sender.support.as_ref().map(|support| tongue.say_with(Message::Support, &[("support", support)])));
    footer.push(tongue.say(Message::RequestKept));
    RequestLetter {
        subject: subject(tongue, request.kind, is_done, &sender.product),
        headline: tongue.say_with(if is_done { done(request.kind) } else { asked(request.kind) }, &product),
        account: labelled(Message::Account, &mask_address(address)),
        paragraphs: if is_done { after(tongue, request.kind, &product) } else { before(tongue, request.kind) },
        button: button(request.kind, is_done).map(|it| tongue.say(it)),
        link_label: tongue.say(Message::Link),
        link_life: tongue.say(if is_done { Message::RequestCopyOnce } else { Message::RequestValid }),
        marks: std::iter::once(labelled(Message::Reference, reference)).chain(receipt).collect(),
        never: tongue.say(Message::Never),
        footer,
        colon: tongue.say(Message::Colon).plain(),
    }
}

fn subject(tongue: &Tongue, kind: RequestKind, is_done: bool, product: &str) -> String {
    let message = match (is_done, kind) {
        (false, _) => Message::RequestSubject,
        (true, RequestKind::Export) => Message::RequestSubjectCopy,
        (true, _) => Message::RequestSubjectDone,
    };
    fitted(product, |product| tongue.say_with(message, &[("product", product)]).plain())
}

const fn button(kind: RequestKind, is_done: bool) -> Option<Message> {
    match (is_done, kind) {
        (false, _) => Some(Message::RequestButton),
        (true, RequestKind::Export) => Some(Message::RequestCopyButton),
        (true, _) => None,
    }
}

fn before(tongue: &Tongue, kind: RequestKind) -> Vec<Phrase> {
    vec![tongue.say(then(kind)), tongue.say(Message::RequestIfNotYou)]
}

fn after(tongue: &Tongue, kind: RequestKind, product: &[(&'static str, &str)]) -> Vec<Phrase> {
    let next = match kind {
        RequestKind::Export => None,
        RequestKind::Erase => Some(tongue.say(Message::RequestDoneEraseThen)),
        RequestKind::Restrict | RequestKind::Object => Some(tongue.say_with(Message::RequestDoneUndo, product)),
    };
    next.into_iter().chain([tongue.say_with(Message::RequestDoneNotYou, product)]).collect()
}

const fn asked(kind: RequestKind) -> Message {
    match kind {
        RequestKind::Export => Message::RequestAskedExport,
        RequestKind::Erase => Message::RequestAskedErase,
        RequestKind::Restrict => Message::RequestAskedRestrict,
        RequestKind::Object => Message::RequestAskedObject,
    }
}

const fn then(kind: RequestKind) -> Message {
    match kind {
        RequestKind::Export => Message::RequestThenExport,
        RequestKind::Erase => Message::RequestThenErase,
        RequestKind::Restrict => Message::RequestThenRestrict,
        RequestKind::Object => Message::RequestThenObject,
    }
}

const fn done(kind: RequestKind) -> Message {
    match kind {
        RequestKind::Export => Message::RequestDoneExport,
        RequestKind::Erase => Message::RequestDoneErase,
        RequestKind::Restrict => Message::RequestDoneRestrict,
        RequestKind::Object => Message::RequestDoneObject,
    }
}

/// The page that asks whether the person wants it.
#[derive(Clone, Debug)]
pub struct RequestQuestion {
    /// The heading.
    pub title: Phrase,
    /// The account, masked.
    pub account: Labelled,
    /// What was asked.
    pub asked: Phrase,
    /// What that means.
    pub then: Phrase,
    /// The text on the button that confirms it.
    pub yes: Phrase,
    /// The text on the button that declines it.
    pub no: Phrase,
    /// What separates a label from its value.
    pub colon: String,
}

/// The page after an answer.
#[derive(Clone, Debug)]
pub struct RequestNoted {
    /// The title.
    pub title: Phrase,
    /// What happens now.
    pub noted: Phrase,
}

/// The page that hands out a copy.
#[derive(Clone, Debug)]
pub struct CopyOffer {
    /// The heading.
    pub title: Phrase,
    /// That it works once.
    pub once: Phrase,
    /// The text on the button that gives a page to read.
    pub read: Phrase,
    /// The text on the button that gives data.
    pub data: Phrase,
}

/// The words that ask about a request, whose mail went to `address`.
#[must_use]
pub fn request_question(tongue: &Tongue, kind: RequestKind, address: &str, product: &str) -> RequestQuestion {
    RequestQuestion {
        title: tongue.say(Message::PageRequest),
        account: Labelled { label: tongue.say(Message::Account), value: Phrase::value(&mask_address(address)) },
        asked: tongue.say_with(asked(kind), &[("product", product)]),
        then: tongue.say(then(kind)),
        yes: tongue.say(match kind {
            RequestKind::Export => Message::PageRequestYesExport,
            RequestKind::Erase => Message::PageRequestYesErase,
            RequestKind::Restrict => Message::PageRequestYesRestrict,
            RequestKind::Object => Message::PageRequestYesObject,
        }),
        no: tongue.say(Message::PageRequestNo),
        colon: tongue.say(Message::Colon).plain(),
    }
}

/// The words after the person has confirmed a request, or has not.
#[must_use]
pub fn request_noted(tongue: &Tongue, is_confirmed: bool) -> RequestNoted {
    let noted = if is_confirmed { Message::PageRequestConfirmed } else { Message::PageRequestDeclined };
    RequestNoted { title: tongue.say(Message::PageThanks), noted: tongue.say(noted) }
}

/// The words that hand out a copy.
#[must_use]
pub fn copy_offer(tongue: &Tongue, product: &str) -> CopyOffer {
    CopyOffer {
        title: tongue.say_with(Message::RequestDoneExport, &[("product", product)]),
        once: tongue.say(Message::PageCopyOnce),
        read: tongue.say(Message::PageCopyRead),
        data: tongue.say(Message::PageCopyData),
    }
}

/// The words for a link of a request that cannot be used. They give no reason away.
#[must_use]
pub fn request_gone(tongue: &Tongue, product: &str) -> Gone {
    Gone {
        title: tongue.say(Message::PageGone),
        why: tongue.say(Message::PageGoneWhy),
        then: tongue.say_with(Message::PageRequestGoneThen, &[("product", product)]),
    }
}
