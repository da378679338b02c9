// The console works without this. It adds keys, copied links, a brush over time, and the live tail.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
const all = (selector) => [...document.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);

// ---- Rows: one is here, some are chosen.

const rows = () => all("[data-row]");
const here = () => one("[data-row].here");

function move(by) {
  const list = rows();
  if (list.length === 0) return;
  const at = list.indexOf(here());
  const next = list[Math.min(Math.max(at + by, 0), list.length - 1)] ?? list[0];
  here()?.classList.remove("here");
  next.classList.add("here");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a")?.focus({ preventScroll: true });
}

const choose = () => here()?.querySelector("input[type=checkbox]")?.click();

// All with one cause.
for (const label of all(".choose")) {
  label.hidden = false;
  label.addEventListener("change", (event) => {
    for (const box of label.closest(".group").querySelectorAll("[data-row] input[type=checkbox]")) box.checked = event.target.checked;
  });
}

// A verdict on what was chosen, or else on the row that is here, or on the login that the page is about.
// Of a verdict that is asked about, the key opens the question.
function press(key) {
  if (all("[data-row] input:checked").length === 0) choose();
  const button = one(`.judge [data-key="${key}"]`);
  const question = button?.closest("details.sure");
  if (question?.open !== true) button?.click();
  question?.querySelector("button")?.focus();
}

// What is asked is asked of one thing, and until it is answered or left.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.sure") || !event.target.open) return;
  for (const other of all("details.sure[open]")) other.open = other === event.target;
}, true);
const leave = () => { for (const question of all("details.sure[open]")) question.open = false; };

// ---- Links that say the same later.

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    said = "The browser does not let this be copied: open “Lasting link” at the foot, and copy its address";
  }
  const note = one("#told") ?? document.body.appendChild(Object.assign(document.createElement("p"), { id: "told", role: "status" }));
  note.textContent = said;
  setTimeout(() => { note.textContent = ""; }, 2000 + 60 * said.length);
}

const copyLink = () => {
  const link = one("[data-copy-link]");
  return copy(link === null ? location.href : link.href, "Link copied");
};

// ---- Keys.

const places = { q: "/console/", s: "/console/search", t: "/console/tail" };
let going = false;

const keys = {
  "/": () => one("#q")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: choose,
  c: () => press("c"),
  d: () => press("d"),
  n: () => one("#text")?.focus(),
  "[": () => one("a[rel=next]")?.click(),
  "]": () => (one("a[rel=prev]") ?? { click: () => history.back() }).click(),
  y: copyLink,
  "?": () => { location.href = "/console/help"; },
  g: () => { going = true; setTimeout(() => { going = false; }, 1000); },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") leave();
  if (event.key === "Escape" && typing(event.target)) return void event.target.blur();
  if (typing(event.target)) return;
  const tenant = new URLSearchParams(location.search).get("tenant");
  if (going && places[event.key] !== undefined) {
    going = false;
    location.href = places[event.key] + (tenant === null ? "" : `?tenant=${encodeURIComponent(tenant)}`);
  } else if (event.key === "Enter" && here() !== null && event.target.closest("a, button") === null) {
    location.href = here().dataset.row;
  } else if (keys[event.key] !== undefined) {
    event.preventDefault();
    keys[event.key]();
  }
});

document.addEventListener("click", (event) => {
  const copied = event.target.closest("[data-copy-link]");
  if (copied === null || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  copyLink();
});

// ---- A brush over the picture of time: from where it is pressed to where it is let go.

const BRUSHED_PX = 8;
let brush = null;

document.addEventListener("pointerdown", (event) => {
  const picture = event.button === 0 ? event.target.closest(".d-histogram, .d-strip") : null;
  brush = picture && { picture, x: event.clientX };
});
document.addEventListener("dragstart", (event) => { if (brush !== null) event.preventDefault(); });
document.addEventListener("pointercancel", () => { brush = null; });
document.addEventListener("pointerup", (event) => {
  const begun = brush;
  brush = null;
  if (begun === null || Math.abs(event.clientX - begun.x) < BRUSHED_PX) return;
  const [left, right] = [begun.x, event.clientX].sort((a, b) => a - b);
  const bars = [...begun.picture.querySelectorAll("a")].filter((bar) => {
    const place = bar.getBoundingClientRect();
    return left < place.right && place.left < right;
  });
  if (bars.length === 0) return;
  const said = (bar, name) => new URL(bar.href.baseVal, location.href).searchParams.get(name);
  // A bar has the search without a time that is typed into it: the one that is brushed takes its place.
  const address = new URL(bars[0].href.baseVal, location.href);
  address.searchParams.set("to", said(bars.at(-1), "to"));
  location.href = address.href;
});

// ---- The live tail: logins as they come, above those that are there.

const tail = one("[data-tail]");

// What would be invisible, or turn a text around, is seen, as the server shows it.
const seen = (it) => (typeof it === "string" ? it.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd") : it);

function cell(row, name, ...content) {
  const place = row.querySelector(`[data-cell="${name}"]`);
  place?.replaceChildren(...content.filter((it) => it !== null && it !== undefined && it !== "").map(seen));
}

const make = (tag, more, ...content) => {
  const made = Object.assign(document.createElement(tag), more);
  made.append(...content.map(seen));
  return made;
};

// A path of the console, with this search and what else the page's address has.
function to(path, q) {
  const here = new URLSearchParams(location.search);
  const kept = ["from", "to", "tz", "tenant"].map((name) => [name, here.get(name)]).filter(([, value]) => value !== null);
  const asked = new URLSearchParams([...(q === undefined ? [] : [["q", q]]), ...kept]).toString();
  return asked === "" ? path : `${path}?${asked}`;
}

// A value as the language of searches writes it.
const quoted = (text) => (/^[\w.:@/+-]+$/.test(text) ? text
  : `"${text.replace(/["\\]/g, "\\$&").replace(/[^\x20-\x7e]/gu, (letter) => `\\u{${letter.codePointAt(0).toString(16)}}`)}"`);

// A value that leads to its page, and to what follows with it and without it, as the other rows have it.
function value(text, href, term) {
  const base = one("#q")?.defaultValue.trim() ?? "";
  const sign = (sign, said, added) => make("a", { href: to(location.pathname, `${base} ${added}`.trim()), title: said, ariaLabel: seen(`${said}: ${text}`) }, sign);
  const has = base.split(" ").includes(term);
  const signs = has ? [] : [make("span", { className: "narrow" }, sign("+", "Only these", term), sign("−", "Without these", `-${term}`))];
  return make("span", { className: "value" }, make("a", { href }, make("bdi", {}, text)), ...signs);
}

const LEVELS = ["low", "medium", "high"];
// As the other rows have it: by the clock of the page.
const clock = tail && new Intl.DateTimeFormat("en-GB", {
  timeZone: one("#tz")?.defaultValue || "UTC", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const told = (time) => clock.format(new Date(time)).replace(",", "").replace("Sept", "Sep");

const capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const DEVICES = { first: "the user's first device", new: "a device that is new to the user", recognized: "a known device" };
const reason = (login) => (login.outcome === "failure" ? "did not get in" : DEVICES[login.device.status] ?? "no device was told");

function show(login) {
  const row = one("#tail-row").content.firstElementChild.cloneNode(true);
  const page = to(`/console/logins/${login.id}`);
  const user = `/console/users/${encodeURIComponent(login.user_id)}`;
  const { country, city } = login.location ?? {};
  const about = (term) => to("/console/about", term);
  row.dataset.row = page;
  cell(row, "time", make("a", { href: page }, make("time", { dateTime: login.occurred_at }, told(login.occurred_at))));
  row.querySelectorAll(".level").forEach((level, at) => { if (LEVELS[at] !== login.risk.level) level.remove(); });
  row.querySelector(".level .score").textContent = login.risk.score.toFixed(2);
  cell(row, "user", value(login.user_id, to(user), `user:${quoted(login.user_id)}`));
  const more = login.risk.signals.length - 1;
  cell(row, "reason", make("span", {}, capitalized(login.risk.signals[0]?.detail ?? reason(login))), " ", more > 0 ? make("span", { className: "count" }, `+${more}`) : null);
  const { id, name, browser, os, status } = login.device;
  const called = name ?? [browser, os].filter(Boolean).join(" on ");
  const mark = ["new", "first"].includes(status) ? make("span", { className: "mark" }, status) : null;
  cell(row, "device", status === "unknown" ? called || "not told" : value(called, to(`${user}/devices/${id}`), `device:${id}`), " ", mark);
  cell(row, "place", country ? value([city, country].filter(Boolean).join(", "), about(`country:${country}`), `country:${country}`) : "not known");
  cell(row, "address", login.ip ? value(login.ip, about(`ip:${login.ip}`), `ip:${login.ip}`) : "");
  cell(row, "outcome", login.outcome === "success" ? "got in" : "failed");
  row.querySelector('[data-cell="outcome"]').classList.toggle("failed", login.outcome !== "success");
  const body = one("[data-tail] tbody");
  body.prepend(row);
  while (body.children.length > 200) body.lastElementChild.remove();
}

if (tail !== null) {
  const state = one("#tail-state");
  const waiting = [];
  let paused = false;
  const source = new EventSource(tail.dataset.tail);
  const say = (text) => { state.textContent = text; };
  source.onopen = () => say("Following");
  source.onerror = () => say(source.readyState === EventSource.CLOSED ? "Ended: open the page anew" : "Connecting again");
  source.addEventListener("login", (event) => {
    const login = JSON.parse(event.data);
    if (paused) { waiting.push(login); say(`Paused, ${waiting.length} waiting`); } else show(login);
  });
  one("#tail-pause").hidden = false;
  one("#tail-pause").addEventListener("click", (event) => {
    paused = !paused;
    event.target.textContent = paused ? "Go on" : "Pause";
    if (!paused) { waiting.splice(0).forEach(show); say("Following"); }
  });
}

// ---- The clock of whoever looks.

const mine = one("[data-clock]");
if (mine !== null) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const address = new URL(mine.href);
  address.searchParams.set("tz", zone);
  mine.href = address.href;
  mine.textContent = `mine, ${zone}`;
  mine.hidden = zone === "UTC";
}
