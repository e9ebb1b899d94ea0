// The planner: a map of our own boundaries and open layers, figures on the divisions of any year, and figures of a drawn shape.
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, call, type Who } from "./api";
import { route, setQuery, useApi } from "./hooks";
import { Card, Empty, Failed, Field, Show, Table } from "./ui";
import { name, number, t, tell } from "./text";
import { Forecasts, Warnings } from "./warnings";

type Divisions = { divisions: { code: string; name: string; count: number | null }[]; note: string };
type Answer = {
  total: number | null; groups: { key: string; zh: string; en?: string; count: number | null }[]; shape: GeoJSON.Geometry; area: number; cells: number; withheld: number; least: number; rounding: number;
  budget: { limit: number; left: number }; version: { id: number; made: string };
};
type MapLibre = typeof import("maplibre-gl");
const layers = ["population", "landuse", "farmland", "redlines", "parcels", "buildings", "schools", "facilities", "outside-carparks"] as const;
const colours: Record<string, string> = { population: "#2563eb", landuse: "#65a30d", farmland: "#ca8a04", redlines: "#dc2626", parcels: "#b45309", buildings: "#7c3aed", schools: "#0891b2", facilities: "#0f766e", "outside-carparks": "#94a3b8" };

export function PlannerPage(p: { path: string[]; who: Who | undefined }) {
  const q = route().query;
  const theme = q.get("theme") ?? "people";
  const year = q.get("year") ?? "";
  const on = (q.get("layers") ?? "").split(",").filter(Boolean);
  const figures = useApi<Divisions>(`/api/v1/space/divisions?theme=${encodeURIComponent(theme)}&level=3${year ? `&year=${encodeURIComponent(year)}` : ""}`);
  const [drawing, setDrawing] = useState<[number, number][]>([]);
  const [answer, setAnswer] = useState<Answer>();
  const [error, setError] = useState<Problem>();
  const count = async () => {
    try {
      setAnswer(await call<Answer>("/api/v1/space/statistics", { body: { shape: { geometry: { type: "Polygon", coordinates: [[...drawing, drawing[0]]] }, crs: "WGS84" }, theme, by: theme === "people" ? "age" : "division", ...(year ? { year: Number(year) } : {}) } }));
      setError(undefined);
    } catch (e) {
      setAnswer(undefined);
      setError(e as Problem);
    }
  };
  const clear = () => {
    setDrawing([]);
    setAnswer(undefined);
    setError(undefined);
  };
  const may = p.who?.role === "planner" || p.who?.role === "steward";
  return (
    <>
      <h1>{t("planner")}</h1>
      <div class="planner">
        <div class="side-panel">
          <Card title={t("layersAndTheme")}>
            <Field label={t("theme")}><select value={theme} onChange={(e) => setQuery({ theme: e.currentTarget.value })}>{["people", "households", "employers", "employees"].map((x) => <option value={x}>{t(x)}</option>)}</select></Field>
            <Field label={year ? tell("asOfYear", year) : t("asOfNow")}><input type="range" min="1981" max="2027" value={year || "2027"} aria-valuetext={year || t("asOfNow")} onChange={(e) => setQuery({ year: e.currentTarget.value === "2027" ? undefined : e.currentTarget.value })} /></Field>
            <fieldset><legend>{t("layers")}</legend>{layers.map((l) => <label class="check"><input type="checkbox" checked={on.includes(l)} onChange={(e) => setQuery({ layers: (e.currentTarget.checked ? [...on, l] : on.filter((x) => x !== l)).join(",") || undefined })} />{t(`layer_${l}`)}</label>)}</fieldset>
          </Card>
          <Card title={t("draw")} note={may ? t("drawNote") : t("drawNoKey")}>
            {may && <p class="chips"><button type="button" class="main" disabled={drawing.length < 3} onClick={() => void count()}>{t("count")}</button><button type="button" disabled={drawing.length === 0} onClick={() => setDrawing(drawing.slice(0, -1))}>{t("undo")}</button><button type="button" disabled={drawing.length === 0} onClick={clear}>{t("clear")}</button></p>}
            {error && <Failed error={error} />}
            {answer && <Counted a={answer} />}
          </Card>
        </div>
        <MapView layers={on} figures={figures.data?.divisions ?? []} drawing={drawing} shape={answer?.shape} onPoint={may ? (at) => setDrawing((d) => [...d, at]) : undefined} />
      </div>
      <Card title={tell("figuresOf", t(theme), year || t("asOfNow"))} wide>
        <Show of={figures}>{(d) => <><p class="soft answer">{d.note}</p><Table name="divisions" rows={d.divisions} empty={t("noFigures")} columns={[
          { id: "code", title: t("division"), value: (x) => x.code }, { id: "name", title: t("name"), value: (x) => x.name },
          { id: "count", title: t("count"), value: (x) => x.count ?? -1, cell: (x) => (x.count === null ? t("fewerThanTen") : number(x.count)) },
        ]} /></>}</Show>
      </Card>
      <Forecasts theme={theme} />
      {may && <Warnings />}
    </>
  );
}

function Counted(p: { a: Answer }) {
  const a = p.a;
  const top = Math.max(1, ...a.groups.map((g) => g.count ?? 0));
  return (
    <div role="status">
      <p class="figure">{a.total === null ? t("fewerThanTen") : number(a.total)}</p>
      <p class="soft">{tell("countedOn", number(a.cells), number(a.area / 1e6, 1), number(a.withheld))} · {tell("budgetLeft", number(a.budget.left), number(a.budget.limit))}</p>
      {a.groups.length === 0 ? <Empty text={t("noFigures")} /> : <ul class="plain groups">{a.groups.map((g) => <li><span>{name(g.zh, g.en ?? g.key)}</span><meter min={0} max={top} value={g.count ?? 0} aria-label={name(g.zh, g.en ?? g.key)} /><span>{g.count === null ? t("fewerThanTen") : number(g.count)}</span></li>)}</ul>}
    </div>
  );
}

function MapView(p: { layers: string[]; figures: Divisions["divisions"]; drawing: [number, number][]; shape: GeoJSON.Geometry | undefined; onPoint: ((at: [number, number]) => void) | undefined }) {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<import("maplibre-gl").Map | undefined>(undefined);
  const click = useRef(p.onPoint);
  click.current = p.onPoint;
  const [ready, setReady] = useState(false);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let gone = false;
    void (async () => {
      try {
        const name = "./maplibre-gl.mjs"; // served beside this file; a name of its own keeps it out of the bundle
        const lib = (await import(name)) as MapLibre;
        if (gone || !box.current) return;
        const m = new lib.Map({ container: box.current, style: style(), center: at(0, 119.2), zoom: at(2, 6), attributionControl: false, maxZoom: 16, minZoom: 5 } as never);
        m.addControl(new lib.NavigationControl({}), "top-right");
        m.addControl(new lib.ScaleControl({}), "bottom-left");
        m.on("load", () => setReady(true));
        m.on("moveend", () => {
          const c = m.getCenter();
          setQuery({ at: `${c.lng.toFixed(4)},${c.lat.toFixed(4)},${m.getZoom().toFixed(2)}` });
        });
        m.on("click", (e) => click.current?.([e.lngLat.lng, e.lngLat.lat]));
        map.current = m;
      } catch {
        setFailed(true);
      }
    })();
    return () => {
      gone = true;
      map.current?.remove();
    };
  }, []);
  useEffect(() => {
    if (!ready || !map.current) return;
    for (const l of layers) for (const s of ["fill", "circle"]) if (map.current.getLayer(`${l}-${s}`)) map.current.setLayoutProperty(`${l}-${s}`, "visibility", p.layers.includes(l) ? "visible" : "none");
  }, [ready, p.layers.join()]);
  useEffect(() => {
    if (!ready || !map.current) return;
    const counts = Object.fromEntries(p.figures.filter((f) => f.count !== null).map((f) => [f.code, f.count!]));
    const sorted = Object.values(counts).sort((a, b) => a - b);
    const step = (q: number) => sorted[Math.floor(sorted.length * q)] ?? 0;
    const colour = (n: number) => (n >= step(0.8) ? "#08519c" : n >= step(0.6) ? "#3182bd" : n >= step(0.4) ? "#6baed6" : n >= step(0.2) ? "#9ecae1" : "#deebf7");
    const cases = Object.entries(counts).flatMap(([k, n]) => [k, colour(n)]);
    map.current.setPaintProperty("boundaries-fill", "fill-color", (cases.length ? ["match", ["get", "division"], ...cases, "rgba(0,0,0,0)"] : "rgba(0,0,0,0)") as never);
  }, [ready, p.figures]);
  useEffect(() => {
    if (!ready || !map.current) return;
    const features: GeoJSON.Feature[] = p.drawing.map((c) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: c } }));
    if (p.drawing.length > 1) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [...p.drawing, p.drawing[0]!] } });
    if (p.shape) features.push({ type: "Feature", properties: {}, geometry: p.shape });
    (map.current.getSource("drawn") as import("maplibre-gl").GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
  }, [ready, p.drawing, p.shape]);
  if (failed) return <Empty text={t("noMap")} />;
  return <div class="map" ref={box} role="application" aria-label={t("map")} data-ready={ready ? "yes" : "no"} />;
}

function at(i: number, or: number): never {
  const [x, y, z] = (route().query.get("at") ?? "").split(",").map(Number);
  return (i === 2 ? (z || or) : x && y ? [x, y] : [or, 33]) as never;
}

function style() {
  const source = (id: string) => ({ type: "vector", tiles: [`${location.origin}/ogc/collections/${id}/tiles/WebMercatorQuad/{z}/{y}/{x}`], minzoom: 0, maxzoom: 16 });
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const sources = Object.fromEntries(["boundaries", ...layers].map((l) => [l, source(l)]));
  return {
    version: 8,
    sources: { ...sources, drawn: { type: "geojson", data: { type: "FeatureCollection", features: [] } } },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": dark ? "#12171d" : "#f6f8fa" } },
      { id: "boundaries-fill", type: "fill", source: "boundaries", "source-layer": "boundaries", paint: { "fill-color": "rgba(0,0,0,0)", "fill-opacity": 0.75 } },
      ...layers.flatMap((l) => [
        { id: `${l}-fill`, type: "fill", source: l, "source-layer": l, layout: { visibility: "none" }, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colours[l], "fill-opacity": 0.6 } },
        { id: `${l}-circle`, type: "circle", source: l, "source-layer": l, layout: { visibility: "none" }, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colours[l], "circle-radius": 4 } },
      ]),
      { id: "boundaries-line", type: "line", source: "boundaries", "source-layer": "boundaries", paint: { "line-color": dark ? "#9aa7b5" : "#6b7280", "line-width": 1 } },
      { id: "drawn-fill", type: "fill", source: "drawn", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": "#e11d48", "fill-opacity": 0.35 } },
      { id: "drawn-line", type: "line", source: "drawn", paint: { "line-color": "#e11d48", "line-width": 2 } },
      { id: "drawn-point", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": "#e11d48", "circle-radius": 5 } },
    ],
  };
}
