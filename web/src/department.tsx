// A department: its feeds with their contracts, what could not be taken, what is in doubt, work orders, its score, and a message to try.
import { useMemo, useState } from "preact/hooks";
import { type Catalog, type Who } from "./api";
import { Applications } from "./applications";
import { CaseView, Cases } from "./cases";
import { Emergency } from "./emergency";
import { Feedback } from "./feedback";
import { Quarantine, Receipts, SendFile } from "./files";
import { link, useApi } from "./hooks";
import { SavingsView } from "./matters";
import { OrderView, Scores, WorkOrders } from "./orders";
import { Findings } from "./steward";
import { Card, Empty, Show, Table, Tabs } from "./ui";
import { Warnings } from "./warnings";
import { name, t, tell, when, word } from "./text";

type Contract = {
  name: string; department: string; zh: string; en?: string; topic: string; partitions: number; format: string; cycle?: string; key: string[];
  claims: { library: string; fields: { element: string; from?: string; format?: string; required: boolean }[] }[];
};

export function DepartmentPage(p: { path: string[]; who: Who | undefined }) {
  const at = p.path[0] ?? "feeds";
  return (
    <>
      <h1>{t("department")}</h1>
      <Tabs base="department" at={at} tabs={[["feeds", t("feeds")], ["quarantine", t("quarantine")], ["findings", t("findings")], ["workorders", t("workorders")], ["warnings", t("warnings")], ["receipts", t("receipts")], ["scorecard", t("scorecard")], ["feedback", t("feedback")], ["applications", t("applications")], ["emergency", t("emergency")], ["cases", t("cases")], ["savings", t("savings")]]} />
      {at === "feeds" && <Feeds who={p.who} />}
      {at === "feed" && <FeedView feed={p.path[1] ?? ""} who={p.who} />}
      {at === "quarantine" && <Quarantine who={p.who} />}
      {at === "findings" && <Findings />}
      {at === "workorders" && <WorkOrders base="department" />}
      {at === "workorder" && <OrderView id={p.path[1] ?? ""} base="department" />}
      {at === "receipts" && <Receipts />}
      {at === "scorecard" && <Scores who={p.who} />}
      {at === "warnings" && <Warnings judges />}
      {at === "cases" && <Cases base="department" who={p.who} />}
      {at === "case" && <CaseView id={p.path[1] ?? ""} base="department" who={p.who} />}
      {at === "savings" && <SavingsView />}
      {at === "feedback" && <Feedback who={p.who} />}
      {at === "applications" && <Applications who={p.who} />}
      {at === "emergency" && <Emergency base="department" who={p.who} />}
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
            { id: "cycle", title: t("cycle"), pick: true, value: (f) => word(f.cycle ?? "") },
            { id: "libraries", title: t("library"), value: (f) => f.libraries.map((l) => t(l)).join("、") },
          ]} />
        )}
      </Show>
    </Card>
  );
}

function FeedView(p: { feed: string; who: Who | undefined }) {
  const [text, setText] = useState("");
  const contract = useApi<Contract>(`/api/v1/catalog/feeds/${encodeURIComponent(p.feed)}`);
  return (
    <Show of={contract}>
      {(c) => (
        <>
          <p><a href={link("department/feeds")}>← {t("feeds")}</a> · <a href={link("department/quarantine", { feed: c.name })}>{t("quarantine")}</a> · <a href={link("department/findings", { feed: c.name })}>{t("findings")}</a></p>
          <Card title={`${name(c.zh, c.en ?? c.name)} ${t("contract")}`} note={`${c.topic} · ${c.format} · ${word(c.cycle ?? "")} · ${t("recordKey")} ${c.key.join(", ")}`} wide>
            <Table name="contract" most={200} empty={t("noElements")} rows={c.claims.flatMap((s) => s.fields.map((f) => ({ library: s.library, ...f })))} columns={[
              { id: "from", title: t("field"), value: (f) => f.from ?? "" },
              { id: "element", title: t("element"), value: (f) => f.element },
              { id: "library", title: t("library"), pick: true, value: (f) => t(f.library) },
              { id: "format", title: t("format"), value: (f) => f.format ?? "" },
              { id: "required", title: t("required"), value: (f) => (f.required ? t("yes") : t("no")) },
            ]} />
          </Card>
          <SendFile feed={c.name} own={p.who?.role === "department" && c.department === p.who.department} onText={setText} />
          <TryMessage contract={c} text={text} />
          <SampleOf feed={c.name} />
        </>
      )}
    </Show>
  );
}

type Sampled = { slots: { library: string; role?: string; fields: { from?: string; element: string; masked: boolean }[]; records: { event: string; received: string; values: (string | null)[] }[] }[] };

/** SampleOf is the last good records beside the contract, masked. */
function SampleOf(p: { feed: string }) {
  const got = useApi<Sampled>(`/api/v1/feeds/${encodeURIComponent(p.feed)}/sample?limit=5`);
  if (got.error?.status === 403 || got.error?.status === 404) return null;
  return (
    <Card title={t("sample")} note={t("sampleNote")} wide>
      <Show of={got}>
        {(d) => (d.slots.every((s) => s.records.length === 0) ? <Empty text={t("noSample")} /> : <>{d.slots.map((s, n) => (
          <Table name={`sample${n}`} rows={s.fields.map((f, i) => ({ ...f, i }))} empty={t("noElements")} most={200} columns={[
            { id: "from", title: t("field"), value: (f) => f.from ?? "" }, { id: "element", title: `${t(s.library)} ${s.role ?? ""}`, value: (f) => f.element, cell: (f) => <><code>{f.element}</code>{f.masked && <span class="tag">{t("masked")}</span>}</> },
            ...s.records.map((r, k) => ({ id: `r${k}`, title: tell("sampleAt", when(r.received)), value: (f: { i: number }) => r.values[f.i] ?? "" })),
          ]} />
        ))}</>)}
      </Show>
    </Card>
  );
}

/** TryMessage looks in the browser, while it is typed, whether a record has the contract's fields; nothing of it is sent. */
function TryMessage(p: { contract: Contract; text: string }) {
  const result = useMemo(() => check(p.contract, p.text), [p.contract, p.text]);
  return (
    <Card title={t("tryMessage")} note={t("tryNote")} wide>
      <div role="status">
        {p.text.trim() === "" ? <Empty text={t("tryEmpty")} /> : result.length === 0 ? <p class="ok">{t("tryGood")}</p> : <ul class="plain">{result.map((r) => <li><span class="tag bad">{r}</span></li>)}</ul>}
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
