// Networks of the whole world, by country, as the databases in geoip/ know them.

import { databases, HOSTING } from "../population/places.mjs";
import { Random } from "../population/random.mjs";

/** Addresses that are looked up. */
const DRAWS = 300_000;
/** A country with fewer networks than this is one that hardly anybody signs in from. */
const RARE_BELOW = 4;

const countryOf = (record) => record?.country_code ?? record?.country?.iso_code;

/** Networks of 256 addresses, each by the `last` byte of one that was looked up: `all` in proportion to the addresses of countries, `hosting`, `rare`. */
export function networks(folder, seed) {
  const { city4, asn4 } = databases(folder);
  const random = new Random(`${seed}/networks`);
  const byCountry = new Map();
  const hosting = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const address = random.uint32();
    const country = countryOf(city4.lookupIpv4(address)?.record);
    const network = country && asn4.lookupIpv4(address)?.record;
    if (!network) continue;
    const found = { country, asn: network.autonomous_system_number, base: (address & ~255) >>> 0, last: address & 255 };
    if (HOSTING.test(network.autonomous_system_organization ?? "")) hosting.push(found);
    else byCountry.set(country, [...(byCountry.get(country) ?? []).slice(0, 3000), found]);
  }
  const lists = [...byCountry.values()];
  const rare = lists.filter((it) => it.length < RARE_BELOW).flat();
  return { all: lists.filter((it) => it.length >= RARE_BELOW).flat(), hosting, rare };
}

/** An address of a network. */
export const addressOf = ({ base }, last) => `${base >>> 24}.${(base >>> 16) & 255}.${(base >>> 8) & 255}.${last}`;
