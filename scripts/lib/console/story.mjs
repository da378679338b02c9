// The takeover that is planted: what ana did before, who got into her account and how, whom else they tried, and what else waits to
// be looked into. Everything is posted as a product posts it, with times of the last hours.

import { setTimeout as sleep } from "node:timers/promises";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** How long the mail may take, in milliseconds. */
const MAIL_WITHIN_MS = 30_000;

/** Her router in Stockholm, and a phone network there. */
const HOME = "89.160.20.112";
/** Networks of 256 addresses of a hoster in Singapore: the first, and those of its largest range. */
const HOSTERS = ["103.253.145", ...Array.from({ length: 192 }, (_, at) => `128.199.${64 + at}`)];
/** A provider in Rio de Janeiro. */
const RIO = (last) => `200.147.3.${last}`;

const CHROME = (version) =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const MAC =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15";

const machine = (agent, language, components) => ({
  user_agent: agent,
  headers: { "accept-language": language },
  fingerprint: { version: "5.2.0", components: Object.fromEntries(Object.entries(components).map(([name, value]) => [name, { value }])) },
});
const webGl = (vendorUnmasked, rendererUnmasked) => ({ vendorUnmasked, rendererUnmasked });
const own = (version) =>
  machine(CHROME(version), "sv-SE", {
    platform: "Win32", screenResolution: [2560, 1440], timezone: "Europe/Stockholm", languages: [["sv-SE"]],
    hardwareConcurrency: 12, deviceMemory: 8, audio: 124.04347527516074, fonts: ["Calibri", "Segoe UI Light"],
    webGlBasics: webGl("Google Inc. (NVIDIA)", "ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)"),
    canvas: { winding: true, geometry: "a1f3", text: "9c02" },
  });
const phone = machine(PHONE, "sv-SE", {
  platform: "iPhone", screenResolution: [393, 852], timezone: "Europe/Stockholm", languages: [["sv-SE"]],
  hardwareConcurrency: 6, audio: 35.749968223273754, webGlBasics: webGl("Apple Inc.", "Apple GPU"),
  canvas: { winding: true, geometry: "i1", text: "i31" },
});
/** The tool of the attackers: a browser on a rented machine, in each run another one. */
const tool = (run) => machine(CHROME(138), "en-US", {
  platform: "Win32", screenResolution: [1280, 720], timezone: "Asia/Singapore", languages: [["en-US"]],
  hardwareConcurrency: 2, deviceMemory: 2, audio: 124.08072766105033, fonts: ["Calibri"],
  webGlBasics: webGl("Google Inc. (Google)", "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)"),
  canvas: { winding: true, geometry: `tool ${run}`, text: `tool ${run}` },
});
const mac = (number) =>
  machine(MAC, "pt-BR", {
    platform: "MacIntel", screenResolution: [1512, 982], timezone: "America/Sao_Paulo", languages: [["pt-BR"]],
    hardwareConcurrency: 10, audio: 123.97, canvas: { winding: true, geometry: `m${number}`, text: `n${number}` },
  });

export const HOSTILE = [
  `<img src=x onerror="window.ran=1">`,
  `"><script>window.ran=1</script>`,
  `user\u202egnp.exe`,
  "' onmouseover='window.ran=1",
  "../../console/login",
  "javascript:window.ran=1",
  "W".repeat(256),
];

/** Plants everything. Returns the takeover, whose it is, the mail's reference, and how many open items there are. */
export async function plant(api, { users, isFresh }) {
  const now = Date.now();
  const run = now.toString(36);
  // Where somebody may have looked before, she is another one each time.
  const name = (who) => (isFresh ? who : `${who}-${run}`);
  const ana = name("ana");
  const TOOL = tool(run);
  const hoster = await unusedNetwork(api);
  const HOSTER = (last) => `${hoster}.${last}`;
  const at = (before_ms) => new Date(now - before_ms).toISOString();
  let posted = 0;
  const post = async (user, before_ms, ip, client, rest = {}) => {
    const body = {
      event_id: `c_${run}_${posted++}`, occurred_at: at(before_ms), user: { id: user, email: `${posted}@mail.example` },
      client: { ip, ...client }, method: "password", ...rest,
    };
    if (user === ana) body.user = { id: ana, email: "ana@example.com", time_zone: "Europe/Stockholm" };
    return (await api.post("/v1/logins", body)).body;
  };

  // Two months of mornings and evenings at home.
  for (let day = 60; day >= 1; day -= 1.5) {
    const known = day % 3 === 0;
    await post(ana, day * DAY_MS - (known ? 2 : 5) * HOUR_MS, HOME, own(day > 30 ? 141 : 142), { session_id: `s_${run}_${day}` });
  }
  // Four days ago a phone, which a colleague has looked into.
  const earlier = await post(ana, 4 * DAY_MS, "89.160.20.113", phone, { session_id: `s_${run}_phone` });
  await api.post(`/v1/logins/${earlier.id}/verdict`, { verdict: "safe", reason: "She has a new phone, and said so." });
  await post(ana, 5 * HOUR_MS, HOME, own(142), { session_id: `s_${run}_last` });

  // The attackers try passwords of many, from one network of a hoster; three fit.
  const victims = Array.from({ length: 40 }, (_, at) => users[at % users.length]);
  const tried = async (from, to, before_ms) => {
    for (let number = from; number < to; number++) {
      for (let again = 0; again < 3; again++) {
        await post(victims[number], before_ms - number * 20_000 - again * 3000, HOSTER(40 + number), TOOL, { outcome: "failure" });
      }
    }
  };
  await tried(0, 20, 90 * MINUTE_MS);
  for (const number of [3, 11]) await post(victims[number], 80 * MINUTE_MS, HOSTER(40 + number), TOOL);

  // Then hers: six failures, and in.
  for (let minute = 50; minute > 44; minute--) {
    await post(ana, minute * MINUTE_MS, HOSTER(31 + (minute % 3)), TOOL, { outcome: "failure" });
  }
  const session = `s_${run}_taken`;
  const takeover = await post(ana, 43 * MINUTE_MS, HOSTER(31), TOOL, { session_id: session });
  const used = (before_ms, ip, client, calls) =>
    api.post("/v1/activity", { session_id: session, user: { id: ana }, occurred_at: at(before_ms), calls, client: { ip, user_agent: client.user_agent } });
  await used(38 * MINUTE_MS, HOSTER(31), TOOL, 14);
  await used(20 * MINUTE_MS, RIO(157), mac(0), 5);
  await tried(20, 40, 35 * MINUTE_MS);
  await post(victims[25], 25 * MINUTE_MS, HOSTER(65), TOOL);

  // What else waits: people on a machine that is new to them, in another country.
  const strange = users.slice(40, 68);
  for (const [number, user] of strange.entries()) await post(user, (20 + 30 * number) * MINUTE_MS, RIO(1 + number), mac(number));

  for (const [number, user] of HOSTILE.entries()) {
    await post(user, 3 * HOUR_MS + number * MINUTE_MS, HOME, own(142));
    await post(user, 2 * HOUR_MS + number * MINUTE_MS, RIO(200 + number), mac(100 + number), { session_id: user.slice(0, 64) });
  }
  return { ana, name, session, takeover: { ...takeover, ip: HOSTER(31) }, reference: await reference(api, takeover.id, ana), before: earlier.id, victims, network: `${hoster}.0/24` };
}

/** A network of the hoster from which nobody has come yet: what an earlier run has planted stays in its own. */
async function unusedNetwork(api) {
  for (const network of HOSTERS) {
    const { body } = await api.get(`/v1/logins?limit=1&q=${encodeURIComponent(`ip:${network}.0/24`)}`);
    if (body.data.length === 0 && !body.next_cursor) return network;
  }
  throw new Error(`logins came from all ${HOSTERS.length} networks that a takeover can be planted from`);
}

/** The six letters of the mail about a login, once it was sent. */
async function reference(api, login, user) {
  for (const deadline = Date.now() + MAIL_WITHIN_MS; Date.now() < deadline; await sleep(200)) {
    const { body } = await api.get(`/v1/users/${encodeURIComponent(user)}/alerts`);
    const alert = body.data.find((it) => it.login_id === login);
    const mail = alert && (alert.mail?.state ?? alert.state);
    if (alert && (mail === undefined || mail === "sent")) return alert.reference;
  }
  throw new Error("the takeover raised no mail");
}
