// Matters: what the libraries prove of each, the zero-material report, what was saved, and what is asked for in vain.
import { route, setQuery, useApi } from "./hooks";
import { Card, Empty, Show, Table } from "./ui";
import { name, t, tell } from "./text";

export type Party = { party: string; zh: string; en: string; library: string };
export type Matter = { matter: string; zh: string; en: string; department: string; purpose: string; channel: string; scope: string; automatic: boolean; baseline: { materials: number; days: number; steps: number }; parties: Party[]; materials: number; proved: number };
type Planned = { material: string; zh: string; en: string; step: string; party: string; by: string; reason?: string; query: number; elements?: string[]; tests?: string[]; problems?: { feed: string; state: string; last?: string }[] };
export type MatterDetail = Matter & { deciders: string[]; plan: { queries: { library: string; keys?: string[] }[]; grants: { library: string; show: string[]; test: string[] }[]; materials: Planned[] } };

/** Matters lists them, with the chosen one beside. */
export function Matters() {
  const got = useApi<{ matters: Matter[] }>("/api/v1/matters");
  const chosen = route().query.get("matter");
  return (
    <>
      <Card title={t("matters")} note={t("mattersNote")} wide>
        <Show of={got}>
          {(d) => (
            <Table name="matters" rows={d.matters} empty={t("noMatters")} columns={[
              { id: "matter", title: t("matter"), value: (m) => `${m.zh} ${m.en} ${m.matter}`, cell: (m) => <button type="button" class="link" onClick={() => setQuery({ matter: m.matter })}>{name(m.zh, m.en)}</button> },
              { id: "department", title: t("department"), pick: true, value: (m) => m.department },
              { id: "channel", title: t("channel"), pick: true, value: (m) => t(`channel_${m.channel}`) },
              { id: "scope", title: t("scopeOf"), pick: true, value: (m) => t(`scope_${m.scope}`) },
              { id: "rule", title: t("byRule"), pick: true, value: (m) => t(m.automatic ? "yes" : "no") },
              { id: "proved", title: t("provedOf"), value: (m) => m.proved - m.materials, cell: (m) => <>{m.proved} / {m.materials} {m.proved === m.materials && <span class="tag good">{t("zero")}</span>}</> },
            ]} />
          )}
        </Show>
      </Card>
      {chosen ? <MatterView name={chosen} key={chosen} /> : <Card title={t("zeroReport")} wide><Empty text={t("chooseMatter")} /></Card>}
    </>
  );
}

function MatterView(p: { name: string }) {
  const got = useApi<MatterDetail>(`/api/v1/matters/${encodeURIComponent(p.name)}`);
  const how = (m: MatterDetail, x: Planned) => (x.query < 0 ? tell("broughtWhy", x.reason ?? "") : `${t(m.plan.queries[x.query]!.library)}: ${[...(x.elements ?? []), ...(x.tests ?? [])].join(", ")}`);
  return (
    <Show of={got}>
      {(m) => (
        <>
          <Card title={name(m.zh, m.en)} note={t("zeroReportNote")} wide>
            <p class="soft answer">{tell("baselineOf", String(m.baseline.materials), String(m.baseline.days), String(m.baseline.steps))}</p>
            <Table name="materials" rows={m.plan.materials} empty={t("noMatters")} columns={[
              { id: "material", title: t("material"), value: (x) => name(x.zh, x.en) },
              { id: "how", title: t("howProved"), value: (x) => how(m, x), cell: (x) => <>{x.query < 0 && <span class="tag bad">{t("st_bring")}</span>} {how(m, x)}</> },
              { id: "problems", title: t("sourceProblems"), value: (x) => (x.problems ?? []).map((s) => `${s.feed} ${t(s.state === "dead" ? "dead" : "stale_source")}`).join("; ") },
            ]} />
          </Card>
          <Card title={t("grantsNeeded")} note={tell("grantsNeededNote", m.purpose)} wide>
            <Table name="needs" rows={m.plan.grants} empty={t("noMatters")} columns={[
              { id: "library", title: t("library"), pick: true, value: (g) => t(g.library) },
              { id: "show", title: t("toSee"), value: (g) => g.show.join(", ") },
              { id: "test", title: t("toTest"), value: (g) => g.test.join(", ") },
            ]} />
          </Card>
        </>
      )}
    </Show>
  );
}

type Saved = { matter: string; zh: string; city: string; cases: number; decided: number; by_rule: number; materials: number; days: number; steps: number };
type Savings = { rows: Saved[]; unused: string[]; unmet: { matter: string; material: string; zh: string; cases: number; why?: string }[] };

/** SavingsView is what was saved, which matters nobody uses, and what keeps cases open. */
export function SavingsView() {
  const got = useApi<Savings>("/api/v1/savings?days=30");
  return (
    <Show of={got}>
      {(d) => (
        <>
          <Card title={t("savings")} note={t("savingsNote")} wide>
            <Table name="savings" rows={d.rows} empty={t("noSavings")} columns={[
              { id: "matter", title: t("matter"), value: (r) => name(r.zh, r.matter) }, { id: "city", title: t("city"), pick: true, value: (r) => r.city }, { id: "cases", title: t("casesCount"), value: (r) => r.cases },
              { id: "decided", title: t("decidedCount"), value: (r) => r.decided }, { id: "byrule", title: t("byRuleCount"), value: (r) => r.by_rule }, { id: "materials", title: t("materialsSaved"), value: (r) => r.materials },
              { id: "days", title: t("daysSaved"), value: (r) => r.days }, { id: "steps", title: t("stepsSaved"), value: (r) => r.steps },
            ]} />
          </Card>
          <Card title={t("unmet")} note={t("unmetNote")} wide>
            <Table name="unmet" rows={d.unmet} empty={t("noUnmet")} columns={[
              { id: "matter", title: t("matter"), value: (r) => r.matter }, { id: "material", title: t("material"), value: (r) => name(r.zh, r.material) },
              { id: "cases", title: t("casesCount"), value: (r) => r.cases }, { id: "why", title: t("unmetWhy"), value: (r) => r.why ?? "" },
            ]} />
          </Card>
          {d.unused.length > 0 && <Card title={t("unusedMatters")} note={t("unusedNote")} wide><p class="chips">{d.unused.map((m) => <span class="tag">{m}</span>)}</p></Card>}
        </>
      )}
    </Show>
  );
}
