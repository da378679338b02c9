// Follows logins while it posts them, and is cut off at random and comes back. Prints how many logins readers were not told of,
// how many twice, and how late. Fails where one is lost or told too late. See scripts/bench-tail, which calls this.
//
// Words: address=URL key=KEY name=NAME rate=LOGINS_A_SECOND seconds=SECONDS cuts=CUTS

import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How late a login may be told, in milliseconds. */
const LATEST_MS = 2000;
/** Readers that are cut off, beside one that never is. */
const CUT_READERS = 4;
/** How long a reader is away at most, in milliseconds. */
const AWAY_MS = 1000;
/** How long readers are waited for after the last login, in milliseconds. */
const PATIENCE_MS = 10000;
const USERS = 2000;
const AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

const words = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2)));
const [rate, seconds, cuts] = [Number(words.rate), Number(words.seconds), Number(words.cuts)];
// In turn, so that none rests until the service closes it.
const agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: "fifo" });
/** When each login was answered: by its id, in milliseconds. */
const answered = new Map();
/** Why others were not. */
const refused = [];

/** One who follows, and remembers what they were told. */
class Reader {
  constructor() {
    this.told = new Map();
    this.twice = 0;
    this.seen = "";
    this.ends = [];
    this.isOver = false;
  }

  /** Follows until somebody cuts that off; after that, or when the answer ends, again. */
  async follow() {
    while (!this.isOver) {
      await new Promise((resolve) => {
        const headers = { authorization: `Bearer ${words.key}`, ...(this.seen && { "last-event-id": this.seen }) };
        this.asked_ms = performance.now();
        this.asked = request(`${words.address}/v1/logins/tail`, { agent: false, headers }, (answer) => {
          if (answer.statusCode !== 200) this.ends.push(`status ${answer.statusCode}`);
          let rest = "";
          answer.setEncoding("utf8");
          answer.on("data", (part) => {
            const events = (rest + part).split("\n\n");
            rest = events.pop();
            for (const event of events) this.hear(event);
          });
        });
        this.asked.on("error", () => {});
        this.asked.on("close", resolve);
        this.asked.end();
      });
      await sleep(Math.random() * AWAY_MS);
    }
  }

  hear(event) {
    const fields = Object.fromEntries(event.split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
    if (fields.event === "end") this.ends.push(fields.data);
    if (fields.id) this.seen = fields.id;
    if (fields.event !== "login") return;
    if (this.told.has(fields.id)) this.twice++;
    else this.told.set(fields.id, { at_ms: performance.now(), asked_ms: this.asked_ms });
  }

  cut() {
    this.asked.destroy();
  }
}

/** Posts one login, and notes when it was answered. */
function post(number) {
  const user = `u${Math.floor(Math.random() * USERS)}`;
  const ip = `89.160.${number % 200}.${1 + (number % 250)}`;
  const body = JSON.stringify({ user: { id: user, email: `${user}@example.com` }, client: { ip, user_agent: AGENT } });
  const headers = { authorization: `Bearer ${words.key}`, "content-type": "application/json", "content-length": body.length };
  return new Promise((resolve) => {
    const asked = request(`${words.address}/v1/logins`, { method: "POST", agent, headers }, (answer) => {
      const at_ms = performance.now();
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => (text += part));
      answer.on("end", () => {
        if (answer.statusCode === 201) answered.set(JSON.parse(text).id, at_ms);
        else refused.push(`${answer.statusCode} ${text}`);
        resolve();
      });
    });
    asked.on("error", (fault) => {
      refused.push(fault.message);
      resolve();
    });
    asked.end(body);
  });
}

/** Posts at an even rate, whether it is answered or not. Returns for how many seconds. */
async function postAll() {
  const begun = performance.now();
  const posts = [];
  while (posts.length < rate * seconds) {
    const due = Math.min(rate * seconds, Math.floor(((performance.now() - begun) / 1000) * rate));
    while (posts.length < due) posts.push(post(posts.length));
    await sleep(5);
  }
  await Promise.all(posts);
  return (performance.now() - begun) / 1000;
}

const readers = Array.from({ length: CUT_READERS + 1 }, () => new Reader());
const following = readers.map((reader) => reader.follow());
const until = async (holds, ms) => {
  for (const deadline = performance.now() + ms; performance.now() < deadline && !holds(); ) await sleep(50);
};
// Who has seen nothing yet cannot say from where to go on.
await sleep(1000);
await post(0);
await until(() => readers.every((reader) => reader.seen), PATIENCE_MS);
const cutting = Array.from({ length: cuts }, async () => {
  await sleep(Math.random() * seconds * 1000);
  readers[1 + Math.floor(Math.random() * CUT_READERS)].cut();
});
const took_s = await postAll();
await Promise.all(cutting);
const hasAll = (reader) => [...answered.keys()].every((id) => reader.told.has(id));
await until(() => readers.every(hasAll), PATIENCE_MS);
for (const reader of readers) {
  reader.isOver = true;
  reader.cut();
}
await Promise.all(following);
agent.destroy();

let [lost, twice] = [0, 0];
const late = [];
for (const { told, twice: again } of readers) {
  twice += again;
  for (const [id, answered_ms] of answered) {
    const heard = told.get(id);
    if (!heard) lost++;
    // Who was away counts from when they came back.
    else late.push(Math.max(0, heard.at_ms - Math.max(answered_ms, heard.asked_ms)));
  }
}
late.sort((a, b) => a - b);
const at = (share) => late[Math.min(late.length - 1, Math.floor(share * late.length))] ?? 0;
const isMet = lost === 0 && refused.length === 0 && at(1) <= LATEST_MS;
console.log(
  `${words.name.padEnd(7)} ${answered.size} logins at ${(answered.size / took_s).toFixed(0)}/s, ${readers.length} readers, cut off ${cuts} times: ` +
    `${lost} lost, ${twice} told twice, late by p50 ${at(0.5).toFixed(0)}, p99 ${at(0.99).toFixed(0)}, at worst ${at(1).toFixed(0)} ms` +
    `   target: none lost, <= ${LATEST_MS} ms   ${isMet ? "met" : "MISSED"}`,
);
if (refused.length > 0) console.log(`${words.name.padEnd(7)} ${refused.length} logins were not answered 201: ${refused[0]}`);
const ends = readers.flatMap((reader) => reader.ends);
if (ends.length > 0) console.log(`${words.name.padEnd(7)} answers that ended: ${[...new Set(ends)].join(", ")} (${ends.length})`);
process.exit(isMet ? 0 : 1);
