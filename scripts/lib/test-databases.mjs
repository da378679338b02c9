// Makes the small databases in the shape of the npm packages @ip-location-db/… that the tests read.
// Usage: node scripts/lib/test-databases.mjs tests/data/geoip

import { join } from "node:path";
import { float, number, write } from "./mmdb.mjs";

const folder = process.argv[2];
const range = (first, last, record) => [number(first), number(last), record];
const place = (country_code, state1, city, latitude, longitude) => ({
  city,
  country_code,
  latitude: float(latitude),
  longitude: float(longitude),
  postcode: "",
  state1,
  state2: "",
  timezone: "",
});

write(join(folder, "flat-city-ipv4.mmdb"), { bits: 32, type: "city ipv4", description: "made for tests" }, [
  range("81.2.69.0", "81.2.69.255", place("GB", "England", "London", 51.5142, -0.0931)),
  range("89.160.20.0", "89.160.21.131", place("SE", "Östergötland", "Linköping", 58.4167, 15.6167)),
]);
write(join(folder, "flat-city-ipv6.mmdb"), { bits: 128, type: "city ipv6", description: "made for tests" }, [
  range("2a02:1810::", "2a02:1810:3fff:ffff:ffff:ffff:ffff:ffff", place("BE", "", "Mechelen", 51.0353, 4.4832)),
]);
