// The strangers: who else signs in with somebody's password, from which machine and from where.

import { KINDS, MOBILE, isChromium } from "./browsers.mjs";
import { COUNTRIES, FAR, zoneOf } from "./countries.mjs";
import { makeDevice, makeTwin } from "./devices.mjs";
import { updateBrowser } from "./drift.mjs";
import { ipv4 } from "./places.mjs";

/** The kinds of attack with their weights, and what each comes with; `bare` can be told by headers alone. */
export const ATTACKS = {
  same_model_other_machine: { weight: 22, from: "country", machine: other },
  same_laptop_model: { weight: 12, from: "country", machine: twin, hard: true },
  same_city_same_isp: { weight: 9, from: "provider", machine: other },
  other_country: { weight: 10, from: "far", machine: anybody, bare: true },
  other_country_same_model: { weight: 8, from: "far", machine: other, bare: true },
  ua_spoof: { weight: 8, from: "country", machine: spoofer },
  headless: { weight: 5, from: "hosting", machine: robot },
  full_replay: { weight: 6, from: "far", machine: copied },
  full_replay_same_country: { weight: 4, from: "country", machine: copied },
  header_only: { weight: 4, from: "country", machine: copied, strip: true, bare: true },
  script: { weight: 4, from: "hosting", machine: copied, client: scripted, bare: true },
  family_member: { weight: 5, from: "home", machine: familiar, bare: true },
  older_version: { weight: 5, from: "country", machine: older, hard: true },
};

const SCRIPTS = ["curl/8.11.1", "python-requests/2.32.3", "Go-http-client/2.0", "okhttp/4.12.0", "axios/1.7.9", "node"];

/** What an attack on a person looks like: the device, the address and the zone, and how the client's words are changed. */
export function makeAttack(random, tools, person, { victim, now, faster }) {
  // Two telephones of a model say the same, and so do two machines whose browsers keep silent.
  const tells = isChromium(victim.kind) && victim.family !== "brave" && !MOBILE.has(victim.os);
  const possible = Object.entries(ATTACKS).filter(
    ([, it]) => (person.told !== "headers" || it.bare) && (it.machine !== twin || tells),
  );
  const name = random.weighted(possible.map(([it, { weight }]) => [it, weight]));
  const { from, machine, strip, client, hard } = ATTACKS[name];
  const place = origin(random, tools.world, person, from);
  const zone = zoneOf(place.country, place.longitude);
  const speaks =
    random.chance(0.5) && place.country === person.country
      ? victim.languages
      : random.weighted(COUNTRIES[place.country].languages);
  const stranger = machine(random, tools, victim, { languages: speaks, zone, now, faster });
  const ip = from === "home" ? person.homeAddress : ipv4(random, place);
  const kept = machine === copied;
  return {
    name,
    hard: hard === true,
    device: stranger,
    ip,
    place,
    zone: kept ? victim.lastZone : stranger.zone,
    replay: kept,
    strip,
    client,
  };
}

function origin(random, world, person, from) {
  if (from === "home") return person.home;
  if (from === "provider") return random.chance(0.25) ? person.home : world.nearby(random, person.home, true);
  if (from === "country")
    return random.chance(0.3) ? world.nearby(random, person.home, false) : world.network(random, person.country);
  const far = random.pick(FAR.filter((it) => it !== person.country));
  return world.network(random, far, from === "hosting" || random.chance(0.3) ? ["hosting"] : undefined);
}

/** Another machine with a browser of the same kind, at a release of today. */
function other(random, { machines }, victim, { now, faster, ...self }) {
  return current(random, makeDevice(random, machines, victim.kind, self), victim, { now, faster });
}

/** Half of all browsers are at the very release of the victim's. */
function current(random, device, victim, { now, faster }) {
  updateBrowser(random, device, now, faster);
  if (device.kind === victim.kind && random.chance(0.5)) device.release = victim.release;
  return device;
}

function twin(random, { machines }, victim, self) {
  return makeTwin(random, machines, victim, self);
}

function older(random, { machines }, victim, self) {
  const device = random.chance(0.5) ? twin(random, { machines }, victim, self) : other(random, { machines }, victim, self);
  device.release = Math.max(1, victim.release - random.integer(1, 5));
  return device;
}

function anybody(random, { machines }, victim, { now, faster, ...self }) {
  const kind = random.weighted(Object.entries(KINDS).map(([it, { share }]) => [it, share]));
  return current(random, makeDevice(random, machines, kind, self), victim, { now, faster });
}

function familiar(random, tools, victim, self) {
  return random.chance(0.4) ? other(random, tools, victim, self) : anybody(random, tools, victim, self);
}

/** A machine of another system that claims the victim's user agent. */
function spoofer(random, tools, victim, self) {
  const kinds = Object.entries(KINDS).filter(([, { os }]) => os !== victim.os && !MOBILE.has(os));
  const { machines } = tools;
  const device = makeDevice(random, machines, random.weighted(kinds.map(([it, { share }]) => [it, share])), self);
  updateBrowser(random, device, self.now, self.faster);
  device.claims = { kind: victim.kind, release: victim.release };
  return device;
}

/** Headless Chromium in a data centre: half of them say so, the others claim the victim's user agent. */
function robot(random, { machines }, victim, { now, faster, ...self }) {
  const device = makeDevice(random, machines, "linux_chrome", self);
  updateBrowser(random, device, now, faster);
  device.gpu = {
    vendor: "Google Inc. (Google)",
    renderer: "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)",
  };
  device.displays = [{ size: [1280, 720], frame: [0, 0, 0, 0], pixelRatio: 1, colorDepth: 24, hdr: false, gamut: "srgb" }];
  Object.assign(device, { display: 0, fonts: [], cores: random.pick([2, 4]), memory: 8, zone: "UTC" });
  device.rendering = { ...device.rendering, maker: "other", geometry: "robot", text: "robot" };
  if (random.chance(0.5)) device.claims = { kind: victim.kind, release: victim.release };
  else device.headless = true;
  return device;
}

function copied(random, tools, victim) {
  return victim;
}

/** What a script sends: hardly a header, and its own name or one that it was told. */
function scripted(random, client) {
  const honest = random.chance(0.5);
  return {
    ip: client.ip,
    user_agent: honest ? random.pick(SCRIPTS) : client.user_agent,
    headers: { accept: "*/*", ...(random.chance(0.5) ? { "accept-encoding": "gzip, deflate" } : {}) },
  };
}
