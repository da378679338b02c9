// Randomness that a seed decides: the same seed, the same population.

import { createHash } from "node:crypto";

/** Hexadecimal digits that stand for what is told: equal for equal, and for nothing else. */
export const digest = (...parts) => createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);

/** A stream of random numbers (sfc32 by Chris Doty-Humphrey), named by a text. */
export class Random {
  constructor(name) {
    this.name = String(name);
    const seed = createHash("sha256").update(this.name).digest();
    [this.a, this.b, this.c, this.counter] = [0, 4, 8, 12].map((at) => seed.readUInt32LE(at));
  }

  /** Another stream, which this one's use does not change. */
  fork(name) {
    return new Random(`${this.name}/${name}`);
  }

  uint32() {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** At least 0 and below 1. */
  unit() {
    return (this.uint32() * 0x200000 + (this.uint32() >>> 11)) / 2 ** 53;
  }

  between(low, high) {
    return low + (high - low) * this.unit();
  }

  /** A whole number from low to high, both included. */
  integer(low, high) {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  chance(probability) {
    return this.unit() < probability;
  }

  pick(list) {
    return list[this.integer(0, list.length - 1)];
  }

  /** One of [[value, weight], …]. */
  weighted(entries) {
    let rest = this.unit() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of entries) if ((rest -= weight) < 0) return value;
    return entries.at(-1)[0];
  }

  /** `count` different members of a list, in its order; all if it has no more. */
  some(list, count) {
    const left = [...list.keys()];
    while (left.length > Math.max(0, count)) left.splice(this.integer(0, left.length - 1), 1);
    return left.map((at) => list[at]);
  }

  exponential(mean) {
    return -mean * Math.log(1 - this.unit());
  }

  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** By Marsaglia and Tsang; the mean is `shape`. */
  gamma(shape) {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.unit()) ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = this.normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - this.unit()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** How many events of a rate there were. */
  poisson(mean) {
    let count = 0;
    for (let left = Math.exp(-mean), product = this.unit(); product > left; product *= this.unit()) count++;
    return count;
  }

  /**
   * The number of a kind, 0 the commonest, of which two draws agree with the probability `collision`; a share of all
   * draws, `unique`, is of a kind of its own.
   */
  kind(collision, unique = 0) {
    if (this.chance(unique)) return `unique-${this.hex(12)}`;
    const head = Math.min(1, collision / (1 - unique) ** 2);
    const ratio = (1 - head) / (1 + head); // of a geometric distribution
    return ratio === 0 ? 0 : Math.floor(Math.log(1 - this.unit()) / Math.log(ratio));
  }

  hex(digits) {
    let text = "";
    while (text.length < digits) text += this.uint32().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  }
}
