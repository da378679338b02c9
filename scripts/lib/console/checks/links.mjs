// 8: a copied link says the same to somebody else, counts are those of the API, and one can drag over the picture of time. 9: the table for spreadsheets. 12: the audit.

import { DIMENSIONS } from "./facets.mjs";

export async function links({ operator, other, api, report }) {
  const tab = await operator.tab();
  await tab.open(`/console/search?q=${encodeURIComponent("status:new")}&from=-30d&tz=Asia%2FTokyo`);
  const [rows, link] = [await tab.rows(), await tab.page.$eval("[data-copy-link]", (it) => it.href)];
  const theirs = await other.tab();
  await theirs.open(link);
  const same = JSON.stringify(await theirs.rows()) === JSON.stringify(rows) && rows.length > 0;
  report(8, "a copied link in another operator's session", same ? `the same ${rows.length} rows` : "other rows", same);
  await theirs.close();
  const wrong = [];
  let compared = 0;
  // Of more than a million logins the page counts the latest, and says so.
  const { body: { data: all } } = await api.get("/v1/logins/counts?by=outcome");
  const aWeekAgo = new Date(Date.now() - 7 * 24 * 3600e3).toISOString().slice(0, 10);
  const within = all.reduce((sum, it) => sum + it.logins, 0) > 1e6 ? ` since:${aWeekAgo}` : "";
  for (const terms of ["", "level:high", "outcome:failure method:password", "country:BR,SE -status:recognized"]) {
    const q = `${terms}${within}`.trim();
    await tab.open(`/console/search?q=${encodeURIComponent(q)}&from=all`);
    const shown = await tab.page.evaluate(facets);
    for (const [title, by] of DIMENSIONS) {
      const { body } = await api.get(`/v1/logins/counts?by=${by}&q=${encodeURIComponent(q)}`);
      const told = body.data.slice(0, 6).map((it) => it.logins);
      const here = (shown[title] ?? []).slice(0, told.length);
      compared += told.length;
      const sorted = (list) => [...list].sort((a, b) => b - a).join();
      if (sorted(here) !== sorted(told.slice(0, here.length)) || (told.length > 0 && here.length === 0 && body.data.some((it) => it.value !== null)))
        wrong.push(`${q || "all"} by ${by}: ${here} is shown, ${told} is counted`);
    }
  }
  report(8, "facets against the counts of the API", wrong[0] ?? `${compared} figures`, wrong.length === 0);
  await tab.close();
}

/** Dragging over the picture of time narrows the page to what was dragged over. */
export async function brush({ operator, there, report }) {
  const tab = await operator.tab();
  await tab.open(there.find(({ name }) => name === "search").path);
  const bars = await tab.page.$$eval(".d-histogram a", (all) => all.map((bar) => {
    const { left, width, top, height } = bar.getBoundingClientRect();
    const asked = new URL(bar.href.baseVal, location.href).searchParams;
    return { x: left + width / 2, y: top + height / 2, from: asked.get("from"), to: asked.get("to") };
  }));
  const [first, last] = [bars.at(-4), bars.at(-2)];
  await tab.follow(async () => {
    await tab.page.mouse.move(last.x, last.y);
    await tab.page.mouse.down();
    await tab.page.mouse.move(first.x, first.y, { steps: 4 });
    await tab.page.mouse.up();
  });
  const asked = new URL(tab.page.url()).searchParams;
  const is = `${asked.get("from")} to ${asked.get("to")}`;
  report(8, "dragged over the picture of time", is, is === `${first.from} to ${last.to}`);
  await tab.close();
}

function facets() {
  const lists = [...document.querySelectorAll(".facets section")];
  const count = (row) => Number(row.querySelector(".number").textContent.replace(/\D/g, ""));
  return Object.fromEntries(lists.map((it) => [it.querySelector("h2").textContent.trim(), [...it.querySelectorAll("li:not(.quiet)")].map(count)]));
}

export async function csv({ operator, api, report }) {
  const tab = await operator.tab();
  const q = "outcome:failure";
  await tab.open(`/console/search?q=${encodeURIComponent(q)}&from=-30d`);
  const file = await tab.download("a[download]");
  const [head, ...lines] = file.text.split("\r\n").filter(Boolean);
  const ids = lines.map((line) => /lgn_[0-9A-Z]+/.exec(line)?.[0]);
  const expected = await api.found(`${q} last:30d`);
  // A login more may have come, or have grown too old, between the two.
  const same = ids.length > 0 && Math.abs(ids.length - expected.length) <= 1 && ids.filter((it) => expected.includes(it)).length >= expected.length - 1;
  report(9, "the rows of the CSV against the search", `${ids.length} of ${expected.length}, ${head.split(",").length} columns`, same);
  await tab.close();
}

/** One look is one entry about the person. */
export async function audit({ operator, api, planted, there, report }) {
  const { ana, takeover, before } = planted;
  // Newest first. There may be more of them than one page has, so what counts is which numbers are new.
  const reads = async () => (await api.get(`/v1/users/${encodeURIComponent(ana)}/reads?limit=500`)).body.data.map((it) => it.number);
  const tab = await operator.tab();
  const paths = there.filter((it) => ["login", "user", "device", "compare"].includes(it.name)).map((it) => it.path);
  paths.push(`/console/search?q=${encodeURIComponent(`user:${ana}`)}`, `/console/logins/${before}`);
  const wrong = [];
  // Asking is itself an entry.
  for (const path of paths) {
    const had = await reads();
    await tab.open(path);
    const has = await reads();
    const own = has.filter((number) => number > (had[0] ?? 0)).length - 1;
    if (own !== 1) wrong.push(`${path}: ${own} entries`);
  }
  report(12, "entries of the audit for each view of a person", wrong[0] ?? `1 for each of ${paths.length}`, wrong.length === 0);
  const { body } = await api.get(`/v1/users/${encodeURIComponent(ana)}/reads?limit=500`);
  const named = body.data.some((it) => JSON.stringify(it).includes("operator:opr_"));
  report(12, "and they name the operator", named ? "yes" : JSON.stringify(body.data[0]), named && takeover.id !== undefined);
  await tab.close();
}
