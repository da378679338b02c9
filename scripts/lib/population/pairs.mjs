// The scenario `pairs`: two logins a user, as the pairs of FP-Stalker (Vastel et al., IEEE S&P 2018). The second is of the same
// browser some days later, or of another one. How often attributes agree follows what was measured on theirs.

import {
  ACCEPTS,
  ENCODINGS,
  GROUPS,
  acceptLanguage,
  drawSystem,
  graphics,
  newestRelease,
  resolution,
  timeZone,
  userAgent,
  zoneOfLocale,
} from "./desktops.mjs";
import { addPlugin, drawPlugins, pluginsAt, updatePlugin } from "./plugins.mjs";
import { Random, digest } from "./random.mjs";

const DAY_MS = 86_400_000;
const [FIRST_DAY, LAST_DAY] = [Date.parse("2015-07-15T00:00:00Z"), Date.parse("2017-05-01T00:00:00Z")];
const ADDRESS = "203.0.113.7"; // for documentation (RFC 5737): the pairs have no address worth the name
/** Of 7,639 pairs these are of one browser. */
const SAME = 3700 / 7639;

/** Days between the two logins at which the agreement of a browser with itself was measured, and none at all. */
const GAPS = [0, 1.5, 5, 9, 20, 42];
/**
 * The share of browsers that still say the same after so many days (matcher.md; the shortest and those between are
 * drawn on), and how unlike browsers are in it: the shape of a gamma distribution of how fast they change, where a
 * small one means that few change often and most never.
 */
const KEPT = {
  release: { shares: [1, 0.9, 0.69, 0.55, 0.38, 0.12], shape: 2.5 },
  plugins: { shares: [1, 0.92, 0.75, 0.67, 0.55, 0.24], shape: 2 },
  canvas: { shares: [1, 0.98, 0.94, 0.93, 0.9, 0.82], shape: 0.3 },
  zone: { shares: [1, 0.98, 0.95, 0.93, 0.88, 0.85], shape: 0.3 },
  gpu: { shares: [1, 0.996, 0.99, 0.983, 0.966, 0.975], shape: 0.3 },
  resolution: { shares: [1, 0.86, 0.8, 0.785, 0.771, 0.74], shape: 0.3 },
  locale: { shares: [1, 1, 0.999, 0.997, 0.992, 0.99], shape: 0.3 },
  doNotTrack: { shares: [1, 0.999, 0.997, 0.995, 0.992, 0.99], shape: 0.3 },
  encoding: { shares: [1, 0.99, 0.965, 0.955, 0.94, 0.92], shape: 0.3 },
  accept: { shares: [1, 0.997, 0.99, 0.985, 0.975, 0.96], shape: 0.3 },
  storage: { shares: [1, 0.999, 0.998, 0.997, 0.997, 0.996], shape: 0.3 },
};
/**
 * How much a change goes with an update of the browser: the share of pairs in which one draw decides both. So that, as on
 * FP-Stalker's, 0.56 of all pairs agree in everything.
 */
const TOGETHER = {
  plugins: 0.8,
  canvas: 0.6,
  encoding: 0.5,
  accept: 0.5,
  resolution: 0.55,
  zone: 0.5,
  gpu: 0.4,
  locale: 0.4,
  doNotTrack: 0.4,
  storage: 0.4,
};
/** What a change is called in `truth.changes`. */
const NAMES = {
  release: "browser_update",
  canvas: "canvas_change",
  resolution: "monitor",
  gpu: "webgl_change",
  zone: "time_zone",
};

/** All lines, in order of time. */
export function pairsScenario({ seed, users = 7639 }, say) {
  const lines = [];
  const nSame = Math.round(users * SAME);
  for (let index = 0; index < users; index++) {
    lines.push(...pair(new Random(`pairs/${seed}/${index}`), index, index < nSame));
    if (index % 1000 === 999) say(`${index + 1} of ${users} pairs`);
  }
  lines.sort((a, b) => a.login.time - b.login.time || (a.login.user < b.login.user ? -1 : 1));
  return lines.map(({ login, truth }, at) => ({ ...written(login, `pairs${seed}_${at}`), truth }));
}

function pair(random, index, same) {
  const at = random.between(FIRST_DAY, LAST_DAY);
  const gap = Math.min(60, Math.max(0.3, 4.2 * Math.exp(random.normal() * 1.3))); // 9 days on average, half of them within 4
  const later = at + gap * DAY_MS;
  const first = drawBrowser(random, at);
  const user = `u_${String(index).padStart(6, "0")}`;
  const { browser, changes } = same
    ? evolve(random, first, gap, later)
    : { browser: drawStranger(random, first, later), changes: [] };
  const hard = !same && ["os", "family", "platform"].every((it) => first[it] === browser[it]);
  const common = { travel: false, vpn: false, mode: "normal", privacy: null };
  const kind = hard ? "same_kind_of_browser" : "another_browser";
  const taught = {
    owner: true,
    known_device: false,
    first_device: true,
    attack: null,
    changes: [],
    device_id: `d_${index}`,
    ...common,
  };
  const probe = {
    owner: same,
    known_device: same,
    first_device: false,
    attack: same ? null : kind,
    changes,
    device_id: same ? `d_${index}` : `x_${index}`,
    ...(same ? {} : { hard }),
    ...common,
  };
  return [
    { login: { user, time: at, browser: first }, truth: taught },
    { login: { user, time: later, browser }, truth: probe },
  ];
}

/** Anybody's browser. Chance agreement follows matcher_weights.csv: `u_same_ua` within a kind, which gives `u_any` over all. */
function drawBrowser(random, time) {
  const group = random.weighted(GROUPS);
  const locale = random.kind(0.1, 0.12);
  const gpu = random.kind(0.21, 0.2);
  // A third of the drawings are what most machines with the graphics device make of it.
  const canvas = random.chance(0.35) ? `of ${gpu}` : random.kind(0.43, 0.28);
  const stale = random.chance(0.12) ? random.integer(2, 12) : Math.floor(random.exponential(0.45));
  return {
    ...group,
    locale,
    gpu,
    canvas,
    system: drawSystem(random, group.os),
    release: newestRelease(group.family, time) - stale,
    zone: random.chance(0.5) ? zoneOfLocale(locale) : random.kind(0.11, 0.1),
    resolution: random.kind(0.155, 0.12),
    otherScreens: [random.kind(0.1, 0.3), random.kind(0.1, 0.3)],
    plugins: drawPlugins(random, group),
    pluginsOn: time,
    encoding: random.weighted(ENCODINGS[group.family]),
    accept: random.weighted(ACCEPTS[group.family]),
    doNotTrack: random.chance(0.073),
    webGl: random.chance(0.78),
    storage: random.chance(0.985)
      ? [true, true, true]
      : random.pick([
          [true, false, true],
          [false, false, false],
          [true, false, false],
        ]),
  };
}

/** Of strangers with the same kind of browser so many are close: bought, installed and set up by the same people. */
const CLOSE = 0.025;

function drawStranger(random, first, time) {
  const stranger = drawBrowser(random, time);
  if (["os", "family", "platform"].some((it) => first[it] !== stranger[it]) || !random.chance(CLOSE)) return stranger;
  const { locale, zone, encoding, accept } = first;
  const shared = ["gpu", "resolution", "system", "plugins", "release"]
    .filter(() => random.chance(0.3))
    .map((it) => [it, structuredClone(first[it])]);
  return {
    ...stranger,
    locale,
    zone,
    encoding,
    accept,
    ...Object.fromEntries(shared),
    release: Math.max(stranger.release, first.release),
  };
}

/** Which attributes of a browser have changed after a gap. */
function changed(random, gap) {
  const speeds = new Map();
  const fate = random.unit();
  const names = new Set();
  for (const [name, { shares, shape }] of Object.entries(KEPT)) {
    if (!speeds.has(shape)) speeds.set(shape, random.gamma(shape) / shape);
    // With speeds of a gamma distribution the share that kept is (1 + hazard/shape)^-shape: solved for the hazard.
    const hazard = shape * (kept(shares, gap) ** (-1 / shape) - 1);
    const luck = name === "release" || random.chance(TOGETHER[name]) ? fate : random.unit();
    if (luck > Math.exp(-speeds.get(shape) * hazard)) names.add(name);
  }
  return names;
}

/** Between two measured gaps, on a straight line. */
function kept(shares, gap) {
  const next = GAPS.findIndex((it) => it > gap);
  if (next < 0) return shares.at(-1) * (1 - Math.min(0.3, (gap - GAPS.at(-1)) / 200));
  const part = (gap - GAPS[next - 1]) / (GAPS[next] - GAPS[next - 1]);
  return shares[next - 1] + part * (shares[next] - shares[next - 1]);
}

const differing = (draw, before) => {
  for (;;) {
    const value = draw();
    if (JSON.stringify(value) !== JSON.stringify(before)) return value;
  }
};

const CHANGE = {
  release: (random, it, gap) => (it.release += 1 + random.poisson(Math.max(0, gap - 14) / 30)),
  canvas: (random, it) => (it.canvas = `of ${random.hex(12)}`),
  gpu: (random, it) => (it.gpu = differing(() => random.kind(0.3, 0.3), it.gpu)),
  resolution: (random, it) =>
    (it.resolution = differing(
      () => (random.chance(0.75) ? random.pick(it.otherScreens) : random.kind(0.17, 0.2)),
      it.resolution,
    )),
  zone: (random, it) => (it.zone = differing(() => random.kind(0.25, 0.2), it.zone)),
  locale: (random, it) => (it.locale = differing(() => random.kind(0.129, 0.3), it.locale)),
  doNotTrack: (_, it) => (it.doNotTrack = !it.doNotTrack),
  encoding: (random, it) => (it.encoding = differing(() => random.pick(ENCODINGS[it.family])[0], it.encoding)),
  accept: (random, it) => (it.accept = differing(() => random.pick(ACCEPTS[it.family])[0], it.accept)),
  storage: (random, it) =>
    (it.storage = differing(() => [random.chance(0.6), random.chance(0.5), random.chance(0.5)], it.storage)),
  plugins: (random, it) => {
    const what = random.weighted([
      ["update", 62],
      ["two", 14],
      ["add", 9],
      ["remove", 8],
      ["all", 4],
      ["few", 3],
    ]);
    if (what === "add" || !it.plugins.length) it.plugins = addPlugin(random, it);
    else if (what === "remove") it.plugins = random.some(it.plugins, it.plugins.length - 1);
    else if (what === "few") it.plugins = random.some(it.plugins, random.integer(0, 2));
    else for (const plugin of random.some(it.plugins, { update: 1, two: 2, all: 30 }[what])) updatePlugin(random, it, plugin);
  },
};

/** Days after which so many volunteers have their browser on another machine: profiles and extensions are synchronized. */
const MOVED = [0, 0.002, 0.005, 0.008, 0.012, 0.012];

/** The same person's browser on another machine. */
function move(random, before, time) {
  const other = differing(() => drawBrowser(random, time), before);
  const { os, family, platform, locale, zone, doNotTrack, release, plugins, pluginsOn } = before;
  const kept = {
    os,
    family,
    platform,
    doNotTrack,
    release: Math.max(release, other.release),
    ...(random.chance(0.85) && { locale, zone }),
    ...(random.chance(0.4) && { plugins, pluginsOn }),
  };
  const same = { ...other, ...kept, system: random.chance(0.6) ? before.system : drawSystem(random, os) };
  if (other.family !== family) Object.assign(same, { encoding: before.encoding, accept: before.accept });
  return { browser: same, changes: ["moved"] };
}

function evolve(random, before, gap, time) {
  if (random.chance(kept(MOVED, gap))) return move(random, before, time);
  const browser = structuredClone(before);
  const names = changed(random, gap);
  if (!browser.webGl) names.delete("gpu");
  for (const name of names) CHANGE[name](random, browser, gap);
  return { browser, changes: [...names].map((name) => NAMES[name] ?? name).sort() };
}

/** A browser's login in the API's shape. */
function written({ user, time, browser }, event) {
  const { os, family, canvas, gpu } = browser;
  const [cookies, local, session] = browser.storage;
  const drawing = digest("canvas", os, family, canvas, typeof canvas === "string" && canvas.length < 8 ? gpu : "");
  const measured = {
    platform: browser.platform,
    timezone: timeZone(browser.zone),
    canvas: drawing,
    plugins: pluginsAt(browser),
    screenResolution: resolution(os, browser.resolution).sort((a, b) => b - a),
    cookiesEnabled: cookies,
    localStorage: local,
    sessionStorage: session,
  };
  if (browser.webGl) {
    const { vendor, renderer } = graphics(browser, gpu);
    measured.webGlBasics = { vendorUnmasked: vendor, rendererUnmasked: renderer };
  }
  const headers = {
    accept: browser.accept,
    "accept-encoding": browser.encoding,
    "accept-language": acceptLanguage(family, browser.locale),
  };
  if (browser.doNotTrack) headers.dnt = "1";
  return {
    event_id: event,
    occurred_at: new Date(time).toISOString(),
    outcome: "success",
    method: "password",
    user: { id: user, email: `${user}@example.test` },
    client: {
      ip: ADDRESS,
      user_agent: userAgent(browser),
      headers,
      fingerprint: {
        version: "5.2.0",
        components: Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, { value }])),
      },
    },
  };
}
