//! Whom a proxy of ours vouches for.

use actix_web::dev::RequestHead;

use crate::{domain::login::login::is_email_address, http::door::state::HttpSettings};

/// The e-mail address of the operator for whom a proxy of ours vouches: in the header that a setting names, and only if the request
/// comes from a proxy that is trusted. From elsewhere anybody could have written it.
#[must_use]
pub fn email(settings: &HttpSettings, head: &RequestHead) -> Option<String> {
    let header = settings.console.proxy_header.as_ref().filter(|_| settings.proxies.is_ours(head))?;
    let mut written = head.headers.get_all(header.as_str());
    let (Some(email), None) = (written.next(), written.next()) else { return None };
    let email = email.to_str().ok()?.trim();
    is_email_address(email).then(|| email.to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::http::door::{client_address::TrustedProxies, state::ConsoleSettings};

    fn seen(peer: &str, headers: &[(&'static str, &'static str)], header: Option<&str>) -> Option<String> {
        let networks = vec!["10.0.0.0/8".parse().unwrap()];
        let settings = HttpSettings {
            proxies: TrustedProxies { networks, header: Some("x-forwarded-for".to_owned()) },
            console: ConsoleSettings { proxy_header: header.map(str::to_owned), ..ConsoleSettings::default() },
            ..HttpSettings::default()
        };
        let request = TestRequest::default().peer_addr(peer.parse().unwrap());
        let request = headers.iter().fold(request, |it, header| it.append_header(*header)).to_http_request();
        email(&settings, request.head())
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        let (ana, header) = ([("x-user", "ana@example.com")], Some("x-user"));
        assert_eq!(seen("10.0.0.1:1", &ana, header).as_deref(), Some("ana@example.com"));
        assert_eq!(seen("[::ffff:10.0.0.1]:1", &ana, header).as_deref(), Some("ana@example.com"));
        assert_eq!(seen("10.0.0.1:1", &ana, None), None, "off unless a setting says otherwise");
        for peer in ["127.0.0.1:1", "192.0.2.1:1", "[::1]:1"] {
            let through = [ana[0], ("x-forwarded-for", "10.0.0.1")];
            assert_eq!((seen(peer, &ana, header), seen(peer, &through, header)), (None, None), "{peer}");
        }
    }

    #[test]
    fn what_is_no_address_or_comes_twice_is_nobodys() {
        for written in ["", "ana", "ana@example.com, ben@example.com", "\u{e9}@example.com"] {
            assert_eq!(seen("10.0.0.1:1", &[("x-user", written)], Some("x-user")), None, "{written}");
        }
        let twice = [("x-user", "ana@example.com"), ("x-user", "ben@example.com")];
        assert_eq!(seen("10.0.0.1:1", &twice, Some("x-user")), None);
    }
}
