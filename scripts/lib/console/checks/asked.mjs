// 2: each question of a takeover. 6: the same without script, and a queue that is worked off by keyboard alone.

import { writeFileSync } from "node:fs";
import { answers, table } from "../questions.mjs";

const TRIAGED = 20;

export async function questions({ operator, planted, options, report }) {
  const { rows, arrived } = await answers(operator, planted);
  for (const it of rows) tell(report, 2, it);
  report(2, "a mail's reference in the search box", arrived ? "opens the login" : "does not open the login", arrived);
  if (options.table) writeFileSync(options.table, `${table(rows)}\n`);
}

function tell(report, check, { number, what, fault, cost, clicks, bytes, ms }) {
  const figure = fault || `${cost} ${cost === 1 ? "click" : "clicks"}, ${(bytes / 1000).toFixed(1)} kB, ${ms.toFixed(0)} ms`;
  report(check, `${String(number).padStart(2)} ${what}`, figure, fault === "", `<= ${clicks} clicks`);
}

export async function withoutScript({ operator, planted, report }) {
  operator.withoutScript = true;
  const { rows, arrived } = await answers(operator, planted);
  operator.withoutScript = false;
  const failed = rows.filter((it) => it.fault);
  const figure = failed.length === 0 ? `${rows.length} questions` : failed.map((it) => `${it.number}: ${it.fault}`).join("; ");
  report(6, "without script", arrived ? figure : `${figure}; the reference does not open the login`, failed.length === 0 && arrived);
}

/** Works the queue off: to a row, and a key that judges it. Whether it was done is asked of the API. */
export async function keyboard({ operator, api, report }) {
  const tab = await operator.tab();
  await tab.open("/console/");
  const open = await tab.rows();
  if (open.length === 0) {
    report(6, `${TRIAGED} items by keyboard alone`, "there is no queue", false);
    return tab.close();
  }
  const judged = new Set();
  const begun = performance.now();
  let fault = "";
  for (let number = 0; number < TRIAGED && fault === ""; number++) {
    await tab.page.keyboard.press("j");
    const here = await tab.page.$eval("[data-row].here", (row) => row.dataset.login).catch(() => null);
    if (here === null) fault = `no row is chosen by j after ${number}`;
    else {
      judged.add(here);
      const key = number % 4 === 3 ? "d" : "c";
      // What denies a device is asked about.
      if (key === "d") await tab.page.keyboard.press(key);
      await tab.follow(() => tab.page.keyboard.press(key === "d" ? "Enter" : key)).catch((error) => (fault = error.message));
    }
  }
  let done = 0;
  for (const login of judged) {
    const { body } = await api.get(`/v1/logins/${login}/notes`);
    if (body.data.some((note) => note.verdict)) done++;
  }
  const seconds = (performance.now() - begun) / 1000;
  report(6, `${TRIAGED} items by keyboard alone`, fault || `${done} judged in ${seconds.toFixed(1)} s`, done === TRIAGED);
  await tab.close();
}
