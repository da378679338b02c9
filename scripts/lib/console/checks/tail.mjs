// 13: a page that follows shows each login as it comes, also after its connection was away.

import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Operator } from "../browser.mjs";

const [RATE, SECONDS, LATEST_MS, AWAY_MS, PATIENCE_MS] = [500, 6, 2000, 1500, 10_000];
const AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

export async function tail({ operator, api, report }) {
  const wire = await Wire.to(new URL(operator.origin));
  const tab = await new Operator(operator.chromium, operator.context, wire.origin).tab();
  await tab.page.evaluateOnNewDocument(() => {
    globalThis.came = {};
    addEventListener("DOMContentLoaded", () => {
      const list = document.querySelector("[data-tail]");
      if (list === null) return;
      const watch = new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const row of addedNodes) {
          const id = /lgn_[0-9A-Z]+/.exec(row.dataset?.row ?? "")?.[0];
          if (id) globalThis.came[id] ??= Date.now();
        }
      });
      watch.observe(list, { childList: true, subtree: true });
    });
  });
  let connections = 0;
  tab.cdp.on("Network.requestWillBeSent", ({ request }) => (connections += request.url.includes("/tail.events")));
  await tab.open("/console/tail");
  const said = () => tab.page.$eval("#tail-state", (it) => it.textContent);
  await until(async () => (await said()).startsWith("Following"));
  const posted = new Map();
  const post = async (number) => {
    const user = `tail-${number % 2000}`;
    const body = { user: { id: user }, client: { ip: `89.160.${number % 200}.${1 + (number % 250)}`, user_agent: AGENT } };
    const { body: login } = await api.post("/v1/logins", body);
    posted.set(login.id, Date.now());
  };
  await post(0);
  await until(async () => (await tab.page.evaluate(() => Object.keys(globalThis.came).length)) > 0);
  const begun = performance.now();
  const posts = [];
  let away;
  while (posts.length < RATE * SECONDS) {
    const due = Math.min(RATE * SECONDS, Math.floor(((performance.now() - begun) / 1000) * RATE));
    while (posts.length < due) posts.push(post(posts.length + 1));
    if (away === undefined && posts.length > (RATE * SECONDS) / 3) away = leave(tab, wire);
    await sleep(5);
  }
  await Promise.all(posts);
  const took_s = (performance.now() - begun) / 1000;
  const gone = await away;
  let came = {};
  await until(async () => {
    came = await tab.page.evaluate(() => globalThis.came);
    return [...posted.keys()].every((id) => came[id]);
  });
  const lost = [...posted.keys()].filter((id) => !came[id]).length;
  // While there was no network nobody was late; how long the browser took to come back counts.
  const away_ms = (at, until) => Math.max(0, Math.min(until, gone.to) - Math.max(at, gone.from));
  const late = [...posted].filter(([id]) => came[id]).map(([id, at]) => came[id] - at - away_ms(at, came[id]));
  const worst = Math.max(0, ...late);
  const state = await said();
  report(
    13, "the live tail, away once",
    `${posted.size} logins at ${(posted.size / took_s).toFixed(0)}/s: ${lost} lost, at worst ${worst.toFixed(0)} ms late (“${state}”, ${connections} connections)`,
    connections > 1 && lost === 0 && worst <= LATEST_MS, `none lost, <= ${LATEST_MS} ms`,
  );
  await tab.close();
  wire.close();
}

/** Takes the network away from the page, and gives it back. Returns when that was, once the page follows again. */
async function leave(tab, wire) {
  const gone = { from: Date.now() };
  wire.cut();
  await sleep(AWAY_MS);
  gone.to = Date.now();
  wire.mend();
  await until(async () => (await tab.page.$eval("#tail-state", (it) => it.textContent)).startsWith("Following"));
  return gone;
}

/** A wire to the service that can be cut. */
class Wire {
  static async to({ hostname, port }) {
    const wire = new Wire();
    wire.ends = new Set();
    wire.server = createServer((near) => {
      if (wire.isCut) return near.destroy();
      const far = connect(Number(port), hostname);
      for (const [end, other] of [[near, far], [far, near]]) {
        wire.ends.add(end);
        end.pipe(other);
        end.on("error", () => other.destroy());
        end.on("close", () => {
          wire.ends.delete(end);
          other.destroy();
        });
      }
    });
    await new Promise((resolve) => wire.server.listen(0, hostname, resolve));
    wire.origin = `http://${hostname}:${wire.server.address().port}`;
    return wire;
  }

  cut() {
    this.isCut = true;
    for (const end of this.ends) end.destroy();
  }

  mend() {
    this.isCut = false;
  }

  close() {
    this.cut();
    this.server.close();
  }
}

async function until(holds) {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(50)) if (await holds()) return true;
  return false;
}
