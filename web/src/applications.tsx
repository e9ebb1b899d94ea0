// Applications for grants: what is asked for, the risk, who has decided; whoever may decide does it here. Granted ones are revoked here.
import { useState } from "preact/hooks";
import { Problem, call, type Who } from "./api";
import { route, setQuery, useApi } from "./hooks";
import { Card, Empty, Failed, Field, Show, Sure, Table, Time } from "./ui";
import { t, tell, word } from "./text";

type Vote = { by: string; role: string; reason?: string; at: string };
type Terms = { library: string; operations: string[]; purposes: string[]; columns: Record<string, string>; basis: string; area?: string[]; needs_case?: boolean; from?: string; to?: string; rate?: number; subjects?: number };
export type Application = { id: string; state: string; filed: string; applicant: string; application: { client: string; title: string; reason: string; department?: string; terms: Terms }; assessment?: { level: string; text: string }; assessor?: string; approvals: Vote[]; ended?: Vote; granted?: string; locked?: boolean };

/** Applications lists them, those that wait first; one opened stands below. */
export function Applications(p: { who: Who | undefined }) {
  const got = useApi<{ applications: Application[] }>("/api/v1/applications?limit=1000");
  const open = route().query.get("application");
  const waits = (a: Application) => a.state === "filed" || a.state === "assessed";
  return (
    <>
      <Card title={t("applications")} note={t("decideNote")} wide>
        <Show of={got}>{(d) => <Table name="applications" rows={[...d.applications].sort((a, b) => Number(waits(b)) - Number(waits(a)) || b.filed.localeCompare(a.filed))} empty={t("noApplications")} columns={[
          { id: "title", title: t("titleOf"), value: (a) => a.application.title, cell: (a) => <button type="button" class="link" onClick={() => setQuery({ application: a.id })}>{a.application.title}</button> },
          { id: "state", title: t("state"), pick: true, value: (a) => t(`ap_${a.state}`), cell: (a) => <span class={a.state === "granted" ? "tag good" : waits(a) ? "tag bad" : "tag"}>{t(`ap_${a.state}`)}</span> },
          { id: "library", title: t("library"), pick: true, value: (a) => t(a.application.terms.library) },
          { id: "client", title: t("client"), pick: true, value: (a) => a.application.client },
          { id: "approvals", title: t("approvals"), value: (a) => a.approvals.length },
          { id: "filed", title: t("filedAt"), value: (a) => a.filed, cell: (a) => <Time at={a.filed} /> },
        ]} />}</Show>
      </Card>
      {open && <ApplicationView id={open} who={p.who} key={open} done={got.again} />}
    </>
  );
}

function ApplicationView(p: { id: string; who: Who | undefined; done: () => void }) {
  const path = `/api/v1/applications/${encodeURIComponent(p.id)}`;
  const got = useApi<Application>(path);
  const [error, setError] = useState<Problem>();
  const step = async (to: string, body: unknown) => {
    try {
      await call(to, { body });
      setError(undefined);
      got.again();
      p.done();
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <Show of={got}>
      {(a) => {
        const terms = a.application.terms;
        const own = p.who?.client === a.applicant || p.who?.client === a.application.client || (p.who?.department !== undefined && p.who.department === a.application.department);
        const voted = a.approvals.some((v) => v.by === p.who?.client);
        return (
          <div class="columns">
            <Card title={a.application.title} note={a.application.reason}>
              <dl class="facts">
                <dt>{t("client")}</dt><dd>{a.application.client} {a.application.department && `(${a.application.department})`}</dd>
                <dt>{t("library")}</dt><dd>{t(terms.library)}</dd><dt>{t("operation")}</dt><dd>{terms.operations.map(word).join("、")}</dd><dt>{t("purpose")}</dt><dd>{terms.purposes.join(", ")}</dd><dt>{t("basis")}</dt><dd>{terms.basis}</dd>
                <dt>{t("areaOf")}</dt><dd>{terms.area?.join(", ") || t("wholeProvince")}</dd><dt>{t("termOf")}</dt><dd><Time at={terms.from} /> – <Time at={terms.to} /></dd>
                <dt>{t("volumeOf")}</dt><dd>{tell("volumeNote", String(terms.rate || 50), String(terms.subjects || 10_000))}</dd>
              </dl>
              <Table name="terms" rows={Object.entries(terms.columns)} empty={t("noElements")} columns={[
                { id: "element", title: t("element"), value: ([k]) => k, cell: ([k]) => <code>{k}</code> }, { id: "shown", title: t("shownAs"), pick: true, value: ([, v]) => t(v === "verify" ? "asVerify" : v === "mask" ? "asMask" : "asClear") },
              ]} />
            </Card>
            <Card title={t("decision")} note={t("twoDecide")}>
              <ol class="plain">
                <li><span>{t("riskOf")}</span><span>{a.assessment ? <>{t(`risk_${a.assessment.level}`)}: {a.assessment.text} <span class="soft">{a.assessor}</span></> : "–"}</span></li>
                {a.approvals.map((v) => <li><span>{t("approve")}: {v.by} {v.reason ?? ""}</span><Time at={v.at} /></li>)}
                {a.ended && <li><span>{t(`ap_${a.state}`)}: {a.ended.by} {a.ended.reason ?? ""}</span><Time at={a.ended.at} /></li>}
              </ol>
              {error && <Failed error={error} />}
              {own ? <Empty text={t("ownApplication")} /> : a.state === "filed" ? <Assess send={(b) => void step(`${path}/assessment`, b)} />
                : a.state === "assessed" && voted ? <Empty text={t("waitsOther")} />
                : a.state === "assessed" ? <Decide acts={[["approve", t("approve")], ["reject", t("reject")]]} send={(act, reason) => void step(`${path}/${act === "approve" ? "approval" : "rejection"}`, { reason })} />
                : a.state === "granted" && p.who?.role === "steward" ? <Decide acts={[["revoke", t("revoke")]]} send={(_, reason) => void step(`/api/v1/grants/${encodeURIComponent(a.id)}/revocation`, { reason })} /> : <Empty text={t("nothingToDo")} />}
            </Card>
          </div>
        );
      }}
    </Show>
  );
}

function Assess(p: { send: (body: { level: string; text: string }) => void }) {
  const [level, setLevel] = useState("low");
  const [text, setText] = useState("");
  return (
    <>
      <Field label={t("riskOf")}><select name="risk" value={level} onChange={(e) => setLevel(e.currentTarget.value)}>{["low", "medium", "high"].map((l) => <option value={l}>{t(`risk_${l}`)}</option>)}</select></Field>
      <Field label={t("riskText")} hint={t("riskHint")}><textarea name="risktext" rows={3} maxLength={4000} value={text} onInput={(e) => setText(e.currentTarget.value)} /></Field>
      <p class="chips"><button type="button" class="main" data-act="assess" disabled={text.length < 10} onClick={() => p.send({ level, text })}>{t("assessIt")}</button></p>
    </>
  );
}

/** Decide is a reason and what may be done with it. */
export function Decide(p: { acts: [string, string][]; send: (act: string, reason: string) => void }) {
  const [reason, setReason] = useState("");
  return (
    <>
      <Field label={t("why5")}><input name="decide" value={reason} maxLength={2000} onInput={(e) => setReason(e.currentTarget.value)} /></Field>
      <p class="chips">{p.acts.map(([act, title], i) => act === "revoke" && reason.length >= 2 ? <Sure act={act} label={title} done={() => p.send(act, reason)} /> : <button type="button" class={i === 0 ? "main" : ""} data-act={act} disabled={reason.length < 2} onClick={() => p.send(act, reason)}>{title}</button>)}</p>
    </>
  );
}
