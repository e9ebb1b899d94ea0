// The auditor: the log, its proofs, who has read somebody, and what was recalled.
import { useState } from "preact/hooks";
import { Problem, call } from "./api";
import { route, setQuery, useApi } from "./hooks";
import { libraries } from "./steward";
import { SharingView } from "./sharing";
import { Card, Copy, Failed, Field, Show, Table, Tabs, Time } from "./ui";
import { number, t, tell, word } from "./text";

type Entry = { index: number; hash: string; leaf: { time: string; client?: string; role?: string; operation: string; library?: string; grant?: string; purpose?: string; case?: string; decision: string; reason?: string; count: number } };

export function AuditorPage(p: { path: string[] }) {
  const at = p.path[0] ?? "log";
  return (
    <>
      <h1>{t("auditor")}</h1>
      <Tabs base="auditor" at={at} tabs={[["log", t("log")], ["readers", t("readers")], ["recalls", t("recalls")], ["sharing", t("sharing")]]} />
      {at === "log" && <Log />}
      {at === "readers" && <Readers />}
      {at === "recalls" && <Recalls />}
      {at === "sharing" && <SharingView />}
    </>
  );
}

function Log() {
  const checkpoint = useApi<{ size: number; checkpoint: string }>("/api/v1/audit/checkpoint");
  const size = checkpoint.data?.size ?? 0;
  const asked = route().query.get("from");
  const from = asked === null ? Math.max(0, size - 200) : Number(asked);
  const page = useApi<{ entries: Entry[]; size: number; next: number }>(checkpoint.data ? `/api/v1/audit?limit=200&from=${from}` : null);
  const [proof, setProof] = useState<{ index: number; path: string[] }>();
  const [error, setError] = useState<Problem>();
  const prove = async (index: number) => {
    try {
      setProof({ index, path: (await call<{ proof: string[] }>(`/api/v1/audit/inclusion?index=${index}&size=${size}`)).proof });
      setError(undefined);
    } catch (e) {
      setError(e as Problem);
    }
  };
  return (
    <>
      <Card title={t("log")} note={t("logNote")} wide>
        <p class="chips"><button type="button" disabled={from <= 0} onClick={() => setQuery({ from: String(Math.max(0, from - 200)) })}>{t("older")}</button><button type="button" onClick={() => { setQuery({ from: undefined }); checkpoint.again(); }}>{t("newest")}</button></p>
        {error && <Failed error={error} />}
        <Show of={page}>
          {(d) => <Table name="log" rows={[...d.entries].reverse()} empty={t("noLog")} columns={[
            { id: "index", title: t("leaf"), value: (e) => e.index },
            { id: "time", title: t("time"), value: (e) => e.leaf.time, cell: (e) => <Time at={e.leaf.time} /> },
            { id: "client", title: t("client"), pick: true, value: (e) => e.leaf.client ?? "" },
            { id: "operation", title: t("operation"), pick: true, value: (e) => word(e.leaf.operation) },
            { id: "library", title: t("library"), pick: true, value: (e) => (e.leaf.library ? t(e.leaf.library) : "") },
            { id: "purpose", title: t("purpose"), value: (e) => e.leaf.purpose ?? "" },
            { id: "decision", title: t("decision"), pick: true, value: (e) => word(e.leaf.decision), cell: (e) => <><span class={e.leaf.decision === "allowed" ? "tag good" : "tag bad"}>{word(e.leaf.decision)}</span> {e.leaf.reason ?? ""}</> },
            { id: "proof", title: t("proof"), value: () => "", cell: (e) => (e.index < size ? <button type="button" onClick={() => void prove(e.index)}>{t("prove")}</button> : null) },
          ]} />}
        </Show>
      </Card>
      {proof && <Card title={tell("proofOf", number(proof.index), number(size))} note={t("proofNote")} wide><Copy text={proof.path.join("\n") || "–"} /></Card>}
      <Card title={t("checkpoint")} note={t("checkpointNote")} wide><Show of={checkpoint}>{(c) => <Copy text={c.checkpoint} />}</Show></Card>
    </>
  );
}

type Reading = { log: string; leaf: number; time: string; client: string; operation: string; purpose?: string; case?: string; elements: string[]; decision: string };

/** Readers asks by a body: a person's number is never in an address, and is gone when the page is left. */
function Readers() {
  const [library, setLibrary] = useState("person");
  const [found, setFound] = useState<Reading[]>();
  const [error, setError] = useState<Problem>();
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const f = new FormData(e.currentTarget as HTMLFormElement);
    const value = String(f.get("value")).trim();
    const by = /^[0-9a-f-]{36}$/.test(value) ? { entity: value } : { scheme: library === "person" ? "citizen" : "uscc", value };
    try {
      setFound((await call<{ readings: Reading[] }>("/api/v1/readers", { body: { by, library, reason: f.get("reason") } })).readings);
      setError(undefined);
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <Card title={t("readers")} note={t("readersNote")} wide>
      <form onSubmit={(e) => void submit(e as unknown as SubmitEvent)}>
        <div class="row">
          <Field label={t("library")}><select value={library} onChange={(e) => setLibrary(e.currentTarget.value)}>{libraries.map((l) => <option value={l}>{t(l)}</option>)}</select></Field>
          <Field label={t("identifier")} hint={t("identifierHint")}><input name="value" required autocomplete="off" spellcheck={false} /></Field>
          <Field label={t("whoseRequest")} hint={t("noPersonal")}><input name="reason" required minLength={2} /></Field>
        </div>
        <button type="submit" class="main">{t("find")}</button>
      </form>
      {error && <Failed error={error} />}
      {found && <Table name="readings" rows={found} empty={t("noReadings")} columns={[
        { id: "time", title: t("time"), value: (r) => r.time, cell: (r) => <Time at={r.time} /> }, { id: "client", title: t("client"), pick: true, value: (r) => r.client },
        { id: "operation", title: t("operation"), pick: true, value: (r) => word(r.operation) }, { id: "purpose", title: t("purpose"), value: (r) => r.purpose ?? "" },
        { id: "elements", title: t("elements"), value: (r) => r.elements.join(", ") }, { id: "decision", title: t("decision"), pick: true, value: (r) => word(r.decision) }, { id: "leaf", title: t("leaf"), value: (r) => r.leaf },
      ]} />}
    </Card>
  );
}

type Recall = { id: string; library: string; kind: string; client: string; elements: string[]; read_at: string; changed: string; acknowledged?: { at: string } };

function Recalls() {
  const got = useApi<{ recalls: Recall[] }>("/api/v1/recalls?limit=1000");
  return (
    <Card title={t("recalls")} note={t("recallsNote")} wide>
      <Show of={got}>{(d) => <Table name="recalls" rows={d.recalls} empty={t("noRecalls")} columns={[
        { id: "changed", title: t("time"), value: (r) => r.changed, cell: (r) => <Time at={r.changed} /> }, { id: "client", title: t("client"), pick: true, value: (r) => r.client }, { id: "library", title: t("library"), pick: true, value: (r) => t(r.library) },
        { id: "kind", title: t("kind"), pick: true, value: (r) => r.kind }, { id: "elements", title: t("elements"), value: (r) => r.elements.join(", ") },
        { id: "ack", title: t("acknowledged"), value: (r) => r.acknowledged?.at ?? "", cell: (r) => (r.acknowledged ? <Time at={r.acknowledged.at} /> : <span class="tag bad">{t("no")}</span>) },
      ]} />}</Show>
    </Card>
  );
}
