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
// The places of tests/it/http/suites.rs: those of the published suites, each with a /24 of its own.
write(join(folder, "suites-city-ipv4.mmdb"), { bits: 32, type: "city ipv4", description: "made for tests" }, [
  range("1.2.3.0", "1.2.3.255", place("US", "New York", "New York City", 40.71427, -74.00597)),
  range("1.2.4.0", "1.2.4.255", place("US", "Pennsylvania", "Pittsburgh", 40.364, -79.8605)),
  range("5.6.7.0", "5.6.7.255", place("SD", "", "", 15.9876, 25.3456)),
  range("9.10.11.0", "9.10.11.255", place("IT", "Emilia-Romagna", "Bologna", 44.4937, 11.343)),
  range("12.12.12.0", "12.12.12.255", place("NZ", "Auckland", "Auckland", -36.84853, 174.76349)),
  range("12.12.13.0", "12.12.15.255", place("US", "California", "Los Angeles", 34.05223, -118.24368)),
  range("42.42.42.0", "42.42.42.255", place("US", "Colorado", "Denver", 39.77777, -104.9191)),
  range("111.111.111.0", "111.111.111.255", place("JP", "Tokyo", "Tokyo", 35.6895, 139.6917)),
]);
