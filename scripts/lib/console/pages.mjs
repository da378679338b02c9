// The views, each with the addresses at which it is looked at.

const encode = encodeURIComponent;

/** Each kind of page: its name, its address for the planted takeover, and addresses of its kind for many logins and users. */
export function pages({ takeover, ana, before, network }) {
  const search = (q, rest = "") => `/console/search?q=${encode(q)}${rest}`;
  const about = (q) => `/console/about?q=${encode(q)}`;
  const device = takeover.device.id;
  return [
    { name: "queue", path: "/console/", each: () => "/console/" },
    { name: "search", path: "/console/search?from=-30d", each: ({ q }) => search(q) },
    { name: "login", path: `/console/logins/${takeover.id}`, each: ({ id }) => `/console/logins/${id}` },
    { name: "user", path: `/console/users/${encode(ana)}`, each: ({ user }) => `/console/users/${encode(user)}` },
    {
      name: "device",
      path: `/console/users/${encode(ana)}/devices/${device}`,
      each: ({ user, device }) => `/console/users/${encode(user)}/devices/${device}`,
    },
    { name: "compare", path: `/console/compare/${takeover.id}/${before}`, each: ({ id, other }) => `/console/compare/${id}/${other}` },
    { name: "address", path: about(`ip:${takeover.ip}`), each: ({ ip }) => about(`ip:${ip}`) },
    { name: "network", path: about(`ip:${network}`), each: ({ asn }) => about(`asn:${asn}`) },
    { name: "country", path: about("country:SG"), each: ({ country }) => about(`country:${country}`) },
    { name: "fingerprint", path: about(`fingerprint:${takeover.fingerprint}`), each: ({ fingerprint }) => about(`fingerprint:${fingerprint}`) },
    { name: "campaign", path: `/console/campaign?q=${encode(`ip:${network}`)}`, each: ({ prefix }) => `/console/campaign?q=${encode(`ip:${prefix}`)}` },
    { name: "case", path: `/console/case?login=${takeover.id}`, each: ({ id }) => `/console/case?login=${id}` },
    { name: "rehearse", path: `/console/rehearse?q=${encode("last:7d")}`, each: ({ q }) => `/console/rehearse?q=${encode(q)}` },
    { name: "tail", path: "/console/tail", each: () => "/console/tail" },
    { name: "audit", path: "/console/audit", each: () => "/console/audit" },
    { name: "reads", path: `/console/users/${encode(ana)}/reads`, each: ({ user }) => `/console/users/${encode(user)}/reads` },
    { name: "settings", path: "/console/settings", each: () => "/console/settings" },
    ...["searches", "policy", "webhooks", "operators"].map((name) => ({ name, path: `/console/settings/${name}`, each: () => `/console/settings/${name}` })),
    { name: "help", path: "/console/help", each: () => "/console/help" },
  ];
}

/** Those of the views that are there; each of the others is told of. */
export async function views({ api, operator, there, report }) {
  const cookie = await operator.cookie();
  const found = [];
  for (const page of there) {
    const { status } = await api.ask(page.path, { headers: { cookie } });
    if (status === 200) found.push(page);
    else report(14, `the view ${page.name}`, `is answered ${status}`, false);
  }
  return found;
}

/** What is asked of each kind of page, from the logins of the store: `count` different ones. */
export async function samples(api, count) {
  const drawn = [];
  let cursor = "";
  while (drawn.length < count * 3) {
    const { body } = await api.get(`/v1/logins?limit=500${cursor && `&cursor=${encode(cursor)}`}`);
    drawn.push(...body.data);
    cursor = body.next_cursor;
    if (!cursor) break;
  }
  const whole = drawn.filter((it) => it.location?.country && it.device.id);
  const every = Math.max(1, Math.floor(whole.length / count));
  const chosen = whole.filter((_, at) => at % every === 0).slice(0, count);
  return chosen.map((login, at) => ({
    id: login.id,
    other: chosen[(at + 1) % chosen.length].id,
    user: login.user_id,
    device: login.device.id,
    ip: login.ip,
    prefix: login.ip.includes(":") ? login.ip : login.ip.replace(/\.\d+$/, ".0/24"),
    country: login.location.country,
    asn: login.location.asn ? `AS${String(login.location.asn).replace(/^AS/, "")}` : "AS29518",
    fingerprint: login.fingerprint,
    q: TERMS[at % TERMS.length](login),
  }));
}

const TERMS = [
  () => "",
  (it) => `user:${JSON.stringify(it.user_id)}`,
  (it) => `country:${it.location.country}`,
  () => "level:high",
  () => "status:new last:30d",
  () => "signal:impossible_travel since:2026-01-01",
  (it) => `ip:${it.ip}`,
  () => "outcome:failure method:password last:90d",
  () => "risk>=0.6",
  (it) => `fingerprint:${it.fingerprint}`,
];
/** What hardly any login has. */
export const RAREST = ["method:badge", "signal:denied_device", "browser:uc_browser", "os:harmonyos", "level:high method:badge", "country:AQ"];
