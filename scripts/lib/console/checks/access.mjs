// 5: what axe and Lighthouse find, in each colour and at each width; and how steady and quick a page is.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SCREEN, from } from "../browser.mjs";

/** Each way to look: its name, its screen, its colours. 200 % is half the screen at twice the density. */
export const WAYS = [
  { name: "light", screen: SCREEN, colours: "light" },
  { name: "dark", screen: SCREEN, colours: "dark" },
  { name: "320 px", screen: { width: 320, height: 640 }, colours: "light" },
  { name: "200 %", screen: { width: SCREEN.width / 2, height: SCREEN.height / 2, deviceScaleFactor: 2 }, colours: "light" },
];
const SCORE = 95;
const [LCP_MS, INP_MS] = [1000, 100];
const LIGHTHOUSE_PAGES = ["queue", "login", "search"];

export async function look(tab, { screen, colours }) {
  await tab.page.setViewport({ deviceScaleFactor: 1, ...screen });
  await tab.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: colours }]);
}

export async function access({ operator, there, options, report }) {
  const axe = readFileSync(join(options.tools, "node_modules/axe-core/axe.min.js"), "utf8");
  const tab = await operator.tab();
  tab.isProbed = true;
  await tab.page.setBypassCSP(true);
  for (const way of WAYS) {
    const found = [];
    const wide = [];
    for (const { name, path } of there) {
      await look(tab, way);
      await tab.open(path);
      await tab.page.evaluate(axe);
      const violations = await tab.page.evaluate(async () => {
        const result = await globalThis.axe.run(document, { resultTypes: ["violations"] });
        return result.violations.flatMap((it) => it.nodes.map((node) => `${it.id} ${node.target}`));
      });
      found.push(...violations.map((it) => `${name}: ${it}`));
      const over = await tab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) wide.push(`${name} by ${over} px`);
    }
    report(5, `axe, ${way.name}`, found.length === 0 ? `0 on ${there.length} pages` : `${found.length}: ${found.slice(0, 4).join("; ")}`, found.length === 0);
    report(5, `nothing reaches beyond the screen, ${way.name}`, wide.join(", ") || `${there.length} pages`, wide.length === 0);
  }
  await tab.close();
}

export async function lighthouse({ operator, there, options, report }) {
  const { default: run } = await from(options.tools, "lighthouse/core/index.js");
  for (const { name, path } of there.filter((it) => LIGHTHOUSE_PAGES.includes(it.name))) {
    const tab = await operator.tab();
    tab.isProbed = true;
    const settings = {
      formFactor: "desktop", throttlingMethod: "provided", disableStorageReset: true, onlyCategories: ["performance", "accessibility", "best-practices", "seo"],
      screenEmulation: { mobile: false, ...SCREEN, deviceScaleFactor: 1, disabled: false },
      // Pages of persons are not for search engines.
      skipAudits: ["is-crawlable"],
    };
    const { lhr } = await run(new URL(path, operator.origin).href, { logLevel: "silent" }, { extends: "lighthouse:default", settings }, tab.page);
    const scores = Object.values(lhr.categories).map((it) => [it.id, Math.round((it.score ?? 0) * 100)]);
    const low = Object.values(lhr.audits).filter((it) => it.score !== null && it.score < 0.9 && it.scoreDisplayMode === "binary").map((it) => it.id);
    const ok = scores.every(([id, score]) => score >= (id === "accessibility" ? 100 : SCORE));
    report(5, `Lighthouse, ${name}`, scores.map(([id, score]) => `${id} ${score}`).join(", ") + (ok ? "" : ` (${low.join(", ")})`), ok, `>= ${SCORE}, accessibility 100`);
    const [lcp, cls] = ["largest-contentful-paint", "cumulative-layout-shift"].map((id) => lhr.audits[id].numericValue);
    const moved = (lhr.audits["layout-shifts"]?.details?.items ?? []).map((it) => `${it.node?.selector} ${it.score?.toFixed(4)}`);
    const shift = `CLS ${cls?.toFixed(4)}${moved.length > 0 ? ` (${moved.join("; ")})` : ""}`;
    report(5, `steadiness, ${name}`, `LCP ${lcp?.toFixed(0)} ms, ${shift}`, lcp <= LCP_MS && cls === 0, `<= ${LCP_MS} ms, 0`);
    await tab.close();
  }
}

/** How long a page takes to show what a key did: the longest of a few dozen. */
export async function interactions({ operator, report }) {
  const tab = await operator.tab();
  await tab.page.evaluateOnNewDocument(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const it of list.getEntries()) if (it.interactionId) globalThis.longest = Math.max(globalThis.longest, it.duration);
    }).observe({ type: "event", durationThreshold: 16, buffered: true });
  });
  await tab.open("/console/search?from=all");
  for (const key of ["j", "j", "j", "k", "j", "j", "k", "/", "Escape", "j", "k"]) await tab.page.keyboard.press(key);
  await tab.page.type("#q", "country:BR");
  await new Promise((resolve) => setTimeout(resolve, 300));
  const longest = await tab.page.evaluate(() => globalThis.longest);
  report(5, "INP of keys on a search", longest === 0 ? "below 16 ms" : `${longest.toFixed(0)} ms`, longest <= INP_MS, `<= ${INP_MS} ms`);
  await tab.close();
}
