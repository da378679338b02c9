// 14: pictures of every view, to be looked at.

import { join } from "node:path";
import { folder } from "../browser.mjs";
import { WAYS, look } from "./access.mjs";

export async function shots({ operator, there, options, report }) {
  const into = folder(options.shots);
  const tab = await operator.tab();
  for (const way of WAYS.slice(0, 3)) {
    for (const { name, path } of there) {
      await look(tab, way);
      await tab.open(path);
      const file = `${name}-${way.name.replace(" px", "")}.png`;
      await tab.page.screenshot({ path: join(into, file), fullPage: way.name === "320 px" });
    }
  }
  report(14, "pictures", `${there.length * 3} in ${options.shots}`, true);
  await tab.close();
}
