// The planner: the whole window is the map; what is shown stands in the address, so that a link shows it again. Figures on the divisions of
// any year or by cells, two dates compared, a shape drawn and counted, lengths measured.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Problem, call, type Who } from "./api";
import { route, setQuery, useApi } from "./hooks";
import { Legend, MapView, changeOf, colours, layers, scaleOf, type Shown, type Spot } from "./map";
import { Ranks } from "./charts";
import { Copy, Empty, Failed, Field, Show, Table, save } from "./ui";
import { half, name, number, t, tell } from "./text";
import { Forecasts, Warnings } from "./warnings";

type Division = { code: string; name: string; count?: number | null; from?: number | null; to?: number | null; change?: number | null };
type Answer = {
  total: number | null; groups: { key: string; zh: string; en?: string; count: number | null }[]; shape: GeoJSON.Geometry; area: number; cells: number; withheld: number; least: number; rounding: number;
  budget: { limit: number; left: number }; version: { id: number; made: string };
};
type Parts = { parts: { layer: string; zh: string; land_use?: string; area: number; share: number }[] };
const first = 1981;
const thisYear = new Date().getFullYear();
const themes = ["people", "households", "employers", "employees"];

/** spots reads a line of points as the address has it. */
const spots = (text: string | null): Spot[] => (text ?? "").split(";").map((s) => s.split(",").map(Number)).filter((s) => s.length === 2 && s.every(Number.isFinite)) as Spot[];

export function PlannerPage(p: { path: string[]; who: Who | undefined }) {
  const q = route().query;
  const theme = themes.includes(q.get("theme") ?? "") ? q.get("theme")! : "people";
  const [year, against, level] = [q.get("year") ?? "", q.get("vs") ?? "", q.get("level") ?? "3"];
  const grid = level === "h3" && theme === "people" && !against;
  const on = (q.get("layers") ?? "").split(",").filter(Boolean);
  const to = year || String(thisYear);
  const at = new URLSearchParams({ theme, level: level === "2" ? "2" : "3", ...(against ? { from: against, to } : year ? { year } : {}) });
  const figures = useApi<{ divisions: Division[]; note?: string }>(`/api/v1/space/${against ? "change" : "divisions"}?${at}`);
  const drawing = useMemo(() => spots(q.get("draw")), [q.get("draw")]);
  const [mode, setMode] = useState<"" | "draw" | "measure">("");
  const [answer, setAnswer] = useState<Answer>();
  const map = useRef<import("maplibre-gl").Map | undefined>(undefined);
  const may = p.who?.role === "planner" || p.who?.role === "steward";
  const figure = (d: Division) => (against ? d.change : d.count);
  const shown = useMemo<Shown>(() => {
    const known = (figures.data?.divisions ?? []).filter((d) => d.code && typeof figure(d) === "number");
    const values = known.map((d) => figure(d)!);
    // Boundaries are of counties: at the level of prefectures each county has its prefecture's colour.
    const digits = level === "2" ? 4 : 6;
    return { grid, digits, scale: against ? changeOf(values) : scaleOf(values), figures: new Map(known.map((d) => [d.code.slice(0, digits), figure(d)!])) };
  }, [figures.data, grid, level, against]);
  const draw = (list: Spot[]) => {
    setAnswer(undefined);
    setQuery({ draw: list.map((s) => s.map((n) => n.toFixed(4)).join(",")).join(";") || undefined });
  };
  useEffect(() => {
    const escape = (e: KeyboardEvent) => e.key === "Escape" && setMode("");
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, []);
  const title = `${t(theme)} · ${against ? `${against} → ${to}` : year || t("asOfNow")}`;
  return (
    <div class="planner">
      <MapView layers={on} shown={shown} drawing={drawing} closed={mode !== "measure"} shape={answer?.shape} onPoint={mode ? (s) => draw([...drawing, s]) : undefined} hold={(m) => (map.current = m)} />
      <aside class="panel left" aria-label={t("layersAndTheme")} tabIndex={0}>
        <h1>{t("planner")}</h1>
        <Field label={t("theme")}><select name="theme" value={theme} onChange={(e) => setQuery({ theme: e.currentTarget.value })}>{themes.map((x) => <option value={x}>{t(x)}</option>)}</select></Field>
        <Field label={t("byWhat")}><select name="level" value={grid ? "h3" : level === "2" ? "2" : "3"} onChange={(e) => setQuery({ level: e.currentTarget.value })}><option value="3">{t("byCounty")}</option><option value="2">{t("byCity")}</option>{theme === "people" && !against && <option value="h3">{t("byCells")}</option>}</select></Field>
        <Years year={year} loading={figures.data === undefined} />
        <Field label={t("compareWith")}><select name="vs" value={against} onChange={(e) => setQuery({ vs: e.currentTarget.value || undefined, year: e.currentTarget.value && !year ? String(thisYear - 1) : q.get("year") ?? undefined })}><option value="">–</option>{Array.from({ length: thisYear - first }, (_, i) => String(thisYear - 1 - i)).map((y) => <option value={y}>{tell("asOfYear", y)}</option>)}</select></Field>
        <Legend title={title} shown={shown} />
        <Draw may={may} mode={mode} setMode={setMode} drawing={drawing} draw={draw} centre={() => { const c = map.current?.getCenter(); if (c) draw([...drawing, [c.lng, c.lat]]); }} theme={theme} year={year} answer={answer} setAnswer={setAnswer} />
        <fieldset><legend>{t("layers")}</legend>{layers.map((l) => <label class="check"><input type="checkbox" checked={on.includes(l)} onChange={(e) => setQuery({ layers: (e.currentTarget.checked ? [...on, l] : on.filter((x) => x !== l)).join(",") || undefined })} /><i class="swatch" style={{ background: colours[l] }} />{t(`layer_${l}`)}</label>)}</fieldset>
        <Views picture={() => map.current?.getCanvas().toBlob((b) => b && save("map.png", b))} />
      </aside>
      <aside class="panel right" aria-label={t("results")} tabIndex={0}>
        <h2>{title} · {t(level === "2" ? "byCity" : "byCounty")}</h2>
        <Show of={figures}>{(d) => <Figures list={d.divisions} note={d.note} against={against} to={to} />}</Show>
        <details><summary>{t("forecasts")}</summary><Forecasts theme={theme} /></details>
        {may && <details><summary>{t("warnings")}</summary><Warnings /></details>}
      </aside>
    </div>
  );
}

/** Figures are the divisions as a chart of the greatest ones and a list of all. */
function Figures(p: { list: Division[]; note: string | undefined; against: string; to: string }) {
  const value = (d: Division) => (p.against ? d.change : d.count);
  const say = (n: number | null | undefined) => (typeof n === "number" ? number(n) : t("fewerThanTen"));
  const known = p.list.filter((d) => d.code && typeof value(d) === "number");
  const most = [...known].sort((a, b) => Math.abs(value(b)!) - Math.abs(value(a)!)).slice(0, 12);
  return (
    <>
      <Ranks title={t("greatest")} rows={most.map((d) => ({ name: short(d.name), value: value(d)! }))} />
      <Table name="divisions" rows={p.list} empty={t("noFigures")} columns={[
        { id: "name", title: t("name"), value: (x) => x.name, cell: (x) => <span title={x.code}>{short(x.name)}</span> }, ...(p.against ? [] : [{ id: "code", title: t("division"), value: (x: Division) => x.code }]),
        ...(p.against ? [
          { id: "from", title: p.against, value: (x: Division) => x.from ?? -1, cell: (x: Division) => say(x.from) }, { id: "to", title: p.to, value: (x: Division) => x.to ?? -1, cell: (x: Division) => say(x.to) },
          { id: "change", title: t("change"), value: (x: Division) => x.change ?? 0, cell: (x: Division) => (typeof x.change === "number" && x.change > 0 ? `+${number(x.change)}` : say(x.change)) },
        ] : [{ id: "count", title: t("count"), value: (x: Division) => x.count ?? -1, cell: (x: Division) => say(x.count) }]),
      ]} />
      {p.note && <p class="soft">{half(p.note)}</p>}
    </>
  );
}

/** short leaves out the province that every name begins with. */
const short = (s: string) => s.replace(/(^|、)[^、]{2,3}省(?=.)/g, "$1");

/** Years is the slider over the years; it moves by itself when told to, a year at a time, each when the last one stands. */
function Years(p: { year: string; loading: boolean }) {
  const [at, setAt] = useState(Number(p.year) || thisYear);
  const [plays, setPlays] = useState(false);
  const choose = (y: number) => {
    setAt(y);
    setQuery({ year: y >= thisYear ? undefined : String(y) });
  };
  useEffect(() => setAt(Number(p.year) || thisYear), [p.year]);
  useEffect(() => {
    if (!plays || p.loading) return;
    if (at >= thisYear) return setPlays(false);
    const timer = setTimeout(() => choose(at + 1), 700);
    return () => clearTimeout(timer);
  }, [plays, p.loading, at]);
  return (
    <div class="years">
      <Field label={at >= thisYear ? t("asOfNow") : tell("asOfYear", String(at))}>
        <input type="range" name="year" min={first} max={thisYear} step={1} value={at} aria-valuetext={at >= thisYear ? t("asOfNow") : String(at)} onInput={(e) => setAt(Number(e.currentTarget.value))} onChange={(e) => choose(Number(e.currentTarget.value))} />
      </Field>
      <span class="ends soft"><span>{first}</span><span>{t("asOfNow")}</span></span>
      <button type="button" data-act="play" aria-pressed={plays} onClick={() => { if (!plays && at >= thisYear) choose(thisYear - 20); setPlays(!plays); }}>{plays ? `❚❚ ${t("pause")}` : `▶ ${t("play")}`}</button>
    </div>
  );
}

const metres = ([x, y]: Spot, [u, v]: Spot) => {
  const r = Math.PI / 180;
  const h = Math.sin(((v - y) * r) / 2) ** 2 + Math.cos(y * r) * Math.cos(v * r) * Math.sin(((u - x) * r) / 2) ** 2;
  return 2 * 6371008.8 * Math.asin(Math.sqrt(h));
};
const length = (list: Spot[]) => list.slice(1).reduce((sum, s, i) => sum + metres(list[i]!, s), 0);

function Draw(p: { may: boolean; mode: string; setMode: (m: "" | "draw" | "measure") => void; drawing: Spot[]; draw: (list: Spot[]) => void; centre: () => void; theme: string; year: string; answer: Answer | undefined; setAnswer: (a?: Answer) => void }) {
  const [error, setError] = useState<Problem>();
  const [land, setLand] = useState<Parts>();
  const [busy, setBusy] = useState(false);
  const shape = { geometry: { type: "Polygon", coordinates: [[...p.drawing, p.drawing[0]]] }, crs: "WGS84" };
  const ask = async (f: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    await f().catch((e: Problem) => setError(e));
    setBusy(false);
  };
  const count = () => ask(async () => p.setAnswer(await call<Answer>("/api/v1/space/statistics", { body: { shape, theme: p.theme, by: p.theme === "people" ? "age" : "division", ...(p.year ? { year: Number(p.year) } : {}) } })));
  const overlay = () => ask(async () => setLand(await call<Parts>("/api/v1/space/overlay", { body: { shape } })));
  const toggle = (m: "draw" | "measure") => p.setMode(p.mode === m ? "" : m);
  const clear = () => {
    p.draw([]);
    setLand(undefined);
    setError(undefined);
  };
  return (
    <fieldset>
      <legend>{t("draw")}</legend>
      <p class="chips">
        <button type="button" data-act="draw" aria-pressed={p.mode === "draw"} onClick={() => toggle("draw")}>{t("drawShape")}</button>
        <button type="button" data-act="measure" aria-pressed={p.mode === "measure"} onClick={() => toggle("measure")}>{t("measure")}</button>
        {p.mode && <button type="button" data-act="centre" onClick={p.centre}>{t("addCentre")}</button>}
      </p>
      <p class="soft" role="status">{p.mode === "measure" && p.drawing.length > 1 ? tell("longOf", number(length(p.drawing) / 1000, 2)) : p.mode ? t("drawNow") : p.may ? t("drawNote") : t("drawNoKey")}</p>
      {p.drawing.length > 0 && (
        <p class="chips">
          {p.may && <button type="button" class="main" data-act="count" disabled={busy || p.drawing.length < 3} onClick={() => void count()}>{t("count")}</button>}
          {p.may && <button type="button" data-act="overlay" disabled={busy || p.drawing.length < 3} onClick={() => void overlay()}>{t("overlay")}</button>}
          <button type="button" onClick={() => p.draw(p.drawing.slice(0, -1))}>{t("undo")}</button><button type="button" data-act="clear" onClick={clear}>{t("clear")}</button>
        </p>
      )}
      {busy && <p role="status"><progress aria-label={t("loading")} /></p>}
      {error && <Failed error={error} />}
      {p.answer && <Counted a={p.answer} theme={p.theme} year={p.year} />}
      {land && <Ranks title={t("overlay")} unit={t("hectares")} rows={land.parts.map((x) => ({ name: [x.zh, x.land_use].filter(Boolean).join(" "), value: Math.round(x.area / 1000) / 10 }))} />}
    </fieldset>
  );
}

function Counted(p: { a: Answer; theme: string; year: string }) {
  const a = p.a;
  const { shape, ...properties } = a;
  const file = () => save("statistics.geojson", new Blob([JSON.stringify({ type: "Feature", geometry: shape, properties: { theme: p.theme, ...(p.year ? { year: p.year } : {}), ...properties } })], { type: "application/geo+json" }));
  return (
    <div role="status" class="counted">
      <p class="figure">{a.total === null ? t("fewerThanTen") : number(a.total)}</p>
      <p class="soft">{tell("countedOn", number(a.cells), number(a.area / 1e6, 1), number(a.withheld))} · {tell("budgetLeft", number(a.budget.left), number(a.budget.limit))}</p>
      {a.groups.length === 0 ? <Empty text={t("noFigures")} /> : <Ranks title={t("count")} rows={a.groups.map((g) => ({ name: name(g.zh, g.en ?? g.key), value: g.count }))} />}
      <p><button type="button" onClick={file}>{t("exportResult")}</button></p>
    </div>
  );
}

type View = { name: string; hash: string };
const slot = "wuku.views";
const kept = (): View[] => {
  try {
    return JSON.parse(localStorage.getItem(slot) ?? "[]") as View[];
  } catch {
    return [];
  }
};

/** Views are what a planner keeps in this browser, the link to what is shown now, and a picture of it. */
function Views(p: { picture: () => void }) {
  const [list, setList] = useState(kept());
  const [word, setWord] = useState("");
  const [link, setLink] = useState("");
  const keep = (views: View[]) => {
    setList(views);
    localStorage.setItem(slot, JSON.stringify(views));
  };
  return (
    <fieldset>
      <legend>{t("savedViews")}</legend>
      <p class="chips"><button type="button" data-act="link" onClick={() => setLink(location.href)}>{t("linkOf")}</button><button type="button" data-act="picture" onClick={p.picture}>{t("picture")}</button></p>
      {link && <Copy text={link} />}
      <form class="row" onSubmit={(e) => { e.preventDefault(); keep([...list.filter((v) => v.name !== word), { name: word, hash: location.hash }]); setWord(""); }}>
        <Field label={t("viewName")}><input name="view" required maxLength={60} value={word} onInput={(e) => setWord(e.currentTarget.value)} /></Field>
        <button type="submit">{t("keepView")}</button>
      </form>
      {list.length === 0 ? <p class="soft">{t("noViews")}</p> : <ul class="plain">{list.map((v) => <li><a href={v.hash} onClick={(e) => { e.preventDefault(); location.hash = v.hash; location.reload(); }}>{v.name}</a><button type="button" aria-label={tell("removeView", v.name)} onClick={() => keep(list.filter((x) => x !== v))}>×</button></li>)}</ul>}
    </fieldset>
  );
}
