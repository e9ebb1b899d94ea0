// Feedback: who uses data says that a value is doubtful; the department whose feed gave it, or a steward, says what came of it.
import { useState } from "preact/hooks";
import { Problem, act, call, type Grant, type Who } from "./api";
import { Decide } from "./applications";
import { useApi } from "./hooks";
import { Card, Empty, Failed, Field, Show, Table, Time } from "./ui";
import { t } from "./text";

type Doubt = { id: string; state: string; filed: string; client: string; library: string; entity: string; element: string; reason: string; feeds: string[]; proposed?: string; answer?: { reason?: string; by: string; at: string } };

export function Feedback(p: { who: Who | undefined }) {
  const got = useApi<{ feedback: Doubt[] }>("/api/v1/feedback?limit=1000");
  const [open, setOpen] = useState<string>();
  const grants = (p.who?.grants ?? []).filter((g) => g.operations.includes("lookup") || g.operations.includes("verify"));
  const decides = p.who?.role === "department" || p.who?.role === "steward";
  return (
    <>
      <Card title={t("feedback")} note={t("feedbackNote")} wide>
        <Show of={got}>{(d) => <Table name="feedback" rows={d.feedback} empty={t("noFeedback")} columns={[
          { id: "element", title: t("element"), pick: true, value: (x) => `${x.library}.${x.element}`, cell: (x) => <button type="button" class="link" onClick={() => setOpen(x.id)}>{t(x.library)} {x.element}</button> },
          { id: "state", title: t("state"), pick: true, value: (x) => t(`fb_${x.state}`), cell: (x) => <span class="tag">{t(`fb_${x.state}`)}</span> },
          { id: "reason", title: t("reason"), value: (x) => x.reason }, { id: "feeds", title: t("feed"), value: (x) => x.feeds.join(", ") },
          { id: "client", title: t("client"), pick: true, value: (x) => x.client }, { id: "filed", title: t("filedAt"), value: (x) => x.filed, cell: (x) => <Time at={x.filed} /> },
        ]} />}</Show>
      </Card>
      {open && <DoubtView id={open} decides={decides} done={got.again} key={open} />}
      {p.who && grants.length > 0 && <NewDoubt grants={grants} done={got.again} />}
    </>
  );
}

function DoubtView(p: { id: string; decides: boolean; done: () => void }) {
  const path = `/api/v1/feedback/${encodeURIComponent(p.id)}`;
  const got = useApi<Doubt>(path);
  const [error, setError] = useState<Problem>();
  const decide = async (accept: boolean, reason: string) => {
    try {
      await call(`${path}/decision`, { body: { accept, reason } });
      setError(undefined);
      got.again();
      p.done();
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <Show of={got}>
      {(x) => (
        <Card title={`${t(x.library)} ${x.element}: ${t(`fb_${x.state}`)}`} note={x.reason}>
          {x.proposed && <p>{t("shouldBe")}: <strong>{x.proposed}</strong></p>}
          {x.answer && <p class="notice">{x.answer.by}: {x.answer.reason}</p>}
          {x.state !== "open" ? null : p.decides ? <Decide acts={[["accept", t("sourceMended")], ["stand", t("valueStands")]]} send={(a, reason) => void decide(a === "accept", reason)} /> : <Empty text={t("waitsDepartment")} />}
          {error && <Failed error={error} />}
        </Card>
      )}
    </Show>
  );
}

/** NewDoubt files one: the number goes in the body, and is gone when the form is sent. */
function NewDoubt(p: { grants: Grant[]; done: () => void }) {
  const [grant, setGrant] = useState(p.grants[0]!.id);
  const [error, setError] = useState<Problem>();
  const [filed, setFiled] = useState(false);
  const g = p.grants.find((x) => x.id === grant) ?? p.grants[0]!;
  const scheme = { person: "citizen", organisation: "uscc", certificate: "certificate", credit: "uscc", place: "parcel" }[g.library] ?? "citizen";
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const f = new FormData(form);
    try {
      await act("/api/v1/feedback", { library: g.library, by: { scheme, value: String(f.get("value")).trim() }, element: f.get("element"), reason: f.get("reason"), ...(f.get("proposed") ? { proposed: f.get("proposed") } : {}), grant: g.id, purpose: g.purposes[0], ...(f.get("case") ? { case: f.get("case") } : {}) });
      form.reset();
      setError(undefined);
      setFiled(true);
      p.done();
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <Card title={t("newFeedback")} note={t("newFeedbackNote")} wide>
      <form onSubmit={(e) => void submit(e as unknown as SubmitEvent)} autoComplete="off">
        <div class="row">
          <Field label={t("grant")}><select name="grant" value={g.id} onChange={(e) => setGrant(e.currentTarget.value)}>{p.grants.map((x) => <option value={x.id}>{t(x.library)} {x.purposes[0]}</option>)}</select></Field>
          <Field label={t("element")}><select name="element">{Object.keys(g.columns).sort().map((c) => <option value={c}>{c}</option>)}</select></Field>
          <Field label={`${t("identifier")} (${scheme})`} hint={t("identifierHint")}><input name="value" required spellcheck={false} /></Field>
          {g.needs_case && <Field label={t("caseNumber")}><input name="case" required /></Field>}
        </div>
        <Field label={t("whatDoubtful")} hint={t("noPersonal")}><textarea name="reason" required minLength={5} rows={2} /></Field>
        <Field label={t("shouldBe")} hint={t("shouldBeHint")}><input name="proposed" maxLength={500} /></Field>
        <button type="submit" class="main">{t("fileFeedback")}</button>
      </form>
      {filed && <p class="ok" role="status">{t("feedbackFiled")}</p>}
      {error && <Failed error={error} />}
    </Card>
  );
}
