// How data is found, asked for and used: search in the catalogue, the demand register, measures of sharing, grants that nobody calls on.
import { useEffect, useState } from "preact/hooks";
import { Problem, act, call, type Who } from "./api";
import { useApi } from "./hooks";
import { Card, Failed, Field, Show, Table, Time } from "./ui";
import { name, t } from "./text";

type Hit = { kind: string; name: string; zh: string; en?: string; department?: string; definition?: string };

/** CatalogSearch asks the server: Chinese words, pinyin, initials, English. What is typed stays in the page. */
export function CatalogSearch() {
  const [q, setQ] = useState("");
  const [hits, setHits] = useState<Hit[]>();
  const [error, setError] = useState<Problem>();
  useEffect(() => {
    if (!q.trim()) return setHits(undefined);
    const timer = setTimeout(() => void call<{ hits: Hit[] }>(`/api/v1/catalog/search?limit=100&q=${encodeURIComponent(q.trim())}`).then((d) => { setHits(d.hits); setError(undefined); }, setError), 200);
    return () => clearTimeout(timer);
  }, [q]);
  return (
    <Card title={t("searchCatalog")} note={t("searchNote")} wide>
      <Field label={t("findData")}><input type="search" name="catalog" value={q} onInput={(e) => setQ(e.currentTarget.value)} maxLength={60} /></Field>
      {error && <Failed error={error} />}
      {hits && <Table name="hits" rows={hits} empty={t("noHits")} columns={[
        { id: "name", title: t("name"), value: (h) => `${h.zh} ${h.name}`, cell: (h) => <><strong>{name(h.zh, h.en ?? h.name)}</strong> <code>{h.name}</code></> },
        { id: "kind", title: t("kind"), pick: true, value: (h) => t(`kind_${h.kind}`) }, { id: "department", title: t("department"), pick: true, value: (h) => h.department ?? "" }, { id: "definition", title: t("definition"), value: (h) => h.definition ?? "" },
        { id: "apply", title: t("apply"), value: () => "", cell: (h) => (h.kind === "element" ? <a href={`#/service/apply?library=${h.name.split(".")[0]}&element=${h.name.split(".")[1]}`}>{t("apply")}</a> : null) },
      ]} />}
    </Card>
  );
}

type Demand = { id: string; state: string; client: string; filed: string; title: string; text: string; urgency: string; item?: string; answer?: { reason?: string } };

/** Demands is the register; who does not find what it needs files it, a steward answers. */
export function Demands(p: { who: Who | undefined }) {
  const got = useApi<{ demands: Demand[] }>("/api/v1/demands?limit=1000");
  const [error, setError] = useState<Problem>();
  const attempt = async (f: () => Promise<unknown>) => {
    try {
      await f();
      setError(undefined);
      got.again();
    } catch (x) {
      setError(x as Problem);
    }
  };
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    void attempt(() => act("/api/v1/demands", Object.fromEntries(new FormData(form))).then(() => form.reset()));
  };
  return (
    <>
      <Card title={t("demands")} note={t("demandsNote")} wide>
        <Show of={got}>{(d) => <Table name="demands" rows={d.demands} empty={t("noDemands")} columns={[
          { id: "title", title: t("titleOf"), value: (x) => `${x.title} ${x.text}`, cell: (x) => <><strong>{x.title}</strong><br /><span class="soft">{x.text}</span></> },
          { id: "urgency", title: t("urgency"), pick: true, value: (x) => t(`urgency_${x.urgency}`) }, { id: "state", title: t("state"), pick: true, value: (x) => t(`demand_${x.state}`), cell: (x) => <>{t(`demand_${x.state}`)} {x.item ?? ""}<br /><span class="soft">{x.answer?.reason ?? ""}</span></> },
          { id: "client", title: t("client"), pick: true, value: (x) => x.client }, { id: "filed", title: t("filedAt"), value: (x) => x.filed, cell: (x) => <Time at={x.filed} /> },
          ...(p.who?.role === "steward" ? [{ id: "answer", title: t("decision"), value: () => "", cell: (x: Demand) => <span class="chips">{(["planned", "met", "declined"] as const).map((s) => <button type="button" onClick={() => void attempt(() => act(`/api/v1/demands/${x.id}/answer`, { state: s, reason: t(`demand_${s}`) }))}>{t(`demand_${s}`)}</button>)}</span> }] : []),
        ]} />}</Show>
      </Card>
      <Card title={t("newDemand")}>
        <form onSubmit={(e) => submit(e as unknown as SubmitEvent)}>
          <Field label={t("titleOf")}><input name="title" required minLength={2} maxLength={200} /></Field>
          <Field label={t("whatNeeded")} hint={t("noPersonal")}><textarea name="text" required minLength={5} rows={3} /></Field>
          <Field label={t("purpose")}><input name="purpose" required minLength={2} maxLength={200} /></Field>
          <Field label={t("urgency")}><select name="urgency">{["normal", "urgent", "emergency"].map((u) => <option value={u}>{t(`urgency_${u}`)}</option>)}</select></Field>
          <button type="submit" class="main">{t("fileDemand")}</button>
        </form>
        {error && <Failed error={error} />}
      </Card>
    </>
  );
}

type Spread = { of: number; median_hours: number; ninety_hours: number };
type Row = { name: string; filed: number; granted: number; waiting: number; unused: number; to_grant: Spread; to_call: Spread };
type Dormant = { id: string; client: string; title: string; library: string; granted: string; last?: string; calls: number };

const hours = (s: Spread) => (s.of === 0 ? "–" : `${s.median_hours.toFixed(1)} / ${s.ninety_hours.toFixed(1)}`);

/** SharingView is how long sharing takes, and what is not used. */
export function SharingView() {
  const got = useApi<Row & { by_month: Row[]; by_library: Row[] }>("/api/v1/sharing");
  const dormant = useApi<{ grants: Dormant[] }>("/api/v1/grants/dormant?days=30");
  const unused = useApi<{ elements: { library: string; element: string; zh: string }[]; grants: number }>("/api/v1/catalog/unused");
  return (
    <>
      <Card title={t("sharing")} note={t("sharingNote")} wide>
        <Show of={got}>{(d) => <Table name="sharing" rows={[...d.by_month, ...d.by_library]} empty={t("noApplications")} columns={[
          { id: "name", title: t("name"), value: (r) => t(r.name) }, { id: "filed", title: t("applications"), value: (r) => r.filed }, { id: "granted", title: t("granted"), value: (r) => r.granted }, { id: "unused", title: t("zeroUse"), value: (r) => r.unused },
          { id: "grant", title: t("toGrant"), pick: true, value: (r) => r.to_grant.median_hours, cell: (r) => hours(r.to_grant) }, { id: "call", title: t("toCall"), value: (r) => r.to_call.median_hours, cell: (r) => hours(r.to_call) },
        ]} />}</Show>
      </Card>
      <Card title={t("dormant")} note={t("dormantNote")} wide>
        <Show of={dormant}>{(d) => <Table name="dormant" rows={d.grants} empty={t("noDormant")} columns={[
          { id: "client", title: t("client"), pick: true, value: (g) => g.client }, { id: "title", title: t("titleOf"), value: (g) => g.title }, { id: "library", title: t("library"), pick: true, value: (g) => t(g.library) },
          { id: "last", title: t("lastCall"), value: (g) => g.last ?? "", cell: (g) => <Time at={g.last} /> }, { id: "calls", title: t("calls"), value: (g) => g.calls },
        ]} />}</Show>
      </Card>
      <Card title={t("unusedElements")} wide>
        <Show of={unused}>{(d) => <Table name="unused" rows={d.elements} empty={t("noUnused")} columns={[
          { id: "element", title: t("element"), value: (e) => `${e.zh} ${e.element}` }, { id: "library", title: t("library"), pick: true, value: (e) => t(e.library) },
        ]} />}</Show>
      </Card>
    </>
  );
}
