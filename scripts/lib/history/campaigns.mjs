// What is hidden among the ordinary logins: attacks, and rarities that a search must find.

import { measured } from "./browsers.mjs";
import { addressOf } from "./networks.mjs";

const HOUR_MS = 3_600_000;
/** What the attackers' tool says of itself: a browser of 2024 on a machine without a graphics card. */
const TOOL = {
  agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36",
  language: "en-US",
  components: measured({
    platform: "Linux x86_64",
    screenResolution: [800, 600],
    timezone: "Asia/Yerevan",
    languages: [["en-US"]],
    hardwareConcurrency: 2,
    deviceMemory: 1,
    audio: 124.08072766105033,
    webGlBasics: { vendorUnmasked: "Google Inc. (Google)", rendererUnmasked: "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader driver)" },
    canvas: { winding: true, geometry: "tool", text: "tool" },
  }),
};

/** Logins by when they happen, and what a search should find of each kind. */
export function campaigns(random, { all, hosting, rare }, { from, spanMs, users, logins }) {
  const planted = [];
  const truth = [];
  const plant = (name, q, list) => {
    planted.push(...list);
    truth.push({ name, q, logins: list.length });
  };
  const user = () => random.integer(0, users - 1);

  // Stuffing: passwords from elsewhere, tried from three networks of a hoster within six hours. Every thousandth fits.
  const sources = random.some(hosting.slice(0, 1000), 3);
  const begun = from + 0.6 * spanMs;
  const tries = Math.max(50, Math.round(logins / 500));
  const stuffing = [];
  for (let at = 0; at < tries; at++) {
    stuffing.push({
      at: begun + (6 * HOUR_MS * at) / tries,
      user: user(),
      ip: addressOf(sources[at % 3], 1 + (at % 250)),
      outcome: at % 1000 === 999 ? "success" : "failure",
      method: "password",
      browser: TOOL,
    });
  }
  const network = ({ base }) => `${addressOf({ base }, 0)}/24`;
  plant("stuffing", `ip:${network(sources[0])} since:${new Date(begun).toISOString()} method:password`, stuffing.filter((_, at) => at % 3 === 0));
  planted.push(...stuffing.filter((_, at) => at % 3 !== 0));

  // Spraying: one tool behind many people's routers, a try an hour.
  const spraying = [];
  for (let at = 0; at < 200; at++) {
    spraying.push({
      at: from + 0.2 * spanMs + at * HOUR_MS,
      user: user(),
      ip: addressOf(random.pick(all), random.integer(1, 254)),
      outcome: at % 50 === 49 ? "success" : "failure",
      method: "password",
      browser: TOOL,
    });
  }
  planted.push(...spraying);

  // A country that hardly anybody signs in from.
  const strange = rare.length ? random.pick(rare) : random.pick(all);
  plant(
    "rare country",
    `country:${strange.country}`,
    [0.1, 0.5, 0.9].map((share) => ({ at: from + share * spanMs, user: user(), ip: addressOf(strange, strange.last), method: "password" })),
  );

  // A way to sign in that was tried for a day.
  plant(
    "rare method",
    "method:badge",
    Array.from({ length: 7 }, (_, at) => ({ at: from + 0.3 * spanMs + at * HOUR_MS, user: user(), ip: addressOf(random.pick(all), 9), method: "badge" })),
  );
  planted.sort((a, b) => a.at - b.at);
  return { planted, truth };
}
