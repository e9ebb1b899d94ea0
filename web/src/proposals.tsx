// Catalogues that are proposed, approved by two and published; published revisions, and the way back to one.
import { useState } from "preact/hooks";
import { Problem, call } from "./api";
import { route, setQuery, useApi } from "./hooks";
import { Card, Failed, Field, Show, Table, Time } from "./ui";
import { t, tell } from "./text";

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
          { id: "state", title: t("state"), value: (p) => t(`proposal_${p.state}`) }, { id: "approvals", title: t("approvals"), value: (p) => p.approvals.length },
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
              { id: "path", title: t("whatChanges"), value: (x) => x.path }, { id: "kind", title: t("kind"), value: (x) => x.kind },
              { id: "old", title: t("before"), value: (x) => x.old ?? "" }, { id: "new", title: t("after"), value: (x) => x.new ?? "" }, { id: "why", title: t("why"), value: (x) => x.why },
            ]} />
            {c.state === "proposed" && (
              <>
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
