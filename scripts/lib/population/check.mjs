// Prints how often the browsers of a labelled log agree with themselves after a while, and with strangers' by chance, beside what
// was measured on real ones. Usage: node check.mjs FILE

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Random } from "./random.mjs";

const DAY_MS = 86_400_000;
const GAPS = [
  [0, 3],
  [3, 7],
  [7, 14],
  [14, 30],
  [30, 60],
  [60, Infinity],
];

const value =
  (name) =>
  ({ components }) =>
    components[name]?.value;
const inside =
  (name, member) =>
  ({ components }) =>
    components[name]?.value?.[member];
const header =
  (name) =>
  ({ headers }) =>
    headers[name] ?? "";
const drawing = (it) => (["skipped", "unstable", "unsupported"].includes(it) ? undefined : it);
/** How each attribute is read of a login; undefined where it is not told. */
const ATTRIBUTES = {
  "user agent": ({ agent }) => agent,
  "accept-language": header("accept-language"),
  "accept-encoding": header("accept-encoding"),
  accept: header("accept"),
  dnt: header("dnt"),
  canvas: ({ components }) => drawing(components.canvas?.value?.text ?? components.canvas?.value),
  "canvas geometry": ({ components }) => drawing(components.canvas?.value?.geometry),
  audio: ({ components }) => (components.audio?.value > 0 ? components.audio.value : undefined),
  renderer: inside("webGlBasics", "rendererUnmasked"),
  vendor: inside("webGlBasics", "vendorUnmasked"),
  "webgl features": value("webGlExtensions"),
  resolution: value("screenResolution"),
  "screen frame": value("screenFrame"),
  "pixel ratio": value("devicePixelRatio"),
  "colour depth": value("colorDepth"),
  hdr: value("hdr"),
  fonts: value("fonts"),
  plugins: value("plugins"),
  languages: value("languages"),
  "time zone": value("timezone"),
  cores: value("hardwareConcurrency"),
  memory: value("deviceMemory"),
  touch: inside("touchSupport", "maxTouchPoints"),
  platform: value("platform"),
  "platform version": inside("userAgentData", "platformVersion"),
  storage: ({ components }) =>
    components.localStorage && ["cookiesEnabled", "localStorage", "sessionStorage"].map((name) => components[name]?.value),
};

/** FP-Stalker's pairs: agreement of a browser with itself at 3–7, 14–30 and 30–60 days. */
const PUBLISHED_SAME = {
  "user agent": [0.7, 0.41, 0.15],
  canvas: [0.94, 0.9, 0.82],
  "time zone": [0.95, 0.88, 0.85],
  renderer: [0.99, 0.966, 0.99],
  "accept-language": [1, 0.992, 0.99],
  plugins: [0.75, 0.55, 0.24],
  resolution: [, 0.771],
  dnt: [, 0.992],
  platform: [, 0.998],
  "accept-encoding": [, 0.92],
  vendor: [, 0.986],
};
/** Chance agreement of two machines: any two, and two with one user agent (FP-Stalker's pairs; Apify's network). */
const PUBLISHED_OTHER = {
  "user agent": [0.26],
  canvas: [0.0458, 0.1824],
  renderer: [0.0346, 0.2094],
  vendor: [0.2127, 0.584],
  fonts: [0.1037, 0.4115],
  resolution: [0.0843, 0.1666],
  "pixel ratio": [0.236, 0.4815],
  "screen frame": [0.2131, 0.4076],
  cores: [0.1802, 0.329],
  memory: [0.2405, 0.4871],
  "colour depth": [0.4265, 0.878],
  hdr: [0.6144, 0.8305],
  touch: [0.6916, 0.8579],
  "platform version": [0.2238, 0.5556],
  dnt: [0.8633, 0.8805],
  platform: [0.4381, 0.9951],
  "time zone": [0.1877, 0.1802],
  "accept-language": [0.0631, 0.1292],
  "accept-encoding": [0.2788, 0.5061],
};

/** Counts of two: how often both were told, and how often they agreed. */
class Agreement {
  constructor() {
    this.counts = {};
    this.pairs = 0;
    this.equal = 0;
  }

  add(one, other) {
    this.pairs++;
    let differ = false;
    for (const name of Object.keys(ATTRIBUTES)) {
      const [a, b] = [one[name], other[name]];
      if (a === undefined || b === undefined) continue;
      const count = (this.counts[name] ??= [0, 0]);
      count[0]++;
      if (a === b) count[1]++;
      else differ = true;
    }
    if (!differ) this.equal++;
  }

  share(name) {
    const [both, same] = this.counts[name] ?? [0, 0];
    return both ? same / both : undefined;
  }
}

const shown = (share) => (share === undefined ? "–" : share.toFixed(3)).padStart(8);

function read(login) {
  const { user_agent: agent = "", headers = {}, fingerprint } = login.client;
  const told = { agent, headers, components: fingerprint?.components ?? {} };
  const entries = Object.entries(ATTRIBUTES).map(([name, take]) => [name, take(told)]);
  return Object.fromEntries(entries.map(([name, it]) => [name, it === undefined ? undefined : JSON.stringify(it)]));
}

/** What tells hard pairs from others: the system, the family and the platform. */
function family(print) {
  const agent = print["user agent"];
  const found = /Edg|OPR|SamsungBrowser|CriOS|Firefox|Chrome|Version/.exec(agent)?.[0];
  return [/Windows|Android|iPhone|Mac OS X|Linux/.exec(agent)?.[0], found, print.platform].join();
}

/** The same devices, and strangers: those that probe a user's device if there are such pairs, else any two users' devices. */
async function measure(file) {
  const same = GAPS.map(() => new Agreement());
  const situations = new Map();
  const [anybody, alike, oneAgent] = [new Agreement(), new Agreement(), new Agreement()];
  const latest = new Map();
  const known = new Map();
  const stranger = (one, other) => {
    anybody.add(one, other);
    if (family(one) === family(other)) alike.add(one, other);
    if (one["user agent"] === other["user agent"]) oneAgent.add(one, other);
  };
  let probes = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const login = JSON.parse(line);
    const { truth } = login;
    if (login.outcome === "failure") continue;
    const [print, time] = [read(login), Date.parse(login.occurred_at)];
    if (/browser$/.test(truth.attack ?? "")) (probes++, stranger(print, known.get(login.user.id)));
    if (!truth.owner) continue;
    const before = latest.get(truth.device_id);
    if (before) {
      const gap = Math.abs(time - before.time) / DAY_MS;
      same[GAPS.findIndex(([from, to]) => gap >= from && gap < to)].add(before.print, print);
      const names = [...truth.changes, ...[truth.mode === "private" && "private", truth.privacy].filter(Boolean)];
      for (const name of names.length ? names : ["nothing"]) {
        if (!situations.has(name)) situations.set(name, new Agreement());
        situations.get(name).add(before.print, print);
      }
    }
    if (!known.has(login.user.id)) known.set(login.user.id, print);
    latest.set(truth.device_id, { print, time, user: login.user.id });
  }
  if (!probes) drawStrangers([...latest.values()], stranger);
  return { same, situations, anybody, alike, oneAgent };
}

function drawStrangers(devices, stranger) {
  const random = new Random("strangers");
  for (let draw = 0; draw < 60_000; draw++) {
    const [one, other] = [random.pick(devices), random.pick(devices)];
    if (one.user !== other.user) stranger(one.print, other.print);
  }
}

function print({ same, situations, anybody, alike, oneAgent }) {
  const title = (words) => console.log(`\n${words}`);
  title("One browser, days later: how often it says the same (in brackets: FP-Stalker's)");
  console.log("".padEnd(18) + GAPS.map(([from, to]) => `${from}-${to === Infinity ? "" : to}`.padStart(16)).join(""));
  console.log("pairs".padEnd(18) + same.map((it) => String(it.pairs).padStart(16)).join(""));
  const published = (name, column) => {
    const it = PUBLISHED_SAME[name]?.[[1, 3, 4].indexOf(column)];
    return it === undefined ? "" : `(${it})`;
  };
  for (const name of Object.keys(ATTRIBUTES))
    console.log(name.padEnd(18) + same.map((it, at) => shown(it.share(name)) + published(name, at).padStart(8)).join(""));
  console.log("everything".padEnd(18) + same.map((it) => shown(it.pairs ? it.equal / it.pairs : undefined).padEnd(16)).join(""));

  title("Two browsers: how often they agree by chance (in brackets: published, for any two and for one user agent)");
  console.log("".padEnd(18) + "any two".padStart(16) + "same kind".padStart(16) + "same user agent".padStart(16));
  console.log("pairs".padEnd(18) + [anybody, alike, oneAgent].map((it) => String(it.pairs).padStart(16)).join(""));
  for (const name of Object.keys(ATTRIBUTES)) {
    const [any, one] = PUBLISHED_OTHER[name] ?? [];
    const cells = [
      [anybody, any],
      [alike, one],
      [oneAgent, one],
    ];
    console.log(
      name.padEnd(18) +
        cells
          .map(([it, expected]) => shown(it.share(name)) + (expected === undefined ? "" : `(${expected})`).padStart(8))
          .join(""),
    );
  }

  title("What changes in each situation: the attributes that disagree most");
  for (const [name, it] of [...situations].sort((a, b) => b[1].pairs - a[1].pairs)) {
    const most = Object.keys(it.counts)
      .map((of) => [of, 1 - it.share(of)])
      .sort((a, b) => b[1] - a[1])
      .slice(0, 6);
    console.log(
      `${name.padEnd(18)}${String(it.pairs).padStart(7)}  ${most.map(([of, share]) => `${of} ${share.toFixed(2)}`).join(", ")}`,
    );
  }
}

try {
  print(await measure(process.argv[2]));
} catch (error) {
  process.stderr.write(`population: ${process.argv[2]}: ${error.message}\n`);
  process.exit(1);
}
