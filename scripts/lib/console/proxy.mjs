// A proxy between the browser and the service, in which a fault can be planted: a page that is answered otherwise than it is.

import { createServer, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";

export class Proxy {
  static async to(address) {
    const proxy = new Proxy();
    Object.assign(proxy, { address, fault: null, asked: 0, kept: null });
    proxy.server = createServer((asked, answer) => proxy.pass(asked, answer).catch(() => answer.destroy()));
    await new Promise((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    proxy.origin = `http://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  /** Answers the page at this path otherwise from now on; `null` as it is. */
  plant(path, fault) {
    Object.assign(this, { fault, asked: 0, kept: null, path: new URL(path, this.origin).pathname });
  }

  async pass(asked, answer) {
    const { pathname } = new URL(asked.url, this.origin);
    const file = this.fault?.files?.[pathname];
    if (file !== undefined) return answer.writeHead(200, { "content-type": "text/javascript" }).end(file);
    const fault = this.fault !== null && asked.method === "GET" && pathname === this.path ? this.fault : null;
    const whole = (fault?.once && this.kept) || (await this.ask(asked));
    if (fault === null) return answer.writeHead(whole.status, whole.headers).end(whole.body);
    this.kept = whole;
    this.asked++;
    if (fault.slow && this.asked % 5 === 0) await sleep(fault.slow);
    const { status, headers, body } = broken(whole, fault);
    answer.writeHead(status, headers).end(body);
  }

  ask(asked) {
    return new Promise((resolve, reject) => {
      const to = request(new URL(asked.url, this.address), { method: asked.method, headers: asked.headers }, (told) => {
        const parts = [];
        told.on("data", (part) => parts.push(part));
        told.on("error", reject);
        told.on("end", () => resolve({ status: told.statusCode, headers: told.headers, body: Buffer.concat(parts) }));
      });
      to.on("error", reject);
      asked.pipe(to);
    });
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** An answer with a fault in it. */
function broken({ status, headers, body }, fault) {
  const changed = { ...headers };
  const isPacked = headers["content-encoding"] === "gzip";
  let text = (isPacked ? gunzipSync(body) : body).toString("utf8");
  if (fault.inserted) text = text.replace("</main>", () => `${fault.inserted}</main>`);
  if (fault.without) text = text.replaceAll(fault.without, "");
  for (const name of fault.withoutHeaders ?? []) delete changed[name];
  const whole = isPacked ? gzipSync(text) : Buffer.from(text);
  delete changed["transfer-encoding"];
  changed["content-length"] = whole.length;
  return { status: fault.status ?? status, headers: changed, body: whole };
}
