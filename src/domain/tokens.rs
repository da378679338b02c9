//! Texts that we give out and get back: device tokens, links in mails, return paths, cursors. Each contains what it
//! stands for and a signature of that, so nothing about it has to be stored and nobody can forge one. They are stored
//! forms: a change would make those in use unreadable.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};

use crate::domain::{
    ids::{AlertId, DeviceId, EmailKey, RequestId, TenantId, UserKey},
    keyring::{Keyring, TenantKeys},
};

/// Whether two texts are the same. The time does not depend on where they first differ: their hashes are compared,
/// whose bytes nobody can choose.
#[must_use]
pub fn same(given: &[u8], expected: &[u8]) -> bool {
    blake3::hash(given) == blake3::hash(expected)
}

/// What a device token starts with.
const DEVICE_PREFIX: &str = "wld_";

/// The token that a backend may keep in a cookie to identify this device: `wld_`, then device and signature as 48
/// hexadecimal digits.
#[must_use]
pub fn device_token(keys: &TenantKeys, user: &UserKey, device: DeviceId) -> String {
    let mut bytes = [0_u8; 24];
    bytes[..8].copy_from_slice(&device.0);
    bytes[8..].copy_from_slice(&keys.device_signature(user, device));
    let mut token = String::with_capacity(DEVICE_PREFIX.len() + 48);
    token.push_str(DEVICE_PREFIX);
    HEXLOWER.encode_append(&bytes, &mut token);
    token
}

/// The device that a token identifies; `None` if this tenant never gave the token to this user.
#[must_use]
pub fn read_device_token(keys: &TenantKeys, user: &UserKey, token: &str) -> Option<DeviceId> {
    let digits = token.strip_prefix(DEVICE_PREFIX).filter(|digits| digits.len() == 48)?;
    let mut bytes = [0_u8; 24];
    HEXLOWER.decode_mut(digits.as_bytes(), &mut bytes).ok()?;
    let (device, signature) = bytes.split_first_chunk::<8>()?;
    let device = DeviceId(*device);
    same(signature, &keys.device_signature(user, device)).then_some(device)
}

/// The secret part of the link in a mail: the alert and its signature, 43 letters.
#[must_use]
pub fn link_token(keyring: &Keyring, alert: AlertId) -> String {
    with_signature(alert.0, keyring.link_signature(alert))
}

/// The alert that a link answers; `None` for a link that we never made.
#[must_use]
pub fn read_link_token(keyring: &Keyring, token: &str) -> Option<AlertId> {
    let (id, signature) = without_signature(token)?;
    same(&signature, &keyring.link_signature(AlertId(id))).then_some(AlertId(id))
}

/// What a link of a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestLink {
    /// Confirming or declining the request.
    Confirm,
    /// Fetching the copy.
    Copy,
}

impl RequestLink {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Copy => "copy",
        }
    }
}

/// The secret part of a link in a mail about a request: the request and its signature, 43 letters.
#[must_use]
pub fn request_token(keyring: &Keyring, request: RequestId, link: RequestLink) -> String {
    with_signature(request.0, keyring.request_signature(request, link.purpose()))
}

/// The request that a link is about; `None` for a link that we never made, or made for something else.
#[must_use]
pub fn read_request_token(keyring: &Keyring, token: &str, link: RequestLink) -> Option<RequestId> {
    let (id, signature) = without_signature(token)?;
    same(&signature, &keyring.request_signature(RequestId(id), link.purpose())).then_some(RequestId(id))
}

/// A list that is read page by page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PagedList<'a> {
    /// The tenant whose list it is.
    pub tenant: &'a TenantId,
    /// The list, and the filter on it.
    pub question: &'a str,
}

/// A cursor for a position in a list: 43 letters.
#[must_use]
pub fn cursor(keyring: &Keyring, list: PagedList<'_>, position: [u8; 16]) -> String {
    with_signature(position, keyring.cursor_signature(list.tenant, list.question, &position))
}

/// The position in a cursor of this list; `None` if this list never gave it.
#[must_use]
pub fn read_cursor(keyring: &Keyring, list: PagedList<'_>, cursor: &str) -> Option<[u8; 16]> {
    let (position, signature) = without_signature(cursor)?;
    same(&signature, &keyring.cursor_signature(list.tenant, list.question, &position)).then_some(position)
}

/// The token in a mail's return path: the alert, and a signature of it and the e-mail address. 42 letters and digits,
/// in any case, because mail servers may change it.
#[must_use]
pub fn bounce_token(keyring: &Keyring, alert: AlertId, email: EmailKey) -> String {
    let bytes = [&alert.0[..], &keyring.bounce_signature(alert, email)].concat();
    BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
}

/// A token from a return path. It does not reveal the address it was made for, only whether that is a given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BounceToken {
    /// The alert that the mail was about, if the token is genuine.
    pub alert: AlertId,
    signature: [u8; 10],
}

impl BounceToken {
    /// Reads a token in letters of either case; `None` for a text that does not have its form.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        let bytes = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (alert, signature) = bytes.split_first_chunk::<16>()?;
        Some(Self { alert: AlertId(*alert), signature: signature.try_into().ok()? })
    }

    /// Whether we made it for the mail to this address.
    #[must_use]
    pub fn is_for(&self, keyring: &Keyring, email: EmailKey) -> bool {
        same(&self.signature, &keyring.bounce_signature(self.alert, email))
    }
}

fn with_signature(content: [u8; 16], signature: [u8; 16]) -> String {
    BASE64URL_NOPAD.encode(&[content, signature].concat())
}

fn without_signature(token: &str) -> Option<([u8; 16], [u8; 16])> {
    let bytes: [u8; 32] = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?.try_into().ok()?;
    let (content, signature) = bytes.split_first_chunk::<16>()?;
    Some((*content, signature.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;

    fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).unwrap()
    }

    fn keyring() -> Keyring {
        Keyring::new([7; 32])
    }

    /// Each of the ways to change one character of a text.
    fn forgeries(text: &str) -> Vec<String> {
        let forged = |at: usize| {
            let mut forged = text.to_owned();
            forged.replace_range(at..=at, if &text[at..=at] == "a" { "b" } else { "a" });
            forged
        };
        (0..text.len()).map(forged).collect()
    }

    /// Handed out by releases of before: they must be read for as long as they are used.
    #[test]
    fn tokens_are_what_they_have_always_been() {
        let (keyring, acme) = (keyring(), tenant("acme"));
        let keys = keyring.tenant(&acme);
        let user = keys.user(&UserId::parse("ana").unwrap());
        let alert = AlertId([3; 16]);
        let list = PagedList { tenant: &acme, question: "logins" };
        assert_eq!(
            [
                device_token(&keys, &user, DeviceId([1, 2, 3, 4, 5, 6, 7, 8])),
                link_token(&keyring, alert),
                cursor(&keyring, list, [9; 16]),
                bounce_token(&keyring, alert, keys.email("ana@example.com")),
                request_token(&keyring, RequestId([3; 16]), RequestLink::Confirm),
                request_token(&keyring, RequestId([3; 16]), RequestLink::Copy),
            ],
            [
                "wld_0102030405060708a02cb22c78824a69bf2fd42462db8e9b",
                "AwMDAwMDAwMDAwMDAwMDAy1hpDPxpu8GnJMESTlNtxo",
                "CQkJCQkJCQkJCQkJCQkJCXgm2t81A7IqYgOfMdDPdW4",
                "ambqgaydambqgaydambqgaydan5nflzcwkwcv2xiji",
                "AwMDAwMDAwMDAwMDAwMDAwo6gqOVy0VfL8-dDZmAKCI",
                "AwMDAwMDAwMDAwMDAwMDAwnPq7LfnhfT3Z4pCpBpWh0",
            ]
        );
    }

    #[test]
    fn a_device_token_names_its_device_to_its_tenant_and_user_only() {
        let (acme, other) = (keyring().tenant(&tenant("acme")), keyring().tenant(&tenant("other")));
        let ana = acme.user(&UserId::parse("ana").unwrap());
        let bob = acme.user(&UserId::parse("bob").unwrap());
        let device = DeviceId([1, 2, 3, 4, 5, 6, 7, 8]);
        let token = device_token(&acme, &ana, device);
        assert_eq!(read_device_token(&acme, &ana, &token), Some(device));
        assert_eq!(read_device_token(&acme, &bob, &token), None);
        assert_eq!(read_device_token(&other, &ana, &token), None);
        let upper = token.to_uppercase().replace("WLD_", "wld_");
        for wrong in ["", "wld_", "wld_é", &token[..20], &token.replace('0', "1"), &format!("{token}0"), &upper] {
            assert_eq!(read_device_token(&acme, &ana, wrong), None, "{wrong}");
        }
        for forged in forgeries(&token) {
            assert_eq!(read_device_token(&acme, &ana, &forged), None, "{forged}");
        }
    }

    #[test]
    fn a_link_answers_its_own_alert_only() {
        let token = link_token(&keyring(), AlertId([3; 16]));
        assert_eq!(read_link_token(&keyring(), &token), Some(AlertId([3; 16])));
        assert_eq!(read_link_token(&Keyring::new([8; 32]), &token), None);
        for forged in forgeries(&token).into_iter().chain([String::new(), "é".to_owned(), format!("{token}A")]) {
            assert_eq!(read_link_token(&keyring(), &forged), None, "{forged}");
        }
    }

    #[test]
    fn a_link_of_a_request_is_for_one_request_and_one_purpose() {
        let (request, link) = (RequestId([3; 16]), RequestLink::Confirm);
        let token = request_token(&keyring(), request, link);
        assert_eq!(read_request_token(&keyring(), &token, link), Some(request));
        assert_eq!(read_request_token(&keyring(), &token, RequestLink::Copy), None);
        assert_eq!(read_request_token(&Keyring::new([8; 32]), &token, link), None);
        assert_eq!(read_link_token(&keyring(), &token), None, "and for no alert");
        for forged in forgeries(&token).into_iter().chain([String::new(), "é".to_owned(), format!("{token}A")]) {
            assert_eq!(read_request_token(&keyring(), &forged, link), None, "{forged}");
        }
    }

    #[test]
    fn a_cursor_goes_with_its_own_list_only() {
        let (acme, other) = (tenant("acme"), tenant("other"));
        let list = |tenant, question| PagedList { tenant, question };
        let given = cursor(&keyring(), list(&acme, "a"), [9; 16]);
        let read = |list, text: &str| read_cursor(&keyring(), list, text);
        assert_eq!(read(list(&acme, "a"), &given), Some([9; 16]));
        assert_eq!((read(list(&acme, "b"), &given), read(list(&other, "a"), &given)), (None, None));
        for forged in forgeries(&given).into_iter().chain([String::new(), "é".to_owned()]) {
            assert_eq!(read(list(&acme, "a"), &forged), None, "{forged}");
        }
    }

    #[test]
    fn a_return_path_tells_one_address_in_either_case() {
        let keys = keyring().tenant(&tenant("acme"));
        let (ana, bob) = (keys.email("ana@example.com"), keys.email("bob@example.com"));
        let text = bounce_token(&keyring(), AlertId([3; 16]), ana);
        for text in [text.to_uppercase(), text] {
            let token = BounceToken::parse(&text).unwrap();
            assert_eq!(token.alert, AlertId([3; 16]));
            assert!(token.is_for(&keyring(), ana) && !token.is_for(&keyring(), bob));
        }
        assert_eq!(BounceToken::parse("aaaa"), None);
    }
}
