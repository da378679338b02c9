//! The stored form of what a tenant wants to be different about its policy.
//!
//! Form 1, in order: flags of what is there: recognized, certain, medium, high, strong, days of a country's memory, days
//! and logins of learning, hours for copies, mails an hour and a day, hours until late, whether muted is said, muted, trusted networks,
//! excluded users; those parts in that order; weights (signal's code, weight). A network is a name and its ranges (first
//! and last address).

use std::net::IpAddr;

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{read_address, write_address},
    },
    domain::{
        place::AddressRange,
        policy::{
            change::PolicyChange,
            policy::{SignalKind, TrustedNetwork},
        },
    },
};

const FORM: u8 = 1;

/// The stored form of a change.
#[must_use]
pub fn encode(change: &PolicyChange) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    let shares =
        [change.recognized_from, change.certain_from, change.medium_from, change.high_from, change.strong_from];
    let numbers = [
        change.country_memory_days,
        change.learning_days,
        change.learning_logins,
        change.copied_within_hours,
        change.mails_per_hour,
        change.mails_per_day,
        change.late_after_hours,
    ];
    let mut flags: Vec<bool> = shares.iter().map(Option::is_some).collect();
    flags.extend(numbers.iter().map(Option::is_some));
    flags.extend([change.muted.is_some(), change.muted.unwrap_or_default()]);
    flags.extend([change.trusted_networks.is_some(), change.excluded_users.is_some()]);
    out.flags(&flags);
    shares.into_iter().flatten().for_each(|it| out.fraction(it));
    numbers.into_iter().flatten().for_each(|it| out.number(it));
    if let Some(networks) = &change.trusted_networks {
        write_networks(&mut out, networks);
    }
    if let Some(users) = &change.excluded_users {
        out.count(users.len());
        for user in users {
            out.text(user);
        }
    }
    out.count(change.weights.len());
    for (kind, weight) in &change.weights {
        out.byte(*kind as u8);
        out.fraction(*weight);
    }
    out.finish()
}

/// Reads a change in any form that ever was. Weights of signals that this program does not know are passed over.
///
/// # Errors
/// The bytes are not the stored form of a change.
pub fn decode(bytes: &[u8]) -> Result<PolicyChange, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let flags: [bool; 16] = from.flags()?;
    let [
        recognized,
        certain,
        medium,
        high,
        strong,
        memory,
        days,
        logins,
        copied,
        hour,
        day,
        late,
        says,
        muted,
        networks,
        users,
    ] = flags;
    let mut change = PolicyChange {
        recognized_from: from.when(recognized, Reader::fraction)?,
        certain_from: from.when(certain, Reader::fraction)?,
        medium_from: from.when(medium, Reader::fraction)?,
        high_from: from.when(high, Reader::fraction)?,
        strong_from: from.when(strong, Reader::fraction)?,
        country_memory_days: from.when(memory, Reader::number)?,
        learning_days: from.when(days, Reader::number)?,
        learning_logins: from.when(logins, Reader::number)?,
        copied_within_hours: from.when(copied, Reader::number)?,
        mails_per_hour: from.when(hour, Reader::number)?,
        mails_per_day: from.when(day, Reader::number)?,
        late_after_hours: from.when(late, Reader::number)?,
        muted: says.then_some(muted),
        trusted_networks: from.when(networks, |from| from.list(read_network))?,
        excluded_users: from.when(users, |from| from.list(Reader::text))?.map(|it| it.into_iter().collect()),
        ..PolicyChange::default()
    };
    let weights = from.list(|from| Ok((from.byte()?, from.fraction()?)))?;
    change.weights =
        weights.into_iter().filter_map(|(code, weight)| Some((SignalKind::from_code(code)?, weight))).collect();
    from.finish()?;
    Ok(change)
}

fn write_networks(out: &mut Writer, networks: &[TrustedNetwork]) {
    out.count(networks.len());
    for network in networks {
        out.text(&network.name);
        out.count(network.ranges.len());
        for range in &network.ranges {
            write_address(out, range.first);
            write_address(out, range.last);
        }
    }
}

fn read_network(from: &mut Reader<'_>) -> Result<TrustedNetwork, Malformed> {
    Ok(TrustedNetwork { name: from.text()?, ranges: from.list(read_range)? })
}

fn read_range(from: &mut Reader<'_>) -> Result<AddressRange, Malformed> {
    let (first, last): (IpAddr, IpAddr) = (read_address(from)?, read_address(from)?);
    if first.is_ipv4() != last.is_ipv4() {
        return Err(Malformed::Impossible("range"));
    }
    Ok(AddressRange { first, last })
}
