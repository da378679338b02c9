// Chromium, operators in it, and what their pages load.

import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";

/** The screen at which answers must be seen. */
export const SCREEN = { width: 1440, height: 900 };
/** How long a page or a file may take before the check gives up, in milliseconds. */
const PATIENCE_MS = 20_000;
const PASSWORD = "four quiet words hold";
const FLAGS = [
  ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
  ...["--disable-sync", "--disable-default-apps", "--hide-scrollbars", "--force-color-profile=srgb"],
  // A mouse, which a screen that nobody looks at does not have.
  "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
];

/** Modules of the folder in which the tools are. */
export const from = (tools, path) => import(pathToFileURL(join(tools, "node_modules", path)).href);

export class Chromium {
  static async launch({ tools, chromium }) {
    const { default: puppeteer } = await from(tools, "puppeteer-core/lib/puppeteer/puppeteer-core.js");
    const executablePath = chromium.includes("/") ? chromium : find(chromium);
    // Chromium's sandbox does not start as root.
    const args = process.getuid() === 0 ? [...FLAGS, "--no-sandbox"] : FLAGS;
    return new Chromium(await puppeteer.launch({ executablePath, args, defaultViewport: SCREEN }));
  }

  constructor(browser) {
    this.browser = browser;
    /** What no page may do: ask another host, break the policy, fail. */
    this.foreign = [];
    this.violations = [];
    this.errors = [];
    this.seen = 0;
  }

  /** An operator who takes up this invitation, in a session of their own. */
  async join(link) {
    const operator = new Operator(this, await this.browser.createBrowserContext(), new URL(link).origin);
    const tab = await operator.tab();
    await tab.open(link);
    await tab.page.type("#password", PASSWORD);
    await tab.page.type("#again", PASSWORD);
    await tab.follow(() => tab.page.click("button[type=submit]"));
    operator.first = tab;
    return operator;
  }

  close() {
    return this.browser.close();
  }
}

function find(name) {
  for (const folder of process.env.PATH.split(":")) {
    try {
      if (readdirSync(folder).includes(name)) return join(folder, name);
    } catch {
      // No such folder.
    }
  }
  throw new Error(`there is no ${name}`);
}

export class Operator {
  constructor(chromium, context, origin) {
    Object.assign(this, { chromium, context, origin });
  }

  async tab() {
    const tab = new Tab(this, await this.context.newPage());
    await tab.watch();
    return tab;
  }

  /** The cookies of the session, as a request has them. */
  async cookie() {
    return (await this.context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** The same session in a browser that has nothing in its cache. */
  async afresh() {
    const context = await this.chromium.browser.createBrowserContext();
    await context.setCookie(...(await this.context.cookies()));
    return new Operator(this.chromium, context, this.origin);
  }
}

export class Tab {
  constructor(operator, page) {
    Object.assign(this, { operator, page, clicks: 0, bytes: 0, requests: 0, ms: 0 });
  }

  async watch() {
    const { chromium, origin } = this.operator;
    this.cdp = await this.page.createCDPSession();
    await this.cdp.send("Network.enable");
    await this.cdp.send("Audits.enable");
    this.page.setDefaultTimeout(PATIENCE_MS);
    this.cdp.on("Network.requestWillBeSent", ({ request }) => {
      if (/^(data|blob|about):/.test(request.url)) return;
      chromium.seen++;
      this.requests++;
      // What the browser shows of itself leaves no host.
      if (!request.url.startsWith(`${origin}/`) && !request.url.startsWith("chrome://")) chromium.foreign.push(request.url);
    });
    this.cdp.on("Network.requestServedFromCache", () => this.requests--);
    this.cdp.on("Network.loadingFinished", ({ encodedDataLength }) => (this.bytes += encodedDataLength));
    this.cdp.on("Audits.issueAdded", ({ issue }) => {
      if (issue.code !== "ContentSecurityPolicyIssue" || this.isProbed) return;
      const { violatedDirective, blockedURL } = issue.details.contentSecurityPolicyIssueDetails;
      chromium.violations.push(`${violatedDirective} ${blockedURL ?? "inline"} on ${this.page.url()}`);
    });
    this.page.on("pageerror", (error) => !this.isProbed && chromium.errors.push(`${error.message} on ${this.page.url()}`));
    this.page.on("dialog", (dialog) => {
      chromium.errors.push(`a dialog on ${this.page.url()}`);
      dialog.dismiss();
    });
  }

  /** Counts from here on. */
  reset() {
    Object.assign(this, { clicks: 0, bytes: 0, requests: 0, ms: 0 });
  }

  /** Goes to an address. Returns the status. */
  async open(path) {
    const begun = performance.now();
    const answer = await this.page.goto(new URL(path, this.operator.origin).href, { waitUntil: "load" });
    this.ms += performance.now() - begun;
    await settled();
    return answer?.status() ?? 0;
  }

  /** Does what leads to another page, and waits for it. */
  async follow(act) {
    const begun = performance.now();
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), act()]);
    this.ms += performance.now() - begun;
    await settled();
  }

  /** Clicks what a selector, or a selector and the text of a link, finds: it must be seen without scrolling. */
  async click(selector, text) {
    const place = await this.page.evaluate(seek, selector, text ?? null);
    if (place === null) throw new Error(`there is no ${text ?? selector} on ${this.page.url()}`);
    if (!place.seen) throw new Error(`${text ?? selector} is not seen without scrolling`);
    this.clicks++;
    await this.follow(() => this.page.mouse.click(place.x, place.y));
  }

  /** Clicks a link to a file, and returns the file's text. */
  async download(selector, text) {
    const place = await this.page.evaluate(seek, selector, text ?? null);
    if (place === null) throw new Error(`there is no ${text ?? selector} on ${this.page.url()}`);
    this.clicks++;
    return { ...(await this.fetch(place.href)), seen: place.seen };
  }

  /** What the session gets at an address, without leaving the page. */
  async fetch(href) {
    const begun = performance.now();
    const answer = await this.operator.api.ask(href, { headers: { cookie: await this.operator.cookie(), "accept-encoding": "gzip" } });
    this.ms += performance.now() - begun;
    this.bytes += answer.wire;
    return answer;
  }

  /** Whether what a selector finds says this, all of it within the screen and unscrolled. Returns what is said, or why not. */
  seen(selector, expected) {
    return this.page.evaluate(visible, selector, expected.source, expected.flags);
  }

  /** The logins that a page lists, in their order. */
  rows() {
    return this.page.$$eval("[data-login]", (rows) => rows.map((row) => row.dataset.login));
  }

  close() {
    return this.page.close();
  }
}

/** Finishing of requests is told after the load. */
const settled = () => sleep(60);

function seek(selector, text) {
  const found = [...document.querySelectorAll(selector)].find((it) => text === null || it.textContent.trim() === text || it.textContent.includes(text));
  if (found === undefined) return null;
  const box = found.getClientRects()[0] ?? found.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width / 2, 40), box.top + box.height / 2];
  const seen = y > 0 && y < innerHeight && x > 0 && x < innerWidth && scrollY === 0;
  return { x, y, seen, href: found.href };
}

function visible(selector, source, flags) {
  const expected = new RegExp(source, flags);
  for (const place of document.querySelectorAll(selector)) {
    const text = place.innerText.replace(/\s+/g, " ").trim();
    const match = expected.exec(text);
    if (match === null) continue;
    const box = place.getBoundingClientRect();
    const isSeen = box.top >= 0 && box.left >= 0 && Math.floor(box.bottom) <= innerHeight && Math.floor(box.right) <= innerWidth && scrollY === 0;
    return { ok: isSeen && box.height > 0, text: match[0], why: isSeen ? "" : `reaches from ${Math.round(box.top)} to ${Math.round(box.bottom)} px` };
  }
  const there = document.querySelector(selector);
  return { ok: false, text: "", why: there === null ? `no ${selector}` : `says "${there.innerText.replace(/\s+/g, " ").slice(0, 120)}"` };
}

export function folder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}
