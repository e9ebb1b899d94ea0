// One entity: every element with its source, what lost and why, how it came to be, and whom it names. Masks hold for stewards too.
import { useState } from "preact/hooks";
import { call, type LibraryDetail } from "./api";
import { link, route, useApi } from "./hooks";
import { Card, Empty, Show, Table, Time } from "./ui";
import { name, number, t, tell, when } from "./text";

type Voice = { feed: string; slot?: string; version: string; event_time: string; topic: string; partition: number; offset: number; rank?: number; reason?: string; value?: unknown };
type Explained = { element: string; value: unknown; masked?: boolean; winner?: Voice; losers?: Voice[] };
type Explain = { library: string; entity: string; asked?: string; live: boolean; anchors: string[]; elements: Explained[] };
type Past = { value: unknown; masked?: boolean; source?: { feed: string; zh: string }; valid_from?: string; known_from: string };
type Relations = { relations: { element: string; zh: string; library: string; entity: string }[] };

const purpose = "stewardship";

export function EntityPage(p: { id: string }) {
  const library = route().query.get("library") ?? "";
  const q = library ? `?library=${encodeURIComponent(library)}` : "";
  const id = encodeURIComponent(p.id);
  const explain = useApi<Explain>(`/api/v1/explain/${id}${q}`, { purpose });
  const history = useApi<{ elements: Record<string, Past[]> }>(`/api/v1/entities/${id}/history${q}`, { purpose });
  const relations = useApi<Relations>(`/api/v1/entities/${id}/relations${q}`, { purpose });
  const detail = useApi<LibraryDetail>(explain.data ? `/api/v1/catalog/libraries/${explain.data.library}` : null);
  const [open, setOpen] = useState("");
  const label = (element: string) => {
    const e = detail.data?.elements.find((x) => x.name === element);
    return e ? name(e.zh, e.en ?? e.name) : element;
  };
  return (
    <>
      <p><a href={link("steward/findings")}>← {t("findings")}</a></p>
      <h1>{t("entity")} <code>{p.id.slice(0, 8)}</code></h1>
      <Show of={explain}>
        {(d) => {
          const known = d.elements.filter((e) => e.winner);
          const chosen = d.elements.find((e) => e.element === open);
          return (
            <>
              <p class="soft">{t(d.library)} · {d.live ? t("live") : t("notLive")} · {tell("anchors", number(d.anchors.length))}{d.asked && ` · ${t("askedOther")}`}</p>
              <div class="columns">
                <Card title={t("everyElement")} note={t("everyElementNote")} wide>
                  <Table name="values" rows={known} empty={t("noValues")} most={200} columns={[
                    { id: "element", title: t("element"), value: (e) => label(e.element), cell: (e) => <button type="button" class="link" aria-expanded={open === e.element} onClick={() => setOpen(open === e.element ? "" : e.element)}>{label(e.element)}</button> },
                    { id: "value", title: t("value"), value: (e) => text(e.value), cell: (e) => <>{text(e.value)}{e.masked && <span class="tag">{t("masked")}</span>}</> },
                    { id: "feed", title: t("source"), pick: true, value: (e) => e.winner!.feed },
                    { id: "time", title: t("since"), value: (e) => e.winner!.event_time, cell: (e) => <Time at={e.winner!.event_time} /> },
                    { id: "message", title: t("message"), value: (e) => place(e.winner!) },
                    { id: "losers", title: t("losers"), value: (e) => e.losers?.length ?? 0 },
                  ]} />
                </Card>
                <Card title={chosen ? tell("whyElement", label(chosen.element)) : t("why")} wide>
                  {chosen ? <Why e={chosen} past={history.data?.elements[chosen.element] ?? []} /> : <Empty text={t("chooseElement")} />}
                </Card>
                <Card title={t("relations")} note={t("relationsNote")}><Show of={relations}>{(r) => <Graph id={p.id} library={d.library} relations={r.relations} label={label} key={p.id} />}</Show></Card>
                <Card title={t("history")} note={t("historyNote")}><Show of={history}>{(h) => <Timeline elements={h.elements} label={label} />}</Show></Card>
              </div>
            </>
          );
        }}
      </Show>
    </>
  );
}

const text = (v: unknown) => (v === null || v === undefined ? "–" : typeof v === "object" ? JSON.stringify(v) : String(v));
const place = (v: Voice) => `${v.topic}/${v.partition}@${v.offset}`;

function Why(p: { e: Explained; past: Past[] }) {
  const w = p.e.winner!;
  return (
    <>
      <p><span class="tag good">{t("wins")}</span> <strong>{w.feed}</strong> {tell("rank", number(w.rank ?? 0))} · {text(p.e.value)} · <Time at={w.event_time} /></p>
      {p.e.losers && p.e.losers.length > 0 ? (
        <ol class="plain">
          {p.e.losers.map((l) => <li><span><span class="tag">{t("loses")}</span> <strong>{l.feed}</strong>{l.slot && ` (${l.slot})`} {tell("rank", number(l.rank ?? 0))} · {text(l.value)} · <Time at={l.event_time} /><br /><span class="soft">{t(l.reason ?? "")}</span></span></li>)}
        </ol>
      ) : <Empty text={t("noLosers")} />}
      {p.past.length > 0 && <><h3>{t("history")}</h3><ol class="plain">{p.past.map((h) => <li><span><Time at={h.valid_from ?? h.known_from} /> <strong>{text(h.value)}</strong> <span class="soft">{h.source && name(h.source.zh, h.source.feed)} · {t("knownFrom")} <Time at={h.known_from} /></span></span></li>)}</ol></>}
    </>
  );
}

const tone: Record<string, string> = { person: "#2563eb", organisation: "#b45309", certificate: "#0f766e", credit: "#7c3aed", place: "#4d7c0f" };

/** Graph is whom the entity names, each a link; another step further is asked for on the spot and drawn behind. */
function Graph(p: { id: string; library: string; relations: Relations["relations"]; label: (e: string) => string }) {
  const [far, setFar] = useState<Record<string, Relations["relations"]>>({});
  if (p.relations.length === 0) return <Empty text={t("noRelations")} />;
  const further = () => void Promise.allSettled(p.relations.slice(0, 12).map(async (r) => [r.entity, (await call<Relations>(`/api/v1/entities/${r.entity}/relations?library=${r.library}`, { purpose })).relations.filter((x) => x.entity !== p.id)] as const))
    .then((all) => setFar(Object.fromEntries(all.flatMap((a) => (a.status === "fulfilled" ? [a.value] : [])))));
  const near = p.relations.slice(0, 12);
  const at = (i: number, of: number, r: number, from = 0, turn = 2 * Math.PI) => [300 + 1.55 * r * Math.cos(from + (turn * (i + 0.5)) / of), 190 + r * Math.sin(from + (turn * (i + 0.5)) / of)] as const;
  const Spot = (x: { at: readonly [number, number]; to?: string; library: string; text: string; r: number }) => (
    <a href={x.to}><circle cx={x.at[0]} cy={x.at[1]} r={x.r} style={{ fill: tone[x.library] ?? "var(--soft)" }} /><text x={x.at[0]} y={x.at[1] + x.r + 13}>{x.text}</text></a>
  );
  return (
    <>
      <p class="soft">{t("graphNote")} <button type="button" data-act="walk" onClick={further}>{t("walk")}</button></p>
      <svg class="graph" viewBox="0 0 600 390" role="group" aria-label={t("relations")}>
        <defs><marker id="arrow" viewBox="0 0 8 8" refX="17" refY="4" markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0L8 4L0 8z" /></marker></defs>
        {near.map((_, i) => <line x1="300" y1="190" x2={at(i, near.length, 95)[0]} y2={at(i, near.length, 95)[1]} marker-end="url(#arrow)" />)}
        {near.map((r, i) => {
          const [wide, list] = [(2 * Math.PI) / near.length, (far[r.entity] ?? []).slice(0, 6)];
          const me = at(i, near.length, 95);
          return list.map((x, k) => {
            const it = at(k, list.length, 160, wide * i, wide);
            return <><line x1={me[0]} y1={me[1]} x2={it[0]} y2={it[1]} marker-end="url(#arrow)" /><Spot at={it} r={7} library={x.library} text={name(x.zh, x.element)} to={link(`steward/entity/${x.entity}`, { library: x.library })} /></>;
          });
        })}
        <Spot at={[300, 190]} r={15} library={p.library} text={p.id.slice(0, 8)} />
        {near.map((r, i) => <Spot at={at(i, near.length, 95)} r={10} library={r.library} text={p.label(r.element)} to={link(`steward/entity/${r.entity}`, { library: r.library })} />)}
      </svg>
      <p class="soft">{[...new Set(p.relations.map((r) => r.library))].map((l) => <span><i class="dot" style={{ background: tone[l] }} />{t(l)}</span>)}</p>
      <ul class="plain">{p.relations.map((r) => <li><a href={link(`steward/entity/${r.entity}`, { library: r.library })}>{p.label(r.element)} → {t(r.library)} {r.entity.slice(0, 8)}</a></li>)}</ul>
    </>
  );
}

/** Timeline is what became known when: a lane an element with a mark for each change, and the newest in words. */
function Timeline(p: { elements: Record<string, Past[]>; label: (e: string) => string }) {
  const all = Object.entries(p.elements).flatMap(([element, list]) => list.map((h) => ({ element, ...h }))).sort((a, b) => b.known_from.localeCompare(a.known_from));
  if (all.length === 0) return <Empty text={t("noHistory")} />;
  const lanes = Object.keys(p.elements).sort((a, b) => p.elements[b]!.length - p.elements[a]!.length).slice(0, 8);
  const times = all.map((h) => Date.parse(h.known_from));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const x = (at: string) => 150 + (430 * (Date.parse(at) - from)) / Math.max(1, to - from);
  return (
    <>
      <svg class="lanes" viewBox={`0 0 600 ${lanes.length * 22 + 6}`} role="img" aria-label={`${t("byTime")}: ${all.length}`}>
        {lanes.map((e, i) => (
          <>
            <text x="140" y={i * 22 + 18}>{p.label(e)}</text><line class="axis" x1="150" x2="580" y1={i * 22 + 14} y2={i * 22 + 14} />
            {p.elements[e]!.map((h) => <circle cx={x(h.known_from)} cy={i * 22 + 14} r="5"><title>{`${when(h.known_from)} ${text(h.value)}`}</title></circle>)}
          </>
        ))}
      </svg>
      <p class="ends soft"><Time at={new Date(from).toISOString()} /><Time at={new Date(to).toISOString()} /></p>
      <ol class="timeline" tabIndex={0}>{all.slice(0, 30).map((h) => <li><Time at={h.known_from} /> <strong>{p.label(h.element)}</strong> {text(h.value)} <span class="soft">{h.source && name(h.source.zh, h.source.feed)}</span></li>)}</ol>
    </>
  );
}
