// A client of the service, over connections that are kept.

import { Agent, request } from "node:http";
import { gunzipSync } from "node:zlib";

export class Api {
  constructor(address, key) {
    this.address = address;
    this.key = key;
    this.agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: "fifo" });
  }

  /**
   * Any request. Returns status, headers, text, and milliseconds until its last byte. What only asks is asked once more if the service
   * has closed an idle connection in the moment in which it was used again.
   */
  async ask(path, { method = "GET", headers = {}, body } = {}) {
    const asked = { method, headers, body };
    return this.#once(path, asked).catch((error) => {
      if (method !== "GET" || error.code !== "ECONNRESET") throw error;
      return this.#once(path, asked);
    });
  }

  #once(path, { method, headers, body }) {
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, this.address), { agent: this.agent, method, headers }, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const ms = performance.now() - begun;
          const raw = Buffer.concat(parts);
          const bytes = response.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
          resolve({ status: response.statusCode, headers: response.headers, text: bytes.toString("utf8"), ms, wire: raw.length });
        });
      });
      asked.on("error", reject);
      asked.end(body);
    });
  }

  async json(method, path, body) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { authorization: `Bearer ${this.key}` };
    if (text !== undefined) Object.assign(headers, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    const answer = await this.ask(path, { method, headers, body: text });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return { ...answer, body: answer.text === "" ? null : JSON.parse(answer.text) };
  }

  get(path) {
    return this.json("GET", path);
  }

  post(path, body) {
    return this.json("POST", path, body);
  }

  /** The ids of all logins that a search finds, newest first. */
  async found(q) {
    const headers = { authorization: `Bearer ${this.key}`, accept: "application/x-ndjson" };
    const { status, text } = await this.ask(`/v1/logins?q=${encodeURIComponent(q)}`, { headers });
    if (status !== 200) throw new Error(`${q}: ${status} ${text.slice(0, 300)}`);
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line).id);
  }

  close() {
    this.agent.destroy();
  }
}
