//! What a network is used for, judged by the name of its operator. Contains only names that mean little else: a company
//! that also connects homes is not listed. Collected by hand from the names in databases of networks; not complete.

use crate::domain::place::NetworkUse;

/// Names of operators in lower case, compared word by word from the start of the name.
const OPERATORS: &[(&str, NetworkUse)] = &[
    ("31173 services", NetworkUse::Vpn),
    ("alibaba us technology", NetworkUse::Hosting),
    ("amazon com", NetworkUse::Hosting),
    ("amazon 02", NetworkUse::Hosting),
    ("akamai connected cloud", NetworkUse::Hosting),
    ("choopa", NetworkUse::Hosting),
    ("clouvider", NetworkUse::Hosting),
    ("cloudflare warp", NetworkUse::Relay),
    ("cogent vpn", NetworkUse::Vpn),
    ("colocrossing", NetworkUse::Hosting),
    ("contabo", NetworkUse::Hosting),
    ("datacamp", NetworkUse::Hosting),
    ("digitalocean", NetworkUse::Hosting),
    ("express vpn", NetworkUse::Vpn),
    ("g core labs", NetworkUse::Hosting),
    ("google cloud", NetworkUse::Hosting),
    ("hetzner", NetworkUse::Hosting),
    ("hostinger", NetworkUse::Hosting),
    ("hughes network systems", NetworkUse::Satellite),
    ("icloud private relay", NetworkUse::Relay),
    ("ionos", NetworkUse::Hosting),
    ("leaseweb", NetworkUse::Hosting),
    ("linode", NetworkUse::Hosting),
    ("m247", NetworkUse::Hosting),
    ("mullvad", NetworkUse::Vpn),
    ("nordvpn", NetworkUse::Vpn),
    ("oracle cloud", NetworkUse::Hosting),
    ("ovh", NetworkUse::Hosting),
    ("packethub", NetworkUse::Vpn),
    ("private internet access", NetworkUse::Vpn),
    ("proton66", NetworkUse::Hosting),
    ("proton ag", NetworkUse::Vpn),
    ("protonvpn", NetworkUse::Vpn),
    ("psychz", NetworkUse::Hosting),
    ("quadranet", NetworkUse::Hosting),
    ("scaleway", NetworkUse::Hosting),
    ("spacex starlink", NetworkUse::Satellite),
    ("space exploration technologies", NetworkUse::Satellite),
    ("starlink", NetworkUse::Satellite),
    ("stark industries", NetworkUse::Hosting),
    ("surfshark", NetworkUse::Vpn),
    ("tefincom", NetworkUse::Vpn),
    ("tencent cloud", NetworkUse::Hosting),
    ("the constant company", NetworkUse::Hosting),
    ("tor exit", NetworkUse::Tor),
    ("tzulo", NetworkUse::Hosting),
    ("viasat", NetworkUse::Satellite),
    ("vultr", NetworkUse::Hosting),
    ("zenlayer", NetworkUse::Hosting),
];

/// Words that, anywhere in a name, say what the network is.
const WORDS: &[(&str, NetworkUse)] = &[
    ("vpn", NetworkUse::Vpn),
    ("hosting", NetworkUse::Hosting),
    ("webhosting", NetworkUse::Hosting),
    ("datacenter", NetworkUse::Hosting),
    ("datacenters", NetworkUse::Hosting),
    ("vps", NetworkUse::Hosting),
];

/// What a network with this name is used for, if the name tells.
#[must_use]
pub fn usage_by_name(name: &str) -> Option<NetworkUse> {
    let separated = name.to_lowercase().replace(|it: char| !it.is_alphanumeric(), " ");
    let words: Vec<&str> = separated.split_whitespace().collect();
    let begins = |operator: &str| {
        let mut wanted = operator.split(' ');
        let mut given = words.iter();
        wanted.all(|it| given.next().is_some_and(|word| *word == it))
    };
    let known = OPERATORS.iter().find(|(operator, _)| begins(operator));
    known.or_else(|| WORDS.iter().find(|(word, _)| words.contains(word))).map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        assert_eq!(usage_by_name("Hetzner Online GmbH"), Some(NetworkUse::Hosting));
        assert_eq!(usage_by_name("Amazon.com, Inc."), Some(NetworkUse::Hosting));
        assert_eq!(usage_by_name("AMAZON-02"), Some(NetworkUse::Hosting));
        assert_eq!(usage_by_name("OVH SAS"), Some(NetworkUse::Hosting));
        assert_eq!(usage_by_name("SpaceX Starlink"), Some(NetworkUse::Satellite));
        assert_eq!(usage_by_name("Example VPN Ltd"), Some(NetworkUse::Vpn));
        for home in ["Elisa Oyj", "Bredband2 AB", "Comcast Cable", "Ovhal Telecom", "Starlinked Cable", ""] {
            assert_eq!(usage_by_name(home), None, "{home}");
        }
    }
}
