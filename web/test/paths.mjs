// The main path of each role. A list is named ([data-list=…]) so that a step never meets another list's rows; a click is on a row whose list
// stands still; after each act the step waits for what the act brings.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { api } from "./rig.mjs";

const list = (page, name) => page.locator(`[data-list=${name}]`);
/** row is a list's first row with the text, or its first one. */
const row = (page, name, hasText) => list(page, name).locator("tbody tr", hasText ? { hasText } : {}).first();
const seen = (locator) => locator.first().waitFor();

/** anEntity is the id of somebody of whom a work order is. */
const anEntity = async (rig) => (await api(rig.demo, "steward", "/api/v1/workorders?limit=1000")).orders.find((o) => o.library === "person").entity;

/** aNumber is the number of somebody alive with a driving licence in force, neither of them doubted. */
function aNumber({ program, data }) {
  const text = `SELECT citizen_number FROM base.person WHERE person_status = '1' AND isNotNull(name) AND empty(doubted) AND citizen_number IN
    (SELECT holder_code FROM base.certificate WHERE type_code = '11100000000013338W011' AND status = '01' AND valid_to > today() + 30 AND has(feeds, 'police.driver') AND empty(doubted)) ORDER BY citizen_number LIMIT 1`;
  const asked = spawnSync(program, ["sql", "--data", data, "--json", text], { encoding: "utf8" });
  return JSON.parse(asked.stdout.trim().split("\n")[0]).citizen_number;
}

export const paths = {
  async overview(rig, page) {
    await page.goto(`${rig.demo.url}/console/`);
    await page.locator(".library .figure").nth(4).waitFor();
    await seen(page.locator("figure svg"));
    await rig.look(page, "overview");
    await rig.shot(page, "overview");
    await page.locator("header nav a[href='#/steward']").click();
    await page.locator("input[name=key]").waitFor();
    await rig.look(page, "signin");
    await page.locator("input[name=key]").fill("wk.wrong.key");
    await page.keyboard.press("Enter");
    await page.locator("[role=alert]").waitFor();
    await rig.look(page, "wrong key");
  },
  async steward(rig, page) {
    await rig.signIn(page, "steward");
    await rig.go(page, "#/steward/findings", "[data-list=findings] td a");
    await list(page, "findings").locator("th button").first().click();
    await list(page, "findings").locator("th[aria-sort=ascending]").waitFor();
    assert.ok(page.url().includes("findings.sort=rule"), "the order does not stand in the address");
    await rig.go(page, "#/steward/findings?library=person&findings.sort=rule", ".chips button");
    await row(page, "findings").locator("a").click();
    await seen(list(page, "values").locator("button.link"));
    await list(page, "values").locator("button.link").first().focus();
    await page.keyboard.press("Enter");
    await seen(page.locator(".tag.good"));
    if (await page.locator("[data-act=walk]").count()) await page.locator("[data-act=walk]").click();
    await rig.look(page, "entity");
    await rig.shot(page, "steward");
    await rig.go(page, "#/steward/catalog?library=organisation", "[data-list=elements] td code");
    await this.pair(rig, page);
    await this.proposal(rig, page);
    await this.deciding(rig, page);
    await rig.go(page, "#/steward/feedback", ".empty, table");
    await rig.go(page, "#/steward/emergency", "select[name=department]");
    await rig.go(page, "#/steward/matters?matter=exam_registration", "[data-list=materials] td");
    await rig.go(page, "#/steward/savings", ".empty, table");
    await rig.go(page, "#/steward/cases", ".empty, table");
    await rig.go(page, "#/steward/workorders", "[data-list=workorders] td a");
    await rig.go(page, "#/steward/warnings", "[data-list=warnings] td button");
    await row(page, "warnings").locator("button").first().click(); // 研判: of use
    await seen(list(page, "precision").locator("td", { hasText: /^100 %$/ }));
    await rig.look(page, "warnings");
    await rig.go(page, "#/steward/quarantine", "[data-list=quarantine] td button");
    await rig.go(page, "#/steward/scorecard", "[data-list=scorecards] td button");
    await row(page, "scorecards").locator("button").click();
    await seen(list(page, "figures").locator("td code"));
    await rig.look(page, "score");
    await rig.go(page, "#/steward/rules", ".empty, [data-list=rules] td a"); // its figures are kept for 20 s: just after a load there may be none
    await rig.go(page, "#/steward/find", "select[name=scheme]");
  },
  async pair(rig, page) {
    await rig.go(page, "#/steward/reviews", "[data-list=reviews] td button");
    await row(page, "reviews").locator("button").click();
    await page.locator("table.pair tbody tr").nth(1).waitFor();
    await page.locator("input[name=reason]").fill("同音字核对");
    await rig.look(page, "pair");
    await page.locator("table.pair button:enabled").first().click();
    await seen(page.locator(".timeline li[data-kind=revealed]"));
    await rig.shot(page, "review");
    await page.locator("[data-act=same]").click();
    await page.locator("[data-act=undo]").waitFor();
    await rig.look(page, "pair decided");
    await page.locator("[data-act=undo]").click();
    await seen(page.locator(".timeline li[data-kind=revoked]"));
  },
  async proposal(rig, page) {
    const proposal = await api(rig.demo, "operator", "/api/v1/catalog/restorations", { revision: 1, reason: "browser test" });
    await rig.go(page, `#/steward/proposals?proposal=${proposal.id}`, "input[name=vote]");
    await page.locator("[data-act=rehearse]").click();
    await seen(page.locator("section[aria-label=预演] .empty, [data-list=rehearsed], [data-list=predicted]"));
    await page.locator("input[name=vote]").fill("已核对");
    await page.locator("[data-act=approve]").click();
    await seen(page.locator("ol.plain li", { hasText: "demo-steward" }));
    await rig.look(page, "proposal");
  },
  async deciding(rig, page) {
    const { id } = await api(rig.demo, "service", "/api/v1/applications", { title: "入学核验", reason: "核验入学条件", terms: { library: "person", operations: ["verify"], purposes: ["enrolment"], columns: { name: "verify" }, basis: "义务教育法" } }, { "Idempotency-Key": "console-deciding" });
    await rig.go(page, `#/steward/applications?application=${id}`, "[data-list=terms] td");
    await page.locator("textarea[name=risktext]").fill("只核验是否一致,不返回任何值。");
    await page.locator("[data-act=assess]").click();
    await page.locator("input[name=decide]").fill("依据充分");
    await page.locator("[data-act=approve]").click();
    await seen(page.locator("ol.plain li", { hasText: "依据充分" }));
    await rig.look(page, "application decided by one");
    await rig.shot(page, "application");
    return id;
  },
  async second(rig, page) {
    const { applications } = await api(rig.demo, "steward", "/api/v1/applications?limit=1000");
    const { id } = applications.find((a) => a.application.title === "入学核验");
    await rig.go(page, `#/department/applications?application=${id}`, "[data-list=terms] td");
    await page.locator("input[name=decide]").fill("同意");
    await page.locator("[data-act=approve]").click();
    await seen(list(page, "applications").locator("tr", { hasText: "入学核验" }).locator(".tag.good"));
    await rig.look(page, "application granted");
  },
  async emergency(rig, page) {
    await rig.go(page, "#/department/emergency", "textarea[name=text]");
    await page.locator("textarea[name=text]").fill("登记号,身份证号,姓名,备注\n1,11010519491231002X,甲,临时\n2,440524188001010014,乙,临时\n");
    await page.locator("input[name=name]").fill("police.shelter");
    await page.locator("input[name=zh]").fill("安置点登记");
    await page.locator("[data-act=guess]").click();
    await seen(list(page, "guess").locator("td code", { hasText: "citizen_number" }));
    await page.locator("input[name=urgent]").fill("汛情转移安置");
    await rig.look(page, "emergency feed");
    await rig.shot(page, "emergency");
    await page.locator("[data-act=propose]").click();
    await seen(page.locator(".ok"));
  },
  async department(rig, page) {
    await rig.signIn(page, "department");
    await rig.go(page, "#/department/feeds", "[data-list=feeds] td a");
    await row(page, "feeds").locator("a").first().click();
    const records = page.locator("textarea[name=records]");
    await records.fill("{");
    await seen(page.locator(".tag.bad"));
    await records.fill('{"NOT_IN_CONTRACT": 1}');
    await page.locator(".tag.bad").nth(1).waitFor();
    await page.locator("[data-act=try]").click(); // the server judges it: refused, with the reason
    await seen(list(page, "problems").locator("td", { hasText: /^(message|value)\./ }));
    await page.locator("[data-act=publish]").click();
    await seen(page.locator(".ok", { hasText: /r[0-9a-f]{16}/ }));
    await rig.look(page, "feed");
    await rig.shot(page, "department");
    await rig.go(page, "#/department/receipts", "[data-list=receipts] td button");
    await row(page, "receipts").locator("button").click();
    await seen(page.locator("h3", { hasText: /^r[0-9a-f]{16}/ }));
    await rig.go(page, "#/department/quarantine", "[data-list=quarantine] td button");
    await row(page, "quarantine").locator("button").click();
    await seen(page.locator("section pre")); // its own message, whole
    await page.locator("[data-act=retry]").click();
    await seen(page.locator(".notice"));
    await rig.look(page, "quarantine message");
    await rig.go(page, "#/department/findings", ".empty, table");
    await rig.go(page, "#/department/workorders", "[data-list=workorders] td a");
    await row(page, "workorders").locator("a").click();
    await page.locator("[data-act=ack]").click();
    await page.locator("[data-act=ack]").waitFor({ state: "detached" });
    await page.locator("textarea[name=note]").fill("来源记录无误");
    await page.locator("textarea[name=evidence]").fill("苏公户〔2026〕12号");
    await rig.look(page, "order");
    await rig.shot(page, "workorder");
    await page.locator("[data-act=dispute]").click();
    await seen(page.locator(".timeline li[data-action=dispute]"));
    await rig.look(page, "order disputed");
    await this.second(rig, page);
    await this.emergency(rig, page);
    await rig.go(page, "#/department/cases", ".empty, table");
    await rig.go(page, "#/department/savings", ".empty, table");
    await rig.go(page, "#/department/scorecard", "[data-list=figures] td code");
    await rig.shot(page, "scorecard");
  },
  async service(rig, page) {
    await rig.signIn(page, "service");
    await rig.go(page, "#/service/find", "[data-list=data] td code");
    await page.locator("input[name=catalog]").fill("xingming");
    await seen(list(page, "hits").locator("td code", { hasText: "person.name" }));
    await rig.look(page, "search");
    await list(page, "data").locator("input[type=search]").fill("name");
    await list(page, "data").locator("a[href$='library=person&element=name']").click();
    await page.locator("input[name=purpose]").fill("console-test");
    await page.locator("input[name=basis]").fill("政府信息共享办法 12");
    await page.locator("input[name=title]").fill("browser test");
    await page.locator("textarea[name=reason]").fill("to see that an application is filed");
    await page.locator("form button[type=submit]").click();
    await page.locator(".ok a").waitFor();
    await rig.look(page, "apply");
    await page.locator(".ok a").click();
    await seen(list(page, "applications").locator("td", { hasText: "browser test" }));
    await rig.look(page, "grants");
    await rig.shot(page, "service");
    await row(page, "applications", "入学核验").locator("[data-act=key]").click();
    await seen(page.locator("pre", { hasText: /^wk\./ }));
    await this.doubt(rig, page);
    await rig.go(page, "#/service/usage", ".empty, table");
    await rig.go(page, "#/service/changes?library=place", ".empty, table");
    await rig.go(page, "#/service/matters", "[data-list=matters] td button");
    await row(page, "matters", "驾驶证").locator("button").click();
    await seen(list(page, "materials").locator("td", { hasText: "须提交" }));
    await rig.look(page, "matter");
    await this.counter(rig, page);
    await rig.go(page, "#/service/demands", "input[name=title]");
    await page.locator("input[name=title]").fill("学位数");
    await page.locator("textarea[name=text]").fill("每校每年的学位数");
    await page.locator("input[name=purpose]").fill("学区规划");
    await page.locator("form button[type=submit]").click();
    await seen(list(page, "demands").locator("td strong", { hasText: "学位数" }));
  },
  async doubt(rig, page) {
    await rig.go(page, "#/service/feedback", "input[name=value]");
    const grant = page.locator("select[name=grant]");
    await grant.selectOption({ label: (await grant.locator("option", { hasText: "人口库" }).first().textContent()) });
    await page.locator("input[name=value]").fill(aNumber(rig.demo));
    if (await page.locator("input[name=case]").count()) await page.locator("input[name=case]").fill("JS-2026-1");
    await page.locator("textarea[name=reason]").fill("与当事人出示的证件不一致");
    await page.locator("form button[type=submit]").click();
    await seen(list(page, "feedback").locator("td", { hasText: "不一致" }));
    await rig.look(page, "feedback");
  },
  async counter(rig, page) {
    await rig.go(page, "#/service/cases?matter=driving_licence_renewal", "input[name=party-applicant]");
    const number = aNumber(rig.demo);
    await page.locator("input[name=party-applicant]").fill(number);
    await page.locator("form button[type=submit]").click();
    await seen(list(page, "proofs").locator("td .tag", { hasText: "已证明" }));
    await rig.look(page, "proofs");
    await rig.shot(page, "case");
    assert.ok(!page.url().includes(number), "whose case it is stands in the address");
    await page.locator("section p a[href*='service/case/']").first().click();
    await seen(page.locator("td", { hasText: "请提交身体条件证明" }));
    await page.locator("label.check", { hasText: "身体条件证明" }).locator("input").first().check();
    await page.locator("input[name=reason]").fill("体检合格");
    await rig.look(page, "case");
    await page.locator("[data-act=approve]").click();
    await seen(page.locator(".timeline li", { hasText: "准予" }));
    await page.locator("input[name=reason]").fill("证号有误");
    await page.locator("[data-act=appeal]").click();
    await seen(page.locator(".timeline li", { hasText: "证号有误" }));
    await rig.look(page, "case appealed");
  },
  async auditor(rig, page) {
    await rig.signIn(page, "auditor");
    await rig.go(page, "#/auditor/log", "[data-list=log] td .tag");
    await list(page, "log").locator("td button").last().click();
    await page.locator("pre").nth(1).waitFor();
    await rig.look(page, "proof");
    await rig.shot(page, "auditor");
    await rig.go(page, "#/auditor/readers", "input[name=value]");
    const id = await anEntity(rig);
    await page.locator("input[name=value]").fill(id);
    await page.locator("input[name=reason]").fill("申请 2026-12");
    await page.locator("button[type=submit]").click();
    await seen(page.locator("td, .empty"));
    await rig.look(page, "readers");
    assert.ok(!page.url().includes(id), "whom somebody asked about stands in the address");
    await rig.go(page, "#/auditor/recalls", ".empty, table");
    await rig.go(page, "#/auditor/sharing", "td");
  },
  async planner(rig, page) {
    await rig.signIn(page, "planner");
    await rig.go(page, "#/planner?theme=people&layers=landuse", "[data-list=divisions] td");
    await page.locator(".map[data-ready=yes]").waitFor();
    await page.locator("input[name=year]").fill("2010");
    await page.waitForFunction(() => location.hash.includes("year=2010"));
    await page.locator("select[name=vs]").selectOption("1995");
    await rig.stands(page);
    await seen(list(page, "divisions").locator("th", { hasText: "1995" }));
    await rig.look(page, "two dates compared");
    await rig.shot(page, "compared");
    await rig.go(page, "#/planner?theme=people&level=2", "[data-list=divisions] td");
    await rig.go(page, "#/planner?theme=people&level=h3&layers=landuse", "[data-list=divisions] td");
    const point = async (x, y) => {
      const box = await page.locator(".map").boundingBox();
      const before = await page.evaluate(() => (location.hash.match(/draw=([^&]*)/)?.[1] ?? "").length);
      await page.mouse.click(box.x + box.width * x, box.y + box.height * y, { delay: 20 });
      await page.waitForFunction((n) => (location.hash.match(/draw=([^&]*)/)?.[1] ?? "").length > n, before);
    };
    await page.locator("[data-act=measure]").click();
    for (const [x, y] of [[0.4, 0.4], [0.5, 0.5]]) await point(x, y);
    await seen(page.locator("fieldset p[role=status]", { hasText: "公里" }));
    await page.locator("[data-act=clear]").click();
    await page.locator("select[name=level]").selectOption("3");
    await rig.stands(page);
    await page.locator("[data-act=draw]").click();
    for (const [x, y] of [[0.3, 0.3], [0.6, 0.3], [0.6, 0.7], [0.3, 0.7]]) await point(x, y);
    await page.keyboard.press("Escape");
    await page.locator("[data-act=overlay]").click();
    await seen(page.locator("fieldset .ranks, fieldset .empty"));
    await page.locator("[data-act=count]").click();
    await seen(page.locator(".counted, .failed"));
    await rig.look(page, "map");
    await rig.shot(page, "planner");
    await page.locator("input[name=view]").fill("我的视图");
    await page.locator("form button[type=submit]").click();
    await seen(page.locator("a", { hasText: "我的视图" }));
    const saved = page.waitForEvent("download");
    await page.locator("[data-act=picture]").click();
    assert.match((await saved).suggestedFilename(), /^map-.*\.png$/);
    const link = page.url();
    await page.reload(); // the link alone shows the view again, shape and all
    assert.equal(page.url(), link);
    await rig.stands(page);
    await seen(page.locator("[data-act=count]:enabled"));
  },
};
