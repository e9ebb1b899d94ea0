// Catalogues that are proposed, approved by two and published; published revisions, and the way back to one.
import { useState } from "preact/hooks";
import { Problem, call } from "./api";
import { route, setQuery, useApi } from "./hooks";
import { Card, Failed, Field, Show, Table, Time } from "./ui";
import { number, t, tell } from "./text";

type Proposal = { id: string; state: string; proposer: string; filed: string; title: string; reason: string; base: number; restores?: number; revision?: number; approvals: { by: string; reason?: string; at: string }[] };
type Changed = Proposal & { compatible: boolean; changes: { path: string; kind: string; old?: string; new?: string; compatible: boolean; why: string }[] };
type Revision = { revision: number; digest: string; published: string; proposal?: string };

/** Proposals is the list, one opened with what it would change, and the published revisions. */
export function Proposals() {
  const list = useApi<{ proposals: Proposal[] }>("/api/v1/catalog/proposals?limit=200");
  const past = useApi<{ revisions: Revision[] }>("/api/v1/catalog/revisions?limit=200");
  const open = route().query.get("proposal");
  const [reason, setReason] = useState("");
  const [error, setError] = useState<Problem>();
  const again = () => {
    list.again();
    past.again();
  };
  const restore = async (revision: number) => {
    try {
      const made = await call<Proposal>("/api/v1/catalog/restorations", { body: { revision, reason } });
      setError(undefined);
      setQuery({ proposal: made.id });
      again();
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <>
      <Card title={t("proposals")} note={t("proposalsNote")} wide>
        <Show of={list}>{(d) => <Table name="proposals" rows={d.proposals} empty={t("noProposals")} columns={[
          { id: "title", title: t("titleOf"), value: (p) => p.title, cell: (p) => <button type="button" class="link" onClick={() => setQuery({ proposal: p.id })}>{p.title}</button> },
          { id: "state", title: t("state"), pick: true, value: (p) => t(`proposal_${p.state}`) }, { id: "approvals", title: t("approvals"), value: (p) => p.approvals.length },
          { id: "proposer", title: t("client"), value: (p) => p.proposer }, { id: "filed", title: t("filedAt"), value: (p) => p.filed, cell: (p) => <Time at={p.filed} /> },
        ]} />}</Show>
      </Card>
      {open && <ProposalView id={open} key={open} done={again} />}
      <Card title={t("revisions")} note={t("revisionsNote")} wide>
        <Field label={t("why5")}><input name="why" value={reason} maxLength={500} onInput={(e) => setReason(e.currentTarget.value)} /></Field>
        {error && <Failed error={error} />}
        <Show of={past}>{(d) => <Table name="revisions" rows={d.revisions} empty={t("noProposals")} columns={[
          { id: "revision", title: t("revision"), value: (r) => r.revision }, { id: "published", title: t("publishedAt"), value: (r) => r.published, cell: (r) => <Time at={r.published} /> },
          { id: "digest", title: "SHA-256", value: (r) => r.digest.slice(0, 12) }, { id: "proposal", title: t("proposals"), value: (r) => r.proposal ?? "" },
          { id: "restore", title: t("restore"), value: () => "", cell: (r) => (r.revision < (d.revisions[0]?.revision ?? 0) ? <button type="button" data-act="restore" disabled={reason.length < 5} onClick={() => void restore(r.revision)}>{t("restore")}</button> : null) },
        ]} />}</Show>
      </Card>
    </>
  );
}

type Rehearsal = {
  not_tried: string[]; values: { library: string; element: string; changed: number; gained: number; lost: number; moved: number }[]; rules: { library: string; rule: string; opened: number; closed: number; open: number }[];
  readers: { library: string; client: string; role: string; calls: number; subjects: number; last: string }[]; events: number; took_ms: number;
};

/** Rehearse tries the proposal on the libraries themselves: which values, which findings, whom it touches. Nothing is written. */
function Rehearse(p: { path: string }) {
  const [done, setDone] = useState<Rehearsal>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Problem>();
  const run = async () => {
    setBusy(true);
    try {
      setDone(await call<Rehearsal>(`${p.path}/rehearsal`, { method: "POST" }));
      setError(undefined);
    } catch (x) {
      setError(x as Problem);
    }
    setBusy(false);
  };
  return (
    <section aria-label={t("rehearsal")}>
      <h3>{t("rehearsal")} <button type="button" data-act="rehearse" disabled={busy} onClick={() => void run()}>{t("rehearse")}</button></h3>
      <p class="soft" role="status">{busy ? <>{t("rehearsing")} <progress aria-label={t("rehearsing")} /></> : done ? tell("rehearsed", number(done.took_ms / 1000, 1), number(done.events)) : t("rehearsalNote")}</p>
      {error && <Failed error={error} />}
      {done && (
        <>
          {done.not_tried.length > 0 && <ul>{done.not_tried.map((n) => <li>{n}</li>)}</ul>}
          <Table name="rehearsed" rows={done.values} empty={t("noValuesChange")} columns={[
            { id: "library", title: t("library"), pick: true, value: (v) => t(v.library) }, { id: "element", title: t("element"), value: (v) => v.element }, { id: "changed", title: t("valuesChanged"), value: (v) => v.changed },
            { id: "gained", title: t("valuesGained"), value: (v) => v.gained }, { id: "lost", title: t("valuesLost"), value: (v) => v.lost }, { id: "moved", title: t("valuesMoved"), value: (v) => v.moved },
          ]} />
          <Table name="predicted" rows={done.rules} empty={t("noFindingsChange")} columns={[
            { id: "library", title: t("library"), pick: true, value: (v) => t(v.library) }, { id: "rule", title: t("rule"), value: (v) => v.rule }, { id: "opened", title: t("wouldOpen"), value: (v) => v.opened }, { id: "closed", title: t("wouldClose"), value: (v) => v.closed }, { id: "open", title: t("openThen"), value: (v) => v.open },
          ]} />
          {done.readers.length > 0 && <Table name="touched" rows={done.readers} empty="" columns={[
            { id: "client", title: t("client"), value: (v) => v.client }, { id: "library", title: t("library"), value: (v) => t(v.library) }, { id: "calls", title: t("calls"), value: (v) => v.calls }, { id: "subjects", title: t("entitiesDistinct"), value: (v) => v.subjects }, { id: "last", title: t("lastCall"), value: (v) => v.last, cell: (v) => <Time at={v.last} /> },
          ]} />}
        </>
      )}
    </section>
  );
}

function ProposalView(p: { id: string; done: () => void }) {
  const path = `/api/v1/catalog/proposals/${encodeURIComponent(p.id)}`;
  const got = useApi<Changed>(path);
  const [reason, setReason] = useState("");
  const [error, setError] = useState<Problem>();
  const vote = async (step: string) => {
    try {
      await call(`${path}/${step}`, { body: { reason } });
      setError(undefined);
      got.again();
      p.done();
    } catch (x) {
      setError(x as Problem);
    }
  };
  return (
    <Card title={t("whatChanges")} wide>
      <Show of={got}>
        {(c) => (
          <>
            <p><strong>{c.title}</strong> <span class="tag">{t(`proposal_${c.state}`)}</span> <span class={c.compatible ? "tag good" : "tag bad"}>{t(c.compatible ? "compatible" : "breaking")}</span> {c.restores ? tell("restores", String(c.restores)) : ""}<br /><span class="soft">{c.reason}</span></p>
            <ol class="plain">{c.approvals.map((a) => <li><span>{a.by} {a.reason ?? ""}</span><Time at={a.at} /></li>)}</ol>
            <Table name="changes" rows={c.changes} empty={t("noChanges")} most={100} columns={[
              { id: "path", title: t("whatChanges"), value: (x) => x.path }, { id: "kind", title: t("kind"), pick: true, value: (x) => x.kind },
              { id: "old", title: t("before"), value: (x) => x.old ?? "" }, { id: "new", title: t("after"), value: (x) => x.new ?? "" }, { id: "why", title: t("why"), value: (x) => x.why },
            ]} />
            {c.state === "proposed" && (
              <>
                <Rehearse path={path} />
                <Field label={t("why5")}><input name="vote" value={reason} maxLength={2000} onInput={(e) => setReason(e.currentTarget.value)} /></Field>
                <p class="chips"><button type="button" class="main" data-act="approve" disabled={reason.length < 2} onClick={() => void vote("approval")}>{t("approve")}</button><button type="button" disabled={reason.length < 2} onClick={() => void vote("rejection")}>{t("reject")}</button></p>
              </>
            )}
            {error && <Failed error={error} />}
          </>
        )}
      </Show>
    </Card>
  );
}
