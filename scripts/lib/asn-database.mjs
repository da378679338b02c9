// Turns the ranges of the npm package @ip-location-db/asn into two databases in the MaxMind format.
// Usage: node asn-database.mjs FOLDER_WITH_CSV FOLDER_FOR_MMDB

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { number, uint32, write } from "./mmdb.mjs";

const [source, target] = process.argv.slice(2);
const description = "From @ip-location-db/asn: RouteViews, NRO and DB-IP.com data, CC BY 4.0";

/** Lines of `first,last,number,name`; the name is in quotes if it holds a comma, its quotes are doubled. */
function* ranges(file) {
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const found = /^([^,]+),([^,]+),(\d+),(?:"(.*)"|(.*?))\r?$/.exec(line);
    if (!found) continue;
    const [, first, last, asn, quoted, plain] = found;
    const name = quoted === undefined ? plain : quoted.replaceAll('""', '"');
    const record = { autonomous_system_number: uint32(Number(asn)), autonomous_system_organization: name };
    yield [number(first), number(last), record];
  }
}

for (const [family, bits] of [["ipv4", 32], ["ipv6", 128]]) {
  write(join(target, `asn-${family}.mmdb`), { bits, type: `asn ${family}`, description }, ranges(join(source, `asn-${family}.csv`)));
}
