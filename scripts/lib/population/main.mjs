// Writes a labelled population of logins to standard output. See scripts/population, which calls this.

import { once } from "node:events";
import { loginScenario } from "./login.mjs";
import { pairsScenario } from "./pairs.mjs";

const SCENARIOS = { login: loginScenario, pairs: pairsScenario };
/** Lines that are written at once. */
const BATCH = 500;

const { stdout, stderr } = process;
const say = (text) => stderr.write(stderr.isTTY ? `\r\x1b[K${text}` : `population: ${text}\n`);

function fail(error) {
  if (error.code === "EPIPE") process.exit(0); // whoever reads has enough
  stderr.write(`population: ${error.message}\n`);
  process.exit(1);
}

/** `name=value` words; what is empty is not told, and the scenario has a default for it. */
function read(words) {
  const options = Object.fromEntries(words.map((word) => word.split(/=(.*)/s).slice(0, 2)));
  for (const name of ["seed", "users", "months", "drift", "attacks"]) {
    options[name] = options[name] === "" ? undefined : Number(options[name]);
  }
  return options;
}

async function run() {
  const options = read(process.argv.slice(2));
  const lines = SCENARIOS[options.scenario](options, say);
  for (let at = 0; at < lines.length; at += BATCH) {
    const batch = lines.slice(at, at + BATCH).map((it) => `${JSON.stringify(it)}\n`);
    if (!stdout.write(batch.join(""))) await once(stdout, "drain");
  }
  say(`${lines.length} logins`);
  if (stderr.isTTY) stderr.write("\n");
}

stdout.on("error", fail);
run().catch(fail);
