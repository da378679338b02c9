// Apify's Bayesian network of real browsers (npm fingerprint-generator, Apache-2.0): about 14,000 fingerprints as
// conditional probabilities. Only its data is used; sampling is our own, so that our seed decides.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";

/** The one file in an archive. */
function unzip(file) {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const entry = bytes.readUInt32LE(end + 16);
  const [method, packed, local] = [
    bytes.readUInt16LE(entry + 10),
    bytes.readUInt32LE(entry + 20),
    bytes.readUInt32LE(entry + 42),
  ];
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const content = bytes.subarray(start, start + packed);
  return method === 0 ? content : inflateRawSync(content);
}

/** A value as the network writes it: text, a mark for nothing, or JSON behind a mark. */
function read(written) {
  if (written === "*MISSING_VALUE*") return null;
  return written.startsWith("*STRINGIFIED*") ? JSON.parse(written.slice("*STRINGIFIED*".length)) : written;
}

/** Real browsers, by user agent. */
export class Network {
  /** Reads the unpacked package. */
  constructor(folder) {
    this.nodes = JSON.parse(unzip(join(folder, "data_files", "fingerprint-network-definition.zip"))).nodes;
    const root = this.nodes.find((node) => node.name === "userAgent");
    this.entries = new Map();
    this.userAgents = Object.entries(root.conditionalProbabilities);
  }

  /** A browser that says a given user agent. */
  sample(random, userAgent) {
    const written = { userAgent };
    for (const { name, parentNames, conditionalProbabilities } of this.nodes) {
      if (name in written) continue;
      let table = conditionalProbabilities;
      for (const parent of parentNames) table = table.deeper[written[parent]] ?? table.skip;
      if (!this.entries.has(table)) this.entries.set(table, Object.entries(table));
      written[name] = random.weighted(this.entries.get(table));
    }
    return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, read(value)]));
  }
}
