// A feed in an emergency: a sample file is looked at on the server, which guesses its contract and says why; then it is proposed.
import { useState } from "preact/hooks";
import { Problem, call, type Catalog, type Who } from "./api";
import { link, useApi } from "./hooks";
import { libraries } from "./steward";
import { Card, Failed, Field, Show, Table } from "./ui";
import { name, t, tell } from "./text";

type Guess = { name: string; topic: string; records: number; expires: string; key: string; version: string; mapped: { column: string; element: string; format?: string; why: string }[]; unknown: string[]; text: string; proposal?: string };

export function Emergency(p: { base: string; who: Who | undefined }) {
  const catalog = useApi<Catalog>("/api/v1/catalog");
  const [file, setFile] = useState<File>();
  const [text, setText] = useState("");
  const [terms, setTerms] = useState<Record<string, string>>({ library: "person", department: p.who?.department ?? "" });
  const [reason, setReason] = useState("");
  const [guess, setGuess] = useState<Guess>();
  const [error, setError] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const set = (k: string, v: string) => {
    setTerms({ ...terms, [k]: v });
    setGuess(undefined);
  };
  const send = async (more: Record<string, string>) => {
    const raw = file ?? (text.trim() ? text : undefined);
    if (!raw) return setError(new Problem(0, t("noFile"), "", "empty"));
    setBusy(true);
    try {
      const q = new URLSearchParams(Object.entries({ ...terms, ...more }).filter(([, v]) => v));
      setGuess(await call<Guess>(`/api/v1/catalog/emergencies?${q}`, { raw }));
      setError(undefined);
    } catch (x) {
      setError(x as Problem);
    }
    setBusy(false);
  };
  return (
    <>
      <Card title={t("emergency")} note={t("emergencyNote")} wide>
        <div class="row">
          <Field label={t("chooseSample")}><input type="file" name="sample" accept=".csv,.json,.jsonl,.ndjson,.txt" onChange={(e) => { setFile(e.currentTarget.files?.[0]); setGuess(undefined); }} /></Field>
          <Field label={t("library")}><select name="library" value={terms.library} onChange={(e) => set("library", e.currentTarget.value)}>{libraries.map((l) => <option value={l}>{t(l)}</option>)}</select></Field>
          {p.who?.role !== "department" && <Show of={catalog}>{(c) => <Field label={t("department")}><select name="department" value={terms.department} onChange={(e) => set("department", e.currentTarget.value)}><option value="">–</option>{c.departments.map((d) => <option value={d.code}>{name(d.zh, d.en)}</option>)}</select></Field>}</Show>}
        </div>
        <Field label={t("orPasteSample")}><textarea name="text" rows={4} spellcheck={false} value={text} onInput={(e) => { setText(e.currentTarget.value); setGuess(undefined); }} /></Field>
        <div class="row">
          <Field label={t("feedName")} hint={t("feedNameHint")}><input name="name" maxLength={60} pattern="[a-z0-9][a-z0-9._\-]*" value={terms.name ?? ""} onInput={(e) => set("name", e.currentTarget.value)} /></Field>
          <Field label={t("zhName")}><input name="zh" maxLength={60} value={terms.zh ?? ""} onInput={(e) => set("zh", e.currentTarget.value)} /></Field>
          <Field label={t("lastDay")} hint={t("lastDayHint")}><input name="expires" type="date" value={terms.expires ?? ""} onInput={(e) => set("expires", e.currentTarget.value)} /></Field>
        </div>
        <p class="chips"><button type="button" class="main" data-act="guess" disabled={busy} onClick={() => void send({})}>{t("guessIt")}</button></p>
        {busy && <p role="status"><progress aria-label={t("loading")} /></p>}
        {error && <Failed error={error} />}
      </Card>
      {guess && (
        <Card title={tell("guessOf", guess.name)} note={tell("guessNote", String(guess.records), guess.topic, guess.expires)} wide>
          <Table name="guess" rows={[...guess.mapped, ...guess.unknown.map((u) => ({ column: u, element: "", format: "", why: t("notFound") }))]} empty={t("noElements")} columns={[
            { id: "column", title: t("field"), value: (m) => m.column }, { id: "element", title: t("element"), value: (m) => m.element, cell: (m) => (m.element ? <code>{m.element}</code> : <span class="tag bad">{t("notMapped")}</span>) },
            { id: "format", title: t("format"), value: (m) => m.format ?? "" }, { id: "why", title: t("why"), value: (m) => m.why },
          ]} />
          <p class="soft">{t("recordKey")} {guess.key}<br />{t("newerOf")} {guess.version}</p>
          <details><summary>{t("feedFile")}</summary><pre tabIndex={0}>{guess.text}</pre></details>
          {guess.proposal ? <p class="ok" role="status">{tell("proposedAs", guess.proposal)} {p.base === "steward" && <a href={link("steward/proposals", { proposal: guess.proposal })}>{t("proposals")}</a>}</p> : (
            <>
              <Field label={t("whyUrgent")} hint={t("noPersonal")}><input name="urgent" maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} /></Field>
              <p class="chips"><button type="button" class="main" data-act="propose" disabled={busy || reason.length < 4} onClick={() => void send({ reason })}>{t("proposeIt")}</button></p>
            </>
          )}
        </Card>
      )}
    </>
  );
}
