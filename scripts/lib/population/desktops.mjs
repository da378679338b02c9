// Desktop browsers of 2015 to 2017 as FP-Stalker's volunteers had them: what they wrote, by kind and release.

import { digest } from "./random.mjs";

const DAY_MS = 86_400_000;
/** The first release that is counted, and its day. */
const RELEASES = {
  firefox: { on: Date.parse("2015-05-12"), days: 42, major: 38 },
  chrome: { on: Date.parse("2015-05-19"), days: 14, major: 43 },
};
const SYSTEMS = {
  windows: [
    ["Windows NT 6.1; WOW64", 40],
    ["Windows NT 10.0; WOW64", 42],
    ["Windows NT 6.3; WOW64", 12],
    ["Windows NT 6.1", 6],
  ],
  linux: [
    ["X11; Linux x86_64", 50],
    ["X11; Ubuntu; Linux x86_64", 40],
    ["X11; Fedora; Linux x86_64", 10],
  ],
  mac: [
    ["Macintosh; Intel Mac OS X 10_11_6", 45],
    ["Macintosh; Intel Mac OS X 10_12_5", 25],
    ["Macintosh; Intel Mac OS X 10_10_5", 20],
    ["Macintosh; Intel Mac OS X 10_9_5", 10],
  ],
};

/** Kinds of browser with their shares. 0.22 of all pairs of two are of one kind: 901 of FP-Stalker's 3,939. */
export const GROUPS = [
  [{ os: "windows", family: "firefox", platform: "Win32" }, 34],
  [{ os: "windows", family: "chrome", platform: "Win32" }, 25],
  [{ os: "linux", family: "firefox", platform: "Linux x86_64" }, 17],
  [{ os: "linux", family: "chrome", platform: "Linux x86_64" }, 9],
  [{ os: "mac", family: "chrome", platform: "MacIntel" }, 6],
  [{ os: "mac", family: "firefox", platform: "MacIntel" }, 5],
  [{ os: "windows", family: "firefox", platform: "Win64" }, 3],
  [{ os: "linux", family: "firefox", platform: "Linux i686" }, 1],
];

export const newestRelease = (family, time) => Math.floor((time - RELEASES[family].on) / (RELEASES[family].days * DAY_MS));
export const drawSystem = (random, os) => random.weighted(SYSTEMS[os]);

export function userAgent({ family, system, release }) {
  const { major } = RELEASES[family];
  if (family === "firefox") {
    const version = major + Math.max(0, release);
    return `Mozilla/5.0 (${system.replace(/10_(\d+)_\d+/, "10.$1")}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
  }
  const version = major + Math.floor(release / 3);
  const build = 2357 + 45 * Math.floor(release / 3);
  const patch = 40 + 30 * (((release % 3) + 3) % 3) + (parseInt(digest("patch", release).slice(0, 2), 16) % 25);
  return `Mozilla/5.0 (${system.replace("Ubuntu; ", "").replace("Fedora; ", "")}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.${build}.${patch} Safari/537.36`;
}

const LOCALES = [
  "fr-FR fr en-US en",
  "en-US en",
  "fr en-US en",
  "de-DE de en-US en",
  "en-GB en",
  "en-US en fr",
  "de en-US en",
  "es-ES es en-US en",
  "it-IT it en-US en",
  "nl en-US en",
  "pt-BR pt en-US en",
  "ru-RU ru en-US en",
  "pl en-US en",
  "sv-SE sv en-US en",
  "ja en-US en",
  "fr-FR fr",
  "en-US en es",
  "cs en-US en",
  "en-CA en fr",
  "hu-HU hu en-US en",
];

/** The header of a locale, a number by how common it is or a name of its own; the two families weigh differently. */
export function acceptLanguage(family, locale) {
  const rare = typeof locale === "string" ? locale.slice(-4) : null;
  const words = (
    rare ? `${LOCALES[parseInt(rare, 16) % LOCALES.length]} x-${rare}` : (LOCALES[locale] ?? `x-l${locale} en`)
  ).split(" ");
  const weights = family === "firefox" ? [1, 0.8, 0.5, 0.3, 0.2] : [1, 0.8, 0.6, 0.4, 0.2];
  return words
    .map((word, at) =>
      at === 0 ? word : `${word};q=${family === "firefox" && words.length === 2 ? 0.5 : weights[Math.min(4, at)]}`,
    )
    .join(",");
}

/** Minutes that local clocks are behind Greenwich, by how common among the volunteers. */
const ZONES = [-60, 300, -120, 0, 480, 360, -180, -330, 240, -480, 420, 180, -540, -600, -300];
export const timeZone = (kind) =>
  String(typeof kind === "string" ? -15 * (parseInt(kind.slice(-2), 16) % 50) : (ZONES[kind] ?? 30 * kind));
/** The zone that people of a locale mostly live in. */
export const zoneOfLocale = (locale) =>
  typeof locale === "string"
    ? parseInt(locale.slice(-1), 16) % 5
    : [0, 1, 0, 0, 3, 2, 2, 2, 5, 4, 6, 7, 4, 8, 9, 10, 4, 11, 1, 12][locale % 20];

export const ENCODINGS = {
  firefox: [
    ["gzip, deflate, br", 66],
    ["gzip, deflate", 29],
    ["gzip,deflate", 3],
    ["identity", 2],
  ],
  chrome: [
    ["gzip, deflate, sdch", 66],
    ["gzip, deflate, sdch, br", 24],
    ["gzip, deflate", 8],
    ["gzip", 2],
  ],
};
const PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9";
export const ACCEPTS = {
  firefox: [
    [`${PAGE},*/*;q=0.8`, 96],
    ["*/*", 2],
    [`${PAGE},image/webp,*/*;q=0.8`, 2],
  ],
  chrome: [
    [`${PAGE},image/webp,*/*;q=0.8`, 95],
    ["*/*", 3],
    [`${PAGE},*/*;q=0.8`, 2],
  ],
};

const SCREENS = {
  windows: ["1920x1080", "1366x768", "1600x900", "1280x1024", "1680x1050", "1440x900", "1920x1200", "2560x1440", "1280x800"],
  linux: ["1366x768", "1920x1200", "1920x1080", "1600x900", "1280x1024", "2560x1440", "1440x900", "3840x2160"],
  mac: ["1440x900", "1280x800", "2560x1440", "1920x1080", "1680x1050", "1920x1200"],
};
export function resolution(os, kind) {
  if (typeof kind === "string")
    return [1000 + (parseInt(kind.slice(-3), 16) % 3000), 600 + (parseInt(kind.slice(-6, -3), 16) % 1500)];
  const listed = SCREENS[os][kind];
  return listed ? listed.split("x").map(Number) : [1024 + 88 * kind, 768 + 40 * kind];
}

const GPUS = {
  windows: [
    "Intel(R) HD Graphics 4000",
    "NVIDIA GeForce GTX 970",
    "Intel(R) HD Graphics Family",
    "AMD Radeon HD 7700 Series",
    "Intel(R) HD Graphics 4600",
    "NVIDIA GeForce GTX 750 Ti",
    "Intel(R) HD Graphics 3000",
    "Intel(R) HD Graphics 530",
    "NVIDIA GeForce GT 610",
    "AMD Radeon R9 200 Series",
  ],
  linux: [
    "Mesa DRI Intel(R) Haswell Mobile",
    "Mesa DRI Intel(R) Ivybridge Mobile",
    "Gallium 0.4 on AMD CAPE VERDE",
    "GeForce GTX 960/PCIe/SSE2",
    "Mesa DRI Intel(R) Sandybridge Mobile",
    "Gallium 0.4 on NVE7",
    "Mesa DRI Intel(R) HD Graphics 5500 (Broadwell GT2)",
  ],
  mac: [
    "Intel Iris OpenGL Engine",
    "Intel HD Graphics 4000 OpenGL Engine",
    "NVIDIA GeForce GT 750M OpenGL Engine",
    "Intel Iris Pro OpenGL Engine",
    "AMD Radeon R9 M370X OpenGL Engine",
    "Intel HD Graphics 6000 OpenGL Engine",
  ],
};

/** What WebGL told of a graphics device of a kind. */
export function graphics({ os, family }, kind) {
  const known = GPUS[os];
  // Among Chrome's users other machines are common than among Firefox's.
  const listed = kind < known.length ? known[(kind + (family === "chrome" ? 3 : 0)) % known.length] : null;
  const model = typeof kind === "string" ? kind.slice(-4) : 500 + 10 * kind + (family === "chrome" ? 5 : 0);
  const name =
    listed ??
    `${["NVIDIA GeForce GT", "AMD Radeon HD", "Intel(R) HD Graphics"][parseInt(digest(kind).slice(0, 2), 16) % 3]} ${model}`;
  if (os === "windows") return { vendor: "Google Inc.", renderer: `ANGLE (${name} Direct3D11 vs_5_0 ps_5_0)` };
  if (/Intel/.test(name)) return { vendor: os === "mac" ? "Intel Inc." : "Intel Open Source Technology Center", renderer: name };
  if (/NV|GeForce/.test(name)) return { vendor: "NVIDIA Corporation", renderer: name };
  return { vendor: os === "mac" ? "ATI Technologies Inc." : "X.Org", renderer: name };
}
