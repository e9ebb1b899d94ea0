// The steward: what is in doubt, the catalogue with its authorities, and the way to an entity.
import { useState } from "preact/hooks";
import { Problem, call, type Catalog, type LibraryDetail, type Who } from "./api";
import { Ranks } from "./charts";
import { Applications } from "./applications";
import { CaseView, Cases } from "./cases";
import { EntityPage } from "./entity";
import { Emergency } from "./emergency";
import { Feedback } from "./feedback";
import { link, route, setQuery, useApi } from "./hooks";
import { Quarantine } from "./files";
import { Matters, SavingsView } from "./matters";
import { OrderView, Scores, WorkOrders } from "./orders";
import { Demands, SharingView } from "./sharing";
import { Proposals } from "./proposals";
import { Reviews } from "./reviews";
import { Warnings } from "./warnings";
import { Card, Failed, Field, Show, Table, Tabs } from "./ui";
import { name, t } from "./text";

export const libraries = ["person", "organisation", "certificate", "credit", "place"] as const;

export function StewardPage(p: { path: string[]; who: Who | undefined }) {
  const at = p.path[0] ?? "findings";
  if (at === "entity") return <EntityPage id={p.path[1] ?? ""} />;
  return (
    <>
      <h1>{t("steward")}</h1>
      <Tabs base="steward" at={at} tabs={[["findings", t("findings")], ["find", t("findEntity")], ["catalog", t("catalog")], ["proposals", t("proposals")], ["applications", t("applications")], ["feedback", t("feedback")], ["emergency", t("emergency")], ["reviews", t("reviews")], ["workorders", t("workorders")], ["warnings", t("warnings")], ["quarantine", t("quarantine")], ["scorecard", t("scorecard")], ["demands", t("demands")], ["sharing", t("sharing")], ["rules", t("rules")], ["matters", t("matters")], ["savings", t("savings")], ["cases", t("cases")]]} />
      {at === "findings" && <Findings />}
      {at === "find" && <Find />}
      {at === "catalog" && <CatalogView />}
      {at === "proposals" && <Proposals />}
      {at === "reviews" && <Reviews />}
      {at === "workorders" && <WorkOrders base="steward" />}
      {at === "workorder" && <OrderView id={p.path[1] ?? ""} base="steward" />}
      {at === "warnings" && <Warnings entity="steward/entity" judges />}
      {at === "quarantine" && <Quarantine who={p.who} />}
      {at === "scorecard" && <Scores who={p.who} />}
      {at === "demands" && <Demands who={p.who} />}
      {at === "sharing" && <SharingView />}
      {at === "rules" && <Rules />}
      {at === "matters" && <Matters />}
      {at === "savings" && <SavingsView />}
      {at === "applications" && <Applications who={p.who} />}
      {at === "feedback" && <Feedback who={p.who} />}
      {at === "emergency" && <Emergency base="steward" who={p.who} />}
      {at === "cases" && <Cases base="steward" who={p.who} />}
      {at === "case" && <CaseView id={p.path[1] ?? ""} base="steward" who={p.who} />}
    </>
  );
}

type Finding = { entity: string; library: string; element: string; feed: string; rule: string };

/** Findings lists open ones; library, rule and feed stand in the address. */
export function Findings() {
  const q = route().query;
  const params = new URLSearchParams({ limit: "1000" });
  for (const k of ["library", "rule", "feed"]) if (q.get(k)) params.set(k, q.get(k)!);
  const found = useApi<{ findings: Finding[]; next?: string }>(`/api/v1/findings?${params}`);
  return (
    <Card title={t("findings")} note={t("findingsNote")} wide>
      <Filters names={["library", "rule", "feed"]} />
      <Show of={found}>
        {(d) => (
          <>
            {d.next && <p class="notice">{t("firstThousand")}</p>}
            <Table name="findings" rows={d.findings} empty={t("noFindings")} columns={[
              { id: "rule", title: t("rule"), pick: true, value: (f) => f.rule },
              { id: "library", title: t("library"), pick: true, value: (f) => f.library },
              { id: "element", title: t("element"), value: (f) => f.element },
              { id: "feed", title: t("feed"), pick: true, value: (f) => f.feed },
              { id: "entity", title: t("entity"), value: (f) => f.entity, cell: (f) => <a href={link(`steward/entity/${f.entity}`, { library: f.library })}>{f.entity.slice(0, 8)}</a> },
            ]} />
          </>
        )}
      </Show>
    </Card>
  );
}

/** Filters shows what the address narrows a list to, and takes it away. */
export function Filters(p: { names: string[] }) {
  const set = p.names.filter((n) => route().query.get(n));
  if (set.length === 0) return null;
  return <p class="chips">{set.map((n) => <button type="button" onClick={() => setQuery({ [n]: undefined })} title={t("remove")}>{n}: {route().query.get(n)} ×</button>)}</p>;
}

function Find() {
  const [library, setLibrary] = useState<string>("person");
  const detail = useApi<LibraryDetail>(`/api/v1/catalog/libraries/${library}`);
  const [error, setError] = useState<Problem>();
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement);
    try {
      const answer = await call<{ entity: string }>(`/api/v1/lookup/${library}`, { body: { by: { scheme: form.get("scheme"), value: form.get("value") }, fields: [], purpose: "stewardship" } });
      location.hash = link(`steward/entity/${answer.entity}`, { library });
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <Card title={t("findEntity")} note={t("findNote")}>
      <form onSubmit={(e) => void submit(e as unknown as SubmitEvent)}>
        <Field label={t("library")}><select value={library} onChange={(e) => setLibrary(e.currentTarget.value)}>{libraries.map((l) => <option value={l}>{t(l)}</option>)}</select></Field>
        <Field label={t("scheme")}><select name="scheme">{(detail.data?.identity ?? []).map((i) => <option value={i.scheme}>{i.scheme}</option>)}</select></Field>
        <Field label={t("identifier")} hint={t("identifierHint")}><input name="value" required autocomplete="off" spellcheck={false} /></Field>
        <button type="submit" class="main">{t("find")}</button>
      </form>
      {error && <Failed error={error} />}
    </Card>
  );
}

/** CatalogView is a library's elements with who is authority for each. */
export function CatalogView() {
  const library = route().query.get("library") ?? "person";
  const detail = useApi<LibraryDetail>(`/api/v1/catalog/libraries/${encodeURIComponent(library)}`);
  const catalog = useApi<Catalog>("/api/v1/catalog");
  const zh = (feed: string) => {
    const f = catalog.data?.feeds.find((x) => x.name === feed);
    return f ? name(f.zh, f.en ?? f.name) : feed;
  };
  return (
    <Card title={t("catalog")} note={t("catalogNote")} wide>
      <Field label={t("library")}><select value={library} onChange={(e) => setQuery({ library: e.currentTarget.value })}>{libraries.map((l) => <option value={l}>{t(l)}</option>)}</select></Field>
      <Show of={detail}>
        {(d) => (
          <Table name="elements" rows={d.elements} empty={t("noElements")} most={100} columns={[
            { id: "name", title: t("element"), value: (e) => e.name, cell: (e) => <><strong>{name(e.zh, e.en ?? e.name)}</strong><br /><code>{e.name}</code></> },
            { id: "type", title: t("type"), value: (e) => e.type },
            { id: "level", title: t("level"), pick: true, value: (e) => e.level },
            { id: "authority", title: t("authority"), value: (e) => (e.authority ?? []).flat().join(" > "),
              cell: (e) => <ol class="authority">{(e.authority ?? []).slice(0, 4).map((r) => <li title={r.join(", ")}>{r.slice(0, 3).map(zh).join("、")}{r.length > 3 ? " …" : ""}</li>)}</ol> },
            { id: "strict", title: t("strict"), value: (e) => (e.strict ? t("yes") : t("no")) },
            { id: "definition", title: t("definition"), value: (e) => e.definition ?? "" },
          ]} />
        )}
      </Show>
    </Card>
  );
}

function Rules() {
  const flow = useApi<{ findings: { name: string; library?: string; count: number }[] }>("/api/v1/flow");
  return (
    <Card title={t("rules")} note={t("rulesNote")} wide>
      <Show of={flow}>
        {(d) => <><Ranks title={t("rulesChart")} rows={d.findings.slice(0, 12).map((r) => ({ name: `${r.name} ${t(r.library ?? "")}`, value: r.count }))} /><Table name="rules" rows={d.findings} empty={t("noFindings")} columns={[
          { id: "rule", title: t("rule"), pick: true, value: (r) => r.name, cell: (r) => <a href={link("steward/findings", { rule: r.name, library: r.library })}>{r.name}</a> },
          { id: "library", title: t("library"), pick: true, value: (r) => r.library ?? "" },
          { id: "count", title: t("open"), value: (r) => r.count },
        ]} /></>}
      </Show>
    </Card>
  );
}
