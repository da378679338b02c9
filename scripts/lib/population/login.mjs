// The scenario `login`: months of logins of people whose devices change, with strangers among them.

import { headers, userAgent } from "./browsers.mjs";
import { makeAttack } from "./attacks.mjs";
import { breakSome, components, toldLanguages } from "./components.mjs";
import { Machines } from "./devices.mjs";
import { dock, drift, toggleResistance } from "./drift.mjs";
import { Network } from "./network.mjs";
import { makePerson, nextLogin, whereabouts } from "./people.mjs";
import { World } from "./places.mjs";
import { Random } from "./random.mjs";

const DAY_MS = 86_400_000;
const MONTH_MS = 30.4375 * DAY_MS;
const START = Date.parse("2026-05-01T00:00:00Z");
const METHODS = [
  ["password", 70],
  ["passkey", 6],
  ["magic_link", 6],
  ["otp", 5],
  ["sso", 5],
  ["social:google", 8],
];
/** Attacks on a person in five months, before `--attacks`. */
const ATTACKS_EACH = 2.2;

/** All lines, in the order in which they arrive. */
export function loginScenario(options, say) {
  const { seed, users = 200, months, drift: faster, attacks } = options;
  say("reading the network of browsers and the databases of places");
  const tools = { machines: new Machines(new Network(options.package)), world: new World(options.geoip, `login/${seed}`) };
  const span = { from: START, to: START + months * MONTH_MS, faster };
  const lines = [];
  for (let index = 0; index < users; index++) {
    const random = new Random(`login/${seed}/${index}`);
    const person = makePerson(random, tools, index, span);
    const expected = (ATTACKS_EACH * attacks * months) / 5;
    lines.push(...life(random, tools, person, { ...span, nAttacks: random.poisson(expected) }));
    if (index % 10 === 9) say(`${index + 1} of ${users} users, ${lines.length} logins`);
  }
  lines.sort((a, b) => a.arrives - b.arrives || (a.key < b.key ? -1 : 1));
  return labelled(lines).map(({ login, truth }, at) => ({ event_id: `p${seed}_${at}`, ...login, truth }));
}

/** One person's logins and those of the strangers who have the password. */
function life(random, tools, person, { from, to, faster, nAttacks }) {
  const lines = [];
  const learning = person.joined + 0.3 * (to - person.joined);
  const threats = Array.from({ length: nAttacks }, () => random.between(learning, to)).sort((a, b) => a - b);
  for (let now = nextLogin(random, person, person.joined); now < to; now = nextLogin(random, person, now)) {
    while (threats.length && threats[0] < now) {
      const at = threats.shift();
      if (person.nLogins >= 6) lines.push(...attack(random, tools, person, at, faster));
    }
    lines.push(...visit(random, tools, person, { now, from, faster }));
  }
  return lines;
}

/** The owner signs in: perhaps with a wrong password first. */
function visit(random, tools, person, { now, from, faster }) {
  const usable = person.devices.filter((it) => it.since <= now && !(it.until < now));
  if (!usable.length) return [];
  const device = random.weighted(usable.map((it) => [it, it.usage]));
  const here = whereabouts(random, tools.world, person, device, now);
  const last = device.lastLogin ?? Math.max(from, device.since);
  const changes = drift(random, tools.machines, device, { now, last, faster });
  if (device.lastLogin === undefined) changes.clear();
  if (dock(random, device, here.spot) && device.lastLogin) changes.add("monitor");
  const toggled = toggleResistance(random, device, (now - last) / DAY_MS, faster);
  if (toggled) changes.add(toggled);
  device.session = random.hex(8);
  device.lastLogin = now;
  device.lastZone = here.zone;
  const mode = random.chance(person.privateHabit) ? "private" : "normal";
  const truth = {
    owner: true,
    attack: null,
    changes: [...changes],
    travel: here.travel,
    vpn: here.vpn,
    device_id: device.id,
    mode,
    privacy: device.family === "brave" ? "brave" : device.resisting ? "resist_fingerprinting" : null,
    country: here.network.country,
    city: here.network.city,
  };
  const proxied = here.spot === "work" && person.proxyAtWork;
  const client = speak(random, person, device, { ip: here.ip, zone: here.zone, mode, truth, proxied });
  person.nLogins++;
  device.lastClient = client;
  const lines = [line(random, person, { now, client, truth })];
  if (random.chance(person.failureHabit))
    lines.unshift(line(random, person, { now: now - random.between(8, 60) * 1000, client, truth, outcome: "failure" }));
  if (random.chance(0.012)) late(random, lines.at(-1));
  return lines;
}

/** What a browser says in one login; `truth` learns what of it failed. */
function speak(random, person, device, { ip, zone, mode, truth, proxied }) {
  const claimed = device.claims ?? device;
  const languages = toldLanguages(device, mode);
  const { settings, hints } = device;
  const sent = headers(claimed.kind, {
    release: claimed.release,
    languages,
    hints: claimed === device ? hints : { platformVersion: "", architecture: "", bitness: "", model: "" },
    ...settings,
    encoding: proxied ? "gzip, deflate" : settings.encoding,
    told: person.told,
  });
  let agent = userAgent(claimed.kind, claimed.release);
  if (device.headless) agent = agent.replace("Chrome/", "HeadlessChrome/");
  const client = { ip, user_agent: agent, headers: sent };
  if (person.told === "headers") return client;
  if (random.chance(0.006)) truth.script_failed = true;
  else {
    client.fingerprint = { version: "5.2.0", components: components(random, device, { mode, zone, told: person.told }) };
    if (breakSome(random, client.fingerprint.components, 0.035)) truth.components_failed = true;
  }
  return client;
}

/** A stranger signs in, often after some wrong passwords. */
function attack(random, tools, person, now, faster) {
  const used = person.devices.filter((it) => it.lastClient);
  const victim = random.weighted(used.map((it) => [it, it.usage]));
  const made = makeAttack(random, tools, person, { victim, now, faster });
  const { place, device } = made;
  const truth = {
    owner: false,
    attack: made.name,
    hard: made.hard,
    changes: [],
    travel: false,
    vpn: false,
    device_id: made.replay ? `d_${random.hex(12)}` : device.id,
    mode: "normal",
    privacy: device.family === "brave" ? "brave" : null,
    country: place.country,
    city: place.city,
  };
  device.session = random.hex(8);
  let client = made.replay
    ? { ...structuredClone(victim.lastClient), ip: made.ip }
    : speak(random, person, device, { ip: made.ip, zone: made.zone, mode: "normal", truth });
  if (made.strip) delete client.fingerprint;
  if (made.client) client = made.client(random, client);
  const guesses = random.chance(0.3) ? random.integer(1, 5) : 0;
  const failures = Array.from({ length: guesses }, (_, at) =>
    line(random, person, { now: now - (guesses - at) * random.between(5, 40) * 1000, client, truth, outcome: "failure" }),
  );
  return [...failures, line(random, person, { now, client, truth })];
}

function line(random, person, { now, client, truth, outcome = "success" }) {
  const method = outcome === "failure" || !truth.owner ? "password" : random.weighted(METHODS);
  const user = { id: person.id, email: `${person.id}@example.test`, locale: person.languages[0], time_zone: person.zone };
  const login = { occurred_at: new Date(now).toISOString(), outcome, method, user, client };
  return { arrives: now, key: `${person.id}/${String(person.sequence++).padStart(6, "0")}`, login, truth: { ...truth } };
}

/** A queue or a sleeping laptop holds a login back. */
function late(random, held) {
  held.arrives += random.weighted([
    [random.exponential(20) * 60_000, 6],
    [random.exponential(8) * 3_600_000, 3],
    [random.between(1, 4) * DAY_MS, 1],
  ]);
  held.truth.late = true;
}

/** Says of each login whether the user had used its device before, as far as had arrived. */
function labelled(lines) {
  const seen = new Map();
  for (const { login, truth } of lines) {
    const devices = seen.get(login.user.id) ?? new Set();
    seen.set(login.user.id, devices);
    truth.known_device = truth.owner && devices.has(truth.device_id);
    truth.first_device = truth.owner && devices.size === 0;
    if (truth.owner && login.outcome === "success") devices.add(truth.device_id);
  }
  return lines;
}
