// Copies the viewer of the API documents from node_modules into dist/, which is embedded.
import { copyFileSync, mkdirSync } from "node:fs";

const from = new URL("node_modules/swagger-ui-dist/", import.meta.url);
const to = new URL("dist/", import.meta.url);
mkdirSync(to, { recursive: true });
for (const name of ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"]) {
  copyFileSync(new URL(name, from), new URL(name, to));
}
