// The questions of an account takeover: on the login's page, or how many clicks away, each answer stands.

/** What each question may cost in clicks, how one gets to its answer, and what must then be seen without scrolling. */
export const QUESTIONS = [
  { number: 1, clicks: 0, what: "Is this normal for the user: device, place, address, hour?", answer: ["[aria-labelledby=q1]", /in none of the last \d+.*Singapore in none.*hour of the day.*/] },
  { number: 2, clicks: 0, what: "Why flagged, and what changed from last time?", answer: ["[aria-labelledby=q2]", /risk is high \(.*changed the device.*/] },
  { number: 3, clicks: 1, what: "What did the user do 24 h before and after?", steps: [["[aria-labelledby=q3] a, .onward a", "login"]], answer: ["tr[data-login]", /.*89\.160\.20\.112.*/] },
  { number: 4, clicks: 1, what: "How did they get in: failures, then success, from which sources?", steps: [["[aria-labelledby=q4] a", "login"]], answer: ["tr[data-login]", /.*(103\.253\.145|128\.199\.\d+)\.3\d.*failed.*/] },
  { number: 5, clicks: 0, what: "When did this device or network first appear?", answer: ["[aria-labelledby=q5]", /first login of this device.*seen in your product first on.*|first login of this device.*No browser of this fingerprint.*/] },
  { number: 6, clicks: 1, what: "Whom else has this address, network or device touched, and who was entered?", steps: [["[aria-labelledby=q6] a", "the network"]], answer: [".list tr", /u_\d+\D* [1-9]\d* \d+ .*/] },
  { number: 7, clicks: 0, what: "VPN, proxy, hosting, relay, or our office?", answer: ["[aria-labelledby=q7]", /The address belongs to .*AS\d+.*/] },
  { number: 8, clicks: 0, what: "Is the session alive, and has it moved?", answer: ["[aria-labelledby=q8]", /It was last used on.*it went on in another browser.*/] },
  { number: 9, clicks: 0, what: "Was the journey possible, given both radii?", answer: ["[aria-labelledby=q9]", /within \d+ km( \(assumed\))? of Stockholm.*within \d+ km.*That is at least.*/] },
  { number: 10, clicks: 0, what: "Was the user told, did the mail arrive, what did they answer?", answer: ["[aria-labelledby=q10]", /The mail server accepted the warning on.*They have not answered\./] },
  { number: 11, clicks: 0, what: "Earlier alerts of this user or source in 7 days; what did colleagues decide?", answer: ["[aria-labelledby=q11]", /In the 7 days before, .*Colleagues have judged 1 login of .*: 1 safe.*/] },
  { number: 12, clicks: 2, what: "How wide is it, who must reset, and the evidence as a file", steps: [[".onward a", "Campaign"]], answer: ["main .figures", /Users tried \d+ Users entered \d+.*/], file: [".onward a", "CSV"] },
  { number: 13, clicks: 2, what: "What would have stopped it, and at what cost in false mails?", steps: [[".onward a", "Rehearse"], [".onward a", "data centre"]], answer: ["main .figures", /Mails .*Would vanish.*Known attacks noticed.*/] },
];

/** Answers one question from the login's page, which is open. Returns what it cost, what was seen, and why it failed. */
async function ask(tab, question) {
  try {
    for (const [selector, text] of question.steps ?? []) await tab.click(selector, text);
    const [selector, expected] = question.answer;
    const seen = await tab.seen(selector, expected);
    if (!seen.ok) return { fault: seen.why };
    if (question.file) {
      const file = await tab.download(...question.file);
      if (file.status !== 200 || file.text.length < 100) return { fault: `the file is answered ${file.status}` };
    }
    return { fault: tab.clicks > question.clicks ? `${tab.clicks} clicks` : "", seen: seen.text };
  } catch (error) {
    return { fault: error.message.split("\n")[0] };
  }
}

/** Every question, each from the link to the login and from a mail's reference. */
export async function answers(operator, { takeover, reference }) {
  const rows = [];
  for (const question of QUESTIONS) {
    const tab = await operator.tab();
    if (operator.withoutScript) await tab.page.setJavaScriptEnabled(false);
    await tab.open(`/console/logins/${takeover.id}`);
    const asked = await ask(tab, question);
    rows.push({ ...question, ...asked, cost: tab.clicks, bytes: tab.bytes, ms: tab.ms });
    await tab.close();
  }
  const tab = await operator.tab();
  if (operator.withoutScript) await tab.page.setJavaScriptEnabled(false);
  await tab.open("/console/search");
  tab.reset();
  await tab.page.type("#q", reference);
  await tab.follow(() => tab.page.keyboard.press("Enter"));
  const arrived = tab.page.url().includes(takeover.id);
  await tab.close();
  return { rows, arrived };
}

/** The table, as Markdown. */
export function table(rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const told = rows.map((it) => [
    it.number, it.what, `${it.fault ? "–" : it.cost} of ${it.clicks}`, (it.bytes / 1000).toFixed(1), it.ms.toFixed(0), it.fault ? `not yet: ${it.fault}` : "yes",
  ]);
  return [line(["", "question", "clicks", "kB", "ms", "seen without scrolling"]), "|--:|---|---|--:|--:|---|", ...told.map(line)].join("\n");
}
