// A device: one browser on one machine, as the network of real browsers draws it, and what its owner has made of it.

import { KINDS, MOBILE, isChromium, platformName } from "./browsers.mjs";
import { digest } from "./random.mjs";

/** Names that plugins really have; Brave and extensions make others up. */
const PLUGINS = new Set([
  "PDF Viewer",
  "Chrome PDF Viewer",
  "Chromium PDF Viewer",
  "Microsoft Edge PDF Viewer",
  "WebKit built-in PDF",
]);
const SECOND_MONITORS = [
  [1920, 1080, 1],
  [1920, 1200, 1],
  [2560, 1440, 1],
  [2560, 1080, 1],
  [3440, 1440, 1],
  [3840, 2160, 1],
  [3840, 2160, 1.5],
  [1680, 1050, 1],
];

/** Samples of the network for one kind of browser; those that robots left there are passed over. */
export class Machines {
  constructor(network) {
    this.network = network;
    this.agents = Object.fromEntries(
      Object.entries(KINDS).map(([kind, { like }]) => [kind, network.userAgents.filter(([ua]) => like(ua))]),
    );
    this.fontPools = {};
  }

  draw(random, kind) {
    for (;;) {
      const sample = this.network.sample(random, random.weighted(this.agents[kind]));
      const robot =
        /Headless/.test(JSON.stringify(sample.userAgentData)) ||
        /SwiftShader|Basic Render/.test(sample.videoCard?.renderer ?? "");
      const hinted = isChromium(kind) === (sample.userAgentData !== null);
      if (sample.screen && sample.videoCard && hinted && !robot) return sample;
    }
  }

  /** Fonts that are installed on somebody's machine of the kind. */
  fontPool(random, kind) {
    if (!(kind in this.fontPools)) {
      const lists = Array.from({ length: 60 }, () => this.draw(random.fork(kind), kind).fonts ?? []);
      this.fontPools[kind] = [...new Set(lists.flat())].sort();
    }
    return this.fontPools[kind];
  }
}

/** What the sample says of its screen, in the form of FingerprintJS's components. */
function display(screen, os) {
  const clamp = (it) => Math.min(120, Math.max(0, Math.round(it / 10) * 10)); // FingerprintJS rounds to tens
  const left = screen.availLeft > 200 ? 0 : screen.availLeft;
  const frame = [
    screen.availTop,
    screen.width - screen.availWidth - left,
    screen.height - screen.availHeight - screen.availTop,
    left,
  ];
  return {
    size: [screen.width, screen.height],
    frame: frame.map(clamp),
    pixelRatio: screen.devicePixelRatio,
    colorDepth: screen.colorDepth,
    hdr: screen.hasHDR,
    gamut: os === "mac" || os === "ios" || screen.hasHDR ? "p3" : "srgb",
  };
}

/** A monitor that a laptop is docked to. */
function monitor(random, os) {
  const [width, height, pixelRatio] = random.pick(SECOND_MONITORS);
  const size = [Math.round(width / pixelRatio), Math.round(height / pixelRatio)];
  const frame = os === "mac" ? [30, 0, random.pick([0, 60, 70]), 0] : [0, 0, random.pick([40, 50]), 0];
  return {
    size,
    frame,
    pixelRatio,
    colorDepth: os === "mac" ? random.pick([24, 30]) : 24,
    hdr: random.chance(0.1),
    gamut: random.chance(0.2) ? "p3" : "srgb",
  };
}

/** The maker of the graphics device, which decides most of how it draws. */
export const gpuMaker = (renderer) =>
  /Intel|NVIDIA|AMD|Radeon|Apple|Adreno|Mali|PowerVR|Xclipse|llvmpipe/i.exec(renderer)?.[0].toLowerCase() ?? "other";

/** How a machine draws and sounds, of which many machines have the same. */
function rendering(random, renderer) {
  // 0.18 of FP-Stalker's machines with one user agent draw alike; half of all have the same maker's graphics.
  return {
    maker: gpuMaker(renderer),
    geometry: random.kind(0.75, 0.03),
    text: random.kind(0.92, 0.03),
    audio: random.kind(0.6),
    latency: random.kind(0.55),
    fontSize: random.chance(0.07) ? random.pick([14, 15, 17, 18, 20]) : 16,
  };
}

/** How soon its owner lets a browser update: after days on average. */
const UPDATE_LAG = [
  ["prompt", 3, 62],
  ["slow", 16, 30],
  ["late", 55, 8],
];

/** A new device of a kind, for a person of whom the languages and the zone are known. */
export function makeDevice(random, machines, kind, { languages, zone }) {
  const { os, family } = KINDS[kind];
  const sample = machines.draw(random, kind);
  const laptop = !MOBILE.has(os) && random.chance(0.72);
  const own = display(sample.screen, os);
  const monitors = laptop
    ? random.weighted([
        [0, 45],
        [1, 38],
        [2, 17],
      ])
    : random.weighted([
        [0, 85],
        [1, 15],
      ]);
  const plugins = sample.pluginsData?.plugins ?? [];
  const data = sample.userAgentData;
  const [, lagDays] = random.weighted(UPDATE_LAG.map((it) => [it, it[2]]));
  return {
    id: `d_${random.hex(12)}`,
    kind,
    family,
    os,
    laptop,
    languages,
    zone,
    gpu: { vendor: sample.videoCard.vendor, renderer: sample.videoCard.renderer },
    cores: Number(sample.hardwareConcurrency),
    memory: sample.deviceMemory === null ? null : Number(sample.deviceMemory),
    touchPoints: Number(sample.maxTouchPoints ?? 0),
    platform: sample.platform,
    vendor: sample.vendor ?? "",
    hints: hints(random, kind, data),
    displays: [own, ...(MOBILE.has(os) ? [] : Array.from({ length: monitors }, () => monitor(random, os)))],
    display: 0,
    zoom: 1,
    fonts: sample.fonts ?? [],
    plugins: plugins.every(({ name }) => PLUGINS.has(name)) ? plugins.map(({ name }) => name) : [...PLUGINS],
    rendering: rendering(random, sample.videoCard.renderer),
    driver: 0,
    osPatch: 0,
    canvasPatch: 0,
    settings: {
      doNotTrack: random.chance(0.07),
      globalPrivacyControl: family === "brave" || random.chance(0.04),
      contrast: random.chance(0.02) ? 1 : 0,
      reducedMotion: random.chance(0.06),
      reducedTransparency: random.chance(0.03),
      adBlocker: random.chance(0.2),
      webGl: !random.chance(0.012),
      encoding: "gzip, deflate, br, zstd",
    },
    resisting: family === "firefox" && random.chance(0.05),
    lagDays,
    release: null,
    restless: random.gamma(1.2) / 1.2,
  };
}

function hints(random, kind, data) {
  if (!isChromium(kind)) return null;
  const model =
    KINDS[kind].family === "samsung" && random.chance(0.5)
      ? random.pick(["SM-S911B", "SM-S921B", "SM-A546B", "SM-A155F", "SM-S938B"])
      : (data.model ?? "");
  return {
    platform: platformName(kind),
    architecture: data.architecture ?? "",
    bitness: data.bitness ?? "",
    model,
    platformVersion: data.platformVersion ?? "",
  };
}

/**
 * Another machine of the very same model, bought by somebody else: the same user agent, graphics and build, told apart by
 * what people do to their machines. Of three machines in four the drawings differ, too.
 */
export function makeTwin(random, machines, device, { languages, zone }) {
  const other = makeDevice(random, machines, device.kind, { languages, zone });
  const twin = structuredClone({ ...device, id: other.id, languages, zone });
  const draws = () =>
    (twin.rendering = { ...other.rendering, maker: device.rendering.maker, geometry: random.hex(8), text: random.hex(8) });
  const differences = {
    fonts: () => (twin.fonts = toggled(random, machines, twin, random.integer(2, 6))),
    displays: () => (twin.displays = [random.chance(0.4) ? device.displays[0] : other.displays[0], ...other.displays.slice(1)]),
    system: () => twin.hints && (twin.hints.platformVersion = other.hints.platformVersion),
    memory: () => ([twin.memory, twin.cores] = [other.memory, other.cores]),
    settings: () => (twin.settings = other.settings),
    driver: () => (twin.driver += 1),
  };
  const likely = random.some(Object.keys(differences), random.integer(3, 5));
  if (random.chance(0.75)) draws();
  for (const name of likely) differences[name]();
  twin.display = twin.display % twin.displays.length;
  return twin;
}

/** A device's fonts after some were installed or removed. */
export function toggled(random, machines, device, count) {
  const pool = machines.fontPool(random, device.kind);
  const changed = new Set(random.some(pool, count));
  return [
    ...device.fonts.filter((it) => !changed.has(it) || random.chance(0.7)),
    ...[...changed].filter((it) => !device.fonts.includes(it)),
  ].sort();
}

const ages = {};

/** How many releases so far drew otherwise than the one before: every seventh or so does, for all who have it. */
export function drawingAge(family, release) {
  ages[family] ??= [0];
  const known = ages[family];
  while (known.length <= release)
    known.push(known.at(-1) + (parseInt(digest("drawing", family, known.length).slice(0, 4), 16) % 7 === 0 ? 1 : 0));
  return known[release];
}
