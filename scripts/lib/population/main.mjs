// Writes a labelled population of logins to standard output. See scripts/population, which calls this.

import { closeSync, openSync, writeSync } from "node:fs";
import { loginScenario } from "./login.mjs";
import { pairsScenario } from "./pairs.mjs";

const SCENARIOS = { login: loginScenario, pairs: pairsScenario };
const [, , ...words] = process.argv;
const options = Object.fromEntries(words.map((word) => word.split(/=(.*)/s).slice(0, 2)));
for (const name of ["seed", "users", "months", "drift", "attacks"]) options[name] = options[name] ? Number(options[name]) : undefined;

const say = (text) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `population: ${text}\n`);
const lines = SCENARIOS[options.scenario](options, say);
say(`${lines.length} logins`);
if (process.stderr.isTTY) process.stderr.write("\n");

const output = openSync("/dev/stdout", "w");
for (let at = 0; at < lines.length; at += 500) {
  writeSync(output, lines.slice(at, at + 500).map((it) => `${JSON.stringify(it)}\n`).join(""));
}
closeSync(output);
