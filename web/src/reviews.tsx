// Pairs of records that may be of one entity: the queue, both records side by side and masked, a decision and its undoing.
import { useState } from "preact/hooks";
import { Problem, act, call } from "./api";
import { link, route, setQuery, useApi } from "./hooks";
import { Card, Empty, Failed, Field, Show, Table, Time } from "./ui";
import { t, tell, word } from "./text";

type Pair = {
  id: string; library: string; a: string; b: string; probability: number; state: string; by?: string; at?: string; prior: number; feeds_a?: string[]; feeds_b?: string[]; if_same?: string; if_not_same?: string;
  fields?: { element: string; a?: string; b?: string; masked?: boolean; level: string; weight: number }[];
  history?: { kind: string; by: string; note?: string; effect?: string; at: string }[];
};
type Many = { items: { id: string; done: boolean; code?: string }[]; done: number };

/** Reviews is the queue with the chosen pair beside it; several may be decided at once, and undone. */
export function Reviews() {
  const q = route().query;
  const linked = q.get("linked") !== null;
  const got = useApi<{ reviews: Pair[] }>(`/api/v1/reviews?limit=200${linked ? "&linked=true" : ""}`);
  const [chosen, setChosen] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const [undo, setUndo] = useState<string[]>([]);
  const [error, setError] = useState<Problem>();
  const decide = async (ids: string[], decision: string) => {
    try {
      const done = await act<Many>("/api/v1/reviews/decisions", { ids, decision, reason });
      setUndo(decision === "undo" ? [] : done.items.filter((i) => i.done).map((i) => i.id));
      setChosen([]);
      setError(undefined);
      got.again();
    } catch (x) {
      setError(x as Problem);
    }
  };
  const pick = (id: string, on: boolean) => setChosen((c) => (on ? [...c, id] : c.filter((x) => x !== id)));
  return (
    <div class="columns">
      <Card title={t("reviews")} note={t("reviewsNote")}>
        <p><button type="button" onClick={() => setQuery({ linked: linked ? undefined : "1", pair: undefined })}>{t(linked ? "waitingOnes" : "linkedOnes")}</button></p>
        {undo.length > 0 && <p class="notice" role="status">{tell("decidedNow", String(undo.length))} <button type="button" onClick={() => void decide(undo, "undo")}>{t("undoAll")}</button></p>}
        {chosen.length > 0 && (
          <fieldset>
            <legend>{tell("decideChosen", String(chosen.length))}</legend>
            <Field label={t("why5")}><input name="bulk" value={reason} onInput={(e) => setReason(e.currentTarget.value)} minLength={2} maxLength={500} /></Field>
            <p class="chips">{(["same", "not_same", "unsure"] as const).map((d) => <button type="button" disabled={reason.length < 2} onClick={() => void decide(chosen, d)}>{t(d === "not_same" ? "notSame" : d)}</button>)}</p>
          </fieldset>
        )}
        {error && <Failed error={error} />}
        <Show of={got}>
          {(d) => (
            <Table name="reviews" rows={d.reviews} empty={t("noReviews")} columns={[
              { id: "chosen", title: t("chosen"), value: () => "", cell: (r) => <input type="checkbox" aria-label={`${t("chosen")} ${r.id.slice(0, 8)}`} checked={chosen.includes(r.id)} onChange={(e) => pick(r.id, e.currentTarget.checked)} /> },
              { id: "pair", title: t("pair"), value: (r) => r.id, cell: (r) => <button type="button" class="link" onClick={() => setQuery({ pair: r.id })}>{r.id.slice(0, 8)}</button> },
              { id: "library", title: t("library"), pick: true, value: (r) => t(r.library) },
              { id: "probability", title: t("probability"), value: (r) => r.probability, cell: (r) => r.probability.toFixed(4) },
              { id: "state", title: t("state"), pick: true, value: (r) => `${word(r.state)} ${r.by ?? ""}` },
            ]} />
          )}
        </Show>
      </Card>
      {q.get("pair") ? <PairView id={q.get("pair")!} key={q.get("pair")} done={got.again} /> : <Card title={t("sideBySide")}><Empty text={t("choosePair")} /></Card>}
    </div>
  );
}

function PairView(p: { id: string; done: () => void }) {
  const path = `/api/v1/reviews/${encodeURIComponent(p.id)}`;
  const got = useApi<Pair>(path);
  const [reason, setReason] = useState("");
  const [shown, setShown] = useState<Record<string, { a?: string; b?: string }>>({});
  const [error, setError] = useState<Problem>();
  const seen = (r: Pair) => (r.at ? String(Math.round(Date.parse(r.at) * 1000)) : "0");
  const attempt = async (f: () => Promise<unknown>) => {
    try {
      await f();
      setError(undefined);
      got.again();
      p.done();
    } catch (x) {
      setError(x as Problem);
    }
  };
  const reveal = (element: string) => void attempt(async () => {
    const f = await call<{ a?: string; b?: string }>(`${path}/reveal`, { body: { element, reason } });
    setShown((s) => ({ ...s, [element]: f }));
  });
  return (
    <Card title={t("sideBySide")} note={t("sideBySideNote")}>
      <Show of={got}>
        {(r) => (
          <>
            <div class="scroll" tabIndex={0} role="region" aria-label={t("sideBySide")}>
              <table class="pair">
                <thead><tr><th scope="col">{t("element")}</th><th scope="col"><a href={link(`steward/entity/${r.a}`, { library: r.library })}>{t("recordA")}</a></th><th scope="col"><a href={link(`steward/entity/${r.b}`, { library: r.library })}>{t("recordB")}</a></th><th scope="col">{t("agreement")}</th><th scope="col">{t("bits")}</th><th scope="col">{t("reveal")}</th></tr></thead>
                <tbody>
                  <tr><th scope="row">{t("feed")}</th><td>{(r.feeds_a ?? []).map((f) => <div>{f}</div>)}</td><td>{(r.feeds_b ?? []).map((f) => <div>{f}</div>)}</td><td></td><td></td><td></td></tr>
                  {(r.fields ?? []).filter((f) => f.a || f.b).map((f) => (
                    <tr>
                      <th scope="row">{f.element}</th><td>{shown[f.element]?.a ?? f.a ?? "–"}</td><td>{shown[f.element]?.b ?? f.b ?? "–"}</td><td>{word(f.level)}</td><td>{f.weight.toFixed(1)}</td>
                      <td>{f.masked && !shown[f.element] && <button type="button" disabled={reason.length < 5} onClick={() => reveal(f.element)} aria-label={`${t("reveal")} ${f.element}`}>{t("reveal")}</button>}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p>{tell("ifSame", word(r.if_same ?? ""))}<br />{tell("ifNotSame", word(r.if_not_same ?? ""))}</p>
            <Field label={t("why5")} hint={t("whyHint")}><input name="reason" value={reason} maxLength={500} onInput={(e) => setReason(e.currentTarget.value)} /></Field>
            <p class="chips">
              {(["same", "not_same", "unsure"] as const).map((d) => <button type="button" class={d === "unsure" ? "" : "main"} data-act={d} onClick={() => void attempt(() => act(`${path}/decide`, { decision: d, reason }))}>{t(d === "not_same" ? "notSame" : d)}</button>)}
              {r.state === "open" && <button type="button" data-act="claim" onClick={() => void attempt(() => act(`${path}/claim`, { reason }, seen(r)))}>{t("claim")}</button>}
              {["same", "not_same", "unsure"].includes(r.state) && <button type="button" data-act="undo" onClick={() => void attempt(() => act(`${path}/undo`, { reason }))}>{t("undoDecision")}</button>}
            </p>
            {error && <Failed error={error} />}
            <h3>{t("historyOf")}</h3>
            {r.history?.length ? <ol class="timeline" tabIndex={0}>{r.history.map((h) => <li data-kind={h.kind}><strong>{word(h.kind)}</strong> <Time at={h.at} /> {h.by} <span class="soft">{word(h.effect ?? "")}</span>{h.note && <p class="soft">{h.note}</p>}</li>)}</ol> : <Empty text={t("nobodyYet")} />}
          </>
        )}
      </Show>
    </Card>
  );
}
