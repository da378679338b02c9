// 3: how long the server takes for each kind of page. 4: what goes over the wire.

import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { RAREST, samples } from "../pages.mjs";

const ASKED = 60;
const [P95_MS, RAREST_MS] = [100, 300];
const [FIRST_KB, FIRST_REQUESTS, NEXT_KB, SCRIPT_KB, STYLE_KB] = [100, 6, 25, 12, 10];

/** The story was told into hours that are over. The service looks every ten seconds for hours whose columns are to be made again; until then their logins are looked through one by one. */
const COLUMNS_MADE_WITHIN_MS = 15_000;

const at = (times, share) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)];

export async function speed({ api, operator, there, report }) {
  const cookie = await operator.cookie();
  const drawn = await samples(api, ASKED);
  const time = async (paths) => {
    const times = [];
    const wrong = [];
    for (const path of paths) {
      const answer = await api.ask(path, { headers: { cookie, "accept-encoding": "gzip" } });
      if (answer.status !== 200 && answer.status !== 303) wrong.push(`${path}: ${answer.status}`);
      times.push(answer.ms);
    }
    return { times: times.sort((a, b) => a - b), wrong };
  };
  await sleep(COLUMNS_MADE_WITHIN_MS);
  await time(drawn.slice(0, 5).map((it) => `/console/logins/${it.id}`));
  for (const { name, each } of there) {
    const { times, wrong } = await time(Array.from({ length: ASKED }, (_, number) => each(drawn[number % drawn.length])));
    const figure = wrong[0] ?? `p50 ${at(times, 0.5).toFixed(1)}, p95 ${at(times, 0.95).toFixed(1)}, slowest ${times.at(-1).toFixed(1)} ms of ${ASKED}`;
    report(3, `${name}, by the server`, figure, wrong.length === 0 && at(times, 0.95) <= P95_MS, `p95 <= ${P95_MS} ms`);
  }
  const { times, wrong } = await time(RAREST.map((q) => `/console/search?from=all&q=${encodeURIComponent(q)}`));
  report(3, "the rarest terms over all times", wrong[0] ?? `slowest ${times.at(-1).toFixed(1)} ms of ${times.length}`, wrong.length === 0 && times.at(-1) <= RAREST_MS, `<= ${RAREST_MS} ms`);
}

export async function weight({ operator, there, report }) {
  const fresh = await operator.afresh();
  fresh.api = operator.api;
  const tab = await fresh.tab();
  await tab.open("/console/");
  report(4, "first visit", `${kb(tab.bytes)} in ${tab.requests} requests`, tab.bytes <= FIRST_KB * 1000 && tab.requests <= FIRST_REQUESTS, `<= ${FIRST_KB} kB, ${FIRST_REQUESTS} requests`);
  // The map comes with the first page that draws on it, and stays.
  tab.reset();
  await tab.open(there.find(({ name }) => name === "login").path);
  const withMap = tab.bytes;
  tab.reset();
  await tab.page.reload({ waitUntil: "load" });
  report(4, "the first picture on the map", `${kb(withMap)}`, withMap <= FIRST_KB * 1000, `with the page, <= ${FIRST_KB} kB`);
  const assets = await tab.page.$$eval("link[rel=stylesheet], script[src]", (all) => all.map((it) => it.href || it.src));
  const heaviest = { bytes: 0, name: "" };
  const all = [];
  for (const { name, path } of there) {
    tab.reset();
    await tab.open(path);
    all.push(`${name} ${(tab.bytes / 1000).toFixed(1)}`);
    if (tab.bytes > heaviest.bytes) Object.assign(heaviest, { bytes: tab.bytes, name });
  }
  report(4, "next page, at most", `${heaviest.name} ${kb(heaviest.bytes)} (${all.join(", ")})`, heaviest.bytes <= NEXT_KB * 1000, `<= ${NEXT_KB} kB`);
  for (const [kind, bound, is] of [["scripts", SCRIPT_KB, /\.js$/], ["style sheets", STYLE_KB, /\.css$/]]) {
    let bytes = 0;
    for (const href of assets.filter((it) => is.test(it))) bytes += gzipSync((await operator.api.ask(href)).text, { level: 9 }).length;
    report(4, `${kind}, compressed`, kb(bytes), bytes > 0 && bytes <= bound * 1000, `<= ${bound} kB`);
  }
  await fresh.context.close();
}

const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
