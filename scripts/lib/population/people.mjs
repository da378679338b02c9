// The people: where they live and work, which devices they have, and how they come online.

import { KINDS, MOBILE } from "./browsers.mjs";
import { COUNTRIES, zoneOf } from "./countries.mjs";
import { makeDevice } from "./devices.mjs";
import { updateBrowser } from "./drift.mjs";
import { ipv4, ipv6 } from "./places.mjs";

const DAY_MS = 86_400_000;
const SHARES = Object.entries(KINDS).map(([kind, { share }]) => [kind, share]);
const shares = (wanted) => SHARES.filter(([kind]) => wanted(MOBILE.has(KINDS[kind].os)));
/** How much of a browser a product asks for. */
const TOLD = [
  ["plain", 40],
  ["full", 34],
  ["rich", 20],
  ["headers", 5],
];

/** A person, with networks and devices; `from` and `to` bound the time that is told of. */
export function makePerson(random, { world, machines }, index, { from, to, monthDays, faster }) {
  const country = random.weighted(Object.entries(COUNTRIES).map(([it, { share }]) => [it, share]));
  const home = world.network(random, country, ["access"]);
  const languages = random.weighted(COUNTRIES[country].languages);
  const zone = zoneOf(country, home.longitude);
  const person = {
    id: `u_${String(index).padStart(6, "0")}`,
    country,
    languages,
    zone,
    home,
    work: random.chance(0.55) ? world.nearby(random, home, random.chance(0.3)) : null,
    mobile: world.network(random, country, ["mobile"]),
    told: random.weighted(TOLD),
    joined: from + (random.chance(0.35) ? 0 : random.unit() ** 2 * 0.7 * (to - from)),
    loginsPerDay: Math.min(4, Math.max(0.04, Math.exp(random.normal() * 0.8 - 0.75))),
    vpnHabit: random.chance(0.08) ? 0.3 : 0.004,
    privateHabit: random.chance(0.07) ? 0.4 : 0.006,
    failureHabit: random.between(0.005, 0.05),
    trips: [],
    seen: new Set(),
    nLogins: 0,
    sequence: 0,
  };
  person.ipv6 = random.chance(0.3) ? world.ipv6Prefix(random, home) : null;
  person.proxyAtWork = random.chance(0.06);
  person.intranet = random.chance(0.04);
  person.homeAddress = ipv4(random, home);
  person.workAddress = person.work && ipv4(random, person.work);
  person.dynamicDays = random.weighted([
    [1.2, 15],
    [20, 35],
    [150, 50],
  ]);
  person.nextHomeAddress = from + random.exponential(person.dynamicDays) * DAY_MS;
  planTrips(random, person, { world, from, to, monthDays });
  person.devices = ownDevices(random, machines, person, { from, to, faster });
  return person;
}

function planTrips(random, person, { world, from, to }) {
  for (let at = from + random.exponential(70) * DAY_MS; at < to; at += random.exponential(70) * DAY_MS) {
    const country = random.pick(Object.keys(COUNTRIES).filter((it) => it !== person.country));
    const network = world.network(random, country);
    const until = at + random.between(2, 13) * DAY_MS;
    person.trips.push({
      from: at,
      until,
      network,
      zone: zoneOf(country, network.longitude),
      mobile: world.network(random, country, ["mobile"]),
    });
    at = until;
  }
}

/** One to four devices, of which some come later and some are hardly ever used. */
function ownDevices(random, machines, person, { from, to, faster }) {
  const count = random.weighted([
    [1, 24],
    [2, 40],
    [3, 26],
    [4, 10],
  ]);
  const devices = [];
  for (let index = 0; index < count; index++) {
    const wantsMobile = index === 0 ? random.chance(0.34) : !devices.some((it) => MOBILE.has(it.os)) && random.chance(0.7);
    const kind = random.weighted(shares((mobile) => mobile === wantsMobile));
    const device = makeDevice(random, machines, kind, person);
    device.since = index === 0 || random.chance(0.45) ? person.joined : random.between(person.joined, to);
    device.usage =
      index === 0
        ? 1
        : random.weighted([
            [0.5, 4],
            [0.15, 4],
            [0.03, 3],
          ]);
    updateBrowser(random, device, from, faster);
    devices.push(device);
  }
  // A second browser of the same machine is a device of its own; a new machine may replace the first.
  if (random.chance(0.15)) devices.push(sibling(random, machines, person, devices[0], { from, faster }));
  const replaced = random.chance(0.1) && devices.find((it) => it.usage === 1);
  if (replaced) {
    const at = random.between(person.joined, to);
    replaced.until = at + random.exponential(6) * DAY_MS;
    const next = makeDevice(random, machines, replaced.kind, person);
    devices.push(Object.assign(next, { since: at, usage: 1 }));
    updateBrowser(random, next, from, faster);
  }
  return devices;
}

function sibling(random, machines, person, device, { from, faster }) {
  const kinds = SHARES.filter(([kind]) => KINDS[kind].os === device.os && kind !== device.kind);
  if (!kinds.length)
    return Object.assign(makeDevice(random, machines, device.kind, person), {
      since: person.joined,
      usage: 0.1,
      release: device.release,
    });
  const other = makeDevice(random, machines, random.weighted(kinds), person);
  Object.assign(other, { displays: structuredClone(device.displays), since: person.joined, usage: random.pick([0.1, 0.3]) });
  updateBrowser(random, other, from, faster);
  return other;
}

/** Where a person signs in from now: the address, the zone of the device's clock, and what is special about it. */
export function whereabouts(random, world, person, device, now) {
  const trip = person.trips.find((it) => now >= it.from && now < it.until);
  const mobile = MOBILE.has(device.os);
  const spot = locate(random, person, device, trip);
  const zone = trip && !random.chance(0.12) ? trip.zone : person.zone;
  const here = { spot, zone, travel: trip !== undefined, vpn: false, ...addressAt(random, world, person, spot, { now, trip }) };
  if (random.chance(mobile ? person.vpnHabit / 3 : person.vpnHabit)) {
    const exit = world.network(random, random.pick(["US", "NL", "DE", "GB", "SE", "FR"].filter((it) => it !== person.country)), [
      "hosting",
    ]);
    Object.assign(here, { vpn: true, network: exit, ip: ipv4(random, exit), spot: "vpn" });
  }
  return here;
}

function locate(random, person, device, trip) {
  const mobile = MOBILE.has(device.os);
  if (trip) return mobile && random.chance(0.5) ? "trip_mobile" : "trip";
  if (mobile)
    return random.weighted([
      ["home", 45],
      ["mobile", 45],
      ["work", person.work ? 8 : 0],
      ["cafe", 2],
    ]);
  if (device.laptop)
    return random.weighted([
      ["home", 52],
      ["work", person.work ? 40 : 0],
      ["mobile", 3],
      ["cafe", 5],
    ]);
  return person.work && device.id.charCodeAt(2) % 2 ? "work" : "home";
}

function addressAt(random, world, person, spot, { now, trip }) {
  if (spot === "home") return homeAddress(random, world, person, now);
  if (spot === "work" && person.intranet)
    return { network: person.work, ip: `10.20.${random.integer(0, 3)}.${random.integer(2, 250)}` };
  if (spot === "work") return { network: person.work, ip: random.chance(0.9) ? person.workAddress : ipv4(random, person.work) };
  if (spot === "trip") {
    trip.ip ??= ipv4(random, trip.network);
    return { network: trip.network, ip: random.chance(0.8) ? trip.ip : ipv4(random, trip.network) };
  }
  if (spot === "cafe") return at(random, world.nearby(random, person.home, false));
  // A carrier gives another address of its pools each time.
  const pool = spot === "trip_mobile" ? trip.mobile : person.mobile;
  return at(random, random.chance(0.5) ? pool : { ...pool, base: (pool.base ^ (random.integer(0, 7) << 8)) >>> 0 });
}

const at = (random, network) => ({ network, ip: ipv4(random, network) });

function homeAddress(random, world, person, now) {
  if (now > person.nextHomeAddress) {
    person.nextHomeAddress = now + random.exponential(person.dynamicDays) * DAY_MS;
    const pool = random.chance(0.4) ? person.home : world.nearby(random, person.home, true);
    person.homeAddress = ipv4(random, pool);
    if (person.ipv6 && random.chance(0.3)) person.ipv6 ^= BigInt(random.integer(1, 255));
  }
  const six = person.ipv6 !== null && random.chance(0.6);
  return { network: person.home, ip: six ? ipv6(random, person.ipv6) : person.homeAddress };
}

/** The next time that somebody signs in after `now`: at hours when people are awake by the clock of their zone. */
export function nextLogin(random, person, now) {
  for (let at = now; ;) {
    at += random.exponential(1 / (person.loginsPerDay * 1.7)) * DAY_MS;
    const hour = (new Date(at).getUTCHours() + person.home.longitude / 15 + 24) % 24;
    if (random.chance(hour < 6 ? 0.05 : hour < 8 ? 0.5 : hour < 22 ? 0.75 : 0.4)) return at;
  }
}
