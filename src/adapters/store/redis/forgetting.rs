//! Deleting logins, for whatever reason, with their place in the index by time; they are taken out of the tallies.

use crate::{
    adapters::store::redis::server::{keys, tally_keys},
    domain::ids::{LoginId, Partition, TenantId},
};

const FORGET: &str =
    concat!(include_str!("log/leaves.lua"), include_str!("log/leaves_cut.lua"), include_str!("forget_logins.lua"));

/// Deletes logins of one partition, and what lists them there but for narrower indexes.
#[must_use]
pub fn forget_logins<'a>(
    partition: Partition,
    logins: impl ExactSizeIterator<Item = (LoginId, &'a TenantId)> + Clone,
) -> redis::Cmd {
    let mut run = redis::cmd("EVAL");
    run.arg(FORGET).arg(4 + 3 * logins.len());
    run.arg(tally_keys::uncounted(partition)).arg(keys::log(partition)).arg(keys::brief_logins(partition));
    run.arg(keys::numbers_of_logins(partition));
    for (id, tenant) in logins.clone() {
        run.arg(keys::logins(id)).arg(keys::old_login(id)).arg(keys::logins_of(partition, tenant));
    }
    for (id, tenant) in logins {
        run.arg(&id.0[..]).arg(&keys::field_of_login(id)[..]).arg(&id.next().0[..]).arg(tenant.as_str());
    }
    run
}
