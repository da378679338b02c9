// 1: from the printed link to the queue. 7: the policy that keeps foreign content out.

/** The policy that each page must have, word for word. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

export async function entry({ operator, report }) {
  const { page } = operator.first;
  const path = new URL(page.url()).pathname;
  const title = await page.title();
  report(1, "from the invitation's link to the queue", `${path} “${title}”`, path === "/console/" && (await page.$("main h1")) !== null);
}

/** Asked at the end, when every page has been seen. */
export async function policy({ operator, there, chromium, report }) {
  const wrong = [];
  for (const { name, path } of there) {
    const { headers } = await operator.api.ask(path, { headers: { cookie: await operator.cookie() } });
    if (headers["content-security-policy"] !== POLICY) wrong.push(`${name}: ${headers["content-security-policy"]}`);
  }
  report(7, "the policy's header on every page", wrong[0] ?? `${there.length} pages, word for word`, wrong.length === 0);
  const breaches = [...new Set(chromium.violations)];
  report(7, "violations over all pages", breaches[0] ?? "none", breaches.length === 0);
  const errors = [...new Set(chromium.errors)];
  report(7, "errors of scripts, and dialogs", errors[0] ?? "none", errors.length === 0);
}

export async function hosts({ chromium, report }) {
  const foreign = [...new Set(chromium.foreign)];
  report(1, "requests that leave the host", foreign[0] ?? `none of ${chromium.seen}`, foreign.length === 0);
}
