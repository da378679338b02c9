// Browser plugins of 2015 to 2017: which there were, what they said of themselves, and how often they were renewed.

const DAY_MS = 86_400_000;
const FROM = Date.parse("2015-05-01");

/** Each: how its description is written at a version, the days between two versions, and how many had it, by family. */
const PLUGINS = {
  "Shockwave Flash": {
    text: (v) => `Shockwave Flash ${18 + Math.floor(v / 3)}.0 r${(v % 3) * 97}`,
    days: 30,
    firefox: 0.72,
    chrome: 0.95,
  },
  "Chrome PDF Viewer": { text: () => "", days: 9999, firefox: 0, chrome: 0.98 },
  "Native Client": { text: () => "", days: 9999, firefox: 0, chrome: 0.97 },
  "Widevine Content Decryption Module": {
    text: (v) => `Enables Widevine licenses for playback of HTML audio/video content. (version: 1.4.8.${800 + 11 * v})`,
    days: 42,
    firefox: 0.05,
    chrome: 0.93,
  },
  "Chrome Remote Desktop Viewer": {
    text: () => "This plugin allows you to securely access other computers.",
    days: 9999,
    firefox: 0,
    chrome: 0.08,
  },
  "Adobe Acrobat": {
    text: (v) => `Adobe PDF Plug-In For Firefox and Netscape ${15 + Math.floor(v / 4)}.${6 + (v % 4)}.20`,
    days: 60,
    firefox: 0.4,
    chrome: 0.04,
  },
  "Java(TM) Platform SE 8 U": {
    text: (v) => `Next Generation Java Plug-in 11.${45 + 6 * v}.2 for Mozilla browsers`,
    days: 85,
    firefox: 0.34,
    chrome: 0.03,
  },
  "Java Deployment Toolkit": {
    text: (v) => `NPRuntime Script Plug-in Library for Java(TM) Deploy 11.${45 + 6 * v}`,
    days: 85,
    firefox: 0.3,
    chrome: 0,
  },
  "Silverlight Plug-In": { text: (v) => `5.1.${40416 + 170 * v}.0`, days: 110, firefox: 0.38, chrome: 0.03 },
  "Google Update": { text: (v) => `Google Update 1.3.${27 + v}.5`, days: 75, firefox: 0.42, chrome: 0.03 },
  "VLC Web Plugin": { text: (v) => `VLC media player Web Plugin ${2}.2.${1 + v}`, days: 150, firefox: 0.27, chrome: 0.02 },
  "Unity Player": { text: (v) => `Unity Player 5.${v % 9}.${v}f1`, days: 120, firefox: 0.12, chrome: 0 },
  "Intel® Identity Protection Technology": {
    text: () => "Intel web components for Intel® Identity Protection Technology",
    days: 9999,
    firefox: 0.16,
    chrome: 0,
  },
  "Microsoft Office 2013": {
    text: () => "The plug-in allows you to open and edit files using Microsoft Office applications",
    days: 9999,
    firefox: 0.22,
    chrome: 0.02,
  },
  "NVIDIA 3D VISION": {
    text: (v) => `NVIDIA 3D Vision plugin for Mozilla browsers 7.17.13.${5300 + 77 * v}`,
    days: 35,
    firefox: 0.12,
    chrome: 0.01,
  },
  "QuickTime Plug-in": {
    text: (v) => `The QuickTime Plugin allows you to view a wide variety of multimedia content 7.7.${7 + v}`,
    days: 200,
    firefox: 0.15,
    chrome: 0.02,
  },
  "iTunes Application Detector": { text: () => "iTunes Detector Plug-in", days: 9999, firefox: 0.1, chrome: 0.01 },
  "OpenH264 Video Codec provided by Cisco Systems, Inc.": {
    text: (v) => `Play back web video and use video chats. 1.${5 + v}`,
    days: 140,
    firefox: 0.2,
    chrome: 0,
  },
  "Skype Web Plugin": { text: (v) => `Skype Web Plugin 7.${10 + 3 * v}.0`, days: 40, firefox: 0.06, chrome: 0.03 },
  "Gnome Shell Integration": {
    text: () => "This plugin provides integration with Gnome Shell for live extension enabling and disabling.",
    days: 9999,
    firefox: 0.14,
    chrome: 0.02,
  },
};

/** The plugins of somebody's browser, with how many versions each is behind. */
export function drawPlugins(random, { family, os }) {
  if (random.chance(0.06)) return []; // made to ask before they run
  const tidy = random.chance(0.35); // who installs nothing
  const had = Object.entries(PLUGINS).filter(
    ([name, it]) =>
      random.chance(it[family] * (tidy && it[family] < 0.5 ? 0.15 : 1)) &&
      (os === "windows" || !/Silverlight|Office|NVIDIA|Intel®/.test(name)),
  );
  const listed = had.map(([name]) => ({ name, behind: random.chance(0.3) ? random.integer(1, 4) : 0, extra: "" }));
  // Something that hardly anybody else has: a bank's, a phone's, a game's.
  if (family === "firefox" && random.chance(0.3))
    listed.push({ name: `Plugin of ${random.hex(4)}`, behind: 0, extra: random.hex(3) });
  return listed;
}

const versionAt = (name, time, behind) =>
  Math.max(0, Math.floor((time - FROM) / ((PLUGINS[name]?.days ?? 9999) * DAY_MS)) - behind);

/** What a page is told of a browser's plugins: as of the day on which they were drawn, but for what was updated since. */
export function pluginsAt({ plugins, pluginsOn }) {
  const told = plugins.map(({ name, behind, extra }) => ({
    name,
    description: `${PLUGINS[name]?.text(versionAt(name, pluginsOn, behind)) ?? "Helper"}${extra && ` ${extra}`}`,
    mimeTypes: [],
  }));
  return told.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Another version of one plugin; one that never changes its description gets a new build. */
export function updatePlugin(random, browser, plugin) {
  const before = JSON.stringify(pluginsAt(browser));
  plugin.behind -= 1;
  if (JSON.stringify(pluginsAt(browser)) === before) plugin.extra = `build ${random.integer(100, 999)}`;
}

/** One plugin more. */
export function addPlugin(random, { plugins, family }) {
  const missing = Object.entries(PLUGINS)
    .filter(([name, it]) => it[family] > 0 && !plugins.some((has) => has.name === name))
    .map(([name]) => name);
  const name = missing.length && random.chance(0.7) ? random.pick(missing) : `Plugin of ${random.hex(4)}`;
  return [...plugins, { name, behind: 0, extra: "" }];
}
