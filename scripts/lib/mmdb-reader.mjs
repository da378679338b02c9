// Reads databases in the MaxMind format (version 2.0, github.com/maxmind/MaxMind-DB). Node.js alone, no packages.

import { readFileSync } from "node:fs";

const MARKER = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from("MaxMind.com")]);

/** One database, held in memory. */
export class Database {
  constructor(file) {
    this.bytes = readFileSync(file);
    const start = this.bytes.lastIndexOf(MARKER) + MARKER.length;
    if (start < MARKER.length) throw new Error(`${file} is no database in the MaxMind format`);
    this.data = start; // pointers in the metadata count from here
    this.metadata = this.decode(0)[0];
    const { node_count, record_size, ip_version } = this.metadata;
    this.nodes = node_count;
    this.nodeBytes = record_size / 4;
    this.data = node_count * this.nodeBytes + 16;
    this.records = new Map();
    this.ipv4Root = 0;
    for (let bit = 0; ip_version === 6 && bit < 96 && this.ipv4Root < node_count; bit++)
      this.ipv4Root = this.child(this.ipv4Root, 0);
  }

  /** What stands in a node's left (0) or right (1) half: a node, `nodes` for nothing, or more for a record. */
  child(node, side) {
    const { bytes, nodeBytes } = this;
    const at = node * nodeBytes;
    if (nodeBytes === 6) return bytes.readUIntBE(at + 3 * side, 3);
    if (nodeBytes === 8) return bytes.readUInt32BE(at + 4 * side);
    const middle = bytes[at + 3];
    return side ? (middle & 15) * 0x1000000 + bytes.readUIntBE(at + 4, 3) : (middle >> 4) * 0x1000000 + bytes.readUIntBE(at, 3);
  }

  /** Goes down the tree, `turn(depth)` saying where, and gives the record and its prefix length; null where there is none. */
  descend(turn, root = 0) {
    let node = root;
    let depth = 0;
    while (node < this.nodes) node = this.child(node, turn(depth++, node));
    return node === this.nodes ? null : { record: this.record(node), prefix: depth };
  }

  /** The record of an IPv4 address, a number below 2^32. */
  lookupIpv4(address) {
    return this.descend((depth) => (address >>> (31 - depth)) & 1, this.ipv4Root);
  }

  /** The record of an IPv6 address, a BigInt below 2^128. */
  lookupIpv6(address) {
    return this.descend((depth) => Number((address >> BigInt(127 - depth)) & 1n));
  }

  record(pointer) {
    const offset = pointer - this.nodes - 16;
    if (!this.records.has(offset)) this.records.set(offset, this.decode(offset)[0]);
    return this.records.get(offset);
  }

  /** The value at an offset of the data, and the offset after it. */
  decode(offset) {
    const { bytes } = this;
    let at = this.data + offset;
    const control = bytes[at++];
    let type = control >> 5;
    if (type === 1) return this.decodePointer(control, at);
    if (type === 0) type = 7 + bytes[at++];
    let size = control & 31;
    if (size > 28) {
      const [extra, base] = [size - 28, [29, 285, 65821][size - 29]];
      size = base + bytes.readUIntBE(at, extra);
      at += extra;
    }
    if (type === 7 || type === 11) return this.decodeMany(type, size, at - this.data);
    const end = at + size - this.data;
    if (type === 2) return [bytes.toString("utf8", at, at + size), end];
    if (type === 3) return [bytes.readDoubleBE(at), end];
    if (type === 15) return [bytes.readFloatBE(at), end];
    if (type === 14) return [size === 1, at - this.data];
    if (type === 4 || size > 6) return [bytes.subarray(at, at + size), end];
    return [size === 0 ? 0 : bytes.readUIntBE(at, size), end];
  }

  decodePointer(control, at) {
    const length = ((control >> 3) & 3) + 1;
    const high = length === 4 ? 0 : control & 7;
    const base = [0, 2048, 526336, 0][length - 1];
    const target = high * 2 ** (8 * length) + this.bytes.readUIntBE(at, length) + base;
    return [this.decode(target)[0], at + length - this.data];
  }

  decodeMany(type, size, offset) {
    const many = type === 7 ? {} : [];
    let name;
    for (let index = 0; index < size; index++) {
      if (type === 7) [name, offset] = this.decode(offset);
      [many[type === 7 ? name : index], offset] = this.decode(offset);
    }
    return [many, offset];
  }
}
