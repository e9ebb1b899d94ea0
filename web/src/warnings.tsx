// Warnings: what stands, judged by whoever was warned; how well each declaration has done. And forecasts, for planners.
import { useState } from "preact/hooks";
import { Problem, act } from "./api";
import { link, route, setQuery, useApi } from "./hooks";
import { Card, Failed, Show, Table, Time } from "./ui";
import { Trend } from "./charts";
import { half, lang, number, t, tell } from "./text";

type Warning = {
  id: string; warning: string; zh: string; en: string; hint: string; level: string; library: string; entity?: string; area?: string; figure?: number; state: string; outcome?: string; judgement?: string; raised: string; audience: string[];
};
type Figures = { figures: { warning: string; raised: number; open: number; useful: number; false: number; precision: number | null }[] };

/** Warnings lists them; entity is where an entity may be looked at, judges says whether the caller may judge. */
export function Warnings(p: { entity?: string; judges?: boolean }) {
  const ended = route().query.get("ended") !== null;
  const got = useApi<{ warnings: Warning[]; next?: string }>(`/api/v1/warnings?limit=1000${ended ? "&state=all" : ""}`);
  const figures = useApi<Figures>("/api/v1/warnings/precision");
  const [error, setError] = useState<Problem>();
  const judge = async (w: Warning, judgement: string) => {
    try {
      await act(`/api/v1/warnings/${encodeURIComponent(w.id)}/ack`, { judgement });
      setError(undefined);
      got.again();
      figures.again();
    } catch (e) {
      setError(e as Problem);
    }
  };
  const state = (w: Warning) => (w.state === "open" ? t("standing") : t(`ended_${w.outcome}`));
  return (
    <>
      <Card title={t("warnings")} note={t("warningsNote")} wide>
        <label class="check"><input type="checkbox" checked={ended} onChange={(e) => setQuery({ ended: e.currentTarget.checked ? "1" : undefined })} />{t("endedToo")}</label>
        {error && <Failed error={error} />}
        <Show of={got}>
          {(d) => (
            <>
              {d.next && <p class="notice">{t("firstThousand")}</p>}
              <Table name="warnings" rows={d.warnings} empty={t("noWarnings")} columns={[
                { id: "level", title: t("levelOf"), pick: true, value: (w) => t(`level_${w.level}`) },
                { id: "warning", title: t("warnings"), value: (w) => (lang() === "zh" ? w.zh : w.en) || w.warning, cell: (w) => <span title={w.hint}>{(lang() === "zh" ? w.zh : w.en) || w.warning}</span> },
                { id: "of", title: t("warningOf"), value: (w) => w.area ?? w.entity ?? "", cell: (w) => w.area ? <>{w.area}: {number(w.figure ?? 0)}</> : p.entity ? <a href={link(`${p.entity}/${w.entity}`, { library: w.library })}>{t(w.library)} {w.entity?.slice(0, 8)}</a> : <>{t(w.library)} {w.entity?.slice(0, 8)}</> },
                { id: "state", title: t("state"), pick: true, value: state },
                { id: "raised", title: t("raisedAt"), value: (w) => w.raised, cell: (w) => <Time at={w.raised} /> },
                { id: "judgement", title: t("judgement"), value: (w) => (w.judgement ? t(`judged_${w.judgement}`) : ""), cell: (w) => w.judgement || !p.judges ? <>{w.judgement && t(`judged_${w.judgement}`)}</> : <span class="chips"><button type="button" onClick={() => void judge(w, "useful")}>{t("judgeUseful")}</button><button type="button" onClick={() => void judge(w, "false")}>{t("judgeFalse")}</button></span> },
              ]} />
            </>
          )}
        </Show>
      </Card>
      <Card title={t("precision")} note={t("precisionNote")} wide>
        <Show of={figures}>
          {(d) => (
            <Table name="precision" rows={d.figures} empty={t("noWarnings")} columns={[
              { id: "warning", title: t("warnings"), value: (f) => f.warning },
              { id: "raised", title: t("raisedTimes"), value: (f) => f.raised },
              { id: "open", title: t("standing"), value: (f) => f.open },
              { id: "useful", title: t("judged_useful"), value: (f) => f.useful },
              { id: "false", title: t("judged_false"), value: (f) => f.false },
              { id: "precision", title: t("precision"), value: (f) => f.precision ?? -1, cell: (f) => <>{f.precision === null ? t("noJudged") : `${Math.round(f.precision * 100)} %`}</> },
            ]} />
          )}
        </Show>
      </Card>
    </>
  );
}

type Forecast = { from: number; last: number; method: string; error: number; naive_error: number; withheld: number; note: string; divisions: { code: string; name: string; past: number[]; forecast: number[] }[] };

/** total adds up lists year by year. */
const total = (lists: number[][]) => (lists[0] ?? []).map((_, i) => lists.reduce((n, l) => n + (l[i] ?? 0), 0));

/** Forecasts shows a theme by prefecture for the years to come. */
export function Forecasts(p: { theme: string }) {
  const got = useApi<Forecast>(`/api/v1/forecasts?theme=${encodeURIComponent(p.theme)}&level=2&years=3`);
  return (
    <Card title={t("forecasts")} wide>
      <Show of={got}>
        {(d) => (
          <>
            <p>{tell("forecastsNote", t(`method_${d.method}`), d.error.toFixed(1), d.naive_error.toFixed(1))} {d.withheld > 0 && tell("withheldDivisions", String(d.withheld))}</p>
            <p class="soft">{half(d.note)}</p>
            <Trend title={t("forecasts")} first={d.from} past={total(d.divisions.map((r) => r.past))} ahead={total(d.divisions.map((r) => r.forecast))} />
            <Table name="forecasts" rows={d.divisions} empty={t("noFigures")} columns={[
              { id: "division", title: t("division"), value: (r) => r.code },
              { id: "name", title: t("name"), value: (r) => r.name },
              { id: "last", title: tell("lastYear", String(d.last)), value: (r) => r.past.at(-1) ?? 0 },
              ...[1, 2, 3].map((h) => ({ id: `ahead${h}`, title: tell("lastYear", String(d.last + h)), value: (r: Forecast["divisions"][number]) => r.forecast[h - 1] ?? 0 })),
            ]} />
          </>
        )}
      </Show>
    </Card>
  );
}
