// Walks the six roles' pages in Chromium: node test/browser.mjs PROGRAM [SHOTS]. It starts the program with a small demo in a directory of its
// own and ends it. Every page: nothing from outside, no error in the console, nothing serious in axe-core, no wider than the window.
import { mkdirSync } from "node:fs";
import { paths } from "./paths.mjs";
import { Rig, settled, start } from "./rig.mjs";

const [program, shots] = process.argv.slice(2);
const demo = await start(program, process.env.PEOPLE ?? 300);
let rig;
const faults = [];
try {
  await settled(demo);
  rig = await Rig.open(demo, shots);
  if (shots) mkdirSync(shots, { recursive: true });
  for (const role of ["overview", "steward", "department", "service", "auditor", "planner"]) {
    if (process.env.ONLY && process.env.ONLY !== role) continue;
    const began = Date.now();
    const page = await rig.fresh("zh", "light");
    try {
      await paths[role](rig, page);
    } catch (e) {
      if (shots) await page.screenshot({ path: `${shots}/failed.png` });
      throw new Error(`${role}, at ${page.url()}`, { cause: e });
    }
    await page.context().close();
    console.log(`${role}: ${Date.now() - began} ms`);
  }
  await english(rig);
} catch (e) {
  faults.push(e.cause?.stack ?? "", e.stack ?? String(e));
} finally {
  faults.push(...(rig?.faults ?? []));
  await rig?.browser.close();
  await demo.stop();
}
if (faults.length > 0) {
  console.error([...new Set(faults)].join("\n"));
  process.exit(1);
}
console.log(`console: ${rig.looked} views in Chromium, nothing from outside, no error, nothing serious in axe-core`);

/** english sees the first view of every page in English, dark, on a wall's screen: no Chinese is left in what the console itself says. */
async function english(rig) {
  const page = await rig.fresh("en", "dark", { width: 1920, height: 1080 });
  await page.goto(`${rig.demo.url}/console/`);
  await page.locator(".library .figure").nth(4).waitFor();
  await rig.look(page, "overview en");
  await rig.shot(page, "wall");
  for (const role of ["steward", "department", "service", "auditor", "planner"]) {
    await rig.signIn(page, role);
    await rig.go(page, `#/${role}`, ".empty, td");
    const said = await page.locator("h1, .tabs, .card > h2, .card > h2 + p.soft:not(.answer), th, header nav, .field > span").allInnerTexts();
    for (const s of said) if (/\p{Script=Han}/u.test(s.replace("五库", ""))) rig.faults.push(`${role}: Chinese in English: ${s.slice(0, 60)}`);
    await page.locator("[data-act=signout]").click();
    await page.locator(".side a[href='#/signin']").waitFor();
  }
  await page.context().close();
}
