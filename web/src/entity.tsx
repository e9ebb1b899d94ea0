// One entity: every element with its source, what lost and why, how it came to be, and whom it names. Masks hold for stewards too.
import { useState } from "preact/hooks";
import { type LibraryDetail } from "./api";
import { link, route, useApi } from "./hooks";
import { Card, Empty, Show, Table, Time } from "./ui";
import { name, number, t, tell } from "./text";

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
                    { id: "feed", title: t("source"), value: (e) => e.winner!.feed },
                    { id: "time", title: t("since"), value: (e) => e.winner!.event_time, cell: (e) => <Time at={e.winner!.event_time} /> },
                    { id: "message", title: t("message"), value: (e) => place(e.winner!) },
                    { id: "losers", title: t("losers"), value: (e) => e.losers?.length ?? 0 },
                  ]} />
                </Card>
                <Card title={chosen ? tell("whyElement", label(chosen.element)) : t("why")} wide>
                  {chosen ? <Why e={chosen} past={history.data?.elements[chosen.element] ?? []} /> : <Empty text={t("chooseElement")} />}
                </Card>
                <Card title={t("relations")} note={t("relationsNote")}><Show of={relations}>{(r) => <Graph relations={r.relations} label={label} />}</Show></Card>
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
          {p.e.losers.map((l) => <li><span><span class="tag">{t("loses")}</span> <strong>{l.feed}</strong>{l.slot && ` (${l.slot})`} {tell("rank", number(l.rank ?? 0))} · {text(l.value)} · <Time at={l.event_time} /><br /><span class="soft">{l.reason}</span></span></li>)}
        </ol>
      ) : <Empty text={t("noLosers")} />}
      {p.past.length > 0 && <><h3>{t("history")}</h3><ol class="plain">{p.past.map((h) => <li><span><Time at={h.valid_from ?? h.known_from} /> <strong>{text(h.value)}</strong> <span class="soft">{h.source && name(h.source.zh, h.source.feed)} · {t("knownFrom")} <Time at={h.known_from} /></span></span></li>)}</ol></>}
    </>
  );
}

function Graph(p: { relations: Relations["relations"]; label: (e: string) => string }) {
  if (p.relations.length === 0) return <Empty text={t("noRelations")} />;
  const n = p.relations.length;
  const at = (i: number) => [200 + 130 * Math.cos((2 * Math.PI * i) / n - Math.PI / 2), 130 + 85 * Math.sin((2 * Math.PI * i) / n - Math.PI / 2)] as const;
  return (
    <>
      <svg class="graph" viewBox="0 0 400 260" role="img" aria-label={t("relations")}>
        {p.relations.map((_, i) => <line x1="200" y1="130" x2={at(i)[0]} y2={at(i)[1]} />)}
        <circle class="self" cx="200" cy="130" r="14" />
        {p.relations.map((r, i) => <><circle cx={at(i)[0]} cy={at(i)[1]} r="9" /><text x={at(i)[0]} y={at(i)[1] + 24}>{p.label(r.element)}</text></>)}
      </svg>
      <ul class="plain">{p.relations.map((r) => <li><a href={link(`steward/entity/${r.entity}`, { library: r.library })}>{p.label(r.element)} → {t(r.library)} {r.entity.slice(0, 8)}</a></li>)}</ul>
    </>
  );
}

function Timeline(p: { elements: Record<string, Past[]>; label: (e: string) => string }) {
  const all = Object.entries(p.elements).flatMap(([element, list]) => list.map((h) => ({ element, ...h }))).sort((a, b) => b.known_from.localeCompare(a.known_from));
  if (all.length === 0) return <Empty text={t("noHistory")} />;
  return <ol class="timeline" tabIndex={0}>{all.slice(0, 30).map((h) => <li><Time at={h.known_from} /> <strong>{p.label(h.element)}</strong> {text(h.value)} <span class="soft">{h.source && name(h.source.zh, h.source.feed)}</span></li>)}</ol>;
}
