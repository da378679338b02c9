//! Counts from where users sign in, for a map.

use std::collections::{BTreeMap, HashSet};

use crate::{
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        login::login::Outcome,
        place::Country,
        recognition::verdict::DeviceStatus,
        time::{DAY_MS, Timestamp},
    },
    ports::{LoginStore, Unavailable},
};

/// How many logins are read from the store at once.
const STEP: usize = 512;
/// How many logins one answer counts at most.
const MAX_COUNTED: u64 = 200_000;
/// How many logins one answer reads at most, including failed ones.
const MAX_READ: usize = 1_000_000;

/// What logins are counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// When the day begins, in UTC.
    pub day: Timestamp,
    /// The country, if there is a place.
    pub country: Option<Country>,
    /// Its region, by its English name, if it is known.
    pub region: Option<String>,
}

/// What happened in a cell. Failed logins are not counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The country's English name, if the country is known.
    pub country_name: Option<String>,
    /// Successful logins.
    pub logins: u64,
    /// Logins from devices that were new to their users.
    pub new_devices: u64,
    users: HashSet<[u8; 16]>,
}

impl Tally {
    /// How many different users signed in.
    #[must_use]
    pub fn users(&self) -> usize {
        self.users.len()
    }

    fn add(&mut self, login: &LoginRecord) {
        self.country_name = login.whereabouts.place.as_ref().map(|it| it.country_name.clone());
        self.logins += 1;
        self.new_devices += u64::from(login.device.status == DeviceStatus::New);
        let mut user = [0; 16];
        user.copy_from_slice(&blake3::hash(login.user.as_str().as_bytes()).as_bytes()[..16]);
        self.users.insert(user);
    }
}

/// Logins by place and day.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    /// By day, country and region.
    pub cells: BTreeMap<Cell, Tally>,
    /// The time from which on all logins are counted. It is later than asked for if there were more than one answer
    /// counts.
    pub complete_from: Option<Timestamp>,
}

/// Counts a tenant's logins from `from` until before `to`, the latest first.
///
/// Tallies and segments do not tell it: regions and users name too much to stand in the clear, and how many different users there
/// were is no sum of counts. So each login is opened.
///
/// # Errors
/// When the store does not answer.
pub async fn count(
    store: &dyn LoginStore,
    tenant: &TenantId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Regions, Unavailable> {
    let mut regions = Regions { complete_from: Some(from), ..Regions::default() };
    let mut ids = LoginId::first_at(from)..LoginId::first_at(to);
    let (mut counted, mut read) = (0, 0);
    while ids.start < ids.end {
        let logins = store.logins(tenant, &LoginIndex::Time, ids.clone(), STEP).await?;
        for login in logins.iter().filter(|login| login.outcome == Outcome::Success) {
            let place = login.whereabouts.place.as_ref();
            let day = login.occurred_at.unix_ms().div_euclid(DAY_MS) * DAY_MS;
            let day = Timestamp::from_unix_ms(day);
            let region = place.and_then(|place| place.region.clone());
            let cell = Cell { day, country: place.map(|place| place.country), region };
            regions.cells.entry(cell).or_default().add(login);
            counted += 1;
        }
        read += logins.len();
        match logins.last() {
            Some(last) if logins.len() == STEP => ids.end = last.id,
            _ => break,
        }
        if counted >= MAX_COUNTED || read >= MAX_READ {
            regions.complete_from = logins.last().map(|it| it.occurred_at);
            break;
        }
    }
    Ok(regions)
}
