// What time does to a device: updates, monitors, fonts, drivers. The device stays the same; only its words change.

import { KINDS, MOBILE, isChromium, releaseAt } from "./browsers.mjs";
import { toggled } from "./devices.mjs";

const DAY_MS = 86_400_000;

/**
 * Changes a day of an ordinary device, before `--drift`. From attribute_change_rates.csv (122,350 fingerprints, 2015–17)
 * where it has the attribute, lower where browsers have since stopped telling; the others are assumptions.
 */
const RATES = {
  canvas_change: 0.0045,
  fonts: 0.011,
  webgl_change: 0.0012,
  gpu_switch: 0.0015,
  languages: 0.0012,
  plugins: 0.0015,
  settings: 0.002,
  zoom: 0.012,
  encoding: 0.002,
  system_settings: 0.0015,
};
/** Days between a system's updates that a browser can tell. */
const SYSTEM_UPDATES = { windows: 150, mac: 42, linux: 60, android: 190, ios: 9999 };
/** Windows told by `platformVersion`: from 10 to 11 and its yearly updates. */
const WINDOWS = ["10.0.0", "13.0.0", "14.0.0", "15.0.0", "19.0.0", "20.0.0"];

/** Moves a device to a time, and names what has changed since its last login. */
export function drift(random, machines, device, { now, last, faster }) {
  const days = Math.max(0, now - last) / DAY_MS;
  const changes = new Set();
  if (updateBrowser(random, device, now, faster)) changes.add("browser_update");
  if (random.chance(1 - Math.exp((-days * faster) / SYSTEM_UPDATES[device.os]))) updateSystem(random, device, changes);
  for (const [name, rate] of Object.entries(RATES)) {
    const expected = rate * days * faster * device.restless;
    if (random.chance(1 - Math.exp(-expected)) && CHANGE[name](random, machines, device) !== false) changes.add(name);
  }
  if (changes.has("browser_update") && random.chance(0.02))
    [device.driver, device.canvasPatch] = [device.driver + 1, device.canvasPatch + 1];
  return changes;
}

/** Puts a device's browser at the release that it would have at a time; whether that is another one. */
export function updateBrowser(random, device, now, faster = 1) {
  const newest = releaseAt(device.family, now - random.exponential(device.lagDays) * DAY_MS, faster);
  const before = device.release;
  device.release = before === null ? newest : Math.max(before, newest);
  return before !== null && device.release !== before;
}

function updateSystem(random, device, changes) {
  if (device.os === "ios") return;
  device.osPatch++;
  if (device.hints) device.hints.platformVersion = nextSystem(random, device.os, device.hints.platformVersion);
  if (device.hints || device.os !== "windows") changes.add("os_update");
  // New emoji and smoother letters come with the system: text is drawn otherwise.
  if (random.chance(0.16) && CHANGE.canvas_change(random, null, device)) changes.add("canvas_change");
}

function nextSystem(random, os, version) {
  const parts = version.split(".").map((it) => Number(it) || 0);
  if (os === "windows")
    return WINDOWS[Math.min(WINDOWS.length - 1, WINDOWS.findIndex((it) => parseInt(it) >= parts[0]) + 1)] ?? "20.0.0";
  if (os === "android") return `${parts[0] + 1}.0.0`;
  const [major, minor, patch = 0] = parts;
  if (os === "mac" && minor >= 6) return "26.0.0";
  return random.chance(0.5) ? `${major}.${minor}.${patch + 1}` : `${major}.${minor + 1}.0`;
}

/** Whether a page can tell how the device draws. */
const draws = ({ kind, family }) => isChromium(kind) && family !== "brave";

/** What a change does; false if nobody can tell it. */
const CHANGE = {
  canvas_change: (_, machines, device) => {
    device.canvasPatch++;
    return draws(device);
  },
  fonts: (random, machines, device) => {
    if (MOBILE.has(device.os)) return false;
    const before = device.fonts.join();
    device.fonts = toggled(random, machines, device, random.integer(1, 5));
    return device.fonts.join() !== before;
  },
  webgl_change: (_, machines, device) => {
    device.driver++;
    return isChromium(device.kind);
  },
  // A laptop with two graphics devices takes the other one, by what it is fed from.
  gpu_switch: (random, machines, device) => {
    if (!device.laptop || device.os !== "windows") return false;
    device.otherGpu ??=
      /Intel|AMD/.test(device.gpu.renderer) && device.restless > 1 ? machines.draw(random, device.kind).videoCard : null;
    if (!device.otherGpu) return false;
    [device.gpu, device.otherGpu] = [device.otherGpu, device.gpu];
    return true;
  },
  languages: (random, _, device) => {
    const [first, ...rest] = device.languages;
    device.languages =
      rest.length > 1 && random.chance(0.4)
        ? [first, ...rest.slice(0, -1)]
        : [...new Set([first, ...rest, random.pick(["en-US", "en", "es", "fr", "de", "ru"])])];
  },
  plugins: (random, _, device) => {
    if (MOBILE.has(device.os)) return false;
    device.plugins = device.plugins.length
      ? []
      : ["PDF Viewer", "Chrome PDF Viewer", "Chromium PDF Viewer", "Microsoft Edge PDF Viewer", "WebKit built-in PDF"];
  },
  settings: (random, _, device) => {
    const name = random.pick(["doNotTrack", "globalPrivacyControl", "adBlocker"]);
    if (name === "globalPrivacyControl" && device.family === "brave") return false;
    device.settings[name] = !device.settings[name];
  },
  system_settings: (random, _, device) => {
    const name = random.pick(["reducedMotion", "reducedTransparency", "fontSize"]);
    if (name === "fontSize") device.rendering.fontSize = random.pick([14, 16, 18, 20]);
    else device.settings[name] = !device.settings[name];
  },
  zoom: (random, _, device) => {
    if (MOBILE.has(device.os)) return false;
    device.zoom = device.zoom === 1 ? random.pick([0.8, 0.9, 1.1, 1.25, 1.5]) : 1;
  },
  encoding: (random, _, device) => {
    const usual = device.settings.encoding === "gzip, deflate, br, zstd";
    device.settings.encoding = usual ? random.pick(["gzip, deflate, br", "gzip, deflate"]) : "gzip, deflate, br, zstd";
  },
};

/** Docks a laptop or takes it along; where it stands has most to say. Whether the monitor is another one. */
export function dock(random, device, where) {
  const before = device.display;
  const { length } = device.displays;
  if (length > 1) {
    const docked = { home: 0.55, work: 0.75 }[where] ?? 0.03;
    const usual = random.chance(docked) ? 1 + ((where === "work" ? 1 : 0) % (length - 1)) : 0;
    device.display = random.chance(0.8) ? (random.chance(0.5) ? usual : device.display) : random.integer(0, length - 1);
    if (docked < 0.1) device.display = 0;
  }
  return device.display !== before;
}

/** A Firefox whose owner switches `privacy.resistFingerprinting` on or off. */
export function toggleResistance(random, device, days, faster) {
  if (KINDS[device.kind].family !== "firefox" || !random.chance(1 - Math.exp(-0.004 * days * faster))) return null;
  device.resisting = !device.resisting;
  return device.resisting ? "resisting_on" : "resisting_off";
}
