// Cases: a counter opens one and sees every proof at once; open points, the decision, an appeal, the archive package.
import { useState } from "preact/hooks";
import { Problem, call, download, type Who } from "./api";
import { link, route, setQuery, useApi } from "./hooks";
import { type Matter, type MatterDetail, type Party } from "./matters";
import { Card, Empty, Failed, Field, Show, Table, Time } from "./ui";
import { lang, name, t, tell } from "./text";

type Point = { code: string; element?: string; feed?: string; department?: string; zh: string; en: string };
type Outcome = { material: string; zh: string; en: string; step: string; party: string; state: string; points?: Point[] };
type Value = { value: unknown; source?: { feed: string; zh: string }; as_of?: string; doubted: boolean; masked?: boolean };
type Proof = Outcome & { library?: string; values?: Record<string, Value> };
type Decision = { accept: boolean; by_rule: boolean; reason?: string; client: string; department?: string; at: string; saved: { materials: number; days: number; steps: number } };
type Case = { id: string; matter: string; division: string; state: string; opened: string; client: string; outcomes?: Outcome[]; decisions: Decision[]; appeals: { reason: string; client: string; at: string }[] };
type Answer = { case: Case; proofs: Proof[]; open: string[] };

const good = ["proved", "accepted", "recognised"];
const State = (p: { state: string }) => <span class={good.includes(p.state) ? "tag good" : "tag bad"}>{t(`st_${p.state}`)}</span>;

/** Cases lists the caller's; a counter opens new ones here. */
export function Cases(p: { base: string; who: Who | undefined }) {
  const got = useApi<{ cases: Case[] }>("/api/v1/cases?limit=200");
  return (
    <>
      {p.who?.role === "service" && <OpenCase base={p.base} done={got.again} />}
      <Card title={t("cases")} note={t("casesNote")} wide>
        <Show of={got}>
          {(d) => (
            <Table name="cases" rows={d.cases} empty={t("noCases")} columns={[
              { id: "id", title: "id", value: (c) => c.id, cell: (c) => <a href={link(`${p.base}/case/${c.id}`)}>{c.id}</a> },
              { id: "matter", title: t("matter"), value: (c) => c.matter },
              { id: "state", title: t("state"), pick: true, value: (c) => t(`cs_${c.state}`) },
              { id: "city", title: t("division"), pick: true, value: (c) => c.division },
              { id: "client", title: t("client"), pick: true, value: (c) => c.client },
              { id: "opened", title: t("openedAt"), value: (c) => c.opened, cell: (c) => <Time at={c.opened} /> },
            ]} />
          )}
        </Show>
      </Card>
    </>
  );
}

/** OpenCase asks for the numbers of a matter's parties and shows what they prove. Numbers stay in the form: no address, no storage. */
function OpenCase(p: { base: string; done: () => void }) {
  const matters = useApi<{ matters: Matter[] }>("/api/v1/matters");
  const wanted = route().query.get("matter");
  const [error, setError] = useState<Problem>();
  const [answer, setAnswer] = useState<Answer>();
  const submit = async (e: SubmitEvent, m: Matter) => {
    e.preventDefault();
    const f = new FormData(e.currentTarget as HTMLFormElement);
    const scheme = (x: Party) => (x.library === "person" ? "citizen" : "uscc");
    const parties = Object.fromEntries(m.parties.map((x) => [x.party, { scheme: scheme(x), value: String(f.get(`party-${x.party}`)) }]));
    try {
      setAnswer(await call<Answer>("/api/v1/cases", { body: { matter: m.matter, division: f.get("division"), parties } }));
      setError(undefined);
      p.done();
    } catch (x) {
      setAnswer(undefined);
      setError(x as Problem);
    }
  };
  return (
    <>
      <Card title={t("openCase")} note={t("openCaseNote")} wide>
        <Show of={matters}>
          {(d) => {
            const m = d.matters.find((x) => x.matter === wanted) ?? d.matters[0];
            return !m ? <Empty text={t("noMatters")} /> : (
              <form onSubmit={(e) => void submit(e as unknown as SubmitEvent, m)} autoComplete="off">
                <div class="row">
                  <Field label={t("matter")}><select name="matter" value={m.matter} onChange={(e) => { setAnswer(undefined); setQuery({ matter: e.currentTarget.value }); }}>{d.matters.map((x) => <option value={x.matter}>{name(x.zh, x.en)}</option>)}</select></Field>
                  <Field label={t("counterDivision")}><input name="division" required pattern="[0-9]{6}" defaultValue="320102" /></Field>
                  {m.parties.map((x) => <Field label={tell("partyNumber", name(x.zh, x.en))} key={m.matter + x.party}><input name={`party-${x.party}`} required maxLength={40} autoComplete="off" /></Field>)}
                </div>
                <button type="submit" class="main">{t("openIt")}</button>
              </form>
            );
          }}
        </Show>
        {error && <Failed error={error} />}
      </Card>
      {answer && <Proofs answer={answer} base={p.base} />}
    </>
  );
}

/** Proofs are all materials of a case with their values and open points, as they were read just now. */
function Proofs(p: { answer: Answer; base: string }) {
  const { proofs } = p.answer;
  const value = (v: Value) => `${v.value ?? "–"}`;
  return (
    <Card title={`${tell("caseOf", p.answer.case.id)}: ${t(`cs_${p.answer.case.state}`)}`} note={t("proofsNote")} wide>
      <p><a href={link(`${p.base}/case/${p.answer.case.id}`)}>{t("toCase")}</a></p>
      <Table name="proofs" rows={proofs} empty={t("noPoints")} columns={[
        { id: "material", title: t("material"), value: (x) => name(x.zh, x.en) },
        { id: "state", title: t("outcomeOf"), pick: true, value: (x) => t(`st_${x.state}`), cell: (x) => <State state={x.state} /> },
        { id: "values", title: t("proofs"), value: (x) => Object.entries(x.values ?? {}).map(([k, v]) => `${k} ${value(v)}`).join("; "),
          cell: (x) => <>{Object.entries(x.values ?? {}).map(([k, v]) => <div><code>{k}</code> {value(v)} {v.masked && <span class="tag">{t("masked")}</span>} <span class="soft">{v.source ? name(v.source.zh, v.source.feed) : ""} <Time at={v.as_of} /></span></div>)}</> },
        { id: "points", title: t("points"), value: (x) => said(x.points), cell: (x) => <Points of={x.points} /> },
      ]} />
    </Card>
  );
}

const said = (points: Point[] | undefined) => (points ?? []).map((x) => (lang() === "zh" ? x.zh : x.en)).join("; ");
const Points = (p: { of: Point[] | undefined }) => <>{(p.of ?? []).map((x) => <div>{lang() === "zh" ? x.zh : x.en} {x.department && <span class="tag">{x.department}</span>}</div>)}</>;

/** CaseView is one case: what its materials came to, what was decided, and what the caller may do with it now. */
export function CaseView(p: { id: string; base: string; who: Who | undefined }) {
  const path = `/api/v1/cases/${encodeURIComponent(p.id)}`;
  const got = useApi<Case>(path);
  const matter = useApi<MatterDetail>(got.data ? `/api/v1/matters/${encodeURIComponent(got.data.matter)}` : null);
  const [answer, setAnswer] = useState<Answer>();
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
  return (
    <>
      <p><a href={link(`${p.base}/cases`)}>← {t("cases")}</a></p>
      <Show of={got}>
        {(c) => (
          <>
            <Card title={`${tell("caseOf", c.id)}: ${t(`cs_${c.state}`)}`} wide>
              <p class="soft answer">{matter.data ? name(matter.data.zh, matter.data.en) : c.matter} · {c.division} · <Time at={c.opened} /></p>
              <Table name="outcomes" rows={c.outcomes ?? []} empty={t("noPoints")} columns={[
                { id: "material", title: t("material"), value: (x) => name(x.zh, x.en) },
                { id: "state", title: t("outcomeOf"), pick: true, value: (x) => t(`st_${x.state}`), cell: (x) => <State state={x.state} /> },
                { id: "points", title: t("points"), value: (x) => said(x.points), cell: (x) => <Points of={x.points} /> },
              ]} />
              <p class="chips">
                {(p.who?.role === "service" || p.who?.role === "department") && <button type="button" data-act="check" onClick={() => void attempt(async () => setAnswer(await call<Answer>(`${path}/check`, { body: {} })))}>{t("readAgain")}</button>}
                {(c.state === "approved" || c.state === "refused") && <button type="button" data-act="archive" onClick={() => void attempt(() => download(`${path}/archive.zip`, `${c.id}.zip`))}>{t("archive")}</button>}
              </p>
              {error && <Failed error={error} />}
            </Card>
            {answer && <Proofs answer={answer} base={p.base} />}
            {c.decisions.length > 0 && (
              <Card title={t("decisionsOf")} wide>
                <ol class="timeline" tabIndex={0}>{c.decisions.map((d) => <li><strong>{t(d.accept ? "cs_approved" : "cs_refused")}</strong> <Time at={d.at} /> {d.by_rule ? t("byTheRule") : (d.department || d.client)} <span class="soft">{tell("savedOf", String(d.saved.materials), String(d.saved.days), String(d.saved.steps))}</span>{d.reason && <p class="soft">{d.reason}</p>}</li>)}
                  {c.appeals.map((a) => <li><strong>{t("appeal")}</strong> <Time at={a.at} /> {a.client}<p class="soft">{a.reason}</p></li>)}</ol>
              </Card>
            )}
            {matter.data && <Decide c={c} m={matter.data} who={p.who} act={(what, body) => attempt(() => call(`${path}/${what}`, { body }))} />}
          </>
        )}
      </Show>
    </>
  );
}

function Decide(p: { c: Case; m: MatterDetail; who: Who | undefined; act: (what: string, body: unknown) => Promise<void> }) {
  const { c, m, who } = p;
  const [reason, setReason] = useState("");
  const [brought, setBrought] = useState<string[]>([]);
  const ended = c.state === "approved" || c.state === "refused";
  const mine = c.client === who?.client;
  const may = (who?.role === "department" && m.deciders.includes(who.department ?? "")) || (mine && m.deciders.includes("counter"));
  const open = (c.outcomes ?? []).filter((o) => !good.includes(o.state));
  if (ended && !mine) return null;
  if (!ended && !may) return <Card title={t("decideCase")} wide><Empty text={tell("notYourDecision", m.deciders.map((d) => (d === "counter" ? t("counterWord") : d)).join(", "))} /></Card>;
  return (
    <Card title={t(ended ? "appeal" : "decideCase")} note={t("decideCaseNote")} wide>
      {!ended && open.map((o) => <label class="check"><input type="checkbox" checked={brought.includes(o.material)} onChange={(e) => setBrought(e.currentTarget.checked ? [...brought, o.material] : brought.filter((x) => x !== o.material))} />{name(o.zh, o.en)}</label>)}
      <Field label={t("reasonOf")}><input name="reason" value={reason} maxLength={500} onInput={(e) => setReason(e.currentTarget.value)} /></Field>
      <p class="chips">
        {ended ? <button type="button" data-act="appeal" disabled={reason.length < 2} onClick={() => void p.act("appeal", { reason })}>{t("appeal")}</button> : (
          <>
            <button type="button" class="main" data-act="approve" disabled={reason.length < 2} onClick={() => void p.act("decide", { accept: true, reason, brought })}>{t("approve")}</button>
            <button type="button" data-act="refuse" disabled={reason.length < 2} onClick={() => void p.act("decide", { accept: false, reason, brought })}>{t("refuse")}</button>
          </>
        )}
      </p>
    </Card>
  );
}
