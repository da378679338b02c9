// What FingerprintJS 5 would measure on a device: the same components in the same shapes (see tests/data/fingerprintjs).

import { KINDS, MOBILE, brands, engine, isChromium } from "./browsers.mjs";
import { drawingAge } from "./devices.mjs";
import { digest } from "./random.mjs";
import { webGlBasics, webGlExtensions } from "./webgl.mjs";

/** Backends that send few components, as those of the first population do. */
const PLAIN = [
  "userAgentData",
  "fonts",
  "audio",
  "canvas",
  "languages",
  "colorDepth",
  "deviceMemory",
  "screenResolution",
  "screenFrame",
  "hdr",
  "hardwareConcurrency",
  "timezone",
  "platform",
  "plugins",
  "touchSupport",
  "webGlBasics",
  "math",
  "cookiesEnabled",
];
/** What takes long and so times out, or is blocked, now and then. */
const FRAGILE = [
  "fonts",
  "audio",
  "canvas",
  "webGlBasics",
  "webGlExtensions",
  "userAgentData",
  "fontPreferences",
  "screenFrame",
  "domBlockers",
];
const BASE_FONTS = {
  windows: ["Calibri", "MS UI Gothic", "Marlett", "Segoe UI Light"],
  mac: ["Gill Sans", "Helvetica Neue", "Menlo"],
  linux: [],
  android: ["sans-serif-thin"],
  ios: ["Gill Sans", "Helvetica Neue", "Menlo"],
};
/** What Firefox says of every machine while it resists fingerprinting. */
const RESISTED = { zone: "Atlantic/Reykjavik", languages: ["en-US", "en"] };

/** The languages that a page is told. */
export function toldLanguages(device, mode) {
  if (device.resisting) return RESISTED.languages;
  const cut = mode === "private" && (isChromium(device.kind) || device.family === "safari");
  return cut || device.family === "brave" ? device.languages.slice(0, 1) : device.languages;
}

/** All components of one login. */
export function components(random, device, { mode, zone, told }) {
  const all = {
    ...drawn(random, device, mode),
    ...screen(random, device),
    ...machine(random, device, mode),
    ...browser(device),
    ...region(device, { mode, zone, told }),
  };
  if (device.settings.webGl) {
    all.webGlBasics = webGlBasics(device);
    if (told !== "plain") all.webGlExtensions = webGlExtensions(random, device);
  }
  if (told === "rich") all.devicePixelRatio = Math.round(device.displays[device.display].pixelRatio * device.zoom * 100) / 100;
  if (device.resisting && told === "rich") all.devicePixelRatio = 1;
  const names = told === "plain" ? PLAIN : Object.keys(all).sort();
  const listed = names.filter((name) => name in all || name === "deviceMemory" || name === "screenFrame");
  return Object.fromEntries(listed.map((name) => [name, all[name] === undefined ? {} : { value: all[name] }]));
}

/** Takes components away that failed; whether any did. */
export function breakSome(random, measured, probability) {
  if (!random.chance(probability)) return false;
  const present = FRAGILE.filter((name) => measured[name]?.value !== undefined);
  for (const name of random.some(
    present,
    random.weighted([
      [1, 5],
      [2, 3],
      [4, 1],
    ]),
  )) {
    if (random.chance(0.3)) delete measured[name];
    else measured[name] = random.chance(0.7) ? { error: "timeout" } : {};
  }
  return true;
}

/** What is drawn and played. Safari 17 and Firefox 120 add noise, so FingerprintJS passes them over; Brave's noise it cannot tell. */
function drawn(random, device, mode) {
  const { rendering, family, os, kind } = device;
  const release = engine(family, device.release);
  const age = isChromium(kind) ? drawingAge("chromium", release) : drawingAge(family, release);
  const base = [os, isChromium(kind) ? "chromium" : family, rendering.maker];
  const canvas = (winding, geometry, text) => ({ winding, geometry, text });
  const audio = Math.round((124.0434 + 0.00001 * parseInt(digest("audio", os, rendering.audio).slice(0, 3), 16)) * 1e8) / 1e8;
  if (!isChromium(kind)) {
    const word = device.resisting || (mode === "private" && family === "firefox") ? "unstable" : "skipped";
    const noise = device.resisting
      ? 35 + random.unit()
      : 35.749972 + parseInt(digest("audio", os, rendering.audio).slice(0, 2), 16) / 1e6;
    return { canvas: canvas(true, word, word), audio: family === "firefox" ? noise : -4, math: math(base) };
  }
  if (family === "brave") {
    return {
      canvas: canvas(true, random.hex(32), random.hex(32)),
      audio: audio * (1 + random.between(-1, 1) * 1e-4),
      math: math(base),
    };
  }
  const geometry = digest("geometry", base, rendering.geometry, Math.floor(age / 3), Math.floor(device.canvasPatch / 2));
  const text = digest("text", base, rendering.text, age, device.canvasPatch, rendering.fontSize);
  return { canvas: canvas(true, geometry, text), audio: family === "samsung" ? -4 : audio, math: math(base) };
}

/** Sines differ by system and engine, and by nothing else. */
function math(base) {
  const variant = parseInt(digest("math", base.slice(0, 2)).slice(0, 1), 16) % 4;
  return {
    acos: 1.4473588658278522,
    acosh: 709.889355822726,
    asinh: 0.881373587019543,
    sinh: 1.1752011936438014,
    cosh: [1.5430806348152437, 1.543080634815244][variant % 2],
    tan: [-1.4214488238747245, -1.4214488238747243][variant >> 1],
    tanh: 0.7615941559557649,
    expm1: 1.718281828459045,
    powPI: 1.9275814160560206e-50,
  };
}

function screen(random, device) {
  const { size, frame, colorDepth, hdr, gamut } = device.displays[device.display];
  const zoom = device.family === "firefox" ? device.zoom : 1; // Firefox's pages see a screen that zoom has shrunk
  const seen = device.resisting ? [1400, 900] : size.map((it) => Math.round(it / zoom));
  const noFrame = device.family === "safari" || device.family === "chrome_ios" || device.family === "firefox";
  const { contrast, reducedMotion, reducedTransparency } = device.settings;
  const bare = device.resisting;
  const noise = (value) => (device.family === "brave" ? Math.max(0, value + random.pick([0, 0, 10])) : value);
  return {
    screenResolution: [...seen].sort((a, b) => b - a),
    screenFrame: noFrame ? undefined : frame.map(noise),
    colorDepth: bare ? 24 : colorDepth,
    hdr: bare ? false : hdr,
    colorGamut: bare ? "srgb" : gamut,
    invertedColors: undefined,
    forcedColors: false,
    monochrome: 0,
    contrast: bare ? 0 : contrast,
    reducedMotion: bare ? false : reducedMotion,
    reducedTransparency: bare ? false : reducedTransparency,
  };
}

function machine(random, device, mode) {
  const { family, os, kind, cores, memory, resisting } = device;
  const hinted = isChromium(kind);
  const made = family === "brave";
  const tiered = cores > 4 ? 8 : 4; // Firefox from 143 on
  const onlyBase = resisting || (family === "firefox" && mode === "private");
  return {
    hardwareConcurrency: family === "firefox" ? tiered : made ? random.integer(2, Math.max(2, cores)) : cores,
    deviceMemory: !hinted
      ? undefined
      : made
        ? random.pick([0.5, 1, 2, 4, 8].filter((it) => it <= memory))
        : (memory ?? undefined),
    platform: device.platform,
    architecture: os === "mac" || MOBILE.has(os) ? (device.hints?.architecture === "x86" ? 255 : 127) : 255,
    cpuClass: undefined,
    osCpu:
      family === "firefox"
        ? { windows: "Windows NT 10.0; Win64; x64", mac: "Intel Mac OS X 10.15", linux: "Linux x86_64", android: "Linux armv81" }[
            os
          ]
        : undefined,
    touchSupport: touch(resisting ? 0 : device.touchPoints, os),
    userAgentData: hinted ? userAgentData(device) : undefined,
    audioBaseLatency:
      family === "safari"
        ? -1
        : [0.01, 0.005333333333333333, 0.010666666666666666, 0.02, 0.005804988662131519][device.rendering.latency % 5],
    fonts: onlyBase ? BASE_FONTS[os] : device.fonts,
    fontPreferences: fontPreferences(device),
  };
}

const touch = (points, os) => ({
  maxTouchPoints: points,
  touchEvent: MOBILE.has(os) || (os === "windows" && points > 0),
  touchStart: MOBILE.has(os) || (os === "windows" && points > 0),
});

function fontPreferences({ os, family, kind, rendering, zoom, resisting }) {
  const factor = resisting ? 1 : rendering.fontSize / 16;
  const width = (base) => Math.round((base + parseInt(digest(os, family, base).slice(0, 2), 16) / 20) * factor * 1000) / 1000;
  const min = isChromium(kind) && zoom !== 1 ? 9.343 * zoom : 9.343;
  return {
    default: width(147),
    apple: width(147),
    serif: width(147),
    sans: width(144),
    mono: width(121),
    min: Math.round(min * 1000) / 1000,
    system: width(146),
  };
}

function userAgentData(device) {
  const { platform, architecture, bitness, model, platformVersion } = device.hints;
  const real = brands(device.kind, device.release).filter(([brand]) => !/^Not/.test(brand)); // FingerprintJS leaves the GREASE out
  return {
    brands: real.map(([brand]) => brand).sort(),
    mobile: KINDS[device.kind].os === "android",
    platform,
    architecture,
    bitness,
    model,
    platformVersion,
  };
}

const plugin = (name) => ({
  name,
  description: "Portable Document Format",
  mimeTypes: ["application/pdf", "text/pdf"].map((type) => ({ type, suffixes: "pdf" })),
});
const farbled = (seed) => ({
  name: seed.slice(0, 7),
  description: seed.slice(7, 24),
  mimeTypes: [{ type: "", suffixes: seed.slice(24, 27) }],
});

function browser(device) {
  const { family, os, kind, settings } = device;
  const apple = family === "safari" || family === "chrome_ios";
  return {
    plugins: [
      ...(family === "brave" ? [farbled(digest(device.session)), farbled(digest(device.session, 2))] : []),
      ...device.plugins.map(plugin),
    ],
    pdfViewerEnabled: device.plugins.length > 0,
    vendor: device.vendor,
    vendorFlavors: family === "safari" ? ["safari"] : isChromium(kind) ? ["chrome"] : [],
    cookiesEnabled: true,
    sessionStorage: true,
    localStorage: true,
    indexedDB: true,
    openDatabase: false,
    applePay: apple ? (os === "ios" ? 3 : 1) : -1,
    privateClickMeasurement: apple ? "20260101" : undefined,
    domBlockers: settings.adBlocker && (apple || os === "android") ? ["adGuardBase", "easyList"] : undefined,
  };
}

function region(device, { mode, zone, told }) {
  const languages = toldLanguages(device, mode);
  const measured = isChromium(device.kind) ? [languages.slice(0, 1)] : [languages.slice(0, 1), languages];
  return {
    languages: told === "plain" ? languages.map((it) => [it]) : measured,
    timezone: device.resisting ? RESISTED.zone : zone,
    dateTimeLocale: device.resisting ? "en-US" : device.languages[0],
  };
}
