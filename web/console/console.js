// The public overview: the five libraries in figures, through the public API. Everything is set as text, never as markup.
import { texts } from "./text.js";

const every = 10_000; // ms between two looks
const language = new URLSearchParams(location.search).get("lang");
let lang = language === "en" || language === "zh" ? language : (localStorage.getItem("lang") ?? "zh");
let last = null;

const byId = (id) => document.getElementById(id);

function element(name, className, text) {
  const e = document.createElement(name);
  e.className = className;
  e.textContent = text;
  return e;
}

function card(library, t) {
  const box = element("article", "library", "");
  const names = lang === "zh" ? [library.zh, library.en] : [library.en, library.zh];
  box.append(element("h2", "", names[0]), element("p", "other", names[1]));
  box.append(element("p", "count", library.entities.toLocaleString(t.lang)), element("p", "unit", t.entities));
  const facts = [[library.elements, t.elements], [library.feeds, t.feeds], [library.events, t.events]];
  box.append(element("p", "facts", facts.map(([n, unit]) => `${n.toLocaleString(t.lang)} ${unit}`).join(" · ")));
  const when = library.updated
    ? `${t.updated} ${new Date(library.updated).toLocaleString(t.lang, { timeZone: "Asia/Shanghai" })}`
    : t.never;
  box.append(element("p", "updated", when));
  return box;
}

function draw() {
  const t = texts[lang];
  document.documentElement.lang = t.lang;
  byId("language").textContent = t.other;
  for (const e of document.querySelectorAll("[data-text]")) e.textContent = t[e.dataset.text];
  if (!last) return;
  byId("catalog").textContent = lang === "zh" ? last.zh : last.name;
  byId("state").textContent = last.ready ? "" : t.starting;
  byId("libraries").replaceChildren(...last.libraries.map((l) => card(l, t)));
  byId("sources").textContent = t.sources(last.departments, last.feeds);
}

async function look() {
  try {
    const answer = await fetch("/api/v1/overview");
    if (!answer.ok) throw new Error(String(answer.status));
    last = await answer.json();
    draw();
  } catch {
    byId("state").textContent = texts[lang].failed;
  }
  setTimeout(look, every);
}

byId("language").addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem("lang", lang);
  draw();
});
draw();
look();
