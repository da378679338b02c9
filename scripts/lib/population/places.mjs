// Real networks and cities, by the databases in geoip/: addresses that a lookup places where the population lives.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Database } from "../mmdb-reader.mjs";
import { COUNTRIES } from "./countries.mjs";
import { Random } from "./random.mjs";

export const HOSTING =
  /hosting|cloud|server|data ?cent|datacamp|amazon|google|microsoft|digitalocean|ovh|hetzner|linode|akamai|leaseweb|m247|vultr|constant company|colo/i;
/** Ranges that hardly anybody signs in from. */
const UNUSED = /\bdod\b|dnic|defense|department of/i;
const MOBILE =
  /mobil|cellular|wireless|vodafone|t-mobile|reliance jio|airtel|orange|telia|elisa|dna oyj|telefonica|vivo|claro|globe|smart|docomo|kddi|softbank|optus|telstra|tele2|three|ee limited|rogers|play|wind tre|mtn|vodacom/i;
/** Addresses that are looked up: a hundred for every ten thousand in a country. */
const DRAWS = 350_000;
const DRAWS_IPV6 = 60_000;

/** Databases of a folder, by what they are of and the addresses that they know. */
export function databases(folder) {
  const found = {};
  for (const name of readdirSync(folder)
    .filter((it) => it.endsWith(".mmdb"))
    .sort()) {
    const database = new Database(join(folder, name));
    const { database_type: type, ip_version: version } = database.metadata;
    const of = /city|enterprise/i.test(type) ? "city" : /asn|isp/i.test(type) ? "asn" : null;
    if (of === null) continue;
    if (version === 6) found[`${of}6`] = database;
    if (version === 4 || !name.includes("ipv6")) found[`${of}4`] = database;
  }
  for (const needed of ["city4", "asn4"])
    if (!found[needed]) throw new Error(`no database of ${needed.slice(0, -1)} in ${folder}: run scripts/geoip`);
  return found;
}

/** What both shapes of records say: MaxMind's, and the flat one of ip-location-db. */
function place(record) {
  const country = record?.country_code ?? record?.country?.iso_code;
  const city = record?.city?.names?.en ?? record?.city;
  if (!(country in COUNTRIES) || typeof city !== "string" || city === "") return null;
  return { country, city, longitude: record.longitude ?? record.location?.longitude ?? 0 };
}

/** Networks by country and city. */
export class World {
  constructor(folder, seed) {
    this.databases = databases(folder);
    this.byCountry = Object.fromEntries(Object.keys(COUNTRIES).map((it) => [it, []]));
    this.drawIpv4(new Random(`${seed}/places`));
    this.drawIpv6(new Random(`${seed}/places6`));
    this.byCity = new Map();
    for (const network of Object.values(this.byCountry).flat()) this.cityOf(network).push(network);
    for (const [country, list] of Object.entries(this.byCountry)) {
      if (list.length < 20) throw new Error(`the databases know hardly anything of ${country}`);
    }
  }

  drawIpv4(random) {
    const { city4, asn4 } = this.databases;
    for (let draw = 0; draw < DRAWS; draw++) {
      const address = random.uint32();
      const here = place(city4.lookupIpv4(address)?.record);
      const network = here && asn4.lookupIpv4(address)?.record;
      if (!network) continue;
      const name = network.autonomous_system_organization ?? "";
      if (UNUSED.test(name)) continue;
      const kind = HOSTING.test(name) ? "hosting" : MOBILE.test(name) ? "mobile" : "access";
      this.byCountry[here.country].push({ ...here, asn: network.autonomous_system_number, kind, base: (address & ~255) >>> 0 });
    }
  }

  /** Prefixes of 64 bits by network: a walk down the tree that never takes an empty turn. */
  drawIpv6(random) {
    const { asn6 } = this.databases;
    this.ipv6 = new Map();
    for (let draw = 0; asn6 && draw < DRAWS_IPV6; draw++) {
      let address = 0n;
      const found = asn6.descend((depth, node) => {
        let side = depth < 3 ? (depth === 2 ? 1 : 0) : random.uint32() & 1; // 2000::/3
        if (depth >= 3 && asn6.child(node, side) === asn6.nodes) side = 1 - side;
        address = (address << 1n) | BigInt(side);
        return side;
      });
      if (!found || found.prefix > 56) continue;
      const bits = 64 - found.prefix;
      const rest = BigInt(`0x${random.hex(16)}`) & ((1n << BigInt(bits)) - 1n);
      const { autonomous_system_number: asn } = found.record;
      this.ipv6.set(asn, [...(this.ipv6.get(asn) ?? []), (address << BigInt(bits)) | rest]);
    }
  }

  /** The networks of a network's city. */
  cityOf({ country, city }) {
    const name = `${country}/${city}`;
    if (!this.byCity.has(name)) this.byCity.set(name, []);
    return this.byCity.get(name);
  }

  /** A network in a country, of one of some kinds where there are such. */
  network(random, country, kinds = ["access", "mobile"]) {
    const all = this.byCountry[country];
    for (let draw = 0; draw < 2000; draw++) {
      const network = random.pick(all);
      if (kinds.includes(network.kind)) return network;
    }
    return random.pick(all);
  }

  /** Another network in the city: of the same provider, or of any. */
  nearby(random, network, sameProvider) {
    const near = this.cityOf(network).filter(
      (it) => it.kind !== "hosting" && it !== network && (!sameProvider || it.asn === network.asn),
    );
    if (near.length) return random.pick(near);
    // A small place: the next /24 but one is most often the same provider's.
    return sameProvider ? { ...network, base: (network.base ^ 512) >>> 0 } : this.network(random, network.country);
  }

  /** A prefix of 64 bits of the network's provider; null if none is known. */
  ipv6Prefix(random, network) {
    const prefixes = this.ipv6.get(network.asn);
    return prefixes ? random.pick(prefixes) : null;
  }
}

/** An address of a network of 256. */
export const ipv4 = (random, network) => {
  const { base } = network;
  return [base >>> 24, (base >>> 16) & 255, (base >>> 8) & 255, random.integer(1, 254)].join(".");
};

/** An address under a prefix of 64 bits, such as privacy extensions (RFC 8981) make up daily. */
export function ipv6(random, prefix) {
  const digits = prefix.toString(16).padStart(16, "0") + random.hex(16);
  return digits
    .match(/.{4}/g)
    .map((group) => group.replace(/^0{1,3}/, ""))
    .join(":");
}
