// The service that is looked into: one of our own on the loopback, or one that runs already.

import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "./api.mjs";

const SCOPES = [
  ...["logins:write", "logins:read", "devices:write", "webhooks:read", "webhooks:write", "alerts:write", "policy:write"],
  ...["privacy:read", "privacy:write", "operators:read", "operators:write"],
];
/** How long the service may take until it answers, in milliseconds. */
const STARTS_WITHIN_MS = 120_000;

/** Starts what the options ask for. Returns where it answers, a client of its API, links for operators, and how to end it. */
export async function start(options) {
  if (options.base) return running(options);
  const folder = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), "console-check-"));
  const tenant = options.tenant ?? "bench";
  const address = `http://127.0.0.1:${await freePort()}`;
  const env = {
    ...process.env,
    WATCHLIGHT_STORE__URL: options.store ?? `sqlite:${join(folder, "watchlight.db")}`,
    WATCHLIGHT_SECRETS__KEY_FILE: options["key-file"] ?? join(folder, "secret.key"),
    WATCHLIGHT_HTTP__BIND: address.slice("http://".length),
    WATCHLIGHT_HTTP__PUBLIC_URL: address,
    WATCHLIGHT_MAIL__URL: `file:${join(folder, "mail")}`,
    WATCHLIGHT_GEOIP__DIR: options.geoip,
    WATCHLIGHT_LIMITS__PER_KEY_PER_SECOND: "0",
    WATCHLIGHT_LIMITS__PER_IP_PER_SECOND: "0",
  };
  const run = (...words) => {
    const { status, stdout, stderr } = spawnSync(options.watchlight, words, { cwd: folder, env, encoding: "utf8", maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(`watchlight ${words[0]} ${words[1]}: ${stderr.trim().split("\n").slice(-3).join(" / ")}`);
    return stdout.trim();
  };
  // The heading alone: nobody has used this store yet.
  const isFresh = run("keys", "list").split("\n").length <= 1;
  const key = run("keys", "create", "--tenant", tenant, ...SCOPES.flatMap((scope) => ["--scope", scope]));
  if (isFresh) run("import", await history(options, folder), "--tenant", tenant);
  const log = openSync(join(folder, "log"), "w");
  const service = spawn(options.watchlight, ["serve"], { cwd: folder, env, stdio: ["ignore", log, log] });
  // Whatever ends this script ends the service too.
  process.once("exit", () => {
    service.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
  const stop = async () => {
    if (service.exitCode === null) {
      service.kill();
      await new Promise((resolve) => service.once("exit", resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const api = new Api(address, key);
  try {
    await answers(api, service, join(folder, "log"));
  } catch (error) {
    await stop();
    throw error;
  }
  const invite = (email, role) => {
    const link = run("operators", "invite", email, "--role", role, "--tenant", tenant);
    return new URL(new URL(link).pathname, address).href;
  };
  return { address, api, folder, invite, isFresh, stop };
}

/** A service of somebody else, for which there is one invitation; others are asked for by its API. */
async function running(options) {
  const folder = mkdtempSync(join(tmpdir(), "console-check-"));
  const api = new Api(options.base, options["api-key"]);
  let link = options["operator-link"];
  const invite = async (email, role) => {
    if (link !== undefined && role === "admin") {
      const first = link;
      link = undefined;
      return first;
    }
    const { body } = await api.post("/v1/operators", { email, role });
    return new URL(new URL(body.invitation_url).pathname, options.base).href;
  };
  return { address: options.base, api, folder, invite, isFresh: false, stop: async () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes a history with campaigns in it, and returns its file. */
async function history(options, folder) {
  const file = join(folder, "history.ndjson");
  mkdirSync(folder, { recursive: true });
  const words = ["--logins", options.logins, "--users", String(Math.ceil(options.logins / 10)), "--geoip", options.geoip];
  const made = spawn(new URL("../../history", import.meta.url).pathname, [...words, "--truth", join(folder, "truth.json")], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  made.stderr.on("data", (part) => (said += part));
  const written = createWriteStream(file);
  made.stdout.pipe(written);
  const [code] = await Promise.all([
    new Promise((resolve) => made.once("close", resolve)),
    new Promise((resolve) => written.once("close", resolve)),
  ]);
  if (code !== 0) throw new Error(`scripts/history: ${said.trim().split("\n").at(-1)}`);
  return file;
}

async function answers(api, service, log) {
  for (const deadline = Date.now() + STARTS_WITHIN_MS; Date.now() < deadline; await sleep(100)) {
    if (service.exitCode !== null) break;
    const ready = await api.ask("/healthz").catch(() => null);
    if (ready?.status === 200) return;
  }
  const { readFileSync } = await import("node:fs");
  throw new Error(`the service does not answer: ${readFileSync(log, "utf8").trim().split("\n").slice(-3).join(" / ")}`);
}

/** A port of the loopback that nobody listens on. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
