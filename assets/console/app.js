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
function press(key) {
  if (all("[data-row] input:checked").length === 0) choose();
  one(`.judge [data-key="${key}"]`)?.click();
}

// ---- Links that say the same later.

async function copy(text, said) {
  await navigator.clipboard.writeText(text);
  const note = one("#told") ?? document.body.appendChild(Object.assign(document.createElement("p"), { id: "told", role: "status" }));
  note.textContent = said;
  setTimeout(() => { note.textContent = ""; }, 2000);
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
  const address = new URL(location.href);
  address.searchParams.set("from", said(bars[0], "from"));
  address.searchParams.set("to", said(bars.at(-1), "to"));
  address.searchParams.delete("cursor");
  location.href = address.href;
});

// ---- The live tail: logins as they come, above those that are there.

const tail = one("[data-tail]");

function cell(row, name, text, href) {
  const place = row.querySelector(`[data-cell="${name}"]`);
  if (place === null) return;
  const target = href === undefined ? place : place.appendChild(Object.assign(document.createElement("a"), { href }));
  // What would be invisible, or turn it around, is seen, as the server shows it.
  target.textContent = (text ?? "").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
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
  const page = `/console/logins/${login.id}${location.search.includes("tenant=") ? `?tenant=${encodeURIComponent(new URLSearchParams(location.search).get("tenant"))}` : ""}`;
  row.dataset.row = page;
  cell(row, "time", told(login.occurred_at), page);
  row.querySelectorAll(".level").forEach((level, at) => { if (LEVELS[at] !== login.risk.level) level.remove(); });
  row.querySelector(".level .score").textContent = login.risk.score.toFixed(2);
  cell(row, "user", login.user_id, `/console/users/${encodeURIComponent(login.user_id)}`);
  cell(row, "reason", capitalized(login.risk.signals[0]?.detail ?? reason(login)));
  cell(row, "device", login.device.name ?? [login.device.browser, login.device.os].filter(Boolean).join(" on "));
  cell(row, "place", [login.location?.city, login.location?.country].filter(Boolean).join(", "));
  cell(row, "address", login.ip);
  if (["new", "first"].includes(login.device.status)) {
    row.querySelector('[data-cell="device"]').append(" ", Object.assign(document.createElement("span"), { className: "mark", textContent: login.device.status }));
  }
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

const zone = one("#tz");
if (zone !== null && zone.value === "UTC") zone.placeholder = Intl.DateTimeFormat().resolvedOptions().timeZone;
