// Work orders: the list, one order with its evidence and history, and what may be done with it; and scores with how they are computed.
import { useState } from "preact/hooks";
import { Problem, act, download, type Who } from "./api";
import { link, route, setQuery, useApi } from "./hooks";
import { Card, Empty, Failed, Field, Show, Table, Time } from "./ui";
import { name, t, tell, word } from "./text";

type Order = {
  id: string; n: number; state: string; stage: string; action: string; by: string; note?: string; at: string; round: number; department: string; authority?: string; holder?: string; severity: string; level: number;
  due?: string; opened: string; library: string; feed: string; record?: string; element?: string; rule: string; entity?: string;
};
type Dossier = Order & { detail: string; topic?: string; partition: number; offset: number; received?: string; contact?: string; actions: string[]; history: Order[] };

const states = ["open", "acknowledged", "disputed", "appealed", "mending", "closed"];

/** WorkOrders lists what waits, those first whose term ends first; base is the page that it stands on. */
export function WorkOrders(p: { base: string }) {
  const q = route().query;
  const params = new URLSearchParams({ limit: "1000" });
  if (q.get("state")) params.set("state", q.get("state")!);
  if (q.get("overdue")) params.set("overdue", "true");
  const got = useApi<{ orders: Order[] }>(`/api/v1/workorders?${params}`);
  return (
    <Card title={t("workorders")} note={t("workordersNote")} wide>
      <div class="row">
        <Field label={t("state")}><select value={q.get("state") ?? ""} onChange={(e) => setQuery({ state: e.currentTarget.value || undefined })}><option value="">{t("anyState")}</option>{states.map((s) => <option value={s}>{t(`state_${s}`)}</option>)}</select></Field>
        <label class="check"><input type="checkbox" checked={q.get("overdue") !== null} onChange={(e) => setQuery({ overdue: e.currentTarget.checked ? "1" : undefined })} />{t("overdueOnly")}</label>
        <button type="button" onClick={() => void download(`/api/v1/workorders.csv?${params}`, "workorders.csv")}>{t("takenTable")}</button>
      </div>
      <Show of={got}>
        {(d) => (
          <Table name="workorders" rows={d.orders} empty={t("noWorkorders")} columns={[
            { id: "order", title: t("order"), value: (o) => o.id, cell: (o) => <a href={link(`${p.base}/workorder/${o.id}`)}>{o.id.slice(0, 8)}</a> },
            { id: "state", title: t("state"), pick: true, value: (o) => t(`state_${o.state}`), cell: (o) => <>{t(`state_${o.state}`)}{o.level > 0 && <span class="tag bad">{o.level}</span>}</> },
            { id: "due", title: t("due"), value: (o) => o.due ?? "", cell: (o) => <Time at={o.due} /> },
            { id: "holder", title: t("holder"), pick: true, value: (o) => o.holder ?? "" },
            { id: "rule", title: t("rule"), pick: true, value: (o) => o.rule },
            { id: "feed", title: t("feed"), pick: true, value: (o) => o.feed },
            { id: "record", title: t("recordOf"), value: (o) => o.record ?? "" },
            { id: "element", title: t("element"), value: (o) => o.element ?? "" },
            { id: "severity", title: t("severity"), pick: true, value: (o) => word(o.severity) },
          ]} />
        )}
      </Show>
    </Card>
  );
}

/** OrderView is one order, and what the caller may do with it now. */
export function OrderView(p: { id: string; base: string }) {
  const got = useApi<Dossier>(`/api/v1/workorders/${encodeURIComponent(p.id)}`);
  return (
    <>
      <p><a href={link(`${p.base}/workorders`)}>← {t("workorders")}</a></p>
      <Show of={got}>
        {(o) => (
          <div class="columns">
            <Card title={`${t("order")} ${o.id.slice(0, 8)}: ${t(`state_${o.state}`)}`} note={o.detail}>
              <dl class="facts">
                <dt>{t("rule")}</dt><dd>{o.rule}</dd>
                <dt>{t("recordOf")}</dt><dd>{o.feed} {o.record ?? ""}{o.topic && <><br /><small>{`${o.topic}/${o.partition}@${o.offset}`} <Time at={o.received} /></small></>}</dd>
                <dt>{t("element")}</dt><dd>{o.library} {o.element ?? ""}</dd>
                <dt>{t("mends")}</dt><dd>{o.department}</dd>
                <dt>{t("decides")}</dt><dd>{o.authority ?? ""}</dd>
                <dt>{t("holder")}</dt><dd>{o.holder ?? "–"} {o.contact && <small>{t("contactOf")}: {o.contact}</small>}</dd>
                <dt>{t("due")}</dt><dd><Time at={o.due} /></dd>
              </dl>
              <OrderActs order={o} done={got.again} />
            </Card>
            <Card title={t("historyOf")}>
              <ol class="timeline" tabIndex={0}>{o.history.map((e) => <li data-action={e.action}><strong>{t(`act_${e.action}`)}</strong> <Time at={e.at} /> {e.by} <span class="tag">{t(`stage_${e.stage}`)}</span>{e.note && <p class="soft">{e.note}</p>}</li>)}</ol>
            </Card>
          </div>
        )}
      </Show>
    </>
  );
}

function OrderActs(p: { order: Dossier; done: () => void }) {
  const [note, setNote] = useState("");
  const [evidence, setEvidence] = useState("");
  const [error, setError] = useState<Problem>();
  const [said, setSaid] = useState("");
  const offered = p.order.actions.flatMap((a) => (a === "decide" ? ["uphold", "reject"] : [a]));
  const send = async (a: string) => {
    const decide = a === "uphold" || a === "reject";
    const body = { ...(note ? { note } : {}), ...(evidence.trim() ? { evidence: evidence.split("\n").map((l) => l.trim()).filter(Boolean) } : {}), ...(decide ? { uphold: a === "uphold" } : {}) };
    try {
      await act(`/api/v1/workorders/${p.order.id}/${decide ? "decide" : a}`, body, String(p.order.n));
      setError(undefined);
      setNote("");
      setEvidence("");
      setSaid(tell("actDone", t(`act_${a}`)));
      p.done();
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <>
      <p role="status" class="ok">{said}</p>
      {offered.length === 0 ? <Empty text={t("nothingToDo")} /> : (
        <>
          <Field label={t("note")} hint={t("noteHint")}><textarea name="note" rows={2} maxLength={400} value={note} onInput={(e) => setNote(e.currentTarget.value)} /></Field>
          {offered.some((a) => a === "dispute" || a === "appeal") && <Field label={t("evidence")}><textarea name="evidence" rows={2} value={evidence} onInput={(e) => setEvidence(e.currentTarget.value)} /></Field>}
          <p class="chips"><span>{t("doNow")}</span>{offered.map((a) => <button type="button" data-act={a} onClick={() => void send(a)}>{t(`act_${a}`)}</button>)}</p>
        </>
      )}
      {error && <Failed error={error} />}
    </>
  );
}

type Score = { rank: number; department: string; zh: string; index: number; grade: string; connection: number; update: number; quality: number; closure: number; open: number; overdue: number };
type Computed = Score & { as_of: string; of: number; weights: { indicator: string; weight: number }[]; figures: { indicator: string; zh: string; en: string; formula: string; a: number; b: number; value: number }[] };
type Bulletin = { period: string; edition: number; published: string };

const share = (v: number) => (v < 0 ? "–" : `${(v / 10_000).toFixed(2)} %`);

/** Scores is a department's own score and how it is computed; for others every department's. */
export function Scores(p: { who: Who | undefined }) {
  const wanted = route().query.get("of") ?? (p.who?.role === "department" ? p.who.department : undefined);
  const all = useApi<{ as_of: string; scorecards: Score[] }>("/api/v1/scorecards");
  return (
    <>
      {p.who?.role !== "department" && (
        <Card title={t("allDepartments")} note={t("scorecardNote")} wide>
          <Show of={all}>{(d) => <><p class="soft">{t("asOfTime")} <Time at={d.as_of} /></p><Table name="scorecards" rows={d.scorecards} empty={t("noScorecard")} columns={[
            { id: "rank", title: "#", value: (s) => s.rank },
            { id: "department", title: t("department"), pick: true, value: (s) => s.zh, cell: (s) => <button type="button" class="link" onClick={() => setQuery({ of: s.department })}>{s.zh}</button> },
            { id: "index", title: t("indexOf"), value: (s) => s.index, cell: (s) => <>{share(s.index)} {s.grade}</> },
            { id: "quality", title: t("rules"), value: (s) => s.quality, cell: (s) => share(s.quality) },
            { id: "open", title: t("workorders"), value: (s) => s.open },
          ]} /></>}</Show>
        </Card>
      )}
      {wanted && <ComputedScore department={wanted} />}
      <Bulletins />
    </>
  );
}

function ComputedScore(p: { department: string }) {
  const got = useApi<Computed>(`/api/v1/scorecards/${encodeURIComponent(p.department)}`);
  return (
    <Show of={got}>
      {(s) => (
        <>
          <Card title={`${s.zh} ${t("scorecard")}`} note={t("scorecardNote")} wide>
            <p class="soft">{t("asOfTime")} <Time at={s.as_of} /></p>
            <div class="grid">
              {([["indexOf", s.index, `${s.grade} ${s.rank ? tell("rankOf", String(s.rank), String(s.of)) : ""}`], ...s.weights.map((w) => [w.indicator, (s as unknown as Record<string, number>)[w.indicator] ?? -1, `${t("weightOf")} ${w.weight / 10} %`])] as [string, number, string][]).map(([k, v, note]) => {
                const f = s.figures.find((x) => x.indicator === k);
                return <div class="card"><h3>{f ? name(f.zh, f.en) : t(k)}</h3><p class="figure">{share(v)}</p><p class="soft">{note}</p></div>;
              })}
            </div>
          </Card>
          <Card title={t("howComputed")} note={t("howComputedNote")} wide>
            <Table name="figures" rows={s.figures.filter((f) => f.b > 0 || f.value >= 0)} empty={t("noScorecard")} most={100} columns={[
              { id: "figure", title: t("figureWord"), value: (f) => f.indicator, cell: (f) => <>{name(f.zh, f.en)} <code>{f.indicator}</code></> },
              { id: "value", title: t("value"), value: (f) => f.value, cell: (f) => share(f.value) },
              { id: "counts", title: t("counts"), value: (f) => `${f.a} / ${f.b}` },
              { id: "formula", title: t("formula"), value: (f) => word(f.formula) },
            ]} />
          </Card>
        </>
      )}
    </Show>
  );
}

function Bulletins() {
  const got = useApi<{ bulletins: Bulletin[] }>("/api/v1/bulletins");
  const save = (b: Bulletin, form: string) => void download(`/api/v1/bulletins/${b.period}?form=${form}`, `bulletin-${b.period}-${b.edition}.${form === "sig" ? "json.sig" : form}`);
  return (
    <Card title={t("bulletins")} note={t("bulletinsNote")} wide>
      <Show of={got}>{(d) => <Table name="bulletins" rows={d.bulletins} empty={t("noBulletins")} columns={[
        { id: "period", title: t("period"), value: (b) => b.period }, { id: "edition", title: t("edition"), value: (b) => b.edition },
        { id: "published", title: t("publishedAt"), value: (b) => b.published, cell: (b) => <Time at={b.published} /> },
        { id: "file", title: t("download"), value: () => "", cell: (b) => <span class="chips">{(["html", "json", "sig"] as const).map((f) => <button type="button" onClick={() => save(b, f)}>{f === "sig" ? t("signature") : f.toUpperCase()}</button>)}</span> },
      ]} />}</Show>
    </Card>
  );
}
