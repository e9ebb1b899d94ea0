// Bundles the console from src/ and copies what is taken from packages as it is, all into dist/, which is embedded.
import { copyFileSync, mkdirSync } from "node:fs";
import { build } from "esbuild";

const at = (path) => new URL(path, import.meta.url);
mkdirSync(at("dist/app/"), { recursive: true });
for (const name of ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"]) copyFileSync(at(`node_modules/swagger-ui-dist/${name}`), at(`dist/${name}`));
// The map is its own two modules: the page that shows it loads them, and its worker is a file, which the content policy wants.
for (const name of ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"]) copyFileSync(at(`node_modules/maplibre-gl/dist/${name}`), at(`dist/app/${name}`));
await build({
  entryPoints: [at("src/main.tsx").pathname], outfile: at("dist/app/console.js").pathname, bundle: true, minify: true, format: "esm", target: "es2022",
  jsx: "automatic", jsxImportSource: "preact", legalComments: "inline", logLevel: "warning",
});
