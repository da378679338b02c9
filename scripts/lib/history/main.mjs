// Writes a long history of logins to standard output, in the order in which they happened. See scripts/history, which calls
// this. A user is nothing but a number from which all about them is reckoned, so that a million take no memory.

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Random } from "../population/random.mjs";
import { browser } from "./browsers.mjs";
import { campaigns } from "./campaigns.mjs";
import { addressOf, networks } from "./networks.mjs";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Bytes that are written at once. */
const CHUNK = 1 << 18;
/** How people sign in, of a hundred. */
const METHODS = [
  ["password", 62],
  ["passkey", 14],
  ["magic_link", 8],
  ["sso", 8],
  ["otp", 4],
  ["social:google", 3],
  ["social:github", 1],
].flatMap(([method, share]) => Array(share).fill(method));
/** How many people sign in by the hour of their day, 1 the most. */
const HOURS = [2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 8, 9, 9, 8, 7, 6, 6, 6, 6, 5, 4, 3].map((it) => it / 10);

const { stdout, stderr } = process;
const say = (text) => stderr.write(stderr.isTTY ? `\r\x1b[K${text}` : `history: ${text}\n`);

/** A whole number below 2^32 for a user and a question, always the same (the finalizer of MurmurHash3, public domain). */
function reckon(seed, user, question) {
  let h = (seed ^ Math.imul(user + 1, 0x9e3779b1) ^ Math.imul(question + 1, 0x85ebca6b)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Writes lines, and waits where the reader is slower. */
class Lines {
  constructor() {
    this.text = [];
    this.bytes = 0;
  }

  async add(line) {
    this.text.push(line);
    this.bytes += line.length;
    if (this.bytes >= CHUNK) await this.flush();
  }

  async flush() {
    const text = this.text.join("");
    [this.text, this.bytes] = [[], 0];
    if (!stdout.write(text)) await once(stdout, "drain");
  }
}

/** The line of a login. */
function line(number, { at, user, ip, outcome = "success", method, browser: { agent, language, components } }) {
  const id = `u_${String(user).padStart(7, "0")}`;
  const told = components === null ? "" : `,"fingerprint":{"version":"5.2.0","components":${components}}`;
  return (
    `{"event_id":"h_${number}","occurred_at":"${new Date(at).toISOString()}","outcome":"${outcome}","method":"${method}",` +
    `"session_id":"s_${number}","user":{"id":"${id}","email":"${id}@example.com"},` +
    `"client":{"ip":"${ip}","user_agent":"${agent}","headers":{"accept-language":"${language}"}${told}}}\n`
  );
}

/** An ordinary login at this time. */
function ordinary(random, places, { seed, users, from }, at) {
  for (;;) {
    // Some people sign in much more often than others: the square makes half the logins those of a quarter of them.
    const user = Math.floor(random.unit() ** 2 * users);
    const ask = (question) => reckon(seed, user, question);
    const zone = (ask(1) % 24) * 3_600_000;
    if (random.unit() > HOURS[Math.floor(((at + zone) % DAY_MS) / 3_600_000)]) continue;
    const habit = random.unit();
    const place = habit < 0.985 ? ask(2 + (habit > 0.8 ? 1 : 0)) : random.uint32();
    const device = habit * 7919 % 1 < 0.8 ? 0 : 1;
    const machine = habit > 0.997 ? random.uint32() : device;
    return {
      at,
      user,
      ip: addressOf(places.all[place % places.all.length], 1 + (ask(4) % 250)),
      outcome: random.unit() < 0.03 ? "failure" : "success",
      method: METHODS[ask(5 + device) % 100],
      browser: browser((question) => reckon(seed ^ machine, user, 100 + question), (at - from) / WEEK_MS),
    };
  }
}

async function run(options) {
  const { seed, logins, users, days, until, geoip, truth } = options;
  const spanMs = days * DAY_MS;
  const from = until - spanMs;
  const random = new Random(`${seed}/history`);
  const places = networks(geoip, seed);
  const hidden = campaigns(random.fork("campaigns"), places, { from, spanMs, users, logins });
  if (truth !== "") writeFileSync(truth, `${JSON.stringify(hidden.truth, null, 1)}\n`);
  const lines = new Lines();
  let [written, next] = [0, 0];
  for (; written < logins; written++) {
    const at = from + Math.floor((spanMs * (written + random.unit())) / logins);
    const planted = hidden.planted[next];
    if (planted !== undefined && planted.at <= at) {
      next++;
      const known = planted.browser ?? browser((question) => reckon(seed, planted.user, 100 + question), (at - from) / WEEK_MS);
      await lines.add(line(written, { ...planted, browser: known }));
    } else await lines.add(line(written, ordinary(random, places, { seed, users, from }, at)));
    if (written % 250_000 === 0) say(`${Math.floor((100 * written) / logins)} %`);
  }
  await lines.flush();
  say(`${written} logins, of which ${next} were planted`);
  if (stderr.isTTY) stderr.write("\n");
}

const words = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2)));
const numbers = Object.fromEntries(["seed", "logins", "users", "days", "until"].map((name) => [name, Number(words[name])]));
stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 0 : 1)); // whoever reads may have enough
run({ ...words, ...numbers }).catch((error) => {
  stderr.write(`history: ${error.message}\n`);
  process.exit(1);
});
