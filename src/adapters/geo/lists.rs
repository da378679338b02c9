//! The operator's own lists of networks, beside the databases. Each line is a network (`192.0.2.0/24`,
//! `2001:db8::/32`), an address, or an autonomous system (`AS64500`); a `#` starts a comment.

use std::{collections::HashSet, fs, io, net::IpAddr, path::Path};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::{
    domain::{place::NetworkUse, time::Timestamp},
    ports::DatabaseStatus,
};

/// The names of the lists, the most telling use first.
pub const LISTS: [(&str, NetworkUse); 3] =
    [("anonymous.txt", NetworkUse::Vpn), ("relays.txt", NetworkUse::Relay), ("hosting.txt", NetworkUse::Hosting)];

/// A list of networks.
#[derive(Clone, Debug)]
pub struct NetworkList {
    /// The file's name, without its folder.
    pub file: String,
    /// What its networks are used for.
    pub usage: NetworkUse,
    four: Vec<Ipv4Net>,
    six: Vec<Ipv6Net>,
    systems: HashSet<u32>,
}

impl NetworkList {
    /// Reads a list; `None` if there is no such file.
    ///
    /// # Errors
    /// Why it cannot be used, with the line.
    pub fn read(path: &Path, usage: NetworkUse) -> Result<Option<Self>, DatabaseStatus> {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let refused = |why: String| DatabaseStatus {
            file: file.clone(),
            database_type: "list of networks".to_owned(),
            built_at: Timestamp::default(),
            refused: Some(why),
        };
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&file, usage, &text).map(Some).map_err(refused),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refused(format!("cannot be read: {error}"))),
        }
    }

    fn parse(file: &str, usage: NetworkUse, text: &str) -> Result<Self, String> {
        let (mut four, mut six, mut systems) = (Vec::new(), Vec::new(), HashSet::new());
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let system = line.strip_prefix("AS").and_then(|it| it.parse().ok());
            let network = line.parse().ok().or_else(|| line.parse::<IpAddr>().ok().map(IpNet::from));
            match (system, network) {
                _ if line.is_empty() => {}
                (Some(system), _) => drop(systems.insert(system)),
                (None, Some(IpNet::V4(it))) => four.push(it),
                (None, Some(IpNet::V6(it))) => six.push(it),
                (None, None) => {
                    let line = number + 1;
                    return Err(format!("line {line} is no network such as 192.0.2.0/24, no address and no AS64500"));
                }
            }
        }
        // Merged, sorted and disjoint, so that only the last one that begins at or before an address can contain it.
        let (four, six) = (Ipv4Net::aggregate(&four), Ipv6Net::aggregate(&six));
        Ok(Self { file: file.to_owned(), usage, four, six, systems })
    }

    /// Whether the list contains an address, or the autonomous system of the address.
    #[must_use]
    pub fn names(&self, address: IpAddr, asn: Option<u32>) -> bool {
        let by_address = match address {
            IpAddr::V4(it) => {
                let after = self.four.partition_point(|network| network.network() <= it);
                self.four[..after].last().is_some_and(|network| network.contains(&it))
            }
            IpAddr::V6(it) => {
                let after = self.six.partition_point(|network| network.network() <= it);
                self.six[..after].last().is_some_and(|network| network.contains(&it))
            }
        };
        by_address || asn.is_some_and(|it| self.systems.contains(&it))
    }

    /// The list's standing, in the form of a database's.
    #[must_use]
    pub fn status(&self) -> DatabaseStatus {
        let entries = self.four.len() + self.six.len() + self.systems.len();
        DatabaseStatus {
            file: self.file.clone(),
            database_type: format!("list of {entries} networks"),
            built_at: Timestamp::default(),
            refused: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_networks_addresses_and_autonomous_systems() {
        let text = "# ours\n198.51.100.0/24 # lab\n\n198.51.101.0/24\n2001:db8:1::/48\n203.0.113.9\nAS64500\n";
        let list = NetworkList::parse("hosting.txt", NetworkUse::Hosting, text).unwrap();
        let names = |address: &str, asn| list.names(address.parse().unwrap(), asn);
        assert!(names("198.51.100.1", None) && names("198.51.101.255", None) && names("2001:db8:1:2::3", None));
        assert!(names("203.0.113.9", None) && names("192.0.2.1", Some(64_500)));
        assert!(!names("198.51.102.0", None) && !names("203.0.113.10", Some(1)) && !names("2001:db8:2::", None));
    }

    #[test]
    fn a_fault_is_named_by_its_line() {
        let fault = NetworkList::parse("hosting.txt", NetworkUse::Hosting, "AS1\n198.51.100.0/33\n").unwrap_err();
        assert!(fault.starts_with("line 2 "), "{fault}");
        assert!(NetworkList::parse("hosting.txt", NetworkUse::Hosting, "ASX").is_err());
    }
}
