//! Ids of things: tenant, user, login, device, alert, event, note, webhook. None is random: they are parsed at the door or
//! derived by the [keyring](crate::domain::keyring), so that a retry gets the same id again.

use std::fmt;

use crate::domain::time::Timestamp;

/// How many partitions a store has. A stored form: fixed when a store is created, checked when it is opened.
pub const PARTITIONS: usize = 256;

/// The partition that all of one user's data lives in: the unit of atomicity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(pub u8);

/// Some partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partitions([u64; PARTITIONS / 64]);

impl Partitions {
    /// None.
    pub const NONE: Self = Self([0; PARTITIONS / 64]);
    /// All.
    pub const ALL: Self = Self([u64::MAX; PARTITIONS / 64]);

    /// Adds one.
    pub const fn insert(&mut self, partition: Partition) {
        self.0[partition.0 as usize / 64] |= 1 << (partition.0 % 64);
    }

    /// Adds those of others.
    pub fn add(&mut self, others: Self) {
        for (these, those) in self.0.iter_mut().zip(others.0) {
            *these |= those;
        }
    }

    /// Whether one is among them.
    #[must_use]
    pub const fn has(self, partition: Partition) -> bool {
        self.0[partition.0 as usize / 64] >> (partition.0 % 64) & 1 == 1
    }

    /// They, in order.
    pub fn iter(self) -> impl Iterator<Item = Partition> {
        (0..=u8::MAX).map(Partition).filter(move |it| self.has(*it))
    }
}

/// A tenant: a product whose logins are posted here. 1 to 64 characters of `a-z 0-9 _ -`, so that it can be part of
/// keys and logs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(String);

impl TenantId {
    /// Parses a tenant's id; `None` if it is empty, too long or has other characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
        ((1..=64).contains(&text.len()) && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The tenant's own id of a user: 1 to 256 bytes, opaque. It never becomes part of a key as it is: see [`UserKey`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

impl UserId {
    /// Longest id of a user, in bytes.
    pub const MAX_BYTES: usize = 256;

    /// Parses a user's id; `None` if it is empty, over 256 bytes or has control characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_BYTES).contains(&text.len());
        (fits && !text.chars().any(char::is_control)).then(|| Self(text.to_owned()))
    }

    /// The id as the tenant wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Identifies a user in keys and indexes: a keyed hash of tenant and user, and the partition that follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserKey {
    /// Keyed hash of tenant and user id.
    pub hash: [u8; 16],
    /// The partition in which all of this user's data is stored.
    pub partition: Partition,
}

/// Identifies a network prefix (/24 or /64) in indexes: a hash with a key of the tenant. The default is that of no network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PrefixKey(pub [u8; 16]);

/// Identifies an e-mail address: a hash with a key of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailKey(pub [u8; 16]);

/// What a clue is known by: a hash with a key of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClueKey(pub [u8; 8]);

/// Bytes that sort by time and name a partition: 6 of big-endian milliseconds, 1 of partition, 9 of keyed hash. Times
/// before 1970 sort as 1970.
#[must_use]
pub fn timed_bytes(at: Timestamp, partition: Partition, hash: &[u8; 32]) -> [u8; 16] {
    let ms = u64::try_from(at.unix_ms()).unwrap_or(0).to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&ms[2..]);
    bytes[6] = partition.0;
    bytes[7..].copy_from_slice(&hash[..9]);
    bytes
}

/// Gives an id of 16 time-ordered bytes its text form: a prefix and 26 letters, as in ULIDs.
macro_rules! timed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// Reads the text form; `None` for anything that this type would not have written.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                decode_base32(text.strip_prefix($prefix)?).map(Self)
            }

            /// The partition that the thing is stored in.
            #[must_use]
            pub fn partition(&self) -> Partition {
                Partition(self.0[6])
            }

            /// The point in time that this sorts by.
            #[must_use]
            pub fn time(&self) -> Timestamp {
                let [a, b, c, d, e, f, ..] = self.0;
                Timestamp::from_unix_ms(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
            }

            /// The lowest id above this one; itself, if there is none.
            #[must_use]
            pub fn next(self) -> Self {
                Self(u128::from_be_bytes(self.0).saturating_add(1).to_be_bytes())
            }

            /// Lower than every id of `at` and later, and higher than every earlier one.
            #[must_use]
            pub fn first_at(at: Timestamp) -> Self {
                Self(timed_bytes(at, Partition(0), &[0; 32]))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), encode_base32(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

timed_id!(
    /// One login event, `lgn_…`; sorts by when the login happened.
    LoginId, "lgn_"
);
timed_id!(
    /// One alert, `alr_…`; sorts by when its login was received.
    AlertId, "alr_"
);

timed_id!(
    /// One event that a tenant is told of, `evt_…`; sorts by when it happened, and is in the partition of what it
    /// is about.
    EventId, "evt_"
);
timed_id!(
    /// The receipt of one erasure, `rcp_…`; sorts by when it was asked for, and is in the partition of its user.
    ReceiptId, "rcp_"
);
timed_id!(
    /// One note on a login, `nte_…`; sorts by when the login happened, and is in its partition.
    NoteId, "nte_"
);
timed_id!(
    /// One webhook, `whk_…`; sorts by when it was created. Its partition is 0: it belongs to a tenant, not to a user.
    WebhookId, "whk_"
);

timed_id!(
    /// One request of a person, `rqs_…`; sorts by when it was opened, and is in the partition of its user.
    RequestId, "rqs_"
);

/// One device of one user, `dev_` and 16 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub [u8; 8]);

impl DeviceId {
    /// Reads the text form; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("dev_")?;
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let sound = digits.len() == 16 && digits.bytes().all(lower_hex);
        if sound { u64::from_str_radix(digits, 16).ok().map(|it| Self(it.to_be_bytes())) } else { None }
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dev_{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One operator of the console, `opr_…`: a keyed hash of the e-mail address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorId(pub [u8; 16]);

impl OperatorId {
    /// Reads the text form; `None` for anything that this type would not have written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        decode_base32(text.strip_prefix("opr_")?).map(Self)
    }
}

impl fmt::Display for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "opr_{}", encode_base32(&self.0))
    }
}

impl fmt::Debug for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Crockford's base 32. It has no I, L, O and U, so that ids can be read out on the phone.
pub(crate) const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 128 bits as 26 letters, most significant first, as the ULID specification writes them.
fn encode_base32(bytes: &[u8; 16]) -> String {
    let value = u128::from_be_bytes(*bytes);
    (0..26).rev().map(|it| char::from(BASE32[(value >> (5 * it)) as usize & 31])).collect()
}

fn decode_base32(text: &str) -> Option<[u8; 16]> {
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return None;
    }
    let digit = |it| BASE32.iter().position(|&letter| letter == it).map(|at| at as u128);
    let value = text.bytes().try_fold(0_u128, |value, it| Some(value << 5 | digit(it)?))?;
    Some(value.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_back_as_written_and_sort_by_time() {
        let id = LoginId(timed_bytes(Timestamp::from_unix_ms(1_790_000_000_123), Partition(42), &[0xA5; 32]));
        assert_eq!(LoginId::parse(&id.to_string()), Some(id));
        assert_eq!((id.partition(), id.time().unix_ms()), (Partition(42), 1_790_000_000_123));
        assert!(LoginId::first_at(id.time()) < id && id < LoginId::first_at(id.time().plus_ms(1)));
        let device = DeviceId([0x9c, 1, 2, 3, 4, 5, 6, 0xff]);
        assert_eq!(DeviceId::parse(&device.to_string()), Some(device));
    }

    #[test]
    fn what_was_never_written_is_not_read() {
        for text in [
            "",
            "lgn_",
            "lgn_80000000000000000000000000",
            "lgn_0000000000000000000000000U",
            "alr_00000000000000000000000000",
        ] {
            assert_eq!(LoginId::parse(text), None, "{text}");
        }
        for text in ["dev_", "dev_+123456789abcde0", "dev_9C1F000000000000", "dev_é000000000000"] {
            assert_eq!(DeviceId::parse(text), None, "{text}");
        }
    }
}
