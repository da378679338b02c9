// The kinds of browser that people have: their share, their releases, and what they write into a request.

const DAY_MS = 86_400_000;
const WINDOWS = "Windows NT 10.0; Win64; x64";
const MAC = "Macintosh; Intel Mac OS X 10_15_7";

const chromium =
  (system, mobile = "") =>
  (version) =>
    `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 ${mobile}Safari/537.36`;
const firefox = (system) => (version) => `Mozilla/5.0 (${system}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
const iphone = (middle) =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ${middle}`;
const isChrome = (ua, system) => ua.includes(system) && ua.includes("Chrome/1") && !/Edg|OPR|Headless/.test(ua);

/**
 * Each: its share of all devices (StatCounter's rounded figures for what people sign in with, so more desktops than
 * visits would give), `like` whose samples of the network it takes, and its user agent by version.
 */
export const KINDS = {
  windows_chrome: {
    share: 0.27,
    os: "windows",
    family: "chrome",
    brand: "Google Chrome",
    agent: chromium(WINDOWS),
    like: (ua) => isChrome(ua, "Windows NT 10.0"),
  },
  windows_edge: {
    share: 0.1,
    os: "windows",
    family: "edge",
    brand: "Microsoft Edge",
    agent: (v) => `${chromium(WINDOWS)(v)} Edg/${v}.0.0.0`,
    like: (ua) => ua.includes("Windows") && ua.includes("Edg/"),
  },
  windows_brave: {
    share: 0.012,
    os: "windows",
    family: "brave",
    brand: "Brave",
    agent: chromium(WINDOWS),
    like: (ua) => isChrome(ua, "Windows NT 10.0"),
  },
  windows_opera: {
    share: 0.012,
    os: "windows",
    family: "opera",
    brand: "Opera",
    agent: (v) => `${chromium(WINDOWS)(v)} OPR/${v - 16}.0.0.0`,
    like: (ua) => isChrome(ua, "Windows NT 10.0"),
  },
  windows_firefox: {
    share: 0.05,
    os: "windows",
    family: "firefox",
    agent: firefox(WINDOWS),
    like: (ua) => ua.includes("Windows") && ua.includes("Firefox/"),
  },
  mac_chrome: {
    share: 0.1,
    os: "mac",
    family: "chrome",
    brand: "Google Chrome",
    agent: chromium(MAC),
    like: (ua) => isChrome(ua, "Macintosh"),
  },
  mac_brave: {
    share: 0.006,
    os: "mac",
    family: "brave",
    brand: "Brave",
    agent: chromium(MAC),
    like: (ua) => isChrome(ua, "Macintosh"),
  },
  mac_safari: {
    share: 0.065,
    os: "mac",
    family: "safari",
    agent: (v) => `Mozilla/5.0 (${MAC}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${v} Safari/605.1.15`,
    like: (ua) => ua.includes("Macintosh") && ua.includes("Version/"),
  },
  mac_firefox: {
    share: 0.012,
    os: "mac",
    family: "firefox",
    agent: firefox("Macintosh; Intel Mac OS X 10.15"),
    like: (ua) => ua.includes("Macintosh") && ua.includes("Firefox/"),
  },
  linux_chrome: {
    share: 0.02,
    os: "linux",
    family: "chrome",
    brand: "Google Chrome",
    agent: chromium("X11; Linux x86_64"),
    like: (ua) => isChrome(ua, "X11; Linux"),
  },
  linux_firefox: {
    share: 0.016,
    os: "linux",
    family: "firefox",
    agent: firefox("X11; Linux x86_64"),
    like: (ua) => ua.includes("Linux x86_64") && ua.includes("Firefox/"),
  },
  iphone_safari: {
    share: 0.18,
    os: "ios",
    family: "safari",
    agent: (v) => iphone(`Version/${v} Mobile/15E148 Safari/604.1`),
    like: (ua) => ua.includes("iPhone") && ua.includes("Version/"),
  },
  iphone_chrome: {
    share: 0.022,
    os: "ios",
    family: "chrome_ios",
    agent: (v) => iphone(`CriOS/${v}.0.0.0 Mobile/15E148 Safari/604.1`),
    like: (ua) => ua.includes("iPhone") && ua.includes("Version/"),
  },
  android_chrome: {
    share: 0.1,
    os: "android",
    family: "chrome",
    brand: "Google Chrome",
    agent: chromium("Linux; Android 10; K", "Mobile "),
    like: (ua) => isChrome(ua, "Android 10; K"),
  },
  android_samsung: {
    share: 0.03,
    os: "android",
    family: "samsung",
    brand: "Samsung Internet",
    agent: (v) =>
      chromium("Linux; Android 10; K", "Mobile ")(engine("samsung", v)).replace("Chrome/", `SamsungBrowser/${v}.0 Chrome/`),
    like: (ua) => isChrome(ua, "Android 10; K"),
  },
  android_firefox: {
    share: 0.005,
    os: "android",
    family: "firefox",
    agent: (v) => `Mozilla/5.0 (Android 16; Mobile; rv:${v}.0) Gecko/${v}.0 Firefox/${v}.0`,
    like: (ua) => ua.includes("Android") && ua.includes("Firefox/"),
  },
};

export const MOBILE = new Set(["ios", "android"]);
export const isChromium = (kind) => KINDS[kind].brand !== undefined;

/** A release and its day, and the days to the next one. */
const CALENDARS = {
  chromium: { version: 144, on: "2026-01-13", every: 28 },
  firefox: { version: 147, on: "2026-01-13", every: 28 },
  safari: { version: 2, on: "2025-12-12", every: 46 }, // the minor of 26
  samsung: { version: 29, on: "2025-10-20", every: 90 },
};
const calendarOf = (family) => CALENDARS[family] ?? CALENDARS.chromium;

/** The newest release, as a number that counts up, at a time; `drift` shortens what is between two. */
export function releaseAt(family, time, drift = 1) {
  const { version, on, every } = calendarOf(family);
  return version + Math.floor((time - Date.parse(on)) / ((every * DAY_MS) / Math.max(drift, 0.01)));
}

/** What the browser calls that release: Safari counts 26.2 to 26.6, then 27.0. */
export function named(family, release) {
  if (family !== "safari") return release;
  return release < 7 ? `26.${release}` : `${27 + Math.floor((release - 7) / 7)}.${(release - 7) % 7}`;
}

/** The Chromium inside. */
export const engine = (family, version) => (family === "samsung" ? 136 + 6 * (version - 29) : version);

/** The user agent of a kind at a release. */
export const userAgent = (kind, release) => KINDS[kind].agent(named(KINDS[kind].family, release));

/** The brands in the order of client hints, with the made-up one that keeps readers honest (GREASE) among them. */
export function brands(kind, release) {
  const { family, brand } = KINDS[kind];
  const version = engine(family, release);
  const grease = ["Not.A/Brand", "Not:A-Brand", "Not=A?Brand", "Not)A;Brand"][version % 4];
  const list = [
    ["Chromium", version],
    [brand, family === "opera" ? version - 16 : release],
    [grease, [8, 24, 99][version % 3]],
  ];
  return list.slice(version % 3).concat(list.slice(0, version % 3));
}

const PLATFORMS = { windows: "Windows", mac: "macOS", linux: "Linux", android: "Android" };
export const platformName = (kind) => PLATFORMS[KINDS[kind].os];

function acceptLanguage(kind, languages) {
  const step = KINDS[kind].family === "firefox" ? 1 / Math.max(3, languages.length) : 0.1;
  const weight = (at) => Math.max(0.1, 1 - at * step).toFixed(1);
  return languages.map((language, at) => (at === 0 ? language : `${language};q=${weight(at)}`)).join(",");
}

function accept(kind) {
  const page = "text/html,application/xhtml+xml,application/xml;q=0.9";
  const { family } = KINDS[kind];
  if (family === "firefox" || !isChromium(kind)) return `${page},*/*;q=0.8`;
  const images = `${page},image/avif,image/webp,image/apng,*/*;q=0.8`;
  return family === "brave" ? images : `${images},application/signed-exchange;v=b3;q=0.7`;
}

/** The headers of a request; `told` says what else the backend had asked the browser for. */
export function headers(kind, { release, languages, hints, doNotTrack, globalPrivacyControl, encoding, told }) {
  const list = {
    "accept-language": acceptLanguage(kind, languages),
    "accept-encoding": encoding,
    accept: accept(kind),
  };
  if (doNotTrack) list.dnt = "1";
  if (globalPrivacyControl) list["sec-gpc"] = "1";
  if (!isChromium(kind)) return list;
  list["sec-ch-ua"] = brands(kind, release)
    .map(([brand, version]) => `"${brand}";v="${version}"`)
    .join(", ");
  list["sec-ch-ua-mobile"] = KINDS[kind].os === "android" ? "?1" : "?0";
  list["sec-ch-ua-platform"] = `"${platformName(kind)}"`;
  if (told === "rich") {
    list["sec-ch-ua-platform-version"] = `"${hints.platformVersion}"`;
    list["sec-ch-ua-arch"] = `"${hints.architecture}"`;
    list["sec-ch-ua-bitness"] = `"${hints.bitness}"`;
    list["sec-ch-ua-model"] = `"${hints.model}"`;
  }
  return list;
}
