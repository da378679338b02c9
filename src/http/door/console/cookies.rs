//! The cookies of the console. Over TLS their names begin with `__Host-`, so that no other host or path can set them.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};

/// A cookie of the console. No script can read it, and no other site can send it along with a change.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleCookie {
    over_tls: &'static str,
    in_clear: &'static str,
    /// For how many days it is kept; until the browser ends, if that is 0.
    days: i64,
}

/// The token of a session.
pub const SESSION: ConsoleCookie = ConsoleCookie { over_tls: "__Host-watchlight", in_clear: "watchlight", days: 0 };
/// What a browser keeps that was sent to the issuer of operators' identities, until it comes back.
pub const TICKET: ConsoleCookie =
    ConsoleCookie { over_tls: "__Host-watchlight-ticket", in_clear: "watchlight-ticket", days: 0 };
/// What a browser of an operator is known by when its operator signs in again.
pub const DEVICE: ConsoleCookie =
    ConsoleCookie { over_tls: "__Host-watchlight-device", in_clear: "watchlight-device", days: 365 };

impl ConsoleCookie {
    /// What a request brings; `None` if it has none, or several.
    #[must_use]
    pub fn of(self, request: &HttpRequest, public_url: &str) -> Option<String> {
        let cookies = request.cookies().ok()?;
        let name = self.name(public_url);
        let mut found = cookies.iter().filter(|it| it.name() == name);
        let value = found.next()?.value().to_owned();
        found.next().is_none().then_some(value)
    }

    /// The cookie with this value.
    #[must_use]
    pub fn with(self, value: String, public_url: &str) -> Cookie<'static> {
        let cookie = Cookie::build(self.name(public_url), value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(is_tls(public_url));
        if self.days > 0 { cookie.max_age(Duration::days(self.days)).finish() } else { cookie.finish() }
    }

    /// The cookie that takes it out of the browser.
    #[must_use]
    pub fn removed(self, public_url: &str) -> Cookie<'static> {
        let mut cookie = self.with(String::new(), public_url);
        cookie.make_removal();
        cookie
    }

    const fn name_for(self, is_tls: bool) -> &'static str {
        if is_tls { self.over_tls } else { self.in_clear }
    }

    fn name(self, public_url: &str) -> &'static str {
        self.name_for(is_tls(public_url))
    }
}

fn is_tls(public_url: &str) -> bool {
    public_url.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn over_tls_no_other_host_can_set_it() {
        let cookie = SESSION.with("x".to_owned(), "https://watch.example").to_string();
        assert_eq!(cookie, "__Host-watchlight=x; HttpOnly; SameSite=Lax; Secure; Path=/");
        let cookie = SESSION.with("x".to_owned(), "http://127.0.0.1:8080").to_string();
        assert_eq!(cookie, "watchlight=x; HttpOnly; SameSite=Lax; Path=/");
        assert!(SESSION.removed("http://127.0.0.1").to_string().contains("Max-Age=0"));
    }

    #[test]
    fn one_that_comes_twice_is_none() {
        let read = |cookie: &str| {
            let request = TestRequest::default().insert_header(("Cookie", cookie)).to_http_request();
            SESSION.of(&request, "http://127.0.0.1")
        };
        assert_eq!(read("a=b; watchlight=x").as_deref(), Some("x"));
        assert_eq!(read("watchlight=x; watchlight=y"), None);
        assert_eq!(read("__Host-watchlight=x"), None, "that of another way in");
    }
}
