// Writes databases in the MaxMind format (version 2.0, github.com/maxmind/MaxMind-DB): the search tree in 28-bit records
// and the data section, from ranges that are sorted and do not overlap. Node.js alone, no packages.

import { writeFileSync } from "node:fs";
import { isIPv4 } from "node:net";

const MARKER = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from("MaxMind.com")]);

/** The address as a number. */
export function number(address) {
  if (isIPv4(address)) return address.split(".").reduce((sum, it) => sum * 256n + BigInt(it), 0n);
  const [head, tail] = address.split("::").map((half) => (half ? half.split(":") : []));
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail] : head;
  return groups.reduce((sum, it) => sum * 65536n + BigInt(`0x${it}`), 0n);
}

const TYPES = { uint16: 5, uint32: 6, map: 7, uint64: 9, array: 11, float: 15 };

/** A float, or an unsigned number of a given type; texts, arrays and objects are written as what they are. */
export const float = (value) => ({ type: "float", value });
export const uint16 = (value) => ({ type: "uint16", value });
export const uint32 = (value) => ({ type: "uint32", value });
export const uint64 = (value) => ({ type: "uint64", value });

function control(type, size) {
  const [extra, rest] = size < 29 ? [size, []] : size < 285 ? [29, [size - 29]] : [30, [(size - 285) >> 8, (size - 285) & 255]];
  return Buffer.from(type < 8 ? [(type << 5) | extra, ...rest] : [extra, type - 7, ...rest]);
}

function encode(value) {
  if (typeof value === "string") {
    const text = Buffer.from(value);
    return Buffer.concat([control(2, text.length), text]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(TYPES.array, value.length), ...value.map(encode)]);
  if (value.type === "float") {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(value.value);
    return Buffer.concat([control(TYPES.float, 4), bytes]);
  }
  if (value.type in TYPES) {
    const hex = value.value === 0 ? "" : value.value.toString(16);
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
    return Buffer.concat([control(TYPES[value.type], bytes.length), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([control(TYPES.map, entries.length), ...entries.flat().map(encode)]);
}

/** Writes `ranges`, an iterable of [first, last, record] as numbers of `bits` (32 or 128), to `file`. Equal records are shared. */
export function write(file, { bits, type, description }, ranges) {
  let tree = new Uint32Array(1 << 20); // two records to a node; 0 is empty; where `leaf` is set, an offset into the data
  let leaf = new Uint8Array(1 << 20);
  let nodes = 1;
  const offsets = new Map();
  const data = [];
  let length = 0;

  const child = (slot) => {
    if (leaf[slot]) throw new Error("ranges overlap");
    if (!tree[slot]) {
      if (tree.length < 2 * nodes + 2) {
        const [grown, marks] = [new Uint32Array(tree.length * 2), new Uint8Array(leaf.length * 2)];
        grown.set(tree), marks.set(leaf);
        [tree, leaf] = [grown, marks];
      }
      tree[slot] = nodes++;
    }
    return tree[slot];
  };
  const insert = (address, prefix, offset) => {
    let node = 0;
    const path = address.toString(2).padStart(bits, "0");
    for (let depth = 0; depth < prefix - 1; depth++) node = child(2 * node + (path.charCodeAt(depth) & 1));
    const slot = 2 * node + (path.charCodeAt(prefix - 1) & 1);
    [tree[slot], leaf[slot]] = [offset, 1];
  };

  for (let [first, last, record] of ranges) {
    const key = JSON.stringify(record);
    if (!offsets.has(key)) {
      const bytes = encode(record);
      offsets.set(key, length);
      length += bytes.length;
      data.push(bytes);
    }
    // The range as the fewest blocks: each as large as its start is aligned and its end allows.
    while (first <= last) {
      let size = first === 0n ? bits - 1 : Math.min(bits - 1, (first & -first).toString(2).length - 1);
      while (first + (1n << BigInt(size)) - 1n > last) size--;
      insert(first, bits - size, offsets.get(key));
      first += 1n << BigInt(size);
    }
  }

  const out = Buffer.alloc(nodes * 7);
  for (let node = 0; node < nodes; node++) {
    const [left, right] = [2 * node, 2 * node + 1].map((slot) => (leaf[slot] ? nodes + 16 + tree[slot] : tree[slot] || nodes));
    out.writeUIntBE(left & 0xffffff, node * 7, 3);
    out[node * 7 + 3] = ((left >>> 24) << 4) | (right >>> 24);
    out.writeUIntBE(right & 0xffffff, node * 7 + 4, 3);
  }
  if (nodes + 16 + length >= 1 << 28) throw new Error("too large for records of 28 bits");
  const metadata = encode({
    binary_format_major_version: uint16(2),
    binary_format_minor_version: uint16(0),
    build_epoch: uint64(Math.floor(Date.now() / 1000)),
    database_type: type,
    description: { en: description },
    ip_version: uint16(bits === 32 ? 4 : 6),
    languages: ["en"],
    node_count: uint32(nodes),
    record_size: uint16(28),
  });
  writeFileSync(file, Buffer.concat([out, Buffer.alloc(16), ...data, MARKER, metadata]));
}
