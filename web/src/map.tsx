// The planner's map: our own boundaries as base, open layers, figures in colours, what was drawn. It loads nothing from outside.
import { useEffect, useRef, useState } from "preact/hooks";
import { route, setQuery } from "./hooks";
import { number, t } from "./text";
import { Empty } from "./ui";

type MapLibre = typeof import("maplibre-gl");
type Live = import("maplibre-gl").Map;
export type Spot = [number, number];
/** Scale is how figures become colours: a colour from each limit on. */
export type Scale = { limits: number[]; colours: string[] };

export const layers = ["landuse", "farmland", "redlines", "parcels", "buildings", "schools", "facilities", "outside-carparks"] as const;
export const colours: Record<string, string> = { landuse: "#65a30d", farmland: "#ca8a04", redlines: "#dc2626", parcels: "#b45309", buildings: "#7c3aed", schools: "#0891b2", facilities: "#0f766e", "outside-carparks": "#64748b" };
const blues = ["#dbe9f6", "#9ecae1", "#6baed6", "#3182bd", "#08519c"];
const cells: Scale = { limits: [10, 20, 50, 100, 250], colours: blues };

/** scaleOf has five steps with equally many figures in each. */
export function scaleOf(figures: number[]): Scale {
  const sorted = [...figures].sort((a, b) => a - b);
  const limits = [...new Set([0, 0.2, 0.4, 0.6, 0.8].map((q) => sorted[Math.floor(sorted.length * q)] ?? 0))];
  return { limits, colours: limits.map((_, i) => blues[limits.length === 1 ? 2 : Math.round((i * 4) / (limits.length - 1))]!) };
}

/** changeOf is orange where it became less, blue where it became more. */
export function changeOf(figures: number[]): Scale {
  const most = Math.max(1, ...figures.map(Math.abs));
  const half = Math.max(1, Math.round(most / 2));
  return { limits: [-most, -half, 0, 1, half + 1], colours: ["#b35806", "#f1a340", "#fdf3d8", "#67a9cf", "#2166ac"] };
}

const pick = (s: Scale, n: number) => s.colours[s.limits.findLastIndex((l) => n >= l)] ?? s.colours[0]!;

/** Shown is what the map is coloured by: figures of codes of `digits` digits, or cells. */
export type Shown = { figures: Map<string, number>; digits: number; scale: Scale; grid: boolean };

export function MapView(p: { layers: string[]; shown: Shown; drawing: Spot[]; closed: boolean; shape: GeoJSON.Geometry | undefined; onPoint: ((at: Spot) => void) | undefined; hold: (m: Live | undefined) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<Live | undefined>(undefined);
  const now = useRef(p);
  now.current = p;
  const [ready, setReady] = useState(false);
  const [failed, setFailed] = useState(false);
  const [under, setUnder] = useState("");
  useEffect(() => {
    let gone = false;
    void (async () => {
      try {
        const name = "./maplibre-gl.mjs"; // served beside this file; a name of its own keeps it out of the bundle
        const lib = (await import(name)) as MapLibre;
        if (gone || !box.current) return;
        const m = new lib.Map({ container: box.current, style: style(), ...view(), attributionControl: false, maxZoom: 16, minZoom: 5, fadeDuration: 0, renderWorldCopies: false, canvasContextAttributes: { preserveDrawingBuffer: true } } as never);
        m.addControl(new lib.NavigationControl({}), "top-right");
        m.addControl(new lib.ScaleControl({}), "bottom-right");
        m.on("load", () => setReady(true));
        m.on("moveend", () => {
          const c = m.getCenter();
          setQuery({ at: `${c.lng.toFixed(4)},${c.lat.toFixed(4)},${m.getZoom().toFixed(2)}` });
        });
        m.on("click", (e) => now.current.onPoint?.([e.lngLat.lng, e.lngLat.lat]));
        m.on("mousemove", (e) => {
          const f = m.queryRenderedFeatures(e.point, { layers: [now.current.shown.grid ? "population-fill" : "boundaries-fill"] })[0];
          const people = f && now.current.shown.grid ? Number(f.properties.value) : now.current.shown.figures.get(String(f?.properties.division).slice(0, now.current.shown.digits));
          setUnder(!f ? "" : `${f.properties.name ?? ""} ${people === undefined ? t("fewerThanTen") : number(people)}`.trim());
        });
        m.on("mouseout", () => setUnder(""));
        map.current = m;
        p.hold(m);
      } catch {
        setFailed(true);
      }
    })();
    return () => {
      gone = true;
      p.hold(undefined);
      map.current?.remove();
    };
  }, []);
  useEffect(() => {
    if (!ready || !map.current) return;
    const show = (id: string, on: boolean) => map.current!.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    for (const l of layers) for (const s of ["fill", "circle"]) show(`${l}-${s}`, p.layers.includes(l));
    show("population-fill", p.shown.grid);
  }, [ready, p.layers.join(), p.shown.grid]);
  useEffect(() => {
    if (!ready || !map.current) return;
    const cases = p.shown.grid ? [] : [...p.shown.figures].flatMap(([k, n]) => [k, pick(p.shown.scale, n)]);
    map.current.setPaintProperty("boundaries-fill", "fill-color", (cases.length ? ["match", ["slice", ["get", "division"], 0, p.shown.digits], ...cases, "rgba(0,0,0,0)"] : "rgba(0,0,0,0)") as never);
  }, [ready, p.shown]);
  useEffect(() => {
    if (!ready || !map.current) return;
    const features: GeoJSON.Feature[] = p.drawing.map((c) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: c } }));
    if (p.drawing.length > 1) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: p.closed ? [...p.drawing, p.drawing[0]!] : p.drawing } });
    if (p.shape) features.push({ type: "Feature", properties: {}, geometry: p.shape });
    (map.current.getSource("drawn") as import("maplibre-gl").GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
  }, [ready, p.drawing, p.closed, p.shape]);
  useEffect(() => {
    if (ready && map.current) map.current.getCanvas().style.cursor = p.onPoint ? "crosshair" : "";
  }, [ready, p.onPoint]);
  if (failed) return <Empty text={t("noMap")} />;
  return (
    <>
      <div class="map" ref={box} role="application" aria-label={t("map")} data-ready={ready ? "yes" : "no"} />
      <div class="legend" aria-hidden={under === ""}>{under}</div>
    </>
  );
}

/** Legend says which colour is which figure. */
export function Legend(p: { title: string; shown: Shown }) {
  const s = p.shown.grid ? cells : p.shown.scale;
  const till = (i: number) => (i + 1 === s.limits.length ? t("andMore") : s.limits[i + 1]! - 1 > s.limits[i]! ? `– ${number(s.limits[i + 1]! - 1)}` : "");
  return (
    <ul class="scale" aria-label={p.title}>
      {s.limits.map((l, i) => <li><i style={{ background: s.colours[i] }} />{number(l)} {till(i)}</li>)}
    </ul>
  );
}

function view(): object {
  const [x, y, z] = (route().query.get("at") ?? "").split(",").map(Number);
  return x && y ? { center: [x, y], zoom: z || 8 } : { bounds: [[116, 30.4], [122.2, 35.4]], fitBoundsOptions: { padding: innerWidth > 1100 ? { left: 330, right: 420, top: 20, bottom: 40 } : 20 } };
}

function style() {
  const source = (id: string, maxzoom: number) => ({ type: "vector", tiles: [`${location.origin}/ogc/collections/${id}/tiles/WebMercatorQuad/{z}/{y}/{x}`], minzoom: 0, maxzoom });
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    version: 8,
    // Boundaries are simple enough to be drawn on from zoom 8: while one pans there is no tile to wait for.
    sources: { boundaries: source("boundaries", 8), population: source("population", 12), ...Object.fromEntries(layers.map((l) => [l, source(l, 16)])), drawn: { type: "geojson", data: { type: "FeatureCollection", features: [] } } },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": dark ? "#12171d" : "#eef1f4" } },
      { id: "boundaries-fill", type: "fill", source: "boundaries", "source-layer": "boundaries", paint: { "fill-color": "rgba(0,0,0,0)", "fill-opacity": 0.8 } },
      { id: "population-fill", type: "fill", source: "population", "source-layer": "population", layout: { visibility: "none" }, paint: { "fill-color": ["step", ["to-number", ["get", "value"]], blues[0], ...cells.limits.slice(1).flatMap((l, i) => [l, blues[i + 1]])], "fill-opacity": 0.9 } },
      ...layers.flatMap((l) => [
        { id: `${l}-fill`, type: "fill", source: l, "source-layer": l, layout: { visibility: "none" }, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colours[l], "fill-opacity": 0.6 } },
        { id: `${l}-circle`, type: "circle", source: l, "source-layer": l, layout: { visibility: "none" }, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colours[l], "circle-radius": 4, "circle-stroke-width": 1, "circle-stroke-color": "#fff" } },
      ]),
      { id: "boundaries-line", type: "line", source: "boundaries", "source-layer": "boundaries", paint: { "line-color": dark ? "#9aa7b5" : "#6b7280", "line-width": 1 } },
      { id: "drawn-fill", type: "fill", source: "drawn", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": "#e11d48", "fill-opacity": 0.35 } },
      { id: "drawn-line", type: "line", source: "drawn", paint: { "line-color": "#e11d48", "line-width": 2 } },
      { id: "drawn-point", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": "#e11d48", "circle-radius": 5, "circle-stroke-width": 1, "circle-stroke-color": "#fff" } },
    ],
  };
}
