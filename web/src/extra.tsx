// Lists whose form the API alone decides. Where a deployment's API does not have one, the page says with which command it is to be had.
import { useApi } from "./hooks";
import { Card, Empty, Failed, Show, Table } from "./ui";
import { t, tell, when } from "./text";

type Row = Record<string, unknown>;

/** List shows the array of an answer with its plain fields as columns. */
export function List(p: { title: string; note?: string; path: string; name: string; empty: string; command: string }) {
  const got = useApi<Record<string, unknown>>(p.path);
  return (
    <Card title={p.title} {...(p.note ? { note: p.note } : {})} wide>
      {got.error?.code === "path.unknown" ? <Empty text={tell("notInApi", p.command)} /> : got.error ? <Failed error={got.error} again={got.again} /> : (
        <Show of={got}>{(d) => <Rows name={p.name} rows={(Object.values(d).find(Array.isArray) as Row[] | undefined) ?? []} empty={p.empty} />}</Show>
      )}
    </Card>
  );
}

function Rows(p: { name: string; rows: Row[]; empty: string }) {
  const fields = [...new Set(p.rows.flatMap((r) => Object.keys(r)))].filter((f) => p.rows.some((r) => r[f] !== null && typeof r[f] !== "object")).slice(0, 10);
  const plain = (v: unknown) => (typeof v === "number" ? v : v === null || v === undefined || typeof v === "object" ? "" : /^\d{4}-\d\d-\d\dT/.test(String(v)) ? when(String(v)) : String(v));
  return <Table name={p.name} rows={p.rows} empty={p.empty} columns={fields.map((f) => ({ id: f, title: f.replaceAll("_", " "), value: (r: Row) => plain(r[f]) }))} />;
}

export const Reviews = () => <List title={t("reviews")} note={t("reviewsNote")} path="/api/v1/reviews" name="reviews" empty={t("noReviews")} command="wuku review list" />;
export const WorkOrders = () => <List title={t("workorders")} note={t("workordersNote")} path="/api/v1/workorders" name="workorders" empty={t("noWorkorders")} command="wuku workorder list" />;
export const Scorecard = () => <List title={t("scorecard")} note={t("scorecardNote")} path="/api/v1/scorecards" name="scorecards" empty={t("noScorecard")} command="wuku scorecard" />;
