//! From one page of the console to another, and nowhere else.

use actix_web::{HttpRequest, HttpResponse, http::header};
use url::{Position, Url};

/// Leads to another page of ours.
#[must_use]
pub fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .finish()
}

/// Where to go next: to a page of the console that an address or a form names, and nowhere else.
#[must_use]
pub fn within<'a>(next: &'a str, otherwise: &'a str) -> &'a str {
    let is_ours = next.starts_with("/console/")
        && next.len() <= 2_048
        && !next.contains("//")
        && !next.contains("..")
        && next.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    if is_ours { next } else { otherwise }
}

/// The page of the console whose form or link has sent a request, as the browser says; `otherwise` if it says none.
#[must_use]
pub fn from_where(request: &HttpRequest, otherwise: &str) -> String {
    let said = request.headers().get(header::REFERER).and_then(|it| Url::parse(it.to_str().ok()?).ok());
    let place = said.as_ref().map(|it| &it[Position::BeforePath..Position::AfterQuery]);
    within(place.unwrap_or_default(), otherwise).to_owned()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn where_a_form_was_is_a_page_of_ours_or_not_believed() {
        let from = |referer: &str| {
            let request = TestRequest::default().insert_header(("Referer", referer)).to_http_request();
            from_where(&request, "/console/")
        };
        assert_eq!(
            from("https://watch.example/console/logins/lgn_1?tenant=acme#text"),
            "/console/logins/lgn_1?tenant=acme"
        );
        for other in
            ["", "/console/search", "https://watch.example/v1/logins", "https://watch.example//evil.example/console/"]
        {
            assert_eq!(from(other), "/console/", "{other}");
        }
    }

    #[test]
    fn one_is_led_to_the_console_and_nowhere_else() {
        for ours in ["/console/", "/console/?tenant=acme", "/console/search?q=user%3Aana&tz=UTC"] {
            assert_eq!(within(ours, "/console/"), ours);
        }
        for other in [
            "",
            "https://evil.example/",
            "//evil.example/console/",
            "/console//evil.example",
            "/console/../v1",
            "/console/\\evil.example",
            "/console/\r\nSet-Cookie: a=b",
            "/v1/logins",
            "javascript:alert(1)",
        ] {
            assert_eq!(within(other, "/console/"), "/console/", "{other}");
        }
    }
}
