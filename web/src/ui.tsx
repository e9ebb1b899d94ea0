// Parts that every page is made of.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Problem } from "./api";
import { route, setQuery, type Loaded } from "./hooks";
import { lang, number, t, when } from "./text";

export function Card(p: { title: string; note?: string; children?: ComponentChildren; wide?: boolean }) {
  const id = useId();
  return (
    <section class={p.wide ? "card wide" : "card"} aria-labelledby={id}>
      <h2 id={id}>{p.title}</h2>
      {p.note && <p class="soft">{p.note}</p>}
      {p.children}
    </section>
  );
}

/** Failed says what is wrong and what to do. */
export function Failed(p: { error: Problem; again?: () => void }) {
  const e = p.error;
  const network = e.code === "network";
  return (
    <div class="failed" role="alert">
      <strong>{network ? t("errorNetwork") : e.title || t("errorOther")}</strong>
      <p>{network ? t("errorNetworkDo") : e.detail || t("errorOtherDo")}</p>
      {e.where.length > 0 && <p class="soft">{e.where.join("; ")}</p>}
      {p.again && <button type="button" onClick={p.again}>{t("again")}</button>}
    </div>
  );
}

/** Show shows what was loaded, that it loads, or why it did not. */
export function Show<T>(p: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  return (
    <>
      {p.of.error && <Failed error={p.of.error} again={p.of.again} />}
      {p.of.data !== undefined ? p.children(p.of.data) : !p.of.error && <p class="loading" role="status">{t("loading")}</p>}
    </>
  );
}

export function Empty(p: { text: string; children?: ComponentChildren }) {
  return <div class="empty"><p>{p.text}</p>{p.children}</div>;
}

export type Column<T> = { id: string; title: string; value: (row: T) => string | number; cell?: (row: T) => ComponentChildren };

/**
 * Table lists rows: filtered by a word (kept in this page only), sorted by a click on a head (kept in the address), exported as CSV.
 */
export function Table<T>(p: { name: string; rows: T[]; columns: Column<T>[]; empty: string; most?: number }) {
  const [word, setWord] = useState("");
  const [most, setMost] = useState(p.most ?? 50);
  const [by, down] = (route().query.get(`${p.name}.sort`) ?? "").split("!");
  const column = p.columns.find((c) => c.id === by);
  let rows = p.rows.filter((r) => !word || p.columns.some((c) => String(c.value(r)).toLowerCase().includes(word.toLowerCase())));
  if (column) {
    rows = [...rows].sort((a, b) => {
      const [x, y] = [column.value(a), column.value(b)];
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), lang());
      return down === "" ? -order : order;
    });
  }
  if (p.rows.length === 0) return <Empty text={p.empty} />;
  const sort = (id: string) => setQuery({ [`${p.name}.sort`]: by !== id ? id : down === "" ? undefined : `${id}!` });
  const cell = (s: string | number) => `"${String(s).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
  const save = () => {
    const text = "\ufeff" + [p.columns.map((c) => cell(c.title)).join(","), ...rows.map((r) => p.columns.map((c) => cell(c.value(r))).join(","))].join("\r\n");
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    a.download = `${p.name}.csv`;
    a.click();
    URL.revokeObjectURL(a.href);
  };
  return (
    <div class="list">
      <div class="tools">
        <input type="search" value={word} aria-label={t("filter")} placeholder={t("filter")} onInput={(e) => setWord(e.currentTarget.value)} />
        <span class="soft" role="status">{number(rows.length)} / {number(p.rows.length)}</span>
        <button type="button" onClick={save}>{t("export")}</button>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={p.name}>
        <table>
          <thead>
            <tr>
              {p.columns.map((c) => (
                <th scope="col" aria-sort={by === c.id ? (down === "" ? "descending" : "ascending") : "none"}>
                  <button type="button" onClick={() => sort(c.id)}>{c.title}{by === c.id ? (down === "" ? " ↓" : " ↑") : ""}</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((r) => <tr>{p.columns.map((c) => <td>{c.cell ? c.cell(r) : typeof c.value(r) === "number" ? number(c.value(r) as number) : c.value(r)}</td>)}</tr>)}
          </tbody>
        </table>
      </div>
      {rows.length > most && <button type="button" onClick={() => setMost(most * 4)}>{t("more")}</button>}
    </div>
  );
}

/** Bars is a trend by day: good and bad stacked. Its figures are also a table for those who do not see it. */
export function Bars(p: { title: string; days: { day: string; count: number; bad: number }[]; good: string; bad: string }) {
  if (p.days.length === 0) return <Empty text={t("noTrend")} />;
  const top = Math.max(1, ...p.days.map((d) => d.count));
  const width = 600 / p.days.length;
  const last = p.days[p.days.length - 1]!;
  return (
    <figure>
      <svg viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label={`${p.title}: ${p.days[0]!.day} – ${last.day}`}>
        {p.days.map((d, i) => {
          const all = (d.count / top) * 116;
          const bad = d.bad > 0 ? Math.max(2, (d.bad / top) * 116) : 0;
          return (
            <g>
              <title>{`${d.day}: ${d.count} / ${d.bad}`}</title>
              <rect class="good" x={i * width + 1} y={120 - all} width={Math.max(1, width - 2)} height={all} />
              <rect class="bad" x={i * width + 1} y={120 - bad} width={Math.max(1, width - 2)} height={bad} />
            </g>
          );
        })}
      </svg>
      <figcaption class="soft"><span>{p.days[0]!.day}</span><span><i class="dot good" />{p.good} <i class="dot bad" />{p.bad}</span><span>{last.day}</span></figcaption>
    </figure>
  );
}

/** Copy is text to take along. */
export function Copy(p: { text: string }) {
  const [done, set] = useState(false);
  return (
    <div class="copy">
      <pre tabIndex={0}>{p.text}</pre>
      <button type="button" onClick={() => void navigator.clipboard.writeText(p.text).then(() => set(true))}>{done ? t("copied") : t("copy")}</button>
    </div>
  );
}

export function Field(p: { label: string; children: ComponentChildren; hint?: string }) {
  return <label class="field"><span>{p.label}</span>{p.children}{p.hint && <small class="soft">{p.hint}</small>}</label>;
}

export const Time = (p: { at?: string | undefined }) => <>{p.at ? <time dateTime={p.at}>{when(p.at)}</time> : "–"}</>;

/** Tabs are the parts of a page as links. */
export function Tabs(p: { base: string; at: string; tabs: [string, string][] }) {
  return (
    <nav class="tabs" aria-label={t("parts")}>
      {p.tabs.map(([id, title]) => <a href={`#/${p.base}/${id}`} aria-current={p.at === id ? "page" : undefined}>{title}</a>)}
    </nav>
  );
}
