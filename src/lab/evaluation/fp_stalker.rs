//! The rules of FP-STALKER (Vastel et al., IEEE S&P 2018, algorithm 1; `rule_based` in the authors' `algo.py`), without
//! Flash fonts, which no browser has any more.

use rapidfuzz::fuzz::ratio;

use crate::domain::{
    agent::{Agent, Browser, Os},
    login::{components::Components, login::Client, value::Value},
};

/// What the rules compare of a login. Anything that is missing is an empty text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    browser: Browser,
    os: Os,
    platform: String,
    /// Must not decrease.
    browser_version: u16,
    /// Canvas, local storage, Do Not Track, cookies: must not change.
    fixed: [String; 4],
    /// User agent, WebGL's vendor and renderer, plugins, language, `Accept`: a few may change, and only a little.
    similar: [String; 6],
    /// Resolution, encoding, time zone: one may change, to anything.
    free: [String; 3],
}

/// How many attributes of those that may change a little may do so at once.
const MOST_SIMILAR_CHANGES: usize = 2;
/// How many attributes of those that may change to anything may do so at once.
const MOST_FREE_CHANGES: usize = 1;
/// How alike two texts must be to count as a little changed, in [0, 1]: 1 minus the share of characters that are
/// inserted or deleted, which is the `ratio` of the authors' library.
const LEAST_SIMILARITY: f64 = 0.75;

impl Print {
    /// The print of a login; `agent` is its parsed user agent.
    #[must_use]
    pub fn new(client: &Client, agent: &Agent) -> Self {
        let header = |name| client.headers.get(name).unwrap_or_default().to_owned();
        let component = |name| text(client.components.get(name));
        let graphics = |member, flat| {
            let measured = client.components.get("webGlBasics").and_then(|it| it.get(member));
            text(measured.or_else(|| client.components.get(flat)))
        };
        Self {
            browser: agent.browser,
            os: agent.os,
            platform: component("platform"),
            browser_version: agent.browser_version.major,
            fixed: [component("canvas"), component("localStorage"), header("dnt"), component("cookiesEnabled")],
            similar: [
                client.user_agent.clone().unwrap_or_default(),
                graphics("vendorUnmasked", "webgl_vendor"),
                graphics("rendererUnmasked", "webgl_renderer"),
                component("plugins"),
                header("accept-language"),
                header("accept"),
            ],
            free: [resolution(&client.components), header("accept-encoding"), component("timezone")],
        }
    }

    /// Whether a later login may come from the same browser.
    #[must_use]
    pub fn may_become(&self, later: &Self) -> bool {
        let fixed = |print: &Self| (print.browser, print.os, print.platform.clone(), print.fixed.clone());
        if fixed(self) != fixed(later) || later.browser_version < self.browser_version {
            return false;
        }
        let changed: Vec<_> = self.similar.iter().zip(&later.similar).filter(|(known, new)| known != new).collect();
        let free = self.free.iter().zip(&later.free).filter(|(known, new)| known != new).count();
        changed.len() <= MOST_SIMILAR_CHANGES
            && free <= MOST_FREE_CHANGES
            && changed.iter().all(|(known, new)| LEAST_SIMILARITY <= ratio(known.chars(), new.chars()))
    }
}

/// The devices of one user, each with its latest two prints, as the authors keep them.
#[derive(Clone, Debug, Default)]
pub struct Devices(Vec<Vec<Print>>);

/// How many prints of a device are kept.
const PRINTS: usize = 2;

impl Devices {
    /// Whether a login can come from one of the devices. The authors call a browser new if it may be several known
    /// ones. Here it counts as recognized, to the advantage of these rules: that it is known is not in doubt.
    #[must_use]
    pub fn recognize(&self, print: &Print) -> bool {
        self.position(print).is_some()
    }

    /// Learns a login of the device that it comes from, or of a new one.
    pub fn learn(&mut self, print: Print) {
        match self.position(&print) {
            Some(at) if self.0[at].last() == Some(&print) => {}
            Some(at) => {
                let prints = &mut self.0[at];
                if prints.len() == PRINTS {
                    prints.remove(0);
                }
                prints.push(print);
            }
            None => self.0.push(vec![print]),
        }
    }

    /// The first device with an equal print, or else the first that may have become this one.
    fn position(&self, print: &Print) -> Option<usize> {
        let equal = self.0.iter().position(|prints| prints.contains(print));
        equal.or_else(|| self.0.iter().position(|prints| prints.iter().any(|known| known.may_become(print))))
    }
}

/// The width and height of the screen.
fn resolution(components: &Components) -> String {
    text(components.get("screenResolution").or_else(|| components.get("screen_resolution")))
}

/// A component as text, in its own order.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(yes)) => yes.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Text(written)) => written.clone(),
        Some(Value::List(items)) => items.iter().map(|item| text(Some(item))).collect::<Vec<_>>().join(","),
        // A long list of names is stored as short hashes.
        Some(Value::Condensed { digest, names }) if names.is_empty() => format!("{digest:02x?}"),
        Some(Value::Condensed { names, .. }) => {
            names.iter().map(|hash| format!("{hash:016x}")).collect::<Vec<_>>().concat()
        }
        Some(Value::Map(members)) => members.iter().map(|(_, member)| text(Some(member))).collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print() -> Print {
        let words = ["Mozilla/5.0 (X11) Firefox/142.0", "Intel", "Mesa Intel UHD 620", "PDF Viewer", "fi,en", "*/*"];
        Print {
            browser: Browser::Firefox,
            os: Os::Linux,
            platform: "Linux x86_64".into(),
            browser_version: 142,
            fixed: ["a91f", "true", "", "true"].map(str::to_owned),
            similar: words.map(str::to_owned),
            free: ["1080,1920", "gzip, br", "Europe/Helsinki"].map(str::to_owned),
        }
    }

    fn may_change(change: impl FnOnce(&mut Print)) -> bool {
        let mut later = print();
        change(&mut later);
        print().may_become(&later)
    }

    #[test]
    fn what_may_not_change_is_another_browser() {
        assert!(may_change(|_| ()));
        assert!(!may_change(|it| it.browser = Browser::Chrome));
        assert!(!may_change(|it| it.os = Os::Windows));
        assert!(!may_change(|it| it.platform = "Linux armv81".into()));
        assert!(!may_change(|it| it.browser_version = 141));
        assert!(may_change(|it| it.browser_version = 143));
        for at in 0..4 {
            assert!(!may_change(|it| it.fixed[at] = "other".into()), "{at}");
        }
    }

    #[test]
    fn two_texts_may_change_a_little_and_one_value_to_anything() {
        let update = |print: &mut Print| print.similar[0] = "Mozilla/5.0 (X11) Firefox/143.0".into();
        let driver = |print: &mut Print| print.similar[2] = "Mesa Intel UHD 630".into();
        let plugin = |print: &mut Print| print.similar[3] = "PDF Viewers".into();
        assert!(may_change(update));
        assert!(may_change(|print| (update(print), driver(print)).0));
        assert!(!may_change(|print| (update(print), driver(print), plugin(print)).0));
        assert!(!may_change(|it| it.similar[2] = "GeForce RTX 4070".into()));
        // "fi,en" loses two characters: 1 − 2/8.
        assert!(may_change(|it| it.similar[4] = "fi,".into()) && !may_change(|it| it.similar[4] = "fi".into()));
        assert!(may_change(|it| it.free[2] = "America/Lima".into()));
        assert!(!may_change(|it| it.free = ["1".into(), "2".into(), print().free[2].clone()]));
    }

    #[test]
    fn a_device_is_followed_by_its_latest_two_prints() {
        let at = |version: u16| Print { browser_version: version, ..print() };
        let mut devices = Devices::default();
        assert!(!devices.recognize(&at(142)));
        for version in [142, 143, 144] {
            devices.learn(at(version));
        }
        assert_eq!((devices.0.len(), devices.0[0].len()), (1, 2));
        assert!(devices.recognize(&at(144)) && devices.recognize(&at(143)) && !devices.recognize(&at(142)));
    }
}
