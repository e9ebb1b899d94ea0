// Walks the six roles' pages in Chromium against a running demo: node test/browser.mjs PROGRAM [SHOTS]. It starts the program with a small
// demo in a directory of its own and ends it. Every page: nothing from outside, no error in the console, nothing serious in axe-core.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [program, shots] = process.argv.slice(2);
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

async function start() {
  if (process.env.WUKU_URL) return { url: process.env.WUKU_URL, keys: JSON.parse(readFileSync(process.env.WUKU_KEYS, "utf8")), stop: async () => {} };
  const data = mkdtempSync(join(tmpdir(), "wuku-console-"));
  const port = await new Promise((done) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program, ["up", "--data", data, "--http", `127.0.0.1:${port}`, "--demo", "300"], { stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise((done) => child.on("exit", done));
  const stop = async () => {
    child.kill("SIGINT");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  try {
    for (let i = 0; ; i++) {
      const ok = await fetch(`${url}/readyz`).then((r) => r.ok, () => false);
      if (ok) break;
      if (i > 600 || child.exitCode !== null) throw new Error("the demo did not become ready in 300 s");
      await sleep(500);
    }
    const learned = spawnSync(program, ["match", "learn", "--library", "person", "--data", data], { stdio: ["ignore", "ignore", "inherit"] });
    assert.equal(learned.status, 0, "match learn"); // so that pairs wait for the steward
    return { url, keys: JSON.parse(readFileSync(join(data, "demo-keys.json"), "utf8")), stop, data };
  } catch (e) {
    await stop();
    throw e;
  }
}

const demo = await start();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
const faults = [];
let looked = 0;

/** fresh is a page in a context of its own: it notes every request to outside and every error. */
async function fresh(lang, scheme) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: scheme, locale: lang === "zh" ? "zh-CN" : "en" });
  await context.addInitScript((l) => localStorage.setItem("lang", l), lang);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("request", (r) => {
    const u = r.url();
    if (!u.startsWith(demo.url) && !u.startsWith("data:") && !u.startsWith("blob:")) faults.push(`request to outside: ${new URL(u).host}`);
  });
  page.on("console", (m) => m.type() === "error" && !expected(m.text()) && faults.push(`console: ${m.text()}`));
  page.on("pageerror", (e) => faults.push(`page: ${e.message}`));
  return page;
}

// Chromium itself writes an answer of 4xx to the console; lists that an API does not have and a wrong key are answered so on purpose.
const expected = (text) => /the server responded with a status of (401|404)/.test(text);

async function look(page, what) {
  await page.locator(".loading").first().waitFor({ state: "detached" });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of violations) if (v.impact === "serious" || v.impact === "critical") faults.push(`axe ${what}: ${v.id}: ${v.nodes.length} × ${v.nodes[0].target} ${v.nodes[0].failureSummary.slice(0, 200)}`);
  looked++;
}

async function shot(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
}

async function signIn(page, role) {
  await page.goto(`${demo.url}/console/#/signin`);
  await page.locator("input[name=key]").fill(demo.keys[role]);
  await page.locator("button[type=submit]").click();
  await page.locator(".who").waitFor();
  assert.ok(!page.url().includes(demo.keys[role]), "a key stands in the address");
}

/** go opens a part of a page and waits until it has what it should show. */
async function go(page, hash, wanted) {
  await page.evaluate((h) => { location.hash = h; }, hash);
  await page.locator(wanted).first().waitFor();
  await look(page, hash);
}

/** pairs waits until matching has found pairs that a person must look at. */
async function pairs(page) {
  for (let i = 0; i < 60; i++) {
    const r = await fetch(`${demo.url}/api/v1/reviews`, { headers: { Authorization: `Bearer ${demo.keys.steward}` } }).then((r) => r.json());
    if (r.reviews?.length > 0) return;
    await page.waitForTimeout(1000);
  }
  throw new Error("no pair waits for review a minute after matching was learned");
}

/** anEntity is the id of somebody of whom a work order is. */
async function anEntity() {
  const r = await fetch(`${demo.url}/api/v1/workorders?limit=1000`, { headers: { Authorization: `Bearer ${demo.keys.steward}` } }).then((r) => r.json());
  return r.orders.find((o) => o.library === "person").entity;
}

/** aNumber is the number of somebody alive with a driving licence in force, neither of them doubted. */
function aNumber() {
  const text = `SELECT citizen_number FROM base.person WHERE person_status = '1' AND isNotNull(name) AND empty(doubted) AND citizen_number IN
    (SELECT holder_code FROM base.certificate WHERE type_code = '11100000000013338W011' AND status = '01' AND valid_to > today() + 30 AND has(feeds, 'police.driver') AND empty(doubted)) ORDER BY citizen_number LIMIT 1`;
  const asked = spawnSync(program, ["sql", "--data", demo.data, "--json", text], { encoding: "utf8" });
  return JSON.parse(asked.stdout.trim().split("\n")[0]).citizen_number;
}

const paths = {
  async overview(page) {
    await page.goto(`${demo.url}/console/`);
    await page.locator(".library .figure").nth(4).waitFor();
    await page.locator("figure svg").first().waitFor();
    await look(page, "overview");
    await shot(page, "overview");
    await page.locator("header nav a").nth(4).click();
    await page.locator("input[name=key]").waitFor();
    await look(page, "signin");
    await page.locator("input[name=key]").fill("wk.wrong.key");
    await page.keyboard.press("Enter");
    await page.locator("[role=alert]").waitFor();
    await look(page, "wrong key");
  },
  async steward(page) {
    await signIn(page, "steward");
    await go(page, "#/steward/findings", "td a");
    await page.locator("th button").first().click();
    await page.locator("th[aria-sort=ascending]").waitFor();
    assert.ok(page.url().includes("findings.sort=rule"), "the order does not stand in the address");
    await go(page, "#/steward/findings?library=person&findings.sort=rule", ".chips button");
    await page.locator("td a").first().click();
    await page.locator("button.link").first().waitFor();
    await page.locator("button.link").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".tag.good").first().waitFor();
    await look(page, "entity");
    await shot(page, "steward");
    await go(page, "#/steward/catalog?library=organisation", "td code");
    await pairs(page);
    await go(page, "#/steward/reviews", "td button");
    await page.locator("td button").first().click();
    await page.locator("table.pair tbody tr").nth(1).waitFor();
    await page.locator("input[name=reason]").fill("同音字核对");
    await look(page, "pair");
    await page.locator("table.pair button:enabled").first().click();
    await page.locator(".timeline li", { hasText: "revealed" }).waitFor();
    await shot(page, "review");
    await page.locator("[data-act=same]").click();
    await page.locator("[data-act=undo]").waitFor();
    await look(page, "pair decided");
    await page.locator("[data-act=undo]").click();
    await page.locator(".timeline li", { hasText: "revoked" }).waitFor();
    const proposal = await fetch(`${demo.url}/api/v1/catalog/restorations`, { method: "POST", headers: { Authorization: `Bearer ${demo.keys.operator}`, "Content-Type": "application/json" }, body: JSON.stringify({ revision: 1, reason: "browser test" }) }).then((r) => r.json());
    await go(page, `#/steward/proposals?proposal=${proposal.id}`, "input[name=vote]");
    await page.locator("input[name=vote]").fill("已核对");
    await page.locator("[data-act=approve]").click();
    await page.locator("ol.plain li", { hasText: "demo-steward" }).waitFor();
    await look(page, "proposal");
    await go(page, "#/steward/matters?matter=exam_registration", "td code, table:nth-of-type(1) td");
    await go(page, "#/steward/savings", ".empty, table");
    await go(page, "#/steward/cases", ".empty, table");
    await go(page, "#/steward/workorders", "td a");
    await go(page, "#/steward/warnings", "td button");
    await page.locator("td button").first().click(); // 研判: of use
    await page.locator("td", { hasText: /^100 %$/ }).first().waitFor();
    await look(page, "warnings");
    await go(page, "#/steward/quarantine", "td button");
    await go(page, "#/steward/scorecard", "td button");
    await page.locator("td button").first().click();
    await page.locator("td code").first().waitFor();
    await look(page, "score");
    await go(page, "#/steward/rules", ".empty, td a"); // its figures are kept for 20 s: just after a load there may be none
    await go(page, "#/steward/find", "select[name=scheme]");
  },
  async department(page) {
    await signIn(page, "department");
    await go(page, "#/department/feeds", "td a");
    await page.locator("td a").first().click();
    const records = page.locator("textarea[name=records]");
    await records.fill("{");
    await page.locator(".tag.bad").waitFor();
    await records.fill('{"NOT_IN_CONTRACT": 1}');
    await page.locator(".tag.bad").nth(1).waitFor();
    await page.locator("[data-act=try]").click(); // the server judges it: refused, with the reason
    await page.locator("td", { hasText: "message." }).or(page.locator("td", { hasText: "value." })).first().waitFor();
    await page.locator("[data-act=publish]").click();
    await page.locator(".ok", { hasText: /r[0-9a-f]{16}/ }).waitFor();
    await look(page, "feed");
    await shot(page, "department");
    await go(page, "#/department/receipts", "td button");
    await page.locator("td button").first().click();
    await page.locator("h3", { hasText: /^r[0-9a-f]{16}/ }).waitFor();
    await go(page, "#/department/quarantine", "td button");
    await page.locator("td button").first().click();
    await page.locator("section pre").waitFor(); // its own message, whole
    await page.locator("[data-act=retry]").click();
    await page.locator(".notice").waitFor();
    await look(page, "quarantine message");
    await go(page, "#/department/findings", ".empty, table");
    await go(page, "#/department/workorders", "td a");
    await page.locator("td a").first().click();
    await page.locator("[data-act=ack]").click();
    await page.locator("[data-act=ack]").waitFor({ state: "detached" });
    await page.locator("textarea[name=note]").fill("来源记录无误");
    await page.locator("textarea[name=evidence]").fill("苏公户〔2026〕12号");
    await look(page, "order");
    await shot(page, "workorder");
    await page.locator("[data-act=dispute]").click();
    await page.locator(".timeline li[data-action=dispute]").waitFor();
    await look(page, "order disputed");
    await go(page, "#/department/cases", ".empty, table");
    await go(page, "#/department/savings", ".empty, table");
    await go(page, "#/department/scorecard", "td code");
    await shot(page, "scorecard");
  },
  async service(page) {
    await signIn(page, "service");
    await go(page, "#/service/find", "td code");
    await page.locator("input[name=catalog]").fill("xingming");
    await page.locator("td code", { hasText: "person.name" }).first().waitFor();
    await look(page, "search");
    await page.locator("input[name=catalog]").fill("");
    await page.locator("td code").first().waitFor();
    await page.locator("input[type=search]").nth(1).fill("name");
    await page.locator("a[href$='library=person&element=name']").first().click(); // the last search's hit may still stand above the list
    await page.locator("input[name=purpose]").fill("console-test");
    await page.locator("input[name=basis]").fill("政府信息共享办法 12");
    await page.locator("input[name=title]").fill("browser test");
    await page.locator("textarea[name=reason]").fill("to see that an application is filed");
    await page.locator("form button[type=submit]").click();
    await page.locator(".ok a").waitFor();
    await look(page, "apply");
    await page.locator(".ok a").click();
    await page.locator("pre").first().waitFor();
    await look(page, "grants");
    await shot(page, "service");
    await go(page, "#/service/usage", ".empty, table");
    await go(page, "#/service/changes?library=place", ".empty, table");
    await go(page, "#/service/matters", "td button");
    await page.locator("td button", { hasText: "驾驶证" }).click();
    await page.locator("td", { hasText: "须提交" }).first().waitFor();
    await look(page, "matter");
    await go(page, "#/service/cases?matter=driving_licence_renewal", "input[name=party-applicant]");
    const number = aNumber();
    await page.locator("input[name=party-applicant]").fill(number);
    await page.locator("form button[type=submit]").click();
    await page.locator("td .tag", { hasText: "已证明" }).first().waitFor();
    await look(page, "proofs");
    await shot(page, "case");
    assert.ok(!page.url().includes(number), "whose case it is stands in the address");
    await page.locator("section p a[href*='service/case/']").click();
    await page.locator("td", { hasText: "请提交身体条件证明" }).waitFor();
    await page.locator("label.check", { hasText: "身体条件证明" }).locator("input").check();
    await page.locator("input[name=reason]").fill("体检合格");
    await look(page, "case");
    await page.locator("[data-act=approve]").click();
    await page.locator(".timeline li", { hasText: "准予" }).waitFor();
    await page.locator("input[name=reason]").fill("证号有误");
    await page.locator("[data-act=appeal]").click();
    await page.locator(".timeline li", { hasText: "证号有误" }).waitFor();
    await look(page, "case appealed");
    await go(page, "#/service/demands", "input[name=title]");
    await page.locator("input[name=title]").fill("学位数");
    await page.locator("textarea[name=text]").fill("每校每年的学位数");
    await page.locator("input[name=purpose]").fill("学区规划");
    await page.locator("form button[type=submit]").click();
    await page.locator("td strong", { hasText: "学位数" }).waitFor();
  },
  async auditor(page) {
    await signIn(page, "auditor");
    await go(page, "#/auditor/log", "td .tag");
    await page.locator("td button").last().click();
    await page.locator("pre").nth(1).waitFor();
    await look(page, "proof");
    await shot(page, "auditor");
    await go(page, "#/auditor/readers", "input[name=value]");
    const id = await anEntity();
    await page.locator("input[name=value]").fill(id);
    await page.locator("input[name=reason]").fill("申请 2026-12");
    await page.locator("button[type=submit]").click();
    await page.locator("td, .empty").first().waitFor();
    await look(page, "readers");
    assert.ok(!page.url().includes(id), "whom somebody asked about stands in the address");
    await go(page, "#/auditor/recalls", ".empty, table");
    await go(page, "#/auditor/sharing", "td");
  },
  async planner(page) {
    await signIn(page, "planner");
    await go(page, "#/planner?theme=people&layers=landuse", "td");
    const map = page.locator(".map[data-ready=yes]");
    await map.waitFor();
    const box = await map.boundingBox();
    for (const [x, y] of [[0.1, 0.15], [0.85, 0.15], [0.85, 0.9], [0.1, 0.9]]) await page.mouse.click(box.x + box.width * x, box.y + Math.min(box.height, 520) * y, { delay: 20 });
    await page.locator(".side-panel button.main:enabled").click();
    await page.locator(".groups, .failed").first().waitFor();
    await look(page, "map");
    await shot(page, "planner");
  },
};

if (shots) mkdirSync(shots, { recursive: true });
try {
  for (const [role, walk] of Object.entries(paths)) {
    const began = Date.now();
    const page = await fresh("zh", "light");
    await walk(page);
    await page.context().close();
    console.log(`${role}: ${Date.now() - began} ms`);
  }
  // English and the dark: the first view of every page, no Chinese left in what the console itself says.
  const page = await fresh("en", "dark");
  await page.goto(`${demo.url}/console/`);
  await page.locator(".library .figure").nth(4).waitFor();
  await look(page, "overview en");
  for (const role of ["steward", "department", "service", "auditor", "planner"]) {
    await signIn(page, role);
    await go(page, `#/${role}`, "h1");
    await page.locator(".empty, td").first().waitFor();
    const said = await page.locator("h1, .tabs, .card > h2, .card > h2 + p.soft:not(.answer), th, header nav, .field > span").allInnerTexts();
    for (const s of said) if (/\p{Script=Han}/u.test(s.replace("五库", ""))) faults.push(`${role}: Chinese in English: ${s.slice(0, 60)}`);
    await page.locator(".side button").last().click();
  }
} catch (e) {
  faults.push(e.stack ?? String(e));
} finally {
  await browser.close();
  await demo.stop();
}
if (faults.length > 0) {
  console.error([...new Set(faults)].join("\n"));
  process.exit(1);
}
console.log(`console: ${looked} views in Chromium, nothing from outside, no error, nothing serious in axe-core`);
