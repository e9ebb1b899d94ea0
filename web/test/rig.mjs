// What tests and measurements of the console stand on: a demo in a directory of its own, Chromium, and steps that wait for the state which
// the next one needs. Nothing here sleeps to let something happen: it asks until it has happened, or fails.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const pause = (ms) => new Promise((r) => setTimeout(r, ms));

/** until asks again and again until the answer is true, at most for `seconds`. */
export async function until(what, seconds, ask) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(300)) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}

/** start runs the program with a demo of `people`, or takes a running one by WUKU_URL and WUKU_KEYS. */
export async function start(program, people) {
  if (process.env.WUKU_URL) return { url: process.env.WUKU_URL, keys: JSON.parse(readFileSync(process.env.WUKU_KEYS, "utf8")), data: process.env.WUKU_DATA, program, stop: async () => {} };
  const data = mkdtempSync(join(tmpdir(), "wuku-console-"));
  const port = await new Promise((done) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program, ["up", "--data", data, "--http", `127.0.0.1:${port}`, "--demo", String(people)], { stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise((done) => child.on("exit", done));
  const stop = async () => {
    child.kill("SIGINT");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await until("the demo is ready", 900, async () => {
      if (child.exitCode !== null) throw new Error("the demo ended");
      return fetch(`${url}/readyz`).then((r) => r.ok, () => false);
    });
    return { url, keys: JSON.parse(readFileSync(join(data, "demo-keys.json"), "utf8")), stop, data, program };
  } catch (e) {
    await stop();
    throw e;
  }
}

/** api asks the demo as a role. */
export async function api(demo, role, path, body, headers = {}) {
  const r = await fetch(demo.url + path, { method: body ? "POST" : "GET", headers: { Authorization: `Bearer ${demo.keys[role]}`, "Content-Type": "application/json", ...headers }, body: body && JSON.stringify(body) });
  const answer = await r.json();
  assert.ok(r.ok, `${path}: ${r.status} ${answer.code} ${answer.detail ?? ""}`);
  return answer;
}

/** settled learns to match, waits until pairs stand in the queue, and until work orders no longer change: pages then stand still. */
export async function settled(demo) {
  if (demo.data) {
    const learned = spawnSync(demo.program, ["match", "learn", "--library", "person", "--data", demo.data], { stdio: ["ignore", "ignore", "inherit"] });
    assert.equal(learned.status, 0, "match learn"); // so that pairs wait for the steward
  }
  await until("a pair waits for review", 300, async () => (await api(demo, "steward", "/api/v1/reviews")).reviews?.length > 0);
  let before = "", since = 0;
  await until("work orders stand still", 300, async () => {
    const now = JSON.stringify((await api(demo, "steward", "/api/v1/workorders?limit=1000")).orders.map((o) => [o.id, o.n, o.state]));
    if (now !== before) [before, since] = [now, Date.now()];
    return now !== "[]" && Date.now() - since > 12_000; // one round of inspection is 10 s
  });
}

/** Rig is one browser on one demo, with what it saw wrong. */
export class Rig {
  faults = [];
  looked = 0;

  static async open(demo, shots) {
    const rig = new Rig();
    rig.demo = demo;
    rig.shots = shots;
    rig.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
    return rig;
  }

  /** fresh is a page in a context of its own: it notes every request to outside and every error. */
  async fresh(lang, scheme, viewport = { width: 1280, height: 860 }) {
    const context = await this.browser.newContext({ viewport, colorScheme: scheme, locale: lang === "zh" ? "zh-CN" : "en", acceptDownloads: true });
    await context.addInitScript((l) => localStorage.setItem("lang", l), lang);
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    page.on("request", (r) => {
      const u = r.url();
      if (!u.startsWith(this.demo.url) && !u.startsWith("data:") && !u.startsWith("blob:")) this.faults.push(`request to outside: ${new URL(u).host}`);
    });
    // Chromium itself writes an answer of 4xx to the console; a wrong key and a file without a thing to see are answered so on purpose.
    page.on("console", (m) => m.type() === "error" && !/the server responded with a status of (401|404)/.test(m.text()) && this.faults.push(`console: ${m.text()}`));
    page.on("pageerror", (e) => this.faults.push(`page: ${e.message}`));
    return page;
  }

  /** stands waits until the page shows what its address says, and nothing on it is still being read. */
  async stands(page) {
    await page.waitForFunction(() => document.querySelector("main")?.dataset.route === location.hash && document.querySelector("main").ariaBusy !== "true" && !document.querySelector(".loading"));
  }

  async look(page, what) {
    await this.stands(page);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const v of violations) if (v.impact === "serious" || v.impact === "critical") this.faults.push(`axe ${what}: ${v.id}: ${v.nodes.length} × ${v.nodes[0].target} ${v.nodes[0].failureSummary.slice(0, 200)}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 1) this.faults.push(`${what}: the page is ${wide} px wider than the window`);
    this.looked++;
  }

  async shot(page, name) {
    if (this.shots) await page.screenshot({ path: join(this.shots, `${name}.png`) });
  }

  async signIn(page, role) {
    const key = this.demo.keys[role];
    await page.goto(`${this.demo.url}/console/#/signin`);
    await page.locator("input[name=key]").fill(key);
    await page.locator("button[type=submit]").click();
    await page.locator(".who").waitFor();
    assert.ok(!page.url().includes(key), "a key stands in the address");
  }

  /** go opens a part of a page, waits until it stands and has what it should show, and looks at it. */
  async go(page, hash, wanted) {
    await page.evaluate((h) => { location.hash = h; }, hash);
    await this.stands(page);
    await page.locator(wanted).first().waitFor();
    await this.look(page, hash);
  }
}
