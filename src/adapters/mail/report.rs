//! Reads the reports of mail systems: what could not be delivered (RFC 3464), and what was marked as spam (RFC 5965).
//!
//! Anybody can send such a report. Only the token in the return path makes it ours, and nothing in it is believed
//! beyond the mail that the token names.

use mailparse::{MailHeaderMap, ParsedMail, parse_headers, parse_mail};

use crate::domain::alert::{
    report::{About, Report},
    suppression::{Cause, Status},
};

/// Largest message that is read. Reports quote a mail of ours, which has 30 KiB, or its headers.
const MAX_BYTES: usize = 1024 * 1024;
/// How many nested parts are read: a report has two levels, and the parser recurses.
const MAX_PARTS: usize = 50;
/// The length of a token, in letters and digits.
const TOKEN_CHARS: usize = 42;

/// Why nothing follows from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Silent {
    /// It is not a report: an answer, an out-of-office note, spam.
    NoReport,
    /// The mail is still on its way or has arrived, or the report is about something other than delivery or spam.
    NotFinal,
    /// The mail was refused for a reason other than its address.
    OtherReason,
    /// It names no mail of ours.
    NoToken,
    /// It is malformed.
    Broken,
}

impl Silent {
    /// All reasons.
    pub const ALL: [Self; 5] = [Self::NoReport, Self::NotFinal, Self::OtherReason, Self::NoToken, Self::Broken];

    /// The reason in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoReport => "no report about a mail",
            Self::NotFinal => "nothing final: delayed, delivered, or about something else",
            Self::OtherReason => "refused for another reason than the address",
            Self::NoToken => "without a token of ours: is `mail.return_path` set?",
            Self::Broken => "cannot be read",
        }
    }
}

/// Reads a message.
///
/// # Errors
/// Why nothing follows from the message.
pub fn read(message: &[u8]) -> Result<Report, Silent> {
    let multiparts = || message.windows(10).filter(|it| it.eq_ignore_ascii_case(b"multipart/")).count();
    if message.len() > MAX_BYTES || multiparts() > MAX_PARTS {
        return Err(Silent::Broken);
    }
    let mail = parse_mail(message).map_err(|_| Silent::Broken)?;
    let kind = mail.ctype.params.get("report-type").map(|it| it.to_ascii_lowercase());
    match (mail.ctype.mimetype.as_str(), kind.as_deref()) {
        ("multipart/report", Some("delivery-status")) => refused(&mail),
        ("multipart/report", Some("feedback-report")) => complained(&mail),
        _ => Err(Silent::NoReport),
    }
}

fn refused(mail: &ParsedMail<'_>) -> Result<Report, Silent> {
    let body = part(mail, "message/delivery-status").ok_or(Silent::Broken)?;
    let failed: Vec<Fields> =
        groups(&body).into_iter().filter(|it| it.first("Action").eq_ignore_ascii_case("failed")).collect();
    if failed.is_empty() {
        return Err(Silent::NotFinal);
    }
    let status = |group: &Fields| Status::parse(&group.first("Status")).filter(|it| it.is_dead_address());
    let dead: Vec<(Fields, Status)> =
        failed.into_iter().filter_map(|group| status(&group).map(|found| (group, found))).collect();
    let (_, Status(class, subject, detail)) = *dead.first().ok_or(Silent::OtherReason)?;
    let named = |(fields, _): &(Fields, Status)| {
        [address(&fields.first("Final-Recipient")), address(&fields.first("Original-Recipient"))]
    };
    Ok(Report {
        about: About::Token(token(mail, &body).ok_or(Silent::NoToken)?),
        addresses: dead.iter().flat_map(named).flatten().collect(),
        cause: Cause::Bounced,
        reason: format!("it came back: {class}.{subject}.{detail}"),
    })
}

fn complained(mail: &ParsedMail<'_>) -> Result<Report, Silent> {
    let body = part(mail, "message/feedback-report").ok_or(Silent::Broken)?;
    let fields = groups(&body).into_iter().next().ok_or(Silent::Broken)?;
    if !["abuse", "fraud", "other"].contains(&fields.first("Feedback-Type").to_ascii_lowercase().as_str()) {
        return Err(Silent::NotFinal);
    }
    let mut named: Vec<String> = fields.all("Original-Rcpt-To").iter().filter_map(|it| address(it)).collect();
    if let Some(headers) = returned(mail) {
        named.extend(headers.all("To").iter().filter_map(|it| address(it)));
    }
    Ok(Report {
        about: About::Token(token(mail, &body).ok_or(Silent::NoToken)?),
        addresses: named,
        cause: Cause::Complained,
        reason: "its recipient called it spam".to_owned(),
    })
}

/// Headers, or fields in the same syntax.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn first(&self, name: &str) -> String {
        self.all(name).into_iter().next().unwrap_or_default()
    }

    fn all(&self, name: &str) -> Vec<String> {
        let named = self.0.iter().filter(|(it, _)| it.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim().to_owned()).collect()
    }
}

/// The groups of fields in a report: one for the mail, and one for each recipient.
fn groups(body: &str) -> Vec<Fields> {
    let lines = body.replace("\r\n", "\n");
    let blocks = lines.split("\n\n").map(str::trim).filter(|it| !it.is_empty());
    let fields = |group: &str| {
        let block = format!("{group}\n\n");
        let (headers, _) = parse_headers(block.as_bytes()).ok()?;
        Some(Fields(headers.iter().map(|header| (header.get_key(), header.get_value())).collect()))
    };
    blocks.filter_map(fields).collect()
}

/// The first part of this type, as text.
fn part(mail: &ParsedMail<'_>, mimetype: &str) -> Option<String> {
    mail.subparts.iter().find(|it| it.ctype.mimetype == mimetype)?.get_body().ok()
}

/// The headers of the mail that the report returns.
fn returned(mail: &ParsedMail<'_>) -> Option<Fields> {
    let kinds = ["message/rfc822", "message/rfc822-headers", "text/rfc822-headers"];
    kinds.iter().find_map(|it| groups(&part(mail, it)?).into_iter().next())
}

/// An address, with or without its type and angle brackets: `rfc822; <ana@example.com>`.
fn address(text: &str) -> Option<String> {
    let bare = text.rsplit(';').next()?.trim().trim_start_matches('<').trim_end_matches('>').trim();
    bare.contains('@').then(|| bare.to_owned())
}

/// The token in the address that the report was sent to, or that the mail was sent from.
fn token(mail: &ParsedMail<'_>, body: &str) -> Option<String> {
    let to = ["To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Failed-Recipients"];
    let heads = to.iter().flat_map(|it| mail.headers.get_all_values(it));
    let came_from = groups(body).into_iter().flat_map(|it| it.all("Original-Mail-From"));
    let returned = returned(mail).into_iter().flat_map(|it| it.all("Return-Path"));
    heads.chain(came_from).chain(returned).find_map(|it| token_in(&it))
}

fn token_in(text: &str) -> Option<String> {
    let base32 = |text: &str| {
        text.len() == TOKEN_CHARS && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'2'..=b'7'))
    };
    let after_plus = text.split('+').skip(1).filter_map(|it| it.split_once('@').map(|(token, _)| token));
    after_plus.filter(|it| base32(it)).map(str::to_owned).next()
}
