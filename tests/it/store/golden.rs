//! The stored forms, byte for byte. A failure here means that records already stored would not be read: give the form a
//! new version and keep reading the old one. Never change the bytes.

use watchlight::adapters::store::record::{alert, api_key, attempt, event, login, profile, webhook};

use crate::store::samples;

/// Bytes as they stand in these files: hexadecimal, 40 bytes a line.
fn hex(bytes: &[u8]) -> String {
    let line = |it: &[u8]| data_encoding::HEXLOWER.encode(it) + "\n";
    bytes.chunks(40).map(line).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap()
}

macro_rules! golden {
    ($test:ident, $form:ident, $value:expr, $file:literal) => {
        #[test]
        fn $test() {
            let (value, golden) = ($value, include_str!($file));
            assert_eq!(hex(&$form::encode(&value)), golden, "written otherwise than before");
            assert_eq!($form::decode(&unhex(golden)), Ok(value), "read otherwise than before");
        }
    };
}

golden!(profile_form_1, profile, samples::profile(), "golden/profile-1.hex");
golden!(login_form_1, login, samples::login(&samples::user(3), samples::at(0), 5), "golden/login-1.hex");
golden!(bare_login_form_1, login, samples::bare_login(&samples::user(3), samples::at(0)), "golden/login-bare-1.hex");
golden!(alert_form_1, alert, samples::alert(&samples::user(3), samples::at(0), 5), "golden/alert-1.hex");
golden!(api_key_form_1, api_key, samples::api_key("7k2m9q4w8x1c5v3b", samples::at(0)), "golden/api-key-1.hex");
golden!(event_form_1, event, samples::event(&samples::user(3), samples::at(0), 5), "golden/event-1.hex");
golden!(webhook_form_1, webhook, samples::webhook(&samples::acme(), 5), "golden/webhook-1.hex");
golden!(attempt_form_1, attempt, samples::attempt(300), "golden/attempt-1.hex");
