// Browsers of a few families that are updated every four weeks, and what a script tells of them.

const chrome = (system) => (v) =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${v}.0.0.0 Safari/537.36`;
const edge = (system) => (v) => `${chrome(system)(v)} Edg/${v}.0.0.0`;
const firefox = (system) => (v) => `Mozilla/5.0 (${system}; rv:${v}.0) Gecko/20100101 Firefox/${v}.0`;
const WINDOWS = "Windows NT 10.0; Win64; x64";
const MAC = "Macintosh; Intel Mac OS X 10_15_7";

/** Each kind: its share, its first version, what it writes as its user agent, its platform, and its screens. */
const KINDS = [
  { share: 34, version: 137, agent: chrome(WINDOWS), platform: "Win32", screens: [[1920, 1080], [1536, 864], [2560, 1440], [1366, 768]] },
  { share: 9, version: 137, agent: edge(WINDOWS), platform: "Win32", screens: [[1920, 1080], [1536, 864], [1280, 720]] },
  { share: 5, version: 139, agent: firefox(WINDOWS), platform: "Win32", screens: [[1920, 1080], [1680, 1050]] },
  { share: 10, version: 137, agent: chrome(MAC), platform: "MacIntel", screens: [[1440, 900], [1512, 982], [1728, 1117]] },
  {
    share: 6, version: 17, platform: "MacIntel", screens: [[1440, 900], [1512, 982]], every: 7,
    agent: (v) => `Mozilla/5.0 (${MAC}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${v}.2 Safari/605.1.15`,
  },
  {
    share: 18, version: 17, platform: "iPhone", screens: [[393, 852], [390, 844], [430, 932]], every: 7,
    agent: (v) => `Mozilla/5.0 (iPhone; CPU iPhone OS ${v}_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${v}.5 Mobile/15E148 Safari/604.1`,
  },
  { share: 14, version: 137, agent: (v) => chrome("Linux; Android 10; K")(v).replace("Safari", "Mobile Safari"), platform: "Linux armv81", screens: [[412, 915], [360, 800], [384, 854]] },
  { share: 3, version: 139, agent: firefox("X11; Linux x86_64"), platform: "Linux x86_64", screens: [[1920, 1080], [2560, 1440]] },
  { share: 1, version: 137, agent: chrome("X11; CrOS x86_64 14541.0.0"), platform: "Linux x86_64", screens: [[1366, 768]] },
];
const TOTAL = KINDS.reduce((sum, { share }) => sum + share, 0);
const GPUS = [
  ["Google Inc. (Intel)", "ANGLE (Intel, Intel(R) UHD Graphics 620 Direct3D11 vs_5_0 ps_5_0, D3D11)"],
  ["Google Inc. (NVIDIA)", "ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)"],
  ["Google Inc. (AMD)", "ANGLE (AMD, AMD Radeon(TM) Graphics Direct3D11 vs_5_0 ps_5_0, D3D11)"],
  ["Apple Inc.", "Apple GPU"],
];
const ZONES = ["Europe/Helsinki", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Kolkata", "Europe/London"];
const LANGUAGES = ["en-US", "en-GB", "de-DE", "pt-BR", "ja-JP", "hi-IN", "fi-FI", "fr-FR"];

const pick = (list, number) => list[number % list.length];

/** The browser of a machine, of which `draw(n)` gives whole numbers that never change, `weeks` after the beginning. */
export function browser(draw, weeks) {
  let rest = draw(0) % TOTAL;
  const kind = KINDS.find(({ share }) => (rest -= share) < 0);
  // Who updates late does so for ever.
  const late = draw(1) % 8 === 0 ? 2 : 0;
  const version = kind.version + Math.max(0, Math.floor((weeks - late) / (4 * (kind.every ?? 1))));
  const agent = kind.agent(version);
  const language = pick(LANGUAGES, draw(2));
  // Four of ten products run no script.
  const components = draw(3) % 10 < 4 ? null : told(draw, kind, language);
  return { agent, language, components };
}

/** What a script has measured, as FingerprintJS tells it: each value in an object of its own. */
export const measured = (values) =>
  JSON.stringify(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])));

function told(draw, { platform, screens }, language) {
  const [vendorUnmasked, rendererUnmasked] = platform === "iPhone" || platform === "MacIntel" ? GPUS[3] : pick(GPUS.slice(0, 3), draw(4));
  const stock = platform === "iPhone";
  const drawn = stock ? draw(5) % 3 : draw(5) % 5000;
  return measured({
    platform,
    screenResolution: pick(screens, draw(6)),
    timezone: pick(ZONES, draw(2)),
    languages: [[language]],
    hardwareConcurrency: stock ? 6 : pick([4, 8, 8, 12, 16], draw(7)),
    deviceMemory: pick([8, 8, 4, 16], draw(8)),
    audio: stock ? 35.749968223273754 : 124.04 + (draw(9) % 9) / 1e5,
    webGlBasics: { vendorUnmasked, rendererUnmasked },
    canvas: { winding: true, geometry: `g${drawn.toString(16)}`, text: `t${(drawn * 31).toString(16)}` },
  });
}
