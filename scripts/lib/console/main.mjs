// Looks into a planted takeover through the console, and measures it. See scripts/console-check, which calls this.

import { cpus } from "node:os";
import { Chromium } from "./browser.mjs";
import { access, interactions, lighthouse } from "./checks/access.mjs";
import { keyboard, questions, withoutScript } from "./checks/asked.mjs";
import { entry, hosts, policy } from "./checks/entry.mjs";
import { hostile } from "./checks/hostile.mjs";
import { audit, brush, csv, links } from "./checks/links.mjs";
import { shots } from "./checks/shots.mjs";
import { speed, weight } from "./checks/speed.mjs";
import { tail } from "./checks/tail.mjs";
import { pages, views } from "./pages.mjs";
import { selfTest } from "./selftest.mjs";
import { start } from "./service.mjs";
import { plant } from "./story.mjs";

/** In this order: what changes the store comes after what looks at it. */
const CHECKS = [
  [1, entry], [2, questions], [6, withoutScript], [14, shots], [3, speed], [4, weight], [5, access], [5, lighthouse], [5, interactions],
  [8, links], [8, brush], [9, csv], [10, hostile], [12, audit], [6, keyboard], [13, tail], [7, policy], [1, hosts],
];

const options = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2)));
const only = options.only?.split(",").map(Number);
let failed = 0;

/** One line for each thing that was checked. */
function report(check, what, figure, ok, bound) {
  if (!ok) failed++;
  const told = bound === undefined ? figure : `${figure}   (${bound})`;
  console.log(`${ok ? "ok    " : "FAILED"} ${String(check).padStart(2)}  ${what.padEnd(48)}  ${told}`);
}

/** Users of the history, the busiest first. */
async function usersOf(api) {
  const found = new Set();
  for (let cursor = "", rounds = 0; found.size < 120 && rounds < 10; rounds++) {
    const { body } = await api.get(`/v1/logins?limit=500&q=outcome:success${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    for (const it of body.data) if (/^u_\d+$/.test(it.user_id)) found.add(it.user_id);
    cursor = body.next_cursor;
    if (!cursor) break;
  }
  return [...found].sort().slice(0, 120);
}

async function run() {
  const service = await start(options);
  let chromium;
  try {
    const { api } = service;
    console.log(`machine: ${cpus()[0].model}, ${cpus().length} processors; Node.js ${process.versions.node}`);
    const planted = await plant(api, { users: await usersOf(api), isFresh: service.isFresh });
    chromium = await Chromium.launch(options);
    console.log(`browser: ${await chromium.browser.version()}; a login of ${planted.ana} was planted, its mail's reference is ${planted.reference}\n`);
    const operator = Object.assign(await chromium.join(await service.invite(`${planted.name("kim")}@example.com`, "admin")), { api });
    const other = Object.assign(await chromium.join(await service.invite(`${planted.name("lee")}@example.com`, "reader")), { api });
    const there = await views({ api, operator, there: pages(planted), report });
    const context = { api, operator, other, planted, there, chromium, options, report };
    if (options["self-test"]) await selfTest({ ...context, service, only });
    else for (const [number, check] of CHECKS) {
      if ((only && !only.includes(number)) || (number === 14 && !options.shots)) continue;
      await check(context).catch((error) => report(number, check.name, error.message.split("\n")[0], false));
    }
    api.close();
  } finally {
    await chromium?.close();
    await service.stop();
  }
}

await run();
console.log(failed === 0 ? "\nall met" : `\n${failed} not met`);
process.exit(failed === 0 ? 0 : 1);
