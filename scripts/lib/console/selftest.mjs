// Shows that the checks can fail: a fault is planted in a page, and the check that is to find it must.

import { randomBytes } from "node:crypto";
import { Api } from "./api.mjs";
import { Operator } from "./browser.mjs";
import { access } from "./checks/access.mjs";
import { questions } from "./checks/asked.mjs";
import { hosts, policy } from "./checks/entry.mjs";
import { audit, brush } from "./checks/links.mjs";
import { speed, weight } from "./checks/speed.mjs";
import { views } from "./pages.mjs";
import { Proxy } from "./proxy.mjs";

const POLICY = "content-security-policy";
const PLANTED = "/console/assets/planted.js";

/** What can be wrong with any page: how it is planted, the check, and what that must say. */
const FAULTS = [
  { name: "is answered 500", number: 14, check: views, says: /is answered 500/, planted: { status: 500 } },
  { name: "has a picture without words", number: 5, check: access, says: /axe.*image-alt/, planted: { inserted: '<img src="/console/assets/planted.png">' } },
  { name: "is wider than the screen", number: 5, check: access, says: /beyond the screen.* by \d+ px/, planted: { inserted: '<svg width="5000" height="1" aria-hidden="true"></svg>' } },
  { name: "comes without its policy", number: 7, check: policy, says: /header.*undefined/, planted: { withoutHeaders: [POLICY] } },
  { name: "has a script in it", number: 7, check: policy, says: /violations.*script-src/, planted: { inserted: "<script>1</script>" } },
  { name: "has a script that fails", number: 7, check: policy, says: /errors.*planted/, planted: { inserted: `<script src="${PLANTED}"></script>`, files: { [PLANTED]: 'throw new Error("planted");' } } },
  { name: "loads a picture from elsewhere", number: 1, check: hosts, says: /leave the host.*127\.0\.0\.2/, planted: { withoutHeaders: [POLICY], inserted: '<img src="http://127.0.0.2:9/planted.png" alt="">' } },
  { name: "weighs 40 kB more", number: 4, check: weight, says: /next page/, planted: { inserted: `<!--${randomBytes(30_000).toString("base64")}-->` } },
  { name: "is slow one time in five", number: 3, check: speed, says: /by the server/, planted: { slow: 400 } },
];
/** The pages into which each of them is planted. */
const PAGES = ["rehearse", "audit", "reads", "settings", "searches", "policy", "webhooks", "operators"];
/** What can be wrong with one page alone. */
const OF_ONE = [
  { name: "does not say what would vanish", page: "rehearse", number: 2, check: questions, says: /13 What would have stopped it/, planted: { without: "Would vanish" } },
  { name: "has no file", page: "campaign", number: 2, check: questions, says: /12 How wide is it/, planted: { without: "CSV" } },
  { name: "has no picture of time", page: "search", number: 8, check: brush, says: /./, planted: { without: "d-histogram" } },
  { name: "is shown without an entry in the audit", page: "user", number: 12, check: audit, says: /each view of a person.*: 0 entries/, planted: { once: true } },
];

export async function selfTest({ service, chromium, operator, there, report, only, ...rest }) {
  const proxy = await Proxy.to(service.address);
  const api = new Api(proxy.origin, service.api.key);
  const behind = Object.assign(new Operator(chromium, operator.context, proxy.origin), { api, first: operator.first });
  const planned = PAGES.flatMap((page) => FAULTS.map((fault) => ({ ...fault, page }))).concat(OF_ONE);
  const all = planned.filter(({ number }) => !only || only.includes(number));
  /** What a check finds wrong when a page has this fault. */
  const wrong = async ({ check, page }, planted) => {
    const found = there.find(({ name }) => name === page);
    if (found === undefined) return ["the page is not there"];
    const said = [];
    for (const list of [chromium.violations, chromium.errors, chromium.foreign]) list.length = 0;
    proxy.plant(found.path, planted);
    // What a page weighs is measured after that of a login, which brings the map.
    const looked = there.filter(({ name }) => name === page || (check === weight && name === "login")).map((it) => ({ ...it, each: () => it.path }));
    const tell = (_, what, figure, ok) => ok || said.push(`${what}: ${figure}`);
    // Some checks tell of what was seen before.
    const tab = await behind.tab();
    await tab.open(found.path);
    await check({ ...rest, chromium, service, api, operator: behind, there: looked, report: tell }).catch((error) => said.push(error.message));
    await tab.close();
    return said;
  };
  const sound = new Map();
  for (const fault of all) {
    const pair = `${fault.page} ${fault.check.name}`;
    if (!sound.has(pair)) sound.set(pair, await wrong(fault, null));
    const [before, after] = [sound.get(pair), await wrong(fault, fault.planted)].map((said) => said.find((it) => fault.says.test(it)));
    const figure = before === undefined ? (after ?? "is not found") : `without it, too: ${before}`;
    report(fault.number, `${fault.page} ${fault.name}`, figure.slice(0, 110), before === undefined && after !== undefined);
  }
  api.close();
  proxy.close();
}
