// How fast the console is: node test/pace.mjs PROGRAM PEOPLE, or against a running demo by WUKU_URL and WUKU_KEYS. For every page, opened by
// its address in a browser that knows nothing: the first paint, and the time until it stands with its data, twice. And how long the map shows
// paper where there is land while it is dragged. It prints figures and judges nothing.
import { Rig, start } from "./rig.mjs";

const views = {
  "": ["overview"],
  department: ["feeds", "feed/police.person", "quarantine", "findings", "workorders", "warnings", "receipts", "scorecard", "feedback", "applications", "emergency", "cases", "savings"],
  service: ["find", "apply", "grants", "usage", "changes", "feedback", "demands", "matters", "cases"],
  planner: ["", "?vs=2005&year=2020", "?level=2", "?level=h3"],
  steward: ["findings", "find", "catalog", "proposals", "applications", "feedback", "reviews", "workorders", "warnings", "quarantine", "scorecard", "demands", "sharing", "rules", "matters", "savings", "cases"],
  auditor: ["log", "readers", "recalls", "sharing"],
};

const [program, people] = process.argv.slice(2);
const demo = await start(program, people ?? 20_000);
const rig = await Rig.open(demo);
const all = [];

async function opened(role, hash) {
  const page = await rig.fresh("zh", "light");
  page.setDefaultTimeout(120_000);
  if (role) await page.context().addInitScript((k) => sessionStorage.setItem("wuku.key", k), demo.keys[role]);
  const began = performance.now();
  await page.goto(`${demo.url}/console/#/${hash}`, { waitUntil: "commit" });
  await page.waitForFunction(() => document.querySelector("main h1, main h2"));
  await rig.stands(page);
  const stands = performance.now() - began;
  const paint = await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime).then((h) => h.jsonValue());
  return { page, stands, paint };
}

async function entity() {
  const r = await fetch(`${demo.url}/api/v1/findings?library=person&limit=1`, { headers: { Authorization: `Bearer ${demo.keys.steward}` } }).then((r) => r.json());
  return r.findings[0] && `entity/${r.findings[0].entity}?library=person`;
}

/** blanks drags the map and returns the longest time in which a twentieth of it was paper. The place is in the middle of land. */
async function blanks() {
  const { page } = await opened("planner", "planner?theme=people&at=119.2,33,9");
  await page.locator(".map[data-ready=yes]").waitFor();
  await page.evaluate(() => {
    const small = Object.assign(document.createElement("canvas"), { width: 24, height: 16 }).getContext("2d", { willReadFrequently: true });
    const seen = (globalThis.seen = { longest: 0, since: 0, frames: 0, most: 0, last: performance.now() });
    const look = () => {
      small.drawImage(document.querySelector(".map canvas"), 0, 0, 24, 16);
      const d = small.getImageData(0, 0, 24, 16).data;
      let paper = 0;
      for (let i = 0; i < d.length; i += 4) if (Math.abs(d[i] - 0xee) + Math.abs(d[i + 1] - 0xf1) + Math.abs(d[i + 2] - 0xf4) < 4) paper++;
      const now = performance.now();
      if (paper * 20 > 24 * 16) seen.longest = Math.max(seen.longest, now - (seen.since ||= now));
      else seen.since = 0;
      seen.frames++;
      seen.most = Math.max(seen.most, now - seen.last);
      seen.last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.waitForFunction(() => globalThis.seen.frames > 20 && globalThis.seen.since === 0);
  await page.evaluate(() => Object.assign(globalThis.seen, { longest: 0, frames: 0, most: 0, last: performance.now() }));
  const box = await page.locator(".map").boundingBox();
  const [x, y] = [box.x + box.width * 0.45, box.y + box.height * 0.5];
  for (const [dx, dy] of [[-200, 0], [-200, -150], [200, 0], [200, 150], [0, -200], [-200, 100]]) {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx, y + dy, { steps: 12 });
    await page.mouse.up();
  }
  const seen = await page.evaluate(() => globalThis.seen);
  await page.context().close();
  return seen;
}

try {
  const id = await entity();
  if (id) views.steward.push(id);
  for (const [role, list] of Object.entries(views)) {
    for (const view of list) {
      const hash = view.startsWith("?") || !view ? `${role}${view}` : role ? `${role}/${view}` : view;
      const times = [];
      for (let i = 0; i < 2; i++) {
        const { page, stands, paint } = await opened(role, hash);
        times.push({ stands, paint });
        await page.context().close();
      }
      all.push(...times.map((t) => t.stands));
      console.log(`${hash.replace(/[0-9a-f-]{36}/, "…").padEnd(32)} first paint ${times.map((t) => t.paint.toFixed(0).padStart(5)).join(" ")} ms   stands ${times.map((t) => t.stands.toFixed(0).padStart(6)).join(" ")} ms`);
    }
  }
  console.log(`slowest page ${Math.max(...all).toFixed(0)} ms, ${all.filter((t) => t > 2000).length} of ${all.length} over 2 s`);
  const seen = await blanks();
  console.log(`map dragged: longest blank ${seen.longest.toFixed(0)} ms, ${seen.frames} frames, longest frame ${seen.most.toFixed(0)} ms`);
  if (rig.faults.length) console.log([...new Set(rig.faults)].join("\n"));
} finally {
  await rig.browser.close();
  await demo.stop();
}
