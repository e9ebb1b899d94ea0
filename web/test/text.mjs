// Both languages have the same keys with the same places, no text is empty, and every key that a page names is there.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";

globalThis.localStorage = { getItem: () => null, setItem: () => {} };
const src = new URL("../src/", import.meta.url);
const out = await build({ entryPoints: [new URL("text.ts", src).pathname], bundle: true, write: false, format: "esm" });
const { texts } = await import(`data:text/javascript;base64,${Buffer.from(out.outputFiles[0].contents).toString("base64")}`);
assert.deepEqual(Object.keys(texts.en).sort(), Object.keys(texts.zh).sort());
const places = (s) => [...s.matchAll(/\{\d\}/g)].map((m) => m[0]).sort().join();
for (const key of Object.keys(texts.zh)) {
  assert.ok(texts.zh[key] && texts.en[key], `${key} is empty`);
  assert.equal(places(texts.zh[key]), places(texts.en[key]), `${key} has other places in English`);
  assert.ok(key === "otherLanguage" || !/\p{Script=Han}/u.test(texts.en[key]), `${key} has Chinese in English`);
}
let named = 0;
for (const file of readdirSync(src)) {
  const text = readFileSync(new URL(file, src), "utf8");
  assert.ok(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write|https?:\/\//i.test(text), `${file} sets markup, or names an address outside`);
  for (const m of text.matchAll(/\b(?:t|tell)\("([A-Za-z_]+)"/g)) {
    named++;
    assert.ok(texts.zh[m[1]], `${file} names ${m[1]}, which is no text`);
  }
}
assert.ok(named > 100, "the pages' texts were not found");
console.log(`texts: ${Object.keys(texts.zh).length} keys in both languages, ${named} uses`);
