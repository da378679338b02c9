// 10: ids that would be something else in a page are shown as they are, and run nothing.

import { HOSTILE } from "../story.mjs";

export async function hostile({ operator, api, planted, there, report }) {
  const tab = await operator.tab();
  const wrong = [];
  let looked = 0;
  const look = async (path, text) => {
    const status = await tab.open(path);
    looked++;
    const shown = await tab.page.evaluate(
      (expected) => ({
        ran: globalThis.ran === 1,
        inside: document.querySelectorAll("main img, main script, [onerror], [onmouseover], a[href^='javascript:']").length,
        text: document.body.textContent.includes(expected),
        apart: [...document.querySelectorAll("bdi")].some((it) => it.textContent.includes(expected)),
        over: document.documentElement.scrollWidth - innerWidth,
      }),
      // What would turn the text around is seen.
      text.replaceAll("\u202e", "\ufffd"),
    );
    if (status !== 200) wrong.push(`${path.slice(0, 60)}: ${status}`);
    else if (shown.ran || shown.inside > 0) wrong.push(`${path.slice(0, 60)}: something runs`);
    else if (!shown.text || !shown.apart) wrong.push(`${path.slice(0, 60)}: is not shown, or not apart from the text around it`);
    else if (shown.over > 0) wrong.push(`${path.slice(0, 60)}: ${shown.over} px beyond the screen`);
  };
  const has = (name) => there.some((it) => it.name === name);
  for (const user of HOSTILE) {
    const escaped = JSON.stringify(user).replaceAll("\u202e", "\\u{202e}");
    const { body } = await api.get(`/v1/logins?limit=1&user=${encodeURIComponent(user)}`);
    await look(`/console/search?q=${encodeURIComponent(`user:${escaped}`)}`, user);
    // The headline has the first characters of a long one, so that the answers stay in sight.
    await look(`/console/logins/${body.data[0].id}`, user.slice(0, 36));
    if (has("user")) await look(`/console/users/${encodeURIComponent(user)}`, user);
    const { device } = body.data[0];
    if (has("device")) await look(`/console/users/${encodeURIComponent(user)}/devices/${device.id}`, user);
  }
  const note = `<img src=x onerror="window.ran=1">\u202e`;
  await api.post(`/v1/logins/${planted.before}/notes`, { text: note.slice(0, -1) });
  await look(`/console/logins/${planted.before}`, note.slice(0, -1));
  report(10, "hostile ids and notes", wrong[0] ?? `${looked} pages show them, nothing runs`, wrong.length === 0);
  await tab.close();
}
