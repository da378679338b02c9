//! The world of the stories: browsers on machines, and countries with networks in them.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::Mutex,
};

use watchlight::{
    domain::{
        login::{components::Components, value::Value},
        place::{Country, Network, NetworkUse, Place, Point, Whereabouts},
    },
    ports::{DatabaseStatus, Geo},
};

/// Two letters, name, latitude, longitude.
const COUNTRIES: [(&str, &str, f64, f64); 6] = [
    ("FI", "Finland", 60.17, 24.94),
    ("DK", "Denmark", 55.68, 12.57),
    ("BR", "Brazil", -23.55, -46.63),
    ("US", "United States", 40.71, -74.01),
    ("SE", "Sweden", 59.33, 18.07),
    ("NO", "Norway", 59.91, 10.75),
];

/// Knows where the addresses of the stories are: it has given them out itself.
#[derive(Default)]
pub struct Atlas(Mutex<HashMap<IpAddr, Whereabouts>>);

impl Atlas {
    /// An address in a place: `FI`, `FI/2` for another network of that country, `FI~400` where the database is sure of
    /// 400 km only, `home` for a private address.
    pub fn address(&self, place: &str) -> IpAddr {
        if place == "home" {
            return Ipv4Addr::new(192, 168, 1, 20).into();
        }
        let (place, usage) = place.split_once('+').unwrap_or((place, ""));
        let usage = match usage {
            "" => None,
            "vpn" => Some(NetworkUse::Vpn),
            _ => Some(NetworkUse::Hosting),
        };
        let (place, accuracy_km) = place.split_once('~').unwrap_or((place, "20"));
        let (country, network) = place.split_once('/').unwrap_or((place, "1"));
        let index = COUNTRIES.iter().position(|it| it.0 == country).unwrap_or_else(|| panic!("no country {country}"));
        let (code, name, latitude, longitude) = COUNTRIES[index];
        let (index, network): (u8, u8) = (index.try_into().unwrap(), network.parse().unwrap());
        let accuracy_km: u16 = accuracy_km.parse().unwrap();
        let coarse = u8::try_from(accuracy_km / 10).unwrap();
        let address = IpAddr::from([20 + index, network, coarse, if usage.is_some() { 8 } else { 7 }]);
        let place = Place {
            country: Country::parse(code).unwrap(),
            country_name: name.to_owned(),
            region: None,
            city: None,
            point: Some(Point { latitude, longitude }),
            accuracy_km: Some(accuracy_km),
            time_zone: None,
        };
        let asn = 1_000 + 100 * u32::from(index) + u32::from(network);
        let network = Network { asn, name: format!("Network {asn}") };
        let known = Whereabouts { place: Some(place), network: Some(network), usage };
        self.0.lock().unwrap().insert(address, known);
        address
    }
}

impl Geo for Atlas {
    fn locate(&self, address: IpAddr) -> Whereabouts {
        self.0.lock().unwrap().get(&address).cloned().unwrap_or_default()
    }

    fn databases(&self) -> Vec<DatabaseStatus> {
        Vec::new()
    }
}

/// A browser as a story names it: `chrome-142/windows`.
#[derive(Clone, Copy)]
pub struct Browser<'a> {
    family: &'a str,
    version: &'a str,
    system: &'a str,
}

impl<'a> Browser<'a> {
    pub fn parse(text: &'a str) -> Self {
        let parts = text.split_once('/').and_then(|(it, system)| Some((it.split_once('-')?, system)));
        let ((family, version), system) = parts.unwrap_or_else(|| panic!("no browser: {text}"));
        Self { family, version, system }
    }

    pub fn user_agent(self) -> String {
        let Self { family, version, .. } = self;
        let system = match self.system {
            "windows" => "Windows NT 10.0; Win64; x64",
            "mac" => "Macintosh; Intel Mac OS X 10_15_7",
            "linux" => "X11; Linux x86_64",
            "iphone" => "iPhone; CPU iPhone OS 18_7 like Mac OS X",
            "none" => "",
            other => panic!("no system {other}"),
        };
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        match family {
            "chrome" => format!("Mozilla/5.0 ({system}) {webkit} Chrome/{version}.0.0.0 Safari/537.36"),
            "firefox" => format!("Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"),
            "safari" => format!(
                "Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version}.0 Mobile/15E148 \
                 Safari/604.1"
            ),
            "unknown" => "something else".to_owned(),
            other => panic!("no browser {other}"),
        }
    }

    fn platform(self) -> &'static str {
        match self.system {
            "windows" => "Win32",
            "mac" => "MacIntel",
            "linux" => "Linux x86_64",
            _ => "iPhone",
        }
    }
}

/// What has happened to a browser since its first login.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each may be so or not, whatever the others are")]
pub struct Circumstances {
    /// On which machine it runs: another number is other hardware.
    pub machine: u16,
    /// Another monitor.
    pub docked: bool,
    /// More memory and another graphics card, which draws a little otherwise.
    pub upgraded: bool,
    /// A private window, which cuts the list of languages short.
    pub private: bool,
    /// A browser that blurs what a script measures.
    pub blurred: bool,
    /// Its clock has travelled to another time zone.
    pub travelled: bool,
}

/// What the script of FingerprintJS measures on a machine.
pub fn components(browser: Browser<'_>, it: Circumstances) -> Components {
    let text = |it: &str| Value::Text(it.to_owned());
    let texts = |all: &[&str]| Value::List(all.iter().map(|it| text(it)).collect());
    let map = |all: Vec<(&str, Value)>| Value::Map(all.into_iter().map(|(name, it)| (name.to_owned(), it)).collect());
    let machine = f64::from(it.machine);
    let graphics = if it.upgraded { it.machine + 1_000 } else { it.machine };
    let blur = if it.blurred { "blurred" } else { "plain" };
    let drawing = |what: &str| text(&format!("{what} of {} by graphics {graphics}, {blur}", browser.family));
    let screen = if it.docked { [3840.0, 2160.0] } else { [1536.0, 864.0 + machine] };
    let languages: &[&str] = if it.private { &["fi-FI"] } else { &["fi-FI", "fi", "en"] };
    let plugins: &[&str] = if it.blurred { &["Ch4nnel"] } else { &["PDF Viewer"] };
    let renderer = format!("ANGLE (Maker, Graphics {graphics}, OpenGL)");
    let font = format!("Font {}", it.machine);
    let named = vec![
        ("platform", text(browser.platform())),
        ("webGlBasics", map(vec![("rendererUnmasked", text(&renderer)), ("vendorUnmasked", text("Maker"))])),
        ("canvas", map(vec![("geometry", drawing("shapes")), ("text", drawing("letters"))])),
        ("audio", Value::Number(124.0 + machine + if it.blurred { 0.5 } else { 0.0 })),
        ("fonts", texts(&["Calibri", &font])),
        ("screenResolution", Value::List(screen.map(Value::Number).to_vec())),
        ("devicePixelRatio", Value::Number(if it.docked { 1.0 } else { 1.25 })),
        ("hardwareConcurrency", Value::Number(4.0 + machine)),
        ("deviceMemory", Value::Number(machine + if it.upgraded { 16.0 } else { 8.0 })),
        ("languages", texts(languages)),
        ("timezone", text(if it.travelled { "Europe/Copenhagen" } else { "Europe/Helsinki" })),
        ("plugins", texts(plugins)),
    ];
    Components::new(named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
