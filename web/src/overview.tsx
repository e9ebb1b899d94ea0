// The public overview: the five libraries and the flow in figures, and what a person should look at first.
import type { Flow, Overview } from "./api";
import { link, useApi } from "./hooks";
import { libraries as order } from "./steward";
import { Bars, Ranks } from "./charts";
import { Card, Empty, Show, Time } from "./ui";
import { name, number, t, tell, type Key } from "./text";

export function OverviewPage() {
  const libraries = useApi<Overview>("/api/v1/overview", { every: 10_000 });
  const flow = useApi<Flow>("/api/v1/flow", { every: 20_000 });
  return (
    <>
      <h1>{t("overview")}</h1>
      <Show of={libraries}>
        {(o) => (
          <>
            <p class="soft">{name(o.zh, o.name)} · {number(o.departments)} {t("departments")} · {number(o.feeds)} {t("feeds")}</p>
            {!o.ready && <p class="notice" role="status">{t("starting")}</p>}
            <div class="grid">
              {[...o.libraries].sort((a, b) => order.indexOf(a.name as never) - order.indexOf(b.name as never)).map((l) => (
                <article class="card library">
                  <h2>{name(l.zh, l.en)}</h2>
                  <p class="soft">{name(l.en, l.zh)}</p>
                  <p><span class="figure">{number(l.entities)}</span> <span class="soft">{t("entities")}</span></p>
                  <p class="soft">{number(l.elements)} {t("elements")} · {number(l.feeds)} {t("feeds")}</p>
                  <p class="soft">{l.updated ? <>{t("updated")} <Time at={l.updated} /></> : t("never")}</p>
                </article>
              ))}
            </div>
          </>
        )}
      </Show>
      <Show of={flow}>{(f) => <FlowCards flow={f} libraries={libraries.data?.libraries ?? []} />}</Show>
    </>
  );
}

function FlowCards(p: { flow: Flow; libraries: Overview["libraries"] }) {
  const f = p.flow;
  const sum = (list: { count: number }[]) => list.reduce((n, x) => n + x.count, 0);
  const behind = f.cycles.reduce((n, c) => n + c.behind, 0);
  const refused = f.served.reduce((n, d) => n + d.bad, 0);
  const library = (id?: string) => {
    const l = p.libraries.find((x) => x.name === id);
    return l ? name(l.zh, l.en) : id ?? "";
  };
  return (
    <>
      <Card title={t("flowNow")} note={t("flowNowNote")} wide>
        <ol class="flow">
          {([["stageIn", sum(f.in), "", "department"], ["stageHeld", sum(f.quarantine), "bad", "department/quarantine"], ["stageResolve", behind, "", "overview", behind === 0 ? t("quiet") : t("flowing")], ["stageRecords", p.libraries.reduce((n, l) => n + l.entities, 0), "", "service"], ["stageDoubt", sum(f.findings), "bad", "steward/findings"], ["stageServed", sum(f.served), "", "auditor/log"]] as [Key, number, string, string, string?][]).map(([key, n, tone, to, note]) => (
            <li class={n > 0 ? tone : ""}><a href={link(to)}><span>{t(key)}</span><strong class="figure">{number(n)}</strong><small>{note ?? "\u00a0"}</small></a></li>
          ))}
        </ol>
        <p class="soft">{t("asOfTime")} <Time at={f.made} />{(f.incidents ?? []).length > 0 && <> · {tell("incidents", f.incidents.map((x) => `${x.name} ${x.count}`).join(", "))}</>}</p>
      </Card>
      <div class="columns">
        <Card title={t("firstThings")} note={t("firstThingsNote")}>
          <First flow={f} library={library} behind={behind} refused={refused} />
        </Card>
        <Card title={t("receivedByDay")} note={t("receivedNote")}><Bars title={t("receivedByDay")} days={f.in} good={t("taken")} bad={t("quarantine")} /></Card>
        {f.findings.length > 0 && <Card title={t("rulesChart")}><Ranks title={t("rulesChart")} rows={f.findings.slice(0, 8).map((x) => ({ name: `${x.name} ${library(x.library)}`, value: x.count }))} /></Card>}
        <Card title={t("servedByDay")}><Bars title={t("servedByDay")} days={f.served} good={t("served")} bad={t("refused")} /></Card>
        <Card title={t("cycles")} note={t("cyclesNote")}>
          <ul class="plain">
            {f.cycles.map((c) => <li><strong>{library(c.library)}</strong> <span>{tell("cycleTook", number(c.took_ms / 1000, 1))} · {c.behind === 0 ? t("upToDate") : tell("behindBy", number(c.behind))}</span></li>)}
          </ul>
        </Card>
      </div>
    </>
  );
}

function First(p: { flow: Flow; library: (id?: string) => string; behind: number; refused: number }) {
  const f = p.flow;
  const items = [
    ...f.quarantine.slice(0, 3).map((q) => ({ n: q.count, text: tell("firstQuarantine", q.name), to: link("department/quarantine", { rule: q.name }) })),
    ...f.findings.slice(0, 4).map((q) => ({ n: q.count, text: tell("firstFinding", q.name, p.library(q.library)), to: link("steward/findings", { rule: q.name, library: q.library }) })),
    ...(p.behind > 0 ? [{ n: p.behind, text: t("firstBehind"), to: link("overview") }] : []),
    ...(p.refused > 0 ? [{ n: p.refused, text: t("firstRefused"), to: link("auditor/log") }] : []),
  ].sort((a, b) => b.n - a.n);
  if (items.length === 0) return <Empty text={t("nothingFirst")} />;
  return <ol class="plain first">{items.map((i) => <li><a href={i.to}>{i.text}</a><span class="figure small">{number(i.n)}</span></li>)}</ol>;
}
