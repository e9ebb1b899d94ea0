// A department: its feeds with their contracts, what could not be taken, what is in doubt, work orders, its score, and a message to try.
import { useMemo, useState } from "preact/hooks";
import { type Catalog, type Who } from "./api";
import { Scorecard, WorkOrders } from "./extra";
import { link, route, useApi } from "./hooks";
import { Filters, Findings } from "./steward";
import { Card, Copy, Empty, Field, Show, Table, Tabs, Time } from "./ui";
import { name, t, tell } from "./text";

type Contract = {
  name: string; zh: string; en?: string; topic: string; partitions: number; format: string; cycle?: string; key: string[];
  claims: { library: string; fields: { element: string; from?: string; format?: string; required: boolean }[] }[];
};

export function DepartmentPage(p: { path: string[]; who: Who | undefined }) {
  const at = p.path[0] ?? "feeds";
  return (
    <>
      <h1>{t("department")}</h1>
      <Tabs base="department" at={at} tabs={[["feeds", t("feeds")], ["quarantine", t("quarantine")], ["findings", t("findings")], ["workorders", t("workorders")], ["scorecard", t("scorecard")]]} />
      {at === "feeds" && <Feeds who={p.who} />}
      {at === "feed" && <FeedView feed={p.path[1] ?? ""} />}
      {at === "quarantine" && <Quarantine />}
      {at === "findings" && <Findings />}
      {at === "workorders" && <WorkOrders />}
      {at === "scorecard" && <Scorecard />}
    </>
  );
}

function Feeds(p: { who: Who | undefined }) {
  const catalog = useApi<Catalog>("/api/v1/catalog");
  return (
    <Card title={t("myFeeds")} note={t("myFeedsNote")} wide>
      <Show of={catalog}>
        {(c) => (
          <Table name="feeds" rows={c.feeds.filter((f) => p.who?.role !== "department" || f.department === p.who.department)} empty={t("noFeeds")} columns={[
            { id: "name", title: t("feed"), value: (f) => `${f.zh} ${f.name}`, cell: (f) => <a href={link(`department/feed/${f.name}`)}>{name(f.zh, f.en ?? f.name)}</a> },
            { id: "topic", title: t("topic"), value: (f) => f.topic },
            { id: "cycle", title: t("cycle"), value: (f) => f.cycle ?? "" },
            { id: "libraries", title: t("library"), value: (f) => f.libraries.map((l) => t(l)).join("、") },
          ]} />
        )}
      </Show>
    </Card>
  );
}

function FeedView(p: { feed: string }) {
  const contract = useApi<Contract>(`/api/v1/catalog/feeds/${encodeURIComponent(p.feed)}`);
  return (
    <Show of={contract}>
      {(c) => (
        <>
          <p><a href={link("department/feeds")}>← {t("feeds")}</a> · <a href={link("department/quarantine", { feed: c.name })}>{t("quarantine")}</a> · <a href={link("department/findings", { feed: c.name })}>{t("findings")}</a></p>
          <Card title={`${name(c.zh, c.en ?? c.name)} ${t("contract")}`} note={`${c.topic} · ${c.format} · ${c.cycle ?? ""} · ${t("recordKey")} ${c.key.join(", ")}`} wide>
            <Table name="contract" most={200} empty={t("noElements")} rows={c.claims.flatMap((s) => s.fields.map((f) => ({ library: s.library, ...f })))} columns={[
              { id: "from", title: t("field"), value: (f) => f.from ?? "" },
              { id: "element", title: t("element"), value: (f) => f.element },
              { id: "library", title: t("library"), value: (f) => t(f.library) },
              { id: "format", title: t("format"), value: (f) => f.format ?? "" },
              { id: "required", title: t("required"), value: (f) => (f.required ? t("yes") : t("no")) },
            ]} />
          </Card>
          <Card title={t("publishFile")} note={t("publishFileNote")} wide>
            <Copy text={`bin/wuku try ${c.name} FILE.csv\nbin/wuku publish ${c.name} FILE.csv`} />
          </Card>
          <TryMessage contract={c} />
        </>
      )}
    </Show>
  );
}

/** TryMessage looks in the browser whether a record has the contract's fields; nothing of it is sent. */
function TryMessage(p: { contract: Contract }) {
  const [text, setText] = useState("");
  const result = useMemo(() => check(p.contract, text), [p.contract, text]);
  return (
    <Card title={t("tryMessage")} note={t("tryNote")} wide>
      <Field label={t("record")} hint={t("recordHint")}><textarea rows={6} spellcheck={false} value={text} onInput={(e) => setText(e.currentTarget.value)} /></Field>
      <div role="status">
        {text.trim() === "" ? <Empty text={t("tryEmpty")} /> : result.length === 0 ? <p class="ok">{t("tryGood")}</p> : <ul class="plain">{result.map((r) => <li><span class="tag bad">{r}</span></li>)}</ul>}
      </div>
    </Card>
  );
}

function check(c: Contract, text: string): string[] {
  if (text.trim() === "") return [];
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return [t("tryNoJson")];
  }
  if (typeof record !== "object" || record === null || Array.isArray(record)) return [t("tryNoObject")];
  const body = ((record as Record<string, unknown>).after ?? record) as Record<string, unknown>;
  const missing = (f: string) => body[f] === undefined || body[f] === null || body[f] === "";
  const fields = c.claims.flatMap((s) => s.fields).filter((f) => f.from && !f.from.includes("."));
  const out = [...new Set([...c.key.filter((k) => !k.includes(".") && missing(k)), ...fields.filter((f) => f.required && missing(f.from!)).map((f) => f.from!)])].map((f) => tell("tryMissing", f));
  const known = new Set([...c.key, ...fields.map((f) => f.from!)]);
  return [...out, ...Object.keys(body).filter((k) => !known.has(k)).map((k) => tell("tryUnknown", k))];
}

type Quarantined = { feed: string; topic: string; partition: number; offset: number; reason: string; field?: string; received: string };

function Quarantine() {
  const q = route().query;
  const params = new URLSearchParams({ limit: "1000" });
  for (const k of ["feed", "rule"]) if (q.get(k)) params.set(k, q.get(k)!);
  const got = useApi<{ messages: Quarantined[] }>(`/api/v1/quarantine?${params}`);
  return (
    <Card title={t("quarantine")} note={t("quarantineNote")} wide>
      <Filters names={["feed", "rule"]} />
      <Show of={got}>
        {(d) => (
          <Table name="quarantine" rows={d.messages} empty={t("noQuarantine")} columns={[
            { id: "reason", title: t("reason"), value: (m) => m.reason, cell: (m) => <><strong>{m.reason}</strong> {m.field ?? ""}</> },
            { id: "feed", title: t("feed"), value: (m) => m.feed, cell: (m) => <a href={link(`department/feed/${m.feed}`)}>{m.feed}</a> },
            { id: "at", title: t("message"), value: (m) => `${m.topic}/${m.partition}@${m.offset}` },
            { id: "received", title: t("receivedAt"), value: (m) => m.received, cell: (m) => <Time at={m.received} /> },
          ]} />
        )}
      </Show>
    </Card>
  );
}
