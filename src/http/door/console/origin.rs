//! Whether a request that changes something was made by a page of ours. A cookie travels with every request of a browser, whoever
//! has made it send that.

use actix_web::{
    dev::RequestHead,
    http::{
        Method,
        header::{self, HeaderName},
    },
};

use crate::http::door::fault::Fault;

/// What a browser says about where a request comes from. No script can set it.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets through what changes nothing, and what a page of ours has sent: by `Sec-Fetch-Site`, or, where a browser does not say that,
/// by an `Origin` that is that of `public_url`.
///
/// # Errors
/// 403 for anything else.
pub fn check(head: &RequestHead, public_url: &str) -> Result<(), Fault> {
    if head.method == Method::GET || head.method == Method::HEAD {
        return Ok(());
    }
    let mut sites = head.headers.get_all(SITE);
    let is_ours = match (sites.next(), sites.next()) {
        (Some(site), None) => site == "same-origin",
        (Some(_), Some(_)) => false,
        (None, _) => {
            let mut origins = head.headers.get_all(header::ORIGIN);
            let origin = origins.next().and_then(|it| it.to_str().ok());
            origins.next().is_none() && origin.is_some_and(|it| Some(it) == origin_of(public_url))
        }
    };
    if is_ours { Ok(()) } else { Err(Fault::CrossSite) }
}

/// Scheme, host and port of a URL, as browsers write them.
fn origin_of(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    let end = url[host..].find('/').map_or(url.len(), |it| host + it);
    Some(&url[..end])
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_our_own_pages_change_anything() {
        let check = |method: Method, headers: &[(&str, &str)]| {
            let request =
                headers.iter().fold(TestRequest::default().method(method), |it, pair| it.append_header(*pair));
            check(request.to_http_request().head(), "https://watch.example/sub").is_ok()
        };
        assert!(check(Method::GET, &[("Sec-Fetch-Site", "cross-site")]), "a link in a mail");
        assert!(check(Method::POST, &[("Sec-Fetch-Site", "same-origin")]));
        assert!(check(Method::POST, &[("Origin", "https://watch.example")]));
        let refused: [&[(&str, &str)]; 9] = [
            &[],
            &[("Sec-Fetch-Site", "cross-site")],
            &[("Sec-Fetch-Site", "same-site")],
            &[("Sec-Fetch-Site", "none")],
            &[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://watch.example")],
            &[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
            &[("Origin", "https://watch.example.evil.example")],
            &[("Origin", "http://watch.example")],
            &[("Origin", "null")],
        ];
        for headers in refused {
            assert!(!check(Method::POST, headers) && !check(Method::DELETE, headers), "{headers:?}");
        }
    }
}
