// What a department sends: a file or a record held against a contract, published with a receipt; and what could not be taken, with its retry.
import { useState } from "preact/hooks";
import { Problem, act, call, type Who } from "./api";
import { link, route, useApi } from "./hooks";
import { Filters } from "./steward";
import { Card, Empty, Failed, Field, Show, Table, Time } from "./ui";
import { t, tell, word } from "./text";

type Trial = { records: number; taken: number; passed: number; refused: number; findings: number; problems: { line: number; column?: number; code: string; field?: string; element?: string; detail: string }[] };
type Receipt = { id: string; feed: string; sent: number; done: boolean; began: string; waiting: number; outcomes?: { outcome: string; reason?: string; field?: string; records: number }[] };

/** SendFile checks a file or pasted records on the server, and publishes them. own: the feed is the caller's department's. */
export function SendFile(p: { feed: string; own: boolean; onText?: (text: string) => void }) {
  const [file, setFile] = useState<File>();
  const [text, setText] = useState("");
  const [encoding, setEncoding] = useState("");
  const [trial, setTrial] = useState<Trial>();
  const [receipt, setReceipt] = useState<Receipt>();
  const [error, setError] = useState<Problem>();
  const send = async (what: "try" | "publish") => {
    const raw: BodyInit | undefined = file ?? (text.trim() ? text : undefined);
    if (!raw) return setError(new Problem(0, t("noFile"), "", "empty"));
    const q = new URLSearchParams();
    if (encoding) q.set("encoding", encoding);
    if (file && /\.csv$/i.test(file.name)) q.set("form", "csv");
    const path = `/api/v1/feeds/${encodeURIComponent(p.feed)}/${what}?${q}`;
    try {
      setTrial(undefined);
      setReceipt(undefined);
      if (what === "try") setTrial(await call<Trial>(path, { raw }));
      else setReceipt(await call<Receipt>(path, { raw }));
      setError(undefined);
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <Card title={t("publishFile")} note={t("tryServerNote")} wide>
      <div class="row">
        <Field label={t("chooseFile")}><input type="file" name="file" accept=".csv,.json,.jsonl,.ndjson,.txt" onChange={(e) => setFile(e.currentTarget.files?.[0])} /></Field>
        <Field label={t("encodingOf")}><select value={encoding} onChange={(e) => setEncoding(e.currentTarget.value)}><option value="">{t("asFeed")}</option><option value="utf-8">UTF-8</option><option value="gb18030">GB 18030</option></select></Field>
      </div>
      <Field label={t("orPaste")} hint={t("recordHint")}><textarea name="records" rows={5} spellcheck={false} value={text} onInput={(e) => { setText(e.currentTarget.value); p.onText?.(e.currentTarget.value); }} /></Field>
      <p class="chips"><button type="button" class="main" data-act="try" onClick={() => void send("try")}>{t("tryIt")}</button>{p.own && <button type="button" data-act="publish" onClick={() => void send("publish")}>{t("publishIt")}</button>}</p>
      <div role="status">
        {trial && <p class={trial.refused > 0 ? "tag bad" : "ok"}>{tell("judged", ...[trial.records, trial.taken, trial.refused, trial.passed, trial.findings].map(String))}</p>}
        {receipt && <><p class="ok">{tell("publishedNow", String(receipt.sent), receipt.id)}</p><Outcomes of={receipt} /></>}
      </div>
      {trial && trial.problems.length > 0 && <Table name="problems" rows={trial.problems} empty="" columns={[
        { id: "line", title: t("line"), value: (x) => (x.column ? `${x.line}:${x.column}` : x.line) }, { id: "code", title: t("reason"), value: (x) => x.code },
        { id: "field", title: t("field"), value: (x) => x.element ?? x.field ?? "" }, { id: "detail", title: t("wrongWhere"), value: (x) => x.detail },
      ]} />}
      {error && <Failed error={error} />}
    </Card>
  );
}

function Outcomes(p: { of: Receipt }) {
  return (
    <ul class="plain">
      {(p.of.outcomes ?? []).map((o) => <li><span>{word(o.outcome)} {o.reason ?? ""} {o.field ?? ""}</span><span>{o.records}</span></li>)}
      {p.of.waiting > 0 && <li>{tell("waitingMessages", String(p.of.waiting))}</li>}
    </ul>
  );
}

/** Receipts lists published files; one opened says what became of its records. */
export function Receipts() {
  const got = useApi<{ receipts: Receipt[] }>("/api/v1/receipts?limit=200");
  const [open, setOpen] = useState<string>();
  const one = useApi<Receipt>(open ? `/api/v1/receipts/${open}` : null);
  return (
    <Card title={t("receipts")} note={t("receiptsNote")} wide>
      <Show of={got}>{(d) => <Table name="receipts" rows={d.receipts} empty={t("noReceipts")} columns={[
        { id: "id", title: t("receipt"), value: (r) => r.id, cell: (r) => <button type="button" class="link" onClick={() => setOpen(r.id)}>{r.id}</button> },
        { id: "feed", title: t("feed"), pick: true, value: (r) => r.feed }, { id: "sent", title: t("sentRecords"), value: (r) => r.sent },
        { id: "done", title: t("doneWhole"), value: (r) => (r.done ? t("yes") : t("no")) }, { id: "began", title: t("time"), value: (r) => r.began, cell: (r) => <Time at={r.began} /> },
      ]} />}</Show>
      {open && <Show of={one}>{(r) => <><h3>{r.id}</h3><Outcomes of={r} /></>}</Show>}
    </Card>
  );
}

type Quarantined = { feed: string; topic: string; partition: number; offset: number; reason: string; field?: string; received: string };
type Refused = Quarantined & { records: { record: number; reason: string; field?: string; detail?: string }[]; size: number; key?: string; content?: string };
type Sent = { sent: number; left: number };

/** Quarantine lists what could not be taken; a message opened says why, and is mapped again. */
export function Quarantine(p: { who: Who | undefined }) {
  const q = route().query;
  const params = new URLSearchParams({ limit: "1000" });
  for (const k of ["feed", "rule"]) if (q.get(k)) params.set(k, q.get(k)!);
  const got = useApi<{ messages: Quarantined[] }>(`/api/v1/quarantine?${params}`);
  const [open, setOpen] = useState<Quarantined>();
  const [sent, setSent] = useState<Sent>();
  const [error, setError] = useState<Problem>();
  const retry = async (body: Record<string, unknown>) => {
    try {
      setSent(await act<Sent>("/api/v1/quarantine/retry", body));
      setError(undefined);
      setTimeout(got.again, 1500);
    } catch (x) {
      setError(x as Problem);
    }
  };
  const listed = { ...(q.get("feed") ? { feed: q.get("feed") } : {}), ...(q.get("rule") ? { reason: q.get("rule") } : {}) };
  return (
    <Card title={t("quarantine")} note={t("quarantineNote")} wide>
      <Filters names={["feed", "rule"]} />
      {(q.get("feed") || q.get("rule")) && <p><button type="button" onClick={() => void retry(listed)}>{t("mapAgainAll")}</button></p>}
      {sent && <p class="notice" role="status">{tell("sentAgain", String(sent.sent))} {sent.left > 0 && tell("leftSnapshots", String(sent.left))}</p>}
      {error && <Failed error={error} />}
      <Show of={got}>
        {(d) => (
          <Table name="quarantine" rows={d.messages} empty={t("noQuarantine")} columns={[
            { id: "reason", title: t("reason"), pick: true, value: (m) => m.reason, cell: (m) => <><strong>{m.reason}</strong> {m.field ?? ""}</> },
            { id: "feed", title: t("feed"), pick: true, value: (m) => m.feed, cell: (m) => <a href={link(`department/feed/${m.feed}`)}>{m.feed}</a> },
            { id: "at", title: t("message"), value: (m) => `${m.topic}/${m.partition}@${m.offset}`, cell: (m) => <button type="button" class="link" onClick={() => setOpen(m)}>{`${m.topic}/${m.partition}@${m.offset}`}</button> },
            { id: "received", title: t("receivedAt"), value: (m) => m.received, cell: (m) => <Time at={m.received} /> },
          ]} />
        )}
      </Show>
      {open && <Message of={open} own={p.who?.role === "department"} retry={() => void retry({ topic: open.topic, partition: open.partition, offset: open.offset })} key={`${open.topic}${open.partition}${open.offset}`} />}
    </Card>
  );
}

function Message(p: { of: Quarantined; own: boolean; retry: () => void }) {
  const got = useApi<Refused>(`/api/v1/quarantine/${encodeURIComponent(p.of.topic)}/${p.of.partition}/${p.of.offset}`);
  if (got.error?.status === 404) return <Empty text={t("nothingHere")} />;
  return (
    <section aria-label={t("messageOf")}>
      <h3>{t("messageOf")} {`${p.of.topic}/${p.of.partition}@${p.of.offset}`} <button type="button" data-act="retry" onClick={p.retry}>{t("mapAgain")}</button></h3>
      <Show of={got}>
        {(m) => (
          <>
            <ul class="plain">{m.records.map((r) => <li><span><strong>{r.reason}</strong> {r.field ?? ""}</span><span>{r.detail ?? ""}</span></li>)}</ul>
            {p.own ? <><h3>{t("contentOf")}</h3><pre tabIndex={0}>{m.content}</pre></> : <p class="soft">{t("notYours")} {tell("bytes", String(m.size))}</p>}
          </>
        )}
      </Show>
    </section>
  );
}
