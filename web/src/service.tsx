// A service: find data, apply for it, hold keys, make the first call, see what was used and what has changed.
import { useState } from "preact/hooks";
import { Problem, act, call, type Catalog, type LibraryDetail, type Who } from "./api";
import { type Application } from "./applications";
import { CaseView, Cases } from "./cases";
import { Feedback } from "./feedback";
import { route, setQuery, useApi } from "./hooks";
import { Matters } from "./matters";
import { CatalogSearch, Demands } from "./sharing";
import { libraries } from "./steward";
import { Bars } from "./charts";
import { Card, Copy, Empty, Failed, Field, Show, Sure, Table, Tabs, Time } from "./ui";
import { name, t, tell, word } from "./text";

export function ServicePage(p: { path: string[]; who: Who | undefined }) {
  const at = p.path[0] ?? "find";
  return (
    <>
      <h1>{t("service")}</h1>
      <Tabs base="service" at={at} tabs={[["find", t("findData")], ["apply", t("apply")], ["grants", t("grantsAndKeys")], ["usage", t("usage")], ["changes", t("changes")], ["feedback", t("feedback")], ["demands", t("demands")], ["matters", t("matters")], ["cases", t("cases")]]} />
      {at === "find" && <FindData />}
      {at === "apply" && <Apply />}
      {at === "grants" && <Grants who={p.who} />}
      {at === "usage" && <Usage />}
      {at === "changes" && <Changes />}
      {at === "feedback" && <Feedback who={p.who} />}
      {at === "matters" && <Matters />}
      {at === "cases" && <Cases base="service" who={p.who} />}
      {at === "case" && <CaseView id={p.path[1] ?? ""} base="service" who={p.who} />}
      {at === "demands" && <Demands who={p.who} />}
    </>
  );
}

function FindData() {
  const catalog = useApi<Catalog>("/api/v1/catalog");
  const details = libraries.map((l) => useApi<LibraryDetail>(`/api/v1/catalog/libraries/${l}`));
  const elements = details.flatMap((d) => (d.data ? d.data.elements.map((e) => ({ ...e, library: d.data!.name })) : []));
  return (
    <>
      <CatalogSearch />
      <Card title={t("findData")} note={t("findDataNote")} wide>
        {elements.length === 0 ? <p role="status">{t("loading")}</p> : <Table name="data" rows={elements} empty={t("noElements")} columns={[
          { id: "element", title: t("element"), value: (e) => `${e.zh} ${e.en ?? ""} ${e.name}`, cell: (e) => <><strong>{name(e.zh, e.en ?? e.name)}</strong> <code>{e.name}</code></> },
          { id: "library", title: t("library"), pick: true, value: (e) => t(e.library) },
          { id: "level", title: t("level"), pick: true, value: (e) => e.level },
          { id: "source", title: t("authority"), value: (e) => e.authority?.[0]?.[0] ?? "" },
          { id: "definition", title: t("definition"), value: (e) => e.definition ?? "" },
          { id: "apply", title: t("apply"), value: () => t("apply"), cell: (e) => <a href={`#/service/apply?library=${e.library}&element=${e.name}`}>{t("apply")}</a> },
        ]} />}
      </Card>
      <Card title={t("feeds")} note={t("feedsNote")} wide>
        <Show of={catalog}>{(c) => <Table name="resources" most={20} rows={c.feeds} empty={t("noFeeds")} columns={[
          { id: "name", title: t("feed"), value: (f) => `${f.zh} ${f.name}`, cell: (f) => <>{name(f.zh, f.en ?? f.name)} <code>{f.name}</code></> },
          { id: "department", title: t("department"), pick: true, value: (f) => { const d = c.departments.find((x) => x.code === f.department); return d ? name(d.zh, d.en) : f.department; } },
          { id: "libraries", title: t("library"), value: (f) => f.libraries.map((l) => t(l)).join("、") },
        ]} />}</Show>
      </Card>
    </>
  );
}

function Apply() {
  const library = route().query.get("library") ?? "person";
  const wanted = route().query.get("element");
  const detail = useApi<LibraryDetail>(`/api/v1/catalog/libraries/${encodeURIComponent(library)}`);
  const [shown, setShown] = useState<Record<string, string>>(wanted ? { [wanted]: "mask" } : {});
  const [error, setError] = useState<Problem>();
  const [filed, setFiled] = useState<string>();
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const f = new FormData(e.currentTarget as HTMLFormElement);
    const columns = Object.fromEntries(Object.entries(shown).filter(([, v]) => v));
    try {
      const body = { title: f.get("title"), reason: f.get("reason"), terms: { library, operations: ["lookup", "verify"], purposes: [f.get("purpose")], columns, basis: f.get("basis") } };
      setFiled((await call<{ id: string }>("/api/v1/applications", { body, headers: { "Idempotency-Key": crypto.randomUUID() } })).id);
      setError(undefined);
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <Card title={t("apply")} note={t("applyNote")} wide>
      <form onSubmit={(e) => void submit(e as unknown as SubmitEvent)}>
        <div class="row">
          <Field label={t("library")}><select value={library} onChange={(e) => { setShown({}); setQuery({ library: e.currentTarget.value, element: undefined }); }}>{libraries.map((l) => <option value={l}>{t(l)}</option>)}</select></Field>
          <Field label={t("purpose")} hint={t("purposeHint")}><input name="purpose" required maxLength={60} /></Field>
          <Field label={t("basis")}><input name="basis" required maxLength={500} /></Field>
        </div>
        <Field label={t("titleOf")}><input name="title" required minLength={2} maxLength={200} /></Field>
        <Field label={t("whyNeeded")} hint={t("noPersonal")}><textarea name="reason" required minLength={5} rows={3} /></Field>
        <fieldset>
          <legend>{t("elementsWanted")}</legend>
          <div class="picks" tabIndex={0} role="group" aria-label={t("elementsWanted")}>
            {(detail.data?.elements ?? []).map((e) => (
              <label><span>{name(e.zh, e.en ?? e.name)}</span>
                <select value={shown[e.name] ?? ""} onChange={(x) => setShown({ ...shown, [e.name]: x.currentTarget.value })}>
                  <option value="">–</option><option value="verify">{t("asVerify")}</option><option value="mask">{t("asMask")}</option><option value="clear">{t("asClear")}</option>
                </select>
              </label>
            ))}
          </div>
        </fieldset>
        <button type="submit" class="main" disabled={!Object.values(shown).some(Boolean)}>{t("file")}</button>
      </form>
      {error && <Failed error={error} />}
      {filed && <p class="ok" role="status">{tell("filed", filed)} <a href="#/service/grants">{t("grantsAndKeys")}</a></p>}
    </Card>
  );
}

function Grants(p: { who: Who | undefined }) {
  const cases = useApi<{ applications: Application[] }>("/api/v1/applications");
  const keys = useApi<{ keys: { id: string; client: string; role: string; expires?: string }[] }>("/api/v1/keys");
  const callable = (p.who?.grants ?? []).filter((g) => g.operations.includes("lookup") || g.operations.includes("verify"));
  const [chosen, setChosen] = useState("");
  const grant = callable.find((g) => g.id === chosen) ?? callable[0];
  const [fresh, setFresh] = useState<{ key: string; client: string; expires?: string }>();
  const [error, setError] = useState<Problem>();
  const attempt = async (f: () => Promise<unknown>) => {
    try {
      await f();
      setError(undefined);
      keys.again();
      cases.again();
    } catch (x) {
      setError(x as Problem);
    }
  };
  const take = (path: string) => attempt(async () => setFresh(await act(path, {})));
  return (
    <>
      <Card title={t("firstCall")} note={t("firstCallNote")} wide>{grant ? <>{callable.length > 1 && <Field label={t("grant")}><select name="grant" value={grant.id} onChange={(e) => setChosen(e.currentTarget.value)}>{callable.map((g) => <option value={g.id}>{t(g.library)} · {g.purposes[0]}</option>)}</select></Field>}<Copy text={example(grant)} /></> : <Empty text={t("noGrant")}><a href="#/service/apply">{t("apply")}</a></Empty>}</Card>
      <Card title={t("applications")} wide>
        <Show of={cases}>{(d) => <Table name="applications" rows={d.applications} empty={t("noApplications")} columns={[
          { id: "id", title: "id", value: (c) => c.id },
          { id: "title", title: t("titleOf"), value: (c) => c.application.title },
          { id: "library", title: t("library"), pick: true, value: (c) => t(c.application.terms.library) },
          { id: "state", title: t("state"), pick: true, value: (c) => t(`ap_${c.state}`), cell: (c) => <span class={c.state === "granted" ? "tag good" : "tag"}>{t(`ap_${c.state}`)}</span> },
          { id: "approvals", title: t("approvals"), value: (c) => c.approvals.length },
          { id: "filed", title: t("filedAt"), value: (c) => c.filed, cell: (c) => <Time at={c.filed} /> },
          { id: "act", title: t("doNow"), value: () => "", cell: (c) => (c.state === "granted" ? <button type="button" data-act="key" onClick={() => void take(`/api/v1/applications/${c.id}/key`)}>{t("takeKey")}</button> : c.state === "filed" || c.state === "assessed" ? <Sure act="withdraw" label={t("withdraw")} done={() => void attempt(() => act(`/api/v1/applications/${c.id}/withdrawal`, { reason: t("withdraw") }))} /> : null) },
        ]} />}</Show>
        {error && <Failed error={error} />}
        {fresh && <><p class="notice" role="status">{tell("keyOnce", fresh.client)}</p><Copy text={fresh.key} /></>}
      </Card>
      <Card title={t("keys")} note={t("keysNote")} wide>
        <Show of={keys}>{(d) => <Table name="keys" rows={d.keys} empty={t("noKeys")} columns={[
          { id: "id", title: "id", value: (k) => k.id },
          { id: "client", title: t("client"), pick: true, value: (k) => k.client },
          { id: "expires", title: t("expires"), value: (k) => k.expires ?? "", cell: (k) => <Time at={k.expires} /> },
          { id: "end", title: t("doNow"), value: () => "", cell: (k) => (k.id === p.who?.id ? <button type="button" data-act="rotate" onClick={() => void take("/api/v1/keys")}>{t("secondKey")}</button> : <Sure act="endkey" label={t("endKey")} done={() => void attempt(() => act(`/api/v1/keys/${k.id}/revocation`, { reason: t("endKey") }))} />) },
        ]} />}</Show>
      </Card>
    </>
  );
}

/** example is a call ready to paste. The key and the number come from the shell, so that neither stands in the text. */
function example(g: Who["grants"][number]): string {
  const fields = Object.keys(g.columns).filter((c) => g.columns[c] !== "verify").slice(0, 3);
  const scheme = { person: "citizen", organisation: "uscc", certificate: "certificate", credit: "uscc", place: "parcel" }[g.library] ?? "citizen";
  const body = JSON.stringify({ by: { scheme, value: "%s" }, fields, purpose: g.purposes[0] });
  return `read -rs KEY; read -rs NUMBER\nprintf '${body}' "$NUMBER" |\n  curl -s ${location.origin}/api/v1/lookup/${g.library} -H "Authorization: Bearer $KEY" \\\n    -H 'Content-Type: application/json' --data @-`;
}

type Use = { day: string; client: string; grant: string; operation: string; calls: number; refused: number; entities: number };

function Usage() {
  const usage = useApi<{ usage: Use[] }>("/api/v1/usage?days=30");
  return (
    <Card title={t("usage")} note={t("usageNote")} wide>
      <Show of={usage}>
        {(d) => {
          const days = [...new Set(d.usage.map((u) => u.day))].sort().map((day) => {
            const of = d.usage.filter((u) => u.day === day);
            return { day, count: of.reduce((n, u) => n + u.calls, 0), bad: of.reduce((n, u) => n + u.refused, 0) };
          });
          return (
            <>
              {days.length > 1 && <Bars title={t("usage")} days={days} good={t("served")} bad={t("refused")} />}
              <Table name="usage" rows={d.usage} empty={t("noUsage")} columns={[
                { id: "day", title: t("day"), value: (u) => u.day }, { id: "client", title: t("client"), pick: true, value: (u) => u.client }, { id: "grant", title: t("grant"), pick: true, value: (u) => u.grant },
                { id: "operation", title: t("operation"), pick: true, value: (u) => word(u.operation) }, { id: "calls", title: t("calls"), value: (u) => u.calls },
                { id: "refused", title: t("refused"), value: (u) => u.refused }, { id: "entities", title: t("entitiesDistinct"), value: (u) => u.entities },
              ]} />
            </>
          );
        }}
      </Show>
    </Card>
  );
}

type Event = { id: string; type: string; subject: string; time: string; data: { elements: string[] } };

function Changes() {
  const library = route().query.get("library") ?? "person";
  const after = route().query.get("after") ?? "0";
  const page = useApi<{ events: Event[]; next: number; head: number }>(`/api/v1/changes/${encodeURIComponent(library)}?limit=200&after=${encodeURIComponent(after)}`);
  return (
    <Card title={t("changes")} note={t("changesNote")} wide>
      <Field label={t("library")}><select value={library} onChange={(e) => setQuery({ library: e.currentTarget.value, after: undefined })}>{libraries.map((l) => <option value={l}>{t(l)}</option>)}</select></Field>
      <Show of={page}>
        {(d) => (
          <>
            <p class="chips"><button type="button" onClick={() => setQuery({ after: String(Math.max(0, d.head - 200)) })}>{t("newest")}</button><button type="button" disabled={d.next >= d.head} onClick={() => setQuery({ after: String(d.next) })}>{t("next")}</button></p>
            <Table name="changes" rows={d.events} empty={t("noChanges")} columns={[
              { id: "id", title: "id", value: (e) => e.id }, { id: "type", title: t("kind"), value: (e) => word(e.type.split(".").pop() ?? "") },
              { id: "elements", title: t("elements"), value: (e) => e.data.elements.join(", ") }, { id: "time", title: t("time"), value: (e) => e.time, cell: (e) => <Time at={e.time} /> },
            ]} />
          </>
        )}
      </Show>
    </Card>
  );
}
